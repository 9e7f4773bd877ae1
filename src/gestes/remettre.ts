import { comprendreFichier, receptionDe } from '../etapes/accuse-fichier.ts';
import { preparerReception } from '../engine/naissance.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { RetourId, Siren } from '../metier/identifiants.ts';
import type { Retour } from '../metier/retours.ts';
import type { Contexte } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';
import { aTrancher, avec, regler } from './regler-retour.ts';

/** A person says whose a PES Retour is, when its SIRET does not: it starts a flux there, as one that tells would have. */
export async function remettre(
  outils: OutilsGestes,
  ctx: Contexte,
  { id, siren }: { readonly id: RetourId; readonly siren: Siren },
): Promise<Retour> {
  const retour = await aTrancher(outils, ctx, id);
  const { moteur, coffre } = outils;
  if ((await moteur.store.collectivites.trouver(siren)) === undefined)
    throw erreurGestes('VGM-GES-004', { siren });
  const fichier = { ...retour, nom: retour.nom ?? '' };
  const [message] = retour.nom === null ? [] : (await comprendreFichier(fichier, coffre)).messages;
  if (message?.type !== 'retour') throw erreurGestes('VGM-GES-047', { retour: id });
  const siret = message.lu.entetes.idColl?.valeur.trim() ?? '';
  const reception = receptionDe(message, fichier, { siren, siret });
  const { nouveau, journal, livraisons, apres } = await preparerReception(moteur, reception, {
    retour,
    quand: moteur.clock.now(),
    acteur: ctx.acteur,
    corr: ctx.corr,
  });
  return regler(outils, ctx, {
    retour,
    reglement: {
      etat: 'attribue',
      motif: `remis à la collectivité ${siren} par une personne`,
      ev: 'RETOUR_REMIS',
      flux: avec(retour, nouveau.id),
      suite: {
        nouveauxFlux: [nouveau],
        nouvellesLivraisons: livraisons,
        journal: [journal],
        publie: { flux: apres, ev: journal.ev },
      },
    },
  });
}
