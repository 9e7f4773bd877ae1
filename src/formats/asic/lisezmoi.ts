import { FUSEAU } from '../../metier/echeances.ts';
import { type Etat, LIBELLE_ETAT } from '../../metier/etats.ts';
import type { Flux, PieceDuFlux, RolePiece } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { signaturesActe } from './lisezmoi-acte.ts';
import { DOSSIER_CONFIANCE, type Extraits, heure, NOM_JUGER } from './confiance.ts';
import { XMLSEC, xmlsecConfiance, xpathSignature } from './signatures.ts';

/** What the reader of the proof may conclude from the state, in one sentence. */
export const PORTEE_ETAT: Readonly<Record<Etat, string>> = {
  depose: 'Le dépôt a été reçu ; il n’est pas encore contrôlé et rien n’a été transmis à l’État.',
  refuse: 'Le dépôt a été refusé au contrôle ; rien n’a été transmis à l’État.',
  controle: 'Le dépôt a été contrôlé ; rien n’a encore été transmis à l’État.',
  a_signer: 'Le dépôt attend d’être signé ; rien n’a encore été transmis à l’État.',
  signe: 'Les signatures du dépôt ont été vérifiées ; rien n’a encore été transmis à l’État.',
  pret: 'L’envoi est prêt ; sa remise à l’État n’est pas établie.',
  en_ligne: 'La remise à l’État était en cours au moment de l’export ; son sort n’est pas connu.',
  transmis: 'La plateforme de l’État a pris l’envoi ; elle n’a pas encore rendu d’accusé de réception.',
  incertain: 'L’État détient peut-être l’envoi ; rien ne le prouve à ce jour.',
  echec: 'La plateforme de l’État a refusé de prendre l’envoi.',
  acquitte: 'L’État a accusé réception ; son accusé figure parmi les pièces, octet pour octet.',
  acquitte_partiel:
    'L’État n’a pris qu’une partie de l’envoi : son accusé, qui figure parmi les pièces, dit laquelle.',
  anomalie: 'L’État a refusé cet envoi ; son message de refus figure parmi les pièces.',
  abandonne: 'Cet envoi a été abandonné sur ordre d’un agent avant toute réception établie.',
  valide:
    'L’État a accusé réception, le délai du contrôle de légalité est passé et la collectivité a validé l’acte ; l’accusé figure parmi les pièces, octet pour octet.',
  annule:
    'L’État avait accusé réception, puis a pris acte de l’annulation de cette transmission ; ses deux messages figurent parmi les pièces.',
  recu: 'Ce fichier vient de l’État, de sa propre initiative ; il figure parmi les pièces, octet pour octet.',
};

/** The State acknowledged what was sent, in whole or in part. */
export function receptionProuvee(etat: Etat): boolean {
  return ['acquitte', 'acquitte_partiel', 'valide', 'annule'].includes(etat);
}

export const LIBELLE_ROLE: Readonly<Record<RolePiece, string>> = {
  metadonnees: 'ce que le déposant a déclaré (JSON)',
  document: 'document principal, tel que déposé',
  annexe: 'annexe, telle que déposée',
  signature: 'signature détachée d’une pièce, telle que déposée avec elle',
  cachet: 'signature détachée faite par l’opérateur pour la collectivité (XAdES)',
  pes: 'fichier PES, tel que déposé',
  pes_signe: 'fichier PES portant les signatures ajoutées après le dépôt',
  rapport_signatures: 'rapport sur chaque signature : ce qu’elle couvre, ce qu’elle vaut (JSON)',
  preuves_confiance: 'certificats et preuves de révocation sur lesquels s’appuie ce rapport (JSON)',
  rapport: 'rapport des contrôles faits avant l’envoi (JSON)',
  archive: 'ce qui a été remis à l’État, exactement',
  retour: 'message de l’État, brut, tel que reçu',
  accuse: 'message métier de l’État, extrait octet pour octet',
  enveloppe_retour: 'enveloppe de ce message de l’État',
  complement: 'preuve de ce qui est allé à l’État par l’autre canal, telle que la collectivité l’a remise',
};

const deux = (n: number): string => String(n).padStart(2, '0');

/** `21/11/2026 à 11:15:02 (heure de Paris)`; written by hand because a locale table may change with ICU. */
export function dateLisible(instant: Instant): string {
  const z = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(FUSEAU);
  const jour = `${deux(z.day)}/${deux(z.month)}/${z.year}`;
  return `${jour} à ${deux(z.hour)}:${deux(z.minute)}:${deux(z.second)} (heure de Paris)`;
}

export interface FaitsLisezmoi {
  readonly flux: Flux;
  readonly nomCollectivite: string;
  readonly pieces: readonly { readonly fichier: string; readonly piece: PieceDuFlux }[];
  readonly lignes: number;
  /** Name of the proof file itself. */
  readonly nom: string;
  /** What the flux is, in French sentences; empty when the state says it all. */
  readonly precisions: readonly string[];
  /** What the State answered, in French sentences; empty when it says no more than the state. */
  readonly reponse: readonly string[];
  /** Certificates of the signers, and what they were judged with. */
  readonly extraits: Extraits;
}

