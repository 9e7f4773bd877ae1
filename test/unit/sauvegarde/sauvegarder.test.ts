import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { codeDe, dossierEssai, petitDisque } from '../../contracts/montage.ts';
import { abimer, creerLieux, ecrire, fichiersDe } from './lieux.ts';

/** `vaguemestre sauvegarder`: one snapshot, then the next ones, and what may happen to them. */

const RACINE = join(import.meta.dirname, '..', '..', '..');
const rangs = (n: number, debut = 0): number[] => Array.from({ length: n }, (_, k) => debut + k);
const sains = (verdicts: readonly { bon: boolean; detail: string }[]): string[] =>
  verdicts.filter((v) => !v.bon).map((v) => v.detail);

test('a backup verifies without us, and holds no path of the machine', async () => {
  using l = creerLieux();
  await l.remplir(rangs(5));
  const { instantane, bilan } = await l.sauvegarder();
  expect(bilan).toMatchObject({ nombre: 5, nouvelles: 5, defauts: [] });
  execFileSync('sha256sum', ['--quiet', '-c', 'SHA256SUMS'], { cwd: instantane.dossier });
  const manifeste = readFileSync(join(instantane.dossier, 'MANIFESTE.json'), 'utf8');
  expect(manifeste).not.toContain(l.chemin());
  expect(JSON.parse(manifeste)).toMatchObject({
    format: 1,
    pieces: { nombre: 5, octets: 200, copiees: true },
    journal: [{ org: '213400178', n: 5 }],
    flux: { depose: 5 },
  });
  expect(sains(await l.verifier())).toEqual([]);
  // nobody else reads acts, accounts and secrets
  expect(statSync(l.sauves).mode & 0o077).toBe(0);
  expect(statSync(join(instantane.dossier, 'base.sqlite')).mode & 0o077).toBe(0);
});

test('the next one copies the new pieces only; the one before stays whole; those asked away go, the oldest first', async () => {
  using l = creerLieux();
  await l.remplir(rangs(3));
  const premiere = await l.sauvegarder();
  await l.remplir(rangs(2, 3));
  const seconde = await l.sauvegarder();
  expect(seconde.bilan).toMatchObject({ nombre: 5, nouvelles: 2, octetsNouveaux: 80 });
  expect(seconde.instantane.nom > premiere.instantane.nom).toBe(true);
  expect(sains(await l.verifier())).toEqual([]);
  l.clock.regler(l.clock.now() + 86_400_000);
  const troisieme = await l.sauvegarder({ garder: 2 });
  expect(troisieme.retires).toEqual([premiere.instantane.nom]);
  expect(existsSync(premiere.instantane.dossier)).toBe(false);
  expect(sains(await l.verifier())).toEqual([]);
  expect(fichiersDe(join(l.sauves, 'coffre'))).toHaveLength(5);
});

test('pieces are copies, that nothing done to the originals can spoil; linked only when asked', async () => {
  using l = creerLieux();
  await l.remplir(rangs(2));
  await l.sauvegarder();
  const [ici, la] = [join(l.donnees, l.piece(0)), join(l.sauves, l.piece(0))];
  expect(statSync(la).ino).not.toBe(statSync(ici).ino);
  abimer(ici);
  expect(sains(await l.verifier())).toEqual([]);
  const liees = l.chemin('liees');
  await l.sauvegarder({ dossier: liees, lier: true });
  expect(statSync(join(liees, l.piece(1))).ino).toBe(statSync(join(l.donnees, l.piece(1))).ino);
  // damaged at its source: told, not linked
  expect(existsSync(join(liees, l.piece(0)))).toBe(false);
});

test('a base that is being written is copied as it is at one instant, and what it cites is there', async () => {
  using l = creerLieux();
  await l.remplir(rangs(20));
  const encore = l.remplir(rangs(200, 20));
  const { instantane, bilan } = await l.sauvegarder();
  await encore;
  expect(bilan.defauts).toEqual([]);
  expect(bilan.nombre).toBeGreaterThanOrEqual(20);
  expect(instantane.manifeste.journal[0]?.n).toBe(bilan.nombre);
  expect(sains(await l.verifier())).toEqual([]);
});

test('a piece that is damaged or gone is told, and keeps none of the others away', async () => {
  using l = creerLieux();
  await l.remplir(rangs(4));
  abimer(join(l.donnees, l.piece(1)));
  rmSync(join(l.donnees, l.piece(2)));
  const { bilan } = await l.sauvegarder();
  const nom = (rang: number) => l.piece(rang).split('/').at(-1);
  expect(bilan.defauts.toSorted((a, b) => a.defaut.localeCompare(b.defaut))).toEqual([
    { sha256: nom(2), defaut: 'absente' },
    { sha256: nom(1), defaut: 'alteree' },
  ]);
  const [faute] = sains(await l.verifier());
  expect(faute).toContain('2 pièces manquent');
  expect(faute).toContain('dont 2 qui manquaient déjà au coffre');
});

