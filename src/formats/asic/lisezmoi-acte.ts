import type { PieceDuFlux } from '../../metier/flux.ts';
import { type Extraits, NOM_JUGER } from './confiance.ts';

/** How to verify, without us, the signatures that leave with an acte. */

interface PieceRangee {
  readonly fichier: string;
  readonly piece: Pick<PieceDuFlux, 'role' | 'type'>;
}

const XPATH = "(//*[local-name()='Signature' and namespace-uri()='http://www.w3.org/2000/09/xmldsig#'])[1]";

function xades(archive: string): string[] {
  return [
    '',
    'Chaque pièce signée a sa signature dans le message, et le message a la sienne dans l’enveloppe :',
    'des XAdES détachés, dont la référence est le nom du fichier. Dans l’archive décompressée,',
    'xmlsec1 vérifie la première du message (« [2] » : la suivante) :',
    '',
    '    mkdir ../acte',
    `    tar xzf "${archive}" -C ../acte`,
    '    cd ../acte',
    '    xmlsec1 --verify --insecure --id-attr:Id SignedProperties \\',
    `      --node-xpath "${XPATH}" \\`,
    '      *_0.xml',
    '',
    'La signature qu’un déposant a jointe peut nommer la pièce comme lui : la copier sous ce nom, que',
    'donne le rapport sur les signatures. « --insecure » ne juge que l’intégrité.',
  ];
}

function pkcs7(fichier: string): string[] {
  return [
    '',
    'Une signature PKCS#7 se vérifie contre la pièce qu’elle signe (« PIECE », à remplacer) :',
    '',
    `    openssl cms -verify -noverify -binary -inform DER -in "${fichier}" \\`,
    '      -content PIECE -out /dev/null',
  ];
}

const CERTIFICATS = [
  '',
  'openssl juge de nouveau les certificats des signataires, avec les preuves du répertoire',
  '« confiance », par un script à parcourir avant de le lancer :',
  '',
  `    sh ${NOM_JUGER}`,
];

/** Lines of the page; none for an acte that nobody signed apart. */
export function signaturesActe(pieces: readonly PieceRangee[], { signataire }: Extraits): string[] {
  const signees = pieces.filter(({ piece }) => piece.role === 'cachet' || piece.role === 'signature');
  const archive = pieces.findLast(({ piece }) => piece.role === 'archive')?.fichier;
  if (signees.length === 0) return [];
  const enXml = signees.some(({ piece }) => piece.type === 'application/xml');
  const p7s = signees.find(({ piece }) => piece.type === 'application/pkcs7-signature');
  return [
    '',
    'LES SIGNATURES DE L’ACTE',
    '------------------------',
    ...(enXml && archive !== undefined ? xades(archive) : []),
    ...(p7s === undefined ? [] : pkcs7(p7s.fichier)),
    ...(signataire === null ? [] : CERTIFICATS),
    '',
    'Le rapport sur les signatures dit ce que chacune couvre et ce qu’elle vaut.',
  ];
}
