import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ouvrirCoffreS3 } from '../../../src/adapters/coffre/s3.ts';
import type { ReglageS3 } from '../../../src/adapters/coffre/s3-reglage.ts';
import type { Sha256 } from '../../../src/metier/identifiants.ts';
import type { CoffreOuvert } from '../../../src/ports/coffre.ts';
import { enFlux, lire } from '../../contracts/coffre.contract.ts';
import { depsEssai, reglageEssai } from '../../contracts/coffre-s3.montage.ts';
import { codeDe, dossierEssai } from '../../contracts/montage.ts';
import { ouvrirRelaisS3, type RelaisS3, type RequeteVue } from '../../serveurs/relais-s3.ts';
import { demarrerS3, type ServeurS3 } from '../../serveurs/s3.ts';

/** Faults of the line and of the server, between the adapter and a real s3rver. */

const racine = dossierEssai();
let serveur: ServeurS3;
let relais: RelaisS3;
const ouverts: CoffreOuvert[] = [];
beforeAll(async () => {
  serveur = await demarrerS3();
  relais = await ouvrirRelaisS3(serveur.adresse);
});
afterEach(async () => {
  for (const coffre of ouverts.splice(0)) await coffre.fermer();
  relais.remettre();
});
afterAll(async () => {
  await relais.fermer();
  await serveur.arreter();
  racine[Symbol.dispose]();
});

async function ouvrir(autres: Partial<ReglageS3> = {}) {
  const brouillons = join(racine.chemin, crypto.randomUUID());
  const deps = depsEssai();
  const reglage = reglageEssai({ ...serveur, adresse: relais.adresse }, brouillons, autres);
  const { coffre } = await ouvrirCoffreS3(reglage, deps);
  ouverts.push(coffre);
  // Its sweep asks for the uploads in the background.
  while (!relais.vues.some((v) => v.chemin.includes('uploads'))) await new Promise(setImmediate);
  relais.vues.length = 0;
  return { coffre, log: deps.log, brouillons: () => readdirSync(join(brouillons, 'tmp')) };
}

const MIO = 1024 * 1024;
/** Bytes that no other piece begins with. */
const octets = (taille: number) => {
  const b = Buffer.alloc(taille, crypto.randomUUID());
  return { b, sha256: createHash('sha256').update(b).digest('hex') as Sha256 };
};
const methode =
  (...noms: readonly string[]) =>
  (vue: RequeteVue) =>
    noms.includes(vue.methode);
const plages = () => relais.vues.filter(methode('GET')).map((v) => v.entetes.range ?? 'tout');

