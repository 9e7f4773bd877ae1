import { mkdtempSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ParsedMail } from 'mailparser';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OptionsMinistere } from '../../../src/banc/ministere.ts';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import {
  type Archive,
  archive,
  type Banc,
  CLASSIFICATION,
  type Description,
  lire,
  nomArchive,
  nomsPieces,
  ouvrirBanc,
  piece,
  SIREN,
} from './decor.ts';
import { archiveEchange, type Echange } from './decor-echanges.ts';

/** Transactions 2 to 7 at the simulated préfecture (actes.md A.2, A.3, B.8, C, D.3, D.5). */

const schemas = ouvrirSchemas(new URL('../../../schemas/actes', import.meta.url).pathname);
const JOUR = '2026-03-12';

/** The préfecture of most tests, whose actes are all different; the others open their own. */
let commun: Banc;
let banc: Banc;
let rang = 0;

const ouvrir = (suite: Partial<OptionsMinistere> = {}): Promise<Banc> =>
  ouvrirBanc({ delaiReponseMs: 0, tardMs: 100, ...suite });
beforeAll(async () => {
  commun = await ouvrir();
});
afterAll(() => commun.fermer());
beforeEach(() => {
  banc = commun;
});
afterEach(async () => {
  if (banc !== commun) await banc.fermer();
});

/** Hands an archive over; @returns the mails that it brought, in order. */
async function envoyer(a: Archive): Promise<ParsedMail[]> {
  banc.relais.bruts.length = 0;
  await banc.insister(a);
  await banc.ministere.attendreVide();
  return banc.relais.lire();
}

function prochain(): string {
  rang += 1;
  return nomArchive(rang);
}

/** Sends an acte whose number ends so. */
async function acte(
  fin: string,
  suite: Partial<Description> = {},
): Promise<{ idActe: string; numero: string; courriels: ParsedMail[] }> {
  const nom = prochain();
  const numero = `A${rang}${fin}`;
  const a = await archive({ nomArchive: nom, numero, ...suite });
  return { idActe: a.idActe, numero, courriels: await envoyer(a) };
}

async function echange(code: string, idActe: string, suite: Partial<Echange> = {}): Promise<ParsedMail[]> {
  return envoyer(await archiveEchange({ code, idActe, nomArchive: prochain(), date: JOUR, ...suite }));
}

/** Writes a letter on an order; @returns its mails. */
async function ecrire(
  code: '2-1' | '3-1' | '4-1' | '5-1',
  idActe: string,
  suite: { date?: string; copies?: number; devance?: boolean; texte?: string } = {},
): Promise<ParsedMail[]> {
  banc.relais.bruts.length = 0;
  banc.ministere.ordonner({ ordre: 'courrier', code, acte: idActe, date: JOUR, ...suite });
  await banc.ministere.attendreVide();
  return banc.relais.lire();
}

const messageDe = (c: ParsedMail | undefined): string =>
  c === undefined ? '' : (/-([1-7]-[1-5])_/.exec(nomsPieces(c).join(' '))?.[1] ?? nomsPieces(c)[0] ?? '');
const texteDe = (c: ParsedMail | undefined, motif: RegExp): string =>
  c === undefined ? '' : piece(c, motif).toString('latin1');

function valider(c: ParsedMail): void {
  for (const p of c.attachments.filter((x) => x.filename?.endsWith('.xml')))
    expect(schemas.valider('actes', p.content)).toEqual([]);
}

const vus = (type: 'message' | 'courrier', acteVu: string) =>
  banc.ministere.registre
    .evenements()
    .filter((e) => e.type === type && e.idActe === acteVu)
    .map(({ message, date }) => ({ message, date }));

