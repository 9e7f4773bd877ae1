import { describe, expect, test } from 'vitest';
import { Cahier } from '../../../../src/formats/certificats/cahier.ts';
import { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import {
  type DictionnaireSitue,
  lirePlage,
  lireValeur,
  situer,
} from '../../../../src/formats/pdf/signatures-plage.ts';
import { type DocumentEssai, fabriquer } from '../pdf-tampon/fabrique.ts';

/** One dictionary of signature, as it stands in the file. */

const NUMERO = 4;

function lire(octets: Buffer): DictionnaireSitue | string {
  return situer(new DocumentPdf(new Octets(octets)), NUMERO);
}

function situee(corps: string, autres: DocumentEssai = {}): DictionnaireSitue {
  const vu = lire(fabriquer({ objets: { s: corps }, ...autres }));
  if (typeof vu === 'string') throw new TypeError(vu);
  return vu;
}

describe('where it stands', () => {
  test.each([
    ['as it should', {}],
    ['after a text that some mail puts first', { avant: 'courrier\n' }],
  ])('%s: each value has its place in the file', (_, autres) => {
    const corps = '<</Type /Sig /Contents <00ff> /ByteRange [0 1 2 3]>>';
    const octets = fabriquer({ objets: { s: corps }, ...autres });
    const vu = lire(octets);
    if (typeof vu === 'string') throw new TypeError(vu);
    const place = octets.indexOf('<00ff>');
    expect(vu.entrees.get('Contents')).toMatchObject({ debut: place, fin: place + 6 });
    expect([...vu.entrees.keys()]).toEqual(['Type', 'Contents', 'ByteRange']);
    expect(vu.fin).toBe(octets.indexOf('endobj', place) + 6);
  });

  test.each([
    ['42', 'ce n’est pas un dictionnaire'],
    ['<42>', 'ce n’est pas un dictionnaire'],
    ['[<<>>]', 'ce n’est pas un dictionnaire'],
    ['<</A 1 (b) 2>>', 'il est mal écrit'],
    ['<</A 1 /A 2>>', '« A » y figure deux fois'],
    ['<</A 1 /#41 2>>', '« A » y figure deux fois'],
    ['<</A 1>> 5', 'il est mal écrit'],
    ['<</A 1>> /B', 'il est mal écrit'],
  ])('%s: %s', (corps, motif) => {
    expect(lire(fabriquer({ objets: { s: corps } }))).toBe(motif);
  });

  test.each(['7 0 obj', '4 x obj', '4 0 obk'])('« %s » where « 4 0 obj » was told: not found', (autre) => {
    const octets = fabriquer({ objets: { s: '<</A 1>>' } });
    octets.write(autre, octets.indexOf('4 0 obj'), 'latin1');
    expect(lire(octets)).toBe('il est introuvable');
  });

  test('packed with others, it has no place of its own', () => {
    const octets = fabriquer({ objets: { s: '<</A 1>>' }, references: 'flux', compacts: [NUMERO] });
    expect(lire(octets)).toBe('il n’est pas un objet à part');
  });
});

describe('its value', () => {
  const valeur = (contenu: string): readonly [string | undefined, string | undefined] => {
    const cahier = new Cahier();
    const lue = lireValeur(situee(`<</Type /Sig ${contenu}>>`), cahier);
    return [lue === null ? undefined : Buffer.from(lue).toString('hex'), cahier.constats[0]?.message];
  };

  test.each([
    ['/Contents <00fF10>', '00ff10'],
    ['/Contents <0100>', '0100'],
  ])('%s', (contenu, attendue) => {
    expect(valeur(contenu)).toEqual([attendue, undefined]);
  });

  test.each([
    ['', 'pas écrite en hexadécimal'],
    ['/Contents /ab', 'pas écrite en hexadécimal'],
    ['/Contents (<00ff>)', 'pas écrite en hexadécimal'],
    ['/Contents (<00ff> a)', 'pas écrite en hexadécimal'],
    ['/Contents (00ff)', 'pas écrite en hexadécimal'],
    ['/Contents <00 ff>', 'pas écrite en hexadécimal'],
    ['/Contents <00f>', 'il lui manque un chiffre'],
    ['/Contents <>', 'elle est vide'],
    ['/Contents <0000>', 'elle est vide'],
  ])('%s: refused', (contenu, motif) => {
    expect(valeur(contenu)).toEqual([undefined, expect.stringContaining(motif)]);
  });

  test('nearly two millions of bytes, as some hold lists of revocation, and no more', () => {
    expect(valeur(`/Contents <${'ab'.repeat(1_999_990)}>`)[0]).toHaveLength(3_999_980);
    expect(() => valeur(`/Contents <${'ab'.repeat(2_000_000)}>`)).toThrow('VGM-PDF-003');
  });
});

describe('what it covers', () => {
  const couvre = (situe: DictionnaireSitue, taille: number) => {
    const cahier = new Cahier();
    const plage = lirePlage(situe, taille, cahier);
    return { plage, constats: cahier.constats.map((c) => [c.code, c.message]) };
  };

  test.each([
    ['', 'illisible'],
    ['/ByteRange 5', 'illisible'],
    ['/ByteRange (0 1 2 3)', 'illisible'],
    ['/ByteRange [0 1 2 -3]', 'illisible'],
    ['/ByteRange [0 1 2 3.0]', 'illisible'],
    ['/ByteRange [0 1 2 +3]', 'illisible'],
    ['/ByteRange [0 1 2 (3)]', 'illisible'],
    ['/ByteRange [0 1 2 /3]', 'illisible'],
    ['/ByteRange [0 1 2 1234567890123456]', 'illisible'],
    ['/ByteRange [0 1 2]', '3 nombres'],
    ['/ByteRange [0 1 2 3 4]', '5 nombres'],
    ['/ByteRange []', '0 nombres'],
  ])('« %s » says nothing', (entree, motif) => {
    const { plage, constats } = couvre(situee(`<</Contents <00> ${entree}>>`), 10_000);
    expect(plage).toBeNull();
    expect(constats).toEqual([['PDS-013', expect.stringContaining(`(ByteRange : ${motif})`)]]);
  });

  /** The range is written in the dictionary that it tells of: its numbers are given their place first. */
  const avec = (ecarts: readonly number[], fin: (situe: DictionnaireSitue) => number, taille = 5000) => {
    const ecrire = (nombres: readonly number[]): DictionnaireSitue => {
      const textes = nombres.map((n) => String(n).padStart(10, '0'));
      return situee(`<</Contents <00ff> /ByteRange [${textes.join(' ')}]>>`);
    };
    const essai = ecrire([0, 0, 0, 0]);
    const { debut = 0, fin: apres = 0 } = essai.entrees.get('Contents') ?? {};
    const justes = [0, debut, apres, fin(essai) - apres];
    const situe = ecrire(justes.map((n, i) => n + (ecarts[i] ?? 0)));
    return { ...couvre(situe, taille), debut, apres, bout: fin(essai) };
  };
  const AU_PLUS_PRES = (situe: DictionnaireSitue): number => situe.fin;

  test('all but its value, to the end of the file or of a revision that holds it', () => {
    for (const fin of [AU_PLUS_PRES, () => 5000]) {
      const { plage, constats, debut, apres, bout } = avec([], fin);
      expect([plage, constats]).toEqual([{ coupure: debut, reprise: apres, fin: bout }, []]);
    }
  });

  test.each([
    ['not from the start', [1, 0, 0, 0], 'PDS-014'],
    ['a byte of the value', [0, 1, 0, -0], 'PDS-015'],
    ['a byte less before it', [0, -1, 0, 0], 'PDS-015'],
    ['a byte of the value, after', [0, 0, -1, 1], 'PDS-015'],
    ['a byte less after it', [0, 0, 1, -1], 'PDS-015'],
    ['not its own dictionary whole', [0, 0, 0, -1], 'PDS-017'],
  ])('%s', (...[, ecarts, code]) => {
    const { plage, constats } = avec(ecarts, AU_PLUS_PRES);
    expect([plage, constats.map(([c]) => c)]).toEqual([null, [code]]);
  });

  test('beyond the end', () => {
    expect(avec([0, 0, 0, 1], () => 5000).constats.map(([c]) => c)).toEqual(['PDS-016']);
  });

  test('what is left out is told by its place', () => {
    const { constats, debut, apres } = avec([0, 1, 0, 0], AU_PLUS_PRES);
    expect(constats[0]?.[1]).toContain(`(octets ${debut + 1} à ${apres})`);
  });

  test('without a value, there is nothing to leave out', () => {
    const { plage, constats } = couvre(situee('<</ByteRange [0 1 2 4990]>>'), 5000);
    expect([plage, constats.map(([c]) => c)]).toEqual([null, ['PDS-015']]);
  });
});
