import { gzipSync } from 'node:zlib';
import { textePes } from '../unit/helios/generateur.ts';

/** PES of any size, valid against the schemas: mandats, and attached pieces that weigh what they weigh. */

export interface DemandeGros {
  readonly nomFic: string;
  readonly siret: string;
  /** Of mandats, in bytes. */
  readonly mandats: number;
  /** One attached piece each: bytes of its original file, and whether it shrinks to almost nothing. */
  readonly pieces: readonly { readonly taille: number; readonly vide?: true }[];
}

function contenu({ taille, vide }: DemandeGros['pieces'][number]): string {
  const octets = Buffer.alloc(taille);
  octets.write('%PDF-1.4\n', 'latin1');
  return gzipSync(octets, { level: vide === true ? 1 : 0 }).toString('base64');
}

/** @returns the whole file. */
export function grosPes({ nomFic, siret, mandats, pieces }: DemandeGros): Buffer {
  const modele = textePes().match(/<Piece>[^]*<\/Piece>\n/)?.[0] ?? '';
  const nombre = Math.max(1, Math.round(mandats / modele.length));
  const texte = textePes({
    entetes: { NomFic: nomFic, IdColl: siret },
    depense: [{ nbrPce: String(nombre) }],
    pieces: pieces.map((_, n) => ({ idUnique: `GROS${n + 1}`, fichier: `@${n}@`, refCompta: ['01'] })),
  });
  const [debut = '', fin = ''] = texte.split(modele);
  const morceaux = [Buffer.from(debut, 'latin1'), Buffer.from(modele.repeat(nombre), 'latin1')];
  for (const [rang, part] of fin.split(/@\d+@/).entries()) {
    const piece = pieces[rang];
    const base64 = piece === undefined ? '' : contenu(piece);
    morceaux.push(Buffer.from(part, 'latin1'), Buffer.from(base64, 'latin1'));
  }
  return Buffer.concat(morceaux);
}
