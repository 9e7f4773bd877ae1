import { abime, demesure } from './analyseur.ts';
import { decoder } from './filtres.ts';
import { finFlux, lireIndirect } from './indirect.ts';
import { type Dictionnaire, enDictionnaire, enEntier, enNom } from './objets.ts';
import type { Octets } from './octets.ts';
import type { Entree, Section } from './section.ts';

/** Cross-reference streams (ISO 32000-1, 7.5.8). Never encrypted. */

type Largeurs = readonly [number, number, number];

interface Plage {
  readonly premier: number;
  readonly nombre: number;
  /** Rank of its first entry among all those of the stream. */
  readonly rang: number;
}

const malEcrit = (): Error => abime('son flux de références est mal écrit');

function lireLargeurs({ entrees }: Dictionnaire): Largeurs {
  const w = entrees.get('W');
  const [a = -1, b = -1, c = -1] = w?.type === 'tableau' ? w.elements.map((e) => enEntier(e) ?? -1) : [];
  if ([a, b, c].some((n) => n < 0 || n > 8) || a + b + c === 0) throw malEcrit();
  return [a, b, c];
}

function lirePlages({ entrees }: Dictionnaire): readonly Plage[] {
  const index = entrees.get('Index');
  const nombres =
    index?.type === 'tableau'
      ? index.elements.map((e) => enEntier(e) ?? -1)
      : [0, enEntier(entrees.get('Size')) ?? -1];
  if (nombres.some((n) => n < 0) || nombres.length % 2 !== 0) throw malEcrit();
  const plages: Plage[] = [];
  let rang = 0;
  for (let i = 0; i + 1 < nombres.length; i += 2) {
    const [premier = 0, nombre = 0] = nombres.slice(i, i + 2);
    plages.push({ premier, nombre, rang });
    rang += nombre;
  }
  return plages;
}

class FluxReferences implements Section {
  readonly trailer: Dictionnaire;
  readonly enFlux = true;
  readonly fin: number;
  readonly poids: number;
  readonly #octets: Uint8Array;
  readonly #largeurs: Largeurs;
  readonly #plages: readonly Plage[];

  /** @param propre number of the stream itself, which its own entries may leave out. */
  constructor(trailer: Dictionnaire, octets: Uint8Array, propre: number) {
    this.trailer = trailer;
    this.#octets = octets;
    this.poids = octets.byteLength;
    this.#largeurs = lireLargeurs(trailer);
    this.#plages = lirePlages(trailer);
    const [a, b, c] = this.#largeurs;
    const ecrites = Math.floor(octets.length / (a + b + c));
    this.fin = this.#plages.reduce(
      (fin, p) => Math.max(fin, p.premier + Math.min(p.nombre, Math.max(0, ecrites - p.rang))),
      propre + 1,
    );
  }

  #champ(place: number, largeur: number): number {
    let valeur = 0;
    for (let i = 0; i < largeur; i += 1) valeur = valeur * 256 + (this.#octets[place + i] ?? 0);
    return valeur;
  }

  chercher(numero: number): Entree | null {
    const p = this.#plages.find(({ premier, nombre }) => numero >= premier && numero < premier + nombre);
    if (p === undefined) return null;
    const [a, b, c] = this.#largeurs;
    const place = (p.rang + numero - p.premier) * (a + b + c);
    if (place + a + b + c > this.#octets.length) return null;
    const sorte = a === 0 ? 1 : this.#champ(place, a);
    const [un, deux] = [this.#champ(place + a, b), this.#champ(place + a + b, c)];
    if (sorte === 1 && un > 0) return { type: 'place', position: un, generation: deux };
    return sorte === 2 ? { type: 'dans', flux: un, rang: deux } : { type: 'libre' };
  }
}

/**
 * @param limite bytes once decoded.
 * @returns the stream that begins at this place, null when none does. Throws VGM-PDF-001 and -003.
 */
export function lireFluxReferences(octets: Octets, position: number, limite: number): Section | null {
  const indirect = lireIndirect(octets, position);
  const dictionnaire = enDictionnaire(indirect?.objet);
  if (indirect === null || indirect.donnees === null || dictionnaire === null) return null;
  const { entrees } = dictionnaire;
  if (enNom(entrees.get('Type')) !== 'XRef') return null;
  const fin = finFlux(octets, indirect.donnees, enEntier(entrees.get('Length')));
  if (fin === null) throw malEcrit();
  const lu = decoder(octets.tranche(indirect.donnees, fin), dictionnaire, limite);
  if (lu.type === 'demesure') throw demesure('sa table des références est démesurée');
  if (lu.type === 'illisible') throw malEcrit();
  return new FluxReferences(dictionnaire, lu.octets, indirect.numero);
}
