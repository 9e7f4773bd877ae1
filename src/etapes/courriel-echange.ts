import type { Flux } from '../metier/flux.ts';
import type { TypeEvenement } from '../metier/notifications.ts';
import {
  type CodeCourrier,
  type CodeEnvoye,
  COURRIERS,
  ENVOIS,
  estCourrier,
  estEnvoye,
  libelleMessage,
} from '../protocoles/actes/echanges/codes.ts';
import { dateCourrierDe, messageDe, sujetDe } from '../protocoles/actes/echanges/resume.ts';
import { dateFrancaise } from '../protocoles/actes/regles/regle.ts';

/**
 * What an e-mail says of an exchange with the préfecture: which message, about which acte, of which date, and what may be
 * answered; never what a letter says, that may name people.
 */

export interface Formule {
  /** Ends the subject line. */
  readonly objet: string;
  /** What happened. */
  readonly fait: string;
  /** What the reader has to do; empty when nothing. */
  readonly suite: string;
}

export interface EchangeEnMots {
  /** What it is; agrees as « acte » and « envoi » do. */
  readonly titre: string;
  /** IDActe of what it is about; null when it is about none. */
  readonly acte: string | null;
  /** Null: the words that serve for any flux. */
  readonly formule: Formule | null;
}

/** Noun with its article, and what a participle takes to agree with it. */
type Nom = readonly [nom: string, accord: '' | 'e'];

const COURRIER: Readonly<Record<Exclude<CodeCourrier, '5-1'>, Nom>> = {
  '2-1': ['un courrier simple', ''],
  '3-1': ['une demande de pièces complémentaires', 'e'],
  '4-1': ['une lettre d’observations', 'e'],
};

const ENVOI: Readonly<Record<CodeEnvoye, Nom>> = {
  '2-2': ['la réponse au courrier simple', 'e'],
  '3-2': ['l’accusé de réception de la demande de pièces complémentaires', ''],
  '3-3': ['la réponse à la demande de pièces complémentaires', 'e'],
  '3-4': ['la réponse à la demande de pièces complémentaires', 'e'],
  '4-2': ['l’accusé de réception de la lettre d’observations', ''],
  '4-3': ['la réponse à la lettre d’observations', 'e'],
  '4-4': ['la réponse à la lettre d’observations', 'e'],
  '6-1': ['la demande d’annulation de la transmission de cet acte', 'e'],
  '7-1': ['la demande de classification', 'e'],
};

/** What may be answered to a letter. */
const REPONSES: Readonly<Record<CodeCourrier, string>> = {
  '2-1': 'Une réponse est possible ; elle n’est pas obligatoire.',
  '3-1':
    'Y répondre dans le service de télétransmission : envoyer les pièces demandées, ou refuser de les envoyer.',
  '4-1': 'Y répondre dans le service de télétransmission : répondre aux observations, ou les rejeter.',
  '5-1': 'La norme d’échange ne prévoit pas d’y répondre par cette voie.',
};

const A_LIRE = 'Le courrier est à lire dans le service de télétransmission.';

const majuscule = (phrase: string): string => phrase.charAt(0).toUpperCase() + phrase.slice(1);

function recu(flux: Flux, code: CodeCourrier): Formule {
  const date = dateCourrierDe(flux);
  const suite = `${A_LIRE} ${REPONSES[code]}`;
  const { libelle } = COURRIERS[code];
  if (code === '5-1') {
    const quand = date === null ? '' : ` ; le recours a été déposé le ${dateFrancaise(date)}`;
    return {
      objet: libelle,
      fait: `La préfecture annonce que cet acte est déféré au tribunal administratif${quand}.`,
      suite,
    };
  }
  const [nom, accord] = COURRIER[code];
  const quand = date === null ? '' : ` daté${accord} du ${dateFrancaise(date)}`;
  const fait = `La préfecture a adressé, au sujet de cet acte, ${nom}${quand}.`;
  return { objet: `${libelle} de la préfecture`, fait, suite };
}

