import { estConflit } from '../engine/insister.ts';
import { jourDe } from '../metier/echeances.ts';
import { erreurSauvegarde } from '../metier/catalogue/sauvegarde.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, Sha256 } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import { apresRestauration } from '../metier/series.ts';
import type { GenreOrphelin, Orphelin, Restauration } from '../ports/restauration.ts';
import { OPERATEUR } from '../ports/store.ts';
import { consignerRetour } from './consigner-retour.ts';
import type { Contexte, Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';
import type { OrdreClore, OrphelinVu, Reconciliation } from './rapport-reconciliation.ts';

/** After a restoration: what the world knows and the base does not, and the order that lets sendings go again. */

/** Held back until the reconciliation is closed. */
const RETENU = 'VGM-TRA-011';
const LISTE_MAX = 1000;
const PAGE = 1000;
/** Answers of the State, by what they are. */
const REPONSES: readonly GenreOrphelin[] = ['courriel', 'acquittement', 'pes_retour'];

/** Every orphan, page by page. */
async function* orphelinsDe({ moteur }: OutilsGestes, id: string): AsyncGenerator<Orphelin> {
  let apres: Sha256 | undefined;
  for (;;) {
    const page = await moteur.store.restaurations.orphelins(id, {
      limite: PAGE,
      ...(apres === undefined ? {} : { apres }),
    });
    yield* page;
    apres = page.at(-1)?.sha256;
    if (page.length < PAGE) return;
  }
}

async function voir(outils: OutilsGestes, orphelin: Orphelin): Promise<OrphelinVu> {
  const { identite } = orphelin;
  if (identite === null) return { ...orphelin, fluxConnu: null };
  const connus = await outils.moteur.store.flux.parIdentite(OPERATEUR, identite);
  return { ...orphelin, fluxConnu: connus.length > 0 };
}

async function inventorier(
  outils: OutilsGestes,
  id: string,
): Promise<Pick<Reconciliation, 'orphelins' | 'genres'>> {
  const orphelins: OrphelinVu[] = [];
  const genres: Partial<Record<GenreOrphelin, number>> = {};
  for await (const orphelin of orphelinsDe(outils, id)) {
    genres[orphelin.genre] = (genres[orphelin.genre] ?? 0) + 1;
    if (orphelins.length < LISTE_MAX) orphelins.push(await voir(outils, orphelin));
  }
  return { orphelins, genres };
}

async function incertainsDe({ moteur }: OutilsGestes, id: string): Promise<readonly Flux[]> {
  const flux = await moteur.store.flux.lister(OPERATEUR, { etats: ['incertain'], limite: LISTE_MAX });
  return flux.filter((f) => f.resume['sortPerdu'] === id);
}

async function sourcesDe({ moteur, sources }: OutilsGestes, id: string): Promise<Reconciliation['sources']> {
  const lues = new Map((await moteur.store.restaurations.sources(id)).map((s) => [s.source, s.lue]));
  return sources.map((nom) => ({ nom, lue: lues.get(nom) ?? null }));
}

function empechementsDe({
  restauration,
  sources,
  aAnalyser,
}: Pick<Reconciliation, 'restauration' | 'sources' | 'aAnalyser'>): string[] {
  const muettes = sources.filter((s) => s.lue === null).map((s) => s.nom);
  return [
    ...(restauration.preparee === null ? ['les flux au sort inconnu ne sont pas encore relevés'] : []),
    ...muettes.map((nom) => `la source ${nom} n’a pas été relue en entier depuis la restauration`),
    ...(aAnalyser > 0 ? ['des réponses de l’État sont rangées et pas encore analysées'] : []),
  ];
}

async function faireLEtat(outils: OutilsGestes, restauration: Restauration): Promise<Reconciliation> {
  const { id, restauree } = restauration;
  const { store } = outils.moteur;
  const sources = await sourcesDe(outils, id);
  const { length: aAnalyser } = await store.retours.lister(OPERATEUR, { etats: ['recu'], limite: PAGE });
  return {
    restauration,
    sources,
    aAnalyser,
    incertains: await incertainsDe(outils, id),
    ...(await inventorier(outils, id)),
    series: { jour: jourDe(restauree), apres: apresRestauration(restauree) },
    empechements: restauration.close === null ? empechementsDe({ restauration, sources, aAnalyser }) : [],
  };
}

async function ouverte({ moteur }: OutilsGestes): Promise<Restauration> {
  const derniere = await moteur.store.restaurations.derniere();
  if (derniere === null || derniere.close !== null) throw erreurSauvegarde('VGM-SAU-020');
  return derniere;
}

function ligne(ctx: Contexte, fait: Pick<EntreeJournal, 'ev' | 'motif'>): EntreeJournal {
  const { acteur, corr } = ctx;
  return { org: 'operateur', tx: '', obj: '', acteur, res: 'OK', corr, ...fait };
}

/** Throws VGM-SAU-022 for a source that is none, VGM-SAU-021 when one is left out without a reason. */
function exigerEcarts({ sources }: OutilsGestes, { sansAttendre, motif }: OrdreClore): void {
  const inconnue = sansAttendre.find((nom) => !sources.includes(nom));
  if (inconnue !== undefined)
    throw erreurSauvegarde('VGM-SAU-022', { source: inconnue, connues: sources.join(', ') || 'aucune' });
  if (sansAttendre.length > 0 && (motif ?? '').trim() === '')
    throw erreurSauvegarde('VGM-SAU-021', { raisons: '--sans-attendre demande un --motif' });
}

/** What was held back is looked at now rather than within the minute; one that somebody else changes is left to its turn. */
async function reveiller({ moteur }: OutilsGestes): Promise<void> {
  const { store, clock } = moteur;
  let avant: FluxId | undefined;
  for (;;) {
    const page = await store.flux.lister(OPERATEUR, {
      etats: ['pret'],
      limite: PAGE,
      ...(avant === undefined ? {} : { avant }),
    });
    for (const { id, ver, etat, tentatives, alerte, erreur } of page) {
      if (erreur?.code !== RETENU) continue;
      const quand = clock.now();
      const changement = { id, ver, etat, tentatives, alerte, erreur, due: quand };
      await store.ecriture.ecrire({ quand, flux: [changement], journal: [] }).catch((cause: unknown) => {
        if (!estConflit(cause)) throw cause;
      });
    }
    avant = page.at(-1)?.id;
    if (page.length < PAGE) return;
  }
}

async function clore(outils: OutilsGestes, ctx: Contexte, ordre: OrdreClore): Promise<Reconciliation> {
  const { store, clock } = outils.moteur;
  const restauration = await ouverte(outils);
  exigerEcarts(outils, ordre);
  const etat = await faireLEtat(outils, restauration);
  const attendues = etat.sources.filter((s) => !ordre.sansAttendre.includes(s.nom));
  const raisons = empechementsDe({ ...etat, sources: attendues });
  if (raisons.length > 0) throw erreurSauvegarde('VGM-SAU-021', { raisons: raisons.join(' ; ') });
  const ecartees =
    ordre.sansAttendre.length === 0 ? '' : ` sans_attendre=${ordre.sansAttendre.join(',')} : ${ordre.motif}`;
  const motif = `incertains=${etat.incertains.length}${ecartees}`;
  const quand = clock.now();
  await store.ecriture.ecrire({
    quand,
    restauration: { id: restauration.id, close: true },
    journal: [ligne(ctx, { ev: 'RECONCILIATION_CLOSE', motif })],
  });
  await reveiller(outils);
  return { ...etat, restauration: { ...restauration, close: quand }, empechements: [] };
}

/** Files again the answers of the State that the coffre still holds; kept once, as any message read twice. */
async function ranger(outils: OutilsGestes, ctx: Contexte): Promise<number> {
  const { store, clock, random } = outils.moteur;
  const { id } = await ouverte(outils);
  const deps = { coffre: outils.coffre, ecriture: store.ecriture, clock, random };
  let nombre = 0;
  for await (const { genre, sha256 } of orphelinsDe(outils, id)) {
    if (!REPONSES.includes(genre)) continue;
    // the name that a file bore at its source is lost with its row
    const nom = genre === 'courriel' ? null : `orphelin_${sha256.slice(0, 16)}.xml`;
    const range = await consignerRetour(deps, await outils.coffre.ouvrir(sha256), { source: 'coffre', nom });
    if (range.nouveau) nombre += 1;
  }
  await store.ecriture.ecrire({
    quand: clock.now(),
    journal: [ligne(ctx, { ev: 'ORPHELINS_RANGES', motif: `nombre=${nombre}` })],
  });
  return nombre;
}

export function reconciliations(outils: OutilsGestes): Pick<Gestes, 'instantane' | 'reconciliation'> {
  return {
    instantane: async (ctx) => {
      exigerOperateur(ctx);
      if (outils.instantane === null) throw erreurSauvegarde('VGM-SAU-010');
      const pris = await outils.instantane();
      const { store, clock } = outils.moteur;
      const motif = `octets=${pris.taille}`;
      await store.ecriture.ecrire({
        quand: clock.now(),
        journal: [ligne(ctx, { ev: 'SAUVEGARDE', motif })],
      });
      return pris;
    },
    reconciliation: {
      montrer: async (ctx) => {
        exigerOperateur(ctx);
        const derniere = await outils.moteur.store.restaurations.derniere();
        return derniere === null ? null : faireLEtat(outils, derniere);
      },
      clore: async (ctx, ordre) => {
        exigerOperateur(ctx);
        return clore(outils, ctx, ordre);
      },
      rangerRetours: async (ctx) => {
        exigerOperateur(ctx);
        return ranger(outils, ctx);
      },
    },
  };
}