describe('letters of the préfecture', () => {
  it.each([
    ['2-1', 'CourrierSimple', []],
    ['3-1', 'DemandePieceComplementaire', ['DescriptionPieces']],
    ['4-1', 'LettreObservations', ['Motif']],
    ['5-1', 'DefereTA', ['DateDepot', 'NatureIllegalite']],
  ] as const)(
    '%s: envelope, message valid for the schema, PDF; read by our protocol',
    async (code, racine, elements) => {
      const { idActe, numero } = await acte('');
      const [courriel, ...autres] = await ecrire(code, numero, { texte: 'L’avis du comité' });
      if (courriel === undefined) return expect.unreachable();
      expect(autres).toEqual([]);
      const [enveloppe, message, document] = nomsPieces(courriel);
      expect(enveloppe).toMatch(/^TACT--SPREF0341-210340012-[0-9]{8}-[0-9]+\.xml$/);
      expect(message).toMatch(new RegExp(`^${idActe}-${code}_[0-9]+\\.xml$`));
      expect(document).toMatch(new RegExp(`^${idActe}-${code}_[0-9]+\\.pdf$`));
      valider(courriel);
      expect(piece(courriel, /\.pdf$/).toString('latin1')).toMatch(/^%PDF-[\s\S]+%%EOF/);
      const xml = texteDe(courriel, new RegExp(`-${code}_`));
      expect(xml).toContain(`<actes:${racine} `);
      for (const element of elements) expect(xml).toContain(`<actes:${element}>`);
      const lu = actes.accuse.lire(
        courriel.attachments
          .filter((p) => !p.related)
          .map((p) => ({ nom: p.filename ?? '', octets: p.content })),
      );
      expect(lu).toMatchObject({
        messages: [],
        restes: [],
        courriers: [{ code, identite: idActe, champs: { dateCourrier: JOUR }, documents: [document] }],
      });
      if (code !== '2-1') expect(lu.courriers[0]?.champs['expose']).toBe('L’avis du comité');
      expect(vus('courrier', idActe)).toEqual([{ message: code, date: JOUR }]);
    },
  );

  it.each([
    ['_C21', ['1-2', '2-1']],
    ['_C31', ['1-2', '3-1']],
    ['_C41', ['1-2', '4-1']],
    ['_C51', ['1-2', '5-1']],
    ['_C31X2', ['1-2', '3-1', '3-1']],
    ['_C31BIS', ['1-2', '3-1', '3-1']],
    ['_C31TOT', ['1-2', '3-5', '3-1']],
  ])('%s: %s, in this order', async (fin, attendus) => {
    const { idActe, courriels } = await acte(fin);
    expect(courriels.map(messageDe)).toEqual(attendus);
    const lettres = courriels.filter((c) => messageDe(c) === '3-1');
    // twice the same is one letter under two envelopes; two of one day differ by their bytes
    const corps = new Set(lettres.map((c) => texteDe(c, /-3-1_[0-9]+\.xml$/)));
    const enveloppes = new Set(lettres.map((c) => nomsPieces(c)[0]));
    if (lettres.length === 2) expect([corps.size, enveloppes.size]).toEqual([fin === '_C31X2' ? 2 : 1, 2]);
    expect(vus('courrier', idActe)).toHaveLength(fin === '_C31X2' ? 2 : 1);
  });

  it('wear the dress of their acte: UTF-8 bytes, the PDF untouched', async () => {
    const { idActe } = await acte('_UTF8');
    const [courriel] = await ecrire('4-1', idActe, { texte: 'Été' });
    expect(courriel && piece(courriel, /-4-1_[0-9]+\.xml$/).toString('utf8')).toContain('Été');
    expect(courriel && piece(courriel, /\.pdf$/).toString('latin1')).toMatch(/^%PDF-1\.4\n/);
  });

  it('are refused on an acte that is not held: unknown, refused, cancelled', async () => {
    const ordre = { ordre: 'courrier', code: '3-1', acte: 'INCONNU' } as const;
    expect(() => banc.ministere.ordonner(ordre)).toThrow('VGM-BAN-008');
    const refuse = await acte('_ANO13');
    const annule = await acte('');
    await echange('6-1', annule.idActe);
    for (const { numero } of [refuse, annule])
      expect(() => banc.ministere.ordonner({ ...ordre, acte: numero })).toThrow('VGM-BAN-008');
    expect(() => banc.ministere.ordonner({ ordre: 'courrier' } as never)).toThrow(/VGM-BAN-007.*code/);
  });
});

