import type { EspacesArtefact } from './artefact.ts';
import type { Atelier } from './atelier.ts';
import { espaceLocal, lireJoker } from './attributs.ts';
import { verifierValeurs } from './facettes.ts';
import type { Expression } from './glushkov.ts';
import { RANG_ANYTYPE } from './predefinis.ts';
import type { Composant } from './sources.ts';
import { typeNomme } from './types.ts';

/** Particles of content models (XSD Structures, 3.8 and 3.9) as expressions over elements and wildcards. */

export type Feuille =
  /** `repete`: some repetition stands above it, so that a parent may hold several. */
  | { readonly genre: 'element'; readonly nom: number; readonly element: number; readonly repete: boolean }
  | { readonly genre: 'joker'; readonly joker: number; readonly espaces: EspacesArtefact };

export type Particule = Expression<Feuille>;

export interface ParticuleTous {
  readonly genre: 'tous';
  readonly facultatif: boolean;
  readonly membres: readonly { readonly nom: number; readonly element: number; readonly requis: boolean }[];
}

const CONTENUS = new Set(['sequence', 'choice', 'all', 'group']);
export const estContenu = (composant: Composant): boolean => CONTENUS.has(composant.noeud.balise);

const IDENTITE = new Set(['key', 'keyref', 'unique']);

interface Ici {
  readonly repete: boolean;
  readonly groupes: ReadonlySet<string>;
}

/** Row of an element declaration, global or local; its type is compiled later. */
export function declarerElement(atelier: Atelier, composant: Composant, espace: string): number {
  const { noeud } = composant;
  const connu = atelier.rangsElements.get(noeud);
  if (connu !== undefined) return connu;
  const { attributs } = noeud;
  for (const e of noeud.enfants) {
    if (IDENTITE.has(e.balise)) atelier.sources.nonHonore(e, `la contrainte d’identité (${e.balise})`);
  }
  if (attributs.has('substitutionGroup')) {
    atelier.sources.nonHonore(noeud, 'les groupes de substitution (substitutionGroup)');
  }
  const ligne = {
    nom: atelier.nomDeclare(composant, espace),
    type: RANG_ANYTYPE,
    nillable: atelier.booleen(noeud, 'nillable'),
    abstrait: atelier.booleen(noeud, 'abstract'),
    bloque: atelier.bloque(composant),
    defaut: attributs.get('default') ?? null,
    fixe: attributs.get('fixed') ?? null,
  };
  const rang = atelier.elements.push(ligne) - 1;
  atelier.rangsElements.set(noeud, rang);
  atelier.attente.push(() => {
    const type = typeElement(atelier, composant);
    atelier.elements[rang] = { ...ligne, type };
    const compile = atelier.types[type];
    const simple = compile?.genre === 'complexe' ? compile.valeur : type;
    if (simple >= 0) verifierValeurs(atelier, noeud, simple);
    else if (ligne.fixe !== null) {
      atelier.sources.nonHonore(noeud, 'une valeur imposée (fixed) à un contenu qui n’est pas simple');
    }
  });
  return rang;
}

function typeElement(atelier: Atelier, composant: Composant): number {
  const nom = composant.noeud.attributs.get('type');
  if (nom !== undefined) return typeNomme(atelier, atelier.sources.nomDe(composant, nom), composant.noeud);
  const anonyme = atelier.enfants(composant).find((e) => /^(?:simple|complex)Type$/.test(e.noeud.balise));
  if (anonyme === undefined) return RANG_ANYTYPE;
  const rang = atelier.reserver();
  atelier.ouverts.add(rang);
  atelier.compilerType(atelier, anonyme, rang);
  atelier.ouverts.delete(rang);
  return rang;
}

function elementDe(atelier: Atelier, composant: Composant): { nom: number; element: number } {
  const reference = composant.noeud.attributs.get('ref');
  if (reference === undefined) {
    const element = declarerElement(atelier, composant, espaceLocal(composant, 'elementFormDefault'));
    return { nom: atelier.elements[element]?.nom ?? -1, element };
  }
  const nom = atelier.sources.nomDe(composant, reference);
  const globale = atelier.sources.trouver('element', nom);
  if (globale === undefined) {
    atelier.sources.invalide(composant.noeud, `l’élément « ${reference} » n’est pas déclaré`);
    return { nom: atelier.nom(nom.uri, nom.local), element: -1 };
  }
  return { nom: atelier.nom(nom.uri, nom.local), element: declarerElement(atelier, globale, nom.uri) };
}

