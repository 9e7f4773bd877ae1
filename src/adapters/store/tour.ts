/** Serving everybody in turn, whatever the base: what is due comes in, who is served first comes out. */

/** Rotates so that the turn starts just after the one served last. */
export function apres(noms: readonly string[], dernier: string): string[] {
  const rang = noms.findIndex((c) => c > dernier);
  return rang <= 0 ? [...noms] : [...noms.slice(rang), ...noms.slice(0, rang)];
}

/** One of each in turn, until `nombre`. */
export function entrelacer<C>(files: readonly (readonly C[])[], nombre = Infinity): C[] {
  const pris: C[] = [];
  for (let rang = 0; pris.length < nombre; rang += 1) {
    const tour = files.flatMap((f) => (rang < f.length ? [f[rang] as C] : []));
    if (tour.length === 0) break;
    pris.push(...tour);
  }
  return pris.slice(0, nombre);
}
