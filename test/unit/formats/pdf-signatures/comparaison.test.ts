import { describe, expect, test } from 'vitest';
import { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import { ComparaisonRevisions, type Suite } from '../../../../src/formats/pdf/signatures-suite.ts';
import { type DocumentEssai, fabriquer, reviser } from '../pdf-tampon/fabrique.ts';

/** Object by object: what may change after a signature, and what may not. */

const flux = (entrees: string, octets = 'abc'): string =>
  `<<${entrees} /Length ${octets.length}>>\nstream\n${octets}\nendstream`;

const OBJETS = {
  info: '<</Title (Acte)>>',
  dss: '<</Type /DSS /VRI $vri /CRLs $listes>>',
  vri: '<</A $preuve>>',
  preuve: '<</CRL $liste>>',
  liste: '<</X $profond>>',
  profond: '(a)',
  listes: '[]',
  form: '<</SigFlags 1 /Fields [$rempli $vide $texte]>>',
  rempli: '<</FT /Sig /T (a) /V $valeur>>',
  vide: '<</FT /Sig /T (b) /Type /Annot /Subtype /Widget /Rect [0 0 9 9] /P 9 0 R /Kids [$lieu]>>',
  lieu: '<</Parent $vide /Rect [0 0 1 1] /F 4>>',
  place: '<</Parent $rempli /Rect [0 0 1 1] /F 4>>',
  texte: '<</FT /Tx /T (c) /V (x)>>',
  valeur: '<</Type /Sig>>',
  annots: '[$rempli $vide]',
  meta: flux('/Type /Metadata'),
  image: flux('/Subtype /Image'),
  inconnu: flux('/Filter /Inconnu'),
};
type Nom = keyof typeof OBJETS;

const BASE: DocumentEssai = {
  objets: OBJETS,
  catalogue: '/AcroForm $form /DSS $dss /Metadata $meta /Version /1.7',
  trailer: '/Info 4 0 R',
  pages: [{ entrees: '/Annots $annots' }],
};
const numero = (nom: string): number =>
  nom === 'catalogue' ? 1 : nom === 'page' ? PAGE : 4 + Object.keys(OBJETS).indexOf(nom);
const PAGE = 4 + Object.keys(OBJETS).length + 1;
/** Names as references. */
const lier = (texte: string): string =>
  texte.replace(/\$([a-z]+)/g, (_, nom: string) => `${numero(nom)} 0 R`);
/** Objects that are only in the revision. */
const NEUF = 100;

const ouvrir = (octets: Buffer): DocumentPdf => new DocumentPdf(new Octets(octets));

function comparer(avant: Buffer, apres: Buffer): Suite {
  const comparaison = new ComparaisonRevisions(ouvrir(avant), ouvrir(apres));
  let suite = comparaison.commencer();
  while (suite === null) suite = comparaison.avancer();
  return suite;
}

/** @param objets by name, or by number for those that are new; `=` stands for the object as it was. */
function suiteDe(objets: Readonly<Record<string, string>>, base = BASE): Suite {
  const avant = fabriquer(base);
  const ecrits = Object.entries(objets).map(([nom, corps]) => {
    const tel = corps.replace(/^=/, base.objets?.[nom as Nom] ?? '');
    return [/^\d/.test(nom) ? Number(nom) : numero(nom), lier(tel)];
  });
  return comparer(avant, reviser(avant, Object.fromEntries(ecrits) as Record<number, string>, 200));
}

const SIGNE = '<</FT /Sig /T (n) /V $valeur>>';
const FORM = '/SigFlags 3 /Fields [$rempli $vide $texte';
const VIDE = OBJETS.vide.slice(0, -2);
const CATALOGUE = '/Type /Catalog /Pages 2 0 R';
const PAGE_TELLE = `/Type /Page /Parent 2 0 R /MediaBox [0 0 300 420] /Resources <</Font <</F1 3 0 R>>>> /Contents ${PAGE - 1} 0 R`;

describe('completes the document', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['nothing but new objects', { [NEUF]: '(x)' }],
    ['objects written again as they were', { texte: '=', form: '=', annots: '=', profond: '=', image: '=' }],
    ['title and dates', { info: '<</Title (Autre)>>' }],
    ['the evidence', { dss: '<</Type /DSS>>' }],
    ['its lists', { listes: '[(x)]' }],
    ['what it says of each signature', { vri: '<<>>' }],
    ['of one of them', { preuve: '<</OCSP []>>' }],
    ['and its lists', { liste: '<</Y 1>>' }],
    ['metadata', { meta: flux('/Type /Metadata', 'autre') }],
    ['a field filled in', { form: `<<${FORM} ${NEUF} 0 R]>>`, [NEUF]: SIGNE }],
    ['written where it is listed', { form: `<<${FORM} ${SIGNE}]>>` }],
    ['between those that were there', { form: `<</Fields [$rempli ${SIGNE} $vide $texte]>>` }],
    ['as an annotation', { form: `<<${FORM} <</Type /Annot /FT /Sig /V $valeur /AP <<>>>>]>>` }],
    ['a field that waits, and shows nothing', { form: `<<${FORM} <</FT /Sig /T (n)>>]>>` }],
    ['what the first visible signature brings', { form: `<<${FORM}] /DA (/F 0 Tf) /DR <<>>>>` }],
    ['its place on the page, in a list of its own', { annots: `[$rempli $vide ${SIGNE}]` }],
    ['in a list that the page holds', { page: `<<${PAGE_TELLE} /Annots [$rempli $vide ${SIGNE}]>>` }],
    ['a field that was waiting, filled in', { vide: `${VIDE} /V $valeur /AP <<>> /MK <<>>>>` }],
    [
      'its place, and what it shows',
      { lieu: '<</Parent $vide /Rect [0 0 1 1] /F 132 /AP <<>> /AS /A /M (D:2)>>' },
    ],
    [
      'the version',
      { catalogue: `<<${CATALOGUE} /AcroForm $form /DSS $dss /Metadata $meta /Version /2.0>>` },
    ],
    ['extensions', { catalogue: `<<${CATALOGUE} /AcroForm $form /Extensions <<>>>>` }],
    ['the form, written in the catalogue', { catalogue: `<<${CATALOGUE} /AcroForm <<${FORM}]>>>>` }],
  ])('%s', (_, objets) => {
    expect(suiteDe(objets)).toBe('complements');
  });
});

