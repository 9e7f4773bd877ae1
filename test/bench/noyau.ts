/**
 * The engine alone, embedded: store, coffre, leases, journal, with steps that decide at once. What is left is what the
 * promise costs: two pieces synced to the disk, one number drawn, six durable states from the deposit to the receipt.
 */
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { ouvrirCoffreDossier } from '../../src/adapters/coffre/dossier.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { ouvrirStoreSqlite } from '../../src/adapters/store/sqlite/store.ts';
import type { Config } from '../../src/config/manifest.ts';
import { creerRepartitionLocale } from '../../src/adapters/repartition/locale.ts';
import { ecritureQuiAnnonce } from '../../src/engine/annonces.ts';
import { creerBalayage } from '../../src/engine/balayage.ts';
import { creerBaux } from '../../src/engine/baux.ts';
import { creerDiffusion } from '../../src/engine/diffusion.ts';
import { executerFlux } from '../../src/engine/executer-flux.ts';
import type { OutilsMoteur } from '../../src/engine/outils.ts';
import { creerWorker } from '../../src/engine/worker.ts';
import { creerAnnuaire } from '../../src/etapes/annuaire.ts';
import type { Etapes } from '../../src/etapes/etape.ts';
import type { Flux, Piece } from '../../src/metier/flux.ts';
import type { FluxId, Jour, Siren } from '../../src/metier/identifiants.ts';
import type { Coffre } from '../../src/ports/coffre.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';
import { etalonFsync } from './monde.ts';
import { peuplerVite } from './peupler.ts';

const PIECE = 20_000;
const FLUX = 1500;
const TOURS = 7;
const DEPOSANTS = 64;
const COLLECTIVITES = 10;
const JOUR = '2026-03-02' as Jour;
const FILE = 'flux-ACTES';
const CHAQUE_JOUR = 1_000_000;
const REGLAGE: Config['moteur'] = {
  concurrence: 64,
  bail_s: 300,
  reprise_min_s: 5,
  reprise_max_s: 900,
  arret_s: 20,
};
/** Finished flux in the two stores that are compared. */
const PEU = 1_000;
const BEAUCOUP = 1_000_000;

async function garder(coffre: Coffre, role: Piece['role'], nom: string): Promise<Piece> {
  const depot = await coffre.ajouter(randomBytes(PIECE));
  return { ...depot, role, nom, type: 'application/octet-stream' };
}

/** Every step answers at once; the State takes all, and its receipt comes with its answer. */
function etapesImmediates(store: Store, coffre: Coffre): Etapes {
  return {
    ACTES: {
      controle: async () => ({ type: 'avance', evenement: 'controle_favorable' }),
      signature: async (flux: Flux) => {
        const serie = `BANC:${flux.collectivite}`;
        const { numero } = await store.numerotation.reserver({
          flux: flux.id,
          serie,
          jour: JOUR,
          limite: CHAQUE_JOUR,
        });
        const nomEnvoi = `BANC-${flux.collectivite}-${numero}.tar.gz`;
        const pieces = [await garder(coffre, 'archive', nomEnvoi)];
        return { type: 'avance', evenement: 'enveloppe_faite', nomEnvoi, pieces };
      },
      transmission: async (_flux, poste) => {
        await poste.mettreEnLigne('banc');
        return { type: 'avance', evenement: 'remise_confirmee' };
      },
      attente: async () => ({ type: 'avance', evenement: 'accuse_recu' }),
    },
  };
}

interface Noyau {
  /** Deposits that many and waits for their end. @returns flux per second. */
  tour(nombre: number): Promise<number>;
  fermer(): Promise<void>;
}

