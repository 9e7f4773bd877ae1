import { creerImprimeur } from './adapters/imprimeur/fil.ts';
import { creerTamponneur } from './adapters/tamponneur/fil.ts';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ouvrirClamd } from './adapters/antivirus/clamd.ts';
import { type PairePorte, pairePorte } from './adapters/certificats/porte.ts';
import { creerClockSysteme } from './adapters/clock/system.ts';
import { creerVigie, type Vigie } from './adapters/clock/vigie.ts';
import { ouvrirCoffreDossier } from './adapters/coffre/dossier.ts';
import { chargerConfiance, type Confiance } from './adapters/confiance/reglages.ts';
import { creerLecteurPdf } from './adapters/lecteur-pdf/fil.ts';
import { creerLogPino } from './adapters/log/pino.ts';
import { ouvrirBoites } from './adapters/mailbox/ouvrir.ts';
import { creerMailer } from './adapters/mailer/smtp.ts';
import { ouvrirPasserelles, type PasserelleOuverte } from './adapters/passerelle/ouvrir.ts';
import { creerRandomSysteme } from './adapters/random/system.ts';
import { creerRecepteurSmtp } from './adapters/recepteur/smtp.ts';
import { ouvrirRevocation, type RevocationReglee } from './adapters/revocation/ouvrir.ts';
import { defautDe } from './adapters/schemas/contenu.ts';
import { ouvrirPaquets } from './adapters/schemas/paquets.ts';
import { type ClesOuvertes, ouvrirCles } from './adapters/signataire/cles.ts';
import { sondesDe } from './adapters/sondes/ensemble.ts';
import { ouvrirStoreSqlite } from './adapters/store/sqlite/store.ts';
import { type GuichetMinistere, ouvrirGuichetMinistere } from './adapters/transport/ouvrir.ts';
import { refuserCible } from './adapters/webhook/cible.ts';
import { creerWebhook } from './adapters/webhook/https.ts';
import { chargerConfig } from './config/charger.ts';
import { dossierSchemas } from './config/chemins.ts';
import { lireReglage, preparerDonnees, verifierFichiers, verifierSchemas } from './config/fichiers.ts';
import type { Config } from './config/manifest.ts';
import { creerDiffusion } from './engine/diffusion.ts';
import { creerMoteur, type Moteur } from './engine/moteur.ts';
import type { OutilsMoteur } from './engine/outils.ts';
import { type BoiteReglee, creerReleve, type Releve } from './engine/releve.ts';
import { demarrerClassifications } from './gestes/classifications.ts';
import { ecritureQuiReveille, type NomCouloir } from './engine/reveils.ts';
import { creerAnnuaire } from './etapes/annuaire.ts';
import { creerProtocoles, type Protocoles } from './etapes/protocoles.ts';
import { creerEtapeSignature } from './etapes/signature.ts';
import { creerEtapesActes } from './etapes/etapes-actes.ts';
import { creerEtapesHelios } from './etapes/etapes-helios.ts';
import { destinationDe } from './etapes/remise-passerelle.ts';
import { type JeuSchemas, ouvrirSchemas } from './formats/xsd/jeu.ts';
import type { Paquets } from './formats/xsd/paquets.ts';
import { assemblerGestes } from './gestes/assembler.ts';
import { consignerRetour } from './gestes/consigner-retour.ts';
import { creerServeurApi } from './http/serveur.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Consigner } from './ports/mailbox.ts';
import type { Random } from './ports/random.ts';
import type { Sonde } from './ports/sonde.ts';
import type { Store } from './ports/store.ts';
import { lireClassification } from './protocoles/actes/index.ts';

/** The daemon, running. */
export interface Demon {
  readonly socket: string;
  readonly url: string | null;
  /** Address of the embedded SMTP receiver; null when it is off. */
  readonly smtp: string | null;
  /** Resolves with the exit code once everything is closed. */
  readonly arrete: Promise<number>;
  arreter(): void;
}

/** Things opened by the assembly, in the order in which they must be closed. */
interface Base {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly vigie: Vigie;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly coffre: ReturnType<typeof ouvrirCoffreDossier>;
  readonly schemas: JeuSchemas;
  readonly paquets: Paquets;
  readonly confiance: Confiance;
  readonly outils: OutilsMoteur;
  readonly arret: AbortController;
  readonly coupure: AbortController;
  readonly brancher: (reveiller: (couloir: NomCouloir) => void) => void;
}

