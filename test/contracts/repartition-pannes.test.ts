import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { annonce, clock, fileEcoutee, jusque } from './repartition.contract.ts';
import { AtelierRedis, plusieurs } from './repartition.redis.ts';

/** A redis-server that is emptied, killed, frozen or absent. */

let atelier: AtelierRedis;
beforeAll(async () => {
  atelier = await AtelierRedis.ouvrir();
});
afterEach(() => atelier.ranger());
afterAll(() => atelier.fermer());

describe('a Redis that fails', () => {
  test('killed: announcing waits for nothing, nodes take work by themselves; started again, all goes on', async () => {
    const autre = await atelier.serveur();
    const repartition = await atelier.noeud(atelier.reglage({ adresse: autre.adresse }));
    const file = fileEcoutee('flux-ACTES');
    const service = repartition.servir(file);
    await jusque(() => service.repartit());
    await autre.tuer();
    await jusque(() => !service.repartit());
    const debut = clock.now();
    for (let n = 0; n < 1_000; n += 1) repartition.annoncer([annonce('flux-ACTES', n)]);
    expect(clock.now() - debut).toBeLessThan(200);
    expect(file.reveils).toBeGreaterThan(0);
    expect((await repartition.constater()).erreur).toMatchObject({
      code: 'VGM-REP-002',
      nature: 'passagere',
      message: expect.stringContaining(autre.adresse),
    });
    await autre.redemarrer();
    await jusque(() => service.repartit());
    repartition.annoncer([annonce('flux-ACTES', 5_000)]);
    await jusque(() => file.demandes.length === 1);
    expect((await repartition.constater()).erreur).toBeNull();
  });

  test('standing still, its connections open: found out within seconds, and forgotten once it answers', async () => {
    const autre = await atelier.serveur();
    const repartition = await atelier.noeud(atelier.reglage({ adresse: autre.adresse }));
    const service = repartition.servir(fileEcoutee('flux-ACTES'));
    await jusque(() => service.repartit());
    autre.figer();
    try {
      await jusque(() => !service.repartit());
    } finally {
      autre.liberer();
    }
    await jusque(() => service.repartit());
  });

  test.each([
    [
      'its memory is full',
      { maxmemory: '1mb' },
      { maxmemory: '0' },
      'mais n’écrit rien : sa mémoire est pleine.',
    ],
    [
      'it has become a replica',
      { replicaof: '127.0.0.1 1' },
      { replicaof: 'no one' },
      'mais n’écrit rien : c’est une réplique.',
    ],
    [
      'it misses the replicas that it wants',
      { 'min-replicas-to-write': '1' },
      { 'min-replicas-to-write': '0' },
      'mais n’écrit rien : il n’a plus les répliques qu’il exige.',
    ],
  ])(
    '%s: it answers and writes nothing; found out within seconds, told in French, and forgotten once it writes',
    async (...[, mal, bien, mots]) => {
      const autre = await atelier.serveur();
      const regler = async (reglages: Readonly<Record<string, string>>): Promise<void> => {
        for (const [nom, valeur] of Object.entries(reglages))
          await (nom === 'replicaof'
            ? autre.client.call('REPLICAOF', ...valeur.split(' '))
            : autre.client.config('SET', nom, valeur));
      };
      const repartition = await atelier.noeud(atelier.reglage({ adresse: autre.adresse }));
      const service = repartition.servir(fileEcoutee('flux-ACTES'));
      await jusque(() => service.repartit());
      await regler(mal);
      await jusque(() => !service.repartit());
      expect((await repartition.constater()).erreur).toMatchObject({
        code: 'VGM-REP-004',
        message: expect.stringContaining(mots),
      });
      await regler(bien);
      await jusque(() => service.repartit());
    },
  );

  test('emptied in mid-load: what is announced afterwards is told', async () => {
    const repartition = await atelier.noeud(atelier.reglage());
    const file = fileEcoutee('flux-ACTES', { places: 2 });
    const porte = Promise.withResolvers<void>();
    file.duree = porte.promise;
    repartition.servir(file);
    repartition.annoncer(plusieurs('flux-ACTES', 20));
    await jusque(() => file.demandes.length === 2);
    await atelier.redis.client.flushall();
    porte.resolve();
    repartition.annoncer(plusieurs('flux-ACTES', 3).map((a) => ({ ...a, ver: 2 })));
    await jusque(() => file.demandes.length === 5);
  });

  test('a node that died in the middle of its work: what it was told is told to another', async () => {
    const voulu = atelier.reglage();
    const [mort, vivant] = [
      fileEcoutee('flux-ACTES', { places: 1 }),
      fileEcoutee('flux-ACTES', { places: 1 }),
    ];
    const jamais = Promise.withResolvers<void>();
    mort.duree = jamais.promise;
    const premier = await atelier.noeud(voulu);
    premier.servir(mort);
    premier.annoncer([annonce('flux-ACTES', 1)]);
    await jusque(() => mort.demandes.length === 1);
    (await atelier.noeud(voulu)).servir(vivant);
    // As its lock is once nobody renews it.
    await atelier.redis.client.del(`${voulu.prefixe}:flux-ACTES:019a0000-0000-7000-8000-000000000001-1:lock`);
    await jusque(() => vivant.demandes.length === 1);
    jamais.resolve();
  });

  test('down when the daemon starts: it starts, says so, and shares the work out once Redis answers', async () => {
    const autre = await atelier.serveur();
    await autre.tuer();
    const repartition = await atelier.noeud(atelier.reglage({ adresse: autre.adresse }));
    const file = fileEcoutee('flux-ACTES');
    const service = repartition.servir(file);
    expect(service.repartit()).toBe(false);
    const constat = await repartition.constater();
    expect(constat).toMatchObject({ type: 'bullmq', files: [], erreur: { code: 'VGM-REP-002' } });
    expect(constat.erreur?.message).toContain('connexion refusée');
    await autre.redemarrer();
    await jusque(() => service.repartit());
    repartition.annoncer([annonce('flux-ACTES', 1)]);
    await jusque(() => file.demandes.length === 1);
  });

  test('down when the daemon stops: it stops all the same', async () => {
    const autre = await atelier.serveur();
    const repartition = await atelier.noeud(atelier.reglage({ adresse: autre.adresse }));
    const services = ['flux-ACTES', 'retours'].map((nom) => repartition.servir(fileEcoutee(nom)));
    await autre.tuer();
    const debut = clock.now();
    await Promise.all(services.map((s) => s.fermer()));
    await repartition.fermer();
    expect(clock.now() - debut).toBeLessThan(5_000);
  });

  test('closed, whatever its queues are at, it leaves no line behind', async () => {
    const autre = await atelier.serveur();
    const repartition = await atelier.noeud(atelier.reglage({ adresse: autre.adresse }));
    const service = repartition.servir(fileEcoutee('flux-ACTES'));
    const pendue = fileEcoutee('retours');
    pendue.duree = new Promise(() => undefined);
    repartition.servir(pendue);
    await jusque(() => service.repartit());
    repartition.annoncer([annonce('retours', 1)]);
    await jusque(() => pendue.demandes.length === 1);
    const lignes = async () =>
      String(await autre.client.client('LIST'))
        .trim()
        .split('\n').length;
    expect(await lignes()).toBeGreaterThan(3);
    await repartition.fermer();
    await jusque(async () => (await lignes()) === 1);
  });
});
