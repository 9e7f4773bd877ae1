import { describe, expect, test } from 'vitest';
import { lireDer } from '../../../../src/formats/certificats/der.ts';
import { lireNom, type Nom } from '../../../../src/formats/certificats/nommage.ts';
import { comparerEmetteur } from '../../../../src/formats/xades/emetteurs.ts';
import { ensemble, oid, sequence, tlv, utf8 } from '../certificats/der-essai.ts';

/** Names of authorities as signatures write them (RFC 2253, RFC 1779) against those of certificates (RFC 5280 § 7.1). */

type Attribut = readonly [oid: string, valeur: string];
const rdn = (...attributs: readonly Attribut[]): Buffer =>
  ensemble(...attributs.map(([type, valeur]) => sequence(oid(type), utf8(valeur))));
const nomDe = (...rdns: readonly Buffer[]): Nom => lireNom(lireDer(sequence(...rdns)));

const C: Attribut = ['2.5.4.6', 'FR'];
const O: Attribut = ['2.5.4.10', 'Autorité, d’essai'];
const OU: Attribut = ['2.5.4.11', '0002 123456789'];
const CN: Attribut = ['2.5.4.3', 'AC Épreuve'];
const NOM = nomDe(rdn(C), rdn(O), rdn(OU), rdn(CN));

describe('the same name, written otherwise', () => {
  test.each([
    ['RFC 2253', 'CN=AC Épreuve,OU=0002 123456789,O=Autorité\\, d’essai,C=FR'],
    ['spaces after the commas', 'CN=AC Épreuve, OU=0002 123456789, O=Autorité\\, d’essai, C=FR'],
    ['semicolons (RFC 1779)', 'CN=AC Épreuve;OU=0002 123456789;O=Autorité\\, d’essai;C=FR'],
    ['quotes', 'CN="AC Épreuve",OU=0002 123456789,O="Autorité, d’essai",C=FR'],
    [
      'another case, other white space',
      ' cn = ac  ÉPREUVE , ou=0002\t123456789, o=AUTORITÉ\\, D’essai, c=fr ',
    ],
    ['OIDs', '2.5.4.3=AC Épreuve,OID.2.5.4.11=0002 123456789,oid.2.5.4.10=Autorité\\, d’essai,C=FR'],
    ['bytes of UTF-8', 'CN=AC \\C3\\89preuve,OU=0002 123456789,O=Autorit\\c3\\a9\\2C d’essai,C=FR'],
    [
      'DER in hexadecimal',
      `CN=AC Épreuve,OU=#${utf8('0002 123456789').toString('hex')},O=Autorité\\, d’essai,C=FR`,
    ],
    ['an escaped letter', 'CN=AC É\\preuve,OU=0002 123456789,O=Autorité\\, d’essai,C=FR'],
    ['another normal form', 'CN=AC E\u0301preuve,OU=0002 123456789,O=Autorité\\, d’essai,C=FR'],
  ])('%s', (_, ecrit) => {
    expect(comparerEmetteur(ecrit, NOM)).toBe('meme');
  });

  test.each([
    ['L', '2.5.4.7'],
    ['ST', '2.5.4.8'],
    ['S', '2.5.4.8'],
    ['STREET', '2.5.4.9'],
    ['T', '2.5.4.12'],
    ['title', '2.5.4.12'],
    ['SN', '2.5.4.4'],
    ['surname', '2.5.4.4'],
    ['GN', '2.5.4.42'],
    ['G', '2.5.4.42'],
    ['givenName', '2.5.4.42'],
    ['serialNumber', '2.5.4.5'],
    ['DNQ', '2.5.4.46'],
    ['dnQualifier', '2.5.4.46'],
    ['organizationIdentifier', '2.5.4.97'],
    ['postalCode', '2.5.4.17'],
    ['UID', '0.9.2342.19200300.100.1.1'],
    ['DC', '0.9.2342.19200300.100.1.25'],
    ['E', '1.2.840.113549.1.9.1'],
    ['EMAIL', '1.2.840.113549.1.9.1'],
    ['emailAddress', '1.2.840.113549.1.9.1'],
  ])('%s is %s, as OpenSSL, Java or .NET write it', (mot, type) => {
    expect(comparerEmetteur(`${mot}=x`, nomDe(rdn([type, 'x'])))).toBe('meme');
  });

  test('several attributes of one component come in any order', () => {
    const nom = nomDe(rdn(C), rdn(O, CN));
    expect(comparerEmetteur('CN=AC Épreuve+O=Autorité\\, d’essai,C=FR', nom)).toBe('meme');
    expect(comparerEmetteur('O=Autorité\\, d’essai + CN=AC Épreuve, C=FR', nom)).toBe('meme');
    expect(comparerEmetteur('CN=AC Épreuve,O=Autorité\\, d’essai,C=FR', nom)).toBe('autre');
  });

  test.each([
    ['a plus', 'a+b', 'CN=a\\+b'],
    ['quotes', 'a "b"', 'CN=a \\"b\\"'],
    ['a backslash', 'a\\b', 'CN=a\\\\b'],
    ['a semicolon', 'a;b', 'CN=a\\;b'],
    ['a hash first', '#a', 'CN=\\#a'],
    ['an equals sign', 'a=b', 'CN=a=b'],
    ['a comma between quotes', 'a,b', 'CN="a,b"'],
    ['an escaped quote between quotes', 'a"b', 'CN="a\\"b"'],
    ['a line', 'a\nb', 'CN=a\nb'],
    ['a line, escaped', 'a\nb', 'CN=a\\\nb'],
    ['a space at its end, escaped', 'a', 'CN=a\\ '],
    ['nothing', '', 'CN='],
    ['a hash that is no hexadecimal', '#xyz', 'CN=#xyz'],
    ['a hash of an odd length', '#0c0', 'CN=#0c0'],
    ['a hash that is no DER', '#0c05', 'CN=#0c05'],
    ['a hash of DER and something more', '#0c0178zz', 'CN=#0c0178zz'],
    ['something after a hash of DER', 'zz#0c0178', 'CN=zz#0c0178'],
    ['quotes around a part of it', '"a"b', 'CN=\\"a\\"b'],
    ['several spaces around', 'a', 'CN=   a   '],
  ])('%s', (_, valeur, ecrit) => {
    expect(comparerEmetteur(ecrit, nomDe(rdn(['2.5.4.3', valeur])))).toBe('meme');
  });

  test('a value that is no text is compared as it is written', () => {
    const brute = Buffer.from('0201ff', 'hex').toString('hex');
    expect(comparerEmetteur(`CN=#${brute}`, nomDe(rdn(['2.5.4.3', 'x'])))).toBe('autre');
    const nom = lireNom(
      lireDer(sequence(ensemble(sequence(oid('2.5.4.3'), tlv(0x02, Buffer.from('ff', 'hex')))))),
    );
    expect(comparerEmetteur(`CN=#${brute}`, nom)).toBe('meme');
  });
});

