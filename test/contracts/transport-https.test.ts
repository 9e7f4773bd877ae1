import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OptionsTransportHttps, TransportHttps } from '../../src/adapters/transport/https.ts';
import type { NomPaire, PkiEssai } from '../../src/banc/pki.ts';
import {
  envoiDe,
  horloge,
  lirePaire,
  nouvellePki,
  porteHttps,
  porteOpenssl,
  porteTcp,
  porteTls,
  transport,
  type PorteOuverte,
} from './transport-portes.ts';

let pki: PkiEssai;
beforeAll(async () => {
  pki = await nouvellePki();
});

const aFermer: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const fermer of aFermer.splice(0).toReversed()) await fermer();
});

function garder<T extends { fermer(): Promise<void> }>(chose: T): T {
  aFermer.push(() => chose.fermer());
  return chose;
}

function vers(porte: PorteOuverte, suite: Partial<OptionsTransportHttps> = {}): TransportHttps {
  return garder(transport(pki, { url: `https://localhost:${porte.port}/depot`, ...suite }));
}

const petit = randomBytes(20_000);
const remettre = (sujet: TransportHttps, octets: Uint8Array = petit) =>
  sujet.remettre(envoiDe(octets), new AbortController().signal);

async function corpsDe(requete: IncomingMessage): Promise<Buffer> {
  const blocs: Buffer[] = [];
  for await (const bloc of requete) blocs.push(bloc as Buffer);
  return Buffer.concat(blocs);
}

