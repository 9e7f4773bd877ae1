import { describe, expect, it } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { borner, surveiller } from '../../../src/adapters/passerelle/delais.ts';
import { creerFakePasserelle } from '../../../src/adapters/passerelle/fake.ts';
import { FautePair } from '../../../src/adapters/passerelle/fautes.ts';
import { Fenetre } from '../../../src/adapters/passerelle/fenetre.ts';
import { estProvisoire, nommer } from '../../../src/adapters/passerelle/noms.ts';
import type { Session } from '../../../src/adapters/passerelle/session.ts';
import { Sessions } from '../../../src/adapters/passerelle/sessions.ts';
import { code, dire, envoiDe } from '../../contracts/passerelle.contract.ts';

const DELAIS = { connexionMs: 1, reponseMs: 1, silenceMs: 8_000, debitMin: 1_000, reposMs: 10_000 };
const jamais = () => new Promise<never>(() => undefined);
const sort = (promesse: Promise<unknown>) =>
  promesse.then(String, (erreur: unknown) => (erreur instanceof Error ? erreur.message : ''));

describe('the limit of one answer', () => {
  it('gives the answer when it comes in time, the failure too', async () => {
    const clock = creerFakeClock(0);
    const limite = { clock, ms: 1_500, quoi: 'essai' };
    expect(await borner(Promise.resolve(1), limite)).toBe(1);
    expect(await sort(borner(Promise.reject(new FautePair('refus', 'non')), limite))).toBe('non');
    expect(clock.dormeurs()).toBe(0);
  });

  it('is a fault of the line once it has passed', async () => {
    const clock = creerFakeClock(0);
    const attente = sort(borner(jamais(), { clock, ms: 1_500, quoi: 'taille de x' }));
    await clock.avancer(1_499);
    expect(clock.dormeurs()).toBe(1);
    await clock.avancer(1);
    expect(await attente).toBe('taille de x : rien en 1,5 s');
  });
});

describe('the limits of a transfer', () => {
  function suivre(taille: number, progres: () => number | null) {
    const clock = creerFakeClock(0);
    let dit = 'en cours';
    void sort(surveiller(jamais(), { clock, delais: DELAIS, taille, progres })).then((d) => {
      dit = d;
    });
    return { clock, dit: () => dit };
  }

  it('a silence of 8 s ends it; a byte now and then does not', async () => {
    let octets = 0;
    const { clock, dit } = suivre(1_000_000, () => octets);
    for (let i = 0; i < 10; i += 1) {
      octets += 1;
      await clock.avancer(6_000);
    }
    expect(dit()).toBe('en cours');
    await clock.avancer(10_000);
    expect(dit()).toBe('plus rien ne passe depuis 8 s');
  });

  it('is too long below the slowest rate, whatever still moves', async () => {
    let octets = 0;
    const { clock, dit } = suivre(20_000, () => (octets += 1));
    await clock.avancer(26_000);
    expect(dit()).toBe('en cours');
    await clock.avancer(2_000);
    expect(dit()).toBe('moins de 1000 octets par seconde');
  });

  it('our own slowness is no silence of the peer', async () => {
    const { clock, dit } = suivre(1_000_000, () => null);
    await clock.avancer(60_000);
    expect(dit()).toBe('en cours');
  });

  it('an hour set forward by hand is no silence either', async () => {
    let octets = 0;
    const { clock, dit } = suivre(1_000_000, () => (octets += 1));
    clock.regler(86_400_000);
    await clock.avancer(4_000);
    expect(dit()).toBe('en cours');
  });
});

describe('bytes on their way', () => {
  it('stay under the bound, and the first refusal stops all', async () => {
    const fenetre = new Fenetre(100);
    const rendre = fenetre.partir(60);
    let place = false;
    const attente = fenetre.place(60).then(() => {
      place = true;
    });
    await Promise.resolve();
    expect(place).toBe(false);
    rendre(null);
    await attente;
    expect([fenetre.enVol, fenetre.acquittes]).toEqual([0, 60]);
    fenetre.partir(10)(new FautePair('passager', 'plein'));
    await expect(fenetre.place(1)).rejects.toThrow('plein');
    await expect(fenetre.vider()).rejects.toThrow('plein');
  });

  it('a block larger than the bound leaves alone', async () => {
    const fenetre = new Fenetre(100);
    await fenetre.place(500);
    fenetre.partir(500)(null);
    await fenetre.vider();
  });
});

