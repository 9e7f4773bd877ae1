import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ouvrirClamd } from '../../src/adapters/antivirus/clamd.ts';
import { creerFakeAntivirus } from '../../src/adapters/antivirus/fake.ts';
import { analyserDeSuite } from '../../src/etapes/antivirus.ts';
import type { Antivirus } from '../../src/ports/antivirus.ts';
import { type Clamd, demarrerClamd, eicar } from '../serveurs/clamd.ts';
import { portLibre } from '../serveurs/processus.ts';

/** Every antivirus: a verdict on what it read, and never one when it could not. */
function contratAntivirus(
  titre: string,
  creer: () => Promise<{ sain: Antivirus; absent: Antivirus; marque: Buffer }>,
): void {
  describe(`Antivirus contract: ${titre}`, () => {
    let sujet: Awaited<ReturnType<typeof creer>>;
    beforeAll(async () => {
      sujet = await creer();
    });

    it('says clean, naming its engine', async () => {
      const verdict = await sujet.sain.analyser(Readable.from([Buffer.from('%PDF-1.7 délibération')]));
      expect(verdict.type).toBe('sain');
      expect(verdict.moteur).not.toBe('');
    });

    it('an empty piece is clean', async () => {
      expect((await sujet.sain.analyser(Readable.from([]))).type).toBe('sain');
    });

    it('says infected, with the signature, even cut over several chunks', async () => {
      const octets = [...sujet.marque].map((o) => Buffer.from([o]));
      const verdict = await sujet.sain.analyser(Readable.from(octets));
      expect(verdict.type === 'infecte' && verdict.signature).toBeTruthy();
    });

    it('out of reach: transient failure, never a verdict, and the piece is closed', async () => {
      const contenu = Readable.from([Buffer.from('x')]);
      const refus: unknown = await sujet.absent.analyser(contenu).catch((e: unknown) => e);
      expect(refus).toMatchObject({ fiche: { code: 'VGM-CTL-001', nature: 'passagere' } });
      expect(contenu.destroyed).toBe(true);
    });
  });
}

contratAntivirus('in memory', async () => {
  const absent = creerFakeAntivirus();
  absent.couper(true);
  return { sain: creerFakeAntivirus('MARQUE'), absent, marque: Buffer.from('MARQUE') };
});