describe('request, as the ministry is known to accept it (one file part, D.1)', () => {
  it('carries field and file name, exact length, no chunks, and the chosen User-Agent', async () => {
    let vue: { entetes: IncomingMessage['headers']; corps: Buffer } | undefined;
    const porte = garder(
      await porteHttps(pki, async (requete, reponse) => {
        vue = { entetes: requete.headers, corps: await corpsDe(requete) };
        reponse.writeHead(201).end('pris en charge');
      }),
    );
    const reponse = await remettre(vers(porte, { agentUtilisateur: 'curl/9.9' }));
    expect(reponse).toMatchObject({ type: 'reponse', statut: 201, extrait: 'pris en charge' });
    expect(vue?.entetes['user-agent']).toBe('curl/9.9');
    expect(vue?.entetes['transfer-encoding']).toBeUndefined();
    expect(Number(vue?.entetes['content-length'])).toBe(vue?.corps.length);
    const nom = 'VGM-TACT--210340012--20260302-1.tar.gz';
    expect(vue?.corps.toString('latin1')).toContain(
      `Content-Disposition: form-data; name="${nom}"; filename="${nom}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    );
  });

  it('keeps the connection: two archives, one handshake', async () => {
    let connexions = 0;
    const porte = garder(
      await porteHttps(pki, async (requete, reponse) => {
        if (requete.socket.listenerCount('vu') === 0) connexions += 1;
        requete.socket.on('vu', () => undefined);
        await corpsDe(requete);
        reponse.writeHead(201).end();
      }),
    );
    const sujet = vers(porte);
    await remettre(sujet);
    await remettre(sujet);
    expect(connexions).toBe(1);
  });

  it('streams 100 MB and the peer gets the same digest', async () => {
    const gros = randomBytes(100_000_000);
    let empreinte = '';
    const porte = garder(
      await porteHttps(pki, async (requete, reponse) => {
        const corps = await corpsDe(requete);
        const partie = corps.subarray(corps.indexOf('\r\n\r\n') + 4, corps.lastIndexOf('\r\n--'));
        empreinte = createHash('sha256').update(partie).digest('hex');
        reponse.writeHead(201).end();
      }),
    );
    expect(await remettre(vers(porte, { delaiTotalMs: 60_000 }), gros)).toMatchObject({ statut: 201 });
    expect(empreinte).toBe(createHash('sha256').update(gros).digest('hex'));
  });
});

describe('nothing left (non_parti)', () => {
  it('unknown name', async () => {
    const sujet = garder(transport(pki, { url: 'https://ministere.invalid/' }));
    expect(await remettre(sujet)).toMatchObject({ type: 'non_parti' });
  });

  it('connection refused', async () => {
    const porte = await porteTcp(() => undefined);
    await porte.fermer();
    expect(await remettre(vers(porte))).toMatchObject({
      type: 'non_parti',
      cause: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('a peer that never speaks TLS: connection delay', async () => {
    const porte = garder(await porteTcp(() => undefined));
    const reponse = await remettre(vers(porte, { delaiConnexionMs: 200 }));
    expect(reponse).toMatchObject({
      type: 'non_parti',
      cause: expect.stringContaining('délai de connexion'),
    });
  });

  it('a peer that hangs up during the handshake', async () => {
    const porte = garder(await porteTcp((socket) => socket.once('data', () => socket.destroy())));
    expect(await remettre(vers(porte))).toMatchObject({ type: 'non_parti' });
  });

  it('a peer that speaks something else than TLS', async () => {
    const porte = garder(await porteTcp((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))));
    expect(await remettre(vers(porte))).toMatchObject({ type: 'non_parti' });
  });

  it.each<[NomPaire, string]>([
    ['ministere-expire', 'expiré'],
    ['ministere-autre-nom', 'ne porte pas ce nom'],
    ['ministere-autre-ca', 'autorité inconnue'],
  ])('server certificate refused by us: %s', async (nom, cause) => {
    const porte = garder(await porteHttps(pki, (_q, r) => void r.end(), lirePaire(pki, nom)));
    const reponse = await remettre(vers(porte));
    expect(reponse).toMatchObject({ type: 'non_parti', cause: expect.stringContaining(cause) });
  });

  describe.each(['-tls1_2', '-tls1_3'] as const)(
    'client certificate refused by an OpenSSL server, %s',
    (version) => {
      it.each<[string, NomPaire | null]>([
        ['none given', null],
        ['unknown authority', 'client-autre-ca'],
        ['expired', 'client-expire'],
        ['not yet valid', 'client-pas-encore'],
        ['wrong usage', 'client-mauvais-usage'],
      ])('%s', async (_titre, nom) => {
        const porte = garder(await porteOpenssl(pki, version));
        const { cert, key } = nom === null ? { cert: '', key: '' } : lirePaire(pki, nom);
        for (let essai = 0; essai < 3; essai += 1) {
          const reponse = await remettre(vers(porte, { certificat: cert, cle: key }), randomBytes(2_000_000));
          expect(reponse).toMatchObject({ type: 'non_parti', cause: expect.stringContaining('certificat') });
        }
      });
    },
  );

  it.each<[string, NomPaire]>([
    ['unknown authority', 'client-autre-ca'],
    ['expired', 'client-expire'],
  ])(
    'client certificate refused after the handshake, without alert (Node server): %s',
    async (_titre, nom) => {
      const porte = garder(await porteHttps(pki, (_q, r) => void r.end()));
      const { cert, key } = lirePaire(pki, nom);
      for (let essai = 0; essai < 20; essai += 1) {
        expect((await remettre(vers(porte, { certificat: cert, cle: key }))).type).toBe('non_parti');
      }
    },
  );
});

describe('bytes left and no answer (sort_inconnu)', () => {
  it('cut in the middle of the body', async () => {
    const porte = garder(await porteTls(pki, (socket) => socket.once('data', () => socket.destroy())));
    expect(await remettre(vers(porte), randomBytes(5_000_000))).toMatchObject({ type: 'sort_inconnu' });
  });

  it('cut after the whole body, before the answer', async () => {
    const porte = garder(
      await porteHttps(pki, async (requete) => {
        await corpsDe(requete);
        requete.socket.destroy();
      }),
    );
    expect(await remettre(vers(porte))).toMatchObject({ type: 'sort_inconnu' });
  });

  it('no answer within the total delay', async () => {
    const porte = garder(await porteHttps(pki, () => undefined));
    const reponse = await remettre(vers(porte, { delaiTotalMs: 400 }));
    expect(reponse).toMatchObject({ type: 'sort_inconnu', cause: 'pas de réponse en 0,4 s' });
  });

  it('half a status line', async () => {
    const porte = garder(
      await porteTls(pki, (socket) => socket.once('data', () => socket.end('HTTP/1.1 20'))),
    );
    expect(await remettre(vers(porte))).toMatchObject({ type: 'sort_inconnu' });
  });

  it('something that is not HTTP', async () => {
    const porte = garder(
      await porteTls(pki, (socket) => socket.once('data', () => socket.end('bonjour\r\n\r\n'))),
    );
    expect(await remettre(vers(porte))).toMatchObject({ type: 'sort_inconnu' });
  });

  it('stop asked while waiting for the answer', async () => {
    const fin = new AbortController();
    const porte = garder(await porteHttps(pki, () => fin.abort()));
    expect(await vers(porte).remettre(envoiDe(petit), fin.signal)).toMatchObject({ type: 'sort_inconnu' });
  });

  it('a kept connection reset before the answer to the second archive', async () => {
    let tour = 0;
    const porte = garder(
      await porteHttps(pki, async (requete, reponse) => {
        tour += 1;
        if (tour === 2) return void requete.socket.destroy();
        await corpsDe(requete);
        reponse.writeHead(201).end();
      }),
    );
    const sujet = vers(porte);
    expect((await remettre(sujet)).type).toBe('reponse');
    expect((await remettre(sujet)).type).toBe('sort_inconnu');
  });

  it('an archive that became shorter than announced', async () => {
    const porte = garder(await porteHttps(pki, (requete) => void requete.resume()));
    const envoi = { ...envoiDe(petit), ouvrir: async () => Readable.from([petit.subarray(1)]) };
    const reponse = await vers(porte).remettre(envoi, new AbortController().signal);
    expect(reponse).toMatchObject({ type: 'sort_inconnu', cause: expect.stringContaining('archive relue') });
  });
});

describe('an answer is an answer (reponse)', () => {
  it('even before the body was sent (early 413)', async () => {
    const porte = garder(
      await porteHttps(
        pki,
        (_requete, reponse) => void reponse.writeHead(413, { connection: 'close' }).end('trop gros'),
      ),
    );
    for (let essai = 0; essai < 5; essai += 1) {
      const reponse = await remettre(vers(porte), randomBytes(20_000_000));
      expect(reponse).toMatchObject({ type: 'reponse', statut: 413, extrait: 'trop gros' });
    }
  });

  it('even when its body never ends', async () => {
    const porte = garder(
      await porteHttps(pki, async (requete, reponse) => {
        await corpsDe(requete);
        reponse.writeHead(200).write('début');
      }),
    );
    const reponse = await remettre(vers(porte, { delaiTotalMs: 400 }));
    expect(reponse).toMatchObject({ type: 'reponse', statut: 200, extrait: 'début' });
  });

  it('and only the beginning of a long one is kept', async () => {
    const porte = garder(
      await porteHttps(pki, async (requete, reponse) => {
        await corpsDe(requete);
        reponse.writeHead(500).end('x'.repeat(1_000_000));
      }),
    );
    const reponse = await remettre(vers(porte));
    expect(reponse.type === 'reponse' && reponse.extrait.length).toBe(500);
  });
});

function ouverte(): Promise<PorteOuverte> {
  return porteHttps(pki, async (requete, reponse) => {
    await corpsDe(requete);
    reponse.writeHead(201).end();
  });
}

describe('rescue address', () => {
  it('is tried when the first one took nothing for certain', async () => {
    const morte = await porteTcp(() => undefined);
    await morte.fermer();
    const secours = garder(await ouverte());
    const urlSecours = `https://localhost:${secours.port}/`;
    expect(await remettre(vers(morte, { urlSecours }))).toMatchObject({ statut: 201, url: urlSecours });
  });

  it('is never tried when the first one may hold the archive', async () => {
    const coupe = garder(await porteTls(pki, (socket) => socket.once('data', () => socket.destroy())));
    const secours = garder(await ouverte());
    const reponse = await remettre(vers(coupe, { urlSecours: `https://localhost:${secours.port}/` }));
    expect(reponse.type).toBe('sort_inconnu');
  });
});

describe('sounding (sonder)', () => {
  it('says that the door opens and until when its certificate holds', async () => {
    const porte = garder(await porteHttps(pki, (_q, r) => void r.end()));
    const sondage = await vers(porte).sonder();
    expect(sondage.joignable).toBe(true);
    expect(Date.parse(sondage.certificatServeurFin ?? '')).toBeGreaterThan(horloge.now());
  });

  it('shows the end of an expired certificate, and why it is refused', async () => {
    const porte = garder(await porteHttps(pki, (_q, r) => void r.end(), lirePaire(pki, 'ministere-expire')));
    const sondage = await vers(porte).sonder();
    expect(sondage).toMatchObject({ joignable: false, detail: expect.stringContaining('expiré') });
    expect(Date.parse(sondage.certificatServeurFin ?? '')).toBeLessThan(horloge.now());
  });

  it('sees that our certificate is refused, though TLS 1.3 says so late', async () => {
    const porte = garder(await porteOpenssl(pki, '-tls1_3'));
    const { cert, key } = lirePaire(pki, 'client-autre-ca');
    expect((await vers(porte, { certificat: cert, cle: key }).sonder()).joignable).toBe(false);
  });
});

describe('settings', () => {
  it('an address that is not HTTPS is refused at once', () => {
    expect(() => transport(pki, { url: 'http://localhost/' })).toThrow('VGM-TRP-001');
  });

  it('a key that is not that of the certificate is refused at once', () => {
    const { key } = lirePaire(pki, 'client-expire');
    expect(() => transport(pki, { url: 'https://localhost/', cle: key })).toThrow(
      /VGM-TRP-002 .*la clé n’est pas celle du certificat/,
    );
  });

  it('an unreadable PEM is refused at once', () => {
    expect(() => transport(pki, { url: 'https://localhost/', certificat: 'rien' })).toThrow(
      /VGM-TRP-002 .*ni certificat ni clé/,
    );
    expect(readFileSync(pki.ca, 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
