import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inscrire } from '../../src/banc/collectivite-essai.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import { zipEssai } from '../unit/lot/zip-essai.ts';
import { type FluxVu, type Monde, ouvrirMonde } from './monde.ts';
import { RelaisApi } from './relais-api.ts';
import { RACINE } from './sol.ts';

/** A batch as an agent deposits it: the command as a process, a real daemon on its socket, and what stops either of them. */

let monde: Monde;
let relais: RelaisApi;
let dossier: string;
/** One collectivité a test: nothing that a test deposits is seen by another. */
let siren = '213400100';

beforeAll(async () => {
  monde = await ouvrirMonde();
  relais = await new RelaisApi(monde.socket).ouvrir(`${monde.socket}.relais`);
});
afterAll(async () => {
  await relais.fermer();
  await monde.fermer();
});
beforeEach(async () => {
  siren = String(Number(siren) + 1);
  await inscrire(monde.labo.client, siren, `Commune ${siren}`);
  dossier = await mkdtemp(join(tmpdir(), 'vgm-lot-'));
  return () => rm(dossier, { recursive: true, force: true });
});

const TITRES = 'numero;date;objet;nature;matiere;document;typologie;annexes;typologies_annexes';
const ACTES = 60;
/** Lines whose number the norm does not admit. */
const FAUX = [7, 31, 58];

const numeroDe = (k: number): string => (FAUX.includes(k) ? `n-${k}` : `N${k}`);
const ligneDe = (k: number, numero = numeroDe(k)): string =>
  `${numero};02/03/2026;Tarif n° ${k} de l’école;1;7.1;pieces/a${k}.pdf;99_DE;${k % 10 === 0 ? 'pieces/plan.pdf;99_DE' : ';'}`;

/** The manifest, with these lines made right. */
function manifeste(justes: readonly number[] = []): Buffer {
  const lignes = Array.from({ length: ACTES }, (_, i) => i + 1).map((k) =>
    justes.includes(k) ? ligneDe(k, `J${k}`) : ligneDe(k),
  );
  return Buffer.from(`\uFEFF${[TITRES, ...lignes].join('\r\n')}\r\n`);
}

async function preparer(ici = join(dossier, 'mars')): Promise<string> {
  await mkdir(join(ici, 'pieces'), { recursive: true });
  for (let k = 1; k <= ACTES; k += 1)
    await writeFile(join(ici, 'pieces', `a${k}.pdf`), creerPdf([`Délibération ${k}`]));
  await writeFile(join(ici, 'pieces', 'plan.pdf'), creerPdf(['Plan']));
  await writeFile(join(ici, 'lot.csv'), manifeste());
  return ici;
}

interface Fini {
  readonly code: number | null;
  readonly sortie: string;
  readonly erreur: string;
}