describe('what the collectivité sends about an acte', () => {
  it.each([
    ['3-1', '3-3', '3-5'],
    ['3-1', '3-4', '3-5'],
    ['4-1', '4-3', '4-5'],
    ['4-1', '4-4', '4-5'],
  ] as const)('%s, answered by %s: %s, with the date of the letter', async (courrier, code, accuse) => {
    const { idActe } = await acte('');
    await ecrire(courrier, idActe);
    const [courriel, ...autres] = await echange(code, idActe);
    if (courriel === undefined) return expect.unreachable();
    expect([messageDe(courriel), autres]).toEqual([accuse, []]);
    valider(courriel);
    const xml = texteDe(courriel, new RegExp(`-${accuse}_`));
    expect(xml).toContain(`actes:IDActe="${idActe}"`);
    expect(xml).toContain(`actes:DateCourrierPref="${JOUR}"`);
    expect(vus('message', idActe)).toEqual([{ message: code, date: JOUR }]);
  });

  it.each([
    ['2-1', '2-2'],
    ['3-1', '3-2'],
    ['4-1', '4-2'],
  ] as const)(
    '%s, then %s: nothing is answered, the register keeps it with the date of the letter',
    async (courrier, code) => {
      const { idActe } = await acte('');
      await ecrire(courrier, idActe);
      expect(await echange(code, idActe)).toEqual([]);
      expect(vus('message', idActe)).toEqual([{ message: code, date: JOUR }]);
    },
  );

  it('several pieces in a 3-4; each letter of a day has its own answer and its own receipt', async () => {
    const { idActe } = await acte('');
    await ecrire('3-1', idActe);
    await ecrire('3-1', idActe);
    const documents = [1, 2].map((k) => `99_DE-${idActe}-3-4_${k}.pdf`);
    expect((await echange('3-4', idActe, { documents })).map(messageDe)).toEqual(['3-5']);
    expect((await echange('3-4', idActe)).map(messageDe)).toEqual(['3-5']);
    for (const _ of [1, 2]) expect(await echange('3-2', idActe)).toEqual([]);
    expect((await echange('3-2', idActe)).map(messageDe)).toEqual([expect.stringMatching(/^ANO_/)]);
  });

  it('6-1: 6-2, and the acte is cancelled; a receipt that crossed it still joins its dossier', async () => {
    const { idActe } = await acte('');
    await ecrire('3-1', idActe);
    const [courriel] = await echange('6-1', idActe);
    if (courriel === undefined) return expect.unreachable();
    expect(messageDe(courriel)).toBe('6-2');
    valider(courriel);
    expect(texteDe(courriel, /-6-2_/)).toContain(`actes:IDActe="${idActe}"`);
    expect(await echange('3-2', idActe)).toEqual([]);
  });

  it('_CROISE: the letter that the cancellation crossed comes after the 6-2', async () => {
    const { idActe } = await acte('_CROISE');
    expect((await echange('6-1', idActe)).map(messageDe)).toEqual(['6-2', '3-1']);
  });

  it.each([
    ['_TARD', ['3-5']],
    ['_DOUBLE', ['3-5', '3-5']],
    ['_UTF8', ['3-5']],
  ])('%s plays on the receipt of the answer as on that of the acte', async (fin, attendus) => {
    const { idActe } = await acte(fin);
    await ecrire('3-1', idActe);
    expect((await echange('3-4', idActe)).map(messageDe)).toEqual(attendus);
  });

  it('a silence is asked for by force, a cut by the end of the number', async () => {
    const { idActe, numero } = await acte('_H503');
    banc.ministere.ordonner({ ordre: 'scenario', numero, scenario: 'MUET' });
    await ecrire('3-1', idActe);
    expect(await echange('3-4', idActe)).toEqual([]);
    banc.ministere.ordonner({ ordre: 'scenario', numero, scenario: null });
    const a = await archiveEchange({ code: '6-1', idActe, nomArchive: prochain() });
    expect(await banc.insister(a)).toEqual([503, 503, 201]);
    await banc.ministere.attendreVide();
  });
});