describe('a name that is not the same', () => {
  test.each([
    ['a word', 'CN=AC Epreuve,OU=0002 123456789,O=Autorité\\, d’essai,C=FR'],
    ['one component less', 'CN=AC Épreuve,O=Autorité\\, d’essai,C=FR'],
    ['one component twice', 'CN=AC Épreuve,CN=AC Épreuve,OU=0002 123456789,O=Autorité\\, d’essai,C=FR'],
    ['two components exchanged', 'OU=0002 123456789,CN=AC Épreuve,O=Autorité\\, d’essai,C=FR'],
    ['another keyword', 'L=AC Épreuve,OU=0002 123456789,O=Autorité\\, d’essai,C=FR'],
    ['another OID', '2.5.4.4=AC Épreuve,OU=0002 123456789,O=Autorité\\, d’essai,C=FR'],
  ])('%s', (_, ecrit) => {
    expect(comparerEmetteur(ecrit, NOM)).toBe('autre');
  });

  test('written in the other order, as X.509 has it: told apart', () => {
    expect(comparerEmetteur('C=FR,O=Autorité\\, d’essai,OU=0002 123456789,CN=AC Épreuve', NOM)).toBe(
      'inverse',
    );
  });

  test.each([
    ['a keyword that nobody knows', 'X=AC Épreuve,C=FR'],
    ['no keyword', '=AC Épreuve,C=FR'],
    ['no equals sign', 'AC Épreuve'],
    ['a keyword and no equals sign', 'CNx'],
    ['an OID after a letter', 'X2.5.4.3=a'],
    ['nothing', ''],
    ['a component without anything', 'CN=AC Épreuve,,C=FR'],
    ['an OID that is none', '2.5.=AC Épreuve,C=FR'],
    ['one attribute of a component', 'CN=a+X=b,C=FR'],
    ['an OID of one arc', '2=AC Épreuve,C=FR'],
    ['an OID among words', 'OID.CN=AC Épreuve,C=FR'],
  ])('%s: not comparable', (_, ecrit) => {
    expect(comparerEmetteur(ecrit, NOM)).toBe('incomparable');
  });
});
