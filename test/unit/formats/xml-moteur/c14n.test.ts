import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { Canonisation, parId } from '../../../../src/formats/xml/c14n/canonisation.ts';
import type { Cible, ElementCanonise } from '../../../../src/formats/xml/c14n/cible.ts';
import { comparer } from '../../../../src/formats/xml/c14n/ordre.ts';

type Demande = Omit<Cible, 'puits'>;

const EXC: Demande = { mode: 'exclusive' };
const INC: Demande = { mode: 'inclusive' };

interface Canonise {
  readonly formes: Record<string, string>;
  readonly elements: ElementCanonise[];
}

/** Canonical forms by Id, `*` for the whole document. */
function canoniser(source: string | Buffer, demandes: Readonly<Record<string, Demande>>): Canonise {
  const morceaux: Record<string, Buffer[]> = {};
  const elements: ElementCanonise[] = [];
  const cible = (id: string, demande: Demande): Cible => {
    const recus: Buffer[] = [];
    morceaux[id] = recus;
    return { ...demande, puits: [{ update: (o) => recus.push(Buffer.from(o)) }] };
  };
  const { '*': document, ...autres } = demandes;
  const cibles = new Map(Object.entries(autres).map(([id, d]) => [id, cible(id, d)]));
  const canonisation = new Canonisation({
    choisir: parId(cibles),
    ...(document === undefined ? {} : { document: cible('*', document) }),
    termine: (element) => void elements.push(element),
  });
  const analyseur = new AnalyseurXml(canonisation);
  analyseur.ecrire(typeof source === 'string' ? Buffer.from(source) : source);
  expect(analyseur.finir()).toBeNull();
  const formes = Object.entries(morceaux).map(([id, recus]) => [id, Buffer.concat(recus).toString('utf8')]);
  return { formes: Object.fromEntries(formes), elements };
}

const forme = (source: string | Buffer, demande: Demande, id = '*') =>
  canoniser(source, { [id]: demande }).formes[id];

describe('Canonical XML 1.0 (REC-xml-c14n-20010315)', () => {
  const PI = `<?xml version="1.0"?>\n\n<?xml-stylesheet   href="doc.xsl"\n   type="text/xsl"   ?>\n\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->\n`;

  test('§3.1: instructions and comments around the root', () => {
    expect(forme(PI, INC)).toBe(
      '<?xml-stylesheet href="doc.xsl"\n   type="text/xsl"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>',
    );
    expect(forme(PI, { ...INC, commentaires: true })).toBe(
      '<?xml-stylesheet href="doc.xsl"\n   type="text/xsl"   ?>\n<doc>Hello, world!<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->',
    );
  });

  test('§3.3: tags, order of attributes, superfluous declarations', () => {
    const source = `<doc>
   <e1   />
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org"><e7 xmlns="http://www.ietf.org"><e8 xmlns="" xmlns:a="http://www.w3.org"/></e7></e6>
</doc>`;
    expect(forme(source, INC)).toBe(`<doc>
   <e1></e1>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org"><e7 xmlns="http://www.ietf.org"><e8 xmlns=""></e8></e7></e6>
</doc>`);
  });

  test('§3.4: character references and white space', () => {
    const source = `<doc><t>First line&#x0d;&#10;Second line</t><v>&#x32;</v><c><![CDATA[v>"0" && v<"10"]]></c><n expr='v>"0" &amp;&amp; v&lt;"10"' a=' &apos;  &#x20;&#13;&#xa;&#9;&apos; '/></doc>`;
    expect(forme(source, INC)).toBe(
      `<doc><t>First line&#xD;\nSecond line</t><v>2</v><c>v&gt;"0" &amp;&amp; v&lt;"10"</c><n a=" '   &#xD;&#xA;&#x9;' " expr="v>&quot;0&quot; &amp;&amp; v&lt;&quot;10&quot;"></n></doc>`,
    );
  });

  test('§2.4: the apex of a subtree takes the namespaces and the xml:… attributes of what is left out', () => {
    const source =
      '<a xmlns="urn:d" xmlns:p="urn:p" xml:lang="fr" xml:space="preserve"><b xml:lang="en"><c Id="x" xml:space="default" z="1"><d xml:lang="de"/></c></b></a>';
    expect(forme(source, INC, 'x')).toBe(
      '<c xmlns="urn:d" xmlns:p="urn:p" Id="x" z="1" xml:lang="en" xml:space="default"><d xml:lang="de"></d></c>',
    );
    expect(forme(source, EXC, 'x')).toBe(
      '<c xmlns="urn:d" Id="x" z="1" xml:space="default"><d xml:lang="de"></d></c>',
    );
  });

  test('`&` of a namespace is escaped like that of any attribute, which libxml2 forgets (§2.3)', () => {
    expect(forme('<a xmlns="http://a.fr/?b&amp;c"/>', INC)).toBe('<a xmlns="http://a.fr/?b&amp;c"></a>');
  });

  test('every encoding ends as UTF-8, names included; C1 controls are kept', () => {
    const octets = Buffer.from(
      '<?xml version="1.0" encoding="ISO-8859-15"?><\xe9 \xbd="\x80 > \xa4">\xe9>\xa4\x80</\xe9>',
      'latin1',
    );
    expect(forme(octets, EXC)).toBe('<é œ="\u0080 > €">é&gt;€\u0080</é>');
  });

  test('code points are ordered as UTF-8 bytes are, which JavaScript strings are not', () => {
    expect(comparer('\uffee', '\u{10000}')).toBeLessThan(0);
    expect(comparer('\u{10000}', '\u{10001}')).toBeLessThan(0);
    expect(comparer('a', 'ab')).toBeLessThan(0);
    expect(comparer('a', 'a')).toBe(0);
  });
});

