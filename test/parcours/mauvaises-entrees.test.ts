import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerPdf } from '../../src/banc/pdf.ts';
import { lireTarGz } from '../../src/formats/tar/lire.ts';
import { memoireMib } from '../bench/mesures.ts';
import {
  annexe,
  budget,
  budgetDe,
  chiffre,
  dtd,
  envoyerFlot,
  PNG,
  troisCents,
  uneAnnexe,
  xxe,
} from './attaques.ts';
import {
  clock,
  demande,
  demander,
  document,
  estProbleme,
  formulaire,
  metadonnees,
  type Monde,
  ouvrirMonde,
  type Partie,
  PDF,
  type Reponse,
  SIREN,
} from './monde.ts';

/** « Bad input »: a French message that names cause and remedy, no half state, and a daemon that goes on. */

let m: Monde;
/** Digests that accepted deposits may have put in the coffre, by the flux that names them. */
let depart: string[];
beforeAll(async () => {
  m = await ouvrirMonde();
  depart = await m.coffre();
});
afterAll(() => m.fermer());

/** Every accepted flux at its end, every receipt filed: what changes afterwards is ours. */
async function calme(): Promise<void> {
  for (const f of await m.flux()) await m.jusqua(f.id, 'acquitte');
  await expect.poll(async () => (await m.retours()).every((r) => r.etat === 'attribue')).toBe(true);
}

/** Nothing new in the coffre, no draft left, no flux more. */
async function sansTrace(geste: () => Promise<unknown>): Promise<void> {
  await calme();
  const avant = { coffre: await m.coffre(), flux: (await m.flux()).length };
  await geste();
  await expect.poll(() => m.coffre()).toEqual(avant.coffre);
  expect((await m.flux()).length).toBe(avant.flux);
}

function idDe(r: Reponse): string {
  expect(r.statut, r.texte.slice(0, 1500)).toBe(201);
  return (r.json['flux'] as { id: string }).id;
}

let rang = 0;
function numeroNeuf(): string {
  rang += 1;
  return `BON${rang}`;
}

interface PieceVue {
  readonly rang: number;
  readonly role: string;
  readonly nom: string;
  readonly sha256: string;
}

async function pieces(id: string): Promise<PieceVue[]> {
  return (await m.labo.client.lire(`/flux/${id}`)).corps['pieces'] as unknown as PieceVue[];
}

async function archive(id: string): Promise<Map<string, Buffer>> {
  await m.jusqua(id, 'acquitte');
  const piece = (await pieces(id)).find((p) => p.role === 'archive');
  const octets = await m.labo.client.telecharger(`/flux/${id}/pieces/${piece?.rang ?? -1}`);
  const membres = new Map<string, Buffer>();
  for await (const { nom, contenu } of lireTarGz(Readable.from([octets]), { octets: 1e8, entrees: 100 })) {
    membres.set(nom, await buffer(Readable.from(contenu)));
  }
  return membres;
}

describe('names of files are labels: whatever they hold, nothing leaves the coffre', () => {
  test.each([
    ['a path that climbs', '../../../../etc/cron.d/x.pdf', 'x.pdf'],
    ['an absolute path', '/etc/passwd', 'passwd'],
    ['a path of Windows', 'C:\\\\Users\\\\maire\\\\delib.pdf', 'delib.pdf'],
    ['300 characters', `${'é'.repeat(296)}.pdf`, null],
    ['right-to-left marks', 'fact\u202Efdp.exe', null],
    ['only dots', '..', null],
    ['markup', '<script>alert(1)</script>.pdf', null],
    ['a terminal sequence', 'a\u001b[2J\u001b]0;x\u0007.pdf', null],
    ['percent encoded breaks', 'a%0d%0aX: y.pdf', null],
  ])('%s', async (_titre, fichier, attendu) => {
    const r = await m.deposer([demande({ numero: numeroNeuf() }), document(PDF, fichier)]);
    const id = idDe(r);
    const piece = (await pieces(id)).find((p) => p.role === 'document');
    expect(piece?.nom).not.toMatch(/[/\\]|\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u);
    expect(piece?.nom).not.toBe('..');
    expect(Buffer.byteLength(piece?.nom ?? '')).toBeLessThanOrEqual(255);
    if (attendu !== null) expect(piece?.nom).toBe(attendu);
    const recu = await demander(m.socket, { methode: 'GET', chemin: `/flux/${id}/pieces/${piece?.rang}` });
    expect(recu.statut).toBe(200);
    expect(recu.entetes['content-disposition']).not.toMatch(/\p{Cc}/u);
    // What the State receives bears the name of the norm, never that of the depositor.
    expect([...(await archive(id)).keys()].filter((n) => n.endsWith('.pdf'))).toEqual([
      expect.stringMatching(/^99_DE-034-213400016-20260302-BON[0-9]+-DE-1-1_1\.pdf$/),
    ]);
  });
  test('NUL in a name', async () => {
    const r = await m.deposer([demande({ numero: numeroNeuf() }), document(PDF, 'a\0.pdf')]);
    if (r.statut === 201) expect((await pieces(idDe(r))).map((p) => p.nom).join('')).not.toContain('\0');
    else estProbleme(r, 400);
  });
});

