import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'smol-toml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClientSmtp } from '../serveurs/client-smtp.ts';
import { memoireMib } from '../bench/mesures.ts';
import { courriel, fichiersAccuse, fichiersAnomalie, identiteDe, latin1, xmlAccuse } from './courriels.ts';
import { ANGLAIS, clock, demande, document, type Monde, ouvrirMonde, type RetourVu } from './monde.ts';

/** « Every malformed return is kept, parked and shown. » */

const FRANCAIS = /^[^\n]*\p{L}{3}[^\n]*$/u;

function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

const seul = (octets: Uint8Array, nom = 'message.xml'): Buffer => courriel([{ nom, octets }], nom);
const ar = xmlAccuse({ numero: 'CIBLE_MUET' });
const bombe = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY a${i} "${`&a${i === 0 ? '' : i - 1};`.repeat(10)}">`).join('')}]><actes:ARActe>&a8;</actes:ARActe>`;
const externe = '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><ARActe/>';
const tete = 'From: <actes@interieur.invalid>\r\nTo: <tdt@operateur.example.fr>\r\n';
const imbrique = (niveaux: number): string =>
  niveaux === 0
    ? 'Content-Type: text/plain\r\n\r\nfond\r\n'
    : `Content-Type: multipart/mixed; boundary="b${niveaux}"\r\n\r\n--b${niveaux}\r\n${imbrique(niveaux - 1)}\r\n--b${niveaux}--\r\n`;

