import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import { creerRevocationHttp, type DependancesRevocation } from '../../src/adapters/revocation/http.ts';
import { manifest } from '../../src/config/manifest.ts';
import type { Resolution } from '../../src/formats/reseau/adresses.ts';
import type { QuestionRevocation } from '../../src/formats/certificats/revocation.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import type { Revocation } from '../../src/ports/revocation.ts';
import { EXTENSIONS } from '../unit/formats/certificats/pki.ts';
import { HORLOGE_VRAIE, MUET } from '../unit/notification/decor.ts';
import {
  type Guichet,
  jour,
  MAINTENANT,
  ouvrirServeur,
  type ServeurRevocation,
} from './revocation.serveur.ts';

/** Servers of authorities that are slow, wrong, hostile, or elsewhere than they should be. */

let s: ServeurRevocation;
let liste: Buffer;
let perimee: Buffer;
beforeAll(async () => {
  s = await ouvrirServeur();
  s.emettre('ocsp', { ocsp: ['/ocsp'] });
  s.emettre('crl', { crl: ['/crl'] });
  s.emettre('deux', { ocsp: ['/ocsp'], crl: ['/crl'] });
  s.pki.emettre('vive', {
    nom: 'sans-eku',
    extensions: ['basicConstraints=CA:FALSE'],
    debut: jour(-30),
    fin: jour(300),
  });
  s.pki.emettre('vive', {
    nom: 'sans-nocheck',
    extensions: EXTENSIONS.ocsp,
    debut: jour(-30),
    fin: jour(300),
  });
  liste = s.pki.crl('vive', { nom: 'vive', emise: jour(0), jusqua: jour(3) });
  perimee = s.pki.crl('vive', { nom: 'perimee', emise: jour(-9), jusqua: jour(-2) });
});
afterAll(() => s.fermer());

const ouvertes: { fermer(): Promise<void> }[] = [];
beforeEach(() => {
  s.demandes.length = 0;
});
afterEach(async () => {
  for (const r of ouvertes.splice(0)) await r.fermer();
});

const REGLAGE = { ...manifest.parse({}).confiance.revocation, reseaux_permis: ['127.0.0.0/8'], repos_s: 0 };

function ouvrir(change: Partial<typeof REGLAGE> = {}, deps: Partial<DependancesRevocation> = {}): Revocation {
  const random = creerFakeRandom(HORLOGE_VRAIE);
  const r = creerRevocationHttp(
    { ...REGLAGE, ...change },
    { clock: HORLOGE_VRAIE, random, log: MUET, ...deps },
  );
  ouvertes.push(r);
  return r;
}

async function essayer(question: QuestionRevocation, revocation: Revocation = ouvrir()) {
  const { preuves, essais } = await revocation.chercher(question);
  return { preuves: preuves.length, essais: essais.map((e) => [e.type, e.motif, e.passager]) };
}

const repondre =
  (corps: Uint8Array | string, entetes: Record<string, string> = {}): Guichet =>
  (requete, reponse) => {
    requete.resume();
    reponse.writeHead(200, entetes).end(corps);
  };

const statut =
  (code: number, entetes: Record<string, string> = {}): Guichet =>
  (requete, reponse) => {
    requete.resume();
    reponse.writeHead(code, entetes).end();
  };

/** One byte every few milliseconds, without end. */
const goutte: Guichet = (requete, reponse) => {
  requete.resume();
  reponse.writeHead(200);
  const minuteur = setInterval(() => reponse.write('0'), 20);
  reponse.on('close', () => clearInterval(minuteur));
};

const CRL = () => s.question('crl');

