import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { creerFakeClock, type FakeClock } from '../../src/adapters/clock/fake.ts';
import { ouvrirBoitePasserelle } from '../../src/adapters/mailbox/passerelle.ts';
import { creerFakePasserelle, type FakePasserelle } from '../../src/adapters/passerelle/fake.ts';
import { erreurPasserelle } from '../../src/metier/catalogue/passerelle.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import type { Consigner, Mailbox } from '../../src/ports/mailbox.ts';
import type { Passerelle, Releveur } from '../../src/ports/passerelle.ts';
import { demarrerSshd, type Sshd } from '../serveurs/sshd.ts';
import { contratMailbox, type SujetMailbox } from './mailbox.contract.ts';
import { lireSource, logEssai } from './mailbox.lecture.ts';
import { codeDe } from './montage.ts';
import { dossiersDe, optionsSftp, passerelleSftp } from './passerelle.sujets.ts';
import { horloge } from './transport-portes.ts';

/** The gateway of the DGFiP as a mailbox. */

const OPTIONS = { nom: 'essai', stabiliteMs: 0 } as const;
const nomDe = (n: number) => `PES2R_DEP_P_${n}.xml`;

contratMailbox('gateway in memory', async (): Promise<SujetMailbox> => {
  const passerelle = creerFakePasserelle(horloge);
  const ouvrir = () =>
    ouvrirBoitePasserelle(OPTIONS, { releveur: passerelle, clock: horloge, log: logEssai() });
  let n = 0;
  return {
    ouvrir,
    deposer: async (octets) => void passerelle.sortie.set(nomDe((n += 1)), octets),
    attente: async () => passerelle.sortie.size,
    tuerApresConsignation: (sortie) =>
      new Promise((resolve) => {
        void ouvrir().relever(async (brut) => {
          writeFileSync(sortie, await lireSource(brut));
          resolve();
          await new Promise(() => undefined);
        });
      }),
    fermer: () => passerelle.fermer(),
  };
});

let sshd: Sshd;
beforeAll(async () => {
  sshd = await demarrerSshd();
});
afterAll(() => sshd.arreter());

contratMailbox('gateway over SFTP', async (): Promise<SujetMailbox> => {
  const dossiers = dossiersDe(sshd.racine);
  await dossiers.vider();
  const ouvertes: Passerelle[] = [];
  let n = 0;
  return {
    ouvrir: () => {
      const releveur = passerelleSftp(sshd);
      ouvertes.push(releveur);
      return ouvrirBoitePasserelle(OPTIONS, { releveur, clock: horloge, log: logEssai() });
    },
    deposer: (octets) => dossiers.offrir(nomDe((n += 1)), octets),
    attente: async () =>
      readdirSync(join(sshd.racine, 'sortie')).filter((nom) => nom.endsWith('.xml')).length,
    async tuerApresConsignation(sortie) {
      const script = join(import.meta.dirname, 'releve-tuee.ts');
      const demande = JSON.stringify({ type: 'passerelle', options: optionsSftp(sshd), sortie });
      const mort: unknown = await promisify(execFile)(process.execPath, [script, demande]).catch(
        (e: unknown) => e,
      );
      expect(mort).toMatchObject({ signal: 'SIGKILL' });
    },
    fermer: async () => {
      await Promise.all(ouvertes.map((p) => p.fermer()));
    },
  };
});

