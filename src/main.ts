import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ouvrirClamd } from './adapters/antivirus/clamd.ts';
import { type PairePorte, pairePorte } from './adapters/certificats/porte.ts';
import { creerClockSysteme } from './adapters/clock/system.ts';
import { creerVigie, type Vigie } from './adapters/clock/vigie.ts';
import { ouvrirCoffreDossier } from './adapters/coffre/dossier.ts';
import { chargerConfiance } from './adapters/confiance/reglages.ts';
import { creerLogPino } from './adapters/log/pino.ts';
import { ouvrirImap } from './adapters/mailbox/imap.ts';
import { ouvrirMaildir } from './adapters/mailbox/maildir.ts';
import { creerMailer } from './adapters/mailer/smtp.ts';
import { creerRandomSysteme } from './adapters/random/system.ts';
import { creerRecepteurSmtp } from './adapters/recepteur/smtp.ts';
import { sondesDe } from './adapters/sondes/ensemble.ts';
import { ouvrirStoreSqlite } from './adapters/store/sqlite/store.ts';
import { type GuichetMinistere, ouvrirGuichetMinistere } from './adapters/transport/ouvrir.ts';
import { creerGarde } from './adapters/webhook/garde.ts';
import { creerWebhook } from './adapters/webhook/https.ts';
import { chargerConfig } from './config/charger.ts';
import { lireReglage, preparerDonnees, verifierFichiers, verifierSchemas } from './config/fichiers.ts';
import type { Config } from './config/manifest.ts';
import { creerDiffusion } from './engine/diffusion.ts';
import { creerMoteur, type Moteur } from './engine/moteur.ts';
import type { OutilsMoteur } from './engine/outils.ts';
import { type BoiteReglee, creerReleve, type Releve } from './engine/releve.ts';
import { ecritureQuiReveille, type NomCouloir } from './engine/reveils.ts';
import { creerAnnuaire } from './etapes/annuaire.ts';
import { creerEtapeAttente } from './etapes/attente.ts';
import { creerEtapeControle } from './etapes/controle.ts';
import { creerEtapeEnveloppe } from './etapes/enveloppe.ts';
import type { Etapes } from './etapes/etape.ts';
import { creerGuichet } from './etapes/guichet.ts';
import { creerRemiseHttps } from './etapes/remise-https.ts';
import { creerEtapeReprise, creerEtapeTransmission } from './etapes/transmission.ts';
import { type JeuSchemas, ouvrirSchemas } from './formats/xsd/jeu.ts';
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
import { creerProtocoleActes, lireClassification, type ProtocoleActes } from './protocoles/actes/index.ts';

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
  readonly outils: OutilsMoteur;
  readonly arret: AbortController;
  readonly coupure: AbortController;
  readonly brancher: (reveiller: (couloir: NomCouloir) => void) => void;
}

const RACINE = join(import.meta.dirname, '..');
const SCHEMAS = join(RACINE, 'schemas', 'actes');

async function lireVersion(): Promise<string> {
  const paquet = JSON.parse(await readFile(join(RACINE, 'package.json'), 'utf8')) as { version: string };
  return paquet.version;
}

async function ouvrirBase(config: Config): Promise<Base> {
  await verifierFichiers(config);
  await verifierSchemas(SCHEMAS);
  await preparerDonnees(config.donnees);
  const { manquantes } = await chargerConfiance(config);
  const version = await lireVersion();
  const systeme = creerClockSysteme();
  const log = creerLogPino({ clock: systeme, niveau: config.journal_technique });
  for (const famille of manquantes) log.warn('famille de confiance absente du magasin', { famille });
  const vigie = creerVigie(systeme, log);
  const { clock } = vigie;
  const random = creerRandomSysteme(clock);
  const brut = ouvrirStoreSqlite({
    fichier: join(config.donnees, 'vaguemestre.sqlite'),
    clock,
    random,
    version,
  });
  const coffre = await ouvrirCoffreDossier({ dossier: join(config.donnees, 'coffre'), random });
  const schemas = ouvrirSchemas(SCHEMAS);
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
    outils,
    arret,
    coupure,
    brancher,
  };
}

