import { descendre, enfants, type Noeud } from './arbre.ts';
import {
  C14N_INCLUSIVES,
  type AlgorithmeXml,
  ENVELOPPEE,
  EXC_C14N,
  EXC_C14N_COMMENTAIRES,
  type Hachage,
  hachageDe,
  signatureDe,
} from './algorithmes.ts';
import { lireBase64 } from './base64.ts';
import type { Cahier } from './constats.ts';
import { NS_DS, versionXades } from './espaces.ts';

/** From the tree of a ds:Signature to its parts (XML-Signature §4), each deviation from the profile noted. */

export interface ReferenceLue {
  /** Without the `#`. */
  readonly id: string;
  readonly transformations: readonly string[];
  readonly hachage: Hachage;
  readonly empreinte: Uint8Array;
}

export interface SignatureLue {
  readonly id: string | null;
  /** Place of the SignedInfo, null when there is not exactly one. */
  readonly signedInfo: number | null;
  readonly c14nAdmise: boolean;
  readonly algorithme: AlgorithmeXml | null;
  /** null for one that cannot be followed. */
  readonly references: readonly (ReferenceLue | null)[];
  readonly valeur: Uint8Array | null;
  readonly keyInfo: Noeud | undefined;
  readonly proprietes: Noeud | null;
}

const ORDRE = ['SignedInfo', 'SignatureValue', 'KeyInfo', 'Object'];

export function examinerParties(racine: Noeud, cahier: Cahier): void {
  let rang = 0;
  for (const enfant of racine.enfants) {
    const place = enfant.espace === NS_DS ? ORDRE.indexOf(enfant.nom) : -1;
    if (place < 0) cahier.noter('inattendu', enfant.nom);
    else if (place < rang) cahier.noter('ordre', enfant.nom);
    else rang = place;
  }
  if (enfants(racine, NS_DS, 'KeyInfo').length > 1) cahier.noter('inattendu', 'second KeyInfo');
  for (const noeud of [racine, ...racine.enfants.filter((e) => e.nom !== 'SignatureValue')]) {
    if (noeud.texte.trim() !== '') cahier.noter('texte', noeud.nom);
  }
  const etranger = [...racine.attributs.keys()].find((nom) => nom !== 'Id');
  if (etranger !== undefined) cahier.noter('attribut', etranger);
}

/** The address of an algorithm element without any parameter. */
export function algorithmeDe(noeud: Noeud | undefined, cahier: Cahier): string {
  if (noeud === undefined) return '';
  const uri = noeud.attributs.get('Algorithm') ?? '';
  const parametres = noeud.enfants.length > 0 || noeud.texte.trim() !== '' || noeud.attributs.size > 1;
  const liste = noeud.enfants.some((e) => e.nom === 'InclusiveNamespaces');
  if (liste) cahier.noter('prefixes');
  else if (parametres) cahier.noter('parametre', uri === '' ? noeud.nom : uri);
  return uri;
}

