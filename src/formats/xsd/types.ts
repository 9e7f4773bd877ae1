import type { Atelier } from './atelier.ts';
import type { Noeud } from './noeuds.ts';
import { RANG_ANYTYPE } from './predefinis.ts';
import type { NomXsd } from './sources.ts';

/** @returns the row of a named type, compiled on first demand; already reserved when the demand comes from within. */
export function typeNomme(atelier: Atelier, nom: NomXsd, demandeur: Noeud): number {
  const predefini = atelier.predefini(nom, demandeur);
  if (predefini !== null) return predefini;
  const cle = `{${nom.uri}}${nom.local}`;
  const connu = atelier.rangsTypes.get(cle);
  if (connu !== undefined) return connu;
  const composant = atelier.sources.trouver('type', nom);
  if (composant === undefined) {
    atelier.sources.invalide(
      demandeur,
      `le type « ${nom.local} » de l’espace « ${nom.uri} » n’est pas déclaré`,
    );
    return RANG_ANYTYPE;
  }
  const rang = atelier.reserver();
  atelier.rangsTypes.set(cle, rang);
  atelier.ouverts.add(rang);
  atelier.compilerType(atelier, composant, rang);
  atelier.ouverts.delete(rang);
  return rang;
}
