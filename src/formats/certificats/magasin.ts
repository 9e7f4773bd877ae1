import { z } from 'zod';
import type { Instant } from '../../metier/identifiants.ts';
import { type Certificat, lireCertificat } from './certificat.ts';

/**
 * Trust stores as data (JSON on disk): families of authorities, each with its anchors and the table that turns
 * « issuer + policy OID » into a level. No level is guessed: RGS has no OID of its own (crypto.md § 5).
 */

const EMPREINTE = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'il faut une empreinte SHA-256 en hexadécimal minuscule');
const OID = z.string().regex(/^[0-2](\.(0|[1-9]\d*)){1,40}$/, 'il faut un OID');
const DATE = z.iso.datetime();

/** TS 119 612 § 5.5.9.2.2: which certificates a qualifier applies to. */
export interface Critere {
  readonly exige: 'all' | 'atLeastOne' | 'none';
  /** Each list must be in the certificate whole. */
  readonly politiques: readonly (readonly string[])[];
  /** Each bit must have this value. */
  readonly usages: readonly (readonly { readonly usage: string; readonly valeur: boolean }[])[];
  readonly sous: readonly Critere[];
  /** A criterion of an unknown kind: it can be neither true nor false, the qualifier is not applied. */
  readonly inconnu: boolean;
}

const critere: z.ZodType<Critere> = z.lazy(() =>
  z.strictObject({
    exige: z.enum(['all', 'atLeastOne', 'none']),
    politiques: z.array(z.array(OID)),
    usages: z.array(z.array(z.strictObject({ usage: z.string(), valeur: z.boolean() }))),
    sous: z.array(critere),
    inconnu: z.boolean(),
  }),
);

/** What a trusted list says of a service between two dates. */
const periode = z.strictObject({
  debut: DATE,
  /** null = still so. */
  fin: DATE.nullable(),
  accorde: z.boolean(),
  /** Kinds of certificates the service is qualified for (additionalServiceInformation); empty = the list does not say. */
  types: z.array(z.enum(['esign', 'eseal', 'web'])),
  qualifications: z.array(z.strictObject({ qualifieurs: z.array(z.string()), critere })),
});

const ancre = z.strictObject({
  /** DER, base64. */
  certificat: z.base64(),
  /** For people. */
  nom: z.string(),
  /** Empty = trusted at any instant; otherwise only in the periods granted. */
  periodes: z.array(periode),
});

const regle = z.strictObject({
  /**
   * SHA-256 of the SubjectPublicKeyInfo of an authority of the path: the one that issued the certificate, or one
   * above it, anchor included (`niveauDuTableau` says what differs); `*` = any of the family.
   */
  emetteur: z.union([EMPREINTE, z.literal('*')]),
  /** Policy OID; `*` = any, even none. */
  politique: z.union([OID, z.literal('*')]),
  /** `RGS *`, `RGS **`, `RGS ***`, `DGFiP`… : the words shown to people and asked by the protocols. */
  niveau: z.string().min(1),
});

/** What an imported list said of itself, and who signed it: the next import may not go back (TS 119 612 § 5.3.2). */
const liste = z.strictObject({
  territoire: z.string(),
  numero: z.number().int().nonnegative(),
  emise: DATE,
  /** null: a closed list. */
  prochaine: DATE.nullable(),
  /** Of the file, and of the certificate that signed it. */
  sha256: EMPREINTE,
  signataire: EMPREINTE,
  importee: DATE,
});

/** The list of lists: who may sign the list of each territory (TS 119 612 § 5.3.13). */
const listeDesListes = z.strictObject({
  ...liste.shape,
  pointeurs: z.array(
    z.strictObject({ territoire: z.string(), adresse: z.string(), signataires: z.array(EMPREINTE) }),
  ),
});

