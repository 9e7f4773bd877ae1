import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { lireFichierPes, type OptionsLecture } from '../../../src/protocoles/helios/lecture/lire.ts';
import { faits, faitsDe, sha256 } from './decor.ts';
import { enGzip64, PDF, textePes } from './generateur.ts';

describe('content of an attached piece', () => {
  const contenu = async (fichier: string, options: OptionsLecture = {}) =>
    (await faits({ depense: null, pieces: [{ idUnique: 'A', fichier }] }, options)).pieces[0]?.contenu;
  const bon = gzipSync(PDF);

  test('large, not compressible: same digests as the file', async () => {
    const octets = Buffer.concat([PDF, randomBytes(300_000)]);
    const gzip = gzipSync(octets);
    expect(await contenu(gzip.toString('base64'))).toEqual({
      base64: 'bon',
      taille: gzip.length,
      empreinte: sha256(gzip),
      gzip: 'bon',
      tailleOriginale: octets.length,
      empreinteOriginale: sha256(octets),
      type: 'application/pdf',
    });
  });

  test('in lines, by references, in a CDATA section: the same', async () => {
    const texte = bon.toString('base64');
    const attendu = await contenu(texte);
    expect(await contenu(texte.replace(/.{20}/g, '$&\r\n\t '))).toEqual(attendu);
    expect(await contenu(texte.replace(/^./, (c) => `&#${c.charCodeAt(0)};`))).toEqual(attendu);
    expect(await contenu(`<![CDATA[${texte}]]>`)).toEqual(attendu);
  });

  test('a gzip of several members is one file', async () => {
    const deux = Buffer.concat([gzipSync(PDF.subarray(0, 10)), gzipSync(PDF.subarray(10))]);
    expect(await contenu(deux.toString('base64'))).toMatchObject({
      gzip: 'bon',
      empreinteOriginale: sha256(PDF),
    });
  });

  const abime = Buffer.from(bon);
  abime[abime.length - 6] = (abime[abime.length - 6] as number) ^ 1;
  test.each<[string, string, Readonly<Record<string, unknown>>]>([
    ['empty', '', { base64: 'vide', gzip: 'absent', taille: 0, type: 'inconnu' }],
    ['only white space', ' \n ', { base64: 'vide' }],
    ['not compressed', PDF.toString('base64'), { base64: 'bon', gzip: 'absent', type: 'application/pdf' }],
    ['truncated', bon.subarray(0, 30).toString('base64'), { gzip: 'tronque', empreinteOriginale: null }],
    ['with a wrong checksum', abime.toString('base64'), { gzip: 'corrompu', empreinteOriginale: null }],
    ['followed by something else', Buffer.concat([bon, PDF]).toString('base64'), { gzip: 'corrompu' }],
    ['not base 64', `${bon.toString('base64').slice(0, 20)}*`, { base64: 'mauvais' }],
    ['holding an element', `${bon.toString('base64')}<a/>`, { base64: 'mauvais' }],
    ['a gzip of nothing', enGzip64(Buffer.alloc(0)), { base64: 'bon', gzip: 'bon', tailleOriginale: 0 }],
  ])('%s', async (_, fichier, attendu) => {
    expect(await contenu(fichier)).toMatchObject(attendu);
  });

  test('a bomb stops at the limit of one piece', async () => {
    const bombe = enGzip64(Buffer.alloc(50_000_000));
    const vu = await contenu(bombe, { pieces: { piece: 1_000_000 } });
    expect(vu).toMatchObject({ gzip: 'trop_gros', empreinteOriginale: null });
    expect(vu?.tailleOriginale).toBeLessThan(1_400_000);
  });

  test('many small bombs stop at the limit of the file, and each piece keeps its digest', async () => {
    const fichier = enGzip64(Buffer.alloc(400_000));
    const pieces = Array.from({ length: 5 }, (_, k) => ({ idUnique: `A${k}`, fichier }));
    const lus = await faits({ depense: null, pieces }, { pieces: { fichier: 1_000_000 } });
    expect(lus.pieces.map((p) => p.contenu?.gzip)).toEqual([
      'bon',
      'bon',
      'trop_gros',
      'trop_gros',
      'trop_gros',
    ]);
    expect(new Set(lus.pieces.map((p) => p.contenu?.empreinte)).size).toBe(1);
  });

  test('a second content is counted, not looked at', async () => {
    const texte = textePes({ pieces: [{ idUnique: 'A' }] }).replace(
      '</Contenu>',
      '<Fichier>!</Fichier></Contenu>',
    );
    const [piece] = (await faitsDe(Buffer.from(texte, 'latin1'))).pieces;
    expect(piece).toMatchObject({ fichiers: 2, contenu: { base64: 'bon', gzip: 'bon' } });
  });

  test('no content at all', async () => {
    const texte = textePes({ pieces: [{ idUnique: 'A' }] }).replace(/<Contenu>.*<\/Contenu>/, '');
    expect((await faitsDe(Buffer.from(texte, 'latin1'))).pieces).toMatchObject([
      { fichiers: 0, contenu: null },
    ]);
  });
});