describe('through the real SMTP door, to the running daemon', () => {
  let m: Monde;
  let adresse: string;
  let cible: string;
  /** Everything that was sent and accepted, by digest. */
  const envoyes = new Map<string, string>();

  beforeAll(async () => {
    m = await ouvrirMonde();
    const config = parse(await readFile(m.labo.configFichier, 'utf8')) as {
      reception: { smtp: { port: number } };
    };
    adresse = `127.0.0.1:${config.reception.smtp.port}`;
    cible = await transmis('CIBLE_MUET');
  });
  afterAll(() => m.fermer());

  async function transmis(numero: string): Promise<string> {
    const r = await m.deposer([demande({ numero }), document()]);
    expect(r.statut, r.texte).toBe(201);
    const { id } = r.json['flux'] as { id: string };
    await m.jusqua(id, 'transmis');
    return id;
  }

  /** @returns the row of the return, once analysed. */
  async function envoyer(brut: Buffer, titre: string): Promise<RetourVu> {
    const client = await ClientSmtp.ouvrir(adresse);
    // The dot-stuffing of RFC 5321 is ours; what the receiver keeps is the message before it.
    const pret = await client.jusquaDonnees('tdt@operateur.example.fr');
    expect(pret).toMatch(/^354/);
    client.prise.write(latin1(brut.toString('latin1').replace(/^\./gm, '..')));
    expect(await client.dire('\r\n.'), titre).toMatch(/^250/);
    client.prise.destroy();
    // The final CRLF belongs to the message.
    const empreinte = sha256(Buffer.concat([brut, Buffer.from('\r\n')]));
    envoyes.set(empreinte, titre);
    return classe(empreinte, titre);
  }

  async function classe(empreinte: string, titre: string): Promise<RetourVu> {
    const limite = clock.now() + 20_000;
    for (;;) {
      const vu = (await m.retours()).find((r) => r.sha256 === empreinte);
      if (vu !== undefined && vu.etat !== 'recu') return vu;
      if (clock.now() > limite) throw new TypeError(`${titre}: ${JSON.stringify(vu)}`);
      await clock.sleep(15);
    }
  }

  test.each<[string, () => Buffer]>([
    ['no MIME at all', () => latin1(`${tete}\r\nBonjour, votre acte est reçu.`)],
    ['no header', () => latin1('\r\n\r\nrien')],
    [
      'binary noise',
      () =>
        Buffer.from(
          Array.from({ length: 5000 }, (_, i) => (i * 7919 + 13) % 251).filter((o) => o !== 10 && o !== 13),
        ),
    ],
    [
      'broken base64',
      () =>
        Buffer.from(
          courriel(fichiersAccuse({ numero: 'CIBLE_MUET' }), 'b64')
            .toString('latin1')
            .replace(/(Content-Transfer-Encoding: base64\r\n\r\n).{40}/g, '$1****!!§§==='),
          'latin1',
        ),
    ],
    [
      'base64 cut in the middle',
      () => courriel(fichiersAccuse({ numero: 'CIBLE_MUET' }), 'coupe').subarray(0, 1500),
    ],
    [
      'multipart without its boundary',
      () => latin1(`${tete}MIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\n--x\r\n\r\ny`),
    ],
    ['billion laughs', () => seul(latin1(bombe))],
    ['external DTD', () => seul(latin1(externe))],
    [
      'DTD in UTF-16',
      () => seul(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(externe, 'utf16le')])),
    ],
    ['XML 5 000 levels deep', () => seul(latin1(`${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`))],
    ['receipt of an unknown acte', () => courriel(fichiersAccuse({ numero: 'INCONNU' }), 'inconnu')],
    [
      'receipt without IDActe nor number',
      () => seul(latin1(ar.replace(/actes:IDActe="[^"]*"/, '').replace(/actes:NumeroInterne="[^"]*"/, ''))),
    ],
    [
      'SIREN of the envelope that contradicts',
      () => courriel(fichiersAccuse({ numero: 'CIBLE_MUET' }, '213400024'), 'contredit'),
    ],
    [
      'IDActe that contradicts the acte received',
      () =>
        courriel(
          fichiersAccuse({ numero: 'AUTRE', idActe: identiteDe({ numero: 'CIBLE_MUET' }) }),
          'contredit2',
        ),
    ],
    ['no attachment', () => latin1(`${tete}MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nBonjour`)],
    [
      'multi-canal reminder in HTML',
      () =>
        latin1(
          `${tete}MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>acte dont la transmission est effectu=C3=A9e en multi canal</body></html>`,
        ),
    ],
    [
      'same name, two contents',
      () =>
        courriel(
          [
            ...fichiersAccuse({ numero: 'INCONNU' }),
            ...fichiersAccuse({ numero: 'INCONNU', date: '2026-01-01' }).map((f, i) => ({
              ...f,
              nom: fichiersAccuse({ numero: 'INCONNU' })[i]?.nom ?? '',
            })),
          ],
          'homonymes',
        ),
    ],
    [
      'unknown charset and encoding',
      () =>
        latin1(
          `${tete}MIME-Version: 1.0\r\nContent-Type: text/xml; charset=klingon; name=a.xml\r\nContent-Transfer-Encoding: rot13\r\n\r\n<a/>`,
        ),
    ],
    ['500 nested multiparts', () => latin1(`${tete}MIME-Version: 1.0\r\n${imbrique(500)}`)],
    [
      '1 000 attachments',
      () =>
        courriel(
          Array.from({ length: 1000 }, (_, i) => ({ nom: `a${i}.xml`, octets: latin1('<a/>') })),
          'mille',
        ),
    ],
    [
      'a header of 1 MB',
      () =>
        latin1(
          `From: ${'<'.repeat(200_000)}\r\nSubject: ${'=?utf-8?q?=41?= '.repeat(20_000)}\r\nContent-Type: text/plain; ${'a="b"; '.repeat(60_000)}\r\n\r\nx`,
        ),
    ],
    [
      '20 000 headers',
      () => latin1(`${Array.from({ length: 20_000 }, (_, i) => `X-${i}: ${i}`).join('\r\n')}\r\n\r\nx`),
    ],
    [
      'letter of the préfecture as a forwarded mail',
      () =>
        latin1(
          `${tete}MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n${courriel(fichiersAccuse({ numero: 'INCONNU' }), 'dedans').toString('latin1')}`,
        ),
    ],
  ])('%s: kept, parked with a French reason, the flux untouched', async (titre, brut) => {
    const debut = clock.now();
    const vu = await envoyer(brut(), titre);
    expect(vu.etat, JSON.stringify(vu)).toBe('a_trancher');
    expect(vu.motif).toMatch(FRANCAIS);
    expect(vu.motif).not.toMatch(ANGLAIS);
    expect((vu.motif ?? '').length).toBeLessThan(4_000);
    expect(vu.flux).toEqual([]);
    expect((await m.jusqua(cible, 'transmis')).etat).toBe('transmis');
    expect(clock.now() - debut).toBeLessThan(8_000);
  });

  test('hostile names of attachments stay labels', async () => {
    const noms = [
      '../../../etc/passwd',
      'C:\\x\\y.xml',
      `${'n'.repeat(400)}.xml`,
      'a\u0000b.xml',
      '=?utf-8?b?4oCuZmRwLnhtbA==?=',
      "x'; DROP TABLE flux; --.xml",
    ];
    const vu = await envoyer(
      courriel(
        noms.map((nom) => ({ nom, octets: latin1(`<a b="${nom.length}"/>`) })),
        'noms',
      ),
      'noms',
    );
    expect(vu.etat).toBe('a_trancher');
    const { corps } = await m.labo.client.lire(`/retours/${vu.id}`);
    for (const { nom } of corps['parties'] as unknown as { nom: string }[]) {
      expect(nom).not.toMatch(/[/\\]|\p{C}/u);
      expect(Buffer.byteLength(nom)).toBeLessThanOrEqual(200);
    }
    expect(vu.motif).not.toMatch(/[\u202e\p{Cc}]/u);
  });

  test('40 MB: kept, parked or not, memory bounded, the daemon answers meanwhile', async () => {
    const presente = memoireMib(m.demon().pid, 'presente');
    const gros = courriel([{ nom: 'gros.pdf', octets: Buffer.alloc(29_000_000, 0x41) }], 'gros');
    const pouls = { pire: 0, fini: false };
    const battre = (async () => {
      while (!pouls.fini) {
        const t = clock.now();
        await m.labo.client.lire('/sante');
        pouls.pire = Math.max(pouls.pire, clock.now() - t);
        await clock.sleep(20);
      }
    })();
    const vu = await envoyer(gros, '40 Mo');
    pouls.fini = true;
    await battre;
    const pic = memoireMib(m.demon().pid, 'pic');
    console.log(
      `40 MB mail: resident ${Math.round(presente)} → peak ${Math.round(pic)} MiB, longest silence ${pouls.pire} ms`,
    );
    expect(vu.etat).toBe('a_trancher');
    expect(pic - presente).toBeLessThan(476);
    expect(pouls.pire).toBeLessThan(3_000);
  });

  test('20 MB on one line without end', async () => {
    const vu = await envoyer(
      latin1(
        `${tete}MIME-Version: 1.0\r\nContent-Type: text/xml; name="a.xml"\r\n\r\n${'x'.repeat(20_000_000)}`,
      ),
      'ligne',
    );
    expect(vu.etat).toBe('a_trancher');
  });

  test('UTF-16 XML is understood: its flux is acknowledged', async () => {
    const id = await transmis('LARGE_MUET');
    const texte = xmlAccuse({ numero: 'LARGE_MUET' }).replace('ISO-8859-1', 'UTF-16');
    const vu = await envoyer(
      seul(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(texte, 'utf16le')]), 'utf16.xml'),
      'utf16',
    );
    expect(vu).toMatchObject({ etat: 'attribue', flux: [id] });
    await m.jusqua(id, 'acquitte');
  });

  test('two receipts in one mail reach two flux', async () => {
    const [a, b] = [await transmis('DEUXA_MUET'), await transmis('DEUXB_MUET')];
    const fichiers = [
      ...fichiersAccuse({ numero: 'DEUXA_MUET' }),
      ...fichiersAccuse({ numero: 'DEUXB_MUET' }).map((f, i) =>
        i === 0 ? { ...f, nom: 'TACT--PREF034-9.xml' } : f,
      ),
    ];
    const vu = await envoyer(courriel(fichiers, 'deux'), 'deux');
    expect(vu.etat, vu.motif ?? '').toBe('attribue');
    expect([...vu.flux].toSorted()).toEqual([a, b].toSorted());
    await m.jusqua(a, 'acquitte');
    await m.jusqua(b, 'acquitte');
  });

  test('one mail that says yes and no of the same acte is for a person, whatever the order', async () => {
    for (const inverse of [false, true]) {
      const numero = inverse ? 'NONOUI_MUET' : 'OUINON_MUET';
      const id = await transmis(numero);
      const dits = [fichiersAccuse({ numero }), fichiersAnomalie({ numero })];
      const vu = await envoyer(courriel((inverse ? dits.toReversed() : dits).flat(), numero), numero);
      expect(vu.etat, JSON.stringify(vu)).toBe('a_trancher');
      expect(vu.motif).toMatch(/contredi/);
      expect((await m.jusqua(id, 'transmis')).etat).toBe('transmis');
    }
  });

  test('the same mail five times, at once: kept once, the acte acknowledged once', async () => {
    const id = await transmis('CINQ_MUET');
    const brut = courriel(fichiersAccuse({ numero: 'CINQ_MUET' }), 'cinq');
    const vus = await Promise.all(Array.from({ length: 5 }, () => envoyer(brut, 'cinq')));
    expect(new Set(vus.map((v) => v.id)).size).toBe(1);
    await m.jusqua(id, 'acquitte');
    const { corps } = await m.labo.client.lire(`/flux/${id}`);
    const lignes = corps['chronologie'] as unknown as { ev: string }[];
    expect(lignes.filter((l) => l.ev === 'ACCUSE_RECU')).toHaveLength(1);
  });

  test('after all of them: every byte received is in the coffre, each return is shown, the daemon lives', async () => {
    const retours = await m.retours();
    const coffre = new Set((await m.coffre()).map((f) => f.split('/').at(-1)));
    for (const [empreinte, titre] of envoyes) {
      expect(coffre.has(empreinte), titre).toBe(true);
      const r = retours.find((x) => x.sha256 === empreinte);
      expect(['attribue', 'classe', 'a_trancher'], titre).toContain(r?.etat);
      const brut = await m.labo.client.telecharger(`/retours/${r?.id}/brut`);
      expect(sha256(brut), titre).toBe(empreinte);
    }
    expect((await m.jusqua(cible, 'transmis')).etat).toBe('transmis');
    expect(await m.intact()).toBe(true);
    expect(await m.journalTechnique()).not.toMatch(/"level":(50|60|"error"|"fatal")|TypeError|RangeError/);
  });
});
