/**
 * `npm run mutation [-- --mutate <globs>]`: mutates the code of `src/formats/`, folder by folder, and asks the tests of the
 * same folder to notice (docs/mutation.md). Prints the survivors and the score of each folder. Other arguments go to
 * Stryker; kills already known are kept in `.cache/`, `--force` asks them again.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { dirname, join, matchesGlob, resolve } from 'node:path';

interface Mutant {
  readonly status: string;
  readonly statusReason?: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: Place; readonly end: Place };
}
interface Place {
  readonly line: number;
  readonly column: number;
}
interface Rapport {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
}

const RACINE = 'src/formats/';
const ESSAIS = 'test/unit/formats/';
const CONNUS = '.cache/mutation/incremental.json';
/** Percentage under which a folder fails. */
const SEUIL = 85;
const COLONNES = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored'] as const;
/** What is mutated together, and the tests that judge it. */
interface Groupe {
  readonly fichiers: string;
  readonly essais: readonly string[];
  readonly sauf?: string;
}

/** Reading a PKCS#12 derives keys slowly on purpose: its tests judge it alone, and no other file. */
const PKCS12 = 'certificats/pkcs12*';
/** The folder of trust that operators keep: most of what reads lists, anchors and answers is seen from there. */
const CONFIANCE = 'test/unit/confiance/*.test.ts';

/** Tests of a folder that are kept elsewhere, or bear another name. */
const ESSAIS_AILLEURS: Readonly<Record<string, readonly string[]>> = {
  encodages: [`${ESSAIS}*json.test.ts`, `${ESSAIS}csv.test.ts`, `${ESSAIS}icalendar.test.ts`],
  lot: ['test/unit/lot/*.test.ts'],
  reseau: ['test/unit/notification/garde.test.ts'],
  webhook: ['test/unit/notification/signature.test.ts'],
};

function groupes(): Groupe[] {
  const propres = readdirSync(RACINE).map((nom): Groupe => {
    const essais = [`${ESSAIS}${nom}*.test.ts`, `${ESSAIS}${nom}*/**/*.test.ts`];
    const groupe = { fichiers: `${RACINE}${nom}/**/*.ts`, essais };
    if (nom === 'certificats')
      return { ...groupe, sauf: PKCS12, essais: [`${ESSAIS}${nom}/!(pkcs12*).test.ts`, CONFIANCE] };
    return { ...groupe, essais: [...essais, ...(ESSAIS_AILLEURS[nom] ?? [])] };
  });
  return [...propres, { fichiers: `${RACINE}${PKCS12}`, essais: [`${ESSAIS}${PKCS12}.test.ts`] }];
}

const [globs, ...autres] = lireArguments(process.argv.slice(2));
/** The folder of Stryker is outside: the copy of the repository that it works on must find `../shared` as we do. */
const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-mutation-'));
try {
  if (existsSync(join('..', 'shared'))) symlinkSync(resolve('..', 'shared'), join(dossier, 'shared'));
  // A run takes hours: it gives way to everything else.
  setPriority(10);
  const plans = groupes()
    .map((groupe) => ({ groupe, fichiers: globSync(groupe.fichiers).filter((f) => demande(f, groupe)) }))
    .filter(({ fichiers }) => fichiers.length > 0);
  const reussis = plans.filter(({ groupe, fichiers }) => muter(groupe, fichiers));
  const faibles = dire();
  process.exitCode = plans.length > 0 && reussis.length === plans.length && faibles === 0 ? 0 : 1;
} finally {
  rmSync(dossier, { recursive: true, force: true });
}

/** @returns the globs to mutate, then what is for Stryker. */
function lireArguments(recus: readonly string[]): [readonly string[], ...string[]] {
  const place = recus.findIndex((a) => a === '--mutate' || a === '-m');
  if (place < 0) return [[`${RACINE}**/*.ts`], ...recus];
  return [(recus[place + 1] ?? '').split(','), ...recus.toSpliced(place, 2)];
}

/** Is this file asked for, and of this group? */
function demande(fichier: string, { sauf }: Groupe): boolean {
  if (sauf !== undefined && matchesGlob(fichier, `${RACINE}${sauf}`)) return false;
  return globs.some((g) => matchesGlob(fichier, g));
}

/**
 * Two passes. The first runs against each mutant the tests that reach it. Those that live when a file loads (tables, regular
 * expressions) are reached by none by name: the second runs all the tests of the group against each.
 * @returns whether Stryker went to its end.
 */
