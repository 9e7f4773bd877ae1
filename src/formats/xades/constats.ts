import { CONSTATS_BASE } from './constats-base.ts';
import { CONSTATS_CERTIFICATS } from './constats-certificats.ts';
import { ALTERE, FORGE, INFORMER, LOGICIEL, RECENT } from './remedes.ts';

/**
 * What a verification finds, one row per reason, codes never reused. `refus`: the signature is worth nothing here.
 * `obsolete`: sound, with means that no longer protect. `reserve`: worth knowing. `{valeur}` is what was seen.
 */

export const CONSTATS = {
  malPlacee: [
    'XDS-001',
    'refus',
    'La signature est placée dans « {valeur} », que ce fichier ne fait pas signer.',
    FORGE,
  ],
  pasDerniere: [
    'XDS-002',
    'reserve',
    'La signature n’est pas le dernier élément de ce qu’elle signe.',
    INFORMER,
  ],
  plusieurs: ['XDS-003', 'refus', 'L’élément porte {valeur} signatures au lieu d’une seule.', FORGE],
  imbriquee: ['XDS-004', 'refus', 'Une signature est placée à l’intérieur d’une autre.', FORGE],
  mixte: [
    'XDS-005',
    'reserve',
    'Le fichier est signé à la fois en entier et par bordereau ; la politique veut l’un ou l’autre.',
    INFORMER,
  ],
  commentaire: ['XDS-006', 'refus', 'Un commentaire se trouve à l’intérieur de la signature.', FORGE],
  instruction: [
    'XDS-007',
    'refus',
    'Une instruction de traitement se trouve à l’intérieur de la signature.',
    FORGE,
  ],
  tropGrosse: ['XDS-008', 'refus', 'La signature dépasse {valeur}.', LOGICIEL],
  inattendu: ['XDS-009', 'refus', 'La signature contient un élément inattendu « {valeur} ».', LOGICIEL],
  ordre: [
    'XDS-010',
    'refus',
    'Les parties de la signature ne sont pas dans l’ordre de la norme ({valeur}).',
    LOGICIEL,
  ],
  signedInfoAbsent: ['XDS-011', 'refus', 'La signature n’a pas de SignedInfo.', LOGICIEL],
  signedInfoDouble: ['XDS-012', 'refus', 'La signature a plusieurs SignedInfo.', FORGE],
  valeurAbsente: ['XDS-013', 'refus', 'La signature n’a pas de SignatureValue.', LOGICIEL],
  valeurDouble: ['XDS-014', 'refus', 'La signature a plusieurs SignatureValue.', FORGE],
  texte: [
    'XDS-015',
    'refus',
    'Du texte se trouve dans « {valeur} », qui ne doit contenir que des éléments.',
    FORGE,
  ],
  attribut: ['XDS-016', 'refus', 'L’attribut « {valeur} » n’est pas admis dans la signature.', FORGE],
  objetEtranger: ['XDS-017', 'refus', 'La signature transporte un contenu étranger « {valeur} ».', FORGE],
  sansId: ['XDS-018', 'refus', 'La signature n’a pas d’identifiant.', LOGICIEL],

  c14nInclusive: [
    'XDS-020',
    'refus',
    'La forme canonique inclusive « {valeur} » n’est pas admise par la politique.',
    LOGICIEL,
  ],
  c14nInconnue: ['XDS-021', 'refus', 'La forme canonique « {valeur} » n’est pas admise.', LOGICIEL],
  prefixes: [
    'XDS-022',
    'refus',
    'Une liste de préfixes accompagne la forme canonique ; le profil n’en admet pas.',
    LOGICIEL,
  ],
  hmac: [
    'XDS-023',
    'refus',
    'La signature est annoncée comme un code à clé partagée (HMAC), qui ne prouve aucun signataire.',
    FORGE,
  ],
  methode: ['XDS-024', 'refus', 'L’algorithme de signature « {valeur} » n’est pas admis.', RECENT],
  methodeObsolete: ['XDS-025', 'obsolete', 'La signature emploie {valeur}, obsolète.', RECENT],
  parametre: [
    'XDS-026',
    'refus',
    'L’algorithme « {valeur} » est accompagné de paramètres inattendus.',
    FORGE,
  ],

  nombreReferences: [
    'XDS-030',
    'refus',
    'La signature compte {valeur} références au lieu de deux.',
    LOGICIEL,
  ],
  uriAbsente: ['XDS-031', 'refus', 'Une référence ne désigne rien (attribut URI absent).', FORGE],
  uriVide: [
    'XDS-032',
    'refus',
    'Une référence désigne le document entier (URI vide), ce que la politique n’admet pas.',
    LOGICIEL,
  ],
  uriExterne: ['XDS-033', 'refus', 'Une référence désigne un contenu hors du fichier : « {valeur} ».', FORGE],
  uriXpointer: ['XDS-034', 'refus', 'Une référence emploie un XPointer : « {valeur} ».', FORGE],
  cibleAbsente: ['XDS-035', 'refus', 'Aucun élément ne porte l’identifiant désigné « {valeur} ».', FORGE],
  cibleAutreAttribut: [
    'XDS-036',
    'refus',
    'L’identifiant désigné « {valeur} » est écrit dans un autre attribut que Id.',
    FORGE,
  ],
  cibleImpropre: [
    'XDS-142',
    'refus',
    'L’identifiant désigné « {valeur} » n’est pas un nom XML : deux lecteurs pourraient ne pas désigner le même élément.',
    FORGE,
  ],
  cibleAilleurs: [
    'XDS-037',
    'refus',
    'L’élément signé « {valeur} » n’est pas celui qui contient la signature.',
    FORGE,
  ],
  contenuNonReference: [
    'XDS-038',
    'refus',
    'Aucune référence ne désigne l’élément qui contient la signature.',
    FORGE,
  ],
  proprietesNonReferencees: [
    'XDS-039',
    'refus',
    'Aucune référence ne désigne les propriétés signées de cette signature.',
    FORGE,
  ],
  referenceDouble: ['XDS-040', 'refus', 'Deux références désignent le même élément « {valeur} ».', FORGE],
  proprietesDAutrui: [
    'XDS-041',
    'refus',
    'Une référence désigne « {valeur} », qui appartient à une autre signature.',
    FORGE,
  ],
  typeReference: [
    'XDS-042',
    'refus',
    'Une référence est annoncée d’un type inattendu : « {valeur} ».',
    FORGE,
  ],
  transformationsAbsentes: [
    'XDS-043',
    'refus',
    'Les transformations de la référence ne sont pas celles du profil ({valeur}).',
    LOGICIEL,
  ],
  xslt: ['XDS-044', 'refus', 'Une référence demande une transformation XSLT.', FORGE],
  xpath: [
    'XDS-045',
    'refus',
    'Une référence demande un filtre XPath, qui peut soustraire du contenu à la signature.',
    FORGE,
  ],
  transformationBase64: ['XDS-046', 'refus', 'Une référence demande un décodage base64.', FORGE],
  transformation: ['XDS-047', 'refus', 'La transformation « {valeur} » n’est pas admise.', FORGE],
  enveloppeeSuperflue: [
    'XDS-048',
    'refus',
    'La référence aux propriétés porte une transformation « enveloped-signature », qui les ôterait de ce qui est signé.',
    FORGE,
  ],
  empreinteMethode: ['XDS-049', 'refus', 'L’algorithme d’empreinte « {valeur} » n’est pas admis.', RECENT],
  empreinteObsolete: ['XDS-050', 'obsolete', 'Une empreinte est calculée avec {valeur}, obsolète.', RECENT],
  empreinteIllisible: ['XDS-051', 'refus', 'Une empreinte n’est pas écrite en base64 strict.', FORGE],
  empreinteLongueur: ['XDS-052', 'refus', 'Une empreinte compte {valeur}.', FORGE],
  contenuAltere: ['XDS-053', 'refus', 'Le contenu de « {valeur} » a changé depuis la signature.', ALTERE],
  proprietesAlterees: [
    'XDS-054',
    'refus',
    'Les propriétés signées (date, certificat, politique, rôle) ont changé depuis la signature.',
    ALTERE,
  ],

  valeurIllisible: [
    'XDS-060',
    'refus',
    'La valeur de la signature n’est pas écrite en base64 strict.',
    ALTERE,
  ],
  valeurLongueur: [
    'XDS-061',
    'refus',
    'La valeur de la signature n’a pas la longueur attendue ({valeur}).',
    ALTERE,
  ],
  valeurFausse: [
    'XDS-062',
    'refus',
    'La valeur de la signature n’a pas été calculée par la clé de ce certificat sur ce SignedInfo.',
    ALTERE,
  ],

  proprietesAbsentes: ['XDS-090', 'refus', 'La signature n’a pas de propriétés signées XAdES.', LOGICIEL],
  proprietesDoubles: ['XDS-091', 'refus', 'La signature a plusieurs jeux de propriétés XAdES.', FORGE],
  cibleProprietes: [
    'XDS-092',
    'refus',
    'Les propriétés XAdES annoncent une autre signature : « {valeur} ».',
    FORGE,
  ],
  champAbsent: ['XDS-093', 'refus', 'La propriété signée {valeur} manque.', LOGICIEL],
  champDouble: ['XDS-094', 'refus', 'La propriété signée {valeur} figure plusieurs fois.', FORGE],
  dateIllisible: ['XDS-095', 'refus', 'La date de signature « {valeur} » est illisible.', LOGICIEL],
  dateSansFuseau: [
    'XDS-096',
    'reserve',
    'La date de signature n’a pas de fuseau ; elle est lue en temps universel.',
    INFORMER,
  ],
  dateFuture: [
    'XDS-097',
    'reserve',
    'La date de signature est postérieure à l’instant de la vérification.',
    INFORMER,
  ],
  politiqueImplicite: [
    'XDS-098',
    'refus',
    'La politique de signature est implicite ; HELIOS la veut nommée.',
    LOGICIEL,
  ],
  politiqueInconnue: [
    'XDS-099',
    'reserve',
    'La politique de signature « {valeur} » n’est pas dans la table des politiques connues.',
    INFORMER,
  ],
  politiquePaire: [
    'XDS-100',
    'reserve',
    'L’empreinte de la politique « {valeur} » n’est pas celle que l’on connaît pour elle.',
    INFORMER,
  ],
  roleAbsent: [
    'XDS-101',
    'reserve',
    'La qualité du signataire n’est pas écrite ; la politique la demande.',
    INFORMER,
  ],
  contreSignature: [
    'XDS-102',
    'refus',
    'La signature porte une contre-signature, que le profil n’admet pas.',
    LOGICIEL,
  ],
  nonSignees: [
    'XDS-103',
    'reserve',
    'La signature porte des propriétés non signées, qui ne sont pas jugées ici.',
    INFORMER,
  ],
  certificatHorsDate: [
    'XDS-104',
    'reserve',
    'Le certificat n’était pas en cours de validité à la date examinée.',
    INFORMER,
  ],
  champInattendu: [
    'XDS-105',
    'refus',
    'Les propriétés signées contiennent « {valeur} » à une place inattendue.',
    FORGE,
  ],
  instructionsDansContenu: [
    'XDS-106',
    'reserve',
    'Le contenu signé contient {valeur} instruction(s) de traitement.',
    INFORMER,
  ],
  commentairesDansContenu: [
    'XDS-107',
    'reserve',
    'Le contenu signé contient {valeur} commentaire(s), que la signature ne couvre pas.',
    INFORMER,
  ],
  empreinteCertificat: [
    'XDS-109',
    'reserve',
    'Le certificat est désigné par une empreinte {valeur}, obsolète ; son émetteur et son numéro de série sont aussi comparés.',
    INFORMER,
  ],
  tropDeSignatures: ['XDS-108', 'refus', 'Le fichier porte plus de {valeur} signatures.', FORGE],
  ...CONSTATS_CERTIFICATS,
  ...CONSTATS_BASE,
} as const satisfies Readonly<
  Record<string, readonly [`XDS-${string}`, 'refus' | 'obsolete' | 'reserve', string, string]>
>;

export type CleConstat = keyof typeof CONSTATS;
export type Gravite = 'refus' | 'obsolete' | 'reserve';

export interface Constat {
  readonly code: string;
  readonly gravite: Gravite;
  /** French, with the value seen. */
  readonly message: string;
  readonly remede: string;
}

/** What a finding may quote of the file. */
const CITATION_MAX = 120;

export function constat(cle: CleConstat, valeur: string | number = ''): Constat {
  const [code, gravite, texte, remede] = CONSTATS[cle];
  const vue = String(valeur).replace(/\p{Cc}/gu, ' ');
  const citee = vue.length > CITATION_MAX ? `${vue.slice(0, CITATION_MAX)}…` : vue;
  return { code, gravite, message: texte.replace('{valeur}', () => citee), remede };
}

/** Findings of one signature, each told once. */
export class Cahier {
  readonly constats: Constat[] = [];

  noter(cle: CleConstat, valeur: string | number = ''): void {
    const nouveau = constat(cle, valeur);
    const deja = this.constats.some((c) => c.code === nouveau.code && c.message === nouveau.message);
    if (!deja) this.constats.push(nouveau);
  }

  porte(gravite: Gravite): boolean {
    return this.constats.some((c) => c.gravite === gravite);
  }
}
