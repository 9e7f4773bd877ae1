import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Demande, Juge } from '../../conformite/xml-juge.ts';
import { assurerPaquets, trouver } from '../../serveurs/installer.ts';
import { creerBancCli, type Resultat } from './banc-cli.ts';

/** `vaguemestre xml …`: digests judged by libxml2 and by xmllint, validation. */

const SIGNATURE =
  '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>';
/** Everything that canonicalisation touches: line ends, quotes, order, entities, CDATA, inherited names. */
const DOCUMENT = Buffer.from(
  `<?xml version="1.0" encoding="ISO-8859-1"?>
<n:racine xmlns:n="urn:n" xmlns:a="urn:a" xmlns="urn:defaut" xml:lang="fr" Id="R">\r
  <unite b='&quot;1' a:z="2"  Id = "U1"><!-- remarque --><![CDATA[<&>]]> \xe9t\xe9 &#233; &amp;<vide/>${SIGNATURE}</unite>
  <n:autre Id="U2" xmlns:b="urn:b" b:q="1">texte<?pi instruction?></n:autre>
  <double Id="U3">${SIGNATURE}${SIGNATURE}</double>
</n:racine>
`,
  'latin1',
);

const cli = creerBancCli();
let dossier = '';
beforeAll(async () => {
  await assurerPaquets(['libxml2-utils']);
  dossier = mkdtempSync(join(tmpdir(), 'vgm-xml-'));
  ecrire('d.xml', DOCUMENT);
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

function ecrire(nom: string, contenu: string | Uint8Array): string {
  const chemin = join(dossier, nom);
  writeFileSync(chemin, contenu);
  return chemin;
}
const sha256 = (octets: string | Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const empreinte = (id: string, ...plus: readonly string[]): Promise<Resultat> =>
  cli.lancer('xml', 'empreinte', join(dossier, 'd.xml'), '--id', id, ...plus);

describe('xml empreinte: the digest of canonical bytes', () => {
  const FORMES: readonly (readonly [string, readonly string[], Demande])[] = [
    ['exclusive, by default', [], { mode: 'exclusive' }],
    ['inclusive', ['--c14n', 'inclusive'], { mode: 'inclusive' }],
    ['exclusive with comments', ['--commentaires'], { mode: 'exclusive', commentaires: true }],
    [
      'inclusive with comments',
      ['--c14n', 'inclusive', '--commentaires'],
      { mode: 'inclusive', commentaires: true },
    ],
    ['exclusive with prefixes', ['--prefixes', 'a  n'], { mode: 'exclusive', prefixes: ['a', 'n'] }],
    ['exclusive, its signature left out', ['--sans-signature'], { mode: 'exclusive', sansSignature: true }],
  ];
  test.each(FORMES)('%s: the one that libxml2 gives', async (_nom, options, demande) => {
    for (const id of ['R', 'U1', 'U2']) {
      const juge = new Juge();
      const document = juge.ouvrir(DOCUMENT);
      if (document === null) throw new TypeError(juge.motif);
      const attendue = sha256(juge.forme(document, id, demande));
      document.dispose();
      const r = await empreinte(id, ...options);
      expect([id, r.code, r.sortie, r.erreur]).toEqual([id, 0, attendue, '']);
    }
  });

  test('xmllint agrees on the root', async () => {
    const fichier = ecrire(
      'x.xml',
      `<a:b xmlns:a="urn:a" xmlns:c="urn:c" Id="X" z='1' a:y="é"><d/>&#9;</a:b>`,
    );
    for (const [option, c14n] of [
      ['--exc-c14n', 'exclusive'],
      ['--c14n', 'inclusive'],
    ] as const) {
      const formes = execFileSync(trouver('xmllint') ?? '', [option, fichier]);
      const r = await cli.lancer('xml', 'empreinte', fichier, '--id', 'X', '--c14n', c14n);
      expect(r.sortie).toBe(sha256(formes));
    }
  });

  test('alone on its line; --json says how it was made and where the element stands', async () => {
    expect((await empreinte('U2')).sortie).toMatch(/^[0-9a-f]{64}$/);
    const r = await empreinte('U2', '--json');
    const debut = DOCUMENT.indexOf('<n:autre');
    expect(r.json).toEqual([
      {
        fichier: join(dossier, 'd.xml'),
        id: 'U2',
        element: 'n:autre',
        c14n: 'http://www.w3.org/2001/10/xml-exc-c14n#',
        prefixes: [],
        sansSignature: false,
        signaturesOmises: 0,
        sha256: (await empreinte('U2')).sortie,
        octetsCanoniques: expect.any(Number),
        position: { octet: debut, ligne: 4, colonne: 3, fin: DOCUMENT.indexOf('</n:autre>') + 10 },
        source: { sha256: sha256(DOCUMENT), octets: DOCUMENT.length, element: expect.any(Number) },
      },
    ]);
  });

  test('--sortie writes the very bytes that are digested, and overwrites nothing unasked', async () => {
    const sortie = join(dossier, 'canonique');
    const r = await empreinte('U1', '--sortie', sortie);
    expect(sha256(readFileSync(sortie))).toBe(r.sortie);
    const encore = await empreinte('R', '--sortie', sortie);
    expect([encore.code, encore.erreur]).toEqual([1, expect.stringContaining('il existe déjà')]);
    expect((await empreinte('R', '--sortie', sortie, '--remplacer')).code).toBe(0);
    const meme = await empreinte('R', '--sortie', join(dossier, 'd.xml'), '--remplacer');
    expect([meme.code, readFileSync(join(dossier, 'd.xml')).equals(DOCUMENT)]).toEqual([2, true]);
  });

  test('no such Id, two signatures to leave out: 3, and nothing written', async () => {
    const sortie = join(dossier, 'rien');
    const absent = await empreinte('r', '--sortie', sortie);
    expect([absent.code, absent.sortie, existsSync(sortie)]).toEqual([3, '', false]);
    expect(absent.erreur).toContain('Aucun élément de');
    const double = await empreinte('U3', '--sans-signature');
    expect([double.code, double.erreur]).toEqual([3, expect.stringContaining('contient 2 signatures')]);
    expect((await empreinte('U3')).code).toBe(0);
  });

  test('refused XML: 3, code, line, column, byte', async () => {
    const fichier = ecrire('e.xml', '<a Id="A">\n  <b></c></a>');
    const r = await cli.lancer('xml', 'empreinte', fichier, '--id', 'A');
    expect([r.code, r.erreur]).toEqual([
      3,
      expect.stringContaining('XML-019 (ligne 2, colonne 6, octet 16)'),
    ]);
    const j = await cli.lancer('xml', 'empreinte', fichier, '--id', 'A', '--json');
    expect(JSON.parse(j.erreur)).toMatchObject({
      code: 'VGM-HLG-006',
      anomalies: [{ code: 'XML-019', position: { octet: 16, ligne: 2, colonne: 6 } }],
    });
    const double = ecrire('e.xml', '<a><b Id="A"/><c Id="A"/></a>');
    expect((await cli.lancer('xml', 'empreinte', double, '--id', 'A')).erreur).toContain('XML-018');
  });

  test('badly written: 2; unreadable: 1', async () => {
    expect((await empreinte('U1', '--c14n', 'c14n11')).erreur).toContain('attend exclusive ou inclusive');
    expect((await empreinte('U1', '--c14n', 'inclusive', '--prefixes', 'a')).code).toBe(2);
    expect((await cli.lancer('xml', 'empreinte', join(dossier, 'd.xml'))).code).toBe(2);
    expect((await cli.lancer('xml', 'empreinte', join(dossier, 'absent'), '--id', 'A')).code).toBe(1);
    expect((await empreinte('x'.repeat(100_000))).code).toBe(3);
    expect((await empreinte('-U')).code).toBe(3);
  });
});

const SCHEMA = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a"><xs:complexType><xs:sequence>
<xs:element name="n" type="xs:int" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:schema>`;
const AVEC_CLE = SCHEMA.replace(
  '</xs:complexType></xs:element>',
  '</xs:complexType><xs:unique name="u"><xs:selector xpath="n"/><xs:field xpath="."/></xs:unique></xs:element>',
);

describe('xml valider', () => {
  const valider = (contenu: string, ...plus: readonly string[]): Promise<Resultat> =>
    cli.lancer('xml', 'valider', ecrire('v.xml', contenu), ...plus);
  const schema = (texte: string): string[] => ['--schema', ecrire('s.xsd', texte)];

  test('valid: 0', async () => {
    const r = await valider('<a><n>1</n></a>', ...schema(SCHEMA));
    expect([r.code, r.sortie, r.erreur]).toEqual([0, 'v.xml : conforme au schéma, 15 octets.', '']);
  });

  test('not valid: 3, each fault with its place, its path, what was seen and what was awaited', async () => {
    const r = await valider('<a>\n <n>x</n></a>', ...schema(SCHEMA));
    expect([r.code, r.erreur]).toEqual([3, '']);
    expect(r.sortie).toMatch(/^XSD-007 {2}ligne 2, colonne 2, octet 5 {2}\/a\/n(\[1\])?\n/);
    expect(r.sortie).toContain('  Vu : « x »\n');
    expect(r.sortie).toMatch(/\n {2}Attendu : \S/);
    expect(r.sortie).toMatch(/\nv\.xml : non conforme au schéma, 1 faute, 17 octets\.$/);
    const j = await valider('<a>\n <n>x</n></a>', ...schema(SCHEMA), '--json');
    expect(j.json).toMatchObject([
      {
        etat: 'invalide',
        moteur: 'vaguemestre',
        nombreFautes: 1,
        fautes: [{ code: 'XSD-007', octet: 5, ligne: 2, colonne: 2, valeur: 'x' }],
      },
    ]);
  });

  test('many faults: 50 are shown, or as many as asked, and all are counted', async () => {
    const fautes = `<a>${'<n>x</n>'.repeat(63)}</a>`;
    const r = await valider(fautes, ...schema(SCHEMA));
    expect(r.sortie.match(/^XSD-007/gm)).toHaveLength(50);
    expect(r.sortie).toContain('63 fautes, 50 montrées (--erreurs en montre plus)');
    const toutes = await valider(fautes, ...schema(SCHEMA), '--erreurs', '100');
    expect(toutes.sortie.match(/^XSD-007/gm)).toHaveLength(63);
    const j = await valider(fautes, ...schema(SCHEMA), '--erreurs', '2', '--json');
    expect(j.json).toMatchObject([{ nombreFautes: 63, tronque: false, fautes: [{}, {}] }]);
    const trop = await valider(`<a>${'<n>x</n>'.repeat(10_050)}</a>`, ...schema(SCHEMA), '--erreurs', '1');
    expect(trop.sortie).toMatch(/plus de 10.000 fautes, 1 montrée \(/);
    expect((await valider(fautes, '--erreurs', '0')).code).toBe(2);
  });

  test('a schema that our compiler does not carry out whole goes to libxml2', async () => {
    const bon = await valider('<a><n>1</n><n>2</n></a>', ...schema(AVEC_CLE));
    expect([bon.code, bon.sortie]).toEqual([0, expect.stringContaining('(jugé par libxml2)')]);
    const r = await valider('<a><n>1</n><n>1</n></a>', ...schema(AVEC_CLE));
    expect([r.code, r.sortie]).toEqual([3, expect.stringContaining('XSD-900')]);
  });

  test('without schema, well-formedness alone; two equal Ids are no fault of form', async () => {
    const r = await valider('<a><b Id="x"/><b Id="x"/></a>');
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('bien formé (aucun schéma')]);
    const faux = await valider('<a>\n<b></a>');
    expect([faux.code, faux.sortie]).toEqual([
      3,
      expect.stringContaining('XML-019  ligne 2, colonne 4, octet 7'),
    ]);
    expect((await valider('')).sortie).toContain('XML-001');
    expect((await valider('<a', ...schema(SCHEMA))).code).toBe(3);
  });

  test('the schema is at fault: 1, and nothing is said of the document', async () => {
    for (const [texte, dit] of [
      ['<xs:schema', 'VGM-HLG-009'],
      [SCHEMA.replace('xs:int', 'xs:entier'), 'VGM-HLG-009'],
      ['<autre/>', 'VGM-HLG-009'],
    ] as const) {
      const r = await valider('<a/>', ...schema(texte));
      expect([texte, r.code, r.sortie, r.erreur]).toEqual([texte, 1, '', expect.stringContaining(dit)]);
    }
    const absent = await valider('<a/>', '--schema', join(dossier, 'absent.xsd'));
    expect([absent.code, absent.erreur]).toEqual([1, expect.stringContaining('fichier absent')]);
    expect((await valider('<a/>', '--schema', dossier)).code).toBe(1);
  });
});
