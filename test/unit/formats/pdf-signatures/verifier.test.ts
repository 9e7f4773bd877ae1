import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifierPdf } from '../../../../src/formats/pdf/signatures-verifier.ts';
import { DONNEES, pkiCms } from '../certificats/cms-essai.ts';
import { INSTANT, le, type Pki } from '../certificats/pki.ts';
import {
  codes,
  type Demande,
  type DemandePdf,
  document,
  enFichier,
  pdfsig,
  signe,
  signerPdf,
  timbre,
  verifier,
} from './atelier.ts';

/** Signatures inside a PDF: every kind that is read, judged by poppler too; every defect by its name. */

let pki: Pki;
beforeAll(() => {
  pki = pkiCms();
}, 60_000);
afterAll(() => pki.fermer());

/** A document signed with our CMS. */
const faire = (d: Partial<DemandePdf> = {}, demande: Demande = {}): Buffer =>
  signerPdf({ signer: signe(pki, demande), place: 3000, ...d });

const RSA = { de: 'rsa', methode: 'rsa' } as const;

describe('sound: valid, covers the whole file, and poppler says the same', () => {
  test.each<[string, () => Buffer, string]>([
    ['RSA', () => faire({}, RSA), 'RSA-SHA256'],
    ['RSASSA-PSS', () => faire({}, { de: 'rsa', methode: 'pss' }), 'RSASSA-PSS-SHA256'],
    ['ECDSA', () => faire(), 'ECDSA-SHA256'],
    ['SHA-512', () => faire({}, { ...RSA, hachage: 'sha512' }), 'RSA-SHA512'],
    ['adbe.pkcs7.detached', () => faire({ sousFiltre: 'adbe.pkcs7.detached' }, RSA), 'RSA-SHA256'],
    ['cross-references in a stream', () => faire({ base: document({ references: 'flux' }) }), 'ECDSA-SHA256'],
    ['a hybrid file', () => faire({ base: document({ references: 'hybride' }) }), 'ECDSA-SHA256'],
    ['pages of their own', () => faire({ base: document({ pages: [{}, {}, {}] }) }), 'ECDSA-SHA256'],
    ['visible on its page', () => faire({ lieu: '/Rect [10 10 90 40]' }), 'ECDSA-SHA256'],
    ['indefinite lengths (BER)', () => faire({}, { ...RSA, indefini: true }), 'RSA-SHA256'],
  ])('%s', async (_, pdf, algorithme) => {
    const octets = pdf();
    const { signatures, constats, sha256 } = await verifier(octets);
    expect(constats).toEqual([]);
    expect(sha256).toBe(hash('sha256', octets, 'hex'));
    expect(signatures).toHaveLength(1);
    expect(signatures[0]).toMatchObject({
      rang: 1,
      sorte: 'signature',
      etat: 'valide',
      integrite: 'intacte',
      couvre: 'fichier',
      suite: 'rien',
      octets: octets.length,
      algorithme,
      instant: INSTANT,
      origineDate: 'attribut',
      constats: [],
    });
    expect(pdfsig(pki, octets)).toEqual([{ valide: true, entier: true }]);
  });

  test('a mark of certification is told, and its level', async () => {
    const entrees =
      '/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</P 1 /V /1.2>>>>]';
    const { signatures } = await verifier(faire({ entrees }));
    expect(signatures[0]).toMatchObject({ etat: 'valide', acces: 1 });
    expect(codes(signatures[0]!)).toEqual(['PDS-020']);
  });

  test('without date of its own: that of the document, said as such; with none at all: none', async () => {
    const [entree] = (await verifier(faire({}, { instant: null }))).signatures;
    expect(entree).toMatchObject({ instant: INSTANT, origineDate: 'document', etat: 'valide' });
    const [rien] = (await verifier(faire({ entrees: '' }, { instant: null }))).signatures;
    expect(rien).toMatchObject({ instant: null, origineDate: null, etat: 'valide' });
  });

  test('names of fields in UTF-16 are read', async () => {
    const utf16 = Buffer.from('\ufeffSigné', 'utf16le').swap16().toString('latin1');
    expect((await verifier(faire({ champ: utf16 }))).signatures[0]?.champ).toBe('Signé');
  });

  test('white space after the end changes nothing', async () => {
    const [s] = (await verifier(Buffer.concat([faire(), Buffer.from('\r\n\n')]))).signatures;
    expect(s).toMatchObject({ etat: 'valide', couvre: 'fichier', suite: 'rien' });
  });
});

