import { posix } from 'node:path';
import { lireXml } from '../../formats/xml/lire.ts';
import type { RacineXml } from '../../formats/xsd/jury.ts';
import { NS_XSD } from '../../formats/xsd/artefact.ts';
import { CATALOGUE } from './contenu.ts';
import { NOM_PAQUET } from './inventaire.ts';
import { type Lot, refuserLot } from './lot.ts';

/** What a set describes, and what it is called: its schemas say the first, and nothing in them says the second. */

/** A root of PES and the schema that declares it. */
export interface Entree extends RacineXml {
  readonly fichier: string;
}

/**
 * Roots of files: PES_Aller, PES_ACQUIT (two forms, told apart by the namespace), PES_Retour (which has that of the first
 * form), PES_ACQUIT_RETOUR, and PES_Nack of the sets before 5.11. Files of the set are then pieces of these.
 */
const ESPACE_FICHIER = /^http:\/\/www\.minefi\.gouv\.fr\/cp\/helios\/pes_v2\/Rev\d+(?:\/|$)/;
const RACINE = /^PES_/;

type Declarees = { readonly entrees: readonly Entree[]; readonly probleme?: string };

/** The roots that a schema declares itself. Every file is read, so that none carries a DOCTYPE. */
function declarees(fichier: string, octets: Uint8Array): Declarees {
  const lu = lireXml(octets);
  if (lu.type === 'illisible') {
    const ou = lu.ligne === 0 ? '' : `, ligne ${lu.ligne}`;
    return { entrees: [], probleme: `${fichier}${ou} : ${lu.motif}.` };
  }
  const { racine } = lu;
  const espace = racine.attributs.get('targetNamespace') ?? '';
  const schema = racine.espace === NS_XSD && racine.nom === 'schema' && ESPACE_FICHIER.test(espace);
  const elements = schema ? racine.enfants.filter((e) => e.espace === NS_XSD && e.nom === 'element') : [];
  const noms = elements.map((e) => e.attributs.get('name') ?? '').filter((nom) => RACINE.test(nom));
  return { entrees: noms.map((nom) => ({ espace, nom, fichier })) };
}

/** @returns in French, the roots that several files declare. */
function ambigues(entrees: readonly Entree[]): string[] {
  const parRacine = Map.groupBy(entrees, ({ espace, nom }) => `${espace} ${nom}`);
  return [...parRacine.values()]
    .filter((memes) => memes.length > 1)
    .map((memes) => {
      const [premier, second] = memes.map((e) => e.fichier);
      const reste = memes.length > 2 ? ', entre autres' : '';
      const ou = `${premier} et par ${second}${reste}`;
      return `la racine ${memes[0]?.nom} est déclarée par ${ou} : importer un seul jeu à la fois.`;
    });
}

/** The schemas to start from, by name of their root. Throws VGM-SCH-001: none, a root declared twice, a file that cannot be read. */
export function trouverEntrees(source: string, { fichiers }: Lot): readonly Entree[] {
  const lus = [...fichiers]
    .filter(([nom]) => posix.basename(nom) !== CATALOGUE)
    .map(([nom, octets]) => declarees(nom, octets));
  const entrees = lus.flatMap((l) => l.entrees);
  const problemes = [...lus.flatMap((l) => l.probleme ?? []), ...ambigues(entrees)];
  if (problemes.length === 0 && entrees.length === 0) {
    problemes.push(
      'aucun schéma n’y déclare la racine d’un fichier PES (PES_Aller, PES_Retour, PES_ACQUIT…) : ce n’est pas un jeu PES, ou pas tout le jeu.',
    );
  }
  if (problemes.length > 0) throw refuserLot(source, problemes.slice(0, 20));
  return entrees.toSorted((a, b) => (`${a.nom} ${a.espace}` < `${b.nom} ${b.espace}` ? -1 : 1));
}

/** `schemas_pes_v5.17`, `schemas_pes.v5.12`, `v5.17.txt`; not `PES_V2`, nor the date `15.01.2026`. */
const VERSION = /(?:^|[^0-9.])v?([0-9]{1,2}\.[0-9]{1,3})(?!\.?[0-9])/i;

export interface Baptemes {
  /** As typed: `--nom`, `--version`. */
  readonly nom?: string;
  readonly version?: string;
}

export interface Identite {
  readonly nom: string;
  readonly version: string | null;
}

/** Versions that names tell: the one asked for, those of the folders, those of the notes that come with the set. */
function versionsDe({ origine, enveloppe, laisses }: Lot, nom: string): Set<string> {
  const notes = laisses.map((n) => posix.basename(n)).filter((n) => /^v[0-9.]+\.txt$/i.test(n));
  const noms = [nom, origine, ...enveloppe.split('/'), ...notes];
  return new Set(noms.flatMap((n) => VERSION.exec(n)?.[1] ?? []));
}

/** What to call the pack. Throws VGM-SCH-001 when nothing says it, or names contradict one another. */
export function baptiser(source: string, lot: Lot, { nom, version }: Baptemes): Identite {
  const vues = version === undefined ? versionsDe(lot, nom ?? '') : new Set([version]);
  if (vues.size > 1) {
    const dites = [...vues].join(' et ');
    throw refuserLot(source, [
      `ses noms disent plusieurs versions (${dites}) : dire laquelle avec --version.`,
    ]);
  }
  const [vue = null] = vues;
  const choisi = nom ?? vue;
  if (choisi === null) {
    throw refuserLot(source, [
      'ni son nom ni celui de ses fichiers ne disent sa version : dire --version ou --nom.',
    ]);
  }
  if (!NOM_PAQUET.test(choisi)) {
    throw refuserLot(source, [
      `le nom « ${choisi} » ne convient pas : 40 caractères au plus, minuscules, chiffres et tirets ; un point est suivi d’un chiffre.`,
    ]);
  }
  return { nom: choisi, version: vue };
}
