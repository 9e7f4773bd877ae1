import type { ContenuPJ, FaitsPes, PieceJointe } from '../lecture/faits.ts';
import type { Constat, Regle, Sujet } from './regle.ts';
import { citer, lieu } from './regle.ts';

/** Attached pieces that travel in the file. */

/** Where to look for a piece. */
export function lieuPiece({ rang, position, idUnique }: PieceJointe): string {
  const nom = idUnique === null ? '' : ` ${idUnique.valeur.slice(0, 50)}`;
  return lieu(`PES_PJ/PJ[${rang}]${nom}`, position);
}

/** One question to each piece; does not arise without pieces. */
function chaque(examiner: (piece: PieceJointe, pes: FaitsPes) => Omit<Constat, 'ou'> | null) {
  return ({ pes }: Sujet): Constat[] | null => {
    if (pes === null || pes.pieces.length === 0) return null;
    return pes.pieces.flatMap((piece) => {
      const constat = examiner(piece, pes);
      return constat === null ? [] : [{ ...constat, ou: lieuPiece(piece) }];
    });
  };
}

const REFAIRE = 'Joindre de nouveau la pièce et produire de nouveau le fichier.';

/** What is wrong with a content, or null. */
function defaut({ base64, gzip }: ContenuPJ): string | null {
  if (base64 === 'vide') return 'est vide';
  if (base64 === 'mauvais') return 'n’est pas en base 64';
  if (gzip === 'tronque') return 'est tronqué : sa compression (gzip) s’arrête avant la fin';
  if (gzip === 'corrompu') return 'est abîmé : sa compression (gzip) est fausse, ou suivie d’autre chose';
  return gzip === 'trop_gros' ? 'est démesuré une fois décompressé' : null;
}

function examinerContenu({ contenu, fichiers }: PieceJointe): Omit<Constat, 'ou'> | null {
  if (contenu === null) return { message: 'La pièce n’a pas de contenu (Contenu/Fichier).', remede: REFAIRE };
  if (fichiers > 1) {
    return {
      message: `La pièce a ${fichiers.toLocaleString('fr-FR')} contenus : chaque lecteur pourrait en retenir un autre.`,
      remede: 'Écrire une pièce (PJ) par contenu.',
    };
  }
  const quoi = defaut(contenu);
  if (quoi === null) return null;
  const remede =
    contenu.gzip === 'trop_gros'
      ? 'Joindre une pièce plus petite ; celle-ci ne pourrait pas être ouverte.'
      : REFAIRE;
  return { message: `Le contenu de la pièce ${quoi}.`, remede };
}

function examinerCompression({ contenu }: PieceJointe): Omit<Constat, 'ou'> | null {
  if (contenu === null || contenu.base64 !== 'bon' || contenu.gzip !== 'absent') return null;
  return {
    message: 'Le contenu de la pièce n’est pas compressé (gzip).',
    remede:
      'Le faire compresser par le logiciel : la norme le demande, le comptable pourrait ne pas pouvoir l’ouvrir.',
  };
}

function examinerIdentifiant({ idUnique }: PieceJointe): Omit<Constat, 'ou'> | null {
  const valeur = idUnique?.valeur ?? '';
  if (/^(?!0+$)(?!nc$)[0-9A-Za-z]{1,50}$/.test(valeur)) return null;
  return {
    message:
      idUnique === null
        ? 'La pièce n’a pas d’identifiant (IdUnique).'
        : `L’identifiant (IdUnique) de la pièce vaut ${citer(valeur)}.`,
    remede:
      'Lui donner un identifiant de 1 à 50 lettres sans accent et chiffres, qui ne servira jamais à une autre.',
  };
}

function examinerUnicite({ pes }: Sujet): Constat[] | null {
  if (pes === null || pes.pieces.length === 0) return null;
  const premieres = new Map<string, PieceJointe>();
  return pes.pieces.flatMap((piece) => {
    const id = piece.idUnique?.valeur;
    const premiere = id === undefined ? undefined : premieres.get(id);
    if (id === undefined) return [];
    if (premiere === undefined) {
      premieres.set(id, piece);
      return [];
    }
    return [
      {
        ou: lieuPiece(piece),
        message: `L’identifiant ${citer(id)} est déjà celui de la pièce n° ${premiere.rang} (ligne ${premiere.position.ligne}).`,
        remede: 'Donner à chaque pièce son identifiant : Hélios refuse la seconde comme doublon.',
      },
    ];
  });
}

function examinerNom({ nomPJ }: PieceJointe): Omit<Constat, 'ou'> | null {
  const valeur = nomPJ?.valeur ?? '';
  if (/^.+\.[0-9A-Za-z]{2,4}$/u.test(valeur) && Array.from(valeur).length <= 100) return null;
  return {
    message:
      nomPJ === null
        ? 'La pièce n’a pas de nom (NomPJ).'
        : `Le nom (NomPJ) de la pièce, ${citer(valeur)}, n’a pas d’extension de 2 à 4 caractères, ou dépasse 100 caractères.`,
    remede: 'Nommer la pièce avec son extension (« facture.pdf ») : Hélios refuse les autres.',
  };
}

