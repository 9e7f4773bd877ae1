import { posix } from 'node:path';
import { NS_XSD, type RefusSchema } from './artefact.ts';
import { lireNoeuds, type Noeud, type SchemaLu } from './noeuds.ts';

/** Gives the bytes of a file of the closed set, null when the set does not hold it. Names are paths or URLs. */
export type LireFichier = (nom: string) => Uint8Array | null;

/** A component of a schema, with the reading it comes from. */
export interface Composant {
  readonly noeud: Noeud;
  readonly schema: SchemaLu;
}

/** A name that a schema refers to. */
export interface NomXsd {
  readonly uri: string;
  readonly local: string;
}

/** One table per symbol space of XSD; simple and complex types share theirs. */
export type Espece = 'element' | 'type' | 'attribute' | 'group' | 'attributeGroup';

const ESPECES: Readonly<Record<string, Espece>> = {
  element: 'element',
  simpleType: 'type',
  complexType: 'type',
  attribute: 'attribute',
  group: 'group',
  attributeGroup: 'attributeGroup',
};

const NON_HONORES: Readonly<Record<string, string>> = {
  redefine: 'les redéfinitions (redefine)',
  notation: 'les notations (notation)',
};

/** Beyond, it is another schema that is wanted, not more of them. */
const REFUS_MAX = 50;

const cle = (nom: NomXsd): string => `{${nom.uri}}${nom.local}`;

/** What everyone who reads a schema needs: to name a thing, and to refuse it where it stands. */
export class Sources {
  readonly refus: RefusSchema[] = [];
  readonly fichiers: string[] = [];
  readonly #lire: LireFichier;
  readonly #faits = new Set<string>();
  /** Where each imported namespace was first read. */
  readonly #imports = new Map<string, string>();
  readonly #globaux = new Map<Espece, Map<string, Composant & { readonly nom: NomXsd }>>();

  constructor(lire: LireFichier) {
    this.#lire = lire;
  }

  refuser(genre: RefusSchema['genre'], noeud: Noeud, message: string): void {
    this.#noter({ genre, fichier: noeud.fichier, ligne: noeud.ligne, message });
  }

