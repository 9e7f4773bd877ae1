import { createHash } from 'node:crypto';
import { relire } from '../etapes/relire.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Flux } from '../metier/flux.ts';
import { type FluxId, type Instant, lireRetourId, type Siren } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import { LIBELLE_RETOUR, type Retour } from '../metier/retours.ts';
import type { Coffre } from '../ports/coffre.ts';
import { OPERATEUR, type Portee, type Store } from '../ports/store.ts';
import { natureDuNom } from '../protocoles/helios/nommage.ts';
import { estPassage, periodeDe, peutEtrePassage, porteeDe } from './exports.ts';
import type { Gestes } from './gestes.ts';
import { lignesEntre, type Periode } from './journal-periode.ts';
import type { OutilsGestes } from './outils.ts';
import {
  acquittementDe,
  type Echange,
  ENTETE_TRACE,
  type FichierEchange,
  ligneEchange,
  resultatEnvoi,
} from './trace-helios.ts';

/** Reads the trace off the journal: what went is in the chain of each collectivité, what came in the operator's. */

interface Lecture {
  readonly store: Store;
  readonly coffre: Coffre;
  readonly portee: Portee;
  /** Names by SIREN, read once. */
  readonly noms: Map<Siren, string>;
}

/** HELIOS flux only, within what the caller may see. */
async function fluxHelios({ store, portee }: Lecture, id: FluxId): Promise<Flux | null> {
  const flux = await store.flux.trouver(portee, id);
  return flux?.protocole === 'HELIOS' ? flux : null;
}

async function histoireDe({ store, portee }: Lecture, id: FluxId): Promise<readonly LigneJournal[]> {
  const lignes = await store.journal.lignesDuFlux(portee, id);
  return lignes.map(({ ligne }) => JSON.parse(ligne) as LigneJournal);
}

async function nomDe({ store, noms }: Lecture, siren: Siren): Promise<string> {
  const connu = noms.get(siren) ?? (await store.collectivites.trouver(siren))?.nom ?? '';
  noms.set(siren, connu);
  return connu;
}

/** Of the bytes kept, held against their other digests on the way; null when they are not those any more. */
async function sha1De(coffre: Coffre, fichier: FichierEchange): Promise<string | null> {
  const sha1 = createHash('sha1');
  try {
    for await (const bloc of relire(coffre, fichier)) sha1.update(bloc);
  } catch (faute) {
    if (faute instanceof ErreurVgm) return null;
    throw faute;
  }
  return sha1.digest('hex');
}

/** One passage of a file on the line; a file sent again has another line. */
async function* envoi(lecture: Lecture, ligne: LigneJournal): AsyncGenerator<Echange> {
  const flux = await fluxHelios(lecture, ligne.tx as FluxId);
  if (flux === null) return;
  const pieces = await lecture.store.flux.pieces(lecture.portee, flux.id);
  const fichier = pieces.findLast((p) => p.role === 'archive');
  if (fichier === undefined) return;
  const histoire = await histoireDe(lecture, flux.id);
  if (!estPassage(ligne, histoire)) return;
  const depose = pieces.find((p) => p.role === 'pes');
  const { sha1, genre } = flux.resume;
  yield {
    sens: 'émis',
    nature: typeof genre === 'string' ? genre : 'PES',
    quand: Date.parse(ligne.t) as Instant,
    fichier,
    depose: depose?.nom ?? '',
    // the deposit computed it, over the bytes that it received
    sha1:
      depose?.sha256 === fichier.sha256 && typeof sha1 === 'string'
        ? sha1
        : await sha1De(lecture.coffre, fichier),
    resultat: resultatEnvoi(histoire, ligne),
    acquittement: acquittementDe(histoire),
    flux,
    collectivite: await nomDe(lecture, flux.collectivite),
  };
}

const NATURES = {
  acquit: 'PES_ACQUIT, d’après son nom',
  retour: 'PES_Retour, d’après son nom',
  aller: 'PES_Aller, d’après son nom',
  inconnue: 'inconnue',
} as const;

type RetourFichier = Retour & { readonly nom: string };

async function natureRecue(lecture: Lecture, retour: RetourFichier, flux: Flux): Promise<string> {
  if (flux.etat === 'recu') return 'PES_Retour';
  const pieces = await lecture.store.flux.pieces(lecture.portee, flux.id);
  const piece = pieces.find((p) => p.sha256 === retour.sha256 && p.role !== 'archive');
  return piece?.role === 'retour' ? NATURES[natureDuNom(retour.nom)] : 'PES_ACQUIT';
}

/** A file of the gateway, for each flux that it concerns and that the caller may see. */
async function* reception(lecture: Lecture, retour: RetourFichier): AsyncGenerator<Echange> {
  const commun = {
    sens: 'reçu',
    quand: retour.recu,
    fichier: retour,
    depose: '',
    resultat:
      retour.motif === null
        ? LIBELLE_RETOUR[retour.etat]
        : `${LIBELLE_RETOUR[retour.etat]} : ${retour.motif}`,
  } as const;
  if (retour.flux.length === 0 && 'operateur' in lecture.portee) {
    const sha1 = await sha1De(lecture.coffre, retour);
    const nature = NATURES[natureDuNom(retour.nom)];
    yield { ...commun, nature, sha1, acquittement: '', flux: null, collectivite: '' };
  }
  for (const id of retour.flux) {
    const flux = await fluxHelios(lecture, id);
    if (flux === null) continue;
    yield {
      ...commun,
      nature: await natureRecue(lecture, retour, flux),
      sha1: await sha1De(lecture.coffre, retour),
      acquittement: acquittementDe(await histoireDe(lecture, id)),
      flux,
      collectivite: await nomDe(lecture, flux.collectivite),
    };
  }
}

async function* recus(lecture: Lecture, id: string): AsyncGenerator<Echange> {
  const retourId = lireRetourId(id);
  const retour =
    retourId === undefined ? undefined : await lecture.store.retours.trouver(OPERATEUR, retourId);
  // an e-mail is of ACTES
  if (retour === undefined || retour.nom === null) return;
  yield* reception(lecture, { ...retour, nom: retour.nom });
}

async function* echanges(lecture: Lecture, periode: Periode): AsyncGenerator<Echange> {
  const { store, portee } = lecture;
  const chaines = 'collectivite' in portee ? [portee.collectivite] : await store.journal.chaines();
  for (const org of chaines) {
    for await (const ligne of lignesEntre(store.journal, org, periode)) {
      if (peutEtrePassage(ligne)) yield* envoi(lecture, ligne);
    }
  }
  for await (const { ev, tx } of lignesEntre(store.journal, 'operateur', periode)) {
    if (ev === 'RETOUR_RECU') yield* recus(lecture, tx);
  }
}

async function* enCsv(lecture: Lecture, periode: Periode): AsyncGenerator<string> {
  yield ENTETE_TRACE;
  for await (const echange of echanges(lecture, periode)) yield ligneEchange(echange);
}

export function traces(outils: OutilsGestes): Pick<Gestes, 'tracerHelios'> {
  const { coffre, moteur } = outils;
  return {
    tracerHelios: async (ctx, demande) => {
      const portee = await porteeDe(outils, ctx, demande.collectivite);
      return enCsv({ store: moteur.store, coffre, portee, noms: new Map() }, periodeDe(demande));
    },
  };
}