const RACINE = join(import.meta.dirname, '..');
const SCHEMAS = join(RACINE, 'schemas', 'actes');
const SCHEMAS_HELIOS = join(RACINE, 'schemas', 'helios');

async function lireVersion(): Promise<string> {
  const paquet = JSON.parse(await readFile(join(RACINE, 'package.json'), 'utf8')) as { version: string };
  return paquet.version;
}

/** The store, whose writes wake the engine up once there is one. */
function ouvrirStore(
  { donnees }: Config,
  deps: Pick<Base, 'clock' | 'random' | 'version'>,
): Pick<Base, 'store' | 'brancher'> {
  const brut = ouvrirStoreSqlite({ fichier: join(donnees, 'vaguemestre.sqlite'), ...deps });
  const prise: { reveiller: (couloir: NomCouloir) => void } = { reveiller: () => undefined };
  const store: Store = {
    ...brut,
    ecriture: ecritureQuiReveille(brut.ecriture, (c) => prise.reveiller(c)),
    fermer: () => brut.fermer(),
  };
  const brancher: Base['brancher'] = (reveiller) => {
    prise.reveiller = reveiller;
  };
  return { store, brancher };
}

async function ouvrirBase(config: Config): Promise<Base> {
  await verifierFichiers(config);
  await verifierSchemas(SCHEMAS);
  await verifierSchemas(SCHEMAS_HELIOS);
  await preparerDonnees(config.donnees);
  const confiance = await chargerConfiance(config);
  const version = await lireVersion();
  const systeme = creerClockSysteme();
  const log = creerLogPino({ clock: systeme, niveau: config.journal_technique });
  for (const famille of confiance.manquantes)
    log.warn('famille de confiance absente du magasin', { famille });
  const vigie = creerVigie(systeme, log);
  const { clock } = vigie;
  const random = creerRandomSysteme(clock);
  const { store, brancher } = ouvrirStore(config, { clock, random, version });
  const coffre = await ouvrirCoffreDossier({ dossier: join(config.donnees, 'coffre'), random });
  const schemas = ouvrirSchemas(SCHEMAS);
  const paquets = ouvrirPaquets(dossierSchemas(config), { clock, log });
  const [arret, coupure] = [new AbortController(), new AbortController()];
  const outils: OutilsMoteur = {
    store,
    annuaire: creerAnnuaire(store.collectivites, () => clock.now()),
    clock,
    random,
    log,
    diffusion: creerDiffusion(),
    reglage: config.moteur,
    signaux: { arret: arret.signal, coupure: coupure.signal },
  };
  return {
    config,
    version,
    clock,
    vigie,
    random,
    log,
    store,
    coffre,
    schemas,
    paquets,
    confiance,
    outils,
    arret,
    coupure,
    brancher,
  };
}

interface Portes {
  readonly boites: readonly BoiteReglee[];
  readonly releve: Releve;
  readonly porte: PairePorte | null;
  readonly smtp: () => string | null;
}

function assemblerSondes(base: Base, c: Correspondants, portes: Portes): Sonde[] {
  const { boites, releve, porte } = portes;
  return sondesDe(base.config, {
    clock: base.clock,
    horloge: base.vigie,
    guichet: c.guichet?.transport ?? null,
    passerelles: c.passerelles.map(({ config: { nom }, passerelle }) => ({ nom, passerelle })),
    fiches: () => base.store.collectivites.lister(),
    cles: c.cles.suivies,
    schemas: { paquets: base.paquets, defaut: (p) => defautDe(dossierSchemas(base.config), p) },
    antivirus: c.antivirus,
    relais: c.mailer,
    boites: boites.map((b) => ({ ...b, derniere: () => releve.derniere(b.boite.nom) })),
    recepteur: portes.smtp,
    certificats: { ministere: c.guichet?.certificat ?? null, porte },
  });
}

