import { FUSEAU } from '../metier/echeances.ts';
import { LIBELLE_ETAT } from '../metier/etats.ts';
import { ETAT_EN_MOTS, type Flux, type NomProtocole } from '../metier/flux.ts';
import type { Instant, LivraisonId } from '../metier/identifiants.ts';
import type { TypeEvenement } from '../metier/notifications.ts';
import { comptesEnMots, sansReponseEnMots } from '../protocoles/helios/reponse.ts';
import { echangeEnMots, type Formule } from './courriel-echange.ts';

/**
 * The e-mail told to a collectivité. Mail is read on telephones and forwarded: neither the objet of the acte nor the
 * name of a person is in it, only what lets an agent find the flux and know what is expected of them.
 */

const NOMS: Readonly<Record<NomProtocole, string>> = { ACTES: 'Acte', HELIOS: 'Flux comptable' };

/** What the sentences need: who the State is here, and what is said of the attachments. */
interface Contexte {
  readonly etat: string;
  /** What its answer is called. */
  readonly accuse: string;
  /** Number of attachments. */
  readonly jointes: number;
  /** « Son message est joint à ce courriel. », or nothing. */
  readonly jointe: string;
}

const FORMULES: Readonly<Record<TypeEvenement, (c: Contexte) => Formule>> = {
  'flux.depose': () => ({
    objet: 'déposé',
    fait: 'Il a été déposé et sera contrôlé puis transmis.',
    suite: '',
  }),
  'flux.refuse': () => ({
    objet: 'refusé au contrôle',
    fait: 'Il n’est pas conforme et n’a pas été transmis.',
    suite: 'Consulter le rapport de contrôle, corriger, puis déposer à nouveau.',
  }),
  'flux.a_signer': () => ({
    objet: 'signature attendue',
    fait: 'Il n’est pas signé et ne partira pas avant de l’être.',
    suite:
      'Donner l’accord de la collectivité, ou déposer le fichier signé, dans le service de télétransmission.',
  }),
  'flux.transmis': ({ etat, accuse }) => ({
    objet: `transmis à ${etat}`,
    fait: `Il a été remis à ${etat}. L’${accuse} est attendu.`,
    suite: '',
  }),
  'flux.acquitte': ({ etat, accuse, jointes }) => ({
    objet: `${accuse} reçu`,
    fait: `L’${accuse} de ${etat} est arrivé.`,
    suite: jointes > 0 ? 'Il est joint à ce courriel : conservez-le avec le dossier.' : '',
  }),
  'flux.acquitte_partiel': ({ etat, jointe }) => ({
    objet: `accepté en partie par ${etat}`,
    fait: `Une partie seulement de l’envoi a été acceptée par ${etat}. ${jointe}`.trim(),
    suite:
      'Déposer un nouveau fichier qui ne contient que ce qui a été refusé, une fois corrigé. De ce qui est sans réponse, ne rien renvoyer avant d’avoir interrogé le comptable.',
  }),
  'flux.anomalie': ({ etat, jointe }) => ({
    objet: `anomalie signalée par ${etat}`,
    fait: `L’envoi n’a pas été accepté par ${etat}. ${jointe}`.trim(),
    suite: 'Lire le motif, corriger, puis déposer à nouveau.',
  }),
  'flux.incertain': ({ etat, accuse }) => ({
    objet: 'sort incertain',
    fait: `L’envoi est parti, mais rien ne dit s’il est arrivé. Il ne sera pas renvoyé tant que le doute n’est pas levé, pour ne pas faire de double.`,
    suite: `Si aucun ${accuse} n’arrive, demander à ${etat} si l’envoi a été reçu, puis le faire trancher par l’exploitant.`,
  }),
  'flux.echec': () => ({
    objet: 'échec de transmission',
    fait: 'La porte d’entrée de l’État a refusé l’envoi : il n’a pas été reçu.',
    suite: 'L’exploitant en recherche la cause et pourra demander un nouvel envoi.',
  }),
  'flux.alerte': ({ accuse }) => ({
    objet: 'alerte, suivi nécessaire',
    fait: `Il n’avance pas comme prévu (par exemple, l’${accuse} tarde).`,
    suite: 'Consulter l’alerte dans le service de télétransmission.',
  }),
  'flux.abandonne': () => ({
    objet: 'abandonné',
    fait: 'Il a été abandonné à la demande d’un agent : il ne partira pas.',
    suite: '',
  }),
  'flux.annule': ({ etat }) => ({
    objet: 'transmission annulée',
    fait: `L’annulation de sa transmission a été reçue par ${etat} : il est réputé ne pas avoir été transmis.`,
    suite: '',
  }),
  'flux.recu': ({ etat, jointe }) => ({
    objet: `message de ${etat}`,
    fait: `Ce fichier a été reçu de ${etat}. ${jointe}`.trim(),
    suite: 'Il est à prendre dans le service de télétransmission.',
  }),
};

