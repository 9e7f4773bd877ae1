import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FauteXml } from '../../../src/formats/xml/faute.ts';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';
import type { Jour } from '../../../src/metier/identifiants.ts';
import { actes, type ProtocoleActes } from '../../../src/protocoles/actes/index.ts';
import { REGLES } from '../../../src/protocoles/actes/regles/index.ts';
import type { FaitsDepot, FaitsPiece, PartieRetour } from '../../../src/protocoles/protocole.ts';
import {
  ANNEXE,
  BUDGET,
  faits,
  faitsEnveloppe,
  IMAGE,
  METADONNEES,
  PDF,
  RACINE,
  tousLesRetours,
} from './decor.ts';

const PASSES = 3000;
const schemas = ouvrirSchemas(`${RACINE}schemas/actes`);

const texte = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 520 }),
  fc.constantFrom('', '7.10', '2026_014', '2026-03-01', 'DE', '99_DE', '__proto__', 'constructor', 'A-1'),
);
const valeur = fc.oneof(
  texte,
  fc.jsonValue(),
  fc.array(fc.record({ typologie: texte }, { requiredKeys: [] })),
);
/** Either any JSON at all, or a sound deposit with some fields replaced by anything. */
const metadonnees = fc.oneof(
  fc.jsonValue(),
  fc
    .dictionary(
      fc.oneof(fc.constantFrom(...Object.keys(METADONNEES), 'annexes', 'precedent', 'classification'), texte),
      valeur,
    )
    .map((d) => ({ ...METADONNEES, ...d })),
);
const faute: fc.Arbitrary<FauteXml> = fc.record({
  code: fc.constantFrom('XML-002', 'XML-006', 'XML-018', 'XML-019', 'XML-042'),
  message: texte,
  ligne: fc.nat(9),
  colonne: fc.nat(9),
  octet: fc.integer({ min: -1, max: 9_000 }),
  chemin: fc.constant(''),
  valeur: fc.constant(null),
  attendu: fc.constant(''),
});
const piece: fc.Arbitrary<FaitsPiece> = fc.record({
  role: fc.constantFrom('document', 'annexe'),
  nom: texte,
  taille: fc.nat(200_000_000),
  type: fc.constantFrom('application/pdf', 'application/xml', 'image/png', 'image/jpeg', 'inconnu'),
  pdf: fc.option(
    fc.record({ entete: fc.boolean(), fin: fc.boolean(), chiffre: fc.boolean(), version: fc.option(texte) }),
  ),
  xml: fc.option(fc.record({ racine: fc.option(texte), faute: fc.option(faute) })),
  budget: fc.option(
    fc.record({
      siret: fc.option(texte),
      natDec: fc.option(texte),
      exercice: fc.option(texte),
      sceaux: fc.nat(2),
      sceau: fc.option(fc.record({ md5: texte, sha1: texte, date: fc.constant(null) })),
      calcule: fc.option(fc.record({ md5: texte, sha1: texte })),
    }),
  ),
});

it('any metadata and any pieces give a whole report, never an exception', () => {
  let lus = 0;
  fc.assert(
    fc.property(metadonnees, fc.array(piece, { maxLength: 4 }), (m, pieces) => {
      const { rapport, lu } = actes.depot.controler({ ...faits({ pieces }), metadonnees: m });
      expect(rapport.reponses).toHaveLength(REGLES.length);
      const refuse = rapport.reponses.some((r) => r.anomalies.some((a) => a.gravite === 'bloquante'));
      expect(rapport.verdict).toBe(refuse ? 'defavorable' : 'favorable');
      expect(JSON.parse(JSON.stringify(rapport))).toEqual(rapport);
      if (lu !== null) lus += 1;
    }),
    { numRuns: PASSES },
  );
  console.log(`dépôts quelconques : ${PASSES} essais, ${lus} lus, aucune exception`);
});

