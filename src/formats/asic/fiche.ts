import { z } from 'zod';
import { ETATS } from '../../metier/etats.ts';
import { fichiersDesPieces, FORMAT_PREUVE, nomDePiece } from './preuve.ts';
import { citer, type Constat, type Releve } from './releve.ts';

const hexa = (n: number) => z.string().regex(new RegExp(`^[0-9a-f]{${n}}$`));

const schemaPiece = z.object({
  rang: z.number().int().nonnegative(),
  role: z.string().regex(/^[a-z_]+$/),
  nom: z.string(),
  fichier: z.string(),
  taille: z.number().int().nonnegative(),
  sha256: hexa(64),
  sha512: hexa(128),
});

/** What verification reads of `flux.json`; other fields are for people. */
const schemaFiche = z.object({
  format: z.literal(FORMAT_PREUVE),
  id: z.string(),
  protocole: z.string(),
  collectivite: z.object({ siren: z.string().regex(/^[0-9]{9}$/) }),
  identite: z.string(),
  etat: z.enum(ETATS),
  receptionProuvee: z.boolean(),
  nomEnvoi: z.string().nullable(),
  /** What each protocol remembers of its flux. */
  resume: z.record(z.string(), z.unknown()),
  pieces: z.array(schemaPiece),
  journal: z.object({ lignes: z.number().int() }),
});

export type FicheLue = Readonly<z.infer<typeof schemaFiche>>;
export type PieceLue = FicheLue['pieces'][number];

/** @returns the summary, or why it cannot be read. */
export function lireFiche(octets: Uint8Array | null | undefined): FicheLue | { readonly motif: string } {
  if (octets === null || octets === undefined) return { motif: 'flux.json manque ou est démesuré' };
  let brut: unknown;
  try {
    brut = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(octets));
  } catch {
    return { motif: 'flux.json n’est pas du JSON' };
  }
  const lu = schemaFiche.safeParse(brut);
  if (lu.success) return lu.data;
  return { motif: `flux.json : champ « ${lu.error.issues[0]?.path.join('.') ?? ''} » manquant ou inattendu` };
}

function pieceExacte(p: PieceLue, r: Releve | undefined): boolean {
  return r !== undefined && r.taille === p.taille && r.sha256 === p.sha256 && r.sha512 === p.sha512;
}

/** Holds the pieces of the summary against the files, both ways. */
export function controlerPieces(fiche: FicheLue, releves: ReadonlyMap<string, Releve>): Constat {
  const sujet = 'Pièces';
  const attendus = fichiersDesPieces(fiche.pieces);
  const fausses = fiche.pieces
    // its own file, or that of the first piece of the same bytes
    .filter(
      (p, k) => ![nomDePiece(p), attendus[k]].includes(p.fichier) || !pieceExacte(p, releves.get(p.fichier)),
    )
    .map((p) => p.fichier);
  const decrites = new Set(fiche.pieces.map((p) => p.fichier));
  const rangs = new Set(fiche.pieces.map((p) => p.rang));
  const tues = [...releves.keys()].filter((nom) => nom.startsWith('pieces/') && !decrites.has(nom));
  const fautes = [
    ...(rangs.size === fiche.pieces.length ? [] : ['une pièce est décrite deux fois']),
    ...(fausses.length === 0 ? [] : [`différentes de leur description : ${citer(fausses)}`]),
    ...(tues.length === 0 ? [] : [`non décrites : ${citer(tues)}`]),
  ];
  const n = fiche.pieces.length;
  const partagees = n - decrites.size;
  const dont = partagees === 0 ? '' : `, dont ${partagees} dans le fichier d’une autre`;
  const bien = `${n} pièce${n > 1 ? 's' : ''}${dont}, SHA-256, SHA-512 et taille exacts`;
  return { sujet, bon: fautes.length === 0, detail: fautes.length === 0 ? bien : fautes.join(' ; ') };
}
