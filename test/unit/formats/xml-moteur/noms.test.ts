import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { Canonisation } from '../../../../src/formats/xml/c14n/canonisation.ts';
import { EspacesRendus } from '../../../../src/formats/xml/c14n/espaces-rendus.ts';
import { Sortie } from '../../../../src/formats/xml/c14n/sortie.ts';
import { vueDe } from '../../../../src/formats/xml/mots.ts';
import {
  apresAttribut,
  apresElement,
  GENRE,
  NOM_COUPE,
  NOM_INVALIDE,
  NOMS_TROP,
  TableNoms,
} from '../../../../src/formats/xml/noms.ts';
import { lire } from './lire.ts';

/** What grows with the document: tables of names, of prefixes, bytes on their way. */

const suite = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

function canonique(source: string | Buffer, mode: 'exclusive' | 'inclusive', pas: number) {
  const recus: Buffer[] = [];
  const puits = [{ update: (o: Uint8Array) => recus.push(Buffer.from(o)) }];
  const canonisation = new Canonisation({
    choisir: () => null,
    document: { mode, puits },
    termine: () => undefined,
  });
  const analyseur = new AnalyseurXml(canonisation);
  const octets = typeof source === 'string' ? Buffer.from(source) : source;
  for (let i = 0; i < octets.length; i += pas) analyseur.ecrire(octets.subarray(i, i + pas));
  expect(analyseur.finir()).toBeNull();
  return { texte: Buffer.concat(recus).toString('utf8') };
}

describe('a document of many names', () => {
  const noms = suite(700).map((k) => `e${k}_${'long'.repeat(k % 20)}`);
  const corps = noms.map((n, k) => `<${n} a${k}="${k}" z="z"><${n}></${n}></${n}>`).join('');
  const source = `<racine>${corps}</racine>`;

  test.each([1 << 20, 1000, 7])('every name comes back as it was, cut every %i bytes', (pas) => {
    const { refus, lignes } = lire(source, { pas });
    expect(refus).toBeNull();
    const ouverts = lignes.filter((l) => l.startsWith('ouvrir')).map((l) => l.replace(/ @.*/, ''));
    const attendus = noms.flatMap((n, k) => [`ouvrir ${n} a${k}="${k}" z="z"`, `ouvrir ${n}`]);
    expect(ouverts).toEqual(['ouvrir racine', ...attendus]);
    expect(lignes.filter((l) => l.startsWith('fermer'))).toHaveLength(2 * noms.length + 1);
  });

  test.each(['exclusive', 'inclusive'] as const)('what is canonical stays so: %s', (mode) => {
    expect(canonique(source, mode, 997).texte).toBe(source);
  });

  test('an end tag of another name is refused, however many there were', () => {
    expect(lire(source.replace(`</e650_`, '</e651_')).refus?.code).toBe('XML-019');
  });

  test('an attribute said twice is seen among hundreds', () => {
    const attributs = suite(200)
      .map((k) => ` a${k}="${k}"`)
      .join('');
    expect(lire(`<a${attributs}/>`).refus).toBeNull();
    expect(lire(`<a${attributs} a199="x"/>`).refus).toMatchObject({
      code: 'XML-017',
      message: expect.stringContaining('« a199 »'),
    });
    expect(lire(`<a${attributs} a0="x"/>`).refus).toMatchObject({
      code: 'XML-017',
      message: expect.stringContaining('« a0 »'),
    });
  });
});

