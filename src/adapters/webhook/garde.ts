import { lookup as resolutionSysteme } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { creerFiltre, type Resolution } from '../../formats/reseau/adresses.ts';
import { erreurNotification } from '../../metier/catalogue/notification.ts';

/**
 * The guard against server-side request forgery: a collectivité chooses the URL, so the URL must not be able to
 * reach what only this machine can reach. Two gates, because a `lookup` is never called for an IP literal:
 * the literal is judged before the request, and every address a name resolves to is judged as the connection is made
 * (the address judged is the address used, so a name that changes in between gains nothing).
 */

export interface ConfigGarde {
  readonly http_permis: boolean;
  /** CIDR, single addresses, names; `.exemple.fr` stands for all that ends so. */
  readonly reseaux_permis: readonly string[];
}

export type VerdictUrl =
  | { readonly type: 'permise'; readonly url: URL }
  | { readonly type: 'refusee'; readonly motif: string };

export interface Garde {
  /** First gate: the URL as written. */
  verifierUrl(texte: string): VerdictUrl;
  /** Second gate: for the `lookup` of the connection. Fails with VGM-NTF-002 when any one address is forbidden. */
  readonly lookup: LookupFunction;
}

function refus(motif: string): VerdictUrl {
  return { type: 'refusee', motif };
}

/**
 * @param resoudre the system's resolver by default.
 * @throws VGM-NTF-001 when the allow-list cannot be read.
 */
export function creerGarde(
  config: ConfigGarde,
  resoudre: Resolution = resolutionSysteme as Resolution,
): Garde {
  const filtre = creerFiltre(config.reseaux_permis, {
    resoudre,
    refuser: (nom, adresse) => erreurNotification('VGM-NTF-002', { nom, adresse }),
  });
  if ('illisible' in filtre) throw erreurNotification('VGM-NTF-001', { valeur: filtre.illisible });

  return {
    verifierUrl(texte) {
      // WHATWG parsing turns 2130706433, 0x7f.1 or full-width digits into 127.0.0.1 before we look.
      const url = URL.canParse(texte) ? new URL(texte) : undefined;
      if (url === undefined) return refus('L’adresse du webhook n’est pas une URL valide.');
      if (url.protocol !== 'https:' && !(url.protocol === 'http:' && config.http_permis))
        return refus('L’adresse du webhook doit commencer par « https:// ».');
      if (url.username !== '' || url.password !== '')
        return refus('L’adresse du webhook ne doit contenir ni identifiant ni mot de passe.');
      const hote = url.hostname.replace(/^\[|\]$/g, '');
      if (isIP(hote) !== 0 && !filtre.adressePermise(hote))
        return refus(
          `L’adresse ${hote} est privée, locale ou réservée : un webhook ne peut viser que l’Internet public, sauf réseau déclaré par l’exploitant.`,
        );
      return { type: 'permise', url };
    },
    lookup: filtre.lookup,
  };
}
