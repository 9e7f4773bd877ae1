import { afterEach, describe, expect, test } from 'vitest';
import type { EvenementEtat } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { acquit } from '../unit/helios/retours.ts';
import { type Atelier, AUTRE_SIREN, creerAtelier, CTX, MARDI, pesDe, SIREN, siretDe } from './atelier.ts';

/** HELIOS from the deposit to the answer of Hélios, with a gateway in memory. */

let a: Atelier;
afterEach(() => a.fermer());

const HEURE = 3_600_000;
const NOM = `PESALR2_${SIREN}_260310_001.xml`;

/** Name of an acquittement, made that many minutes after the tests begin (10:00 in Paris). */
function nomAck(minutes: number, fin = 'OK'): string {
  const heure = String(10 + Math.floor(minutes / 60)).padStart(2, '0');
  const minute = String(minutes % 60).padStart(2, '0');
  return `034079_260310${heure}${minute}00-ACK-A0000001_A0000001_${fin}.xml`;
}

const entetes = (nomFic: string) => ({ NomFic: nomFic, IdColl: siretDe(SIREN) });

/** What Hélios leaves at the gateway, and the fetch of it. */
async function repondre(nom: string, octets: Buffer): Promise<void> {
  a.passerelle.sortie.set(nom, octets);
  await a.relever();
  await a.calme();
}

async function transmis(nomFic: string): Promise<Flux> {
  const { id } = await a.deposePes(nomFic);
  return a.jusqua(id, 'transmis');
}

async function evenements(id: FluxId): Promise<string[]> {
  return (await a.gestes.montrer(CTX, id)).chronologie.map((l) => l.ev);
}

