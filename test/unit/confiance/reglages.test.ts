import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chargerPolitiques } from '../../../src/adapters/confiance/politiques.ts';
import { chargerConfiance } from '../../../src/adapters/confiance/reglages.ts';
import { chargerConfig } from '../../../src/config/charger.ts';
import type { Config } from '../../../src/config/manifest.ts';
import { avisPolitique, POLITIQUES_HELIOS, politiquesA } from '../../../src/formats/xades/politiques.ts';
import { demarrer } from '../../../src/main.ts';
import { le, type Pki, pkiDeBase } from '../formats/certificats/pki.ts';

/** Trust as the settings have it: checked at start, all at once. */

let pki: Pki;
let dossier = '';
const ici = (nom: string): string => join(dossier, nom);
beforeAll(() => {
  pki = pkiDeBase();
  dossier = mkdtempSync(join(tmpdir(), 'vgm-reglages-'));
  mkdirSync(ici('confiance'));
  writeFileSync(ici('confiance/rgs.json'), magasin('rgs'));
  writeFileSync(ici('dgfip.json'), magasin('dgfip'));
});
afterAll(() => {
  pki.fermer();
  rmSync(dossier, { recursive: true, force: true });
});

function magasin(nom: string): string {
  const ancres = [
    { certificat: Buffer.from(pki.der('racine')).toString('base64'), nom: 'racine', periodes: [] },
  ];
  return JSON.stringify({
    version: 1,
    familles: [{ nom, libelle: nom, lecture: 'tableau', ancres, niveaux: [], origine: 'essai' }],
  });
}

function regler(toml: string): Config {
  writeFileSync(ici('vaguemestre.toml'), `donnees = "donnees"\n${toml}`);
  return chargerConfig({ fichier: ici('vaguemestre.toml'), env: {} }).config;
}

const noms = (c: Awaited<ReturnType<typeof chargerConfiance>>, emploi: 'pes' | 'actes') =>
  c.magasin(emploi).map((f) => f.famille.nom);

describe('settings of the trust store', () => {
  test('paths start from the file, lists of paths too', () => {
    const { confiance } = regler(
      '[confiance]\ndossier = "a"\nfichiers = ["b.json", "/c"]\npolitiques = "p.toml"\n',
    );
    expect(confiance).toMatchObject({
      dossier: ici('a'),
      fichiers: [ici('b.json'), '/c'],
      politiques: ici('p.toml'),
    });
    expect(chargerConfig({ env: {} }).config.confiance.dossier).toBe('');
    expect(resolve('donnees')).toBe(chargerConfig({ env: {} }).config.donnees);
  });

  test('folder and files together; each use admits its own families, all of them when none is named', async () => {
    const config = regler(
      '[confiance]\ndossier = "confiance"\nfichiers = ["dgfip.json"]\n[confiance.familles]\npes = ["dgfip", "absente"]\n',
    );
    const confiance = await chargerConfiance(config);
    expect([noms(confiance, 'pes'), noms(confiance, 'actes')]).toEqual([['dgfip'], ['rgs', 'dgfip']]);
    expect(confiance.manquantes).toEqual(['absente']);
    const seule = await chargerConfiance(
      regler('[confiance]\ndossier = "confiance"\n[confiance.familles]\nactes = ["absente"]\n'),
    );
    expect(noms(seule, 'actes')).toEqual([]);
  });

  test('the default folder may not be there yet: nobody is trusted; the one that is named must be', async () => {
    expect((await chargerConfiance(regler(''))).magasin('pes')).toEqual([]);
    await expect(chargerConfiance(regler('[confiance]\ndossier = "absent"\n'))).rejects.toThrow(
      /VGM-CNF-001/,
    );
  });

  test('a name of family that is not one is refused with the other settings', () => {
    expect(() => regler('[confiance.familles]\npes = ["RGS"]\n')).toThrow(/confiance\.familles\.pes\[0\]/);
  });

  test('the daemon does not start on a store or a policy file that cannot be read: the file, the line, the remedy', async () => {
    writeFileSync(ici('casse.json'), '{\n"version": 1,\n}\n');
    regler(`[confiance]\nfichiers = ["casse.json", "absent.json"]\n[api]\nport = 0\n`);
    const refus: unknown = await demarrer({ configFichier: ici('vaguemestre.toml') }).catch(
      (e: unknown) => e,
    );
    expect(refus).toMatchObject({
      fiche: {
        code: 'VGM-CNF-001',
        message: expect.stringMatching(
          /absent\.json : fichier absent[^]*casse\.json, ligne 3, colonne 1 : .*\. Corriger/,
        ),
      },
    });
    writeFileSync(ici('p.toml'), '[[politique]]\nidentifiant = 1.2.3\n');
    regler(`[confiance]\npolitiques = "p.toml"\n[api]\nport = 0\n`);
    const encore: unknown = await demarrer({ configFichier: ici('vaguemestre.toml') }).catch(
      (e: unknown) => e,
    );
    expect(encore).toMatchObject({
      fiche: {
        code: 'VGM-CNF-002',
        message: expect.stringMatching(/p\.toml, ligne 2, colonne \d+ : TOML mal écrit/),
      },
    });
  });
});

