import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SCENARIOS as SCENARIOS_DGFIP } from '../../../src/banc/dgfip/scenarios.ts';
import { SCENARIOS } from '../../../src/banc/scenarios.ts';
import { date, octets, pluriel } from '../../../src/cli/rendu.ts';
import { tableau } from '../../../src/cli/tableau.ts';
import { VERBES } from '../../../src/cli/verbes.ts';
import type { Verbe } from '../../../src/cli/verbe.ts';
import { creerBancCli } from './banc-cli.ts';

/** The command line around its verbs: help, usage errors, absent daemon, launcher, completion. */

const RACINE = resolve(import.meta.dirname, '../../..');
let dossier = '';
beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-cli-'));
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

function tous(verbes: readonly Verbe[], avant: readonly string[] = []): [string, Verbe][] {
  return verbes.flatMap((v) => {
    const chemin = [...avant, v.nom];
    return [[chemin.join(' '), v] as [string, Verbe], ...tous(v.sous ?? [], chemin)];
  });
}
const CHEMINS = tous(VERBES.flatMap((g) => g.verbes));

describe('help and usage are in French; usage errors exit 2', () => {
  test('--help lists every verb; nothing of it is English', async () => {
    const r = await creerBancCli().lancer('--help');
    expect(r.code).toBe(0);
    for (const { verbes } of VERBES) for (const v of verbes) expect(r.sortie).toContain(v.nom);
    expect(r.sortie).not.toMatch(/\b(display|help for|Commands|Usage:|command\])\b/);
  });
  test.each(CHEMINS)('%s --help', async (chemin) => {
    const r = await creerBancCli().lancer(...chemin.split(' '), '--help');
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toMatch(/^Usage : vaguemestre /);
  });
  test.each([
    [['listr'], 'Verbe inconnu : « listr ». Vouliez-vous dire « list » ou « lister » ?'],
    [['retours', 'montre'], 'Verbe inconnu : « montre ». Vouliez-vous dire « montrer » ?'],
    [['lister', '--etta', 'x'], 'Option inconnue : « --etta ». Vouliez-vous dire « --etat » ?'],
    [['montrer'], 'Il manque l’argument <id>.'],
    [['preuve', 'x'], 'Il manque l’option « --sortie <fichier> ».'],
    [['lister', '--limite'], 'L’option « --limite <nombre> » attend une valeur.'],
    [['renvoyer', 'a', 'b'], 'Trop d’arguments'],
    [['completion', 'ksh'], 'Interpréteur inconnu : « ksh ». Il faut bash, zsh ou fish.'],
    [['simulateur', '--graine', 'x'], 'attend un nombre'],
    [['simulateur', '--smtp', 'x'], 'attend « hôte:port »'],
    [['simulateur', '--port-sftp', '70000'], 'attend un port, de 0 à 65535'],
    [['simulateur', '--seulement', 'trésor'], 'attend « prefecture » ou « dgfip »'],
  ])('%j', async (argv, attendu) => {
    const r = await creerBancCli().lancer(...argv);
    expect([r.code, r.erreur]).toEqual([2, expect.stringContaining(attendu)]);
    expect(r.erreur).toMatch(/Remède : Lire « vaguemestre.* --help »\.$/);
  });
  test('nothing typed: help on the error output, exit 2', async () => {
    expect((await creerBancCli().lancer()).code).toBe(2);
    expect((await creerBancCli().lancer('retours')).code).toBe(2);
  });
  test('every reading verb takes --json', () => {
    const lectures = CHEMINS.filter(([c]) =>
      /(lister|montrer|suivre|verifier|controler|config|diagnostiquer|essais)$/.test(c),
    );
    expect(lectures.length).toBeGreaterThan(10);
    for (const [chemin, verbe] of lectures) expect(verbe.json, chemin).toBe(true);
  });
});

describe('the daemon is absent or another', () => {
  test('no socket: exit 1 and what to do; --json says it to scripts', async () => {
    const r = await creerBancCli().lancer('lister', '--socket', join(dossier, 'absent.sock'));
    expect([r.code, r.sortie]).toEqual([1, '']);
    expect(r.erreur).toContain('VGM-CLI-001');
    expect(r.erreur).toContain('vaguemestre demarrer');
    const j = await creerBancCli().lancer('lister', '--json', '--socket', join(dossier, 'absent.sock'));
    expect(JSON.parse(j.erreur)).toMatchObject({ code: 'VGM-CLI-001', nature: 'passagere' });
  });
  test('diagnostiquer makes a finding of it, and of wrong settings', async () => {
    const absent = await creerBancCli().lancer(
      'diagnostiquer',
      '--socket',
      join(dossier, 'x.sock'),
      '--json',
    );
    expect([absent.code, absent.json]).toEqual([
      1,
      [expect.objectContaining({ sujet: 'démon', etat: 'panne' })],
    ]);
    const faux = join(dossier, 'faux.toml');
    writeFileSync(faux, '[api]\nprot = 1\n');
    const r = await creerBancCli().lancer('diagnostiquer', '--config', faux);
    expect([r.code, r.sortie]).toEqual([1, expect.stringContaining('vouliez-vous dire « api.port »')]);
  });
  test('another program on the socket', async () => {
    const socket = join(dossier, 'autre.sock');
    const autre = createServer((_q, r) => r.writeHead(500).end('<html>')).listen(socket);
    const r = await creerBancCli().lancer('lister', '--socket', socket);
    autre.close();
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-CLI-007')]);
  });
  test('a line cut in mid-answer', async () => {
    const socket = join(dossier, 'coupe.sock');
    const coupe = createServer((_q, r) => {
      r.writeHead(200, { 'content-length': '500' });
      r.write('{"flux":[', () => r.destroy());
    }).listen(socket);
    const r = await creerBancCli().lancer('lister', '--socket', socket);
    coupe.close();
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-CLI-006')]);
  });
});

