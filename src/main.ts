import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ouvrirClamd } from './adapters/antivirus/clamd.ts';
import { pairePorte } from './adapters/certificats/porte.ts';
import { creerClockSysteme } from './adapters/clock/system.ts';
import { ouvrirCoffreDossier } from './adapters/coffre/dossier.ts';
import { creerLogPino } from './adapters/log/pino.ts';
import { ouvrirImap } from './adapters/mailbox/imap.ts';
import { ouvrirMaildir } from './adapters/mailbox/maildir.ts';
import { creerMailer } from './adapters/mailer/smtp.ts';
import { creerRandomSysteme } from './adapters/random/system.ts';
import { creerRecepteurSmtp } from './adapters/recepteur/smtp.ts';
import { sondeCertificat } from './adapters/sondes/certificat.ts';
import { sondeDisque } from './adapters/sondes/disque.ts';
import { sondeGuichet } from './adapters/sondes/guichet.ts';
import { ouvrirStoreSqlite } from './adapters/store/sqlite/store.ts';
import { creerTransportHttps, type TransportHttps } from './adapters/transport/https.ts';
import { creerGarde } from './adapters/webhook/garde.ts';
import { creerWebhook } from './adapters/webhook/https.ts';
import { chargerConfig } from './config/charger.ts';
import type { Config } from './config/manifest.ts';
import { creerDiffusion } from './engine/diffusion.ts';
import { creerMoteur, type Moteur } from './engine/moteur.ts';
import type { OutilsMoteur } from './engine/outils.ts';
import { type BoiteReglee, creerReleve } from './engine/releve.ts';
import { ecritureQuiReveille, type NomCouloir } from './engine/reveils.ts';
import { creerAnnuaire } from './etapes/annuaire.ts';
import { creerEtapeAttente } from './etapes/attente.ts';
import { creerEtapeControle } from './etapes/controle.ts';
import { creerEtapeEnveloppe } from './etapes/enveloppe.ts';
import type { Etapes } from './etapes/etape.ts';
import { creerGuichet } from './etapes/guichet.ts';
import { creerEtapeReprise, creerEtapeTransmission } from './etapes/transmission.ts';
import { type JeuSchemas, ouvrirSchemas } from './formats/xsd/schemas.ts';
import { assemblerGestes } from './gestes/assembler.ts';
import { consignerRetour } from './gestes/consigner-retour.ts';
import type { OutilsGestes } from './gestes/outils.ts';
import { creerServeurApi } from './http/serveur.ts';
import type { Clock } from './ports/clock.ts';
import type { Log } from './ports/log.ts';
import type { Consigner } from './ports/mailbox.ts';
import type { Random } from './ports/random.ts';
import type { Sonde } from './ports/sonde.ts';
import type { Store } from './ports/store.ts';
import type { Protocole } from './protocoles/protocole.ts';
import { creerProtocoleActes, lireClassification } from './protocoles/actes/index.ts';

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
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly coffre: ReturnType<typeof ouvrirCoffreDossier>;
  readonly schemas: JeuSchemas;
  readonly outils: OutilsMoteur;
  readonly arret: AbortController;
  readonly coupure: AbortController;
  readonly brancher: (reveiller: (couloir: NomCouloir) => void) => void;
}

const RACINE = join(import.meta.dirname, '..');

async function lireVersion(): Promise<string> {
  const paquet = JSON.parse(await readFile(join(RACINE, 'package.json'), 'utf8')) as { version: string };
  return paquet.version;
}

async function secretDe(fichier: string): Promise<string> {
  return fichier === '' ? '' : (await readFile(fichier, 'utf8')).trimEnd();
}

async function pemDe(fichier: string): Promise<string> {
  return fichier === '' ? '' : readFile(fichier, 'utf8');
}

async function ouvrirBase(config: Config): Promise<Base> {
  await mkdir(config.donnees, { recursive: true, mode: 0o700 });
  const version = await lireVersion();
  const clock = creerClockSysteme();
  const random = creerRandomSysteme(clock);
  const log = creerLogPino({ clock, niveau: config.journal_technique });
  const brut = ouvrirStoreSqlite({
    fichier: join(config.donnees, 'vaguemestre.sqlite'),
    clock,
    random,
    version,
  });
  const coffre = await ouvrirCoffreDossier({ dossier: join(config.donnees, 'coffre'), random });
  const schemas = ouvrirSchemas(join(RACINE, 'schemas', 'actes'));
  const prise: { reveiller: (couloir: NomCouloir) => void } = { reveiller: () => undefined };
  const store: Store = {
    ...brut,
    ecriture: ecritureQuiReveille(brut.ecriture, (c) => prise.reveiller(c)),
    fermer: () => brut.fermer(),
  };
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
  const brancher: Base['brancher'] = (reveiller) => {
    prise.reveiller = reveiller;
  };
  return { config, version, clock, random, log, store, coffre, schemas, outils, arret, coupure, brancher };
}

async function ouvrirTransport(base: Base): Promise<TransportHttps | null> {
  const m = base.config.actes.ministere;
  if (m.url === '') return null;
  return creerTransportHttps(
    {
      url: m.url,
      urlSecours: m.url_secours,
      champ: m.champ,
      agentUtilisateur: m.agent_utilisateur,
      certificat: await pemDe(m.certificat),
      cle: await pemDe(m.cle),
      phrase: await secretDe(m.secret_fichier),
      autorites: await pemDe(m.autorites),
      delaiConnexionMs: m.delai_connexion_s * 1000,
      delaiTotalMs: m.delai_total_s * 1000,
    },
    { log: base.log, clock: base.clock },
  );
}

