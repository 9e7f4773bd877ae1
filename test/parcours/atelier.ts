import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { creerFakeCoffre } from '../../src/adapters/coffre/fake.ts';
import { creerFakeLog } from '../../src/adapters/log/fake.ts';
import { creerFakeMailer } from '../../src/adapters/mailer/fake.ts';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import { creerFakeStore } from '../../src/adapters/store/fake.ts';
import { creerFakeTransport } from '../../src/adapters/transport/fake.ts';
import { creerFakeWebhook } from '../../src/adapters/webhook/fake.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import { type Config, manifest } from '../../src/config/manifest.ts';
import { creerDiffusion } from '../../src/engine/diffusion.ts';
import { creerMoteur } from '../../src/engine/moteur.ts';
import type { OutilsMoteur } from '../../src/engine/outils.ts';
import { ecritureQuiReveille, type NomCouloir } from '../../src/engine/reveils.ts';
import { creerAnnuaire } from '../../src/etapes/annuaire.ts';
import { creerEtapeAttente } from '../../src/etapes/attente.ts';
import { creerEtapeControle } from '../../src/etapes/controle.ts';
import { creerEtapeEnveloppe } from '../../src/etapes/enveloppe.ts';
import { creerGuichet } from '../../src/etapes/guichet.ts';
import { creerRemiseHttps } from '../../src/etapes/remise-https.ts';
import { creerEtapeReprise, creerEtapeTransmission } from '../../src/etapes/transmission.ts';
import { ouvrirSchemas } from '../../src/formats/xsd/jeu.ts';
import { assemblerGestes } from '../../src/gestes/assembler.ts';
import type { Contexte, Gestes, ReponseDepot } from '../../src/gestes/gestes.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { Flux, ObjetJson } from '../../src/metier/flux.ts';
import type { FluxId, Siren } from '../../src/metier/identifiants.ts';
import type { Antivirus } from '../../src/ports/antivirus.ts';
import type { Coffre } from '../../src/ports/coffre.ts';
import type { Webhook } from '../../src/ports/notification.ts';
import { OPERATEUR, type Store } from '../../src/ports/store.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { creerProtocoleActes, lireClassification } from '../../src/protocoles/actes/index.ts';
import { type Appel, suivreAppels } from './appels.ts';
import { SIREN } from './messages-etat.ts';

export { accuseDe, anoDe, anomalieDe, reunir, SIREN } from './messages-etat.ts';

/** A Tuesday, 10:00 in Paris: a working day, far from public holidays. */
export const MARDI = Date.UTC(2026, 2, 10, 9, 0, 0);
export const AUTRE_SIREN = '213400024' as Siren;
export const CTX: Contexte = { portee: OPERATEUR, acteur: 'agent:essai', corr: 'essai' };

const RACINE = join(import.meta.dirname, '..', '..');
const PDF = creerPdf(['Délibération']);

/** What outlives an engine: the disk, the clock, the State and the receivers. */
export interface Sol {
  readonly clock: ReturnType<typeof creerFakeClock>;
  readonly random: ReturnType<typeof creerFakeRandom>;
  readonly log: ReturnType<typeof creerFakeLog>;
  readonly store: Store;
  readonly coffre: ReturnType<typeof creerFakeCoffre>;
  readonly transport: ReturnType<typeof creerFakeTransport>;
  readonly webhook: ReturnType<typeof creerFakeWebhook>;
  readonly schemas: ReturnType<typeof ouvrirSchemas>;
}

/** The ports through which an engine touches its world. */
export interface Ports {
  readonly store: Store;
  readonly coffre: Coffre;
  readonly transport: Transport;
  readonly webhook: Webhook;
}

export interface Atelier {
  readonly sol: Sol;
  readonly gestes: Gestes;
  readonly store: Store;
  readonly clock: ReturnType<typeof creerFakeClock>;
  readonly transport: ReturnType<typeof creerFakeTransport>;
  readonly webhook: ReturnType<typeof creerFakeWebhook>;
  readonly coffre: ReturnType<typeof creerFakeCoffre>;
  readonly log: ReturnType<typeof creerFakeLog>;
  deposer(numero: string, options?: OptionsDepot): Promise<ReponseDepot>;
  /** Deposits, and gives the flux back; fails when the deposit is refused. */
  depose(numero: string, options?: OptionsDepot): Promise<Flux>;
  flux(id: FluxId): Promise<Flux>;
  /** Lets the engine work, without any time passing, until the flux is in this state. */
  jusqua(id: FluxId, etat: Etat): Promise<Flux>;
  /** Lets the engine work until it has nothing more to do now. */
  calme(): Promise<void>;
  recevoir(courriel: Buffer): Promise<void>;
  /** Lets this much time pass at once (milliseconds), as on a machine that slept, then one sweep of the engine. */
  passer(ms: number): Promise<void>;
  /** The end of `arret_s`: what still runs is cut. */
  couper(): void;
  /** Asks for a graceful stop, and resolves when everything has stopped. The world stays open. */
  arreter(): Promise<void>;
  /** The process dies: nothing is waited for, nothing is closed, its leases stay. */
  abandonner(): void;
  fermer(): Promise<void>;
}

