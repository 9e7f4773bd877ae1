import { createHash, createPrivateKey, sign } from 'node:crypto';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { Canonisation } from '../../../../src/formats/xml/c14n/canonisation.ts';
import type { Cible } from '../../../../src/formats/xml/c14n/cible.ts';

/** The tools of the forger: what a hostile person who knows the formats, or even holds a key, can do to a signed file. */

/** A signed file cut where an attacker cuts it. */
export interface Parties {
  /** Before the first bordereau, that bordereau without its signature (up to its end tag), the end tag, what follows. */
  readonly avant: string;
  readonly bordereau: string;
  readonly signature: string;
  readonly fin: string;
  readonly apres: string;
}

export function couper(texte: string): Parties {
  const debut = texte.indexOf('<Bordereau ');
  const sig = texte.indexOf('<ds:Signature ', debut);
  const finSig = texte.indexOf('</ds:Signature>', sig) + '</ds:Signature>'.length;
  const fin = texte.indexOf('</Bordereau>', finSig) + '</Bordereau>'.length;
  return {
    avant: texte.slice(0, debut),
    bordereau: texte.slice(debut, sig),
    signature: texte.slice(sig, finSig),
    fin: texte.slice(finSig, fin),
    apres: texte.slice(fin),
  };
}

export const assembler = (p: Parties, change: Partial<Parties> = {}): string => {
  const { avant, bordereau, signature, fin, apres } = { ...p, ...change };
  return avant + bordereau + signature + fin + apres;
};

/** The money goes elsewhere. */
export const detourner = (texte: string): string =>
  texte.replaceAll('FR7630001007941234567890185', 'FR7699999999999999999999999');

interface Forme extends Cible {
  readonly rang: number;
}

/** Canonical bytes of each element chosen, in the order of their start tags. */
export function canoniques(texte: string, local: string, sansSignature = false): Buffer[] {
  const formes: Buffer[][] = [];
  const analyseur = new AnalyseurXml(
    new Canonisation<Forme>({
      choisir: (balise, { noms }) => {
        if (noms.localDe(balise.nom) !== local) return null;
        const blocs: Buffer[] = [];
        const rang = formes.push(blocs) - 1;
        return {
          mode: 'exclusive',
          sansSignature,
          rang,
          puits: [{ update: (o) => blocs.push(Buffer.from(o)) }],
        };
      },
      termine: () => undefined,
    }),
    { ids: 'libres' },
  );
  analyseur.ecrire(Buffer.from(texte, 'latin1'));
  analyseur.finir();
  return formes.map((blocs) => Buffer.concat(blocs));
}

export const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('base64');

/** Makes the first SignatureValue right for its SignedInfo again: the forger holds a key. */
export function resigner(texte: string, cle: Buffer): string {
  const [info] = canoniques(texte, 'SignedInfo');
  const valeur = sign('sha256', info ?? Buffer.alloc(0), createPrivateKey(cle)).toString('base64');
  return texte.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, `$1${valeur}`);
}

/** Makes the digests of the first bordereau and of the first SignedProperties right again, then the value. */
export function toutRefaire(texte: string, cle: Buffer): string {
  const [contenu] = canoniques(texte, 'Bordereau', true);
  const [proprietes] = canoniques(texte, 'SignedProperties');
  let rang = 0;
  const bons = [contenu, proprietes].map((o) => sha256(o ?? Buffer.alloc(0)));
  const refait = texte.replace(
    /(<ds:DigestMethod [^>]*><\/ds:DigestMethod><ds:DigestValue>)[^<]*/g,
    (tout, tete: string) => {
      const bon = bons[rang];
      rang += 1;
      return bon === undefined ? tout : tete + bon;
    },
  );
  return resigner(refait, cle);
}
