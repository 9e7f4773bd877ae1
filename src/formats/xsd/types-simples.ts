import type { SimpleArtefact } from './artefact.ts';
import { type Atelier, BLANCS_DE } from './atelier.ts';
import { facettesDe } from './facettes.ts';
import type { Noeud } from './noeuds.ts';
import { RANG_ANYSIMPLETYPE, SANS_FACETTES } from './predefinis.ts';
import type { Composant, NomXsd } from './sources.ts';
import { typeNomme } from './types.ts';

/** Simple types: restriction, list, union (XSD Structures 3.14, Datatypes 4). */

/** A simple type by its name. */
export function simpleNomme(atelier: Atelier, nom: NomXsd, demandeur: Noeud): number {
  const rang = typeNomme(atelier, nom, demandeur);
  if (atelier.ouverts.has(rang))
    atelier.sources.invalide(demandeur, `le type « ${nom.local} » se définit par lui-même`);
  else if (atelier.simple(rang) === null) {
    atelier.sources.invalide(demandeur, `le type « ${nom.local} » n’est pas un type simple`);
    return RANG_ANYSIMPLETYPE;
  }
  return rang;
}

function interne(atelier: Atelier, composant: Composant): number[] {
  return atelier
    .enfants(composant)
    .filter((e) => e.noeud.balise === 'simpleType')
    .map((e) => simpleAnonyme(atelier, e));
}

/** The one simple type that an attribute or a child names. */
export function simpleReference(atelier: Atelier, composant: Composant, attribut: string): number | null {
  const valeur = composant.noeud.attributs.get(attribut);
  if (valeur !== undefined)
    return simpleNomme(atelier, atelier.sources.nomDe(composant, valeur), composant.noeud);
  return interne(atelier, composant)[0] ?? null;
}

function restreindre(atelier: Atelier, composant: Composant, nom: string): SimpleArtefact {
  const rang = simpleReference(atelier, composant, 'base') ?? RANG_ANYSIMPLETYPE;
  const base = atelier.simple(rang) ?? atelier.simple(RANG_ANYSIMPLETYPE);
  if (base === null) return atelier.simple(RANG_ANYSIMPLETYPE) as SimpleArtefact;
  return { ...base, nom, base: rang, facettes: facettesDe(atelier, composant, base) };
}

function composer(atelier: Atelier, composant: Composant, nom: string): SimpleArtefact {
  const anonyme = {
    genre: 'simple',
    nom,
    base: RANG_ANYSIMPLETYPE,
    lexique: '',
    item: -1,
    membres: [],
  } as const;
  if (composant.noeud.balise === 'list') {
    const item = simpleReference(atelier, composant, 'itemType') ?? RANG_ANYSIMPLETYPE;
    if (atelier.simple(item)?.variete === 'liste')
      atelier.sources.invalide(composant.noeud, 'une liste de listes');
    return {
      ...anonyme,
      variete: 'liste',
      item,
      facettes: { ...SANS_FACETTES, blancs: BLANCS_DE['collapse'] ?? 2 },
    };
  }
  const mots = (composant.noeud.attributs.get('memberTypes') ?? '').split(/\s+/).filter((mot) => mot !== '');
  const nommes = mots.map((mot) =>
    simpleNomme(atelier, atelier.sources.nomDe(composant, mot), composant.noeud),
  );
  const membres = [...nommes, ...interne(atelier, composant)];
  if (membres.length === 0) atelier.sources.invalide(composant.noeud, 'une union sans membre');
  return { ...anonyme, variete: 'union', membres, facettes: SANS_FACETTES };
}

/** Compiles a `simpleType` into the row `rang`. */
export function compilerSimple(atelier: Atelier, composant: Composant, rang: number): void {
  const [enfant, surplus] = atelier.enfants(composant);
  const nom = composant.noeud.attributs.get('name') ?? '';
  if (
    enfant === undefined ||
    surplus !== undefined ||
    !/^(?:restriction|list|union)$/.test(enfant.noeud.balise)
  ) {
    return atelier.sources.invalide(
      composant.noeud,
      'un type simple est une restriction, une liste ou une union',
    );
  }
  const faire = enfant.noeud.balise === 'restriction' ? restreindre : composer;
  atelier.poser(rang, faire(atelier, enfant, nom));
}

export function simpleAnonyme(atelier: Atelier, composant: Composant): number {
  const rang = atelier.reserver();
  atelier.ouverts.add(rang);
  compilerSimple(atelier, composant, rang);
  atelier.ouverts.delete(rang);
  return rang;
}
