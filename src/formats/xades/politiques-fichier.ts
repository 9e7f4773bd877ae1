import { z } from 'zod';
import { lireBase64 } from './base64.ts';
import { type LignePolitique, oidNu, type TablePolitiques } from './politiques.ts';

/** The operator's file about signature policies: rows added to the built-in table, rows of it closed on a day. */

const TAILLES = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 } as const;

const OID = z
  .string()
  .regex(/^(urn:oid:)?[0-2](\.(0|[1-9]\d*)){1,40}$/, 'il faut un OID, précédé ou non de « urn:oid: »');
const JOUR = z.iso.date('il faut une date, AAAA-MM-JJ entre guillemets');
const hachage = z.enum(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']);

const ligne = z
  .strictObject({
    identifiant: OID,
    hachage,
    /** Base64 of the digest of the policy document. */
    empreinte: z.string(),
    libelle: z.string().min(1),
    adresse: z.url(),
    depuis: JOUR,
    jusqua: JOUR.optional(),
    /** Where the row is known from: letter, publication. */
    origine: z.string().min(1),
  })
  .refine((l) => lireBase64(l.empreinte)?.length === TAILLES[l.hachage], {
    path: ['empreinte'],
    message: 'il faut le base64 d’une empreinte de la longueur que donne « hachage »',
  })
  .refine((l) => l.jusqua === undefined || l.depuis <= l.jusqua, {
    path: ['jusqua'],
    message: 'il faut une date qui ne précède pas « depuis »',
  });

const fermeture = z.strictObject({
  identifiant: OID,
  /** Absent: every pair of this identifier. */
  hachage: hachage.optional(),
  empreinte: z.string().optional(),
  jusqua: JOUR,
  origine: z.string().min(1),
});

const fichier = z.strictObject({
  politique: z.array(ligne).default([]),
  fermeture: z.array(fermeture).default([]),
});

type Fermeture = z.infer<typeof fermeture>;

export type LecturePolitiques =
  | { readonly type: 'lue'; readonly table: TablePolitiques }
  /** `place`: path in the document (`politique`, 0, `empreinte`); `message`: French. */
  | {
      readonly type: 'refusee';
      readonly fautes: readonly { readonly place: readonly PropertyKey[]; readonly message: string }[];
    };

/**
 * The table of a site: its own rows first, for they sign first, then those built in, closed where the file says so. A
 * row given again replaces the built-in one. Never throws.
 * @param dire wording of what zod finds.
 */
export function lirePolitiques(
  valeur: unknown,
  base: TablePolitiques,
  dire: z.core.$ZodErrorMap,
): LecturePolitiques {
  const lu = fichier.safeParse(valeur, { error: dire });
  if (!lu.success) {
    return { type: 'refusee', fautes: lu.error.issues.map((i) => ({ place: i.path, message: i.message })) };
  }
  const siennes = lu.data.politique.map(enLigne);
  const cles = new Set(siennes.map(cle));
  const doubles = siennes.flatMap((l, rang) =>
    siennes.findIndex((autre) => cle(autre) === cle(l)) === rang
      ? []
      : [{ place: ['politique', rang], message: 'cette ligne est écrite deux fois' }],
  );
  const table = [...siennes, ...base.filter((l) => !cles.has(cle(l)))];
  const vaines = lu.data.fermeture.flatMap((f, rang) =>
    table.some((l) => vise(f, l))
      ? []
      : [
          {
            place: ['fermeture', rang],
            message: 'aucune ligne connue n’a cet identifiant et cette empreinte',
          },
        ],
  );
  const fautes = [...doubles, ...vaines];
  if (fautes.length > 0) return { type: 'refusee', fautes };
  return { type: 'lue', table: table.map((l) => fermer(l, lu.data.fermeture)) };
}

function enLigne({ jusqua, ...reste }: z.infer<typeof ligne>): LignePolitique {
  const identifiant = `urn:oid:${oidNu(reste.identifiant)}`;
  return { ...reste, identifiant, ...(jusqua === undefined ? {} : { jusqua }) };
}

function cle({ identifiant, hachage: nom, empreinte }: LignePolitique): string {
  return `${oidNu(identifiant)} ${nom} ${empreinte}`;
}

function vise(f: Fermeture, l: LignePolitique): boolean {
  return (
    oidNu(f.identifiant) === oidNu(l.identifiant) &&
    (f.hachage ?? l.hachage) === l.hachage &&
    (f.empreinte ?? l.empreinte) === l.empreinte
  );
}

/** The earliest of the days given. */
function fermer(l: LignePolitique, fermetures: readonly Fermeture[]): LignePolitique {
  const jours = [l.jusqua, ...fermetures.filter((f) => vise(f, l)).map((f) => f.jusqua)];
  const [jusqua] = jours.flatMap((j) => j ?? []).toSorted();
  return jusqua === undefined ? l : { ...l, jusqua };
}