function groupe(atelier: Atelier, composant: Composant): Composant | null {
  const reference = composant.noeud.attributs.get('ref') ?? '';
  const trouve = atelier.sources.trouver('group', atelier.sources.nomDe(composant, reference));
  const contenu = trouve === undefined ? undefined : atelier.enfants(trouve).find(estContenu);
  if (contenu === undefined) {
    atelier.sources.invalide(composant.noeud, `le groupe « ${reference} » n’est pas déclaré, ou est vide`);
  }
  return contenu ?? null;
}

function feuille(atelier: Atelier, composant: Composant, repete: boolean): Particule {
  if (composant.noeud.balise === 'any') {
    const joker = lireJoker(atelier, composant);
    return {
      genre: 'feuille',
      feuille: { genre: 'joker', joker: atelier.joker(joker), espaces: joker.espaces },
    };
  }
  return { genre: 'feuille', feuille: { genre: 'element', ...elementDe(atelier, composant), repete } };
}

function terme(atelier: Atelier, composant: Composant, ici: Ici): Particule {
  const { balise, attributs } = composant.noeud;
  switch (balise) {
    case 'element':
    case 'any':
      return feuille(atelier, composant, ici.repete);
    case 'sequence':
    case 'choice': {
      const termes = atelier.enfants(composant).map((e) => lireParticule(atelier, e, ici));
      return { genre: balise === 'sequence' ? 'suite' : 'choix', termes };
    }
    case 'group': {
      const nom = attributs.get('ref') ?? '';
      const contenu = groupe(atelier, composant);
      if (contenu !== null && !ici.groupes.has(nom)) {
        return lireParticule(atelier, contenu, { ...ici, groupes: new Set([...ici.groupes, nom]) });
      }
      if (contenu !== null)
        atelier.sources.invalide(composant.noeud, `le groupe « ${nom} » se contient lui-même`);
      return { genre: 'suite', termes: [] };
    }
    default:
      atelier.sources.invalide(composant.noeud, `« ${balise} » n’a pas sa place ici`);
      return { genre: 'suite', termes: [] };
  }
}

export function lireParticule(
  atelier: Atelier,
  composant: Composant,
  ici: Ici = { repete: false, groupes: new Set() },
): Particule {
  if (!atelier.developper(composant.noeud, 'particules', 1)) return { genre: 'suite', termes: [] };
  const min = atelier.entier(composant.noeud, 'minOccurs', 1);
  const max = atelier.entier(composant.noeud, 'maxOccurs', 1);
  if (max < min) atelier.sources.invalide(composant.noeud, 'maxOccurs est plus petit que minOccurs');
  const dedans = terme(atelier, composant, { ...ici, repete: ici.repete || max > 1 });
  return min === 1 && max === 1 ? dedans : { genre: 'fois', terme: dedans, min, max };
}

/** `xs:all`, alone in its content or through a group (3.8.6, « All Group Limited »); null for any other content. */
export function lireTous(atelier: Atelier, composant: Composant): ParticuleTous | null {
  const { noeud } = composant;
  const contenu = noeud.balise === 'group' ? groupe(atelier, composant) : composant;
  if (contenu?.noeud.balise !== 'all') return null;
  if (atelier.entier(noeud, 'maxOccurs', 1) !== 1) {
    atelier.sources.invalide(noeud, '« all » ne se répète pas');
  }
  const membres = atelier.enfants(contenu).flatMap((e) => {
    const max = atelier.entier(e.noeud, 'maxOccurs', 1);
    if (e.noeud.balise !== 'element' || max > 1) {
      atelier.sources.invalide(e.noeud, '« all » ne contient que des éléments, une fois chacun');
    }
    const membre = { ...elementDe(atelier, e), requis: atelier.entier(e.noeud, 'minOccurs', 1) > 0 };
    return max === 0 ? [] : [membre];
  });
  const facultatif = [noeud, contenu.noeud].some((n) => atelier.entier(n, 'minOccurs', 1) === 0);
  return { genre: 'tous', facultatif, membres };
}