function muter({ essais }: Groupe, fichiers: readonly string[]): boolean {
  oublier((nom, m) => fichiers.includes(nom) && m.status !== 'Killed');
  if (!stryker(essais, ['--mutate', fichiers.join(','), '--ignoreStatic'])) return false;
  const lieux = fichiers.flatMap((nom) =>
    (connus().files[nom]?.mutants ?? [])
      .filter(auChargement)
      .map((m) => `${nom}:${m.location.start.line}-${m.location.end.line}`),
  );
  if (lieux.length === 0) return true;
  oublier((nom, m) => fichiers.includes(nom) && auChargement(m));
  return stryker(essais, ['--mutate', [...new Set(lieux)].join(',')]);
}

function auChargement({ status, statusReason = '' }: Mutant): boolean {
  return status === 'Ignored' && statusReason.startsWith('Static mutant');
}

/** The tests are told by the environment: with its own option for it, Stryker never brings a static mutant to life. */
function stryker(essais: readonly string[], options: readonly string[]): boolean {
  const commande = ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', '--tempDirName', dossier];
  const { status } = spawnSync(process.execPath, [...commande, ...options, ...autres], {
    stdio: 'inherit',
    env: { ...process.env, VGM_MUTATION_ESSAIS: essais.join(','), VGM_PKI: join(dossier, 'pki') },
  });
  return status === 0;
}

function connus(): Rapport {
  return existsSync(CONNUS) ? (JSON.parse(readFileSync(CONNUS, 'utf8')) as Rapport) : { files: {} };
}

/**
 * Of one run to the next, only kills are kept: Stryker would also keep the survivors that no test covers by name, whatever
 * tests were added since.
 */
function oublier(perime: (fichier: string, mutant: Mutant) => boolean): void {
  const rapport = connus();
  const files = Object.entries(rapport.files)
    .filter(([nom]) => existsSync(nom))
    .map(([nom, fichier]) => [nom, { ...fichier, mutants: fichier.mutants.filter((m) => !perime(nom, m)) }]);
  if (files.length > 0)
    writeFileSync(CONNUS, JSON.stringify({ ...rapport, files: Object.fromEntries(files) }));
}

/** What the mutant replaces, on one line. */
function extrait(lignes: readonly string[], { start, end }: Mutant['location']): string {
  const prises = lignes.slice(start.line - 1, end.line);
  const fin = prises.length - 1;
  prises[fin] = prises[fin]?.slice(0, end.column - 1) ?? '';
  prises[0] = prises[0]?.slice(start.column - 1) ?? '';
  return court(prises.join(' '));
}

function court(texte: string): string {
  const plat = texte.replaceAll(/\s+/g, ' ');
  return plat.length > 90 ? `${plat.slice(0, 87)}…` : plat;
}

/** All that is known, this run's and the others'. @returns how many folders are under the threshold. */
function dire(): number {
  const parDossier = new Map<string, Map<string, number>>();
  for (const [fichier, { source, mutants }] of Object.entries(connus().files).toSorted()) {
    const lignes = source.split('\n');
    const groupe = dirname(fichier).split('/').slice(0, 3).join('/');
    const comptes = parDossier.get(groupe) ?? new Map<string, number>();
    parDossier.set(groupe, comptes);
    for (const mutant of mutants) {
      const { status, mutatorName, replacement = '', location } = mutant;
      comptes.set(status, (comptes.get(status) ?? 0) + 1);
      if (status !== 'Survived' && status !== 'NoCoverage') continue;
      const place = `${fichier}:${location.start.line}:${location.start.column}`;
      console.log(`${place} ${status} ${mutatorName}: ${extrait(lignes, location)} → ${court(replacement)}`);
    }
  }
  console.log(['folder', 'score', ...COLONNES].join('\t'));
  let faibles = 0;
  for (const [groupe, comptes] of parDossier) {
    const [tues, limites, ...survivants] = COLONNES.map((c) => comptes.get(c) ?? 0) as [number, number];
    const valides = tues + limites + (comptes.get('Survived') ?? 0) + (comptes.get('NoCoverage') ?? 0);
    const score = (100 * (tues + limites)) / Math.max(1, valides);
    if (valides > 0 && score < SEUIL) faibles += 1;
    console.log([groupe, `${score.toFixed(1)} %`, tues, limites, ...survivants].join('\t'));
  }
  return faibles;
}
