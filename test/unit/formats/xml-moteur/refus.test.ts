import { describe, expect, test } from 'vitest';
import type { LimitesXml } from '../../../../src/formats/xml/evenements.ts';
import { REFUS, type CleRefus } from '../../../../src/formats/xml/refus.ts';
import { lire } from './lire.ts';

interface Cas {
  readonly source: string | Buffer;
  /** Byte, line, column. */
  readonly ou: readonly [number, number, number];
  /** Part of the French sentence that quotes the file. */
  readonly dit?: string;
  readonly limites?: Partial<LimitesXml>;
}

const latin1 = (texte: string): Buffer => Buffer.from(texte, 'latin1');
const DECL = '<?xml version="1.0" encoding="ISO-8859-1"?>\n';

const CAS: Readonly<Record<Exclude<CleRefus, 'delai'>, readonly Cas[]>> = {
  vide: [{ source: '', ou: [0, 1, 1] }],
  encodage: [
    { source: '<?xml version="1.0" encoding="windows-1252"?><a/>', ou: [0, 1, 1], dit: 'windows-1252' },
    { source: Buffer.from('\ufeff<a/>abc', 'utf16le'), ou: [0, 1, 1], dit: 'UTF-16' },
    { source: Buffer.from('<a/>abcd', 'utf16le'), ou: [0, 1, 1], dit: 'UTF-16' },
  ],
  encodageContraire: [
    { source: '\ufeff<?xml version="1.0" encoding="ISO-8859-1"?><a/>', ou: [3, 1, 1], dit: 'ISO-8859-1' },
  ],
  declaration: [
    { source: '<?xml encoding="UTF-8"?><a/>', ou: [0, 1, 1] },
    { source: '<?xml version="1.0" standalone="peut-être"?><a/>', ou: [0, 1, 1] },
    { source: `<?xml version="1.0" ${' '.repeat(2000)}?><a/>`, ou: [0, 1, 1] },
  ],
  version: [{ source: '<?xml version="1.1"?><a/>', ou: [0, 1, 1], dit: '1.1' }],
  doctype: [
    { source: '<!DOCTYPE a><a/>', ou: [0, 1, 1] },
    { source: '\n <!DOCTYPE a [<!ENTITY x "y">]><a/>', ou: [2, 2, 2] },
    { source: '<a><!DOCTYPE a></a>', ou: [3, 1, 4] },
  ],
  utf8: [
    { source: latin1('<a>\n\xc3\xa9b\xe9</a>'), ou: [7, 2, 3], dit: '0xE9' },
    { source: latin1('<a>\xc0\xaf</a>'), ou: [3, 1, 4], dit: '0xC0' },
    { source: latin1('<a>\xed\xa0\x80</a>'), ou: [3, 1, 4], dit: '0xED' },
    { source: latin1('<a/>\xe2\x82'), ou: [4, 1, 5], dit: '0xE2' },
  ],
  caractere: [
    { source: '<a>\x00</a>', ou: [3, 1, 4], dit: 'U+0000' },
    { source: '<a b="\x1f"/>', ou: [6, 1, 7], dit: 'U+001F' },
    { source: '<a><![CDATA[\x08]]></a>', ou: [12, 1, 13], dit: 'U+0008' },
    { source: '<a><!--\x08--></a>', ou: [7, 1, 8], dit: 'U+0008' },
    { source: '<a>\n\uffff</a>', ou: [4, 2, 1], dit: 'U+FFFF' },
  ],
  texteHorsRacine: [
    { source: 'bonjour <a/>', ou: [0, 1, 1] },
    { source: '<a/>\n x', ou: [6, 2, 2] },
    { source: '<a/>&amp;', ou: [4, 1, 5] },
  ],
  secondeRacine: [{ source: '<a/>\n<b/>', ou: [5, 2, 1], dit: '« b »' }],
  sansRacine: [{ source: '<!-- rien d’autre -->', ou: [23, 1, 22] }],
  finInattendue: [
    { source: '<a>\n<b>é', ou: [9, 2, 5], dit: '« b »' },
    { source: '<a>\n<b', ou: [4, 2, 1] },
    { source: '<a>x&amp', ou: [4, 1, 5] },
    { source: '<a/><!-- x', ou: [4, 1, 5] },
    { source: '<a><![CDATA[x]', ou: [13, 1, 14] },
  ],
  nom: [
    { source: '<a:b:c/>', ou: [1, 1, 2], dit: 'a:b:c' },
    { source: '<a ×="1"/>', ou: [3, 1, 4], dit: '×' },
    { source: '<a b:="1"/>', ou: [3, 1, 4], dit: 'b:' },
  ],
  balise: [
    { source: '<a>\n< b/></a>', ou: [4, 2, 1] },
    { source: '<a><1/></a>', ou: [3, 1, 4] },
    { source: '<a/ >', ou: [3, 1, 4] },
    { source: '<a 1="x"/>', ou: [3, 1, 4] },
  ],
  attribut: [
    { source: '<a b="1"c="2"/>', ou: [8, 1, 9], dit: 'un espace manque' },
    { source: '<a b/>', ou: [4, 1, 5], dit: '« = » attendu' },
    { source: '<a b=1/>', ou: [5, 1, 6], dit: 'guillemet attendu' },
  ],
  inferieurAttribut: [{ source: '<a\nb="x<y"/>', ou: [7, 2, 5] }],
  attributDouble: [
    { source: '<a b="1"\n b="2"/>', ou: [10, 2, 2], dit: '« b »' },
    { source: '<a xmlns:p="urn:1" xmlns:q="urn:1" p:x="1" q:x="2"/>', ou: [43, 1, 44], dit: '« q:x »' },
    { source: '<a xmlns:p="urn:1" xmlns:p="urn:2"/>', ou: [19, 1, 20], dit: '« xmlns:p »' },
    { source: '<a xmlns="urn:1" xmlns="urn:1"/>', ou: [17, 1, 18], dit: '« xmlns »' },
  ],
  idDouble: [{ source: '<a Id="x">\n<b Id="&#x78;"/></a>', ou: [14, 2, 4], dit: '« x »' }],
  fermante: [
    { source: '<a>\n</b>', ou: [4, 2, 1], dit: '« a »' },
    { source: '<a></ab>', ou: [3, 1, 4] },
    { source: '<a/></a>', ou: [4, 1, 5], dit: 'aucun' },
    { source: '<a></a b>', ou: [3, 1, 4] },
  ],
  reference: [
    { source: '<a>é & b</a>', ou: [6, 1, 6] },
    { source: '<a>&amp b</a>', ou: [3, 1, 4] },
    { source: '<a>&#x;</a>', ou: [3, 1, 4] },
    { source: '<a>&#1a;</a>', ou: [3, 1, 4] },
    { source: '<a b="&;"/>', ou: [6, 1, 7] },
  ],
  entite: [{ source: '<a>\n&eacute;</a>', ou: [4, 2, 1], dit: '« eacute »' }],
  referenceInterdite: [
    { source: '<a>&#0;</a>', ou: [3, 1, 4], dit: '&#0;' },
    { source: '<a b="&#xD800;"/>', ou: [6, 1, 7], dit: '&#xD800;' },
    { source: '<a>&#x110000;</a>', ou: [3, 1, 4] },
    { source: '<a>&#99999999999999999999;</a>', ou: [3, 1, 4] },
  ],
  crochets: [
    { source: '<a>\nx]]></a>', ou: [5, 2, 2] },
    { source: '<a>]]]></a>', ou: [4, 1, 5] },
  ],
  commentaire: [
    { source: '<!-- a\n--b --><a/>', ou: [7, 2, 1] },
    { source: '<!-- a---><a/>', ou: [6, 1, 7] },
  ],
  blancsAvantDeclaration: [
    { source: '\n<?xml version="1.0"?><a/>', ou: [1, 2, 1] },
    { source: '\ufeff <?xml version="1.0"?><a/>', ou: [4, 1, 2] },
    { source: ' \t\r\n<?xml?><a/>', ou: [4, 2, 1] },
    { source: `${' '.repeat(200_000)}<?xml version="1.0"?><a/>`, ou: [200_000, 1, 200_001] },
  ],
  instruction: [
    { source: '<a><?xml version="1.0"?></a>', ou: [3, 1, 4] },
    { source: '<a><?XmL x?></a>', ou: [3, 1, 4] },
    { source: '<a><? x?></a>', ou: [3, 1, 4] },
    { source: '<a><?p:q x?></a>', ou: [3, 1, 4] },
    { source: '<?xml?><a/>', ou: [0, 1, 1] },
    { source: '\ufeff<?xml?><a/>', ou: [3, 1, 1] },
    { source: '\n<?XML version="1.0"?><a/>', ou: [1, 2, 1] },
    { source: '<?p?>\n<?xml version="1.0"?><a/>', ou: [6, 2, 1] },
    { source: '<!---->\n<?xml version="1.0"?><a/>', ou: [8, 2, 1] },
    { source: '<a/>\n<?xml version="1.0"?>', ou: [5, 2, 1] },
    { source: '<?xml version="1.0"?>\n<?xml version="1.0"?><a/>', ou: [22, 2, 1] },
  ],
  declarationInconnue: [
    { source: '<a><!ELEMENT a ANY></a>', ou: [3, 1, 4] },
    { source: '<![CDATA[x]]><a/>', ou: [0, 1, 1] },
    { source: '<a><!doctype a></a>', ou: [3, 1, 4] },
  ],
  prefixe: [
    { source: '<a>\n<p:b/></a>', ou: [5, 2, 2], dit: '« p »' },
    { source: '<a p:b="1"/>', ou: [3, 1, 4], dit: '« p »' },
    { source: '<a><b xmlns:p="urn:1"/><p:c/></a>', ou: [24, 1, 25], dit: '« p »' },
    { source: '<xmlns:a/>', ou: [1, 1, 2], dit: '« xmlns »' },
  ],
  espaceRelatif: [
    { source: '<a xmlns="relatif"/>', ou: [3, 1, 4], dit: '« relatif »' },
    { source: '<a xmlns:p="../x"/>', ou: [3, 1, 4] },
    { source: '<a xmlns:p="urn:a b"/>', ou: [3, 1, 4] },
  ],
  espaceReserve: [
    { source: '<a xmlns:xml="urn:1"/>', ou: [3, 1, 4] },
    { source: '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>', ou: [3, 1, 4] },
    { source: '<a xmlns:xmlns="urn:1"/>', ou: [3, 1, 4] },
    { source: '<a xmlns="http://www.w3.org/2000/xmlns/"/>', ou: [3, 1, 4] },
    { source: '<a xmlns:p=""/>', ou: [3, 1, 4], dit: 'xmlns:p=""' },
  ],
  xmlId: [
    { source: '<a xml:id="1"/>', ou: [3, 1, 4], dit: '« 1 »' },
    { source: '<a\nxml:id=" x "/>', ou: [3, 2, 1] },
  ],
  limiteOctets: [{ source: '<a>\nxxxx</a>', limites: { octets: 8 }, ou: [8, 2, 5], dit: '8 octets' }],
  limiteProfondeur: [
    { source: '<a><b><c/></b></a>', limites: { profondeur: 2 }, ou: [6, 1, 7], dit: '2 niveaux' },
    { source: '<a>'.repeat(257), ou: [768, 1, 769], dit: '256' },
  ],
  limiteBalise: [
    {
      source: `<a>\n<b c="${'x'.repeat(50)}"/></a>`,
      limites: { balise: 40 },
      ou: [4, 2, 1],
      dit: '40 octets',
    },
    { source: `<a><!--${'x'.repeat(50)}--></a>`, limites: { balise: 40 }, ou: [3, 1, 4] },
    { source: `<a><?p ${'x'.repeat(50)}?></a>`, limites: { balise: 40 }, ou: [3, 1, 4] },
    { source: `<a></a${' '.repeat(50)}>`, limites: { balise: 40 }, ou: [3, 1, 4] },
    { source: `<a b="${'x'.repeat(3 << 20)}`, ou: [0, 1, 1], dit: '1048576' },
  ],
  limiteAttributs: [{ source: '<a b="1" c="2" d="3"/>', limites: { attributs: 2 }, ou: [15, 1, 16] }],
  limiteNoms: [{ source: '<a><b/><c/><d/></a>', limites: { noms: 3 }, ou: [12, 1, 13], dit: '3 noms' }],
  limiteIds: [{ source: '<a Id="1"><b Id="2"/></a>', limites: { ids: 1 }, ou: [13, 1, 14] }],
};

