/** Predictors of Flate and LZW (ISO 32000-1, 7.4.4.4), as cross-reference streams use them. */

export interface Prediction {
  /** 1 none, 2 TIFF, 10 to 15 PNG. */
  readonly sorte: number;
  readonly couleurs: number;
  readonly bits: number;
  readonly colonnes: number;
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

/** @returns what the filter of the row adds to a byte, from those to the left, above, and above to the left. */
function prevu(filtre: number, [a, b, c]: readonly [number, number, number]): number {
  if (filtre === 1) return a;
  if (filtre === 2) return b;
  if (filtre === 3) return (a + b) >> 1;
  return filtre === 4 ? paeth(a, b, c) : 0;
}

function deplierPng(octets: Uint8Array, rangee: number, pas: number): Uint8Array {
  const rangees = Math.ceil(octets.length / (rangee + 1));
  const clair = new Uint8Array(rangees * rangee);
  let place = 0;
  for (let r = 0; r < rangees; r += 1) {
    const source = r * (rangee + 1);
    const filtre = octets[source] ?? 0;
    const n = Math.min(rangee, octets.length - source - 1);
    for (let i = 0; i < n; i += 1) {
      const gauche = i < pas ? 0 : (clair[place + i - pas] ?? 0);
      const dessus = r === 0 ? 0 : (clair[place + i - rangee] ?? 0);
      const coin = i < pas || r === 0 ? 0 : (clair[place + i - rangee - pas] ?? 0);
      clair[place + i] = (octets[source + 1 + i] ?? 0) + prevu(filtre, [gauche, dessus, coin]);
    }
    place += n;
  }
  return clair.subarray(0, place);
}

/** Components of a byte only, which is what is met outside of images. */
function deplierTiff(octets: Uint8Array, rangee: number, pas: number): Uint8Array {
  const clair = Uint8Array.from(octets);
  for (let i = 0; i < clair.length; i += 1) {
    if (i % rangee >= pas) clair[i] = (clair[i] ?? 0) + (clair[i - pas] ?? 0);
  }
  return clair;
}

/** @returns null when the predictor is unknown or absurd. */
export function deplier(
  octets: Uint8Array,
  { sorte, couleurs, bits, colonnes }: Prediction,
): Uint8Array | null {
  if (sorte === 1) return octets;
  const mesures = [couleurs, bits, colonnes];
  if (mesures.some((m) => m < 1 || m > 1_000_000)) return null;
  const rangee = Math.ceil((couleurs * bits * colonnes) / 8);
  const pas = Math.max(1, (couleurs * bits) >> 3);
  if (sorte >= 10 && sorte <= 15) return deplierPng(octets, rangee, pas);
  return sorte === 2 && bits === 8 ? deplierTiff(octets, rangee, pas) : null;
}