describe('reading', () => {
  test('a line cut in mid-body is taken up where it stopped, as often as it brings something', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(8 * MIO);
    await coffre.ajouter(b);
    relais.tomber({ geste: 'couper_retour', apres: 1_300_000 }, { si: methode('GET'), fois: 6 });
    expect((await lire(await coffre.ouvrir(sha256))).equals(b)).toBe(true);
    const reprises = plages();
    expect(reprises).toHaveLength(7);
    const debuts = reprises.slice(1).map((p) => Number(/^bytes=(\d+)-8388607$/.exec(p)?.[1]));
    for (const [rang, debut] of debuts.entries()) {
      expect(debut).toBeGreaterThan(debuts[rang - 1] ?? 0);
      expect(debut).toBeLessThanOrEqual(1_300_000 * (rang + 1));
    }
  });

  test('a range that is cut ends where it was asked to', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(MIO);
    await coffre.ajouter(b);
    relais.tomber({ geste: 'couper_retour', apres: 70_000 }, { si: methode('GET') });
    const lus = await lire(await coffre.ouvrir(sha256, { debut: 100, fin: 300_000 }));
    expect(lus.equals(b.subarray(100, 300_000))).toBe(true);
    expect(plages()[1]).toMatch(/^bytes=[1-9]\d{4}-299999$/);
  });

  test('cut again and again, it ends as a transient failure, never as an absent or shorter piece', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(MIO);
    await coffre.ajouter(b);
    relais.tomber({ geste: 'couper_retour', apres: 10 }, { si: methode('GET'), fois: 99 });
    expect(await codeDe(coffre.ouvrir(sha256).then(lire))).toBe('VGM-COF-002');
    expect(plages()).toHaveLength(6);
    expect(await codeDe(coffre.verifier(sha256))).toBe('VGM-COF-002');
  });

  test('one byte at a time, or none, is given up after the delay and taken up again', async () => {
    const { coffre } = await ouvrir({ delaiMs: 700 });
    const { b, sha256 } = octets(40_000);
    await coffre.ajouter(b);
    relais.tomber({ geste: 'goutte', ms: 20 }, { si: methode('GET') });
    relais.tomber({ geste: 'figer_retour', apres: 10_000 }, { si: methode('GET') });
    relais.tomber({ geste: 'taire' }, { si: methode('GET') });
    expect((await lire(await coffre.ouvrir(sha256))).equals(b)).toBe(true);
    expect(plages().length).toBeGreaterThanOrEqual(4);
  });

  test('the time that the reader takes is not counted against the server', async () => {
    const { coffre } = await ouvrir({ delaiMs: 1000 });
    const { b, sha256 } = octets(3 * MIO);
    await coffre.ajouter(b);
    const lus: Buffer[] = [];
    for await (const morceau of await coffre.ouvrir(sha256)) {
      lus.push(morceau as Buffer);
      if (lus.length === 1) await new Promise((resolve) => setTimeout(resolve, 1300));
    }
    expect(Buffer.concat(lus).equals(b)).toBe(true);
    expect(plages()).toEqual(['tout']);
  });

  test('a reader that goes away hangs up, even on a line that gives nothing any more', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(MIO);
    await coffre.ajouter(b);
    relais.tomber({ geste: 'figer_retour', apres: 100_000 }, { si: methode('GET') });
    const flot = await coffre.ouvrir(sha256);
    await new Promise((resolve) => flot.once('readable', resolve));
    flot.destroy();
    await new Promise((resolve) => flot.once('close', resolve));
    // Those that are idle go by themselves.
    while ((await relais.connexions()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(flot.destroyed).toBe(true);
  });

  test('an object that shows a moment late is waited for; a bucket that is not there is no verdict on a piece', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(1000);
    await coffre.ajouter(b);
    relais.tomber({ geste: 'repondre', statut: 404, code: 'NoSuchKey' }, { si: methode('GET'), fois: 2 });
    expect(await coffre.verifier(sha256)).toBe(true);
    relais.tomber({ geste: 'repondre', statut: 404, code: 'NoSuchBucket' }, { si: methode('GET') });
    expect(await codeDe(coffre.verifier(sha256))).toBe('VGM-COF-003');
    relais.tomber({ geste: 'repondre', statut: 403, code: 'AccessDenied' }, { si: methode('GET') });
    expect(await codeDe(coffre.ouvrir(sha256))).toBe('VGM-COF-003');
  });
});

