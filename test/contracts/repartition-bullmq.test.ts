import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ReglageRedis } from '../../src/adapters/repartition/liaison.ts';
import { verifierRedis } from '../../src/adapters/repartition/reglage-redis.ts';
import { ErreurVgm } from '../../src/metier/erreurs.ts';
import { annonce, clock, dans, fileEcoutee, jusque } from './repartition.contract.ts';
import { AtelierRedis, plusieurs } from './repartition.redis.ts';

/** What is BullMQ's own, against a real redis-server. */

let atelier: AtelierRedis;
beforeAll(async () => {
  atelier = await AtelierRedis.ouvrir();
});
afterEach(() => atelier.ranger());
afterAll(() => atelier.fermer());

describe('announcements', () => {
  test('the same row in the same version is one; a new version is another', async () => {
    const repartition = await atelier.noeud(atelier.reglage());
    const file = fileEcoutee('flux-ACTES', { places: 1 });
    const porte = Promise.withResolvers<void>();
    file.duree = porte.promise;
    repartition.servir(file);
    repartition.annoncer([annonce('flux-ACTES', 0)]);
    await jusque(() => file.demandes.length === 1);
    for (let fois = 0; fois < 3; fois += 1) repartition.annoncer([annonce('flux-ACTES', 1)]);
    repartition.annoncer([annonce('flux-ACTES', 1, { ver: 2 })]);
    await jusque(async () => (await repartition.constater()).files[0]?.enAttente === 2);
    porte.resolve();
    await jusque(() => file.demandes.length === 3);
    await jusque(async () => (await atelier.redis.client.keys(`*${'019a0000'}*`)).length === 0);
    expect(file.demandes).toHaveLength(3);
  });

  test('what is kept in Redis names a queue, a row and its version, and nothing else', async () => {
    const voulu = atelier.reglage();
    const repartition = await atelier.noeud(voulu);
    repartition.annoncer([annonce('dest-HELIOS:dgfip', 7, { ver: 3 })]);
    const cle = `${voulu.prefixe}:dest-HELIOS.dgfip:019a0000-0000-7000-8000-000000000007-3`;
    await jusque(async () => (await atelier.redis.client.exists(cle)) === 1);
    const { name, data, ...technique } = await atelier.redis.client.hgetall(cle);
    expect([name, JSON.parse(data ?? '')]).toEqual([
      'dest-HELIOS:dgfip',
      { id: '019a0000-0000-7000-8000-000000000007', ver: 3 },
    ]);
    expect(Object.keys(technique).toSorted()).toEqual(['delay', 'opts', 'priority', 'timestamp']);
  });

  test('a row due soon is told at its hour; beyond an hour, it is left to the sweep', async () => {
    const repartition = await atelier.noeud(atelier.reglage());
    const file = fileEcoutee('retours');
    repartition.servir(file);
    const due = dans(400);
    repartition.annoncer([annonce('retours', 1, { due }), annonce('retours', 2, { due: dans(3_601_000) })]);
    await jusque(async () => (await repartition.constater()).files[0]?.plusTard === 1);
    await jusque(() => file.demandes.length === 1);
    expect(file.demandes[0]).toBeGreaterThanOrEqual(due);
    expect((await repartition.constater()).files).toEqual([
      expect.objectContaining({ file: 'retours', enAttente: 0, plusTard: 0 }),
    ]);
  });

  test('two thousand at once leave in a few lots, and more are left to the sweep', async () => {
    const repartition = await atelier.noeud(atelier.reglage());
    repartition.annoncer(plusieurs('flux-ACTES', 2_050));
    await jusque(async () => (await repartition.constater()).files[0]?.enAttente === 2_000);
  });
});

describe('limits', () => {
  test('a node works on no more rows of a queue than it has places', async () => {
    const repartition = await atelier.noeud(atelier.reglage());
    const file = fileEcoutee('flux-ACTES', { places: 3 });
    const porte = Promise.withResolvers<void>();
    file.duree = porte.promise;
    repartition.servir(file);
    repartition.annoncer(plusieurs('flux-ACTES', 12));
    await jusque(() => file.demandes.length === 3);
    porte.resolve();
    await jusque(() => file.demandes.length === 12);
    expect(file.pic).toBe(3);
  });

  test('two nodes together keep the pace of a destination', async () => {
    const voulu = atelier.reglage();
    const limites = { ensemble: 0, nombre: 4, periode: 400 };
    const files = [1, 2].map(() => fileEcoutee('dest-ACTES', { limites }));
    for (const file of files) (await atelier.noeud(voulu)).servir(file);
    (await atelier.noeud(voulu)).annoncer(plusieurs('dest-ACTES', 16));
    const tous = () => files.flatMap((f) => f.demandes).toSorted((a, b) => a - b);
    await jusque(() => tous().length === 16);
    const debuts = tous();
    // Four periods of four: the last row cannot begin before three of them have passed.
    expect((debuts[15] ?? 0) - (debuts[0] ?? 0)).toBeGreaterThanOrEqual(1_150);
    expect(files.every((f) => f.demandes.length > 0)).toBe(true);
  });

  test('two nodes together work on no more rows at once than the destination takes, also after Redis was emptied', async () => {
    const voulu = atelier.reglage();
    const limites = { ensemble: 2, nombre: 0, periode: 1_000 };
    let [enCours, pic, faites] = [0, 0, 0];
    const travailler = async (): Promise<void> => {
      enCours += 1;
      pic = Math.max(pic, enCours);
      await clock.sleep(20);
      enCours -= 1;
      faites += 1;
    };
    for (let n = 0; n < 2; n += 1)
      (await atelier.noeud(voulu)).servir({
        ...fileEcoutee('dest-ACTES', { limites, places: 5 }),
        travailler,
      });
    const cle = `${voulu.prefixe}:dest-ACTES:meta`;
    const posee = async () => (await atelier.redis.client.hget(cle, 'concurrency')) === '2';
    const repartition = await atelier.noeud(voulu);
    for (const fois of [1, 2]) {
      await jusque(posee);
      repartition.annoncer(plusieurs('dest-ACTES', 10).map((a) => ({ ...a, ver: fois })));
      await jusque(() => faites === 10 * fois);
      await atelier.redis.client.flushall();
    }
    expect(pic).toBe(2);
  });
});

