import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, openSync, readdirSync, writeSync, closeSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genererPes } from '../../bench/generer-pes.ts';
import { assurerPaquets, trouver } from '../../serveurs/installer.ts';
import { verifier } from '../formats/xades/atelier.ts';
import { AtelierHorsLigne } from './atelier-hors-ligne.ts';

/** The verbs without daemon as real processes: what only the kernel can answer. */

const LANCEUR = resolve(import.meta.dirname, '../../../bin/vaguemestre');
const racine = process.getuid?.() === 0;

let a: AtelierHorsLigne;
beforeAll(() => {
  a = new AtelierHorsLigne();
}, 120_000);
afterAll(() => a.fermer());

interface Issue {
  readonly code: number | null;
  readonly dit: string;
}

function lancer(
  argv: readonly string[],
  options: { cwd?: string; uid?: number; node?: string[] } = {},
): Issue {
  const { cwd = a.pki.dossier, uid, node = [] } = options;
  const r = spawnSync(process.execPath, [...node, LANCEUR, ...argv], {
    encoding: 'utf8',
    cwd,
    timeout: 60_000,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return { code: r.status, dit: r.stdout + r.stderr };
}

const SIGNER = ['--p12', 'rsa.p12', '--secret-fichier', 'secret', '--instant', '2026-06-15', '--sortie'];

describe('what is no file is told at once', () => {
  test.each([
    [['verifier', 'tube']],
    [['signer', 'tube', ...SIGNER, 's.xml']],
    [['xml', 'empreinte', 'tube', '--id', 'A']],
    [['xml', 'valider', 'tube']],
    [['verifier', '/dev/null']],
  ])('%j', (argv) => {
    if (!a.existe('tube')) execFileSync('sh', ['-c', 'mkfifo "$0"', a.chemin('tube')]);
    expect(lancer(argv)).toEqual({ code: 1, dit: expect.stringContaining('ce n’est pas un fichier') });
  });
});

test('relative paths, names that begin with a dash', async () => {
  copyFileSync(a.chemin('pes.xml'), a.chemin('-pes.xml'));
  expect(lancer(['signer', './-pes.xml', ...SIGNER, '-s.xml']).code).toBe(0);
  expect((await verifier(a.lire('-s.xml'))).conclusion).toBe('valide');
  expect(lancer(['verifier', '--', '-s.xml']).code).toBe(0);
  expect(lancer(['verifier', '-s.xml'])).toEqual({
    code: 2,
    dit: expect.stringContaining('s’écrit « ./-s.xml »'),
  });
});

test('the password may come by a pipe', () => {
  const commande = `"${process.execPath}" "${LANCEUR}" signer pes.xml --p12 rsa.p12 --secret-fichier <(printf secret) --sortie tuyau.xml --instant 2026-06-15`;
  const r = spawnSync('bash', ['-c', commande], { cwd: a.pki.dossier, encoding: 'utf8' });
  expect([r.status, r.stderr]).toEqual([0, '']);
});

test.skipIf(!racine)('a folder where this account may not write, a key that it may not read', () => {
  mkdirSync(a.chemin('ferme'));
  chmodSync(a.pki.dossier, 0o755);
  for (const nom of ['rsa.p12', 'secret']) chmodSync(a.chemin(nom), 0o644);
  const nobody = { uid: 65_534 };
  const ferme = lancer(['signer', 'pes.xml', ...SIGNER, 'ferme/s.xml'], nobody);
  expect(ferme).toEqual({ code: 1, dit: expect.stringContaining('(droits insuffisants)') });
  chmodSync(a.chemin('rsa.p12'), 0o600);
  chmodSync(a.chemin('ferme'), 0o777);
  const cle = lancer(['signer', 'pes.xml', ...SIGNER, 'ferme/s.xml'], nobody);
  expect(cle).toEqual({ code: 1, dit: expect.stringContaining('VGM-SGT-001') });
  expect(readdirSync(a.chemin('ferme'))).toEqual([]);
});

test.skipIf(!racine)('a full disk: a failure, and not one byte left', () => {
  const plein = a.chemin('plein');
  mkdirSync(plein);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'vaguemestre-essai', plein]);
  try {
    a.ecrire('gros.xml', Buffer.concat([...genererPes({ octets: 200_000, bordereaux: 1 })]));
    for (const argv of [
      ['signer', 'gros.xml', ...SIGNER, 'plein/s.xml'],
      ['xml', 'empreinte', 'gros.xml', '--id', 'BORD1', '--sortie', 'plein/c14n'],
    ]) {
      expect(lancer(argv)).toEqual({ code: 1, dit: expect.stringContaining('le disque est plein') });
      expect(readdirSync(plein)).toEqual([]);
    }
  } finally {
    execFileSync('umount', [plein]);
  }
});