function etapesActes(base: Base, protocole: ProtocoleActes, c: Correspondants): NonNullable<Etapes['ACTES']> {
  const { config, store, coffre, outils, clock } = base;
  const m = config.actes.ministere;
  const maintenant = () => clock.now();
  const emetteur = {
    trigramme: config.operateur.trigramme,
    application: config.operateur.application,
    adresseRetour: config.operateur.adresse_retour,
  };
  const porte =
    c.guichet === null
      ? null
      : creerRemiseHttps({
          transport: c.guichet.transport,
          lireReponse: protocole.transmission.lireReponse,
          reponses: m.reponses,
          guichet: creerGuichet(m.concurrence),
          destination: 'ACTES',
          fenetres: m.fenetres.map((f) => ({
            debut: f.debut,
            fin: f.fin,
            octetsParHeure: f.octets_par_heure,
          })),
          octetsParHeure: m.octets_par_heure,
        });
  return {
    controle: creerEtapeControle({ flux: store.flux, coffre, antivirus: c.antivirus }),
    enveloppe: creerEtapeEnveloppe(protocole.enveloppe, {
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
      porte: () => Promise.resolve(porte),
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
    antivirus: c.antivirus,
    relais: c.mailer,
    boites: boites.map((b) => ({ ...b, derniere: () => releve.derniere(b.boite.nom) })),
    recepteur: portes.smtp,
    certificats: { ministere: c.guichet?.certificat ?? null, porte },
  });
}

interface Correspondants {
  readonly guichet: GuichetMinistere | null;
  readonly antivirus: ReturnType<typeof ouvrirClamd> | null;
  readonly webhook: ReturnType<typeof creerWebhook>;
  readonly mailer: ReturnType<typeof creerMailer>;
}

async function ouvrirCorrespondants(base: Base): Promise<Correspondants> {
  const { clock, log, version } = base;
  const { actes, antivirus, notification } = base.config;
  const { webhook, courriel } = notification;
  const secret =
    courriel.hote === ''
      ? ''
      : await lireReglage('notification.courriel.secret_fichier', courriel.secret_fichier);
  return {
    guichet: await ouvrirGuichetMinistere(actes.ministere, { log, clock }),
    antivirus: antivirus.type === 'clamd' ? ouvrirClamd(antivirus) : null,
    webhook: creerWebhook(webhook, { clock, log, version }),
    mailer: creerMailer(courriel, { clock, log, secret: secret.trimEnd() }),
  };
}

function assemblerMoteur(base: Base, actes: ProtocoleActes, c: Correspondants): Moteur {
  const { config, store, coffre, outils, clock, random } = base;
  const { flux, collectivites } = store;
  const { webhook, mailer } = c;
  return creerMoteur(outils, {
    etapes: { ACTES: etapesActes(base, actes, c) },
    accuse: {
      flux,
      coffre,
      annuaire: outils.annuaire,
      collectivites,
      lire: (parties) => actes.accuse.lire(parties),
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
  );
  const actes = creerProtocoleActes({
    classificationRequise: config.actes.classification_requise,
    numeroQuotidienMax: config.actes.numero_quotidien_max,
  });
  const c = await ouvrirCorrespondants(base);
  fermetures.push(() => Promise.all([c.guichet?.transport.fermer(), c.webhook.fermer(), c.mailer.fermer()]));
  const moteur = assemblerMoteur(base, actes, c);
  base.brancher((couloir) => moteur.reveiller(couloir));
  const consigner: Consigner = async (brut, source, nom = null) => {
    await consignerRetour({ coffre, ecriture: store.ecriture, clock, random }, brut, { source, nom });
  };
  const boites = boitesDe(base);
  const releve = creerReleve(outils, boites, consigner);
  const porte =
    config.api.port === 0 ? null : await pairePorte({ ...config.api, dossier: config.donnees, clock });
  const ecoute: { smtp: string | null } = { smtp: null };
  const gestes = assemblerGestes({
    moteur: outils,
    coffre,
    protocoles: [actes],
    releve,
    sondes: assemblerSondes(base, c, { boites, releve, porte, smtp: () => ecoute.smtp }),
    tailleMax: config.api.taille_max_octets,
    alerteJoursOuvres: config.actes.alerte_jours_ouvres,
    lireClassification,
    refusCible: refusCible(config),
  });
  await moteur.demarrer();
  fermetures.push(() => arreterMoteur(base, moteur));
  releve.demarrer();
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
