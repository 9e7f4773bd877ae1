import type { Config } from '../config/manifest.ts';
import type { Collectivite, PointNotification } from '../metier/collectivite.ts';
import type { Piece } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { EssaiLivraison, EtatLivraison, Livraison, TypeEvenement } from '../metier/notifications.ts';
import type { Clock } from '../ports/clock.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { Mailer, ReponseNotification, Webhook } from '../ports/notification.ts';
import type { Random } from '../ports/random.ts';
import type { Collectivites, LectureFlux } from '../ports/store.ts';
import { composerCourriel, messageIdDe } from './courriel-texte.ts';

export { composerCharge, expandre } from './charge.ts';

/** What became of one debt. The engine writes it; `tentatives` grows by one on each failure. */
export interface IssueLivraison {
  readonly etat: EtatLivraison;
  /** Next try; null once delivered or given up. */
  readonly due: Instant | null;
  readonly essai: EssaiLivraison;
  /** The receiver wants nothing any more: switch its point off. */
  readonly desactiver: { readonly motif: string } | null;
}

export interface OutilsNotification {
  readonly clock: Clock;
  readonly random: Random;
  readonly webhook: Webhook;
  readonly mailer: Mailer;
  readonly flux: Pick<LectureFlux, 'trouver' | 'pieces'>;
  readonly collectivites: Pick<Collectivites, 'trouver' | 'secrets'>;
  readonly coffre: Pick<Coffre, 'ouvrir'>;
  readonly config: {
    readonly webhook: Pick<Config['notification']['webhook'], 'essais_s'>;
    readonly courriel: Pick<Config['notification']['courriel'], 'essais_s' | 'hote' | 'expediteur'>;
  };
}

/** A receiver may ask for patience, not for silence: 24 hours at most. Milliseconds. */
const PATIENCE_MAX = 86_400_000;
/** Points revived together must not all come back in the same second. */
const GIGUE = 0.2;

/** Either the peer answered, or there is no use in asking it. */
type Tentative =
  | { readonly type: 'reponse'; readonly reponse: ReponseNotification }
  | { readonly type: 'sans_objet'; readonly motif: string };

function sansReponse(motif: string): Tentative {
  return { type: 'reponse', reponse: { statut: 0, livree: false, jamais: false, duree: 0, motif } };
}

async function livrerWebhook(
  livraison: Livraison,
  point: PointNotification,
  deps: OutilsNotification,
): Promise<Tentative> {
  const secrets = await deps.collectivites.secrets(livraison.collectivite, point.id);
  // Not given up: renewing the secret is enough for the next try to leave.
  if (secrets.length === 0)
    return sansReponse('Ce webhook n’a plus de secret de signature. Renouveler son secret.');
  const reponse = await deps.webhook.livrer({
    url: point.cible,
    id: livraison.id,
    quand: deps.clock.now(),
    corps: JSON.stringify(livraison.charge),
    secrets,
  });
  return { type: 'reponse', reponse };
}

/** News that come with the message of the State that they tell. A PES Retour stays here: it may be huge, and names people. */
const JOINTES: readonly TypeEvenement[] = ['flux.acquitte', 'flux.acquitte_partiel', 'flux.anomalie'];

/** The messages of the State go with the news of them, and with no other. */
async function jointesDe(livraison: Livraison, deps: OutilsNotification): Promise<readonly Piece[]> {
  if (!JOINTES.includes(livraison.type)) return [];
  const pieces = await deps.flux.pieces({ collectivite: livraison.collectivite }, livraison.flux);
  return pieces.filter((piece) => piece.role === 'accuse');
}