test('xmlsec1 verifies what the command signed', async () => {
  await assurerPaquets(['xmlsec1']);
  expect(lancer(['signer', 'pes.xml', ...SIGNER, 'juge.xml', '--fichier']).code).toBe(0);
  const ids = ['PES_Aller', 'SignedProperties'].flatMap((nom) => ['--id-attr:Id', nom]);
  const date = ['--verification-time', '2026-06-15 12:00:00'];
  const { status } = spawnSync(
    trouver('xmlsec1') ?? '',
    ['--verify', '--trusted-pem', a.chemin('racine.pem'), ...date, ...ids, a.chemin('juge.xml')],
    { encoding: 'utf8' },
  );
  expect(status).toBe(0);
});

/** In bash, where the failure of any command of a pipeline is the one of the whole. */
function enBash(commande: string): Issue {
  const vgm = `"${process.execPath}" "${LANCEUR}"`;
  const r = spawnSync('bash', ['-o', 'pipefail', '-c', commande.replaceAll('vgm', vgm)], {
    cwd: a.pki.dossier,
    encoding: 'utf8',
  });
  return { code: r.status, dit: r.stdout + r.stderr };
}

describe('an answer that was not heard is never a good one', () => {
  test.each([
    ['verifier pes.xml', 3],
    ['verifier pes.xml --json', 3],
    ['xml valider pes.xml', 0],
  ])('a reader that leaves changes no verdict: %s', (verbe, code) => {
    expect(enBash(`vgm ${verbe} | true`)).toEqual({ code, dit: '' });
  });

  test.each([
    ['verifier absent.xml', 1],
    ['verifier secret', 3],
    ['signer', 2],
  ])('nor does one of the errors: %s', (verbe, code) => {
    expect(enBash(`vgm ${verbe} 2>&1 >rien | true`).code).toBe(code);
  });

  test.skipIf(!racine)('a full disk under the standard output: VGM-CLI-010, exit 1', () => {
    const plein = a.chemin('sortie-pleine');
    mkdirSync(plein);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'vaguemestre-essai', plein]);
    try {
      const remplir = 'head -c 4096 /dev/zero > sortie-pleine/tout';
      for (const suite of ['', ' --json']) {
        const r = enBash(`${remplir}; vgm xml valider pes.xml${suite} > sortie-pleine/reponse`);
        expect(r).toEqual({ code: 1, dit: expect.stringMatching(/VGM-CLI-010.*le disque est plein/) });
      }
    } finally {
      execFileSync('umount', [plein]);
    }
  });
});

describe('each verb loads what it needs and nothing else', () => {
  const LOURDS = /node_modules\/(zod|pkijs|asn1js|pino|fastify|libxml2-wasm|undici|smol-toml|@xmldom)\//;
  const FORGE = /node_modules\/node-forge\//;
  function charges(...argv: readonly string[]): string[] {
    const espion = a.ecrire(
      'espion.cjs',
      `require('node:module').registerHooks({ load(u, c, n) { process.stderr.write(u + '\\n'); return n(u, c); } });`,
    );
    return lancer(argv, { node: ['--require', espion] }).dit.match(/^file:.*$/gm) ?? [];
  }
  test.each([
    ['verifier', ['verifier', 'pes.xml'], FORGE],
    ['xml empreinte', ['xml', 'empreinte', 'pes.xml', '--id', 'BORD1'], FORGE],
    ['xml valider', ['xml', 'valider', 'pes.xml'], FORGE],
    ['signer', ['signer', 'pes.xml', ...SIGNER, 'charges.xml'], /rien/],
  ])('%s', (_nom, argv, aussi) => {
    const lus = charges(...argv);
    expect(lus.length).toBeGreaterThan(30);
    expect(lus.filter((u) => LOURDS.test(u) || aussi.test(u))).toEqual([]);
  });
});

test('memory does not grow with the file: 2 MB and 40 MB within 40 MiB', () => {
  const espion = a.ecrire(
    'memoire.cjs',
    `process.on('exit', () => process.stderr.write('\\nRSS ' + process.resourceUsage().maxRSS + '\\n'));`,
  );
  const kio = (nom: string, ...argv: readonly string[]): number => {
    const r = lancer([...argv, nom], { node: ['--require', espion] });
    expect([r.code, r.dit]).toEqual([0, expect.stringContaining('RSS')]);
    return Number(/RSS (\d+)/.exec(r.dit)?.[1]);
  };
  const mesures = [2e6, 4e7].map((octets) => {
    const fd = openSync(a.chemin('m.xml'), 'w');
    for (const bloc of genererPes({ octets, bordereaux: 1 })) writeSync(fd, bloc);
    closeSync(fd);
    const signer = kio('m-signe.xml', 'signer', 'm.xml', '--remplacer', ...SIGNER);
    return [signer, kio('m-signe.xml', 'verifier'), kio('m.xml', 'xml', 'valider')];
  });
  const [petites = [], grandes = []] = mesures;
  for (const [rang, kib] of grandes.entries()) expect(kib - (petites[rang] ?? 0)).toBeLessThan(40 * 1024);
  expect(a.restes()).toEqual([]);
});