describe('a document of many prefixes', () => {
  const rangs = suite(80).map((k) => `p${String(k).padStart(2, '0')}`);
  const declarations = rangs.map((p) => ` xmlns:${p}="urn:${p}"`).join('');
  const corps = rangs.map((p) => `<${p}:x ${p}:y="1"></${p}:x>`).join('');

  test('each is bound, and bound again, to what it says where it is used', () => {
    const autre = `<b xmlns:p70="urn:autre"><p70:x></p70:x></b><p70:x></p70:x>`;
    const { lignes } = lire(`<a${declarations}>${corps}${autre}</a>`);
    const ouverts = lignes.filter((l) => l.startsWith('ouvrir')).map((l) => l.replace(/ @.*/, ''));
    expect(ouverts.slice(1, 81)).toEqual(rangs.map((p) => `ouvrir {urn:${p}}x {urn:${p}}y="1"`));
    expect(ouverts.slice(81)).toEqual(['ouvrir b', 'ouvrir {urn:autre}x', 'ouvrir {urn:p70}x']);
  });

  test('inclusive: all at the apex; exclusive: each where it is seen', () => {
    const source = `<a${declarations}>${corps}</a>`;
    expect(canonique(source, 'inclusive', 100).texte).toBe(source);
    const rendus = rangs.map((p) => `<${p}:x xmlns:${p}="urn:${p}" ${p}:y="1"></${p}:x>`);
    expect(canonique(source, 'exclusive', 100).texte).toBe(`<a>${rendus.join('')}</a>`);
  });

  test('a prefix declared twice by one tag is refused, were it the eightieth', () => {
    const { refus } = lire(`<a${declarations} xmlns:p79="urn:b"/>`);
    expect(refus).toMatchObject({
      code: 'XML-017',
      message: expect.stringContaining('« xmlns:p79 »'),
    });
  });

  test('one that is unbound is refused by its name', () => {
    expect(lire(`<a${declarations}><q:x/></a>`).refus).toMatchObject({
      code: 'XML-027',
      message: expect.stringContaining('« q »'),
    });
  });
});

describe('names that would cost too much', () => {
  test('namespaces are counted as names are', () => {
    const enchaines = (n: number) =>
      `<a>${suite(n)
        .map((k) => `<b xmlns:p="urn:${k}"/>`)
        .join('')}</a>`;
    const limites = { noms: 20 };
    expect(lire(enchaines(18), { limites }).refus).toBeNull();
    expect(lire(enchaines(19), { limites }).refus).toMatchObject({
      code: 'XML-044',
      message: expect.stringContaining('20 noms'),
    });
  });

  test('so are the names that one prefix makes as it is bound anew', () => {
    // 3 written names, 60 namespaces for two of them: 120 expanded names
    const bornes = [30, 62, 200].map((noms) => {
      const corps = suite(60)
        .map((k) => `<b xmlns="urn:${k}"><c/></b>`)
        .join('');
      return lire(`<a>${corps}</a>`, { limites: { noms } }).refus?.code ?? null;
    });
    expect(bornes).toEqual(['XML-044', null, null]);
  });

  test('honest names that fall together are told apart; too many of them are refused', () => {
    // Aa and BB have the same hash, as in Java; so has any chain of them
    const bits = (k: number, n: number) =>
      suite(n)
        .map((b) => ((k >> b) & 1 ? 'Aa' : 'BB'))
        .join('');
    const document = (n: number) =>
      `<r>${suite(n)
        .map((k) => `<${bits(k, 9)}></${bits(k, 9)}>`)
        .join('')}</r>`;
    expect(lire(document(200)).refus).toBeNull();
    expect(canonique(document(200), 'exclusive', 50).texte).toBe(document(200));
    expect(lire(document(300)).refus?.code).toBe('XML-044');
  });
});