describe('pieces that are not what they should be: 422, each anomalie named with its remedy', () => {
  test.each<[string, Record<string, unknown>, Partie[], string]>([
    ['empty file', {}, [document('')], 'ACTES-PCE-02'],
    ['PDF that is not one', {}, [document('bonjour')], 'ACTES-PCE-03'],
    ['header of a PDF and nothing else', {}, [document('%PDF-1.7\n')], 'ACTES-PDF-02'],
    ['truncated PDF', {}, [document(PDF.subarray(0, PDF.length - 60))], 'ACTES-PDF-02'],
    ['PDF cut at the head', {}, [document(PDF.subarray(20))], 'ACTES-PCE-03'],
    ['encrypted PDF', {}, [document(chiffre)], 'ACTES-PDF-03'],
    ['PNG renamed pdf', {}, [document(PNG)], 'ACTES-PCE-03'],
    [
      'PDF with 5 kB after its end',
      {},
      [document(Buffer.concat([PDF, Buffer.from(`PK${'\u0003'.repeat(5000)}`)]))],
      'ACTES-PDF-02',
    ],
    [
      'HTML that hides a PDF header',
      {},
      [document(Buffer.concat([Buffer.from('<html><script>1</script>'), PDF]))],
      'ACTES-PCE-03',
    ],
    [
      'script that hides a PDF header',
      {},
      [document(Buffer.concat([Buffer.from('#!/bin/sh\nrm -rf /\n'), PDF]))],
      'ACTES-PCE-03',
    ],
    ['billion laughs', budget, [document(dtd, 'b.xml')], 'ACTES-PCE-06'],
    ['external entity', budget, [document(xxe, 'b.xml')], 'ACTES-PCE-06'],
    ['billion laughs as an annex', uneAnnexe, [document(), annexe(dtd)], 'ACTES-PCE-06'],
    [
      'UTF-16 DTD',
      budget,
      [document(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(xxe, 'utf16le')]), 'b.xml')],
      'ACTES-PCE-06',
    ],
    [
      'budget that borrows an Id',
      budget,
      [document(budgetDe('<a Id="1"/><b Id="1"/>'), 'b.xml')],
      'ACTES-PCE-06',
    ],
    ['XML for a délibération', {}, [document('<a/>', 'a.xml')], 'ACTES-PCE-03'],
    [
      'gzip as an annex',
      uneAnnexe,
      [document(), annexe(Buffer.from([0x1f, 0x8b, 8, 0]), 'a.pdf')],
      'ACTES-PCE-04',
    ],
    ['annex announced and absent', uneAnnexe, [document()], 'ACTES-PCE-01'],
    ['annex present and not announced', {}, [document(), annexe(PDF, 'a.pdf')], 'ACTES-PCE-01'],
  ])('%s', async (...cas) => {
    const [, champs, fichiers, code] = cas;
    await sansTrace(async () => {
      const r = await m.deposer([demande({ numero: 'MAUVAIS', ...champs }), ...fichiers]);
      estProbleme(r, 422, 'VGM-API-010');
      expect((r.json['anomalies'] as { code: string }[]).map((a) => a.code)).toContain(code);
    });
  });
});

