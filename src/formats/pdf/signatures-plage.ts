import { Cahier } from '../certificats/cahier.ts';
import { Analyseur } from './analyseur.ts';
import type { DocumentPdf } from './document.ts';
import { enEntier, type ObjetPdf } from './objets.ts';
import { PDS } from './signatures-constats.ts';

/** A signature dictionary where it stands in the file, and whether what it covers is all but its own value (12.8.1). */

/** [debut, fin[ twice. */
export interface Plage {
  /** The first range begins the file. */
  readonly coupure: number;
  readonly reprise: number;
  readonly fin: number;
}

export interface DictionnaireSitue {
  readonly entrees: ReadonlyMap<
    string,
    { readonly objet: ObjetPdf; readonly debut: number; readonly fin: number }
  >;
  readonly fin: number;
}

/**
 * The dictionary of an indirect object, with the place of each of its values in the file.
 * @returns French reason when it cannot be: two readers could then see two signatures.
 */
export function situer(document: DocumentPdf, numero: number): DictionnaireSitue | string {
  const entree = document.references.chercher(numero);
  if (entree.type !== 'place') return 'il n’est pas un objet à part';
  const a = new Analyseur(document.octets, entree.position + document.references.origine);
  if (a.mot() !== String(numero) || !/^[0-9]+$/.test(a.mot()) || a.mot() !== 'obj')
    return 'il est introuvable';
  if (a.mot() !== '<' || a.mot() !== '<') return 'ce n’est pas un dictionnaire';
  const entrees = new Map<string, { objet: ObjetPdf; debut: number; fin: number }>();
  while (!a.passer('>')) {
    const cle = a.objet();
    if (cle.type !== 'nom') return 'il est mal écrit';
    if (entrees.has(cle.nom)) return `« ${cle.nom} » y figure deux fois`;
    a.blancs();
    const debut = a.position;
    const objet = a.objet();
    entrees.set(cle.nom, { objet, debut, fin: a.position });
  }
  return a.passer('>') && a.passer('endobj') ? { entrees, fin: a.position } : 'il est mal écrit';
}

/** Bytes of Contents: hexadecimal and nothing else, for these are the only ones that nothing protects. */
export function lireValeur({ entrees }: DictionnaireSitue, cahier: Cahier): Uint8Array | null {
  const objet = entrees.get('Contents')?.objet;
  const hexa = objet?.type === 'chaine' ? /^<([0-9A-Fa-f]*)>$/.exec(objet.texte)?.[1] : undefined;
  if (hexa === undefined) cahier.noter(PDS.contenu, 'elle n’est pas écrite en hexadécimal');
  else if (hexa.length % 2 !== 0) cahier.noter(PDS.contenu, 'il lui manque un chiffre');
  else if (/^0*$/.test(hexa)) cahier.noter(PDS.contenu, 'elle est vide');
  else return Buffer.from(hexa, 'hex');
  return null;
}

function lireNombres({ entrees }: DictionnaireSitue): number[] | null {
  const objet = entrees.get('ByteRange')?.objet;
  if (objet?.type !== 'tableau') return null;
  const nombres = objet.elements.map((e) => enEntier(e) ?? -1);
  const ecrits = objet.elements.every((e) => e.type === 'nombre' && /^[0-9]{1,15}$/.test(e.texte));
  return ecrits ? nombres : null;
}

/** @param taille of the whole file. @returns null when it does not cover what it must, which is then noted. */
export function lirePlage(situe: DictionnaireSitue, taille: number, cahier: Cahier): Plage | null {
  const nombres = lireNombres(situe);
  if (nombres?.length !== 4) {
    cahier.noter(PDS.plageAbsente, nombres === null ? 'illisible' : `${nombres.length} nombres`);
    return null;
  }
  const [debut = 0, coupure = 0, reprise = 0, longueur = 0] = nombres;
  const fin = reprise + longueur;
  const valeur = situe.entrees.get('Contents');
  const avant = cahier.constats.length;
  if (debut !== 0) cahier.noter(PDS.plageDebut);
  if (coupure !== valeur?.debut || reprise !== valeur.fin)
    cahier.noter(PDS.plageTrou, `${coupure} à ${reprise}`);
  if (fin > taille) cahier.noter(PDS.plageFin);
  else if (fin < situe.fin) cahier.noter(PDS.revision);
  return cahier.constats.length === avant ? { coupure, reprise, fin } : null;
}
