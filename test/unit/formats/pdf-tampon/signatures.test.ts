import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tamponnerPdf } from '../../../../src/formats/pdf/tampon.ts';
import type { Pki } from '../certificats/pki.ts';
import { pkiSignature } from '../xades/atelier.ts';
import { type DocumentEssai, fabriquer } from './fabrique.ts';
import { DEMANDE, difference, Dossier, rendre, tamponner } from './oracles.ts';

/** Signed documents: openssl signs, poppler verifies. */

let dossier: Dossier;
let pki: Pki;
beforeAll(() => {
  dossier = new Dossier();
  pki = pkiSignature();
});
afterAll(() => {
  dossier.fermer();
  pki.fermer();
});

const PLACE = 4096;
const PLAGE = '/ByteRange [0 1111111111 2222222222 3333333333]';

interface Signature {
  /** Entries of the signature. */
  readonly signature?: string;
  readonly champ?: string;
  readonly catalogue?: string;
  readonly document?: DocumentEssai;
}

function preparer({ signature = '', champ = '', catalogue = '', document = {} }: Signature = {}): Buffer {
  return fabriquer({
    ...document,
    catalogue: `/AcroForm $formulaire ${catalogue}`,
    objets: {
      formulaire: '<</Fields [$groupe] /SigFlags 3>>',
      // the type is that of the field above
      groupe: '<</FT /Sig /T (G) /Kids [$champ]>>',
      champ: `<</Parent $groupe /T (S) /Type /Annot /Subtype /Widget /Rect [0 0 0 0] /F 132 /V $v ${champ}>>`,
      v: `<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached ${PLAGE} /Contents <${'00'.repeat(PLACE)}> ${signature}>>`,
      ...document.objets,
    },
  });
}

function signer(prepare: Buffer): Buffer {
  const texte = prepare.toString('latin1');
  const [debut, fin] = [texte.indexOf('<00000000'), texte.indexOf('00000000>') + 9];
  const place = texte.indexOf(PLAGE);
  const plage = `/ByteRange [0 ${debut} ${fin} ${prepare.length - fin}]`.padEnd(PLAGE.length);
  const signe = Buffer.from(texte.slice(0, place) + plage + texte.slice(place + PLAGE.length), 'latin1');
  const contenu = dossier.poser(Buffer.concat([signe.subarray(0, debut), signe.subarray(fin)]));
  // biome-ignore format: one option per pair reads better
  const cms = execFileSync('openssl', ['cms', '-sign', '-binary', '-in', contenu, '-outform', 'DER', '-md', 'sha256',
    '-signer', pki.chemin('rsa.pem'), '-inkey', pki.chemin('rsa.key')], { stdio: 'pipe' });
  signe.write(cms.toString('hex'), debut + 1, 'latin1');
  return signe;
}

const pdfsig = (chemin: string): string =>
  spawnSync('pdfsig', ['-nocert', chemin], { encoding: 'utf8' }).stdout;

const DOCMDP = (p: string): Signature => ({
  signature: `/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /V /1.2 ${p}>>>>]`,
  catalogue: '/Perms <</DocMDP $v>>',
});