function lireMethodes(si: Noeud, cahier: Cahier): { c14n: boolean; algorithme: AlgorithmeXml | null } {
  const c14n = algorithmeDe(descendre(si, NS_DS, 'CanonicalizationMethod'), cahier);
  if (C14N_INCLUSIVES.includes(c14n)) cahier.noter('c14nInclusive', c14n);
  else if (c14n !== EXC_C14N && c14n !== EXC_C14N_COMMENTAIRES) cahier.noter('c14nInconnue', c14n);
  const uri = algorithmeDe(descendre(si, NS_DS, 'SignatureMethod'), cahier);
  const algorithme = signatureDe(uri);
  if (/#hmac-/.test(uri)) cahier.noter('hmac');
  else if (algorithme === null) cahier.noter('methode', uri);
  else if (algorithme.hachage.obsolete) cahier.noter('methodeObsolete', algorithme.nom);
  return { c14n: c14n === EXC_C14N || c14n === EXC_C14N_COMMENTAIRES, algorithme };
}

/** `#id` → `id`; null, and why, for anything else. */
function lireUri(uri: string | undefined, cahier: Cahier): string | null {
  if (uri === undefined) cahier.noter('uriAbsente');
  else if (uri === '') cahier.noter('uriVide');
  else if (!uri.startsWith('#')) cahier.noter('uriExterne', uri);
  else if (uri.includes('xpointer(') || uri === '#') cahier.noter('uriXpointer', uri);
  else return uri.slice(1);
  return null;
}

export const INTERDITES: readonly (readonly [RegExp, 'xslt' | 'xpath' | 'transformationBase64'])[] = [
  [/REC-xslt/i, 'xslt'],
  [/xpath|xmldsig-filter2/i, 'xpath'],
  [/#base64$/, 'transformationBase64'],
];

/** @returns the addresses, null when one of them may not be followed. */
function lireTransformations(noeud: Noeud, cahier: Cahier): readonly string[] | null {
  const porteurs = enfants(noeud, NS_DS, 'Transforms');
  const toutes = porteurs.flatMap((p) => p.enfants);
  let admises = porteurs.length <= 1;
  const uris = toutes.map((t) => {
    const uri = t.attributs.get('Algorithm') ?? '';
    const interdite = INTERDITES.find(([motif]) => motif.test(uri));
    if (interdite !== undefined) cahier.noter(interdite[1]);
    else if (C14N_INCLUSIVES.includes(uri)) cahier.noter('c14nInclusive', uri);
    else if (![EXC_C14N, EXC_C14N_COMMENTAIRES, ENVELOPPEE].includes(uri))
      cahier.noter('transformation', uri);
    else {
      const avant = cahier.constats.length;
      algorithmeDe(t, cahier);
      if (cahier.constats.length === avant && t.nom === 'Transform' && t.espace === NS_DS) return uri;
    }
    admises = false;
    return uri;
  });
  return admises ? uris : null;
}

function lireReference(noeud: Noeud, cahier: Cahier): ReferenceLue | null {
  const inconnu = noeud.enfants.find(
    (e) => e.espace !== NS_DS || !['Transforms', 'DigestMethod', 'DigestValue'].includes(e.nom),
  );
  if (inconnu !== undefined) cahier.noter('inattendu', inconnu.nom);
  const type = noeud.attributs.get('Type');
  const espaceType =
    type?.endsWith('SignedProperties') === true ? type.slice(0, -'SignedProperties'.length) : '';
  if (type !== undefined && type !== '' && versionXades(espaceType) === null) {
    cahier.noter('typeReference', type);
  }
  const id = lireUri(noeud.attributs.get('URI'), cahier);
  const transformations = lireTransformations(noeud, cahier);
  const methodes = enfants(noeud, NS_DS, 'DigestMethod');
  const valeurs = enfants(noeud, NS_DS, 'DigestValue');
  if (methodes.length !== 1 || valeurs.length !== 1) cahier.noter('inattendu', 'DigestMethod ou DigestValue');
  const hachage = lireHachage(methodes[0], cahier);
  const empreinte = lireEmpreinte(valeurs, hachage, cahier);
  if (id === null || transformations === null || hachage === null || empreinte === null) return null;
  return { id, transformations, hachage, empreinte };
}

export function lireHachage(methode: Noeud | undefined, cahier: Cahier): Hachage | null {
  const uri = algorithmeDe(methode, cahier);
  const hachage = hachageDe(uri);
  if (hachage === null) cahier.noter('empreinteMethode', uri);
  else if (hachage.obsolete) cahier.noter('empreinteObsolete', hachage.nom);
  return hachage;
}

export function lireEmpreinte(
  valeurs: readonly Noeud[],
  hachage: Hachage | null,
  cahier: Cahier,
): Uint8Array | null {
  const [valeur] = valeurs;
  if (valeur === undefined || valeurs.length > 1) return null;
  const octets = valeur.enfants.length > 0 ? null : lireBase64(valeur.texte);
  if (octets === null) cahier.noter('empreinteIllisible');
  else if (hachage !== null && octets.length !== hachage.taille) {
    cahier.noter('empreinteLongueur', `${octets.length} octets au lieu de ${hachage.taille}`);
    return null;
  }
  return octets;
}

const DANS_SIGNEDINFO = ['CanonicalizationMethod', 'SignatureMethod', 'Reference'];

export function examinerSignedInfo(si: Noeud, cahier: Cahier): void {
  const noms = si.enfants.map((e) => (e.espace === NS_DS ? e.nom : `{${e.espace}}${e.nom}`));
  const etranger = noms.find((nom) => !DANS_SIGNEDINFO.includes(nom));
  if (etranger !== undefined) cahier.noter('inattendu', etranger);
  const places = noms.map((nom) => DANS_SIGNEDINFO.indexOf(nom)).filter((p) => p >= 0);
  const juste = places[0] === 0 && places[1] === 1 && places.slice(2).every((p) => p === 2);
  if (!juste) cahier.noter('ordre', 'SignedInfo');
}

export function lireValeur(racine: Noeud, cahier: Cahier): Uint8Array | null {
  const valeurs = enfants(racine, NS_DS, 'SignatureValue');
  if (valeurs.length !== 1) {
    cahier.noter(valeurs.length === 0 ? 'valeurAbsente' : 'valeurDouble');
    return null;
  }
  const octets = (valeurs[0]?.enfants.length ?? 0) > 0 ? null : lireBase64(valeurs[0]?.texte ?? '');
  if (octets === null || octets.length === 0) cahier.noter('valeurIllisible');
  return octets;
}

/** The one QualifyingProperties; ds:Object carries nothing else. */
export function trouverProprietes(racine: Noeud, cahier: Cahier): Noeud | null {
  const contenus = enfants(racine, NS_DS, 'Object').flatMap((o) => o.enfants);
  const etranger = contenus.find((e) => e.nom !== 'QualifyingProperties' || versionXades(e.espace) === null);
  if (etranger !== undefined) cahier.noter('objetEtranger', etranger.nom);
  const trouvees = contenus.filter(
    (e) => e.nom === 'QualifyingProperties' && versionXades(e.espace) !== null,
  );
  if (trouvees.length === 0) cahier.noter('proprietesAbsentes');
  if (trouvees.length > 1) cahier.noter('proprietesDoubles');
  return trouvees.length === 1 ? (trouvees[0] ?? null) : null;
}

export function lireSignature(racine: Noeud, cahier: Cahier): SignatureLue {
  examinerParties(racine, cahier);
  const id = racine.attributs.get('Id') ?? null;
  if (id === null) cahier.noter('sansId');
  const infos = enfants(racine, NS_DS, 'SignedInfo');
  if (infos.length !== 1) cahier.noter(infos.length === 0 ? 'signedInfoAbsent' : 'signedInfoDouble');
  const si = infos.length === 1 ? infos[0] : undefined;
  if (si !== undefined) examinerSignedInfo(si, cahier);
  const methodes = si === undefined ? { c14n: false, algorithme: null } : lireMethodes(si, cahier);
  const references = enfants(si, NS_DS, 'Reference');
  if (si !== undefined && references.length !== 2) cahier.noter('nombreReferences', references.length);
  const proprietes = trouverProprietes(racine, cahier);
  const cible = proprietes?.attributs.get('Target') ?? '';
  if (proprietes !== null && cible.replace(/^#/, '') !== id) cahier.noter('cibleProprietes', cible);
  return {
    id,
    signedInfo: si?.debut ?? null,
    c14nAdmise: methodes.c14n,
    algorithme: methodes.algorithme,
    references: references.slice(0, 10).map((r) => lireReference(r, cahier)),
    valeur: lireValeur(racine, cahier),
    keyInfo: enfants(racine, NS_DS, 'KeyInfo')[0],
    proprietes,
  };
}
