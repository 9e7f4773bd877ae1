import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { lireBase } from '../../../src/adapters/store/sqlite/instantane.ts';
import { ouvrirStoreSqlite, type OutilsStore } from '../../../src/adapters/store/sqlite/store.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { creerPdf } from '../../../src/banc/pdf.ts';
import { ecrireTarGz } from '../../../src/formats/tar/ecrire.ts';
import { effacerOrphelins } from '../../../src/gestes/sauvegarde/effacer-orphelins.ts';
import { reconnaitre } from '../../../src/gestes/sauvegarde/reconnaitre.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import { verifierChaine } from '../../../src/metier/journal.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { codeDe } from '../../contracts/montage.ts';
import { A, entree, fluxId, suite, T0 } from '../../contracts/store.fabrique.ts';
import { pes } from '../helios/generateur.ts';
import { abimer, creerLieux, ecrire, fichiersDe, jamais, type Lieux } from './lieux.ts';

/** `vaguemestre restaurer`: a backup comes back whole, is marked, and nothing that was there is erased. */

const VAGUEMESTRE = join(import.meta.dirname, '..', '..', '..', 'bin', 'vaguemestre');
const rangs = (n: number, debut = 0): number[] => Array.from({ length: n }, (_, k) => debut + k);
const outilsDe = (l: Lieux): OutilsStore => ({
  clock: l.clock,
  random: creerFakeRandom(l.clock, 9),
  version: '1',
});

async function remise<T>(
  l: Lieux,
  lire: (s: ReturnType<typeof ouvrirStoreSqlite>) => Promise<T>,
): Promise<T> {
  const store = ouvrirStoreSqlite({ fichier: l.chemin('remis', 'vaguemestre.sqlite'), ...outilsDe(l) });
  try {
    return await lire(store);
  } finally {
    await store.fermer();
  }
}

test('it comes back whole, marked, its chains unbroken; with the files that judge signatures and schemas', async () => {
  using l = creerLieux();
  await l.remplir(rangs(3));
  ecrire(l.chemin('magasin.json'), '{}');
  await l.sauvegarder({
    fichiers: [{ de: l.chemin('magasin.json'), fichier: 'donnees/confiance/magasin.json' }],
  });
  l.clock.regler(T0 + 60_000);
  const faite = await l.restaurer();
  expect(faite).toMatchObject({ ecart: null, pieces: { nombre: 3, defauts: [] }, restauree: T0 + 60_000 });
  expect(readFileSync(l.chemin('remis', 'confiance', 'magasin.json'), 'utf8')).toBe('{}');
  await remise(l, async (store) => {
    expect(await store.restaurations.derniere()).toMatchObject({
      sauvegarde: T0,
      restauree: T0 + 60_000,
      preparee: null,
      close: null,
    });
    expect(await store.flux.trouver(OPERATEUR, fluxId(2))).toBeDefined();
    const lignes = await store.journal.lignes(A, 1, 100);
    expect(verifierChaine(lignes)).toEqual([]);
    expect(lignes.at(-1)).toMatch(/"ev":"RESTAURATION".*derniere=3 sha256=[0-9a-f]{64}/);
  });
  // nothing of the making is left
  expect(fichiersDe(l.chemin('remis')).filter((f) => !f.startsWith('coffre/'))).toEqual([
    'confiance/magasin.json',
    'vaguemestre.sqlite',
    'vaguemestre.sqlite.verrou',
  ]);
});

