import { buffer } from 'node:stream/consumers';
import type { EnvoiCourriel, Mailer } from '../../ports/notification.ts';

export interface CourrielFeint {
  readonly envoi: EnvoiCourriel;
  /** Bytes of the attachments, by name. */
  readonly jointes: Readonly<Record<string, Buffer>>;
}

export interface FakeMailer extends Mailer {
  /** What the relay took, in order. */
  readonly recus: readonly CourrielFeint[];
  /** SMTP code of the relay for the recipient from now on: 250, 4xx or 5xx; 0 = no relay. */
  regler(statut: number): void;
  fermer(): Promise<void>;
}

/** A relay in memory; it takes everything until told otherwise. */
export function creerFakeMailer(): FakeMailer {
  const recus: CourrielFeint[] = [];
  let statut = 250;
  return {
    recus,
    regler: (suivant) => {
      statut = suivant;
    },
    envoyer: async (envoi) => {
      const livree = statut >= 200 && statut < 300;
      if (!livree) {
        const motif = `Le relais n’a pas pris le courriel (SMTP ${statut}).`;
        return { statut, livree, jamais: statut >= 500, duree: 0, motif };
      }
      const jointes: Record<string, Buffer> = {};
      try {
        for (const { piece, ouvrir } of envoi.jointes) jointes[piece.nom] = await buffer(await ouvrir());
      } catch {
        return {
          statut: 0,
          livree: false,
          jamais: false,
          duree: 0,
          motif: 'Une pièce jointe n’a pas pu être lue.',
        };
      }
      recus.push({ envoi, jointes });
      return { statut, livree, jamais: false, duree: 0, motif: 'remis' };
    },
    fermer: async () => {},
  };
}