describe('modifies the document', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['what evidence points to, deeper than its lists', { profond: '(b)' }],
    ['a stream that changes', { image: flux('/Subtype /Image', 'abd') }],
    ['a stream of the same bytes, said to be of another kind', { image: flux('/Subtype /Form') }],
    ['a stream that becomes a text', { image: '(abc)' }],
    ['a text that becomes a stream', { texte: flux('/FT /Tx') }],
    ['a stream that becomes metadata', { image: flux('/Type /Metadata') }],
    ['metadata that becomes something else', { meta: flux('', 'autre') }],
    ['a stream that nobody can read, even the same', { inconnu: '=' }],
    ['a field gone', { form: '<</SigFlags 1 /Fields [$rempli $vide]>>' }],
    ['fields in another order', { form: '<</SigFlags 1 /Fields [$vide $rempli $texte]>>' }],
    ['another field in its place', { form: `<</SigFlags 1 /Fields [$rempli $vide ${SIGNE}]>>` }],
    ['a field twice', { form: `<<${FORM} $texte]>>` }],
    ['a field to fill in', { form: `<<${FORM} <</FT /Tx /V $valeur>>]>>` }],
    ['a field that is none', { form: `<<${FORM} 42]>>` }],
    ['a form of another kind', { form: `<<${FORM}] /XFA []>>` }],
    ['a field that waits and shows something', { form: `<<${FORM} <</FT /Sig /AP <<>>>>]>>` }],
    ['a field that has others under it', { form: `<<${FORM} <</FT /Sig /V $valeur /Kids []>>]>>` }],
    ['a field that is a page too', { form: `<<${FORM} <</Type /Page /FT /Sig /V $valeur>>]>>` }],
    ['an annotation gone', { annots: '[$rempli]' }],
    ['a note', { annots: '[$rempli $vide <</Type /Annot /Subtype /Text>>]' }],
    ['annotations that are a list no more', { annots: SIGNE }],
    ['an object that becomes a list', { texte: '[]' }],
    ['a text', { texte: '<</FT /Tx /T (c) /V (y)>>' }],
    ['a page', { page: `<<${PAGE_TELLE} /Annots $annots /Rotate 90>>` }],
    ['a page without its annotations', { page: `<<${PAGE_TELLE}>>` }],
    ['a field that was filled in', { rempli: '<</FT /Sig /T (a) /V 14 0 R>>' }],
    ['its place', { place: '<</Parent $rempli /Rect [0 0 1 1] /F 132>>' }],
    ['the place of one that waits, elsewhere', { lieu: '<</Parent $vide /Rect [0 0 8 8] /F 4>>' }],
    ['the value of a signature', { valeur: '<</Type /Sig /Contents <00>>>' }],
    ['the catalogue', { catalogue: `<<${CATALOGUE} /AcroForm $form /OpenAction []>>` }],
    ['the form gone', { catalogue: `<<${CATALOGUE} /DSS $dss>>` }],
    ['another form', { catalogue: `<<${CATALOGUE} /AcroForm <</Fields [$rempli $vide]>>>>` }],
  ])('%s', (_, objets) => {
    expect(suiteDe(objets)).toBe('modifications');
  });

  test.each([
    ['T', '/T (z)', '/T (b)'],
    ['FT', '/FT /Tx', '/FT /Sig'],
    ['Type', '', '/Type /Annot'],
    ['Subtype', '', '/Subtype /Widget'],
    ['Rect', '/Rect [0 0 90 90]', '/Rect [0 0 9 9]'],
    ['P', '/P 2 0 R', '/P 9 0 R'],
    ['Kids', '/Kids []', '/Kids [$lieu]'],
    ['Parent', '/T (b) /Parent $texte', '/T (b)'],
  ])('a field that was waiting, filled in with another %s', (_, neuf, ancien) => {
    const rempli = `${VIDE.replace(ancien, neuf)} /V $valeur>>`;
    expect(suiteDe({ vide: rempli })).toBe('modifications');
  });
});

