import { type Bilan, sain } from './verdict.ts';

/** What the campaigns came to, for people and for machines. */

/** One flat object: totals, then what each campaign counted under its name. */
export function aplatir(bilans: readonly Bilan[]): Record<string, number> {
  const plat: Record<string, number> = {
    coups: 0,
    flux: 0,
    perdus: 0,
    doubles: 0,
    ruptures: 0,
    fautes: 0,
    repetitions: 0,
  };
  for (const bilan of bilans) {
    const { nom, coups, flux, repetitions, comptes } = bilan;
    const listes = (['perdus', 'doubles', 'ruptures', 'fautes'] as const).map(
      (quoi) => [quoi, bilan[quoi].length] as const,
    );
    const communs = Object.entries({ coups, flux, repetitions, ...Object.fromEntries(listes) });
    for (const [quoi, nombre] of communs) {
      plat[quoi] = (plat[quoi] ?? 0) + nombre;
      plat[`${nom}_${quoi}`] = nombre;
    }
    for (const [quoi, nombre] of Object.entries(comptes)) plat[`${nom}_${quoi}`] = nombre;
  }
  return plat;
}

/** Exit code: 0 when every campaign was run and nothing is other than expected. */
export function codeDe(bilans: readonly Bilan[], voulues: number): number {
  return bilans.length === voulues && bilans.every(sain) ? 0 : 1;
}

const DETAILS_MAX = 20;

/** A few French lines about one campaign. */
export function raconter(bilan: Bilan, secondes: number): string[] {
  const { nom, coups, flux, repetitions, comptes } = bilan;
  const suite = Object.entries(comptes)
    .filter(([, nombre]) => nombre !== 0)
    .map(([quoi, nombre]) => `${quoi} ${nombre}`);
  const ecarts = (['perdus', 'doubles', 'ruptures', 'fautes'] as const).flatMap((quoi) => {
    const dits = bilan[quoi].slice(0, DETAILS_MAX).map((d) => `    ${quoi} : ${d}`);
    const tus = bilan[quoi].length - dits.length;
    return tus > 0 ? [...dits, `    ${quoi} : et ${tus} de plus`] : dits;
  });
  return [
    `${sain(bilan) ? '✔' : '✘'} ${nom} : ${coups} coups, ${flux} flux, ${bilan.perdus.length} perdus, ${bilan.doubles.length} doubles, ${bilan.ruptures.length} ruptures, ${repetitions} répétitions, en ${secondes} s`,
    `    ${suite.join(', ')}`,
    ...ecarts,
  ];
}
