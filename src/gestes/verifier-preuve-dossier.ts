import { buffer } from 'node:stream/consumers';
import type { FicheLue, PieceLue } from '../formats/asic/fiche.ts';
import type { ZipLu } from '../formats/asic/lire-zip.ts';
import type { Constat, Releve } from '../formats/asic/releve.ts';
import type { ObjetJson } from '../metier/flux.ts';

/** What the controls of one protocol read of a proof. */
export interface Dossier {
  readonly zip: ZipLu;
  readonly fiche: FicheLue;
  readonly releves: ReadonlyMap<string, Releve>;
}

/** Bytes of a piece, none when it is absent. */
export async function* octetsDe({ zip }: Dossier, piece: PieceLue): AsyncGenerator<Uint8Array> {
  const entree = zip.entrees.find((e) => e.nom === piece.fichier);
  if (entree !== undefined) yield* zip.ouvrir(entree);
}

/** Bytes that the container really holds, whatever `flux.json` says of them. */
export function tailleDe({ releves }: Dossier, piece: PieceLue): number {
  return releves.get(piece.fichier)?.taille ?? 0;
}

/** Bytes of a small piece; null when it is larger than what is meant to be read whole. */
export async function lireOctets(dossier: Dossier, piece: PieceLue, maximum: number): Promise<Buffer | null> {
  return tailleDe(dossier, piece) > maximum ? null : buffer(octetsDe(dossier, piece));
}

/** `flux.json` is JSON: so is all that it holds. */
export function resumeDe({ resume }: FicheLue): ObjetJson {
  return resume as ObjetJson;
}

export type Sujet = (detail: string | null, bien: string) => Constat;

/** @returns how findings about one thing are told: `detail` says what is wrong, null when nothing is. */
export function constater(sujet: string): Sujet {
  return (detail, bien) => ({ sujet, bon: detail === null, detail: detail ?? bien });
}
