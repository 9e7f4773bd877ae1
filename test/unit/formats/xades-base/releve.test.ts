import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LIMITES_SIGNATURE } from '../../../../src/formats/xades/arbre.ts';
import {
  type DemandeEmpreinte,
  type EmpreinteFaite,
  Empreintes,
} from '../../../../src/formats/xades/base/empreintes.ts';
import { lireFichier } from '../../../../src/formats/xades/base/fichiers.ts';
import { ReleveBase, SIGNATURES_MAX } from '../../../../src/formats/xades/base/releve.ts';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import type { Recepteur } from '../../../../src/formats/xml/evenements.ts';
import { morceaux } from '../xades/atelier.ts';
import { DS, noeudDe } from '../xades/noeuds.ts';

/** The two passes over a file: what its signatures ask, then the forms that they ask. Nothing is judged yet. */

const XAD = 'xmlns:xad="http://uri.etsi.org/01903/v1.3.2#"';
const signature = (corps = '', id = 'S'): string =>
  `<ds:Signature xmlns:ds="${DS}" Id="${id}">${corps}</ds:Signature>`;
const objet = (corps: string, attributs = ''): string => `<ds:Object${attributs}>${corps}</ds:Object>`;
const qp = (corps = ''): string => `<xad:QualifyingProperties ${XAD}>${corps}</xad:QualifyingProperties>`;

function lire<R extends Recepteur>(recepteur: R, texte: string | Buffer, pas = 4096): R {
  const octets = typeof texte === 'string' ? Buffer.from(texte) : texte;
  const analyseur = new AnalyseurXml(recepteur, { ids: 'libres' });
  for (const bloc of morceaux(octets, pas)) analyseur.ecrire(bloc);
  const refus = analyseur.finir();
  if (refus !== null) throw new TypeError(refus.message);
  return recepteur;
}
const relever = (texte: string | Buffer): ReleveBase => lire(new ReleveBase(), texte);
const premiere = (texte: string) => relever(texte).signatures[0] ?? expect.fail('not signed');

describe('each signature, and what holds it', () => {
  test('rank, place, holder and its Id', () => {
    const texte = `<r Id="R">${signature('', 'S1')}<a><b Id="B">\n${signature('', 'S2')}${signature('', 'S3')}</b></a></r>`;
    const { signatures, racine, encodage } = relever(texte);
    expect(signatures.map((s) => [s.rang, s.racine.attributs.get('Id'), s.porteur])).toEqual([
      [1, 'S1', { debut: 0, id: 'R', profondeur: 1, signatures: 1 }],
      [2, 'S2', { debut: texte.indexOf('<b'), id: 'B', profondeur: 3, signatures: 2 }],
      [3, 'S3', { debut: texte.indexOf('<b'), id: 'B', profondeur: 3, signatures: 2 }],
    ]);
    expect(signatures[1]?.position).toMatchObject({
      octet: texte.indexOf('<ds:Signature', 80),
      ligne: 2,
      colonne: 1,
    });
    expect([racine, encodage]).toEqual([0, 'UTF-8']);
  });

  test('a signature that is the document has no holder', () => {
    const texte = `<?xml version="1.0" encoding="ISO-8859-1"?><?x?>${signature()}`;
    expect(relever(texte)).toMatchObject({
      signatures: [{ porteur: null }],
      racine: texte.indexOf('<ds:'),
      encodage: 'ISO-8859-1',
      instructionsHors: 1,
    });
  });

  test('two elements of one depth are two holders', () => {
    const [un, deux] = relever(`<r><a Id="A">${signature()}</a><b>${signature()}</b></r>`).signatures;
    expect([un?.porteur?.id, un?.porteur?.signatures, deux?.porteur?.id, deux?.porteur?.signatures]).toEqual([
      'A',
      1,
      null,
      1,
    ]);
  });

  test('a Signature of another namespace is none', () => {
    expect(relever('<r><Signature/><x:Signature xmlns:x="urn:x"/></r>').signatures).toEqual([]);
  });

  test('what follows a signature in its holder is told; what follows the holder is not its matter', () => {
    const suivies = (texte: string): boolean[] => relever(texte).signatures.map((s) => s.suivie);
    expect(suivies(`<r>${signature()}</r>`)).toEqual([false]);
    expect(suivies(`<r>${signature()}<a/></r>`)).toEqual([true]);
    expect(suivies(`<r>${signature()}texte</r>`)).toEqual([false]);
    expect(suivies(`<r>${signature()}${signature()}</r>`)).toEqual([true, false]);
    expect(suivies(`<r><a>${signature()}</a><b/></r>`)).toEqual([false]);
    expect(suivies(`<r><a>${signature()}</a><b><c/></b></r>`)).toEqual([false]);
    expect(suivies(`<r>${signature('<a/><b/>')}</r>`)).toEqual([false]);
  });

  test('identifiers: Id designates; ID, id and xml:id are remembered, a thousand at most', () => {
    const { ids, autresIds } = relever(
      `<r Id="R" ID="A"><a id="B" x:Id="C" xmlns:x="urn:x"/>${signature('<ds:x xml:id="D"/>')}</r>`,
    );
    expect([[...ids], [...autresIds]]).toEqual([
      ['R', 'S'],
      ['A', 'B', 'D'],
    ]);
    const beaucoup = Array.from({ length: 1100 }, (_, n) => `<a id="${n}"/>`).join('');
    expect(relever(`<r>${beaucoup}</r>`).autresIds.size).toBe(1000);
  });

  test('a hundred signatures, and one more is told', () => {
    expect(relever(`<r>${signature().repeat(SIGNATURES_MAX)}</r>`)).toMatchObject({
      tropDeSignatures: false,
    });
    const trop = relever(`<r>${signature().repeat(SIGNATURES_MAX + 3)}</r>`);
    expect([trop.signatures.length, trop.tropDeSignatures]).toEqual([SIGNATURES_MAX, true]);
  });

  test('instructions outside of the root are counted, those inside are not theirs', () => {
    expect(relever('<?a?><!-- --><r><?b?><c><?d?></c></r><?e?>').instructionsHors).toBe(2);
  });
});

