import { type Appel, chaines, descripteurs } from './appels.ts';
import type { Marque } from './marques.ts';

/** What the world knew, and since which line of the recording. */
export interface Fait {
  readonly rang: number;
  readonly marque: Marque;
}

const MARQUE = 'MARQUE ';
/** An answer of the daemon that names a flux: told as soon as its first byte may have left. */
const REPONSE = /^HTTP\/1\.1 20[01] [^]*"flux":\{"id":"([0-9a-f-]{36})"/;

export class Faits {
  readonly tous: Fait[] = [];

  voir(appel: Appel): void {
    if (appel.nom !== 'write' && appel.nom !== 'writev') return;
    const [chemin = ''] = descripteurs(appel);
    const marquee = chemin === '/dev/null';
    if (!marquee && !chemin.startsWith('socket:')) return;
    const texte = Buffer.concat(chaines(appel)).toString('utf8');
    if (marquee && texte.startsWith(MARQUE)) {
      const marque = JSON.parse(texte.slice(MARQUE.length)) as Marque;
      this.tous.push({ rang: appel.debut, marque });
    }
    const flux = marquee ? undefined : REPONSE.exec(texte)?.[1];
    if (flux !== undefined) this.tous.push({ rang: appel.debut, marque: { quoi: 'accuse', flux } });
  }

  /** What was known when the power went. */
  avant(rang: number): readonly Marque[] {
    return this.tous.filter((f) => f.rang <= rang).map((f) => f.marque);
  }
}
