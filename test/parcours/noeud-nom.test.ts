import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse, stringify } from 'smol-toml';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type ClientApi, creerClientApi } from '../../src/banc/client.ts';
import { demarrerPostgres, type Postgres } from '../serveurs/postgres.ts';
import { portLibre } from '../serveurs/processus.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import { clock, demande, document, type FluxVu, type Monde, ouvrirMonde } from './monde.ts';

/** Real daemons of one name, on a real PostgreSQL: one of them works. */

let serveur: Postgres;
let monde: Monde;
/** From the launch of the first daemon to its first answer; milliseconds. */
let premierDemarrage: number;
const aFermer: (() => unknown)[] = [];
beforeAll(async () => {
  serveur = await demarrerPostgres();
  const { hote, port, base, utilisateur, secretFichier } = await serveur.creerBase();
  const postgres = { hote, port, base, utilisateur, secret_fichier: secretFichier, tls: 'aucun' };
  monde = await ouvrirMonde({
    reglages: { noeud: { nom: 'mairie-1' }, stockage: { type: 'postgres', postgres } },
    avantDemarrage: async () => void (premierDemarrage = performance.now()),
  });
  premierDemarrage = performance.now() - premierDemarrage;
});
afterEach(async () => {
  for (const fermer of aFermer.splice(0).toReversed()) await fermer();
});
afterAll(async () => {
  await monde.fermer();
  await serveur.fermer();
});

interface Jumeau {
  readonly processus: ChildProcess;
  readonly client: ClientApi;
}

/** Another machine, set up with a copy of the settings. */
async function lancerJumeau(): Promise<Jumeau> {
  const donnees = join(monde.labo.dossier, 'jumeau');
  await mkdir(donnees, { recursive: true });
  const lus = parse(await readFile(monde.labo.configFichier, 'utf8'));
  const configFichier = join(donnees, 'vaguemestre.toml');
  const smtp = { actif: true, port: await portLibre() };
  await writeFile(configFichier, stringify({ ...lus, donnees, reception: { smtp } }));
  const commande = [join(RACINE, 'bin', 'vaguemestre'), 'demarrer', '--config', configFichier];
  const processus = spawn(process.execPath, commande, { stdio: ['ignore', 'ignore', 'pipe'] });
  const client = creerClientApi(join(donnees, 'vaguemestre.sock'));
  aFermer.push(
    () => client.fermer(),
    async () => {
      processus.kill('SIGKILL');
      if (processus.exitCode === null && processus.signalCode === null) await once(processus, 'exit');
    },
  );
  return { processus, client };
}

async function deposer(numero: string): Promise<string> {
  const { json } = await monde.deposer([demande({ numero }), document()]);
  return (json['flux'] as FluxVu).id;
}

async function jusque(vrai: () => Promise<boolean>): Promise<void> {
  while (!(await vrai().catch(() => false))) await clock.sleep(50);
}

async function noeuds({ lire }: ClientApi): Promise<{ etat: string; detail: string } | undefined> {
  const { sujets } = (await lire('/diagnostic')).corps as unknown as {
    sujets: { sujet: string; etat: string; detail: string }[];
  };
  return sujets.find((s) => s.sujet === 'nœuds');
}

test('killed (kill -9) and started again under its name, it works at once: nothing is watched', async () => {
  const id = await deposer('N1');
  await monde.demon().tuer();
  const debut = performance.now();
  await monde.redemarrer();
  const reprise = performance.now() - debut;
  await monde.jusqua(id, 'acquitte');
  console.log(`restart: ${Math.round(reprise)} ms, first start: ${Math.round(premierDemarrage)} ms`);
  // What a busy machine adds stays below the twelve seconds of a watch.
  expect(reprise).toBeLessThan(premierDemarrage + 8_000);
});

test('a second daemon of its name is refused while it lives, in French, and changes nothing to its work', async () => {
  const { processus } = await lancerJumeau();
  const [dit, [code]] = await Promise.all([
    text(processus.stderr as NonNullable<typeof processus.stderr>),
    once(processus, 'exit'),
  ]);
  expect(code).toBe(1);
  expect(dit).toContain('VGM-NOE-001');
  expect(dit).toContain('« mairie-1 »');
  expect(dit).not.toMatch(/\n\s+at /);
  await monde.jusqua(await deposer('N2'), 'acquitte');
  expect(await noeuds(monde.labo.client)).toMatchObject({ etat: 'bon' });
});

test('one that stands still loses its name to the second one; once it wakes, both say so', async () => {
  const { pid } = monde.demon();
  aFermer.push(() => process.kill(pid, 'SIGCONT'));
  process.kill(pid, 'SIGSTOP');
  const { client } = await lancerJumeau();
  await jusque(async () => (await client.lire('/sante')).statut === 200);
  expect(await noeuds(client)).toMatchObject({ etat: 'bon' });
  process.kill(pid, 'SIGCONT');
  for (const un of [monde.labo.client, client])
    await jusque(async () => (await noeuds(un))?.detail.includes('un autre démon porte le nom') === true);
}, 240_000);

test('it stops in order though the server is away', async () => {
  // Signs of life and fetches are under way.
  await jusque(async () => (await monde.labo.client.lire('/sante')).statut === 200);
  await serveur.couper();
  expect(await monde.demon().arreter()).toBe(0);
  await serveur.relancer();
  await monde.redemarrer();
  expect(await noeuds(monde.labo.client)).toMatchObject({ etat: 'bon' });
});
