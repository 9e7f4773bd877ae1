import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isUtf8 } from 'node:buffer';
import { SCENARIOS, scenarioDe, tirage } from '../../../src/banc/scenarios.ts';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';
import {
  archive,
  type Archive,
  type Banc,
  destinataire,
  nomArchive,
  nomsPieces,
  ouvrirBanc,
  piece,
} from './decor.ts';

let banc: Banc;
let rang = 0;
const schemas = ouvrirSchemas(new URL('../../../schemas/actes', import.meta.url).pathname);

beforeAll(async () => {
  banc = await ouvrirBanc();
});
afterAll(() => banc.fermer());
beforeEach(() => {
  rang += 1;
  banc.relais.bruts.length = 0;
});

const acteDe = (numero: string, document?: Buffer): Promise<Archive> =>
  archive({ nomArchive: nomArchive(rang), numero, ...(document === undefined ? {} : { document }) });

async function courriels() {
  await banc.ministere.attendreVide();
  return banc.relais.lire();
}

const compter = (type: Parameters<typeof banc.ministere.registre.compter>[0]) =>
  banc.ministere.registre.compter(type, nomArchive(rang));

describe('normal course (1-1 then 1-2)', () => {
  it('takes the archive, then mails envelope and receipt as separate attachments (§ D.2)', async () => {
    const a = await acteDe('N1');
    expect(await banc.insister(a)).toEqual([201]);
    const [courriel, ...autres] = await courriels();
    expect(autres).toEqual([]);
    if (courriel === undefined) return expect.unreachable();
    expect(courriel.from?.text).toContain('actes@interieur.invalid');
    expect(destinataire(courriel)).toContain('tdt@tiers.test');
    expect(courriel.subject).toContain('Accusé de réception');
    expect(String(courriel.html)).toContain('src="data:image/png;base64,');
    const [enveloppe = '', message = ''] = nomsPieces(courriel);
    expect(enveloppe).toMatch(/^TACT--SPREF0341-210340012-[0-9]{8}-[0-9]+\.xml$/);
    expect(message).toMatch(new RegExp(`^${a.idActe}-1-2_[0-9]+\\.xml$`));
    for (const p of courriel.attachments.filter((x) => !x.related)) {
      expect(schemas.valider('actes', p.content)).toEqual([]);
    }
    const ar = piece(courriel, /-1-2_/).toString('latin1');
    expect(ar).toContain(`actes:IDActe="${a.idActe}"`);
    expect(ar).toContain('Création d&#8217;un poste');
    expect([compter('accepte'), compter('verdict'), compter('courriel')]).toEqual([1, 1, 1]);
  });

  it('writes to every return address of the envelope', async () => {
    const adresses = ['tdt@tiers.test', 'secretariat@mairie.test'];
    await banc.insister(await archive({ nomArchive: nomArchive(rang), numero: 'N2', adresses }));
    const vus = (await courriels()).map(destinataire).toSorted();
    expect(vus).toEqual(['secretariat@mairie.test', 'tdt@tiers.test']);
  });

  it('answers each acte of an envelope by a mail of its own', async () => {
    let second: { nom: string; octets: Uint8Array }[] = [];
    await archive({ numero: 'M2', changer: (f) => (second = f.slice(1)) });
    const formulaire = `<actes:Formulaire><actes:NomFichier>${second[0]?.nom}</actes:NomFichier></actes:Formulaire>`;
    const grouper = (octets: Uint8Array) =>
      Buffer.from(
        Buffer.from(octets)
          .toString('latin1')
          .replace('</actes:FormulairesEnvoyes>', `${formulaire}</actes:FormulairesEnvoyes>`),
        'latin1',
      );
    const changer = ([enveloppe, ...f]: { nom: string; octets: Uint8Array }[]) =>
      enveloppe === undefined ? f : [{ ...enveloppe, octets: grouper(enveloppe.octets) }, ...f, ...second];
    await banc.insister(await archive({ nomArchive: nomArchive(rang), numero: 'M1', changer }));
    const messages = (await courriels()).map((c) => nomsPieces(c)[1] ?? '').toSorted();
    expect(messages).toEqual([expect.stringContaining('M1-DE-1-2'), expect.stringContaining('M2-DE-1-2')]);
  });

  it('an archive name that comes again is a DOUBLE: same answer, no second receipt', async () => {
    const a = await acteDe('N3');
    expect([...(await banc.insister(a)), ...(await banc.insister(a))]).toEqual([201, 201]);
    expect((await courriels()).length).toBe(1);
    expect([compter('accepte'), compter('double')]).toEqual([1, 1]);
  });

  it('two tries of the same name at the same time are one acceptance and one double', async () => {
    const a = await acteDe('N3B');
    await Promise.all([banc.remettre(a), banc.remettre(a)]);
    expect((await courriels()).length).toBe(1);
    expect([compter('accepte'), compter('double')]).toEqual([1, 1]);
  });

  it('an IDActe already registered is refused by a 1-3, « déjà transmis »', async () => {
    await banc.insister(await acteDe('N4'));
    rang += 1;
    await banc.insister(await acteDe('N4'));
    const dernier = (await courriels()).at(-1);
    if (dernier === undefined) return expect.unreachable();
    expect(piece(dernier, /-1-3_/).toString('latin1')).toContain('déjà transmis');
  });

  it('a classification that is not in force is refused by 1-3, nature 002, ODT-VERIF-01', async () => {
    await banc.insister(
      await archive({ nomArchive: nomArchive(rang), numero: 'N5', classification: '2017-04-19' }),
    );
    const [courriel] = await courriels();
    if (courriel === undefined) return expect.unreachable();
    const message = piece(courriel, /-1-3_/);
    expect(schemas.valider('actes', message)).toEqual([]);
    expect(message.toString('latin1')).toContain('<actes:Nature>002</actes:Nature>');
    expect(message.toString('latin1')).toContain('ODT-VERIF-01');
    expect(message.toString('latin1')).toContain(
      '<actes:ClassificationDateVersionEnCours>2019-08-29</actes:ClassificationDateVersionEnCours>',
    );
  });
});

