import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Random } from '../../../ports/random.ts';
import type { Ecriture, EcritureStore, NouveauFlux, Store } from '../../../ports/store.ts';
import { basculerPoint, creerCollectivites, creerJetons, poserClassification } from './annuaire.ts';
import { creerDebits, creerNumerotation } from './compteurs.ts';
import { creerFileTravail } from './file.ts';
import { changerFlux, creerFlux, creerLectureFlux } from './flux.ts';
import { creerEcrireJournal, creerLectureJournal, type EcrireJournal } from './journal.ts';
import { changerLivraison, creerLectureLivraisons, creerLivraison } from './livraisons.ts';
import { FileEcriture } from './lot.ts';
import { creerLots } from './lots.ts';
import { creerNoeuds, creerTours } from './noeuds.ts';
import { type Ouverte, ouvrirBase } from './ouverture.ts';
import type { Base } from './pilote.ts';
import { changerRestauration, creerRestaurations } from './restaurations.ts';
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
  for (const c of e.classifications ?? []) poserClassification(base, c.siren, c.classification);
  for (const n of e.nouvellesLivraisons ?? []) creerLivraison(base, n, e.quand);
  for (const c of e.livraisons ?? []) changerLivraison(base, c);
  for (const p of e.points ?? []) basculerPoint(base, p);
  for (const s of e.suspensions ?? []) basculerSuspension(base, s, e.quand);
  if (e.restauration !== undefined) changerRestauration(base, e.restauration, e.quand);
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

/** The same reads, answered once what they rest on is durable: nobody is told what a power cut could undo. */
function durables<L extends object>(lecture: L, durable: () => Promise<void>): L {
  type Lire = (...args: readonly unknown[]) => Promise<unknown>;
  const entrees = Object.entries(lecture as Record<string, Lire>).map(([nom, lire]): [string, Lire] => [
    nom,
    async (...args) => {
      const lu = await lire(...args);
      await durable();
      return lu;
    },
  ]);
  return Object.fromEntries(entrees) as L;
}

/** The store over an opened base; kept apart so that a test may hold the base and explain its statements. */
export function assemblerStore({ base, durcir, fermer }: Ouverte, outils: OutilsStore): Store {
  const ecriture = new FileEcriture(base, durcir);
  const journal = creerEcrireJournal(base, outils);
  const lire = <L extends object>(lecture: L): L => durables(lecture, () => ecriture.durable());
  return {
    ecriture: creerEcriture(base, journal, ecriture),
    flux: lire(creerLectureFlux(base)),
    journal: lire(creerLectureJournal(base)),
    file: creerFileTravail(base, ecriture),
    numerotation: creerNumerotation({ base, ecriture, journal, clock: outils.clock }),
    debits: creerDebits(base, ecriture),
    suspensions: lire(creerSuspensions(base)),
    tours: lire(creerTours(base, ecriture)),
    noeuds: lire(creerNoeuds(base, ecriture)),
    retours: lire(creerLectureRetours(base)),
    livraisons: lire(creerLectureLivraisons(base)),
    collectivites: lire(creerCollectivites({ base, ecriture, journal })),
    jetons: lire(creerJetons(base, ecriture)),
    lots: lire(creerLots(base, { ecriture, journal })),
    restaurations: lire(creerRestaurations(base, { ecriture, journal })),
    async fermer() {
      await ecriture.fermer();
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