describe('a list', () => {
  test('found, whatever its content type says; HTML said for what it is', async () => {
    s.servir(
      '/crl',
      s.octets(() => liste, 'text/plain'),
    );
    expect(await essayer(CRL())).toEqual({ preuves: 1, essais: [['crl', '', false]] });
    s.servir(
      '/crl',
      repondre('<!DOCTYPE html><html>Erreur</html>', { 'content-type': 'application/pkix-crl' }),
    );
    expect(await essayer(CRL())).toEqual({
      preuves: 0,
      essais: [['crl', 'une page web a été reçue à la place', true]],
    });
  });

  test.each([
    ['nothing', repondre(''), 'la preuve est illisible'],
    ['an error', statut(500), 'le serveur a répondu HTTP 500'],
    ['no body', statut(204), 'le serveur a répondu HTTP 204'],
    ['a line cut', ((q) => void q.socket.destroy()) as Guichet, 'le serveur a coupé la connexion'],
  ])('%s: no evidence, and another try may do', async (_, guichet, motif) => {
    s.servir('/crl', guichet);
    const { preuves, essais } = await essayer(CRL());
    expect([preuves, essais]).toEqual([0, [['crl', expect.stringContaining(motif), true]]]);
  });

  test('cut before its announced length, or compressed: no evidence', async () => {
    s.servir('/crl', (q, r) => {
      q.resume();
      r.writeHead(200, { 'content-length': String(liste.length) });
      r.write(liste.subarray(0, 50), () => r.destroy());
    });
    expect((await essayer(CRL())).preuves).toBe(0);
    s.servir('/crl', repondre(gzipSync(liste), { 'content-encoding': 'gzip' }));
    expect((await essayer(CRL())).preuves).toBe(0);
  });

  test('a server that trickles is given up after the delay, and holds nothing', async () => {
    s.servir('/crl', goutte);
    const debut = performance.now();
    const { preuves, essais } = await essayer(CRL(), ouvrir({ delai_s: 0.3 }));
    expect([preuves, essais]).toEqual([0, [['crl', 'pas de réponse complète en 0,3 s', true]]]);
    expect(performance.now() - debut).toBeLessThan(5000);
  });

  test('all the servers of a certificate share one time', async () => {
    const question = s.emettre('lents', { ocsp: ['/a', '/b'], crl: ['/c', '/d'] });
    for (const chemin of ['/a', '/b', '/c', '/d']) s.servir(chemin, goutte);
    const { preuves, essais } = await essayer(question, ouvrir({ delai_s: 1, delai_total_s: 2 }));
    expect([preuves, essais.length, essais.every(([, , passager]) => passager)]).toEqual([0, 4, true]);
    expect(essais.at(-1)?.[1]).toBe('pas de réponse dans le temps laissé');
    expect(s.demandes).toEqual(['POST /a', 'POST /b']);
  });

  test('a body without end is cut at the size admitted', async () => {
    let envoyes = 0;
    s.servir('/crl', (q, r) => {
      q.resume();
      r.writeHead(200);
      const bloc = Buffer.alloc(65_536);
      const pousser = (): void => {
        while (!r.destroyed && r.write(bloc)) envoyes += bloc.length;
        envoyes += bloc.length;
      };
      r.on('drain', pousser);
      pousser();
    });
    const { essais } = await essayer(CRL(), ouvrir({ crl_max_octets: 1_000_000 }));
    expect(essais).toEqual([['crl', expect.stringMatching(/^la réponse dépasse 1.000.000 octets$/), true]]);
    expect(envoyes).toBeLessThan(20_000_000);
  });

  test('moved once: followed; in circles: given up', async () => {
    s.servir('/crl', statut(302, { location: '/ailleurs' }));
    s.servir(
      '/ailleurs',
      s.octets(() => liste),
    );
    expect((await essayer(CRL())).preuves).toBe(1);
    s.servir('/ailleurs', statut(307, { location: '/crl' }));
    s.demandes.length = 0;
    expect(await essayer(CRL())).toEqual({ preuves: 0, essais: [['crl', 'plus de 2 redirections', true]] });
    expect(s.demandes).toEqual(['GET /crl', 'GET /ailleurs', 'GET /crl']);
  });

  test('stale, of a stranger, altered: the first is shown, none settles', async () => {
    s.servir(
      '/crl',
      s.octets(() => perimee),
    );
    const trouvee = await essayer(CRL());
    expect(trouvee).toEqual({
      preuves: 1,
      essais: [['crl', 'la preuve était périmée à la date examinée', true]],
    });
    const altere = Buffer.from(liste);
    altere[altere.length - 1] = (altere[altere.length - 1] ?? 0) ^ 1;
    s.servir(
      '/crl',
      s.octets(() => altere),
    );
    expect(await essayer(CRL())).toMatchObject({
      preuves: 0,
      essais: [['crl', 'la signature de la preuve est fausse', true]],
    });
  });
});

describe('where a certificate may lead', () => {
  const ASTUCES = [
    ['ldap://annuaire.test/cn=ac', 'seules http et https sont suivies'],
    ['file:///etc/passwd', 'seules http et https sont suivies'],
    ['http://agent:secret@ac.test/a.crl', 'l’adresse contient un identifiant'],
    ['http://192.168.1.1/a.crl', 'l’adresse 192.168.1.1 est privée'],
    ['http://169.254.169.254/latest', 'l’adresse 169.254.169.254 est privée'],
    ['http://[::1]/a.crl', 'l’adresse ::1 est privée'],
    ['http://2130706433/a.crl', 'l’adresse 127.0.0.1 est privée'],
  ] as const;
  test.each(ASTUCES)('%s: not asked, and it will not be later', async (adresse, motif) => {
    const question = s.emettre(`astuce-${ASTUCES.findIndex(([a]) => a === adresse)}`, { crl: [adresse] });
    const { preuves, essais } = await essayer(question, ouvrir({ reseaux_permis: [] }));
    expect([preuves, essais]).toEqual([0, [['crl', expect.stringContaining(motif), false]]]);
  });

  test('a public name that leads to the inside; a redirection to the inside', async () => {
    const interne: Resolution = (_nom, _options, suite) => suite(null, [{ address: '10.0.0.7', family: 4 }]);
    const nommee = s.emettre('nommee', { crl: ['http://crl.essai.test/a.crl'] });
    const { essais } = await essayer(nommee, ouvrir({ reseaux_permis: [] }, { resoudre: interne }));
    expect(essais).toEqual([
      ['crl', expect.stringContaining('Le nom crl.essai.test mène à une adresse privée'), false],
    ]);
    s.servir('/crl', statut(302, { location: 'http://10.0.0.7/' }));
    expect((await essayer(CRL())).essais).toEqual([
      ['crl', expect.stringContaining('l’adresse 10.0.0.7 est privée'), false],
    ]);
  });

  test('a name that does not exist; a rule that nobody can read stops the start', async () => {
    const absent: Resolution = (_nom, _options, suite) =>
      suite(Object.assign(new Error('x'), { code: 'ENOTFOUND' }), []);
    const { essais } = await essayer(s.question('nommee'), ouvrir({}, { resoudre: absent }));
    expect(essais).toEqual([['crl', 'le nom du serveur n’existe pas dans l’annuaire DNS', true]]);
    expect(() => ouvrir({ reseaux_permis: ['10.0.0'] })).toThrow(/VGM-CNF-009/);
  });

  test('three addresses of each kind at most', async () => {
    const crl = Array.from({ length: 9 }, (_, i) => `/liste-${i}`);
    const question = s.emettre('bavard', { crl });
    expect((await essayer(question)).essais.length).toBe(3);
  });
});

