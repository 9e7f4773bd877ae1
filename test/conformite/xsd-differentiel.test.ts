import { describe, expect, test } from 'vitest';
import { tirage } from './mutants-xml.ts';
import { CampagneXsd, JEUX } from './xsd-differentiel.ts';

/** Same verdict as libxml2 on mutated messages; `VGM_XSD_MUTANTS` and `VGM_XSD_GRAINE` for a longer run. */

const PAR_SCHEMA = Number(process.env['VGM_XSD_MUTANTS'] ?? 2000);
const GRAINE = Number(process.env['VGM_XSD_GRAINE'] ?? 20_261_121);

describe('XSD 1.0: the verdict of libxml2 on mutated documents', () => {
  let total = 0;
  const comptes = { lignes: 0, lignesEgales: 0 };
  for (const jeu of JEUX) {
    if (!jeu.present) {
      test.skip(`${jeu.nom}: ABSENT, ../shared is not beside the repository`, () => undefined);
      continue;
    }
    test(jeu.nom, () => {
      const campagne = new CampagneXsd(jeu);
      const { compte } = campagne;
      const de = tirage(GRAINE);
      for (let n = PAR_SCHEMA * (jeu.poids ?? 1); n > 0; n -= 1) campagne.tour(de);
      campagne.fermer();
      console.log(`${jeu.nom}: seed ${GRAINE}, ${campagne.dire()}`);
      expect(compte.desaccords).toEqual([]);
      // a comparison where everything is invalid would prove little
      expect(compte.valides).toBeGreaterThan(compte.mutants / 20);
      total += compte.mutants;
      comptes.lignes += compte.lignes;
      comptes.lignesEgales += compte.lignesEgales;
    });
  }

  test('at least 20,000 mutants were compared, and errors stand on the same line', () => {
    console.log(`${total} mutants in all; same line ${comptes.lignesEgales}/${comptes.lignes}`);
    expect(total).toBeGreaterThanOrEqual(PAR_SCHEMA >= 2000 ? 20_000 : 0);
    expect(comptes.lignesEgales / comptes.lignes).toBeGreaterThan(0.98);
  });
});