describe('what the gateway shows and how it is taken', () => {
  const DEPART = Date.UTC(2026, 2, 10, 9);
  const MINUTE = 60_000;
  let clock: FakeClock;
  let passerelle: FakePasserelle;
  let log: ReturnType<typeof logEssai>;
  let recus: [source: string, nom: string | null, octets: string][];
  beforeEach(() => {
    clock = creerFakeClock(DEPART);
    passerelle = creerFakePasserelle(clock);
    log = logEssai();
    recus = [];
  });
  afterEach(() => passerelle.fermer());

  const consigner: Consigner = async (brut, source, nom = null) => {
    recus.push([source, nom, (await lireSource(brut)).toString()]);
  };
  const ouvrir = (releveur: Releveur = passerelle, stabiliteMs = 0): Mailbox =>
    ouvrirBoitePasserelle({ nom: 'nord', stabiliteMs }, { releveur, clock, log });
  const offrir = (nom: string, texte: string) => void passerelle.sortie.set(nom, Buffer.from(texte));

  it('files each file under the gateway and its own name', async () => {
    offrir('a.xml', 'un');
    expect(await ouvrir().relever(consigner)).toBe(1);
    expect(recus).toEqual([['dgfip:nord', 'a.xml', 'un']]);
    expect(passerelle.sortie.size).toBe(0);
  });

  it('never reads our own deposits, that a gateway with one folder shows again: read, they would be forgotten', async () => {
    const noms = [
      'PESALR2_213400016_260310_001.xml',
      `VHPCE11%%THELPES2%%PES#123#034079#00%%${'a'.repeat(40)}`,
    ];
    for (const nom of noms) offrir(nom, 'pes');
    offrir('a.xml', 'un');
    expect(await ouvrir().relever(consigner)).toBe(1);
    expect([...passerelle.sortie.keys()]).toEqual(noms);
  });

  it('an empty file is no file yet: left, then taken; told only when it lasts', async () => {
    offrir('vide.xml', '');
    offrir('a.xml', 'un');
    const boite = ouvrir();
    expect(await boite.relever(consigner)).toBe(1);
    clock.regler(DEPART + 59 * MINUTE);
    expect(await boite.relever(consigner)).toBe(0);
    expect(log.lignes).toEqual([]);
    clock.regler(DEPART + 61 * MINUTE);
    offrir('b.xml', 'deux');
    expect(await codeDe(boite.relever(consigner))).toBe('VGM-PAS-018');
    expect(log.lignes).toHaveLength(1);
    offrir('vide.xml', 'plein');
    expect(await boite.relever(consigner)).toBe(1);
    expect(recus.map(([, nom]) => nom)).toEqual(['a.xml', 'b.xml', 'vide.xml']);
    offrir('vide.xml', '');
    expect(await boite.relever(consigner), 'another wait begins').toBe(0);
  });

  it('a file that grows while it is watched is left, and taken whole the next time', async () => {
    offrir('grand.xml', 'deb');
    offrir('a.xml', 'un');
    const boite = ouvrir(passerelle, 5_000);
    const releve = boite.relever(consigner);
    while (clock.dormeurs() === 0) await new Promise((r) => setImmediate(r));
    offrir('grand.xml', 'debut et fin');
    await clock.avancer(5_000);
    expect(await releve).toBe(1);
    expect([...passerelle.sortie.keys()]).toEqual(['grand.xml']);
    const suite = boite.relever(consigner);
    while (clock.dormeurs() === 0) await new Promise((r) => setImmediate(r));
    await clock.avancer(5_000);
    expect(await suite).toBe(1);
    expect(recus.at(-1)?.[2]).toBe('debut et fin');
  });

  it('old files are taken without a pause', async () => {
    const vieux: Releveur = {
      ...passerelle,
      lister: async () =>
        (await passerelle.lister()).map((f) => ({ ...f, quand: (DEPART - 2 * MINUTE) as Instant })),
    };
    offrir('a.xml', 'un');
    expect(await ouvrir(vieux, 3_600_000).relever(consigner)).toBe(1);
  });

  it.each(['VGM-PAS-017', 'VGM-PAS-020', 'VGM-PAS-021'] as const)(
    'a file that cannot be had (%s) holds back none of the others, and is told',
    async (code) => {
      for (const nom of ['a.xml', 'mauvais.xml', 'b.xml']) offrir(nom, nom);
      const capricieux: Releveur = {
        ...passerelle,
        telecharger: (fichier, verser) =>
          fichier.nom === 'mauvais.xml'
            ? Promise.reject(erreurPasserelle(code, { nom: fichier.nom }))
            : passerelle.telecharger(fichier, verser),
      };
      expect(await codeDe(ouvrir(capricieux).relever(consigner))).toBe(code);
      expect(recus.map(([, nom]) => nom)).toEqual(['a.xml', 'b.xml']);
      expect([...passerelle.sortie.keys()]).toEqual(['mauvais.xml']);
    },
  );

  it('a gateway lost on the way, and a disk that is full, end the round: the rest is not tried in vain', async () => {
    for (let n = 0; n < 5; n += 1) offrir(nomDe(n), 'x');
    let essais = 0;
    const perdue: Releveur = {
      ...passerelle,
      telecharger: () => {
        essais += 1;
        return Promise.reject(erreurPasserelle('VGM-PAS-001', { passerelle: 'nord', detail: 'coupée' }));
      },
    };
    expect(await codeDe(ouvrir(perdue).relever(consigner))).toBe('VGM-PAS-001');
    expect(essais).toBe(1);
    await expect(ouvrir().relever(() => Promise.reject(new Error('disque plein')))).rejects.toThrow(
      'disque plein',
    );
    expect(passerelle.sortie.size).toBe(5);
  });

  it('files are fetched as many at once as the settings say; when the gateway is lost, those begun end and no more begin', async () => {
    for (let n = 0; n < 6; n += 1) offrir(nomDe(n), `${n}`);
    const arrivees: PromiseWithResolvers<void>[] = [];
    const lente: Releveur = {
      ...passerelle,
      telecharger: async (fichier, verser) => {
        const arrivee = Promise.withResolvers<void>();
        arrivees.push(arrivee);
        await arrivee.promise;
        return passerelle.telecharger(fichier, verser);
      },
    };
    const options = { nom: 'nord', stabiliteMs: 0, concurrence: 3 };
    const releve = codeDe(ouvrirBoitePasserelle(options, { releveur: lente, clock, log }).relever(consigner));
    const tour = () => new Promise((r) => setImmediate(r));
    while (arrivees.length < 3) await tour();
    await tour();
    expect(arrivees).toHaveLength(3);
    arrivees[0]?.resolve();
    while (arrivees.length < 4) await tour();
    arrivees[1]?.reject(erreurPasserelle('VGM-PAS-001', { passerelle: 'nord', detail: 'coupée' }));
    await tour();
    for (const arrivee of arrivees) arrivee.resolve();
    expect(await releve).toBe('VGM-PAS-001');
    expect(arrivees).toHaveLength(4);
    expect(recus.map(([, nom]) => nom)).toEqual([0, 2, 3].map(nomDe));
  });

  it('a file beyond 200 MB is left and told, without a byte of it being asked for', async () => {
    offrir('a.xml', 'un');
    const enorme: Releveur = {
      ...passerelle,
      lister: async () => [
        { cle: 'enorme.xml', nom: 'enorme.xml', taille: 200_000_001, quand: null },
        ...(await passerelle.lister()),
      ],
    };
    expect(await codeDe(ouvrir(enorme).relever(consigner))).toBe('VGM-PAS-023');
    expect(recus).toHaveLength(1);
  });

  it('a file that somebody else took meanwhile counts for nothing', async () => {
    const fantome: Releveur = {
      ...passerelle,
      lister: async () => [{ cle: 'parti.xml', nom: 'parti.xml', taille: 3, quand: null }],
    };
    expect(await ouvrir(fantome).relever(consigner)).toBe(0);
  });
});
