import { z } from 'zod';
import { coffre } from './coffre.ts';
import { noeud, repartition } from './repartition.ts';
import { cleHelios, signatureActes, signatureHelios } from './signature.ts';
import { stockage } from './stockage.ts';

/**
 * Every setting of the daemon. `config/defaut.toml` shows the same ones with their defaults, equal by test.
 * Secrets are never values here: only paths of files that hold them.
 */

const chemin = z.string();
const secondes = z.number().positive();
const octets = z.number().int().nonnegative();
const port = z.number().int().min(0).max(65535);
const periode = z.number().positive();

const sensReponse = z.enum(['prise', 'non_prise', 'incertaine', 'refusee']);

const fenetre = z.strictObject({
  /** `HH:MM`, Europe/Paris. */
  debut: z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/),
  fin: z.string().regex(/^([01][0-9]|2[0-4]):[0-5][0-9]$/),
  /** 0 = closed. */
  octets_par_heure: octets,
});

const imap = z.strictObject({
  nom: z.string().min(1),
  hote: z.string().min(1),
  port: port.default(993),
  tls: z.enum(['tls', 'starttls', 'aucun']).default('tls'),
  autorites: chemin.default(''),
  utilisateur: z.string().min(1),
  secret_fichier: chemin,
  dossier: z.string().default('INBOX'),
  /** Where a filed message goes; empty = deleted after filing. */
  dossier_traite: z.string().default('Traites'),
  periode_s: periode.default(30),
});

const maildir = z.strictObject({
  nom: z.string().min(1),
  dossier: chemin.min(1),
  periode_s: periode.default(10),
});

const moteur = z.strictObject({
  concurrence: z.number().int().min(1).max(1024).default(32),
  bail_s: secondes.default(300),
  /** First and longest wait between two tries of a transient failure. */
  reprise_min_s: secondes.default(5),
  reprise_max_s: secondes.default(900),
  arret_s: secondes.default(20),
});

const api = z.strictObject({
  /** Empty = `<donnees>/vaguemestre.sock`. */
  socket: chemin.default(''),
  adresse: z.string().default('127.0.0.1'),
  /** 0 = the HTTPS door stays shut; the socket stays open. */
  port: port.default(8443),
  /** Empty = a self-signed pair is made in the data folder. */
  certificat: chemin.default(''),
  cle: chemin.default(''),
  taille_max_octets: octets.default(200_000_000),
  nombre_max_pieces: z.number().int().min(1).default(200),
  /** ZIP of a batch of actes. */
  lot_max_octets: octets.default(1_000_000_000),
});

const operateur = z.strictObject({
  nom: z.string().default('Tiers de télétransmission'),
  /** Three capital letters given by the ministry. */
  trigramme: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('VGM'),
  /** EACT in production, TACT on the test platform. */
  application: z.enum(['EACT', 'TACT']).default('TACT'),
  /** Mailbox where the State answers. */
  adresse_retour: z.string().default('tdt@example.org'),
});

const ministere = z.strictObject({
  /** Empty = nothing is sent: flux wait, `diagnostiquer` says so. */
  url: z.string().default(''),
  url_secours: z.string().default(''),
  /** Name of the form field; `{archive}` is the archive name. */
  champ: z.string().default('{archive}'),
  agent_utilisateur: z.string().default('curl/8.5.0'),
  certificat: chemin.default(''),
  cle: chemin.default(''),
  secret_fichier: chemin.default(''),
  autorites: chemin.default(''),
  delai_connexion_s: secondes.default(60),
  delai_total_s: secondes.default(180),
  concurrence: z.number().int().min(1).default(8),
  archive_max_octets: octets.default(150_000_000),
  /** 0 = no limit. */
  octets_par_heure: octets.default(0),
  fenetres: z.array(fenetre).default([]),
  /** Reading of HTTP statuses, over the built-in table: `"500" = "incertaine"`, `"4xx" = "refusee"`. */
  reponses: z.record(z.string(), sensReponse).default({}),
});

