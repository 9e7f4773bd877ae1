import { describe, expect, test } from 'vitest';
import {
  contexte,
  contexteConstruit,
  Curseur,
  ErreurDer,
  exiger,
  lireDer,
  membres,
} from '../../../../src/formats/certificats/der.ts';
import {
  egaux,
  enGrand,
  lireBits,
  lireBitsNommes,
  lireBooleen,
  lireDate,
  lireEntier,
  lireOid,
  lirePetit,
  lireTexte,
} from '../../../../src/formats/certificats/der-valeurs.ts';
import { hexa, sequence, tlv } from './der-essai.ts';

const der = (texte: string) => lireDer(hexa(texte));
const long = (entete: string, n: number): Buffer => Buffer.concat([hexa(entete), Buffer.alloc(n)]);

describe('one definite, minimal length per value (X.690 § 10.1)', () => {
  test.each([
    ['05 00', 0],
    ['04 01 aa', 1],
    ['04 7f', 127],
    ['04 81 80', 128],
    ['04 81 ff', 255],
    ['04 82 01 00', 256],
    ['04 82 ff ff', 65_535],
    ['04 83 01 00 00', 65_536],
    ['04 84 01 00 00 00', 16_777_216],
  ])('read: %s', (entete, n) => {
    const octets = n === 1 ? hexa(entete) : long(entete, n);
    const lu = lireDer(octets);
    expect(lu.tag).toBe(octets[0]);
    expect(lu.contenu).toHaveLength(n);
    expect(lu.brut).toHaveLength(octets.length);
    // views, not copies: what is hashed is what was read
    expect([lu.brut.buffer, lu.contenu.buffer]).toEqual([octets.buffer, octets.buffer]);
  });

  test.each<[string, Uint8Array, string]>([
    ['nothing', hexa(''), 'valeur ASN.1 tronquée'],
    ['a tag alone', hexa('04'), 'valeur ASN.1 tronquée'],
    ['a content cut', hexa('04 02 00'), 'valeur ASN.1 tronquée'],
    ['a length cut', hexa('04 82 01'), 'valeur ASN.1 tronquée'],
    ['a high tag number', hexa('1f 01 00'), 'étiquette ASN.1 longue'],
    ['a high tag number, constructed', hexa('bf 01 00'), 'étiquette ASN.1 longue'],
    ['an indefinite length', hexa('30 80 00 00'), 'longueur ASN.1 indéfinie ou démesurée'],
    ['a length of five octets', long('04 85 00 00 00 00 01', 1), 'longueur ASN.1 indéfinie ou démesurée'],
    ['127 on two octets', long('04 81 7f', 127), 'longueur ASN.1 non minimale'],
    ['0 on two octets', hexa('04 81 00'), 'longueur ASN.1 non minimale'],
    ['128 on three octets', long('04 82 00 80', 128), 'longueur ASN.1 non minimale'],
    ['255 on three octets', long('04 82 00 ff', 255), 'longueur ASN.1 non minimale'],
    ['65 535 on four octets', long('04 83 00 ff ff', 65_535), 'longueur ASN.1 non minimale'],
    ['a byte after the end', hexa('05 00 00'), 'octets en trop après la structure'],
  ])('refused: %s', (_, octets, motif) => {
    expect(() => lireDer(octets)).toThrow(new ErreurDer(motif));
  });

  test('another tag than the one asked for', () => {
    expect(() => lireDer(hexa('04 00'), 5)).toThrow(new ErreurDer('étiquette 4 au lieu de 5'));
    expect(lireDer(hexa('05 00'), 5).tag).toBe(5);
    expect(exiger(der('05 00'), 5).tag).toBe(5);
    expect(() => exiger(undefined, 5)).toThrow(new ErreurDer('champ obligatoire absent'));
    expect(new ErreurDer('').name).toBe('ErreurDer');
  });

  test('context tags', () => {
    expect([contexte(0), contexte(2), contexteConstruit(0), contexteConstruit(3)]).toEqual([
      0x80, 0x82, 0xa0, 0xa3,
    ]);
  });

  test('members follow one another to the end, and not beyond', () => {
    const liste = lireDer(sequence(hexa('02 01 05'), sequence(hexa('05 00')), hexa('04 00')));
    expect(membres(liste).map((m) => Buffer.from(m.brut).toString('hex'))).toEqual([
      '020105',
      '30020500',
      '0400',
    ]);
    expect(membres(der('30 00'))).toEqual([]);
    expect(() => membres(der('30 03 05 00 05'))).toThrow('tronquée');
  });
});