describe('what an object carries stays out of the tree, and is told', () => {
  test('names of its contents, its own text, its Id', () => {
    const s = premiere(
      signature(
        objet('<a><b/></a><c xmlns="urn:c"/>', ' Id="O1"') +
          objet(' \n\t') +
          objet('x') +
          objet('&#233;') +
          objet('&#32;') +
          objet('<d/>y'),
      ),
    );
    expect(s.objets).toMatchObject([
      {
        id: 'O1',
        contenus: [
          { espace: '', nom: 'a' },
          { espace: 'urn:c', nom: 'c' },
        ],
        texte: false,
        proprietes: false,
        ecarts: 0,
      },
      { id: null, contenus: [], texte: false, proprietes: false, ecarts: 0 },
      { id: null, contenus: [], texte: true, proprietes: false, ecarts: 0 },
      { id: null, contenus: [], texte: true, proprietes: false, ecarts: 0 },
      { id: null, contenus: [], texte: false, proprietes: false, ecarts: 0 },
      { id: null, contenus: [{ espace: '', nom: 'd' }], texte: true, proprietes: false, ecarts: 0 },
    ]);
    expect(s.racine.enfants.map((e) => [e.nom, e.enfants.length, e.texte])).toEqual(
      Array.from({ length: 6 }, () => ['Object', 0, '']),
    );
  });

  test('a character above Latin-1, a NUL-like one: text', () => {
    for (const corps of ['&#x2028;', '&#x120;', 'é', '\u00a0', '&amp;', '<![CDATA[x]]>']) {
      expect(premiere(signature(objet(corps))).objets[0]?.texte).toBe(true);
    }
    for (const corps of ['&#9;', '&#10;', '&#13;', '<![CDATA[ ]]>', '<a>x</a>']) {
      expect(premiere(signature(objet(corps))).objets[0]?.texte).toBe(false);
    }
  });

  test('where each begins', () => {
    const texte = `<r>${signature(objet('<a/>') + objet('b'))}</r>`;
    expect(premiere(texte).objets.map((o) => texte.slice(o.debut, o.debut + 11))).toEqual([
      '<ds:Object>',
      '<ds:Object>',
    ]);
  });

  test('the properties stay in the tree, whatever stands beside them', () => {
    const s = premiere(
      signature(objet(`${qp('<xad:SignedProperties><xad:a>t</xad:a></xad:SignedProperties>')}<b/>`)),
    );
    expect(s.objets).toMatchObject([{ proprietes: true, contenus: [{ nom: 'b' }] }]);
    expect(s.racine.enfants[0]?.enfants.map((e) => e.nom)).toEqual(['QualifyingProperties']);
    expect(s.racine.enfants[0]?.enfants[0]?.enfants[0]?.enfants[0]).toMatchObject({ nom: 'a', texte: 't' });
  });

  test('properties of an unknown age are a content like another', () => {
    const s = premiere(signature(objet('<x:QualifyingProperties xmlns:x="urn:x"/>')));
    expect(s.objets).toMatchObject([
      { proprietes: false, contenus: [{ espace: 'urn:x', nom: 'QualifyingProperties' }] },
    ]);
  });

  test('an Object elsewhere than in the signature, or of another namespace, is none', () => {
    const s = premiere(signature(`<ds:KeyInfo>${objet('<a/>')}</ds:KeyInfo><Object><b/></Object>`));
    expect(s.objets).toEqual([]);
    expect(s.racine.enfants.map((e) => e.enfants.map((f) => f.nom))).toEqual([['Object'], ['b']]);
  });

  test('after an object the tree goes on', () => {
    const s = premiere(signature(`${objet('<a>x</a>')}<ds:b>y</ds:b>${objet('<c/>')}z`));
    expect(s.racine.enfants.map((e) => [e.nom, e.texte])).toEqual([
      ['Object', ''],
      ['b', 'y'],
      ['Object', ''],
    ]);
    expect(s.racine.texte).toBe('z');
    expect(s.objets).toHaveLength(2);
  });

  test('text of the parts, references and encoding included', () => {
    const texte = Buffer.from(
      `<?xml version="1.0" encoding="ISO-8859-1"?>${signature('<ds:b>é&#233;&amp;</ds:b>')}`,
      'latin1',
    );
    expect(relever(texte).signatures[0]?.racine.enfants[0]?.texte).toBe('éé&');
  });

  test('a signature inside an object is told, and never one of its own', () => {
    const { signatures } = relever(signature(objet(signature('', 'T'))));
    expect(signatures.map((s) => [s.racine.attributs.get('Id'), s.imbriquee])).toEqual([['S', true]]);
    expect(premiere(signature(objet('<a/>'))).imbriquee).toBe(false);
  });
});

