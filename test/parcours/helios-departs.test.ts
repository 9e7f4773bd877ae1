import { afterEach, describe, expect, test } from 'vitest';
import type { Accident } from '../../src/adapters/passerelle/fake.ts';
import { departs } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { acquit, bordereau, erreur, fichier } from '../unit/helios/retours.ts';
import { type Atelier, creerAtelier, CTX, pesDe, SIREN, siretDe } from './atelier.ts';

/** « Doublon », told of a sending of ours: is it the first one that stands there, or something else under its number? */

let a: Atelier;
afterEach(() => a.fermer());

const HEURE = 3_600_000;
const NOM = `PESALR2_${SIREN}_260310_001.xml`;
const entetes = { NomFic: 'F1', IdColl: siretDe(SIREN) };
const DOUBLE = acquit({ entetes, elements: bordereau('1', '0', erreur('ERREUR_DOUBLON_BORDEREAU')) });

/** Name of an acquittement made at this hour of 10 March, Paris time; the tests begin at 10:00. */
const nomAck = (heure: string, jour = 10) => `034079_2603${jour}${heure}-ACK-A0000001_A0000001_KO.xml`;

async function repondre(nom: string, octets = DOUBLE): Promise<void> {
  a.passerelle.sortie.set(nom, octets);
  await a.relever();
  await a.calme();
}

async function depose(...accidents: readonly Accident[]): Promise<FluxId> {
  a = await creerAtelier({ reglages: { moteur: { reprise_min_s: 60 } } });
  a.passerelle.programmer(...accidents);
  const { id } = await a.deposePes('F1');
  await a.calme();
  return id;
}

async function partir(id: FluxId): Promise<void> {
  for (let tour = 0; tour < 20 && (await a.flux(id)).etat === 'pret'; tour += 1) {
    await a.passer(HEURE / 4);
    await a.calme();
  }
  expect((await a.flux(id)).etat).toBe('transmis');
}

async function nonRecu(id: FluxId): Promise<void> {
  expect((await a.flux(id)).etat).toBe('incertain');
  await a.gestes.trancher(CTX, id, { decision: 'non_recu', motif: 'la DGFiP n’a rien' });
  await a.calme();
}

/** @returns state, and sendings that counted, once Hélios has answered « doublon » the day after. */
async function apresDouble(id: FluxId): Promise<readonly [string, number]> {
  await partir(id);
  await repondre(nomAck('090000', 11));
  const flux = await a.flux(id);
  return [flux.etat, departs(flux).length];
}

describe('of the only sending that may have left something, it is a refusal', () => {
  test.each<[string, readonly Accident[]]>([
    ['taken at once', []],
    ['after a gateway out of reach', ['injoignable']],
    ['after a full disk', ['plein']],
    ['after a line cut in the middle of the bytes', ['coupe']],
    ['after a folder that nobody may write', ['ferme']],
    ['after a final name that is refused', ['sans_nom']],
    ['after all of them', ['coupe', 'injoignable', 'sans_nom', 'plein', 'ferme', 'coupe']],
  ])('%s', async (_, accidents) => {
    const id = await depose(...accidents);
    expect(await apresDouble(id)).toEqual(['anomalie', 1]);
  });

  test('after a refusal of the door for good, and an order to send again', async () => {
    a = await creerAtelier();
    a.passerelle.entree.set(NOM, Buffer.from('autre chose'));
    const { id } = await a.deposePes('F1');
    await a.jusqua(id, 'echec');
    a.passerelle.entree.clear();
    await a.gestes.renvoyer(CTX, id);
    await a.calme();
    expect(await apresDouble(id)).toEqual(['anomalie', 1]);
  });

  test('after an order to send again what the gateway still shows: nothing was sent', async () => {
    const id = await depose();
    await a.gestes.renvoyer(CTX, id);
    await a.calme();
    expect((await a.gestes.montrer(CTX, id)).chronologie.at(-1)?.ev).toBe('REMISE_CONSTATEE');
    expect(await apresDouble(id)).toEqual(['anomalie', 1]);
  });

  test('after an uncertain sending that a person denies and the gateway shows', async () => {
    const id = await depose('avide');
    a.passerelle.entree.set(NOM, pesDe('F1'));
    await nonRecu(id);
    expect(await apresDouble(id)).toEqual(['anomalie', 1]);
  });

  test('after a passage that the gateway belied: it said that it took nothing, and shows the file', async () => {
    const id = await depose('plein');
    a.passerelle.entree.set(NOM, pesDe('F1'));
    expect(await apresDouble(id)).toEqual(['anomalie', 1]);
  });
});

