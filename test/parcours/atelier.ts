import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ouvrirBoitePasserelle } from '../../src/adapters/mailbox/passerelle.ts';
import { ouvrirPaquets } from '../../src/adapters/schemas/paquets.ts';
import { creerImprimeur } from '../../src/adapters/imprimeur/fil.ts';
import { creerTamponneur } from '../../src/adapters/tamponneur/fil.ts';
import { creerFakeLecteurPdf } from '../../src/adapters/lecteur-pdf/fake.ts';
import { creerFakeMailer } from '../../src/adapters/mailer/fake.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import { destinationsServies } from '../../src/assemblage/repartition.ts';
import { type Config, manifest } from '../../src/config/manifest.ts';
import { creerRepartitionLocale } from '../../src/adapters/repartition/locale.ts';
import { ecritureQuiAnnonce } from '../../src/engine/annonces.ts';
import { creerDiffusion } from '../../src/engine/diffusion.ts';
import { creerMoteur } from '../../src/engine/moteur.ts';
import type { OutilsMoteur } from '../../src/engine/outils.ts';
import { preparerRestauration } from '../../src/engine/restauration.ts';
import { creerAnnuaire } from '../../src/etapes/annuaire.ts';
import { creerDestinations } from '../../src/etapes/destinations.ts';
import { creerEtapesActes } from '../../src/etapes/etapes-actes.ts';
import { creerEtapesHelios } from '../../src/etapes/etapes-helios.ts';
import { creerEtapeSignature } from '../../src/etapes/signature.ts';
import { restreindre } from '../../src/formats/certificats/magasin.ts';
import { POLITIQUES_HELIOS } from '../../src/formats/xades/politiques.ts';
import type { Paquets } from '../../src/formats/xsd/paquets.ts';
import { assemblerGestes } from '../../src/gestes/assembler.ts';
import { consignerRetour } from '../../src/gestes/consigner-retour.ts';
import type { Contexte, Gestes, ReponseDepot } from '../../src/gestes/gestes.ts';
import type { FicheActes, FicheHelios } from '../../src/metier/collectivite.ts';
import type { Etat } from '../../src/metier/etats.ts';
import type { Flux, ObjetJson, RoleDepot } from '../../src/metier/flux.ts';
import type { FluxId, Siren } from '../../src/metier/identifiants.ts';
import type { Antivirus } from '../../src/ports/antivirus.ts';
import type { Consigner } from '../../src/ports/mailbox.ts';
import type { Repartition } from '../../src/ports/repartition.ts';
import { OPERATEUR, type Store } from '../../src/ports/store.ts';
import { creerProtocoleActes, lireClassification } from '../../src/protocoles/actes/index.ts';
import { creerProtocoleHelios } from '../../src/protocoles/helios/index.ts';
import { CLE } from './autorite.ts';
import { SIREN } from './messages-etat.ts';
import { compterAppels, creerSol, pesDe, type Ports, RACINE, siretDe, type Sol, souffler } from './sol.ts';

export { accuseDe, anoDe, anomalieDe, reunir, SIREN } from './messages-etat.ts';
export { creerSol, MARDI, pesDe, type Ports, siretDe, type Sol, suivrePorts } from './sol.ts';

export const AUTRE_SIREN = '213400024' as Siren;
export const CTX: Contexte = { portee: OPERATEUR, acteur: 'agent:essai', corr: 'essai' };

/** The principal document of every acte. */
export const PDF = creerPdf(['Délibération']);

export interface Atelier {
  readonly sol: Sol;
  readonly gestes: Gestes;
  readonly store: Store;
  readonly outils: OutilsMoteur;
  readonly clock: Sol['clock'];
  readonly transport: Sol['transport'];
  readonly webhook: Sol['webhook'];
  readonly passerelle: Sol['passerelle'];
  readonly coffre: Sol['coffre'];
  readonly log: Sol['log'];
  deposer(numero: string, options?: OptionsDepot): Promise<ReponseDepot>;
  /** Deposits, and gives the flux back; fails when the deposit is refused. */
  depose(numero: string, options?: OptionsDepot): Promise<Flux>;
  /** The same for a PES of this NomFic. */
  deposerPes(nomFic: string, options?: OptionsPes): Promise<ReponseDepot>;
  deposePes(nomFic: string, options?: OptionsPes): Promise<Flux>;
  flux(id: FluxId): Promise<Flux>;
  /** Lets the engine work, without any time passing, until the flux is in this state. */
  jusqua(id: FluxId, etat: Etat): Promise<Flux>;
  /** Lets the engine work until it has nothing more to do now. */
  calme(): Promise<void>;
  recevoir(courriel: Buffer): Promise<void>;
  /** Fetches what waits at the gateway. */
  relever(): Promise<void>;
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
  /** Principal document; a sound PDF that nobody signed by default. */
  readonly document?: Uint8Array;
  /** Beside the principal document. */
  readonly fichiers?: readonly {
    readonly role: RoleDepot;
    readonly nom: string;
    readonly octets: Uint8Array;
  }[];
  readonly aBlanc?: boolean;
}

