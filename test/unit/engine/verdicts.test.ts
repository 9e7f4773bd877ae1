import { afterEach, describe, expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../../src/adapters/antivirus/fake.ts';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import type { Sha256 } from '../../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import {
  accuseDe,
  anomalieDe,
  type Atelier,
  creerAtelier,
  CTX,
  reunir,
  SIREN,
} from '../../parcours/atelier.ts';
import { atelierTenu, quelquesSecondes } from './decor.ts';

let a: Atelier;
afterEach(() => a.fermer());

async function pieceDe(id: FluxId, role: string): Promise<Sha256> {
  const piece = (await a.store.flux.pieces(OPERATEUR, id)).find((p) => p.role === role);
  if (piece === undefined) throw new TypeError(`no ${role}`);
  return piece.sha256;
}

describe('a fault of ours is a verdict on nothing', () => {
  test('a piece lost by the coffre does not refuse the acte: it waits, and goes on once restored', async () => {
    const antivirus = creerFakeAntivirus();
    antivirus.couper(true);
    a = await creerAtelier({ antivirus });
    const { id } = await a.depose('DELIB_1');
    await a.calme();
    const sha256 = await pieceDe(id, 'document');
    const octets = await octetsDe(sha256);
    a.coffre.alterer(sha256, null);
    antivirus.couper(false);
    await quelquesSecondes(a, 30);
    expect(await a.flux(id)).toMatchObject({ etat: 'depose', erreur: { code: 'VGM-NOY-006' } });
    a.coffre.alterer(sha256, octets);
    await quelquesSecondes(a, 60);
    expect((await a.flux(id)).etat).toBe('transmis');
  });

  test('an archive lost by the coffre is found out before the line: nothing left, so nothing is uncertain', async () => {
    a = await creerAtelier();
    a.transport.programmer({ type: 'non_parti', cause: 'refusée', url: '' });
    const { id } = await a.depose('DELIB_1');
    await a.calme();
    const sha256 = await pieceDe(id, 'archive');
    const octets = await octetsDe(sha256);
    a.coffre.alterer(sha256, null);
    await quelquesSecondes(a, 30);
    expect(await a.flux(id)).toMatchObject({ etat: 'pret', erreur: { code: 'VGM-NOY-006' } });
    a.coffre.alterer(sha256, octets);
    await quelquesSecondes(a, 120);
    expect((await a.flux(id)).etat).toBe('transmis');
    expect(a.transport.envois).toHaveLength(1);
  });

  test('a defect of the program once on the line: uncertain, said as such, and looked at after an hour', async () => {
    a = await creerAtelier({
      enrober: (p) => ({ ...p, transport: { remettre: () => Promise.reject(new TypeError('defect')) } }),
    });
    const { id } = await a.depose('DELIB_1');
    const flux = await a.jusqua(id, 'incertain');
    expect(flux.erreur).toMatchObject({ nature: 'incertaine' });
    await a.calme();
    expect((await a.flux(id)).alerte).toBeNull();
    await a.passer(3_700_000);
    await a.calme();
    expect((await a.flux(id)).alerte).toMatch(/Sort toujours inconnu/);
  });

  test('a collectivité that is no more: its flux ends in a state that people see, not in a loop', async () => {
    let partie = false;
    a = await creerAtelier({
      enrober: (p) => ({
        ...p,
        store: {
          ...p.store,
          collectivites: {
            ...p.store.collectivites,
            trouver: async (siren) => (partie ? undefined : p.store.collectivites.trouver(siren)),
          },
        },
      }),
    });
    a.transport.programmer({ type: 'sort_inconnu', cause: 'coupée', url: '' });
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'incertain');
    const autre = await a.depose('DELIB_2', {});
    partie = true;
    await a.passer(3_700_000);
    await a.calme();
    expect((await a.flux(id)).alerte).toMatch(/Sort toujours inconnu/);
    await a.recevoir(accuseDe('DELIB_1'));
    await a.jusqua(id, 'acquitte');
    await quelquesSecondes(a, 30);
    expect(['transmis', 'refuse']).toContain((await a.flux(autre.id)).etat);
  });
});

