import { lireDer } from '../certificats/der.ts';
import { lireTexte } from '../certificats/der-valeurs.ts';
import type { Nom } from '../certificats/nommage.ts';

/** Names of authorities as signatures write them (RFC 2253, RFC 1779, and the habits of each library). */

export type AvisEmetteur = 'meme' | 'inverse' | 'autre' | 'incomparable';

/** Keywords in upper case. Those of RFC 2253, then what OpenSSL, Java and .NET write. */
const OIDS: ReadonlyMap<string, string> = new Map([
  ['CN', '2.5.4.3'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['S', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['T', '2.5.4.12'],
  ['TITLE', '2.5.4.12'],
  ['SN', '2.5.4.4'],
  ['SURNAME', '2.5.4.4'],
  ['GN', '2.5.4.42'],
  ['G', '2.5.4.42'],
  ['GIVENNAME', '2.5.4.42'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['DNQ', '2.5.4.46'],
  ['DNQUALIFIER', '2.5.4.46'],
  ['ORGANIZATIONIDENTIFIER', '2.5.4.97'],
  ['POSTALCODE', '2.5.4.17'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['E', '1.2.840.113549.1.9.1'],
  ['EMAIL', '1.2.840.113549.1.9.1'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
]);

/** Cuts at a separator that is neither escaped nor quoted. */
function couper(texte: string, separateurs: string): string[] {
  const parts: string[] = [''];
  let entreGuillemets = false;
  for (let i = 0; i < texte.length; i += 1) {
    const c = texte[i] ?? '';
    if (c === '\\') {
      parts.push(`${parts.pop() ?? ''}${c}${texte[i + 1] ?? ''}`);
      i += 1;
    } else if (!entreGuillemets && separateurs.includes(c)) parts.push('');
    else {
      if (c === '"') entreGuillemets = !entreGuillemets;
      parts.push(`${parts.pop() ?? ''}${c}`);
    }
  }
  return parts;
}

/** Value of an attribute, escapes undone (RFC 2253 § 3). */
function valeurDe(brute: string): string {
  const taillee = brute.replace(/^\s+/, '').replace(/(?<!\\)\s+$/, '');
  if (taillee.startsWith('#')) return depuisHexa(taillee.slice(1)) ?? taillee;
  const nue = /^"(.*)"$/s.exec(taillee)?.[1] ?? taillee;
  const octets = nue.replace(/(?:\\[0-9A-Fa-f]{2})+/g, (suite) =>
    Buffer.from(suite.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
  return octets.replace(/\\(.)/gs, '$1');
}

/** A value given as the hexadecimal of its DER. */
function depuisHexa(hexa: string): string | null {
  if (!/^(?:[0-9A-Fa-f]{2})+$/.test(hexa)) return null;
  try {
    return lireTexte(lireDer(Buffer.from(hexa, 'hex'))) ?? null;
  } catch {
    return null;
  }
}

/** One `oid=value`, written as `Nom.cle` writes it; null when the keyword is unknown. */
function attribut(texte: string): string | null {
  const egal = texte.indexOf('=');
  const mot = texte.slice(0, egal).trim();
  const nu = mot.replace(/^OID\./i, '');
  const oid = /^\d+(?:\.\d+)+$/.test(nu) ? nu : OIDS.get(mot.toUpperCase());
  if (egal < 1 || oid === undefined) return null;
  const valeur = valeurDe(texte.slice(egal + 1));
  return `${oid}=${valeur.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()}`;
}

/** Compares a name as written in a signature with the one of the certificate (RFC 5280 § 7.1). */
export function comparerEmetteur(ecrit: string, nom: Nom): AvisEmetteur {
  const rdns: string[][] = [];
  for (const rdn of couper(ecrit, ',;')) {
    const lus = couper(rdn, '+').map(attribut);
    if (lus.includes(null)) return 'incomparable';
    rdns.push(lus.flatMap((a) => a ?? []).toSorted());
  }
  // RFC 2253 writes the last component first
  if (JSON.stringify(rdns.toReversed()) === nom.cle) return 'meme';
  return JSON.stringify(rdns) === nom.cle ? 'inverse' : 'autre';
}
