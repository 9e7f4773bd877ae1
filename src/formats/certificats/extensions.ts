import {
  contexte,
  contexteConstruit,
  Curseur,
  type Der,
  ErreurDer,
  exiger,
  lireDer,
  membres,
  TAG,
} from './der.ts';
import { hex, lireBitsNommes, lireBooleen, lireOid, lirePetit, lireTexte } from './der-valeurs.ts';

/** X.509 v3 extensions (RFC 5280 § 4.2), and the QcStatements of ETSI EN 319 412-5, as plain values. */

/** In the order of their bits, RFC 5280 § 4.2.1.3. */
export const USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type Usage = (typeof USAGES)[number];

export interface QcStatements {
  /** QcCompliance: issued as qualified. */
  readonly conforme: boolean;
  /** QcSSCD: the key lives in a qualified device. */
  readonly dispositif: boolean;
  /** QcType: empty before 2016, when only electronic signature existed. */
  readonly types: readonly ('esign' | 'eseal' | 'web')[];
}

export interface Extensions {
  /** null when absent: then it is no authority. `longueur`: pathLenConstraint, null when unbounded. */
  readonly contraintes: { readonly autorite: boolean; readonly longueur: number | null } | null;
  /** null when absent: every usage is open. */
  readonly usages: readonly Usage[] | null;
  /** Extended key usages (OID); null when absent. */
  readonly usagesEtendus: readonly string[] | null;
  /** Policy OIDs; null when absent. */
  readonly politiques: readonly string[] | null;
  /** Lower-case hexadecimal. */
  readonly identifiantCle: string | null;
  readonly identifiantCleEmetteur: string | null;
  readonly qc: QcStatements | null;
  readonly urlsOcsp: readonly string[];
  readonly urlsEmetteur: readonly string[];
  readonly urlsCrl: readonly string[];
  /** requireExplicitPolicy (skip count), null when absent. */
  readonly politiqueExigee: number | null;
  /** inhibitAnyPolicy (skip count), null when absent. */
  readonly touteInterdite: number | null;
  /** id-pkix-ocsp-nocheck: this responder is not to be checked for revocation (RFC 6960 § 4.2.2.2.1). */
  readonly sansControle: boolean;
  /** Bear on the path and are not honoured here: policyMappings, nameConstraints. Such a certificate issues nothing. */
  readonly nonHonorees: readonly string[];
  /** OIDs of the critical extensions that this program does not know. */
  readonly critiquesInconnues: readonly string[];
}

type Ebauche = { -readonly [K in keyof Extensions]: Extensions[K] };

/** Extensions that say nothing that a decision here depends on: names, dates of use, statements for machines. */
const SANS_EFFET = new Set(['2.5.29.17', '2.5.29.18', '2.5.29.16', '2.5.29.9', '2.5.29.46']);

/** Reads one extension into the draft. */
const LECTEURS: Readonly<Record<string, (valeur: Der, e: Ebauche) => void>> = {
  '2.5.29.14': (v, e) => {
    e.identifiantCle = hex(exiger(v, TAG.octets).contenu);
  },
  '2.5.29.15': (v, e) => {
    const rangs = lireBitsNommes(exiger(v, TAG.bits).contenu);
    e.usages = rangs.map((r) => USAGES[r]).filter((u) => u !== undefined);
  },
  '2.5.29.19': (v, e) => {
    const c = new Curseur(v);
    const autorite = c.siPresent(TAG.booleen);
    const longueur = c.siPresent(TAG.entier);
    c.finir();
    e.contraintes = {
      autorite: autorite !== undefined && lireBooleen(autorite),
      longueur: longueur === undefined ? null : lirePetit(longueur),
    };
  },
  '2.5.29.30': (_, e) => {
    e.nonHonorees = [...e.nonHonorees, '2.5.29.30'];
  },
  '2.5.29.31': (v, e) => {
    e.urlsCrl = membres(exiger(v, TAG.sequence)).flatMap(lirePointCrl);
  },
  '2.5.29.32': (v, e) => {
    const oids = membres(exiger(v, TAG.sequence)).map((p) => lireOid(new Curseur(p).prendre()));
    if (new Set(oids).size !== oids.length) throw new ErreurDer('politique en double');
    e.politiques = oids;
  },
  '2.5.29.33': (_, e) => {
    e.nonHonorees = [...e.nonHonorees, '2.5.29.33'];
  },
  '2.5.29.35': (v, e) => {
    const cle = new Curseur(v).siPresent(contexte(0));
    e.identifiantCleEmetteur = cle === undefined ? null : hex(cle.contenu);
  },
  '2.5.29.36': (v, e) => {
    const exigee = new Curseur(v).siPresent(contexte(0));
    e.politiqueExigee = exigee === undefined ? null : lirePetit(exigee, contexte(0));
  },
  '2.5.29.37': (v, e) => {
    e.usagesEtendus = membres(exiger(v, TAG.sequence)).map((o) => lireOid(o));
  },
  '2.5.29.54': (v, e) => {
    e.touteInterdite = lirePetit(v);
  },
  '1.3.6.1.5.5.7.1.1': (v, e) => {
    const acces = membres(exiger(v, TAG.sequence)).map(lireAcces);
    e.urlsOcsp = acces.flatMap(({ oid, url }) => (oid === '1.3.6.1.5.5.7.48.1' ? url : []));
    e.urlsEmetteur = acces.flatMap(({ oid, url }) => (oid === '1.3.6.1.5.5.7.48.2' ? url : []));
  },
  '1.3.6.1.5.5.7.1.3': (v, e) => {
    e.qc = lireQc(v);
  },
  '1.3.6.1.5.5.7.48.1.5': (_, e) => {
    e.sansControle = true;
  },
};