/** Types told by content, and what a `MIMEType` may call them. */
const MIMES: Readonly<Record<string, readonly string[]>> = {
  'application/pdf': ['application/pdf', 'application/x-pdf'],
  'application/xml': ['application/xml', 'text/xml'],
  'image/png': ['image/png'],
  'image/jpeg': ['image/jpeg', 'image/jpg', 'image/pjpeg'],
};
const ANNONCABLES = new Set(Object.values(MIMES).flat());

function examinerType({ typeMime, contenu }: PieceJointe): Omit<Constat, 'ou'> | null {
  const annonce = typeMime?.toLowerCase() ?? '';
  if (contenu === null || contenu.tailleOriginale === 0 || !ANNONCABLES.has(annonce)) return null;
  if (MIMES[contenu.type]?.includes(annonce) === true) return null;
  const vu = contenu.type === 'inconnu' ? 'd’un autre type' : `de type ${contenu.type}`;
  return {
    message: `La pièce est annoncée ${annonce} et son contenu est ${vu}.`,
    remede: 'Corriger le type annoncé (MIMEType), ou joindre le bon fichier.',
  };
}

/** Domains that each type of piece may be tied to (PES v2, Class_PJ.xsd). */
const DOMAINES_PAR_TYPE: Readonly<Record<string, readonly string[]>> = {
  '001': ['04'],
  '002': ['02'],
  '003': ['01'],
  '004': ['01'],
  '005': ['01'],
  '006': ['01', '02'],
  '007': ['02'],
  '008': ['02'],
  '009': ['06'],
  '010': ['02'],
  '011': ['02'],
  '012': ['04'],
  '013': ['04'],
  '014': ['02'],
};

function examinerRattachement({ typePJ, domainesCites }: PieceJointe): Omit<Constat, 'ou'> | null {
  const admis = typePJ === null ? undefined : DOMAINES_PAR_TYPE[typePJ.valeur];
  const faux = admis === undefined ? undefined : domainesCites.find((d) => !admis.includes(d));
  if (typePJ === null || admis === undefined || faux === undefined) return null;
  return {
    message: `La pièce, de type ${typePJ.valeur}, est rattachée au domaine ${citer(faux)}.`,
    remede: `La rattacher au domaine ${admis.join(' ou ')}, ou corriger son type (TypePJ) : Hélios refuse les autres.`,
  };
}

function examinerOrpheline(piece: PieceJointe, pes: FaitsPes): Omit<Constat, 'ou'> | null {
  if (piece.refCompta > 0) return null;
  const id = piece.idUnique?.valeur;
  if (id !== undefined && pes.references.some((r) => r.idUnique === id)) return null;
  return {
    message:
      'Aucun mandat ni titre du fichier ne cite cette pièce, et elle ne dit pas à quoi elle se rattache (RefCompta).',
    remede:
      'La citer (PJRef), ou dire à quoi elle se rattache : elle resterait introuvable pour le comptable.',
  };
}

const PJ = 'PES v2, Class_PJ.xsd';

export const REGLES_PIECES: readonly Regle[] = [
  {
    code: 'HELIOS-PJ-01',
    question: 'Le contenu de chaque pièce justificative se lit-il ?',
    source: `${PJ}, Fichier : gzip puis base 64 ; refus ERREUR_PJ`,
    gravite: 'bloquante',
    examiner: chaque(examinerContenu),
  },
  {
    code: 'HELIOS-PJ-02',
    question: 'Chaque pièce justificative est-elle compressée ?',
    source: `${PJ}, Fichier : gzip`,
    gravite: 'avertissement',
    examiner: chaque(examinerCompression),
  },
  {
    code: 'HELIOS-PJ-03',
    question: 'Chaque pièce justificative a-t-elle un identifiant ?',
    source: `${PJ}, IdUnique`,
    gravite: 'bloquante',
    examiner: chaque(examinerIdentifiant),
  },
  {
    code: 'HELIOS-PJ-04',
    question: 'Chaque identifiant ne sert-il qu’à une pièce justificative du fichier ?',
    source: `${PJ}, IdUnique ; refus ERREUR_DOUBLON_PJ`,
    gravite: 'bloquante',
    examiner: examinerUnicite,
  },
  {
    code: 'HELIOS-PJ-05',
    question: 'Chaque pièce justificative a-t-elle un nom et son extension ?',
    source: `${PJ}, NomPJ`,
    gravite: 'avertissement',
    examiner: chaque(examinerNom),
  },
  {
    code: 'HELIOS-PJ-06',
    question: 'Chaque pièce justificative est-elle du type qu’elle annonce ?',
    source: `${PJ}, Fichier/@MIMEType ; type constaté sur le contenu`,
    gravite: 'avertissement',
    examiner: chaque(examinerType),
  },
  {
    code: 'HELIOS-PJ-07',
    question: 'Le type de chaque pièce justificative convient-il au domaine auquel elle se rattache ?',
    source: `${PJ}, TypePJ et RefCompta/Domaine`,
    gravite: 'avertissement',
    examiner: chaque(examinerRattachement),
  },
  {
    code: 'HELIOS-PJ-08',
    question: 'Chaque pièce justificative du fichier se rattache-t-elle à quelque chose ?',
    source: `${PJ}, RefCompta ; arrêté du 27 juin 2007, art. 13`,
    gravite: 'avertissement',
    examiner: chaque(examinerOrpheline),
  },
];