const famille = z.strictObject({
  nom: z.string().regex(/^[a-z0-9-]{1,40}$/, 'il faut des minuscules, des chiffres ou des tirets'),
  libelle: z.string().min(1),
  /** `tableau`: the level comes from `niveaux`; `eidas`: from the QcStatements and the trusted list. */
  lecture: z.enum(['tableau', 'eidas']),
  ancres: z.array(ancre),
  niveaux: z.array(regle),
  /** Where it comes from and when: file, date of issue, sequence number. For people and for the journal. */
  origine: z.string(),
  /** Only for a family made from a trusted list. */
  liste: liste.optional(),
});

const magasin = z.strictObject({
  version: z.literal(1),
  familles: z.array(famille),
  listeDesListes: listeDesListes.optional(),
});

export type Periode = z.infer<typeof periode>;
export type Ancre = z.infer<typeof ancre>;
export type RegleNiveau = z.infer<typeof regle>;
export type Famille = z.infer<typeof famille>;
export type FaitsListe = z.infer<typeof liste>;
export type ListeDesListes = z.infer<typeof listeDesListes>;
export type MagasinConfiance = z.infer<typeof magasin>;

export type LectureMagasin =
  | { readonly type: 'lu'; readonly magasin: MagasinConfiance }
  /** One French line per problem. */
  | { readonly type: 'refuse'; readonly problemes: readonly string[] };

/**
 * Checks a parsed JSON value, every anchor included. Never throws.
 * @param dire wording of what zod finds; zod's own when absent.
 */
export function lireMagasin(valeur: unknown, dire?: z.core.$ZodErrorMap): LectureMagasin {
  const lu = magasin.safeParse(valeur, dire === undefined ? {} : { error: dire });
  if (!lu.success) {
    const problemes = lu.error.issues.map((i) => `${i.path.join('.')} : ${i.message}`);
    return { type: 'refuse', problemes };
  }
  const illisibles = lu.data.familles.flatMap((f) =>
    f.ancres.flatMap((a) => {
      const certificat = lireCertificat(Buffer.from(a.certificat, 'base64'));
      return certificat.type === 'lu' ? [] : [`${f.nom}, ancre « ${a.nom} » : ${certificat.motif}`];
    }),
  );
  return illisibles.length === 0
    ? { type: 'lu', magasin: lu.data }
    : { type: 'refuse', problemes: illisibles };
}

/** The period of an anchor at an instant; null when the list grants nothing then. */
export function periodeA({ periodes }: Ancre, instant: Instant): Periode | null {
  return (
    periodes.find(
      (p) => p.accorde && Date.parse(p.debut) <= instant && (p.fin === null || instant < Date.parse(p.fin)),
    ) ?? null
  );
}

export interface AncreOuverte {
  readonly ancre: Ancre;
  readonly certificat: Certificat;
}

/** A family whose anchors are read once: a trusted list has a hundred of them, and each flux asks. */
export interface FamilleOuverte {
  readonly famille: Famille;
  readonly ancres: readonly AncreOuverte[];
}

export type MagasinOuvert = readonly FamilleOuverte[];

/** The families of these names; all of them when none is named. */
export function restreindre(ouvert: MagasinOuvert, noms: readonly string[]): MagasinOuvert {
  return noms.length === 0 ? ouvert : ouvert.filter((f) => noms.includes(f.famille.nom));
}

/** An unreadable anchor was refused by `lireMagasin`; here it is trusted no more than an absent one. */
export function ouvrirMagasin({ familles }: MagasinConfiance): MagasinOuvert {
  return familles.map((f) => ({
    famille: f,
    ancres: f.ancres.flatMap((a) => {
      const lu = lireCertificat(Buffer.from(a.certificat, 'base64'));
      return lu.type === 'lu' ? [{ ancre: a, certificat: lu.certificat }] : [];
    }),
  }));
}

/** Anchors of a family that may be leaned on at an instant. */
export function ancresA({ ancres }: FamilleOuverte, instant: Instant): readonly AncreOuverte[] {
  return ancres.filter((a) => a.ancre.periodes.length === 0 || periodeA(a.ancre, instant) !== null);
}
