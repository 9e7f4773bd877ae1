import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compilerXsd } from '../../src/formats/xsd/compiler.ts';
import { PARTAGE, partagePresent, RACINE } from '../unit/formats/chemins.ts';
import { justifier } from './desaccords-xsd.ts';
import { comparerSchemas } from './helios-faits.ts';
import { systematiques } from './helios-mutants.ts';
import {
  compilerLibxml2,
  compilerNotre,
  fichiersDe,
  jugerLibxml2,
  jugerNotre,
  type Verdict,
  type VerdictNotre,
} from './juges-xsd.ts';
import { type DocumentMutable, ecrireDocument, lireDocument, muter, tirage } from './mutants-xml.ts';

/** Our schema of PES Aller. `MUTANTS` and `GRAINE` for a longer run, `PAS=1` for every value at every place. */

const ENTREE = 'PES_Aller.xsd';
const lireNotre = fichiersDe(`${RACINE}schemas/helios`);
const notre = compilerNotre(ENTREE, lireNotre);

const NORME = 'normes/helios/schemas_pes_v5.17';
const EXEMPLES = 'exemples/helios/aller/';
const present = partagePresent(NORME) && partagePresent(EXEMPLES);
const OFFICIEL = 'PES_V2/Rev0/PES_Aller.xsd';

const dossier = (chemin: string): Map<string, Buffer> =>
  new Map(
    readdirSync(chemin)
      .toSorted()
      .map((nom) => [nom, readFileSync(`${chemin}${nom}`)]),
  );
const FIXTURES = dossier(`${RACINE}fixtures/helios/aller/`);
const fixture = (nom: string): string => (FIXTURES.get(nom) ?? Buffer.alloc(0)).toString('latin1');
const juge = (texte: string): VerdictNotre => jugerNotre(notre, Buffer.from(texte, 'latin1'));