async function ouvrirNoyau(dossier: string, anciens: number): Promise<Noyau> {
  const clock = creerClockSysteme();
  const random = creerRandomSysteme(clock);
  const fichier = join(dossier, 'vaguemestre.sqlite');
  await peuplerVite(fichier, anciens);
  const brut = ouvrirStoreSqlite({ fichier, clock, random, version: 'banc' });
  const repartition = creerRepartitionLocale({ clock });
  const store = { ...brut, ecriture: ecritureQuiAnnonce(brut.ecriture, (a) => repartition.annoncer(a)) };
  const coffre = await ouvrirCoffreDossier({ dossier: join(dossier, 'coffre'), random });
  const arret = new AbortController();
  const outils: OutilsMoteur = {
    store,
    clock,
    random,
    annuaire: creerAnnuaire(store.collectivites, () => clock.now()),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    diffusion: creerDiffusion(),
    reglage: REGLAGE,
    signaux: { arret: arret.signal, coupure: new AbortController().signal },
    destinationDe: async () => null,
  };
  const etapes = etapesImmediates(store, coffre);
  const finis = new Map<FluxId, () => void>();
  const worker = creerWorker<Flux>(
    outils,
    {
      nom: FILE,
      table: 'flux',
      places: REGLAGE.concurrence,
      limites: null,
      reclamer: (d) => store.file.reclamerFlux({ ...d, file: FILE }),
      executer: async (flux, prise) => {
        await executerFlux(outils, etapes, { flux, prise, file: FILE });
        finis.get(flux.id)?.();
      },
    },
    {
      proprietaire: 'banc',
      baux: creerBaux(outils, 'banc'),
      balayage: creerBalayage(clock, arret.signal),
      repartition,
    },
  );
  worker.demarrer();
  let rang = 0;

  const deposer = async (): Promise<void> => {
    rang += 1;
    const collectivite = String(213_400_000 + (rang % COLLECTIVITES)) as Siren;
    const id = random.uuid() as FluxId;
    const document = await garder(coffre, 'document', 'acte.pdf');
    const quand = clock.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    finis.set(id, resolve);
    await store.ecriture.creerFlux(
      {
        id,
        protocole: 'ACTES',
        etat: 'depose',
        contenu: null,
        collectivite,
        identite: `banc-${id}`,
        resume: { numero: `B${rang}` },
        cite: null,
        pieces: [document],
        cleIdempotence: id,
        empreinteDemande: document.sha256,
        due: quand,
      },
      {
        quand,
        journal: [
          { org: collectivite, ev: 'DEPOT', tx: id, obj: '', acteur: 'banc', res: 'OK', motif: '', corr: id },
        ],
      },
    );
    await promise;
    finis.delete(id);
    const fini = await store.flux.trouver({ operateur: true }, id);
    if (fini?.etat !== 'acquitte') throw new TypeError(`flux ended as ${fini?.etat}`);
  };

  return {
    tour: async (nombre) => {
      let reste = nombre;
      const debut = performance.now();
      const deposant = async (): Promise<void> => {
        while (reste > 0) {
          reste -= 1;
          await deposer();
        }
      };
      await Promise.all(Array.from({ length: DEPOSANTS }, deposant));
      return (nombre / (performance.now() - debut)) * 1000;
    },
    fermer: async () => {
      arret.abort();
      await worker.arreter();
      await coffre.fermer();
      await store.fermer();
    },
  };
}

/** Two stores in turn, in short rounds, so that a slow minute of the machine weighs on both. */
export async function mesurerNoyau(dire: Dire): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-noyau-'));
  try {
    const fsync = etalonFsync(dossier, 500);
    dire(`Préparation de ${BEAUCOUP} flux finis…`);
    const peu = await ouvrirNoyau(join(dossier, 'peu'), PEU);
    const beaucoup = await ouvrirNoyau(join(dossier, 'beaucoup'), BEAUCOUP);
    // What was just written must be on the disk, or its write-back would be charged to the first rounds.
    spawnSync('sync');
    await peu.tour(FLUX);
    await beaucoup.tour(FLUX);
    const tours: { peu: number; beaucoup: number }[] = [];
    for (let n = 1; n <= TOURS; n += 1) {
      const tour = { peu: await peu.tour(FLUX), beaucoup: await beaucoup.tour(FLUX) };
      tours.push(tour);
      dire(
        `  tour ${n} : ${Math.round(tour.peu)} flux/s avec ${PEU} en magasin, ${Math.round(tour.beaucoup)} avec ${BEAUCOUP}`,
      );
    }
    await peu.fermer();
    await beaucoup.fermer();
    const flux = mediane(tours.map((t) => t.peu));
    const cout = mediane(tours.map((t) => t.peu / t.beaucoup));
    dire(
      `Moteur embarqué : ${Math.round(flux)} flux entiers par seconde, deux pièces de 20 ko chacun ` +
        `(${arrondi(flux / fsync)} de l’étalon d’écriture) ; avec ${BEAUCOUP} flux en magasin un flux coûte ${arrondi(cout, 2)} fois autant.`,
    );
    return {
      flux_par_s_sqlite: arrondi(flux, 1),
      flux_sur_fsync: arrondi(flux / fsync, 3),
      cout_1m_sur_1k: arrondi(cout, 3),
    };
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}