describe('metadata that cannot be right', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['numero with a dash', { numero: '2026-001' }, 'ACTES-NUM-01'],
    ['numero too long', { numero: 'A'.repeat(5000) }, 'ACTES-NUM-01'],
    ['future date', { date: '2199-01-01' }, 'ACTES-DAT-02'],
    ['29 February of a non-leap year', { date: '2025-02-29' }, 'ACTES-DAT-01'],
    ['French date', { date: '02/03/2026' }, 'ACTES-DAT-01'],
    ['objet with NUL', { objet: 'a\0b' }, 'ACTES-OBJ-04'],
    ['objet with an escape', { objet: 'a\u001bb' }, 'ACTES-OBJ-04'],
    ['objet with a line end', { objet: 'a\nb' }, 'ACTES-OBJ-03'],
    ['objet with an emoji', { objet: 'Fête 🎉' }, 'ACTES-OBJ-05'],
    ['objet with half an emoji', { objet: 'Fête \ud83c' }, 'ACTES-OBJ-04'],
    ['objet in another script', { objet: 'Бюджет' }, 'ACTES-OBJ-05'],
    ['objet of 800 000 characters', { objet: 'é'.repeat(400_000) }, 'ACTES-OBJ-02'],
    ['objet blank', { objet: ' \u00a0 ' }, 'ACTES-OBJ-01'],
    ['unknown field', { couleur: 'bleu' }, 'ACTES-META-01'],
    ['inherited name', { constructor: 1 }, 'ACTES-META-01'],
    ['number for a text', { matiere: 7.1 }, 'ACTES-META-01'],
  ])('%s', async (_titre, champs, code) => {
    await sansTrace(async () => {
      const r = await m.deposer([demande({ numero: 'MAUVAIS', ...champs }), document()]);
      estProbleme(r, 422, 'VGM-API-010');
      expect((r.json['anomalies'] as { code: string }[]).map((a) => a.code)).toContain(code);
    });
  });
  test('a thousand unknown fields are told, without a book', async () => {
    await sansTrace(async () => {
      const champs = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`champ${i}`, i]));
      estProbleme(
        await m.deposer([demande({ numero: 'MAUVAIS', ...champs }), document()]),
        422,
        'VGM-API-010',
      );
    });
  });
  test('metadata of more than 1 MB: 413', async () => {
    await sansTrace(async () => {
      const r = await m.deposer([demande({ objet: 'x'.repeat(2_000_000) }), document()]);
      estProbleme(r, 413, 'VGM-API-004');
    });
  });
  test('JSON 100 000 levels deep, with and without a key already used', async () => {
    const cle = { 'idempotency-key': 'profonde' };
    idDe(await m.deposer([demande({ numero: numeroNeuf() }), document()], cle));
    await sansTrace(async () => {
      const fond = '['.repeat(100_000) + ']'.repeat(100_000);
      const dedans = `{"collectivite":"${SIREN}","metadonnees":{"numero":${fond}}}`;
      estProbleme(await m.deposer([{ nom: 'demande', corps: dedans }, document()]), 422, 'VGM-API-010');
      estProbleme(await m.deposer([{ nom: 'demande', corps: dedans }, document()], cle), 409, 'VGM-DEP-003');
      estProbleme(await m.deposer([{ nom: 'demande', corps: fond }, document()]), 400);
    });
  });
  test('a key given twice says two things: refused rather than guessed', async () => {
    await sansTrace(async () => {
      for (const metas of [
        '"numero":"A1","numero":"A2"',
        '"document":{"typologie":"99_DE","typologie":"99_AI"}',
      ]) {
        const corps = `{"collectivite":"${SIREN}","metadonnees":${JSON.stringify(metadonnees({ numero: 'DOUBLECLE' })).slice(0, -1)},${metas}}}`;
        const r = await m.deposer([{ nom: 'demande', corps }, document()]);
        estProbleme(r, 400, 'VGM-API-011');
        expect(r.json['title']).toMatch(/« (numero|document|typologie) »/);
      }
    });
  });
  test('__proto__ as a field neither passes nor pollutes', async () => {
    await sansTrace(async () => {
      const corps = `{"collectivite":"${SIREN}","metadonnees":{"__proto__":{"numero":"X1"},${JSON.stringify(metadonnees()).slice(1)}}`;
      estProbleme(await m.deposer([{ nom: 'demande', corps }, document()]), 400, 'VGM-API-011');
    });
  });
  test('500 annexes: 413', async () => {
    await sansTrace(async () => {
      const fichiers = Array.from({ length: 500 }, (_, i) => annexe(PDF, `a${i}.pdf`));
      const r = await m.deposer([demande({ numero: 'MAUVAIS' }), document(), ...fichiers]);
      estProbleme(r, 413, 'VGM-API-009');
    });
  });
});