describe('Exclusive XML Canonicalization 1.0 (REC-xml-exc-c14n-20020718)', () => {
  test('§2.2: the same element in two contexts has one form', () => {
    const interne =
      '<n1:elem2 xmlns:n1="http://example.net" xml:lang="en" Id="x"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2>';
    const un = `<n0:pdu xmlns:n0="http://a.example" xmlns:n1="http://example.net">${interne}</n0:pdu>`;
    const deux = `<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" xml:space="retain">${interne}</n2:pdu>`;
    const attendu =
      '<n1:elem2 xmlns:n1="http://example.net" Id="x" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>';
    expect(forme(un, EXC, 'x')).toBe(attendu);
    expect(forme(deux, EXC, 'x')).toBe(attendu);
  });

  test('a prefix list brings back what only contents use, as for xsi:type', () => {
    const source =
      '<a xmlns="urn:d" xmlns:xs="urn:xs" xmlns:z="urn:z"><b Id="x"><c xmlns:xs="urn:xs2"/></b></a>';
    expect(forme(source, { ...EXC, prefixes: ['xs', 'inconnu'] }, 'x')).toBe(
      '<b xmlns="urn:d" xmlns:xs="urn:xs" Id="x"><c xmlns:xs="urn:xs2"></c></b>',
    );
    expect(
      forme('<p:a xmlns:p="urn:p" xmlns="urn:d" Id="x"/>', { ...EXC, prefixes: ['#default'] }, 'x'),
    ).toBe('<p:a xmlns="urn:d" xmlns:p="urn:p" Id="x"></p:a>');
  });
});

describe('several elements in one pass', () => {
  const SIGNE = `<r Id="R"><b Id="B1">1<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><x/>s</ds:Signature></b><b Id="B2">2</b></r>`;

  test('elements inside each other, each in its own way, inner ones first', () => {
    const { formes, elements } = canoniser(SIGNE, { R: INC, B1: { ...EXC, sansSignature: true }, B2: EXC });
    expect(formes['B1']).toBe('<b Id="B1">1</b>');
    expect(formes['B2']).toBe('<b Id="B2">2</b>');
    expect(formes['R']).toContain('<ds:Signature xmlns:ds=');
    expect(elements.map((e) => e.id)).toEqual(['B1', 'B2', 'R']);
  });

  test('the enveloped signature is cut from its own element only, and counted', () => {
    const { formes, elements } = canoniser(SIGNE, {
      R: { ...EXC, sansSignature: true },
      B1: { ...EXC, sansSignature: true },
    });
    expect(formes['R']).toContain('Signature');
    expect(elements.map((e) => e.signaturesOmises)).toEqual([1, 0]);
    const deux = SIGNE.replace(/(<ds:Sig.*<\/ds:Signature>)/, '$1$1');
    expect(canoniser(deux, { B1: { ...EXC, sansSignature: true } }).elements[0]?.signaturesOmises).toBe(2);
    expect(forme(deux, { ...EXC, sansSignature: true })).toContain('Signature');
  });

  test('offsets say where to splice an Id and a signature into the untouched bytes', () => {
    const { elements } = canoniser(SIGNE, { B2: EXC });
    const [e] = elements;
    expect(SIGNE.slice(e?.debut, e?.finNom)).toBe('<b');
    expect(SIGNE.slice(e?.fermante, e?.fin)).toBe('</b>');
    expect(e?.longueur).toBe('<b Id="B2">2</b>'.length);
  });

  test('one element may be canonicalised twice, and bytes go to every sink', () => {
    const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
    const cibles: Cible[] = [
      { mode: 'exclusive', puits: [sha256, sha512] },
      { mode: 'inclusive', puits: [] },
    ];
    const longueurs: number[] = [];
    const analyseur = new AnalyseurXml(
      new Canonisation({
        choisir: (balise) => (balise.profondeur === 2 ? cibles : null),
        termine: (e) => void longueurs.push(e.longueur),
      }),
    );
    analyseur.ecrire(Buffer.from('<a xmlns:p="urn:p"><b/></a>'));
    expect(analyseur.finir()).toBeNull();
    expect(longueurs).toEqual([7, 23]);
    expect(sha256.digest('hex')).toBe(createHash('sha256').update('<b></b>').digest('hex'));
    expect(sha512.digest('hex')).toBe(createHash('sha512').update('<b></b>').digest('hex'));
  });
});
