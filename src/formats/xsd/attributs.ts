import type { JokerArtefact, UsageAttribut } from './artefact.ts';
import type { Atelier } from './atelier.ts';
import { verifierValeurs } from './facettes.ts';
import { intersection, lireEspaces } from './jokers.ts';
import { RANG_ANYSIMPLETYPE } from './predefinis.ts';
import type { Noeud } from './noeuds.ts';
import type { Composant } from './sources.ts';
import { simpleReference } from './types-simples.ts';

/** Attribute uses of a type or a group (XSD Structures, 3.2 and 3.6). */
export interface Attributs {
  /** By name; null: prohibited. */
  readonly usages: Map<number, UsageAttribut | null>;
  joker: JokerArtefact | null;
}

const PROCESSUS: Readonly<Record<string, JokerArtefact['processus']>> = {
  strict: 'strict',
  lax: 'lax',
  skip: 'skip',
};

export function lireJoker(atelier: Atelier, composant: Composant): JokerArtefact {
  const texte = composant.noeud.attributs.get('processContents')?.trim() ?? 'strict';
  const processus = PROCESSUS[texte];
  if (processus === undefined) {
    atelier.sources.invalide(composant.noeud, `« ${texte} » n’est pas une valeur de « processContents »`);
  }
  const espaces = lireEspaces(
    composant.noeud.attributs.get('namespace')?.trim() ?? '##any',
    composant.schema.espace,
  );
  return { processus: processus ?? 'strict', espaces };
}

/** Namespace of a local declaration: the target one when qualified. */
export function espaceLocal(composant: Composant, defaut: string): string {
  const { noeud, schema } = composant;
  const forme = noeud.attributs.get('form') ?? schema.racine.attributs.get(defaut) ?? 'unqualified';
  return forme.trim() === 'qualified' ? schema.espace : '';
}

/** A declaration, global or local, whatever its use. */
export function declarationAttribut(atelier: Atelier, composant: Composant, espace: string): UsageAttribut {
  const { noeud } = composant;
  const type = simpleReference(atelier, composant, 'type') ?? RANG_ANYSIMPLETYPE;
  verifierValeurs(atelier, noeud, type);
  return {
    nom: atelier.nomDeclare(composant, espace),
    requis: false,
    type,
    fixe: noeud.attributs.get('fixed') ?? null,
  };
}

function declaration(atelier: Atelier, composant: Composant): UsageAttribut {
  const reference = composant.noeud.attributs.get('ref');
  if (reference === undefined) {
    return declarationAttribut(atelier, composant, espaceLocal(composant, 'attributeFormDefault'));
  }
  const nom = atelier.sources.nomDe(composant, reference);
  const globale = atelier.sources.trouver('attribute', nom);
  if (globale === undefined) {
    atelier.sources.invalide(composant.noeud, `l’attribut « ${reference} » n’est pas déclaré`);
    return { nom: atelier.nom(nom.uri, nom.local), requis: false, type: RANG_ANYSIMPLETYPE, fixe: null };
  }
  const declaree = declarationAttribut(atelier, globale, nom.uri);
  verifierValeurs(atelier, composant.noeud, declaree.type);
  return declaree;
}

/** One use of each name (3.4.6). */
function poserUsage(
  atelier: Atelier,
  noeud: Noeud,
  pose: { vers: Attributs; nom: number; usage: UsageAttribut | null },
): void {
  const { vers, nom, usage } = pose;
  if (vers.usages.has(nom)) {
    atelier.sources.invalide(noeud, `l’attribut « ${atelier.noms[nom]?.[1] ?? ''} » est déclaré deux fois`);
  }
  vers.usages.set(nom, usage);
}

function ajouterAttribut(atelier: Atelier, composant: Composant, vers: Attributs): void {
  const { noeud } = composant;
  const decl = declaration(atelier, composant);
  const usage = noeud.attributs.get('use')?.trim() ?? 'optional';
  if (!/^(?:optional|required|prohibited)$/.test(usage)) {
    atelier.sources.invalide(noeud, `« ${usage} » n’est pas une valeur de « use »`);
  }
  const fixe = noeud.attributs.get('fixed') ?? decl.fixe;
  poserUsage(atelier, noeud, {
    vers,
    nom: decl.nom,
    usage: usage === 'prohibited' ? null : { ...decl, requis: usage === 'required', fixe },
  });
}

function ajouterGroupe(atelier: Atelier, composant: Composant, etat: Parcours): void {
  const reference = composant.noeud.attributs.get('ref') ?? '';
  const groupe = atelier.sources.trouver('attributeGroup', atelier.sources.nomDe(composant, reference));
  if (groupe === undefined) {
    return atelier.sources.invalide(
      composant.noeud,
      `le groupe d’attributs « ${reference} » n’est pas déclaré`,
    );
  }
  if (etat.traverses.has(reference)) {
    return atelier.sources.invalide(
      composant.noeud,
      `le groupe d’attributs « ${reference} » se contient lui-même`,
    );
  }
  const dedans = lireAttributs(atelier, groupe, new Set([...etat.traverses, reference]));
  if (!atelier.developper(composant.noeud, 'attributs', dedans.usages.size)) return;
  for (const [nom, usage] of dedans.usages)
    poserUsage(atelier, composant.noeud, { vers: etat.vers, nom, usage });
  if (dedans.joker !== null) etat.jokersGroupes.push(dedans.joker);
}

interface Parcours {
  readonly vers: Attributs;
  readonly traverses: ReadonlySet<string>;
  readonly jokersGroupes: JokerArtefact[];
}

/** Reads the attribute uses among the children of a component. */
export function lireAttributs(
  atelier: Atelier,
  composant: Composant,
  traverses: ReadonlySet<string> = new Set(),
): Attributs {
  const vers: Attributs = { usages: new Map(), joker: null };
  const etat: Parcours = { vers, traverses, jokersGroupes: [] };
  for (const enfant of atelier.enfants(composant)) {
    if (!atelier.developper(enfant.noeud, 'attributs', 1)) break;
    if (enfant.noeud.balise === 'attribute') ajouterAttribut(atelier, enfant, vers);
    else if (enfant.noeud.balise === 'attributeGroup') ajouterGroupe(atelier, enfant, etat);
    else if (enfant.noeud.balise === 'anyAttribute') {
      if (vers.joker !== null) atelier.sources.invalide(enfant.noeud, 'un seul « anyAttribute » est permis');
      vers.joker = lireJoker(atelier, enfant);
    }
  }
  for (const joker of etat.jokersGroupes) {
    const commun = intersection(vers.joker, joker);
    if (commun === 'inexprimable')
      atelier.sources.nonHonore(composant.noeud, 'ce croisement d’espaces de noms');
    else vers.joker = commun;
  }
  return vers;
}