describe('clamd, the real one', () => {
  let clamd: Clamd;
  beforeAll(async () => {
    clamd = await demarrerClamd();
  });
  afterAll(() => clamd.arreter());

  for (const acces of ['adresse', 'socket'] as const) {
    contratAntivirus(`clamd by ${acces}`, async () => ({
      sain: ouvrirClamd({ adresse: clamd[acces], delai_s: 20 }),
      absent: ouvrirClamd({
        adresse: acces === 'socket' ? '/nulle/part.sock' : `127.0.0.1:${await portLibre()}`,
        delai_s: 2,
      }),
      marque: eicar(),
    }));
  }

  it('gives the version of the engine', async () => {
    const verdict = await ouvrirClamd({ adresse: clamd.adresse, delai_s: 20 }).analyser(
      Readable.from([Buffer.from('x')]),
    );
    expect(verdict.moteur).toMatch(/^ClamAV \d/);
  });

  it('the pieces of one flux: its version is asked once, and each verdict names it', async () => {
    const commandes: string[] = [];
    const relais = createServer((client) => {
      const serveur = connect(Number(clamd.adresse.split(':')[1]), '127.0.0.1');
      client.once('data', (octets) => commandes.push(/^z[A-Z]+/.exec(octets.toString('latin1'))?.[0] ?? ''));
      client.pipe(serveur).pipe(client);
      for (const prise of [client, serveur])
        prise.on('error', () => [client, serveur].map((p) => p.destroy()));
    }).listen(0, '127.0.0.1');
    await once(relais, 'listening');
    const adresse = `127.0.0.1:${(relais.address() as AddressInfo).port}`;
    const analyser = analyserDeSuite(ouvrirClamd({ adresse, delai_s: 20 }), new AbortController().signal);
    const verdicts = [];
    for (const octets of [Buffer.from('x'), eicar(), Buffer.alloc(0)])
      verdicts.push(await analyser(Readable.from([octets])));
    relais.close();
    expect(commandes).toEqual(['zVERSION', 'zINSTREAM', 'zINSTREAM', 'zINSTREAM']);
    expect(verdicts.map((v) => v.type)).toEqual(['sain', 'infecte', 'sain']);
    const moteurs = new Set(verdicts.map((v) => v.moteur));
    expect([...moteurs]).toEqual([expect.stringMatching(/^ClamAV \d/)]);
  });

  it('a look says its version, or why it cannot be reached, and never throws', async () => {
    expect(await ouvrirClamd({ adresse: clamd.adresse, delai_s: 20 }).sonder()).toEqual({
      joignable: true,
      detail: expect.stringMatching(/^ClamAV \d/) as unknown,
    });
    expect(await ouvrirClamd({ adresse: '/nulle/part.sock', delai_s: 20 }).sonder()).toMatchObject({
      joignable: false,
      detail: expect.stringContaining('ENOENT') as unknown,
    });
  });

  it('passes 60 MB as a stream', async () => {
    const verdict = await ouvrirClamd({ adresse: clamd.adresse, delai_s: 60 }).analyser(
      Readable.from(flot(60)),
    );
    expect(verdict.type).toBe('sain');
  });

  it('serves several pieces at once', async () => {
    const antivirus = ouvrirClamd({ adresse: clamd.adresse, delai_s: 20 });
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        antivirus.analyser(Readable.from([i % 2 ? eicar() : Buffer.from(`${i}`)])),
      ),
    );
    expect(verdicts.map((v) => v.type)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? 'infecte' : 'sain')),
    );
  });

  it('a source that breaks is not taken for an antivirus failure', async () => {
    const panne = new Error('coffre illisible');
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(1000);
      throw panne;
    }
    const analyse = ouvrirClamd({ adresse: clamd.adresse, delai_s: 20 }).analyser(Readable.from(source()));
    await expect(analyse).rejects.toBe(panne);
  });

  it('a piece longer than StreamMaxLength: transient failure that names the setting', async () => {
    const petit = await demarrerClamd({ limite: '1M' });
    try {
      for (const [megaoctets, adresse] of [
        [2, petit.adresse],
        [40, petit.adresse],
        [40, petit.socket],
      ] as const) {
        const refus: unknown = await ouvrirClamd({ adresse, delai_s: 20 })
          .analyser(Readable.from(flot(megaoctets)))
          .catch((e: unknown) => e);
        expect(refus).toMatchObject({ fiche: { code: 'VGM-CTL-002', nature: 'passagere' } });
        expect((refus as { fiche: { remede: string } }).fiche.remede).toContain('StreamMaxLength');
      }
    } finally {
      await petit.arreter();
    }
  });

  it('killed in the middle of a piece: transient failure', async () => {
    const victime = await demarrerClamd();
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.alloc(1_000_000);
      await victime.tuer();
      for (let i = 0; i < 50; i += 1) yield Buffer.alloc(1_000_000);
    }
    const analyse = ouvrirClamd({ adresse: victime.adresse, delai_s: 20 }).analyser(Readable.from(source()));
    const refus: unknown = await analyse.catch((e: unknown) => e);
    expect(refus).toMatchObject({ fiche: { code: 'VGM-CTL-001', nature: 'passagere' } });
  });

  it('a server that accepts and says nothing: transient failure after the delay', async () => {
    const muet = createServer((prise) => prise.resume()).listen(0, '127.0.0.1');
    await once(muet, 'listening');
    const adresse = `127.0.0.1:${(muet.address() as AddressInfo).port}`;
    const analyse = ouvrirClamd({ adresse, delai_s: 0.2 }).analyser(Readable.from([Buffer.from('x')]));
    const refus: unknown = await analyse.catch((e: unknown) => e);
    expect(refus).toMatchObject({ fiche: { code: 'VGM-CTL-001' } });
    muet.close();
  });
});

describe('a stop asked for', () => {
  it('cuts an analysis under way at once, without a verdict, and the piece is closed', async () => {
    const recu = Promise.withResolvers<void>();
    const muet = createServer((prise) => {
      prise.on('error', () => undefined);
      prise.on('data', (octets) => {
        if (octets.includes('zVERSION')) prise.end('ClamAV 1\0');
        else recu.resolve();
      });
    }).listen(0, '127.0.0.1');
    await once(muet, 'listening');
    const adresse = `127.0.0.1:${(muet.address() as AddressInfo).port}`;
    const coupure = new AbortController();
    const contenu = Readable.from(flot(1));
    const antivirus = ouvrirClamd({ adresse, delai_s: 120 });
    const analyse = antivirus.analyser(contenu, coupure.signal).catch((e: unknown) => e);
    await recu.promise;
    coupure.abort();
    expect(await analyse).toMatchObject({ fiche: { code: 'VGM-CTL-001', nature: 'passagere' } });
    expect(contenu.destroyed).toBe(true);
    const trop = Readable.from(flot(1));
    await expect(antivirus.analyser(trop, coupure.signal)).rejects.toThrow('VGM-CTL-001');
    expect(trop.destroyed).toBe(true);
    muet.close();
  });
});

async function* flot(megaoctets: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < megaoctets; i += 1) yield Buffer.alloc(1_000_000, i);
}
