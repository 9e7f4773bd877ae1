import { expect, test } from 'vitest';
import { tirage } from '../../../conformite/mutants-xml.ts';
import { CampagneXsd, JEUX } from '../../../conformite/xsd-differentiel.ts';

/** A short draw of the differential campaign (`test/conformite/xsd-differentiel.test.ts`), short enough to judge mutants of the code. */

const NOTRES = JEUX.filter((jeu) => ['labo.xsd', 'actes.xsd'].includes(jeu.fichier));

test.each(NOTRES)('mutated documents get the verdict of libxml2: $nom', (jeu) => {
  const campagne = new CampagneXsd(jeu);
  const de = tirage(7);
  for (let n = 0; n < 300; n += 1) campagne.tour(de);
  campagne.fermer();
  const { compte } = campagne;
  expect(compte.desaccords).toEqual([]);
  expect(compte.valides).toBeGreaterThan(15);
  expect(compte.lignesEgales / compte.lignes).toBeGreaterThan(0.95);
});
