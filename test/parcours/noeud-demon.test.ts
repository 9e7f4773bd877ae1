import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'smol-toml';
import { afterEach, expect, test } from 'vitest';
import { demarrerRedis } from '../serveurs/redis.ts';
import { portLibre } from '../serveurs/processus.ts';
import { clock, demande, document, type Monde, ouvrirMonde } from './monde.ts';

/** The real daemon, in each of its roles and in front of a real Redis. */

const RACINE = join(import.meta.dirname, '..', '..');
const executer = promisify(execFile);
const aFermer: { fermer(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const chose of aFermer.splice(0).toReversed()) await chose.fermer();
});

async function monde(reglages: Record<string, unknown>): Promise<Monde> {
  const m = await ouvrirMonde({ reglages });
  aFermer.push(m);
  return m;
}

/** Changes the settings of a daemon that is stopped. */
async function regler(m: Monde, section: string, valeurs: object): Promise<void> {
  const { configFichier } = m.labo;
  const lus = parse(await readFile(configFichier, 'utf8'));
  await writeFile(
    configFichier,
    stringify({ ...lus, [section]: { ...(lus[section] as object), ...valeurs } }),
  );
}

async function portSmtp(m: Monde): Promise<number> {
  const lus = parse(await readFile(m.labo.configFichier, 'utf8')) as {
    reception: { smtp: { port: number } };
  };
  return lus.reception.smtp.port;
}

