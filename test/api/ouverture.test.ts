import { statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as attendre } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifest } from '../../src/config/manifest.ts';
import { creerServeurApi, type OptionsApi } from '../../src/http/serveur.ts';
import {
  type BancApi,
  clockFictif,
  demandeJson,
  DOCUMENT,
  formulaire,
  logFictif,
  ouvrirBanc,
  randomFictif,
} from './banc-api.ts';

let banc: BancApi;
beforeAll(async () => {
  banc = await ouvrirBanc();
});
afterAll(() => banc.fermer());

const v1 = '/api/v1';

function options(b: BancApi, plus: object): OptionsApi {
  return {
    gestes: b.gestes,
    config: manifest.parse({ donnees: b.dossier, api: { port: 0, ...plus } }),
    version: 'x',
    log: logFictif([]),
    random: randomFictif(),
    clock: clockFictif,
  };
}

describe('opening and closing', () => {
  test('a second daemon on the same socket is refused and leaves the first alone', async () => {
    const second = creerServeurApi(options(banc, {}));
    await expect(second.demarrer()).rejects.toThrow(/VGM-API-013/);
    await second.arreter();
    expect((await banc.demander({ chemin: `${v1}/sante` })).statut).toBe(200);
  });
  test('a door that cannot open says why', async () => {
    const long = creerServeurApi(options(banc, { socket: `/tmp/${'x'.repeat(120)}.sock` }));
    await expect(long.demarrer()).rejects.toThrow(/VGM-API-014/);
    const sansPaire = creerServeurApi(options(banc, { port: 1, socket: `${banc.dossier}/b.sock` }));
    await expect(sansPaire.demarrer()).rejects.toThrow(/VGM-API-017/);
  });
  test('a socket left by a killed daemon is replaced; a stop removes it and ends live answers at once', async () => {
    const b = await ouvrirBanc();
    const coupe = Promise.withResolvers<void>();
    const requete = request({ socketPath: b.socket, path: `${v1}/evenements` }, (r) => {
      r.on('close', () => coupe.resolve()).resume();
    });
    requete.on('error', () => coupe.resolve());
    requete.end();
    await attendre(50);
    await b.serveur.arreter();
    await coupe.promise;
    expect(() => statSync(b.socket)).toThrow(/ENOENT/);
    writeFileSync(b.socket, '');
    const second = creerServeurApi(options(b, {}));
    await second.demarrer();
    expect((await b.demander({ chemin: `${v1}/sante` })).statut).toBe(200);
    await second.arreter();
    await b.fermer();
  });
  test('a refused client that keeps its line open does not hold the stop', async () => {
    const b = await ouvrirBanc();
    const { corps, entetes } = formulaire([demandeJson(), DOCUMENT]);
    const recu = Promise.withResolvers<number>();
    const requete = request(
      {
        socketPath: b.socket,
        path: `${v1}/flux`,
        method: 'POST',
        headers: { ...entetes, 'content-length': '300000000' },
      },
      (r) => r.resume().on('end', () => recu.resolve(r.statusCode ?? 0)),
    );
    requete.on('error', () => undefined);
    requete.write(corps);
    expect(await recu.promise).toBe(413);
    await b.fermer();
    requete.destroy();
  });
});