interface Correspondants {
  readonly guichet: GuichetMinistere | null;
  readonly passerelles: readonly PasserelleOuverte[];
  readonly cles: ClesOuvertes;
  readonly revocation: RevocationReglee;
  readonly antivirus: ReturnType<typeof ouvrirClamd> | null;
  readonly webhook: ReturnType<typeof creerWebhook>;
  readonly mailer: ReturnType<typeof creerMailer>;
}

async function ouvrirCorrespondants(base: Base): Promise<Correspondants> {
  const { clock, log, version } = base;
  const { actes, helios, antivirus, notification } = base.config;
  const { webhook, courriel } = notification;
  const secret =
    courriel.hote === ''
      ? ''
      : await lireReglage('notification.courriel.secret_fichier', courriel.secret_fichier);
  return {
    guichet: await ouvrirGuichetMinistere(actes.ministere, { log, clock }),
    passerelles: await ouvrirPasserelles(helios, { clock }),
    cles: await ouvrirCles(base.config, { clock }),
    revocation: ouvrirRevocation(base.config.confiance.revocation, { clock, random: base.random, log }),
    antivirus: antivirus.type === 'clamd' ? ouvrirClamd(antivirus) : null,
    webhook: creerWebhook(webhook, { clock, log, version }),
    mailer: creerMailer(courriel, { clock, log, secret: secret.trimEnd() }),
  };
}

async function fermerCorrespondants(c: Correspondants): Promise<void> {
  const passerelles = c.passerelles.map(({ passerelle }) => passerelle.fermer());
  await Promise.all([
    c.guichet?.transport.fermer(),
    c.webhook.fermer(),
    c.mailer.fermer(),
    c.cles.fermer(),
    c.revocation.revocation?.fermer(),
    ...passerelles,
  ]);
}

function confianceDe(base: Base, c: Correspondants, emploi: 'pes' | 'actes') {
  return { magasin: base.confiance.juge(emploi), ...c.revocation, politiques: base.confiance.politiques };
}

function assemblerMoteur(base: Base, { actes, helios }: Protocoles, c: Correspondants): Moteur {
  const { config, store, coffre, outils, clock, random } = base;
  const { flux, collectivites } = store;
  const { annuaire } = outils;
  const { webhook, mailer, antivirus } = c;
  const commun = { config, store, coffre, annuaire, clock, antivirus };
  return creerMoteur(outils, {
    etapes: {
      ACTES: creerEtapesActes(actes, {
        ...commun,
        schemas: base.schemas,
        transport: c.guichet?.transport ?? null,
        signature: { cles: c.cles.cles, confiance: confianceDe(base, c, 'actes') },
        pdf: { lecteur: creerLecteurPdf(), horodatage: base.confiance.juge('horodatage') },
      }),
      HELIOS: creerEtapesHelios(helios, {
        ...commun,
        passerelles: c.passerelles,
        paquets: base.paquets,
        signature: creerEtapeSignature({
          ...commun,
          flux,
          cles: c.cles.cles,
          confiance: confianceDe(base, c, 'pes'),
          reglage: config.helios.signature,
          tailleMax: config.helios.taille_max_octets,
        }),
      }),
    },
    accuse: {
      flux,
      coffre,
      annuaire,
      collectivites,
      actes: actes.accuse,
      expediteurs: config.reception.expediteurs,
      trigramme: config.operateur.trigramme,
    },
    notification: {
      clock,
      random,
      webhook,
      mailer,
      flux,
      collectivites,
      coffre,
      config: config.notification,
    },
    placesNotification: config.notification.webhook.concurrence,
    proprietaire: 'demon',
  });
}

/** What was opened, closed in the reverse order; a start that fails half-way closes what it had opened. */
type Fermetures = (() => Promise<unknown>)[];

async function fermerTout(fermetures: Fermetures): Promise<void> {
  for (const fermer of fermetures.splice(0).toReversed()) await fermer();
}