describe('what refuses the whole envelope', () => {
  const autre = `034-${SIREN}-20260227-AUTRE-DE`;

  it.each<[string, string, Partial<Echange> & { vers?: string }, string]>([
    ['an acte that is not held', '6-1', { vers: autre }, 'BANC-VERIF-44'],
    ['an answer to a letter that was not sent', '4-4', {}, 'BANC-VERIF-45'],
    ['a receipt with another date than that of the letter', '3-2', { date: '2026-03-11' }, 'BANC-VERIF-45'],
    ['another acte inside than in the name', '3-4', { dedans: autre }, 'BANC-VERIF-40'],
    ['a document without typologie', '3-3', { documents: ['piece.pdf'] }, 'BANC-VERIF-41'],
    [
      'a document that is not what its extension says',
      '3-4',
      { contenu: Buffer.from('bonjour') },
      'BANC-VERIF-42',
    ],
    ['a letter of the future', '3-2', { date: '2099-01-01' }, 'BANC-VERIF-43'],
    ['against the schema: no document', '3-4', { documents: [] }, 'BANC-VERIF-08'],
    [
      'a message under the name of another',
      '3-4',
      { racine: 'Annulation', documents: [], date: JOUR },
      'BANC-VERIF-08',
    ],
    ['a 3-3 under the name of a 2-2', '2-2', { racine: 'RefusPieceComplementaire' }, 'BANC-VERIF-11'],
    ['a message that the State alone sends', '3-2', { nomMessage: 'x-3-5_0.xml' }, 'ODT-VERIF-17'],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s', async (_titre, code, { vers, ...suite }, attendu) => {
    const { idActe } = await acte('');
    await ecrire('3-1', idActe);
    const [courriel, ...autres] = await echange(code, vers ?? idActe, suite);
    expect(autres).toEqual([]);
    expect(texteDe(courriel, /^ANO_/)).toContain(`<actes:Detail>${attendu}`);
    expect(vus('message', idActe)).toEqual([]);
  });

  it('a second cancellation, a second answer', async () => {
    const { idActe } = await acte('');
    await ecrire('4-1', idActe);
    await echange('4-4', idActe);
    expect(texteDe((await echange('4-3', idActe))[0], /^ANO_/)).toContain('BANC-VERIF-46');
    await echange('6-1', idActe);
    expect(texteDe((await echange('6-1', idActe))[0], /^ANO_/)).toContain('BANC-VERIF-47');
  });
});

describe('classification', () => {
  const NOUVELLE = '2026-03-01';

  it('7-1: 7-3 with the date in force, 7-2 whole with another or none', async () => {
    const [meme] = await echange('7-1', '', { date: CLASSIFICATION });
    if (meme === undefined) return expect.unreachable();
    expect(nomsPieces(meme)[1]).toMatch(/^034-210340012----7-3_[0-9]+\.xml$/);
    valider(meme);
    for (const date of ['2001-01-01', '']) {
      const [entiere] = await echange('7-1', '', { date });
      if (entiere === undefined) return expect.unreachable();
      expect(nomsPieces(entiere)[1]).toMatch(/^034-210340012----7-2_[0-9]+\.xml$/);
      valider(entiere);
      expect(texteDe(entiere, /7-2_/)).toContain(`<actes:DateClassification>${CLASSIFICATION}<`);
    }
  });

  it('a newer one is announced by every receipt, refuses the old date, and is given to who asks', async () => {
    banc = await ouvrir();
    banc.ministere.ordonner({ ordre: 'classification', date: NOUVELLE });
    const { courriels } = await acte('', { classification: NOUVELLE });
    expect(texteDe(courriels[0], /-1-2_/)).toContain(`VersionEnCours>${NOUVELLE}<`);
    const refuse = texteDe((await acte('')).courriels[0], /-1-3_/);
    expect(refuse).toContain('<actes:Nature>002<');
    expect(refuse).toContain('ODT-VERIF-01');
    expect(refuse).toContain(`VersionEnCours>${NOUVELLE}<`);
    const [rendue] = await echange('7-1', '', { date: CLASSIFICATION });
    expect(texteDe(rendue, /7-2_/)).toContain(`<actes:DateClassification>${NOUVELLE}<`);
  });

  it('_CLASSIF: in force from the day of the acte, and announced by its receipt', async () => {
    banc = await ouvrir();
    const { courriels } = await acte('_CLASSIF');
    expect(texteDe(courriels[0], /-1-2_/)).toContain(`VersionEnCours>${banc.ministere.classification()}<`);
    expect(banc.ministere.classification() > CLASSIFICATION).toBe(true);
  });
});