export interface OptionsPes extends Pick<OptionsDepot, 'siren' | 'cle' | 'aBlanc'> {
  /** By default a sound PES, of this NomFic and collectivité. */
  readonly octets?: Buffer;
  readonly corrige?: FluxId;
}

export interface OptionsAtelier {
  /** On the cards of the collectivités: by default a PES leaves as it came, signed or not. */
  readonly helios?: Partial<FicheHelios>;
  /** The same of the ACTES cards: by default nothing is signed. */
  readonly actes?: Partial<FicheActes>;
  readonly antivirus?: Antivirus;
  /** Schema packs; none by default. */
  readonly paquets?: Paquets;
  readonly reglages?: Record<string, unknown>;
  /** A world that an engine left: this one takes it up. */
  readonly sol?: Sol;
  /** Registers the two collectivités; by default, only in a new world. */
  readonly inscrire?: boolean;
  /** Puts something between the engine and its world. */
  readonly enrober?: (ports: Ports) => Ports;
  /** Whose leases it takes; another one for a second engine over the same world. */
  readonly proprietaire?: string;
  /** How long this node may stand still before another takes its name; milliseconds. Default: none can. */
  readonly absence?: number;
  /** How work is shared out; within this engine by default. */
  readonly repartition?: Repartition;
}

async function enregistrer(
  gestes: Gestes,
  siren: Siren,
  { actes: ficheActes, helios: ficheHelios }: Pick<OptionsAtelier, 'actes' | 'helios'>,
): Promise<void> {
  const referent = { nom: 'Service des assemblées', telephone: '', courriel: 'assemblees@mairie.example.fr' };
  const actes = {
    departement: '034',
    arrondissement: '1',
    nature: '31',
    referent,
    adressesRetour: [],
    classification: null,
    ...ficheActes,
  };
  const helios: FicheHelios = {
    sirets: [siretDe(siren)],
    destination: 'VHPCE11',
    passerelle: '',
    signature: 'transmettre',
    perimetre: 'bordereaux',
    cle: CLE,
    qualite: 'Maire',
    ...ficheHelios,
  };
  const carte = { siren, nom: `Commune ${siren}`, actif: true, actes, helios, ver: 0 };
  await gestes.collectivites.enregistrer(CTX, carte);
  await gestes.collectivites.importerClassification(
    CTX,
    siren,
    readFileSync(join(RACINE, 'fixtures/actes/messages/7-2.xml')),
  );
}

/** Settings of the tests under those of a test. */
function reglagesDe(reglages: Record<string, unknown>): Config {
  const dgfip = {
    nom: 'dgfip',
    mode: 'gateway',
    hote: 'factice.invalid',
    utilisateur: 'essai',
    secret_fichier: 'secret',
    stabilite_s: 0,
    octets_par_heure: 1_000_000,
  };
  return manifest.parse({
    operateur: { adresse_retour: 'tdt@exemple.fr' },
    ...reglages,
    helios: { passerelles: [dgfip], ...(reglages['helios'] as object | undefined) },
  });
}

