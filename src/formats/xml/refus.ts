/**
 * Why a file is not read: one row per reason, its code never reused. A refusal is a finding about somebody's
 * file, not an error of ours: it is returned, never thrown.
 */
export const REFUS = {
  vide: ['XML-001', 'Le fichier est vide.'],
  encodage: [
    'XML-002',
    'L’encodage « {valeur} » n’est pas admis : seuls UTF-8, US-ASCII, ISO-8859-1 et ISO-8859-15 le sont.',
  ],
  encodageContraire: ['XML-003', 'Le fichier commence par une marque UTF-8 mais se déclare en « {valeur} ».'],
  declaration: ['XML-004', 'La déclaration XML est mal formée.'],
  version: ['XML-005', 'La version « {valeur} » de XML n’est pas admise : seule la version 1.0 l’est.'],
  doctype: ['XML-006', 'Une déclaration DOCTYPE n’est pas admise.'],
  utf8: ['XML-007', 'L’octet 0x{valeur} ne forme pas un caractère UTF-8.'],
  caractere: ['XML-008', 'Le caractère {valeur} ne peut pas figurer dans un fichier XML.'],
  texteHorsRacine: ['XML-009', 'Du texte se trouve hors de l’élément racine.'],
  secondeRacine: ['XML-010', 'Un second élément racine « {valeur} » suit le premier.'],
  sansRacine: ['XML-011', 'Le fichier ne contient aucun élément.'],
  finInattendue: ['XML-012', 'Le fichier s’arrête trop tôt : {valeur}.'],
  nom: ['XML-013', '« {valeur} » n’est pas un nom XML.'],
  balise: ['XML-014', 'La balise « {valeur} » est mal formée.'],
  attribut: ['XML-015', 'Un attribut de la balise « {valeur} » est mal formé : {attendu}.'],
  inferieurAttribut: ['XML-016', 'Le caractère « < » ne peut pas figurer dans la valeur d’un attribut.'],
  attributDouble: ['XML-017', 'L’attribut « {valeur} » figure deux fois dans la même balise.'],
  idDouble: ['XML-018', 'L’identifiant « {valeur} » est porté par deux éléments.'],
  fermante: ['XML-019', 'La balise fermante ne répond pas à l’élément ouvert « {valeur} ».'],
  reference: ['XML-020', 'Une référence commençant par « & » est mal formée.'],
  entite: ['XML-021', 'L’entité « {valeur} » n’est pas définie.'],
  referenceInterdite: ['XML-022', 'La référence « {valeur} » désigne un caractère interdit en XML.'],
  crochets: ['XML-023', 'La suite « ]]> » ne peut pas figurer dans du texte.'],
  commentaire: ['XML-024', 'La suite « -- » ne peut pas figurer dans un commentaire.'],
  instruction: ['XML-025', 'L’instruction de traitement est mal formée, ou sa cible est réservée.'],
  declarationInconnue: ['XML-026', 'La déclaration commençant par « <! » n’est pas admise ici.'],
  prefixe: ['XML-027', 'Le préfixe « {valeur} » n’est lié à aucun espace de noms.'],
  espaceRelatif: ['XML-028', 'L’espace de noms « {valeur} » n’est pas une adresse absolue.'],
  espaceReserve: ['XML-029', 'La déclaration d’espace de noms « {valeur} » est interdite.'],
  xmlId: ['XML-030', 'L’attribut xml:id vaut « {valeur} », qui n’est pas un nom.'],
  blancsAvantDeclaration: [
    'XML-031',
    'Des blancs ou des lignes vides précèdent la déclaration XML : « <?xml » doit être le tout début du fichier.',
  ],
  limiteOctets: ['XML-040', 'Le fichier dépasse {valeur} octets.'],
  limiteProfondeur: ['XML-041', 'Les éléments sont imbriqués sur plus de {valeur} niveaux.'],
  limiteBalise: ['XML-042', 'Une balise, un commentaire ou une instruction dépasse {valeur} octets.'],
  limiteAttributs: ['XML-043', 'Une balise porte plus de {valeur} attributs.'],
  limiteNoms: ['XML-044', 'Le fichier emploie plus de {valeur} noms différents.'],
  limiteIds: ['XML-045', 'Le fichier porte plus de {valeur} identifiants.'],
  delai: ['XML-046', 'La lecture du fichier a dépassé le délai accordé.'],
} as const satisfies Readonly<Record<string, readonly [`XML-${string}`, string]>>;

export type CleRefus = keyof typeof REFUS;
/** Values to fill the places of a message. */
export type ValeursRefus = Readonly<Record<string, string | number>>;

/** What a refusal may quote of the file: long names and values are cut. */
const CITATION_MAX = 80;

function citer(valeur: string): string {
  const court = valeur.length > CITATION_MAX ? `${valeur.slice(0, CITATION_MAX)}…` : valeur;
  return court.replace(/\p{Cc}/gu, ' ');
}

/** @returns the French sentence of a refusal. */
export function messageRefus(cle: CleRefus, valeurs: ValeursRefus): string {
  return REFUS[cle][1].replace(/\{(\w+)\}/g, (place, nom: string) => {
    const valeur = valeurs[nom];
    return valeur === undefined ? place : citer(String(valeur));
  });
}