const LARGEUR = 92;

/** Folds a sentence between words, under a margin. */
function plier(phrase: string, marge = ''): string[] {
  const lignes: string[] = [];
  let ligne = '';
  for (const mot of phrase.replace(/\p{Cc}/gu, ' ').split(' ')) {
    if (ligne !== '' && `${marge}${ligne} ${mot}`.length > LARGEUR) {
      lignes.push(`${marge}${ligne}`);
      ligne = mot;
    } else ligne = ligne === '' ? mot : `${ligne} ${mot}`;
  }
  return [...lignes, `${marge}${ligne}`];
}

/** What the State sends by itself has one date. */
function datesDe({ etat, depose, transmis, solde }: Flux): readonly (readonly [string, Instant | null])[] {
  if (etat === 'recu') return [['Reçu le', depose]];
  return [
    ['Déposé le', depose],
    ['Transmis le', transmis],
    ['Soldé le', solde],
  ];
}

function entete({ flux, nomCollectivite, precisions }: FaitsLisezmoi): string[] {
  return [
    'DOSSIER DE PREUVE',
    '=================',
    '',
    `Identité      ${flux.identite}`,
    `Collectivité  ${nomCollectivite} (SIREN ${flux.collectivite})`,
    `Protocole     ${flux.protocole}`,
    `Flux          ${flux.id}`,
    ...(flux.nomEnvoi === null ? [] : [`Nom d’envoi   ${flux.nomEnvoi}`]),
    ...datesDe(flux)
      .map(([titre, quand]) => (quand === null ? '' : `${titre.padEnd(13)} ${dateLisible(quand)}`))
      .filter((ligne) => ligne !== ''),
    `État          ${LIBELLE_ETAT[flux.etat]}`,
    '',
    ...(receptionProuvee(flux.etat) || flux.etat === 'recu' ? [] : [SANS_RECEPTION]),
    PORTEE_ETAT[flux.etat],
    ...precisions.flatMap((phrase) => plier(phrase)),
  ];
}

const SANS_RECEPTION = 'ATTENTION : ce dossier ne prouve PAS la réception par l’État.';

function direReponse({ reponse }: FaitsLisezmoi): string[] {
  if (reponse.length === 0) return [];
  const [premiere = '', ...autres] = reponse;
  const titre = ['', 'LA RÉPONSE DE L’ÉTAT', '--------------------', ''];
  return [...titre, ...plier(premiere), ...autres.flatMap((phrase) => plier(phrase, '  '))];
}

const VERIFIER = (nom: string): string[] => [
  '',
  'VÉRIFIER CE DOSSIER',
  '-------------------',
  '',
  'Sans le logiciel qui l’a produit, avec des outils ordinaires :',
  '',
  `    unzip "${nom}" -d dossier`,
  '    cd dossier',
  '    sha256sum -c EMPREINTES.sha256',
  '    sh verifier.sh',
  '',
  'Décompresser dans un répertoire vide : tout fichier étranger est signalé. La commande',
  '« sha256sum -c » relit chaque fichier de la liste, mais ne voit pas un fichier ajouté ;',
  '« verifier.sh » compare aussi les listes, le manifeste et le journal. Il ne fait que lire :',
  'parcourez-le avant de le lancer.',
];

/** In what the State sends by itself, nothing was deposited. */
function libelleRole({ etat }: Flux, role: RolePiece): string {
  return etat === 'recu' && role === 'document' ? 'document que l’État y a joint' : LIBELLE_ROLE[role];
}

/** Two pieces of the same bytes are one file. */
function decrirePieces({ flux, pieces }: FaitsLisezmoi): string[] {
  const lignes = pieces.flatMap(({ fichier, piece }, rang) => [
    `  ${fichier}${pieces.findIndex((p) => p.fichier === fichier) < rang ? ' (le même fichier)' : ''}`,
    `      ${libelleRole(flux, piece.role)} ; ${piece.taille} octets`,
    `      nom d’origine : ${piece.nom.replace(/\p{Cc}/gu, '?')}`,
    `      SHA-256 ${piece.sha256}`,
  ]);
  return ['', 'LES PIÈCES', '----------', '', ...(lignes.length === 0 ? ['  (aucune)'] : lignes)];
}

/** Lines of one command of the shell. */
function commande(mots: readonly string[]): string[] {
  const fin = mots.length - 1;
  return mots.map((mot, rang) => `    ${rang === 0 ? '' : '  '}${mot}${rang === fin ? '' : ' \\'}`);
}