/** `liste`: the SEQUENCE OF Extension, undefined when the certificate has none. A doubled extension is refused. */
export function lireExtensions(liste: Der | undefined): Extensions {
  const ebauche: Ebauche = {
    contraintes: null,
    usages: null,
    usagesEtendus: null,
    politiques: null,
    identifiantCle: null,
    identifiantCleEmetteur: null,
    qc: null,
    urlsOcsp: [],
    urlsEmetteur: [],
    urlsCrl: [],
    politiqueExigee: null,
    touteInterdite: null,
    sansControle: false,
    nonHonorees: [],
    critiquesInconnues: [],
  };
  for (const { oid, critique, valeur } of listerExtensions(liste)) {
    const lire = LECTEURS[oid];
    if (lire !== undefined) lire(lireDer(valeur), ebauche);
    else if (critique && !SANS_EFFET.has(oid)) {
      ebauche.critiquesInconnues = [...ebauche.critiquesInconnues, oid];
    }
  }
  return ebauche;
}

export interface ExtensionLue {
  readonly oid: string;
  readonly critique: boolean;
  /** Contents of the OCTET STRING. */
  readonly valeur: Uint8Array;
}

/** Extensions of a certificate, of a CRL, of its entries or of an OCSP answer: the same syntax everywhere. */
export function listerExtensions(liste: Der | undefined): ExtensionLue[] {
  if (liste === undefined) return [];
  const lues = membres(exiger(liste, TAG.sequence)).map((der) => {
    const c = new Curseur(der);
    const oid = lireOid(c.prendre());
    const critique = c.siPresent(TAG.booleen);
    const valeur = c.prendre(TAG.octets).contenu;
    c.finir();
    return { oid, critique: critique !== undefined && lireBooleen(critique), valeur };
  });
  if (new Set(lues.map((l) => l.oid)).size !== lues.length) throw new ErreurDer('extension en double');
  return lues;
}

function lireAcces(der: Der): { oid: string; url: string[] } {
  const c = new Curseur(der);
  return { oid: lireOid(c.prendre()), url: lireUrl(c.prendre()) };
}

/** GeneralName uniformResourceIdentifier; other kinds of names have no use here. */
function lireUrl(nom: Der): string[] {
  const texte = nom.tag === contexte(6) ? lireTexte({ ...nom, tag: TAG.ia5 }) : undefined;
  return texte === undefined ? [] : [texte];
}

function lirePointCrl(point: Der): string[] {
  const nom = new Curseur(point).siPresent(contexteConstruit(0));
  return nom === undefined ? [] : lireNomPoint(nom);
}

/** DistributionPointName ::= CHOICE fullName [0] GeneralNames, … wrapped in its own [0]. */
export function lireNomPoint(nom: Der): string[] {
  const complet = lireDer(nom.contenu);
  return complet.tag === contexteConstruit(0) ? membres(complet).flatMap(lireUrl) : [];
}

const QC_TYPES = new Map([
  ['0.4.0.1862.1.6.1', 'esign'],
  ['0.4.0.1862.1.6.2', 'eseal'],
  ['0.4.0.1862.1.6.3', 'web'],
] as const);

/** EN 319 412-5 § 4.2: QcCompliance, QcSSCD, QcType. */
function lireQc(valeur: Der): QcStatements {
  let conforme = false;
  let dispositif = false;
  let types: ('esign' | 'eseal' | 'web')[] = [];
  for (const declaration of membres(exiger(valeur, TAG.sequence))) {
    const [oid, info] = membres(exiger(declaration, TAG.sequence));
    const nom = lireOid(exiger(oid, TAG.oid));
    if (nom === '0.4.0.1862.1.1') conforme = true;
    if (nom === '0.4.0.1862.1.4') dispositif = true;
    if (nom === '0.4.0.1862.1.6' && info !== undefined) {
      const oids = membres(exiger(info, TAG.sequence)).map((o) => lireOid(o));
      types = [...QC_TYPES].filter(([o]) => oids.includes(o)).map(([, t]) => t);
    }
  }
  return { conforme, dispositif, types };
}