describe('what Word writes is accepted with a warning and leaves as numeric references', () => {
  test('« ’ », « œ », « – », « € » in the bytes of the archive', async () => {
    const objet = 'Vœu d’aménagement – 10 € « cœur » d\'été & <b>"x"</b> …';
    const r = await m.deposer([demande({ numero: numeroNeuf(), objet }), document()]);
    const id = idDe(r);
    const avertis = r.json['anomalies'] as { code: string; gravite: string }[];
    expect(avertis).toEqual([expect.objectContaining({ code: 'ACTES-OBJ-05', gravite: 'avertissement' })]);
    const [, message] = [...(await archive(id))].find(([nom]) => nom.endsWith('-1-1_0.xml')) ?? [];
    const ecrit = (message ?? Buffer.alloc(0)).toString('latin1');
    expect(ecrit).toMatch(/^<\?xml version="1\.0" encoding="ISO-8859-1"\?>/);
    expect(ecrit).toContain(
      "V&#339;u d&#8217;aménagement &#8211; 10 &#8364; « c&#339;ur » d'été &amp; &lt;b&gt;",
    );
    expect((message ?? Buffer.alloc(0)).includes(Buffer.from([0xe9]))).toBe(true);
    expect(
      ((await m.labo.client.lire(`/flux/${id}`)).corps['flux'] as { resume: { objet: string } }).resume.objet,
    ).toBe(objet);
  });
});

describe('two deposits of one acte: one is taken, the others are told which', () => {
  test('the same IDActe at the same instant over 16 connections, each with its own document', async () => {
    await calme();
    const numero = numeroNeuf();
    const corps = Array.from({ length: 16 }, (_, i) => creerPdf([`exemplaire ${i}`]));
    const reponses = await Promise.all(corps.map((c) => m.deposer([demande({ numero }), document(c)])));
    const prises = reponses.filter((r) => r.statut === 201);
    expect(reponses.map((r) => r.statut).toSorted()).toEqual([201, ...Array(15).fill(409)]);
    const id = idDe(prises[0] as Reponse);
    for (const r of reponses.filter((x) => x.statut !== 201)) {
      estProbleme(r, 409, 'VGM-DEP-002');
      expect(r.json['title']).toContain(id);
    }
    await m.jusqua(id, 'acquitte');
    // The bytes of the fifteen others are nobody's: only those of the flux were added.
    const siennes = new Set((await pieces(id)).map((p) => p.sha256));
    const connues = new Set((await m.coffre()).map((f) => basename(f)));
    for (const c of corps) {
      const sha256 = createHash('sha256').update(c).digest('hex');
      expect(connues.has(sha256)).toBe(siennes.has(sha256));
    }
  });
  test('the same key at the same instant: one 201, the replays answer 200 with the same flux', async () => {
    const numero = numeroNeuf();
    const cle = { 'idempotency-key': `cle-${numero}` };
    const envoi = () => m.deposer([demande({ numero }), document()], cle);
    const reponses = await Promise.all(Array.from({ length: 8 }, envoi));
    expect(reponses.map((r) => r.statut).toSorted()).toEqual([...Array(7).fill(200), 201]);
    expect(new Set(reponses.map((r) => (r.json['flux'] as { id: string }).id)).size).toBe(1);
    await sansTrace(async () => {
      const autre = await m.deposer([demande({ numero: 'AUTRE' }), document(creerPdf(['autre']))], cle);
      estProbleme(autre, 409, 'VGM-DEP-003');
    });
  });
  test('two contents under one key at the same instant: one is taken, nothing of the other stays', async () => {
    const cle = { 'idempotency-key': 'deux-contenus' };
    const [a, b] = [creerPdf(['contenu a']), creerPdf(['contenu b'])];
    const reponses = await Promise.all([
      m.deposer([demande({ numero: numeroNeuf() }), document(a)], cle),
      m.deposer([demande({ numero: numeroNeuf() }), document(b)], cle),
    ]);
    expect(reponses.map((r) => r.statut).toSorted()).toEqual([201, 409]);
    const perdant = reponses[0]?.statut === 409 ? a : b;
    const sha256 = createHash('sha256').update(perdant).digest('hex');
    expect((await m.coffre()).map((f) => basename(f))).not.toContain(sha256);
  });
});