describe('several signatures, time-stamps', () => {
  test('each covers its revision, the last one the file; what came after is told, and poppler agrees', async () => {
    const un = faire({ champ: 'Maire' }, RSA);
    const deux = faire({ base: un, champ: 'Secretaire', lieu: '/Rect [10 10 90 40]' });
    const trois = faire({ base: deux, champ: 'DGS' }, { de: 'p384', hachage: 'sha384' });
    const { signatures, constats } = await verifier(trois);
    expect(constats).toEqual([]);
    expect(signatures.map((s) => [s.champ, s.etat, s.couvre, s.suite, s.octets])).toEqual([
      ['Maire', 'valide', 'revision', 'complements', un.length],
      ['Secretaire', 'valide', 'revision', 'complements', deux.length],
      ['DGS', 'valide', 'fichier', 'rien', trois.length],
    ]);
    expect(pdfsig(pki, trois)?.map((s) => [s.valide, s.entier])).toEqual([
      [true, false],
      [true, false],
      [true, true],
    ]);
  });

  test('a time-stamp of the document is no signature: it has its hour, and its unit', async () => {
    const pdf = signerPdf({
      base: faire({}, RSA),
      sousFiltre: 'ETSI.RFC3161',
      place: 3000,
      entrees: '',
      signer: timbre(pki, { heure: '20260616080000Z' }),
    });
    const { signatures } = await verifier(pdf);
    expect(signatures.map((s) => [s.sorte, s.etat, s.couvre, s.origineDate])).toEqual([
      ['signature', 'valide', 'revision', 'attribut'],
      ['horodatage', 'valide', 'fichier', 'jeton'],
    ]);
    expect(signatures[1]).toMatchObject({
      instant: le('2026-06-16T08:00:00Z'),
      signataire: { sha256: pki.certificat('tsa').sha256 },
    });
  });

  test('of other bytes: the time-stamp is refused', async () => {
    const signer = timbre(pki, { sujet: Buffer.from('autre') });
    const pdf = signerPdf({ sousFiltre: 'ETSI.RFC3161', place: 3000, signer });
    const [s] = (await verifier(pdf)).signatures;
    expect([s?.etat, s?.integrite, codes(s!)]).toEqual(['refusee', 'rompue', ['CMS-041']]);
  });

  test('a token on the value dates the signature', async () => {
    const jeton = (valeur: Uint8Array): Uint8Array => timbre(pki)(Buffer.from(valeur));
    const [s] = (await verifier(faire({ place: 6000 }, { jeton }))).signatures;
    expect(s).toMatchObject({ etat: 'valide', horodatage: { instant: le('2026-06-15T12:15:00Z') } });
  });
});

