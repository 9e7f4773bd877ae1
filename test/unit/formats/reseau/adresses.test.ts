import { describe, expect, test } from 'vitest';
import { creerFiltre, type Filtre, type Resolution } from '../../../../src/formats/reseau/adresses.ts';

/** Rules that an operator writes, and what a name leads to. */

const refuser = (nom: string, adresse: string): Error => new TypeError(`${nom} → ${adresse}`);
const AUCUNE: Resolution = (_nom, _options, suite) => suite(null, []);

function filtre(permis: readonly string[], resoudre: Resolution = AUCUNE): Filtre {
  const f = creerFiltre(permis, { resoudre, refuser });
  if ('illisible' in f) throw new TypeError(f.illisible);
  return f;
}

/** What a connection to this name is told: its addresses, or why not. */
function chercher(f: Filtre, nom: string, toutes = false): Promise<unknown> {
  return new Promise((tenir) => {
    f.lookup(nom, { all: toutes }, (erreur, adresse, famille) => {
      tenir(erreur === null ? [adresse, famille] : erreur.message);
    });
  });
}

describe('a rule', () => {
  test.each([
    '10.0.0.0/x8',
    '10.0.0.0/8x',
    '10.0.0.0/+8',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'fd00::/129',
    '10.0.0',
    '1.2.3.4.5',
    'a b',
    '-a',
    '',
    '*.exemple.fr',
  ])('« %s » that nobody can read is told, never dropped', (regle) => {
    expect(creerFiltre(['10.0.0.1', regle], { resoudre: AUCUNE, refuser })).toEqual({ illisible: regle });
  });

  test.each([
    ['10.1.0.0/16', '10.1.255.255', '10.2.0.0'],
    ['10.1.2.3', '10.1.2.3', '10.1.2.4'],
    ['fd00:1::/32', 'fd00:1:ffff::1', 'fd00:2::1'],
    ['fd00::7', 'fd00::7', 'fd00::8'],
    ['10.1.0.0/0', '192.168.0.1', '::1'],
  ])('%s: %s is let through, %s is not', (regle, dedans, dehors) => {
    const { adressePermise } = filtre([regle]);
    expect([adressePermise(dedans), adressePermise(dehors)]).toEqual([true, false]);
  });
});

describe('an address', () => {
  test.each([
    ['8.8.8.8', true],
    ['2a00:1450::1', true],
    ['::ffff:8.8.8.8', true],
    ['::ffff:10.0.0.1', false],
    ['fe80::1%eth0', false],
    ['2a00:1450::1%eth0', true],
    ['2001:db8::1', false],
    ['64:ff9b::808:808', false],
    ['nom', false],
    ['', false],
  ])('%s: %s', (adresse, attendu) => {
    expect(filtre([]).adressePermise(adresse)).toBe(attendu);
  });
});

describe('a name', () => {
  const vers =
    (...adresses: readonly string[]): Resolution =>
    (_nom, _options, suite) =>
      suite(
        null,
        adresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );

  test('leads to its first address, or to all where they are asked for', async () => {
    const f = filtre([], vers('8.8.8.8', '2a00:1450::1'));
    expect(await chercher(f, 'a.fr')).toEqual(['8.8.8.8', 4]);
    expect(await chercher(f, 'a.fr', true)).toEqual([
      [
        { address: '8.8.8.8', family: 4 },
        { address: '2a00:1450::1', family: 6 },
      ],
      undefined,
    ]);
  });

  test('one forbidden address among good ones is enough, and is named; none is a refusal too', async () => {
    expect(await chercher(filtre([], vers('8.8.8.8', '10.0.0.1')), 'a.fr')).toBe('a.fr → 10.0.0.1');
    expect(await chercher(filtre([], vers()), 'a.fr')).toBe('a.fr → aucune');
  });

  test('that does not resolve gives the error of the resolver', async () => {
    const perdu: Resolution = (_nom, _options, suite) => suite(new TypeError('ENOTFOUND'), []);
    expect(await chercher(filtre([], perdu), 'a.fr')).toBe('ENOTFOUND');
  });

  test.each([
    ['a.fr', 'A.FR.', true],
    ['A.fr.', 'a.fr', true],
    ['a.fr', 'b.a.fr', false],
    ['.a.fr', 'b.a.fr', true],
    ['.a.fr', 'ba.fr', false],
    ['a', 'a', true],
    ['a_1', 'a_1', true],
  ])('« %s » in the rules, « %s »: %s', async (regle, nom, permis) => {
    const vu = await chercher(filtre([regle], vers('10.0.0.1')), nom);
    expect(vu).toEqual(permis ? ['10.0.0.1', 4] : `${nom} → 10.0.0.1`);
  });
});
