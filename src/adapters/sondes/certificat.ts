import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Clock } from '../../ports/clock.ts';
import type { Constat, Sonde } from '../../ports/sonde.ts';

const JOUR = 86_400_000;
/** Renewal of a client certificate takes weeks: said early. Days. */
const PREAVIS = 45;

function constat(sujet: string, restant: number): Constat {
  const jours = Math.floor(restant / JOUR);
  if (restant <= 0) {
    return {
      sujet,
      etat: 'panne',
      detail: 'expiré',
      remede: 'Installer un certificat en cours de validité.',
    };
  }
  const pluriel = jours > 1 ? 's' : '';
  const etat = jours < PREAVIS ? 'attention' : 'bon';
  return {
    sujet,
    etat,
    detail: `expire dans ${jours} jour${pluriel}`,
    remede: etat === 'bon' ? '' : 'Demander son renouvellement dès maintenant.',
  };
}

/** End of validity of a PEM certificate file. */
export function sondeCertificat(nom: string, fichier: string, clock: Clock): Sonde {
  const sujet = `certificat ${nom}`;
  return {
    sujet,
    sonder: async () => {
      try {
        const certificat = new X509Certificate(await readFile(fichier));
        return constat(sujet, certificat.validToDate.getTime() - clock.now());
      } catch {
        return {
          sujet,
          etat: 'panne',
          detail: `illisible : ${fichier}`,
          remede: 'Vérifier le chemin et les droits du fichier.',
        };
      }
    },
  };
}