describe('idle connections', () => {
  class Fausse {
    vive = true;
    fermetures: boolean[] = [];
    fermer(net: boolean): void {
      this.vive = false;
      this.fermetures.push(net);
    }
  }
  function monter(reposMs = 10_000) {
    const clock = creerFakeClock(0);
    const ouvertes: Fausse[] = [];
    const ouvrir = () => {
      const session = new Fausse();
      ouvertes.push(session);
      return Promise.resolve(session as unknown as Session);
    };
    return { clock, ouvertes, sessions: new Sessions(ouvrir, clock, reposMs) };
  }
  const rien = () => Promise.resolve();
  const rompre = () => Promise.reject(new FautePair('ligne', 'coupée'));

  it('serve again, then go to bed', async () => {
    const { clock, ouvertes, sessions } = monter();
    await sessions.avec(rien);
    await clock.avancer(9_000);
    await sessions.avec(rien);
    await clock.avancer(9_000);
    expect(ouvertes).toHaveLength(1);
    await clock.avancer(1_000);
    expect(ouvertes[0]?.fermetures).toEqual([true]);
  });

  it('are not kept when none is wanted', async () => {
    const { ouvertes, sessions } = monter(0);
    await sessions.avec(rien);
    await sessions.avec(rien);
    expect(ouvertes.map((o) => o.fermetures)).toEqual([[true], [true]]);
  });

  it('a refusal leaves the line sound; a fault of the line, or an unknown one, does not', async () => {
    const { ouvertes, sessions } = monter();
    await sort(sessions.avec(() => Promise.reject(new FautePair('refus', 'non'))));
    await sort(sessions.avec(rompre));
    await sort(sessions.avec(() => Promise.reject(new Error('panne'))));
    expect(ouvertes.map((o) => o.fermetures)).toEqual([[false], [false]]);
  });

  it('one found dead is replaced once, and only while nothing may not be asked twice', async () => {
    const { ouvertes, sessions } = monter();
    await sessions.avec(rien);
    let essais = 0;
    const travail = () => {
      essais += 1;
      return essais === 1 ? rompre() : rien();
    };
    await sessions.avec(travail, () => true);
    expect([essais, ouvertes.length]).toEqual([2, 2]);
    expect(await sort(sessions.avec(rompre, () => false))).toBe('coupée');
    await sessions.avec(rien);
    expect(await sort(sessions.avec(rompre, () => true))).toBe('coupée');
    // A connection just made is never replaced.
    expect(ouvertes).toHaveLength(4);
  });

  it('one that broke while idle is not lent', async () => {
    const { ouvertes, sessions } = monter();
    await sessions.avec(rien);
    const [premiere] = ouvertes;
    if (premiere !== undefined) premiere.vive = false;
    await sessions.avec(rien);
    expect(ouvertes).toHaveLength(2);
  });

  it('all go at the end, and none is kept after it', async () => {
    const { clock, ouvertes, sessions } = monter();
    await sessions.avec(rien);
    sessions.fermer();
    await sessions.avec(rien);
    expect(ouvertes.map((o) => o.fermetures)).toEqual([[true], [true]]);
    expect(clock.dormeurs()).toBe(0);
  });
});

describe('names', () => {
  const envoi = envoiDe(Buffer.alloc(10), 1);

  it('carry the metadata over Passtrans SFTP, and nothing elsewhere', () => {
    const { dest, appli, msg } = envoi.metadonnees;
    const nom = `${dest}%%${appli}%%${msg}%%${envoi.nomDistant}`;
    expect(nommer(envoi, { dansLeNom: true, provisoire: '{nom}.part' })).toEqual({
      type: 'nomme',
      final: nom,
      provisoire: `${nom}.part`,
    });
    expect(nommer(envoi, { dansLeNom: false, provisoire: '' })).toEqual({
      type: 'nomme',
      final: envoi.nomDistant,
      provisoire: null,
    });
  });

  it('temporary ones are told from the others by both ends', () => {
    expect(estProvisoire('.x.part', '.{nom}.part')).toBe(true);
    expect(estProvisoire('x.part', '.{nom}.part')).toBe(false);
    expect(estProvisoire('.part', '{nom}.part')).toBe(false);
    expect(estProvisoire('x.part', '')).toBe(false);
  });
});

describe('the fake plays accidents', () => {
  it.each([
    ['injoignable', 'VGM-PAS-007 passagere', 'prise'],
    ['coupe', 'VGM-PAS-007 passagere', 'prise'],
    ['plein', 'VGM-PAS-010 passagere', 'prise'],
    ['ferme', 'VGM-PAS-009 definitive', 'prise'],
    ['sans_nom', 'VGM-PAS-012 definitive', 'prise'],
    ['sans_reponse', 'VGM-PAS-008 incertaine', 'prise deja'],
  ] as const)('%s: %s, then %s', async (accident, premiere, seconde) => {
    const fake = creerFakePasserelle(creerFakeClock(0));
    fake.programmer(accident);
    const envoi = envoiDe(Buffer.alloc(10, 'p'), 1);
    const { signal } = new AbortController();
    expect(dire(await fake.deposer(envoi, signal))).toBe(premiere);
    expect(dire(await fake.deposer(envoi, signal))).toBe(seconde);
    expect(fake.entree.get(envoi.nomDistant)).toEqual(Buffer.alloc(10, 'p'));
  });

  it('a file taken away under its temporary name may be taken', async () => {
    const fake = creerFakePasserelle(creerFakeClock(0));
    fake.programmer('avide');
    const issue = await fake.deposer(envoiDe(Buffer.alloc(10, 'p'), 1), new AbortController().signal);
    expect(dire(issue)).toBe('VGM-PAS-008 incertaine');
  });

  it('an identity that cannot be written cannot be looked for', async () => {
    const fake = creerFakePasserelle(creerFakeClock(0));
    const envoi = envoiDe(Buffer.alloc(10), 1, { nomDistant: 'a/b' });
    expect(await code(fake.existe(envoi))).toBe('VGM-PAS-014');
  });

  it('without a temporary name, half a file is the peer’s to tell', async () => {
    const fake = creerFakePasserelle(creerFakeClock(0), { provisoire: '' });
    const { signal } = new AbortController();
    for (const accident of ['coupe', 'plein'] as const) {
      fake.programmer(accident);
      const envoi = envoiDe(Buffer.alloc(100_000), accident === 'coupe' ? 1 : 2);
      expect(dire(await fake.deposer(envoi, signal))).toBe('VGM-PAS-008 incertaine');
      expect(await fake.existe(envoi)).toMatchObject({ type: 'differente' });
    }
  });
});
