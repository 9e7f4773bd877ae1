import { NS_DS } from '../espaces.ts';
import type { Cahier } from '../constats.ts';
import { lireProprietes, type ProprietesLues } from '../lecture-proprietes.ts';
import type { DemandeEmpreinte } from './empreintes.ts';
import { lireSignature, type ReferenceLue, type SignatureLue } from './lecture.ts';
import { EXIGENCES_BASE, lireNatures } from './natures.ts';
import type { ObjetReleve, ReleveBase, SignatureRelevee } from './releve.ts';

/**
 * What each reference of a signature designates, and the digest to make of it. Nothing is followed but what the
 * signature holds, what holds the signature, and the files given.
 */

export type Vise =
  | { readonly type: 'proprietes' }
  | { readonly type: 'keyinfo' }
  | { readonly type: 'objet'; readonly objet: ObjetReleve }
  | { readonly type: 'element' }
  | { readonly type: 'document' }
  | { readonly type: 'fichier'; readonly nom: string };

export interface Designation {
  readonly reference: ReferenceLue;
  readonly vise: Vise;
  /** null for a file. */
  readonly demande: DemandeEmpreinte | null;
}

/** A signature between the two passes. */
export interface Affaire {
  readonly relevee: SignatureRelevee;
  readonly lue: SignatureLue;
  readonly proprietes: ProprietesLues | null;
  /** MimeType by `Id` of the reference. */
  readonly natures: ReadonlyMap<string, string>;
  readonly designations: readonly Designation[];
  /** References that could not be followed. */
  readonly perdues: number;
  /** The canonical SignedInfo. */
  readonly info: DemandeEmpreinte | null;
  readonly cahier: Cahier;
}

/** Ids of the properties of each signature. */
export type Proprietaires = ReadonlyMap<string, SignatureRelevee>;

export interface Contexte {
  readonly releve: ReleveBase;
  readonly proprietaires: Proprietaires;
  /** Names of the files given. */
  readonly fournis: ReadonlySet<string>;
}

type Ebauche = Pick<Affaire, 'relevee' | 'lue' | 'proprietes' | 'cahier'>;

/** Why an `Id` designates nothing that may be signed here. */
function refuserCible({ releve, proprietaires }: Contexte, { relevee, cahier }: Ebauche, id: string): null {
  const proprietaire = proprietaires.get(id);
  if (proprietaire !== undefined && proprietaire !== relevee) cahier.noter('proprietesDAutrui', id);
  else if (releve.ids.has(id)) cahier.noter('cibleAilleurs', id);
  else if (releve.autresIds.has(id)) cahier.noter('cibleAutreAttribut', id);
  else cahier.noter('cibleAbsente', id);
  return null;
}

function viserElement(contexte: Contexte, ebauche: Ebauche, id: string): Vise | null {
  const { relevee, lue, proprietes } = ebauche;
  if (id === proprietes?.id) return { type: 'proprietes' };
  if (id === lue.keyInfo?.attributs.get('Id')) return { type: 'keyinfo' };
  const objet = relevee.objets.find((o) => o.id === id);
  if (objet !== undefined) return { type: 'objet', objet };
  return relevee.porteur?.id === id ? { type: 'element' } : refuserCible(contexte, ebauche, id);
}

function viser(contexte: Contexte, ebauche: Ebauche, { adresse }: ReferenceLue): Vise | null {
  if (adresse.type === 'fichier') return adresse;
  if (adresse.type === 'element') return viserElement(contexte, ebauche, adresse.id);
  if (ebauche.relevee.porteur?.profondeur === 1) return adresse;
  ebauche.cahier.noter('documentAilleurs');
  return null;
}

/** Whether the transforms asked are those of what is designated. */
function examinerTransformations(reference: ReferenceLue, vise: Vise, cahier: Cahier): boolean {
  const avant = cahier.constats.length;
  const { enveloppee, transformee, uri } = reference;
  if (vise.type === 'fichier') {
    if (transformee) cahier.noter('fichierTransforme', vise.nom);
  } else if (vise.type === 'element' || vise.type === 'document') {
    if (!enveloppee) cahier.noter('enveloppeeAbsente');
  } else if (enveloppee && vise.type === 'proprietes') {
    cahier.noter('enveloppeeSuperflue');
    return true;
  } else if (enveloppee) cahier.noter('enveloppeeDeplacee', uri);
  return cahier.constats.length === avant;
}

function examinerType({ type, uri }: ReferenceLue, vise: Vise, cahier: Cahier): void {
  if (vise.type === 'proprietes') {
    if (type === 'aucun') cahier.noter('typeAbsent');
    if (type === 'objet') cahier.noter('typeReference', uri);
  } else if (type === 'proprietes' || (type === 'objet' && vise.type !== 'objet')) {
    cahier.noter('typeReference', uri);
  }
}