describe('too much, too slow, gone away', () => {
  test('300 MB, streamed without a length: 413 in French, memory bounded, nothing left', async () => {
    await sansTrace(async () => {
      const presente = memoireMib(m.demon().pid, 'presente');
      const r = await envoyerFlot(m.socket, troisCents());
      estProbleme(r, 413, 'VGM-API-004');
      const pic = memoireMib(m.demon().pid, 'pic');
      console.log(`300 MB: resident ${Math.round(presente)} MiB before, peak ${Math.round(pic)} MiB`);
      expect(pic - presente).toBeLessThan(143);
    });
  });
  test('a client that hangs up anywhere leaves nothing', async () => {
    await sansTrace(async () => {
      const { corps, entetes } = formulaire([
        demande({ numero: 'COUPE' }),
        document(Buffer.concat([PDF, Buffer.alloc(3_000_000)])),
      ]);
      const tete = `POST /api/v1/flux HTTP/1.1\r\nHost: x\r\nContent-Type: ${entetes['content-type']}\r\nContent-Length: ${corps.length}\r\n\r\n`;
      const octets = Buffer.concat([Buffer.from(tete), corps]);
      const coupes = [10, tete.length + 30, tete.length + 900, 200_000, 2_000_000, octets.length - 3];
      await Promise.all(
        coupes.map(async (fin) => {
          const ligne = connect(m.socket);
          ligne.on('error', () => undefined);
          const ferme = new Promise((r) => ligne.once('close', r));
          await new Promise<void>((r) => ligne.write(octets.subarray(0, fin), () => r()));
          await clock.sleep(30);
          ligne.destroy();
          await ferme;
        }),
      );
    });
  });
  test('slow clients hold nobody', async () => {
    const { corps, entetes } = formulaire([demande({ numero: numeroNeuf() }), document()]);
    const lents = Array.from({ length: 50 }, () => {
      const r = request({
        socketPath: m.socket,
        path: '/api/v1/flux',
        method: 'POST',
        headers: entetes,
        agent: false,
      });
      r.on('error', () => undefined);
      r.write(corps.subarray(0, 400));
      return r;
    });
    await clock.sleep(50);
    const debut = clock.now();
    idDe(await m.deposer([demande({ numero: numeroNeuf() }), document()]));
    expect(clock.now() - debut).toBeLessThan(2_000);
    // One of them ends, by drops: it is a deposit like another.
    const [lent, ...autres] = lents;
    const { promise, resolve } = Promise.withResolvers<number>();
    lent?.once('response', (r) => resolve(r.statusCode ?? 0));
    for (let i = 400; i < corps.length; i += 97) {
      lent?.write(corps.subarray(i, i + 97));
      await clock.sleep(2);
    }
    lent?.end();
    expect(await promise).toBe(201);
    for (const r of autres) r.destroy();
  });
});

describe('after all of them', () => {
  test('the daemon lives, the journal is whole, the coffre holds the pieces of the flux and nothing else', async () => {
    expect((await m.labo.client.lire('/sante')).statut).toBe(200);
    await calme();
    const flux = await m.flux();
    expect(flux.every((f) => /-BON[0-9]+-DE$/.test(f.identite))).toBe(true);
    expect(await m.intact()).toBe(true);
    const attendues = new Set((await m.retours()).map((r) => r.sha256));
    for (const f of flux) for (const p of await pieces(f.id)) attendues.add(p.sha256);
    const presentes = (await m.coffre()).filter((f) => !depart.includes(f)).map((f) => basename(f));
    expect(presentes.filter((f) => !attendues.has(f))).toEqual([]);
    expect(await m.journalTechnique()).not.toMatch(
      /"level":(50|60|"error"|"fatal")|inattendue|TypeError|RangeError/,
    );
  });
});
