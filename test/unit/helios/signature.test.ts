import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../src/formats/xml/analyseur.ts';
import type { SignatureHelios } from '../../../src/metier/collectivite.ts';
import { demanderSignature } from '../../../src/protocoles/helios/signature.ts';
import {
  type DomaineASigner,
  type FaitsASigner,
  PreparationSignature,
} from '../../../src/protocoles/helios/signature/preparation.ts';
import { retoucher } from '../../../src/protocoles/helios/signature/retouches.ts';
import { collecter } from '../formats/chemins.ts';
import { fixture } from './decor.ts';
import { morceaux, pes, type PesEssai, textePes } from './generateur.ts';

/** What becomes of a PES that nobody signed, and what signing it writes in it (arrêté du 27 juin 2007, art. 4; PES v2). */

function entendre(octets: Uint8Array, pas = 41): PreparationSignature {
  const preparation = new PreparationSignature();
  const analyseur = new AnalyseurXml(preparation);
  for (const bloc of morceaux(octets, pas)) analyseur.ecrire(bloc);
  expect(analyseur.finir()).toBeNull();
  return preparation;
}

const faits = (demande: PesEssai): FaitsASigner => entendre(pes(demande)).faits();

const DOMAINE: DomaineASigner = { nom: 'depense', dematerialise: false, bordereaux: 2, signes: 0, ormc: 0 };
const unsigned = (...domaines: Partial<DomaineASigner>[]): FaitsASigner => ({
  aller: true,
  globale: false,
  domaines: domaines.map((d) => ({ ...DOMAINE, ...d })),
});

describe('what the card of the collectivité asks of an unsigned file', () => {
  const ORDINAIRE = unsigned({});
  test.each<[SignatureHelios, boolean, object]>([
    ['transmettre', false, { type: 'aucune' }],
    ['refuser', false, { type: 'aucune' }],
    ['signer', false, { type: 'ici' }],
    ['confirmer', false, { type: 'attendue', attendu: 'accord' }],
    ['confirmer', true, { type: 'ici' }],
    ['parapheur', false, { type: 'attendue', attendu: 'fichier' }],
    ['parapheur', true, { type: 'attendue', attendu: 'fichier' }],
  ])('%s (agreed: %s)', (signature, accord, attendu) => {
    expect(demanderSignature(ORDINAIRE, { signature }, accord)).toMatchObject(attendu);
  });

  test.each<SignatureHelios>(['transmettre', 'refuser'])(
    '%s: announced dematerialised and unsigned, Hélios would refuse it whole (InfoDematerialisee = 1)',
    (signature) => {
      const annonce = unsigned({ dematerialise: true });
      expect(demanderSignature(annonce, { signature }, false)).toEqual({ type: 'manquante' });
    },
  );

  const RIEN: readonly [string, FaitsASigner][] = [
    ['attached pieces alone (PES PJ)', unsigned()],
    ['a domain without bordereau', unsigned({ bordereaux: 0 })],
    ['orders for several debtors (ORMC, TypBord 06)', unsigned({ nom: 'recette', ormc: 2 })],
    ['another file than PES_Aller', { ...ORDINAIRE, aller: false }],
  ];
  test.each(RIEN)('there is nothing to sign in %s: it leaves as it is, whatever the card', (_, sans) => {
    for (const signature of ['signer', 'confirmer', 'parapheur', 'transmettre', 'refuser'] as const) {
      expect(demanderSignature(sans, { signature }, false)).toMatchObject({ type: 'aucune' });
    }
  });

  test('ORMC that say they are signed are to be signed', () => {
    const ormc = unsigned({ nom: 'recette', ormc: 2, dematerialise: true });
    expect(demanderSignature(ormc, { signature: 'signer' }, false)).toEqual({ type: 'ici' });
  });
});

describe('what a pass hears of a PES', () => {
  test('by domain: what it announces, its bordereaux, those that are signed, the ORMC', () => {
    const lus = faits({
      infoDematerialisee: '1',
      depense: [{ signe: true }, { idBord: '2' }, { idBord: '3', signe: true }],
      recette: [{ typBord: '06' }, {}],
    });
    expect(lus).toEqual({
      aller: true,
      globale: false,
      domaines: [
        { nom: 'depense', dematerialise: true, bordereaux: 3, signes: 2, ormc: 0 },
        { nom: 'recette', dematerialise: true, bordereaux: 2, signes: 0, ormc: 1 },
      ],
    });
  });

  test('a signature of the file; one that stands elsewhere is none of both', () => {
    expect(faits({ signe: true, depense: [{}] })).toMatchObject({ globale: true });
    const ailleurs = textePes({ depense: [{ signe: true }] }).replace(
      /(<ds:.*<\/ds:Signature>)(<\/Bordereau>)/s,
      '$2$1',
    );
    expect(entendre(Buffer.from(ailleurs, 'latin1')).faits()).toMatchObject({
      globale: false,
      domaines: [{ signes: 0 }],
    });
  });

  test.each<[string | null, boolean]>([
    ['1', true],
    [' true ', true],
    ['0', false],
    ['false', false],
    [null, false],
  ])('InfoDematerialisee « %s » is %s', (valeur, dit) => {
    expect(faits({ infoDematerialisee: valeur }).domaines[0]?.dematerialise).toBe(dit);
  });

  test('our fixtures', () => {
    expect(entendre(fixture('signe')).faits().domaines[0]).toMatchObject({ dematerialise: true, signes: 1 });
    expect(
      demanderSignature(entendre(fixture('pj-autonome')).faits(), { signature: 'signer' }, false).type,
    ).toBe('aucune');
    expect(demanderSignature(entendre(fixture('ormc')).faits(), { signature: 'signer' }, false).type).toBe(
      'aucune',
    );
    const retour = Buffer.from(
      '<PES_ACQUIT_RETOUR><PES_DepenseAller><Bordereau/></PES_DepenseAller></PES_ACQUIT_RETOUR>',
    );
    expect(entendre(retour).faits()).toEqual({ aller: false, globale: false, domaines: [] });
  });
});

