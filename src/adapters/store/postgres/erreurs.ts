import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import { ErreurVgm } from '../../../metier/erreurs.ts';
import { panneStockage } from '../panne.ts';

/** What PostgreSQL and its driver throw, and what it is to us. */

/** Another transaction came across: run again, it will pass (serialization_failure, deadlock_detected). */
const A_REFAIRE: readonly string[] = ['40001', '40P01'];

/** Codes of PostgreSQL (appendix A of its manual), whole or by class, that mean « the storage is at fault ». */
const PANNES: Readonly<Record<string, string>> = {
  '08': 'connexion à PostgreSQL perdue',
  '25006': 'base en lecture seule',
  '25P03': 'session fermée par PostgreSQL',
  '28': 'connexion refusée par PostgreSQL',
  '3D': 'base absente',
  '3F000': 'aucun schéma où écrire',
  '42501': 'droits insuffisants dans la base',
  '53100': 'disque plein',
  '53200': 'mémoire insuffisante',
  '53300': 'trop de connexions à PostgreSQL',
  '53': 'ressources insuffisantes',
  '55P03': 'ligne tenue trop longtemps par un autre nœud',
  '57014': 'réponse trop lente',
  '57': 'PostgreSQL s’arrête ou redémarre',
  '58': 'erreur d’entrée-sortie du serveur PostgreSQL',
  XX: 'base endommagée ou défaut de PostgreSQL',
};

function codeDe(origine: unknown): string | undefined {
  if (!(origine instanceof Error) || !('code' in origine)) return undefined;
  return typeof origine.code === 'string' ? origine.code : undefined;
}

/** SQLSTATE: five characters, none of its classes beginning as the codes of Node do (ECONNREFUSED, EPIPE…). */
function sqlstate(origine: unknown): string | undefined {
  const code = codeDe(origine);
  return code !== undefined && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) ? code : undefined;
}

/** A transaction run at the same time is in the way; ours was undone whole, and may run again at once. */
export class Course extends ErreurVgm {
  constructor(origine?: unknown) {
    const { fiche, http, sortie } = panneStockage('trop d’écritures se croisent', origine);
    super(fiche, { http, sortie }, origine);
  }
}

const RESEAU: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'rien n’écoute à cette adresse',
  ECONNRESET: 'connexion à PostgreSQL perdue',
  EPIPE: 'connexion à PostgreSQL perdue',
  ENOENT: 'socket absent',
  EACCES: 'droits insuffisants sur le socket',
  ENOTFOUND: 'nom d’hôte inconnu',
  EAI_AGAIN: 'nom d’hôte introuvable pour l’instant',
  ETIMEDOUT: 'pas de réponse',
  EHOSTUNREACH: 'hôte inaccessible',
  ENETUNREACH: 'réseau inaccessible',
  CERT_HAS_EXPIRED: 'certificat du serveur expiré',
  ERR_TLS_CERT_ALTNAME_INVALID: 'le certificat du serveur est à un autre nom',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificat du serveur sans autorité connue',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificat du serveur sans autorité connue',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificat du serveur sans autorité connue',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificat du serveur sans autorité connue',
};

const DIT_PERDUE = /terminated|not queryable|connection error/i;

/** The driver's own errors bear no code. */
const MOTS: readonly (readonly [RegExp, string])[] = [
  [/timeout/i, 'réponse trop lente'],
  [/does not support SSL/i, 'le serveur n’offre pas TLS'],
  [/password/i, 'mot de passe refusé ou absent'],
  [DIT_PERDUE, 'connexion à PostgreSQL perdue'],
];

function texteDe(origine: unknown): string {
  return origine instanceof Error ? origine.message : '';
}

/** French wording of what keeps us from the server; undefined when it is not such a thing. */
export function raisonPanne(origine: unknown): string | undefined {
  const etat = sqlstate(origine);
  if (etat !== undefined) return PANNES[etat] ?? PANNES[etat.slice(0, 2)];
  const code = codeDe(origine);
  if (code !== undefined && RESEAU[code] !== undefined) return RESEAU[code];
  // An address of several families: one error each.
  if (origine instanceof AggregateError) return raisonPanne(origine.errors[0]);
  return MOTS.find(([forme]) => forme.test(texteDe(origine)))?.[1];
}

/** Whether PostgreSQL refuses who connects, rather than being out of reach. */
export function estRefusDAcces(origine: unknown): boolean {
  const etat = sqlstate(origine) ?? '';
  return /^(28|3D|42501|3F000)/.test(etat) || /password/i.test(texteDe(origine));
}

/** Whether the connection was lost, rather than the statement refused. */
export function estCoupure(erreur: unknown): boolean {
  const origine = erreur instanceof ErreurVgm ? erreur.cause : erreur;
  const etat = sqlstate(origine);
  if (etat !== undefined) return /^(08|57P0[1-5]|25P03)/.test(etat);
  return ['ECONNRESET', 'EPIPE'].includes(codeDe(origine) ?? '') || DIT_PERDUE.test(texteDe(origine));
}

/** Said of each statement that follows the one at fault in its transaction. */
export function estSuiteDeFaute(erreur: unknown): boolean {
  return erreur instanceof Error && sqlstate(erreur.cause) === '25P02';
}

/** @returns the error as a row of our catalogue; our own errors pass unchanged. */
export function traduire(origine: unknown): ErreurVgm {
  if (origine instanceof ErreurVgm) return origine;
  if (A_REFAIRE.includes(sqlstate(origine) ?? '')) return new Course(origine);
  const raison = raisonPanne(origine);
  if (raison !== undefined) return panneStockage(raison, origine);
  return erreurNoyau('VGM-NOY-004', { etape: 'stockage' }, origine);
}

/** Of a store that was opened: what its server has become since is a failure of the storage, never of who asks. */
export function panneServeur(reproche: ErreurVgm): ErreurVgm {
  return panneStockage(reproche.fiche.message.replace(/\.$/, ''), reproche);
}
