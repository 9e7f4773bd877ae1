import type { Clock } from '../../../ports/clock.ts';
import type { Random } from '../../../ports/random.ts';
import type { EcritureStore, Store } from '../../../ports/store.ts';
import { creerCollectivites, creerJetons, enPropre } from './annuaire.ts';
import { annoncer, Ecoute } from './ecoute.ts';
import { Ecrivain, PATIENCE, type Patience } from './ecrivain.ts';
import { FileEcriture } from './file-ecriture.ts';
import { creerFileTravail } from './file.ts';
import { creerLectureFlux } from './flux.ts';
import { creerLectureJournal } from './journal.ts';
import { creerLectureLivraisons } from './livraisons.ts';
import { creerLots } from './lots.ts';
import { creerNoeuds, creerSuspensions, creerTours } from './noeuds.ts';
import { NomTenu } from './nom-tenu.ts';
import { preparerBase } from './ouverture.ts';
import { Requetes } from './requetes.ts';
import { Reserve } from './reserve.ts';
import { creerRestaurations } from './restaurations.ts';
import { creerLectureRetours } from './retours.ts';
import type { AccesPostgres } from './session.ts';

export interface OptionsPostgres {
  readonly acces: AccesPostgres;
  /** Connections for reads and claims; one more writes, one listens, and one holds the name of the daemon. */
  readonly connexions: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Version of the program, written in each line of the journal. */
  readonly version: string;
  /** Milliseconds that may part our clock from the server's; Infinity: not compared. */
  readonly ecartHorloge?: number;
  readonly patience?: Patience;
  /** Something is due in this queue, another node says; each of them when the line was cut. Without it nothing is listened to. */
  readonly surAnnonce?: (file: string) => void;
  /** Statements, to be shared with whoever explains them. */
  readonly requetes?: Requetes;
}

const ECART_HORLOGE_MS = 5_000;

function creerEcriture(file: FileEcriture): EcritureStore {
  return {
    ecrire(e) {
      const propre = enPropre(e);
      return file.soumettre({
        prevoir: (lot) => lot.besoins(e),
        faire: (lot) => lot.appliquer(e),
        ...(propre === undefined ? {} : { enPropre: propre }),
      });
    },
    creerFlux: (nouveau, suite) =>
      file.soumettre({
        prevoir: (lot) => {
          lot.besoinsNaissance(nouveau);
          lot.besoins(suite);
        },
        faire: (lot) => lot.creerFlux(nouveau, suite),
      }),
    creerRetour: (nouveau, suite) =>
      file.soumettre({
        prevoir: (lot) => {
          lot.besoinsRetour(nouveau);
          lot.besoins(suite);
        },
        faire: (lot) => lot.creerRetour(nouveau, suite),
      }),
  };
}

/**
 * Opens a base that several daemons may share, bringing it to the present schema.
 * Throws VGM-STO-001 (written by a newer program), 002 (server out of reach), 003 (it refuses us), 004 to 007 (unfit: a
 * setting that may lose what was confirmed, its age, the base, its clock).
 */
export async function ouvrirStorePostgres(options: OptionsPostgres): Promise<Store> {
  const { acces, clock, random, version, connexions, surAnnonce, requetes = new Requetes() } = options;
  const outils = { acces, requetes };
  await preparerBase({ ...outils, clock, ecartHorloge: options.ecartHorloge ?? ECART_HORLOGE_MS });
  const base = new Reserve({ ...outils, connexions });
  const ecrivain = new Ecrivain({
    ...outils,
    ecrivain: random.uuid(),
    quand: () => clock.now(),
    patience: options.patience ?? PATIENCE,
  });
  const ecriture = new FileEcriture(ecrivain, { random, version, ouvertes: new Set(), annoncer });
  const ecoute =
    surAnnonce === undefined ? null : new Ecoute({ ...outils, surAnnonce, nous: () => ecrivain.pid });
  const nomTenu = new NomTenu(outils);
  return {
    ecriture: creerEcriture(ecriture),
    flux: creerLectureFlux(base),
    journal: creerLectureJournal(base),
    file: creerFileTravail(base),
    numerotation: {
      reserver: (demande) =>
        ecriture.soumettre({
          prevoir: (lot) => lot.besoinsNumero(demande),
          faire: (lot) => lot.numero(demande, clock.now()),
        }),
    },
    debits: {
      reserver: (demande) =>
        ecriture.soumettre({
          prevoir: (lot) => lot.besoinsDebit(demande),
          faire: (lot) => lot.debit(demande),
        }),
    },
    suspensions: creerSuspensions(base),
    tours: creerTours(base),
    noeuds: creerNoeuds(base, nomTenu),
    retours: creerLectureRetours(base),
    livraisons: creerLectureLivraisons(base),
    collectivites: creerCollectivites(base, ecriture),
    jetons: creerJetons(base),
    lots: creerLots(base, ecriture),
    restaurations: creerRestaurations(base, ecriture),
    async fermer() {
      await ecriture.fermer();
      await ecoute?.fermer();
      await nomTenu.fermer();
      await ecrivain.fermer();
      await base.fermer();
    },
  };
}
