import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ouvrirClamd } from './adapters/antivirus/clamd.ts';
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
import { ouvrirStoreSqlite } from './adapters/store/sqlite/store.ts';
import { creerTransportHttps, type TransportHttps } from './adapters/transport/https.ts';
import { creerGarde } from './adapters/webhook/garde.ts';
import { creerWebhook } from './adapters/webhook/https.ts';
import { chargerConfig } from './config/charger.ts';
import type { Config } from './config/manifest.ts';
import { creerDiffusion } from './engine/diffusion.ts';
import { creerMoteur } from './engine/moteur.ts';
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
import { autosigne } from './formats/certificats/emettre.ts';
import { type JeuSchemas, ouvrirSchemas } from './formats/xsd/schemas.ts';
import { assemblerGestes } from './gestes/assembler.ts';
import { consignerRetour } from './gestes/consigner-retour.ts';
import { creerServeurApi } from './http/serveur.ts';
import type { Clock } from './ports/clock.ts';
import type { Coffre } from './ports/coffre.ts';
import type { Log } from './ports/log.ts';
import type { Random } from './ports/random.ts';
import type { Sonde } from './ports/sonde.ts';
import type { Store } from './ports/store.ts';
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
  readonly coffre: Coffre;
  readonly schemas: JeuSchemas;
  readonly outils: OutilsMoteur;
  readonly arret: AbortController;
  readonly coupure: AbortController;
  readonly brancher: (reveiller: (couloir: NomCouloir) => void) => void;
}

const RACINE = join(import.meta.dirname, '..');
const JOURS_CERTIFICAT = 825;

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
  protocole: ReturnType<typeof creerProtocoleActes>,
  transport: TransportHttps | null,
): Etapes['ACTES'] {
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
  const sujet = 'guichet du ministère';
  const guichet: Sonde = {
    sujet,
    sonder: async () => {
      if (transport === null) {
        const remede = 'Régler « actes.ministere.url » et son certificat.';
        return { sujet, etat: 'attention', detail: 'aucune adresse réglée : les actes attendent', remede };
      }
      const { joignable, detail } = await transport.sonder();
      const remede = joignable
        ? ''
        : 'Vérifier le réseau, l’adresse et le certificat, puis appeler le ministère.';
      return { sujet, etat: joignable ? 'bon' : 'panne', detail, remede };
    },
  };
  const client = config.actes.ministere.certificat;
  return [
    sondeDisque(config.donnees),
    guichet,
    ...(client === '' ? [] : [sondeCertificat('client du ministère', client, clock)]),
    ...(config.api.certificat === '' ? [] : [sondeCertificat('de l’API', config.api.certificat, clock)]),
  ];
}

/** The pair of the HTTPS door: the one configured, or a self-signed one made once in the data folder. */
async function paireHttps(base: Base): Promise<{ cert: string; key: string }> {
  const { config, clock } = base;
  if (config.api.certificat !== '')
    return { cert: await pemDe(config.api.certificat), key: await pemDe(config.api.cle) };
  const [fichierCert, fichierCle] = [join(config.donnees, 'api.pem'), join(config.donnees, 'api.cle.pem')];
  try {
    return { cert: await readFile(fichierCert, 'utf8'), key: await readFile(fichierCle, 'utf8') };
  } catch {
    const nom = 'vaguemestre';
    const dns = ['localhost', hostname()];
    const paire = await autosigne({
      nom,
      dns,
      ip: ['127.0.0.1'],
      jours: JOURS_CERTIFICAT,
      quand: clock.now(),
    });
    await writeFile(fichierCle, paire.cle, { mode: 0o600 });
    await writeFile(fichierCert, paire.certificat);
    return { cert: paire.certificat, key: paire.cle };
  }
}

/** Assembles configuration → adapters → engine → doors, and opens them. */
export async function demarrer(options: { readonly configFichier?: string }): Promise<Demon> {
  const { config } = chargerConfig({
    env: process.env,
    ...(options.configFichier === undefined ? {} : { fichier: options.configFichier }),
  });
  const base = await ouvrirBase(config);
  const { store, coffre, outils, clock, random, log, version } = base;
  const actes = creerProtocoleActes({
    classificationRequise: config.actes.classification_requise,
    numeroQuotidienMax: config.actes.numero_quotidien_max,
  });
  const transport = await ouvrirTransport(base);
  const webhook = creerWebhook(config.notification.webhook, { clock, log, version });
  const mailer = creerMailer(config.notification.courriel, {
    clock,
    log,
    secret: await secretDe(config.notification.courriel.secret_fichier),
  });
  const protocoles = [actes];
  const accuse = {
    flux: store.flux,
    coffre,
    annuaire: outils.annuaire,
    protocoles,
    expediteurs: config.reception.expediteurs,
    trigramme: config.operateur.trigramme,
  };
  const { collectivites } = store;
  const moteur = creerMoteur(outils, {
    etapes: { ACTES: etapesActes(base, actes, transport), HELIOS: {} },
    accuse,
    notification: {
      clock,
      random,
      webhook,
      mailer,
      flux: store.flux,
      collectivites,
      coffre,
      config: config.notification,
    },
    placesNotification: config.notification.webhook.concurrence,
    proprietaire: 'demon',
  });
  base.brancher((couloir) => moteur.reveiller(couloir));
  const consigner = async (brut: Parameters<Coffre['ajouter']>[0], source: string): Promise<void> => {
    await consignerRetour({ coffre, ecriture: store.ecriture, clock, random }, brut, source);
  };
  const releve = creerReleve(outils, boitesDe(base), consigner);
  const garde = creerGarde(config.notification.webhook);
  const gestes = assemblerGestes({
    moteur: outils,
    travail: moteur,
    coffre,
    protocoles,
    releve,
    sondes: sondesDe(base, transport),
    tailleMax: config.api.taille_max_octets,
    lireClassification,
    refusCible: (canal, cible) => {
      if (canal === 'courriel')
        return /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/.test(cible)
          ? null
          : 'ce n’est pas une adresse de courriel.';
      const verdict = garde.verifierUrl(cible);
      return verdict.type === 'permise' ? null : verdict.motif;
    },
  });
  const recepteur = config.reception.smtp.actif
    ? creerRecepteurSmtp(config.reception.smtp, { destinataires: [config.operateur.adresse_retour], log })
    : null;
  const https = config.api.port === 0 ? {} : { https: await paireHttps(base) };
  const serveur = creerServeurApi({ gestes, config, version, log, random, clock, ...https });

  await moteur.demarrer();
  await recepteur?.demarrer(consigner);
  releve.demarrer();
  const { socket, url } = await serveur.demarrer();
  log.info('démon en service', { version, socket, url, smtp: recepteur?.adresse ?? null });

  /** Doors first, then the work under way, then the store: nothing accepted is left half done. */
  const fermer = async (): Promise<number> => {
    base.arret.abort();
    const fin = setTimeout(() => base.coupure.abort(), config.moteur.arret_s * 1000);
    await serveur.arreter();
    await recepteur?.arreter();
    await releve.arreter();
    await moteur.arreter();
    clearTimeout(fin);
    await Promise.all([transport?.fermer(), webhook.fermer(), mailer.fermer()]);
    base.schemas.fermer();
    await store.fermer();
    log.info('démon arrêté');
    return 0;
  };
  const demande = Promise.withResolvers<void>();
  const arrete = demande.promise.then(fermer);
  return { socket, url, smtp: recepteur?.adresse ?? null, arrete, arreter: () => demande.resolve() };
}