test('a source that breaks in the middle of a piece breaks the reading, and nothing else', async () => {
  const fichier = gzipSync(randomBytes(400_000)).toString('base64');
  const octets = Buffer.from(textePes({ pieces: [{ idUnique: 'A', fichier }] }), 'latin1');
  function* source(): Generator<Uint8Array> {
    yield octets.subarray(0, 400_000);
    throw new TypeError('disque');
  }
  await expect(lireFichierPes(source())).rejects.toThrow('disque');
});

describe('bounds', () => {
  test('lists stop growing, and say so', async () => {
    const refs = Array.from({ length: 4 }, (_, k) => ({ idUnique: `A${k}` }));
    const depense = [{ pjRef: refs, id: 'B1', signe: true }, { id: 'B2', signe: true }, {}];
    const maxima = { bordereaux: 2, references: 3, pieces: 1, signatures: 1 };
    const lus = await faits({ depense, pieces: refs }, { maxima });
    expect([lus.domaines[0]?.bordereaux.length, lus.references.length]).toEqual([2, 3]);
    expect([lus.pieces.length, lus.signatures.length]).toEqual([1, 1]);
    expect([...lus.tronquees].toSorted()).toEqual(['bordereaux', 'pieces', 'references', 'signatures']);
  });

  test('a value is cut, longer than any legal one', async () => {
    const { entetes } = await faits({ entetes: { NomFic: 'n'.repeat(5000) } });
    expect(entetes.nomFic?.valeur).toHaveLength(501);
  });

  test('150 MB go through without being held: one piece of 80 MB, then 70 MB of mandats', async () => {
    const [tete = '', pied = ''] = textePes({
      depense: null,
      pieces: [{ idUnique: 'A', fichier: '@' }],
    }).split('@');
    const [debut = '', fin = ''] = tete.split('<PES_PJ>');
    const mandat = textePes().match(/<Piece>[^]*<\/Piece>\n/)?.[0] ?? '';
    const lot = Buffer.from(mandat.repeat(Math.ceil(65_536 / mandat.length)), 'latin1');
    // members of a gzip one after the other are one file; of a length in threes, their base 64 needs no padding
    const membre = [0, 1, 2].map((k) => gzipSync(randomBytes(48_000 + k), { level: 0 }));
    const trois = membre.find((m) => m.length % 3 === 0) ?? Buffer.alloc(0);
    const base64 = Buffer.from(`${trois.toString('base64')}\n`);
    function* source(): Generator<Uint8Array> {
      yield Buffer.from(`${debut}<PES_DepenseAller><Bordereau>`, 'latin1');
      for (let n = 0; n < 70_000_000; n += lot.length) yield lot;
      yield Buffer.from(`</Bordereau></PES_DepenseAller><PES_PJ>${fin}`, 'latin1');
      for (let n = 0; n < 80_000_000; n += base64.length) yield base64;
      yield Buffer.from(pied, 'latin1');
    }
    const avant = process.memoryUsage().rss;
    let pire = 0;
    const guet = { ...muet(), ouvrir: () => void (pire = Math.max(pire, process.memoryUsage.rss())) };
    const { faits: lus, octets } = await lireFichierPes(source(), { recepteurs: [pasSouvent(guet)] });
    expect(octets).toBeGreaterThan(150_000_000);
    expect(lus).toMatchObject({ pieces: [{ contenu: { base64: 'bon', gzip: 'bon' } }] });
    expect(pire - avant).toBeLessThan(150_000_000);
  });
});

const muet = () => ({
  commencer: () => undefined,
  ouvrir: (): void => undefined,
  fermer: () => undefined,
  texte: () => undefined,
  caractere: () => undefined,
  commentaire: () => undefined,
  instruction: () => undefined,
  finir: () => undefined,
});

/** One tag in 10,000 is enough to see memory grow. */
function pasSouvent(guet: ReturnType<typeof muet>): ReturnType<typeof muet> {
  let rang = 0;
  const ouvrir = (): void => {
    rang += 1;
    if (rang % 10_000 === 0) guet.ouvrir();
  };
  return { ...guet, ouvrir };
}
