import { createHash, type Hash } from 'node:crypto';
import type { Sha256 } from '../../metier/identifiants.ts';
import { AnalyseurXml, type OptionsXml } from '../xml/analyseur.ts';
import type { Recepteur, RefusXml } from '../xml/evenements.ts';

/** A file that can be read from its start as many times as asked; each call gives the same bytes. */
export type SourceOctets = () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface Lecture {
  readonly refus: RefusXml | null;
  /** Of what was read: the whole file when nothing was refused. */
  readonly sha256: Sha256;
  readonly octets: number;
}

interface Mesure {
  readonly hash: Hash;
  octets: number;
}

/** Passes the bytes on, counted and hashed. */
async function* mesurer(source: SourceOctets, mesure: Mesure): AsyncIterable<Uint8Array> {
  for await (const bloc of source()) {
    mesure.hash.update(bloc);
    mesure.octets += bloc.length;
    yield bloc;
  }
}

/** One strict reading of the whole file. */
export async function parcourir(
  source: SourceOctets,
  recepteur: Recepteur,
  options: OptionsXml = {},
): Promise<Lecture> {
  const analyseur = new AnalyseurXml(recepteur, options);
  const mesure: Mesure = { hash: createHash('sha256'), octets: 0 };
  let refus: RefusXml | null = null;
  for await (const bloc of mesurer(source, mesure)) {
    refus = analyseur.ecrire(bloc);
    if (refus !== null) break;
  }
  refus ??= analyseur.finir();
  return { refus, sha256: mesure.hash.digest('hex') as Sha256, octets: mesure.octets };
}

/** Something to put between two bytes of a file. */
export interface Greffe {
  /** Offset in the file of the byte that it precedes. */
  readonly octet: number;
  readonly contenu: Uint8Array;
}

/** The file with its grafts, every other byte as it was. @param greffes in increasing order of offset. */
export async function* greffer(source: SourceOctets, greffes: readonly Greffe[]): AsyncGenerator<Uint8Array> {
  let position = 0;
  let rang = 0;
  for await (const bloc of source()) {
    let debut = 0;
    for (let g = greffes[rang]; g !== undefined && g.octet < position + bloc.length; g = greffes[rang]) {
      if (g.octet - position > debut) yield bloc.subarray(debut, g.octet - position);
      yield g.contenu;
      debut = g.octet - position;
      rang += 1;
    }
    position += bloc.length;
    yield bloc.subarray(debut);
  }
}