test('what rots in the backup is found by reading it again, byte by byte', async () => {
  using l = creerLieux();
  await l.remplir(rangs(3));
  const { instantane } = await l.sauvegarder({
    fichiers: [{ de: join(RACINE, 'package.json'), fichier: 'reglages/vaguemestre.toml' }],
  });
  const gater = async (fichier: string, attendu: RegExp): Promise<void> => {
    const sain = readFileSync(fichier);
    chmodSync(fichier, 0o600);
    const gate = Buffer.from(sain);
    const milieu = Math.floor(gate.length / 2);
    gate[milieu] = (gate[milieu] ?? 0) ^ 1;
    writeFileSync(fichier, gate);
    expect(sains(await l.verifier()).join(' | ')).toMatch(attendu);
    writeFileSync(fichier, sain);
    expect(sains(await l.verifier())).toEqual([]);
  };
  await gater(join(l.sauves, l.piece(1)), /pièces altérées/);
  await gater(join(instantane.dossier, 'base.sqlite'), /base\.sqlite n’est plus celui du manifeste/);
  await gater(join(instantane.dossier, 'reglages/vaguemestre.toml'), /reglages\/vaguemestre\.toml/);
  await gater(join(instantane.dossier, 'SHA256SUMS'), /SHA256SUMS n’est plus/);
});

test('a full disk: told, and the backups before are whole; the same call goes on once there is room', async () => {
  using disque = petitDisque('3m');
  using l = creerLieux(join(disque.chemin, 'sauvegardes'));
  await l.remplir(rangs(4), 50_000);
  await l.sauvegarder();
  await l.remplir(rangs(40, 4), 100_000);
  expect(await codeDe(l.sauvegarder())).toBe('VGM-SAU-003');
  expect(sains(await l.verifier())).toEqual([]);
  execFileSync('mount', ['-o', 'remount,size=20m', disque.chemin]);
  const { bilan } = await l.sauvegarder();
  expect(bilan.nouvelles).toBeLessThan(40);
  expect(bilan).toMatchObject({ nombre: 44, defauts: [] });
  expect(sains(await l.verifier())).toEqual([]);
});

test('a folder that is something else, or inside the coffre, or busy, is refused', async () => {
  using l = creerLieux();
  await l.remplir([0]);
  ecrire(l.chemin('autre', 'lettre.txt'), 'bonjour');
  expect(await codeDe(l.sauvegarder({ dossier: l.chemin('autre') }))).toBe('VGM-SAU-001');
  expect(await codeDe(l.sauvegarder({ dossier: join(l.donnees, 'coffre', 'ici') }))).toBe('VGM-SAU-001');
  const [une, autre] = await Promise.allSettled([l.sauvegarder(), l.sauvegarder()]);
  expect([une.status, autre.status].toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await codeDe(l.verifier(l.chemin('rien')))).toBe('VGM-SAU-004');
});

test('killed (-9) at any point, a backup leaves those before it whole, and the next one goes on', async () => {
  using d = dossierEssai();
  using l = creerLieux(join(d.chemin, 'sauvegardes'));
  await l.remplir(rangs(30));
  await l.sauvegarder();
  await l.remplir(rangs(270, 30));
  ecrire(l.chemin('vaguemestre.toml'), `donnees = "${l.donnees}"\n[api]\nport = 0\n`);
  const lancer = (...argv: string[]) =>
    spawn(process.execPath, [join(RACINE, 'bin', 'vaguemestre'), 'sauvegarder', l.sauves, ...argv], {
      env: { ...process.env, VAGUEMESTRE_CONFIG: l.chemin('vaguemestre.toml') },
      stdio: 'ignore',
    });
  const vus = new Set<number>();
  for (const seuil of [30, 31, 180]) {
    const processus = lancer();
    const fini = once(processus, 'exit');
    const compter = () => fichiersDe(join(l.sauves, 'coffre')).length;
    const begun = () => fichiersDe(join(l.sauves, 'instantanes')).length > 3 || seuil > 30;
    while (processus.exitCode === null && (compter() < seuil || !begun())) await setTimeout(2);
    processus.kill('SIGKILL');
    await fini;
    vus.add(compter());
    expect(sains(await l.verifier()), `killed at ${compter()} pieces`).toEqual([]);
  }
  const complets = () =>
    fichiersDe(join(l.sauves, 'instantanes')).filter((f) => f.endsWith('MANIFESTE.json'));
  const avant = complets().length;
  const dernier = lancer();
  expect(await once(dernier, 'exit')).toEqual([0, null]);
  expect(complets()).toHaveLength(avant + 1);
  expect(sains(await l.verifier())).toEqual([]);
  expect(fichiersDe(join(l.sauves, 'coffre'))).toHaveLength(300);
  // what was cut short is not taken for a backup, and is swept
  const dossiers = new Set(fichiersDe(join(l.sauves, 'instantanes')).map((f) => f.split('/')[0]));
  expect(dossiers.size).toBe(avant + 1);
  console.log(`backup killed with ${[...vus].join(', ')} pieces of 300`);
}, 60_000);