  #noter(refus: RefusSchema): void {
    if (this.refus.length < REFUS_MAX) this.refus.push(refus);
  }

  nonHonore(noeud: Noeud, quoi: string): void {
    this.refuser('nonHonore', noeud, `${quoi} : construction que ce programme ne sait pas appliquer`);
  }

  invalide(noeud: Noeud, message: string): void {
    this.refuser('invalide', noeud, message);
  }

  trouver(espece: Espece, nom: NomXsd): Composant | undefined {
    return this.#globaux.get(espece)?.get(cle(nom));
  }

  tous(espece: Espece): Iterable<Composant & { readonly nom: NomXsd }> {
    return this.#globaux.get(espece)?.values() ?? [];
  }

  /** A reference as written in a schema (XSD Structures, 3.15.3). */
  nomDe(composant: Composant, valeur: string): NomXsd {
    const texte = valeur.trim();
    const deux = texte.indexOf(':');
    const prefixe = deux < 0 ? '' : texte.slice(0, deux);
    const uri = composant.noeud.prefixes.get(prefixe);
    if (uri === undefined && prefixe !== '') {
      this.invalide(composant.noeud, `le préfixe « ${prefixe} » n’est pas déclaré`);
    }
    const { cameleon, espace } = composant.schema;
    return { uri: uri ?? (cameleon ? espace : ''), local: texte.slice(deux + 1) };
  }

  /** Reads a schema and all that it includes and imports. */
  charger(fichier: string): void {
    const schema = this.#ouvrir({ fichier, demandeur: null, espaceHote: null });
    if (schema !== null) this.#imports.set(schema.espace, fichier);
    if (schema !== null) this.#parcourir(schema);
  }

  #ouvrir(demande: { fichier: string; demandeur: Noeud | null; espaceHote: string | null }): SchemaLu | null {
    const { fichier, demandeur, espaceHote } = demande;
    const octets = this.#lire(fichier);
    if (octets === null) {
      const lieu = { fichier: demandeur?.fichier ?? fichier, ligne: demandeur?.ligne ?? 0 };
      this.#noter({
        genre: 'absent',
        ...lieu,
        message: `le fichier « ${fichier} » n’est pas dans le jeu`,
      });
      return null;
    }
    const lecture = lireNoeuds(fichier, octets);
    if (lecture.type === 'refus') {
      this.#noter(lecture.refus);
      return null;
    }
    const propre = lecture.racine.attributs.get('targetNamespace');
    this.fichiers.push(fichier);
    return {
      fichier,
      espace: propre ?? espaceHote ?? '',
      cameleon: propre === undefined && espaceHote !== null,
      racine: lecture.racine,
    };
  }

  #parcourir(schema: SchemaLu): void {
    this.#faits.add(`${schema.fichier}|${schema.espace}`);
    for (const noeud of schema.racine.enfants) {
      const espece = ESPECES[noeud.balise];
      if (noeud.balise === 'include') this.#inclure(schema, noeud);
      else if (noeud.balise === 'import') this.#importer(schema, noeud);
      else if (espece !== undefined) this.#declarer(espece, { noeud, schema });
      else if (NON_HONORES[noeud.balise] !== undefined)
        this.nonHonore(noeud, NON_HONORES[noeud.balise] ?? '');
      else this.invalide(noeud, `« ${noeud.balise} » n’a pas sa place à la racine d’un schéma`);
    }
  }

  #adresse(schema: SchemaLu, valeur: string): string {
    return /^[a-z][a-z0-9+.-]*:/i.test(valeur)
      ? valeur
      : posix.normalize(posix.join(posix.dirname(schema.fichier), valeur.trim()));
  }

  #inclure(schema: SchemaLu, noeud: Noeud): void {
    const fichier = this.#adresse(schema, noeud.attributs.get('schemaLocation') ?? '');
    if (this.#faits.has(`${fichier}|${schema.espace}`)) return;
    const inclus = this.#ouvrir({ fichier, demandeur: noeud, espaceHote: schema.espace });
    if (inclus === null) return;
    if (inclus.espace !== schema.espace) {
      this.invalide(noeud, `« ${fichier} » est inclus alors que son espace de noms est « ${inclus.espace} »`);
      return;
    }
    this.#parcourir(inclus);
  }

  /**
   * An import is a hint (XSD Structures, 4.2.3): without file, or with a second file for a namespace already read,
   * nothing is read. What is then missing is refused where it is referred to.
   */
  #importer(schema: SchemaLu, noeud: Noeud): void {
    const espace = noeud.attributs.get('namespace') ?? '';
    const valeur = noeud.attributs.get('schemaLocation');
    if (espace === schema.espace)
      this.invalide(noeud, 'un schéma ne peut pas importer son propre espace de noms');
    if (valeur === undefined || this.#imports.has(espace)) return;
    const fichier = this.#adresse(schema, valeur);
    if (this.#lire(fichier) === null) return;
    this.#imports.set(espace, fichier);
    const importe = this.#ouvrir({ fichier, demandeur: noeud, espaceHote: null });
    if (importe === null) return;
    if (importe.espace !== espace) {
      this.invalide(noeud, `« ${fichier} » est importé pour « ${espace} » et décrit « ${importe.espace} »`);
      return;
    }
    this.#parcourir(importe);
  }

  #declarer(espece: Espece, composant: Composant): void {
    const nom = { uri: composant.schema.espace, local: composant.noeud.attributs.get('name') ?? '' };
    if (nom.local === '')
      return this.invalide(composant.noeud, `« ${composant.noeud.balise} » global sans nom`);
    let table = this.#globaux.get(espece);
    if (table === undefined) this.#globaux.set(espece, (table = new Map()));
    if (table.has(cle(nom))) return this.invalide(composant.noeud, `« ${nom.local} » est déclaré deux fois`);
    if (nom.uri === NS_XSD) return this.invalide(composant.noeud, 'XML Schema lui-même ne se redéclare pas');
    table.set(cle(nom), { ...composant, nom });
  }
}