const ligne = (suite = '') => `[[politique]]
identifiant = "urn:oid:1.2.250.1.131.1.5.18.21.1.9"
hachage = "SHA-256"
empreinte = "${Buffer.alloc(32, 9).toString('base64')}"
libelle = "Politique de 2027"
adresse = "https://essai.invalid/ps.pdf"
depuis = "2027-01-01"
origine = "courrier du 1er décembre 2026"
${suite}`;

async function charger(texte: string, nom = 'politiques.toml') {
  writeFileSync(ici(nom), texte);
  return chargerPolitiques(ici(nom));
}

async function table(texte: string, nom?: string) {
  const charge = await charger(texte, nom);
  if (charge.type === 'refuse') throw new TypeError(charge.problemes.join('\n'));
  return charge.table;
}

describe('signature policies of a site', () => {
  const VUE = {
    identifiant: '1.2.250.1.131.1.5.18.21.1.9',
    hachage: 'SHA-256',
    empreinte: Buffer.alloc(32, 9).toString('base64'),
  };
  const SEPT = POLITIQUES_HELIOS[0] ?? expect.fail('no policy');

  test('no file: the built-in table; rows added come first, in TOML or in JSON', async () => {
    expect(await chargerPolitiques('')).toEqual({ type: 'charge', table: POLITIQUES_HELIOS });
    const ajoutee = await table(ligne());
    expect([ajoutee.length, ajoutee[0]?.libelle]).toEqual([4, 'Politique de 2027']);
    expect(avisPolitique(ajoutee, VUE)).toBe('connue');
    expect(avisPolitique(POLITIQUES_HELIOS, VUE)).toBe('inconnue');
    const enJson = {
      politique: [
        { ...VUE, libelle: 'x', adresse: 'https://essai.invalid/', depuis: '2027-01-01', origine: 'x' },
      ],
    };
    expect(avisPolitique(await table(JSON.stringify(enJson), 'p.json'), VUE)).toBe('connue');
  });

  test('closed on a day: known through that day in Paris, unknown after, as a signature of before shows', async () => {
    const fermee = await table(
      `[[fermeture]]\nidentifiant = "${SEPT.identifiant}"\njusqua = "2026-12-31"\norigine = "circulaire"\n`,
    );
    const avis = (iso: string) => avisPolitique(fermee, { ...SEPT, instant: le(iso) });
    expect(avis('2026-12-31T22:59:59Z')).toBe('connue');
    expect(avis('2026-12-31T23:00:00Z')).toBe('inconnue');
    expect(avisPolitique(fermee, SEPT)).toBe('connue');
    expect(politiquesA(fermee, le('2027-06-01T00:00:00Z')).map((l) => l.identifiant)).toEqual(
      POLITIQUES_HELIOS.slice(1).map((l) => l.identifiant),
    );
  });

  test('one pair closed among those of an identifier; a row given again replaces the built-in one', async () => {
    const quatre = POLITIQUES_HELIOS[1] ?? SEPT;
    const une = await table(
      `[[fermeture]]\nidentifiant = "${quatre.identifiant}"\nhachage = "SHA-1"\njusqua = "2026-01-01"\norigine = "x"\n`,
    );
    expect(une.map((l) => [l.hachage, l.jusqua ?? null])).toEqual([
      ['SHA-256', null],
      ['SHA-256', null],
      ['SHA-1', '2026-01-01'],
    ]);
    const refaite = ligne().replace('1.9"', '1.7"').replace(VUE.empreinte, SEPT.empreinte);
    expect((await table(refaite)).map((l) => l.libelle)).toEqual([
      'Politique de 2027',
      quatre.libelle,
      quatre.libelle,
    ]);
  });

  test.each([
    [ligne().replace('"SHA-256"', '"MD5"'), 'politique[0].hachage : il faut "SHA-1"'],
    [ligne().replace(VUE.empreinte, 'AAAA'), 'politique[0].empreinte : il faut le base64 d’une empreinte'],
    [ligne().replace('"2027-01-01"', '"01/01/2027"'), 'politique[0].depuis : il faut une date'],
    [ligne('jusqua = "2026-01-01"'), 'politique[0].jusqua : il faut une date qui ne précède pas « depuis »'],
    [ligne('inconnu = 1'), 'politique[0] : nom inconnu : « inconnu »'],
    [ligne() + ligne(), 'politique[1] : cette ligne est écrite deux fois'],
    [
      '[[fermeture]]\nidentifiant = "1.2.3"\njusqua = "2026-01-01"\norigine = "x"\n',
      'fermeture[0] : aucune ligne connue',
    ],
    ['[[politiques]]\n', 'nom inconnu : « politiques »'],
  ])('refused, with the place and the remedy: %#', async (texte, attendu) => {
    const charge = await charger(texte);
    expect(charge).toMatchObject({ type: 'refuse', problemes: [expect.stringContaining(attendu)] });
    expect(charge.type === 'refuse' && charge.problemes[0]).toMatch(/Corriger cette ligne/);
  });

  test('JSON that is not JSON, a file that is not there', async () => {
    expect(await charger('{"politique": [}', 'p.json')).toMatchObject({
      problemes: [expect.stringContaining('p.json, ligne 1, colonne 16')],
    });
    expect(await chargerPolitiques(ici('absent.toml'))).toMatchObject({
      problemes: [expect.stringContaining('fichier absent')],
    });
  });
});