async function ecoute(port: number): Promise<boolean> {
  const prise = connect(port, '127.0.0.1');
  try {
    await once(prise, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    prise.destroy();
  }
}

async function deposer(m: Monde, numero: string): Promise<string> {
  const { json } = await m.deposer([demande({ numero }), document()]);
  return (json['flux'] as { id: string }).id;
}

async function files(m: Monde): Promise<Record<string, never>> {
  return (await m.labo.client.lire('/files')).corps as never;
}

test('doors alone take deposits and work on none; work alone opens no door but the socket; nothing is lost between them', async () => {
  const port = await portLibre();
  const m = await monde({ noeud: { nom: 'essai', roles: ['portes'] }, api: { port } });
  const smtp = await portSmtp(m);
  expect([await ecoute(port), await ecoute(smtp)]).toEqual([true, true]);
  const id = await deposer(m, 'DELIB_1');
  expect(await files(m)).toMatchObject({
    noeud: 'essai',
    noeuds: [{ nom: 'essai', roles: ['portes'] }],
    files: expect.arrayContaining([expect.objectContaining({ file: 'flux-ACTES', dues: 1, enMain: 0 })]),
  });
  await m.demon().arreter();

  await regler(m, 'noeud', { roles: ['travail', 'releve'] });
  await m.redemarrer();
  expect([await ecoute(port), await ecoute(smtp)]).toEqual([false, false]);
  await m.jusqua(id, 'transmis');
  expect((await files(m))['noeuds']).toMatchObject([{ roles: ['travail', 'releve'] }]);
  await m.demon().arreter();

  await regler(m, 'noeud', { roles: ['portes', 'travail', 'releve'] });
  await m.redemarrer();
  await m.jusqua(id, 'acquitte');
  expect(await m.intact()).toBe(true);
});

test('work alone fetches no mail; fetching alone files it, opens no door and works on none', async () => {
  const port = await portLibre();
  const m = await monde({ noeud: { nom: 'essai', roles: ['travail'] }, api: { port } });
  const boite = join(m.labo.dossier, 'boite');
  for (const dossier of ['new', 'cur', 'tmp']) await mkdir(join(boite, dossier), { recursive: true });
  const courriel = join(boite, 'new', '1.essai');
  await writeFile(courriel, 'From: prefecture@example.fr\r\nSubject: inconnu\r\n\r\nBonjour.\r\n');
  const relancer = async (roles: readonly string[]): Promise<void> => {
    await m.demon().arreter();
    await regler(m, 'noeud', { roles });
    await m.redemarrer();
  };
  await regler(m, 'reception', { maildir: [{ nom: 'prefecture', dossier: boite, periode_s: 1 }] });
  await relancer(['travail']);
  const id = await deposer(m, 'DELIB_1');
  await m.jusqua(id, 'transmis');
  expect(await readFile(courriel, 'utf8')).toContain('Bonjour');

  await relancer(['releve']);
  const attente = await deposer(m, 'DELIB_2');
  while ((await m.retours()).length === 0) await clock.sleep(25);
  expect(await m.retours()).toMatchObject([{ etat: 'recu', source: 'maildir:prefecture' }]);
  expect([await ecoute(port), await ecoute(await portSmtp(m))]).toEqual([false, false]);
  expect((await m.flux()).find((f) => f.id === attente)?.etat).toBe('depose');

  await relancer(['travail']);
  await m.jusqua(attente, 'transmis');
  while ((await m.retours())[0]?.etat !== 'a_trancher') await clock.sleep(25);
});

test('in front of Redis: work is shared out, goes on without it, and the diagnosis says which', async () => {
  const redis = await demarrerRedis();
  aFermer.push(redis);
  const m = await monde({ repartition: { type: 'bullmq', redis: { adresse: redis.adresse } } });
  const repartition = async () => {
    const { sujets } = (await m.labo.client.lire('/diagnostic')).corps as unknown as {
      sujets: { sujet: string; etat: string; detail: string }[];
    };
    return sujets.find((s) => s.sujet === 'répartition');
  };
  await m.jusqua(await deposer(m, 'DELIB_1'), 'acquitte');
  expect(await repartition()).toMatchObject({ etat: 'bon' });
  expect((await redis.client.keys('vaguemestre:*')).length).toBeGreaterThan(0);
  expect((await files(m))['repartition']).toMatchObject({ type: 'bullmq', erreur: null });
  await redis.tuer();
  await m.jusqua(await deposer(m, 'DELIB_2'), 'acquitte');
  const sans = await repartition();
  expect(sans).toMatchObject({ etat: 'attention' });
  expect(sans?.detail).toContain(`Le serveur Redis ${redis.adresse} ne répond pas`);
  // It stops without Redis as it does with it.
  expect(await m.demon().arreter()).toBe(0);
});

test('a Redis that would throw announcements away stops the start, in French', async () => {
  const redis = await demarrerRedis({ reglages: { 'maxmemory-policy': 'allkeys-lru' } });
  aFermer.push(redis);
  const m = await monde({});
  await m.demon().arreter();
  await regler(m, 'repartition', { type: 'bullmq', redis: { adresse: redis.adresse } });
  const vaguemestre = join(RACINE, 'bin', 'vaguemestre');
  const echec = (await executer(process.execPath, [
    vaguemestre,
    'demarrer',
    '--config',
    m.labo.configFichier,
  ]).catch((cause: unknown) => cause)) as { code: number; stderr: string };
  expect(echec.code).toBe(1);
  expect(echec.stderr).toContain('VGM-REP-001');
  expect(echec.stderr).toContain('il faut « maxmemory-policy noeviction »');
  expect(echec.stderr).not.toMatch(/\n\s+at /);
  await regler(m, 'repartition', { type: 'locale' });
  await m.redemarrer();
});

test('a daemon that is alone loads neither BullMQ nor the client of Redis', async () => {
  const texte = `
    import { Module } from 'node:module';
    await import('${join(RACINE, 'src', 'main.ts')}');
    const noms = Object.keys(Module._cache ?? {});
    console.log(JSON.stringify(noms.filter((n) => /node_modules.(bullmq|ioredis).{0,200}/.test(n))), noms.length);`;
  const { stdout } = await executer(process.execPath, ['--input-type=module', '-e', texte]);
  const [charges, nombre] = stdout.trim().split(' ');
  expect(JSON.parse(charges ?? '')).toEqual([]);
  expect(Number(nombre)).toBeGreaterThan(10);
});
