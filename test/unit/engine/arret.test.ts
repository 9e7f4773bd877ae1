import { afterEach, expect, test } from 'vitest';
import { erreurControle } from '../../../src/metier/catalogue/controle.ts';
import { erreurNoyau } from '../../../src/metier/catalogue/noyau.ts';
import type { Antivirus } from '../../../src/ports/antivirus.ts';
import type { Transport } from '../../../src/ports/transport.ts';
import { accuseDe, type Atelier, creerAtelier } from '../../parcours/atelier.ts';
import { atelierTenu } from './decor.ts';

let a: Atelier;
afterEach(() => a.fermer());

/** A line that never answers: it gives up when it is cut, as the HTTPS one does. */
function ligneMuette(vus: string[]): Transport {
  return {
    remettre: async (envoi, signal) => {
      if (signal.aborted) return { type: 'non_parti', cause: 'arrêt demandé', url: '' };
      vus.push(envoi.nom);
      await new Promise<void>((r) => {
        signal.addEventListener('abort', () => r(), { once: true });
      });
      return { type: 'sort_inconnu', cause: 'arrêt demandé avant la réponse', url: '' };
    },
  };
}

test('arret then coupure: what is on the line is written uncertain, what waits for a place is written back in line', async () => {
  const vus: string[] = [];
  a = await creerAtelier({
    reglages: { actes: { ministere: { concurrence: 1 } } },
    enrober: (p) => ({ ...p, transport: ligneMuette(vus) }),
  });
  const premier = await a.depose('DELIB_1');
  const second = await a.depose('DELIB_2');
  while (vus.length === 0) await new Promise(setImmediate);
  for (let tour = 0; tour < 200; tour += 1) await new Promise(setImmediate);
  const arrete = a.arreter();
  for (let tour = 0; tour < 50; tour += 1) await new Promise(setImmediate);
  expect((await a.flux(premier.id)).etat).toBe('en_ligne');
  a.couper();
  await arrete;
  expect(await a.flux(premier.id)).toMatchObject({ etat: 'incertain', erreur: { code: 'VGM-TRA-002' } });
  expect((await a.flux(second.id)).etat).toBe('pret');
  expect(vus).toHaveLength(1);
});

test('arret: what waits for a place does not take it, or each stop under load would leave fates unknown', async () => {
  const tenu = await atelierTenu({ reglages: { actes: { ministere: { concurrence: 1 } } } });
  a = tenu.a;
  const remise = tenu.main.retenir('transport.remettre');
  const premier = await a.depose('DELIB_1');
  const second = await a.depose('DELIB_2');
  await remise.attendue;
  await a.jusqua(second.id, 'pret');
  await a.calme();
  const arrete = a.arreter();
  remise.lacher();
  await arrete;
  expect((await a.flux(premier.id)).etat).toBe('transmis');
  expect(await a.flux(second.id)).toMatchObject({ etat: 'pret', tentatives: 0, erreur: null });
  expect(a.transport.envois).toHaveLength(1);
  a = await creerAtelier({ sol: a.sol });
  await a.jusqua(second.id, 'transmis');
});

test('a stop while the disk is full ends all the same, and the next start takes the flux up at once', async () => {
  const tenu = await atelierTenu();
  a = tenu.a;
  const { id } = await a.depose('DELIB_1');
  tenu.main.panne = (nom) =>
    /^(ecriture|numerotation)/.test(nom) ? erreurNoyau('VGM-NOY-005', { detail: 'disque plein' }) : null;
  for (let tour = 0; tour < 100; tour += 1) await new Promise(setImmediate);
  const arrete = a.arreter();
  a.couper();
  await arrete;
  a = await creerAtelier({ sol: a.sol });
  await a.jusqua(id, 'transmis');
  await a.recevoir(accuseDe('DELIB_1'));
  await a.jusqua(id, 'acquitte');
});

test('nothing is taken once a stop is asked for', async () => {
  a = await creerAtelier();
  await a.arreter();
  const { id } = await a.depose('DELIB_1');
  await a.calme();
  expect((await a.flux(id)).etat).toBe('depose');
  a = await creerAtelier({ sol: a.sol });
  await a.jusqua(id, 'transmis');
});

test('coupure: an analysis that hangs is cut, and the flux is analysed again at the next start', async () => {
  const vue = Promise.withResolvers<void>();
  const antivirus: Antivirus = {
    analyser: async (contenu, signal) => {
      contenu.destroy();
      vue.resolve();
      await new Promise<void>((r) => {
        signal?.addEventListener('abort', () => r(), { once: true });
      });
      throw erreurControle('VGM-CTL-001', { adresse: 'essai', detail: 'arrêt' });
    },
  };
  a = await creerAtelier({ antivirus });
  const { id } = await a.depose('DELIB_1');
  await vue.promise;
  const arrete = a.arreter();
  a.couper();
  await arrete;
  expect(await a.flux(id)).toMatchObject({ etat: 'depose', erreur: { code: 'VGM-CTL-001' } });
});
