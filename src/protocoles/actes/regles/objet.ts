import { caracteresInterdits, horsLatin1 } from '../../../formats/encodages/texte.ts';
import { citer, codePoint, type Constat, type Regle } from './regle.ts';

/** One under the limit of the schema (500): the applications of some préfectures count the last one out. */
const LONGUEUR_MAX = 499;
const SAUTS = /[\n\r\u0085\u2028\u2029]/;

/** « œ » (U+0153). */
function montrer(caracteres: readonly string[]): string {
  return enumerer(caracteres.map((c) => `« ${c} » (${codePoint(c)})`));
}

function enumerer(cites: readonly string[]): string {
  return cites.slice(0, 10).join(', ') + (cites.length > 10 ? '…' : '');
}

/** Control characters as `U+XXXX`: tab included (a line of text has none), line ends apart (ACTES-OBJ-03). */
function controles(objet: string): string[] {
  const interdits = caracteresInterdits(objet).filter((c) => c !== 'U+0085');
  return objet.includes('\t') ? ['U+0009', ...interdits] : interdits;
}

function regleObjet(
  regle: Omit<Regle, 'examiner'>,
  examiner: (objet: string) => Omit<Constat, 'ou'> | null,
): Regle {
  return {
    ...regle,
    examiner: ({ champs: { objet } }) => {
      if (objet === undefined) return null;
      const constat = examiner(objet);
      return constat === null ? [] : [{ ...constat, ou: 'objet' }];
    },
  };
}

const PRESENT = regleObjet(
  {
    code: 'ACTES-OBJ-01',
    question: 'L’objet est-il renseigné ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, Acte/Objet',
    gravite: 'bloquante',
  },
  (objet) =>
    objet.trim() === ''
      ? { message: 'L’objet est vide.', remede: 'Écrire l’objet de l’acte, tel qu’il figure sur l’acte.' }
      : null,
);

const LONGUEUR = regleObjet(
  {
    code: 'ACTES-OBJ-02',
    question: `L’objet tient-il en ${LONGUEUR_MAX} caractères ?`,
    source: 'Norme d’échange ACTES, actesv1_1.xsd, Acte/Objet (maxLength 500)',
    gravite: 'bloquante',
  },
  (objet) => {
    const longueur = [...objet].length;
    if (longueur <= LONGUEUR_MAX) return null;
    return {
      message: `L’objet compte ${longueur} caractères : ${citer(objet)}.`,
      remede: `Le ramener à ${LONGUEUR_MAX} caractères au plus.`,
    };
  },
);

const LIGNE = regleObjet(
  {
    code: 'ACTES-OBJ-03',
    question: 'L’objet tient-il sur une seule ligne ?',
    source: 'Norme d’échange ACTES : l’objet est une ligne de texte',
    gravite: 'bloquante',
  },
  (objet) =>
    SAUTS.test(objet)
      ? {
          message: `L’objet contient un saut de ligne : ${citer(objet)}.`,
          remede: 'Remplacer chaque saut de ligne par un espace.',
        }
      : null,
);

const CONTROLES = regleObjet(
  {
    code: 'ACTES-OBJ-04',
    question: 'L’objet est-il exempt de caractères de contrôle ?',
    source: 'XML 1.0, § 2.2 ; norme d’échange ACTES (ISO-8859-1)',
    gravite: 'bloquante',
  },
  (objet) => {
    const trouves = controles(objet);
    if (trouves.length === 0) return null;
    return {
      message: `L’objet contient des caractères de contrôle : ${enumerer(trouves)}.`,
      remede: 'Les retirer ; ils viennent souvent d’un copier-coller.',
    };
  },
);

const LATIN1: Regle = {
  code: 'ACTES-OBJ-05',
  question: 'L’objet s’écrit-il en ISO-8859-1, jeu de caractères de la norme ?',
  source: 'Norme d’échange ACTES : fichiers XML en ISO-8859-1',
  gravite: 'bloquante',
  examiner: ({ champs: { objet } }) => {
    if (objet === undefined) return null;
    const { typographiques, autres } = horsLatin1(objet);
    const etrangers = autres.filter((c) => !SAUTS.test(c));
    const constats: Constat[] = [];
    if (typographiques.length > 0) {
      constats.push({
        ou: 'objet',
        gravite: 'avertissement',
        message: `L’objet contient des caractères typographiques hors ISO-8859-1 : ${montrer(typographiques)}.`,
        remede:
          "Rien d’obligatoire : ils partent en références numériques. Les remplacer (’ par ', œ par oe, € par euros) évite un affichage altéré en préfecture.",
      });
    }
    if (etrangers.length > 0) {
      constats.push({
        ou: 'objet',
        message: `L’objet contient des caractères que la norme n’admet pas : ${montrer(etrangers)}.`,
        remede: 'Les remplacer par des lettres et signes du français courant.',
      });
    }
    return constats;
  },
};

export const REGLES_OBJET: readonly Regle[] = [PRESENT, LONGUEUR, LIGNE, CONTROLES, LATIN1];