/** Opens, from the ground up: store, engine, mailboxes, doors. Closed from the doors down: nothing accepted is left half done. */
async function ouvrirTout(
  base: Base,
  fermetures: Fermetures,
): Promise<Pick<Demon, 'socket' | 'url' | 'smtp'>> {
  const { config, coffre, store, outils, clock, random, log, version } = base;
  fermetures.push(
    () => coffre.fermer(),
    () => store.fermer(),
  );
  const protocoles = creerProtocoles(config, { schemas: SCHEMAS_HELIOS, paquets: base.paquets });
  const c = await ouvrirCorrespondants(base);
  fermetures.push(() => fermerCorrespondants(c));
  const moteur = assemblerMoteur(base, protocoles, c);
  base.brancher((couloir) => moteur.reveiller(couloir));
  const consigner: Consigner = async (brut, source, nom = null) => {
    await consignerRetour({ coffre, ecriture: store.ecriture, clock, random }, brut, { source, nom });
  };
  const boites: BoiteReglee[] = ouvrirBoites(config.reception, { passerelles: c.passerelles, clock, log });
  const releve = creerReleve(outils, boites, consigner);
  const porte =
    config.api.port === 0 ? null : await pairePorte({ ...config.api, dossier: config.donnees, clock });
  const ecoute: { smtp: string | null } = { smtp: null };
  const gestes = assemblerGestes({
    moteur: outils,
    coffre,
    protocoles: Object.values(protocoles),
    releve,
    sondes: assemblerSondes(base, c, { boites, releve, porte, smtp: () => ecoute.smtp }),
    tailleMax: config.api.taille_max_octets,
    alerteJoursOuvres: {
      ACTES: config.actes.alerte_jours_ouvres,
      HELIOS: config.helios.alerte_jours_ouvres,
    },
    destinations: ['ACTES', 'HELIOS', ...config.helios.passerelles.map((p) => destinationDe(p.nom))],
    lireClassification,
    copies: {
      tamponneur: creerTamponneur(),
      imprimeur: creerImprimeur(),
      operateur: config.operateur.trigramme,
    },
    refusCible: refuserCible(config.notification),
  });
  await moteur.demarrer();
  fermetures.push(() => arreterMoteur(base, moteur));
  releve.demarrer();
  fermetures.push(demarrerClassifications(outils, gestes, config.actes.classification_jours));
  fermetures.push(() => releve.arreter());
  ecoute.smtp = await ouvrirRecepteur(base, consigner, fermetures);
  const https = porte === null ? {} : { https: { cert: porte.cert, key: porte.key } };
  const serveur = creerServeurApi({ gestes, config, version, log, random, clock, ...https });
  fermetures.push(() => serveur.arreter());
  return { ...(await serveur.demarrer()), smtp: ecoute.smtp };
}

async function ouvrirRecepteur(
  base: Base,
  consigner: Consigner,
  fermetures: Fermetures,
): Promise<string | null> {
  const { smtp } = base.config.reception;
  if (!smtp.actif) return null;
  const recepteur = creerRecepteurSmtp(smtp, {
    destinataires: [base.config.operateur.adresse_retour],
    log: base.log,
  });
  await recepteur.demarrer(consigner);
  fermetures.push(() => recepteur.arreter());
  return recepteur.adresse;
}

/** Lets what runs finish, then cuts what still hangs after `arret_s`: a cut sending becomes uncertain, never lost. */
async function arreterMoteur(base: Base, moteur: Moteur): Promise<void> {
  const assez = new AbortController();
  void base.clock.sleep(base.config.moteur.arret_s * 1000, assez.signal).then(() => base.coupure.abort());
  await moteur.arreter();
  assez.abort();
}

/** Assembles configuration → adapters → engine → doors, and opens them. */
export async function demarrer(options: { readonly configFichier?: string }): Promise<Demon> {
  const fichier = options.configFichier === undefined ? {} : { fichier: options.configFichier };
  const { config } = chargerConfig({ env: process.env, ...fichier });
  const base = await ouvrirBase(config);
  const fermetures: Fermetures = [];
  const fermer = async (): Promise<void> => {
    base.arret.abort();
    await fermerTout(fermetures);
  };
  const portes = await ouvrirTout(base, fermetures).catch(async (cause: unknown) => {
    await fermer();
    throw cause;
  });
  base.log.info('démon en service', { version: base.version, ...portes });
  const demande = Promise.withResolvers<void>();
  const arrete = demande.promise.then(async () => {
    await fermer();
    base.log.info('démon arrêté');
    return 0;
  });
  return { ...portes, arrete, arreter: () => demande.resolve() };
}