describe('a signed document', () => {
  test('stays valid for what it covers, and is said to have been added to', () => {
    const signe = signer(preparer());
    const { pose, avant, apres } = tamponner(dossier, signe);
    expect(pose).toMatchObject({ signatures: 1, acces: null, certifie: false, annotees: 1 });
    expect(pdfsig(avant)).toMatch(/- Total document signed[^]*Signature is Valid/);
    expect(pdfsig(apres)).toMatch(/- Not total document signed[^]*Signature is Valid/);
    // the signed bytes are where they were
    expect(readFileSync(apres).subarray(0, signe.length).equals(signe)).toBe(true);
  });

  test('its stamp is a locked annotation that prints, in its place and upright whatever the rotation', () => {
    const pages = [0, 90, 180, 270].map((t) => ({ entrees: `/Rotate ${t}` }));
    const { pose, avant, apres } = tamponner(dossier, signer(preparer({ document: { pages } })));
    expect(pose.annotees).toBe(4);
    const dit = Buffer.from(pose.ajout).toString('latin1');
    expect(dit.split('/Subtype /Stamp').length - 1).toBe(4);
    expect(dit).toContain('/F 708');
    expect(dit).not.toMatch(/\/Contents \[/);
    const [avants, apreses] = [rendre(avant), rendre(apres)];
    for (const rang of [0, 1, 2, 3]) {
      const [a, b] = [avants[rang], apreses[rang]];
      const change = a === undefined || b === undefined ? null : difference(a, b);
      for (const [vu, attendu] of [
        [change?.x, 20],
        [change?.y, 20],
        [change?.l, 380],
        [change?.h, 110],
      ] as const) {
        expect(Math.abs((vu ?? 0) - attendu), `page ${rang + 1}`).toBeLessThanOrEqual(3);
      }
    }
  });

  test.each([
    ['a list of the page', '/Annots [$note]'],
    ['a list behind a reference', '/Annots $notes'],
  ])('the annotations that it had stay: %s', (_, entrees) => {
    const note = '<</Type /Annot /Subtype /Square /Rect [100 100 150 150] /F 4 /C [1 0 0]>>';
    const objets = { note, notes: '[$note]' };
    const { apres } = tamponner(dossier, signer(preparer({ document: { pages: [{ entrees }], objets } })));
    const relu = dossier.qpdf(readFileSync(apres), '--qdf', '--object-streams=disable').toString('latin1');
    const liste = /\/Annots (?:(\d+) 0 R|(\[[^\]]+\]))/.exec(relu);
    const elements = liste?.[2] ?? new RegExp(`\n${liste?.[1]} 0 obj\n(\\[[^\\]]+\\])`).exec(relu)?.[1] ?? '';
    expect(elements.match(/\d+ 0 R/g)).toHaveLength(2);
    expect(relu).toContain('/Square');
  });

  test('encrypted too', () => {
    // the signature is made of no use by qpdf, but stays a signature
    const octets = dossier.qpdf(preparer(), '--encrypt', '', 'proprio', '256', '--');
    const { pose } = tamponner(dossier, octets);
    expect(pose).toMatchObject({ signatures: 1, annotees: 1, chiffre: true });
  });

  test('a field that waits for its signature is none', () => {
    const octets = preparer();
    const vide = Buffer.from(
      octets.toString('latin1').replace(/\/V \d+ 0 R/, (v) => v.replace('/V', '/W')),
      'latin1',
    );
    expect(tamponnerPdf(vide, DEMANDE)).toMatchObject({ signatures: 0, annotees: 0 });
  });
});

describe('a certified document', () => {
  test.each([
    ['nothing may change', DOCMDP('/P 1'), [1, true]],
    ['forms may be filled in', DOCMDP('/P 2'), [2, true]],
    ['forms, when it does not say', DOCMDP(''), [2, true]],
    ['notes may be added: the stamp is one', DOCMDP('/P 3'), [3, false]],
    [
      'a field locks the document with its signature',
      { champ: '/Lock <</Type /SigFieldLock /P 1>>' },
      [1, true],
    ],
    ['the strictest wins', { ...DOCMDP('/P 3'), champ: '/Lock <</P 2>>' }, [2, true]],
  ] as const)('%s', (_, signature, [acces, certifie]) => {
    const octets = signer(preparer(signature));
    const { pose, apres } = tamponner(dossier, octets);
    expect(pose).toMatchObject({ signatures: 1, acces, certifie, annotees: 1 });
    expect(pdfsig(apres)).toMatch(/Signature is Valid/);
    const respecter = (): unknown => tamponnerPdf(octets, { ...DEMANDE, certifie: 'refuser' });
    if (certifie) expect(respecter).toThrow('VGM-PDF-007');
    else expect(respecter()).toMatchObject({ acces });
  });

  test('certified although its form does not show the signature', () => {
    const octets = fabriquer({
      catalogue: '/Perms <</DocMDP $v>>',
      objets: { v: '<</Type /Sig /Reference [<</TransformMethod /DocMDP /TransformParams <</P 1>>>>]>>' },
    });
    expect(tamponnerPdf(octets, DEMANDE)).toMatchObject({ signatures: 1, acces: 1, certifie: true });
  });
});