function formuleDe(type: TypeEvenement, protocole: NomProtocole, jointes: number): Formule {
  const { qui: etat, accuse } = ETAT_EN_MOTS[protocole];
  const piece = jointes > 1 ? 'Ses messages sont joints' : 'Son message est joint';
  const jointe = jointes > 0 ? `${piece} à ce courriel. ` : '';
  return FORMULES[type]({ etat, accuse, jointes, jointe });
}

function enClair(instant: Instant): string {
  const jour = new Intl.DateTimeFormat('fr-FR', { timeZone: FUSEAU, dateStyle: 'long' }).format(instant);
  const heure = new Intl.DateTimeFormat('fr-FR', { timeZone: FUSEAU, hour: '2-digit', minute: '2-digit' });
  return `${jour.replace(/^1 /, '1er ')} à ${heure.format(instant).replace(':', ' h ')}`;
}

/** One line only: a line feed in a name must not open a second header. */
function surUneLigne(texte: string): string {
  return texte.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/** Number given by the collectivité when the protocol wrote one, name of a file of the State, identity in law otherwise. */
function numeroDe({ resume, etat, identite }: Flux): string {
  const dit = etat === 'recu' ? resume['nom'] : resume['numero'];
  return typeof dit === 'string' && dit !== '' ? dit : identite;
}

export interface CourrielCompose {
  readonly objet: string;
  readonly texte: string;
}

/** What is in and what is not, what has no answer, and where it is told part by part. */
function detail(type: TypeEvenement, flux: Flux): readonly string[] {
  if (flux.protocole !== 'HELIOS') return [];
  const corriger = `Le détail : « vaguemestre corriger ${flux.id} ».`;
  const brut = sansReponseEnMots(flux);
  const sans = brut === null ? null : surUneLigne(brut);
  const tues = sans === null ? [] : [sans];
  if (type === 'flux.acquitte_partiel') return ['', ...comptesEnMots(flux), ...tues, corriger];
  return type === 'flux.anomalie' && sans !== null ? ['', sans, corriger] : [];
}

function dates({ etat, depose, transmis, solde }: Flux): readonly string[] {
  if (etat === 'recu') return [`Reçu le ${enClair(depose)}`];
  return [
    `Déposé le ${enClair(depose)}`,
    ...(transmis === null ? [] : [`Transmis le ${enClair(transmis)}`]),
    ...(solde === null ? [] : [`Soldé le ${enClair(solde)}`]),
  ];
}

/**
 * Subject and text of one notification.
 * @param contexte name of the collectivité, and number of attachments that will be sent.
 */
export function composerCourriel(
  type: TypeEvenement,
  flux: Flux,
  contexte: { readonly collectivite: string; readonly jointes: number },
): CourrielCompose {
  const echange = echangeEnMots(type, flux, contexte.jointes);
  const formule = echange?.formule ?? formuleDe(type, flux.protocole, contexte.jointes);
  const titre = surUneLigne(echange?.titre ?? `${NOMS[flux.protocole]} ${numeroDe(flux)}`);
  const acte = echange?.acte ?? null;
  const collectivite = surUneLigne(contexte.collectivite);
  const lignes = [
    'Bonjour,',
    '',
    `${titre} (${collectivite}) : ${formule.objet}.`,
    '',
    formule.fait,
    ...(formule.suite === '' ? [] : [formule.suite]),
    ...detail(type, flux),
    '',
    acte === null ? `Identifiant : ${flux.identite}` : `Identifiant de l’acte : ${acte}`,
    `Référence de suivi : ${flux.id}`,
    `État : ${LIBELLE_ETAT[flux.etat]}`,
    ...dates(flux),
    ...(flux.erreur === null ? [] : [`Code : ${flux.erreur.code}`]),
    '',
    'Ce message est envoyé automatiquement ; il n’est pas utile d’y répondre.',
    '',
  ];
  return { objet: `[${collectivite}] ${titre} : ${formule.objet}`, texte: lignes.join('\n') };
}

/** `Message-ID`: the same on every try, so that a mailbox recognises the double. */
export function messageIdDe(livraison: LivraisonId, expediteur: string): string {
  const domaine = /@([A-Za-z0-9.-]+)>?\s*$/.exec(expediteur)?.[1] ?? 'localhost.localdomain';
  return `<${livraison}@${domaine}>`;
}
