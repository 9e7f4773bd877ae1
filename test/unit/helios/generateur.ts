import { gzipSync } from 'node:zlib';

/** PES of our own making: a sound one, of which each test spoils one thing. */

const ALLER = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller';
const DS = 'http://www.w3.org/2000/09/xmldsig#';

export interface BordereauEssai {
  readonly idBord?: string;
  readonly exer?: string;
  readonly typBord?: string;
  readonly nbrPce?: string;
  readonly id?: string;
  readonly pieces?: number;
  readonly montantHT?: string;
  readonly cumul?: string | null;
  readonly pjRef?: readonly PieceEssai[];
  readonly signe?: boolean;
}

export interface PieceEssai {
  readonly idUnique: string;
  readonly support?: string;
  readonly nomPJ?: string;
  readonly typePJ?: string;
  readonly typeMime?: string | null;
  /** Content of `Fichier`; gzip and base 64 of a small PDF by default. */
  readonly fichier?: string;
  readonly refCompta?: readonly string[];
}

export interface PesEssai {
  /** Name of the encoding in the declaration; null: no declaration. */
  readonly encodage?: string | null;
  /** Values of the headers by element name; null: element left out. */
  readonly entetes?: Readonly<Record<string, string | null>>;
  readonly depense?: readonly BordereauEssai[] | null;
  readonly recette?: readonly BordereauEssai[] | null;
  readonly infoDematerialisee?: string | null;
  readonly pieces?: readonly PieceEssai[] | null;
  /** A signature of the whole file. */
  readonly signe?: boolean;
  /** XML put before the end of the root. */
  readonly suite?: string;
  readonly id?: string;
}

export const PDF = Buffer.from('%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n', 'latin1');
export const enGzip64 = (octets: Uint8Array): string => gzipSync(octets).toString('base64');

const ENTETES: Readonly<Record<string, string>> = {
  Version: '2',
  TypFic: 'PESALR2',
  NomFic: 'VALMONCEL_1',
  Sigle: 'Compta Essai',
  Adresse: 'Compta Essai 4.2',
  DteStr: '2026-03-02',
  IdPost: '034079',
  IdColl: '00000001800010',
  CodCol: '123',
  CodBud: '00',
  LibelleColBud: 'Commune de Valmoncel',
};

const feuille = (nom: string, valeur: string | null | undefined): string =>
  valeur === null || valeur === undefined ? '' : `<${nom} V="${valeur}"/>`;

/** It signs nothing: only its place counts. */
export const signature = (id: string): string =>
  `<ds:Signature xmlns:ds="${DS}" Id="${id}"><ds:SignedInfo/><ds:SignatureValue>QUJD</ds:SignatureValue></ds:Signature>`;

function reference(citee: PieceEssai): string {
  const { support = '01', idUnique, typePJ } = citee;
  return `<PJRef>${feuille('Support', support)}${feuille('IdUnique', idUnique)}${feuille('TypePJ', typePJ)}</PJRef>`;
}

function bordereau(b: BordereauEssai, nom: 'depense' | 'recette'): string {
  const { idBord = '1', exer = '2026', typBord = '01', pieces = 1, montantHT = '12.50', cumul = '100' } = b;
  const ht = nom === 'depense' ? 'MtBordHT' : 'MtBordHt';
  const info =
    nom === 'depense'
      ? (rang: number, refs: string) =>
          `<InfoPce><IdPce V="${rang}"/><TypPce V="01"/><NatPce V="01"/>${refs}</InfoPce>`
      : (rang: number, refs: string) => `<IdPce V="${rang}"/><TypPce V="01"/><NatPce V="01"/>${refs}`;
  const ligne =
    nom === 'depense'
      ? `<InfoLignePce><IdLigne V="1"/><Nature V="6161"/><TVAIntraCom V="0"/><MtHT V="${montantHT}"/></InfoLignePce>`
      : `<InfoLignePiece><IdLigne V="1"/><CodProdLoc V="EAU"/><Nature V="70111"/><Majo V="0"/><TvaIntraCom V="0"/><MtHT V="${montantHT}"/></InfoLignePiece>`;
  const refs = (b.pjRef ?? []).map(reference).join('');
  const corps = Array.from(
    { length: pieces },
    (_, k) =>
      `<Piece><BlocPiece>${info(k + 1, k === 0 ? refs : '')}</BlocPiece><LigneDePiece><BlocLignePiece>${ligne}</BlocLignePiece></LigneDePiece></Piece>\n`,
  );
  return `<Bordereau${b.id === undefined ? '' : ` Id="${b.id}"`}>
<BlocBordereau><Exer V="${exer}"/><IdBord V="${idBord}"/><DteBordEm V="2026-03-02"/><TypBord V="${typBord}"/><NbrPce V="${b.nbrPce ?? pieces}"/>${feuille('MtCumulAnnuel', cumul)}<${ht} V="${montantHT}"/></BlocBordereau>
${corps.join('')}${b.signe === true ? signature(`S_${b.id ?? idBord}`) : ''}</Bordereau>
`;
}