describe('the gateway fails', () => {
  test('out of reach: deposits go on, the door rests instead of being knocked at for each file, then all leave', async () => {
    a = await creerAtelier({ reglages: { moteur: { reprise_min_s: 60, reprise_max_s: 600 } } });
    a.passerelle.programmer(...Array.from({ length: 12 }, () => 'injoignable' as const));
    for (let i = 0; i < 20; i += 1) await a.deposePes(`F${i}`);
    await a.calme();
    const essais = async () =>
      (await Promise.all((await a.gestes.lister(CTX, { limite: 100 })).map((f) => evenements(f.id))))
        .flat()
        .filter((ev) => ev === 'MISE_EN_LIGNE').length;
    // Two places at the door: those in hand when it failed a second time, and no more.
    expect(await essais()).toBeLessThanOrEqual(4);
    for (let tour = 0; tour < 40; tour += 1) {
      await a.passer(300_000);
      await a.calme();
    }
    expect(a.passerelle.entree.size).toBe(20);
    const etats = await a.gestes.compter(CTX);
    expect(etats.transmis).toBe(20);
  });

  test('an account that is refused locks nothing: one try, then the longest rest', async () => {
    a = await creerAtelier({ reglages: { moteur: { reprise_min_s: 1, reprise_max_s: 600 } } });
    a.passerelle.programmer('ferme', 'ferme');
    for (let i = 0; i < 5; i += 1) await a.deposePes(`F${i}`);
    await a.calme();
    for (let tour = 0; tour < 10; tour += 1) {
      await a.passer(50_000);
      await a.calme();
    }
    expect(a.passerelle.entree.size).toBe(0);
    expect((await a.gestes.lister(CTX, { limite: 1 }))[0]?.erreur?.code).toBe('VGM-PAS-009');
    await a.passer(200_000);
    await a.calme();
    expect(a.passerelle.entree.size).toBe(5);
  });

  test('the line is lost once the name was asked: the gateway is looked at, and settles it at once', async () => {
    a = await creerAtelier();
    a.passerelle.programmer('sans_reponse');
    const { id } = await transmis('F1');
    expect((await evenements(id)).filter((ev) => ev === 'REMISE_INCERTAINE')).toEqual([]);
    expect(a.passerelle.entree.size).toBe(1);
  });

  test('a gateway that takes files away shows nothing: uncertain, an alert after an hour, then its answer', async () => {
    a = await creerAtelier();
    a.passerelle.programmer('avide');
    const { id } = await a.deposePes('F1');
    await a.jusqua(id, 'incertain');
    await a.passer(2 * HEURE);
    await a.calme();
    expect((await a.flux(id)).alerte).toMatch(/demander à la DGFiP si elle détient PESALR2_.*trancher/);
    await repondre(nomAck(5), acquit({ entetes: entetes('F1') }));
    expect((await a.flux(id)).etat).toBe('acquitte');
  });

  test('whatever the card says since, a file is looked for where it left, and named as the State saw it', async () => {
    const vues: string[] = [];
    const dgfip = {
      nom: 'dgfip',
      mode: 'passtrans_sftp',
      hote: 'x.invalid',
      utilisateur: 'u',
      cle_fichier: 'k',
      empreintes: [`SHA256:${'A'.repeat(43)}`],
      stabilite_s: 0,
    };
    a = await creerAtelier({
      reglages: { helios: { passerelles: [dgfip] } },
      enrober: (ports) => ({
        ...ports,
        passerelle: {
          ...ports.passerelle,
          existe: (identite) => {
            vues.push(identite.metadonnees.dest);
            return ports.passerelle.existe(identite);
          },
        },
      }),
    });
    a.passerelle.programmer('avide');
    const { id } = await a.deposePes('F1');
    await a.jusqua(id, 'incertain');
    const c = await a.gestes.collectivites.trouver(CTX, SIREN);
    if (c.helios === null) expect.fail('no card');
    await a.gestes.collectivites.enregistrer(CTX, { ...c, helios: { ...c.helios, destination: 'VHPCE21' } });
    await a.passer(2 * HEURE);
    await a.calme();
    expect(vues.length).toBeGreaterThan(1);
    expect(new Set(vues)).toEqual(new Set([c.helios.destination]));
    expect((await a.flux(id)).alerte).toMatch(
      new RegExp(
        `si elle détient ${c.helios.destination}%%THELPES2%%PES#123#[0-9A-B]+#[0-9A-Z]+%%[0-9a-f]{40}`,
      ),
    );
  });

  test('an uncertain fate is settled by the gateway when it shows the file later', async () => {
    a = await creerAtelier();
    a.passerelle.programmer('avide');
    const { id } = await a.deposePes('F1');
    await a.jusqua(id, 'incertain');
    a.passerelle.entree.set(NOM, pesDe('F1'));
    await a.passer(2 * HEURE);
    const flux = await a.jusqua(id, 'transmis');
    expect(flux).toMatchObject({ alerte: null, erreur: null, transmis: MARDI });
    expect((await evenements(id)).at(-1)).toBe('REMISE_CONSTATEE');
  });

  test.each([
    ['shows it', true, 'transmis', 'REMISE_CONFIRMEE'],
    ['does not show it', false, 'incertain', 'REMISE_INCERTAINE'],
    // oxlint-disable-next-line max-params -- one row of the table
  ] as const)('dead while it was on the line: the gateway that %s', async (_, la, etat, ev) => {
    a = await creerAtelier();
    const { promise: enLigne, resolve: partir } = Promise.withResolvers<void>();
    const premier = await creerAtelier({
      sol: a.sol,
      inscrire: false,
      enrober: (ports) => ({
        ...ports,
        passerelle: {
          ...ports.passerelle,
          deposer: (envoi) => {
            if (la) a.passerelle.entree.set(envoi.nomDistant, pesDe('F1'));
            partir();
            return new Promise(() => undefined);
          },
        },
      }),
    });
    await a.arreter();
    const { id } = await premier.deposePes('F1');
    await enLigne;
    premier.abandonner();
    const second = await creerAtelier({ sol: a.sol, inscrire: false });
    await second.jusqua(id, etat);
    expect(await evenementsDe(second, id)).toContain(ev satisfies Uppercase<EvenementEtat>);
    await second.arreter();
  });

  test('no gateway is configured: files are taken in and wait, and the reason is told', async () => {
    a = await creerAtelier({ reglages: { helios: { passerelles: [] } } });
    const { id } = await a.deposePes('F1');
    await a.calme();
    expect(await a.flux(id)).toMatchObject({ etat: 'pret', erreur: { code: 'VGM-TRA-007' } });
    expect((await a.flux(id)).erreur?.cause).toContain('« helios.passerelles »');
  });

  test('two working days without the gateway: nothing is lost, and all leave when it is back', async () => {
    a = await creerAtelier({ reglages: { moteur: { reprise_max_s: 900 } } });
    a.passerelle.programmer(...Array.from({ length: 400 }, () => 'injoignable' as const));
    for (let i = 0; i < 10; i += 1) await a.deposePes(`F${i}`);
    for (let tour = 0; tour < 96; tour += 1) {
      await a.passer(HEURE / 2);
      await a.calme();
    }
    expect(await a.gestes.compter(CTX)).toEqual({ pret: 10 });
    a.passerelle.programmer();
    for (let tour = 0; tour < 400 && a.passerelle.entree.size < 10; tour += 1) {
      await a.passer(HEURE / 2);
      await a.calme();
    }
    expect(a.passerelle.entree.size).toBe(10);
  });
});

async function evenementsDe(atelier: Atelier, id: FluxId): Promise<string[]> {
  return (await atelier.gestes.montrer(CTX, id)).chronologie.map((l) => l.ev);
}

