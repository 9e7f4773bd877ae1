import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importerPaquet, type ImportFait } from '../../src/adapters/schemas/importer.ts';
import type { PolitiqueSchemas } from '../../src/formats/xsd/paquets.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { ALLER, schema } from '../unit/schemas/decor.ts';

/** Schema packs of our own that a true PES is valid against, as long as its NomFic is short enough. */

const RESTE = '<xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>';

/** @param longueur of NomFic, at most. */
export function schemaAller(longueur: number): string {
  return schema(
    ALLER.espace,
    `<xs:element name="PES_Aller"><xs:complexType><xs:sequence>
  <xs:element name="Enveloppe"><xs:complexType><xs:sequence>
    <xs:element name="Parametres"><xs:complexType><xs:sequence>
      <xs:element name="Version"><xs:complexType><xs:attribute name="V"/></xs:complexType></xs:element>
      <xs:element name="TypFic"><xs:complexType><xs:attribute name="V"/></xs:complexType></xs:element>
      <xs:element name="NomFic"><xs:complexType><xs:attribute name="V" use="required"><xs:simpleType>
        <xs:restriction base="xs:string"><xs:maxLength value="${longueur}"/></xs:restriction>
      </xs:simpleType></xs:attribute></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
    ${RESTE}
  </xs:sequence></xs:complexType></xs:element>
  ${RESTE}
</xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>`,
  );
}

export interface PaquetEssai {
  readonly nom: string;
  readonly longueur: number;
  readonly politique: PolitiqueSchemas;
}

/** Imports it as the command does, in place of one of the same name. @param base where its source is written. */
export function importerEssai(base: string, dossier: string, essai: PaquetEssai): Promise<ImportFait> {
  const source = join(base, `jeu-${essai.nom}-${essai.longueur}`);
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, 'PES_Aller.xsd'), schemaAller(essai.longueur));
  return importerPaquet({
    source,
    nom: essai.nom,
    version: essai.nom,
    politique: essai.politique,
    remplacer: true,
    dossier,
    auteur: { qui: 'essai', quand: 0 as Instant },
  });
}