/** Deposits near the edge of what is accepted: the rules decide, the schema must agree. */
const depot: fc.Arbitrary<FaitsDepot> = fc
  .record({
    numero: fc.stringMatching(/^[A-Z0-9_]{1,15}$/),
    date: fc
      .date({
        min: new Date('0000-01-01T00:00:00Z'),
        max: new Date('2026-03-05T00:00:00Z'),
        noInvalidDate: true,
      })
      .map((d) => d.toISOString().slice(0, 10)),
    objet: fc.oneof(
      fc.string({
        unit: fc.integer({ min: 0x20, max: 0xff }).map((c) => String.fromCodePoint(c)),
        maxLength: 500,
      }),
      fc.string({ unit: fc.constantFrom(...'aé&<>"\'œ€’–… \u00a0]]>'), maxLength: 500 }),
    ),
    nature: fc.constantFrom('1', '5', 'DE', 'BF', 'XY'),
    matiere: fc.constantFrom('7.10', '7.1', '7.1.2', '1.1.10', '5.2', '9.9'),
    documentPapier: fc.boolean(),
    precedent: fc.option(
      fc.constantFrom('034-000000018-20250101-2025_001-DE', '02A-000000018-19990101-a-ÉÉ'),
      { nil: undefined },
    ),
    type: fc.constantFrom('99_DE', '99_BU', '70_DE'),
    annexes: fc.array(fc.constantFrom(ANNEXE, IMAGE, { ...BUDGET, role: 'annexe' as const }), {
      maxLength: 3,
    }),
    document: fc.constantFrom(PDF, BUDGET),
  })
  .map(({ type, annexes, document, ...m }) =>
    faits({
      metadonnees: {
        ...m,
        document: { typologie: type },
        annexes: annexes.map(() => ({ typologie: '70_DE' })),
      },
      pieces: [document, ...annexes],
    }),
  );

function composerEtValider(protocole: ProtocoleActes, d: FaitsDepot): boolean {
  const { rapport, lu } = protocole.depot.controler(d);
  if (rapport.verdict === 'defavorable' || lu === null) {
    expect(rapport.verdict).toBe('defavorable');
    return false;
  }
  const faite = protocole.enveloppe.composer({ ...faitsEnveloppe(d, lu), jour: '2026-03-02' as Jour });
  for (const { nom, schema } of faite.aValider) {
    const f = faite.fichiers.find((x) => x.nom === nom);
    expect(schemas.valider(schema, f !== undefined && 'octets' in f ? f.octets : new Uint8Array())).toEqual(
      [],
    );
  }
  expect(new Set(faite.fichiers.map((f) => f.nom)).size).toBe(faite.fichiers.length);
  for (const f of faite.fichiers) expect(f.nom).toMatch(/^[A-Z0-9_-]+\.(xml|pdf|png|jpg)$/);
  return true;
}

it('any accepted deposit composes an envelope and a message that satisfy the schema', () => {
  let acceptes = 0;
  fc.assert(
    fc.property(depot, (d) => {
      if (composerEtValider(actes, d)) acceptes += 1;
    }),
    { numRuns: PASSES },
  );
  console.log(`dépôts plausibles : ${PASSES} essais, ${acceptes} acceptés, tous conformes au schéma`);
  expect(acceptes).toBeGreaterThan(100);
});

/** Cuts, repeats or overwrites some bytes of a real message. */
function abimer(
  partie: PartieRetour,
  coups: readonly (readonly [number, number, Uint8Array])[],
): PartieRetour {
  let octets = Buffer.from(partie.octets);
  for (const [ou, combien, nouveaux] of coups) {
    const debut = ou % (octets.length + 1);
    octets = Buffer.concat([octets.subarray(0, debut), nouveaux, octets.subarray(debut + combien)]);
  }
  return { nom: partie.nom, octets };
}

it('random bytes and damaged messages never throw, and are always told one way or the other', () => {
  const modeles = tousLesRetours().filter((p) => p.octets.length < 20_000);
  const coup = fc.tuple(fc.nat(), fc.nat(40), fc.uint8Array({ maxLength: 12 }));
  const abimee = fc
    .tuple(fc.constantFrom(...modeles), fc.array(coup, { maxLength: 4 }))
    .map(([modele, coups]) => abimer(modele, coups));
  const quelconque = fc.record({
    nom: fc.oneof(texte, fc.constantFrom('a.xml', 'b.pdf', 'ANO_EACT--000000018--20260101-1.xml')),
    octets: fc.uint8Array({ maxLength: 300 }),
  });
  const compte = { messages: 0, restes: 0, muets: 0 };
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 4, arbitrary: abimee }, quelconque), { maxLength: 4 }),
      (parties) => {
        const { messages, courriers, restes } = actes.accuse.lire(parties);
        compte.messages += messages.length + courriers.length;
        compte.restes += restes.length;
        const noms = new Set(parties.map((p) => p.nom));
        for (const m of [...messages, ...courriers]) for (const nom of m.parties) expect(noms).toContain(nom);
        for (const r of restes) expect(r.motif).not.toBe('');
        if (messages.length + courriers.length + restes.length === 0) {
          compte.muets += 1;
          // Silence is for empty mails only.
          expect(parties).toHaveLength(0);
        }
      },
    ),
    { numRuns: PASSES * 2 },
  );
  console.log(
    `courriels abîmés : ${PASSES * 2} essais sur ${modeles.length} modèles, ${compte.messages} messages, ${compte.restes} restes, ${compte.muets} courriels vides, aucune exception`,
  );
});
