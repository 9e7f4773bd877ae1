import type { Noeud } from '../../../formats/xml/ecrire.ts';
import { erreurActes } from '../../../metier/catalogue/actes.ts';
import { DECLARATIONS } from '../formulaire.ts';
import { type FichierCite, fichierCite } from '../signature/ecrire.ts';
import { type CodeEnvoye, ENVOIS } from './codes.ts';
import type { ResumeEchange } from './resume.ts';

/** Messages that a collectivité sends after its acte: order and names of actesv1_1.xsd. */

function documents(code: CodeEnvoye, cites: readonly FichierCite[]): Noeud[] {
  const fichiers = cites.map((cite) => fichierCite('actes:Document', cite));
  return ENVOIS[code].documents === 'plusieurs' ? [{ nom: 'actes:Documents', enfants: fichiers }] : fichiers;
}

/** `DateCourrierPref` is the date of the letter answered, never today's. */
function attributs({ idActe, dateCourrier }: ResumeEchange): Readonly<Record<string, string>> {
  return {
    'actes:IDActe': idActe,
    ...(dateCourrier === null ? {} : { 'actes:DateCourrierPref': dateCourrier }),
  };
}

/**
 * @param cites the documents as sent.
 * @throws VGM-ACT-002 when they are not as many as the message bears.
 */
export function formulaireEchange(
  flux: string,
  resume: ResumeEchange & { readonly message: CodeEnvoye },
  cites: readonly FichierCite[],
): Noeud {
  const { racine, documents: attendus } = ENVOIS[resume.message];
  const juste = { aucun: cites.length === 0, un: cites.length === 1, plusieurs: cites.length > 0 }[attendus];
  if (!juste || cites.length !== resume.typologies.length)
    throw erreurActes('VGM-ACT-002', { flux, pieces: cites.length, typologies: resume.typologies.length });
  const nom = `actes:${racine}`;
  if (resume.message === '7-1') {
    const date = { nom: 'actes:DateClassification', texte: resume.dateCourrier ?? '' };
    return { nom, attributs: DECLARATIONS, enfants: [date] };
  }
  const siens = resume.message === '6-1' ? { 'actes:IDActe': resume.idActe } : attributs(resume);
  return { nom, attributs: { ...DECLARATIONS, ...siens }, enfants: documents(resume.message, cites) };
}
