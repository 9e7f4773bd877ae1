import { resolve } from 'node:path';
import { parcourir } from '../formats/xades/flux.ts';
import { type FauteXml, fauteDeLecture } from '../formats/xml/faute.ts';
import { Muet } from '../formats/xml/muet.ts';
import type { BilanFichier, MoteurXsd } from '../formats/xsd/valider-fichier.ts';
import type { ValideurXsd } from '../formats/xsd/valideur.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import { type Appel, type Sorties, texte } from './monde.ts';
import { erreurUsage } from './erreurs.ts';
import { nombre, peindre, pluriel, sur } from './rendu.ts';
import { ouvrirSource, type Source } from './source.ts';
import { enLieu } from './xml-refuse.ts';

/** What a schema says of a file, for the verbs that ask it. */

/** Found at most: enough to say how many there are, and no more than a memory holds. */
const FAUTES_MAX = 10_000;
const MONTREES = 50;

export interface VerdictXml {
  readonly etat: 'valide' | 'bien_forme' | 'invalide' | 'mal_forme';
  /** null: no schema was given, or it was not reached. */
  readonly moteur: MoteurXsd | null;
  readonly fautes: readonly FauteXml[];
  /** There are more than `fautes`. */
  readonly tronque: boolean;
  /** Of the whole file; null when it was not read to its end. */
  readonly sha256: string | null;
  readonly octets: number | null;
}

/** How many faults to show (`--erreurs`). Throws VGM-CLI-004. */
export function lireMontrees({ options, verbe }: Appel): number {
  const brut = texte(options, 'erreurs');
  if (brut === undefined) return MONTREES;
  if (/^[1-9][0-9]{0,3}$/.test(brut)) return Number(brut);
  throw erreurUsage(`L’option « --erreurs » attend un nombre de 1 à 9999, et on lit « ${brut} ».`, verbe);
}

function malForme(faute: FauteXml): VerdictXml {
  return { etat: 'mal_forme', moteur: null, fautes: [faute], tronque: false, sha256: null, octets: null };
}

/** Well-formedness alone. */
export async function lireSeulement(source: Source): Promise<VerdictXml> {
  const { refus, sha256, octets } = await parcourir(source.lire, new Muet(), { ids: 'libres' });
  if (refus !== null) return malForme(fauteDeLecture(refus));
  return { etat: 'bien_forme', moteur: null, fautes: [], tronque: false, sha256, octets };
}

function conclure(bilan: Exclude<BilanFichier, { type: 'schema_refuse' }>): VerdictXml {
  if (bilan.type === 'mal_forme') return malForme(bilan.faute);
  const { moteur, sha256, octets } = bilan;
  const commun = { moteur, sha256, octets };
  if (bilan.type === 'valide') return { etat: 'valide', fautes: [], tronque: false, ...commun };
  return { etat: 'invalide', fautes: bilan.fautes, tronque: bilan.tronque, ...commun };
}

/** A pass of its own. Throws VGM-CLI-003 and VGM-HLG-009 (the schema), VGM-XML-005 to -007 (libxml2). */
export async function validerSelon(schema: string, source: Source): Promise<VerdictXml> {
  // a schema that cannot be read is told as such, before anything of it is compiled
  ouvrirSource(schema).fermer();
  const { validerAvecSchema } = await import('../formats/xsd/valider-fichier.ts');
  const bilan = await validerAvecSchema({
    schema: resolve(schema),
    source: async function* () {
      yield* source.lire();
    },
    erreursMax: FAUTES_MAX,
  });
  if (bilan.type !== 'schema_refuse') return conclure(bilan);
  const lignes = bilan.refus.map(({ fichier, ligne, message }) => {
    const ou = ligne > 0 ? `${fichier}, ligne ${ligne}` : fichier;
    return `- ${ou} : ${message}.`;
  });
  throw erreurHorsLigne('VGM-HLG-009', { schema, problemes: lignes.join('\n') });
}

/**
 * Our validation of this schema, to listen to a reading that serves something else too.
 * @returns null when it takes a pass of its own: a schema for libxml2, or one to be refused.
 */
export async function valideurEnPasse(schema: string): Promise<ValideurXsd | null> {
  const [{ ouvrirFichiers }, { compilerSchema }, { SchemaXsd }, { ValideurXsd: Valideur }] =
    await Promise.all([
      import('../formats/xsd/fichiers.ts'),
      import('../formats/xsd/valider-fichier.ts'),
      import('../formats/xsd/schema.ts'),
      import('../formats/xsd/valideur.ts'),
    ]);
  const ouverture = ouvrirFichiers(resolve(schema));
  if (ouverture.type === 'refus') return null;
  const { principal, lire } = ouverture.fichiers;
  const compilation = compilerSchema(principal, lire, null);
  if (compilation.type === 'refus') return null;
  return new Valideur(new SchemaXsd(compilation.artefact), { constats: FAUTES_MAX });
}

/** What the validation heard in a pass that read the whole file. */
export async function conclurePasse(
  valideur: ValideurXsd,
  lu: { readonly sha256: string; readonly octets: number },
): Promise<VerdictXml> {
  const { fauteDeSchema } = await import('../formats/xsd/constats-fautes.ts');
  const { valide, constats, tronque } = valideur.bilan();
  const { sha256, octets } = lu;
  const etat = valide ? 'valide' : 'invalide';
  return { etat, moteur: 'vaguemestre', fautes: constats.map(fauteDeSchema), tronque, sha256, octets };
}

function montrerFaute(sorties: Sorties, f: FauteXml): void {
  const ou = enLieu(f) || 'lieu inconnu';
  sorties.ecrire(`${peindre(sorties, 'red', f.code)}  ${ou}  ${sur(f.chemin)}`.trimEnd());
  sorties.ecrire(`  ${sur(f.message)}`);
  if (f.valeur !== null) sorties.ecrire(`  Vu : « ${sur(f.valeur)} »`);
  if (f.attendu !== '') sorties.ecrire(`  Attendu : ${sur(f.attendu)}`);
}

/** The faults, then a blank line; nothing when there is none. */
export function montrerFautes(sorties: Sorties, { fautes }: VerdictXml, montrees: number): void {
  for (const faute of fautes.slice(0, montrees)) montrerFaute(sorties, faute);
  if (fautes.length > 0) sorties.ecrire('');
}

const PHRASES = {
  valide: 'conforme au schéma',
  bien_forme: 'bien formé (aucun schéma n’a été donné)',
  invalide: 'non conforme au schéma',
  mal_forme: 'pas un XML bien formé que l’on puisse lire en entier',
} as const;

/** `non conforme au schéma, 63 fautes, 50 montrées (--erreurs en montre plus)`. */
export function resumer({ etat, moteur, fautes, tronque }: VerdictXml, montrees: number): string {
  const par = moteur === 'libxml2' ? ' (jugé par libxml2)' : '';
  if (fautes.length === 0) return `${PHRASES[etat]}${par}`;
  const total = tronque ? `plus de ${nombre(fautes.length)} fautes` : pluriel(fautes.length, 'faute');
  const suite =
    fautes.length > montrees ? `, ${pluriel(montrees, 'montrée')} (--erreurs en montre plus)` : '';
  return `${PHRASES[etat]}${par}, ${total}${suite}`;
}

export function verdictEnJson({ fautes, ...reste }: VerdictXml, montrees: number): object {
  return { ...reste, nombreFautes: fautes.length, fautes: fautes.slice(0, montrees) };
}
