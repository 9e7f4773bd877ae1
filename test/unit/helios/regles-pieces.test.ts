import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Essai, reponseDe } from './epreuve.ts';
import { enGzip64, PDF, pes, type PieceEssai, textePes } from './generateur.ts';

type Ligne = readonly [code: string, titre: string, essai: Essai, dit: RegExp];

const A: PieceEssai = { idUnique: 'A1', refCompta: ['01'] };
const piece = (suite: Partial<PieceEssai>): Essai => ({ pes: { pieces: [{ ...A, ...suite }] } });
const remplace = (avant: string | RegExp, apres: string, pieces: readonly PieceEssai[] = [A]): Essai => ({
  octets: Buffer.from(textePes({ pieces }).replace(avant, apres), 'latin1'),
});
const cite = (refs: readonly PieceEssai[], pieces: readonly PieceEssai[] | null = null): Essai => ({
  pes: { depense: [{ pjRef: refs }], pieces },
});

const BLOQUANTES: readonly Ligne[] = [
  [
    'HELIOS-PJ-01',
    'no content',
    remplace(/<Contenu>.*<\/Contenu>/, ''),
    /PES_PJ\/PJ\[1\] A1, ligne \d+, colonne \d+ \|.*pas de contenu/,
  ],
  ['HELIOS-PJ-01', 'an empty content', piece({ fichier: '' }), /est vide/],
  ['HELIOS-PJ-01', 'no base 64', piece({ fichier: 'a*b' }), /base 64/],
  [
    'HELIOS-PJ-01',
    'a gzip cut short',
    piece({ fichier: gzipSync(PDF).subarray(0, 30).toString('base64') }),
    /tronqué/,
  ],
  [
    'HELIOS-PJ-01',
    'two gzip of which one is not',
    piece({ fichier: Buffer.concat([gzipSync(PDF), PDF]).toString('base64') }),
    /abîmé/,
  ],
  [
    'HELIOS-PJ-01',
    'a bomb',
    { ...piece({ fichier: enGzip64(Buffer.alloc(100_000)) }), lecture: { pieces: { piece: 10_000 } } },
    /démesuré.*plus petite/,
  ],
  [
    'HELIOS-PJ-01',
    'two contents',
    remplace('</Contenu>', '</Contenu><Contenu><Fichier/></Contenu>'),
    /2 contenus/,
  ],
  ['HELIOS-PJ-03', 'no IdUnique', remplace('<IdUnique V="A1"/>', ''), /pas d’identifiant/],
  ['HELIOS-PJ-03', 'an IdUnique with an accent', piece({ idUnique: 'é' }), /« é »/],
  ['HELIOS-PJ-03', 'an IdUnique of 51 characters', piece({ idUnique: 'a'.repeat(51) }), /vaut/],
  ['HELIOS-PJ-03', 'zeros', piece({ idUnique: '000' }), /« 000 »/],
  [
    'HELIOS-PJ-04',
    'the same IdUnique twice',
    { pes: { pieces: [A, { ...A, idUnique: 'B' }, A] } },
    /PJ\[3\].*pièce n° 1/,
  ],
  [
    'HELIOS-PJ-09',
    'a reference without support',
    cite([{ idUnique: 'A1', support: '' }]),
    /sans son support/,
  ],
  ['HELIOS-PJ-09', 'a reference without identifier', cite([{ idUnique: '' }]), /sans son identifiant/],
];

