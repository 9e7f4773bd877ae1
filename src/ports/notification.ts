import type { Piece } from '../metier/flux.ts';
import type { Instant, LivraisonId } from '../metier/identifiants.ts';
import type { Readable } from 'node:stream';

export interface EnvoiWebhook {
  readonly url: string;
  readonly id: LivraisonId;
  readonly quand: Instant;
  /** UTF-8 JSON, under 20 kB. */
  readonly corps: string;
  /** `whsec_…`, several during a rotation. */
  readonly secrets: readonly string[];
}

export interface ReponseNotification {
  /** HTTP status or SMTP code; 0 when no answer came. */
  readonly statut: number;
  readonly livree: boolean;
  /** The receiver says never again (HTTP 410, SMTP 5xx on the mailbox). */
  readonly jamais: boolean;
  /** Milliseconds asked by `Retry-After`. */
  readonly patienter?: number;
  /** Milliseconds. */
  readonly duree: number;
  readonly motif: string;
}

/** Standard Webhooks sender. Never throws for a fault of the receiver or of the network. */
export interface Webhook {
  livrer(envoi: EnvoiWebhook): Promise<ReponseNotification>;
}

export interface EnvoiCourriel {
  readonly a: string;
  /** Fixed before the first try: the same on every attempt. */
  readonly messageId: string;
  readonly objet: string;
  readonly texte: string;
  readonly jointes: readonly { readonly piece: Piece; readonly ouvrir: () => Promise<Readable> }[];
}

/** Outgoing mail. Never throws for a fault of the relay. */
export interface Mailer {
  envoyer(envoi: EnvoiCourriel): Promise<ReponseNotification>;
}
