import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../src/adapters/random/fake.ts';
import { creerRevocationHttp, type DependancesRevocation } from '../../src/adapters/revocation/http.ts';
import { manifest } from '../../src/config/manifest.ts';
import type { Revocation } from '../../src/ports/revocation.ts';
import { HORLOGE_VRAIE, MUET } from '../unit/notification/decor.ts';
import { jour, MAINTENANT, ouvrirServeur, type ServeurRevocation } from './revocation.serveur.ts';

/** Evidence that serves again, questions asked once, servers left alone. */

let s: ServeurRevocation;
let liste: Buffer;
let perimee: Buffer;
beforeAll(async () => {
  s = await ouvrirServeur();
  s.emettre('crl', { crl: ['/crl'] });
  s.emettre('deux', { ocsp: ['/ocsp'], crl: ['/crl'] });
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

const CRL = () => s.question('crl');

describe('what is fetched serves again', () => {
  const horloge = () => creerFakeClock(MAINTENANT);
  /** The clock of the test is still, so the delays are not awaited. */
  const muette = (clock: ReturnType<typeof horloge>) => ({
    ...clock,
    sleep: () => new Promise<void>(() => undefined),
  });

  test('as long as it is fresh, and one hour at most', async () => {
    const clock = horloge();
    const revocation = ouvrir({}, { clock: muette(clock) });
    s.servir(
      '/crl',
      s.octets(() => liste),
    );
    await revocation.chercher(CRL());
    expect((await revocation.chercher(s.question('deux'))).essais.at(-1)).toMatchObject({
      type: 'crl',
      motif: '',
    });
    expect(s.demandes.filter((d) => d === 'GET /crl')).toHaveLength(1);
    await clock.avancer(3_599_000);
    await revocation.chercher(CRL());
    expect(s.demandes.filter((d) => d === 'GET /crl')).toHaveLength(1);
    await clock.avancer(2_000);
    await revocation.chercher(CRL());
    expect(s.demandes.filter((d) => d === 'GET /crl')).toHaveLength(2);
  });

  test('not when it is stale, wrong, or too big to be kept', async () => {
    const revocation = ouvrir({ cache_max_octets: 10 });
    for (const octets of [perimee, liste]) {
      s.demandes.length = 0;
      s.servir(
        '/crl',
        s.octets(() => octets),
      );
      await revocation.chercher(CRL());
      await revocation.chercher(CRL());
      expect(s.demandes).toHaveLength(2);
    }
  });

  test('the one used longest ago leaves first', async () => {
    const noms = ['u1', 'u2', 'u3'];
    for (const nom of noms)
      s.servir(
        `/${nom}`,
        s.octets(() => liste),
      );
    const questions = noms.map((nom) => s.emettre(nom, { crl: [`/${nom}`] }));
    const revocation = ouvrir({ cache_max_octets: 2 * liste.length });
    const [un, deux, trois] = questions;
    for (const q of [un, deux, un, trois, un, deux]) await revocation.chercher(q ?? CRL());
    expect(s.demandes).toEqual(['GET /u1', 'GET /u2', 'GET /u3', 'GET /u2']);
  });

  test('asked many times at once, fetched once', async () => {
    const revocation = ouvrir();
    s.servir(
      '/crl',
      s.octets(() => liste),
    );
    const toutes = await Promise.all(Array.from({ length: 20 }, () => revocation.chercher(CRL())));
    expect(toutes.every((t) => t.preuves.length === 1)).toBe(true);
    expect(s.demandes).toEqual(['GET /crl']);
  });

  test('a server that failed is left alone, then asked again', async () => {
    const clock = horloge();
    const revocation = ouvrir({ repos_s: 60 }, { clock: muette(clock) });
    s.servir('/crl', (q) => void q.socket.destroy());
    await revocation.chercher(CRL());
    s.servir(
      '/crl',
      s.octets(() => liste),
    );
    expect((await revocation.chercher(CRL())).essais[0]?.motif).toBe(
      'ce serveur vient de faillir ; nouvel essai dans 60 s',
    );
    expect(s.demandes).toHaveLength(1);
    await clock.avancer(60_000);
    expect((await revocation.chercher(CRL())).preuves).toHaveLength(1);
  });

  test('one who stops waiting takes nothing from the others', async () => {
    const revocation = ouvrir();
    const arret = new AbortController();
    s.servir('/crl', (q, r) => {
      q.resume();
      arret.abort();
      r.writeHead(200).end(liste);
    });
    const [coupe, entier] = await Promise.all([
      revocation.chercher(CRL(), arret.signal),
      revocation.chercher(CRL()),
    ]);
    expect([coupe.preuves.length, entier.preuves.length]).toEqual([0, 1]);
  });
});
