import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lireCatalogue, trouverCatalogue } from '../../../../src/formats/xsd/catalogue.ts';
import { ouvrirFichiers } from '../../../../src/formats/xsd/fichiers.ts';

const racine = mkdtempSync(join(tmpdir(), 'fichiers-xsd-'));
function poser(nom: string, texte: string): string {
  const chemin = join(racine, nom);
  mkdirSync(dirname(chemin), { recursive: true });
  writeFileSync(chemin, texte);
  return chemin;
}
const ESPACE = 'urn:oasis:names:tc:entity:xmlns:xml:catalog';
const catalogue = (entrees: string): string => `<catalog xmlns="${ESPACE}">${entrees}</catalog>`;

describe('XML Catalogs 1.1: addresses, and where their files stand', () => {
  const lire = (texte: string) => {
    const lu = lireCatalogue(poser('cat/catalogue.xml', texte));
    return lu.type === 'lu' ? Object.fromEntries(lu.chemins) : lu.refus;
  };
  const ici = (nom: string): string => join(racine, 'cat', nom);

  test('uri and system entries, relative to the catalogue (6.5.3, 6.5.8)', () => {
    expect(
      lire(catalogue('<uri name="urn:a" uri="a.xsd"/><system systemId="http://b" uri="sous/b.xsd"/>')),
    ).toEqual({
      'urn:a': ici('a.xsd'),
      'http://b': ici('sous/b.xsd'),
    });
  });

  test('the first entry of an address holds (7.2.2)', () => {
    expect(lire(catalogue('<uri name="urn:a" uri="a.xsd"/><system systemId="urn:a" uri="b.xsd"/>'))).toEqual({
      'urn:a': ici('a.xsd'),
    });
  });

  test('entries of other kinds, or without address or file, are left', () => {
    const autres =
      '<rewriteURI uriStartString="urn:" rewritePrefix="x/"/><nextCatalog catalog="c.xml"/><group><uri name="urn:g" uri="g.xsd"/></group>' +
      '<uri uri="sans.xsd"/><uri name="urn:sans"/><uri systemId="urn:s" uri="s.xsd"/><system name="urn:n" uri="n.xsd"/><public publicId="p" uri="p.xsd"/>';
    expect(lire(catalogue(autres))).toEqual({});
  });

  test.each([
    ['<catalog xmlns="urn:x"/>', 1, 'ce n’est pas un catalogue XML (OASIS)'],
    [`<catalogue xmlns="${ESPACE}"/>`, 1, 'ce n’est pas un catalogue XML (OASIS)'],
    ['<catalog>\n</catalogue>', 2, expect.stringMatching(/« catalog/)],
  ])('%s is none: told with its line', (texte, ligne, message) => {
    expect(lire(texte)).toEqual({
      genre: 'invalide',
      fichier: join(racine, 'cat/catalogue.xml'),
      ligne,
      message,
    });
  });

  test.each(['absent.xml', ''])('« %s » cannot be read', (nom) => {
    const fichier = join(racine, nom);
    expect(lireCatalogue(fichier)).toEqual({
      type: 'refus',
      refus: { genre: 'absent', fichier, ligne: 0, message: 'le catalogue ne peut pas être lu' },
    });
  });

  test('a million bytes at most', () => {
    const plein = (n: number) => `${catalogue('')}${' '.repeat(n - catalogue('').length)}`;
    expect(lire(plein(1_000_000))).toEqual({});
    expect(lire(plein(1_000_001))).toMatchObject({ genre: 'absent' });
  });

  test('the nearest is found, going up as far as asked, and no further', () => {
    mkdirSync(join(racine, 'x/y/z'), { recursive: true });
    const chercher = (depuis: string, sommet: string) =>
      trouverCatalogue(join(racine, depuis), join(racine, sommet));
    expect(chercher('x/y/z', 'x')).toBeNull();
    const haut = poser('x/catalog.xml', catalogue(''));
    expect([chercher('x/y/z', 'x'), chercher('x/y/z', 'x/y'), chercher('x', 'x')]).toEqual([
      haut,
      null,
      haut,
    ]);
    const pres = poser('x/y/catalog.xml', catalogue(''));
    expect(chercher('x/y/z', 'x')).toBe(pres);
    poser('x/y/z/catalog.xml', '<autre/>');
    expect(chercher('x/y/z', 'x')).toBe(pres);
    expect(trouverCatalogue(racine, join(racine, 'ailleurs'))).toBeNull();
  });
});

