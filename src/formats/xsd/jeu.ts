import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { erreurXml } from '../../metier/catalogue/xml.ts';
import { AnalyseurXml } from '../xml/analyseur.ts';
import { type FauteXml, fauteDeLecture } from '../xml/faute.ts';
import { compilerEnCache } from './cache.ts';
import { fauteDeSchema } from './constats-fautes.ts';
import { SchemaXsd } from './schema.ts';
import { ValideurXsd } from './valideur.ts';

/** Schemas of one folder, compiled on first use and kept. `nom` is a path in it, without `.xsd`. */
export interface JeuSchemas {
  /** For a reading that does more than validate. Throws VGM-XML-003 or -004 when the schema is missing or unusable. */
  schema(nom: string): SchemaXsd;
  /**
   * Judges a whole document. The encoding is the one it announces, without leniency: this judges what we send.
   * @returns what is wrong, in the order of the file, at most 50; empty when valid. Throws as `schema`.
   */
  valider(nom: string, octets: Uint8Array): readonly FauteXml[];
}

/** Beyond, it is another file that is wanted, not more of them. */
const FAUTES_MAX = 50;

/** The closed list: every `.xsd` regular file under the folder, symbolic links left out. */
function lireDossier(dossier: string): ReadonlyMap<string, Uint8Array> {
  const fichiers = new Map<string, Uint8Array>();
  for (const entree of readdirSync(dossier, { recursive: true, withFileTypes: true })) {
    if (!entree.isFile() || !entree.name.endsWith('.xsd')) continue;
    const chemin = join(entree.parentPath, entree.name);
    fichiers.set(relative(dossier, chemin).split(sep).join('/'), readFileSync(chemin));
  }
  return fichiers;
}

function juger(schema: SchemaXsd, octets: Uint8Array): readonly FauteXml[] {
  const valideur = new ValideurXsd(schema, { constats: FAUTES_MAX });
  const analyseur = new AnalyseurXml(valideur);
  const refus = analyseur.ecrire(octets) ?? analyseur.finir();
  return refus === null ? valideur.bilan().constats.map(fauteDeSchema) : [fauteDeLecture(refus)];
}

/** @param cache folder where compiled schemas are kept (`cache.ts`); nowhere by default. */
export function ouvrirSchemas(dossier: string, cache: string | null = null): JeuSchemas {
  const fichiers = lireDossier(dossier);
  const schemas = new Map<string, SchemaXsd>();

  const schema = (nom: string): SchemaXsd => {
    const connu = schemas.get(nom);
    if (connu !== undefined) return connu;
    const fichier = `${nom}.xsd`;
    if (!fichiers.has(fichier)) throw erreurXml('VGM-XML-003', { schema: nom, dossier });
    const compilation = compilerEnCache(fichier, (f) => fichiers.get(f) ?? null, cache);
    if (compilation.type === 'refus') {
      const { fichier: ou, ligne, message } = compilation.refus[0] as (typeof compilation.refus)[0];
      throw erreurXml('VGM-XML-004', { schema: nom, detail: `${ou}, ligne ${ligne} : ${message}` });
    }
    const pret = new SchemaXsd(compilation.artefact);
    schemas.set(nom, pret);
    return pret;
  };

  return { schema, valider: (nom, octets) => juger(schema(nom), octets) };
}
