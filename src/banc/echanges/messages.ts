import type { Correspondant, FichierLu } from '../archive.ts';
import { type Circonstances, enOctets, enveloppeRetour, feuille, fichier, type Retour } from '../messages.ts';
import { racine } from '../norme.ts';
import { creerPdf } from '../pdf.ts';
import { classificationDuBanc } from '../referentiel.ts';
import { type CodeCourrier, COURRIERS } from './codes.ts';

/** What the préfecture sends in transactions 2 to 7 (actes.md A.4, C.3, C.4). */

/** One letter, as it is decided. */
export interface CourrierEcrit {
  readonly code: CodeCourrier;
  readonly idActe: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly texte: string;
  /** Never used twice: it makes another letter of the same day another letter. */
  readonly numero: number;
}

/** The message, then its document: their bytes are the same in every mail that bears them. */
export function ecrireCourrier({ code, idActe, date, texte, numero }: CourrierEcrit): FichierLu[] {
  const { racine: nom, expose, libelle } = COURRIERS[code];
  // Documents of the préfecture bear no type, and their number follows no rule (actes.md C.4).
  const document = `${idActe}-${code}_${numero + 1}.pdf`;
  const dit = expose === null ? [] : [feuille(expose, texte)];
  const message =
    code === '5-1'
      ? racine(nom, {
          attributs: { 'actes:IDActe': idActe },
          enfants: [
            feuille('DateDepot', date),
            ...dit,
            { nom: 'actes:PiecesJointes', enfants: [fichier('PieceJointe', document)] },
          ],
        })
      : racine(nom, {
          attributs: { 'actes:IDActe': idActe, 'actes:DateCourrierPref': date },
          enfants: [...dit, fichier('Document', document)],
        });
  const lignes = ['Préfecture simulée', `${libelle} n° ${numero} du ${date}`, idActe, texte];
  const pdf = creerPdf(lignes.map((ligne) => ligne.replaceAll('’', "'")));
  return [
    { nom: `${idActe}-${code}_${numero}.xml`, octets: enOctets(message) },
    { nom: document, octets: Buffer.from(pdf) },
  ];
}

interface Emballage {
  readonly code: string;
  readonly objet: string;
  readonly corps: string;
  /** The message first. */
  readonly fichiers: readonly FichierLu[];
}

function emballer(e: Emballage, destinataire: Correspondant, c: Circonstances): Retour {
  const enveloppe = enveloppeRetour(e.fichiers[0]?.nom ?? '', destinataire, c);
  return {
    code: e.code,
    objet: `[ACTES] ${e.objet}`,
    corps: e.corps,
    fichiers: [enveloppe, ...e.fichiers],
  };
}

/** A mail that bears a letter; each has an envelope of its own. */
export function remettreCourrier(
  { code, idActe, date }: CourrierEcrit,
  fichiers: readonly FichierLu[],
  vers: { readonly destinataire: Correspondant; readonly c: Circonstances },
): Retour {
  const { libelle } = COURRIERS[code];
  const objet = `${libelle.charAt(0).toUpperCase()}${libelle.slice(1)} sur l’acte ${idActe}`;
  const corps = `${objet}, du ${date}. Le document est joint.`;
  return emballer({ code, objet, corps, fichiers }, vers.destinataire, vers.c);
}

/** 3-5, 4-5: the answer to the letter of this date is received. */
export function accuserReponse(
  recu: { readonly code: '3-5' | '4-5'; readonly idActe: string; readonly date: string },
  destinataire: Correspondant,
  c: Circonstances,
): Retour {
  const { code, idActe, date } = recu;
  const nom = code === '3-5' ? 'ARPieceComplementaire' : 'ARReponseRejetLettreObservations';
  const message = racine(nom, {
    attributs: { 'actes:DateReception': c.jour },
    enfants: [
      {
        nom: 'actes:InfosCourrierPref',
        attributs: { 'actes:IDActe': idActe, 'actes:DateCourrierPref': date },
      },
    ],
  });
  const objet = `Accusé de réception d’une réponse sur l’acte ${idActe}`;
  const corps = `La réponse au courrier du ${date} sur l’acte ${idActe} a été reçue le ${c.jour}.`;
  const fichiers = [{ nom: `${idActe}-${code}_${c.rang}.xml`, octets: enOctets(message) }];
  return emballer({ code, objet, corps, fichiers }, destinataire, c);
}

/** 6-2. */
export function accuserAnnulation(idActe: string, destinataire: Correspondant, c: Circonstances): Retour {
  const message = racine('ARAnnulation', {
    attributs: { 'actes:DateReception': c.jour, 'actes:IDActe': idActe },
  });
  const objet = `Annulation de la transmission de l’acte ${idActe}`;
  const corps = `La transmission de l’acte ${idActe} est annulée depuis le ${c.jour}.`;
  const fichiers = [{ nom: `${idActe}-6-2_${c.rang}.xml`, octets: enOctets(message) }];
  return emballer({ code: '6-2', objet, corps, fichiers }, destinataire, c);
}

/** 7-3 when the date held is in force, else 7-2: the whole classification. */
export function rendreClassification(
  code: '7-2' | '7-3',
  destinataire: Correspondant,
  c: Circonstances,
): Retour {
  const octets =
    code === '7-2'
      ? Buffer.from(classificationDuBanc(c.classification))
      : enOctets(
          racine('ReponseClassificationSansChangement', {
            enfants: [feuille('DateClassification', c.classification)],
          }),
        );
  const { departement, siren } = destinataire;
  const corps = `La classification en vigueur est celle du ${c.classification}.`;
  const fichiers = [{ nom: `${departement}-${siren}----${code}_${c.rang}.xml`, octets }];
  return emballer({ code, objet: 'Classification en vigueur', corps, fichiers }, destinataire, c);
}

/** The other channel: text for people, without any file (actes.md D.3). */
export function rappeler(idActe: string): Retour {
  return {
    code: 'rappel',
    objet: '[ACTES] Document papier non reçu',
    corps: `Rappel : le document papier de l’acte ${idActe}, acte dont la transmission est effectuée en multi canal, n’est pas encore parvenu. L’acte ne sera tenu pour complet qu’à sa réception.`,
    fichiers: [],
  };
}