describe('the files that a schema may draw on', () => {
  const ouvrir = (nom: string, catalogueDonne?: string) => {
    const ouverture = ouvrirFichiers(join(racine, nom), catalogueDonne);
    if (ouverture.type === 'refus') throw new TypeError(ouverture.refus.message);
    const { principal, lire, afficher } = ouverture.fichiers;
    return { principal, afficher, lire: (f: string) => lire(f)?.toString() ?? null };
  };
  poser('s/1/2/3/a.xsd', 'a');
  poser('s/1/2/3/sous/b.xsd', 'b');
  poser('s/1/2/c.xsd', 'c');
  poser('s/1/d.xsd', 'd');
  poser('s/e.xsd', 'e');
  poser('s/12/f.xsd', 'f');

  test('its own folder, below it, two above it; they are named from there', () => {
    const { principal, lire, afficher } = ouvrir('s/1/2/3/a.xsd');
    expect(principal).toBe('2/3/a.xsd');
    expect(['2/3/a.xsd', '2/3/sous/b.xsd', '2/c.xsd', 'd.xsd'].map(lire)).toEqual(['a', 'b', 'c', 'd']);
    expect(
      ['../e.xsd', '../12/f.xsd', '2/3/absent.xsd', '2/3/sous', '', join(racine, 's/e.xsd')].map(lire),
    ).toEqual(Array.from({ length: 6 }, () => null));
    expect(['2/3/a.xsd', '2/3/sous/b.xsd', 'd.xsd', 'http://a/b.xsd', 'URN:x'].map(afficher)).toEqual([
      'a.xsd',
      'sous/b.xsd',
      '../../d.xsd',
      'http://a/b.xsd',
      'URN:x',
    ]);
  });

  test('a link that leads out leads nowhere, one that stays within is followed', () => {
    symlinkSync(join(racine, 's/e.xsd'), join(racine, 's/1/2/3/dehors.xsd'));
    symlinkSync(join(racine, 's/1/d.xsd'), join(racine, 's/1/2/3/dedans.xsd'));
    const { lire } = ouvrir('s/1/2/3/a.xsd');
    expect([lire('2/3/dehors.xsd'), lire('2/3/dedans.xsd')]).toEqual([null, 'd']);
  });

  test('sixteen million bytes at most', () => {
    poser('s/1/2/3/gros.xsd', ' '.repeat(16_000_001));
    poser('s/1/2/3/limite.xsd', ' '.repeat(16_000_000));
    const { lire } = ouvrir('s/1/2/3/a.xsd');
    expect([lire('2/3/gros.xsd'), lire('2/3/limite.xsd')?.length]).toEqual([null, 16_000_000]);
  });

  test('an address only through a catalogue, to files under its own folder', () => {
    const adresse = 'http://exemple.fr/d.xsd';
    expect(ouvrir('s/1/2/3/a.xsd').lire(adresse)).toBeNull();
    const donne = poser(
      's/12/donne.xml',
      catalogue(`<uri name="${adresse}" uri="f.xsd"/><uri name="urn:e" uri="../e.xsd"/>`),
    );
    const { lire } = ouvrir('s/1/2/3/a.xsd', donne);
    expect([lire(adresse), lire('urn:e'), lire('urn:autre')]).toEqual(['f', null, null]);
    poser('s/1/catalog.xml', catalogue(`<uri name="${adresse}" uri="d.xsd"/>`));
    expect(ouvrir('s/1/2/3/a.xsd').lire(adresse)).toBe('d');
    expect(ouvrir('s/1/2/3/a.xsd', donne).lire(adresse)).toBe('f');
  });

  test('of a schema that is not there, nothing is said here', () => {
    const { principal, lire } = ouvrir('s/1/2/absent.xsd');
    expect([principal, lire(principal)]).toEqual(['1/2/absent.xsd', null]);
  });
});
