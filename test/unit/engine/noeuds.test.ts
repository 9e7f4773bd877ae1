import { afterEach, describe, expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../../src/adapters/antivirus/fake.ts';
import { entretenirClassifications } from '../../../src/gestes/classifications.ts';
import { erreurControle } from '../../../src/metier/catalogue/controle.ts';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import type { Antivirus } from '../../../src/ports/antivirus.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { ABSENCE } from '../../../src/engine/presence.ts';
import { accuseDe, creerAtelier, CTX, SIREN } from '../../parcours/atelier.ts';
import { type DeuxNoeuds, MARQUE, ouvrirDeuxNoeuds } from './deux-noeuds.ts';

/** src/engine/baux.ts, row by row: what a node that stood still may do once it wakes. */

let n: DeuxNoeuds;
afterEach(() => n.fermer());

/** Longer than a lease. */
const TROP = 301_000;

async function chronologie(id: FluxId): Promise<string[]> {
  const lignes = await n.sol.store.journal.lignesDuFlux(OPERATEUR, id);
  return lignes.map(({ ligne }) => {
    const { ev, motif } = JSON.parse(ligne) as { ev: string; motif: string };
    return motif.includes('sans effet') ? `${ev} (sans effet)` : ev;
  });
}

async function rienEnMain(): Promise<void> {
  const { enMain } = await n.sol.store.file.etat(n.sol.clock.now());
  expect(enMain).toEqual([]);
}

const averti = (mots: string): boolean =>
  n.sol.log.lignes.some((l) => l.niveau === 'warn' && l.message.includes(mots));

describe('a node that stands still for longer than its lease', () => {
  test('before its mark, and another has sent meanwhile: its mark is refused before the first byte', async () => {
    n = await ouvrirDeuxNoeuds();
    const fige = n.figer({ nom: 'ecriture.ecrire', cote: 'avant', ecriture: MARQUE });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    await n.passer(TROP);
    expect((await n.b.flux(id)).etat).toBe('transmis');
    n.reveiller();
    await n.calme();
    expect(n.sol.transport.envois).toHaveLength(1);
    expect((await n.b.flux(id)).etat).toBe('transmis');
    expect((await chronologie(id)).filter((ev) => ev === 'MISE_EN_LIGNE')).toHaveLength(1);
    await rienEnMain();
  });

  test('before its mark, and another has the row but has not marked it: the one that woke first sends nothing', async () => {
    n = await ouvrirDeuxNoeuds();
    const fige = n.figer({ nom: 'ecriture.ecrire', cote: 'avant', ecriture: MARQUE });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    const avant = await n.b.flux(id);
    // B takes the row over and goes no further: its claim, without its work.
    await n.b.arreter();
    n.sol.clock.regler(n.sol.clock.now() + TROP);
    const quand = n.sol.clock.now();
    const bail = (quand + 300_000) as typeof quand;
    const pris = await n.sol.store.file.reclamerFlux({ quand, bail, nombre: 9, proprietaire: 'b' });
    expect(pris).toEqual([avant]);
    n.reveiller();
    await n.calme();
    expect(n.sol.transport.envois).toHaveLength(0);
    expect(await n.b.flux(id)).toEqual(avant);
    expect(averti('repris par un autre nœud')).toBe(true);
    // B never comes back: its lease ends, and A does the work.
    await n.passer(TROP);
    expect((await n.b.flux(id)).etat).toBe('transmis');
    expect(n.sol.transport.envois).toHaveLength(1);
  });

  test('in a step, and nobody is there to take over: it goes on', async () => {
    n = await ouvrirDeuxNoeuds();
    await n.b.arreter();
    const fige = n.figer({ nom: 'ecriture.ecrire', cote: 'avant', ecriture: MARQUE });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    await n.passer(TROP);
    n.reveiller();
    await n.calme();
    expect((await n.b.flux(id)).etat).toBe('transmis');
    expect(n.sol.transport.envois).toHaveLength(1);
  });

  test('between the mark and the first byte, alone: nothing leaves late; it goes back in line, then leaves', async () => {
    n = await ouvrirDeuxNoeuds();
    await n.b.arreter();
    const fige = n.figer({ nom: 'ecriture.ecrire', cote: 'apres', ecriture: MARQUE });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    await n.passer(TROP);
    n.reveiller();
    await n.calme();
    expect(n.sol.transport.envois).toHaveLength(0);
    expect(await n.b.flux(id)).toMatchObject({ etat: 'pret', erreur: { code: 'VGM-NOY-008' } });
    await n.passer(10_000);
    expect((await n.b.flux(id)).etat).toBe('transmis');
    expect(n.sol.transport.envois).toHaveLength(1);
  });

  test('between the mark and the first byte, for as long as it takes to be taken for dead: nothing leaves late either', async () => {
    n = await ouvrirDeuxNoeuds({ absence: ABSENCE });
    const fige = n.figer({ nom: 'ecriture.ecrire', cote: 'apres', ecriture: MARQUE });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    // Another daemon of its name: its leases are dropped, and what it had on the line is judged.
    await n.b.arreter();
    n.sol.clock.regler(n.sol.clock.now() + ABSENCE + 1);
    await n.sol.store.file.libererBaux('a');
    const meme = await creerAtelier({ sol: n.sol, proprietaire: 'a' });
    await meme.jusqua(id, 'incertain');
    n.reveiller();
    await n.calme();
    await meme.arreter();
    expect(n.sol.transport.envois).toHaveLength(0);
    expect((await chronologie(id)).slice(-2)).toEqual(['REMISE_INCERTAINE', 'REMISE_NON_FAITE (sans effet)']);
  });

  test('between the mark and the first byte, and another has judged: nothing leaves any more', async () => {
    n = await ouvrirDeuxNoeuds();
    const fige = n.figer({ nom: 'ecriture.ecrire', cote: 'apres', ecriture: MARQUE });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    await n.passer(TROP);
    expect((await n.b.flux(id)).etat).toBe('incertain');
    n.reveiller();
    await n.calme();
    expect(n.sol.transport.envois).toHaveLength(0);
    expect((await n.b.flux(id)).etat).toBe('incertain');
    expect((await chronologie(id)).slice(-2)).toEqual(['REMISE_INCERTAINE', 'REMISE_NON_FAITE (sans effet)']);
  });

  test('the answer of the State in hand: another says that nobody knows; the answer is evidence, and settles', async () => {
    n = await ouvrirDeuxNoeuds();
    const fige = n.figer({ nom: 'transport.remettre', cote: 'apres' });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    await n.passer(TROP);
    expect((await n.b.flux(id)).etat).toBe('incertain');
    n.reveiller();
    await n.calme();
    expect((await chronologie(id)).slice(-2)).toEqual(['REMISE_INCERTAINE', 'REMISE_CONSTATEE']);
    expect((await n.b.flux(id)).etat).toBe('transmis');
    await rienEnMain();
    await n.b.recevoir(accuseDe('DELIB_1'));
    await n.b.jusqua(id, 'acquitte');
    expect(n.sol.transport.envois).toHaveLength(1);
  });

  test('over a notification: delivered by both under the same webhook-id, written once', async () => {
    n = await ouvrirDeuxNoeuds();
    const point = { canal: 'webhook', cible: 'https://x.example/', evenements: ['flux.depose'] } as const;
    await n.a.gestes.collectivites.ajouterPoint(CTX, SIREN, point);
    const fige = n.figer({ nom: 'webhook.livrer', cote: 'apres' });
    const { id } = await n.a.depose('DELIB_1');
    await fige;
    await n.passer(TROP);
    n.reveiller();
    await n.calme();
    const [dette] = await n.b.gestes.livraisons.lister(CTX, { flux: id, limite: 9 });
    expect(dette).toMatchObject({ etat: 'livree', tentatives: 1 });
    expect(new Set(n.sol.webhook.envois.map((e) => e.id)).size).toBe(1);
    expect(n.sol.log.lignes.filter((l) => l.niveau === 'error')).toEqual([]);
  });

  test('over a return: what it means is written once', async () => {
    n = await ouvrirDeuxNoeuds();
    const { id } = await n.a.depose('DELIB_1');
    await n.a.jusqua(id, 'transmis');
    const fige = n.figer({
      nom: 'ecriture.ecrire',
      cote: 'avant',
      ecriture: (e) => e.retours !== undefined && e.retours.length > 0,
    });
    await n.a.recevoir(accuseDe('DELIB_1'));
    await fige;
    await n.passer(TROP);
    await n.b.jusqua(id, 'acquitte');
    n.reveiller();
    await n.calme();
    expect((await chronologie(id)).filter((ev) => ev.startsWith('ACCUSE'))).toEqual(['ACCUSE_RECU']);
    const retours = await n.b.gestes.retours.lister(CTX, { limite: 9 });
    expect(retours.map((r) => r.etat)).toEqual(['attribue']);
  });
});

test('two nodes that believe it is their turn ask for the classifications: each is asked for once', async () => {
  n = await ouvrirDeuxNoeuds();
  const demander = (noeud: DeuxNoeuds['a']) =>
    entretenirClassifications({ moteur: noeud.outils }, noeud.gestes, 7);
  await Promise.all([demander(n.a), demander(n.b)]);
  const demandes = (await n.sol.store.flux.lister(OPERATEUR, { limite: 99 })).map((f) => f.identite);
  expect(demandes).toHaveLength(2);
  expect(new Set(demandes).size).toBe(2);
});

describe('a node that lives', () => {
  /** An antivirus that takes its time, and gives up when it is told to. */
  function lent(): { antivirus: Antivirus; vu: Promise<void>; finir: () => void; coupes: () => number } {
    const bon = creerFakeAntivirus();
    const [vu, fin] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let [premier, coupes] = [true, 0];
    return {
      vu: vu.promise,
      finir: fin.resolve,
      coupes: () => coupes,
      antivirus: {
        analyser: async (contenu, signal) => {
          if (!premier) return bon.analyser(contenu);
          premier = false;
          vu.resolve();
          const coupe = new Promise<void>((r) => {
            signal?.addEventListener('abort', () => r(), { once: true });
          });
          await Promise.race([fin.promise, coupe]);
          if (signal?.aborted !== true) return bon.analyser(contenu);
          coupes += 1;
          contenu.destroy();
          throw erreurControle('VGM-CTL-001', { adresse: 'factice', detail: 'arrêt' });
        },
      },
    };
  }

  test('keeps what it has in hand however long the work is: its leases are put off at a third', async () => {
    const { antivirus, vu, finir, coupes } = lent();
    n = await ouvrirDeuxNoeuds({ antivirus });
    const { id } = await n.a.depose('DELIB_1');
    await vu;
    await n.passer(4 * TROP);
    expect(await n.sol.store.file.etat(n.sol.clock.now())).toMatchObject({
      enMain: [{ file: 'flux-ACTES', proprietaire: 'a', nombre: 1 }],
    });
    expect((await n.b.flux(id)).etat).toBe('depose');
    finir();
    await n.passer(2_000);
    expect((await n.b.flux(id)).etat).toBe('transmis');
    expect(coupes()).toBe(0);
  });

  test('is told that a row was taken over while it works on it: the work is cut, and nothing of it is written', async () => {
    const { antivirus, vu, coupes } = lent();
    n = await ouvrirDeuxNoeuds({ antivirus });
    const fige = n.figer({ nom: 'file.renouveler', cote: 'avant' });
    const { id } = await n.a.depose('DELIB_1');
    await vu;
    await n.sol.clock.avancer(100_000);
    await fige;
    await n.passer(TROP);
    expect((await n.b.flux(id)).etat).toBe('transmis');
    const avant = await chronologie(id);
    n.reveiller();
    await n.calme();
    expect(coupes()).toBe(1);
    expect(await chronologie(id)).toEqual(avant);
    await rienEnMain();
  });

  test('dies and starts again: it takes its own work up at once, and leaves alone that of the others', async () => {
    n = await ouvrirDeuxNoeuds();
    const quand = n.sol.clock.now();
    const bail = (quand + 300_000) as typeof quand;
    for (const noeud of [n.a, n.b]) await noeud.arreter();
    const [un, deux] = [await n.a.depose('DELIB_1'), await n.a.depose('DELIB_2')];
    const reclamer = (proprietaire: string, id: FluxId) =>
      n.sol.store.file.reclamerFlux({ quand, bail, nombre: 1, proprietaire, seuls: [id] });
    await reclamer('a', un.id);
    await reclamer('b', deux.id);
    const renaitre = await creerAtelier({ sol: n.sol, proprietaire: 'a' });
    await renaitre.jusqua(un.id, 'transmis');
    await renaitre.calme();
    expect((await renaitre.flux(deux.id)).etat).toBe('depose');
    await renaitre.arreter();
  });
});