const tous = Object.entries(CAS).flatMap(([cle, liste]) =>
  liste.map((cas) => ({ cle: cle as CleRefus, ...cas })),
);

describe('crypto.md §9: every refusal has its code, its sentence and its exact place', () => {
  test.each(tous)('$cle: $source', ({ cle, source, ou, dit, limites }) => {
    const { refus, lignes } = lire(source, limites === undefined ? {} : { limites });
    expect(refus?.code).toBe(REFUS[cle][0]);
    expect([refus?.position.octet, refus?.position.ligne, refus?.position.colonne]).toEqual(ou);
    expect(refus?.message).toContain(dit ?? '');
    expect(refus?.message).not.toMatch(/\{\w+\}/);
    expect(lignes).not.toContain('finir');
  });

  test('the place does not depend on the chunks', () => {
    for (const { source, limites } of tous) {
      const options = limites === undefined ? {} : { limites };
      expect(lire(source, { ...options, pas: 3 }).refus).toEqual(lire(source, options).refus);
    }
  });

  test('the deadline is asked at every slice, and stops the reading', () => {
    let reste = 3;
    const { refus } = lire(`<a>${'x'.repeat(1 << 20)}</a>`, { echu: () => (reste -= 1) < 0 });
    expect(refus?.code).toBe('XML-046');
    expect(refus?.position.octet).toBe(3 * (1 << 17));
  });

  test('columns count characters, whatever their bytes, and lines far into a file', () => {
    const lignes = `${'é'.repeat(70)}\n`.repeat(5000);
    const { refus } = lire(`<a>${lignes}ééé&x;</a>`);
    expect(refus?.position).toEqual({ octet: 3 + 141 * 5000 + 6, ligne: 5001, colonne: 4 });
    const uneLigne = lire(Buffer.from(`${DECL}<a>${'é'.repeat(400_000)}&x;`, 'latin1'));
    expect(uneLigne.refus?.position).toEqual({ octet: 44 + 3 + 400_000, ligne: 2, colonne: 400_004 });
    const longue = lire(`<a>${'é'.repeat(400_000)}&x;`);
    expect(longue.refus?.position).toEqual({ octet: 3 + 800_000, ligne: 1, colonne: 400_004 });
  });

  test('codes are distinct, sentences are French and typographic', () => {
    const lignes = Object.values(REFUS);
    expect(new Set(lignes.map(([code]) => code)).size).toBe(lignes.length);
    for (const [, phrase] of lignes) expect(phrase).toMatch(/^(?!.*[a-z]'[a-z])\S.*\.$/);
  });

  test('equal Ids are let through when asked for', () => {
    expect(lire('<a Id="x"><b Id="x"/></a>', { ids: 'libres' }).refus).toBeNull();
    // only `Id` counts: neither ID, id nor xml:id
    expect(lire('<a Id="x" ID="x" id="x"><b ID="x" id="x" xml:id="x"/></a>').refus).toBeNull();
  });
});