describe('comments and instructions: where they stand says what they are worth', () => {
  test.each([
    ['in the signature', signature('<!-- --><?x?><ds:KeyInfo><!-- --></ds:KeyInfo>'), [2, 1], []],
    ['in an object, beside its content', signature(objet('<!-- --><?x?><a/>')), [0, 0], [2]],
    ['in the content of an object: its own matter', signature(objet('<a><!-- --><?x?></a>')), [0, 0], [0]],
    ['in the properties', signature(objet(qp('<!-- --><xad:a><?x?></xad:a>'))), [1, 1], [0]],
    [
      'in the unsigned properties',
      signature(
        objet(qp('<xad:UnsignedProperties><xad:a><xad:b><!-- --></xad:b></xad:a></xad:UnsignedProperties>')),
      ),
      [1, 0],
      [0],
    ],
    ['outside of the signature', `<r><!-- --><?x?>${signature()}<!-- --></r>`, [0, 0], []],
    ['after the object', signature(`${objet('<a/>')}<!-- -->`), [1, 0], [0]],
  ] as const)('%s', (...[, texte, attendus, ecarts]) => {
    const s = premiere(texte);
    expect([[s.commentaires, s.instructions], s.objets.map((o) => o.ecarts)]).toEqual([
      [...attendus],
      [...ecarts],
    ]);
  });
});