function domaine(
  nom: 'depense' | 'recette',
  bordereaux: readonly BordereauEssai[],
  info: string | null,
): string {
  const Nom = nom === 'depense' ? 'Depense' : 'Recette';
  return `<PES_${Nom}Aller>
<EnTete${Nom}><IdVer V="2"/>${feuille('InfoDematerialisee', info)}</EnTete${Nom}>
${bordereaux.map((b) => bordereau(b, nom)).join('')}</PES_${Nom}Aller>
`;
}

function piece(p: PieceEssai): string {
  const mime = p.typeMime === undefined ? 'application/pdf' : p.typeMime;
  const attribut = mime === null ? '' : ` MIMEType="${mime}"`;
  const refs = (p.refCompta ?? []).map(
    (d) =>
      `<RefCompta><Domaine V="${d}"/><Exercice V="2026"/><TypeObjet V="01"/><Identifiant V="1"/></RefCompta>`,
  );
  return `<PJ><Contenu><Fichier${attribut}>${p.fichier ?? enGzip64(PDF)}</Fichier></Contenu>
${feuille('IdUnique', p.idUnique)}${feuille('NomPJ', p.nomPJ ?? 'piece.pdf')}${feuille('TypePJ', p.typePJ)}<Description V="Pièce"/>${refs.join('')}</PJ>
`;
}

export function textePes(demande: PesEssai = {}): string {
  const e = (nom: string): string => {
    const valeur = demande.entetes?.[nom];
    return feuille(nom, valeur === undefined ? ENTETES[nom] : valeur);
  };
  const info = demande.infoDematerialisee === undefined ? '0' : demande.infoDematerialisee;
  const { encodage = 'ISO-8859-1', depense = [{}], recette = null, pieces = null } = demande;
  const id = demande.id === undefined ? '' : ` Id="${demande.id}"`;
  return `${encodage === null ? '' : `<?xml version="1.0" encoding="${encodage}"?>\n`}<n:PES_Aller xmlns:n="${ALLER}"${id}>
<Enveloppe><Parametres>${e('Version')}${e('TypFic')}${e('NomFic')}</Parametres><Emetteur>${e('Sigle')}${e('Adresse')}</Emetteur></Enveloppe>
<EnTetePES>${e('DteStr')}${e('IdPost')}${e('IdColl')}${e('CodCol')}${e('CodBud')}${e('LibelleColBud')}</EnTetePES>
${depense === null ? '' : domaine('depense', depense, info)}${recette === null ? '' : domaine('recette', recette, info)}${
  pieces === null
    ? ''
    : `<PES_PJ><EnTetePES_PJ><IdVer V="1"/></EnTetePES_PJ>\n${pieces.map(piece).join('')}</PES_PJ>\n`
}${demande.suite ?? ''}${demande.signe === true ? signature('S_PES') : ''}</n:PES_Aller>
`;
}

/** The bytes in the encoding announced; in ISO-8859-1 for any that Node does not write. */
export function pes(demande: PesEssai = {}): Buffer {
  const utf8 = demande.encodage === null || /^utf-?8$/i.test(demande.encodage ?? '');
  return Buffer.from(textePes(demande), utf8 ? 'utf8' : 'latin1');
}

/** A source in portions that cut anywhere. */
export function* morceaux(octets: Uint8Array, pas = 1013): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i += pas) yield octets.subarray(i, i + pas);
}
