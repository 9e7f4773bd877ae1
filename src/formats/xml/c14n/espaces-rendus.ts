import { PREFIXE_XML } from '../espaces.ts';
import type { Balise, NomsXml } from '../evenements.ts';
import { comparer } from './ordre.ts';

const JAMAIS = -1;

/** Namespaces that one canonical form has already written, and which it must write now. */
export class EspacesRendus {
  /** Prefixes to declare on the present tag, in canonical order. */
  readonly aEcrire: number[] = [];
  /** What the nearest ancestors written say of each prefix; no default namespace to begin with. */
  #rendus: Int32Array = new Int32Array(16).fill(JAMAIS);
  readonly #pilePrefixe: number[] = [];
  readonly #pileAvant: number[] = [];
  readonly #pileProfondeur: number[] = [];
  /** Depth of the last of the list, 0 when it is empty. */
  #sommet = 0;
  readonly #noms: NomsXml;

  constructor(noms: NomsXml) {
    this.#noms = noms;
    this.#rendus[0] = 0;
  }

  /** Whether the declaration in force for this prefix is the one already written. */
  dejaRendu(prefixe: number): boolean {
    return this.#rendus[prefixe] === this.#noms.liaisons[prefixe] || prefixe === PREFIXE_XML;
  }

  /** The prefix is seen at this depth: it is declared unless the declaration in force is the same. */
  employer(prefixe: number, profondeur: number): void {
    const espace = this.#noms.liaisons[prefixe] as number;
    if ((prefixe < this.#rendus.length ? this.#rendus[prefixe] : JAMAIS) === espace) return;
    if (prefixe === PREFIXE_XML || espace < 0) return;
    if (prefixe >= this.#rendus.length) this.#agrandir(prefixe);
    this.#pilePrefixe.push(prefixe);
    this.#pileAvant.push(this.#rendus[prefixe] as number);
    this.#pileProfondeur.push(profondeur);
    this.#sommet = profondeur;
    this.#rendus[prefixe] = espace;
    this.aEcrire.push(prefixe);
  }

  #agrandir(prefixe: number): void {
    const grand = new Int32Array(Math.max(prefixe + 1, this.#rendus.length * 2)).fill(JAMAIS);
    grand.set(this.#rendus);
    this.#rendus = grand;
  }

  /** Exclusive canonicalisation §3: the prefixes of the tag itself, then those of the list. */
  exclusifs(balise: Balise, liste: readonly string[] | null): void {
    const noms = this.#noms;
    this.employer(noms.prefixes[balise.qualifie] as number, balise.profondeur);
    for (let k = 0; k < balise.nombre; k += 1) {
      const prefixe = noms.prefixes[balise.attQualifie[k] as number] as number;
      if (prefixe !== 0) this.employer(prefixe, balise.profondeur);
    }
    if (liste === null) return;
    for (const nom of liste) {
      const prefixe = noms.prefixe(nom === '#default' ? '' : nom);
      if (prefixe >= 0) this.employer(prefixe, balise.profondeur);
    }
  }

  /** Canonical XML §2.3: every namespace in scope at the apex, what is declared below it. */
  inclusifs(balise: Balise, sommet: boolean): void {
    if (!sommet) {
      for (let d = 0; d < balise.declarations; d += 1) {
        this.employer(balise.declPrefixe[d] as number, balise.profondeur);
      }
      return;
    }
    const nombre = this.#noms.nombrePrefixes();
    for (let prefixe = 0; prefixe < nombre; prefixe += 1) this.employer(prefixe, balise.profondeur);
  }

  trier(): void {
    if (this.aEcrire.length < 2) return;
    this.aEcrire.sort((a, b) => comparer(this.#noms.nomPrefixe(a), this.#noms.nomPrefixe(b)));
  }

  /** The element at this depth ends: its declarations with it. */
  sortir(profondeur: number): void {
    while (this.#sommet === profondeur) {
      const prefixe = this.#pilePrefixe.pop() as number;
      this.#rendus[prefixe] = this.#pileAvant.pop() as number;
      this.#pileProfondeur.pop();
      this.#sommet = this.#pileProfondeur.at(-1) ?? 0;
    }
  }
}