describe('a SEQUENCE is taken in order', () => {
  const suite = () => new Curseur(lireDer(sequence(hexa('02 01 05'), hexa('04 00'))));

  test('members, then nothing', () => {
    const c = suite();
    expect(c.prendre().tag).toBe(2);
    expect(c.prendre(4).tag).toBe(4);
    c.finir();
    expect(() => c.prendre()).toThrow(new ErreurDer('champ obligatoire absent'));
    expect(() => c.prendre(4)).toThrow(new ErreurDer('champ obligatoire absent'));
    expect(() => suite().prendre(4)).toThrow(new ErreurDer('étiquette 2 au lieu de 4'));
  });

  test('an optional member is passed over when it is another one', () => {
    const c = suite();
    expect(c.siPresent(4, 5)).toBeUndefined();
    expect(c.siPresent(5, 2)?.tag).toBe(2);
    expect(() => c.finir()).toThrow(new ErreurDer('champ inconnu'));
    expect(c.siPresent(4)?.tag).toBe(4);
    expect(c.siPresent(4)).toBeUndefined();
    c.finir();
  });

  test('a SET is none, unless asked for', () => {
    expect(() => new Curseur(der('31 00'))).toThrow('étiquette 49 au lieu de 48');
    new Curseur(der('31 00'), 0x31).finir();
  });
});

describe('booleans and integers (X.690 § 11.1, 8.3)', () => {
  test('true and false are written in one way', () => {
    expect([lireBooleen(der('01 01 ff')), lireBooleen(der('01 01 00'))]).toEqual([true, false]);
    for (const texte of ['01 00', '01 01 01', '01 01 7f', '01 02 ff ff', '01 02 00 00']) {
      expect(() => lireBooleen(der(texte))).toThrow(new ErreurDer('booléen mal codé'));
    }
    expect(() => lireBooleen(der('02 01 ff'))).toThrow('étiquette');
  });

  test.each([
    ['02 01 00', 0n],
    ['02 01 7f', 127n],
    ['02 02 00 80', 128n],
    ['02 02 01 00', 256n],
    ['02 01 ff', -1n],
    ['02 01 80', -128n],
    ['02 02 ff 7f', -129n],
    ['02 02 80 00', -32_768n],
    ['02 09 00 ff ff ff ff ff ff ff ff', 2n ** 64n - 1n],
  ])('%s is %i', (texte, valeur) => {
    expect(enGrand(lireEntier(der(texte)))).toBe(valeur);
  });

  test.each(['02 02 00 7f', '02 02 00 00', '02 02 ff 80', '02 02 ff ff'])(
    '%s has an octet too many',
    (texte) => {
      expect(() => lireEntier(der(texte))).toThrow(new ErreurDer('entier non minimal'));
    },
  );

  test('an empty integer is none; another tag may be asked for', () => {
    expect(() => lireEntier(der('02 00'))).toThrow(new ErreurDer('entier vide'));
    expect(() => lireEntier(der('04 01 05'))).toThrow('étiquette');
    expect(enGrand(lireEntier(der('80 01 05'), 0x80))).toBe(5n);
  });

  test('a small number has 31 bits', () => {
    expect(lirePetit(der('02 01 00'))).toBe(0);
    expect(lirePetit(der('0a 01 03'), 0x0a)).toBe(3);
    expect(lirePetit(der('02 04 7f ff ff ff'))).toBe(0x7fff_ffff);
    for (const texte of ['02 01 ff', '02 05 00 80 00 00 00']) {
      expect(() => lirePetit(der(texte))).toThrow(new ErreurDer('nombre hors bornes'));
    }
  });
});

describe('object identifiers (X.690 § 8.19)', () => {
  test.each([
    ['06 01 00', '0.0'],
    ['06 01 27', '0.39'],
    ['06 01 28', '1.0'],
    ['06 01 4f', '1.39'],
    ['06 01 50', '2.0'],
    ['06 03 88 37 03', '2.999.3'],
    ['06 03 55 04 03', '2.5.4.3'],
    ['06 04 2a 81 80 00', '1.2.16384'],
    ['06 06 2a 86 48 86 f7 0d', '1.2.840.113549'],
    ['06 0b 2a 83 ff ff ff ff ff ff ff ff 7f', '1.2.36893488147419103231'],
  ])('%s is %s', (texte, oid) => {
    expect(lireOid(der(texte))).toBe(oid);
  });

  test.each(['06 00', '06 01 80', '06 02 80 01', '06 03 2a 80 01', '06 02 2a 86', '06 01 81'])(
    '%s is none',
    (texte) => {
      expect(() => lireOid(der(texte))).toThrow(new ErreurDer('OID mal codé'));
    },
  );

  test('64 octets at most', () => {
    expect(lireOid(lireDer(tlv(6, Buffer.alloc(64, 1))))).toBe(`0.1${'.1'.repeat(63)}`);
    expect(() => lireOid(lireDer(tlv(6, Buffer.alloc(65, 1))))).toThrow('OID mal codé');
    expect(lireOid(der('80 01 28'), 0x80)).toBe('1.0');
    expect(() => lireOid(der('80 01 28'))).toThrow('étiquette');
  });
});

