import * as fc from 'fast-check';
import type { Carnet } from './carnet.ts';
import { denouer, fautesDeLaFin } from './denouement.ts';
import type { Plant } from './flotte.ts';
import { bornesDe, dire, faire, type Geste, NOMS, poidsDe, possible } from './gestes.ts';
import { Scene } from './scene.ts';
import { SansRepos } from './tourniquet.ts';

/** A rule that a story broke: its message tells the story in words, then as a test. */
export class FauteVue extends TypeError {
  readonly gestes: readonly Geste[];
  readonly fautes: readonly string[];

  constructor(gestes: readonly Geste[], fautes: readonly string[]) {
    super(raconte(gestes, fautes));
    this.gestes = gestes;
    this.fautes = fautes;
  }
}

/** One gesture, then what must hold at every instant. */
async function jouer(s: Scene, gestes: Geste[], geste: Geste): Promise<void> {
  gestes.push(geste);
  await sousGarde(gestes, () => faire(s, geste));
  s.carnet.retenus = s.flotte.retenus().length;
  const fautes = await s.observateur.regarder();
  if (fautes.length > 0) throw new FauteVue(gestes, fautes);
}

async function sousGarde(gestes: readonly Geste[], agir: () => Promise<unknown>): Promise<void> {
  try {
    await agir();
  } catch (cause) {
    throw cause instanceof SansRepos ? new FauteVue(gestes, [cause.message]) : cause;
  }
}

async function finir(s: Scene, gestes: readonly Geste[]): Promise<void> {
  await sousGarde(gestes, () => denouer(s));
  const fautes = [...(await s.observateur.regarder()), ...(await fautesDeLaFin(s))];
  if (fautes.length > 0) throw new FauteVue(gestes, [...new Set(fautes)]);
}

/** Plays a story that was told; @returns the rules that it breaks. What its moment does not allow is left out. */
export async function raconter(histoire: readonly Geste[], plant?: Plant): Promise<readonly string[]> {
  const s = await Scene.ouvrir(plant);
  try {
    for (const geste of histoire) if (possible(s.carnet, geste)) await jouer(s, [], geste);
    await finir(s, histoire);
    return [];
  } catch (cause) {
    if (cause instanceof FauteVue) return cause.fautes;
    throw cause;
  } finally {
    await s.flotte.fermer();
  }
}

function raconte(gestes: readonly Geste[], fautes: readonly string[]): string {
  return [
    'the story:',
    ...gestes.map((g, n) => `  ${n + 1}. ${dire(g)}`),
    'what it breaks:',
    ...fautes.map((f) => `  - ${f}`),
    'as a test:',
    `  expect(await raconter(${JSON.stringify(gestes)})).toEqual([]);`,
  ].join('\n');
}

class Commande implements fc.AsyncCommand<Carnet, { readonly scene: Scene; readonly joues: Geste[] }> {
  readonly #geste: Geste;

  constructor(geste: Geste) {
    this.#geste = geste;
  }

  check(carnet: Readonly<Carnet>): boolean {
    return possible(carnet, this.#geste);
  }

  run(_: Carnet, { scene, joues }: { readonly scene: Scene; readonly joues: Geste[] }): Promise<void> {
    return jouer(scene, joues, this.#geste);
  }

  toString(): string {
    return dire(this.#geste);
  }
}

const UN_GESTE: fc.Arbitrary<Commande> = fc
  .oneof(
    ...NOMS.map((nom) => ({
      weight: poidsDe(nom),
      arbitrary: fc
        .tuple(...bornesDe(nom).map((borne) => fc.nat(borne - 1)))
        .map((args): Geste => [nom, ...args]),
    })),
  )
  .map((geste) => new Commande(geste));

const ESSAIS = 1_000;

export interface Epreuve {
  readonly graine: number;
  readonly tours: number;
  readonly gestesMax?: number;
  readonly plant?: Plant;
  /** Stories played again, at most, to make the one found shorter. */
  readonly essais?: number;
  /** Sees each world that kept the rules, before it is closed. */
  readonly voir?: (s: Scene, gestes: number) => Promise<void>;
}

/** @returns a short story that breaks a rule, and after how many runs it was met; null when none did. */
export async function eprouver(
  e: Epreuve,
): Promise<{ readonly faute: FauteVue; readonly tours: number } | null> {
  const { graine, tours, gestesMax = 80, plant, essais = ESSAIS, voir } = e;
  const histoires = fc.commands([UN_GESTE], { maxCommands: gestesMax, size: 'max' });
  const propriete = fc.asyncProperty(histoires, async (histoire) => {
    const scene = await Scene.ouvrir(plant);
    const joues: Geste[] = [];
    try {
      await fc.asyncModelRun(() => ({ model: scene.carnet, real: { scene, joues } }), histoire);
      await finir(scene, joues);
      await voir?.(scene, joues.length);
    } finally {
      await scene.flotte.fermer();
    }
  });
  const bilan = await fc.check(propriete, { numRuns: tours, seed: graine, endOnFailure: true });
  if (!bilan.failed) return null;
  const cause: unknown = bilan.errorInstance;
  if (cause instanceof FauteVue) return { faute: await reduire(cause, essais, plant), tours: bilan.numRuns };
  throw cause;
}

/**
 * The shortest story that still breaks a rule: gestures are left out by halves, then one by one, then made smaller, until
 * nothing more can be. Played from its table each time, so that what is printed is what fails. (fast-check's own way keeps
 * the last gesture, which here is seldom the guilty one.)
 */
async function reduire(vue: FauteVue, essais: number, plant: Plant | undefined): Promise<FauteVue> {
  let meilleure = vue;
  let restent = essais;
  const essayer = async (gestes: readonly Geste[]): Promise<boolean> => {
    if (restent <= 0) return false;
    restent -= 1;
    const fautes = await raconter(gestes, plant);
    if (fautes.length > 0) meilleure = new FauteVue(gestes, fautes);
    return fautes.length > 0;
  };
  for (let avant = ''; avant !== meilleure.message; ) {
    avant = meilleure.message;
    await raccourcir(() => meilleure.gestes, essayer);
    for (const n of meilleure.gestes.keys())
      for (const geste of plusPetits(meilleure.gestes[n]))
        if (await essayer(meilleure.gestes.with(n, geste))) break;
  }
  return meilleure;
}

/** Halves first, single gestures last. */
async function raccourcir(
  gestes: () => readonly Geste[],
  essayer: (gestes: readonly Geste[]) => Promise<boolean>,
): Promise<void> {
  for (
    let taille = Math.ceil(gestes().length / 2);
    taille > 0;
    taille = taille > 1 ? Math.ceil(taille / 2) : 0
  )
    for (let fin = gestes().length; fin > 0; fin = Math.min(fin - taille, gestes().length))
      await essayer(gestes().toSpliced(Math.max(0, fin - taille), Math.min(taille, fin)));
}

/** The same gesture, its numbers smaller: the smallest first. */
function plusPetits(geste: Geste | undefined): Geste[] {
  if (geste === undefined) return [];
  const [nom, ...args] = geste;
  const essais = args.flatMap((arg, n) =>
    [0, Math.floor(arg / 2)].filter((m) => m >= 0 && m < arg).map((m): Geste => [nom, ...args.with(n, m)]),
  );
  return [[nom, ...args.map(() => 0)] as Geste, ...essais].filter((g) => g.join() !== geste.join());
}
