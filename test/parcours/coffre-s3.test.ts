import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { stringify } from 'smol-toml';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CoffreAssemble, ouvrirCoffre } from '../../src/assemblage/coffre.ts';
import { chargerConfig } from '../../src/config/charger.ts';
import { type Demon, demarrer } from '../../src/main.ts';
import type { Sha256 } from '../../src/metier/identifiants.ts';
import { depsEssai } from '../contracts/coffre-s3.montage.ts';
import { codeDe, dossierEssai } from '../contracts/montage.ts';
import { demarrerS3, type ServeurS3 } from '../serveurs/s3.ts';
import { creerBancCli } from '../unit/cli/banc-cli.ts';

/** A daemon whose pieces are on an object store, as the settings say. */

const RACINE = join(import.meta.dirname, '..', '..');
const essai = dossierEssai();
let serveur: ServeurS3;
const ouverts: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  serveur = await demarrerS3();
});
afterEach(async () => {
  for (const fermer of ouverts.splice(0)) await fermer();
});
afterAll(async () => {
  await serveur.arreter();
  essai[Symbol.dispose]();
});

function regler(coffre: object = {}, s3: object = {}): { config: string; donnees: string } {
  const donnees = join(essai.chemin, crypto.randomUUID());
  mkdirSync(donnees);
  writeFileSync(join(donnees, 'secret'), `${serveur.secret}\n`);
  const { adresse, compartiment, cleAcces: cle_acces } = serveur;
  const acces = { adresse, compartiment, cle_acces, secret_fichier: 'secret', delai_s: 2 };
  const config = join(donnees, 'vaguemestre.toml');
  writeFileSync(
    config,
    stringify({
      donnees: '.',
      journal_technique: 'silent',
      api: { port: 0 },
      coffre: { type: 's3', s3: { ...acces, ...s3 }, ...coffre },
    }),
  );
  return { config, donnees };
}

async function lancer(config: string): Promise<Demon> {
  const demon = await demarrer({ configFichier: config });
  ouverts.push(async () => {
    demon.arreter();
    await demon.arrete;
  });
  return demon;
}

async function assembler(config: string): Promise<CoffreAssemble> {
  const assemble = await ouvrirCoffre(chargerConfig({ fichier: config, env: {} }).config, depsEssai());
  ouverts.push(() => assemble.coffre.fermer());
  return assemble;
}

describe('the daemon', () => {
  test('says in its diagnosis how the object store is, keeps nothing in the folder, and lives on when it is down', async () => {
    const { config, donnees } = regler();
    const { socket } = await lancer(config);
    const cli = creerBancCli(socket);
    const voir = async () =>
      (await cli.lancer('diagnostiquer', '--socket', socket, '--json')).json.find(
        (s) => s['sujet'] === 'coffre',
      );
    expect(await voir()).toMatchObject({
      etat: 'bon',
      detail: `compartiment pieces lisible sur ${serveur.adresse}`,
    });
    const courriel = join(donnees, 'retour.eml');
    writeFileSync(courriel, 'From: x@example.org\r\nSubject: essai\r\n\r\nbonjour\r\n');
    const depose = await cli.lancer('retours', 'deposer', courriel, '--socket', socket);
    expect([depose.code, depose.erreur]).toEqual([0, '']);
    const sha256 = createHash('sha256').update(readFileSync(courriel)).digest('hex');
    expect(await serveur.cles()).toContain(`${sha256.slice(0, 2)}/${sha256}`);
    expect(existsSync(join(donnees, 'coffre'))).toBe(false);
    await serveur.tuer();
    try {
      expect(await voir()).toMatchObject({ etat: 'panne', detail: expect.stringContaining('ne répond pas') });
      const refuse = await cli.lancer('retours', 'deposer', config, '--socket', socket);
      expect([refuse.code, refuse.erreur]).toEqual([1, expect.stringContaining('VGM-COF-002')]);
    } finally {
      await serveur.relancer();
    }
    expect(await voir()).toMatchObject({ etat: 'bon' });
    expect((await cli.lancer('retours', 'deposer', config, '--socket', socket)).code).toBe(0);
  }, 60_000);

  test('does not start without the lock that its settings want, nor without the secret that they name', async () => {
    const sans = regler({}, { retention_jours: 3000 });
    expect(await codeDe(demarrer({ configFichier: sans.config }))).toBe('VGM-COF-004');
    const muette = regler({}, { secret_fichier: 'absent' });
    expect(await codeDe(demarrer({ configFichier: muette.config }))).toBe('VGM-CFG-004');
    // What it had opened is closed: the folder can be used again.
    writeFileSync(
      sans.config,
      readFileSync(sans.config, 'utf8').replace('retention_jours = 3000', 'retention_jours = 0'),
    );
    await lancer(sans.config);
  });
});

