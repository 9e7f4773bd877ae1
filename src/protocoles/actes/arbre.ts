import type { ElementXml } from '../../formats/xml/lire.ts';
import { type Jour, lireJour } from '../../metier/identifiants.ts';

/** Lenient reading of the messages of the State: prefixes and namespaces of attributes are not always theirs. */

/** First child of that local name. */
export function enfant(element: ElementXml | undefined, nom: string): ElementXml | undefined {
  return element?.enfants.find((e) => e.nom === nom);
}

export function enfants(element: ElementXml | undefined, nom: string): readonly ElementXml[] {
  return element?.enfants.filter((e) => e.nom === nom) ?? [];
}

/** Value of an attribute by its local name, trimmed; undefined when absent or blank. */
export function attribut(element: ElementXml | undefined, nom: string): string | undefined {
  for (const [cle, valeur] of element?.attributs ?? []) {
    if (cle === nom || cle.endsWith(`}${nom}`)) return valeur.trim() === '' ? undefined : valeur.trim();
  }
  return undefined;
}

/** Text of a child, white space folded; undefined when absent or blank. */
export function texte(element: ElementXml | undefined, nom: string): string | undefined {
  const lu = enfant(element, nom)?.texte.replace(/\s+/g, ' ').trim();
  return lu === '' ? undefined : lu;
}

/** An xsd:date may carry a time zone (`2018-10-10+02:00`): the day alone counts. */
export function jourLu(valeur: string | undefined): Jour | null {
  return valeur === undefined ? null : (lireJour(valeur.slice(0, 10)) ?? null);
}

/** Every file named anywhere below, in document order. Walks with its own stack: depth is the sender's choice. */
export function fichiersCites(racine: ElementXml): string[] {
  const noms: string[] = [];
  const pile: ElementXml[] = [racine];
  for (let e = pile.pop(); e !== undefined; e = pile.pop()) {
    const nom = e.nom === 'NomFichier' ? e.texte.trim() : '';
    if (nom !== '') noms.push(nom);
    pile.push(...e.enfants.toReversed());
  }
  return noms;
}
