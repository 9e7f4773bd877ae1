import { createHash } from 'node:crypto';
import { XmlDocument } from 'libxml2-wasm';
import { canonicalizeDocument } from 'libxml2-wasm/lib/c14n.mjs';
import { XmlStringOutputBufferHandler } from 'libxml2-wasm';
import { describe, expect, test } from 'vitest';
import { lireBudget } from '../../../src/protocoles/actes/budget/scellement.ts';
import { ANNEXE, BUDGET, BUDGETAIRE, faits, type Retouche, reponseDe } from './decor.ts';
import { bons, mauvais } from './epreuve.ts';

/** Budget documents and their seal (norme d'échange ACTES, § 3.4). */

const ESPACE = 'http://www.minefi.gouv.fr/cp/demat/docbudgetaire';
const CORPS = `
   <EnTeteDocBudgetaire>
      <LibelleColl V="Commune d'Épreuve &amp; Cie"/>
      <IdColl V="00000001800011"/>
   </EnTeteDocBudgetaire>
   <!-- produit par un logiciel -->
   <Budget><BlocBudget><NatDec V="01"/><Exer V="2026"/></BlocBudget></Budget>
`;

/** Digests as libxml2 makes them, of the document without its seal. */
function empreintes(sans: Buffer): { md5: string; sha1: string } {
  const document = XmlDocument.fromBuffer(sans);
  const sortie = new XmlStringOutputBufferHandler();
  canonicalizeDocument(sortie, document, { mode: 0, withComments: false } as never);
  document.dispose();
  const forme = Buffer.from(sortie.result, 'utf8');
  return {
    md5: createHash('md5').update(forme).digest('hex'),
    sha1: createHash('sha1').update(forme).digest('hex'),
  };
}

const document = (sceau: string, corps = CORPS): Buffer =>
  Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?>\n<DocumentBudgetaire xmlns="${ESPACE}">\n   <VersionSchema V="85"/>\n   ${sceau}${corps}</DocumentBudgetaire>\n`,
    'latin1',
  );

function scelle(corps = CORPS, retouche: (e: { md5: string; sha1: string }) => string = () => ''): Buffer {
  // the text that follows the seal goes with it
  const { md5, sha1 } = empreintes(document('', corps.replace(/^[^<]*/, '')));
  const autre = retouche({ md5, sha1 });
  return document(
    autre || `<Scellement md5="${md5.toUpperCase()}" sha1="${sha1}" date="2026-03-01T10:00:00"/>`,
    corps,
  );
}

const lire = (octets: Buffer, plage = octets.length) =>
  lireBudget(
    (debut, fin) => Promise.resolve(octets.subarray(debut, Math.min(fin, debut + plage))),
    octets.length,
  );

describe('the seal of a budget document', () => {
  test('is found again on the canonical document without it: MD5 and SHA-1, whatever their case', async () => {
    const budget = await lire(scelle());
    expect(budget).toMatchObject({ siret: '00000001800011', natDec: '01', exercice: '2026', sceaux: 1 });
    expect(budget.sceau).toEqual({ ...budget.calcule, date: '2026-03-01' });
  });

  test('written as two tags, or of a document of several megabytes, it is found too', async () => {
    const gros = `${CORPS}${'<LigneBudget><Nature V="60632"/><MtBudgPrec V="12.00"/></LigneBudget>\n'.repeat(20_000)}`;
    for (const corps of [CORPS, gros]) {
      const deux = scelle(
        corps,
        (e) => `<Scellement md5="${e.md5}" sha1="${e.sha1}" date="2026-03-01"></Scellement>`,
      );
      const { sceau, calcule } = await lire(deux);
      expect({ md5: sceau?.md5, sha1: sceau?.sha1 }).toEqual(calcule);
    }
  });

  test('is not that of a document that one byte changes', async () => {
    const octets = Buffer.from(scelle().toString('latin1').replace('V="2026"', 'V="2027"'), 'latin1');
    const { sceau, calcule } = await lire(octets);
    expect(sceau?.md5).not.toBe(calcule?.md5);
  });

  test('what is not well formed has no digest; two seals are counted', async () => {
    expect(
      await lire(Buffer.from(scelle().toString('latin1').replace('</Budget>', ''), 'latin1')),
    ).toMatchObject({
      sceaux: 1,
      calcule: null,
    });
    expect((await lire(document('<Scellement/><Scellement/>'))).sceaux).toBe(2);
    expect(await lire(document(''))).toMatchObject({ sceaux: 0, sceau: null, calcule: null });
  });
});

type Faits = NonNullable<typeof BUDGET.budget>;
const avec = (budget: Partial<Faits>): Retouche => ({
  ...BUDGETAIRE,
  pieces: [{ ...BUDGET, budget: { ...(BUDGET.budget as Faits), ...budget } }],
});

describe('rules on budgets', () => {
  bons('ACTES-PCE-08', [['a seal', BUDGETAIRE]]);
  mauvais('ACTES-PCE-08', [
    ['no seal', avec({ sceaux: 0, sceau: null }), /n’est pas scellé.*TotEM/s],
    ['two seals', avec({ sceaux: 2 }), /plusieurs sceaux/],
    ['an empty seal', avec({ sceau: { md5: '', sha1: '', date: null } }), /sceau illisible/],
    [
      'an annexe that is a budget, unsealed',
      {
        metadonnees: { ...BUDGETAIRE.metadonnees, annexes: [{ typologie: '70_DE' }] },
        pieces: [
          BUDGET,
          { ...ANNEXE, ...BUDGET, role: 'annexe', budget: { ...(BUDGET.budget as Faits), sceaux: 0 } },
        ],
      },
      /n’est pas scellé/,
    ],
  ]);
  test('a digest that differs warns: another tool may have written the same budget otherwise', () => {
    const r = reponseDe(
      'ACTES-PCE-09',
      faits(avec({ calcule: { md5: 'c'.repeat(32), sha1: 'd'.repeat(40) } })),
    );
    expect([r.reponse, r.gravites]).toEqual(['non', ['avertissement']]);
    expect(r.texte).toContain('modifié après son scellement');
    expect(reponseDe('ACTES-PCE-09', faits(BUDGETAIRE)).reponse).toBe('oui');
    expect(reponseDe('ACTES-PCE-09', faits(avec({ calcule: null }))).reponse).toBe('sans objet');
  });
  test('the délibération goes with it, and it is the collectivité’s own, or a warning says so', () => {
    expect(reponseDe('ACTES-BUD-01', faits(BUDGETAIRE)).gravites).toEqual(['avertissement']);
    const jointe = { ...BUDGETAIRE.metadonnees, annexes: [{ typologie: '70_DE' }] };
    expect(reponseDe('ACTES-BUD-01', faits({ metadonnees: jointe, pieces: [BUDGET, ANNEXE] })).reponse).toBe(
      'oui',
    );
    expect(reponseDe('ACTES-BUD-01', faits()).reponse).toBe('sans objet');
    const ailleurs = reponseDe('ACTES-BUD-02', faits(avec({ siret: '21340001600011' })));
    expect([ailleurs.gravites, ailleurs.texte]).toEqual([
      ['avertissement'],
      expect.stringContaining('21340001600011'),
    ]);
    expect(reponseDe('ACTES-BUD-02', faits(BUDGETAIRE)).reponse).toBe('oui');
  });
});
