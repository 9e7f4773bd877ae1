import type { IdentitePes, Metadonnees } from '../../ports/passerelle.ts';

/** Between the fields of a Passtrans SFTP name: `P_DEST%%P_APPLI%%P_MSG%%<sha1>`. */
const SEPARATEUR = '%%';
/** Strict in what we send: none of these can end a command, a field or a name, whatever the protocol. */
const CHAMP = /^[A-Za-z0-9#_.-]{1,100}$/;
const NOM = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$/;
/** Longest name of the usual file systems, bytes. */
const LONGUEUR_MAX = 255;
const PLACE = '{nom}';

export interface Nommage {
  /** Do the metadata travel in the name (Passtrans SFTP)? */
  readonly dansLeNom: boolean;
  readonly provisoire: string;
}

export type NomsEnvoi =
  | { readonly type: 'nomme'; readonly final: string; readonly provisoire: string | null }
  /** `detail`: French. */
  | { readonly type: 'refuse'; readonly detail: string };

/** Names of a PES at the peer: the same for the same identity, so that a repeat is recognised. */
export function nommer(identite: IdentitePes, nommage: Nommage): NomsEnvoi {
  const faute = fauteDe(identite);
  if (faute !== null) return { type: 'refuse', detail: faute };
  const { nomDistant, metadonnees: m } = identite;
  const final = nommage.dansLeNom ? [m.dest, m.appli, m.msg, nomDistant].join(SEPARATEUR) : nomDistant;
  const provisoire = nommage.provisoire === '' ? null : nommage.provisoire.replaceAll(PLACE, final);
  const longueur = Buffer.byteLength(provisoire ?? final);
  if (longueur > LONGUEUR_MAX) return { type: 'refuse', detail: `nom de ${longueur} octets` };
  return { type: 'nomme', final, provisoire };
}

function fauteDe({ nomDistant, metadonnees, taille }: IdentitePes): string | null {
  if (taille <= 0) return 'le fichier est vide';
  if (!NOM.test(nomDistant)) return 'le nom distant contient un caractère non admis';
  const champs = { dest: 'P_DEST', appli: 'P_APPLI', msg: 'P_MSG' } as const satisfies Record<
    keyof Metadonnees,
    string
  >;
  for (const [cle, nom] of Object.entries(champs)) {
    const valeur = metadonnees[cle as keyof Metadonnees];
    if (valeur === '') return `${nom} est vide`;
    if (!CHAMP.test(valeur)) return `${nom} contient un caractère non admis`;
  }
  return null;
}

/** What is wrong with the setting of the temporary name, or null. */
export function fauteProvisoire(provisoire: string): string | null {
  if (provisoire === '') return null;
  const bon = provisoire.includes(PLACE) && provisoire !== PLACE && /^[A-Za-z0-9_.{}-]+$/.test(provisoire);
  return bon ? null : `le nom provisoire « ${provisoire} » doit contenir ${PLACE} et autre chose`;
}

/** Recognises the temporary names of ours in a listing. */
export function estProvisoire(nom: string, provisoire: string): boolean {
  if (provisoire === '') return false;
  const [avant = '', apres = ''] = provisoire.split(PLACE);
  return nom.length > avant.length + apres.length && nom.startsWith(avant) && nom.endsWith(apres);
}
