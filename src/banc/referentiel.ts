import { ecrireXml, type Noeud } from '../formats/xml/ecrire.ts';

/** The classification (message 7-2) of the simulated préfecture: small, but with every kind of case. */

const NATURES: readonly (readonly [string, string, string, readonly (readonly [string, string])[]])[] = [
  [
    '1',
    'DE',
    'Délibérations',
    [
      ['99_DE', 'Délibération'],
      ['70_DE', 'Délibération budgétaire'],
      ['99_SE', 'Fichier de signature'],
    ],
  ],
  [
    '2',
    'AR',
    'Actes réglementaires',
    [
      ['99_AR', 'Acte réglementaire'],
      ['99_SE', 'Fichier de signature'],
    ],
  ],
  [
    '3',
    'AI',
    'Actes individuels',
    [
      ['99_AI', 'Acte individuel'],
      ['99_SE', 'Fichier de signature'],
    ],
  ],
  [
    '4',
    'CC',
    'Contrats, conventions et avenants',
    [
      ['99_DC', 'Document contractuel'],
      ['99_SE', 'Fichier de signature'],
    ],
  ],
  [
    '5',
    'BF',
    'Documents budgétaires et financiers',
    [
      ['99_BU', 'Document budgétaire'],
      ['70_DE', 'Délibération'],
    ],
  ],
  [
    '6',
    'AU',
    'Autres',
    [
      ['99_AU', 'Autre document'],
      ['99_SE', 'Fichier de signature'],
    ],
  ],
];

const MATIERES: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = [
  [
    '1',
    'Commande publique',
    [
      ['1', 'Marchés publics'],
      ['4', 'Autres types de contrats'],
    ],
  ],
  [
    '5',
    'Institutions et vie politique',
    [
      ['2', 'Fonctionnement des assemblées'],
      ['4', 'Délégation de fonctions'],
    ],
  ],
  ['6', 'Libertés publiques et pouvoirs de police', [['1', 'Police municipale']]],
  [
    '7',
    'Finances locales',
    [
      ['1', 'Décisions budgétaires'],
      ['5', 'Subventions'],
      ['10', 'Divers'],
    ],
  ],
];

function noeudNature([code, abrege, libelle, types]: (typeof NATURES)[number]): Noeud {
  return {
    nom: 'actes:NatureActe',
    attributs: { 'actes:CodeNatureActe': code, 'actes:Libelle': libelle, 'actes:TypeAbrege': abrege },
    enfants: types.map(([type, nom]) => ({
      nom: 'actes:TypePJNatureActe',
      attributs: { 'actes:CodeTypePJ': type, 'actes:Libelle': nom },
    })),
  };
}

function noeudMatiere([code, libelle, sous]: (typeof MATIERES)[number]): Noeud {
  return {
    nom: 'actes:Matiere1',
    attributs: { 'actes:CodeMatiere': code, 'actes:Libelle': libelle },
    enfants: sous.map(([second, nom]) => ({
      nom: 'actes:Matiere2',
      attributs: { 'actes:CodeMatiere': second, 'actes:Libelle': nom },
    })),
  };
}

/** @param date of the classification, `YYYY-MM-DD`. @returns the bytes of a RetourClassification. */
export function classificationDuBanc(date: string): Uint8Array {
  return ecrireXml({
    nom: 'actes:RetourClassification',
    attributs: { 'xmlns:actes': 'http://www.interieur.gouv.fr/ACTES#v1.1-20040216' },
    enfants: [
      { nom: 'actes:DateClassification', texte: date },
      { nom: 'actes:NaturesActes', enfants: NATURES.map(noeudNature) },
      { nom: 'actes:Matieres', enfants: MATIERES.map(noeudMatiere) },
    ],
  });
}