describe('answers asked by the end of the NumeroInterne', () => {
  it('_ANO13: a 1-3 valid for the schema; the same acte may come again', async () => {
    const a = await acteDe('A_ANO13');
    await banc.insister(a);
    const [courriel] = await courriels();
    if (courriel === undefined) return expect.unreachable();
    expect(nomsPieces(courriel)[1]).toMatch(new RegExp(`^${a.idActe}-1-3_`));
    expect(schemas.valider('actes', piece(courriel, /-1-3_/))).toEqual([]);
    banc.ministere.forcer('A_ANO13', 'NORMAL');
    rang += 1;
    banc.relais.bruts.length = 0;
    await banc.insister(await acteDe('A_ANO13'));
    expect(nomsPieces((await courriels())[0] ?? courriel)[1]).toMatch(/-1-2_/);
    banc.ministere.forcer('A_ANO13', null);
  });

  it('_NOMVIDE: a 1-3 whose file name has its fields empty', async () => {
    await banc.insister(await acteDe('A_NOMVIDE'));
    const [courriel] = await courriels();
    expect(courriel && nomsPieces(courriel)[1]).toMatch(/^034-210340012----1-3_[0-9]+\.xml$/);
  });

  it.each([
    ['A_ANOENV', '100', true],
    ['A_N999', '999', false],
  ])('%s: AnomalieEnveloppe, nature %s, one file ANO_', async (numero, nature, valide) => {
    await banc.insister(await acteDe(numero));
    const [courriel] = await courriels();
    if (courriel === undefined) return expect.unreachable();
    expect(nomsPieces(courriel)).toEqual([`ANO_TACT--210340012--20260302-${rang}.xml`]);
    const octets = piece(courriel, /^ANO_/);
    expect(octets.toString('latin1')).toContain(`<actes:Nature>${nature}</actes:Nature>`);
    expect(schemas.valider('actes', octets).length === 0).toBe(valide);
  });

  it('_TARD: the receipt comes after those of later archives', async () => {
    await banc.insister(await acteDe('A_TARD'));
    rang += 1;
    await banc.insister(await acteDe('A_APRES'));
    const ordre = (await courriels()).map((c) => nomsPieces(c)[1] ?? '');
    expect(ordre[0]).toContain('A_APRES');
    expect(ordre[1]).toContain('A_TARD');
  });

  it('_DOUBLE: the receipt twice, in two mails of their own', async () => {
    await banc.insister(await acteDe('A_DOUBLE'));
    const deux = await courriels();
    expect(deux.length).toBe(2);
    expect(new Set(deux.map((c) => c.messageId)).size).toBe(2);
  });

  it('_DESORDRE: the message before its envelope', async () => {
    await banc.insister(await acteDe('A_DESORDRE'));
    const [courriel] = await courriels();
    const [premier, second] = courriel === undefined ? [] : nomsPieces(courriel);
    expect(premier).toMatch(/-1-2_/);
    expect(second).toMatch(/^TACT--SPREF/);
  });

  it('_UTF8: UTF-8 bytes under a prologue that says ISO-8859-1', async () => {
    await banc.insister(await archive({ nomArchive: nomArchive(rang), numero: 'A_UTF8', objet: 'Été' }));
    const [courriel] = await courriels();
    if (courriel === undefined) return expect.unreachable();
    const octets = piece(courriel, /-1-2_/);
    expect(isUtf8(octets)).toBe(true);
    expect(octets.toString('utf8')).toContain('encoding="ISO-8859-1"');
    expect(octets.toString('utf8')).toContain('<actes:Objet>Été</actes:Objet>');
  });

  it('_MUET: taken, and never answered', async () => {
    expect(await banc.insister(await acteDe('A_MUET'))).toEqual([201]);
    expect(await courriels()).toEqual([]);
    expect([compter('accepte'), compter('verdict')]).toEqual([1, 0]);
  });
});

