import { type ArtefactXsd, NS_XSD, type RefusSchema, VERSION_ARTEFACT } from './artefact.ts';
import { Atelier } from './atelier.ts';
import { declarationAttribut } from './attributs.ts';
import { declarerElement, lireParticule, lireTous, estContenu } from './particules.ts';
import { type LireFichier, Sources } from './sources.ts';
import { CompilateurComplexe, type Particules } from './types-complexes.ts';
import { typeNomme } from './types.ts';
import { compilerSimple } from './types-simples.ts';

export type CompilationXsd =
  | { readonly type: 'compile'; readonly artefact: ArtefactXsd }
  /** At least one; at most 50. */
  | { readonly type: 'refus'; readonly refus: readonly RefusSchema[] };

function creerAtelier(sources: Sources): Atelier {
  const particules: Particules = new Map();
  return new Atelier(sources, (atelier, composant, rang) => {
    if (composant.noeud.balise === 'simpleType') compilerSimple(atelier, composant, rang);
    else new CompilateurComplexe(atelier, particules, rang).compiler(composant);
  });
}

/** Everything global, even what nothing refers to: a construct that cannot be honoured is never left unseen. */
function toutCompiler(atelier: Atelier): Pick<ArtefactXsd, 'racines' | 'attributs' | 'typesNommes'> {
  const { sources } = atelier;
  const racines = [...sources.tous('element')].map((c) => {
    return [atelier.nom(c.nom.uri, c.nom.local), declarerElement(atelier, c, c.nom.uri)] as const;
  });
  const attributs = [...sources.tous('attribute')].map((c) => declarationAttribut(atelier, c, c.nom.uri));
  const typesNommes = [...sources.tous('type')].map((c) => {
    return [atelier.nom(c.nom.uri, c.nom.local), typeNomme(atelier, c.nom, c.noeud)] as const;
  });
  for (const groupe of sources.tous('group')) {
    const contenu = atelier.enfants(groupe).find(estContenu);
    if (contenu !== undefined && lireTous(atelier, contenu) === null) lireParticule(atelier, contenu);
  }
  // an element may bring types whose elements bring others
  while (atelier.attente.length > 0) atelier.attente.pop()?.();
  const predefinis = [...atelier.predefinis()].map(
    ([nom, type]) => [atelier.nom(NS_XSD, nom), type] as const,
  );
  return { racines, attributs, typesNommes: [...typesNommes, ...predefinis] };
}

/**
 * Compiles a closed set of schema files, from its main one. Nothing but `lire` is asked for bytes.
 * @param fichier main schema; includes and imports are named relative to it.
 */
export function compilerXsd(fichier: string, lire: LireFichier): CompilationXsd {
  const sources = new Sources(lire);
  sources.charger(fichier);
  if (sources.refus.length > 0) return { type: 'refus', refus: sources.refus };
  const atelier = creerAtelier(sources);
  const globaux = toutCompiler(atelier);
  if (sources.refus.length > 0) return { type: 'refus', refus: sources.refus };
  return {
    type: 'compile',
    artefact: {
      version: VERSION_ARTEFACT,
      fichiers: sources.fichiers,
      noms: atelier.noms,
      types: atelier.types,
      elements: atelier.elements,
      modeles: atelier.modeles,
      jokers: atelier.jokers,
      ...globaux,
    },
  };
}