describe('the other channel (§ D.3)', () => {
  it('an acte with DocumentPapier = O: its receipt, then a mail without any file; again on an order', async () => {
    const { idActe, numero, courriels } = await acte('', { papier: 'O' });
    expect(courriels.map(nomsPieces).map((n) => n.length)).toEqual([2, 0]);
    expect(String(courriels[1]?.html)).toMatch(new RegExp(`${idActe}.*en multi canal`));
    banc.ministere.ordonner({ ordre: 'rappel', acte: numero });
    await banc.ministere.attendreVide();
    expect(banc.relais.bruts).toHaveLength(3);
    const autre = await acte('');
    expect(() => banc.ministere.ordonner({ ordre: 'rappel', acte: autre.numero })).toThrow(
      /VGM-BAN-008.*papier/,
    );
  });
});

describe('orders at the door', () => {
  const demander = (corps: string) =>
    new Promise<{ statut: number | undefined; texte: string }>((resoudre, rejeter) => {
      const { client } = banc.pki.paires;
      const tls = { ca: lire(banc.pki.ca), cert: lire(client.certificat), key: lire(client.cle) };
      request(new URL('/ordres', banc.ministere.url), { method: 'POST', ...tls, agent: false }, async (r) =>
        resoudre({ statut: r.statusCode, texte: await text(r) }),
      )
        .once('error', rejeter)
        .end(corps);
    });

  it('202 and what is done, 400 with every fault, 409 when it cannot be', async () => {
    const { idActe, numero } = await acte('');
    expect(await demander(`{"ordre":"courrier","code":"3-1","acte":"${numero}"}`)).toEqual({
      statut: 202,
      texte: expect.stringMatching(new RegExp(`^Message 3-1 du .* ${idActe}\\.`)),
    });
    expect(await demander('{"ordre":"courrier","code":"9-9","acte":"O1","zèle":1}')).toEqual({
      statut: 400,
      texte: expect.stringMatching(/VGM-BAN-007.*"5-1".*zèle/),
    });
    expect(await demander('écrire')).toMatchObject({ statut: 400 });
    expect(await demander('{"ordre":"rappel","acte":"X"}')).toMatchObject({
      statut: 409,
      texte: expect.stringContaining('ne détient pas l’acte « X »'),
    });
    await banc.ministere.attendreVide();
  });
});

describe('a restarted préfecture', () => {
  it('holds its actes, waits for its answers, keeps its classification', async () => {
    const registre = join(mkdtempSync(join(tmpdir(), 'vgm-dossiers-')), 'registre.jsonl');
    banc = await ouvrir({ registre });
    const { idActe } = await acte('');
    await ecrire('3-1', idActe);
    await echange('3-2', idActe);
    banc.ministere.ordonner({ ordre: 'classification', date: '2026-03-01' });
    await banc.fermer();
    banc = await ouvrir({ registre });
    expect(banc.ministere.classification()).toBe('2026-03-01');
    expect(texteDe((await echange('3-2', idActe))[0], /^ANO_/)).toContain('BANC-VERIF-46');
    expect((await echange('3-4', idActe)).map(messageDe)).toEqual(['3-5']);
    expect((await ecrire('4-1', idActe)).map(messageDe)).toEqual(['4-1']);
  });
});
