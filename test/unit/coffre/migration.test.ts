import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { setTimeout as attendre } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'smol-toml';
import { dossierEssai } from '../../contracts/montage.ts';
import { ouvrirRelaisS3, type RelaisS3 } from '../../serveurs/relais-s3.ts';
import { demarrerS3, type ServeurS3 } from '../../serveurs/s3.ts';
import { creerBancCli } from '../cli/banc-cli.ts';

/** `vaguemestre coffre …`, from a folder to a real s3rver and back. */

const RACINE = join(import.meta.dirname, '..', '..', '..');
const essai = dossierEssai();
let serveur: ServeurS3;
let relais: RelaisS3;
const cli = creerBancCli();
let donnees = '';
let prefixe = '';
let config = '';
beforeAll(async () => {
  serveur = await demarrerS3();
  relais = await ouvrirRelaisS3(serveur.adresse);
});
afterAll(async () => {
  await relais.fermer();
  await serveur.arreter();
  essai[Symbol.dispose]();
});

function regler(coffre: Record<string, unknown> = {}): void {
  const s3 = {
    adresse: relais.adresse,
    compartiment: serveur.compartiment,
    prefixe,
    cle_acces: serveur.cleAcces,
    secret_fichier: join(donnees, 'secret'),
  };
  writeFileSync(config, stringify({ donnees, api: { port: 0 }, coffre: { s3, ...coffre } }));
}

beforeEach(() => {
  relais.remettre();
  donnees = join(essai.chemin, crypto.randomUUID());
  prefixe = `${crypto.randomUUID()}/`;
  mkdirSync(join(donnees, 'coffre', 'tmp'), { recursive: true });
  writeFileSync(join(donnees, 'secret'), `${serveur.secret}\n`);
  config = join(donnees, 'vaguemestre.toml');
  regler();
});

const place = (sha256: string) => join(donnees, 'coffre', sha256.slice(0, 2), sha256);
const objet = (sha256: string) => serveur.fichier(`${prefixe}${sha256.slice(0, 2)}/${sha256}`);

/** Pieces put in the folder as the coffre does. @returns their digests. */
function ranger(nombre: number, taille = 500): string[] {
  return Array.from({ length: nombre }, (_, i) => {
    const octets = Buffer.alloc(taille + i, crypto.randomUUID());
    const sha256 = createHash('sha256').update(octets).digest('hex');
    mkdirSync(join(place(sha256), '..'), { recursive: true });
    writeFileSync(place(sha256), octets, { mode: 0o400 });
    return sha256;
  });
}

function alterer(fichier: string): void {
  const octets = readFileSync(fichier);
  octets[7] = (octets[7] ?? 0) ^ 1;
  chmodSync(fichier, 0o600);
  writeFileSync(fichier, octets);
}

const migrer = (...options: readonly string[]) =>
  cli.lancer('coffre', 'migrer', '--config', config, ...(options.length === 0 ? ['--vers', 's3'] : options));
const arrivees = async () => (await serveur.cles()).filter((c) => c.startsWith(prefixe)).length;
/** Requests that wrote an object. */
const ecrits = () => relais.vues.filter((v) => v.methode === 'PUT').length;