describe('memory is bounded', () => {
  test('a signature of too many elements is told; the contents of its objects do not count', () => {
    const n = LIMITES_SIGNATURE.elements;
    expect(premiere(signature('<ds:x/>'.repeat(n - 1))).tropGrosse).toBe(false);
    expect(premiere(signature('<ds:x/>'.repeat(n))).tropGrosse).toBe(true);
    expect(premiere(signature(objet(`<a>${'<b>c</b>'.repeat(2 * n)}</a>`))).tropGrosse).toBe(false);
  });

  test('what no signature signs is kept two levels deep: which properties, not what they hold', () => {
    const jeton = '<xad:Jeton><xad:Dedans>AAAA</xad:Dedans></xad:Jeton>'.repeat(1500);
    const s = premiere(
      signature(
        objet(
          qp(
            `<xad:SignedProperties><xad:a><xad:b><xad:c/></xad:b></xad:a></xad:SignedProperties><xad:UnsignedProperties><xad:USP><xad:T>${jeton}</xad:T><xad:U/></xad:USP></xad:UnsignedProperties><xad:Apres>x</xad:Apres>`,
          ),
        ) + '<ds:fin>y</ds:fin>',
      ),
    );
    const arbre = s.racine.enfants[0]?.enfants[0];
    expect(s.tropGrosse).toBe(false);
    expect(arbre?.enfants.map((e) => e.nom)).toEqual(['SignedProperties', 'UnsignedProperties', 'Apres']);
    expect(arbre?.enfants[0]?.enfants[0]?.enfants[0]?.enfants).toHaveLength(1);
    const [usp] = arbre?.enfants[1]?.enfants ?? [];
    expect(usp?.enfants.map((e) => [e.nom, e.enfants.length])).toEqual([
      ['T', 0],
      ['U', 0],
    ]);
    expect(arbre?.enfants[2]?.texte).toBe('x');
    expect(s.racine.enfants[1]?.texte).toBe('y');
  });

  test('after the unsigned properties, an object is read as before them', () => {
    const nonSignees = '<xad:UnsignedProperties><xad:USP><xad:T>z</xad:T></xad:USP></xad:UnsignedProperties>';
    const s = premiere(
      signature(`${objet(qp(nonSignees))}${objet('<a><!-- --><b>x</b></a>')}<ds:fin>y</ds:fin>`),
    );
    expect(s.racine.enfants.map((e) => [e.nom, e.enfants.length])).toEqual([
      ['Object', 1],
      ['Object', 0],
      ['fin', 0],
    ]);
    expect(s.racine.enfants[2]?.texte).toBe('y');
    expect(s.objets.map((o) => [o.proprietes, o.contenus.map((c) => c.nom), o.ecarts])).toEqual([
      [true, [], 0],
      [false, ['a'], 0],
    ]);
    expect(s.commentaires).toBe(0);
  });

  test('UnsignedProperties elsewhere than in the properties are kept as they are', () => {
    const s = premiere(
      signature(
        '<ds:KeyInfo><ds:a><UnsignedProperties><b><c><d/></c></b></UnsignedProperties></ds:a></ds:KeyInfo>',
      ),
    );
    const [a] = s.racine.enfants[0]?.enfants ?? [];
    expect(a?.enfants[0]?.enfants[0]?.enfants[0]?.enfants.map((e) => e.nom)).toEqual(['d']);
  });

  test('the tree is the one of the text, but for the objects', () => {
    const texte = signature(
      `<ds:SignedInfo a="1">x<ds:b/></ds:SignedInfo><ds:KeyInfo>&lt;</ds:KeyInfo>${objet(qp('<xad:SignedProperties Id="P"/>'))}`,
    );
    expect(premiere(texte).racine).toEqual(noeudDe(texte));
  });
});

const DEMANDE: DemandeEmpreinte = {
  debut: 0,
  mode: 'exclusive',
  commentaires: false,
  sansSignature: false,
  hachage: 'sha256',
};

