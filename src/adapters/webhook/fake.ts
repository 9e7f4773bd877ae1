import type { EnvoiWebhook, ReponseNotification, Webhook } from '../../ports/notification.ts';

/** What the pretended receiver answers: an HTTP status (0 = no answer) and a `Retry-After` in milliseconds. */
export interface ReponseFeinte {
  readonly statut: number;
  readonly patienter?: number;
}

export interface FakeWebhook extends Webhook {
  /** Everything that was sent, in order. */
  readonly envois: readonly EnvoiWebhook[];
  /** Answers of the receiver from now on. */
  regler(reponse: ReponseFeinte): void;
  fermer(): Promise<void>;
}

/** Delivers nowhere and remembers everything; the receiver says 204 until told otherwise. */
export function creerFakeWebhook(): FakeWebhook {
  const envois: EnvoiWebhook[] = [];
  let reponse: ReponseFeinte = { statut: 204 };
  return {
    envois,
    regler: (suivante) => {
      reponse = suivante;
    },
    livrer: async (envoi): Promise<ReponseNotification> => {
      envois.push(envoi);
      const { statut, patienter } = reponse;
      const livree = statut >= 200 && statut < 300;
      return {
        statut,
        livree,
        jamais: statut === 410,
        duree: 0,
        motif: livree ? 'remis' : `Le receveur a répondu HTTP ${statut}.`,
        ...(patienter === undefined || livree ? {} : { patienter }),
      };
    },
    fermer: async () => {},
  };
}
