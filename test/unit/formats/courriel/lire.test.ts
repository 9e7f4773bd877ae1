import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lireCourriel } from '../../../../src/formats/courriel/lire.ts';
import { courriel, ENVELOPPE, LOGO, MESSAGE, multipart, partie, STRUCTURES, texte } from './corpus.ts';

const xml = (nom: string): string => partie({ nom, octets: MESSAGE });

async function noms(...parties: readonly string[]): Promise<string[]> {
  const lu = await lireCourriel(courriel(multipart('mixed', 'B', parties)));
  return lu.parties.map((p) => p.nom);
}

describe('Mail of the State', () => {
  for (const [structure, message] of Object.entries(STRUCTURES)) {
    it(`gives the files byte for byte whatever the structure: ${structure}`, async () => {
      const lu = await lireCourriel(message);
      const fichiers = lu.parties.filter((p) => p.nom.endsWith('.xml'));
      expect(fichiers.map((p) => Buffer.from(p.octets))).toEqual([ENVELOPPE, MESSAGE]);
      expect(lu.html).toContain('<p>Reçu');
    });
  }

  it('reads the headers, encoded words included (RFC 2047)', async () => {
    expect(await lireCourriel(courriel(texte('<p>x</p>')))).toEqual({
      expediteur: 'plateforme@interieur.example',
      messageId: '<42@interieur.example>',
      objet: 'Accusé de réception',
      date: '2026-07-06T08:00:00.000Z',
      texte: '',
      html: '<p>x</p>',
      parties: [],
    });
  });

  it('a body is given as it is written: text makes no HTML, HTML makes no text', async () => {
    const [brut, enrichi] = ['voir http://a.example', '<p>voir</p>'];
    expect(await lireCourriel(courriel(texte(brut, 'text/plain')))).toMatchObject({ texte: brut, html: '' });
    expect(await lireCourriel(courriel(texte(enrichi)))).toMatchObject({ texte: '', html: enrichi });
    const fichier = multipart('mixed', 'B', [xml('a.xml')]);
    expect(await lireCourriel(courriel(fichier))).toMatchObject({ texte: '', html: '' });
    const tout = multipart('mixed', 'B', [texte(brut, 'text/plain'), xml('a.xml')]);
    expect((await lireCourriel(courriel(tout))).texte.trim()).toBe(brut);
  });

  it('a missing or unreadable date is empty, never the present one', async () => {
    expect(await lireCourriel(Buffer.from('Subject: x\r\n\r\ny'))).toMatchObject({ date: '', texte: 'y' });
    expect((await lireCourriel(Buffer.from('Date: hier soir\r\n\r\nx'))).date).toBe('');
  });

  it.each(['Mon, 06 Jul 2026\r\n 10:00:00\t+0200', '2026-07-06T08:00:00Z', ' \t6 Jul 2026 08:00 GMT'])(
    'a date is read on several lines, or in the form of ISO 8601: %j',
    async (date) => {
      const lu = await lireCourriel(Buffer.from(`X: y\r\nDate: ${date}\r\n\r\nx`));
      expect(lu.date).toBe('2026-07-06T08:00:00.000Z');
    },
  );

  it('no sender, no subject, no identifier: empty', async () => {
    expect(await lireCourriel(Buffer.from('X: y\r\n\r\nx'))).toMatchObject({
      expediteur: '',
      messageId: '',
      objet: '',
    });
  });

  it.each([
    ['text/html', 'a.xml'],
    ['text/plain', 'a.txt.xml'],
    ['text/html', 'a.htmlx'],
  ])('an inline %s named %s is a file', async (type, nom) => {
    const fichier = partie({ nom, octets: MESSAGE, type, disposition: 'inline' });
    const lu = await lireCourriel(courriel(multipart('mixed', 'B', [fichier])));
    expect(lu.parties.map((p) => [p.nom, p.type, Buffer.from(p.octets)])).toEqual([[nom, type, MESSAGE]]);
  });

  it.each([
    ['text/plain', 'corps.TXT', 'texte'],
    ['text/html', 'corps.htm', 'html'],
    ['text/html', 'corps.html', 'html'],
  ] as const)('an inline %s named %s is the body', async (type, nom, champ) => {
    const corps = partie({ nom, octets: Buffer.from('bonjour'), type, disposition: 'inline' });
    const lu = await lireCourriel(courriel(multipart('mixed', 'B', [corps])));
    expect(lu.parties).toEqual([]);
    expect(lu[champ].trim()).toBe('bonjour');
  });

  it('a forwarded mail shown inline is opened: its files are those of the mail', async () => {
    const dedans = courriel(multipart('mixed', 'C', [xml('a.xml')])).toString('latin1');
    const entetes =
      'Content-Type: message/rfc822; name="m.eml"\r\nContent-Disposition: inline; filename="m.eml"';
    expect(await noms(`${entetes}\r\n\r\n${dedans}`, xml('b.xml'))).toEqual(['a.xml', 'b.xml']);
  });

  it('a file without a type is bytes', async () => {
    for (const entete of ['X: y', 'Content-Type:', 'Content-Type: ;']) {
      const sans = `${entete}\r\nContent-Disposition: attachment; filename=a\r\n\r\nabc`;
      const lu = await lireCourriel(courriel(multipart('mixed', 'B', [sans])));
      expect(lu.parties.map((p) => p.type)).toEqual(['application/octet-stream']);
    }
  });

  it('a type is given in lower case', async () => {
    const fichier = partie({ nom: 'a.xml', octets: MESSAGE, type: 'Application/XML' });
    const lu = await lireCourriel(courriel(multipart('mixed', 'B', [fichier])));
    expect(lu.parties[0]?.type).toBe('application/xml');
  });

  it('gives the inline logo as a part, its bytes intact', async () => {
    const lu = await lireCourriel(STRUCTURES['mixed > related (inline logo) > files'] ?? Buffer.alloc(0));
    const logo = lu.parties.find((p) => p.nom === 'logo.jpg');
    expect(logo?.type).toBe('image/jpeg');
    expect(Buffer.from(logo?.octets ?? [])).toEqual(LOGO);
    expect(lu.html).toContain('cid:logo');
  });

  it('multi-canal reminder: HTML alone, no file', async () => {
    const lu = await lireCourriel(
      courriel(texte('<p>acte dont la transmission est effectu\u00e9e en multi canal</p>')),
    );
    expect(lu.html).toContain('effectuée en multi canal');
    expect(lu.parties).toEqual([]);
  });

  it('decodes names: RFC 2231 in pieces, RFC 2047 in a parameter', async () => {
    const continu = [
      'Content-Type: application/xml',
      "Content-Disposition: attachment; filename*0*=UTF-8''d%C3%A9lib; filename*1*=%C3%A9ration; filename*2=.xml",
    ];
    const mot = [
      'Content-Type: application/xml; name="=?UTF-8?B?w6l0w6kueG1s?="',
      'Content-Disposition: attachment',
    ];
    const deux = [continu, mot].map((entetes) => partie({ octets: MESSAGE, entetes }));
    expect(await noms(...deux)).toEqual(['délibération.xml', 'été.xml']);
  });

  it('a name is a label, never a path; a part without one is named by its rank', async () => {
    const sans = partie({ octets: MESSAGE });
    expect(
      await noms(xml('../../etc/passwd'), sans, xml('c:\\\\temp\\\\a.xml'), xml('..'), xml('dossier/')),
    ).toEqual(['passwd', 'partie-2', 'a.xml', 'partie-4', 'partie-5']);
  });

  it('keeps two parts of the same name', async () => {
    expect(await noms(xml('a.xml'), xml('a.xml'))).toEqual(['a.xml', 'a.xml']);
  });

  it('an empty attachment is a part of zero bytes', async () => {
    const lu = await lireCourriel(
      courriel(multipart('mixed', 'B', [partie({ nom: 'vide.xml', octets: Buffer.alloc(0) })])),
    );
    expect(lu.parties.map((p) => p.octets.length)).toEqual([0]);
  });

  it('a mail cut short gives what was found', async () => {
    const entier = STRUCTURES['multipart/mixed'] ?? Buffer.alloc(0);
    const fin = entier.indexOf('034-123456789');
    const lu = await lireCourriel(entier.subarray(0, fin));
    expect(Buffer.from(lu.parties[0]?.octets ?? [])).toEqual(ENVELOPPE);
  });

  it('what is no mail at all: no part, the raw head as text', async () => {
    const lu = await lireCourriel(Buffer.from([0xff, 0xfe, 0, 1, 2, 3]));
    expect(lu.parties).toEqual([]);
    expect(lu.texte.length).toBeGreaterThan(0);
    expect(await lireCourriel(new Uint8Array(0))).toMatchObject({ parties: [], texte: '', expediteur: '' });
  });

  it('beyond a limit it refuses: a partial reading would pass for a whole one', async () => {
    const message = courriel(multipart('mixed', 'B', [xml('a.xml'), xml('b.xml'), xml('c.xml')]));
    const parParties = lireCourriel(message, { octets: 1e6, parties: 2 });
    await expect(parParties).rejects.toMatchObject({ fiche: { code: 'VGM-ACC-019', nature: 'definitive' } });
    await expect(parParties).rejects.toThrow('plus de 2 parties');
    const somme = 3 * MESSAGE.length;
    const parOctets = lireCourriel(message, { octets: somme - 1, parties: 10 });
    await expect(parOctets).rejects.toMatchObject({ fiche: { code: 'VGM-ACC-019' } });
    await expect(parOctets).rejects.toThrow(`plus de ${somme - 1} octets`);
    expect((await lireCourriel(message, { octets: somme, parties: 3 })).parties).toHaveLength(3);
  });

  it('unless told otherwise, 500 parts are the limit', async () => {
    const message = (n: number): Buffer =>
      courriel(
        multipart(
          'mixed',
          'B',
          Array.from({ length: n }, () => xml('a.xml')),
        ),
      );
    expect((await lireCourriel(message(500))).parties).toHaveLength(500);
    await expect(lireCourriel(message(501))).rejects.toThrow('VGM-ACC-019');
  });

  it('2000 nested multiparts neither hang nor break', async () => {
    let message = texte('<p>x</p>');
    for (let i = 0; i < 2000; i += 1) message = multipart('mixed', `B${i}`, [message]);
    expect(await lireCourriel(courriel(message))).toHaveProperty('parties');
  });
});

