import { createHash } from 'node:crypto';
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ouvrirCoffreS3, PiecesS3 } from '../../../src/adapters/coffre/s3.ts';
import { contenuEnMemoire } from '../../../src/adapters/coffre/s3-empreintes.ts';
import type { ReglageS3 } from '../../../src/adapters/coffre/s3-reglage.ts';
import { lirePage } from '../../../src/adapters/coffre/s3-reponses.ts';
import { autosigne } from '../../../src/formats/certificats/emettre.ts';
import type { Instant, Sha256 } from '../../../src/metier/identifiants.ts';
import { enFlux } from '../../contracts/coffre.contract.ts';
import { depsEssai, reglageEssai } from '../../contracts/coffre-s3.montage.ts';
import { codeDe, dossierEssai } from '../../contracts/montage.ts';
import { ouvrirRelaisS3 } from '../../serveurs/relais-s3.ts';
import { type OptionsS3Fictif, ouvrirS3Fictif, type S3Fictif } from '../../serveurs/s3-fictif.ts';

/**
 * What is sent, and what is believed of the answers, before a stub that checks each signature, each digest and each condition as the
 * documentation of S3 says them.
 */

const racine = dossierEssai();
/** Far smaller than in the world, for speed. */
const PARTIE = 64 * 1024;
const GROS = 2 * PARTIE + 1000;
let fictif: S3Fictif;
const aFermer: (() => Promise<void>)[] = [];
beforeAll(async () => {
  fictif = await ouvrirS3Fictif();
});
afterEach(async () => {
  for (const fermer of aFermer.splice(0)) await fermer();
  fictif.regler({});
  for (const liste of [fictif.demandes, fictif.refus]) liste.length = 0;
  fictif.objets.clear();
  fictif.envois.clear();
});
afterAll(async () => {
  await fictif.fermer();
  racine[Symbol.dispose]();
});

async function ouvrir(stockage: OptionsS3Fictif = {}, autres: Partial<ReglageS3> = {}, ou = fictif) {
  ou.regler({ partieMin: PARTIE, ...stockage });
  const deps = depsEssai();
  const dossier = join(racine.chemin, crypto.randomUUID());
  const reglage = reglageEssai(ou, dossier, { taillePartie: PARTIE, seuil: PARTIE + 1, ...autres });
  const { coffre, sonde } = await ouvrirCoffreS3(reglage, deps);
  aFermer.push(() => coffre.fermer());
  while (!ou.demandes.some((d) => d.includes('uploads'))) await new Promise(setImmediate);
  ou.demandes.length = 0;
  return { coffre, sonde, log: deps.log };
}

const octets = (taille: number) => {
  const b = Buffer.alloc(taille, crypto.randomUUID());
  const sha256 = createHash('sha256').update(b).digest('hex') as Sha256;
  return { b, sha256, cle: `tdt/${sha256.slice(0, 2)}/${sha256}` };
};
const verbes = () => fictif.demandes.map((d) => d.split(' ')[0]);
const objet = (cle: string) => fictif.objets.get(cle) ?? expect.fail(`${cle} absent`);

