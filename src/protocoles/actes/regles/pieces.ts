import { enIncise, type FauteXml, lieuDe } from '../../../formats/xml/faute.ts';
import type { FaitsPiece } from '../../protocole.ts';
import { estBudgetaire } from '../natures.ts';
import { EXTENSIONS } from '../noms.ts';
import { accorder, type Constat, citer, lieu, type Regle, type Sujet } from './regle.ts';

const PDF = 'application/pdf';
const XML = 'application/xml';
/** Safe reading of « 150 Mo »: nobody says whether the limit is in MB or MiB. */
const TAILLE_MAX = 150_000_000;

/** Pieces in the order of the message, with where they stand. */
export function situees({ document, annexes }: Sujet): { readonly piece: FaitsPiece; readonly ou: string }[] {
  return [...(document === null ? [] : [document]), ...annexes].map((piece, i) => ({
    piece,
    ou: lieu(document === null ? i + 1 : i),
  }));
}

function dire(type: string): string {
  return type === 'inconnu' ? 'd’un type non reconnu' : `de type ${type}`;
}

function octets(nombre: number): string {
  return `${nombre.toLocaleString('fr-FR')} octets`;
}

function examinerDocument({ faits, champs, nature, document }: Sujet): Constat[] | null {
  const principaux = faits.pieces.filter((p) => p.role === 'document').length;
  if (principaux !== 1 || document === null) return null;
  if (document.type === PDF) return [];
  if (document.type !== XML) {
    return [
      {
        ou: 'document',
        message: `Le document principal ${citer(document.nom)} est ${dire(document.type)}.`,
        remede: 'Fournir un PDF (ou le flux XML scellé d’un document budgétaire).',
      },
    ];
  }
  if (nature === null || champs.matiere === undefined) return null;
  if (estBudgetaire(nature, champs.matiere)) return [];
  return [
    {
      ou: 'document',
      message: `Le document principal ${citer(document.nom)} est un XML, pour un acte de nature ${nature.abrege} et de matière ${citer(champs.matiere)}.`,
      remede:
        'Fournir un PDF : le XML est réservé aux documents budgétaires (nature 5 ou BF, matière 7.1 et ses subdivisions).',
    },
  ];
}

function examinerNombre({ faits, champs, lues }: Sujet): Constat[] {
  const constats: Constat[] = [];
  const principaux = faits.pieces.filter((p) => p.role === 'document').length;
  if (principaux !== 1) {
    constats.push({
      ou: 'document',
      message:
        principaux === 0
          ? 'Aucun document principal n’est joint.'
          : `${principaux} documents principaux sont joints.`,
      remede: 'Joindre un document principal, et un seul ; les autres pièces sont des annexes.',
    });
  }
  // An unreadable list was reported already: counting against it would accuse the files wrongly.
  const illisible = lues.defauts.some((d) => d.ou === undefined || /^annexes(?![a-z])/.test(d.ou));
  const declarees = champs.annexes?.length ?? 0;
  const jointes = faits.pieces.filter((p) => p.role === 'annexe').length;
  if (!illisible && declarees !== jointes) {
    constats.push({
      ou: 'annexes',
      message: `${accorder(declarees, 'annexe déclarée', 'annexes déclarées')}, ${accorder(jointes, 'fichier d’annexe joint', 'fichiers d’annexe joints')}.`,
      remede: 'Déclarer chaque annexe dans « annexes », dans l’ordre des fichiers joints.',
    });
  }
  return constats;
}

function examinerTypesAnnexes(sujet: Sujet): Constat[] | null {
  const annexes = situees(sujet).filter(({ piece }) => piece.role === 'annexe');
  if (annexes.length === 0) return null;
  return annexes
    .filter(({ piece }) => !EXTENSIONS.has(piece.type))
    .map(({ piece, ou }) => ({
      ou,
      message: `L’annexe ${citer(piece.nom)} est ${dire(piece.type)}.`,
      remede: 'La convertir en PDF, JPEG, PNG ou XML.',
    }));
}

function examinerAnnexesBudget(sujet: Sujet): Constat[] | null {
  if (sujet.document?.type !== XML || sujet.annexes.length === 0) return null;
  return situees(sujet)
    .filter(({ piece }) => piece.role === 'annexe' && piece.type !== PDF)
    .map(({ piece, ou }) => ({
      ou,
      message: `L’annexe ${citer(piece.nom)} d’un document budgétaire XML est ${dire(piece.type)}.`,
      remede: 'La convertir en PDF : un document principal en XML n’admet que des annexes PDF.',
    }));
}

/**
 * Where our reader is stricter than XML 1.0, or has a limit of its own: encodings it does not know, version 1.1, relative
 * namespaces, `xml:id`, sizes. Another reader may take the file.
 */
const RESERVES = /^XML-0(?:02|05|28|30|4\d)$/;
const DOCTYPE = 'XML-006';
/** Two elements bear the same `Id`: the schema of the budgets forbids it, that of another annex is not known. */
const ID_DOUBLE = 'XML-018';

const ILLISIBLE = 'Produire de nouveau le fichier avec le logiciel d’origine.';