describe('Foreign bytes', () => {
  it('random bytes never throw', async () => {
    let n = 0;
    const prop = fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (octets) => {
      n += 1;
      const lu = await lireCourriel(octets);
      expect(lu.parties.every((p) => p.nom !== '' && !/[\\/]/.test(p.nom))).toBe(true);
    });
    await fc.assert(prop, { numRuns: 1000 });
    console.log(`${n} suites d’octets au hasard lues`);
  });

  it('mails damaged at random (bytes changed, cut, doubled) never throw nor hang', async () => {
    let n = 0;
    const corpus = Object.values(STRUCTURES);
    const degat = fc.record({
      ou: fc.double({ min: 0, max: 1, noNaN: true }),
      quoi: fc.constantFrom('octet', 'coupe', 'double', 'borne', 'retour'),
      valeur: fc.integer({ min: 0, max: 255 }),
      long: fc.integer({ min: 1, max: 400 }),
    });
    const cas = fc.tuple(
      fc.integer({ min: 0, max: corpus.length - 1 }),
      fc.array(degat, { minLength: 1, maxLength: 6 }),
    );
    const prop = fc.asyncProperty(cas, async ([rang, degats]) => {
      let message = corpus[rang] ?? Buffer.alloc(0);
      for (const d of degats) message = abimer(message, d);
      n += 1;
      const lu = await lireCourriel(message);
      expect(lu.parties.every((p) => p.nom !== '' && !/[\\/]/.test(p.nom))).toBe(true);
    });
    await fc.assert(prop, { numRuns: 3000 });
    console.log(`${n} courriels abîmés lus`);
  }, 120_000);
});

interface Degat {
  readonly ou: number;
  readonly quoi: string;
  readonly valeur: number;
  readonly long: number;
}

function abimer(message: Buffer, d: Degat): Buffer {
  const ou = Math.floor(d.ou * message.length);
  const [avant, apres] = [message.subarray(0, ou), message.subarray(ou)];
  switch (d.quoi) {
    case 'octet':
      return Buffer.concat([avant, Buffer.from([d.valeur]), apres.subarray(1)]);
    case 'coupe':
      return Buffer.concat([avant, apres.subarray(d.long)]);
    case 'double':
      return Buffer.concat([avant, apres.subarray(0, d.long), apres]);
    case 'borne':
      return Buffer.concat([
        avant,
        Buffer.from(`\r\n--B${(d.valeur % 3) + 1}${d.valeur % 2 ? '--' : ''}\r\n`),
        apres,
      ]);
    default:
      return Buffer.concat([avant, Buffer.from('\r\n\r\n'), apres]);
  }
}
