import { typeParContenu } from '../formats/encodages/types.ts';
import type { ActeExamine, EchangeExamine, FichierLu } from './archive.ts';
import { ABREGES, attribut, compact, enfant, enfants, NOM_DOCUMENT, NOM_MESSAGE, texte } from './norme.ts';

const TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  xml: 'application/xml',
  jpg: 'image/jpeg',
  png: 'image/png',
};

/** Rules on a schema-valid acte: what fails here is refused by a 1-3, never by an envelope anomaly. */
export function examinerActe(acte: ActeExamine, fichiers: readonly FichierLu[], jour: string): ActeExamine {
  const phrase =
    coherence(acte) ??
    calendrier(acte, jour) ??
    nombre(acte) ??
    nomsDocuments(acte) ??
    contenus(acte, fichiers);
  const refus = phrase === null ? null : { nature: '001', detail: `BANC-VERIF-${phrase}` };
  return { ...acte, refus };
}

/** The message says the same as its name. */
function coherence(acte: ActeExamine): string | null {
  const champs = NOM_MESSAGE.exec(acte.nom)?.groups ?? {};
  const { racine } = acte;
  const abrege = ABREGES[attribut(racine, 'CodeNatureActe')] ?? '';
  const memes =
    champs['numero'] === acte.numero &&
    champs['date'] === compact(attribut(racine, 'Date')) &&
    champs['nat'] === abrege;
  return memes ? null : `20 : numéro, date et nature de ${acte.nom} ne sont pas ceux du message`;
}

function calendrier(acte: ActeExamine, jour: string): string | null {
  const date = attribut(acte.racine, 'Date');
  return date > jour ? `21 : la date de décision ${date} est dans le futur` : null;
}

function nombre(acte: ActeExamine): string | null {
  const annexes = enfant(acte.racine, 'Annexes');
  const annonce = Number(attribut(annexes, 'Nombre'));
  const presentes = enfants(annexes, 'Annexe').length;
  return annonce === presentes ? null : `22 : ${annonce} annexes annoncées, ${presentes} présentes`;
}

/** Rank 1 for the principal document, then 2, 3… in the order of the message. @returns the first that is not so named. */
export function malNomme({
  documents,
  idActe,
  code,
}: Pick<ActeExamine | EchangeExamine, 'documents' | 'idActe' | 'code'>): string | undefined {
  return documents.find((nom, rang) => {
    const champs = NOM_DOCUMENT.exec(nom)?.groups;
    return champs?.['id'] !== idActe || champs['code'] !== code || Number(champs['rang']) !== rang + 1;
  });
}

function nomsDocuments(acte: ActeExamine): string | null {
  const faux = malNomme(acte);
  if (faux !== undefined) return `23 : le nom ${faux} ne suit pas la norme`;
  const principal = acte.documents[0] ?? '';
  const budgetaire =
    attribut(acte.racine, 'CodeNatureActe') === '5' &&
    attribut(enfant(acte.racine, 'CodeMatiere1'), 'CodeMatiere') === '7' &&
    attribut(enfant(acte.racine, 'CodeMatiere2'), 'CodeMatiere') === '1';
  if (!principal.endsWith('.pdf') && !(budgetaire && principal.endsWith('.xml'))) {
    return `24 : le document principal ${principal} n'est pas un PDF`;
  }
  return texte(enfant(acte.racine, 'Objet')) === '' ? `25 : l'objet est vide` : null;
}

/** The type of a document is told by its bytes, never by its name. @returns what is wrong, in French. */
export function contenuFaux(noms: readonly string[], fichiers: readonly FichierLu[]): string | null {
  for (const nom of noms) {
    const octets = fichiers.find((f) => f.nom === nom)?.octets;
    const extension = nom.slice(nom.lastIndexOf('.') + 1);
    if (octets !== undefined && typeParContenu(octets.subarray(0, 2048)) !== TYPES[extension]) {
      return `le contenu de ${nom} n'est pas celui d'un fichier ${extension}`;
    }
  }
  return null;
}

function contenus(acte: ActeExamine, fichiers: readonly FichierLu[]): string | null {
  const faux = contenuFaux(acte.documents, fichiers);
  return faux === null ? null : `26 : ${faux}`;
}