describe('old and weak', () => {
  const sha1 = (couvert: Buffer): Buffer => hash('sha1', couvert, 'buffer');

  test('adbe.pkcs7.sha1: intact and obsolete; of another digest, altered', async () => {
    const signer = (couvert: Buffer): Uint8Array =>
      signe(pki, { ...RSA, hachage: 'sha1', porte: true })(sha1(couvert));
    const pdf = signerPdf({ sousFiltre: 'adbe.pkcs7.sha1', place: 3000, signer });
    const [s] = (await verifier(pdf)).signatures;
    expect([s?.etat, codes(s!)]).toEqual(['obsolete', ['CMS-021', 'CMS-023']]);
    expect(pdfsig(pki, pdf)?.[0]?.valide).toBe(true);
    pdf[120] = (pdf[120] ?? 0) ^ 1;
    const [t] = (await verifier(pdf)).signatures;
    expect([t?.etat, t?.integrite, codes(t!)]).toEqual([
      'refusee',
      'rompue',
      ['CMS-021', 'CMS-025', 'CMS-023'],
    ]);
  });

  test.each<[string, Demande, string, string]>([
    ['SHA-1', { ...RSA, hachage: 'sha1' }, 'obsolete', 'CMS-023'],
    ['MD5', { ...RSA, hachage: 'md5' }, 'refusee', 'CMS-020'],
    ['RSA of 1024 bits', { de: 'faible', methode: 'rsa' }, 'refusee', 'CMS-035'],
    ['certificate of another', { designe: 'autre' }, 'refusee', 'CMS-033'],
    ['two signers in one value', { fois: 2 }, 'refusee', 'CMS-004'],
    ['a content inside', { porte: true, typeContenu: DONNEES }, 'refusee', 'CMS-005'],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s', async (_, demande, etat, code) => {
    const pdf = faire({ place: 20_000 }, demande);
    const [s] = (await verifier(pdf)).signatures;
    expect([s?.etat, codes(s!)]).toEqual([etat, [code]]);
  });

  test('of a kind that is not read (adbe.x509.rsa_sha1): never called valid', async () => {
    const [s] = (await verifier(faire({ sousFiltre: 'adbe.x509.rsa_sha1' }, RSA))).signatures;
    expect([s?.etat, s?.integrite, codes(s!)]).toEqual(['refusee', 'indeterminee', ['PDS-011']]);
  });
});

/** What is covered is what the dictionary says, and the digest is right for it: only the range is wrong. */
const forger = (plage: (v: readonly number[]) => readonly number[]): Partial<DemandePdf> => ({
  plage,
  hacher: (pdf, vraie) => {
    const dite = plage(vraie);
    const morceaux: Buffer[] = [];
    for (let i = 0; i + 1 < dite.length; i += 2) {
      const [de = 0, longueur = 0] = dite.slice(i, i + 2);
      morceaux.push(pdf.subarray(de, de + longueur));
    }
    return Buffer.concat(morceaux);
  },
});

