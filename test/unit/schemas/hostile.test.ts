import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { importerPaquet } from '../../../src/adapters/schemas/importer.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import type { EntreeBrute } from '../formats/asic/zip-brut.ts';
import { ALLER, comprime, jeu, type Montage, monter, racine, schema } from './decor.ts';

/** Sets made to harm: each is refused in French, and leaves nothing. */

let m: Montage;
beforeEach(() => {
  m = monter();
});
afterEach(() => {
  expect(m.noms()).toEqual([]);
  m.fermer();
});

const SAIN = Object.entries(jeu()).map(([nom, contenu]) => comprime(nom, contenu));
const LIEN = (0o120777 * 0x1_0000) >>> 0;

async function refuse(source: string, motif: string | RegExp, code = 3): Promise<void> {
  const r = await m.lancer('importer', source, '--nom', 'x');
  expect([r.code, r.erreur]).toEqual([code, expect.stringMatching(motif)]);
  expect(r.erreur).toMatch(/Remède : /);
}

describe('a ZIP', () => {
  const nomme = (nom: string): EntreeBrute => comprime(nom, racine(ALLER));
  test.each<[string, readonly EntreeBrute[], string]>([
    ['a name that climbs out', [nomme('../../x.xsd')], 'chemin qui sort du dossier'],
    ['one that climbs out further on', [nomme('PES_V2/../../x.xsd')], 'chemin qui sort du dossier'],
    ['an absolute name', [nomme('/tmp/x.xsd')], 'chemin absolu'],
    ['a name of another system', [nomme('..\\x.xsd')], 'barre oblique inverse'],
    ['a drive', [nomme('c:/x.xsd')], 'deux-points'],
    ['a line end in a name, which would forge a digest', [nomme('a\n.xsd')], 'caractère de contrôle'],
    ['a name too long', [nomme(`${'x'.repeat(250)}.xsd`)], 'nom de plus de 200 caractères'],
    ['a link', [comprime('lien.xsd', '/etc/passwd', { attributs: LIEN })], 'est un lien'],
    ['the same name twice', [nomme('xmldsig/xmldsig.xsd')], 'nom en double'],
    ['names that differ by case', [nomme('XMLdsig/xmldsig.xsd')], 'nom en double'],
    ['a file that is a folder too', [nomme('xmldsig')], '« xmldsig » est à la fois un fichier et un dossier'],
    ['a password', [comprime('x.xsd', 'x', { bits: 0x0801 })], 'chiffré'],
    ['a schema of 5 MB', [comprime('x.xsd', ' '.repeat(5_000_000))], 'dépasse 4\\s000\\s000 octets'],
    ['a size that lies', [comprime('x.xsd', ' '.repeat(1_000_000), { taille: 10 })], 'plus long qu’annoncé'],
    ['a bomb', [comprime('x.bin', 'x', { taille: 0xffff_fff0 })], 'contenu démesuré'],
    [
      'schemas without end',
      Array.from({ length: 17 }, (_, n) => comprime(`${n}.xsd`, 'x', { taille: 3_999_999 })),
      'dépassent ensemble',
    ],
    ['bytes that were changed', [comprime('x.xsd', 'x', { crc: 1 })], 'somme de contrôle'],
    [
      'thousands of files',
      Array.from({ length: 5_001 }, (_, n) => ({ nom: `${n}`, octets: Buffer.alloc(0) })),
      'trop de fichiers',
    ],
  ])('%s', async (_, entrees, motif) => {
    await refuse(m.zipperBrut('x.zip', [...SAIN, ...entrees]), motif);
  });

  test('another file, or none', async () => {
    await refuse(m.ecrire('x.zip', 'PK'), 'ce n’est pas un ZIP', 1);
    await refuse(m.ici('absent.zip'), 'fichier absent', 1);
  });

  test('no schema at all', () =>
    refuse(m.zipperBrut('x.zip', [comprime('x.txt', 'x')]), 'aucun fichier .xsd'));
});

