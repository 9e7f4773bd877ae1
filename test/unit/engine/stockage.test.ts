import { afterEach, describe, expect, test } from 'vitest';
import { erreurNoyau } from '../../../src/metier/catalogue/noyau.ts';
import { accuseDe, type Atelier, CTX, SIREN } from '../../parcours/atelier.ts';
import { atelierTenu, type Main, quelquesSecondes } from './decor.ts';

let a: Atelier;
afterEach(() => a.fermer());

const plein = () => erreurNoyau('VGM-NOY-005', { detail: 'disque plein' });
const ECRITURES = /^(ecriture|numerotation|debits|file)\.|^coffre\.ajouter/;
const REGLAGES = { actes: { ministere: { octets_par_heure: 1_000_000 } } };

async function ouvrir(): Promise<Main> {
  const tenu = await atelierTenu({ reglages: REGLAGES });
  a = tenu.a;
  await a.gestes.collectivites.ajouterPoint(CTX, SIREN, {
    canal: 'webhook',
    cible: 'https://x.example/',
    evenements: [],
  });
  return tenu.main;
}

/** Lets the n-th write and those after it fail, until told otherwise. @returns what says how many writes were seen. */
function remplir(main: Main, n: number, lesquels: RegExp = ECRITURES): () => number {
  let vus = 0;
  main.panne = (nom) => {
    if (!lesquels.test(nom)) return null;
    vus += 1;
    return vus >= n ? plein() : null;
  };
  return () => vus;
}

async function tourner(secondes: number): Promise<void> {
  for (let s = 0; s < secondes; s += 1) {
    await a.calme();
    await a.clock.avancer(1_000);
  }
}

async function finir(id: Parameters<Atelier['flux']>[0], recu: boolean): Promise<void> {
  await quelquesSecondes(a, 60);
  if (!recu) await a.recevoir(accuseDe('DELIB_1'));
  await a.calme();
  await quelquesSecondes(a, 60);
  expect((await a.flux(id)).etat).toBe('acquitte');
}

describe('a disk that is full for a while: all goes on soon after, within seconds and not after a lease', () => {
  test('from the n-th write of the leg to the State on, whatever n', async () => {
    let essais = 0;
    for (let n = 1; n < 40; n += 1) {
      const main = await ouvrir();
      const { id } = await a.depose('DELIB_1');
      const vus = remplir(main, n);
      await tourner(20);
      const atteint = vus() >= n;
      main.panne = null;
      await finir(id, false);
      const evs = (await a.gestes.montrer(CTX, id)).chronologie.map((l) => l.ev);
      expect(evs, `n=${n}`).not.toContain('REMISE_INCERTAINE');
      expect(a.transport.envois, `n=${n}`).toHaveLength(1);
      const dettes = await a.gestes.livraisons.lister(CTX, { flux: id, limite: 50 });
      expect(dettes.map((d) => [d.type, d.etat]).toSorted(), `n=${n}`).toEqual([
        ['flux.acquitte', 'livree'],
        ['flux.depose', 'livree'],
        ['flux.transmis', 'livree'],
      ]);
      essais += 1;
      if (!atteint) break;
      await a.fermer();
    }
    console.log(`full disk: ${essais} instants`);
    expect(essais).toBeGreaterThan(15);
  }, 240_000);

  test('the State has answered and nothing can be written: the answer is kept in hand, never forgotten', async () => {
    const main = await ouvrir();
    const remise = main.retenir('transport.remettre');
    const { id } = await a.depose('DELIB_1');
    await remise.attendue;
    main.panne = (nom) => (nom === 'ecriture.ecrire' ? plein() : null);
    remise.lacher();
    // Longer than a lease: the row may not be given to another hand of this process meanwhile.
    await tourner(5);
    await a.passer(400_000);
    await tourner(5);
    expect((await a.flux(id)).etat).toBe('en_ligne');
    main.panne = null;
    await quelquesSecondes(a, 60);
    expect((await a.flux(id)).etat).toBe('transmis');
    expect(a.transport.envois).toHaveLength(1);
  });

  test('the analysis of a receipt, from its n-th write on', async () => {
    for (let n = 1; n < 10; n += 1) {
      const main = await ouvrir();
      const { id } = await a.depose('DELIB_1');
      await a.jusqua(id, 'transmis');
      await a.calme();
      await a.recevoir(accuseDe('DELIB_1'));
      const vus = remplir(main, n);
      await tourner(20);
      const atteint = vus() >= n;
      main.panne = null;
      await finir(id, true);
      if (!atteint) break;
      await a.fermer();
    }
  }, 240_000);

  test.each([
    'flux.pieces',
    'coffre.ouvrir',
    'collectivites.secrets',
    'collectivites.trouver',
    'flux.parIdentite',
    'flux.trouver',
  ])('reads that fail for a while (%s) are a verdict on nothing', async (lecture) => {
    const main = await ouvrir();
    const { id } = await a.depose('DELIB_1');
    main.panne = (nom) => (nom === lecture ? plein() : null);
    await a.recevoir(accuseDe('AUTRE'));
    await tourner(20);
    main.panne = null;
    await finir(id, false);
    const dettes = await a.gestes.livraisons.lister(CTX, { flux: id, limite: 50 });
    expect(dettes.every((d) => d.etat === 'livree')).toBe(true);
    expect(a.transport.envois).toHaveLength(1);
  });
});