describe('vaguemestre coffre migrer --vers s3', () => {
  test('copies every piece, proves each, and says « Complet »; again, it copies nothing and says the same', async () => {
    const pieces = ranger(30);
    writeFileSync(join(donnees, 'coffre', 'tmp', 'brouillon'), 'en cours');
    const r = await migrer();
    expect([r.code, r.erreur]).toEqual([0, '']);
    expect(r.sortie).toMatch(/Copiées +30 pièces, 15,4 ko/);
    expect(r.sortie.split('\n').at(-1)).toMatch(/^Complet : .* coffre\.type peut passer à « s3 »\.$/);
    for (const sha256 of pieces) {
      expect(
        createHash('sha256')
          .update(readFileSync(objet(sha256)))
          .digest('hex'),
      ).toBe(sha256);
      expect(existsSync(place(sha256))).toBe(true);
    }
    expect(ecrits()).toBe(30);
    expect(readdirSync(join(donnees, 'coffre', 'tmp'))).toEqual(['brouillon']);
    const [json] = (await migrer('--vers', 's3', '--json')).json;
    expect(json).toMatchObject({
      etat: 'complet',
      sorts: { copiee: 0, presente: 30 },
      source: { pieces: 30 },
      cible: { pieces: 30 },
    });
    expect(ecrits()).toBe(30);
  });

  test('an empty coffre is complete; a folder that is not there is refused', async () => {
    expect((await migrer()).code).toBe(0);
    const r = await migrer('--vers', 's3', '--dossier', join(donnees, 'absent'));
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-COF-005')]);
  });

  test('a large piece goes by parts, and is known again without being read back', async () => {
    ranger(1, 17 * 1024 * 1024);
    expect((await migrer()).code).toBe(0);
    expect(relais.vues.filter((v) => v.chemin.includes('partNumber'))).toHaveLength(3);
    relais.vues.length = 0;
    expect((await migrer()).json).toBeDefined();
    expect(relais.vues.map((v) => v.methode)).toEqual(['GET', 'GET']);
  });

  test('damaged on the other side, of the same size or not: replaced, and told', async () => {
    const [un = '', deux = ''] = ranger(3);
    await migrer();
    alterer(objet(un));
    rmSync(`${objet(un)}.md5`);
    writeFileSync(objet(deux), 'court');
    const r = await migrer();
    expect(r.code).toBe(0);
    expect(r.sortie).toContain('2 pièces altérées à l’arrivée, remplacées.');
    for (const sha256 of [un, deux])
      expect(readFileSync(objet(sha256)).equals(readFileSync(place(sha256)))).toBe(true);
  });

  test('damage that the store hides behind an old digest is seen when asked to read everything', async () => {
    const [un = ''] = ranger(2);
    await migrer();
    alterer(objet(un));
    expect((await migrer('--vers', 's3', '--json')).json[0]).toMatchObject({ sorts: { reparee: 0 } });
    expect((await migrer('--vers', 's3', '--relire', '--json')).json[0]).toMatchObject({
      etat: 'complet',
      sorts: { reparee: 1 },
    });
    expect(readFileSync(objet(un)).equals(readFileSync(place(un)))).toBe(true);
  });

  test('damaged in the folder: never copied; complete only if the other side has it whole', async () => {
    const [un = '', deux = ''] = ranger(5);
    await migrer('--vers', 's3');
    alterer(place(un));
    const saine = await migrer();
    expect([saine.code, saine.sortie]).toEqual([0, expect.stringContaining(un)]);
    const [neuve = ''] = ranger(1);
    alterer(place(neuve));
    const r = await migrer();
    expect(r.code).toBe(3);
    expect(r.sortie).toContain('intactes nulle part');
    expect(r.sortie).toContain(neuve);
    expect(r.sortie).not.toContain(deux);
    expect(r.sortie.split('\n').at(-1)).toMatch(/^Incomplet : /);
    expect(existsSync(objet(neuve))).toBe(false);
    expect((await migrer('--vers', 's3', '--json')).json[0]).toMatchObject({
      sorts: { alteree: 1, sauvee: 1, presente: 4 },
      alterees: [neuve],
      sauvees: [un],
    });
    rmSync(place(neuve));
    alterer(objet(un));
    expect((await migrer('--vers', 's3', '--json')).json[0]).toMatchObject({
      etat: 'incomplet',
      manque: 0,
      alterees: [un],
    });
  });

  test('a store that forgets what it acknowledged is seen by the last look', async () => {
    const [un = ''] = ranger(3);
    let listes = 0;
    relais.tomber(
      { geste: 'taire' },
      {
        si: (v) => {
          listes += v.chemin.includes('list-type') ? 1 : 0;
          if (listes >= 2) rmSync(objet(un), { force: true });
          return false;
        },
      },
    );
    const r = await migrer();
    expect(r.code).toBe(3);
    expect(r.sortie).toContain(`Absentes ou différentes à l’arrivée :\n  ${un}`);
  });

  test('pieces that a daemon adds meanwhile are followed', async () => {
    ranger(3);
    let neuves = 0;
    relais.tomber(
      { geste: 'taire' },
      {
        si: (v) => {
          if (v.methode === 'PUT' && neuves === 0) neuves = ranger(2).length;
          return false;
        },
      },
    );
    expect((await migrer('--vers', 's3', '--json')).json[0]).toMatchObject({
      complet: true,
      sorts: { copiee: 5 },
      source: { pieces: 5 },
      cible: { pieces: 5 },
    });
  });

  test('a store that goes down stops it with a transient failure; it goes on from there', async () => {
    ranger(20);
    relais.tomber(
      { geste: 'repondre', statut: 503, code: 'SlowDown' },
      { si: (v) => v.methode === 'PUT' && ecrits() > 8, fois: 9999 },
    );
    const r = await migrer();
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-COF-002')]);
    expect(r.erreur).toContain('essai manqué');
    relais.remettre();
    const deja = await arrivees();
    expect(deja).toBeGreaterThan(3);
    expect((await migrer('--vers', 's3', '--json')).json[0]).toMatchObject({
      etat: 'complet',
      sorts: { copiee: 20 - deja, presente: deja },
    });
  }, 30_000);

  test('settings that are missing are all told, and nothing is done', async () => {
    writeFileSync(config, stringify({ donnees }));
    const r = await migrer();
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-CFG-003')]);
    for (const champ of ['adresse', 'compartiment', 'cle_acces', 'secret_fichier'])
      expect(r.erreur).toContain(`coffre.s3.${champ} : obligatoire`);
    expect((await migrer('--vers', 'nuage')).code).toBe(2);
  });

  test.each([
    ['on the folder', 200, [], 'a_jour'],
    ['on the object store', 200, [{ sujet: 'coffre', etat: 'bon' }], 'complet'],
    ['and does not say on what', 500, [], 'a_jour'],
  ] as const)('a daemon that runs %s', async (...[, statut, sujets, etat]) => {
    ranger(2);
    const demon = createServer((_requete, reponse) => {
      reponse.writeHead(statut, { 'content-type': 'application/json' });
      reponse.end(JSON.stringify({ version: 'essai', sujets }));
    }).listen(join(donnees, 'vaguemestre.sock'));
    await once(demon, 'listening');
    try {
      const r = await migrer('--vers', 's3', '--json');
      const code = etat === 'complet' ? 0 : 3;
      expect([r.code, r.json[0]]).toEqual([code, expect.objectContaining({ etat, complet: true })]);
    } finally {
      demon.close();
    }
  });
});

