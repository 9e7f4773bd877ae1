import type { FaitsPdf } from '../../../formats/pdf/faits.ts';
import { situees } from './pieces.ts';
import { citer, type Regle } from './regle.ts';

interface QuestionPdf {
  readonly code: Regle['code'];
  readonly question: string;
  readonly source: string;
  readonly mauvais: (faits: FaitsPdf | null) => boolean;
  readonly message: string;
  readonly remede: string;
}

/** Asks the same question of each PDF; an empty piece was reported by ACTES-PCE-02. */
function reglePdf({ code, question, source, mauvais, message, remede }: QuestionPdf): Regle {
  return {
    code,
    question,
    source,
    gravite: 'bloquante',
    examiner: (sujet) => {
      const pdf = situees(sujet).filter(({ piece }) => piece.type === 'application/pdf');
      if (pdf.length === 0) return null;
      return pdf
        .filter(({ piece }) => piece.taille > 0 && mauvais(piece.pdf))
        .map(({ piece, ou }) => ({ ou, message: `Le PDF ${citer(piece.nom)} ${message}.`, remede }));
    },
  };
}

export const REGLES_PDF: readonly Regle[] = [
  reglePdf({
    code: 'ACTES-PDF-01',
    question: 'Chaque PDF commence-t-il par un en-tête PDF ?',
    source: 'Arrêté du 13 octobre 2011 : PDF lisibles ; ISO 32000-1, § 7.5.2',
    mauvais: (faits) => faits === null || !faits.entete,
    message: 'n’a pas d’en-tête PDF',
    remede: 'Produire de nouveau le PDF, ou vérifier que ce fichier en est un.',
  }),
  reglePdf({
    code: 'ACTES-PDF-02',
    question: 'Chaque PDF est-il complet ?',
    source: 'Arrêté du 13 octobre 2011 : PDF lisibles ; ISO 32000-1, § 7.5.5',
    mauvais: (faits) => faits !== null && !faits.fin,
    message: 'est tronqué ou corrompu : sa fin (table des références) est introuvable',
    remede: 'Joindre de nouveau le fichier ou le produire de nouveau ; il doit s’ouvrir sans réparation.',
  }),
  reglePdf({
    code: 'ACTES-PDF-03',
    question: 'Chaque PDF est-il libre de tout verrouillage ?',
    source: 'Norme d’échange ACTES : les documents ne doivent pas être verrouillés',
    mauvais: (faits) => faits?.chiffre === true,
    message: 'est chiffré ou protégé par mot de passe',
    remede: 'L’enregistrer sans protection, puis déposer l’acte de nouveau.',
  }),
];