describe('messages of the State', () => {
  test('two messages that contradict one another in one mail: neither counts, a person must see them', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'transmis');
    await a.recevoir(reunir(accuseDe('DELIB_1'), anomalieDe('DELIB_1')));
    await a.calme();
    expect((await a.flux(id)).etat).toBe('transmis');
    const [retour] = await a.gestes.retours.lister(CTX, { limite: 10 });
    expect(retour).toMatchObject({ etat: 'a_trancher' });
    expect(retour?.motif).toMatch(/contredit/);
  });

  test('a receipt that comes while the flux is back in line (first try believed lost): it is not sent again', async () => {
    const { a: atelier, main } = await atelierTenu({
      reglages: { actes: { ministere: { octets_par_heure: 1_000_000 } } },
    });
    a = atelier;
    a.transport.programmer({ type: 'reponse', statut: 503, extrait: '', url: '' });
    const { id } = await a.depose('DELIB_1');
    await a.calme();
    expect((await a.flux(id)).etat).toBe('pret');
    const debit = main.retenir('debits.reserver');
    await a.passer(10_000);
    await debit.attendue;
    await a.recevoir(accuseDe('DELIB_1'));
    await a.jusqua(id, 'acquitte');
    debit.lacher();
    await quelquesSecondes(a);
    expect((await a.flux(id)).etat).toBe('acquitte');
    expect(a.transport.envois).toHaveLength(1);
  });

  test('a receipt that comes before the answer of the line: both are told, the receipt stands', async () => {
    const { a: atelier, main } = await atelierTenu();
    a = atelier;
    const remise = main.retenir('transport.remettre');
    const { id } = await a.depose('DELIB_1');
    await remise.attendue;
    await a.recevoir(accuseDe('DELIB_1'));
    await a.jusqua(id, 'acquitte');
    remise.lacher();
    await a.calme();
    expect((await a.flux(id)).etat).toBe('acquitte');
    const evs = (await a.gestes.montrer(CTX, id)).chronologie.map((l) => `${l.ev} ${l.motif}`);
    expect(evs.at(-1)).toMatch(/REMISE_CONFIRMEE.*sans effet/);
  });
});

describe('what is said stays true', () => {
  test('the standing alert keeps the date since when the fate is unknown', async () => {
    a = await creerAtelier();
    a.transport.programmer({ type: 'sort_inconnu', cause: 'coupée', url: '' });
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'incertain');
    await a.passer(3_700_000);
    await a.calme();
    const { alerte } = await a.flux(id);
    expect(alerte).toMatch(/10 mars 2026/);
    await a.passer(3 * 86_400_000);
    await a.calme();
    expect((await a.flux(id)).alerte).toBe(alerte);
  });

  test('the same Idempotency-Key gives the first answer again, even once the collectivité is switched off', async () => {
    a = await creerAtelier();
    const un = await a.depose('DELIB_1', { cle: 'k' });
    const c = await a.gestes.collectivites.trouver(CTX, SIREN);
    await a.gestes.collectivites.enregistrer(CTX, { ...c, actif: false });
    expect(await a.deposer('DELIB_1', { cle: 'k' })).toMatchObject({ rejeu: true, flux: { id: un.id } });
    await expect(a.deposer('DELIB_2', { cle: 'autre' })).rejects.toThrow(/VGM-DEP-001/);
  });
});

async function octetsDe(sha256: Sha256): Promise<Buffer> {
  const morceaux: Uint8Array[] = [];
  for await (const m of (await a.coffre.ouvrir(sha256)) as AsyncIterable<Uint8Array>) morceaux.push(m);
  return Buffer.concat(morceaux);
}