/** `la réponse à la lettre d’observations du 12/03/2026` */
function nommer(flux: Flux, code: CodeEnvoye): string {
  // of a request, it is the date of the classification that is held
  const date = code === '7-1' ? null : dateCourrierDe(flux);
  return `${ENVOI[code][0]}${date === null ? '' : ` du ${dateFrancaise(date)}`}`;
}

const ATTENTES: Readonly<Record<NonNullable<(typeof ENVOIS)[CodeEnvoye]['accuse']>, string>> = {
  '3-5': 'L’accusé de réception est attendu.',
  '4-5': 'L’accusé de réception est attendu.',
  '6-2': 'L’acte ne sera annulé qu’à l’arrivée de l’accusé de réception.',
  '7-2': 'La réponse de la préfecture est attendue.',
};
const SANS_ACCUSE = 'La norme d’échange ne prévoit pas d’accusé de réception pour cet envoi';

function transmis(flux: Flux, code: CodeEnvoye): Formule {
  const { accuse } = ENVOIS[code];
  const attente = accuse === null ? `${SANS_ACCUSE} : il est achevé.` : ATTENTES[accuse];
  const fait = `${majuscule(nommer(flux, code))} a été remis${ENVOI[code][1]} à la préfecture. ${attente}`;
  return { objet: 'transmis à la préfecture', fait, suite: '' };
}

function jour(flux: Flux, champ: string): string | null {
  const valeur = flux.resume[champ];
  return typeof valeur === 'string' ? dateFrancaise(valeur) : null;
}

function acquitte(flux: Flux, code: CodeEnvoye, jointes: number): Formule {
  const suite = jointes > 0 ? 'Il est joint à ce courriel : conservez-le avec le dossier.' : '';
  if (code === '7-1') {
    const date = jour(flux, 'classificationEnCours');
    const dit = date === null ? '' : ` : la classification en vigueur est celle du ${date}`;
    return { objet: 'réponse de la préfecture reçue', fait: `La préfecture a répondu${dit}.`, suite: '' };
  }
  const date = jour(flux, 'dateReception');
  const quand = date === null ? '' : `, reçu${ENVOI[code][1]} le ${date}`;
  const effet = code === '6-1' ? ' La transmission est annulée.' : '';
  const fait = `La préfecture a accusé réception de ${nommer(flux, code)}${quand}.${effet}`;
  return { objet: 'accusé de réception reçu', fait, suite };
}

/** No receipt will tell: it has to be asked. */
function incertain(code: CodeEnvoye): Formule | null {
  if (ENVOIS[code].accuse !== null) return null;
  return {
    objet: 'sort incertain',
    fait: 'L’envoi est parti, mais rien ne dit s’il est arrivé. Il ne sera pas renvoyé tant que le doute n’est pas levé, pour ne pas faire de double.',
    suite: `${SANS_ACCUSE} : demander à la préfecture s’il a été reçu, puis le faire trancher par l’exploitant.`,
  };
}

function formuleEnvoi(type: TypeEvenement, flux: Flux, sur: { code: CodeEnvoye; jointes: number }) {
  const { code, jointes } = sur;
  if (type === 'flux.transmis') return transmis(flux, code);
  if (type === 'flux.acquitte') return acquitte(flux, code, jointes);
  return type === 'flux.incertain' ? incertain(code) : null;
}

/**
 * @param jointes number of attachments that will be sent.
 * @returns null for an acte, and for a flux of another protocol.
 */
export function echangeEnMots(type: TypeEvenement, flux: Flux, jointes: number): EchangeEnMots | null {
  if (flux.protocole !== 'ACTES') return null;
  const code = messageDe(flux);
  const { numero, idActe } = sujetDe(flux);
  if (estCourrier(code)) {
    const formule = type === 'flux.recu' ? recu(flux, code) : null;
    return { titre: `Acte ${numero}`, acte: idActe, formule };
  }
  if (!estEnvoye(code)) return null;
  const envoi = `nvoi ${code} (${libelleMessage(code)})`;
  const formule = formuleEnvoi(type, flux, { code, jointes });
  if (code === '7-1') return { titre: `E${envoi}`, acte: null, formule };
  return { titre: `Acte ${numero}, e${envoi}`, acte: idActe, formule };
}
