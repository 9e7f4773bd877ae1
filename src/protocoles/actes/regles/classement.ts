import { jourReel } from './date.ts';
import { naturesConnues } from '../natures.ts';
import { type Constat, citer, dateFrancaise, type Regle, type Sujet } from './regle.ts';

/** Two to five numeric levels; a level may exceed 9 (7.10), none may be empty, zero or zero-padded. */
const MOTIF_MATIERE = /^[1-9][0-9]{0,3}(\.[1-9][0-9]{0,3}){1,4}$/;

const IMPORTER =
  'L’exploitant importe la classification en vigueur (« vaguemestre collectivite classification … »).';

function raisonMatiere(matiere: string): string {
  if (matiere === '') return 'elle est vide';
  if (/^[0-9]+$/.test(matiere)) return 'les deux premiers niveaux sont obligatoires';
  if (/^\.|\.\.|\.$/.test(matiere)) return 'un niveau est vide';
  if (/(^|\.)0/.test(matiere)) return 'un niveau commence par zéro';
  if (matiere.split('.').length > 5) return 'elle compte plus de cinq niveaux';
  return 'les niveaux sont des nombres séparés par des points';
}

/** Codes the sender may have meant: those right under the deepest level that exists. */
function voisines(matiere: string, connues: readonly string[]): string {
  const niveaux = matiere.split('.');
  for (let n = niveaux.length - 1; n >= 1; n -= 1) {
    const debut = `${niveaux.slice(0, n).join('.')}.`;
    const filles = connues.filter((c) => c.startsWith(debut) && c.split('.').length === n + 1);
    if (filles.length > 0) {
      const cites = filles.toSorted((a, b) => a.localeCompare(b, 'fr', { numeric: true })).slice(0, 12);
      return `Codes connus sous ${debut.slice(0, -1)} : ${cites.join(', ')}${filles.length > 12 ? '…' : ''}.`;
    }
  }
  return 'Choisir une matière de la classification en vigueur.';
}

function examinerMatiere(matiere: string): Constat[] {
  if (MOTIF_MATIERE.test(matiere)) return [];
  return [
    {
      ou: 'matiere',
      message: `La matière ${citer(matiere)} n’est pas admise : ${raisonMatiere(matiere)}.`,
      remede: 'Écrire deux à cinq niveaux séparés par des points, par exemple « 7.10 » ou « 5.2.1 ».',
    },
  ];
}

function examinerExistence({ champs: { matiere }, classification }: Sujet): Constat[] | null {
  const connues = Object.keys(classification?.matieres ?? {});
  if (matiere === undefined || !MOTIF_MATIERE.test(matiere) || classification === null) return null;
  if (connues.length === 0) return null;
  if (connues.includes(matiere)) return [];
  return [
    {
      ou: 'matiere',
      message: `La matière ${citer(matiere)} n’existe pas dans la classification du ${dateFrancaise(classification.date)}.`,
      remede: voisines(matiere, connues),
    },
  ];
}

function examinerImport(sujet: Sujet): Constat[] | null {
  if (sujet.faits.collectivite.actes === null) return null;
  if (sujet.classification !== null) return [];
  return [
    {
      ou: 'classification',
      gravite: sujet.classificationRequise ? 'bloquante' : 'avertissement',
      message: 'Aucune classification n’est encore importée pour cette collectivité.',
      remede: IMPORTER,
    },
  ];
}

function examinerDate({ champs, classification, classificationRequise }: Sujet): Constat[] | null {
  const vue = champs.classification;
  if (vue !== undefined && jourReel(vue) === undefined) {
    return [
      {
        ou: 'classification',
        message: `La date de classification ${citer(vue)} n’existe pas ou n’est pas écrite AAAA-MM-JJ.`,
        remede: 'La corriger, ou retirer le champ : la date en vigueur sera utilisée.',
      },
    ];
  }
  if (classification !== null) {
    if (vue === undefined || vue === classification.date) return [];
    return [
      {
        ou: 'classification',
        message: `L’acte est classé selon la classification du ${dateFrancaise(vue)} ; celle en vigueur est du ${dateFrancaise(classification.date)}.`,
        remede: `Reprendre le classement avec la classification du ${dateFrancaise(classification.date)} et déclarer « ${classification.date} ». Si la vôtre est plus récente : ${IMPORTER}`,
      },
    ];
  }
  if (classificationRequise) return null;
  if (vue !== undefined) return [];
  return [
    {
      ou: 'classification',
      message:
        'Aucune date de classification n’est déclarée ni connue, or le message de l’acte doit en porter une.',
      remede: 'Déclarer « classification » avec la date de la classification utilisée (AAAA-MM-JJ).',
    },
  ];
}

export const REGLES_CLASSEMENT: readonly Regle[] = [
  {
    code: 'ACTES-NAT-01',
    question: 'La nature de l’acte est-elle connue ?',
    source: 'Norme d’échange ACTES, message 7-2, NaturesActes ; CodeNatureActe de l’acte',
    gravite: 'bloquante',
    examiner: ({ champs: { nature: vue }, nature, classification }) => {
      if (vue === undefined) return null;
      if (nature !== null) return [];
      const admises = naturesConnues(classification).map((n) => `${n.code} ou ${n.abrege} (${n.libelle})`);
      return [
        {
          ou: 'nature',
          message: `La nature ${citer(vue)} est inconnue.`,
          remede: `Écrire l’une de celles-ci : ${admises.join(', ')}.`,
        },
      ];
    },
  },
  {
    code: 'ACTES-MAT-01',
    question: 'La matière est-elle formée selon la norme (deux à cinq niveaux, sans trou) ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, CodeMatiere1 et 2 obligatoires, 3 à 5 facultatifs',
    gravite: 'bloquante',
    examiner: ({ champs: { matiere } }) => (matiere === undefined ? null : examinerMatiere(matiere)),
  },
  {
    code: 'ACTES-MAT-02',
    question: 'La matière existe-t-elle dans la classification en vigueur ?',
    source: 'Norme d’échange ACTES, message 7-2, Matieres',
    gravite: 'bloquante',
    examiner: examinerExistence,
  },
  {
    code: 'ACTES-CLA-01',
    question: 'La classification en vigueur de la collectivité est-elle connue ?',
    source: 'Norme d’échange ACTES, message 7-2 : la classification fait foi',
    gravite: 'bloquante',
    examiner: examinerImport,
  },
  {
    code: 'ACTES-CLA-02',
    question: 'L’acte est-il classé selon la classification en vigueur ?',
    source: 'Norme d’échange ACTES, ClassificationDateVersion (refus ODT-VERIF-01 si elle est périmée)',
    gravite: 'bloquante',
    examiner: examinerDate,
  },
];
