import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EnvoiCourriel, Mailer } from '../../src/ports/notification.ts';
import { pieceDe } from '../unit/notification/decor.ts';

export interface CourrielRecu {
  readonly a: string;
  readonly messageId: string;
  readonly objet: string;
  readonly texte: string;
  /** Bytes by name. */
  readonly jointes: Readonly<Record<string, Buffer>>;
}

/** A relay that each adapter is put in front of. */
export interface BancMailer {
  readonly mailer: Mailer & { fermer(): Promise<void> };
  /** Code of the relay for the recipient from now on; 0 = the relay is down. */
  regler(statut: number): Promise<void>;
  recus(): readonly CourrielRecu[];
  fermer(): Promise<void>;
}

/** The coffre has lost the piece. */
const absente = async (): Promise<Readable> => {
  throw new RangeError('coffre');
};

/** The disk breaks in the middle of the piece. */
const rompue = async (): Promise<Readable> =>
  new Readable({
    read() {
      this.destroy(new RangeError('disque'));
    },
  });

/** The contract of the port `Mailer`. */
export function contratMailer(nom: string, ouvrir: () => Promise<BancMailer>): void {
  describe(`Mailer, ${nom}`, () => {
    let banc: BancMailer;
    beforeAll(async () => {
      banc = await ouvrir();
    });
    afterAll(async () => {
      await banc.mailer.fermer();
      await banc.fermer();
    });
    const piece = pieceDe();
    const envoi: EnvoiCourriel = {
      a: 'mairie@saint-emilion.test',
      messageId: '<l-1@tdt.test>',
      objet: '[Commune de Saint-Émilion] Acte 2026_017 : accusé de réception reçu',
      texte: 'Bonjour,\n\nL’accusé de réception est arrivé.\n',
      jointes: [{ piece, ouvrir: async () => Readable.from([Buffer.from('<accuse/>')]) }],
    };

    test('the mail arrives whole: recipient, identifier, accents, attachment byte for byte', async () => {
      await banc.regler(250);
      expect(await banc.mailer.envoyer(envoi)).toMatchObject({ statut: 250, livree: true, jamais: false });
      const recu = banc.recus().at(-1);
      expect(recu).toMatchObject({ a: envoi.a, messageId: envoi.messageId, objet: envoi.objet });
      expect(recu?.texte.trim()).toBe(envoi.texte.trim());
      expect(recu?.jointes[piece.nom]?.toString()).toBe('<accuse/>');
    });

    test('a second try carries the same Message-ID', async () => {
      const avant = banc.recus().length;
      await banc.mailer.envoyer(envoi);
      expect(
        banc
          .recus()
          .slice(avant)
          .map((c) => c.messageId),
      ).toEqual([envoi.messageId]);
    });

    test.each([450, 451, 452])('%i on the recipient may be tried again', async (statut) => {
      await banc.regler(statut);
      const reponse = await banc.mailer.envoyer(envoi);
      expect(reponse).toMatchObject({ statut, livree: false, jamais: false });
      expect(reponse.motif).not.toContain('saint-emilion');
    });

    test.each([550, 553])('%i on the recipient means never', async (statut) => {
      await banc.regler(statut);
      const reponse = await banc.mailer.envoyer(envoi);
      expect(reponse).toMatchObject({ statut, livree: false, jamais: true });
      expect(reponse.motif).not.toContain('saint-emilion');
    });

    test('an attachment that cannot be read is a failure, and nothing arrives', async () => {
      await banc.regler(250);
      const avant = banc.recus().length;
      const reponse = await banc.mailer.envoyer({ ...envoi, jointes: [{ piece, ouvrir: absente }] });
      expect(reponse).toMatchObject({ statut: 0, livree: false, jamais: false });
      expect(await banc.mailer.envoyer({ ...envoi, jointes: [{ piece, ouvrir: rompue }] })).toMatchObject({
        livree: false,
        jamais: false,
      });
      expect(banc.recus()).toHaveLength(avant);
    });

    test('the relay takes mail again after a failure', async () => {
      await banc.regler(250);
      expect(await banc.mailer.envoyer(envoi)).toMatchObject({ livree: true });
    });

    test('a relay that is down is an outcome with status 0, not an exception', async () => {
      await banc.regler(0);
      expect(await banc.mailer.envoyer(envoi)).toMatchObject({ statut: 0, livree: false, jamais: false });
    });
  });
}