describe('coffre.secours: a switch without a long stop', () => {
  test('a piece that the object store has not is read from the folder; new ones go to the store alone', async () => {
    const dossier = join(essai.chemin, crypto.randomUUID());
    const ancienne = Buffer.from(`rangée avant ${crypto.randomUUID()}`);
    const sha256 = createHash('sha256').update(ancienne).digest('hex') as Sha256;
    mkdirSync(join(dossier, sha256.slice(0, 2)), { recursive: true });
    writeFileSync(join(dossier, sha256.slice(0, 2), sha256), ancienne);
    const { coffre } = await assembler(regler({ secours: dossier }).config);
    expect(await text(await coffre.ouvrir(sha256))).toBe(ancienne.toString());
    expect(await text(await coffre.ouvrir(sha256, { debut: 0, fin: 3 }))).toBe('ran');
    expect(await coffre.verifier(sha256)).toBe(true);
    expect(await serveur.cles()).not.toContain(`${sha256.slice(0, 2)}/${sha256}`);
    const neuve = await coffre.ajouter(Buffer.from(crypto.randomUUID()));
    expect(existsSync(join(dossier, neuve.sha256.slice(0, 2), neuve.sha256))).toBe(false);
    expect(await coffre.verifier(neuve.sha256)).toBe(true);
    expect(await codeDe(coffre.ouvrir('b'.repeat(64) as Sha256))).toBe('VGM-NOY-006');
    expect(await coffre.verifier('b'.repeat(64) as Sha256)).toBe(false);
  });

  test('a folder that is not there is said at the start; a store that is down is not looked for in it', async () => {
    expect(await codeDe(assembler(regler({ secours: '/absent' }).config))).toBe('VGM-COF-005');
    const dossier = join(essai.chemin, crypto.randomUUID());
    mkdirSync(dossier);
    const { coffre } = await assembler(
      regler({ secours: dossier }, { adresse: 'http://127.0.0.1:1' }).config,
    );
    expect(await codeDe(coffre.ouvrir('b'.repeat(64) as Sha256))).toBe('VGM-COF-002');
  });
});

test('a daemon on its folder loads nothing of the object store', () => {
  const script = `
    import { registerHooks } from 'node:module';
    const vus = [];
    registerHooks({ load: (url, contexte, suite) => { vus.push(url); return suite(url, contexte); } });
    await import(${JSON.stringify(join(RACINE, 'src/main.ts'))});
    const { ouvrirCoffre } = await import(${JSON.stringify(join(RACINE, 'src/assemblage/coffre.ts'))});
    const { manifest } = await import(${JSON.stringify(join(RACINE, 'src/config/manifest.ts'))});
    const donnees = ${JSON.stringify(join(essai.chemin, 'dossier'))};
    const random = { hex: () => '00', fraction: () => 0 };
    const { coffre } = await ouvrirCoffre(manifest.parse({ donnees }), { random });
    await coffre.fermer();
    process.stdout.write(JSON.stringify(vus.filter((u) => /aws4fetch|coffre\\/(s3|dossier)/.test(u))));
  `;
  const vus = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect((JSON.parse(vus) as string[]).map((u) => u.split('/').at(-1))).toEqual(['dossier.ts']);
});
