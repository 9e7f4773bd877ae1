import { afterAll, beforeAll, expect, test } from 'vitest';
import { creerFakeLog } from '../../src/adapters/log/fake.ts';
import { ouvrirRepartitionBullmq } from '../../src/adapters/repartition/bullmq.ts';
import { creerRepartitionLocale } from '../../src/adapters/repartition/locale.ts';
import { demarrerRedis, type ServeurRedis } from '../serveurs/redis.ts';
import { clock, contratRepartition, fileEcoutee, jusque } from './repartition.contract.ts';

let redis: ServeurRedis;
beforeAll(async () => {
  redis = await demarrerRedis();
});
afterAll(() => redis.fermer());

contratRepartition('locale', async () => creerRepartitionLocale({ clock }));

contratRepartition('bullmq', async () =>
  ouvrirRepartitionBullmq(
    {
      adresse: redis.adresse,
      base: 0,
      utilisateur: '',
      secret_fichier: '',
      secret: '',
      tls: false,
      autorites: '',
      prefixe: `essai-${crypto.randomUUID()}`,
    },
    { clock, log: creerFakeLog() },
  ),
);

test('within one process nobody shares out: each queue takes by itself what is due', async () => {
  const repartition = creerRepartitionLocale({ clock });
  const service = repartition.servir(fileEcoutee('flux-ACTES'));
  expect(service.repartit()).toBe(false);
  expect(await repartition.constater()).toEqual({ type: 'locale', erreur: null, files: [] });
  await jusque(() => true);
});
