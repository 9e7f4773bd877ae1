import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { xmlCleanupInputProvider } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { jugerParLibxml2 } from '../../../../src/formats/xsd/etranger-libxml2.ts';

const racine = mkdtempSync(join(tmpdir(), 'libxml2-'));
const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';

function poser(nom: string, texte: string): string {
  const chemin = join(racine, 'a/b/c', nom);
  mkdirSync(dirname(chemin), { recursive: true });
  writeFileSync(chemin, texte);
  return chemin;
}

const schema = (corps: string): string => `<x:schema ${XS}>${corps}</x:schema>`;
const CLE =
  '<x:element name="r"><x:complexType><x:sequence><x:element name="n" type="x:int" maxOccurs="unbounded"/>' +
  '<x:element name="v" type="x:int" minOccurs="0"/></x:sequence></x:complexType>\n' +
  '<x:key name="k"><x:selector xpath="n"/><x:field xpath="."/></x:key>' +
  '<x:keyref name="kr" refer="k"><x:selector xpath="v"/><x:field xpath="."/></x:keyref></x:element>';
const SIMPLE = poser('cle.xsd', schema(CLE));

/** As in its thread, where nobody was before. */
function juger(chemin: string, texte: string, options: { fautesMax?: number; catalogue?: string } = {}) {
  const { fautesMax = 100, catalogue } = options;
  try {
    return jugerParLibxml2({ schema: chemin, catalogue, octets: Buffer.from(texte, 'utf8'), fautesMax });
  } finally {
    xmlCleanupInputProvider();
  }
}
const refusDe = (chemin: string, catalogue?: string) => {
  const jugement = juger(chemin, '<r/>', catalogue === undefined ? {} : { catalogue });
  return jugement.type === 'schema_refuse' ? jugement.refus : [];
};

describe('libxml2 as a judge', () => {
  test('valid: nothing to tell', () => {
    expect(juger(SIMPLE, '<r><n>1</n><n>2</n></r>')).toEqual({ type: 'juge', fautes: [], tronque: false });
  });

  test('every fault: what it says without its last stop, where it stands, no byte nor value', () => {
    expect(juger(SIMPLE, '<r>\n<n>1</n>\n<n>1</n><z/></r>')).toMatchObject({ type: 'juge', tronque: false });
    expect(juger(SIMPLE, '<r>\n<n>1</n>\n<n>1</n></r>')).toEqual({
      type: 'juge',
      fautes: [
        {
          code: 'XSD-900',
          message: expect.stringMatching(
            /^Le fichier n’est pas conforme au schéma \(libxml2 : Element 'n': Duplicate key-sequence .*'k'\)\.$/,
          ),
          ligne: 3,
          colonne: 0,
          octet: -1,
          chemin: '/r/n[2]',
          valeur: null,
          attendu: '',
        },
      ],
      tronque: false,
    });
  });

  test.each([
    ['a reference to nothing', '<r>\n<n>1</n>\n<v>2</v></r>', 3, '', /No match found for key-sequence/],
    ['a wrong value', '<r>\n<n>x</n></r>', 2, '/r/n', /'x' is not a valid value/],
  ])('%s: where it stands, when libxml2 says', (...[, texte, ligne, chemin, dit]) => {
    expect(juger(SIMPLE, texte)).toHaveProperty(
      'fautes.0',
      expect.objectContaining({ message: expect.stringMatching(dit), ligne, chemin }),
    );
  });

  test('no more faults than asked for, and it is said', () => {
    const trois = `<r>${'<n>1</n>'.repeat(4)}</r>`;
    const lus = [2, 3, 4].map((fautesMax) => {
      const j = juger(SIMPLE, trois, { fautesMax });
      return j.type === 'juge' ? [j.fautes.length, j.tronque] : [];
    });
    expect(lus).toEqual([
      [2, true],
      [3, false],
      [3, false],
    ]);
  });

  test('lines beyond 65 535 are told, and texts of more than ten million characters read', () => {
    const loin = juger(SIMPLE, `<r>${'\n'.repeat(70_000)}<n>x</n></r>`);
    expect(loin).toMatchObject({ type: 'juge' });
    expect(loin).toHaveProperty('fautes.0.ligne', 70_001);
    const texte = poser('texte.xsd', schema('<x:element name="r" type="x:string"/>'));
    expect(juger(texte, `<r>${'a'.repeat(10_000_001)}</r>`)).toMatchObject({ type: 'juge', fautes: [] });
  });

  test('no entity is replaced: the document is judged as if it had none', () => {
    writeFileSync(join(racine, 'secret'), '1');
    const externe = `<!DOCTYPE r [<!ENTITY e SYSTEM "file://${join(racine, 'secret')}">]><r><n>&e;</n></r>`;
    expect(juger(SIMPLE, externe).type).not.toBe('schema_refuse');
    expect(JSON.stringify(juger(SIMPLE, externe))).not.toContain('"fautes":[]');
  });

  test('a document that it cannot read is no verdict', () => {
    expect(juger(SIMPLE, '<r><n></r>')).toEqual({
      type: 'panne',
      detail: expect.stringMatching(/^fichier illisible : Opening and ending tag mismatch: .*[^.]$/),
    });
  });

  test('a pattern that it gives up on is no verdict', () => {
    const motif = '<x:pattern value="((a{0,50}){0,50}){0,50}b"/>';
    const explosif = poser(
      'motif.xsd',
      schema(
        `<x:element name="r"><x:simpleType><x:restriction base="x:string">${motif}</x:restriction></x:simpleType></x:element>`,
      ),
    );
    expect(juger(explosif, `<r>${'a'.repeat(60)}</r>`)).toEqual({
      type: 'panne',
      detail: 'calcul abandonné',
    });
  });
});