describe('one request for a small piece, looked at when it is already there', () => {
  test('a new piece costs one PUT: signed, with its digests, its SHA-512 and its size', async () => {
    const { coffre } = await ouvrir();
    const { b, cle } = octets(1000);
    const { sha512 } = await coffre.ajouter(b);
    expect(fictif.demandes).toEqual([`PUT /pieces/${cle}`]);
    expect(objet(cle).entetes).toMatchObject({ 'x-amz-meta-sha512': sha512, 'x-amz-meta-taille': '1000' });
    expect(fictif.refus).toEqual([]);
  });

  test('present and proven by the digest of the server: nothing is written again', async () => {
    const { coffre, log } = await ouvrir();
    const { b, cle } = octets(1000);
    await coffre.ajouter(b);
    const avant = objet(cle);
    await coffre.ajouter(enFlux(b));
    expect(verbes()).toEqual(['PUT', 'PUT', 'HEAD']);
    expect(fictif.refus).toEqual(['PreconditionFailed']);
    expect(objet(cle)).toBe(avant);
    expect(log.lignes.filter((l) => l.niveau !== 'info')).toEqual([]);
  });

  test.each([
    ['of the same size', (b: Buffer) => Buffer.from(b).fill(0, 5, 6)],
    ['cut short', (b: Buffer) => b.subarray(0, 10)],
  ])('present and damaged (%s): told in the log, and replaced', async (_, alterer) => {
    const { coffre, log } = await ouvrir();
    const { b, cle, sha256 } = octets(1000);
    await coffre.ajouter(b);
    objet(cle).octets = alterer(b);
    await coffre.ajouter(b);
    expect(objet(cle).octets.equals(b)).toBe(true);
    expect(log.lignes.map((l) => [l.message, l.champs])).toContainEqual([
      'pièce altérée au coffre : elle est remplacée',
      { sha256 },
    ]);
  });

  test.each<OptionsS3Fictif>([{ empreintes: 'md5' }, { empreintes: 'aucune' }])(
    'damaged before a store that tells less (%o): seen all the same',
    async (stockage) => {
      const { coffre } = await ouvrir(stockage);
      const { b, cle } = octets(1000);
      await coffre.ajouter(b);
      objet(cle).octets = Buffer.from(b).fill(0, 5, 6);
      await coffre.ajouter(b);
      expect(objet(cle).octets.equals(b)).toBe(true);
    },
  );

  test('a store that tells no digest: each piece is read back before it counts, and the log says it once', async () => {
    const { coffre, log } = await ouvrir({ empreintes: 'aucune' });
    await coffre.ajouter(octets(1000).b);
    await coffre.ajouter(octets(1000).b);
    expect(verbes()).toEqual(['PUT', 'HEAD', 'GET', 'PUT', 'HEAD', 'GET']);
    expect(log.lignes.filter((l) => l.message.includes('elles sont relues'))).toHaveLength(1);
  });

  test.each(['refuse', 'ignore'] as const)('conditional writes: %s', async (conditionnel) => {
    const { coffre } = await ouvrir({ conditionnel });
    const [un, deux] = [octets(1000), octets(1000)];
    for (const { b } of [un, un, deux, deux]) await coffre.ajouter(b);
    expect(fictif.objets.size).toBe(2);
    const refuse = ['PUT', 'HEAD', 'PUT', 'HEAD', 'HEAD', 'PUT', 'HEAD'];
    expect(verbes()).toEqual(conditionnel === 'refuse' ? refuse : ['PUT', 'PUT', 'PUT', 'PUT']);
  });

  test('a store that keeps something else than what it acknowledges is not believed', async () => {
    const { coffre } = await ouvrir({ empreintes: 'aucune' });
    const { b, cle } = octets(1000);
    const poser = fictif.objets.set.bind(fictif.objets);
    fictif.objets.set = (nom, o) => poser(nom, { ...o, octets: o.octets.subarray(1) });
    try {
      expect(await codeDe(coffre.ajouter(b))).toBe('VGM-COF-002');
    } finally {
      fictif.objets.set = poser;
    }
    expect(objet(cle).octets).toHaveLength(999);
  });
});

describe('a large piece goes by parts', () => {
  test.each<OptionsS3Fictif>([{}, { empreintes: 'md5' }])(
    'proven by the digest of its parts (%o): it is not read back',
    async (stockage) => {
      const { coffre } = await ouvrir(stockage);
      const { b, cle, sha256 } = octets(GROS);
      await coffre.ajouter(b);
      await coffre.ajouter(b);
      expect(verbes()).toEqual(['HEAD', 'POST', 'PUT', 'PUT', 'PUT', 'POST', 'HEAD']);
      expect(objet(cle).octets.equals(b)).toBe(true);
      expect(objet(cle).parties?.map((p) => p.length)).toEqual([PARTIE, PARTIE, 1000]);
      expect([fictif.envois.size, fictif.refus]).toEqual([0, ['NoSuchKey']]);
      expect(await coffre.verifier(sha256)).toBe(true);
    },
  );

  test('without a digest told, it is read back', async () => {
    const { coffre } = await ouvrir({ empreintes: 'aucune' });
    await coffre.ajouter(octets(GROS).b);
    expect(verbes().slice(-2)).toEqual(['HEAD', 'GET']);
  });

  test('an upload that somebody swept under our feet is begun again', async () => {
    const { coffre } = await ouvrir();
    const { b, cle } = octets(GROS);
    const lire = fictif.envois.get.bind(fictif.envois);
    let balayee = false;
    fictif.envois.get = (id) => {
      if (!balayee) fictif.envois.clear();
      balayee = true;
      return lire(id);
    };
    try {
      await coffre.ajouter(b);
    } finally {
      fictif.envois.get = lire;
    }
    expect(fictif.refus).toContain('NoSuchUpload');
    expect(objet(cle).octets.equals(b)).toBe(true);
    expect(fictif.envois.size).toBe(0);
  });

  test('somebody else writes it meanwhile: theirs is looked at, and ours given up', async () => {
    const { coffre } = await ouvrir();
    const { b, cle } = octets(GROS);
    const assembler = fictif.objets.has.bind(fictif.objets);
    fictif.objets.has = (nom) => {
      if (!assembler(nom)) fictif.objets.set(nom, { octets: b, entetes: {}, parties: null });
      return true;
    };
    try {
      await coffre.ajouter(b);
    } finally {
      fictif.objets.has = assembler;
    }
    expect(fictif.refus).toEqual(['NoSuchKey', 'PreconditionFailed']);
    expect(objet(cle).parties).toBeNull();
    expect(fictif.envois.size).toBe(0);
  });

  test('uploads that a dead process left are swept once they are a day old', async () => {
    const jour = 86_400_000;
    const envoi = (cle: string, age: number) => ({
      cle,
      entetes: {},
      parties: new Map(),
      debut: new Date(Date.now() - age),
    });
    fictif.envois.set('vieux', envoi('tdt/aa/x', jour + 60_000));
    fictif.envois.set('recent', envoi('tdt/aa/x', jour - 60_000));
    fictif.envois.set('autre', envoi('ailleurs/x', 2 * jour));
    const deps = depsEssai();
    const pieces = new PiecesS3(reglageEssai(fictif, racine.chemin), deps);
    aFermer.push(() => pieces.fermer());
    await pieces.balayer();
    expect([...fictif.envois.keys()]).toEqual(['recent', 'autre']);
    expect(deps.log.lignes.filter((l) => l.niveau === 'warn')).toEqual([]);
  });
});