export interface OptionsDepot {
  readonly siren?: Siren;
  readonly cle?: string;
  readonly metadonnees?: ObjetJson;
  readonly aBlanc?: boolean;
}

export interface OptionsAtelier {
  readonly antivirus?: Antivirus;
  readonly reglages?: Record<string, unknown>;
  /** A world that an engine left: this one takes it up. */
  readonly sol?: Sol;
  /** Registers the two collectivités; by default, only in a new world. */
  readonly inscrire?: boolean;
  /** Puts something between the engine and its world. */
  readonly enrober?: (ports: Ports) => Ports;
}

async function enregistrer(gestes: Gestes, siren: Siren): Promise<void> {
  const referent = { nom: 'Service des assemblées', telephone: '', courriel: 'assemblees@mairie.example.fr' };
  const actes = {
    departement: '034',
    arrondissement: '1',
    nature: '31',
    referent,
    adressesRetour: [],
    classification: null,
  };
  await gestes.collectivites.enregistrer(CTX, {
    siren,
    nom: `Commune ${siren}`,
    actif: true,
    actes,
    helios: null,
    ver: 0,
  });
  await gestes.collectivites.importerClassification(
    CTX,
    siren,
    readFileSync(join(RACINE, 'fixtures/actes/messages/7-2.xml')),
  );
}

export async function creerSol(): Promise<Sol> {
  const clock = creerFakeClock(MARDI);
  const random = creerFakeRandom(clock, 7);
  return {
    clock,
    random,
    log: creerFakeLog(),
    store: creerFakeStore({ clock, random }),
    coffre: creerFakeCoffre(),
    transport: creerFakeTransport(),
    webhook: creerFakeWebhook(),
    schemas: ouvrirSchemas(join(RACINE, 'schemas', 'actes')),
  };
}

/** Turns of the event loop without any call to the outside after which an engine is said to be at rest. */
const TOURS_CALMES = 60;
const TOURS_MAX = 200_000;

/** Every call of the engine to its world, counted while it lasts. */
function compterAppels(ports: Ports): { ports: Ports; calme: () => Promise<void> } {
  let enCours = 0;
  let appels = 0;
  const appel: Appel = async (nom, faire) => {
    // A line that keeps silent is not work under way.
    const compte = nom.startsWith('transport.') ? 0 : 1;
    enCours += compte;
    appels += 1;
    try {
      return await faire();
    } finally {
      enCours -= compte;
      appels += 1;
    }
  };
  const calme = async () => {
    let vus = appels;
    for (let [tours, repos] = [0, 0]; repos < TOURS_CALMES; tours += 1, repos += 1) {
      if (enCours > 0 || appels !== vus) repos = 0;
      vus = appels;
      if (tours > TOURS_MAX) throw new TypeError('the engine never rests');
      await souffler();
    }
  };
  return { ports: suivrePorts(ports, appel), calme };
}