describe('our schema of PES Aller, on our own files', () => {
  test('it compiles, all of it, with both compilers', () => {
    const c = compilerXsd(ENTREE, lireNotre);
    expect(c.type === 'compile' ? [...c.artefact.fichiers].toSorted() : c.refus).toEqual(
      readdirSync(`${RACINE}schemas/helios`)
        .filter((f) => f.endsWith('.xsd'))
        .toSorted(),
    );
    expect(() => compilerLibxml2(ENTREE, lireNotre).dispose()).not.toThrow();
  });

  test.each([...FIXTURES])('%s is valid for both judges', (_, octets) => {
    const libxml2 = compilerLibxml2(ENTREE, lireNotre);
    expect(jugerNotre(notre, octets).message).toBe('');
    expect(jugerLibxml2(libxml2, octets).message).toBe('');
    libxml2.dispose();
  });

  test.each<[string, string, string | RegExp, string]>([
    ['the code 000 of a collectivité', 'depense', 'CodCol V="123"', 'CodCol V="000"'],
    ['a value as a text', 'depense', '<IdPce V="212"/>', '<IdPce>212</IdPce>'],
    ['a name of file « nc »', 'depense', /NomFic V="[^"]*"/, 'NomFic V="nc"'],
    ['a header of elements in the namespace', 'depense', /Enveloppe>/g, 'n:Enveloppe>'],
    ['a bordereau without pièce', 'depense', /<Piece>[^]*<\/Piece>(?=\s*<\/Bordereau>)/g, ''],
    ['an amount with three decimals', 'depense', 'MtBordHT V="1250.30"', 'MtBordHT V="1250.305"'],
    ['a titre for nothing', 'recette', 'MtHT V="10"', 'MtHT V="0"'],
    [
      'an attached piece without extension',
      'depense',
      /(PJ0003"\/><NomPJ V="metre)\.xml(?="\/><TypePJ V="003"\/><Desc)/,
      '$1',
    ],
    ['an attached piece without MIMEType', 'depense', ' MIMEType="application/xml"', ''],
    ['an IBAN in lower case', 'depense', 'IBAN V="FR76', 'IBAN V="fr76'],
    ['two Ids alike', 'signe', 'Id="PES1"', 'Id="B2026-42"'],
    ['a second signature', 'signe', /(<ds:Signature [^]*<\/ds:Signature>)/, '$1$1'],
    ['a signature before the pièces', 'signe', /(<Piece>[^]*<\/Piece>)\s*(<ds:Sig[^]*ature>)/, '$2$1'],
    ['a type of piece to come (014)', 'ormc', 'TypePJ V="010"/></PJRef>', 'TypePJ V="014"/></PJRef>'],
  ])('refused: %s', (...[, nom, avant, apres]) => {
    const change = fixture(`${nom}.xml`).replace(avant, apres);
    expect(change).not.toBe(fixture(`${nom}.xml`));
    expect(juge(change).valide).toBe(false);
  });

  test.each(['PES_Facture', 'PES_Marche'])('%s may hold anything: it is not stated', (domaine) => {
    const libre = `<${domaine} x="1"><Quoi V=""/><a:b xmlns:a="urn:a">texte</a:b></${domaine}>`;
    expect(juge(fixture('depense.xml').replace('<PES_PJ>', `${libre}<PES_PJ>`)).message).toBe('');
  });
});

test('reference data beside the repository: present, or told to be absent', ({ annotate }) => {
  if (!present) {
    console.warn('ABSENT : ../shared (schémas officiels du PES) ; comparaison avec eux non faite.');
    void annotate('../shared is absent: the comparison with the official schemas did not run');
  }
  expect(typeof present).toBe('boolean');
});

/** Samples that the norm refuses, and why (README beside them). */
const INVALIDES: Readonly<Record<string, RegExp>> = {
  'parapheurv5-PESALR1_unsigned.xml': /CarteAchatNiveau1/,
  'pastell-HELIOS_SIMU_ALR2_1595923133_1646706116.xml': /PJ/,
  'pastell-HELIOS_SIMU_ALR2_BlocPiece-without-InfoPce.xml': /InfoPce/,
  'pastell-PESALR2_49101169800000_171227_2045.xml': /MIMEType/,
  'pastell-creation-document-pes.xml': /Id/,
  'pastell-libersign-HELIOS_SIMU_ALR2_1529593767_1834011863.xml': /PJ/,
  'pastell-libersign-fichier_signe.xml': /PJ/,
};

interface Ecart {
  readonly nom: string;
  readonly pourquoi: string;
  readonly vaut: (notre: VerdictNotre, officiel: VerdictNotre) => boolean;
}

/** Places that our schema leaves free. */
const LIBRES = /\/(?:[^/]*[: ])?(?:Signature(?:\/|$)|PES_Facture|PES_Marche)/;

/** What our schema does not state; anything else that differs fails the test. */
const ECARTS: readonly Ecart[] = [
  {
    nom: 'inside a signature, a facture or a marché',
    pourquoi: 'Left free on purpose (ORIGINE.md, Limits): all that the official schema refuses stands there.',
    vaut: (n, o) => n.valide && !o.valide && o.constats.every((c) => LIBRES.test(c.chemin)),
  },
  {
    nom: 'root of another schema of the official set',
    pourquoi: 'The official set also declares the elements of signatures and encryption globally.',
    vaut: (n, o) => o.valide && n.constats[0]?.code === 'XSD-001',
  },
  {
    nom: 'xsi:type',
    pourquoi: 'Our types have other names.',
    vaut: (n, o) => o.valide && n.constats.length > 0 && n.constats.every((c) => c.code === 'XSD-009'),
  },
];

interface Bilan {
  mutants: number;
  valides: number;
  readonly justifies: Map<string, number>;
  readonly injustifies: string[];
}

describe.skipIf(!present)('our schema of PES Aller, beside the official one of 5.17 (../shared)', () => {
  const lireOfficiel = fichiersDe(`${PARTAGE}${NORME}`);
  const exemples = present ? dossier(`${PARTAGE}${EXEMPLES}`) : new Map<string, Buffer>();

  test.each([...exemples])('%s: the verdict its README gives', (nom, octets) => {
    const { message, constats } = jugerNotre(notre, octets);
    const attendu = INVALIDES[nom];
    if (attendu === undefined) expect(message).toBe('');
    else expect(constats.map((c) => c.message).join('\n')).toMatch(attendu);
  });

  test.each([...FIXTURES])('%s, ours, is valid for the official schema', (_, octets) => {
    const libxml2 = compilerLibxml2(OFFICIEL, lireOfficiel);
    expect(jugerLibxml2(libxml2, octets).message).toBe('');
    libxml2.dispose();
  });

  test('same elements, order, cardinalities, facets, wherever something is stated', () => {
    const { elements, ecarts } = comparerSchemas(
      [notre.artefact, compilerNotre(OFFICIEL, lireOfficiel).artefact],
      'PES_Aller',
      {
        libres: LIBRES,
        parMotif: [
          'IdPost',
          'CodCol',
          'CodBud',
          'BIC',
          'IBAN',
          'AncienIBAN',
          'CodePays',
          'CodeDeptDomCom',
          'CodeCommune',
        ],
      },
    );
    expect(ecarts).toEqual([]);
    expect(elements).toBeGreaterThan(250);
  });

  test('same verdict on every mutant, but where nothing is stated', () => {
    const nombre = Number(process.env['MUTANTS'] ?? 3000);
    const pas = Number(process.env['PAS'] ?? 6);
    const graine = Number(process.env['GRAINE'] ?? 20_260_302);
    const officiel = compilerLibxml2(OFFICIEL, lireOfficiel);
    const second = compilerNotre(OFFICIEL, lireOfficiel);
    const bilan: Bilan = { mutants: 0, valides: 0, justifies: new Map(), injustifies: [] };

    const essayer = (texte: string, fait: string): void => {
      const octets = Buffer.from(
        texte.replace(/[^\0-\xff]/gu, (c) => `&#${c.codePointAt(0)};`),
        'latin1',
      );
      const n = jugerNotre(notre, octets);
      const l = jugerLibxml2(officiel, octets);
      bilan.mutants += 1;
      if (l.valide) bilan.valides += 1;
      if (n.valide === l.valide) return;
      const raison = expliquer(n, l, { octets, texte });
      if (raison === null)
        bilan.injustifies.push(`${fait} | ${n.message || 'ours: valid'} | ${l.message || 'official: valid'}`);
      else bilan.justifies.set(raison, (bilan.justifies.get(raison) ?? 0) + 1);
    };
    const expliquer = (n: VerdictNotre, l: Verdict, vu: { octets: Buffer; texte: string }): string | null => {
      const o = jugerNotre(second, vu.octets);
      // the same schema, two judges: where libxml2 and the norm part, our schema has no say
      if (o.valide !== l.valide) return justifier(o, l, vu.texte)?.nom ?? null;
      return ECARTS.find((e) => e.vaut(n, o))?.nom ?? null;
    };

    const departs = [...FIXTURES.values(), ...exemples.values()]
      .filter((o) => o.length < 12_000)
      .map((o): DocumentMutable => lireDocument(o.toString('latin1')));
    const nos = [...FIXTURES.values()].map((o) => lireDocument(o.toString('latin1')));
    for (const d of departs) essayer(ecrireDocument(d), 'none');
    for (const { texte, fait } of systematiques(nos, pas)) essayer(texte, fait);
    const systematique = bilan.mutants;
    const de = tirage(graine);
    for (let k = 0; k < nombre; k += 1)
      essayer(muter(departs[de(departs.length)] as DocumentMutable, de), 'random');
    officiel.dispose();
    const justifies = [...bilan.justifies].map(([nom, n]) => `${nom} ×${n}`).join(' ; ');
    console.info(
      `mutants PES : ${bilan.mutants} (${systematique} systématiques, ${nombre} au hasard, graine ${graine}), ` +
        `${bilan.valides} valides ; justifiés : ${justifies || 'aucun'} ; ${bilan.injustifies.length} écarts`,
    );
    expect(bilan.injustifies.slice(0, 20)).toEqual([]);
    expect(bilan.mutants).toBeGreaterThanOrEqual(nombre === 3000 ? 10_000 : nombre);
    expect(bilan.valides).toBeGreaterThan(bilan.mutants / 20);
  }, 300_000);
});
