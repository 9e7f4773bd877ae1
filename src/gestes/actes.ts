import { mouvoir } from '../engine/avancer.ts';
import { calendrierActe } from '../metier/calendrier/acte.ts';
import type { Jalon } from '../metier/calendrier/jalon.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import { jourDe } from '../metier/echeances.ts';
import { LIBELLE_ETAT } from '../metier/etats.ts';
import type { Flux, ObjetJson, Piece } from '../metier/flux.ts';
import type { FluxId, Jour } from '../metier/identifiants.ts';
import { faitsActe } from '../protocoles/actes/affaire.ts';
import { messageDe } from '../protocoles/actes/echanges/resume.ts';
import { fluxDe } from './consulter.ts';
import { oublierFichiers } from './deposer.ts';
import type { Contexte, FichierDepose, Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

/** The life of an acte once it has left: its legal calendar, and what the collectivité tells of it. */

/** An acte, not a letter nor a PES. Throws VGM-GES-053. */
async function acteDe(outils: OutilsGestes, ctx: Contexte, id: FluxId): Promise<Flux> {
  const flux = await fluxDe(outils, ctx, id);
  if (flux.protocole !== 'ACTES' || messageDe(flux) !== '1-1')
    throw erreurGestes('VGM-GES-053', { flux: id });
  return flux;
}

async function calendrier(outils: OutilsGestes, ctx: Contexte, acte: Flux): Promise<readonly Jalon[]> {
  const { store, annuaire } = outils.moteur;
  const courriers = await store.flux.citants(ctx.portee, acte.id);
  const echanges = [];
  for (const courrier of courriers)
    echanges.push({ courrier, reponses: await store.flux.citants(ctx.portee, courrier.id) });
  const fiche = await annuaire.trouver(acte.collectivite);
  return calendrierActe(faitsActe(acte, echanges, { actes: fiche?.actes ?? null }));
}

interface Fait {
  readonly ev: string;
  readonly motif: string;
  readonly champs: ObjetJson;
  readonly pieces?: readonly Piece[];
  /** The standing alert, kept unless this fact ends it. */
  readonly alerte: string | null;
}

/** Writes a fact that moves nothing: the flux keeps its state, its time-line and its journal tell it. */
async function consigner(
  outils: OutilsGestes,
  ctx: Contexte,
  { flux, fait }: { flux: Flux; fait: Fait },
): Promise<Flux> {
  const { moteur } = outils;
  const { id, ver, etat, due, tentatives, erreur, collectivite } = flux;
  const { ev, motif, champs, alerte, pieces = [] } = fait;
  const obj = pieces.map((p) => `sha256:${p.sha256}`).join(' ');
  const quand = moteur.clock.now();
  await moteur.store.ecriture.ecrire({
    quand,
    flux: [{ id, ver, etat, due, tentatives, erreur, alerte, complement: champs, pieces, garderBail: true }],
    journal: [{ org: collectivite, ev, tx: id, obj, acteur: ctx.acteur, res: 'OK', motif, corr: ctx.corr }],
  });
  const apres = await fluxDe(outils, ctx, id);
  moteur.diffusion.publier({ quand, flux: apres, ev });
  return apres;
}

function exigerPasse(outils: OutilsGestes, jour: Jour): void {
  if (jour > jourDe(outils.moteur.clock.now())) throw erreurGestes('VGM-GES-054', { jour });
}

/** What was sent on paper has arrived: the receipt, when there is one, joins the pieces of the acte. */
async function complement(
  outils: OutilsGestes,
  ctx: Contexte,
  d: { readonly id: FluxId; readonly recu: Jour; readonly fichier: FichierDepose | null },
): Promise<Flux> {
  const flux = await acteDe(outils, ctx, d.id);
  exigerPasse(outils, d.recu);
  if (flux.resume['documentPapier'] !== true && flux.resume['complementAttendu'] !== true)
    throw erreurGestes('VGM-GES-055', { flux: d.id });
  const pieces: Piece[] = [];
  if (d.fichier !== null) {
    await d.fichier.attente.garder();
    const { nom, sha256, sha512, taille } = d.fichier;
    pieces.push({ role: 'complement', nom, sha256, sha512, taille, type: 'application/octet-stream' });
  }
  const fait = { complementRecu: d.recu, complementAttendu: false };
  return consigner(outils, ctx, {
    flux,
    fait: { ev: 'COMPLEMENT', motif: d.recu, champs: fait, pieces, alerte: null },
  });
}

/** The date from which the acte is known to all, or to whom it concerns: the calendar needs it, the protocol does not. */
async function publier(
  outils: OutilsGestes,
  ctx: Contexte,
  { id, jour }: { readonly id: FluxId; readonly jour: Jour },
): Promise<Flux> {
  const flux = await acteDe(outils, ctx, id);
  exigerPasse(outils, jour);
  const fait = { ev: 'PUBLICATION', motif: jour, champs: { publication: jour }, alerte: flux.alerte };
  return consigner(outils, ctx, { flux, fait });
}

/** Throws VGM-GES-056 before the end of the préfet's delays, VGM-NOY-002 when the state forbids it. */
async function valider(outils: OutilsGestes, ctx: Contexte, id: FluxId): Promise<Flux> {
  const flux = await acteDe(outils, ctx, id);
  const jalons = await calendrier(outils, ctx, flux);
  const des = jalons.find((j) => j.code === 'validable')?.date ?? null;
  const aujourdhui = jourDe(outils.moteur.clock.now());
  if (flux.etat === 'acquitte' && (des === null || des > aujourdhui))
    throw erreurGestes('VGM-GES-056', {
      flux: id,
      etat: LIBELLE_ETAT[flux.etat],
      jour: des ?? 'une date inconnue',
    });
  const { acteur, corr } = ctx;
  return mouvoir(outils.moteur, flux, {
    evenement: 'validation_demandee',
    motif: 'délais passés',
    acteur,
    corr,
  });
}

export function actes(
  outils: OutilsGestes,
): Pick<Gestes, 'calendrier' | 'complement' | 'publier' | 'valider'> {
  return {
    calendrier: async (ctx, id) => calendrier(outils, ctx, await acteDe(outils, ctx, id)),
    complement: async (ctx, demande) => {
      try {
        return await complement(outils, ctx, demande);
      } finally {
        await oublierFichiers(demande.fichier === null ? [] : [demande.fichier]);
      }
    },
    publier: (ctx, demande) => publier(outils, ctx, demande),
    valider: (ctx, id) => valider(outils, ctx, id),
  };
}