/** The same ports, each call of which passes through `appel`. */
export function suivrePorts({ store, coffre, transport, webhook }: Ports, appel: Appel): Ports {
  return {
    store: {
      ...store,
      ecriture: suivreAppels(store.ecriture, { nom: 'ecriture', appel }),
      flux: suivreAppels(store.flux, { nom: 'flux', appel }),
      file: suivreAppels(store.file, { nom: 'file', appel }),
      numerotation: suivreAppels(store.numerotation, { nom: 'numerotation', appel }),
      debits: suivreAppels(store.debits, { nom: 'debits', appel }),
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
  };
}

function souffler(): Promise<void> {
  return new Promise((r) => {
    setImmediate(r);
  });
}

/** The whole engine on fakes: real store in memory, real steps, real protocol; no network, time stands still. */
export async function creerAtelier(options: OptionsAtelier = {}): Promise<Atelier> {
  const config: Config = manifest.parse(options.reglages ?? {});
  const sol = options.sol ?? (await creerSol());
  const { clock, random, log, schemas } = sol;
  const enrober = options.enrober ?? ((p: Ports) => p);
  const { ports, calme } = compterAppels(enrober(sol));
  const { coffre, transport, webhook } = ports;
  const prise: { reveiller: (c: NomCouloir) => void } = { reveiller: () => undefined };
  const store: Store = {
    ...ports.store,
    ecriture: ecritureQuiReveille(ports.store.ecriture, (c) => prise.reveiller(c)),
    fermer: () => sol.store.fermer(),
  };
  const mailer = creerFakeMailer();
  const [arret, coupure] = [new AbortController(), new AbortController()];
  const maintenant = () => clock.now();
  const annuaire = creerAnnuaire(store.collectivites, maintenant);
  const outils: OutilsMoteur = {
    store,
    annuaire,
    clock,
    random,
    log,
    diffusion: creerDiffusion(),
    reglage: config.moteur,
    signaux: { arret: arret.signal, coupure: coupure.signal },
  };
  const actes = creerProtocoleActes();
  const m = config.actes.ministere;
  const porte = creerRemiseHttps({
    transport,
    lireReponse: actes.transmission.lireReponse,
    reponses: m.reponses,
    guichet: creerGuichet(m.concurrence),
    destination: 'ACTES',
    fenetres: m.fenetres.map((f) => ({ debut: f.debut, fin: f.fin, octetsParHeure: f.octets_par_heure })),
    octetsParHeure: m.octets_par_heure,
  });
  const moteur = creerMoteur(outils, {
    etapes: {
      ACTES: {
        controle: creerEtapeControle({ flux: store.flux, coffre, antivirus: options.antivirus ?? null }),
        enveloppe: creerEtapeEnveloppe(actes.enveloppe, {
          flux: store.flux,
          coffre,
          annuaire,
          numerotation: store.numerotation,
          schemas,
          emetteur: { trigramme: 'VGM', application: 'TACT', adresseRetour: 'tdt@exemple.fr' },
          archiveMax: m.archive_max_octets,
          maintenant,
        }),
        transmission: creerEtapeTransmission(actes, {
          flux: store.flux,
          coffre,
          debits: store.debits,
          porte: () => Promise.resolve(porte),
          alerteJoursOuvres: config.actes.alerte_jours_ouvres,
          maintenant,
        }),
        reprise: creerEtapeReprise(maintenant),
        attente: creerEtapeAttente(maintenant),
      },
    },
    accuse: {
      flux: store.flux,
      coffre,
      annuaire,
      collectivites: store.collectivites,
      lire: (parties) => actes.accuse.lire(parties),
      expediteurs: config.reception.expediteurs,
      trigramme: 'VGM',
    },
    notification: {
      clock,
      random,
      webhook,
      mailer,
      flux: store.flux,
      collectivites: store.collectivites,
      coffre,
      config: config.notification,
    },
    placesNotification: 16,
    proprietaire: 'essai',
  });
  prise.reveiller = (c) => moteur.reveiller(c);
  const gestes = assemblerGestes({
    moteur: outils,
    coffre,
    protocoles: [actes],
    releve: { relever: async () => [] },
    sondes: [],
    tailleMax: config.api.taille_max_octets,
    alerteJoursOuvres: config.actes.alerte_jours_ouvres,
    lireClassification,
    refusCible: () => null,
  });
  if (options.inscrire ?? options.sol === undefined) {
    await enregistrer(gestes, SIREN);
    await enregistrer(gestes, AUTRE_SIREN);
  }
  await moteur.demarrer();

  const lire = async (id: FluxId) => (await gestes.montrer(CTX, id)).flux;
  const deposer: Atelier['deposer'] = async (numero, o = {}) => {
    const fichier = await gestes.recevoirFichier(PDF, 'document', 'acte.pdf');
    return gestes.deposer(CTX, {
      protocole: 'ACTES',
      collectivite: o.siren ?? SIREN,
      metadonnees: metadonneesDe(numero, o.metadonnees),
      fichiers: [fichier],
      cleIdempotence: o.cle ?? null,
      aBlanc: o.aBlanc ?? false,
    });
  };
  return {
    sol,
    gestes,
    store,
    clock,
    transport: sol.transport,
    webhook: sol.webhook,
    coffre: sol.coffre,
    log,
    deposer,
    depose: async (numero, o) => {
      const reponse = await deposer(numero, o);
      if (reponse.type !== 'accepte') throw new TypeError(`refused: ${JSON.stringify(reponse.rapport)}`);
      return reponse.flux;
    },
    flux: lire,
    jusqua: async (id, etat) => {
      for (let tour = 0; tour < 50_000; tour += 1) {
        const flux = await lire(id);
        if (flux.etat === etat) return flux;
        await souffler();
      }
      throw new TypeError(
        `${id} is ${(await lire(id)).etat}, not ${etat}: ${JSON.stringify(await lire(id))}`,
      );
    },
    calme,
    recevoir: async (courriel) => {
      await gestes.retours.deposer(CTX, courriel);
    },
    passer: async (ms) => {
      clock.regler(clock.now() + ms);
      await clock.avancer(2_000);
    },
    couper: () => coupure.abort(),
    arreter: async () => {
      arret.abort();
      await moteur.arreter();
    },
    abandonner: () => arret.abort(),
    fermer: async () => {
      arret.abort();
      coupure.abort();
      await moteur.arreter();
      await store.fermer();
    },
  };
}

function metadonneesDe(numero: string, autres: ObjetJson = {}): ObjetJson {
  return {
    numero,
    date: '2026-03-02',
    objet: "Budget primitif de l'école",
    nature: '1',
    matiere: '7.1',
    document: { typologie: '99_DE' },
    annexes: [],
    ...autres,
  };
}
