import type { Flux, Piece } from '../../metier/flux.ts';
import { MESSAGES } from './codes.ts';
import type { CodeMessage } from './echanges/codes.ts';
import { messageDe } from './echanges/resume.ts';
import { EXTENSIONS, nomDemandeClassification, nomDocument, nomMessage } from './noms.ts';

/** What has left for the préfecture, as it can be told of a flux long after. */

/** `transmission d’un acte`, `pièces complémentaires`… */
export function libelleMessage(code: CodeMessage): string {
  return [...MESSAGES.values()].find((m) => m.code === code)?.libelle ?? '';
}

const texte = (valeur: unknown): string => (typeof valeur === 'string' ? valeur : '');

function documents(flux: Flux, pieces: readonly Piece[]): string[] {
  const { idActe, typologies } = flux.resume;
  const types: readonly unknown[] = Array.isArray(typologies) ? typologies : [];
  const partants = ['document', 'annexe'].flatMap((role) => pieces.filter((p) => p.role === role));
  return partants.map((piece, i) =>
    nomDocument(texte(idActe), {
      code: messageDe(flux),
      typologie: texte(types[i]),
      rang: i + 1,
      extension: EXTENSIONS.get(piece.type) ?? '',
    }),
  );
}

/**
 * Names of the files of an archive that has left, in its order: envelope, message, documents (actes.md C.2 to C.4). A test
 * holds them equal to those that `composer` gave.
 * @param departement of the collectivité, for a message that names no acte.
 */
export function nomsPartis(
  flux: Flux,
  { pieces, departement }: { readonly pieces: readonly Piece[]; readonly departement: string },
): readonly string[] {
  const enveloppe = (flux.nomEnvoi ?? '').replace(/^[A-Z]{3}-/, '').replace(/\.tar\.gz$/, '.xml');
  const code = messageDe(flux);
  const message =
    code === '7-1'
      ? nomDemandeClassification(departement, flux.collectivite)
      : nomMessage(texte(flux.resume['idActe']), code);
  return [enveloppe, message, ...documents(flux, pieces)];
}