describe('verbs without daemon', () => {
  test('config: each value and its origin', async () => {
    const fichier = join(dossier, 'c.toml');
    writeFileSync(fichier, '[api]\nport = 9443\n');
    const cli = creerBancCli();
    cli.env = { VAGUEMESTRE_JOURNAL_TECHNIQUE: 'warn' };
    const r = await cli.lancer('config', '--config', fichier, '--json');
    const par = new Map(r.json.map((l) => [l['cle'], l]));
    expect(par.get('api.port')).toEqual({ cle: 'api.port', valeur: 9443, origine: `fichier ${fichier}` });
    expect(par.get('journal_technique')?.['origine']).toBe('environnement VAGUEMESTRE_JOURNAL_TECHNIQUE');
    expect(par.get('moteur.bail_s')?.['origine']).toBe('défaut');
    expect((await creerBancCli().lancer('config')).sortie).toMatch(/^Réglage +Valeur +Origine\n/);
    expect((await creerBancCli().lancer('config', '--config', '/absent')).code).toBe(1);
  });
  test('demarrer and simulateur run until interrupted; demo gives its own code', async () => {
    const cli = creerBancCli();
    const demon = cli.lancer('serve', '--config', 'x.toml');
    cli.interruption.abort();
    expect((await demon).code).toBe(0);
    expect((await cli.lancer('simulateur', '--graine', '7')).code).toBe(0);
    expect((await cli.lancer('demo', '--json', '--dossier', 'd')).code).toBe(1);
    expect(cli.lances).toEqual([
      { quoi: 'demon', options: { configFichier: 'x.toml' } },
      {
        quoi: 'simulateur',
        options: {
          services: ['prefecture', 'dgfip'],
          ports: { https: null, sftp: null, ftps: null, ftp: null },
          smtp: { hote: '127.0.0.1', port: 2525 },
          graine: 7,
          dossier: 'simulateur',
          json: false,
        },
      },
      { quoi: 'demo', options: { json: true, dossier: 'd' } },
    ]);
  });
  test('simulateur: one service, and the port of each door', async () => {
    const cli = creerBancCli();
    const portes = ['--port-sftp', '22022', '--port-ftps', '0', '--port-ftp', '21021'];
    cli.interruption.abort();
    expect((await cli.lancer('simulateur', '--seulement', 'DGFiP', ...portes)).code).toBe(0);
    expect((await cli.lancer('simulateur', '--seulement', 'préfecture', '--port', '9443')).code).toBe(0);
    expect(cli.lances.map((l) => l.options)).toMatchObject([
      { services: ['dgfip'], ports: { https: null, sftp: 22_022, ftps: 0, ftp: 21_021 } },
      { services: ['prefecture'], ports: { https: 9_443, sftp: null, ftps: null, ftp: null } },
    ]);
  });
  test('simulateur --help names every scenario, each beside what it is chosen by', async () => {
    const { sortie } = await creerBancCli().lancer('simulateur', '--help');
    const [, actes = '', pes = ''] = sortie.split(/fin du numéro de l’acte|fin du NomFic du PES/);
    const suffixes = (texte: string) =>
      [...texte.matchAll(/(?<=^| )_[A-Z0-9]+(?= )/gm)].map(([s]) => s).toSorted();
    const attendus = (table: readonly { suffixe: string }[]) =>
      table.flatMap(({ suffixe }) => (suffixe === '' ? [] : [suffixe])).toSorted();
    expect(suffixes(actes)).toEqual(attendus(SCENARIOS));
    expect(suffixes(pes)).toEqual(attendus(SCENARIOS_DGFIP));
  });
  test('webhook recevoir listens until interrupted', async () => {
    const cli = creerBancCli();
    cli.surLigne = () => cli.interruption.abort();
    const r = await cli.lancer('webhook', 'recevoir', '--port', '0');
    expect([r.code, r.sortie]).toEqual([
      0,
      expect.stringContaining('Webhooks attendus sur http://127.0.0.1:'),
    ]);
  });
  test('completion scripts hold the verbs and are sound', async () => {
    const bash = await creerBancCli().lancer('completion', 'bash');
    expect(bash.sortie).toContain('"retours") mots="lister montrer deposer');
    execFileSync('bash', ['-n'], { input: bash.sortie });
    const propose = `${bash.sortie}\nCOMP_WORDS=(vaguemestre collectivite point a); COMP_CWORD=3; _vaguemestre; echo "\${COMPREPLY[@]}"`;
    expect(execFileSync('bash', ['-c', propose], { encoding: 'utf8' }).trim()).toBe('ajouter activer');
    expect((await creerBancCli().lancer('completion', 'zsh')).sortie).toMatch(/^#compdef vaguemestre\n/);
    expect((await creerBancCli().lancer('completion', 'fish')).sortie).toContain('-f -a deposer');
  });
});

describe('rendering', () => {
  test('dates in legal time, sizes and plurals in French', () => {
    expect(date('2026-07-01T22:30:00.000Z')).toBe('02/07/2026 00:30:00');
    expect(date(null)).toBe('-');
    expect([0, 1, 2].map((n) => pluriel(n, 'pièce'))).toEqual(['0 pièce', '1 pièce', '2 pièces']);
    expect([1, 999, 1500, 150_000_000].map(octets)).toEqual(['1 octet', '999 octets', '1,5 ko', '150 Mo']);
  });
  test('columns stay aligned under accents and colours', () => {
    const lignes: string[] = [];
    const sorties = { ecrire: (l: string) => void lignes.push(l), erreur: () => undefined, couleur: true };
    tableau(
      sorties,
      ['a', 'b'],
      [
        ['\u001b[32mété\u001b[39m', 'x'],
        ['y', 'z'],
      ],
    );
    expect(lignes.slice(1)).toEqual(['\u001b[32mété\u001b[39m  x', 'y    z']);
    expect(stripVTControlCharacters(lignes[0] ?? '')).toBe('a    b');
    tableau(sorties, ['a'], [['\u001b[2Jx\u001b[39m'], ['\u001b[32m\u001b[2J\u001b[39m']]);
    expect(lignes.join('')).not.toContain('\u001b[2J');
  });
  test('no colour without a terminal or with NO_COLOR', async () => {
    const cli = creerBancCli();
    expect((await cli.lancer('listr')).erreur).not.toContain('\u001b');
    cli.couleur = true;
    expect((await cli.lancer('listr')).erreur).toContain('\u001b[31m');
  });
});

describe('bin/vaguemestre', () => {
  const lanceur = join(RACINE, 'bin/vaguemestre');
  const lancer = (...argv: readonly string[]) =>
    spawnSync(process.execPath, [lanceur, ...argv], { encoding: 'utf8' });
  test('runs, and gives the exit code', () => {
    expect(lancer('--version').stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    expect(lancer('listr').status).toBe(2);
    expect(lancer('lister', '--socket', '/absent.sock').status).toBe(1);
  });
  test('help loads commander and the table of verbs, and nothing of the program', () => {
    const espion = join(dossier, 'espion.cjs');
    writeFileSync(
      espion,
      `require('node:module').registerHooks({ load(u, c, n) { process.stderr.write(u + '\\n'); return n(u, c); } });`,
    );
    const r = spawnSync(process.execPath, ['--require', espion, lanceur, '--help'], { encoding: 'utf8' });
    const charges = r.stderr.split('\n').filter((u) => u.startsWith('file:'));
    expect(charges.length).toBeGreaterThan(5);
    expect(charges.filter((u) => /zod|undici|fastify|smol-toml|\/config\/|\/verbes\//.test(u))).toEqual([]);
  });
  test('a reader that leaves ends it quietly', () => {
    const commande = `"${process.execPath}" "${lanceur}" config | head -1`;
    const r = spawnSync('bash', ['-c', commande], { encoding: 'utf8' });
    expect([r.stdout.split('\n').length, r.stderr]).toEqual([2, '']);
  });
  test('an older Node starts the pinned one, or says so in one line', (ctx) => {
    const ancien = ['/usr/local/bin/node', '/usr/bin/node'].find((n) => {
      const r = spawnSync(n, ['-p', 'process.versions.node'], { encoding: 'utf8' });
      return r.status === 0 && Number(r.stdout.split('.')[0]) < 26;
    });
    if (ancien === undefined) return ctx.skip('no older Node on this machine');
    const r = spawnSync(ancien, [lanceur, 'listr'], { encoding: 'utf8' });
    expect([r.status, r.stderr]).toEqual([2, expect.stringContaining('Verbe inconnu')]);
    const env = { PATH: '/usr/bin:/bin', VAGUEMESTRE_RELANCE: '1' };
    const sans = spawnSync(ancien, [lanceur, 'lister'], { encoding: 'utf8', env });
    expect(sans.status).toBe(1);
    expect(sans.stderr).toMatch(/^vaguemestre demande Node 26 et trouve .*\n$/);
  });
});
