import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync, crc32 } from 'node:zlib';
import { AnalyseurXml } from '../../../src/formats/xml/analyseur.ts';
import type { Recepteur, RefusXml } from '../../../src/formats/xml/evenements.ts';
import { type EntreeBrute, zipBrut } from '../formats/asic/zip-brut.ts';
import { type BancCli, creerBancCli, type Resultat } from '../cli/banc-cli.ts';

/** Sets of schemas of our own, laid out as those of the DGFiP, small enough to be read at a glance. */

const PES = 'http://www.minefi.gouv.fr/cp/helios/pes_v2/';
export const ALLER = { espace: `${PES}Rev0/aller`, nom: 'PES_Aller' } as const;
export const RETOUR = { espace: `${PES}Rev0/retour`, nom: 'PES_Retour' } as const;
export const ACQUIT_V1 = { espace: `${PES}Rev0/retour`, nom: 'PES_ACQUIT' } as const;
export const ACQUIT_V2 = { espace: `${PES}Rev0/retour/v2`, nom: 'PES_ACQUIT' } as const;

export type Jeu = Readonly<Record<string, string | Uint8Array>>;

export function schema(espace: string, corps: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${espace}" xmlns:c="${PES}commun"
           targetNamespace="${espace}">
${corps}
</xs:schema>
`;
}

const LONGUEUR =
  '<xs:import namespace="http://www.minefi.gouv.fr/cp/helios/pes_v2/commun" schemaLocation="../Communs.xsd"/>';

function communs(longueur: number): string {
  return schema(
    `${PES}commun`,
    `<xs:complexType name="TNom"><xs:attribute name="V" use="required"><xs:simpleType>
  <xs:restriction base="xs:string"><xs:maxLength value="${longueur}"/></xs:restriction>
</xs:simpleType></xs:attribute></xs:complexType>`,
  );
}

/** A root with any number of `Nom`, of a type that another file declares. */
export function racine(
  { espace, nom }: { espace: string; nom: string },
  importer: string = LONGUEUR,
): string {
  return schema(
    espace,
    `${importer}
<xs:element name="${nom}"><xs:complexType><xs:sequence>
  <xs:element name="Nom" type="c:TNom" minOccurs="0" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element>`,
  );
}

/** A set in which a `Nom` has at most `longueur` characters: two lengths are two versions. */
export function jeu(longueur = 5, plus: Jeu = {}): Jeu {
  return {
    'PES_V2/Rev0/PES_Aller.xsd': racine(ALLER),
    'PES_V2/Rev0/PES_Acquit.xsd': racine(ACQUIT_V1),
    'PES_V2/Rev0/PES_Acquit_V2.xsd': racine(ACQUIT_V2),
    'PES_V2/Communs.xsd': communs(longueur),
    'PES_V2/RETOUR/Rev0/PES_Retour.xsd': racine(RETOUR, LONGUEUR.replace('../', '../../')),
    'xmldsig/xmldsig.xsd': schema('http://www.w3.org/2000/09/xmldsig#', ''),
    'lisez-moi.txt': 'rien',
    ...plus,
  };
}

export function document(
  { espace, nom } = ALLER as { espace: string; nom: string },
  ...noms: string[]
): Buffer {
  const corps = noms.map((n) => `<Nom V="${n}"/>`).join('');
  return Buffer.from(`<n:${nom} xmlns:n="${espace}">${corps}</n:${nom}>`);
}

/** As a stream of one chunk. @returns why it could not be read. */
export function lire(octets: Uint8Array, recepteur: Recepteur): RefusXml | null {
  const analyseur = new AnalyseurXml(recepteur);
  return analyseur.ecrire(octets) ?? analyseur.finir();
}

export function comprime(
  nom: string,
  contenu: string | Uint8Array,
  suite: Partial<EntreeBrute> = {},
): EntreeBrute {
  const clair = Buffer.from(contenu as string);
  return {
    nom,
    octets: deflateRawSync(clair),
    methode: 8,
    taille: clair.length,
    crc: crc32(clair),
    ...suite,
  };
}

export interface Montage {
  readonly racine: string;
  /** Folder of the packs. */
  readonly dossier: string;
  readonly banc: BancCli;
  ici(nom: string): string;
  /** Writes a set as a folder. @returns its path. */
  poser(nom: string, fichiers?: Jeu): string;
  /** Writes a set as a ZIP; `prefixe` goes before each name. */
  zipper(nom: string, fichiers?: Jeu, prefixe?: string): string;
  zipperBrut(nom: string, entrees: readonly EntreeBrute[]): string;
  ecrire(nom: string, contenu: string | Uint8Array): string;
  /** `vaguemestre schemas …` on the folder. */
  lancer(...argv: readonly string[]): Promise<Resultat>;
  /** Names in the folder, hidden ones too, `.verrou` left out. */
  noms(sous?: string): string[];
  /** Lines of the register. */
  traces(): Record<string, string>[];
  /** Path of the content of a pack. */
  contenu(nom: string): string;
  fermer(): void;
}

/** @param modele its sets and packs are copied. */
export function monter(modele?: Montage): Montage {
  const base = mkdtempSync(join(tmpdir(), 'vgm-schemas-'));
  if (modele !== undefined) cpSync(modele.racine, base, { recursive: true });
  const dossier = join(base, 'donnees/schemas/helios');
  const banc = creerBancCli();
  const ici = (nom: string): string => join(base, nom);
  const ecrire = (nom: string, contenu: string | Uint8Array): string => {
    mkdirSync(dirname(ici(nom)), { recursive: true });
    writeFileSync(ici(nom), contenu);
    return ici(nom);
  };
  const zipperBrut = (nom: string, entrees: readonly EntreeBrute[]): string => ecrire(nom, zipBrut(entrees));
  return {
    racine: base,
    dossier,
    banc,
    ici,
    ecrire,
    zipperBrut,
    poser(nom, fichiers = jeu()) {
      for (const [chemin, contenu] of Object.entries(fichiers)) ecrire(join(nom, chemin), contenu);
      return ici(nom);
    },
    zipper: (nom, fichiers = jeu(), prefixe = '') =>
      zipperBrut(
        nom,
        Object.entries(fichiers).map(([chemin, contenu]) => comprime(`${prefixe}${chemin}`, contenu)),
      ),
    lancer: (...argv) => banc.lancer('schemas', ...argv, '--dossier', dossier),
    noms: (sous = '') => {
      const ou = join(dossier, sous);
      return existsSync(ou)
        ? readdirSync(ou)
            .filter((n) => n !== '.verrou')
            .toSorted()
        : [];
    },
    traces: () =>
      readFileSync(join(dossier, 'registre.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((l) => JSON.parse(l) as Record<string, string>),
    contenu: (nom) => join(dossier, nom, readdirSync(join(dossier, nom))[0] ?? ''),
    fermer: () => rmSync(base, { recursive: true, force: true }),
  };
}
