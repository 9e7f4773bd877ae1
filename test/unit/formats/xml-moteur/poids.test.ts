import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { Canonisation, parId } from '../../../../src/formats/xml/c14n/canonisation.ts';
import type { Cible } from '../../../../src/formats/xml/c14n/cible.ts';
import { lireXml } from '../../../../src/formats/xml/lire.ts';
import { lire } from './lire.ts';

/** Long, on purpose: apart from the tests that mutants are set against. */
describe('heavy files', () => {
  test('a text of 60 MB goes through in bounded memory', () => {
    const bloc = Buffer.alloc(1 << 20, 'QUJDRA==');
    const temoin = createHash('sha256').update('<a Id="x">');
    const empreinte = createHash('sha256');
    const cible: Cible = { mode: 'exclusive', puits: [empreinte] };
    const analyseur = new AnalyseurXml(
      new Canonisation({ choisir: parId(new Map([['x', cible]])), termine: () => undefined }),
    );
    analyseur.ecrire(Buffer.from('<a Id="x">'));
    const avant = process.memoryUsage();
    for (let n = 0; n < 60; n += 1) {
      analyseur.ecrire(bloc);
      temoin.update(bloc);
    }
    const apres = process.memoryUsage();
    analyseur.ecrire(Buffer.from('</a>'));
    expect(analyseur.finir()).toBeNull();
    expect(empreinte.digest('hex')).toBe(temoin.update('</a>').digest('hex'));
    expect(apres.arrayBuffers - avant.arrayBuffers).toBeLessThan(8 << 20);
  });

  test('a text of 3 MB given by single bytes takes a time proportional to its size', () => {
    const long = `<a b="${'>'.repeat(900_000)}">${'&amp;'.repeat(200_000)}<![CDATA[${']'.repeat(1_000_000)}]]></a>`;
    expect(lire(long, { pas: 1 }).refus).toBeNull();
  });

  test('half a million elements is the most a tree may hold', () => {
    const beaucoup = (n: number) => Buffer.from(`<a>${'<b/>'.repeat(n)}</a>`);
    expect(lireXml(beaucoup(499_999)).type).toBe('lu');
    expect(lireXml(beaucoup(500_000))).toMatchObject({ ligne: 1, colonne: 4 + 4 * 499_999 });
  });
});