describe('the table of names', () => {
  const table = (texte: string, noms = 1000): TableNoms => {
    const t = new TableNoms({ noms });
    // the tokeniser keeps a byte that is no name after what it has read
    const octets = Buffer.from(`${texte}\0`);
    t.installer(octets, vueDe(octets), texte.length);
    return t;
  };

  test('the same bytes give the same integer, others another; what follows is told', () => {
    const t = table('abc abc abcd ab:c xml:lang xmlns xmlns:p ');
    const a = t.lire(0, apresElement(0));
    expect([t.apres, t.lire(4, apresElement(1)), t.lire(8, apresElement(2)) === a]).toEqual([3, a, false]);
    expect(t.qualifieDe(a)).toBe('abc');
    const autres = [13, 18, 27, 33].map((place) => t.lire(place, apresAttribut(place)));
    expect(autres.map((q) => t.genre[q])).toEqual([
      GENRE.prefixe,
      GENRE.xml,
      GENRE.declarationDefaut,
      GENRE.declaration,
    ]);
    expect(autres.map((q) => t.qualifieDe(q))).toEqual(['ab:c', 'xml:lang', 'xmlns', 'xmlns:p']);
  });

  test('what came last after a trace is awaited after it, and after no other', () => {
    const t = table('a b ');
    const [a, b] = [t.lire(0, apresElement(3)), t.lire(2, apresAttribut(3))];
    expect([t.attendu(apresElement(3)), t.attendu(apresAttribut(3)), t.attendu(apresElement(4))]).toEqual([
      a,
      b,
      -1,
    ]);
    expect(t.lire(2, apresElement(3))).toBe(b);
    expect(t.attendu(apresElement(3))).toBe(b);
  });

  test('what is no name, or is cut, or is one too many, is none and is awaited nowhere', () => {
    const t = table('a:b:c x y z', 2);
    expect(t.lire(0, 0)).toBe(NOM_INVALIDE);
    expect(t.lire(10, 0)).toBe(NOM_COUPE);
    expect([t.lire(6, 0), t.lire(8, 2)]).toEqual([0, 1]);
    expect(table('a b ', 1).lire(0, 0)).toBe(0);
    const pleine = table('a b ', 1);
    pleine.lire(0, 0);
    expect(pleine.lire(2, 2)).toBe(NOMS_TROP);
    expect(pleine.attendu(2)).toBe(-1);
  });

  test('integers that were never given have no name', () => {
    const t = new TableNoms({ noms: 10 });
    expect([t.localDe(99), t.uri(99), t.qualifieDe(99), t.nomPrefixe(99), t.espaceDe(99)]).toEqual([
      '',
      '',
      '',
      '',
      0,
    ]);
    expect([t.nombreNoms(), t.localDe(0), t.localDe(1)]).toEqual([2, 'Id', 'id']);
  });

  test('a name of no prefix has no namespace as an attribute, that of the default one as an element', () => {
    const t = table('a ');
    const q = t.lire(0, 0);
    const avant = t.nu(q);
    t.espaces.lier(0, t.espaces.uri('urn:d'), 1);
    expect(t.nu(q)).toBe(avant);
    expect(t.uri(t.espaceDe(t.resoudre(q)))).toBe('urn:d');
    expect(t.uri(t.espaceDe(t.nu(q)))).toBe('');
  });
});

describe('namespaces already written', () => {
  test('`xml` always is; a prefix is until its element ends', () => {
    const t = new TableNoms({ noms: 100 });
    const rendus = new EspacesRendus(t);
    expect([rendus.dejaRendu(1), rendus.dejaRendu(0)]).toEqual([true, true]);
    const p = t.espaces.prefixe('p');
    t.espaces.lier(p, t.espaces.uri('urn:p'), 1);
    expect(rendus.dejaRendu(p)).toBe(false);
    rendus.employer(p, 1);
    rendus.employer(p, 2);
    rendus.employer(1, 2);
    expect([rendus.aEcrire, rendus.dejaRendu(p)]).toEqual([[p], true]);
    rendus.sortir(2);
    expect(rendus.dejaRendu(p)).toBe(true);
    rendus.sortir(1);
    expect(rendus.dejaRendu(p)).toBe(false);
  });
});

