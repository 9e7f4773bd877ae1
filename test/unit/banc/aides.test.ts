import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parse } from 'smol-toml';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { ecrireAides, portsDesReglages, reglagesACopier, type Services } from '../../../src/banc/aides.ts';
import { ouvrirAcces } from '../../../src/banc/dgfip/acces.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { horloge } from './decor.ts';

let dossier = '';
let services: Services;
beforeEach(async () => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-aides-'));
  services = {
    dossier,
    prefecture: {
      url: 'https://localhost:41234/',
      smtp: { hote: '127.0.0.1', port: 2525 },
      classification: '2019-08-29',
    },
    dgfip: {
      acces: await ouvrirAcces(join(dossier, 'dgfip', 'acces'), { random: creerFakeRandom(horloge) }),
      portes: { portSftp: 41, portFtps: 42, portFtp: 43 },
    },
  };
});
afterEach(() => rmSync(dossier, { recursive: true }));

const toml = () => join(dossier, 'vaguemestre.toml');

describe('the settings that the simulator leaves in its folder', () => {
  test('written once, kept afterwards, and their ports used again', async () => {
    expect(await portsDesReglages(dossier)).toEqual({ https: 0, sftp: 0, ftps: 0, ftp: 0 });
    expect(await ecrireAides(services)).toBe('ecrits');
    expect(await portsDesReglages(dossier)).toEqual({ https: 41_234, sftp: 41, ftps: 42, ftp: 43 });
    const retouche = `# ma note\n${readFileSync(toml(), 'utf8')}`;
    writeFileSync(toml(), retouche);
    expect(await ecrireAides(services)).toBe('gardes');
    expect(readFileSync(toml(), 'utf8')).toBe(retouche);
  });

  test.each<[string, (s: Services) => Services]>([
    [
      'another address of the ministry',
      (s) => ({
        ...s,
        prefecture: {
          url: 'https://localhost:5/',
          smtp: { hote: '127.0.0.1', port: 2525 },
          classification: '2019-08-29',
        },
      }),
    ],
    [
      'another relay',
      (s) => ({
        ...s,
        prefecture: {
          url: 'https://localhost:41234/',
          smtp: { hote: '127.0.0.1', port: 26 },
          classification: '2019-08-29',
        },
      }),
    ],
    [
      'another port of the DGFiP',
      (s) => ({ ...s, dgfip: s.dgfip && { ...s.dgfip, portes: { ...s.dgfip.portes, portFtps: 9 } } }),
    ],
    [
      'another host key',
      (s) => ({
        ...s,
        dgfip: s.dgfip && { ...s.dgfip, acces: { ...s.dgfip.acces, empreinte: 'SHA256:autre' } },
      }),
    ],
  ])('%s: told, and nothing is written over', async (_, changer) => {
    await ecrireAides(services);
    const avant = readFileSync(toml(), 'utf8');
    expect(await ecrireAides(changer(services))).toBe('differents');
    expect(readFileSync(toml(), 'utf8')).toBe(avant);
  });

  test('settings made when only the préfecture was open do not name the DGFiP: told', async () => {
    await ecrireAides({ ...services, dgfip: null });
    expect(await ecrireAides(services)).toBe('differents');
    expect(await ecrireAides({ ...services, dgfip: null })).toBe('gardes');
  });

  test('what is no TOML, or says other things there, is left alone too', async () => {
    for (const texte of ['[[[', 'helios = 3', '[helios]\npasserelles = "x"']) {
      writeFileSync(toml(), texte);
      expect((await portsDesReglages(dossier)).sftp).toBe(0);
      expect(await ecrireAides(services)).toBe('differents');
      expect(readFileSync(toml(), 'utf8')).toBe(texte);
    }
  });
});

describe('the settings to paste', () => {
  test('are those of the manifest, by absolute paths, one gateway fetching the answers', () => {
    const lus = manifest.parse(parse(reglagesACopier(services)));
    const { passerelles } = lus.helios;
    expect(passerelles.map((p) => [p.mode, p.port, p.releve])).toEqual([
      ['passtrans_sftp', 41, true],
      ['passtrans_ftps', 42, false],
      ['gateway', 43, false],
    ]);
    const chemins = passerelles.flatMap((p) => [p.cle_fichier, p.secret_fichier, p.autorites]);
    expect(chemins.filter((c) => c !== '' && !isAbsolute(c))).toEqual([]);
    expect(lus.actes.ministere.url).toBe('https://localhost:41234/');
  });

  test('name only what is open', () => {
    expect(parse(reglagesACopier({ ...services, prefecture: null }))).not.toHaveProperty('actes');
    expect(parse(reglagesACopier({ ...services, dgfip: null }))).not.toHaveProperty('helios');
  });
});

describe('the account at the DGFiP', () => {
  test('is the same after a restart: password, host key, key of the client', async () => {
    const autre = await ouvrirAcces(join(dossier, 'dgfip', 'acces'), {
      random: creerFakeRandom(horloge, 2),
    });
    expect(autre).toEqual(services.dgfip?.acces);
  });

  test('its keys can be read, however many are drawn (some of those that ssh2 makes cannot)', async () => {
    for (let n = 0; n < 300; n += 1) {
      const acces = await ouvrirAcces(join(dossier, `acces-${n}`), { random: creerFakeRandom(horloge) });
      expect(ssh2.utils.parseKey(acces.cleHote)).not.toBeInstanceOf(Error);
    }
  });

  test('a key that is no key: the file is named', async () => {
    const acces = join(dossier, 'dgfip', 'acces');
    writeFileSync(join(acces, 'hote.key'), 'abîmée');
    const refus = ouvrirAcces(acces, { random: creerFakeRandom(horloge) });
    await expect(refus).rejects.toThrow(/VGM-BAN-005.*hote\.key n’est pas une clé/);
  });
});
