/** Tables of PES v2: namespaces, domains, refusals of an acquittement. Facts only. */

const PES = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/';

/** Namespaces of what is deposited (schemas 5.11 to 5.17). What the State sends is told by its root alone. */
export const ESPACES = { aller: `${PES}Rev0/aller`, acquitRetour: `${PES}Rev0/aller/ack` } as const;

/** Roots of what is deposited. */
export const RACINES_DEPOSEES = [
  { espace: ESPACES.aller, nom: 'PES_Aller' },
  { espace: ESPACES.acquitRetour, nom: 'PES_ACQUIT_RETOUR' },
] as const;

/** The namespace that a PES_ACQUIT has since its second form; the first one shares that of PES_Retour. */
export const ESPACE_ACQUIT_V2 = `${PES}Rev0/retour/v2`;

export const ESPACE_SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#';

/** What an answer of an acquittement is about (DomaineAck). */
export const DOMAINES_ACK: ReadonlyMap<string, string> = new Map([
  ['0', 'technique'],
  ['1', 'signature technique'],
  ['2', 'signature du fichier'],
  ['3', 'signature d’un bordereau'],
  ['4', 'pièce justificative'],
  ['5', 'dépense'],
  ['6', 'recette'],
  ['7', 'rôle'],
  ['8', 'budget'],
  ['9', 'état de l’actif'],
  ['10', 'état du passif'],
  ['11', 'marché'],
  ['12', 'facture'],
  ['99', 'paramétrage'],
]);

/** The domain of attached pieces, in DOMAINES_ACK. */
export const DOMAINE_PJ = '4';

/**
 * What a refusal calls for.
 * - `doublon`: the State already holds it, an earlier sending succeeded;
 * - `passager`: its own trouble, the same content may be sent again;
 * - `a_corriger`: another file is needed.
 */
export type SensRefus = 'doublon' | 'passager' | 'a_corriger';

export interface Refus {
  readonly libelle: string;
  readonly sens: SensRefus;
}

const aCorriger = (libelle: string): Refus => ({ libelle, sens: 'a_corriger' });
const doublon = (libelle: string): Refus => ({ libelle, sens: 'doublon' });
const passager = (libelle: string): Refus => ({ libelle, sens: 'passager' });

/** The closed list of NumAnoAck (schemas 5.11 to 5.30). The words are ours; the State adds its own in LibelleAnoAck. */
export const REFUS_ACK: ReadonlyMap<string, Refus> = new Map([
  ['ERREUR_CONNECTION_IMPOSSIBLE_A_LA_BASE', passager('La base d’Hélios n’a pas pu être jointe')],
  ['ERREUR_TIMEOUT', passager('Hélios n’a pas traité le fichier à temps')],
  ['ERREUR_DOUBLON_BORDEREAU', doublon('Hélios détient déjà ce bordereau')],
  ['ERREUR_DOUBLON_PIECE', doublon('Hélios détient déjà cette pièce comptable')],
  ['ERREUR_DOUBLON_LIGNE', doublon('Hélios détient déjà cette ligne')],
  ['ERREUR_DOUBLON_PJ', doublon('Hélios détient déjà une pièce justificative de cet identifiant')],
  ['ERREUR_ENCODING', aCorriger('L’encodage du fichier n’est pas admis')],
  ['ERREUR_FLUX_VIDE', aCorriger('Le fichier ne contient rien')],
  ['ERREUR_SCHEMA_INCOMPLET', aCorriger('Le fichier ne suit pas le schéma du PES')],
  ['ERREUR_CODIFICATION', aCorriger('Une valeur n’est pas dans la nomenclature')],
  ['ERREUR_CODIQUE', aCorriger('Le codique du poste comptable (IdPost) est inconnu')],
  ['ERREUR_SIRET', aCorriger('Le SIRET (IdColl) n’est pas celui du budget')],
  [
    'ERREUR_CODE_COLLECTIVITE_BUDGET',
    aCorriger('Le budget (CodCol, CodBud) est inconnu, inactif ou dissous'),
  ],
  ['ERREUR_VERSION_PES', aCorriger('La version du PES n’est pas admise')],
  ['ERREUR_VERSION_PJ', aCorriger('La version du bloc des pièces justificatives n’est pas admise')],
  ['ERREUR_SIGNATURE_INVALIDE', aCorriger('La signature du fichier est fausse')],
  ['ERREUR_SIGNATURE_ILLISIBLE', aCorriger('La signature du fichier est illisible')],
  ['ERREUR_SIGNATURE_INCOMPLETE', aCorriger('La signature du fichier est incomplète')],
  ['ERREUR_SIGNATURE_BORDEREAU_INVALIDE', aCorriger('La signature d’un bordereau est fausse')],
  ['ERREUR_SIGNATURE_BORDEREAU_ILLISIBLE', aCorriger('La signature d’un bordereau est illisible')],
  ['ERREUR_SIGNATURE_BORDEREAU_INCOMPLETE', aCorriger('La signature d’un bordereau est incomplète')],
  ['ERREUR_SIGNATURE_EXTERNE', aCorriger('Une signature jointe à part n’est pas admise')],
  ['ERREUR_CERTIFICAT', aCorriger('Le certificat du signataire n’est pas admis')],
  ['ERREUR_PES_PARAM', aCorriger('Le budget n’est pas réglé pour ce PES')],
  ['ERREUR_PES_SIGNATURE', aCorriger('Le fichier est annoncé dématérialisé sans être signé')],
  ['ERREUR_PES_PARAM_SIGNATURE', aCorriger('La signature ne correspond pas à ce qui est annoncé')],
  ['ERREUR_TAILLE_BORDEREAUX', aCorriger('Un bordereau est trop gros')],
  ['ERREUR_TAILLE_PIECE', aCorriger('Une pièce comptable est trop grosse')],
  ['ERREUR_TAILLE_LIGNE', aCorriger('Une ligne est trop grosse')],
  ['ERREUR_PJ_SIGNEE', aCorriger('Une pièce justificative signée n’est pas admise')],
  ['ERREUR_PJ', aCorriger('Une pièce justificative est refusée')],
  ['ERREUR_MONTANT_TVA_ZERO_NEGATIF', aCorriger('Un montant de TVA est nul ou négatif')],
  ['ERREUR_CUMUL_MONTANTS', aCorriger('Le montant cumulé de l’exercice est faux')],
  ['ERREUR_AUTRE', aCorriger('Refus d’un autre motif')],
]);

/** Numbers that begin the words of the State and say more than its code. No list of them is published. */
const NUMEROS_DOUBLON: ReadonlySet<string> = new Set(['1984']);

/** `1971 - Compte fonction présent à tort` → `1971`. */
export function numeroDuLibelle(libelle: string | null): string | null {
  return /^\s*([0-9]{3,5})\s*-/.exec(libelle ?? '')?.[1] ?? null;
}

/** @returns what a refusal means; an unknown code asks for a correction, as most do. */
export function refusDe(code: string | null, libelle: string | null): Refus {
  const connu = code === null ? undefined : REFUS_ACK.get(code);
  const numero = numeroDuLibelle(libelle);
  if (numero !== null && NUMEROS_DOUBLON.has(numero)) {
    return { libelle: connu?.libelle ?? 'Hélios le détient déjà', sens: 'doublon' };
  }
  return connu ?? aCorriger(code === null ? 'Refus sans code' : 'Refus d’un code inconnu de ce programme');
}
