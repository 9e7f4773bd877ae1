import { describe, expect, it } from 'vitest';
import type { FauteXml } from '../../../src/formats/xml/faute.ts';
import { ANNEXE, BUDGET, BUDGETAIRE, faits, IMAGE, PDF, type Retouche, reponseDe } from './decor.ts';
import { bons, m, mauvais } from './epreuve.ts';

const annexe = (piece: typeof PDF): Retouche => ({
  metadonnees: { annexes: [{ typologie: '70_DE' }] },
  pieces: [PDF, piece],
});

const budgetAvec = (piece: typeof PDF): Retouche => ({
  metadonnees: { ...BUDGETAIRE.metadonnees, annexes: [{ typologie: '70_DE' }] },
  pieces: [BUDGET, piece],
});

const pdf = (defaut: Partial<NonNullable<typeof PDF.pdf>> | null): Retouche => ({
  pieces: [{ ...PDF, pdf: defaut === null || PDF.pdf === null ? null : { ...PDF.pdf, ...defaut } }],
});

const fauteXml = (code: string, message: string): FauteXml => {
  const place = { ligne: 3, colonne: 7, octet: 1234 };
  return { code, message, ...place, chemin: '', valeur: null, attendu: '' };
};

/** A budget that could not be read whole; null: not read at all. */
const xml = (code: string | null, message = ''): Retouche => {
  const lu = code === null ? null : { racine: 'DocumentBudgetaire', faute: fauteXml(code, message) };
  return { ...BUDGETAIRE, pieces: [{ ...BUDGET, xml: lu }] };
};

describe('pieces (PDF; XML for budgets, arrêté of 13 October 2011; 150 MB)', () => {
  mauvais('ACTES-PCE-01', [
    ['no document', { pieces: [] }, /Aucun document principal/],
    ['two documents', { pieces: [PDF, PDF] }, /2 documents principaux/],
    ['an annexe not declared', { pieces: [PDF, ANNEXE] }, /0 annexe déclarée, 1 fichier d’annexe joint\./],
    ['an annexe not joined', m({ annexes: [{ typologie: '70_DE' }] }), /1 annexe déclarée, 0 fichier/],
  ]);
  it('ACTES-PCE-01 does not accuse the files when the list of annexes was unreadable', () => {
    const r = reponseDe('ACTES-PCE-01', faits({ metadonnees: { annexes: 'x' }, pieces: [PDF, ANNEXE] }));
    expect([r.reponse, r.autres]).toEqual(['oui', ['ACTES-META-01']]);
  });
  mauvais('ACTES-PCE-02', [
    ['an empty piece', { pieces: [{ ...PDF, taille: 0 }] }, /« délibération\.pdf » est vide/],
  ]);
  bons('ACTES-PCE-03', [
    ['a PDF', {}],
    ['the XML of a budget', BUDGETAIRE],
    [
      'the XML of a subdivision of 7.1',
      { ...BUDGETAIRE, metadonnees: { ...BUDGETAIRE.metadonnees, matiere: '7.1.2' } },
    ],
    ['the PDF of a nature 5', { ...BUDGETAIRE, pieces: [PDF] }],
  ]);
  mauvais('ACTES-PCE-03', [
    ['an image', { pieces: [{ ...IMAGE, role: 'document' }] }, /image\/png.*PDF/s],
    ['an unknown content', { pieces: [{ ...PDF, type: 'inconnu', pdf: null }] }, /non reconnu/],
    ['the XML of a deliberation', { pieces: [BUDGET] }, /nature DE.*réservé aux documents budgétaires/s],
    [
      'the XML of nature 5 under 7.10',
      { ...BUDGETAIRE, metadonnees: { ...BUDGETAIRE.metadonnees, matiere: '7.10' } },
      /« 7\.10 »/,
    ],
  ]);
  bons('ACTES-PCE-04', [
    ['an image', annexe(IMAGE)],
    ['an XML', annexe({ ...BUDGET, role: 'annexe' })],
  ]);
  mauvais('ACTES-PCE-04', [
    ['an unknown content', annexe({ ...ANNEXE, type: 'inconnu' }), /« plan\.pdf ».*non reconnu/s],
  ]);
  bons('ACTES-PCE-05', [['the deliberation in PDF', budgetAvec(ANNEXE)]]);
  mauvais('ACTES-PCE-05', [['an image with a budget', budgetAvec(IMAGE), /« photo\.png ».*PDF/s]]);
  bons('ACTES-PCE-06', [['a sound XML', BUDGETAIRE]]);
  mauvais('ACTES-PCE-06', [
    [
      'a DOCTYPE',
      xml('XML-006', 'Une déclaration DOCTYPE n’est pas admise.'),
      /DOCTYPE.*ligne 3, colonne 7\./,
    ],
    [
      'a tag that does not close',
      xml('XML-019', 'La balise fermante ne répond pas à l’élément ouvert « b ».'),
      /n’est pas un XML lisible \(ligne 3, colonne 7, octet 1\s234\) : la balise fermante.*« b »\. Produire/,
    ],
    ['an identifier borne twice', xml('XML-018', 'L’identifiant « a » est porté deux fois.'), /« a »/],
    ['facts that could not be taken', xml(null), /XML lisible/],
  ]);
  it('ACTES-PCE-06 only warns where another reader may take the file', () => {
    const doute = annexe({
      ...BUDGET,
      role: 'annexe',
      xml: { racine: 'a', faute: fauteXml('XML-018', 'X.') },
    });
    const cas = [xml('XML-002', 'L’encodage…'), xml('XML-042', 'Trop.'), doute];
    const dites = cas.map((c) => reponseDe('ACTES-PCE-06', faits(c)));
    for (const r of dites) {
      expect(r.gravites).toEqual(['avertissement']);
      expect(r.texte).toContain('n’a pas été vérifiée jusqu’au bout (ligne 3');
    }
  });
  bons('ACTES-PCE-07', [['DocumentBudgetaire', BUDGETAIRE]]);
  mauvais('ACTES-PCE-07', [
    [
      'another root',
      { ...BUDGETAIRE, pieces: [{ ...BUDGET, xml: { racine: 'PES_Aller', faute: null } }] },
      /« PES_Aller »/,
    ],
  ]);
  bons('ACTES-PCE-10', [['exactly 150 000 000 bytes', { pieces: [{ ...PDF, taille: 150_000_000 }] }]]);
  mauvais('ACTES-PCE-10', [
    [
      'one byte more, in all',
      annexe({ ...ANNEXE, taille: 150_000_000 - 12_000 + 1 }),
      /150\s000\s001 octets/,
    ],
  ]);
});

