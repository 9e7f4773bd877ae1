import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nommerLot } from '../../../src/cli/lot/deposer.ts';
import { type Resultat, Resultats } from '../../../src/cli/lot/resultats.ts';

/** The results of a batch: what is written there survives what stops the command, and is read again. */

let d: string;
let fichier: string;
beforeEach(async () => {
  d = await mkdtemp(join(tmpdir(), 'lot-resultats-'));
  fichier = join(d, 'lot.resultats.csv');
});
afterEach(() => rm(d, { recursive: true, force: true }));

const LOT = nommerLot('213400016', Buffer.from('manifeste'));
const AUTRE = nommerLot('213400016', Buffer.from('manifeste corrigé'));

const ouvrir = (lot = LOT): Promise<Resultats> => Resultats.ouvrir({ fichier, lot, marque: 'essai' });

const resultat = (ligne: number, autres: Partial<Resultat> = {}): Resultat => ({
  ligne: { ligne, numero: `D${ligne}`, date: '2026-03-02', nature: '1', objet: 'Objet' },
  verdict: 'déposé',
  rejeu: false,
  flux: `flux-${ligne}`,
  identite: `034-D${ligne}`,
  anomalies: [],
  ...autres,
});

const refus = (ligne: number): Resultat =>
  resultat(ligne, {
    verdict: 'refusé',
    flux: '',
    identite: '',
    anomalies: [
      {
        code: 'ACTES-NUM-01',
        gravite: 'bloquante',
        message: 'Numéro ; "faux".',
        remede: 'Écrire D.',
        ou: 'numero',
      },
    ],
  });

const lignes = async (): Promise<string[]> => (await readFile(fichier, 'utf8')).split('\r\n').slice(1, -1);

test('a batch is named by its collectivité and by the bytes of its manifest', () => {
  expect(LOT).toMatch(/^lot-[0-9a-f]{32}$/);
  expect(nommerLot('213400016', Buffer.from('manifeste'))).toBe(LOT);
  expect(new Set([LOT, AUTRE, nommerLot('213400024', Buffer.from('manifeste'))]).size).toBe(3);
});

test('each fate is on the disk once told, in the order it came; the last word is in the order of the manifest', async () => {
  const r = await ouvrir();
  await Promise.all([r.noter(resultat(4)), r.noter(resultat(2))]);
  expect((await lignes()).map((l) => l.split(';')[1])).toEqual(['4', '2']);
  await r.noter(refus(3));
  expect((await lignes())[2]).toBe(
    `${LOT};3;D3;2026-03-02;1;Objet;refusé;;;1;ACTES-NUM-01;"numero : Numéro ; ""faux"".";Écrire D.`,
  );
  await r.ranger();
  await r.fermer();
  expect((await lignes()).map((l) => l.split(';')[1])).toEqual(['2', '3', '4']);
  expect(await readdir(d)).toEqual(['lot.resultats.csv']);
});

test('taken up again, it knows what was deposited; the line that a stop cut in two does not count', async () => {
  const r = await ouvrir();
  for (const vu of [resultat(2), refus(3), resultat(4)]) await r.noter(vu);
  await r.fermer();
  const entier = await readFile(fichier, 'utf8');
  await appendFile(fichier, `${LOT};5;D5;2026-03-02;1;Objet;déposé;flu`);
  const s = await ouvrir();
  expect([2, 3, 4, 5].map((n) => s.depose(n)?.flux)).toEqual(['flux-2', undefined, 'flux-4', undefined]);
  // the cut line is gone, and what follows begins a line of its own
  expect(await readFile(fichier, 'utf8')).toBe(entier);
  await s.noter(resultat(3));
  await s.noter(resultat(4, { rejeu: true }));
  await s.ranger();
  await s.fermer();
  expect((await lignes()).map((l) => [l.split(';')[1], l.split(';')[6]])).toEqual([
    ['2', 'déposé'],
    ['3', 'déposé'],
    ['4', 'déposé'],
  ]);
});

test('titles that a stop cut in two are written again', async () => {
  const r = await ouvrir();
  await r.fermer();
  const entete = await readFile(fichier);
  await writeFile(fichier, entete.subarray(0, 20));
  await (await ouvrir()).fermer();
  expect(await readFile(fichier)).toEqual(entete);
});

test('a corrected manifest is another batch: the results of the first are set aside, never lost', async () => {
  const r = await ouvrir();
  await r.noter(resultat(2));
  await r.fermer();
  const avant = await readFile(fichier);
  const s = await ouvrir(AUTRE);
  expect(s.depose(2)).toBeUndefined();
  expect(s.ecartes).toBe(join(d, `lot.resultats.${LOT.slice(4, 12)}.csv`));
  expect(await readFile(s.ecartes ?? '')).toEqual(avant);
  await s.fermer();
});

test.each([
  ['a file of somebody else', 'numero;date\r\n', 'ce n’est pas un fichier de résultats'],
  ['a folder that is not there', null, 'le dossier n’existe pas'],
])('%s is told before anything is deposited', async (_nom, contenu, attendu) => {
  if (contenu === null) fichier = join(d, 'absent', 'r.csv');
  else await writeFile(fichier, contenu);
  await expect(ouvrir()).rejects.toThrow(new RegExp(`VGM-CLI-005.*(${attendu})`));
  if (contenu !== null) expect(await readFile(fichier, 'utf8')).toBe(contenu);
});
