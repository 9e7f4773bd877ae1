import { erreurHelios } from '../../metier/catalogue/helios.ts';
import type { Flux } from '../../metier/flux.ts';
import { FUSEAU } from '../../metier/echeances.ts';
import type { Instant, Jour, Siren } from '../../metier/identifiants.ts';

/** Names of PES v2: of a file for its acquittement, at the gateway, and of what comes back. */

/**
 * The three ways in. `gateway`: FTP inside the tunnel, metadata by SITE P_DEST, P_APPLI, P_MSG; `passtrans_ftps`: one
 * SITE META; `passtrans_sftp`: metadata in the remote name, that ends with the SHA-1 of the file.
 */
export type ModePasserelle = 'gateway' | 'passtrans_ftps' | 'passtrans_sftp';

export interface ReglagesNommage {
  readonly mode: ModePasserelle;
  /** Which application of the DGFiP answers. */
  readonly plateforme: 'production' | 'essai';
  /** What P_MSG begins with: « PES » always, or the TypFic of the file. Both are in service; nothing says which is right. */
  readonly debutMessage: 'PES' | 'TypFic';
}

/** P_APPLI. */
export const APPLICATIONS = { production: 'GHELPES2', essai: 'THELPES2' } as const satisfies Record<
  ReglagesNommage['plateforme'],
  string
>;

/** What the gateway is told of a file beside its bytes; fixed before the first try. */
export interface NomsEnvoi {
  readonly nomDistant: string;
  readonly metadonnees: { readonly dest: string; readonly appli: string; readonly msg: string };
}

/** Counter of outgoing names: one per collectivité and day, whose SIREN is in them. */
export function nommerSerie(collectivite: Siren, jour: Jour): string {
  return `HELIOS:${collectivite}:${jour.replaceAll('-', '')}`;
}

/** `PESALR2_000000018_260302_007.xml`: always PESALR2, whatever the TypFic; the serial has three digits or more. */
export function nomFichierDistant(siren: Siren, jour: Jour, numero: number): string {
  const date = jour.slice(2).replaceAll('-', '');
  return `PESALR2_${siren}_${date}_${String(numero).padStart(3, '0')}.xml`;
}

const FORMES = {
  codCol: /^[0-9]{3}$/,
  idPost: /^[0-9A-B]{6,7}$/,
  codBud: /^[0-9A-Z][0-9]$/,
  // it may hold anything in a file; here it must be a word
  typFic: /^[0-9A-Za-z_.-]{1,32}$/,
  sha1: /^[0-9a-f]{40}$/,
} as const;

/** A centre is a word in capitals and digits (`VHPCE11`); which ones exist is for the operator's table to say. */
const DESTINATION = /^[0-9A-Z]{1,30}$/;

/** @throws VGM-HEL-001 when the summary of the flux does not hold it. */
function lire({ id, resume }: Pick<Flux, 'id' | 'resume'>, champ: keyof typeof FORMES): string {
  const valeur = resume[champ];
  if (typeof valeur === 'string' && FORMES[champ].test(valeur)) return valeur;
  throw erreurHelios('VGM-HEL-001', { flux: id, champ });
}

/** P_MSG, `PES#<CodCol>#<IdPost>#<CodBud>`. */
function message(flux: Pick<Flux, 'id' | 'resume'>, debut: ReglagesNommage['debutMessage']): string {
  const tete = debut === 'PES' ? 'PES' : lire(flux, 'typFic');
  return [tete, lire(flux, 'codCol'), lire(flux, 'idPost'), lire(flux, 'codBud')].join('#');
}

export interface FaitsNommage {
  readonly flux: Pick<Flux, 'id' | 'resume' | 'collectivite'>;
  /** P_DEST. */
  readonly destination: string;
  /** `nomFichierDistant`, fixed before the first try. */
  readonly nom: string;
}

/**
 * Names a file for its gateway. The same facts always give the same names.
 * @throws VGM-HEL-001, VGM-HEL-002.
 */
export function nommerEnvoi(faits: FaitsNommage, reglages: ReglagesNommage): NomsEnvoi {
  const { flux, destination, nom } = faits;
  if (!DESTINATION.test(destination)) {
    throw erreurHelios('VGM-HEL-002', { siren: flux.collectivite });
  }
  const metadonnees = {
    dest: destination,
    appli: APPLICATIONS[reglages.plateforme],
    msg: message(flux, reglages.debutMessage),
  };
  const nomDistant = reglages.mode === 'passtrans_sftp' ? lire(flux, 'sha1') : nom;
  return { nomDistant, metadonnees };
}

/** The whole remote name over Passtrans SFTP: `P_DEST%%P_APPLI%%P_MSG%%<sha1>`. */
export function nomPasstransSftp({ nomDistant, metadonnees: m }: NomsEnvoi): string {
  return [m.dest, m.appli, m.msg, nomDistant].join('%%');
}

/**
 * A name as the two ends compare it. An acquittement may repeat it without the blanks of its ends, and with runs of them
 * as one: two files that differ by these alone bear the same name.
 */
export function normaliserNom(nom: string): string {
  return nom.trim().replace(/\s+/g, ' ');
}

/** What is wrong with a NomFic, or null: 1 to 100 characters that say something (PES v2, Base_Texte100). */
export function defautNomFic(nomFic: string): 'vide' | 'long' | 'muet' | null {
  if (nomFic === '') return 'vide';
  if (Array.from(nomFic).length > 100) return 'long';
  // blanks, zeros, a dot, « nc » alone; controls, but those that stand for characters of Windows-1252
  return /^(?:\s*|0+|nc|\.)$|(?![\u0080-\u009f])\p{Cc}/u.test(nomFic) ? 'muet' : null;
}

/** What a file at the gateway seems to be. Of what the State makes it is a hint for people: its root alone decides. */
export type NatureNom = 'acquit' | 'retour' | 'aller' | 'inconnue';

/** `030004_180124163513-ACK-A2600191_A00DL4ZW_OK.xml`: codique, instant of its making, then OK or KO. */
const ACQUIT = /-ACK-/;
const ACQUIT_DATE = /_([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})-ACK-/;
/** `PES2R_DEP_P_303_00_083110_20180124_20180124_20180125051547.xml`. */
const RETOUR = /^PES2R_[A-Z]{3}_/;

/** `P_DEST%%P_APPLI%%P_MSG%%<sha1>`. */
const PASSTRANS = /^[^%]+%%[^%]+%%[^%]+%%[0-9a-f]{40}$/;

export function natureDuNom(nom: string): NatureNom {
  // ours, that gateways with one folder for both ways show us again
  if (nom.startsWith('PESALR2_') || PASSTRANS.test(nom)) return 'aller';
  if (ACQUIT.test(nom)) return 'acquit';
  return RETOUR.test(nom) ? 'retour' : 'inconnue';
}

/** When the State made an acquittement, as its name tells it (Paris time); null when it does not. */
export function instantDuNom(nom: string): Instant | null {
  const [, an = '', mois = '', jour = '', heure = '', minute = '', seconde = ''] =
    ACQUIT_DATE.exec(nom) ?? [];
  if (an === '') return null;
  try {
    const date = Temporal.PlainDateTime.from(`20${an}-${mois}-${jour}T${heure}:${minute}:${seconde}`);
    // One hour comes twice in October: then it does not tell either.
    return date.toZonedDateTime(FUSEAU, { disambiguation: 'reject' }).epochMilliseconds as Instant;
  } catch {
    return null;
  }
}
