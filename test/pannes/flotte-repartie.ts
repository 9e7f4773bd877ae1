import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerFakeLog } from '../../src/adapters/log/fake.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { creerFakeStore } from '../../src/adapters/store/fake.ts';
import { manifest } from '../../src/config/manifest.ts';
import { ecritureQuiAnnonce } from '../../src/engine/annonces.ts';
import { creerDiffusion } from '../../src/engine/diffusion.ts';
import { creerMoteur, type DestinationServie } from '../../src/engine/moteur.ts';
import type { OutilsMoteur } from '../../src/engine/outils.ts';
import type { Etapes } from '../../src/etapes/etape.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { Flux, NomProtocole } from '../../src/metier/flux.ts';
import type { FluxId, Instant, Sha256, Siren } from '../../src/metier/identifiants.ts';
import type { Repartition } from '../../src/ports/repartition.ts';
import { OPERATEUR, type Store } from '../../src/ports/store.ts';
import { jusque } from '../contracts/repartition.contract.ts';

/** Several engines over one store, with steps that answer at once: only the sharing out is tried. The hour is the real one. */

export const clock = creerClockSysteme();
const random = creerRandomSysteme(clock);
const HEURE = 3_600_000;

export interface Remise {
  readonly flux: FluxId;
  readonly collectivite: Siren;
  readonly noeud: string;
  readonly quand: number;
}

export interface OptionsNoeud {
  readonly repartition: Repartition;
  readonly destinations?: readonly DestinationServie[];
  /** What a handing over lasts. */
  readonly duree?: (flux: Flux) => Promise<void>;
  /** By how much its clock is ahead; milliseconds. */
  readonly avance?: number;
}

export interface NoeudReparti {
  readonly nom: string;
  deposer(depot?: { protocole?: NomProtocole; siren?: string }): Promise<FluxId>;
  /** Its work stops where it is, and nothing of it is ever written again, as of a process that was killed. */
  tuer(): void;
  arreter(): Promise<void>;
}

const DESTINATIONS: readonly DestinationServie[] = [
  { nom: 'ACTES', places: 8, limites: null },
  { nom: 'HELIOS:dgfip', places: 8, limites: null },
];

export class FlotteRepartie {
  readonly store: Store;
  /** In the order in which the State saw them. */
  readonly remises: Remise[] = [];
  readonly #noeuds: NoeudReparti[] = [];

  constructor() {
    this.store = creerFakeStore({ clock, random });
  }

  async ouvrir(nom: string, options: OptionsNoeud): Promise<NoeudReparti> {
    const { repartition, destinations = DESTINATIONS } = options;
    const [arret, coupure, mort] = [new AbortController(), new AbortController(), new AbortController()];
    const outils = this.#outils(options, { arret, coupure, mort });
    const moteur = creerMoteur(outils, {
      etapes: this.#etapes(nom, options),
      destinations,
      accuse: {} as never,
      notification: {} as never,
      placesNotification: 4,
      proprietaire: nom,
      absence: Infinity,
      repartition,
    });
    await moteur.demarrer();
    const noeud: NoeudReparti = {
      nom,
      deposer: (depot) => deposer(outils.store, depot),
      tuer: () => {
        mort.abort();
        arret.abort();
      },
      arreter: async () => {
        arret.abort();
        coupure.abort();
        if (!mort.signal.aborted) await moteur.arreter();
        await repartition.fermer();
      },
    };
    this.#noeuds.push(noeud);
    return noeud;
  }

  /** Once that many flux are in this state. */
  async jusqua(nombre: number, etat: Etat = 'transmis', ms = 20_000): Promise<void> {
    await jusque(async () => ((await this.store.flux.compter(OPERATEUR))[etat] ?? 0) === nombre, ms);
  }

  /** Flux handed over more than once. */
  doubles(): FluxId[] {
    const ids = this.remises.map((r) => r.flux);
    return ids.filter((id, rang) => ids.indexOf(id) !== rang);
  }

  parNoeud(): Map<string, number> {
    const groupes = Map.groupBy(this.remises, (r) => r.noeud);
    return new Map([...groupes].map(([nom, remises]) => [nom, remises.length]));
  }

  async fermer(): Promise<void> {
    for (const noeud of this.#noeuds) await noeud.arreter();
    await this.store.fermer();
  }

  #outils(
    { repartition, avance = 0 }: OptionsNoeud,
    { arret, coupure, mort }: Readonly<Record<'arret' | 'coupure' | 'mort', AbortController>>,
  ): OutilsMoteur {
    const ecriture = ecritureQuiAnnonce(this.store.ecriture, (a) => repartition.annoncer(a));
    const vivante = <T>(geste: () => Promise<T>): Promise<T> =>
      mort.signal.aborted ? new Promise(() => undefined) : geste();
    return {
      store: {
        ...this.store,
        ecriture: { ...ecriture, ecrire: (e) => vivante(() => ecriture.ecrire(e)) },
        file: {
          ...this.store.file,
          reclamerFlux: (d) => vivante(() => this.store.file.reclamerFlux(d)),
          renouveler: (d) => vivante(() => this.store.file.renouveler(d)),
        },
      },
      annuaire: {
        trouver: async () => undefined,
        exiger: async () => Promise.reject(new TypeError('no card')),
        oublier: () => undefined,
      },
      clock: { ...clock, now: () => (clock.now() + avance) as Instant },
      random,
      log: creerFakeLog(),
      diffusion: creerDiffusion(),
      reglage: { ...manifest.parse({}).moteur, bail_s: 2 },
      signaux: { arret: arret.signal, coupure: coupure.signal },
      destinationDe: async ({ protocole }) => (protocole === 'ACTES' ? 'ACTES' : 'HELIOS:dgfip'),
    };
  }

  #etapes(noeud: string, { duree }: OptionsNoeud): Etapes {
    const etapes: NonNullable<Etapes['ACTES']> = {
      controle: async () => ({ type: 'avance', evenement: 'controle_favorable' }),
      signature: async (flux) => ({ type: 'avance', evenement: 'enveloppe_faite', nomEnvoi: `E-${flux.id}` }),
      transmission: async (flux, poste) => {
        await poste.mettreEnLigne('essai');
        const { id, collectivite } = flux;
        this.remises.push({ flux: id, collectivite, noeud, quand: clock.now() });
        await duree?.(flux);
        const due = (clock.now() + HEURE) as Instant;
        return { type: 'avance', evenement: 'remise_confirmee', due };
      },
      reprise: async () => ({
        type: 'avance',
        evenement: 'remise_confirmee',
        due: (clock.now() + HEURE) as Instant,
      }),
    };
    return { ACTES: etapes, HELIOS: etapes };
  }
}

async function deposer(
  store: Store,
  { protocole = 'ACTES', siren = '213400016' }: { protocole?: NomProtocole; siren?: string } = {},
): Promise<FluxId> {
  const id = random.uuid() as FluxId;
  const quand = clock.now();
  const nouveau = {
    id,
    protocole,
    collectivite: siren as Siren,
    etat: 'depose',
    identite: id,
    contenu: null,
    resume: {},
    cite: null,
    pieces: [],
    cleIdempotence: null,
    empreinteDemande: '0'.repeat(64) as Sha256,
    due: quand,
  } as const;
  await store.ecriture.creerFlux(nouveau, { quand, journal: [] });
  return id;
}