describe('a Redis that cannot serve stops the start, in French', () => {
  const refus = async (voulu: ReglageRedis): Promise<string> => {
    try {
      await atelier.noeud(voulu);
    } catch (cause) {
      if (cause instanceof ErreurVgm) return `${cause.fiche.code} ${cause.fiche.message}`;
      throw cause;
    }
    return expect.fail('accepted');
  };

  test('all its wrong settings at once', async () => {
    const autre = await atelier.serveur({
      reglages: { appendonly: 'no', appendfsync: 'no', 'maxmemory-policy': 'allkeys-lru' },
    });
    expect(await refus(atelier.reglage({ adresse: autre.adresse }))).toBe(
      [
        `VGM-REP-001 Le serveur Redis ${autre.adresse} ne peut pas servir :`,
        '- appendonly vaut « no » : il faut « appendonly yes ».',
        '- appendfsync vaut « no » : il faut « appendfsync everysec », ou always.',
        '- maxmemory-policy vaut « allkeys-lru » : il faut « maxmemory-policy noeviction ».',
      ].join('\n'),
    );
  });

  test('a cluster, over whose servers the keys of a queue would be spread', async () => {
    const autre = await atelier.serveur({ reglages: { 'cluster-enabled': 'yes' } });
    expect(await refus(atelier.reglage({ adresse: autre.adresse }))).toContain(
      '- il est en grappe (« cluster-enabled yes ») : il faut un serveur seul, avec ou sans répliques.',
    );
  });

  test('an account that may not write where it must', async () => {
    const autre = await atelier.serveur();
    await autre.client.call('ACL', 'SETUSER', 'ailleurs', 'on', '>x', '~autre:*', '&*', '+@all');
    const ailleurs = { adresse: autre.adresse, utilisateur: 'ailleurs', secret: 'x' };
    expect(await refus(atelier.reglage(ailleurs))).toContain('VGM-REP-003');
  });

  test('« appendfsync always » is as good, over a socket too', async () => {
    const autre = await atelier.serveur({ reglages: { appendfsync: 'always' } });
    const repartition = await atelier.noeud(atelier.reglage({ adresse: autre.socket }));
    expect((await repartition.constater()).erreur).toBeNull();
  });

  test('a password that it does not know, or that it wants', async () => {
    const autre = await atelier.serveur({ secret: 'bon' });
    const { adresse } = autre;
    for (const secret of ['faux', ''])
      expect(await refus(atelier.reglage({ adresse, secret }))).toBe(
        `VGM-REP-003 Le serveur Redis ${adresse} refuse ce démon : mot de passe ou compte refusé.`,
      );
    expect(
      (await (await atelier.noeud(atelier.reglage({ adresse, secret: 'bon' }))).constater()).erreur,
    ).toBeNull();
  });

  test('an account without CONFIG is judged by what INFO tells', async () => {
    const autre = await atelier.serveur();
    const droits = ['on', '>x', '~*', '&*', '+@all', '-config'];
    await autre.client.call('ACL', 'SETUSER', 'etroit', ...droits);
    const etroit = atelier.reglage({ adresse: autre.adresse, utilisateur: 'etroit', secret: 'x' });
    expect((await (await atelier.noeud(etroit)).constater()).erreur).toBeNull();
    await autre.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await refus(etroit)).toContain('maxmemory-policy vaut « allkeys-lru »');
  });

  test.each([
    ['6.0.16', false],
    ['6.2.0', true],
    ['7.2.4', true],
  ])('version %s: fit = %s', async (version, bonne) => {
    const bons: Readonly<Record<string, string>> = {
      appendonly: 'yes',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
    };
    const faux = {
      info: async () => `# Server\r\nredis_version:${version}\r\n`,
      config: async (_: string, nom: string) => [nom, bons[nom]],
    };
    const erreur = await verifierRedis(faux as never, 'h:1');
    expect(erreur === null).toBe(bonne);
    if (erreur !== null)
      expect(erreur.fiche.message).toContain(`- version ${version} : il faut 6.2 ou plus récent.`);
  });
});
