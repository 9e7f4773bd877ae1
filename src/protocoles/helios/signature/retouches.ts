import type { SourceOctets } from '../../../formats/xades/flux.ts';

/** Bytes [debut, fin[ of a file, and the ASCII text that takes their place; nothing is taken out when the two are equal. */
export interface Retouche {
  readonly debut: number;
  readonly fin: number;
  readonly texte: string;
}

/**
 * The file with its changes, every other byte as it was.
 * @param retouches in increasing order, none over another.
 */
export async function* retoucher(
  source: SourceOctets,
  retouches: readonly Retouche[],
): AsyncGenerator<Uint8Array> {
  let position = 0;
  let rang = 0;
  /** First byte of the file that is not yet passed on nor taken out. */
  let reste = 0;
  for await (const bloc of source()) {
    const fin = position + bloc.length;
    for (let r = retouches[rang]; r !== undefined && r.debut < fin; r = retouches[rang]) {
      if (r.debut > reste) yield bloc.subarray(reste - position, r.debut - position);
      yield Buffer.from(r.texte, 'latin1');
      reste = r.fin;
      rang += 1;
    }
    if (reste < fin) {
      yield bloc.subarray(Math.max(0, reste - position));
      reste = fin;
    }
    position = fin;
  }
}
