import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { getCACertificates } from 'node:tls';
import { createTransport } from 'nodemailer';
import type { Config } from '../../config/manifest.ts';
import { erreurNotification } from '../../metier/catalogue/notification.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { EnvoiCourriel, ReponseNotification } from '../../ports/notification.ts';
import type { MailerOuvert } from './absent.ts';
import { lireEchecSmtp } from './echecs.ts';

type ConfigCourriel = Config['notification']['courriel'];

export interface DependancesMailer {
  /** Password of the relay, read from `secret_fichier`; null when the relay asks none. */
  readonly secret: string | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Throws VGM-NTF-003. */
function lireAutorites(fichier: string): string[] | undefined {
  if (fichier === '') return undefined;
  try {
    return [...getCACertificates('default'), readFileSync(fichier, 'utf8')];
  } catch (origine) {
    throw erreurNotification('VGM-NTF-003', { fichier }, origine);
  }
}

/**
 * Opportunistic TLS (RFC 7435) takes any certificate, since its fallback is clear text; but a password never
 * leaves on such a line: with an account, STARTTLS and a valid certificate become mandatory.
 */
function optionsTls(config: ConfigCourriel) {
  const ca = lireAutorites(config.autorites);
  const base = ca === undefined ? {} : { ca };
  const mode = config.tls === 'opportuniste' && config.utilisateur !== '' ? 'starttls' : config.tls;
  switch (mode) {
    case 'tls':
      return { secure: true, tls: base };
    case 'starttls':
      return { secure: false, requireTLS: true, tls: base };
    case 'opportuniste':
      return { secure: false, opportunisticTLS: true, tls: { ...base, rejectUnauthorized: false } };
    case 'aucun':
      return { secure: false, ignoreTLS: true };
    default:
      return mode satisfies never;
  }
}

function creerTransporteur(config: ConfigCourriel, secret: string | null) {
  const compte = config.utilisateur === '' ? {} : { auth: { user: config.utilisateur, pass: secret ?? '' } };
  return createTransport({
    pool: true,
    host: config.hote,
    port: config.port,
    maxConnections: 3,
    // Attachments are streams: nodemailer must not send a message again by itself, its streams are spent.
    maxRequeues: 0,
    idleTimeout: 30_000,
    connectionTimeout: 30_000,
    greetingTimeout: 30_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...optionsTls(config),
    ...compte,
  });
}

/** Opens every attachment into `ouverts`, so that the caller can close them whatever happens. */
async function ouvrirJointes(envoi: EnvoiCourriel, ouverts: Readable[]) {
  const jointes = [];
  for (const { piece, ouvrir } of envoi.jointes) {
    const content = await ouvrir();
    ouverts.push(content);
    jointes.push({ filename: piece.nom, contentType: piece.type, content });
  }
  return jointes;
}

/** Sends through the operator's SMTP relay. Throws VGM-NTF-003 at creation only. */
export function creerMailer(config: ConfigCourriel, deps: DependancesMailer): MailerOuvert {
  const { clock, log } = deps;
  const transporteur = creerTransporteur(config, deps.secret);

  const tenter = async (envoi: EnvoiCourriel): Promise<Omit<ReponseNotification, 'duree'>> => {
    const ouverts: Readable[] = [];
    try {
      const info = await transporteur.sendMail({
        from: config.expediteur,
        // As an object: an address with a comma must not become two recipients.
        to: { name: '', address: envoi.a },
        messageId: envoi.messageId,
        date: new Date(clock.now()),
        subject: envoi.objet,
        text: envoi.texte,
        // RFC 3834: no out-of-office reply to a program.
        headers: { 'Auto-Submitted': 'auto-generated' },
        attachments: await ouvrirJointes(envoi, ouverts),
      });
      return { statut: Number(info.response.slice(0, 3)), livree: true, jamais: false, motif: 'remis' };
    } catch (origine) {
      return lireEchecSmtp(origine);
    } finally {
      for (const flux of ouverts) flux.destroy();
    }
  };

  return {
    envoyer: async (envoi) => {
      const debut = clock.now();
      const reponse = await tenter(envoi);
      const duree = Math.max(0, clock.now() - debut);
      log.info('courriel', {
        messageId: envoi.messageId,
        statut: reponse.statut,
        livree: reponse.livree,
        duree,
      });
      return { ...reponse, duree };
    },
    sonder: async () => {
      try {
        await transporteur.verify();
        return { joignable: true, detail: `${config.hote}:${config.port} répond et accepte le compte` };
      } catch (origine) {
        return { joignable: false, detail: lireEchecSmtp(origine).motif };
      }
    },
    fermer: async () => transporteur.close(),
  };
}