describe('PDF (readable, not locked)', () => {
  mauvais('ACTES-PDF-01', [
    ['no header', pdf({ entete: false }), /pas d’en-tête PDF/],
    ['facts that could not be taken', pdf(null), /pas d’en-tête PDF/],
  ]);
  mauvais('ACTES-PDF-02', [['a cut end', pdf({ fin: false }), /tronqué ou corrompu/]]);
  mauvais('ACTES-PDF-03', [['a locked file', pdf({ chiffre: true }), /chiffré.*sans protection/s]]);
  it('does not arise for a budget in XML', () => {
    expect(reponseDe('ACTES-PDF-01', faits(BUDGETAIRE)).reponse).toBe('sans objet');
  });
});

describe('types of pieces (arrêté of 23 May 2017; 7-2, TypePJNatureActe)', () => {
  mauvais('ACTES-TYP-01', [
    ['no type on the document', m({ document: {} }), /typologie de cette pièce est absente/],
    [
      'no type on the second annexe',
      { metadonnees: { annexes: [{ typologie: '70_DE' }, {}] }, pieces: [PDF, ANNEXE, ANNEXE] },
      /absente/,
    ],
  ]);
  it('names the place of the piece', () => {
    const f = faits({
      metadonnees: { annexes: [{ typologie: '70_DE' }, {}] },
      pieces: [PDF, ANNEXE, ANNEXE],
    });
    expect(reponseDe('ACTES-TYP-01', f).ou).toEqual(['annexes[1].typologie']);
  });
  mauvais('ACTES-TYP-02', [
    ['six characters', m({ document: { typologie: '99_DEL' } }), /« 99_DEL »/],
    ['lower case', m({ document: { typologie: '99_de' } }), /cinq caractères/],
  ]);
  bons('ACTES-TYP-03', [['an allowed type', {}]]);
  mauvais('ACTES-TYP-03', [
    [
      'a type of another nature',
      m({ document: { typologie: '99_BU' } }),
      /« 99_BU ».*nature 1 \(DE\).*99_DE \(Délibération\)/s,
    ],
  ]);
  it('does not arise when the classification lists no type for the nature (before 2017)', () => {
    expect(reponseDe('ACTES-TYP-03', faits(m({ nature: '8' }))).reponse).toBe('sans objet');
  });
});