const actes = z.strictObject({
  ministere: ministere.prefault({}),
  /** Working days without receipt before the alert. */
  alerte_jours_ouvres: z.number().int().min(0).default(1),
  /** Is an acte deposited without a known classification refused? */
  classification_requise: z.boolean().default(true),
  /** Days between two requests of the classification of a collectivité; 0: only on demand. */
  classification_jours: z.number().int().min(0).max(365).default(7),
  numero_quotidien_max: z.number().int().min(1).default(9999),
  signature: signatureActes.prefault({}),
});

/** One gateway of the DGFiP (CDC-H 2-2 to 2-6). */
const passerelle = z.strictObject({
  nom: z.string().regex(/^[a-z0-9-]{1,40}$/),
  /** `gateway`: FTP inside the tunnel; `passtrans_ftps`: FTP with TLS; `passtrans_sftp`. */
  mode: z.enum(['gateway', 'passtrans_ftps', 'passtrans_sftp']),
  hote: z.string().min(1),
  /** 0 = that of the protocol. */
  port: port.default(0),
  utilisateur: z.string().min(1),
  /** Password; with a key, its passphrase. */
  secret_fichier: chemin.default(''),
  cle_fichier: chemin.default(''),
  /** Host keys, as `ssh-keygen -l` prints them. */
  empreintes: z.array(z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/)).default([]),
  autorites: chemin.default(''),
  /** Folders at the gateway; empty = where the login lands. */
  dossier_depot: z.string().default(''),
  dossier_retrait: z.string().default(''),
  /** Name while the bytes arrive; empty = written under its own. */
  provisoire: z
    .string()
    .regex(/^$|^(?=.*\{nom\})(?!\{nom\}$)[A-Za-z0-9_.{}-]+$/)
    .default('{nom}.part'),
  /** Who takes a fetched file away. */
  retrait: z.enum(['passerelle', 'client']).default('passerelle'),
  delai_connexion_s: secondes.default(20),
  delai_reponse_s: secondes.default(30),
  delai_silence_s: secondes.default(60),
  /** Bytes per second below which a transfer is given up. */
  debit_min_octets: z.number().int().positive().default(1000),
  /** An idle connection is closed after that; 0 = none is kept. */
  repos_s: z.number().nonnegative().default(30),
  concurrence: z.number().int().min(1).default(2),
  /** 0 = no limit. */
  octets_par_heure: octets.default(0),
  fenetres: z.array(fenetre).default([]),
  /** Are its files fetched? */
  releve: z.boolean().default(true),
  periode_s: periode.default(240),
  /** Seconds without a change before a file that was just written is taken for whole. */
  stabilite_s: z.number().nonnegative().default(5),
});

const helios = z.strictObject({
  /** Which application of the DGFiP answers (P_APPLI). */
  plateforme: z.enum(['production', 'essai']).default('essai'),
  /** What P_MSG begins with. */
  debut_message: z.enum(['PES', 'TypFic']).default('PES'),
  taille_max_octets: z.number().int().positive().default(100_000_000),
  /** Working days without acquittement before the alert. */
  alerte_jours_ouvres: z.number().int().min(0).default(2),
  numero_quotidien_max: z.number().int().min(1).max(999_999).default(999_999),
  passerelles: z.array(passerelle).default([]),
  signature: signatureHelios.prefault({}),
  cles: z.array(cleHelios).default([]),
});

const smtp = z.strictObject({
  actif: z.boolean().default(false),
  adresse: z.string().default('127.0.0.1'),
  port: port.default(2525),
  taille_max_octets: octets.default(50_000_000),
  certificat: chemin.default(''),
  cle: chemin.default(''),
  /** Addresses served; empty = the return address of the operator only. */
  destinataires: z.array(z.string()).default([]),
});

const reception = z.strictObject({
  smtp: smtp.prefault({}),
  imap: z.array(imap).default([]),
  maildir: z.array(maildir).default([]),
  /** Senders (`ministere@…` or `@domain`) trusted; empty = all. Others are parked, never dropped. */
  expediteurs: z.array(z.string()).default([]),
});

