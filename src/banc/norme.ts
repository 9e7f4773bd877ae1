import type { Noeud } from '../formats/xml/ecrire.ts';
import type { ElementXml } from '../formats/xml/lire.ts';

/**
 * The norm as the ministry reads it. Written apart from `protocoles/actes` on purpose: an error there must not be
 * excused by the same error here.
 */

export const ESPACE = 'http://www.interieur.gouv.fr/ACTES#v1.1-20040216';
const ESPACE_INSEE = 'http://xml.insee.fr/schema';

/** `<TRI>-<APPLI>--<SIREN>--<YYYYMMDD>-<n>.tar.gz`: n from 1 to 9999, never padded. */
export const NOM_ARCHIVE =
  /^(?<tri>[A-Z]{3})-(?<appli>[A-Z]{4})--(?<siren>[0-9]{9})--(?<date>[0-9]{8})-(?<n>[1-9][0-9]{0,3})\.tar\.gz$/;

/** `<dept>-<SIREN>-<YYYYMMDD>-<NumeroInterne>-<NAT>-<t>-<m>_<n>.xml`: what a collectivité sends about an acte. */
export const NOM_MESSAGE =
  /^(?<id>(?<dep>[09][0-9][0-9AB])-(?<siren>[0-9]{9})-(?<date>[0-9]{8})-(?<numero>[A-Z0-9]([A-Z0-9_]{0,13}[A-Z0-9])?)-(?<nat>[A-Z]{2}))-(?<code>1-1|2-2|3-[234]|4-[234]|6-1)_[0-9]+\.xml$/;

/** `<dept>-<SIREN>----7-1_<n>.xml`: date, number and nature are empty. */
export const NOM_DEMANDE = /^(?<dep>[09][0-9][0-9AB])-(?<siren>[0-9]{9})----(?<code>7-1)_[0-9]+\.xml$/;

/** `<TYPE>-<IDActe>-<t>-<m>_<k>.<ext>`: five characters of typologie. */
export const NOM_DOCUMENT =
  /^[A-Z0-9_]{5}-(?<id>.+)-(?<code>[1-4]-[1-4])_(?<rang>[1-9][0-9]*)\.(?<ext>pdf|xml|jpg|png)$/;

/** Abbreviations of the national natures (classification, `TypeAbrege`). */
export const ABREGES: Readonly<Record<string, string>> = {
  '1': 'DE',
  '2': 'AR',
  '3': 'AI',
  '4': 'CC',
  '5': 'BF',
  '6': 'AU',
};

/** Attribute of the ACTES namespace; empty when absent. */
export function attribut(element: ElementXml | undefined, nom: string): string {
  return element?.attributs.get(`{${ESPACE}}${nom}`) ?? '';
}

export function siren(element: ElementXml | undefined): string {
  return (element?.attributs.get(`{${ESPACE_INSEE}}SIREN`) ?? '').trim();
}

export function enfant(element: ElementXml | undefined, nom: string): ElementXml | undefined {
  return element?.enfants.find((e) => e.nom === nom && e.espace === ESPACE);
}

export function enfants(element: ElementXml | undefined, nom: string): readonly ElementXml[] {
  return element?.enfants.filter((e) => e.nom === nom && e.espace === ESPACE) ?? [];
}

export function texte(element: ElementXml | undefined): string {
  return (element?.texte ?? '').trim();
}

/** `2026-01-15` → `20260115`. */
export function compact(jour: string): string {
  return jour.replaceAll('-', '');
}

/** Root of a message of the State, with the prefixes and the location that real ones carry. */
export function racine(nom: string, suite: Omit<Noeud, 'nom'>): Noeud {
  return {
    ...suite,
    nom: `actes:${nom}`,
    attributs: {
      'xmlns:actes': ESPACE,
      'xmlns:insee': ESPACE_INSEE,
      'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
      'xsi:schemaLocation': `${ESPACE} actesv1_1.xsd`,
      ...suite.attributs,
    },
  };
}

const PREFIXES: ReadonlyMap<string, string> = new Map([
  [ESPACE, 'actes'],
  [ESPACE_INSEE, 'insee'],
]);

function qualifie(espace: string, nom: string): string | undefined {
  const prefixe = PREFIXES.get(espace);
  return prefixe === undefined ? undefined : `${prefixe}:${nom}`;
}

/** Copy of what was received, under another name; what belongs to foreign namespaces (signatures) is left out. */
export function recopier(source: ElementXml, nom: string): Noeud {
  const attributs: Record<string, string> = {};
  for (const [cle, valeur] of source.attributs) {
    const [, espace = '', local = ''] = /^\{(.*)\}(.*)$/.exec(cle) ?? [];
    const complet = qualifie(espace, local);
    if (complet !== undefined) attributs[complet] = valeur;
  }
  const internes = source.enfants.filter((e) => e.espace === ESPACE && e.nom !== 'Signature');
  return {
    nom: `actes:${nom}`,
    attributs,
    enfants: internes.map((e) => recopier(e, e.nom)),
    ...(internes.length === 0 ? { texte: source.texte } : {}),
  };
}