/** The whole engine on fakes: real store in memory, real steps, real protocols; no network, time stands still. */
export async function creerAtelier(options: OptionsAtelier = {}): Promise<Atelier> {
  const config = reglagesDe(options.reglages ?? {});
  const sol = options.sol ?? (await creerSol());
  const { clock, random, log, schemas } = sol;
  const { proprietaire = 'essai', enrober = (p: Ports) => p } = options;
  const { ports, appel, calme } = compterAppels(enrober(sol), { proprietaire, store: sol.store });
  const { coffre, transport, webhook, passerelle } = ports;
  const repartition = options.repartition ?? creerRepartitionLocale({ clock });
  const store: Store = {
    ...ports.store,
    ecriture: ecritureQuiAnnonce(ports.store.ecriture, (annonces) => repartition.annoncer(annonces)),
    fermer: () => sol.store.fermer(),
  };
  const mailer = creerFakeMailer();
  const [arret, coupure] = [new AbortController(), new AbortController()];
  const annuaire = creerAnnuaire(store.collectivites, () => clock.now());
  const outils: OutilsMoteur = {
    store,
    annuaire,
    clock,
    random,
    log,
    diffusion: creerDiffusion(),
    reglage: config.moteur,
    signaux: { arret: arret.signal, coupure: coupure.signal },
    destinationDe: creerDestinations(
      annuaire,
      config.helios.passerelles.map((p) => p.nom),
    ),
  };
  const actes = creerProtocoleActes();
  const paquets = options.paquets ?? ouvrirPaquets(join(RACINE, 'sans-paquet'));
  const helios = creerProtocoleHelios({ schema: sol.schemasHelios.schema('PES_Aller'), paquets });
  const commun = { config, store, coffre, annuaire, clock, antivirus: options.antivirus ?? null };
  const passerelles = config.helios.passerelles.map((c) => ({ config: c, passerelle }));
  const { magasin, revocation } = sol.autorite;
  // a key signs outside of the loop: an engine that waits for it is not at rest
  const cles = new Map(
    [...sol.autorite.cles].map(([nom, cle]) => [
      nom,
      { ...cle, signer: (octets: Uint8Array) => appel('signataire.signer', () => cle.signer(octets)) },
    ]),
  );
  const ageMax = { ocsp: null, crl: null };
  const signature = creerEtapeSignature({
    flux: store.flux,
    coffre,
    annuaire,
    clock,
    cles,
    confiance: {
      magasin: restreindre(magasin, config.confiance.familles.pes),
      revocation,
      ageMax,
      politiques: POLITIQUES_HELIOS,
    },
    reglage: config.helios.signature,
    tailleMax: config.helios.taille_max_octets,
  });
  const moteur = creerMoteur(outils, {
    etapes: {
      ACTES: creerEtapesActes(actes, {
        ...commun,
        schemas,
        transport,
        signature: {
          cles,
          confiance: {
            magasin: restreindre(magasin, config.confiance.familles.actes),
            revocation,
            ageMax,
            politiques: [],
          },
        },
        pdf: { lecteur: creerFakeLecteurPdf(), horodatage: magasin },
      }),
      HELIOS: creerEtapesHelios(helios, { ...commun, passerelles, paquets, signature }),
    },
    accuse: {
      flux: store.flux,
      coffre,
      annuaire,
      collectivites: store.collectivites,
      actes: actes.accuse,
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
    proprietaire,
    absence: options.absence ?? Infinity,
    repartition,
    destinations: destinationsServies(config),
  });
  const boite = ouvrirBoitePasserelle({ nom: 'dgfip', stabiliteMs: 0 }, { releveur: passerelle, clock, log });
  const consigner: Consigner = async (brut, source, nom = null) => {
    const deps = { coffre, ecriture: store.ecriture, clock, random };
    await consignerRetour(deps, brut, { source, nom });
  };
  const gestes = assemblerGestes({
    moteur: outils,
    coffre,
    protocoles: [actes, helios],
    releve: {
      relever: async () => [{ source: boite.nom, nombre: await boite.relever(consigner), erreur: null }],
    },
    sondes: [],
    tailleMax: config.api.taille_max_octets,
    lotMax: config.api.lot_max_octets,
    alerteJoursOuvres: { ACTES: config.actes.alerte_jours_ouvres, HELIOS: config.helios.alerte_jours_ouvres },
    destinations: ['ACTES', 'HELIOS', ...config.helios.passerelles.map((p) => `HELIOS:${p.nom}`)],
    lireClassification,
    copies: { tamponneur: creerTamponneur(), imprimeur: creerImprimeur(), operateur: 'VGM' },
    refusCible: () => null,
    sources: [boite.nom],
    instantane: null,
    noeud: {
      nom: proprietaire,
      roles: ['portes', 'travail', 'releve'],
      version: '0.0.0-essai',
      seul: true,
      jumeau: () => null,
      repartition,
      typeRepartition: 'locale',
      portes: destinationsServies(config).map((d) => d.nom),
    },
  });
  if (options.inscrire ?? options.sol === undefined) {
    await enregistrer(gestes, SIREN, options);
    await enregistrer(gestes, AUTRE_SIREN, options);
  }
  await preparerRestauration(outils);
  await moteur.demarrer();

  const lire = async (id: FluxId) => (await gestes.montrer(CTX, id)).flux;
  const deposer: Atelier['deposer'] = async (numero, o = {}) => {
    const fichiers = [await gestes.recevoirFichier(o.document ?? PDF, 'document', 'acte.pdf')];
    for (const { role, nom, octets } of o.fichiers ?? []) {
      fichiers.push(await gestes.recevoirFichier(octets, role, nom));
    }
    return gestes.deposer(CTX, {
      protocole: 'ACTES',
      collectivite: o.siren ?? SIREN,
      metadonnees: metadonneesDe(numero, o.metadonnees),
      fichiers,
      cleIdempotence: o.cle ?? null,
      aBlanc: o.aBlanc ?? false,
    });
  };
  const deposerPes: Atelier['deposerPes'] = async (nomFic, o = {}) => {
    const octets = o.octets ?? pesDe(nomFic, o.siren);
    return gestes.deposer(CTX, {
      protocole: 'HELIOS',
      collectivite: o.siren ?? SIREN,
      metadonnees: {},
      fichiers: [await gestes.recevoirFichier(octets, 'pes', `${nomFic}.xml`)],
      cleIdempotence: o.cle ?? null,
      corrige: o.corrige,
      aBlanc: o.aBlanc ?? false,
    });
  };
  return {
    sol,
    gestes,
    store,
    outils,
    clock,
    transport: sol.transport,
    webhook: sol.webhook,
    passerelle: sol.passerelle,
    coffre: sol.coffre,
    log,
    deposer,
    depose: async (numero, o) => accepte(await deposer(numero, o)),
    deposerPes,
    deposePes: async (nomFic, o) => accepte(await deposerPes(nomFic, o)),
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
      await gestes.retours.deposer(CTX, courriel, null);
    },
    relever: async () => {
      await gestes.relever(CTX);
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

function accepte(reponse: ReponseDepot): Flux {
  if (reponse.type !== 'accepte') throw new TypeError(`refused: ${JSON.stringify(reponse.rapport)}`);
  return reponse.flux;
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
