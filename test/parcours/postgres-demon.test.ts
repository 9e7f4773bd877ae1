import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chargerConfig } from '../../src/config/charger.ts';
import { type BaseVide, demarrerPostgres, type Postgres } from '../serveurs/postgres.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import { clock, demande, document, type FluxVu, type Monde, ouvrirMonde } from './monde.ts';

/** The real daemon, its state and its journal on a real PostgreSQL, before the simulated ministry. */

let serveur: Postgres;
let base: BaseVide;
let dossier: string;
let monde: Monde;
beforeAll(async () => {
  serveur = await demarrerPostgres();
  base = await serveur.creerBase();
  dossier = await mkdtemp(join(tmpdir(), 'vgm-postgres-'));
  writeFileSync(join(dossier, 'secret'), `${base.motDePasse}\n`);
  const { hote, port, base: nom, utilisateur } = base;
  const postgres = {
    hote,
    port,
    base: nom,
    utilisateur,
    secret_fichier: join(dossier, 'secret'),
    tls: 'aucun',
  };
  monde = await ouvrirMonde({
    reglages: {
      stockage: { type: 'postgres', postgres },
      moteur: { reprise_min_s: 0.1, reprise_max_s: 0.5 },
    },
  });
});
afterAll(async () => {
  await monde.fermer();
  await serveur.fermer();
  await rm(dossier, { recursive: true, force: true });
});

/** As a depositing software must do: the same key until an answer comes. */
async function deposer(numero: string): Promise<string> {
  for (;;) {
    const r = await monde.deposer([demande({ numero }), document()], { 'idempotency-key': numero });
    if (r.statut < 300) return (r.json['flux'] as FluxVu).id;
    if (r.statut < 500) throw new TypeError(r.texte);
    await clock.sleep(50);
  }
}

test('actes go to their receipt; a second deposit is told of the first; the chains hold', async () => {
  const ids = await Promise.all(['P1', 'P2', 'P3', 'P4', 'P5'].map(deposer));
  for (const id of ids) await monde.jusqua(id, 'acquitte');
  expect(await deposer('P1')).toBe(ids[0]);
  const encore = await monde.deposer([demande({ numero: 'P1' }), document()]);
  expect([encore.statut, encore.texte.includes(ids[0] ?? '?')]).toEqual([409, true]);
  expect(await monde.intact()).toBe(true);
  const [etats] = await serveur.sql<{ n: string }>(
    `SELECT count(*) AS n FROM ${base.utilisateur}.flux WHERE etat = 'acquitte'`,
  );
  expect(Number(etats?.n)).toBe(5);
});

test('PostgreSQL is restarted under load: the daemon goes on by itself, nothing is lost nor sent twice', async () => {
  const depots = Array.from({ length: 12 }, (_, n) => deposer(`R${n}`));
  await clock.sleep(100);
  await serveur.couper();
  const sans = await monde.deposer([demande({ numero: 'SANS' }), document()]);
  expect([sans.statut, sans.json['code']]).toEqual([503, 'VGM-NOY-005']);
  await serveur.relancer();
  for (const id of await Promise.all(depots)) await monde.jusqua(id, 'acquitte');
  expect(await monde.intact()).toBe(true);
  const { registre } = monde.labo.ministere;
  expect([registre.compter('accepte'), registre.compter('double')]).toEqual([5 + 12, 0]);
});

test('the daemon is stopped, and comes back to the same flux', async () => {
  expect(await monde.demon().arreter()).toBe(0);
  await monde.redemarrer();
  expect((await monde.flux()).every((f) => f.etat === 'acquitte')).toBe(true);
  await monde.jusqua(await deposer('APRES'), 'acquitte');
});

test('the settings are those of the file, the password never among them', () => {
  const { config } = chargerConfig({ fichier: monde.labo.configFichier, env: {} });
  expect(config.stockage.postgres).toMatchObject({ base: base.base, utilisateur: base.utilisateur });
  expect(JSON.stringify(config)).not.toContain(base.motDePasse);
});

test('an embedded daemon loads nothing of PostgreSQL', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const vus = [];
    registerHooks({ load: (url, contexte, suite) => { vus.push(url); return suite(url, contexte); } });
    await import(${JSON.stringify(join(RACINE, 'src/main.ts'))});
    const { ouvrirStore } = await import(${JSON.stringify(join(RACINE, 'src/assemblage/store.ts'))});
    const { manifest } = await import(${JSON.stringify(join(RACINE, 'src/config/manifest.ts'))});
    const outils = { clock: {}, random: {}, version: '1', repartition: {} };
    const store = await ouvrirStore(manifest.parse({ donnees: ${JSON.stringify(join(dossier, 'embarque'))} }), outils);
    await store.fermer();
    process.stdout.write(JSON.stringify(vus.filter((u) => /node_modules.pg|store.(postgres|sqlite).store/.test(u))));
  `;
  const vus = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect((JSON.parse(vus) as string[]).map((u) => u.split('/').slice(-2).join('/'))).toEqual([
    'sqlite/store.ts',
  ]);
});
