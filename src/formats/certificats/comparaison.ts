import type { Instant } from '../../metier/identifiants.ts';
import { type Ancre, type Famille, type Periode, periodeA } from './magasin.ts';

/** What changed between two imports of a family, authority by authority, in words. */

export interface Comparaison {
  /** French, one line per authority: its name and what it may do. */
  readonly ajoutees: readonly string[];
  readonly retirees: readonly string[];
  readonly changees: readonly string[];
}

const TYPES = { esign: 'signature', eseal: 'cachet', web: 'site' } as const;

/** `en vigueur (signature, cachet)`, `plus en vigueur`. */
export function situation(ancre: Ancre, instant: Instant): string {
  if (ancre.periodes.length === 0) return 'en vigueur';
  const periode = periodeA(ancre, instant);
  if (periode === null) return 'plus en vigueur';
  const types = periode.types.map((t) => TYPES[t]).join(', ');
  return types === '' ? 'en vigueur' : `en vigueur (${types})`;
}

/** The same authority may stand in a list under several services: each is followed by its name. */
function cle({ certificat, nom }: Ancre): string {
  return `${certificat} ${nom}`;
}

export function comparerFamilles(avant: Famille | null, apres: Famille, instant: Instant): Comparaison {
  const anciennes = regrouper(avant?.ancres ?? []);
  const neuves = regrouper(apres.ancres);
  const dire = (ancres: readonly Ancre[]): string =>
    `${ancres[0]?.nom ?? ''} : ${[...new Set(ancres.map((a) => situation(a, instant)))].join(' ; ')}`;
  const changees = [...neuves].flatMap(([nom, ancres]) => {
    const ancien = anciennes.get(nom);
    if (ancien === undefined || ecrirePeriodes(ancien) === ecrirePeriodes(ancres)) return [];
    const [hier, ceJour] = [dire(ancien), dire(ancres)];
    const suite = hier === ceJour ? ' (son histoire ou ses qualifications changent)' : '';
    return [
      hier === ceJour ? `${hier}${suite}` : `${hier} → ${ceJour.slice((ancres[0]?.nom.length ?? 0) + 3)}`,
    ];
  });
  return {
    ajoutees: [...neuves].filter(([nom]) => !anciennes.has(nom)).map(([, ancres]) => dire(ancres)),
    retirees: [...anciennes].filter(([nom]) => !neuves.has(nom)).map(([, ancres]) => dire(ancres)),
    changees,
  };
}

function regrouper(ancres: readonly Ancre[]): Map<string, readonly Ancre[]> {
  const groupes = new Map<string, readonly Ancre[]>();
  for (const ancre of ancres) groupes.set(cle(ancre), [...(groupes.get(cle(ancre)) ?? []), ancre]);
  return groupes;
}

function ecrirePeriodes(ancres: readonly Ancre[]): string {
  return JSON.stringify(ancres.map(({ periodes }): readonly Periode[] => periodes));
}
