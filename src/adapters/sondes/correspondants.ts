import { connect } from 'node:net';
import type { Clock } from '../../ports/clock.ts';
import type { Constat, Sondable, Sonde } from '../../ports/sonde.ts';

const JOUR = 86_400_000;
/** Signatures come out every day; days. */
const AGE_SIGNATURES = 7;
/** Longest silence of our own door, milliseconds. */
const SILENCE = 8_000;

/** `ClamAV 1.4.3/27800/Mon Mar  2 09:24:33 2026`: age in days of the signatures; null when clamd hides them. */
function ageSignatures(version: string, clock: Clock): number | null {
  const date = Date.parse(/\/[0-9]+\/(.+)$/.exec(version)?.[1] ?? '');
  return Number.isNaN(date) ? null : Math.floor((clock.now() - date) / JOUR);
}

/** @param antivirus null when none is configured: the pieces leave unread, and people must know it. */
export function sondeAntivirus(antivirus: Sondable | null, clock: Clock): Sonde {
  const sujet = 'antivirus';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      if (antivirus === null) {
        const remede = 'Régler « antivirus.type » et « antivirus.adresse ».';
        return {
          sujet,
          etat: 'attention',
          detail: 'aucun : les pièces partent sans être analysées',
          remede,
        };
      }
      const { joignable, detail } = await antivirus.sonder();
      if (!joignable) {
        const remede =
          'Redémarrer clamd, ou corriger « antivirus.adresse » ; les actes déposés attendent, et avanceront seuls.';
        return { sujet, etat: 'panne', detail, remede };
      }
      const age = ageSignatures(detail, clock);
      if (age === null || age < AGE_SIGNATURES) return { sujet, etat: 'bon', detail, remede: '' };
      const remede = 'Vérifier freshclam : il ne met plus les signatures à jour.';
      return { sujet, etat: 'attention', detail: `${detail} : signatures vieilles de ${age} jours`, remede };
    },
  };
}

export function sondeRelais(relais: Sondable): Sonde {
  const sujet = 'relais de courriel';
  return {
    sujet,
    sonder: async (): Promise<Constat> => {
      const { joignable, detail } = await relais.sonder();
      const remede = joignable
        ? ''
        : 'Vérifier le relais, et les réglages sous « notification.courriel » ; les courriels dus attendent.';
      return { sujet, etat: joignable ? 'bon' : 'panne', detail, remede };
    },
  };
}

/** What a client on this machine must aim at: the « any » addresses are not destinations. */
function viser(adresse: string): { readonly host: string; readonly port: number } {
  const deux = adresse.lastIndexOf(':');
  const host = adresse.slice(0, deux).replace(/^\[|\]$/g, '');
  const proche = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host];
  return { host: proche ?? host, port: Number(adresse.slice(deux + 1)) };
}

/** First line of the door, `220 …`; empty when it says nothing. */
async function saluer(adresse: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const prise = connect(viser(adresse));
  prise.setEncoding('utf8').setTimeout(SILENCE, () => prise.destroy());
  prise.on('error', () => resolve(''));
  prise.once('close', () => resolve(''));
  prise.once('data', (salut: string) => {
    resolve(salut.split('\r\n')[0] ?? '');
    prise.end('QUIT\r\n').resume();
  });
  return promise;
}

/** @param adresse where the embedded SMTP receiver listens; null until it does. */
export function sondeRecepteur(adresse: () => string | null): Sonde {
  const sujet = 'récepteur SMTP';
  const panne = (detail: string): Constat => ({
    sujet,
    etat: 'panne',
    detail,
    remede: 'Redémarrer le démon ; vérifier « adresse » et « port » sous « reception.smtp » et le pare-feu.',
  });
  return {
    sujet,
    sonder: async () => {
      const ou = adresse();
      if (ou === null) return panne('n’écoute pas encore');
      const salut = await saluer(ou);
      if (salut === '') return panne(`ne répond pas sur ${ou}`);
      if (!salut.startsWith('220')) return panne(`${ou} ne prend pas de courriel : ${salut}`);
      return { sujet, etat: 'bon', detail: `écoute sur ${ou}`, remede: '' };
    },
  };
}