describe('bit strings', () => {
  test('keys and signatures have whole octets', () => {
    expect(Buffer.from(lireBits(der('03 03 00 aa bb'))).toString('hex')).toBe('aabb');
    for (const texte of ['03 00', '03 02 01 aa']) expect(() => lireBits(der(texte))).toThrow('incomplète');
    expect(() => lireBits(der('04 01 00'))).toThrow('étiquette');
  });

  test.each([
    ['05 a0', [0, 2]],
    ['00 ff', [0, 1, 2, 3, 4, 5, 6, 7]],
    ['07 00 80', [8]],
    ['00', []],
    ['', []],
  ])('bits set in %s: %j', (texte, rangs) => {
    expect(lireBitsNommes(hexa(texte))).toEqual(rangs);
  });
});

describe('dates (RFC 5280 § 4.1.2.5)', () => {
  const date = (tag: number, texte: string) =>
    new Date(lireDate(lireDer(tlv(tag, Buffer.from(texte))))).toISOString();

  test.each([
    [0x17, '491231235959Z', '2049-12-31T23:59:59.000Z'],
    [0x17, '500101000000Z', '1950-01-01T00:00:00.000Z'],
    [0x17, '991231000000Z', '1999-12-31T00:00:00.000Z'],
    [0x17, '000229010203Z', '2000-02-29T01:02:03.000Z'],
    [0x18, '20500101000000Z', '2050-01-01T00:00:00.000Z'],
    [0x18, '99991231235959Z', '9999-12-31T23:59:59.000Z'],
    [0x18, '00010101000000Z', '0001-01-01T00:00:00.000Z'],
  ])('%i %s', (tag, texte, iso) => {
    expect(date(tag, texte)).toBe(iso);
  });

  test.each([
    [0x17, '20260101000000Z', 'date mal codée'],
    [0x18, '260101000000Z', 'date mal codée'],
    [0x18, '202601010000Z', 'date mal codée'],
    [0x18, '20260101000000', 'date mal codée'],
    [0x18, '20260101000000.5Z', 'date mal codée'],
    [0x18, '20260101000000+0100', 'date mal codée'],
    [0x18, ' 20260101000000Z', 'date mal codée'],
    [0x18, '2026x101000000Z', 'date mal codée'],
    [0x18, '20260101000000Z\0', 'date mal codée'],
    [0x18, '', 'date mal codée'],
    [0x18, '20260230000000Z', 'date impossible'],
    [0x18, '20261301000000Z', 'date impossible'],
    [0x18, '20260001000000Z', 'date impossible'],
    [0x18, '20260101240000Z', 'date impossible'],
    [0x18, '20260101006000Z', 'date impossible'],
    [0x17, '260101000060Z', 'date impossible'],
  ])('%i %s: %s', (tag, texte, motif) => {
    expect(() => date(tag, texte)).toThrow(new ErreurDer(motif));
  });

  test('absent, or of another type', () => {
    expect(() => lireDate(undefined)).toThrow(new ErreurDer('champ obligatoire absent'));
    expect(() => date(0x0c, '20260101000000Z')).toThrow('étiquette 12 au lieu de 24');
  });
});

describe('texts, by type', () => {
  test.each<[string, string | undefined]>([
    ['0c 02 c3 a9', 'é'],
    ['0c 05 ef bb bf 41 42', '\ufeffAB'],
    ['0c 01 e9', undefined],
    ['13 02 41 42', 'AB'],
    ['13 01 80', undefined],
    ['16 01 7f', '\x7f'],
    ['16 01 e9', undefined],
    ['16 02 41 80', undefined],
    ['12 01 31', '1'],
    ['12 01 b1', undefined],
    ['1a 01 41', 'A'],
    ['1a 01 c1', undefined],
    ['14 01 e9', 'é'],
    ['1e 04 00 e9 20 ac', 'é€'],
    ['1e 03 00 e9 20', undefined],
    ['1c 04 00 00 00 e9', undefined],
    ['04 01 41', undefined],
  ])('%s', (texte, attendu) => {
    expect(lireTexte(der(texte))).toBe(attendu);
  });

  test('bytes are the same, or not', () => {
    const [a, b, c] = [hexa('01 02'), hexa('01 03'), hexa('01')];
    expect([egaux(a, hexa('01 02')), egaux(a, b), egaux(a, c), egaux(c, a)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