const AVERTISSEMENTS: readonly Ligne[] = [
  ['HELIOS-PJ-02', 'not compressed', piece({ fichier: PDF.toString('base64') }), /n’est pas compressé/],
  ['HELIOS-PJ-05', 'a name without extension', piece({ nomPJ: 'facture' }), /« facture »/],
  ['HELIOS-PJ-05', 'an extension of five letters', piece({ nomPJ: 'a.tiffs' }), /« a.tiffs »/],
  ['HELIOS-PJ-05', 'a name of 101 characters', piece({ nomPJ: `${'n'.repeat(97)}.pdf` }), /dépasse 100/],
  [
    'HELIOS-PJ-06',
    'a PDF that is XML',
    piece({ fichier: enGzip64(Buffer.from('<?xml version="1.0"?><a/>')) }),
    /annoncée application\/pdf.*application\/xml/,
  ],
  [
    'HELIOS-PJ-06',
    'a PDF that is anything',
    piece({ fichier: enGzip64(Buffer.from('bonjour')) }),
    /d’un autre type/,
  ],
  [
    'HELIOS-PJ-07',
    'a document budgétaire tied to dépense',
    piece({ typePJ: '001' }),
    /type 001.*domaine « 01 ».*domaine 04/,
  ],
  ['HELIOS-PJ-08', 'tied to nothing', { pes: { pieces: [{ idUnique: 'A1' }] } }, /Aucun mandat ni titre/],
  [
    'HELIOS-PJ-10',
    'announced, not there',
    cite([{ idUnique: 'A1' }, { idUnique: 'B2' }], [A]),
    /1 pièce électronique citée n’est pas dans ce fichier : B2/,
  ],
  [
    'HELIOS-PJ-11',
    'announced on paper, and there',
    cite([{ idUnique: 'A1', support: '02' }], [A]),
    /sur papier et se trouve/,
  ],
];

describe('attached pieces: what is refused', () => {
  test.each(BLOQUANTES)('%s: %s', async (...[code, , essai, dit]) => {
    const r = await reponseDe(code, essai);
    expect(r).toMatchObject({ reponse: 'non', verdict: 'defavorable' });
    expect(r.gravites).toContain('bloquante');
    expect(r.texte).toMatch(dit);
  });
});

describe('attached pieces: what is only told', () => {
  test.each(AVERTISSEMENTS)('%s: %s', async (...[code, , essai, dit]) => {
    const r = await reponseDe(code, essai);
    expect(r).toMatchObject({ reponse: 'non', verdict: 'favorable' });
    expect(r.texte).toMatch(dit);
  });
});

describe('attached pieces: what is accepted', () => {
  test.each<[string, string, Essai]>([
    ['HELIOS-PJ-01', 'a gzip of nothing', piece({ fichier: enGzip64(Buffer.alloc(0)) })],
    ['HELIOS-PJ-03', '50 letters and digits', piece({ idUnique: 'a1'.repeat(25) })],
    ['HELIOS-PJ-05', 'a name of 100 characters', piece({ nomPJ: `${'n'.repeat(96)}.pdf` })],
    [
      'HELIOS-PJ-06',
      'XML under either of its names',
      piece({ typeMime: 'text/xml', fichier: enGzip64(Buffer.from('<a/>')) }),
    ],
    ['HELIOS-PJ-06', 'a type that contents do not show', piece({ typeMime: 'application/zip' })],
    ['HELIOS-PJ-06', 'no type announced: the schema says it', piece({ typeMime: null })],
    [
      'HELIOS-PJ-07',
      'a facture tied to dépense and recette',
      piece({ typePJ: '006', refCompta: ['01', '02'] }),
    ],
    ['HELIOS-PJ-07', 'a type to come', piece({ typePJ: '099' })],
    ['HELIOS-PJ-08', 'cited by a pièce of the file', cite([{ idUnique: 'A1' }], [{ idUnique: 'A1' }])],
    ['HELIOS-PJ-10', 'all there', cite([{ idUnique: 'A1' }], [A])],
    ['HELIOS-PJ-11', 'on paper, and not there', cite([{ idUnique: 'A1', support: '02' }], [])],
  ])('%s: %s', async (code, _, essai) => {
    const r = await reponseDe(code, essai);
    expect(r.texte).toBe('');
    expect(r.reponse).toBe('oui');
  });

  test('five missing pieces are named, the others are counted', async () => {
    const refs = Array.from({ length: 8 }, (_, k) => ({ idUnique: `P${k}` }));
    const { texte } = await reponseDe('HELIOS-PJ-10', cite([...refs, { idUnique: 'P0' }]));
    expect(texte).toMatch(/8 pièces électroniques citées .* : P0, P1, P2, P3, P4…\./);
  });

  test('a reference of recette is situated in its bordereau', async () => {
    const r = await reponseDe('HELIOS-PJ-09', {
      octets: pes({ depense: null, recette: [{}, { idBord: '2', pjRef: [{ idUnique: '' }] }] }),
    });
    expect(r.texte).toMatch(/^PES_RecetteAller\/Bordereau\[2\], PJRef, ligne \d+/);
  });
});
