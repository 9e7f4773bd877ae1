import type { Mailer, ReponseNotification } from '../../ports/notification.ts';
import type { Sondable } from '../../ports/sonde.ts';

export type MailerOuvert = Mailer & Sondable & { fermer(): Promise<void> };

const NON_CONFIGURE: ReponseNotification = {
  statut: 0,
  livree: false,
  jamais: false,
  duree: 0,
  motif: 'L’envoi de courriels n’est pas configuré (notification.courriel.hote).',
};

/** No relay in the settings: nothing leaves, and whoever asks is told why. */
export function creerMailerAbsent(): MailerOuvert {
  return {
    envoyer: async () => NON_CONFIGURE,
    sonder: async () => ({ joignable: false, detail: NON_CONFIGURE.motif }),
    fermer: async () => undefined,
  };
}