/** @param args the batch first, then options. */
function lancer(socket: string, args: readonly string[]): ChildProcess {
  const commande = [join(RACINE, 'bin', 'vaguemestre'), 'lot', ...args, '--siren', siren, '--socket', socket];
  return spawn(process.execPath, commande, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finir(enfant: ChildProcess): Promise<Fini> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  enfant.once('exit', resolve);
  const [code, sortie, erreur] = await Promise.all([
    promise,
    enfant.stdout === null ? '' : text(enfant.stdout),
    enfant.stderr === null ? '' : text(enfant.stderr),
  ]);
  return { code, sortie, erreur };
}

const deposer = (...args: readonly string[]): Promise<Fini> => finir(lancer(monde.socket, args));

/** Runs a batch until so many answers are held on their way, acts, then waits for the end. */
async function interrompu(
  nombre: number,
  agir: (enfant: ChildProcess) => unknown,
  ...args: readonly string[]
): Promise<Fini> {
  const retenue = relais.retenir(nombre);
  const enfant = lancer(`${monde.socket}.relais`, [...args, '--json', '--concurrence', '4']);
  const fini = finir(enfant);
  await retenue;
  await agir(enfant);
  relais.lacher();
  return fini;
}

/** Identities deposited for this collectivité, each with its number of flux. */
async function deposes(): Promise<Map<string, number>> {
  const comptes = new Map<string, number>();
  const { flux } = (await monde.labo.client.lire(`/flux?limite=1000&recherche=-${siren}-`))
    .corps as unknown as {
    flux: FluxVu[];
  };
  for (const { identite } of flux) comptes.set(identite, (comptes.get(identite) ?? 0) + 1);
  return comptes;
}

const BONS = Array.from({ length: ACTES }, (_, i) => i + 1).filter((k) => !FAUX.includes(k));
const identiteDe = (k: number): string => `034-${siren}-20260302-N${k}-DE`;

/** Every sound acte once, nothing else. */
async function exigerEntier(): Promise<void> {
  const comptes = await deposes();
  expect([...comptes.keys()].toSorted()).toEqual(BONS.map(identiteDe).toSorted());
  expect([...comptes.values()].every((n) => n === 1)).toBe(true);
}

/** Line and verdict of each line of the results, in their order. */
async function resultats(fichier: string): Promise<[number, string][]> {
  const lignes = (await readFile(fichier, 'utf8')).split('\r\n').slice(1, -1);
  return lignes.map((l) => [Number(l.split(';')[1]), l.split(';')[6] ?? '']);
}

const ATTENDUS = Array.from({ length: ACTES }, (_, i): [number, string] => [
  i + 2,
  FAUX.includes(i + 1) ? 'refusé' : 'déposé',
]);

describe('a batch of 60 actes, three of them refused', () => {
  test('each has its own fate; again, nothing is deposited twice; corrected in place, only what was refused is new', async () => {
    const lot = await preparer();
    const fichier = join(lot, 'lot.resultats.csv');
    const blanc = await deposer(lot, '--a-blanc');
    expect([blanc.code, blanc.sortie.split('\n').slice(-3, -1)]).toEqual([
      3,
      ['60 actes : 57 acceptés, 3 refusés.', 'Rien n’a été gardé.'],
    ]);
    expect([(await deposes()).size, await readdir(lot)]).toEqual([0, ['lot.csv', 'pieces']]);
    const premier = await deposer(lot);
    expect(premier.code).toBe(3);
    expect(premier.sortie).toContain('Ligne 8, acte n-7 : refusé');
    expect(premier.sortie).toContain('60 actes : 57 déposés, 3 refusés.');
    expect(await resultats(fichier)).toEqual(ATTENDUS);
    await exigerEntier();
    const ecrits = await readFile(fichier);
    for (const args of [[], ['--reprendre']]) {
      const encore = await deposer(lot, ...args);
      expect([encore.code, encore.sortie.includes('57 déposés, dont 57 auparavant, 3 refusés.')]).toEqual([
        3,
        true,
      ]);
      expect(await readFile(fichier)).toEqual(ecrits);
    }
    await exigerEntier();
    await writeFile(join(lot, 'lot.csv'), manifeste(FAUX));
    const corrige = await deposer(lot);
    expect([corrige.code, corrige.erreur]).toEqual([
      0,
      expect.stringMatching(/^Les résultats du manifeste précédent/),
    ]);
    expect(corrige.sortie).toContain('60 actes : 60 déposés, dont 57 auparavant.');
    expect((await deposes()).size).toBe(60);
    expect((await readdir(lot)).filter((n) => n.includes('.resultats.'))).toHaveLength(2);
  });

  test('killed at any moment, then run again, with or without --reprendre: none lost, none doubled', async () => {
    const lot = await preparer();
    const coupes: [number, string[]][] = [
      [3, []],
      [20, ['--reprendre']],
      [41, []],
      [59, ['--reprendre']],
    ];
    for (const [nombre, args] of coupes) {
      const coupe = await interrompu(nombre, (enfant) => enfant.kill('SIGKILL'), lot, ...args);
      expect(coupe.code).toBeNull();
      expect((await deposes()).size).toBeGreaterThan(0);
    }
    const dernier = await deposer(lot, '--reprendre');
    expect([dernier.code, dernier.sortie.includes('60 actes : 57 déposés, dont ')]).toEqual([3, true]);
    await exigerEntier();
    expect(await resultats(join(lot, 'lot.resultats.csv'))).toEqual(ATTENDUS);
  });

  test('Ctrl-C: what is in flight ends, the rest waits, and the command says how to go on', async () => {
    const lot = await preparer();
    const arrete = await interrompu(10, (enfant) => enfant.kill('SIGINT'), lot);
    expect(arrete.code).toBe(1);
    const [faute] = arrete.erreur.split('\n').slice(-2);
    expect(JSON.parse(faute ?? '')).toMatchObject({
      code: 'VGM-LOT-004',
      remede: expect.stringContaining('--reprendre'),
    });
    const bilan = JSON.parse(arrete.sortie.trimEnd().split('\n').at(-1) ?? '') as Record<string, number>;
    // what was told is what was done, to one
    expect((await deposes()).size).toBe(bilan['deposes']);
    expect(bilan['restants']).toBeGreaterThan(0);
    expect(await resultats(join(lot, 'lot.resultats.csv'))).toHaveLength(60 - Number(bilan['restants']));
    expect((await deposer(lot, '--reprendre')).code).toBe(3);
    await exigerEntier();
  });

  test('the daemon dies on the way: a failure that can be taken up, and nothing twice once it is back', async () => {
    const lot = await preparer();
    const arrete = await interrompu(15, () => monde.demon().tuer(), lot);
    expect(arrete.code).toBe(1);
    expect(arrete.erreur).toMatch(/"VGM-LOT-003".*VGM-CLI-00[16]/);
    expect((await deposer(lot, '--reprendre')).erreur).toMatch(/VGM-LOT-003(?:.|\n)*VGM-CLI-001/);
    await monde.redemarrer();
    expect((await deposer(lot, '--reprendre')).code).toBe(3);
    await exigerEntier();
  });
});

describe('wherever the batch is', () => {
  test('a CSV file beside its pieces, and a ZIP: the same manifest is the same batch', async () => {
    const lot = await preparer();
    const seul = await deposer(join(lot, 'lot.csv'), '--concurrence', '1');
    expect([seul.code, seul.sortie.includes('57 déposés, 3 refusés.')]).toEqual([3, true]);
    const noms = (await readdir(join(lot, 'pieces'))).map((n) => join('pieces', n));
    const entrees = await Promise.all(
      ['lot.csv', ...noms].map(async (nom) => ({
        nom: `mars/${nom}`,
        octets: await readFile(join(lot, nom)),
        comprimer: true,
      })),
    );
    const zip = join(dossier, 'mars.zip');
    await writeFile(zip, zipEssai(entrees));
    const zippe = await deposer(zip, '--concurrence', '32');
    expect([zippe.code, zippe.sortie.includes('57 déposés, dont 57 auparavant, 3 refusés.')]).toEqual([
      3,
      true,
    ]);
    expect(await resultats(join(dossier, 'mars.resultats.csv'))).toEqual(ATTENDUS);
    await exigerEntier();
  });

  test('in a ZIP, a piece whose bytes are damaged refuses its own acte, and no other', async () => {
    const pdf = creerPdf(['Acte']);
    const csv = Buffer.from([TITRES, ligneDe(1), ligneDe(2), ''].join('\n'));
    const entrees = [
      { nom: 'lot.csv', octets: csv },
      { nom: 'pieces/a1.pdf', octets: pdf, crc: 1 },
      { nom: 'pieces/a2.pdf', octets: pdf },
    ];
    await writeFile(join(dossier, 'x.zip'), zipEssai(entrees));
    const r = await deposer(join(dossier, 'x.zip'));
    expect([r.code, r.sortie]).toEqual([
      3,
      expect.stringMatching(/Ligne 2, acte N1 : refusé\n.*VGM-LOT-005/),
    ]);
    expect([...(await deposes()).keys()]).toEqual([identiteDe(2)]);
  });
});

describe('what is told before, and instead of, a deposit', () => {
  test('every fault of the manifest and every missing file, with nothing deposited nor written', async () => {
    const lot = await preparer();
    await rm(join(lot, 'pieces', 'a12.pdf'));
    await rm(join(lot, 'pieces', 'plan.pdf'));
    const csv = String(manifeste()).replace('N5;02/03/2026', 'N5;31/02/2026').replace('N9;', 'N8;');
    await writeFile(join(lot, 'lot.csv'), csv);
    const r = await deposer(lot);
    expect([r.code, r.sortie]).toEqual([3, '']);
    const lieux = [...r.erreur.matchAll(/^Anomalie (LOT-\d\d) \((.*?)\)/gm)].map(
      ([, code, ou]) => `${code} ${ou}`,
    );
    expect(lieux).toEqual([
      'LOT-06 ligne 6, colonne date',
      'LOT-10 ligne 10, colonne numero',
      'LOT-11 ligne 11, colonne annexes',
      'LOT-11 ligne 13, colonne document',
      ...[20, 30, 40, 50, 60].map((k) => `LOT-11 ligne ${k + 1}, colonne annexes`),
    ]);
    expect([(await deposes()).size, await readdir(lot)]).toEqual([0, ['lot.csv', 'pieces']]);
  });

  test('a piece that changed since its acte was deposited is told: the first version is the one that leaves', async () => {
    const lot = await preparer();
    await deposer(lot);
    await writeFile(join(lot, 'pieces', 'a2.pdf'), creerPdf(['Autre texte']));
    const r = await deposer(lot);
    expect([r.code, r.sortie]).toEqual([
      3,
      expect.stringMatching(/Ligne 3, acte N2 : refusé\n.*VGM-LOT-006/),
    ]);
    await exigerEntier();
    // under another manifest, the same number with other bytes is a double
    await writeFile(join(lot, 'lot.csv'), manifeste(FAUX));
    const autre = await deposer(lot, '--sortie', join(dossier, 'autre.csv'));
    expect([autre.code, autre.sortie]).toEqual([
      3,
      expect.stringMatching(/Ligne 3, acte N2 : déjà déposé autrement\n.*VGM-DEP-002/),
    ]);
    expect(autre.sortie).toContain('60 actes : 59 déposés, dont 56 auparavant, 1 doublon.');
  });

  test('the same manifest never deposits an acte again, even refused by the State since; another manifest does', async () => {
    const lot = await preparer();
    const ligne = ligneDe(1, 'A_ANO13');
    await writeFile(join(lot, 'lot.csv'), `${TITRES}\n${ligne}\n`);
    expect((await deposer(lot)).code).toBe(0);
    const [acte] = (await monde.flux()).filter((f) => f.identite.includes(siren));
    await monde.jusqua(acte?.id ?? '', 'anomalie');
    const encore = await deposer(lot);
    expect(encore.sortie).toContain('1 acte : 1 déposé, dont 1 auparavant.');
    expect([...(await deposes()).values()]).toEqual([1]);
    await writeFile(join(lot, 'lot.csv'), `${TITRES}\n\n${ligne}\n`);
    expect((await deposer(lot)).sortie).toContain('1 acte : 1 déposé.');
    expect([...(await deposes()).values()]).toEqual([2]);
  });

  test('a collectivité unknown stops at once; options out of bounds; results that cannot be written', async () => {
    const lot = await preparer();
    const sienne = siren;
    siren = '999999999';
    const inconnue = await deposer(lot);
    siren = sienne;
    expect([inconnue.code, inconnue.erreur]).toEqual([
      1,
      expect.stringMatching(/VGM-LOT-003(?:.|\n)*VGM-DEP-001/),
    ]);
    for (const args of [
      ['--concurrence', '0'],
      ['--concurrence', '33'],
      ['--a-blanc', '--reprendre'],
    ])
      expect((await deposer(lot, ...args)).code).toBe(2);
    const ailleurs = await deposer(lot, '--sortie', join(dossier, 'absent', 'r.csv'));
    expect([ailleurs.code, ailleurs.erreur]).toEqual([1, expect.stringContaining('VGM-CLI-005')]);
    expect((await deposes()).size).toBe(0);
    const copie = join(dossier, 'copie');
    await cp(lot, copie, { recursive: true });
    const r = await deposer(copie, '--sortie', join(lot, 'lot.csv'));
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('ce n’est pas un fichier de résultats')]);
  });
});
