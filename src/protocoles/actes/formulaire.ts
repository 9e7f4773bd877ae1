import type { Noeud } from '../../formats/xml/ecrire.ts';
import { ESPACE_ACTES, ESPACE_INSEE } from './codes.ts';
import type { ResumeActe } from './depot.ts';

/** The 1-1 message (« formulaire » in the words of the envelope schema): element and attribute names of the norm. */

/** Declarations of every root, as the norm's own examples carry them. */
export const DECLARATIONS: Readonly<Record<string, string>> = {
  'xmlns:actes': ESPACE_ACTES,
  'xmlns:insee': ESPACE_INSEE,
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xsi:schemaLocation': `${ESPACE_ACTES} actesv1_1.xsd`,
};

function fichier(nom: string, nomFichier: string): Noeud {
  return { nom, enfants: [{ nom: 'actes:NomFichier', texte: nomFichier }] };
}

/**
 * Builds `Acte` (actesv1_1.xsd, DonneesActe): the order of the children is that of the schema.
 * @param noms names of the pieces as sent: the document, then the annexes.
 */
export function formulaireActe(
  resume: ResumeActe & { readonly classification: string },
  noms: readonly string[],
): Noeud {
  const [document = '', ...annexes] = noms;
  const matieres = resume.matiere.split('.').map((code, i) => ({
    nom: `actes:CodeMatiere${i + 1}`,
    attributs: { 'actes:CodeMatiere': code },
  }));
  const precedent =
    resume.precedent === null
      ? []
      : [{ nom: 'actes:PrecedentIdentifiantActe', attributs: { 'actes:IDActe': resume.precedent } }];
  return {
    nom: 'actes:Acte',
    attributs: {
      ...DECLARATIONS,
      'actes:Date': resume.date,
      'actes:NumeroInterne': resume.numero,
      'actes:CodeNatureActe': resume.nature,
    },
    enfants: [
      ...matieres,
      { nom: 'actes:Objet', texte: resume.objet },
      ...precedent,
      { nom: 'actes:ClassificationDateVersion', texte: resume.classification },
      fichier('actes:Document', document),
      {
        nom: 'actes:Annexes',
        attributs: { 'actes:Nombre': String(annexes.length) },
        enfants: annexes.map((nom) => fichier('actes:Annexe', nom)),
      },
      { nom: 'actes:DocumentPapier', texte: resume.documentPapier ? 'O' : 'N' },
    ],
  };
}
