import type { XsdValidator } from 'libxml2-wasm';
import { readdirSync, readFileSync } from 'node:fs';
import type { SchemaXsd } from '../../src/formats/xsd/schema.ts';
import { fixturesActes, PARTAGE, partagePresent, RACINE } from '../unit/formats/chemins.ts';
import { justifier } from './desaccords-xsd.ts';
import { compilerLibxml2, compilerNotre, fichiersDe, jugerLibxml2, jugerNotre } from './juges-xsd.ts';
import { LABORATOIRE } from './laboratoire-xsd.ts';
import { type De, type DocumentMutable, lireDocument, muter } from './mutants-xml.ts';
import type { Desaccord } from './xml-differentiel.ts';

/** The differential campaign on schemas: our validator and libxml2 on the same mutants, every disagreement kept. */

/** Every document starts small, so that a mutation changes something worth judging. */
const TAILLE_MAX = 20_000;

/** A schema, and documents to start from. */
export interface Jeu {
  readonly nom: string;
  readonly fichier: string;
  readonly lire: (nom: string) => Uint8Array | null;
  readonly documents: () => readonly Uint8Array[];
  /** What it must be beside the repository to be there. */
  readonly present: boolean;
  /** Times the usual number of mutants. */
  readonly poids?: number;
}

const dossier =
  (chemin: string, garder = /\.xml$/) =>
  (): Uint8Array[] =>
    readdirSync(chemin)
      .filter((f) => garder.test(f))
      .toSorted()
      .map((f) => new Uint8Array(readFileSync(`${chemin}${f}`)))
      .filter((octets) => octets.length < TAILLE_MAX);

const PES = `${PARTAGE}normes/helios/schemas_pes_v5.17/`;
const pes = (nom: string, fichier: string, exemples: string): Jeu => ({
  nom,
  fichier,
  lire: fichiersDe(PES),
  documents: dossier(`${PARTAGE}exemples/helios/${exemples}/`),
  present: partagePresent('normes/helios/schemas_pes_v5.17') && partagePresent('exemples/helios'),
});
const seda = (version: string): Jeu => ({
  nom: `SEDA ${version}`,
  fichier: version === '1.0' ? '1.0/seda_v1-0.xsd' : `${version}/seda-${version}-main.xsd`,
  lire: fichiersDe(`${PARTAGE}normes/seda`),
  documents: dossier(`${PARTAGE}exemples/seda/`, new RegExp(`-${version}\\.xml$`)),
  present: partagePresent('normes/seda') && partagePresent('exemples/seda'),
});

/** The one sample of this age names no file, which its schema refuses. */
function acquitsV1(): Uint8Array[] {
  const octets = readFileSync(
    `${PARTAGE}exemples/helios/acquit/pastell-ancien-helios-seda-standard-pes_acquit.xml`,
  );
  return [Buffer.from(octets.toString('latin1').replace('NomFic V=""', 'NomFic V="PES1"'), 'latin1')];
}

const sansPartage = partagePresent('normes') ? 1 : 6;

export const JEUX: readonly Jeu[] = [
  {
    nom: 'laboratory schema',
    fichier: 'labo.xsd',
    lire: LABORATOIRE.lire,
    documents: () => LABORATOIRE.documents,
    present: true,
    poids: 2 * sansPartage,
  },
  {
    nom: 'ACTES, our schema',
    fichier: 'actes.xsd',
    lire: fichiersDe(`${RACINE}schemas/actes`),
    documents: () => [...fixturesActes().values()],
    present: true,
    poids: sansPartage,
  },
  {
    nom: 'ACTES, the official schema',
    fichier: 'actesv1_1.xsd',
    lire: fichiersDe(`${PARTAGE}normes/actes`),
    documents: () => [...fixturesActes().values()],
    present: partagePresent('normes/actes/actesv1_1.xsd'),
  },
  { ...pes('PES Aller v5.17', 'PES_V2/Rev0/PES_Aller.xsd', 'aller'), poids: 2 },
  { ...pes('ACQUIT V1', 'PES_V2/Rev0/PES_V2_Acquit_Autonome.xsd', 'acquit'), documents: acquitsV1 },
  pes('ACQUIT V2', 'PES_V2/Rev0/PES_V2_Acquit_Autonome_V2.xsd', 'acquit'),
  pes('PES Retour', 'PES_V2/RETOUR/Rev0/PES_Retour.xsd', 'retour'),
  ...['1.0', '2.1', '2.2', '2.3'].map(seda),
];

interface Depart {
  readonly encodage: 'latin1' | 'utf8';
  readonly document: DocumentMutable;
}

function depart(octets: Uint8Array): Depart {
  const vue = Buffer.from(octets);
  const encodage = /encoding=["']iso-8859-1/i.test(vue.toString('latin1', 0, 100)) ? 'latin1' : 'utf8';
  return { encodage, document: lireDocument(vue.toString(encodage)) };
}

interface Compte {
  mutants: number;
  valides: number;
  /** Mutants refused by both, and those whose first error stands on the same line. */
  lignes: number;
  lignesEgales: number;
  readonly justifies: Map<string, number>;
  readonly desaccords: Desaccord[];
}

export class CampagneXsd {
  readonly compte: Compte = {
    mutants: 0,
    valides: 0,
    lignes: 0,
    lignesEgales: 0,
    justifies: new Map(),
    desaccords: [],
  };
  readonly #notre: SchemaXsd;
  readonly #libxml2: XsdValidator;
  readonly #departs: readonly Depart[];

  constructor(jeu: Jeu) {
    this.#notre = compilerNotre(jeu.fichier, jeu.lire);
    this.#libxml2 = compilerLibxml2(jeu.fichier, jeu.lire);
    this.#departs = jeu.documents().map(depart);
  }

  /** One mutant of one document. */
  tour(de: De): void {
    const { compte } = this;
    const { encodage, document } = this.#departs[de(this.#departs.length)] as Depart;
    const texte = muter(document, de);
    const octets = Buffer.from(encodage === 'latin1' ? texte.replace(/[^\0-\xff]/g, '?') : texte, encodage);
    const a = jugerNotre(this.#notre, octets);
    const b = jugerLibxml2(this.#libxml2, octets);
    compte.mutants += 1;
    if (b.valide) compte.valides += 1;
    if (a.valide === b.valide) {
      if (a.ligne > 0 && b.ligne > 0) compte.lignes += 1;
      if (a.ligne > 0 && a.ligne === b.ligne) compte.lignesEgales += 1;
      return;
    }
    const raison = justifier(a, b, texte);
    if (raison === null) {
      const quoi = `${a.message || 'ours: valid'} | ${b.message || 'libxml2: valid'}`;
      compte.desaccords.push({ quoi, octets: octets.toString('latin1') });
    } else compte.justifies.set(raison.nom, (compte.justifies.get(raison.nom) ?? 0) + 1);
  }

  /** What was seen, on one line. */
  dire(): string {
    const { mutants, valides, lignes, lignesEgales, justifies } = this.compte;
    const raisons = [...justifies].map(([nom, n]) => `${nom} ×${n}`).join('; ');
    return (
      `${mutants} mutants, ${valides} valid, first error on the same line ${lignesEgales}/${lignes}` +
      (raisons === '' ? '' : `; justified: ${raisons}`)
    );
  }

  fermer(): void {
    this.#libxml2.dispose();
  }
}
