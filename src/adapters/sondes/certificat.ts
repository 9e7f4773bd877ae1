import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../ports/clock.ts';
import type { Constat, Sonde } from '../../ports/sonde.ts';

const JOUR = 86_400_000;
/** Renewal of a client certificate takes weeks: said early. Days. */
const PREAVIS = 45;

export interface CertificatSuivi {
  readonly nom: string;
  readonly fichier: string;
  /** PEM that the daemon took at its start and still uses; null when it uses none. */
  readonly enMemoire: string | null;
  /** How to get another, in French. */
  readonly renouveler?: string;
}

type Jugement = Pick<Constat, 'etat' | 'detail'>;

/** May it serve now, and for how long? */
export function jugerValidite(certificat: X509Certificate, clock: Clock): Jugement {
  const restant = certificat.validToDate.getTime() - clock.now();
  if (restant <= 0) return { etat: 'panne', detail: 'expiré' };
  if (certificat.validFromDate.getTime() > clock.now()) {
    return { etat: 'panne', detail: 'pas encore valable' };
  }
  const jours = Math.floor(restant / JOUR);
  const detail = `expire dans ${jours} jour${jours > 1 ? 's' : ''}`;
  return { etat: jours < PREAVIS ? 'attention' : 'bon', detail };
}

function remedeDe({ etat }: Jugement, renouveler: string | undefined): string {
  if (etat === 'bon') return '';
  if (renouveler !== undefined) return renouveler;
  return etat === 'panne'
    ? 'Installer un certificat en cours de validité, puis redémarrer.'
    : 'Demander son renouvellement dès maintenant.';
}

async function lire(fichier: string): Promise<X509Certificate | null> {
  try {
    return new X509Certificate(await readFile(fichier));
  } catch {
    return null;
  }
}

/** End of validity of a certificate: of the one in use, and of the one of the file when it is another. */
export function sondeCertificat(suivi: CertificatSuivi, clock: Clock): Sonde {
  const { fichier, enMemoire, renouveler } = suivi;
  const sujet = `certificat ${suivi.nom}`;
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const duFichier = await lire(fichier);
      if (duFichier === null) {
        const remede = 'Vérifier le chemin et les droits du fichier : sans lui, le démon ne redémarrera pas.';
        return { sujet, etat: 'panne', detail: `illisible : ${fichier}`, remede };
      }
      const employe = enMemoire === null ? duFichier : new X509Certificate(enMemoire);
      const jugement = jugerValidite(employe, clock);
      if (employe.fingerprint256 === duFichier.fingerprint256) {
        return { sujet, ...jugement, remede: remedeDe(jugement, renouveler) };
      }
      const neuf = jugerValidite(duFichier, clock);
      return {
        sujet,
        etat: jugement.etat === 'panne' ? 'panne' : 'attention',
        detail: `celui en service : ${jugement.detail} ; le fichier en porte un autre : ${neuf.detail}`,
        remede:
          neuf.etat === 'panne'
            ? 'Ne pas redémarrer : remettre d’abord un certificat en cours de validité dans le fichier.'
            : 'Redémarrer pour prendre le nouveau certificat.',
      };
    },
  };
}
