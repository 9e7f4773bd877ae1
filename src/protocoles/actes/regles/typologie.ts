import { typesAdmis } from '../natures.ts';
import { type Constat, citer, dateFrancaise, lieu, type Regle, type Sujet } from './regle.ts';

const MOTIF_TYPOLOGIE = /^[A-Z0-9_]{5}$/;

interface Declaree {
  readonly ou: string;
  readonly typologie: string;
}

/** Types declared, the document first then the annexes; an empty text stands for a missing one. */
function declarees({ champs }: Sujet): Declaree[] | null {
  const { document, annexes } = champs;
  if (document === undefined && (annexes ?? []).length === 0) return null;
  const doc = document === undefined ? [] : [{ ou: lieu(0), typologie: document.typologie ?? '' }];
  const ann = (annexes ?? []).map((a, i) => ({ ou: lieu(i + 1), typologie: a.typologie ?? '' }));
  return [...doc, ...ann].map((d) => ({ ...d, ou: `${d.ou}.typologie` }));
}

function enumerer(types: ReadonlyMap<string, string>): string {
  const cites = [...types].slice(0, 20).map(([code, libelle]) => `${code} (${libelle})`);
  return cites.join(', ') + (types.size > 20 ? '…' : '');
}

function examinerPermises(sujet: Sujet): Constat[] | null {
  const { nature, classification } = sujet;
  if (nature === null || classification === null) return null;
  const admis = typesAdmis(classification, nature);
  const pieces = declarees(sujet)?.filter((d) => MOTIF_TYPOLOGIE.test(d.typologie)) ?? [];
  if (admis.size === 0 || pieces.length === 0) return null;
  return pieces
    .filter((d) => !admis.has(d.typologie))
    .map((d) => ({
      ou: d.ou,
      message: `La typologie ${citer(d.typologie)} n’est pas permise pour la nature ${nature.code} (${nature.abrege}) par la classification du ${dateFrancaise(classification.date)}.`,
      remede: `Choisir parmi : ${enumerer(admis)}.`,
    }));
}

export const REGLES_TYPOLOGIE: readonly Regle[] = [
  {
    code: 'ACTES-TYP-01',
    question: 'Chaque pièce porte-t-elle une typologie ?',
    source: 'Norme d’échange ACTES (arrêté du 23 mai 2017) : typologie des pièces jointes',
    gravite: 'bloquante',
    examiner: (sujet) =>
      declarees(sujet)
        ?.filter((d) => d.typologie === '')
        .map((d) => ({
          ou: d.ou,
          message: 'La typologie de cette pièce est absente.',
          remede: 'Déclarer le code de la classification en vigueur, par exemple « 99_DE ».',
        })) ?? null,
  },
  {
    code: 'ACTES-TYP-02',
    question: 'Chaque typologie est-elle un code de cinq caractères ?',
    source: 'Norme d’échange ACTES, message 7-2, CodeTypePJ',
    gravite: 'bloquante',
    examiner: (sujet) =>
      declarees(sujet)
        ?.filter((d) => d.typologie !== '' && !MOTIF_TYPOLOGIE.test(d.typologie))
        .map((d) => ({
          ou: d.ou,
          message: `La typologie ${citer(d.typologie)} n’est pas un code de cinq caractères.`,
          remede: 'Écrire cinq caractères parmi A à Z, 0 à 9 et « _ », par exemple « 99_DE ».',
        })) ?? null,
  },
  {
    code: 'ACTES-TYP-03',
    question: 'Chaque typologie est-elle permise pour la nature de l’acte ?',
    source: 'Norme d’échange ACTES, message 7-2, TypePJNatureActe',
    gravite: 'bloquante',
    examiner: examinerPermises,
  },
];
