import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from 'vitest';
import { creerGarde, type Garde } from '../../../src/adapters/webhook/garde.ts';
import type { Resolution } from '../../../src/formats/reseau/adresses.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';

/** URLs a collectivité could give to make this machine talk to itself or to its neighbours. */
const LITTERAUX_HOSTILES = [
  'https://127.0.0.1/',
  'https://127.1/',
  'https://127.0.0.1./',
  'https://2130706433/',
  'https://017700000001/',
  'https://0x7f.1/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://%31%32%37.0.0.1/',
  'https://①②⑦.⓪.⓪.①/',
  'https://127。0。0。1/',
  'https:127.0.0.1',
  'https:\\\\127.0.0.1\\',
  'https://127.255.255.254/',
  'https://0/',
  'https://0.0.0.0/',
  'https://0.1.2.3/',
  'https://10.0.0.1/',
  'https://10.255.255.255:8443/',
  'https://100.64.0.1/',
  'https://100.100.100.200/latest/meta-data',
  'https://168.63.129.16/',
  'https://169.254.169.254/latest/meta-data',
  'https://172.16.0.1/',
  'https://172.31.255.255/',
  'https://192.0.0.192/',
  'https://192.0.2.1/',
  'https://192.88.99.1/',
  'https://192.168.1.1/',
  'https://198.18.0.1/',
  'https://198.51.100.7/',
  'https://203.0.113.7/',
  'https://224.0.0.1/',
  'https://240.0.0.1/',
  'https://255.255.255.255/',
  'https://[::]/',
  'https://[::1]/',
  'https://[0:0:0:0:0:0:0:1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://[::127.0.0.1]/',
  'https://[::ffff:0:127.0.0.1]/',
  'https://[64:ff9b::127.0.0.1]/',
  'https://[64:ff9b:1::1]/',
  'https://[100::1]/',
  'https://[2001::1]/',
  'https://[2001:20::1]/',
  'https://[2001:db8::1]/',
  'https://[2002:7f00:1::]/',
  'https://[3fff::1]/',
  'https://[5f00::1]/',
  'https://[fc00::1]/',
  'https://[fd12:3456::1]/',
  'https://[fe80::1]/',
  'https://[fec0::1]/',
  'https://[ff02::1]/',
];

const FORMES_HOSTILES = [
  'http://exemple.fr/',
  'ftp://exemple.fr/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:25/',
  'javascript:alert(1)',
  'https://user@exemple.fr/',
  'https://user:motdepasse@exemple.fr/',
  'https://exemple.fr@127.0.0.1/',
  'https://127.0.0.1%00.exemple.fr/',
  'https://[fe80::1%25eth0]/',
  '//exemple.fr/',
  '',
];

/** What hostile names resolve to: one bad address among good ones is enough to refuse. */
const NOMS_HOSTILES: readonly (readonly string[])[] = [
  ['127.0.0.1'],
  ['::1'],
  ['10.1.2.3'],
  ['169.254.169.254'],
  ['100.64.3.4'],
  ['::ffff:192.168.0.1'],
  ['64:ff9b::a00:1'],
  ['fe80::1%eth0'],
  ['8.8.8.8', '127.0.0.1'],
  ['2a00:1450:4007:80a::200e', 'fd00::1'],
  ['pas une adresse'],
  [],
];

const FERME = { http_permis: false, reseaux_permis: [] };