describe('forms that the catalogue holds, or not yet', () => {
  const sans: DocumentEssai = { ...BASE, catalogue: '' };
  test('none before, none after', () => {
    expect(suiteDe({ catalogue: `<<${CATALOGUE} /Version /2.0>>` }, sans)).toBe('complements');
  });

  test('none before: the signatures that come, and nothing to fill in', () => {
    const avec = (champs: string): Suite =>
      suiteDe({ catalogue: `<<${CATALOGUE} /AcroForm <</SigFlags 3 /Fields [${champs}]>>>>` }, sans);
    expect([avec(SIGNE), avec('$texte')]).toEqual(['complements', 'modifications']);
  });

  test('what it said of its letters does not change', () => {
    const form = OBJETS.form.replace('<<', '<</DA (/F 1 Tf) ');
    const base = { ...BASE, objets: { ...OBJETS, form } };
    expect(suiteDe({ form: form.replace('<<', '<</DR <<>> ') }, base)).toBe('complements');
    expect(suiteDe({ form: form.replace('/F 1', '/F 2') }, base)).toBe('modifications');
  });
});

describe('objects that are not there', () => {
  const base: DocumentEssai = { ...BASE, objets: { ...OBJETS, texte: `[<</A [${NEUF} 0 R]>>]` } };

  test('waited for by what was signed: they may not come later', () => {
    expect(suiteDe({ [NEUF]: '(x)' }, base)).toBe('modifications');
    expect(suiteDe({ [NEUF + 1]: '(x)' }, base)).toBe('complements');
  });

  test('set free', () => {
    const avant = fabriquer(BASE);
    const depart = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(avant.toString('latin1'))?.[1] ?? '';
    const liberer = (n: number): Buffer =>
      Buffer.concat([
        avant,
        Buffer.from(
          `xref\n${n} 1\n0000000000 00001 f \ntrailer\n<</Size 200 /Root 1 0 R /Prev ${depart}>>\nstartxref\n${avant.length}\n%%EOF\n`,
        ),
      ]);
    expect(comparer(avant, liberer(numero('texte')))).toBe('modifications');
    expect(comparer(avant, liberer(NEUF))).toBe('complements');
  });
});

describe('objects packed with others', () => {
  const packs = (noms: readonly Nom[]): DocumentEssai => ({
    ...BASE,
    references: 'flux',
    compacts: noms.map(numero),
  });
  test('as they were, or taken out as they were', () => {
    const base = packs(['texte', 'profond', 'lieu']);
    expect(suiteDe({ [NEUF]: '(x)' }, base)).toBe('complements');
    expect(suiteDe({ texte: '=' }, base)).toBe('complements');
    expect(suiteDe({ texte: '<</FT /Tx /V (y)>>' }, base)).toBe('modifications');
  });
});

describe('what is looked at first', () => {
  const avant = fabriquer(BASE);
  const trailer = (autre: string): Buffer =>
    Buffer.from(
      reviser(avant, { [NEUF]: '(x)' }, 200)
        .toString('latin1')
        .replace(/(.*)\/Root 1 0 R/s, `$1${autre}`),
      'latin1',
    );

  test('no revision at all is none that completes', () => {
    expect(comparer(avant, avant)).toBe('modifications');
  });

  test('another catalogue, or a key', () => {
    expect(comparer(avant, trailer('/Root 1 0 R'))).toBe('complements');
    expect(comparer(avant, trailer('/Root 99 0 R'))).toBe('modifications');
  });

  test('bytes put before', () => {
    const decale = Buffer.concat([Buffer.from('x\n'), reviser(avant, { [NEUF]: '(x)' }, 200)]);
    expect(comparer(avant, decale)).toBe('modifications');
  });

  test('half a million objects, and no more', () => {
    expect(suiteDe({ 499_999: '(x)' })).toBe('complements');
    expect(suiteDe({ 500_000: '(x)' })).toBe('modifications');
  });

  test('a few objects at each call', () => {
    const c = new ComparaisonRevisions(ouvrir(avant), ouvrir(reviser(avant, { 999: '(x)' }, 200)));
    expect(c.commencer()).toBeNull();
    const vus = Array.from({ length: 5 }, () => c.avancer());
    expect(vus).toEqual([null, null, null, null, 'complements']);
  });
});
