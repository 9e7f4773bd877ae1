import { describe, expect, test } from 'vitest';
import type { FluxId, Jour, Siren } from '../../../src/metier/identifiants.ts';
import {
  defautNomFic,
  type FaitsNommage,
  natureDuNom,
  nomFichierDistant,
  nommerEnvoi,
  normaliserNom,
  nommerSerie,
  nomPasstransSftp,
  type ReglagesNommage,
} from '../../../src/protocoles/helios/nommage.ts';
import { controle } from './epreuve.ts';

const SIREN = '000000018' as Siren;
const JOUR = '2026-03-02' as Jour;
const { lu } = await controle({ pes: { entetes: { TypFic: 'PESALR1' } } });
const resume = lu?.resume ?? {};
const sha1 = String(resume['sha1']);

const FAITS: FaitsNommage = {
  flux: { id: '01980000-0000-7000-8000-000000000001' as FluxId, collectivite: SIREN, resume },
  destination: 'VHPCE11',
  nom: nomFichierDistant(SIREN, JOUR, 7),
};
const REGLAGES: ReglagesNommage = { mode: 'gateway', plateforme: 'production', debutMessage: 'PES' };

describe('names at the gateway', () => {
  test('FTP and FTPS: a dated name with its serial, metadata beside it', () => {
    for (const mode of ['gateway', 'passtrans_ftps'] as const) {
      expect(nommerEnvoi(FAITS, { ...REGLAGES, mode })).toEqual({
        nomDistant: 'PESALR2_000000018_260302_007.xml',
        metadonnees: { dest: 'VHPCE11', appli: 'GHELPES2', msg: 'PES#123#034079#00' },
      });
    }
  });

  test('SFTP: the metadata and the SHA-1 are the name', () => {
    const noms = nommerEnvoi(FAITS, { ...REGLAGES, mode: 'passtrans_sftp' });
    expect(noms.nomDistant).toMatch(/^[0-9a-f]{40}$/);
    expect(nomPasstransSftp(noms)).toBe(`VHPCE11%%GHELPES2%%PES#123#034079#00%%${sha1}`);
  });

  test('the test platform, and P_MSG that begins with the TypFic', () => {
    expect(
      nommerEnvoi(FAITS, { ...REGLAGES, plateforme: 'essai', debutMessage: 'TypFic' }).metadonnees,
    ).toEqual({
      dest: 'VHPCE11',
      appli: 'THELPES2',
      msg: 'PESALR1#123#034079#00',
    });
  });

  test('the same facts, the same names', () => {
    expect(nommerEnvoi(FAITS, REGLAGES)).toEqual(nommerEnvoi(FAITS, REGLAGES));
  });

  test.each([
    [1, 'PESALR2_000000018_260302_001.xml'],
    [999, 'PESALR2_000000018_260302_999.xml'],
    [1000, 'PESALR2_000000018_260302_1000.xml'],
  ])('serial %d: three digits or more', (numero, nom) =>
    expect(nomFichierDistant(SIREN, JOUR, numero)).toBe(nom),
  );

  test('one serial per collectivité and day', () => {
    expect(nommerSerie(SIREN, JOUR)).toBe('HELIOS:000000018:20260302');
    expect(nommerSerie(SIREN, '2026-03-03' as Jour)).not.toBe(nommerSerie(SIREN, JOUR));
    expect(nommerSerie('000000034' as Siren, JOUR)).not.toBe(nommerSerie(SIREN, JOUR));
  });

  test.each(['', 'VHPCE 11', 'vhpce11', 'A#B', 'A%%B'])('VGM-HEL-002: destination « %s »', (destination) => {
    expect(() => nommerEnvoi({ ...FAITS, destination }, REGLAGES)).toThrow(/VGM-HEL-002.*000000018/);
  });

  test.each(['codCol', 'idPost', 'codBud'])('VGM-HEL-001: a summary without a sound %s', (champ) => {
    for (const valeur of [null, 'x#y', '']) {
      const flux = { ...FAITS.flux, resume: { ...resume, [champ]: valeur } };
      expect(() => nommerEnvoi({ ...FAITS, flux }, REGLAGES)).toThrow(new RegExp(`VGM-HEL-001.*${champ}`));
    }
  });

  test('what the mode does not need may be missing', () => {
    const flux = { ...FAITS.flux, resume: { ...resume, sha1: null, typFic: 'PES ALLER' } };
    expect(nommerEnvoi({ ...FAITS, flux }, REGLAGES).metadonnees.msg).toBe('PES#123#034079#00');
    expect(() => nommerEnvoi({ ...FAITS, flux }, { ...REGLAGES, mode: 'passtrans_sftp' })).toThrow(/sha1/);
    expect(() => nommerEnvoi({ ...FAITS, flux }, { ...REGLAGES, debutMessage: 'TypFic' })).toThrow(/typFic/);
  });
});

describe('NomFic', () => {
  test.each<[string, ReturnType<typeof defautNomFic>]>([
    ['VALMONCEL_1', null],
    ['PESALR1M_AGENCE COM20170928120310.694907', null],
    ['é'.repeat(100), null],
    ['𝄞'.repeat(100), null],
    ['n', null],
    ['', 'vide'],
    ['n'.repeat(101), 'long'],
    ['0', 'muet'],
    ['000', 'muet'],
    ['nc', 'muet'],
    [' ', 'muet'],
    ['   ', 'muet'],
    ['\u00a0 ', 'muet'],
    [' A', null],
    ['.', 'muet'],
    ['a\nb', 'muet'],
    ['a\u007fb', 'muet'],
    ['l\u0092été', null],
  ])('« %s »: %s', (nom, defaut) => expect(defautNomFic(nom)).toBe(defaut));
});

test.each([
  ['VALMONCEL_1', 'VALMONCEL_1'],
  ['VALMONCEL_1 ', 'VALMONCEL_1'],
  ['  STELA11', 'STELA11'],
  ['AGENCE  COM\u00a0 2017', 'AGENCE COM 2017'],
  ['   ', ''],
])('two names that differ by blanks an acquittement may lose are one: « %s »', (nom, normal) => {
  expect(normaliserNom(nom)).toBe(normal);
});

describe('names of what waits at the gateway: hints', () => {
  test.each([
    ['030004_180124163513-ACK-A2600191_A00DL4ZW_OK.xml', 'acquit'],
    ['006111_190130123456-ACK-A3020100_A0000IDL_KO.xml', 'acquit'],
    ['essai-ACK-.xml', 'acquit'],
    ['PES2R_DEP_P_303_00_083110_20180124_20180124_20180125051547.xml', 'retour'],
    ['PES2R_FCT_ASAPTitresRejetes_1.xml', 'retour'],
    ['PESALR2_000000018_260302_007.xml', 'aller'],
    ['fichier.xml', 'inconnue'],
    ['BACKUP.xml', 'inconnue'],
  ])('%s: %s', (nom, nature) => expect(natureDuNom(nom)).toBe(nature));
});