const antivirus = z.strictObject({
  type: z.enum(['aucun', 'clamd']).default('aucun'),
  /** `host:port`, or the path of a socket. */
  adresse: z.string().default('127.0.0.1:3310'),
  delai_s: secondes.default(120),
  /** Also look into the attached pieces of a PES, inflated. */
  pieces_jointes: z.boolean().default(true),
});

const notification = z.strictObject({
  webhook: z
    .strictObject({
      delai_s: secondes.default(20),
      /** Waits between tries, in seconds; jitter is added. The debt is given up after the last. */
      essais_s: z.array(secondes).default([5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]),
      /** Private networks (CIDR) or names that receivers may live in; empty = public addresses only. */
      reseaux_permis: z.array(z.string()).default([]),
      /** Receivers without TLS, for tests on a closed network. */
      http_permis: z.boolean().default(false),
      autorites: chemin.default(''),
      concurrence: z.number().int().min(1).default(16),
    })
    .prefault({}),
  courriel: z
    .strictObject({
      /** Empty = no e-mail is sent. */
      hote: z.string().default(''),
      port: port.default(25),
      tls: z.enum(['tls', 'starttls', 'opportuniste', 'aucun']).default('opportuniste'),
      expediteur: z.string().default('ne-pas-repondre@example.org'),
      utilisateur: z.string().default(''),
      secret_fichier: chemin.default(''),
      autorites: chemin.default(''),
      essais_s: z.array(secondes).default([60, 600, 3600, 14400, 43200, 86400]),
    })
    .prefault({}),
});

const familles = z.array(z.string().regex(/^[a-z0-9-]{1,40}$/));

const confiance = z.strictObject({
  /** Trust store: folder of JSON files. Empty = `<donnees>/confiance`. */
  dossier: chemin.default(''),
  /** Other store files or folders, which no command changes. */
  fichiers: z.array(chemin.min(1)).default([]),
  /** Signature policies added and closed by this site: TOML, or JSON by its name. Empty = the built-in table. */
  politiques: chemin.default(''),
  /** Families admitted, by use; empty = all. */
  familles: z
    .strictObject({
      pes: familles.default([]),
      actes: familles.default([]),
      horodatage: familles.default([]),
    })
    .prefault({}),
  revocation: z
    .strictObject({
      /** Ask the servers of the authorities (OCSP, then CRL). */
      active: z.boolean().default(true),
      /** Age beyond which evidence is stale whatever its nextUpdate; 0 = nextUpdate alone. */
      ocsp_age_max_s: z.number().nonnegative().default(0),
      crl_age_max_s: z.number().nonnegative().default(0),
      /** One request, then all those of one certificate. */
      delai_s: secondes.default(10),
      delai_total_s: secondes.default(30),
      /** A server that failed is left alone for this long. */
      repos_s: z.number().nonnegative().default(60),
      ocsp_max_octets: octets.default(100_000),
      crl_max_octets: octets.default(20_000_000),
      /** All the evidence kept in memory for reuse. */
      cache_max_octets: octets.default(100_000_000),
      /** Private networks (CIDR) or names where servers of authorities may live; empty = public addresses only. */
      reseaux_permis: z.array(z.string()).default([]),
    })
    .prefault({}),
});

export const manifest = z.strictObject({
  donnees: z.string().default('donnees'),
  journal_technique: z.enum(['info', 'warn', 'error', 'silent']).default('info'),
  noeud: noeud.prefault({}),
  moteur: moteur.prefault({}),
  repartition: repartition.prefault({}),
  stockage: stockage.prefault({}),
  coffre: coffre.prefault({}),
  api: api.prefault({}),
  operateur: operateur.prefault({}),
  actes: actes.prefault({}),
  helios: helios.prefault({}),
  reception: reception.prefault({}),
  antivirus: antivirus.prefault({}),
  notification: notification.prefault({}),
  confiance: confiance.prefault({}),
});

export type Config = z.infer<typeof manifest>;