describe('forged ranges, with a digest that is right for them: never valid', () => {
  test.each<[string, Partial<DemandePdf>, string]>([
    ['begins after the header', forger(([, b = 0, c = 0, d = 0]) => [9, b - 9, c, d]), 'PDS-014'],
    [
      'leaves a part before the value',
      forger(([a = 0, b = 0, c = 0, d = 0]) => [a, b - 40, c, d]),
      'PDS-015',
    ],
    [
      'leaves a part after the value',
      forger(([a = 0, b = 0, c = 0, d = 0]) => [a, b, c + 30, d - 30]),
      'PDS-015',
    ],
    [
      'holds the delimiters of the value',
      forger(([a = 0, b = 0, c = 0, d = 0]) => [a, b + 1, c - 1, d + 1]),
      'PDS-015',
    ],
    ['stops before the end of the dictionary', forger(([a = 0, b = 0, c = 0]) => [a, b, c, 4]), 'PDS-017'],
    [
      'stops in the middle of the revision',
      forger(([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, d - 60]),
      'PDS-017',
    ],
    ['is one range', forger(([, b = 0]) => [0, b]), 'PDS-013'],
    ['is three ranges', forger(([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, 10, c + 10, d - 10]), 'PDS-013'],
    ['is empty', forger(() => []), 'PDS-013'],
    ['covers nothing', forger(() => [0, 0, 0, 0]), 'PDS-015'],
    ['has a negative length', { plage: ([a = 0, b = 0, c = 0]) => [a, b, c, -5] }, 'PDS-013'],
    ['goes beyond the file', { plage: ([a = 0, b = 0, c = 0, d = 0]) => [a, b, c, d + 100] }, 'PDS-016'],
    ['is out of order', { plage: ([a = 0, b = 0, c = 0, d = 0]) => [c, d, a, b] }, 'PDS-014'],
  ])('%s', async (_, d, code) => {
    const [s] = (await verifier(faire(d))).signatures;
    expect(s?.etat).toBe('refusee');
    expect(codes(s!)).toContain(code);
    expect(s?.couvre).toBeNull();
  });
});

describe('the value and its dictionary', () => {
  test.each<[string, Partial<DemandePdf>, readonly string[]]>([
    ['something after the CMS', { ecrire: (h) => `<${h.slice(0, -4)}beef>` }, ['CMS-002']],
    ['white space within', { ecrire: (h) => `<${h.slice(0, 10)} \n${h.slice(12)}>` }, ['PDS-012']],
    ['an odd number of digits', { ecrire: (h) => `<${h.slice(1)}> ` }, ['PDS-015', 'PDS-012']],
    ['empty', { signer: () => Buffer.alloc(0) }, ['PDS-012']],
    ['no CMS', { signer: () => Buffer.from('30820100', 'hex') }, ['CMS-001']],
    ['a text in its place', { signer: () => Buffer.from('Signé par le maire') }, ['CMS-001']],
    ['two ByteRange', { remplace: ['/Filter /Adobe.PPKLite', '/ByteRange [0 1 2 3]'] }, ['PDS-010']],
    ['two Contents', { remplace: ['/Filter /Adobe.PPKLite', '/Contents <00>'] }, ['PDS-010']],
    [
      'two Contents, one in disguise',
      { remplace: ['/Filter /Adobe.PPKLite', '/C#6fntents <00>'] },
      ['PDS-010'],
    ],
  ])('%s', async (_, d, attendus) => {
    const [s] = (await verifier(faire(d))).signatures;
    expect([s?.etat, codes(s!)]).toEqual(['refusee', attendus]);
  });

  test('a value between parentheses', async () => {
    const pdf = faire({ ecrire: (h) => `(${h})` });
    expect(codes((await verifier(pdf)).signatures[0]!)).toEqual(['PDS-012']);
  });

  test('one byte changed, before or after the value: altered, and poppler agrees', async () => {
    const pdf = faire({}, RSA);
    for (const place of [200, pdf.length - 40]) {
      const autre = Buffer.from(pdf);
      autre[place] = (autre[place] ?? 0) ^ 1;
      const { signatures, constats } = await verifier(autre);
      expect(signatures.every((s) => s.etat === 'refusee')).toBe(true);
      expect(signatures.length + constats.length).toBeGreaterThan(0);
    }
    const texte = Buffer.from(pdf.toString('latin1').replace('Deliberation', 'Deliberatiom'), 'latin1');
    const [s] = (await verifier(texte)).signatures;
    expect([s?.integrite, codes(s!)]).toEqual(['rompue', ['CMS-025']]);
    expect(pdfsig(pki, texte)?.[0]?.valide).toBe(false);
  });
});

describe('a file that cannot be judged', () => {
  test('not signed: nothing is said, and nothing of it is read but its bytes', async () => {
    const fichier = enFichier(document());
    const jamais = async (): Promise<never> => expect.fail('read');
    const rapport = await verifierPdf(fichier, jamais);
    expect(rapport).toMatchObject({ type: 'lu', signatures: [], constats: [] });
  });

  test('signed, and its structure broken: told, never taken for one without signature', async () => {
    const pdf = faire();
    const casse = pdf.subarray(0, pdf.length - 30);
    const { signatures, constats } = await verifier(casse);
    expect([signatures.length, constats.map((c) => c.code)]).toEqual([0, ['PDS-001']]);
    expect(constats[0]?.message).toMatch(/sa fin manque ou est abîmée\) : rien n’est vérifiable\.$/);
  });

  test('more signatures than are judged', async () => {
    const objets = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `s${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + Math.floor(i / 26))}`,
        '',
      ]),
    );
    const noms = Object.keys(objets);
    for (const nom of noms)
      objets[nom] = '<</Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00>>>';
    const champs = noms.map((nom) => `<</FT /Sig /T (${nom}) /V $${nom}>>`).join(' ');
    const pdf = document({ objets, catalogue: `/AcroForm <</SigFlags 3 /Fields [${champs}]>>` });
    expect((await verifier(pdf)).constats.map((c) => c.code)).toEqual(['PDS-002']);
  });

  test('blocks that cut anywhere: the same report', async () => {
    const pdf = faire();
    const entier = await verifier(pdf);
    for (const pas of [1, 7, 9, 10, 11, pdf.length]) {
      const fichier = {
        ...enFichier(pdf),
        octets: function* octets() {
          for (let i = 0; i < pdf.length; i += pas) yield pdf.subarray(i, i + pas);
        },
      };
      expect(JSON.stringify(await verifierPdf(fichier))).toBe(JSON.stringify(entier));
    }
  });

  test('a file that changes between two passages: nothing is said of it', async () => {
    const pdf = faire();
    let passages = 0;
    const rapport = await verifierPdf({
      ...enFichier(pdf),
      octets: () => {
        passages += 1;
        return [passages === 1 ? pdf : Buffer.concat([pdf.subarray(0, -1), Buffer.from(' ')])];
      },
    });
    expect(rapport).toEqual({ type: 'source_changee' });
  });

  test('a dictionary packed with others (object stream) has no place of its own', async () => {
    const dict = '<</Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00>>>';
    const base = document({
      objets: { s: dict },
      references: 'flux',
      compacts: [4],
      catalogue: '/AcroForm <</SigFlags 3 /Fields [<</FT /Sig /T (a) /V $s>>]>> /Indice (/ByteRange)',
    });
    const { signatures } = await verifier(base);
    expect(signatures.map(codes)).toEqual([['PDS-010']]);
  });
});

