import type { ReponseNotification } from '../../ports/notification.ts';

/** Facts of a failure as nodemailer gives them: its code, the command of the dialogue, the code of the relay. */
interface FaitsSmtp {
  readonly code: string;
  readonly commande: string;
  readonly statut: number;
  /** RFC 3463, `5.1.1`; empty when the relay gives none. */
  readonly detaille: string;
}

function texte(valeur: unknown): string {
  return typeof valeur === 'string' ? valeur : '';
}

function lireFaits(origine: unknown): FaitsSmtp {
  const champ = (nom: string): unknown =>
    typeof origine === 'object' && origine !== null ? Reflect.get(origine, nom) : undefined;
  const statut = champ('responseCode');
  return {
    code: texte(champ('code')),
    commande: texte(champ('command')),
    statut: typeof statut === 'number' ? statut : 0,
    detaille: /^[245][0-9]{2}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})\b/.exec(texte(champ('response')))?.[1] ?? '',
  };
}

/**
 * Enhanced codes that refuse the moment, the relay or the sender, not the mailbox: 5.2.2 full, 5.3 system, 5.4 routing,
 * 5.7 policy (« relay denied »). The operator or the recipient can put those right within the schedule.
 */
function viseLaBoite(detaille: string): boolean {
  return detaille === '' || /^5\.(0\.0|1\.|2\.[0134])/.test(detaille);
}

const MOTIFS: Readonly<Record<string, string>> = {
  ECONNECTION: 'Le relais de courriel ne répond pas ou a coupé la connexion.',
  ECONNREFUSED: 'Le relais de courriel refuse la connexion. L’exploitant vérifie son adresse et son port.',
  ESOCKET: 'Le relais de courriel ne répond pas ou a coupé la connexion.',
  ETIMEDOUT: 'Le relais de courriel ne répond pas à temps.',
  EDNS: 'Le nom du relais de courriel est introuvable. L’exploitant vérifie notification.courriel.hote.',
  EAUTH: 'Le relais de courriel refuse le compte. L’exploitant vérifie l’utilisateur et le mot de passe.',
  ETLS: 'Le relais de courriel n’établit pas de connexion TLS valable. L’exploitant vérifie le réglage « tls » et le certificat.',
  EENVELOPE: 'L’adresse du destinataire ou de l’expéditeur n’est pas une adresse de courriel valide.',
  ESTREAM: 'Une pièce jointe n’a pas pu être lue.',
};

function motifDe(faits: FaitsSmtp): string {
  const detail = faits.detaille === '' ? '' : ` ${faits.detaille}`;
  const phrase = MOTIFS[faits.code];
  if (faits.statut === 0) return phrase ?? 'Le courriel n’a pas pu être remis au relais.';
  if (faits.code === 'EAUTH' && phrase !== undefined) return phrase;
  if (faits.commande === 'RCPT TO')
    return `Le relais refuse le destinataire (SMTP ${faits.statut}${detail}). Vérifier l’adresse de courriel.`;
  return `Le relais n’a pas pris le courriel (SMTP ${faits.statut}${detail}).`;
}

/** What a failed sending means. The words of the relay are not repeated: they often quote addresses. */
export function lireEchecSmtp(origine: unknown): Omit<ReponseNotification, 'duree'> {
  const faits = lireFaits(origine);
  const jamais = faits.commande === 'RCPT TO' && faits.statut >= 500 && viseLaBoite(faits.detaille);
  return { statut: faits.statut, livree: false, jamais, motif: motifDe(faits) };
}
