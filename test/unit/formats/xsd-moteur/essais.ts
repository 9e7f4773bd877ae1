import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import type { LimitesXml } from '../../../../src/formats/xml/evenements.ts';
import type { RefusSchema } from '../../../../src/formats/xsd/artefact.ts';
import { compilerXsd } from '../../../../src/formats/xsd/compiler.ts';
import type { BilanXsd } from '../../../../src/formats/xsd/constats.ts';
import { SchemaXsd } from '../../../../src/formats/xsd/schema.ts';
import { type OptionsValideur, ValideurXsd } from '../../../../src/formats/xsd/valideur.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';

/** Content of a schema, or a whole one when it carries its own root. */
function enSchema(corps: string): string {
  return /<x:schema(?![A-Za-z])/.test(corps) ? corps : `<x:schema ${XS}>${corps}</x:schema>`;
}

export type Fichiers = string | Readonly<Record<string, string>>;

function compilation(fichiers: Fichiers) {
  const jeu = typeof fichiers === 'string' ? { 'a.xsd': fichiers } : fichiers;
  return compilerXsd('a.xsd', (nom) => {
    const corps = jeu[nom];
    if (corps === undefined) return null;
    const texte = enSchema(corps);
    return Buffer.from(
      texte.includes('xmlns:x=') ? texte : texte.replace(/<x:schema(?=[\s>])/, `<x:schema ${XS}`),
      'utf8',
    );
  });
}

export function schema(fichiers: Fichiers): SchemaXsd {
  const c = compilation(fichiers);
  if (c.type === 'refus') throw new TypeError(c.refus[0]?.message);
  return new SchemaXsd(JSON.parse(JSON.stringify(c.artefact)));
}

export function refus(fichiers: Fichiers): readonly RefusSchema[] {
  const c = compilation(fichiers);
  return c.type === 'refus' ? c.refus : [];
}

export interface Lecture extends OptionsValideur {
  readonly morceau?: number;
  readonly encodage?: 'utf8' | 'latin1';
  readonly limites?: Partial<LimitesXml>;
}

export function bilan(s: SchemaXsd, texte: string | Uint8Array, lecture: Lecture = {}): BilanXsd {
  const octets = typeof texte === 'string' ? Buffer.from(texte, lecture.encodage ?? 'utf8') : texte;
  const valideur = new ValideurXsd(s, lecture);
  const analyseur = new AnalyseurXml(valideur, { ids: 'libres', limites: lecture.limites ?? {} });
  const pas = lecture.morceau ?? octets.length;
  for (let i = 0; i < octets.length; i += pas) analyseur.ecrire(octets.subarray(i, i + pas));
  const fin = analyseur.finir();
  if (fin !== null) throw new TypeError(fin.message);
  return valideur.bilan();
}

/** Codes of what is found. */
export const codes = (s: SchemaXsd, texte: string, lecture?: Lecture): string[] =>
  bilan(s, texte, lecture).constats.map((c) => c.code);

/** A schema whose one element `e` has this simple type. */
export const typeDe = (corps: string): SchemaXsd =>
  schema(
    corps.startsWith('x:')
      ? `<x:element name="e" type="${corps}"/>`
      : `<x:element name="e">${corps}</x:element>`,
  );

export const restriction = (base: string, ...facettes: readonly (readonly [string, string])[]): string =>
  `<x:simpleType><x:restriction base="${base}">${facettes.map(([f, v]) => `<x:${f} value="${v}"/>`).join('')}</x:restriction></x:simpleType>`;

export const element = (corps: string): string => `<x:element name="e">${corps}</x:element>`;
export const complexe = (corps: string): string => element(`<x:complexType>${corps}</x:complexType>`);
export const suite = (corps: string): string => complexe(`<x:sequence>${corps}</x:sequence>`);
export const simple = (facette: string, valeur: string, base = 'x:string'): string =>
  element(restriction(base, [facette, valeur]));
export const nomme = (nom: string, corps: string): string =>
  `<x:complexType name="${nom}">${corps}</x:complexType>`;
export const contenu = (sorte: 'simple' | 'complex', corps: string): string =>
  `<x:${sorte}Content>${corps}</x:${sorte}Content>`;
export const etendre = (base: string, corps = ''): string =>
  `<x:extension base="${base}">${corps}</x:extension>`;
export const un = (nom: string, attributs = ''): string => `<x:element name="${nom}"${attributs}/>`;

/** The one refusal of a schema: kind, words, and how many there are. */
export function seul(
  corps: string,
): readonly [genre: string | undefined, message: string | undefined, n: number] {
  const dits = refus(corps);
  return [dits[0]?.genre, dits[0]?.message, dits.length];
}
