import type { ElementXml } from '../../../formats/xml/lire.ts';
import type { CourrierEtat } from '../../protocole.ts';
import { attribut, fichiersCites, jourLu, texte } from '../arbre.ts';
import { type CodeCourrier, COURRIERS } from '../echanges/codes.ts';
import { dateFrancaise } from '../regles/regle.ts';
import { contradiction, indicesDuNom, type MessageRecu } from './messages.ts';

/** Letters of the préfecture: 2-1, 3-1, 4-1, 5-1. */

/** What a person reads first: the pieces wanted, the reason, the illegality. */
const EXPOSES: Readonly<Record<CodeCourrier, string | null>> = {
  '2-1': null,
  '3-1': 'DescriptionPieces',
  '4-1': 'Motif',
  '5-1': 'NatureIllegalite',
};
const EXPOSE_MAX = 2000;

const CODES = new Map<string, CodeCourrier>(
  (Object.keys(COURRIERS) as CodeCourrier[]).map((code) => [COURRIERS[code].racine, code]),
);

/** @returns the code of a letter by its root element; undefined for any other message. */
export function codeCourrier({ nom }: ElementXml): CodeCourrier | undefined {
  return CODES.get(nom);
}

function libelleDe(code: CodeCourrier, idActe: string, date: string | null): string {
  const { libelle } = COURRIERS[code];
  const quand = date === null ? '' : ` du ${dateFrancaise(date)}`;
  return `${libelle.charAt(0).toUpperCase()}${libelle.slice(1)}${quand} sur l’acte ${idActe}.`;
}

/**
 * One letter. Its date is that of the letter (`DateCourrierPref`), or of the appeal for a 5-1.
 * @param jointes parts of the mail that it names: its documents.
 */
export function lireCourrier(
  recu: MessageRecu,
  code: CodeCourrier,
  jointes: readonly string[],
): CourrierEtat | { readonly motif: string } {
  const { racine, parties } = recu;
  const idActe = attribut(racine, 'IDActe');
  if (idActe === undefined)
    return { motif: `Ce ${COURRIERS[code].libelle} ne dit pas de quel acte il parle (IDActe absent).` };
  const { siren } = indicesDuNom(`${idActe}-`);
  const motif = contradiction(recu.siren, siren);
  if (motif !== null) return { motif };
  const manquent = fichiersCites(racine).length - jointes.length;
  const date = jourLu(code === '5-1' ? texte(racine, 'DateDepot') : attribut(racine, 'DateCourrierPref'));
  const champ = EXPOSES[code];
  const expose = champ === null ? undefined : texte(racine, champ)?.slice(0, EXPOSE_MAX);
  return {
    code,
    identite: idActe,
    siren: recu.siren ?? siren,
    libelle: libelleDe(code, idActe, date),
    champs: {
      dateCourrier: date,
      ...(expose === undefined ? {} : { expose }),
      ...(manquent > 0 ? { documentsManquants: manquent } : {}),
    },
    parties,
    documents: jointes,
  };
}
