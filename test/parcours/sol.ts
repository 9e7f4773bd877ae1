import { join } from 'node:path';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { creerFakeCoffre } from '../../src/adapters/coffre/fake.ts';
import { creerFakeLog } from '../../src/adapters/log/fake.ts';
import { creerFakePasserelle } from '../../src/adapters/passerelle/fake.ts';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import { creerFakeStore } from '../../src/adapters/store/fake.ts';
import { creerFakeTransport } from '../../src/adapters/transport/fake.ts';
import { creerFakeWebhook } from '../../src/adapters/webhook/fake.ts';
import { ouvrirSchemas } from '../../src/formats/xsd/jeu.ts';
import type { Instant, Siren } from '../../src/metier/identifiants.ts';
import type { Coffre } from '../../src/ports/coffre.ts';
import type { Webhook } from '../../src/ports/notification.ts';
import type { Deposant, Releveur } from '../../src/ports/passerelle.ts';
import type { Store } from '../../src/ports/store.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { pes } from '../unit/helios/generateur.ts';
import { type Appel, suivreAppels } from './appels.ts';
import { type Autorite, creerAutoriteInterne } from './autorite.ts';
import { SIREN } from './messages-etat.ts';

/** The ground under an engine, and the ports through which it touches it. */

export const RACINE = join(import.meta.dirname, '..', '..');
/** Compiled once: a world is made by the hundred. */
const SCHEMAS_HELIOS = ouvrirSchemas(join(RACINE, 'schemas', 'helios'));
/** A Tuesday, 10:00 in Paris: a working day, far from public holidays. */
export const MARDI = Date.UTC(2026, 2, 10, 9, 0, 0);
/** Made once too: nothing of it ever changes. */
const AUTORITE = creerAutoriteInterne(MARDI);

/** What outlives an engine: the disk, the clock, the State and the receivers. */
export interface Sol {
  readonly clock: ReturnType<typeof creerFakeClock>;
  readonly random: ReturnType<typeof creerFakeRandom>;
  readonly log: ReturnType<typeof creerFakeLog>;
  readonly store: Store;
  readonly coffre: ReturnType<typeof creerFakeCoffre>;
  readonly transport: ReturnType<typeof creerFakeTransport>;
  readonly webhook: ReturnType<typeof creerFakeWebhook>;
  readonly passerelle: ReturnType<typeof creerFakePasserelle>;
  readonly autorite: Autorite;
  readonly schemas: ReturnType<typeof ouvrirSchemas>;
  readonly schemasHelios: ReturnType<typeof ouvrirSchemas>;
}

/** The ports through which an engine touches its world. */
export interface Ports {
  readonly store: Store;
  readonly coffre: Coffre;
  readonly transport: Transport;
  readonly webhook: Webhook;
  readonly passerelle: Deposant & Releveur;
}

/** SIRET of the only budget of a collectivité. */
export function siretDe(siren: Siren): string {
  return `${siren}00012`;
}

/** A sound PES of this NomFic, for a budget of this collectivité. */
export function pesDe(nomFic: string, siren: Siren = SIREN): Buffer {
  return pes({ entetes: { NomFic: nomFic, IdColl: siretDe(siren) } });
}

export interface OptionsSol {
  readonly quand?: number;
  /** By default one that publishes no revocation, with one key. */
  readonly autorite?: Autorite;
}

export async function creerSol(options: OptionsSol = {}): Promise<Sol> {
  const clock = creerFakeClock(options.quand ?? MARDI);
  const random = creerFakeRandom(clock, 7);
  return {
    clock,
    random,
    log: creerFakeLog(),
    store: creerFakeStore({ clock, random }),
    coffre: creerFakeCoffre(),
    transport: creerFakeTransport(),
    webhook: creerFakeWebhook(),
    passerelle: creerFakePasserelle(clock),
    autorite: options.autorite ?? (await AUTORITE),
    schemasHelios: SCHEMAS_HELIOS,
    schemas: ouvrirSchemas(join(RACINE, 'schemas', 'actes')),
  };
}

/** Turns of the event loop without any call to the outside after which an engine is said to be at rest. */
const TOURS_CALMES = 60;
const TOURS_MAX = 200_000;
/** How many more times the engine must be quiet while it has in hand what no silent line explains: code is read, a mail too. */
const PATIENCE = 300;

/** Every call of the engine to its world, counted while it lasts. @param proprietaire whose work, in this store, is to be at rest. */
export function compterAppels(
  ports: Ports,
  { proprietaire, store }: { readonly proprietaire: string; readonly store: Store },
): { ports: Ports; appel: Appel; calme: () => Promise<void> } {
  let enCours = 0;
  let appels = 0;
  const appel: Appel = async (nom, faire) => {
    // A line that keeps silent is not work under way.
    const compte = /^(transport|passerelle)\./.test(nom) ? 0 : 1;
    enCours += compte;
    appels += 1;
    try {
      return await faire();
    } finally {
      enCours -= compte;
      appels += 1;
    }
  };
  const seTaire = async () => {
    let vus = appels;
    for (let [tours, repos] = [0, 0]; repos < TOURS_CALMES; tours += 1, repos += 1) {
      if (enCours > 0 || appels !== vus) repos = 0;
      vus = appels;
      if (tours > TOURS_MAX) throw new TypeError('the engine never rests');
      await souffler();
    }
  };
  const calme = async () => {
    for (let fois = 0; fois < PATIENCE; fois += 1) {
      await seTaire();
      const { enMain } = await store.file.etat(0 as Instant);
      if (!enMain.some((e) => e.proprietaire === proprietaire && !e.file.startsWith('dest-'))) return;
    }
  };
  return { ports: suivrePorts(ports, appel), appel, calme };
}

/** The same ports, each call of which passes through `appel`. */
export function suivrePorts({ store, coffre, transport, webhook, passerelle }: Ports, appel: Appel): Ports {
  return {
    store: {
      ...store,
      ecriture: suivreAppels(store.ecriture, { nom: 'ecriture', appel }),
      flux: suivreAppels(store.flux, { nom: 'flux', appel }),
      file: suivreAppels(store.file, { nom: 'file', appel }),
      numerotation: suivreAppels(store.numerotation, { nom: 'numerotation', appel }),
      debits: suivreAppels(store.debits, { nom: 'debits', appel }),
      suspensions: suivreAppels(store.suspensions, { nom: 'suspensions', appel }),
      collectivites: suivreAppels(store.collectivites, { nom: 'collectivites', appel }),
    },
    coffre: {
      ajouter: (source, limite) => appel('coffre.ajouter', () => coffre.ajouter(source, limite)),
      recevoir: async (source, limite) => {
        const attente = await appel('coffre.recevoir', () => coffre.recevoir(source, limite));
        return suivreAppels(attente, { nom: 'attente', appel });
      },
      ouvrir: (sha256, plage) => appel('coffre.ouvrir', () => coffre.ouvrir(sha256, plage)),
      verifier: (sha256) => coffre.verifier(sha256),
    },
    transport: suivreAppels(transport, { nom: 'transport', appel }),
    webhook: suivreAppels(webhook, { nom: 'webhook', appel }),
    passerelle: suivreAppels(passerelle, { nom: 'passerelle', appel }),
  };
}

export function souffler(): Promise<void> {
  return new Promise((r) => {
    setImmediate(r);
  });
}
