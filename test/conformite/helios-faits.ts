import type {
  ArtefactXsd,
  ComplexeArtefact,
  ModeleArtefact,
  SimpleArtefact,
} from '../../src/formats/xsd/artefact.ts';

/** Two compiled schemas side by side: elements, order, cardinalities, facets. Patterns are left to mutants. */

interface Place {
  readonly artefact: ArtefactXsd;
  readonly type: number;
}

export interface Ecarts {
  /** Places compared. */
  elements: number;
  readonly ecarts: string[];
}

const nomDe = (a: ArtefactXsd, nom: number): string => (a.noms[nom] ?? ['', '']).join(' ').trim();

function facettes(t: SimpleArtefact): Readonly<Record<string, unknown>> {
  const { blancs, longueur, longueurMin, longueurMax, chiffres, decimales, bornes, enumeration } = t.facettes;
  const nombre = (v: string | null): number | null => (v === null ? null : Number(v));
  return {
    lexique: t.lexique,
    blancs,
    longueurMin: longueur >= 0 ? longueur : Math.max(longueurMin, 0),
    longueurMax: longueur >= 0 ? longueur : longueurMax,
    chiffres,
    decimales,
    bornes: [bornes.minInclus, bornes.minExclu, bornes.maxInclus, bornes.maxExclu].map(nombre),
    enumeration: enumeration === null ? null : [...enumeration].toSorted(),
  };
}

class Comparaison {
  readonly bilan: Ecarts = { elements: 0, ecarts: [] };
  readonly #libres: RegExp;
  /** Elements whose lengths our pattern says by itself. */
  readonly #parMotif: ReadonlySet<string>;

  constructor(libres: RegExp, parMotif: readonly string[]) {
    this.#libres = libres;
    this.#parMotif = new Set(parMotif);
  }

  #dire(chemin: string, quoi: string, [a, b]: readonly [unknown, unknown]): void {
    this.bilan.ecarts.push(`${chemin}: ${quoi}: ${JSON.stringify(a)} here, ${JSON.stringify(b)} there`);
  }

  #simples(chemin: string, a: Place, b: Place): void {
    const [ta, tb] = [a.artefact.types[a.type], b.artefact.types[b.type]];
    if (ta?.genre !== 'simple' || tb?.genre !== 'simple')
      return this.#dire(chemin, 'type', [ta?.genre, tb?.genre]);
    const [fa, fb] = [facettes(ta), facettes(tb)];
    const parMotif = this.#parMotif.has(chemin.split('/').at(-2) ?? '');
    for (const cle of Object.keys(fa)) {
      if (parMotif && cle.startsWith('longueur')) continue;
      if (JSON.stringify(fa[cle]) !== JSON.stringify(fb[cle])) this.#dire(chemin, cle, [fa[cle], fb[cle]]);
    }
  }

  comparer(chemin: string, a: Place, b: Place): void {
    this.bilan.elements += 1;
    if (this.#libres.test(chemin)) return;
    const [ta, tb] = [a.artefact.types[a.type], b.artefact.types[b.type]];
    if (ta?.genre !== 'complexe' || tb?.genre !== 'complexe') return this.#simples(chemin, a, b);
    this.#attributs(chemin, [a, ta], [b, tb]);
    if (ta.contenu !== tb.contenu) this.#dire(chemin, 'content', [ta.contenu, tb.contenu]);
    if (ta.contenu === 'simple')
      this.#simples(`${chemin}/text()`, { ...a, type: ta.valeur }, { ...b, type: tb.valeur });
    const [ma, mb] = [a.artefact.modeles[ta.modele], b.artefact.modeles[tb.modele]];
    if (ma !== undefined && mb !== undefined) this.#modeles(chemin, [a, ma], [b, mb]);
  }

  #attributs(
    chemin: string,
    [a, ta]: readonly [Place, ComplexeArtefact],
    [b, tb]: readonly [Place, ComplexeArtefact],
  ): void {
    const decrire = (p: Place, t: ComplexeArtefact): string[] =>
      t.attributs.map((u) => `${nomDe(p.artefact, u.nom)} ${u.requis}`).toSorted();
    const [da, db] = [decrire(a, ta), decrire(b, tb)];
    if (da.join() !== db.join()) return this.#dire(chemin, 'attributes', [da, db]);
    for (const u of ta.attributs) {
      const nom = nomDe(a.artefact, u.nom);
      const v = tb.attributs.find((w) => nomDe(b.artefact, w.nom) === nom);
      if (v !== undefined) this.#simples(`${chemin}/@${nom}`, { ...a, type: u.type }, { ...b, type: v.type });
    }
  }

  /** Two automata walked together; each child is then compared once. */
  #modeles(
    chemin: string,
    [a, ma]: readonly [Place, ModeleArtefact],
    [b, mb]: readonly [Place, ModeleArtefact],
  ): void {
    if (ma.genre !== 'automate' || mb.genre !== 'automate')
      return this.#dire(chemin, 'model', [ma.genre, mb.genre]);
    const file: (readonly [number, number])[] = [[0, 0]];
    const vus = new Set(['0 0']);
    const enfants = new Map<string, readonly [number, number]>();
    for (const [i, j] of file) {
      const [ea, eb] = [ma.etats[i], mb.etats[j]];
      const suites = (p: Place, e: typeof ea) => new Map(e?.suites.map((s) => [nomDe(p.artefact, s.nom), s]));
      const [sa, sb] = [suites(a, ea), suites(b, eb)];
      const [na, nb] = [[...sa.keys()].toSorted(), [...sb.keys()].toSorted()];
      if (ea?.accepte !== eb?.accepte || na.join() !== nb.join())
        return this.#dire(chemin, 'what may follow', [na, nb]);
      for (const [nom, s] of sa) {
        const t = sb.get(nom);
        if (t === undefined) continue;
        enfants.set(nom, [s.element, t.element]);
        if (vus.has(`${s.cible} ${t.cible}`)) continue;
        vus.add(`${s.cible} ${t.cible}`);
        file.push([s.cible, t.cible]);
      }
    }
    for (const [nom, [s, t]] of enfants) {
      const [ea, eb] = [a.artefact.elements[s], b.artefact.elements[t]];
      if (ea === undefined || eb === undefined) continue;
      if (ea.nillable !== eb.nillable || ea.fixe !== eb.fixe)
        this.#dire(`${chemin}/${nom}`, 'declaration', [ea, eb]);
      this.comparer(`${chemin}/${nom}`, { ...a, type: ea.type }, { ...b, type: eb.type });
    }
  }
}

/** @param libres paths not to go down. */
export function comparerSchemas(
  [a, b]: readonly [ArtefactXsd, ArtefactXsd],
  racine: string,
  regles: { readonly libres: RegExp; readonly parMotif: readonly string[] },
): Ecarts {
  const place = (artefact: ArtefactXsd): Place => {
    const trouvee = artefact.racines.find(([nom]) => nomDe(artefact, nom).endsWith(` ${racine}`));
    return { artefact, type: artefact.elements[trouvee?.[1] ?? -1]?.type ?? -1 };
  };
  const comparaison = new Comparaison(regles.libres, regles.parMotif);
  comparaison.comparer(racine, place(a), place(b));
  return comparaison.bilan;
}