function defautXml(piece: FaitsPiece, ou: string, faute: FauteXml): Constat {
  const place = [lieuDe(faute), ...(faute.octet < 0 ? [] : [`octet ${faute.octet.toLocaleString('fr-FR')}`])];
  const dit = `(${place.join(', ')}) : ${enIncise(faute.message)}.`;
  if (RESERVES.test(faute.code) || (faute.code === ID_DOUBLE && piece.role === 'annexe')) {
    return {
      ou,
      gravite: 'avertissement',
      message: `La pièce ${citer(piece.nom)} n’a pas été vérifiée jusqu’au bout ${dit}`,
      remede:
        'S’assurer que la préfecture pourra la lire, ou la produire de nouveau avec le logiciel d’origine.',
    };
  }
  return {
    ou,
    message: `La pièce ${citer(piece.nom)} n’est pas un XML lisible ${dit}`,
    remede: ILLISIBLE,
  };
}

function examinerXml(sujet: Sujet): Constat[] | null {
  const xml = situees(sujet).filter(({ piece }) => piece.type === XML);
  if (xml.length === 0) return null;
  return xml.flatMap(({ piece, ou }): Constat[] => {
    if (piece.xml === null) {
      return [{ ou, message: `La pièce ${citer(piece.nom)} n’est pas un XML lisible.`, remede: ILLISIBLE }];
    }
    const { faute } = piece.xml;
    if (faute === null) return [];
    if (faute.code !== DOCTYPE) return [defautXml(piece, ou, faute)];
    return [
      {
        ou,
        message: `La pièce ${citer(piece.nom)} déclare un type de document (DOCTYPE), ${lieuDe(faute)}.`,
        remede: 'Retirer la déclaration DOCTYPE : elle est refusée pour raison de sécurité.',
      },
    ];
  });
}

function examinerBudget({ document, nature, champs }: Sujet): Constat[] | null {
  const racine = document?.xml?.racine;
  if (document === null || document.type !== XML || !racine) return null;
  if (!estBudgetaire(nature, champs.matiere)) return null;
  if (racine === 'DocumentBudgetaire') return [];
  return [
    {
      ou: 'document',
      message: `Le document principal ${citer(document.nom)} a pour racine ${citer(racine)} au lieu de « DocumentBudgetaire ».`,
      remede: 'Fournir le flux budgétaire produit par le logiciel financier, scellé par TotEM.',
    },
  ];
}

function examinerTaille(sujet: Sujet): Constat[] {
  const total = sujet.faits.pieces.reduce((somme, p) => somme + p.taille, 0);
  if (total <= TAILLE_MAX) return [];
  return [
    {
      message: `Les pièces pèsent ${octets(total)} en tout.`,
      remede: `Les alléger sous ${octets(TAILLE_MAX)}, ou transmettre une partie des pièces sur papier (« documentPapier »: true).`,
    },
  ];
}

export const REGLES_PIECES: readonly Regle[] = [
  {
    code: 'ACTES-PCE-01',
    question: 'Les fichiers joints sont-ils ceux que les métadonnées annoncent ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, Acte : un Document, Annexes/@Nombre',
    gravite: 'bloquante',
    examiner: examinerNombre,
  },
  {
    code: 'ACTES-PCE-02',
    question: 'Chaque pièce a-t-elle un contenu ?',
    source: 'Norme d’échange ACTES : pièces lisibles',
    gravite: 'bloquante',
    examiner: (sujet) =>
      situees(sujet)
        .filter(({ piece }) => piece.taille === 0)
        .map(({ piece, ou }) => ({
          ou,
          message: `La pièce ${citer(piece.nom)} est vide (0 octet).`,
          remede: 'Joindre de nouveau le fichier ; l’envoi a pu être interrompu.',
        })),
  },
  {
    code: 'ACTES-PCE-03',
    question: 'Le document principal est-il d’un type admis, constaté sur son contenu ?',
    source: 'Norme d’échange ACTES : PDF ; arrêté du 13 octobre 2011 : XML des documents budgétaires',
    gravite: 'bloquante',
    examiner: examinerDocument,
  },
  {
    code: 'ACTES-PCE-04',
    question: 'Chaque annexe est-elle d’un type admis, constaté sur son contenu ?',
    source: 'Norme d’échange ACTES : PDF, JPEG, PNG, XML',
    gravite: 'bloquante',
    examiner: examinerTypesAnnexes,
  },
  {
    code: 'ACTES-PCE-05',
    question: 'Les annexes d’un document budgétaire XML sont-elles des PDF ?',
    source: 'Norme d’échange ACTES, § 3.4 (arrêté du 13 octobre 2011)',
    gravite: 'bloquante',
    examiner: examinerAnnexesBudget,
  },
  {
    code: 'ACTES-PCE-06',
    question: 'Chaque pièce XML est-elle lisible et sans DOCTYPE ?',
    source: 'XML 1.0, § 2.1 et 2.8',
    gravite: 'bloquante',
    examiner: examinerXml,
  },
  {
    // ACTES-PCE-08 and -09 are in budget.ts
    code: 'ACTES-PCE-07',
    question: 'Le XML budgétaire est-il un DocumentBudgetaire ?',
    source: 'Norme d’échange ACTES, § 3.4 (arrêté du 13 octobre 2011) ; schéma DocumentBudgetaire',
    gravite: 'bloquante',
    examiner: examinerBudget,
  },
  {
    code: 'ACTES-PCE-10',
    question: 'L’ensemble des pièces tient-il dans une archive ?',
    source: 'Norme d’échange ACTES : archive de 150 Mo au plus',
    gravite: 'bloquante',
    examiner: examinerTaille,
  },
];
