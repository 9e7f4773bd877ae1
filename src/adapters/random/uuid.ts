import type { Clock } from '../../ports/clock.ts';

const COMPTEUR_MAX = 0xfff;

/**
 * UUIDv7 (RFC 9562 § 5.7), strictly increasing: the 12 bits after the time count the identifiers of the same
 * millisecond (§ 6.2, method 1), and a clock set back does not take them back.
 * @param hasard gives `n` random bytes in hexadecimal.
 */
export function creerUuid7(clock: Clock, hasard: (n: number) => string): () => string {
  let dernier = -1;
  let compteur = 0;
  return () => {
    const maintenant = clock.now();
    if (maintenant > dernier) {
      dernier = maintenant;
      // Starts in the lower half, so that many more fit in the same millisecond.
      compteur = Number.parseInt(hasard(2), 16) & 0x7ff;
    } else if (compteur < COMPTEUR_MAX) {
      compteur += 1;
    } else {
      dernier += 1;
      compteur = 0;
    }
    const temps = dernier.toString(16).padStart(12, '0');
    const rang = compteur.toString(16).padStart(3, '0');
    const alea = hasard(8);
    const variante = ((Number.parseInt(alea.slice(0, 1), 16) & 0x3) | 0x8).toString(16);
    return `${temps.slice(0, 8)}-${temps.slice(8)}-7${rang}-${variante}${alea.slice(1, 4)}-${alea.slice(4)}`;
  };
}
