import type { EntreeJournal } from '../metier/journal.ts';
import type { Retour } from '../metier/retours.ts';
import { fluxDe } from './consulter.ts';
import type { Contexte } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';
import { aTrancher, avec, type Rattachement, regler } from './regler-retour.ts';

const RATTACHE = 'rattaché par une personne';

/** Hangs a message on a flux: a piece more, the same state. The message stays open to another order. */
export async function rattacher(
  outils: OutilsGestes,
  ctx: Contexte,
  { id: message, flux }: Rattachement,
): Promise<Retour> {
  const retour = await aTrancher(outils, ctx, message);
  const cible = await fluxDe(outils, ctx, flux);
  const { sha256, sha512, taille, nom } = retour;
  const vu =
    nom === null ? { nom: 'retour-rattache.eml', type: 'message/rfc822' } : { nom, type: 'application/xml' };
  const { id, ver, etat, due, tentatives, alerte, erreur, collectivite } = cible;
  const piece = { role: 'retour', ...vu, sha256, sha512, taille } as const;
  const dejaLa = (await outils.moteur.store.flux.pieces(ctx.portee, id)).some(
    (p) => p.role === piece.role && p.sha256 === sha256,
  );
  const pieces = dejaLa ? [] : [piece];
  const ligne: EntreeJournal = {
    org: collectivite,
    ev: 'RETOUR_RATTACHE',
    tx: id,
    obj: `sha256:${sha256}`,
    acteur: ctx.acteur,
    res: 'OK',
    motif: RATTACHE,
    corr: ctx.corr,
  };
  return regler(outils, ctx, {
    retour,
    reglement: {
      etat: 'classe',
      motif: RATTACHE,
      ev: 'RETOUR_RATTACHE',
      flux: avec(retour, id),
      suite: {
        flux: [{ id, ver, etat, due, tentatives, alerte, erreur, pieces, garderBail: true }],
        journal: [ligne],
      },
    },
  });
}