describe('after a sending that may have left something, it proves that one', () => {
  test('taken, then sent again on order', async () => {
    const id = await depose();
    a.passerelle.entree.clear();
    await a.gestes.renvoyer(CTX, id);
    await a.calme();
    expect(await apresDouble(id)).toEqual(['acquitte', 2]);
  });

  test('of a fate that nobody knew: a person says that it is not there, Hélios that it is', async () => {
    const id = await depose('avide');
    await nonRecu(id);
    expect(await apresDouble(id)).toEqual(['acquitte', 2]);
  });

  test('what surely left nothing in between changes nothing', async () => {
    const id = await depose('avide', 'injoignable', 'coupe', 'plein');
    await nonRecu(id);
    expect(await apresDouble(id)).toEqual(['acquitte', 2]);
  });
});

describe('an answer is of a sending made before it', () => {
  /** Sent at 10:00, sent again at 14:00. */
  async function renvoyeA14h(): Promise<FluxId> {
    const id = await depose();
    a.passerelle.entree.clear();
    await a.passer(4 * HEURE);
    await a.gestes.renvoyer(CTX, id);
    await a.calme();
    expect((await a.flux(id)).etat).toBe('transmis');
    return id;
  }

  test.each([
    ['hours before the second one: a refusal of the first', '103000', 'anomalie'],
    ['after the second one: it proves the first', '140500', 'acquitte'],
    ['minutes before, when the clocks may differ: a person says', '135800', 'transmis'],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('made %s', async (_, heure, etat) => {
    const id = await renvoyeA14h();
    await repondre(nomAck(heure));
    expect((await a.flux(id)).etat).toBe(etat);
    const [retour] = await a.gestes.retours.lister(CTX, { limite: 1 });
    expect(retour?.etat).toBe(etat === 'transmis' ? 'a_trancher' : 'attribue');
  });

  test('the same words as to an earlier flux, made while our first sending was being answered, are not thrown away', async () => {
    const panne = acquit({ entetes, elements: fichier('0', '0', erreur('ERREUR_TIMEOUT')) });
    const premier = await depose();
    await repondre(nomAck('100500'), panne);
    expect((await a.flux(premier)).etat).toBe('anomalie');
    await a.passer(HEURE);
    const { id } = await a.deposePes('F1', { cle: 'encore' });
    await a.jusqua(id, 'transmis');
    a.passerelle.entree.clear();
    await a.passer(4 * HEURE);
    await a.gestes.renvoyer(CTX, id);
    await a.calme();
    // made at noon: after its first sending, before its second
    await repondre(nomAck('120000'), panne);
    expect((await a.flux(id)).etat).toBe('anomalie');
  });
});

describe('over Passtrans SFTP the same bytes bear the same remote name', () => {
  const passtrans = {
    helios: {
      passerelles: [
        {
          nom: 'dgfip',
          mode: 'passtrans_sftp',
          hote: 'factice.invalid',
          utilisateur: 'essai',
          secret_fichier: 'secret',
          empreintes: [`SHA256:${'A'.repeat(43)}`],
        },
      ],
    },
    moteur: { reprise_min_s: 60, reprise_max_s: 600 },
  };

  test('what an earlier flux left there proves nothing of a later one, that waits for its place', async () => {
    a = await creerAtelier({ reglages: passtrans });
    const premier = await a.deposePes('F1');
    await a.jusqua(premier.id, 'transmis');
    const panne = acquit({ entetes, elements: fichier('0', '0', erreur('ERREUR_TIMEOUT')) });
    await repondre(nomAck('100500'), panne);
    expect((await a.flux(premier.id)).etat).toBe('anomalie');
    // as « corriger » says: the same file, as it is
    const { id } = await a.deposePes('F1', { cle: 'encore' });
    await a.calme();
    expect(await a.flux(id)).toMatchObject({ etat: 'pret', erreur: { code: 'VGM-PAS-024' } });
    expect(departs(await a.flux(id))).toEqual([]);
    a.passerelle.entree.clear();
    await partir(id);
    expect(a.passerelle.entree.size).toBe(1);
  });
});