test('bytes changed on their way are refused by the server, and sent again', async () => {
  const relais = await ouvrirRelaisS3(fictif.adresse);
  aFermer.push(() => relais.fermer());
  fictif.regler({ partieMin: PARTIE });
  const reglage = reglageEssai({ ...fictif, adresse: relais.adresse }, racine.chemin);
  const pieces = new PiecesS3({ ...reglage, taillePartie: PARTIE, seuil: PARTIE + 1 }, depsEssai());
  aFermer.unshift(() => pieces.fermer());
  for (const taille of [1000, GROS]) {
    const { b, cle, sha256 } = octets(taille);
    relais.tomber({ geste: 'alterer_aller' }, { si: (v) => v.methode === 'PUT' });
    const sha512 = createHash('sha512').update(b).digest('hex');
    await pieces.envoyer(contenuEnMemoire({ sha256, sha512, taille }, b));
    expect(objet(cle).octets.equals(b)).toBe(true);
  }
  expect(fictif.refus.filter((r) => r === 'XAmzContentSHA256Mismatch')).toHaveLength(2);
});

test('the compartiment may stand in the name of the host', async () => {
  const vues: string[] = [];
  const deps = {
    ...depsEssai(),
    resoudre: ((nom, options, suite) => {
      vues.push(nom);
      lookup('127.0.0.1', options, suite);
    }) as LookupFunction,
  };
  const adresse = `http://s3.exemple.test:${fictif.port}`;
  const reglage = reglageEssai({ ...fictif, adresse }, racine.chemin, { style: 'hote' });
  const pieces = new PiecesS3(reglage, deps);
  aFermer.push(() => pieces.fermer());
  const { b, cle, sha256 } = octets(100);
  const sha512 = createHash('sha512').update(b).digest('hex');
  await pieces.envoyer(contenuEnMemoire({ sha256, sha512, taille: 100 }, b));
  expect(await pieces.verifier(sha256)).toBe(true);
  expect(await Array.fromAsync(pieces.lister())).toHaveLength(1);
  expect([fictif.demandes[0], fictif.refus]).toEqual([`PUT /${cle}`, []]);
  expect(new Set(vues)).toEqual(new Set(['pieces.s3.exemple.test']));
});

