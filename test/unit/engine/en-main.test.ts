import { afterEach, describe, expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../../src/adapters/antivirus/fake.ts';
import { erreurControle } from '../../../src/metier/catalogue/controle.ts';
import type { FluxId, LivraisonId, RetourId } from '../../../src/metier/identifiants.ts';
import type { Antivirus } from '../../../src/ports/antivirus.ts';
import { accuseDe, type Atelier, CTX, SIREN } from '../../parcours/atelier.ts';
import { atelierTenu, quelquesSecondes } from './decor.ts';

let a: Atelier;
afterEach(() => a.fermer());

const COUPEE = { type: 'sort_inconnu', cause: 'ligne coupée', url: '' } as const;

async function parke(atelier: Atelier): Promise<RetourId> {
  await atelier.recevoir(accuseDe('INCONNU'));
  await atelier.calme();
  const [retour] = await atelier.gestes.retours.lister(CTX, { etats: ['a_trancher'], limite: 10 });
  if (retour === undefined) throw new TypeError('nothing was parked');
  return retour.id;
}

function erreursDuMoteur(atelier: Atelier): unknown[] {
  return atelier.log.lignes.filter((l) => l.niveau === 'error').map((l) => [l.message, String(l.origine)]);
}

describe('a row in hand that somebody else changes is taken up again soon, not after its lease', () => {
  test('an order given while the standing alert is being written', async () => {
    const { a: atelier, main } = await atelierTenu();
    a = atelier;
    a.transport.programmer(COUPEE);
    const { id } = await a.depose('DELIB_1');
    await a.jusqua(id, 'incertain');
    await a.calme();
    const alerte = main.retenir('ecriture.ecrire');
    await a.passer(3_601_000);
    await alerte.attendue;
    await a.gestes.trancher(CTX, id, { decision: 'non_recu', motif: 'rien' });
    // The wake-up of that order finds the flux still in hand.
    for (let tour = 0; tour < 50; tour += 1) await new Promise(setImmediate);
    alerte.lacher();
    await a.calme();
    await quelquesSecondes(a);
    expect((await a.flux(id)).etat).toBe('transmis');
    expect(a.transport.envois).toHaveLength(2);
  });

  test('a notification replayed while its delivery hangs: delivered again, and nothing breaks', async () => {
    const { a: atelier, main } = await atelierTenu();
    a = atelier;
    await a.gestes.collectivites.ajouterPoint(CTX, SIREN, {
      canal: 'webhook',
      cible: 'https://x.example/',
      evenements: ['flux.depose'],
    });
    const envoi = main.retenir('webhook.livrer');
    const { id } = await a.depose('DELIB_1');
    await envoi.attendue;
    const [dette] = await a.gestes.livraisons.lister(CTX, { flux: id, limite: 10 });
    await a.gestes.livraisons.rejouer(CTX, dette?.id as LivraisonId);
    for (let tour = 0; tour < 50; tour += 1) await new Promise(setImmediate);
    envoi.lacher();
    await a.calme();
    await quelquesSecondes(a);
    expect((await a.gestes.livraisons.lister(CTX, { flux: id, limite: 10 }))[0]?.etat).toBe('livree');
    expect(new Set(a.webhook.envois.map((e) => e.id)).size).toBe(1);
    expect(erreursDuMoteur(a)).toEqual([]);
  });

  test.each(['flux.pieces', 'debits.reserver'])(
    'a parked return hung on a flux about to leave (held at %s): it leaves all the same',
    async (ou) => {
      const { a: atelier, main } = await atelierTenu({
        reglages: { actes: { ministere: { octets_par_heure: 1_000_000 } } },
      });
      a = atelier;
      const retour = await parke(a);
      a.transport.programmer({ type: 'non_parti', cause: 'refusée', url: '' });
      const { id } = await a.depose('DELIB_1');
      await a.calme();
      expect((await a.flux(id)).etat).toBe('pret');
      const retenue = main.retenir(ou);
      await a.passer(10_000);
      await retenue.attendue;
      await a.gestes.retours.rattacher(CTX, retour, id);
      retenue.lacher();
      await a.calme();
      await quelquesSecondes(a);
      expect((await a.flux(id)).etat).toBe('transmis');
      expect(a.transport.envois).toHaveLength(1);
    },
  );

  test('a parked return hung on a flux whose control fails for want of antivirus: tried again after the back-off', async () => {
    const bon = creerFakeAntivirus();
    const portes = [Promise.withResolvers<void>()];
    const antivirus: Antivirus = {
      analyser: async (contenu) => {
        const porte = portes.shift();
        if (porte === undefined) return bon.analyser(contenu);
        contenu.destroy();
        await porte.promise;
        throw erreurControle('VGM-CTL-001', { adresse: 'factice', detail: 'coupé' });
      },
    };
    const premiere = portes[0];
    ({ a } = await atelierTenu({ antivirus }));
    const retour = await parke(a);
    const { id } = await a.depose('DELIB_1');
    while (portes.length > 0) await new Promise(setImmediate);
    await a.gestes.retours.rattacher(CTX, retour, id as FluxId);
    premiere?.resolve();
    await a.calme();
    expect((await a.flux(id)).erreur?.code).toBe('VGM-CTL-001');
    await quelquesSecondes(a);
    expect((await a.flux(id)).etat).toBe('transmis');
  });
});

test('tries are counted per state: the failures of the control do not lengthen the waits of the line', async () => {
  const antivirus = creerFakeAntivirus();
  ({ a } = await atelierTenu({ antivirus }));
  antivirus.couper(true);
  const { id } = await a.depose('DELIB_1');
  for (let fois = 0; fois < 6; fois += 1) {
    await a.calme();
    await a.passer(400_000);
  }
  await a.calme();
  expect((await a.flux(id)).tentatives).toBeGreaterThanOrEqual(6);
  antivirus.couper(false);
  a.transport.programmer({ type: 'non_parti', cause: 'refusée', url: '' });
  await a.passer(1_000_000);
  await a.calme();
  const flux = await a.flux(id);
  expect(flux).toMatchObject({ etat: 'pret', tentatives: 1 });
  expect((flux.due ?? 0) - a.clock.now()).toBeLessThanOrEqual(6_000);
});

test('the back-off of the line doubles from try to try: 5 s, 10 s, 20 s… within ±20 %', async () => {
  ({ a } = await atelierTenu());
  a.transport.programmer(
    ...Array.from({ length: 4 }, () => ({ type: 'reponse', statut: 503, extrait: '', url: '' }) as const),
  );
  const { id } = await a.depose('DELIB_1');
  const attentes: number[] = [];
  for (let fois = 0; fois < 4; fois += 1) {
    await a.calme();
    const flux = await a.flux(id);
    expect(flux).toMatchObject({ etat: 'pret', tentatives: fois + 1 });
    attentes.push(((flux.due ?? 0) - flux.modifie) / 1000);
    await a.passer((flux.due ?? 0) - a.clock.now());
  }
  for (const [rang, attente] of attentes.entries()) {
    expect(attente).toBeGreaterThanOrEqual(5 * 2 ** rang * 0.8 - 0.001);
    expect(attente).toBeLessThanOrEqual(5 * 2 ** rang * 1.2 + 0.001);
  }
  await a.calme();
  expect(await a.flux(id)).toMatchObject({ etat: 'transmis', tentatives: 0, erreur: null });
});