test('a base that stands is not replaced unless asked; then it is put aside, and its coffre joined', async () => {
  using l = creerLieux();
  await l.remplir(rangs(2));
  await l.sauvegarder();
  await l.remplir(rangs(1, 2));
  expect(await codeDe(l.restaurer({ vers: l.donnees }))).toBe('VGM-SAU-008');
  abimer(join(l.donnees, l.piece(0)));
  const faite = await l.restaurer({ vers: l.donnees, remplacer: true });
  // the sound copy of the backup took the place of the damaged one, which is kept
  expect(faite.pieces).toMatchObject({ nouvelles: 1, defauts: [] });
  const ecart = faite.ecart ?? expect.fail('nothing was put aside');
  expect(fichiersDe(ecart)).toEqual([l.piece(0).replace(/coffre\/..\//, 'coffre/'), 'vaguemestre.sqlite']);
  expect(existsSync(join(l.donnees, l.piece(2)))).toBe(true);
  expect(faite.trouvailles.orphelins.map((o) => o.sha256)).toEqual([l.piece(2).split('/').at(-1)]);
  const ancienne = lireBase(join(ecart, 'vaguemestre.sqlite'));
  expect([...ancienne.pieces()]).toHaveLength(3);
  ancienne.fermer();
});

test('a daemon that works there keeps the restoration out; one that is not finished keeps the daemon out', async () => {
  using l = creerLieux();
  await l.remplir([0]);
  await l.sauvegarder();
  await l.store(async () => {
    expect(await codeDe(l.restaurer({ vers: l.donnees, remplacer: true }))).toBe('VGM-NOY-007');
  });
  // cut short before the base is in its place
  const arret = new AbortController();
  arret.abort();
  expect(await codeDe(l.restaurer({ signal: arret.signal }))).toBe('VGM-SAU-011');
  await l
    .restaurer({ vers: l.chemin('coupee') })
    .then(() => rmSync(l.chemin('coupee', 'vaguemestre.sqlite')));
  writeFileSync(l.chemin('coupee', 'restauration-en-cours'), 'ecarte-20260101T000000Z\n');
  const fichier = l.chemin('coupee', 'vaguemestre.sqlite');
  expect(await codeDe((async () => ouvrirStoreSqlite({ fichier, ...outilsDe(l) }))())).toBe('VGM-SAU-009');
  expect(existsSync(fichier)).toBe(false);
  // begun again, it ends
  await l.restaurer({ vers: l.chemin('coupee') });
  await ouvrirStoreSqlite({ fichier, ...outilsDe(l) }).fermer();
});

test('killed (-9) at any point, a restoration is begun again and ends; no daemon makes a base meanwhile', async () => {
  using l = creerLieux();
  await l.remplir(rangs(120));
  await l.sauvegarder();
  const remis = l.chemin('remis');
  const lancer = (...argv: string[]) =>
    spawn(process.execPath, [VAGUEMESTRE, ...argv], {
      env: { ...process.env, VAGUEMESTRE_DONNEES: remis, VAGUEMESTRE_API_PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const vus: number[] = [];
  for (const seuil of [1, 60, 120]) {
    const processus = lancer('restaurer', l.sauves, '--vers', remis);
    const fini = once(processus, 'exit');
    const la = () => fichiersDe(join(remis, 'coffre')).length;
    while (processus.exitCode === null && la() < seuil) await setTimeout(1);
    processus.kill('SIGKILL');
    await fini;
    vus.push(la());
    if (existsSync(join(remis, 'vaguemestre.sqlite'))) break;
    const demon = lancer('demarrer');
    const dit = text(demon.stderr);
    expect(await once(demon, 'exit')).toEqual([1, null]);
    expect(await dit).toContain('VGM-SAU-009');
    expect(existsSync(join(remis, 'vaguemestre.sqlite'))).toBe(false);
  }
  console.log(`restoration killed with ${vus.join(', ')} pieces of 120`);
  expect(vus.length).toBeGreaterThan(1);
  rmSync(join(remis, 'vaguemestre.sqlite'), { force: true });
  const faite = await l.restaurer();
  expect(faite.pieces).toMatchObject({ nombre: 120, defauts: [] });
  await remise(l, async (store) => {
    expect(await store.flux.compter(OPERATEUR)).toEqual({ depose: 120 });
    expect(await store.restaurations.derniere()).not.toBeNull();
  });
}, 60_000);

test('a snapshot that is damaged is refused, an older one named; one of a newer program too', async () => {
  using l = creerLieux();
  await l.remplir([0]);
  const { instantane: ancien } = await l.sauvegarder();
  l.clock.regler(T0 + 3_600_000);
  const { instantane } = await l.sauvegarder();
  abimer(join(instantane.dossier, 'base.sqlite'));
  expect(await codeDe(l.restaurer())).toBe('VGM-SAU-006');
  expect(existsSync(l.chemin('remis'))).toBe(false);
  expect(await codeDe(l.restaurer({ instantane: 'hier' }))).toBe('VGM-SAU-005');
  const manifeste = join(ancien.dossier, 'MANIFESTE.json');
  const texte = readFileSync(manifeste, 'utf8');
  rmSync(manifeste);
  writeFileSync(manifeste, texte.replace('"format": 1', '"format": 2'));
  expect(await codeDe(l.restaurer({ instantane: ancien.nom }))).toBe('VGM-SAU-007');
  rmSync(manifeste);
  writeFileSync(manifeste, texte.replace('"base.sqlite"', '"../../../base.sqlite"'));
  expect(await codeDe(l.restaurer({ instantane: ancien.nom }))).toBe('VGM-SAU-006');
  rmSync(manifeste);
  writeFileSync(manifeste, texte);
  expect((await l.restaurer({ instantane: ancien.nom })).instantane.nom).toBe(ancien.nom);
});

test('a coffre that outlived elsewhere gives what the backup could not have', async () => {
  using l = creerLieux();
  await l.remplir(rangs(2));
  const sain = readFileSync(join(l.donnees, l.piece(1)));
  rmSync(join(l.donnees, l.piece(1)));
  expect((await l.sauvegarder()).bilan.defauts).toHaveLength(1);
  ecrire(l.chemin('survivant', l.piece(1).slice('coffre/'.length)), sain.toString('latin1'));
  writeFileSync(l.chemin('survivant', l.piece(1).slice('coffre/'.length)), sain);
  ecrire(l.chemin('survivant', 'ab', 'ab'.repeat(32)), 'not what it says');
  const sans = await l.restaurer({ vers: l.chemin('sans') });
  expect(sans.pieces.defauts).toHaveLength(1);
  const avec = await l.restaurer({ coffre: l.chemin('survivant') });
  expect(avec.pieces.defauts).toEqual([]);
  expect(existsSync(l.chemin('remis', 'coffre', 'ab', 'ab'.repeat(32)))).toBe(false);
});

describe('what a piece that nobody cites is', () => {
  const dire = async (l: Lieux, octets: Uint8Array) => {
    const fichier = l.chemin('piece');
    writeFileSync(fichier, octets);
    return reconnaitre(fichier, 'VGM');
  };

  test('an archive names its acte, its collectivité and its serial', async () => {
    using l = creerLieux();
    const noms = [
      'EACT--213400016--20260310-42.xml',
      '034-213400016-20260302-BUDGET-DE-1-1_0.xml',
      '99_DE-034-213400016-20260302-BUDGET-DE-1-1_1.pdf',
    ];
    const octets = ecrireTarGz(
      noms.map((nom) => ({ nom, taille: 1, contenu: Buffer.from('x') })),
      T0 as Instant,
    );
    const morceaux: Uint8Array[] = [];
    for await (const m of octets) morceaux.push(m);
    expect(await dire(l, Buffer.concat(morceaux))).toEqual({
      genre: 'archive',
      libelle:
        'archive VGM-EACT--213400016--20260310-42.tar.gz, message 1-1 de l’acte 034-213400016-20260302-BUDGET-DE',
      protocole: 'ACTES',
      collectivite: '213400016',
      identite: '034-213400016-20260302-BUDGET-DE',
      nom: 'VGM-EACT--213400016--20260310-42.tar.gz',
      numero: { serie: 'ACTES:213400016:20260310', numero: 42 },
    });
  });

  test('a PES names itself and its budget', async () => {
    using l = creerLieux();
    const octets = pes({ entetes: { NomFic: 'PAIE_03', IdColl: '21340001600012' } });
    expect(await dire(l, octets)).toMatchObject({
      genre: 'pes',
      protocole: 'HELIOS',
      collectivite: '213400016',
      identite: '123/PAIE_03',
    });
  });

  test.each([
    ['a mail', 'From: actes@interieur.example\r\nSubject: ACTES\r\n\r\nx', 'courriel'],
    ['an acquittement', '<?xml version="1.0"?>\n<n:PES_ACQUIT xmlns:n="x"/>', 'acquittement'],
    ['a refusal of the whole file', '<PES_NonAcquit/>', 'acquittement'],
    ['a PES Retour', '<!-- a --><PES_Retour/>', 'pes_retour'],
    ['a PES that is cut', '<PES_Aller><Enveloppe>', 'autre'],
    ['a document', creerPdf(['x']), 'autre'],
    ['a report', '{"format":"x"}', 'autre'],
    ['a tar.gz that is none', Buffer.from([0x1f, 0x8b, 8, 0, 0]), 'autre'],
    ['nothing', '', 'autre'],
  ])('%s', async (_, octets, genre) => {
    using l = creerLieux();
    expect((await dire(l, Buffer.from(octets))).genre).toBe(genre);
  });
});

describe('pieces that a full disk left behind', () => {
  const JOUR = 86_400_000;
  const demande = (l: Lieux) => ({
    base: join(l.donnees, 'vaguemestre.sqlite'),
    coffre: join(l.donnees, 'coffre'),
    trigramme: 'VGM',
    motif: 'disque plein du 20',
    signal: jamais,
  });

  test('go on order only, older than a day, each named in the journal first; what is cited stays', async () => {
    using l = creerLieux();
    await l.remplir(rangs(2));
    const orpheline = join(l.donnees, 'coffre', 'aa', `aa${'0'.repeat(62)}`);
    ecrire(orpheline, 'x');
    const vraie = join(
      l.donnees,
      'coffre',
      '2d',
      '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    );
    ecrire(vraie, 'x');
    l.clock.regler(statSync(vraie).mtimeMs + JOUR - 1000);
    expect(await effacerOrphelins(demande(l), outilsDe(l))).toEqual([]);
    l.clock.regler(statSync(vraie).mtimeMs + JOUR + 60_000);
    const effaces = await effacerOrphelins(demande(l), outilsDe(l));
    expect(effaces.map((o) => o.sha256)).toEqual([
      '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    ]);
    expect(existsSync(vraie)).toBe(false);
    // bytes that are not those of their name prove nothing, and are left to a person
    expect(existsSync(orpheline)).toBe(true);
    for (const rang of rangs(2)) expect(existsSync(join(l.donnees, l.piece(rang)))).toBe(true);
    const [ligne] = await l.store((s) => s.journal.lignes('operateur', 1, 9));
    expect(ligne).toMatch(/"ev":"ORPHELINS_EFFACES".*"obj":"sha256:2d711642.*disque plein du 20/);
  });

  test('never beside a daemon, nor while they may tell what a restoration lost', async () => {
    using l = creerLieux();
    await l.remplir([0]);
    await l.store(async () => {
      expect(await codeDe(effacerOrphelins(demande(l), outilsDe(l)))).toBe('VGM-NOY-007');
    });
    await l.sauvegarder();
    await l.restaurer({ vers: l.donnees, remplacer: true });
    expect(await codeDe(effacerOrphelins(demande(l), outilsDe(l)))).toBe('VGM-SAU-023');
    await l.store(async ({ restaurations, ecriture }) => {
      const { id = '' } = (await restaurations.derniere()) ?? {};
      const journal = [entree({ org: 'operateur' })];
      await ecriture.ecrire(suite({ restauration: { id, close: true }, journal }));
    });
    expect(await effacerOrphelins(demande(l), outilsDe(l))).toEqual([]);
  });
});