function debutDe(vise: Vise, { relevee, lue, proprietes }: Ebauche): number | null {
  if (vise.type === 'proprietes') return proprietes?.debut ?? null;
  if (vise.type === 'keyinfo') return lue.keyInfo?.debut ?? null;
  if (vise.type === 'objet') return vise.objet.debut;
  return vise.type === 'element' ? (relevee.porteur?.debut ?? null) : null;
}

function demander(reference: ReferenceLue, vise: Vise, ebauche: Ebauche): DemandeEmpreinte | null {
  if (vise.type === 'fichier') return null;
  const { mode, hachage, enveloppee } = reference;
  const dehors = vise.type === 'element' || vise.type === 'document';
  return {
    debut: debutDe(vise, ebauche),
    mode,
    commentaires: false,
    sansSignature: dehors && enveloppee,
    hachage: hachage.node,
  };
}

const cleDe = (vise: Vise, { uri }: ReferenceLue): string =>
  vise.type === 'fichier' ? `fichier ${vise.nom}` : uri;

function designer(contexte: Contexte, ebauche: Ebauche): Designation[] {
  const { cahier, lue } = ebauche;
  const vues = new Set<string>();
  return lue.references.flatMap((reference) => {
    const vise = reference === null ? null : viser(contexte, ebauche, reference);
    if (reference === null || vise === null) return [];
    examinerType(reference, vise, cahier);
    if (!examinerTransformations(reference, vise, cahier)) return [];
    const cle = cleDe(vise, reference);
    if (vues.has(cle)) {
      if (vise.type === 'fichier') cahier.noter('fichierDouble', vise.nom);
      else cahier.noter('referenceDouble', reference.uri);
      return [];
    }
    vues.add(cle);
    return [{ reference, vise, demande: demander(reference, vise, ebauche) }];
  });
}

/** What stands in the signature, and where it stands. */
function examinerPlace({ relevee, cahier }: Ebauche, designations: readonly Designation[]): void {
  const { porteur, objets } = relevee;
  const dehors = designations.some(({ vise }) => vise.type === 'element' || vise.type === 'document');
  if (dehors && (porteur?.signatures ?? 0) > 1) cahier.noter('plusieurs', porteur?.signatures);
  if (dehors && relevee.suivie) cahier.noter('pasDerniere');
  if (relevee.imbriquee) cahier.noter('imbriquee');
  if (relevee.commentaires > 0) cahier.noter('commentaire');
  if (relevee.instructions > 0) cahier.noter('instruction');
  if (relevee.tropGrosse) cahier.noter('tropGrosse', '1 Mio ou 1 000 éléments');
  const references = new Set(designations.map(({ vise }) => (vise.type === 'objet' ? vise.objet : null)));
  for (const objet of objets) examinerObjet(objet, references.has(objet), cahier);
}

function examinerObjet(objet: ObjetReleve, reference: boolean, cahier: Cahier): void {
  const { contenus, texte, proprietes, ecarts, id } = objet;
  const [premier] = contenus;
  const reserve = contenus.find((c) => c.espace === NS_DS && c.nom !== 'Signature');
  if (reserve?.nom === 'Manifest') cahier.noter('manifeste');
  else if (reserve !== undefined) cahier.noter('objetEtranger', reserve.nom);
  if (proprietes && (premier !== undefined || texte)) cahier.noter('objetEtranger', premier?.nom ?? 'texte');
  if (proprietes && ecarts > 0) cahier.noter('commentaire');
  if ((premier !== undefined || texte) && !reference) {
    cahier.noter('objetNonReference', id ?? premier?.nom ?? 'texte');
  }
}

function examinerReferences({ lue, cahier }: Ebauche, designations: readonly Designation[]): void {
  const types = new Set(designations.map(({ vise }) => vise.type));
  if (!types.has('proprietes')) cahier.noter('proprietesNonReferencees');
  types.delete('proprietes');
  types.delete('keyinfo');
  if (types.size === 0 && !lue.references.includes(null)) cahier.noter('rienDeSigne');
}

/** Reads a signature and settles what to digest. */
export function instruire(relevee: SignatureRelevee, contexte: Contexte, cahier: Cahier): Affaire {
  const lue = lireSignature(relevee.racine, contexte.fournis, cahier);
  const proprietes = lue.proprietes === null ? null : lireProprietes(lue.proprietes, cahier, EXIGENCES_BASE);
  if (proprietes !== null && proprietes.version !== '1.3.2') cahier.noter('versionBase', proprietes.version);
  const ebauche: Ebauche = { relevee, lue, proprietes, cahier };
  const designations = designer(contexte, ebauche);
  examinerPlace(ebauche, designations);
  examinerReferences(ebauche, designations);
  const natures =
    lue.proprietes === null ? new Map<string, string>() : lireNatures(lue.proprietes, lue, cahier);
  const { signedInfo, c14n } = lue;
  const info: DemandeEmpreinte | null =
    signedInfo === null || c14n === null
      ? null
      : { debut: signedInfo, ...c14n, sansSignature: false, hachage: null };
  const perdues = lue.references.length - designations.length;
  return { ...ebauche, natures, designations, perdues, info };
}
