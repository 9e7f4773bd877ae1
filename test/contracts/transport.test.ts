import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { creerFakeTransport } from '../../src/adapters/transport/fake.ts';
import type { PkiEssai } from '../../src/banc/pki.ts';
import type { ReponseTransport, Transport } from '../../src/ports/transport.ts';
import { envoiDe, nouvellePki, porteHttps, transport, type PorteOuverte } from './transport-portes.ts';

/** What a peer of the contract must be able to play. */
interface Banc {
  readonly transport: Transport;
  /** The next envoi gets this status. */
  repondre(statut: number): void;
  /** The next envoi finds nobody. */
  absent(): Promise<void>;
  /** The next envoi is read, then the line is cut. */
  couper(): void;
  recus(): readonly { taille: number; sha256: string }[];
  fermer(): Promise<void>;
}

function bancFake(): Promise<Banc> {
  const fake = creerFakeTransport();
  const url = 'https://fake.invalid/';
  const programmer = (reponse: ReponseTransport) => fake.programmer(reponse);
  return Promise.resolve({
    transport: fake,
    repondre: (statut: number) => programmer({ type: 'reponse', statut, extrait: '', url }),
    absent: async () => programmer({ type: 'non_parti', cause: 'connexion refusée', url }),
    couper: () => programmer({ type: 'sort_inconnu', cause: 'connexion coupée', url }),
    recus: () => fake.envois,
    fermer: () => fake.fermer(),
  });
}

async function bancHttps(pki: PkiEssai): Promise<Banc> {
  const recus: { taille: number; sha256: string }[] = [];
  let prochain: number | 'coupure' = 201;
  const porte: PorteOuverte = await porteHttps(pki, (requete, reponse) => {
    const blocs: Buffer[] = [];
    requete.on('data', (bloc: Buffer) => blocs.push(bloc));
    requete.on('end', () => {
      const tout = Buffer.concat(blocs);
      const corps = tout.subarray(tout.indexOf('\r\n\r\n') + 4, tout.lastIndexOf('\r\n--'));
      recus.push({ taille: corps.length, sha256: createHash('sha256').update(corps).digest('hex') });
      const choix = prochain;
      prochain = 201;
      if (choix === 'coupure') requete.socket.destroy();
      else reponse.writeHead(choix).end();
    });
  });
  const sujet = transport(pki, { url: `https://localhost:${porte.port}/` });
  return {
    transport: sujet,
    repondre: (statut) => {
      prochain = statut;
    },
    absent: () => porte.fermer(),
    couper: () => {
      prochain = 'coupure';
    },
    recus: () => recus,
    fermer: async () => {
      await sujet.fermer();
      await porte.fermer();
    },
  };
}

let pki: PkiEssai;
beforeAll(async () => {
  pki = await nouvellePki();
});

describe.each([
  ['fake', () => bancFake()],
  ['https', () => bancHttps(pki)],
])('contract of the transport port: %s', (_nom, ouvrir) => {
  let banc: Banc;
  beforeAll(async () => {
    banc = await ouvrir();
  });
  afterAll(() => banc.fermer());
  const octets = randomBytes(300_000);
  const remettre = () => banc.transport.remettre(envoiDe(octets), new AbortController().signal);

  it('hands over exactly the bytes of the archive', async () => {
    expect(await remettre()).toMatchObject({ type: 'reponse', statut: 201 });
    const sha256 = createHash('sha256').update(octets).digest('hex');
    expect(banc.recus().at(-1)).toMatchObject({ taille: octets.length, sha256 });
  });

  it.each([200, 201, 400, 403, 500, 503])(
    'reports the status %i of the peer, whatever it is',
    async (statut) => {
      banc.repondre(statut);
      expect(await remettre()).toMatchObject({ type: 'reponse', statut });
    },
  );

  it('says that the fate is unknown when the archive left and no answer came', async () => {
    banc.couper();
    expect(await remettre()).toMatchObject({ type: 'sort_inconnu' });
  });

  it('sends nothing once asked to stop', async () => {
    const avant = banc.recus().length;
    const reponse = await banc.transport.remettre(envoiDe(octets), AbortSignal.abort());
    expect(reponse.type).toBe('non_parti');
    expect(banc.recus().length).toBe(avant);
  });

  it('says that nothing left when nobody answers the door, and names the cause in French', async () => {
    await banc.absent();
    const reponse = await remettre();
    expect(reponse).toMatchObject({ type: 'non_parti', cause: expect.stringContaining('connexion refusée') });
  });
});