describe('the second pass: forms of elements and of the document, digested as they go by', () => {
  const TEXTE = `<?xml version="1.0"?><?a?><r xmlns:x="urn:x" Id="R" b="2" a="1"><!-- c --><x:e>é</x:e>${signature()}</r><?z?>`;
  const RACINE = TEXTE.indexOf('<r');
  const SANS_COMMENTAIRE = (corps: string): string =>
    `<r Id="R" a="1" b="2"><x:e xmlns:x="urn:x">é</x:e>${corps}</r>`;
  const SIGNATURE = `<ds:Signature xmlns:ds="${DS}" Id="S"></ds:Signature>`;

  function faire(demandes: readonly DemandeEmpreinte[], texte = TEXTE): (EmpreinteFaite | undefined)[] {
    const { faites } = lire(new Empreintes(demandes), texte, 7);
    return demandes.map((d) => faites.get(d));
  }
  const octets = (faite: EmpreinteFaite | undefined): string => Buffer.from(faite?.octets ?? []).toString();
  const forme = (demande: Partial<DemandeEmpreinte>): string =>
    octets(faire([{ ...DEMANDE, debut: RACINE, hachage: null, ...demande }])[0]);

  test.each([
    ['exclusive', {}, SANS_COMMENTAIRE(SIGNATURE)],
    ['its own signature left out', { sansSignature: true }, SANS_COMMENTAIRE('')],
    [
      'with comments',
      { commentaires: true, sansSignature: true },
      SANS_COMMENTAIRE('').replace('<x:e', '<!-- c --><x:e'),
    ],
    [
      'inclusive',
      { mode: 'inclusive', sansSignature: true },
      '<r xmlns:x="urn:x" Id="R" a="1" b="2"><x:e>é</x:e></r>',
    ],
    ['the document', { debut: null, sansSignature: true }, `<?a?>\n${SANS_COMMENTAIRE('')}\n<?z?>`],
    ['an element inside', { debut: TEXTE.indexOf('<x:e') }, '<x:e xmlns:x="urn:x">é</x:e>'],
  ] as const)('%s', (_, demande, attendue) => {
    expect(forme(demande)).toBe(attendue);
  });

  test('several of one element, each its own; the digest is that of the form', () => {
    const demandes = [
      { ...DEMANDE, debut: RACINE, sansSignature: true },
      { ...DEMANDE, debut: RACINE, sansSignature: true, hachage: 'sha512' },
      { ...DEMANDE, debut: null, hachage: null },
    ];
    const [un, deux, trois] = faire(demandes);
    const hacher = (nom: string): string => createHash(nom).update(SANS_COMMENTAIRE('')).digest('hex');
    expect([un, deux].map((e) => Buffer.from(e?.octets ?? []).toString('hex'))).toEqual([
      hacher('sha256'),
      hacher('sha512'),
    ]);
    expect(octets(trois)).toContain('<?a?>');
  });

  test('name, Id and place of what was digested; comments and instructions met inside', () => {
    const [racine, e, document] = faire([
      { ...DEMANDE, debut: RACINE },
      { ...DEMANDE, debut: TEXTE.indexOf('<x:e') },
      { ...DEMANDE, debut: null },
    ]);
    expect(racine).toMatchObject({
      nom: 'r',
      id: 'R',
      position: { octet: RACINE },
      commentaires: 1,
      instructions: 0,
    });
    expect(e).toMatchObject({ nom: 'x:e', id: null, commentaires: 0, instructions: 0 });
    expect(document).toMatchObject({
      nom: '',
      id: null,
      position: { octet: 0, ligne: 1, colonne: 1 },
      commentaires: 1,
      instructions: 2,
    });
  });

  test('what stands nowhere is not made', () => {
    expect(faire([{ ...DEMANDE, debut: RACINE + 1 }])).toEqual([undefined]);
    expect(lire(new Empreintes([]), TEXTE).faites.size).toBe(0);
  });

  test('the bytes of a form that is too big are not kept; its digest is made all the same', () => {
    const grand = (n: number): (EmpreinteFaite | undefined)[] =>
      faire([{ ...DEMANDE, hachage: null }, DEMANDE], `<r>${'x'.repeat(n)}</r>`);
    const juste = LIMITES_SIGNATURE.caracteres - '<r></r>'.length;
    expect(grand(juste)[0]?.octets).toHaveLength(LIMITES_SIGNATURE.caracteres);
    const [octetsTrop, empreinte] = grand(juste + 1);
    expect([octetsTrop?.octets, empreinte?.octets?.length]).toEqual([null, 32]);
  });
});

describe('a file beside a signature is read once, whatever is asked of it', () => {
  test('its size, and each digest by name', async () => {
    let lectures = 0;
    const lu = await lireFichier(
      () => {
        lectures += 1;
        return morceaux(Buffer.from('abcdefg'), 3);
      },
      new Set(['sha256', 'sha1']),
    );
    const hacher = (nom: string): Buffer => createHash(nom).update('abcdefg').digest();
    expect([lectures, lu.octets, [...lu.empreintes]]).toEqual([
      1,
      7,
      [
        ['sha256', hacher('sha256')],
        ['sha1', hacher('sha1')],
      ],
    ]);
  });
});