test('kill -9 in mid-migration, again and again: then it completes, and each piece is whole', async () => {
  const pieces = [...ranger(120, 4000), ...ranger(1, 17 * 1024 * 1024)];
  const commande = [
    join(RACINE, 'bin', 'vaguemestre'),
    'coffre',
    'migrer',
    '--vers',
    's3',
    '--config',
    config,
  ];
  let coups = 0;
  for (let n = 1; n <= 5; n += 1) {
    const voulus = ecrits() + 12;
    const enfant = spawn(process.execPath, commande, { stdio: 'ignore' });
    const fini = once(enfant, 'exit');
    while (enfant.exitCode === null && ecrits() < voulus) await attendre(2);
    enfant.kill('SIGKILL');
    await fini;
    coups += enfant.signalCode === 'SIGKILL' ? 1 : 0;
  }
  expect(coups).toBe(5);
  const avant = await arrivees();
  expect(avant).toBeGreaterThan(20);
  expect(avant).toBeLessThan(121);
  const r = await migrer('--vers', 's3', '--json');
  expect([r.code, r.json[0]]).toMatchObject([0, { etat: 'complet', cible: { pieces: 121 }, manque: 0 }]);
  for (const sha256 of pieces) {
    expect(
      createHash('sha256')
        .update(readFileSync(objet(sha256)))
        .digest('hex'),
    ).toBe(sha256);
    expect(statSync(place(sha256)).size).toBeGreaterThan(0);
  }
  console.log(`migration killed ${coups} times: ${avant} of 121 pieces had arrived`);
}, 120_000);

describe('the other way', () => {
  test('from the object store to a folder, made if needed; then the folder verifies', async () => {
    const pieces = ranger(12);
    await migrer();
    rmSync(join(donnees, 'coffre'), { recursive: true });
    regler({ type: 's3' });
    const [un = ''] = pieces;
    const r = await migrer('--vers', 'dossier');
    expect([r.code, r.erreur]).toEqual([0, '']);
    for (const sha256 of pieces)
      expect(
        createHash('sha256')
          .update(readFileSync(place(sha256)))
          .digest('hex'),
      ).toBe(sha256);
    alterer(place(un));
    expect((await migrer('--vers', 'dossier', '--json')).json[0]).toMatchObject({
      etat: 'complet',
      sorts: { reparee: 1, presente: 11 },
    });
    alterer(objet(un));
    rmSync(place(un));
    expect((await migrer('--vers', 'dossier', '--json')).json[0]).toMatchObject({
      etat: 'incomplet',
      alterees: [un],
    });
    expect(readdirSync(join(donnees, 'coffre', 'tmp'))).toEqual([]);
  });
});

describe('vaguemestre coffre verifier', () => {
  const verifier = (...options: readonly string[]) =>
    cli.lancer('coffre', 'verifier', '--config', config, ...options);

  test('reads every piece again, in the folder or on the object store, and names those that are altered', async () => {
    const [un = '', deux = ''] = ranger(8);
    await migrer();
    const bon = await verifier();
    expect([bon.code, bon.sortie]).toEqual([0, expect.stringContaining('Toutes les pièces sont intactes.')]);
    expect(bon.sortie).toMatch(/Relu : 8 pièces, 4 028 octets|Relu : 8 pièces, 4 ko/);
    alterer(place(un));
    const faux = await verifier();
    expect([faux.code, faux.sortie]).toEqual([3, expect.stringContaining(`  ${un}`)]);
    expect(faux.sortie).toContain('1 pièce altérée : à restaurer');
    alterer(objet(deux));
    expect((await verifier('--sur', 's3', '--json')).json).toMatchObject([
      { sur: 's3', pieces: 8, alterees: [deux] },
    ]);
    regler({ type: 's3' });
    expect((await verifier('--json')).json).toMatchObject([{ sur: 's3', alterees: [deux] }]);
    expect((await verifier('--sur', 'dossier', '--json')).json).toMatchObject([{ alterees: [un] }]);
  });

  test('a store that is down is a failure, and says nothing of the pieces', async () => {
    ranger(2);
    await migrer();
    relais.tomber({ geste: 'repondre', statut: 503, code: 'SlowDown' }, { si: () => true, fois: 9999 });
    const r = await verifier('--sur', 's3');
    expect([r.code, r.sortie]).toEqual([1, '']);
    expect(r.erreur).toContain('VGM-COF-002');
  }, 30_000);
});
