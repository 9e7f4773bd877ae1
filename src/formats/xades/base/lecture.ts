import {
  type AlgorithmeXml,
  ENVELOPPEE,
  EXC_C14N,
  EXC_C14N_COMMENTAIRES,
  type Hachage,
  signatureDe,
} from '../algorithmes.ts';
import { descendre, enfants, type Noeud } from '../arbre.ts';
import type { Cahier } from '../constats.ts';
import { NS_DS } from '../espaces.ts';
import {
  algorithmeDe,
  examinerParties,
  examinerSignedInfo,
  INTERDITES,
  lireEmpreinte,
  lireHachage,
  lireValeur,
  trouverProprietes,
} from '../lecture-signature.ts';
import { type Adresse, lireAdresse } from './adresses.ts';

/** From the tree of a ds:Signature to its parts, each deviation from baseline B noted (EN 319 132-1 § 6.3). */

const C14N = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const C14N_11 = 'http://www.w3.org/2006/12/xml-c14n11';
/** References that one signature may have: its tree has no room for more. */
export const REFERENCES_MAX = 100;
const TYPE_OBJET = `${NS_DS}Object`;
const TYPE_MANIFESTE = `${NS_DS}Manifest`;
/** The Type of the reference to the signed properties, with the version of some, without it since 2006. */
const TYPE_PROPRIETES = /^http:\/\/uri\.etsi\.org\/01903(?:\/v1\.3\.2)?#SignedProperties$/;

export interface FormeCanonique {
  readonly mode: 'exclusive' | 'inclusive';
  readonly commentaires: boolean;
}

/** Those that are read: exclusive 1.0 and inclusive 1.0. */
const FORMES: ReadonlyMap<string, FormeCanonique> = new Map([
  [EXC_C14N, { mode: 'exclusive', commentaires: false }],
  [EXC_C14N_COMMENTAIRES, { mode: 'exclusive', commentaires: true }],
  [C14N, { mode: 'inclusive', commentaires: false }],
  [`${C14N}#WithComments`, { mode: 'inclusive', commentaires: true }],
]);

/** What is digested when no canonical form is asked of an element (XML-Signature § 4.4.3.2). */
const FORME_TACITE: FormeCanonique = { mode: 'inclusive', commentaires: false };

export interface ReferenceLue {
  /** Its own `Id`, which DataObjectFormat points at. */
  readonly id: string | null;
  /** As written. */
  readonly uri: string;
  readonly type: 'proprietes' | 'objet' | 'aucun';
  readonly adresse: Exclude<Adresse, { type: 'refusee' }>;
  readonly enveloppee: boolean;
  /** Some transform is asked, whichever. */
  readonly transformee: boolean;
  /** A reference within the document never keeps comments (XML-Signature § 4.4.3.3). */
  readonly mode: FormeCanonique['mode'];
  readonly hachage: Hachage;
  readonly empreinte: Uint8Array;
}

export interface SignatureLue {
  readonly id: string | null;
  /** Place of the SignedInfo, null when there is not exactly one. */
  readonly signedInfo: number | null;
  /** null when it is not admitted. */
  readonly c14n: FormeCanonique | null;
  readonly algorithme: AlgorithmeXml | null;
  /** null for one that cannot be followed. */
  readonly references: readonly (ReferenceLue | null)[];
  /** `Id` of the references, followed or not. */
  readonly idsReferences: ReadonlySet<string>;
  readonly valeur: Uint8Array | null;
  readonly keyInfo: Noeud | undefined;
  readonly proprietes: Noeud | null;
}

function lireForme(uri: string, cahier: Cahier): FormeCanonique | null {
  const forme = FORMES.get(uri) ?? null;
  if (forme === null) cahier.noter(uri.startsWith(C14N_11) ? 'c14n11' : 'c14nInconnue', uri);
  return forme;
}