describe('bytes on their way to the digest', () => {
  const LATIN1 = Uint16Array.from(suite(256));
  const recevoir = () => {
    const recus: Buffer[] = [];
    return { recus, puits: [{ update: (o: Uint8Array) => recus.push(Buffer.from(o)) }] };
  };
  const TAILLES = [0, 1, 255, 256, 257, 2047, 2048, 2049, 16_383, 16_384, 16_385, 40_000];

  test.each(TAILLES)('a text of %i bytes goes out whole, in pieces of 16 kB at most', (taille) => {
    for (const avant of [0, 1, 300]) {
      const texte = 'abcdefgh<&>é'.repeat(Math.ceil(taille / 13)).slice(0, taille);
      const octets = Buffer.from(texte, 'latin1');
      const { recus, puits } = recevoir();
      const sortie = new Sortie(puits, LATIN1);
      sortie.texte(Buffer.alloc(avant, 0x2e), 0, avant);
      sortie.texte(octets, 0, octets.length);
      sortie.vider();
      const rendu = texte.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      expect(Buffer.concat(recus).toString('utf8')).toBe('.'.repeat(avant) + rendu);
      expect(sortie.livres).toBe(Buffer.byteLength(rendu) + avant);
      expect(Math.max(0, ...recus.map((r) => r.length))).toBeLessThanOrEqual(1 << 14);
    }
  });

  test.each(TAILLES)('%i bytes that are canonical already, then others', (taille) => {
    for (const avant of [0, 16_000, 16_384]) {
      const octets = Buffer.from(suite(taille + 20).map((k) => 0x41 + (k % 26)));
      const { recus, puits } = recevoir();
      const sortie = new Sortie(puits, null);
      for (let k = 0; k < avant; k += 1) sortie.octet(0x2e);
      sortie.brut(octets, 10, 10 + taille);
      sortie.brut(octets, 10 + taille, 12 + taille);
      sortie.octet(0x21);
      sortie.brut(octets, 0, 3);
      sortie.vider();
      const attendu = `${'.'.repeat(avant)}${octets.toString('latin1', 10, 12 + taille)}!ABC`;
      expect(Buffer.concat(recus).toString('latin1')).toBe(attendu);
      expect(sortie.livres).toBe(attendu.length);
    }
  });

  test('nothing is given to the sinks when there is nothing', () => {
    const { recus, puits } = recevoir();
    const sortie = new Sortie(puits, null);
    sortie.vider();
    sortie.brut(Buffer.from('abc'), 1, 1);
    sortie.vider();
    expect([recus.length, sortie.livres]).toEqual([0, 0]);
  });

  test.each([0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff])('U+%i is written in UTF-8', (code) => {
    const { recus, puits } = recevoir();
    const sortie = new Sortie(puits, null);
    sortie.caractere(code);
    sortie.valeur(String.fromCodePoint(code));
    sortie.vider();
    expect(Buffer.concat(recus).toString('utf8')).toBe(String.fromCodePoint(code).repeat(2));
  });

  test('values and characters are escaped each in their way', () => {
    const { recus, puits } = recevoir();
    const sortie = new Sortie(puits, null);
    sortie.valeur('é<&>"\t\n\r');
    sortie.chaine('|é|');
    for (const c of '<&>"\t\n\r') sortie.caractere(c.codePointAt(0) ?? 0);
    sortie.vider();
    expect(Buffer.concat(recus).toString('utf8')).toBe(
      'é&lt;&amp;>&quot;&#x9;&#xA;&#xD;|é|&lt;&amp;&gt;"\t\n&#xD;',
    );
  });

  test.each([
    [LATIN1, 'latin1'],
    [null, 'utf8'],
  ] as const)('raw values: references, blanks and quotes; comments: line ends (%#)', (unicode, encodage) => {
    const { recus, puits } = recevoir();
    const sortie = new Sortie(puits, unicode);
    const valeur = Buffer.from('é&amp;\r\n\r\n\t"&#xe9;é', encodage);
    sortie.attribut(valeur, 0, valeur.length);
    const libre = Buffer.from('é\r\n\rx\r\n', encodage);
    sortie.libre(libre, 0, libre.length);
    sortie.libre(libre, 0, libre.length - 1);
    const haut = Buffer.from(`${'é'.repeat(3000)}a`, encodage);
    sortie.haut(haut, 0, haut.length);
    sortie.vider();
    expect(Buffer.concat(recus).toString('utf8')).toBe(
      `é&amp;   &quot;ééé\n\nx\né\n\nx\n${'é'.repeat(3000)}a`,
    );
  });
});
