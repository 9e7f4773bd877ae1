import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fixturesActes, PARTAGE, partagePresent, RACINE } from '../unit/formats/chemins.ts';
import { justifier } from './desaccords-xsd.ts';
import { compilerLibxml2, compilerNotre, fichiersDe, jugerLibxml2, jugerNotre } from './juges-xsd.ts';
import { LABORATOIRE } from './laboratoire-xsd.ts';
import { type DocumentMutable, lireDocument, muter, tirage } from './mutants-xml.ts';

/** Same verdict as libxml2 on mutated messages; `VGM_XSD_MUTANTS` and `VGM_XSD_GRAINE` for a longer run. */

const PAR_SCHEMA = Number(process.env['VGM_XSD_MUTANTS'] ?? 2000);
const GRAINE = Number(process.env['VGM_XSD_GRAINE'] ?? 20_261_121);
/** Every document starts small, so that a mutation changes something worth judging. */
const TAILLE_MAX = 20_000;

interface Jeu {
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

const JEUX: readonly Jeu[] = [
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
  lignes: number;
  lignesEgales: number;
  readonly justifies: Map<string, number>;
  readonly injustifies: string[];
}

function comparer(jeu: Jeu, nombre: number): Compte {
  const notre = compilerNotre(jeu.fichier, jeu.lire);
  const libxml2 = compilerLibxml2(jeu.fichier, jeu.lire);
  const departs = jeu.documents().map(depart);
  const de = tirage(GRAINE);
  const compte: Compte = {
    mutants: 0,
    valides: 0,
    lignes: 0,
    lignesEgales: 0,
    justifies: new Map(),
    injustifies: [],
  };
  for (let k = 0; k < nombre; k += 1) {
    const { encodage, document } = departs[de(departs.length)] as Depart;
    const texte = muter(document, de);
    const octets = Buffer.from(encodage === 'latin1' ? texte.replace(/[^\0-\xff]/g, '?') : texte, encodage);
    const a = jugerNotre(notre, octets);
    const b = jugerLibxml2(libxml2, octets);
    compte.mutants += 1;
    if (b.valide) compte.valides += 1;
    if (a.valide === b.valide) {
      if (a.ligne > 0 && b.ligne > 0) compte.lignes += 1;
      if (a.ligne > 0 && a.ligne === b.ligne) compte.lignesEgales += 1;
      continue;
    }
    const raison = justifier(a, b, texte);
    if (raison === null)
      compte.injustifies.push(`${a.message || 'ours: valid'} | ${b.message || 'libxml2: valid'}`);
    else compte.justifies.set(raison.nom, (compte.justifies.get(raison.nom) ?? 0) + 1);
  }
  libxml2.dispose();
  return compte;
}

describe('XSD 1.0: the verdict of libxml2 on mutated documents', () => {
  let total = 0;
  const comptes = { lignes: 0, lignesEgales: 0 };
  for (const jeu of JEUX) {
    if (!jeu.present) {
      test.skip(`${jeu.nom}: ABSENT, ../shared is not beside the repository`, () => undefined);
      continue;
    }
    test(jeu.nom, () => {
      const c = comparer(jeu, PAR_SCHEMA * (jeu.poids ?? 1));
      const justifies = [...c.justifies].map(([nom, n]) => `${nom} ×${n}`).join('; ');
      console.log(
        `${jeu.nom}: ${c.mutants} mutants, seed ${GRAINE}, ${c.valides} valid, ` +
          `first error on the same line ${c.lignesEgales}/${c.lignes}${justifies === '' ? '' : `; justified: ${justifies}`}`,
      );
      expect(c.injustifies).toEqual([]);
      // a comparison where everything is invalid would prove little
      expect(c.valides).toBeGreaterThan(c.mutants / 20);
      total += c.mutants;
      comptes.lignes += c.lignes;
      comptes.lignesEgales += c.lignesEgales;
    });
  }

  test('at least 20,000 mutants were compared, and errors stand on the same line', () => {
    console.log(`${total} mutants in all; same line ${comptes.lignesEgales}/${comptes.lignes}`);
    expect(total).toBeGreaterThanOrEqual(PAR_SCHEMA >= 2000 ? 20_000 : 0);
    expect(comptes.lignesEgales / comptes.lignes).toBeGreaterThan(0.98);
  });
});