describe('a folder', () => {
  test('a link to a file, to a folder: refused, wherever it leads', async () => {
    symlinkSync('/etc/passwd', join(m.poser('a'), 'lien.xsd'));
    symlinkSync('/', join(m.poser('b'), 'PES_V2/lien'));
    await refuse(m.ici('a'), '« lien.xsd » est un lien');
    await refuse(m.ici('b'), '« PES_V2/lien » est un lien');
  });

  test('a pipe does not hang the reading', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', join(m.poser('a'), 'tuyau.xsd')]);
    await refuse(m.ici('a'), '« tuyau.xsd » n’est pas un fichier ordinaire');
  });

  test('names that another system would merge, or could not write', async () => {
    await refuse(m.poser('a', jeu(5, { 'PES_V2/communs.xsd': '' })), 'ne diffère que par la casse');
    await refuse(m.poser('b', jeu(5, { 'PES_V2/a:b.xsd': '' })), 'deux-points');
  });

  test('folders without end', async () => {
    await refuse(m.poser('a', jeu(5, { [`${'d/'.repeat(40)}x.xsd`]: '' })), 'trop de dossiers imbriqués');
  });
});

describe('a schema', () => {
  const seul = (texte: string) => m.poser('x', jeu(5, { 'PES_V2/piege.xsd': texte }));
  test.each([
    [
      'a DOCTYPE, even in a file that nothing uses',
      '<!DOCTYPE s [<!ENTITY a "a">]><s>&a;</s>',
      /PES_V2\/piege\.xsd, ligne 1 : .*DOCTYPE/,
    ],
    ['a DOCTYPE that would read a file', '<!DOCTYPE s SYSTEM "file:///etc/passwd"><s/>', /DOCTYPE/],
    ['elements without end', `${'<a>'.repeat(300)}${'</a>'.repeat(300)}`, /piege\.xsd, ligne 1 : .*256/],
    ['no XML', 'PK\u0003\u0004', /piege\.xsd, ligne 1/],
  ])('%s', (_, texte, motif) => refuse(seul(texte), motif));

  const entree = (corps: string) =>
    m.poser('x', jeu(5, { 'PES_V2/Rev0/PES_Aller.xsd': schema(ALLER.espace, corps) }));

  test('a pattern nested beyond measure: the compilation is given up, and said', async () => {
    const motif = '('.repeat(50_000) + ')'.repeat(50_000);
    const type = `<xs:simpleType name="T"><xs:restriction base="xs:string"><xs:pattern value="${motif}"/></xs:restriction></xs:simpleType>`;
    await refuse(
      entree(`<xs:element name="PES_Aller"/>${type}`),
      'VGM-SCH-006 .* \\(imbrications sans mesure\\)',
      1,
    );
  });

  test('a content that takes for ever to compile is stopped', async () => {
    const elements = Array.from({ length: 3_000 }, (_, n) => `<xs:element name="e${n}" minOccurs="0"/>`).join(
      '',
    );
    const corps = `<xs:element name="PES_Aller"><xs:complexType><xs:sequence>${elements}</xs:sequence></xs:complexType></xs:element>`;
    const demande = {
      source: entree(corps),
      nom: 'x',
      remplacer: false,
      dossier: m.dossier,
      auteur: { qui: 'essai', quand: 0 as Instant },
      compilation: { delai: 1 },
    };
    await expect(importerPaquet(demande)).rejects.toThrow(/VGM-SCH-006 .*arrêtée au bout de/);
  });

  test('nothing is read outside of the set', async () => {
    m.ecrire('dehors.xsd', schema(ALLER.espace, ''));
    const lieux = ['../../../dehors.xsd', m.ici('dehors.xsd'), `file://${m.ici('dehors.xsd')}`];
    const inclus = lieux.map((lieu) => `<xs:include schemaLocation="${lieu}"/>`).join('');
    await refuse(entree(`${inclus}<xs:element name="PES_Aller"/>`), /(?:n’est pas dans le jeu[^]*){3}/);
    expect(readdirSync(m.racine).toSorted()).toEqual(['dehors.xsd', 'donnees', 'x']);
  });
});
