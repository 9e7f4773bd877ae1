import type { ElementXml } from '../../formats/xml/lire.ts';
import { type EchangeExamine, type FichierLu, type Refus, refus } from '../archive.ts';
import { contenuFaux, malNomme } from '../examen-acte.ts';
import { attribut, enfant, enfants, texte } from '../norme.ts';
import type { CodeEnvoi } from './codes.ts';

/** What is read of one message of transactions 2 to 7, and rules that its own bytes answer. */

/** Fields of the name of the message. */
export type ChampsNom = Readonly<Record<string, string | undefined>>;

function documentsDe(racine: ElementXml): string[] {
  const fichiers = [...enfants(racine, 'Document'), ...enfants(enfant(racine, 'Documents'), 'Document')];
  return fichiers.map((f) => texte(enfant(f, 'NomFichier')));
}

/** @param nomme what its name says. */
export function lireEchange(
  { nom }: FichierLu,
  racine: ElementXml,
  nomme: ChampsNom & { readonly code: CodeEnvoi },
): EchangeExamine {
  const { code } = nomme;
  const date =
    code === '7-1' ? texte(enfant(racine, 'DateClassification')) : attribut(racine, 'DateCourrierPref');
  return {
    code,
    nom,
    racine,
    idActe: nomme['id'] ?? '',
    numero: nomme['numero'] ?? nomme['siren'] ?? '',
    date,
    documents: documentsDe(racine),
  };
}

/** No message refuses an answer, a cancellation or a request: the whole envelope is refused (actes.md D.5). */
export function examinerEchange(
  echange: EchangeExamine,
  fichiers: readonly FichierLu[],
  jour: string,
): Refus | null {
  const { code, nom, racine, idActe, date, documents } = echange;
  if (attribut(racine, 'IDActe') !== idActe)
    return refus('40', `l'acte nommé par ${nom} n'est pas celui du message`);
  const faux = malNomme(echange);
  if (faux !== undefined) return refus('41', `le nom ${faux} ne suit pas la norme`);
  const contenu = contenuFaux(documents, fichiers);
  if (contenu !== null) return refus('42', contenu);
  return code !== '7-1' && date > jour ? refus('43', `la date ${date} de ${nom} est dans le futur`) : null;
}
