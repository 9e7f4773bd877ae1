import { lookup as resolutionSysteme } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { erreurNotification } from '../../metier/catalogue/notification.ts';

/**
 * The guard against server-side request forgery: a collectivité chooses the URL, so the URL must not be able to
 * reach what only this machine can reach. Two gates, because a `lookup` is never called for an IP literal:
 * the literal is judged before the request, and every address a name resolves to is judged as the connection is made
 * (the address judged is the address used, so a name that changes in between gains nothing).
 */

/** IANA special-purpose registry (RFC 6890 and its updates), and the metadata service of a cloud on a public address. */
const V4_INTERDITS = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];

/** Inside 2000::/3, what is not an ordinary host: Teredo and ORCHID, documentation, 6to4. All the rest is refused. */
const V6_PUBLIC = ['2000::/3'];
const V6_INTERDITS = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
const V6_MAPPE = ['::ffff:0:0/96'];

export interface ConfigGarde {
  readonly http_permis: boolean;
  /** CIDR, single addresses, names; `.exemple.fr` stands for all that ends so. */
  readonly reseaux_permis: readonly string[];
}

export type VerdictUrl =
  | { readonly type: 'permise'; readonly url: URL }
  | { readonly type: 'refusee'; readonly motif: string };

/** The system's resolver, or a test's. */
export type Resolution = (
  nom: string,
  options: { readonly all: true },
  suite: (
    erreur: NodeJS.ErrnoException | null,
    adresses: readonly { readonly address: string; readonly family: number }[],
  ) => void,
) => void;

export interface Garde {
  /** First gate: the URL as written. */
  verifierUrl(texte: string): VerdictUrl;
  /** Second gate: for the `lookup` of the connection. Fails with VGM-NTF-002 when any one address is forbidden. */
  readonly lookup: LookupFunction;
}

type Famille = 'ipv4' | 'ipv6';

function familleDe(adresse: string): Famille {
  return isIP(adresse) === 4 ? 'ipv4' : 'ipv6';
}

function ajouterReseau(liste: BlockList, texte: string): boolean {
  const [adresse = '', masque, ...reste] = texte.split('/');
  const genre = isIP(adresse);
  if (genre === 0 || reste.length > 0) return false;
  const bits = masque === undefined ? (genre === 4 ? 32 : 128) : Number(masque);
  const lisible = masque === undefined || /^[0-9]{1,3}$/.test(masque);
  if (!lisible || bits > (genre === 4 ? 32 : 128)) return false;
  liste.addSubnet(adresse, bits, familleDe(adresse));
  return true;
}

function listeDe(reseaux: readonly string[]): BlockList {
  const liste = new BlockList();
  for (const reseau of reseaux) ajouterReseau(liste, reseau);
  return liste;
}

function sansPointFinal(nom: string): string {
  return nom.toLowerCase().replace(/\.$/, '');
}

interface Permis {
  readonly reseaux: BlockList;
  readonly noms: readonly string[];
}

/** Sorts the allow-list. Throws VGM-NTF-001: a rule nobody can read must not be silently dropped. */
function lirePermis(valeurs: readonly string[]): Permis {
  const reseaux = new BlockList();
  const noms: string[] = [];
  for (const valeur of valeurs) {
    if (ajouterReseau(reseaux, valeur)) continue;
    const lettres = /^\.?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/i.test(valeur);
    // Only digits and dots: a mistyped address, not a name.
    if (!lettres || /^[0-9.]+$/.test(valeur)) throw erreurNotification('VGM-NTF-001', { valeur });
    noms.push(sansPointFinal(valeur));
  }
  return { reseaux, noms };
}

/** @returns whether an address, v4 or v6 in any spelling, may be reached. */
function jugeAdresse(permis: BlockList): (adresse: string) => boolean {
  const v4 = listeDe(V4_INTERDITS);
  const v6Public = listeDe(V6_PUBLIC);
  const v6Interdits = listeDe(V6_INTERDITS);
  const mappe = listeDe(V6_MAPPE);
  return (brute) => {
    const adresse = brute.replace(/%.*$/, '');
    if (isIP(adresse) === 0) return false;
    const famille = familleDe(adresse);
    if (permis.check(adresse, famille)) return true;
    // BlockList unwraps ::ffff:a.b.c.d itself and judges it by the v4 rules.
    if (famille === 'ipv4' || mappe.check(adresse, 'ipv6')) return !v4.check(adresse, famille);
    return v6Public.check(adresse, 'ipv6') && !v6Interdits.check(adresse, 'ipv6');
  };
}

function nomPermis(noms: readonly string[], nom: string): boolean {
  const cherche = sansPointFinal(nom);
  return noms.some((permis) => (permis.startsWith('.') ? cherche.endsWith(permis) : cherche === permis));
}

function faireLookup(
  resoudre: Resolution,
  estPermise: (nom: string, adresse: string) => boolean,
): LookupFunction {
  return (nom, options, suite) => {
    resoudre(nom, { all: true }, (erreur, adresses) => {
      if (erreur !== null) {
        suite(erreur, '', 0);
        return;
      }
      const interdite = adresses.find((a) => !estPermise(nom, a.address));
      const premiere = adresses[0];
      if (interdite !== undefined || premiere === undefined) {
        const adresse = interdite?.address ?? 'aucune';
        suite(erreurNotification('VGM-NTF-002', { nom, adresse }), '', 0);
      } else if (options.all === true) suite(null, [...adresses]);
      else suite(null, premiere.address, premiere.family);
    });
  };
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
  const permis = lirePermis(config.reseaux_permis);
  const adressePermise = jugeAdresse(permis.reseaux);

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
      if (isIP(hote) !== 0 && !adressePermise(hote))
        return refus(
          `L’adresse ${hote} est privée, locale ou réservée : un webhook ne peut viser que l’Internet public, sauf réseau déclaré par l’exploitant.`,
        );
      return { type: 'permise', url };
    },
    lookup: faireLookup(resoudre, (nom, adresse) => nomPermis(permis.noms, nom) || adressePermise(adresse)),
  };
}
