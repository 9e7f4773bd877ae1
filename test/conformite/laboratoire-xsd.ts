import { fichiersEcrits } from './juges-xsd.ts';

/** A schema of our own that holds every construct, used and not used by the norms, and documents to mutate. */

const TYPES: Readonly<Record<string, string>> = {
  chaine: 'string',
  normal: 'normalizedString',
  mot: 'token',
  decimal: 'decimal',
  entier: 'integer',
  int: 'int',
  court: 'short',
  positif: 'positiveInteger',
  naturel: 'nonNegativeInteger',
  octet: 'unsignedByte',
  bool: 'boolean',
  date: 'date',
  dateHeure: 'dateTime',
  heure: 'time',
  annee: 'gYear',
  anneeMois: 'gYearMonth',
  moisJour: 'gMonthDay',
  jour: 'gDay',
  duree: 'duration',
  b64: 'base64Binary',
  hexa: 'hexBinary',
  uri: 'anyURI',
  langue: 'language',
  ncnom: 'NCName',
  nmtoken: 'NMTOKEN',
  nmtokens: 'NMTOKENS',
  reel: 'double',
  simple: 'float',
};

const EXEMPLES: Readonly<Record<string, string>> = {
  chaine: 'x y',
  normal: 'a b',
  mot: 'a b',
  decimal: '1.50',
  entier: '-12',
  int: '7',
  court: '-3',
  positif: '3',
  naturel: '0',
  octet: '255',
  bool: 'true',
  date: '2026-04-01',
  dateHeure: '2026-04-01T10:20:30Z',
  heure: '10:20:30',
  annee: '2026',
  anneeMois: '2026-04',
  moisJour: '--02-28',
  jour: '---05',
  duree: 'P1Y2M',
  b64: 'QUJDRA==',
  hexa: '0aFF',
  uri: 'http://a.fr/b',
  langue: 'fr-FR',
  ncnom: '_a',
  nmtoken: '1a',
  nmtokens: 'a b',
  reel: '1.5E3',
  simple: '-INF',
};

const facettes = (nom: string, base: string, corps: string): string =>
  `<x:simpleType name="${nom}"><x:restriction base="x:${base}">${corps}</x:restriction></x:simpleType>`;
const f = (nom: string, valeur: string): string => `<x:${nom} value="${valeur}"/>`;

const SIMPLES = [
  facettes('Code', 'string', f('pattern', '[A-Z]{2}[0-9]*') + f('pattern', 'x+')),
  facettes(
    'Borne',
    'decimal',
    f('minInclusive', '-5') + f('maxExclusive', '100.5') + f('totalDigits', '5') + f('fractionDigits', '2'),
  ),
  facettes('Liste', 'token', ['INSERT', 'DEMAT', 'a b'].map((v) => f('enumeration', v)).join('')),
  facettes('Nombre', 'integer', ['1', '2', '100'].map((v) => f('enumeration', v)).join('')),
  facettes('Quand', 'date', f('minInclusive', '2024-02-29') + f('maxInclusive', '2026-04-01Z')),
  facettes('Court', 'string', f('maxLength', '3')),
  facettes('Exact', 'normalizedString', f('length', '3')),
  facettes('Blob', 'base64Binary', f('maxLength', '4')),
  facettes('Reduit', 'string', f('whiteSpace', 'collapse') + f('minLength', '1')),
  facettes(
    'Categorie',
    'string',
    f('pattern', '\\p{Lu}\\p{Ll}*[\\w-[0-9]]?') + f('pattern', '\\i\\c*\\s?\\d'),
  ),
  '<x:simpleType name="Entiers"><x:list itemType="x:int"/></x:simpleType>',
  '<x:simpleType name="Deux"><x:restriction base="Entiers"><x:length value="2"/></x:restriction></x:simpleType>',
  '<x:simpleType name="Vide"><x:restriction base="x:string"><x:enumeration value=""/></x:restriction></x:simpleType>',
  '<x:simpleType name="Union"><x:union memberTypes="x:date Vide"><x:simpleType><x:restriction base="x:int"><x:maxInclusive value="9"/></x:restriction></x:simpleType></x:union></x:simpleType>',
];

const NOMMES: Readonly<Record<string, string>> = {
  Code: 'AB12',
  Borne: '1.5',
  Liste: 'a b',
  Nombre: '2',
  Quand: '2025-01-01',
  Court: 'abc',
  Exact: 'a b',
  Blob: 'QUJD',
  Reduit: 'a',
  Categorie: 'Ab',
  Entiers: '1 2 3',
  Deux: '1 2',
  Union: '2026-01-01',
};

const valeurs = [
  ...Object.entries(TYPES).map(([nom, type]) => [nom, `x:${type}`] as const),
  ...Object.keys(NOMMES).map((nom) => [nom, nom] as const),
];

