import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Random } from '../../../ports/random.ts';
import type { Ecriture, EcritureStore, NouveauFlux, Store } from '../../../ports/store.ts';
import { basculerPoint, creerCollectivites, creerJetons } from './annuaire.ts';
import { creerDebits, creerNumerotation } from './compteurs.ts';
import { creerFileTravail } from './file.ts';
import { changerFlux, creerFlux, creerLectureFlux } from './flux.ts';
import { creerEcrireJournal, creerLectureJournal, type EcrireJournal } from './journal.ts';
import { changerLivraison, creerLectureLivraisons, creerLivraison } from './livraisons.ts';
import { FileEcriture } from './lot.ts';
import { type Ouverte, ouvrirBase } from './ouverture.ts';
import type { Base } from './pilote.ts';
import { changerRetour, creerLectureRetours, creerRetour } from './retours.ts';
import { basculerSuspension, creerSuspensions } from './suspensions.ts';

export interface OutilsStore {
  readonly clock: Clock;
  readonly random: Random;
  /** Version of the program, written in each line of the journal. */
  readonly version: string;
}

/** Everything one event changes, inside one savepoint: all of it lands, or nothing. */
function appliquer(base: Base, journal: EcrireJournal, e: Ecriture): void {
  for (const c of e.flux ?? []) changerFlux(base, c, e.quand);
  for (const n of e.nouveauxFlux ?? []) exigerNouveau(base, n, e.quand);
  for (const c of e.retours ?? []) changerRetour(base, c);
  for (const n of e.nouvellesLivraisons ?? []) creerLivraison(base, n, e.quand);
  for (const c of e.livraisons ?? []) changerLivraison(base, c);
  for (const p of e.points ?? []) basculerPoint(base, p);
  for (const s of e.suspensions ?? []) basculerSuspension(base, s, e.quand);
  journal(e.journal, e.quand);
}

/** Within another event there is no first answer to give again: the whole event must be thought anew. */
function exigerNouveau(base: Base, nouveau: NouveauFlux, quand: Instant): void {
  const { type } = creerFlux(base, nouveau, { quand, apres: () => undefined });
  if (type !== 'cree') throw erreurNoyau('VGM-NOY-001', { flux: nouveau.id });
}

function creerEcriture(base: Base, journal: EcrireJournal, file: FileEcriture): EcritureStore {
  return {
    ecrire: (ecriture) => file.soumettre(() => appliquer(base, journal, ecriture)),
    creerFlux: (nouveau, suite) =>
      file.soumettre(() =>
        creerFlux(base, nouveau, { quand: suite.quand, apres: () => appliquer(base, journal, suite) }),
      ),
    creerRetour: (nouveau, suite) =>
      file.soumettre(() => {
        if (!creerRetour(base, nouveau, suite.quand)) return 'deja_vu';
        appliquer(base, journal, suite);
        return 'cree';
      }),
  };
}

/** The store over an opened base; kept apart so that a test may hold the base and explain its statements. */
export function assemblerStore({ base, fermer }: Ouverte, outils: OutilsStore): Store {
  const ecriture = new FileEcriture(base);
  const journal = creerEcrireJournal(base, outils);
  return {
    ecriture: creerEcriture(base, journal, ecriture),
    flux: creerLectureFlux(base),
    journal: creerLectureJournal(base),
    file: creerFileTravail(base, ecriture),
    numerotation: creerNumerotation({ base, ecriture, journal, clock: outils.clock }),
    debits: creerDebits(base, ecriture),
    suspensions: creerSuspensions(base),
    retours: creerLectureRetours(base),
    livraisons: creerLectureLivraisons(base),
    collectivites: creerCollectivites({ base, ecriture, journal }),
    jetons: creerJetons(base, ecriture),
    async fermer() {
      ecriture.fermer();
      fermer();
    },
  };
}

/**
 * Opens the embedded store, creating folder, file and schema as needed (`:memory:` for a store that is not kept).
 * Throws VGM-NOY-007 (another daemon), VGM-STO-001 (written by a newer program), VGM-NOY-005 (disk).
 */
export function ouvrirStoreSqlite(options: OutilsStore & { readonly fichier: string }): Store {
  return assemblerStore(ouvrirBase(options.fichier), options);
}