function etapesActes(
  base: Base,
  protocole: Protocole,
  transport: TransportHttps | null,
): NonNullable<Etapes['ACTES']> {
  const { config, store, coffre, outils, clock } = base;
  const m = config.actes.ministere;
  const maintenant = () => clock.now();
  const antivirus = config.antivirus.type === 'clamd' ? ouvrirClamd(config.antivirus) : null;
  const emetteur = {
    trigramme: config.operateur.trigramme,
    application: config.operateur.application,
    adresseRetour: config.operateur.adresse_retour,
  };
  return {
    controle: creerEtapeControle({ flux: store.flux, coffre, antivirus }),
    enveloppe: creerEtapeEnveloppe(protocole, {
      flux: store.flux,
      coffre,
      annuaire: outils.annuaire,
      numerotation: store.numerotation,
      schemas: base.schemas,
      emetteur,
      archiveMax: m.archive_max_octets,
      maintenant,
    }),
    transmission: creerEtapeTransmission(protocole, {
      flux: store.flux,
      coffre,
      debits: store.debits,
      transport,
      guichet: creerGuichet(m.concurrence),
      destination: 'ACTES',
      fenetres: m.fenetres.map((f) => ({ debut: f.debut, fin: f.fin, octetsParHeure: f.octets_par_heure })),
      octetsParHeure: m.octets_par_heure,
      reponses: m.reponses,
      alerteJoursOuvres: config.actes.alerte_jours_ouvres,
      maintenant,
    }),
    reprise: creerEtapeReprise(maintenant),
    attente: creerEtapeAttente(maintenant),
  };
}

function boitesDe(base: Base): BoiteReglee[] {
  const { imap, maildir } = base.config.reception;
  const { log } = base;
  return [
    ...imap.map((c) => ({ boite: ouvrirImap(c, { log }), periode: c.periode_s * 1000 })),
    ...maildir.map((c) => ({ boite: ouvrirMaildir(c, { log }), periode: c.periode_s * 1000 })),
  ];
}

function sondesDe(base: Base, transport: TransportHttps | null): Sonde[] {
  const { config, clock } = base;
  const client = config.actes.ministere.certificat;
  return [
    sondeDisque(config.donnees),
    sondeGuichet(transport),
    ...(client === '' ? [] : [sondeCertificat('client du ministère', client, clock)]),
    ...(config.api.certificat === '' ? [] : [sondeCertificat('de l’API', config.api.certificat, clock)]),
  ];
}

interface Correspondants {
  readonly transport: TransportHttps | null;
  readonly webhook: ReturnType<typeof creerWebhook>;
  readonly mailer: ReturnType<typeof creerMailer>;
}

async function ouvrirCorrespondants(base: Base): Promise<Correspondants> {
  const { clock, log, version } = base;
  const { webhook, courriel } = base.config.notification;
  return {
    transport: await ouvrirTransport(base),
    webhook: creerWebhook(webhook, { clock, log, version }),
    mailer: creerMailer(courriel, { clock, log, secret: await secretDe(courriel.secret_fichier) }),
  };
}

function assemblerMoteur(base: Base, actes: Protocole, c: Correspondants): Moteur {
  const { config, store, coffre, outils, clock, random } = base;
  const { flux, collectivites } = store;
  const { webhook, mailer } = c;
  return creerMoteur(outils, {
    etapes: { ACTES: etapesActes(base, actes, c.transport) },
    accuse: {
      flux,
      coffre,
      annuaire: outils.annuaire,
      protocoles: [actes],
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

/** Says in French why an address may not receive notifications; null when it may. */
function refusCible(config: Config): OutilsGestes['refusCible'] {
  const garde = creerGarde(config.notification.webhook);
  return (canal, cible) => {
    if (canal === 'courriel') {
      if (config.notification.courriel.hote === '')
        return 'aucun relais de courriel n’est réglé (notification.courriel.hote).';
      return /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(cible) ? null : 'ce n’est pas une adresse de courriel.';
    }
    const verdict = garde.verifierUrl(cible);
    return verdict.type === 'permise' ? null : verdict.motif;
  };
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
    async () => base.schemas.fermer(),
  );
  const actes = creerProtocoleActes({
    classificationRequise: config.actes.classification_requise,
    numeroQuotidienMax: config.actes.numero_quotidien_max,
  });
  const c = await ouvrirCorrespondants(base);
  fermetures.push(() => Promise.all([c.transport?.fermer(), c.webhook.fermer(), c.mailer.fermer()]));
  const moteur = assemblerMoteur(base, actes, c);
  base.brancher((couloir) => moteur.reveiller(couloir));
  const consigner: Consigner = async (brut, source) => {
    await consignerRetour({ coffre, ecriture: store.ecriture, clock, random }, brut, source);
  };
  const releve = creerReleve(outils, boitesDe(base), consigner);
  const gestes = assemblerGestes({
    moteur: outils,
    coffre,
    protocoles: [actes],
    releve,
    sondes: sondesDe(base, c.transport),
    tailleMax: config.api.taille_max_octets,
    alerteJoursOuvres: config.actes.alerte_jours_ouvres,
    lireClassification,
    refusCible: refusCible(config),
  });
  const https =
    config.api.port === 0
      ? {}
      : { https: await pairePorte({ ...config.api, dossier: config.donnees, clock }) };
  await moteur.demarrer();
  fermetures.push(() => arreterMoteur(base, moteur));
  releve.demarrer();
  fermetures.push(() => releve.arreter());
  const smtp = await ouvrirRecepteur(base, consigner, fermetures);
  const serveur = creerServeurApi({ gestes, config, version, log, random, clock, ...https });
  fermetures.push(() => serveur.arreter());
  return { ...(await serveur.demarrer()), smtp };
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