describe('InfoDematerialisee made 1, and not a byte more', () => {
  async function annoncer(texte: string, tous = false): Promise<string | null> {
    const octets = Buffer.from(texte, 'latin1');
    const retouches = entendre(octets).annoncer(tous);
    if (retouches === null) return null;
    for (const pas of [1, 7, 100_000]) {
      const ecrit = await collecter(retoucher(() => morceaux(octets, pas), retouches));
      expect(ecrit).toEqual(await collecter(retoucher(() => [octets], retouches)));
    }
    return (await collecter(retoucher(() => [octets], retouches))).toString('latin1');
  }

  const base = (info: string): string =>
    textePes({ infoDematerialisee: null, recette: [{}] }).replace('<IdVer V="2"/>', `<IdVer V="2"/>${info}`);
  const avec = (info: string): string =>
    base(info).replace(
      '<EnTeteRecette><IdVer V="2"/>',
      '<EnTeteRecette><IdVer V="2"/><InfoDematerialisee V="1"/>',
    );

  test.each<[string, string, string]>([
    ['0', '<InfoDematerialisee V="0"/>', '<InfoDematerialisee V="1"/>'],
    ['false, between apostrophes', "<InfoDematerialisee V='false' />", "<InfoDematerialisee V='1' />"],
    ['a reference', '<InfoDematerialisee V="&#48;"/>', '<InfoDematerialisee V="1"/>'],
    ['no value at all', '<InfoDematerialisee/>', '<InfoDematerialisee V="1"/>'],
    ['1 already', '<InfoDematerialisee V="1"/>', '<InfoDematerialisee V="1"/>'],
    ['absent: inserted after IdVer, in the order of the schema', '', '<InfoDematerialisee V="1"/>'],
    [
      'said twice, each its own way',
      '<InfoDematerialisee V="1"/><InfoDematerialisee V="0"/>',
      '<InfoDematerialisee V="1"/><InfoDematerialisee V="1"/>',
    ],
  ])('%s', async (_, info, attendu) => {
    expect(await annoncer(base(info))).toBe(avec(attendu));
  });

  test('IdVer written with an end tag, or missing', async () => {
    const long = base('').replaceAll('<IdVer V="2"/>', '<IdVer V="2"><x/></IdVer>');
    expect(await annoncer(long)).toBe(long.replaceAll('</IdVer>', '</IdVer><InfoDematerialisee V="1"/>'));
    const sans = base('').replaceAll('<IdVer V="2"/>', '');
    expect(await annoncer(sans)).toBe(
      sans
        .replace('<EnTeteDepense>', '<EnTeteDepense><InfoDematerialisee V="1"/>')
        .replace('<EnTeteRecette>', '<EnTeteRecette><InfoDematerialisee V="1"/>'),
    );
  });

  test('no header to say it in: null', async () => {
    expect(await annoncer(base('').replace(/<EnTeteDepense>.*<\/EnTeteDepense>/, ''))).toBeNull();
    expect(
      await annoncer(base('').replace(/<EnTeteDepense>.*<\/EnTeteDepense>/, '<EnTeteDepense/>')),
    ).toBeNull();
  });

  test('a domain without bordereau is left as it is, unless the whole file is signed', async () => {
    const vide = textePes({ infoDematerialisee: '0', recette: [] });
    const depenseSeule = vide.replace('<InfoDematerialisee V="0"/>', '<InfoDematerialisee V="1"/>');
    expect(await annoncer(vide)).toBe(depenseSeule);
    expect(await annoncer(vide, true)).toBe(vide.replaceAll('ee V="0"', 'ee V="1"'));
  });

  test('the same element elsewhere is not touched', async () => {
    const texte = base('').replace('<BlocBordereau>', '<InfoDematerialisee V="0"/><BlocBordereau>');
    expect(await annoncer(texte)).toContain('<InfoDematerialisee V="0"/><BlocBordereau>');
  });
});