describe('trouble at the door', () => {
  it.each([
    // statuses and fates seen by the sender, then what the ministry counted
    ['A_H500', [500, 201], { accepte: 1, double: 0, non_pris: 1 }],
    ['A_H500P', [500, 201], { accepte: 1, double: 1, non_pris: 0 }],
    ['A_H503', [503, 503, 201], { accepte: 1, double: 0, non_pris: 2 }],
    ['A_COUPE', ['sort_inconnu', 201], { accepte: 1, double: 0, non_pris: 1 }],
    ['A_COUPEA', ['sort_inconnu', 201], { accepte: 1, double: 1, non_pris: 0 }],
  ])('%s', async (numero, vus, comptes) => {
    expect(await banc.insister(await acteDe(numero))).toEqual(vus);
    expect((await courriels()).length).toBe(1);
    const { accepte, double, non_pris } = comptes;
    expect({ accepte: compter('accepte'), double: compter('double'), non_pris: compter('non_pris') }).toEqual(
      {
        accepte,
        double,
        non_pris,
      },
    );
  });

  it('_COUPE on a large archive cuts while it is still arriving', async () => {
    const gros = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(8_000_000)]);
    const a = await acteDe('B_COUPE', gros);
    expect((await banc.remettre(a)).type).toBe('sort_inconnu');
    const coupe = banc.ministere.registre.evenements().findLast((e) => e.type === 'non_pris');
    expect(coupe).toMatchObject({ nom: a.nom, detail: 'coupé en chemin' });
    expect(await banc.insister(a)).toEqual([201]);
    await banc.ministere.attendreVide();
  });
});

describe('the table', () => {
  it('SCENARIOS.md shows exactly the scenarios of the program', () => {
    const page = readFileSync(new URL('../../../src/banc/SCENARIOS.md', import.meta.url), 'utf8');
    const lignes = page.split('\n').filter((ligne) => ligne.startsWith('| `'));
    expect(lignes).toEqual(
      SCENARIOS.map((s) => `| \`${s.suffixe === '' ? '(aucun)' : s.suffixe}\` | ${s.description} |`),
    );
  });

  it('every suffix fits a NumeroInterne of 15 characters and is recognised', () => {
    for (const { nom, suffixe } of SCENARIOS) {
      expect(`AB${suffixe}`).toMatch(/^[A-Z0-9][A-Z0-9_]{0,13}[A-Z0-9]$/);
      expect(scenarioDe(`AB${suffixe}`)).toBe(nom);
    }
  });

  it('the same seed draws the same delays, whatever the order', () => {
    const noms = Array.from({ length: 1_000 }, (_, i) => nomArchive(i + 1));
    const tirages = noms.map((nom) => tirage(7, nom));
    expect(noms.toReversed().map((nom) => tirage(7, nom))).toEqual(tirages.toReversed());
    expect(tirages.every((t) => t >= 0 && t < 1)).toBe(true);
    const moyenne = tirages.reduce((a, b) => a + b, 0) / tirages.length;
    expect(moyenne).toBeGreaterThan(0.4);
    expect(moyenne).toBeLessThan(0.6);
    expect(tirage(8, nomArchive(1))).not.toBe(tirage(7, nomArchive(1)));
  });

  it('an unknown scenario cannot be forced', () => {
    expect(() => banc.ministere.forcer('N1', 'AUTRE' as never)).toThrow('VGM-BAN-002');
  });
});
