import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Analyseur } from '../../../../src/formats/pdf/analyseur.ts';
import type { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import type { MiseAJour } from '../../../../src/formats/pdf/mise-a-jour.ts';
import { type Dictionnaire, dictionnaire, nom, type ObjetPdf } from '../../../../src/formats/pdf/objets.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import { pkiCms } from '../certificats/cms-essai.ts';
import type { Pki } from '../certificats/pki.ts';
import { DEMANDE } from '../pdf-tampon/oracles.ts';
import { changer, codes, document, racine, reviser, signe, signerPdf, timbre, verifier } from './atelier.ts';

/** What is added after a signature: evidence and other signatures complete it, anything else has changed the document. */

let pki: Pki;
let signee: Buffer;
const objet = (texte: string): ObjetPdf => new Analyseur(new Octets(Buffer.from(texte)), 0).objet();
const dict = (texte: string): Dictionnaire => objet(texte) as Dictionnaire;

beforeAll(() => {
  pki = pkiCms();
  signee = faire();
}, 60_000);
afterAll(() => pki.fermer());

const faire = (base = document({ trailer: '/Info <</Title (Acte)>>' })): Buffer =>
  signerPdf({ base, place: 3000, signer: signe(pki) });

type Revision = (doc: DocumentPdf, maj: MiseAJour) => void;

async function juger(pdf: Buffer) {
  const { signatures, constats } = await verifier(pdf);
  const [s] = signatures;
  return {
    s,
    etat: s?.etat,
    suite: s?.suite,
    codes: s === undefined ? [] : codes(s),
    fichier: constats.map((c) => c.code),
  };
}

const page = (doc: DocumentPdf): number => {
  const noeud = doc.dictionnaire((doc.objet(racine(doc)).objet as Dictionnaire).entrees.get('Pages'));
  const [premiere] = doc.elements(noeud?.entrees.get('Kids'));
  return premiere?.type === 'reference' ? premiere.numero : -1;
};
const contenu = (doc: DocumentPdf): number => {
  const vu = (doc.objet(page(doc)).objet as Dictionnaire).entrees.get('Contents');
  return vu?.type === 'reference' ? vu.numero : -1;
};
const AUTRE = Buffer.from('BT /F1 12 Tf 1 0 0 1 60 200 Tm (Autre acte) Tj ET\n');

const ATTAQUES: readonly (readonly [string, Revision])[] = [
  [
    'the content of the page is another',
    (doc, maj) => {
      const neuf = maj.reserver();
      maj.poserFlux(neuf, dictionnaire({}), AUTRE);
      changer({ doc, maj }, page(doc), { Contents: `${neuf.numero} 0 R` });
    },
  ],
  [
    'the content keeps its number and changes',
    (doc, maj) =>
      maj.poserFlux({ type: 'reference', numero: contenu(doc), generation: 0 }, dictionnaire({}), AUTRE),
  ],
  [
    'a page is added',
    (doc, maj) => {
      const neuve = maj.reserver();
      maj.poser(neuve, dict(`<</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>>`));
      changer({ doc, maj }, 2, { Kids: `[${page(doc)} 0 R ${neuve.numero} 0 R]`, Count: '2' });
    },
  ],
  ['the page is turned over', (doc, maj) => changer({ doc, maj }, page(doc), { Rotate: '180' })],
  ['a font is another', (doc, maj) => changer({ doc, maj }, 3, { BaseFont: '/Courier' })],
  [
    'a note is added',
    (doc, maj) => {
      const note = maj.reserver();
      maj.poser(note, dict('<</Type /Annot /Subtype /FreeText /Rect [0 0 300 400] /Contents (Autre acte)>>'));
      const avant = doc.elements((doc.objet(page(doc)).objet as Dictionnaire).entrees.get('Annots'));
      const gardes = avant.map((a) => (a.type === 'reference' ? `${a.numero} 0 R` : ''));
      changer({ doc, maj }, page(doc), { Annots: `[${gardes.join(' ')} ${note.numero} 0 R]` });
    },
  ],
  ['the signature is taken off the page', (doc, maj) => changer({ doc, maj }, page(doc), { Annots: '[]' })],
  [
    'the catalogue opens an action',
    (doc, maj) => changer({ doc, maj }, racine(doc), { OpenAction: '<</S /JavaScript /JS (1)>>' }),
  ],
  ['layers are shown', (doc, maj) => changer({ doc, maj }, racine(doc), { OCProperties: '<</D <<>>>>' })],
  [
    'an empty field of signature shows a picture over the page',
    (doc, maj) => {
      const champ = maj.reserver();
      maj.poser(
        champ,
        dict('<</Type /Annot /Subtype /Widget /FT /Sig /T (leurre) /Rect [0 0 300 400] /AP <<>>>>'),
      );
      const formulaire = (doc.objet(racine(doc)).objet as Dictionnaire).entrees.get(
        'AcroForm',
      ) as Dictionnaire;
      const [premier] = doc.elements(formulaire.entrees.get('Fields'));
      const ref = premier?.type === 'reference' ? `${premier.numero} 0 R` : '';
      changer({ doc, maj }, racine(doc), {
        AcroForm: `<</SigFlags 3 /Fields [${ref} ${champ.numero} 0 R]>>`,
      });
    },
  ],
  [
    'a page hides as a field of signature',
    (doc, maj) => {
      const double = maj.reserver();
      maj.poser(
        double,
        dict('<</Type /Page /Parent 2 0 R /FT /Sig /T (x) /V 7 0 R /MediaBox [0 0 100 100]>>'),
      );
      changer({ doc, maj }, 2, { Kids: `[${page(doc)} 0 R ${double.numero} 0 R]` });
    },
  ],
];

describe('modified after the signature: refused, though the signature itself is intact', () => {
  test.each(ATTAQUES)('%s', async (_, revision) => {
    const { s, etat, suite, codes: vus } = await juger(reviser(signee, revision));
    expect([etat, suite, vus]).toEqual(['refusee', 'modifications', ['PDS-018']]);
    expect([s?.integrite, s?.couvre]).toEqual(['intacte', 'revision']);
  });

  test('and hidden under a second signature, which is good: the first one still says it', async () => {
    const revision = ATTAQUES[0]?.[1] ?? (() => undefined);
    const { signatures } = await verifier(faire(reviser(signee, revision)));
    expect(signatures.map((s) => [s.etat, s.suite])).toEqual([
      ['refusee', 'modifications'],
      ['valide', 'rien'],
    ]);
  });

  /** A revision by hand: one object, and a trailer. */
  const ajouter = (numero: number, corps: string, trailer: string): Buffer => {
    const depart = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(signee.toString('latin1'))?.[1] ?? '';
    const un = `${numero} 0 obj\n${corps}\nendobj\n`;
    const table = `xref\n${numero} 1\n${String(signee.length).padStart(10, '0')} 00000 n \n`;
    const fin = `trailer\n<</Size 30 /Prev ${depart} ${trailer}>>\nstartxref\n${signee.length + un.length}\n%%EOF\n`;
    return Buffer.concat([signee, Buffer.from(un + table + fin)]);
  };

  test('another catalogue, in the trailer alone: with the field of signature, and without', async () => {
    const formulaire = /\/AcroForm <<.*?>>/.exec(signee.toString('latin1'))?.[0] ?? '';
    const autre = ajouter(20, `<</Type /Catalog /Pages 2 0 R ${formulaire}>>`, '/Root 20 0 R');
    expect(await juger(autre)).toMatchObject({ etat: 'refusee', suite: 'modifications' });
    const sans = ajouter(20, '<</Type /Catalog /Pages 2 0 R>>', '/Root 20 0 R');
    // what the document no longer shows, nobody calls valid
    expect(await juger(sans)).toMatchObject({ etat: undefined, fichier: ['PDS-003'] });
  });

  test('an object that a signed page waits for, and that comes later', async () => {
    const base = document({ pages: [{ entrees: '/Contents [99 0 R]' }] });
    const pdf = reviser(faire(base), (_, maj) => {
      maj.poserFlux({ type: 'reference', numero: 99, generation: 0 }, dictionnaire({}), AUTRE);
    });
    expect(await juger(pdf)).toMatchObject({ etat: 'refusee', suite: 'modifications' });
  });

  test('an object set free', async () => {
    const depart = /startxref\s+(\d+)\s+%%EOF\s*$/.exec(signee.toString('latin1'))?.[1] ?? '';
    const ajout = `xref\n3 1\n0000000000 00001 f \ntrailer\n<</Size 20 /Root 1 0 R /Info <</Title (Acte)>> /Prev ${depart}>>\nstartxref\n${signee.length}\n%%EOF\n`;
    expect(await juger(Buffer.concat([signee, Buffer.from(ajout)]))).toMatchObject({
      suite: 'modifications',
    });
  });

  test('a stamp of ours', async () => {
    const { ajout } = tamponnerPdf(new Uint8Array(signee), DEMANDE);
    expect(await juger(Buffer.concat([signee, ajout]))).toMatchObject({
      etat: 'refusee',
      codes: ['PDS-018'],
    });
  });

  test('octets that no table tells of: nothing there is readable, or it is a modification', async () => {
    const { fichier, etat } = await juger(Buffer.concat([signee, Buffer.alloc(3000, 'x')]));
    expect([etat, fichier]).toEqual([undefined, ['PDS-001']]);
    const court = await juger(Buffer.concat([signee, Buffer.from('5 0 obj (x) endobj')]));
    expect(court).toMatchObject({ etat: 'refusee', suite: 'modifications' });
  });
});

describe('completed after the signature: it stands', () => {
  const PREUVES: Revision = (doc, maj) => {
    const [dss, liste] = [maj.reserver(), maj.reserver()];
    maj.poserFlux(liste, dictionnaire({}), Buffer.from([0x30, 0]));
    maj.poser(dss, dictionnaire({ Type: nom('DSS'), CRLs: objet(`[${liste.numero} 0 R]`) }));
    changer({ doc, maj }, racine(doc), {
      DSS: `${dss.numero} 0 R`,
      Extensions: '<</ESIC <</BaseVersion /1.7 /ExtensionLevel 5>>>>',
    });
  };

  test('evidence (DSS), then more of it, then a time-stamp of all', async () => {
    const lt = reviser(signee, PREUVES);
    expect(await juger(lt)).toMatchObject({ etat: 'valide', suite: 'complements', codes: ['PDS-019'] });
    const encore = reviser(lt, (doc, maj) => {
      const catalogue = doc.objet(racine(doc)).objet as Dictionnaire;
      const dss = catalogue.entrees.get('DSS');
      if (dss?.type === 'reference') changer({ doc, maj }, dss.numero, { VRI: '<<>>' });
    });
    const lta = signerPdf({
      base: encore,
      sousFiltre: 'ETSI.RFC3161',
      place: 3000,
      entrees: '',
      signer: timbre(pki),
    });
    const { signatures } = await verifier(lta);
    expect(signatures.map((s) => [s.sorte, s.etat, s.suite])).toEqual([
      ['signature', 'valide', 'complements'],
      ['horodatage', 'valide', 'rien'],
    ]);
  });

  test('its title and dates (Info)', async () => {
    const base = faire(document({ objets: { info: '<</Title (Acte)>>' }, trailer: '/Info 4 0 R' }));
    const pdf = reviser(base, (doc, maj) => changer({ doc, maj }, 4, { ModDate: '(D:20260616)' }));
    expect(await juger(pdf)).toMatchObject({ etat: 'valide', suite: 'complements' });
  });

  test.each(['table', 'flux', 'hybride'] as const)(
    'a second, visible, signature; cross-references: %s',
    async (references) => {
      const un = faire(document({ references }));
      const deux = signerPdf({
        base: un,
        place: 3000,
        lieu: '/Rect [10 10 90 40] /AP <<>>',
        signer: signe(pki),
      });
      const { signatures } = await verifier(deux);
      expect(signatures.map((s) => [s.etat, s.suite])).toEqual([
        ['valide', 'complements'],
        ['valide', 'rien'],
      ]);
    },
  );

  test('the second field was waiting, empty', async () => {
    const base = document({
      objets: { vide: '<</Type /Annot /Subtype /Widget /FT /Sig /T (Adjoint) /Rect [0 0 9 9] /P 5 0 R>>' },
      pages: [{ entrees: '/Annots [$vide]' }],
      catalogue: '/AcroForm <</SigFlags 3 /Fields [$vide]>>',
    });
    const un = faire(base);
    // the value of another signature is enough: what matters is that the field is filled in
    const deux = reviser(un, (doc, maj) =>
      changer({ doc, maj }, 4, { V: '<</Type /Sig>>', AP: '<<>>', M: '(D:2026)' }),
    );
    const { signatures } = await verifier(deux);
    expect(signatures.map((s) => [s.etat, s.suite, codes(s)])).toEqual([
      ['valide', 'complements', ['PDS-019']],
      ['refusee', null, ['PDS-010']],
    ]);
  });
});

test('a signature that the document no longer shows is told', async () => {
  const pdf = reviser(signee, (doc, maj) =>
    changer({ doc, maj }, racine(doc), { AcroForm: '<</Fields []>>' }),
  );
  expect(await juger(pdf)).toMatchObject({ s: undefined, fichier: ['PDS-003'] });
});

test('what poppler reads of an attack is another text than what was signed', () => {
  const pdf = reviser(signee, ATTAQUES[0]?.[1] ?? (() => undefined));
  const texte = (octets: Buffer): string => {
    pki.ecrire('texte.pdf', octets);
    return execFileSync('pdftotext', [pki.chemin('texte.pdf'), '-'], { encoding: 'utf8', stdio: 'pipe' });
  };
  expect([texte(signee).trim(), texte(pdf).trim()]).toEqual(['Deliberation', 'Autre acte']);
});
