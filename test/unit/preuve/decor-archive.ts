import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { controler } from '../../../src/cli/controler.ts';

/** A good acte archive, made by hand, for tests that spoil it. */

export const ARCHIVE = 'VGM-TACT--214400152--20261121-1.tar.gz';
export const ENVELOPPE = 'TACT--214400152--20261121-1.xml';
export const TRONC = '044-214400152-20261115-2026_041-DE-1-1';
export const MESSAGE = `${TRONC}_0.xml`;
export const DOCUMENT = `99_DE-${TRONC}_1.pdf`;
export const ANNEXE = `70_DE-${TRONC}_2.png`;

export const ENTETE = '<?xml version="1.0" encoding="ISO-8859-1"?>\n';
export const ESPACES =
  'xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216" xmlns:insee="http://xml.insee.fr/schema"';

export const enveloppe = (formulaires: readonly string[] = [MESSAGE], siren = '214400152'): string =>
  `${ENTETE}<actes:EnveloppeCLMISILL ${ESPACES}>
<actes:Emetteur><actes:IDCL insee:SIREN="${siren}" actes:Departement="044" actes:Arrondissement="1" actes:Nature="31"/></actes:Emetteur>
<actes:AdressesRetour><actes:Email>tdt@exemple.fr</actes:Email></actes:AdressesRetour>
<actes:FormulairesEnvoyes>${formulaires.map((f) => `<actes:Formulaire><actes:NomFichier>${f}</actes:NomFichier></actes:Formulaire>`).join('')}</actes:FormulairesEnvoyes>
</actes:EnveloppeCLMISILL>`;

export const acte = (document = DOCUMENT, annexes: readonly string[] = [ANNEXE]): string =>
  `${ENTETE}<actes:Acte ${ESPACES} actes:Date="2026-11-15" actes:NumeroInterne="2026_041" actes:CodeNatureActe="1">
<actes:CodeMatiere1 actes:CodeMatiere="7"/>
<actes:CodeMatiere2 actes:CodeMatiere="10"/>
<actes:Objet>Tarifs été</actes:Objet>
<actes:ClassificationDateVersion>2019-08-29</actes:ClassificationDateVersion>
<actes:Document><actes:NomFichier>${document}</actes:NomFichier></actes:Document>
<actes:Annexes actes:Nombre="${annexes.length}">${annexes.map((a) => `<actes:Annexe><actes:NomFichier>${a}</actes:NomFichier></actes:Annexe>`).join('')}</actes:Annexes>
<actes:DocumentPapier>N</actes:DocumentPapier>
</actes:Acte>`;

export function pdf(trailer = ''): Buffer {
  const corps = '%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\n';
  const xref = `xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R${trailer}>>\n`;
  return Buffer.from(`${corps}${xref}startxref\n${corps.length}\n%%EOF\n`, 'latin1');
}
export const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
export const latin1 = (texte: string): Buffer => Buffer.from(texte, 'latin1');

export type Fichiers = Map<string, Buffer>;
export const bons = (): Fichiers =>
  new Map([
    [ENVELOPPE, latin1(enveloppe())],
    [MESSAGE, latin1(acte())],
    [DOCUMENT, pdf()],
    [ANNEXE, PNG],
  ]);

export interface Vu {
  readonly code: number;
  readonly lignes: readonly string[];
  readonly erreurs: readonly string[];
}

export async function lancer(chemin: string, json = false): Promise<Vu> {
  const lignes: string[] = [];
  const erreurs: string[] = [];
  const sorties = {
    ecrire: (l: string) => lignes.push(l),
    erreur: (l: string) => erreurs.push(l),
    couleur: false,
  };
  return { code: await controler(chemin, { json }, sorties), lignes, erreurs };
}

export async function poser(dossier: string, nom: string, octets: Uint8Array): Promise<string> {
  const chemin = join(await mkdtemp(join(dossier, 'a-')), nom);
  await writeFile(chemin, octets);
  return chemin;
}

/** Lines that say something, remedies left out. */
export const dits = (vu: Vu): string[] => vu.lignes.filter((l) => /^(REFUS|avis ) /.test(l));
