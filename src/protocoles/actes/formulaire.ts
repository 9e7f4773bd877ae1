import { ecrireXml, type Noeud } from '../../formats/xml/ecrire.ts';
import { ESPACE_ACTES, ESPACE_INSEE } from './codes.ts';
import type { ResumeActe } from './depot.ts';
import { type FichierCite, fichierCite } from './signature/ecrire.ts';

/** The 1-1 message (« formulaire » in the words of the envelope schema): element and attribute names of the norm. */

/** Declarations of every root, as the norm's own examples carry them. */
export const DECLARATIONS: Readonly<Record<string, string>> = {
  'xmlns:actes': ESPACE_ACTES,
  'xmlns:insee': ESPACE_INSEE,
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  'xsi:schemaLocation': `${ESPACE_ACTES} actesv1_1.xsd`,
};

/** The `Formulaire` of an envelope, alone: a signature is verified there before its envelope has a name. */
export function formulaireSeul(message: FichierCite): Uint8Array {
  return ecrireXml({ ...fichierCite('actes:Formulaire', message), attributs: DECLARATIONS });
}

const SANS_DOCUMENT: FichierCite = { nom: '', signature: null };

/**
 * Builds `Acte` (actesv1_1.xsd, DonneesActe): the order of the children is that of the schema.
 * @param fichiers the pieces as sent: the document, then the annexes.
 */
export function formulaireActe(
  resume: ResumeActe & { readonly classification: string },
  fichiers: readonly FichierCite[],
): Noeud {
  const [document = SANS_DOCUMENT, ...annexes] = fichiers;
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
      fichierCite('actes:Document', document),
      {
        nom: 'actes:Annexes',
        attributs: { 'actes:Nombre': String(annexes.length) },
        enfants: annexes.map((annexe) => fichierCite('actes:Annexe', annexe)),
      },
      { nom: 'actes:DocumentPapier', texte: resume.documentPapier ? 'O' : 'N' },
    ],
  };
}
