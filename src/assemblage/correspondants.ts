import { ouvrirClamd } from '../adapters/antivirus/clamd.ts';
import { creerMailerAbsent, type MailerOuvert } from '../adapters/mailer/absent.ts';
import { ouvrirPasserelles, type PasserelleOuverte } from '../adapters/passerelle/ouvrir.ts';
import { ouvrirRevocation, type RevocationReglee } from '../adapters/revocation/ouvrir.ts';
import { type ClesOuvertes, ouvrirCles } from '../adapters/signataire/cles.ts';
import { type GuichetMinistere, ouvrirGuichetMinistere } from '../adapters/transport/ouvrir.ts';
import { creerWebhook } from '../adapters/webhook/https.ts';
import { lireReglage } from '../config/fichiers.ts';
import type { Config } from '../config/manifest.ts';
import type { Base } from './base.ts';

/** All that the daemon talks to: the State, the keys, revocation, the antivirus, those who are told. */

export interface Correspondants {
  readonly guichet: GuichetMinistere | null;
  readonly passerelles: readonly PasserelleOuverte[];
  readonly cles: ClesOuvertes;
  readonly revocation: RevocationReglee;
  readonly antivirus: ReturnType<typeof ouvrirClamd> | null;
  readonly webhook: ReturnType<typeof creerWebhook>;
  readonly mailer: MailerOuvert;
}

export async function ouvrirCorrespondants(base: Base): Promise<Correspondants> {
  const { clock, log, version } = base;
  const { actes, helios, antivirus, notification } = base.config;
  const { webhook, courriel } = notification;
  return {
    guichet: await ouvrirGuichetMinistere(actes.ministere, { log, clock }),
    passerelles: await ouvrirPasserelles(helios, { clock }),
    cles: await ouvrirCles(base.config, { clock }),
    revocation: ouvrirRevocation(base.config.confiance.revocation, { clock, random: base.random, log }),
    antivirus: antivirus.type === 'clamd' ? ouvrirClamd(antivirus) : null,
    webhook: creerWebhook(webhook, { clock, log, version }),
    mailer: await ouvrirMailer(courriel, { clock, log }),
  };
}

/** Throws VGM-NTF-003. */
async function ouvrirMailer(
  courriel: Config['notification']['courriel'],
  outils: Pick<Base, 'clock' | 'log'>,
): Promise<MailerOuvert> {
  if (courriel.hote === '') return creerMailerAbsent();
  const secret = await lireReglage('notification.courriel.secret_fichier', courriel.secret_fichier);
  // A daemon that sends no mail does not load what writes them.
  const { creerMailer } = await import('../adapters/mailer/smtp.ts');
  return creerMailer(courriel, { ...outils, secret: secret.trimEnd() });
}

export async function fermerCorrespondants(c: Correspondants): Promise<void> {
  const passerelles = c.passerelles.map(({ passerelle }) => passerelle.fermer());
  await Promise.all([
    c.guichet?.transport.fermer(),
    c.webhook.fermer(),
    c.mailer.fermer(),
    c.cles.fermer(),
    c.revocation.revocation?.fermer(),
    ...passerelles,
  ]);
}

export function confianceDe(base: Base, c: Correspondants, emploi: 'pes' | 'actes') {
  return { magasin: base.confiance.juge(emploi), ...c.revocation, politiques: base.confiance.politiques };
}
