import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Which addresses a URL written by somebody else may lead to. Two gates, because a `lookup` is never called for an IP
 * literal: the literal is judged before the request, and every address a name resolves to is judged as the connection
 * is made (the address judged is the address used, so a name that changes in between gains nothing).
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

/** Sorts the allow-list. @returns the first rule that nobody can read, instead: it must not be silently dropped. */
function lirePermis(valeurs: readonly string[]): Permis | { readonly illisible: string } {
  const reseaux = new BlockList();
  const noms: string[] = [];
  for (const valeur of valeurs) {
    if (ajouterReseau(reseaux, valeur)) continue;
    const lettres = /^\.?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$/i.test(valeur);
    // Only digits and dots: a mistyped address, not a name.
    if (!lettres || /^[0-9.]+$/.test(valeur)) return { illisible: valeur };
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

/** The system's resolver, or a test's. */
export type Resolution = (
  nom: string,
  options: { readonly all: true },
  suite: (
    erreur: NodeJS.ErrnoException | null,
    adresses: readonly { readonly address: string; readonly family: number }[],
  ) => void,
) => void;

export interface OptionsFiltre {
  readonly resoudre: Resolution;
  /** What the connection fails with when a name leads to a forbidden address. */
  readonly refuser: (nom: string, adresse: string) => Error;
}

export interface Filtre {
  /** First gate: an IP literal. */
  readonly adressePermise: (adresse: string) => boolean;
  /** Second gate: for the `lookup` of the connection. It fails when any one address is forbidden. */
  readonly lookup: LookupFunction;
}

function faireLookup(
  { resoudre, refuser }: OptionsFiltre,
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
        suite(refuser(nom, adresse), '', 0);
      } else if (options.all === true) suite(null, [...adresses]);
      else suite(null, premiere.address, premiere.family);
    });
  };
}

/**
 * @param permis CIDR, single addresses, names; `.exemple.fr` stands for all that ends so.
 * @returns the filter, or the rule of `permis` that nobody can read.
 */
export function creerFiltre(
  permis: readonly string[],
  options: OptionsFiltre,
): Filtre | { readonly illisible: string } {
  const lus = lirePermis(permis);
  if ('illisible' in lus) return lus;
  const adressePermise = jugeAdresse(lus.reseaux);
  const estPermise = (nom: string, adresse: string): boolean =>
    nomPermis(lus.noms, nom) || adressePermise(adresse);
  return { adressePermise, lookup: faireLookup(options, estPermise) };
}
