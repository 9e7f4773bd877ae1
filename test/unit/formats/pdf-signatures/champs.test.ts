import { describe, expect, test } from 'vitest';
import { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import { lireSignaturesPdf } from '../../../../src/formats/pdf/signatures-champs.ts';
import { lireSignatures } from '../../../../src/formats/pdf/signatures.ts';
import { type DocumentEssai, fabriquer } from '../pdf-tampon/fabrique.ts';

/** Which signatures a document shows, and what they say of themselves. */

const SIG = '<</Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 1 2 3] /Contents <00ff>>>';
const formulaire = (champs: string): string => `/AcroForm <</SigFlags 3 /Fields [${champs}]>>`;

function signatures(d: DocumentEssai) {
  const pdf = fabriquer(d);
  return lireSignaturesPdf(async (debut, fin) => pdf.subarray(debut, fin), pdf.length);
}

/** The only one. */
async function seule(sig: string, champ = '/T (a)') {
  const lu = await signatures({
    objets: { s: sig },
    catalogue: formulaire(`<</FT /Sig ${champ} /V $s>>`),
  });
  expect(lu.constats).toEqual([]);
  expect(lu.signatures).toHaveLength(1);
  return lu.signatures[0] ?? expect.fail('none');
}

describe('when it says that it was made (7.9.4)', () => {
  test.each([
    ['(D:20260615140000Z)', '2026-06-15T14:00:00Z'],
    ["(D:20260615140000+02'00')", '2026-06-15T12:00:00Z'],
    ["(D:20260615140000+02'00)", '2026-06-15T12:00:00Z'],
    ['(D:20260615140000+0200)', '2026-06-15T12:00:00Z'],
    ["(D:20260615140000-01'30')", '2026-06-15T15:30:00Z'],
    ['(D:20260615140000)', '2026-06-15T14:00:00Z'],
    ['(D:2026)', null],
    ['(D:20261315140000Z)', null],
    ['( D:20260615140000Z)', null],
    ['(20260615140000Z)', null],
    ['/D', null],
  ])('%s', async (date, attendue) => {
    const { date: lue } = await seule(SIG.replace('/Type', `/M ${date} /Type`));
    expect(lue).toBe(attendue === null ? null : Date.parse(attendue));
  });

  test('or not at all', async () => {
    expect((await seule(SIG)).date).toBeNull();
  });
});

describe('the name of its field (7.9.2.2)', () => {
  test.each([
    ['/T (Maire)', 'Maire'],
    ['/T (\\351lu)', 'élu'],
    ['/T <FEFF00E9006C0075>', 'élu'],
    ['/T <FEFF00E9006C00>', 'él'],
    ['/T <FE41>', '\u00feA'],
    ['/T <41FF>', 'A\u00ff'],
    ['/T 5', ''],
    ['', ''],
  ])('%s', async (champ, nom) => {
    expect((await seule(SIG, champ)).champ).toBe(nom);
  });
});

describe('of which kind', () => {
  test.each([
    ['ETSI.CAdES.detached', 'cms'],
    ['adbe.pkcs7.detached', 'cms'],
    ['adbe.pkcs7.sha1', 'sha1'],
    ['ETSI.RFC3161', 'horodatage'],
  ])('%s', async (sousFiltre, sorte) => {
    const lue = await seule(SIG.replace('ETSI.CAdES.detached', sousFiltre));
    expect([lue.sorte, lue.sousFiltre]).toEqual([sorte, sousFiltre]);
    expect(lue.constats.map((c) => c.code)).not.toContain('PDS-011');
  });

  test.each([
    ['/SubFilter /adbe.x509.rsa_sha1', '« adbe.x509.rsa_sha1 »'],
    ['', '« non dite »'],
    ['/SubFilter (ETSI.RFC3161)', '« non dite »'],
  ])('« %s » is not one that is judged', async (entree, dite) => {
    const lue = await seule(SIG.replace('/SubFilter /ETSI.CAdES.detached', entree));
    expect(lue.sorte).toBeNull();
    const constat = lue.constats.find((c) => c.code === 'PDS-011');
    expect(constat?.message).toContain(dite);
  });
});

describe('which are found', () => {
  const champs = async (catalogue: string, objets: Readonly<Record<string, string>> = {}) =>
    (await signatures({ objets: { s: SIG, t: SIG, ...objets }, catalogue })).signatures.map((s) => s.champ);

  test('of fields, of those under them, whose kind is that of the field above', async () => {
    const vus = await champs(
      formulaire('<</FT /Sig /Kids [<</T (a) /V $s>> <</FT /Tx /T (b) /V $t>>]>> <</FT /Tx /T (c) /V $t>>'),
    );
    expect(vus).toEqual(['a']);
  });

  test('one that two fields show is one; two are two', async () => {
    const un = formulaire('<</FT /Sig /T (a) /V $s>> <</FT /Sig /T (b) /V $s>>');
    expect(await champs(un)).toHaveLength(1);
    const deux = formulaire('<</FT /Sig /T (a) /V $s>> <</FT /Sig /T (b) /V $t>>');
    expect((await champs(deux)).toSorted()).toEqual(['a', 'b']);
  });

  test('a field that waits has none; what is no dictionary is none', async () => {
    const vide = formulaire('<</FT /Sig /T (a)>> <</FT /Sig /T (b) /V 42>> 42 <</FT /Sig /T (c) /V $n>>');
    expect(await champs(vide, { n: '[]' })).toEqual([]);
  });

  test('written in its field, it has no place of its own', async () => {
    const { signatures: vues } = await signatures({
      objets: { s: SIG },
      catalogue: formulaire(`<</FT /Sig /T (a) /V ${SIG}>>`),
    });
    expect(vues.map((s) => [s.champ, s.constats.map((c) => c.code)])).toEqual([['a', ['PDS-010']]]);
  });

  test('the one that certifies, though no field shows it', async () => {
    expect(await champs('/Perms <</DocMDP $s>>')).toEqual(['']);
    expect(await champs(`/Perms <</DocMDP $s>> ${formulaire('<</FT /Sig /T (a) /V $s>>')}`)).toEqual(['a']);
    expect(await champs('/Perms <</UR3 $s>>')).toEqual([]);
  });

  test('fifty, and no more', async () => {
    const lettre = (i: number): string => String.fromCharCode(97 + (i % 26), 97 + Math.floor(i / 26));
    const avec = (n: number) => {
      const noms = Array.from({ length: n }, (_, i) => lettre(i));
      return signatures({
        objets: Object.fromEntries(noms.map((nom) => [nom, SIG])),
        catalogue: formulaire(noms.map((nom) => `<</FT /Sig /T (${nom}) /V $${nom}>>`).join(' ')),
      });
    };
    const cinquante = await avec(50);
    expect([cinquante.signatures.length, cinquante.constats]).toEqual([50, []]);
    expect(cinquante.signatures.map((s) => s.rang)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    const trop = await avec(51);
    expect([trop.signatures, trop.constats.map((c) => c.code)]).toEqual([[], ['PDS-002']]);
    expect(trop.constats[0]?.message).toContain('plus de 50 signatures');
  });

  test('a document that cannot be read says why, in a few words', async () => {
    const casse = fabriquer({ objets: { s: SIG } }).subarray(0, -20);
    const { constats } = await lireSignaturesPdf(
      async (debut, fin) => casse.subarray(debut, fin),
      casse.length,
    );
    expect(constats.map((c) => c.code)).toEqual(['PDS-001']);
    expect(constats[0]?.message).toMatch(/ne peut pas être lue \([\p{L}’ ]+\) : rien/u);
  });

  test('what keeps the file is out of reach: that says nothing of the document', async () => {
    const perdu = lireSignaturesPdf(() => Promise.reject(new TypeError('out of reach')), 1000);
    await expect(perdu).rejects.toThrow('out of reach');
  });
});

describe('what it lets others change (12.8.2.2)', () => {
  const REF = (params: string, methode = 'DocMDP'): string =>
    `<</Type /Sig /Reference [<</TransformMethod /${methode} ${params}>>]>>`;
  const acces = (sig: string, champ = '', catalogue = '') => {
    const pdf = fabriquer({
      objets: { s: sig },
      catalogue: `${formulaire(`<</FT /Sig /T (a) ${champ} /V $s>>`)} ${catalogue}`,
    });
    return lireSignatures(new DocumentPdf(new Octets(pdf)));
  };

  test.each([
    ['/TransformParams <</P 1>>', 1],
    ['/TransformParams <</P 2>>', 2],
    ['/TransformParams <</P 3>>', 3],
    ['/TransformParams <</P 4>>', 2],
    ['/TransformParams <</P /A>>', 2],
    ['/TransformParams <<>>', 2],
    ['', 2],
  ])('%s: level %i', (params, niveau) => {
    expect(acces(REF(params))).toEqual({ nombre: 1, acces: niveau });
  });

  test('another transform, or none, restricts nothing', () => {
    expect(acces(REF('/TransformParams <</P 1>>', 'FieldMDP')).acces).toBeNull();
    expect(acces('<</Type /Sig /Reference [42]>>').acces).toBeNull();
    expect(acces('<</Type /Sig>>').acces).toBeNull();
    const second = '<</Type /Sig /Reference [42 <</TransformMethod /DocMDP /TransformParams <</P 3>>>>]>>';
    expect(acces(second).acces).toBe(3);
  });

  test('its field may lock more; the strictest counts', () => {
    expect(acces('<</Type /Sig>>', '/Lock <</P 1>>').acces).toBe(1);
    expect(acces('<</Type /Sig>>', '/Lock <</P 5>>').acces).toBeNull();
    expect(acces(REF('/TransformParams <</P 3>>'), '/Lock <</P 1>>').acces).toBe(1);
    expect(acces(REF('/TransformParams <</P 1>>'), '/Lock <</P 3>>').acces).toBe(1);
  });

  test('the one that certifies the document counts, shown or not', () => {
    const pdf = (catalogue: string) =>
      lireSignatures(new DocumentPdf(new Octets(fabriquer({ objets: { s: REF('') }, catalogue }))));
    expect(pdf('/Perms <</DocMDP $s>>')).toEqual({ nombre: 1, acces: 2 });
    expect(pdf('')).toEqual({ nombre: 0, acces: null });
    expect(pdf(formulaire('<</FT /Tx /T (a) /V $s>>'))).toEqual({ nombre: 0, acces: null });
  });
});
