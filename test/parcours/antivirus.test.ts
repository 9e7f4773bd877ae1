import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerPdf } from '../../src/banc/pdf.ts';
import { type Clamd, demarrerClamd, eicar } from '../serveurs/clamd.ts';
import { clock, demande, document, type FluxVu, type Monde, ouvrirMonde, PDF } from './monde.ts';

/** A real clamd in the circuit: it judges documents when it answers, and nothing is judged when it does not. */

let clamd: Clamd;
let m: Monde;
/** Port behind the address of the settings; 0 = nobody there. */
let derriere = 0;
const prises = new Set<Socket>();
const relais = createServer((client) => {
  prises.add(client);
  client.on('error', () => undefined);
  if (derriere === 0) return void client.destroy();
  const serveur = connect(derriere, '127.0.0.1').on('error', () => client.destroy());
  client.pipe(serveur).pipe(client);
  client.on('close', () => serveur.destroy());
});

async function brancher(limite?: string): Promise<void> {
  clamd = await demarrerClamd(limite === undefined ? {} : { limite });
  derriere = Number(clamd.adresse.split(':')[1]);
}

beforeAll(async () => {
  await brancher();
  await new Promise<void>((r) => void relais.listen(0, '127.0.0.1', r));
  m = await ouvrirMonde({
    reglages: {
      antivirus: {
        type: 'clamd',
        adresse: `127.0.0.1:${(relais.address() as AddressInfo).port}`,
        delai_s: 3,
      },
      moteur: { reprise_min_s: 0.2, reprise_max_s: 0.5 },
    },
  });
});
afterAll(async () => {
  await m.fermer();
  for (const p of prises) p.destroy();
  relais.close();
  await clamd.arreter();
});

async function deposer(numero: string, corps: Uint8Array = PDF, annexe?: Uint8Array): Promise<string> {
  const champs = annexe === undefined ? { numero } : { numero, annexes: [{ typologie: '70_DE' }] };
  const plus = annexe === undefined ? [] : [{ nom: 'annexe', fichier: 'plan.pdf', corps: annexe }];
  const r = await m.deposer([demande(champs), document(corps), ...plus]);
  expect(r.statut, r.texte.slice(0, 500)).toBe(201);
  return (r.json['flux'] as { id: string }).id;
}

async function lire(id: string): Promise<FluxVu> {
  return (await m.labo.client.lire(`/flux/${id}`)).corps['flux'] as unknown as FluxVu;
}

const infecte = Buffer.concat([eicar(), Buffer.from('\n'), PDF]);

describe('antivirus in the circuit (E.5 n° 17)', () => {
  test('sound pieces go on; their report names the engine', async () => {
    const id = await deposer('SAIN');
    await m.jusqua(id, 'acquitte');
    const { corps } = await m.labo.client.lire(`/flux/${id}`);
    const rapport = (corps['pieces'] as unknown as { nom: string; rang: number }[]).find(
      (p) => p.nom === 'rapport-antivirus.json',
    );
    expect(
      Buffer.from(await m.labo.client.telecharger(`/flux/${id}/pieces/${rapport?.rang}`)).toString(),
    ).toContain('ClamAV');
  });

  test('an infected annex: refused, the piece named, nothing sent, the number free again', async () => {
    const id = await deposer('INFECTE', PDF, infecte);
    const flux = await m.jusqua(id, 'refuse');
    expect(flux.erreur).toMatchObject({ code: 'CTL-VIR-01' });
    expect(flux.erreur?.message).toContain('« plan.pdf »');
    expect(flux.erreur?.message).toMatch(/malveillant/);
    expect(flux.nomEnvoi).toBeNull();
    expect(m.labo.ministere.registre.evenements().some((e) => e.idActe.includes('INFECTE'))).toBe(false);
    await m.jusqua(await deposer('INFECTE'), 'acquitte');
  });

  test('clamd stopped: the flux waits without a verdict; started again: it goes on', async () => {
    derriere = 0;
    await clamd.arreter();
    const ids = [await deposer('ATTEND1'), await deposer('ATTEND2', infecte)];
    await expect.poll(async () => (await lire(ids[0] ?? '')).erreur?.code).toBe('VGM-CTL-001');
    await clock.sleep(1_500);
    for (const id of ids)
      expect(await lire(id)).toMatchObject({ etat: 'depose', erreur: { code: 'VGM-CTL-001' } });
    await brancher();
    await m.jusqua(ids[0] ?? '', 'acquitte');
    await m.jusqua(ids[1] ?? '', 'refuse');
    expect((await lire(ids[0] ?? '')).erreur).toBeNull();
  });

  test('clamd killed while it holds the piece: no verdict, then the true one', async () => {
    derriere = 0;
    const muet = createServer(() => undefined);
    await new Promise<void>((r) => void muet.listen(0, '127.0.0.1', r));
    expect(derriere).toBe(0);
    derriere = (muet.address() as AddressInfo).port;
    const id = await deposer('MUETAV');
    await clock.sleep(500);
    expect(await lire(id)).toMatchObject({ etat: 'depose', erreur: null });
    await expect.poll(async () => (await lire(id)).erreur?.code, { timeout: 8_000 }).toBe('VGM-CTL-001');
    derriere = Number(clamd.adresse.split(':')[1]);
    muet.close();
    await m.jusqua(id, 'acquitte');
  });

  test('a piece longer than clamd takes: no verdict on the document, the operator is told which setting', async () => {
    await clamd.arreter();
    await brancher('1M');
    const gros = creerPdf(['gros']);
    const long = Buffer.from(creerPdf(Array.from({ length: 60_000 }, (_, i) => `ligne ${i} du budget`)));
    await m.jusqua(await deposer('COURT', gros), 'acquitte');
    const id = await deposer('LONG', long);
    await expect.poll(async () => (await lire(id)).erreur?.code, { timeout: 8_000 }).toBe('VGM-CTL-002');
    expect((await lire(id)).etat).toBe('depose');
    await clamd.arreter();
    await brancher();
    await m.jusqua(id, 'acquitte');
    expect(await m.intact()).toBe(true);
  });
});
