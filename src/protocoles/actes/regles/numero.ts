import { type Constat, citer, type Regle } from './regle.ts';

/**
 * Narrower than the schema (15 characters of any kind), because the number is also a field of the IDActe
 * (`[a-zA-Z0-9_]{1,15}`) and of file names whose fields are separated by dashes.
 */
const MOTIF_NUMERO = /^([A-Z0-9][A-Z0-9_]{0,13})?[A-Z0-9]$/;

/** A number that would pass and that the depositor would recognise; null when there is none. */
function proposer(numero: string): string | null {
  const candidat = numero
    .slice(0, 100)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return MOTIF_NUMERO.test(candidat) ? candidat : null;
}

function raison(numero: string): string {
  if (numero === '') return 'il est vide';
  if (numero.length > 15) return `il compte ${numero.length} caractères, 15 au plus sont admis`;
  if (/[-\u2010-\u2015]/.test(numero)) {
    return 'le tiret y est interdit, parce qu’il sépare les champs de l’identifiant unique de l’acte et des noms de fichiers';
  }
  if (/^_|_$/.test(numero)) return 'il commence ou finit par un tiret bas';
  if (/[a-z]/.test(numero) && MOTIF_NUMERO.test(numero.toUpperCase())) return 'il contient des minuscules';
  return 'seuls A à Z, 0 à 9 et le tiret bas « _ » sont admis';
}

function examinerNumero(numero: string): Constat[] {
  if (MOTIF_NUMERO.test(numero)) return [];
  const propose = proposer(numero);
  return [
    {
      ou: 'numero',
      message: `Le numéro ${citer(numero)} n’est pas admis : ${raison(numero)}.`,
      remede:
        propose === null
          ? 'Écrire 1 à 15 caractères parmi A à Z, 0 à 9 et « _ », sans « _ » au début ni à la fin.'
          : `Écrire par exemple « ${propose} ».`,
    },
  ];
}

export const REGLES_NUMERO: readonly Regle[] = [
  {
    code: 'ACTES-NUM-01',
    question: 'Le numéro est-il formé selon la norme ?',
    source: 'Norme d’échange ACTES, actesv1_1.xsd, NumeroInterne (15 caractères) et IDActe',
    gravite: 'bloquante',
    examiner: ({ champs: { numero } }) => (numero === undefined ? null : examinerNumero(numero)),
  },
];