async function livrerCourriel(
  livraison: Livraison,
  destination: { readonly point: PointNotification; readonly collectivite: Collectivite },
  deps: OutilsNotification,
): Promise<Tentative> {
  const { hote, expediteur } = deps.config.courriel;
  if (hote === '')
    return {
      type: 'sans_objet',
      motif:
        'L’envoi de courriels n’est pas configuré. L’exploitant renseigne notification.courriel.hote, puis rejoue la livraison.',
    };
  const flux = await deps.flux.trouver({ collectivite: livraison.collectivite }, livraison.flux);
  if (flux === undefined) return { type: 'sans_objet', motif: 'Le flux n’existe plus.' };
  const pieces = await jointesDe(livraison, deps);
  const contexte = { collectivite: destination.collectivite.nom, jointes: pieces.length };
  const reponse = await deps.mailer.envoyer({
    a: destination.point.cible,
    messageId: messageIdDe(livraison.id, expediteur),
    ...composerCourriel(livraison.type, flux, contexte),
    jointes: pieces.map((piece) => ({ piece, ouvrir: () => deps.coffre.ouvrir(piece.sha256) })),
  });
  return { type: 'reponse', reponse };
}

async function tenter(livraison: Livraison, deps: OutilsNotification): Promise<Tentative> {
  const collectivite = await deps.collectivites.trouver(livraison.collectivite);
  const point = collectivite?.points.find((p) => p.id === livraison.point);
  if (collectivite === undefined || point === undefined)
    return { type: 'sans_objet', motif: 'Le point de notification n’existe plus.' };
  if (!point.actif)
    return {
      type: 'sans_objet',
      motif: `Le point de notification est désactivé${point.motif === null ? '' : ` (${point.motif})`}.`,
    };
  if (point.canal === 'webhook') return livrerWebhook(livraison, point, deps);
  return livrerCourriel(livraison, { point, collectivite }, deps);
}

/**
 * When to try again after the `echecs`-th failure; null after the last of the schedule.
 * `patienter` (Retry-After) can only put the next try off, never bring it forward.
 */
export function prochainEssai(
  essaisS: readonly number[],
  echecs: number,
  alea: { readonly quand: Instant; readonly fraction: number; readonly patienter: number },
): Instant | null {
  const attente = essaisS[echecs - 1];
  if (attente === undefined) return null;
  const gigue = 1 - GIGUE + 2 * GIGUE * alea.fraction;
  const ms = Math.max(Math.round(attente * 1000 * gigue), Math.min(alea.patienter, PATIENCE_MAX));
  return (alea.quand + ms) as Instant;
}

function conclure(
  livraison: Livraison,
  reponse: ReponseNotification,
  deps: OutilsNotification,
): Omit<IssueLivraison, 'essai'> {
  if (reponse.livree) return { etat: 'livree', due: null, desactiver: null };
  if (reponse.jamais) {
    // A mailbox that refuses is not switched off: a relay badly set refuses them all, and one set right takes them back.
    const desactiver = livraison.canal === 'webhook' ? { motif: reponse.motif } : null;
    return { etat: 'abandonnee', due: null, desactiver };
  }
  const essaisS = deps.config[livraison.canal].essais_s;
  const due = prochainEssai(essaisS, livraison.tentatives + 1, {
    quand: deps.clock.now(),
    fraction: deps.random.fraction(),
    patienter: reponse.patienter ?? 0,
  });
  return { etat: due === null ? 'abandonnee' : 'a_faire', due, desactiver: null };
}

/**
 * One try of one debt. A fault of the receiver, of the relay or of the network never throws: it is an outcome.
 * A fault of our own store does (VGM-NOY-005…), and then nothing is to be counted against the receiver.
 */
export async function executerLivraison(
  livraison: Livraison,
  deps: OutilsNotification,
): Promise<IssueLivraison> {
  const quand = deps.clock.now();
  const tentative = await tenter(livraison, deps);
  if (tentative.type === 'sans_objet') {
    const essai = { quand, resultat: 'echec', statut: 0, duree: 0, motif: tentative.motif } as const;
    return { etat: 'abandonnee', due: null, essai, desactiver: null };
  }
  const { livree, statut, duree, motif } = tentative.reponse;
  const conclusion = conclure(livraison, tentative.reponse, deps);
  const fin =
    conclusion.etat === 'abandonnee' && !tentative.reponse.jamais ? ' Dernier essai : abandonné.' : '';
  const essai = {
    quand,
    resultat: livree ? 'livree' : 'echec',
    statut,
    duree,
    motif: `${motif}${fin}`,
  } as const;
  return { ...conclusion, essai };
}
