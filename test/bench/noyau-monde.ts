import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ouvrirCoffreDossier } from '../../src/adapters/coffre/dossier.ts';
import type { Config } from '../../src/config/manifest.ts';
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
import type { Clock } from '../../src/ports/clock.ts';
import type { Coffre } from '../../src/ports/coffre.ts';
import type { Random } from '../../src/ports/random.ts';
import type { Repartition } from '../../src/ports/repartition.ts';
import type { Store } from '../../src/ports/store.ts';

/**
 * The engine alone: store, coffre, leases, journal, with steps that decide at once. What is left is what the promise costs: two
 * pieces synced to the disk, one number drawn, six durable states from the deposit to the receipt.
 */

const PIECE = 20_000;
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

async function garder(coffre: Coffre, role: Piece['role'], nom: string): Promise<Piece> {
  const depot = await coffre.ajouter(randomBytes(PIECE));
  return { ...depot, role, nom, type: 'application/octet-stream' };
}

/** Every step answers at once; the State takes all, and its receipt comes with its answer. */
function etapesImmediates(store: Store, coffre: Coffre, accuses: Set<FluxId>): Etapes {
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
      attente: async ({ id }) => {
        accuses.add(id);
        return { type: 'avance', evenement: 'accuse_recu' };
      },
    },
  };
}

export interface Noyau {
  /** Deposits that many and waits for their end. @returns flux per second. */
  tour(nombre: number): Promise<number>;
  fermer(): Promise<void>;
}

export interface SocleNoyau {
  readonly dossier: string;
  readonly clock: Clock;
  readonly random: Random;
  /** As its adapter opened it: what its writes make due is told here. Closed with the rest. */
  readonly store: Store;
  readonly repartition: Repartition;
}

/** Store, coffre and one queue of flux in service, whose steps decide at once. */
export async function ouvrirNoyau({
  dossier,
  clock,
  random,
  store: brut,
  repartition,
}: SocleNoyau): Promise<Noyau> {
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
  const accuses = new Set<FluxId>();
  const etapes = etapesImmediates(store, coffre, accuses);
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
        // A flux that left is let go, and taken again for what follows.
        if (accuses.delete(flux.id)) finis.get(flux.id)?.();
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
      await repartition.fermer();
      await coffre.fermer();
      await brut.fermer();
    },
  };
}