test('a large file is read by its ends and its dictionaries, never whole', async () => {
  const lest = `%${'x'.repeat(1023)}\n`.repeat(12_000);
  const base = document();
  const gros = Buffer.from(base.toString('latin1').replace('4 0 obj', `${lest}4 0 obj`), 'latin1');
  // the table is written again: offsets moved
  const pdf = faire({ base: Buffer.from(refaireTable(gros), 'latin1') });
  expect(pdf.length).toBeGreaterThan(12_000_000);
  let [lus, plus] = [0, 0];
  const rapport = await verifierPdf({
    ...enFichier(pdf),
    lire: async (debut, fin) => {
      lus += fin - debut;
      plus = Math.max(plus, fin - debut);
      return pdf.subarray(debut, fin);
    },
  });
  expect(rapport).toMatchObject({ signatures: [{ etat: 'valide', couvre: 'fichier' }] });
  expect([lus < 1_500_000, plus <= 262_144]).toEqual([true, true]);
});

/** Offsets of the objects as they now are. */
function refaireTable(pdf: Buffer): string {
  const texte = pdf.toString('latin1');
  const debut = texte.lastIndexOf('xref\n0 ', texte.lastIndexOf('startxref') - 1);
  const corps = texte.slice(0, debut);
  const taille = Number(/^xref\n0 (\d+)/.exec(texte.slice(debut))?.[1]);
  const lignes = Array.from({ length: taille }, (_, n) => {
    if (n === 0) return '0000000000 65535 f \n';
    return `${String(corps.indexOf(`\n${n} 0 obj`) + 1).padStart(10, '0')} 00000 n \n`;
  });
  const trailer = /trailer[^]*?>>/.exec(texte.slice(debut))?.[0] ?? '';
  return `${corps}xref\n0 ${taille}\n${lignes.join('')}${trailer}\nstartxref\n${corps.length}\n%%EOF\n`;
}