describe('sending held back on order (DSP-03, HOM-05)', () => {
  test.each([
    ['the gateway', 'HELIOS:dgfip'],
    ['the whole protocol', 'HELIOS'],
  ])(
    '%s: nothing leaves, deposits and answers go on, and what waited leaves afterwards',
    async (_, destination) => {
      a = await creerAtelier();
      const parti = await transmis('F0');
      await a.gestes.destinations.suspendre(CTX, destination, 'demande de la DGFiP.');
      const { id } = await a.deposePes('F1');
      const acte = await a.depose('DELIB_1');
      await a.jusqua(acte.id, 'transmis');
      await a.calme();
      expect(await a.flux(id)).toMatchObject({
        etat: 'pret',
        tentatives: 0,
        erreur: {
          code: 'VGM-TRA-009',
          message: `L’émission vers ${destination} est suspendue : demande de la DGFiP.`,
        },
      });
      await repondre(nomAck(5), acquit({ entetes: entetes('F0') }));
      expect((await a.flux(parti.id)).etat).toBe('acquitte');
      await a.passer(5 * HEURE);
      await a.calme();
      expect(a.passerelle.entree.size).toBe(1);
      const constats = await a.gestes.diagnostiquer(CTX);
      expect(constats.find((c) => c.sujet === 'émission')).toMatchObject({
        etat: 'attention',
        detail: `${destination} suspendue depuis 5 h (demande de la DGFiP)`,
      });
      await a.gestes.destinations.reprendre(CTX, destination);
      await a.passer(61_000);
      await a.jusqua(id, 'transmis');
      expect(await evenements(id)).not.toContain('REMISE_NON_FAITE');
      const lignes = await a.store.journal.lignes('operateur', 1, 1000);
      expect(
        lignes.map((l) => (JSON.parse(l) as { ev: string }).ev).filter((ev) => ev.startsWith('DEST')),
      ).toEqual(['DESTINATION_SUSPENDUE', 'DESTINATION_REPRISE']);
    },
  );

  test('ACTES is held back in the same way', async () => {
    a = await creerAtelier();
    await a.gestes.destinations.suspendre(CTX, 'ACTES', 'demande du ministère');
    const { id } = await a.depose('DELIB_1');
    await transmis('F1');
    await a.calme();
    expect(await a.flux(id)).toMatchObject({ etat: 'pret', erreur: { code: 'VGM-TRA-009' } });
    expect(a.transport.envois).toEqual([]);
    await a.gestes.destinations.reprendre(CTX, 'ACTES');
    await a.passer(61_000);
    await a.jusqua(id, 'transmis');
  });

  test('an order given while a file waits for its place at the door holds for it', async () => {
    const porte = Promise.withResolvers<void>();
    let deposes = 0;
    a = await creerAtelier({
      enrober: (ports) => ({
        ...ports,
        passerelle: {
          ...ports.passerelle,
          deposer: async (envoi, signal) => {
            deposes += 1;
            await porte.promise;
            return ports.passerelle.deposer(envoi, signal);
          },
        },
      }),
    });
    for (let i = 0; i < 6; i += 1) await a.deposePes(`F${i}`);
    await a.calme();
    // Two places: two are on the line, the others wait behind them.
    expect(deposes).toBe(2);
    await a.gestes.destinations.suspendre(CTX, 'HELIOS', 'essai');
    porte.resolve();
    await a.calme();
    expect(deposes).toBe(2);
    expect(await a.gestes.compter(CTX)).toMatchObject({ transmis: 2, pret: 4 });
  });

  test('an unknown destination is refused with those that exist; so is a lift without order, and an order from a collectivité', async () => {
    a = await creerAtelier();
    const { destinations } = a.gestes;
    await expect(destinations.suspendre(CTX, 'HELIOS:autre', 'x')).rejects.toMatchObject({
      fiche: {
        code: 'VGM-GES-020',
        remede: 'Destinations : « ACTES », « HELIOS », « HELIOS:dgfip ».',
      },
    });
    await expect(destinations.reprendre(CTX, 'ACTES')).rejects.toThrow('VGM-GES-021');
    const commune = { ...CTX, portee: { collectivite: SIREN } } as const;
    await expect(destinations.lister(commune)).rejects.toThrow('VGM-GES-005');
    await expect(destinations.suspendre(commune, 'ACTES', 'x')).rejects.toThrow('VGM-GES-005');
  });
});

describe('the HELIOS card of a collectivité', () => {
  test('may name neither a gateway that is not set nor the SIRET of another', async () => {
    a = await creerAtelier();
    const { points: _p, creee: _c, ...fiche } = await a.gestes.collectivites.trouver(CTX, SIREN);
    const helios = fiche.helios ?? expect.fail('no card');
    const enregistrer = (change: object) =>
      a.gestes.collectivites.enregistrer(CTX, { ...fiche, helios: { ...helios, ...change } });
    await expect(enregistrer({ passerelle: 'nord' })).rejects.toThrow('VGM-GES-020');
    await expect(enregistrer({ sirets: [siretDe(AUTRE_SIREN)] })).rejects.toThrow('VGM-GES-022');
    await enregistrer({ passerelle: 'dgfip' });
  });
});
