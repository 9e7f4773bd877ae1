import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lireClassification } from '../../../src/protocoles/actes/index.ts';
import { RETOURS } from './decor.ts';

const lire = (xml: string) => lireClassification(Buffer.from(xml, 'latin1'));

describe('7-2 (RetourClassification)', () => {
  it('five levels dotted, levels over 9, natures with and without code, with and without types', () => {
    const octets = readFileSync(`${RETOURS}classification/034-000000018----7-2_1.xml`);
    expect(lireClassification(octets)).toEqual({
      date: '2026-01-05',
      matieres: {
        '5': 'Institutions et vie politique',
        '5.1': "Élection de l'exécutif",
        '5.1.2': 'Adjoints',
        '5.1.2.1': 'Installation',
        '5.1.2.1.3': 'Remplacement',
        '7': 'Finances locales',
        '7.1': 'Décisions budgétaires',
        '7.10': 'Divers',
      },
      natures: {
        '1': {
          abrege: 'DE',
          libelle: 'Délibérations',
          types: {
            '99_DE': 'Délibération',
            '70_DE': 'Délibération budgétaire',
            '99_SE': 'Fichier de signature',
          },
        },
        '2': { abrege: 'AR', libelle: 'Actes réglementaires', types: {} },
        '5': {
          abrege: 'BF',
          libelle: 'Documents budgétaires et financiers',
          types: { '99_BU': 'Document budgétaire', '70_DE': 'Délibération', '99_SE': 'Fichier de signature' },
        },
      },
    });
  });

  it.each([
    ['not XML', 'bonjour', /pas un XML lisible/],
    ['another message', '<ARActe/>', /message 1-2.*pas une classification/],
    ['7-3, which holds none', '<ReponseClassificationSansChangement/>', /7-3.*toujours en vigueur/],
    ['something else', '<html/>', /« html »/],
    ['no date', '<RetourClassification/>', /pas de date/],
    [
      'no matière',
      '<RetourClassification><DateClassification>2026-01-05</DateClassification></RetourClassification>',
      /aucune matière/,
    ],
  ])('%s: says why it is none', (_titre, xml, motif) => {
    expect(lire(xml)).toEqual({ motif: expect.stringMatching(motif) });
  });
});