describe('the schema that it is given', () => {
  test('it reads the files of the set, by the names that they have in it', () => {
    poser('n.xsd', schema('<x:simpleType name="N"><x:restriction base="x:integer"/></x:simpleType>'));
    const inclut = poser(
      'inclut.xsd',
      schema(`<x:include schemaLocation="n.xsd"/>${CLE.replace('x:int', 'N')}`),
    );
    expect(juger(inclut, '<r><n>1</n></r>')).toMatchObject({ type: 'juge', fautes: [] });
    expect(juger(inclut, '<r><n>1</n><n>1</n></r>')).toMatchObject({
      type: 'juge',
      fautes: [{ code: 'XSD-900' }],
    });
  });

  test('and those that a catalogue gives for an address, no others', () => {
    const adresse = 'http://127.0.0.1:9/n.xsd';
    const distant = poser(
      'distant.xsd',
      schema(`<x:include schemaLocation="${adresse}"/>${CLE.replace('x:int', 'N')}`),
    );
    expect(refusDe(distant)[0]?.message).toMatch(/^libxml2 : failed to load "http/);
    const catalogue = poser(
      'catalogue.xml',
      `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><uri name="${adresse}" uri="n.xsd"/></catalog>`,
    );
    expect(juger(distant, '<r><n>1</n></r>', { catalogue })).toMatchObject({ type: 'juge', fautes: [] });
  });

  test('refused: the file as people name it, the line, what it says', () => {
    const faux = poser('faux.xsd', schema('\n<x:element name="r" type="absent"/>'));
    expect(refusDe(faux)).toEqual([
      {
        genre: 'invalide',
        fichier: 'faux.xsd',
        ligne: 2,
        message: expect.stringMatching(/^libxml2 : .*'absent' does not resolve to a\(n\) type definition$/),
      },
    ]);
    poser('sous/inclus.xsd', schema('\n\n<x:element name="z" type="absent"/>'));
    const inclut = poser('inclut-faux.xsd', schema(`<x:include schemaLocation="sous/inclus.xsd"/>${CLE}`));
    expect(refusDe(inclut)).toMatchObject([{ fichier: 'sous/inclus.xsd', ligne: 3 }]);
  });

  test('fifty refusals at most', () => {
    const cent = poser(
      'cent.xsd',
      schema(Array.from({ length: 60 }, (_, k) => `<x:element name="e${k}" type="absent"/>`).join('')),
    );
    expect(refusDe(cent)).toHaveLength(50);
  });

  test('not XML, not there, or without a catalogue that can be read', () => {
    expect(refusDe(poser('casse.xsd', '<schema'))).toMatchObject([
      { genre: 'invalide', fichier: 'casse.xsd', ligne: 1 },
    ]);
    expect(refusDe(join(racine, 'a/b/c/absent.xsd'))).toMatchObject([{ fichier: 'absent.xsd' }]);
    expect(refusDe(SIMPLE, join(racine, 'absent.xml'))).toMatchObject([
      { genre: 'absent', fichier: join(racine, 'absent.xml'), message: 'le catalogue ne peut pas être lu' },
    ]);
  });
});