function lireMethode(si: Noeud, cahier: Cahier): AlgorithmeXml | null {
  const uri = algorithmeDe(descendre(si, NS_DS, 'SignatureMethod'), cahier);
  const algorithme = signatureDe(uri);
  if (/#hmac-/.test(uri)) cahier.noter('hmac');
  else if (algorithme === null) cahier.noter('methode', uri);
  else if (algorithme.hachage.obsolete) cahier.noter('methodeObsolete', algorithme.nom);
  return algorithme;
}

type Transformations = Pick<ReferenceLue, 'enveloppee' | 'transformee' | 'mode'>;

/** One transform, read: `enveloped-signature`, a canonical form, or null when it may not be followed. */
function lireTransformation(noeud: Noeud, cahier: Cahier): 'enveloppee' | FormeCanonique | null {
  const uri = noeud.attributs.get('Algorithm') ?? '';
  const interdite = INTERDITES.find(([motif]) => motif.test(uri));
  if (interdite !== undefined) {
    cahier.noter(interdite[1]);
    return null;
  }
  const avant = cahier.constats.length;
  algorithmeDe(noeud, cahier);
  const autre = noeud.nom !== 'Transform' || noeud.espace !== NS_DS;
  if (autre) cahier.noter('inattendu', noeud.nom);
  if (cahier.constats.length > avant) return null;
  if (uri === ENVELOPPEE) return 'enveloppee';
  const forme = FORMES.get(uri);
  if (forme !== undefined) return forme;
  cahier.noter(uri.startsWith(C14N_11) ? 'c14n11' : 'transformation', uri);
  return null;
}

/** [enveloped-signature] then at most one canonical form; null, and why, for anything else. */
function lireTransformations(noeud: Noeud, cahier: Cahier): Transformations | null {
  const porteurs = enfants(noeud, NS_DS, 'Transforms');
  const lues = porteurs.flatMap((p) => p.enfants).map((t) => lireTransformation(t, cahier));
  if (porteurs.length > 1) cahier.noter('inattendu', 'second Transforms');
  if (porteurs.length > 1 || lues.includes(null)) return null;
  const enveloppee = lues[0] === 'enveloppee';
  const formes = lues.slice(enveloppee ? 1 : 0);
  const [forme] = formes;
  if (formes.length > 1 || forme === 'enveloppee') {
    cahier.noter('transformationsAbsentes', `${lues.length} transformations`);
    return null;
  }
  const { mode } = forme ?? FORME_TACITE;
  return { enveloppee, transformee: lues.length > 0, mode };
}

function lireType(type: string | undefined, cahier: Cahier): ReferenceLue['type'] {
  if (type === undefined || type === '') return 'aucun';
  if (TYPE_PROPRIETES.test(type)) return 'proprietes';
  if (type === TYPE_OBJET) return 'objet';
  if (type === TYPE_MANIFESTE) cahier.noter('manifeste');
  else cahier.noter('typeReference', type);
  return 'aucun';
}

const DANS_REFERENCE: ReadonlySet<string> = new Set(['Transforms', 'DigestMethod', 'DigestValue']);

function lireReference(noeud: Noeud, fournis: ReadonlySet<string>, cahier: Cahier): ReferenceLue | null {
  const inconnu = noeud.enfants.find((e) => e.espace !== NS_DS || !DANS_REFERENCE.has(e.nom));
  if (inconnu !== undefined) cahier.noter('inattendu', inconnu.nom);
  const type = lireType(noeud.attributs.get('Type'), cahier);
  const uri = noeud.attributs.get('URI');
  const adresse = lireAdresse(uri, fournis);
  if (adresse.type === 'refusee') cahier.noter(adresse.cle, uri);
  const transformations = lireTransformations(noeud, cahier);
  const methodes = enfants(noeud, NS_DS, 'DigestMethod');
  const valeurs = enfants(noeud, NS_DS, 'DigestValue');
  if (methodes.length !== 1 || valeurs.length !== 1) cahier.noter('inattendu', 'DigestMethod ou DigestValue');
  const hachage = lireHachage(methodes[0], cahier);
  const empreinte = lireEmpreinte(valeurs, hachage, cahier);
  if (adresse.type === 'refusee' || transformations === null) return null;
  if (hachage === null || empreinte === null) return null;
  const id = noeud.attributs.get('Id') ?? null;
  return { id, uri: uri ?? '', type, adresse, ...transformations, hachage, empreinte };
}

/** @param fournis names of the files given with the signature. */
export function lireSignature(racine: Noeud, fournis: ReadonlySet<string>, cahier: Cahier): SignatureLue {
  examinerParties(racine, cahier);
  const id = racine.attributs.get('Id') ?? null;
  if (id === null) cahier.noter('sansId');
  const infos = enfants(racine, NS_DS, 'SignedInfo');
  if (infos.length !== 1) cahier.noter(infos.length === 0 ? 'signedInfoAbsent' : 'signedInfoDouble');
  const si = infos.length === 1 ? infos[0] : undefined;
  if (si !== undefined) examinerSignedInfo(si, cahier);
  const c14n = algorithmeDe(descendre(si, NS_DS, 'CanonicalizationMethod'), cahier);
  const references = enfants(si, NS_DS, 'Reference');
  if (references.length > REFERENCES_MAX) cahier.noter('referencesTrop', REFERENCES_MAX);
  const proprietes = trouverProprietes(racine, cahier);
  const cible = proprietes?.attributs.get('Target') ?? '';
  if (proprietes !== null && cible !== `#${id ?? ''}`) cahier.noter('cibleProprietes', cible);
  return {
    id,
    signedInfo: si?.debut ?? null,
    c14n: si === undefined ? null : lireForme(c14n, cahier),
    algorithme: si === undefined ? null : lireMethode(si, cahier),
    references: references.slice(0, REFERENCES_MAX).map((r) => lireReference(r, fournis, cahier)),
    idsReferences: new Set(references.flatMap((r) => r.attributs.get('Id') ?? [])),
    valeur: lireValeur(racine, cahier),
    keyInfo: enfants(racine, NS_DS, 'KeyInfo')[0],
    proprietes,
  };
}