describe('OCSP', () => {
  const OCSP = () => s.question('ocsp');

  test('POST, with a nonce that the answer takes up; the list is then not asked', async () => {
    s.servir('/ocsp', s.repondeur());
    const { preuves, essais } = await ouvrir().chercher(s.question('deux'));
    expect(essais).toEqual([{ type: 'ocsp', adresse: `${s.base}/ocsp`, motif: '', passager: false }]);
    expect(preuves[0]?.nonce?.length).toBe(32);
    expect(Buffer.from(preuves[0]?.octets ?? []).includes(Buffer.from(preuves[0]?.nonce ?? []))).toBe(true);
    expect(s.demandes).toEqual(['POST /ocsp']);
  });

  test('of another certificate, or of another question (replayed): no evidence', async () => {
    s.servir('/ocsp', s.repondeur());
    const [autre, ancienne] = await Promise.all([
      ouvrir().chercher(s.question('deux')),
      ouvrir({}, { random: creerFakeRandom(HORLOGE_VRAIE, 7) }).chercher(OCSP()),
    ]);
    s.servir(
      '/ocsp',
      s.octets(() => autre.preuves[0]?.octets ?? Buffer.alloc(0)),
    );
    expect((await essayer(OCSP())).essais).toEqual([
      ['ocsp', 'la réponse porte sur un autre certificat', true],
    ]);
    s.servir(
      '/ocsp',
      s.octets(() => ancienne.preuves[0]?.octets ?? Buffer.alloc(0)),
    );
    const rejouee = await essayer(OCSP());
    expect(rejouee).toEqual({
      preuves: 0,
      essais: [['ocsp', expect.stringContaining('valeur unique différente'), true]],
    });
  });

  test('by a responder without the right: no evidence, the list is asked', async () => {
    s.servir('/ocsp', s.repondeur({ par: 'sans-eku' }));
    s.servir(
      '/crl',
      s.octets(() => liste),
    );
    const { preuves, essais } = await essayer(s.question('deux'));
    expect([preuves, essais]).toEqual([
      1,
      [
        ['ocsp', expect.stringContaining('n’a pas reçu ce droit'), true],
        ['crl', '', false],
      ],
    ]);
  });

  test('by a responder without nocheck: the list is asked too, and both are kept', async () => {
    s.servir('/ocsp', s.repondeur({ par: 'sans-nocheck' }));
    s.servir(
      '/crl',
      s.octets(() => liste),
    );
    expect(await essayer(s.question('deux'))).toEqual({
      preuves: 2,
      essais: [
        ['ocsp', '', false],
        ['crl', '', false],
      ],
    });
  });

  test('redirected, or busy: not followed, may be asked again; not authorised: it may not', async () => {
    s.servir('/ocsp', statut(302, { location: '/autre' }));
    expect((await essayer(OCSP())).essais).toEqual([['ocsp', 'le serveur a répondu HTTP 302', true]]);
    s.servir('/ocsp', repondre(Buffer.from('30030a0103', 'hex')));
    expect((await essayer(OCSP())).essais).toEqual([
      ['ocsp', expect.stringContaining('répondeur occupé'), true],
    ]);
    s.servir('/ocsp', repondre(Buffer.from('30030a0106', 'hex')));
    expect((await essayer(OCSP())).essais).toEqual([
      ['ocsp', expect.stringContaining('non autorisée'), false],
    ]);
    expect(s.demandes).not.toContain('POST /autre');
  });
});

test('an instant of the past: evidence of today speaks of it', async () => {
  s.servir(
    '/crl',
    s.octets(() => liste),
  );
  const hier = { ...CRL(), instant: (MAINTENANT - 5 * 86_400_000) as Instant, controle: MAINTENANT };
  expect((await essayer(hier)).essais).toEqual([['crl', '', false]]);
});