describe('writing', () => {
  test.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [429, 'TooManyRequests'],
    [409, 'OperationAborted'],
    [400, 'RequestTimeout'],
  ])('%i %s: asked again, more and more slowly, and told in the log', async (statut, code) => {
    const { coffre, log } = await ouvrir();
    relais.tomber({ geste: 'repondre', statut, code }, { si: methode('PUT'), fois: 2 });
    const { b, sha256 } = octets(1000);
    expect((await coffre.ajouter(b)).sha256).toBe(sha256);
    expect(relais.vues.filter(methode('PUT'))).toHaveLength(3);
    expect(log.lignes.filter((l) => l.champs['methode'] === 'PUT')).toHaveLength(2);
    expect(await coffre.verifier(sha256)).toBe(true);
  });

  test('a server that stays down is a transient failure, and nothing is left behind', async () => {
    const { coffre, brouillons } = await ouvrir();
    relais.tomber({ geste: 'repondre', statut: 503, code: 'SlowDown' }, { si: () => true, fois: 999 });
    const { b } = octets(1000);
    expect(await codeDe(coffre.ajouter(b))).toBe('VGM-COF-002');
    expect(await codeDe(coffre.ajouter(enFlux(b)))).toBe('VGM-COF-002');
    expect(brouillons()).toEqual([]);
  });

  test('an answer lost after the object was stored does not make it lost', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(1000);
    relais.tomber({ geste: 'perdre_reponse' }, { si: methode('PUT'), fois: 99 });
    await coffre.ajouter(b);
    expect(relais.vues.at(-1)?.methode).toBe('HEAD');
    relais.remettre();
    expect(await coffre.verifier(sha256)).toBe(true);
  });

  test('a line cut while the bytes go up is tried again', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(3 * MIO);
    relais.tomber({ geste: 'couper_aller', apres: 100_000 }, { si: methode('PUT'), fois: 2 });
    await coffre.ajouter(b);
    expect(await coffre.verifier(sha256)).toBe(true);
  });

  test('a draft outlives a server that is down: it is kept once the server is back', async () => {
    const { coffre, brouillons } = await ouvrir();
    const { b, sha256 } = octets(2 * MIO);
    await serveur.tuer();
    const attente = await coffre.recevoir(enFlux(b));
    expect(await codeDe(attente.garder())).toBe('VGM-COF-002');
    expect(await codeDe(coffre.ouvrir(sha256))).toBe('VGM-COF-002');
    expect(Buffer.from(await attente.lire(10, 20))).toEqual(b.subarray(10, 20));
    await serveur.relancer();
    await attente.garder();
    expect(brouillons()).toEqual([]);
    expect(await coffre.verifier(sha256)).toBe(true);
  });
});

describe('a large piece goes by parts', () => {
  const parties = () =>
    relais.vues
      .filter((v) => v.chemin.includes('partNumber'))
      .map((v) => /partNumber=(\d)/.exec(v.chemin)?.[1]);

  test('several at once; a part that fails is sent again, alone', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(12 * MIO);
    relais.tomber(
      { geste: 'couper_aller', apres: 1_000_000 },
      { si: (v) => v.chemin.includes('partNumber=2') },
    );
    await coffre.ajouter(b);
    expect(parties().toSorted()).toEqual(['1', '2', '2', '3']);
    expect((await lire(await coffre.ouvrir(sha256))).equals(b)).toBe(true);
  });

  test('the answer to the assembling is lost: the object is found, not sent twice', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(12 * MIO);
    relais.tomber(
      { geste: 'perdre_reponse' },
      { si: (v) => v.methode === 'POST' && v.chemin.includes('uploadId') },
    );
    await coffre.ajouter(b);
    expect(parties()).toHaveLength(3);
    expect(await coffre.verifier(sha256)).toBe(true);
  });

  test('the server dies half-way: a transient failure, the upload is given up, the draft is kept for another try', async () => {
    const { coffre } = await ouvrir();
    const { b, sha256 } = octets(12 * MIO);
    const attente = await coffre.recevoir(enFlux(b));
    relais.tomber(
      { geste: 'repondre', statut: 500, code: 'InternalError' },
      { si: (v) => v.chemin.includes('partNumber=3'), fois: 99 },
    );
    expect(await codeDe(attente.garder())).toBe('VGM-COF-002');
    expect(relais.vues.some((v) => v.methode === 'DELETE' && v.chemin.includes('uploadId'))).toBe(true);
    expect(await codeDe(coffre.ouvrir(sha256))).toBe('VGM-NOY-006');
    relais.remettre();
    await attente.garder();
    expect(await coffre.verifier(sha256)).toBe(true);
  });
});
