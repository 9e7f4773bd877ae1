import { type Der, ErreurDer, lireDer, membres, parcourir, Curseur, TAG } from './der.ts';
import { hex, lireOid, lireTexte } from './der-valeurs.ts';

/** Distinguished names: how people read them (RFC 2253) and when two are the same (RFC 5280 § 7.1). */

/** The attribute names of RFC 2253 § 2.3. Any other one is written as its OID and its DER, as XML signatures need. */
const ATTRIBUTS: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
]);

export interface Nom {
  /** RFC 2253, last component first. */
  readonly texte: string;
  readonly der: Uint8Array;
  /** Equal for names that are the same in the sense of RFC 5280 § 7.1. */
  readonly cle: string;
}

interface Attribut {
  readonly oid: string;
  readonly valeur: Der;
  readonly texte: string | undefined;
}

export function lireNom(der: Der): Nom {
  const rdns: Attribut[][] = [];
  for (const rdn of parcourir(lireDer(der.brut, TAG.sequence))) {
    const attributs = membres(lireDer(rdn.brut, TAG.ensemble)).map(lireAttribut);
    if (attributs.length === 0) throw new ErreurDer('nom vide');
    rdns.push(attributs);
  }
  return {
    texte: rdns
      .toReversed()
      .map((rdn) => rdn.map(ecrire).join('+'))
      .join(','),
    der: der.brut,
    cle: JSON.stringify(rdns.map((rdn) => rdn.map(comparable).toSorted())),
  };
}

function lireAttribut(der: Der): Attribut {
  const c = new Curseur(der);
  const oid = lireOid(c.prendre());
  const valeur = c.prendre();
  c.finir();
  return { oid, valeur, texte: lireTexte(valeur) };
}

function ecrire({ oid, valeur, texte }: Attribut): string {
  const nom = ATTRIBUTS.get(oid);
  return nom === undefined || texte === undefined
    ? `${nom ?? oid}=#${hex(valeur.brut)}`
    : `${nom}=${echapper(texte)}`;
}

/** RFC 2253 § 2.4; control characters as `\XX` so that a name never breaks a line. */
function echapper(texte: string): string {
  return (
    texte
      .replaceAll(/[,+"\\<>;]/g, '\\$&')
      .replace(/^[# ]/, '\\$&')
      .replace(/(?<!\\) $/, '\\ ')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\x00-\x1f\x7f]/g, (c) => `\\${hex(Buffer.from(c)).toUpperCase()}`)
  );
}

function comparable({ oid, valeur, texte }: Attribut): string {
  const nu = texte?.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
  return `${oid}=${nu ?? `#${hex(valeur.brut)}`}`;
}
