import type { Metadonnees } from '../../ports/passerelle.ts';

/**
 * Names and metadata as the gateway reads them. Written apart from the client on purpose: an error there must not be
 * excused by the same error here.
 */

/** `PESALR2_<SIREN or SIRET>_<yyMMdd>_<NNN>.xml`: the constant part stays whatever the TypFic; NNN has three digits or more. */
export const NOM_GATEWAY =
  /^PESALR2_(?<id>[0-9]{9}|[0-9]{14})_(?<jour>[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01]))_[0-9]{3,}\.xml$/;

/** `P_DEST%%P_APPLI%%P_MSG%%<sha1>`. */
const NOM_PASSTRANS = /^(?<dest>[^%]+)%%(?<appli>[^%]+)%%(?<msg>[^%]+)%%(?<sha1>[0-9a-f]{40})$/;

/** Department centres seen in use. */
const DEST = /^[VM]H[PI]CE[0-9]{2}$/;
/** `PES#<CodCol>#<IdPost>#<CodBud>`. */
const MSG =
  /^(?<type>[A-Z0-9]+)#(?<codCol>[0-9]{3})#(?<idPost>02[AB][0-9]{3,4}|[0-9]{6,7})#(?<codBud>[0-9A-Z][0-9])$/;

/** CDC-H 2-3: 100 Mo. */
export const TAILLE_MAX = 100_000_000;

/** What the gateway understood of a deposit. */
export interface Annonce {
  readonly metadonnees: Metadonnees;
  /** Digest that the name announces; null over FTP. */
  readonly sha1: string | null;
}

export type LectureAnnonce =
  | { readonly type: 'lue'; readonly annonce: Annonce }
  /** French. */
  | { readonly type: 'refusee'; readonly motif: string };

/** @param site metadata given by SITE commands over FTP; null over SFTP, where the name carries them. */
export function lireAnnonce(
  nom: string,
  site: Partial<Metadonnees> | null,
  applis: readonly string[],
): LectureAnnonce {
  const lue = site === null ? depuisLeNom(nom) : depuisSite(nom, site);
  if (lue.type === 'refusee') return lue;
  const { dest, appli, msg } = lue.annonce.metadonnees;
  if (!DEST.test(dest)) return refuser(`P_DEST « ${dest} » n’est pas un centre connu`);
  if (!applis.includes(appli)) return refuser(`P_APPLI « ${appli} » n’est pas attendue ici`);
  return MSG.test(msg) ? lue : refuser(`P_MSG « ${msg} » ne suit pas la norme`);
}

function depuisLeNom(nom: string): LectureAnnonce {
  const champs = NOM_PASSTRANS.exec(nom)?.groups;
  if (champs === undefined) return refuser('le nom ne suit pas P_DEST%%P_APPLI%%P_MSG%%<sha1>');
  const { dest = '', appli = '', msg = '', sha1 = '' } = champs;
  return { type: 'lue', annonce: { metadonnees: { dest, appli, msg }, sha1 } };
}

function depuisSite(nom: string, { dest, appli, msg }: Partial<Metadonnees>): LectureAnnonce {
  if (!NOM_GATEWAY.test(nom)) return refuser('le nom ne suit pas PESALR2_<SIREN>_<date>_<numéro>.xml');
  if (dest === undefined || appli === undefined || msg === undefined) {
    return refuser('P_DEST, P_APPLI et P_MSG précèdent le dépôt');
  }
  return { type: 'lue', annonce: { metadonnees: { dest, appli, msg }, sha1: null } };
}

function refuser(motif: string): LectureAnnonce {
  return { type: 'refusee', motif };
}

/** Does P_MSG tell the same collectivité, post and budget as the file? */
export function accordeAuMessage(
  msg: string,
  entete: { readonly codCol: string; readonly idPost: string; readonly codBud: string },
): boolean {
  const { codCol, idPost, codBud } = MSG.exec(msg)?.groups ?? {};
  return codCol === entete.codCol && idPost === entete.idPost && codBud === entete.codBud;
}