function adresses(textes: readonly string[]): LookupAddress[] {
  return textes.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

function resolveur(textes: readonly string[]): Resolution {
  return (_nom, _options, suite) => suite(null, adresses(textes));
}

/** Calls the `lookup` of a connection. @returns the addresses it may use, or the error. */
function demander(garde: Garde, nom: string, all: boolean): Promise<unknown> {
  return new Promise((fini) => {
    garde.lookup(nom, { all }, (erreur, resultat) => fini(erreur ?? resultat));
  });
}

describe('guard against server-side request forgery', () => {
  test.each(LITTERAUX_HOSTILES)('an address that is not public is refused in every spelling: %s', (url) => {
    expect(creerGarde(FERME).verifierUrl(url).type).toBe('refusee');
    expect(creerGarde({ ...FERME, http_permis: true }).verifierUrl(url.replace('https:', 'http:')).type).toBe(
      'refusee',
    );
  });

  test.each(FORMES_HOSTILES)('a URL that is not plain https is refused: %s', (url) => {
    expect(creerGarde(FERME).verifierUrl(url).type).toBe('refusee');
  });

  test.each(NOMS_HOSTILES.map((liste) => [liste.join(' '), liste] as const))(
    'a name that resolves to [%s] is refused as the connection is made',
    async (_titre, liste) => {
      const garde = creerGarde(FERME, resolveur(liste));
      expect(garde.verifierUrl('https://piege.exemple.fr/').type).toBe('permise');
      for (const all of [true, false]) {
        const erreur = await demander(garde, 'piege.exemple.fr', all);
        expect(erreur).toBeInstanceOf(ErreurVgm);
        expect((erreur as ErreurVgm).fiche.code).toBe('VGM-NTF-002');
      }
    },
  );

  test('the name « localhost » is refused by the resolver of the system itself', async () => {
    expect(await demander(creerGarde(FERME), 'localhost', true)).toBeInstanceOf(ErreurVgm);
  });

  test.each([
    'https://exemple.fr/vgm?cle=1',
    'https://8.8.8.8/',
    'https://[2a00:1450:4007:80a::200e]:8443/',
    'https://[::ffff:8.8.8.8]/',
    'https://172.32.0.1/',
    'https://100.128.0.1/',
    'https://11.0.0.1/',
  ])('a public receiver is allowed: %s', (url) => {
    expect(creerGarde(FERME).verifierUrl(url).type).toBe('permise');
  });

  test('the addresses judged are those the connection uses, whichever form it asks', async () => {
    const garde = creerGarde(FERME, resolveur(['8.8.8.8', '2a00::1']));
    expect(await demander(garde, 'exemple.fr', true)).toEqual(adresses(['8.8.8.8', '2a00::1']));
    expect(await demander(garde, 'exemple.fr', false)).toBe('8.8.8.8');
  });

  test('the error of the resolver goes through as it is', async () => {
    const panne: NodeJS.ErrnoException = Object.assign(new TypeError('x'), { code: 'ENOTFOUND' });
    const garde = creerGarde(FERME, (_nom, _options, suite) => suite(panne, []));
    expect(await demander(garde, 'exemple.fr', true)).toBe(panne);
  });

  test('a declared network opens its own addresses and no others', async () => {
    const garde = creerGarde(
      { ...FERME, reseaux_permis: ['10.2.0.0/16', 'fd00:1::/32', '192.168.7.7'] },
      resolveur(['10.2.3.4']),
    );
    const verdict = (url: string): string => garde.verifierUrl(url).type;
    expect(verdict('https://10.2.0.1/')).toBe('permise');
    expect(verdict('https://[::ffff:10.2.0.1]/')).toBe('permise');
    expect(verdict('https://[fd00:1::5]/')).toBe('permise');
    expect(verdict('https://192.168.7.7/')).toBe('permise');
    expect(verdict('https://192.168.7.8/')).toBe('refusee');
    expect(verdict('https://10.3.0.1/')).toBe('refusee');
    expect(verdict('https://127.0.0.1/')).toBe('refusee');
    expect(await demander(garde, 'gf.mairie.lan', false)).toBe('10.2.3.4');
  });

  test('a declared name may live anywhere, another name may not', async () => {
    const garde = creerGarde(
      { ...FERME, reseaux_permis: ['gf.mairie.lan', '.interne.fr'] },
      resolveur(['10.2.3.4']),
    );
    expect(await demander(garde, 'GF.mairie.lan.', false)).toBe('10.2.3.4');
    expect(await demander(garde, 'a.interne.fr', false)).toBe('10.2.3.4');
    expect(await demander(garde, 'xgf.mairie.lan', false)).toBeInstanceOf(ErreurVgm);
    expect(await demander(garde, 'ainterne.fr', false)).toBeInstanceOf(ErreurVgm);
  });

  test.each([
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '10.0.0',
    'fd00::/129',
    'a b',
    '',
    '10.0.0.0/x',
    '10.0.0.0/',
  ])('a network nobody can read stops the start instead of being dropped: « %s »', (valeur) => {
    expect(() => creerGarde({ ...FERME, reseaux_permis: [valeur] })).toThrow('VGM-NTF-001');
  });
});