describe('object lock', () => {
  const retention = { mode: 'COMPLIANCE', jours: 3000 } as const;
  const JOUR = 86_400_000;
  const echeance = (cle: string) =>
    Date.parse(objet(cle).entetes['x-amz-object-lock-retain-until-date'] ?? '') - Date.now();

  test('each piece, small or by parts, carries its mode and its date', async () => {
    const { coffre, sonde } = await ouvrir({ verrou: true }, { retention });
    for (const taille of [1000, GROS]) {
      const { b, cle } = octets(taille);
      await coffre.ajouter(b);
      expect(objet(cle).entetes['x-amz-object-lock-mode']).toBe('COMPLIANCE');
      expect(Math.abs(echeance(cle) - 3000 * JOUR)).toBeLessThan(60_000);
    }
    expect(await sonde.sonder()).toMatchObject({
      joignable: true,
      detail: expect.stringContaining('verrou de 3000 jours'),
    });
  });

  test.each([
    [false, 'il n’est pas activé'],
    ['inconnu', 'ce stockage ne le connaît pas'],
  ] as const)('wanted and not there (%s): the coffre does not open, and says why', async (verrou, detail) => {
    fictif.regler({ verrou });
    const ouverture = ouvrirCoffreS3(reglageEssai(fictif, racine.chemin, { retention }), depsEssai());
    const erreur = await ouverture.then(
      () => expect.fail('opened'),
      (e: { fiche: { code: string; message: string } }) => e.fiche,
    );
    expect(erreur.code).toBe('VGM-COF-004');
    expect(erreur.message).toContain(detail);
  });

  test('nothing is asked nor sent without it', async () => {
    const { coffre } = await ouvrir({ verrou: true });
    const { b, cle } = octets(1000);
    await coffre.ajouter(b);
    expect(objet(cle).entetes['x-amz-object-lock-mode']).toBeUndefined();
    expect(fictif.demandes.some((d) => d.includes('object-lock'))).toBe(false);
  });

  test('the lock of a piece deposited again lasts as long as that of a new one, and is never shortened', async () => {
    const { coffre } = await ouvrir({ verrou: true }, { retention });
    const { b, cle } = octets(1000);
    await coffre.ajouter(b);
    objet(cle).entetes['x-amz-object-lock-retain-until-date'] = new Date(Date.now() + JOUR).toISOString();
    await coffre.ajouter(b);
    expect(Math.abs(echeance(cle) - 3000 * JOUR)).toBeLessThan(60_000);
    objet(cle).entetes['x-amz-object-lock-retain-until-date'] = new Date(
      Date.now() + 9000 * JOUR,
    ).toISOString();
    fictif.demandes.length = 0;
    await coffre.ajouter(b);
    expect(verbes()).toEqual(['HEAD']);
  });
});

describe('the compartiment', () => {
  test('is listed page after page, in the order of the digests; what is no piece is passed over', async () => {
    const { coffre } = await ouvrir({ page: 3 });
    const sha256 = [];
    for (let i = 0; i < 10; i += 1) sha256.push((await coffre.ajouter(octets(10 + i).b)).sha256);
    for (const cle of ['tdt/LISEZMOI', 'tdt/aa/notes', 'ailleurs/x'])
      fictif.objets.set(cle, { octets: Buffer.alloc(1), entetes: {}, parties: null });
    const pieces = new PiecesS3(reglageEssai(fictif, racine.chemin), depsEssai());
    aFermer.push(() => pieces.fermer());
    const listees = await Array.fromAsync(pieces.lister());
    expect(listees.map((p) => p.sha256)).toEqual(sha256.toSorted());
    expect(listees.every((p) => p.taille >= 10)).toBe(true);
  });

  test('a listing that cannot be followed, or that is none, is not taken for an empty one', () => {
    const page = (xml: string) => lirePage(Buffer.from(xml), '');
    expect(page('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>')).toEqual({
      pieces: [],
      suite: '',
    });
    expect(page('<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>')).toBeNull();
    expect(page('<html><body>Bienvenue</body></html>')).toBeNull();
    expect(page('')).toBeNull();
  });

  test('the sonde writes nothing, and tells what is wrong', async () => {
    const bonne = await ouvrir();
    expect(await bonne.sonde.sonder()).toEqual({
      joignable: true,
      detail: `compartiment pieces lisible sur ${fictif.adresse}`,
    });
    expect(fictif.demandes).toEqual(['GET /pieces?list-type=2&prefix=tdt%2F&max-keys=1']);
    const voir = async (autres: Partial<ReglageS3>) =>
      (await (await ouvrir({}, autres)).sonde.sonder()).detail;
    expect(await voir({ secret: 'faux' })).toContain('le secret n’est pas celui de la clé d’accès');
    expect(await voir({ compartiment: 'autre' })).toContain('le compartiment n’existe pas');
  });

  test('a wrong secret is a refusal that waits for the operator, not a verdict', async () => {
    const { coffre } = await ouvrir({}, { secret: 'faux' });
    expect(await codeDe(coffre.ajouter(octets(10).b))).toBe('VGM-COF-003');
    expect(await codeDe(coffre.ouvrir(octets(10).sha256))).toBe('VGM-COF-003');
  });
});

test('TLS: the authorities of the settings are believed, and no other', async () => {
  const { certificat, cle } = await autosigne({
    nom: 'localhost',
    dns: ['localhost'],
    ip: [],
    jours: 2,
    quand: (Date.now() - 3_600_000) as Instant,
  });
  const sur = await ouvrirS3Fictif({ tls: { cle, certificat } });
  aFermer.push(() => sur.fermer());
  const { coffre } = await ouvrir({}, { autorites: certificat }, sur);
  await coffre.ajouter(octets(10).b);
  expect(sur.objets.size).toBe(1);
  const pieces = new PiecesS3(reglageEssai(sur, racine.chemin, { essais: 1 }), depsEssai());
  aFermer.unshift(() => pieces.fermer());
  expect(await pieces.sonder()).toEqual({
    joignable: false,
    detail: expect.stringContaining('coffre.s3.autorites'),
  });
});