const LABO = `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" xmlns:b="urn:b">
<x:import namespace="urn:b" schemaLocation="autre.xsd"/>
<x:include schemaLocation="types.xsd"/>
<x:element name="labo"><x:complexType><x:sequence>
${valeurs.map(([nom, type]) => `<x:element name="${nom}" type="${type}" minOccurs="0"/>`).join('\n')}
<x:element ref="attributs" minOccurs="0" maxOccurs="3"/>
<x:element name="tout" type="Tout" minOccurs="0"/>
<x:element name="base" type="Base" minOccurs="0" maxOccurs="unbounded"/>
<x:element name="mixte" type="Mixte" minOccurs="0"/>
<x:element name="comptes" type="Comptes" minOccurs="0"/>
<x:element name="ouvert" minOccurs="0"><x:complexType><x:sequence>
  <x:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="2"/><x:element name="apres"/>
  <x:any namespace="urn:b" processContents="strict" minOccurs="0"/><x:any namespace="urn:c" processContents="skip" minOccurs="0"/>
</x:sequence><x:anyAttribute namespace="##other" processContents="lax"/></x:complexType></x:element>
<x:element name="fixe" type="x:int" fixed="5" minOccurs="0"/>
<x:element name="defaut" type="x:date" default="2026-01-01" minOccurs="0"/>
<x:element name="nul" type="x:date" nillable="true" minOccurs="0"/>
<x:element name="tete" type="Etendu" minOccurs="0"/>
</x:sequence></x:complexType></x:element>
<x:element name="attributs"><x:complexType>
${valeurs.map(([nom, type]) => `<x:attribute name="${nom}" type="${type}"/>`).join('\n')}
<x:attribute name="requis" type="x:int" use="required"/><x:attribute name="impose" type="x:decimal" fixed="1.0"/>
<x:attributeGroup ref="groupe"/></x:complexType></x:element>
</x:schema>`;

const TYPES_XSD = `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema">
${SIMPLES.join('\n')}
<x:attributeGroup name="groupe"><x:attribute name="g" type="Liste"/></x:attributeGroup>
<x:complexType name="Tout"><x:all><x:element name="a"/><x:element name="b" minOccurs="0"/><x:element name="c" type="x:int"/></x:all></x:complexType>
<x:complexType name="Base"><x:sequence><x:element name="un" type="x:int"/></x:sequence><x:attribute name="at" type="x:int"/></x:complexType>
<x:complexType name="BaseType"><x:complexContent><x:extension base="Base"><x:choice maxOccurs="2"><x:element name="deux"/><x:element name="trois"/></x:choice><x:attribute name="plus" use="required"/></x:extension></x:complexContent></x:complexType>
<x:complexType name="unType"><x:complexContent><x:restriction base="Base"><x:sequence><x:element name="un" type="x:short"/></x:sequence><x:attribute name="at" use="prohibited"/></x:restriction></x:complexContent></x:complexType>
<x:complexType name="Abstrait" abstract="true"><x:sequence/></x:complexType>
<x:complexType name="Mixte" mixed="true"><x:choice minOccurs="0" maxOccurs="unbounded"><x:element name="i" type="x:string"/><x:element name="j" type="x:int"/></x:choice></x:complexType>
<x:complexType name="Comptes"><x:sequence><x:element name="p" minOccurs="2" maxOccurs="4"/><x:sequence minOccurs="0" maxOccurs="3"><x:element name="q"/><x:element name="r" minOccurs="0"/></x:sequence><x:group ref="fin"/></x:sequence></x:complexType>
<x:group name="fin"><x:choice><x:element name="s"/><x:element name="t" maxOccurs="unbounded"/></x:choice></x:group>
<x:complexType name="Etendu"><x:simpleContent><x:extension base="Borne"><x:attribute name="unite" type="Liste" use="required"/></x:extension></x:simpleContent></x:complexType>
<x:complexType name="teteType"><x:simpleContent><x:restriction base="Etendu"><x:maxInclusive value="2"/></x:restriction></x:simpleContent></x:complexType>
</x:schema>`;

const AUTRE = `<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:b" elementFormDefault="qualified">
<x:element name="connu"><x:complexType><x:sequence><x:element name="dedans" type="x:int" maxOccurs="2"/></x:sequence></x:complexType></x:element>
<x:attribute name="att" type="x:int"/>
</x:schema>`;

const exemples = { ...EXEMPLES, ...NOMMES };
const elements = Object.entries(exemples).map(([nom, v]) => `<${nom}>${v}</${nom}>`);
const attributs = Object.entries(exemples).map(([nom, v]) => `${nom}="${v}"`);
const moitie = Math.ceil(elements.length / 2);

const labo = (corps: string): Buffer =>
  Buffer.from(`<labo xmlns:b="urn:b" xmlns:c="urn:c">\n${corps}\n</labo>`, 'utf8');

export const LABORATOIRE = {
  lire: fichiersEcrits({ 'labo.xsd': LABO, 'types.xsd': TYPES_XSD, 'autre.xsd': AUTRE }),
  documents: [
    labo(elements.slice(0, moitie).join('\n')),
    labo(elements.slice(moitie).join('\n')),
    labo(`<attributs requis="1" impose="1.00" g="DEMAT" ${attributs.slice(0, moitie).join(' ')}/>`),
    labo(`<attributs requis="1" ${attributs.slice(moitie).join(' ')}/>`),
    labo(
      '<tout>\n<c>1</c>\n<a/>\n</tout>\n<base at="1"><un>1</un></base>\n<base><un>2</un></base>\n<mixte>x<i>y</i>z<j>1</j></mixte>',
    ),
    labo(
      '<base xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="BaseType" plus=""><un>1</un>\n<deux/>\n<trois/></base>',
    ),
    labo(
      '<comptes>\n<p/>\n<p/>\n<q/>\n<r/>\n<q/>\n<t/>\n<t/>\n</comptes>\n<fixe>5</fixe>\n<defaut/>\n<nul>2026-01-01</nul>\n<tete unite="DEMAT">1.5</tete>',
    ),
    labo(
      '<ouvert b:att="1" c:x="y">\n<b:connu><b:dedans>1</b:dedans></b:connu>\n<c:quoi><x/></c:quoi>\n<apres/>\n<b:connu><b:dedans>2</b:dedans></b:connu>\n<c:saute y="1"/>\n</ouvert>',
    ),
  ],
};
