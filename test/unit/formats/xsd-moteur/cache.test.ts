import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { VERSION_ARTEFACT } from '../../../../src/formats/xsd/artefact.ts';
import { compilerEnCache } from '../../../../src/formats/xsd/cache.ts';
import { compilerXsd } from '../../../../src/formats/xsd/compiler.ts';
import { fichiersEcrits } from '../../../conformite/juges-xsd.ts';
import { LABORATOIRE } from '../../../conformite/laboratoire-xsd.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';
const type = (base: string) =>
  `<x:schema ${XS}><x:simpleType name="N"><x:restriction base="x:${base}"/></x:simpleType></x:schema>`;
const PRINCIPAL =
  `<x:schema ${XS} xmlns:b="urn:b"><x:include schemaLocation="n.xsd"/>` +
  '<x:import namespace="urn:b" schemaLocation="b.xsd"/><x:element name="r" type="N"/></x:schema>';
const FICHIERS = { 'a.xsd': PRINCIPAL, 'n.xsd': type('integer') };

const sha256 = (texte: string) => createHash('sha256').update(texte).digest('hex');

let dossier: string;
beforeEach(() => {
  dossier = join(mkdtempSync(join(tmpdir(), 'cache-xsd-')), 'cache');
});

const compiler = (fichiers: Readonly<Record<string, string>> = FICHIERS, cache: string | null = dossier) =>
  compilerEnCache('a.xsd', fichiersEcrits(fichiers), cache);
const entree = () => join(dossier, readdirSync(dossier)[0] ?? '');

/** Changes the entry, `digest` made to agree or not: an answer that says « marqué » came from the cache. */
function marquer(accorde: boolean): void {
  const corps = readFileSync(entree(), 'utf8').split('\n', 2)[1] ?? '';
  const change = corps.replace('"fichiers":["a.xsd"', '"fichiers":["marqué"');
  expect(change).not.toBe(corps);
  writeFileSync(entree(), `${sha256(accorde ? change : corps)}\n${change}`);
}

const premier = (c: ReturnType<typeof compiler>) => (c.type === 'compile' ? c.artefact.fichiers[0] : c.refus);

describe('compiled schemas kept on the disk', () => {
  test('the second time, nothing is compiled; what is given is the same', () => {
    const neuf = compiler();
    expect(compiler()).toEqual(neuf);
    marquer(true);
    expect(premier(compiler())).toBe('marqué');
  });

  test('for this account alone, and no draft is left', () => {
    compiler();
    expect(readdirSync(dossier)).toHaveLength(1);
    expect(statSync(entree()).mode & 0o077).toBe(0);
    expect(statSync(dossier).mode & 0o077).toBe(0);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['an included file changed', { ...FICHIERS, 'n.xsd': type('date') }],
    [
      'a file that was missing is there',
      { ...FICHIERS, 'b.xsd': `<x:schema ${XS} targetNamespace="urn:b"/>` },
    ],
    ['the main file changed', { ...FICHIERS, 'a.xsd': PRINCIPAL.replace('"r"', '"s"') }],
  ])('%s: compiled again', (_, fichiers) => {
    compiler();
    marquer(true);
    expect(compiler(fichiers)).toEqual(compilerXsd('a.xsd', fichiersEcrits(fichiers)));
  });

  test.each<[string, (texte: string) => string]>([
    ['damaged', (t) => t.replace('integer', 'intager')],
    ['cut', (t) => t.slice(0, 500)],
    ['empty', () => ''],
    ['of another version', (t) => autreVersion(t)],
    ['of another program', () => `${sha256('{}')}\n{}`],
  ])('an entry %s is compiled again, silently, and replaced', (_, changer) => {
    const neuf = compiler();
    const texte = readFileSync(entree(), 'utf8');
    writeFileSync(entree(), changer(texte));
    expect(compiler()).toEqual(neuf);
    expect(readFileSync(entree(), 'utf8')).toBe(texte);
  });

  test('a folder that cannot be written to costs time, nothing else', () => {
    const fichier = join(mkdtempSync(join(tmpdir(), 'cache-xsd-')), 'fichier');
    writeFileSync(fichier, '');
    expect(compiler(FICHIERS, fichier)).toEqual(compiler(FICHIERS, null));
  });

  test('a refusal is not kept', () => {
    expect(compiler({ 'a.xsd': PRINCIPAL }).type).toBe('refus');
    expect(compiler().type).toBe('compile');
  });

  test('the compiler gives what this version of the artefact means: change VERSION_ARTEFACT with the digest', () => {
    const c = compilerXsd('labo.xsd', LABORATOIRE.lire);
    const artefact = c.type === 'compile' ? { ...c.artefact, version: 0 } : null;
    expect([VERSION_ARTEFACT, sha256(JSON.stringify(artefact)).slice(0, 16)]).toEqual([
      3,
      'ca72616fa1f91873',
    ]);
  });
});

function autreVersion(texte: string): string {
  const corps = (texte.split('\n', 2)[1] ?? '').replace('{"version":3', '{"version":0');
  return `${sha256(corps)}\n${corps}`;
}