/** Trust, when it was judged: who may be believed is said by the operator, and shown here. */
function jugerCertificats({ signataire }: Extraits, pes: string): string[] {
  if (signataire === null) return [];
  const chemin = [
    '',
    'xmlsec1 aussi juge le chemin du certificat, à l’heure de la signature :',
    '',
    ...commande([
      ...xmlsecConfiance(signataire, heure(signataire.instant)),
      `--node-xpath "${xpathSignature('1')}"`,
      `"${pes}"`,
    ]),
  ];
  return [
    '',
    'LES CERTIFICATS DES SIGNATAIRES',
    '-------------------------------',
    '',
    'Le répertoire « confiance » porte les certificats, les autorités admises, les listes de',
    'révocation et les réponses OCSP des pièces « preuves_confiance ». openssl les juge de nouveau,',
    'par un script à parcourir lui aussi avant de le lancer :',
    '',
    `    sh ${NOM_JUGER}`,
    '',
    'Un « NON » se lit avec le rapport sur les signatures : il est attendu d’un dépôt refusé pour son',
    'certificat. Les fichiers « autorite » sont ceux que l’opérateur admettait alors ; les comparer à',
    'ceux que les autorités publient. De qui est un certificat :',
    '',
    `    openssl x509 -noout -subject -in ${DOSSIER_CONFIANCE}${signataire.certificat}`,
    ...(signataire.ancre ? chemin : []),
  ];
}

/** Signatures travel inside a PES: the file verifies as it stands. */
function verifierSignatures({ pieces, extraits }: FaitsLisezmoi): string[] {
  const pes = pieces.findLast(({ piece }) => piece.role === 'pes_signe' || piece.role === 'pes');
  if (pes === undefined) return [];
  return [
    '',
    'LES SIGNATURES DU PES',
    '---------------------',
    '',
    'Un PES porte ses signatures (XAdES) : de chaque bordereau, ou du fichier. « verifier.sh » les',
    'vérifie une à une si xmlsec1 est installé, et le dit sans changer son verdict sur le dossier.',
    'D’un gros fichier de nombreux bordereaux c’est long : « sh verifier.sh sans-signatures » s’en',
    'dispense. Une seule, la première :',
    '',
    ...commande([...XMLSEC, `--node-xpath "${xpathSignature('1')}"`, `"${pes.fichier}"`]),
    '',
    '« --insecure » ne juge que l’intégrité : le certificat est une autre question.',
    ...jugerCertificats(extraits, pes.fichier),
  ];
}

const AUTRES = ({ lignes, extraits }: FaitsLisezmoi): string[] => [
  '',
  'LES AUTRES FICHIERS',
  '-------------------',
  '',
  '  mimetype                       sorte du conteneur (ASiC-E, ETSI EN 319 162-1)',
  '  EMPREINTES.sha256              empreinte de chaque fichier, au format de sha256sum',
  '  META-INF/ASiCManifest001.xml   mêmes empreintes et celle de la liste, au format ASiC',
  '  flux.json                      identité, état, dates, empreintes SHA-256 et SHA-512',
  '  journal/lignes.jsonl           lignes du journal probant qui concernent ce flux',
  '  journal/lignes.sha256          empreinte de chacune de ces lignes, dans l’ordre',
  ...(extraits.fichiers.length === 0
    ? []
    : ['  confiance/                     certificats et listes des pièces « preuves_confiance »']),
  '',
  'LE JOURNAL',
  '----------',
  '',
  `Ce dossier porte ${lignes} ligne${lignes > 1 ? 's' : ''} du journal de la collectivité. Le journal entier est une chaîne :`,
  'chaque ligne finit par « prev », empreinte SHA-256 des octets de la ligne précédente (sans',
  'son saut de ligne). Les lignes d’un même flux ne se suivent pas toujours dans la chaîne,',
  'car d’autres flux s’y intercalent : chacune garde ici son propre « prev » et son numéro',
  '« n ». Quand deux numéros se suivent, « verifier.sh » contrôle le lien. Pour les autres,',
  'l’empreinte de la ligne permet à l’opérateur, ou à qui détient une copie du journal, de',
  'montrer qu’elle y figure telle quelle. « sel » est un nombre tiré au hasard : il empêche',
  'de deviner une ligne voisine à partir de son empreinte. « obj » cite les empreintes des',
  'pièces que l’événement a vues.',
  '',
  'L’HORODATAGE',
  '------------',
  '',
  'La place META-INF/timestamp001.tst est réservée au jeton RFC 3161 d’une autorité',
  'd’horodatage, posé sur le manifeste. Ce dossier n’en contient pas encore. Sans lui, le',
  'dossier prouve que ses fichiers concordent entre eux et avec le journal de l’opérateur ;',
  'la date et l’auteur du conteneur reposent sur l’opérateur, et sur les pièces que l’État a',
  'lui-même émises. Quand le jeton y est, il se vérifie ainsi :',
  '',
  '    openssl ts -verify -data META-INF/ASiCManifest001.xml \\',
  '      -in META-INF/timestamp001.tst -token_in -CAfile ac.pem',
];

/** The page that tells an agent, a magistrate or an auditor what this file is and how to check it. */
export function ecrireLisezmoi(faits: FaitsLisezmoi): string {
  const sections = [
    ...entete(faits),
    ...direReponse(faits),
    ...VERIFIER(faits.nom),
    ...decrirePieces(faits),
    ...verifierSignatures(faits),
    ...signaturesActe(faits.pieces, faits.extraits),
    ...AUTRES(faits),
  ];
  return `${sections.join('\n')}\n`;
}
