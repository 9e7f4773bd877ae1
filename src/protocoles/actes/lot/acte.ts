import type { ObjetJson } from '../../../metier/flux.ts';
import type { Siren } from '../../../metier/identifiants.ts';
import type { PieceLot, Pieces } from '../../../formats/lot/pieces.ts';
import { citer } from '../regles/regle.ts';
import type { Faute } from './fautes.ts';
import type { LigneLot, PieceNommee } from './manifeste.ts';

/** One acte of a batch: its files, what its deposit declares, and how it is recognised among those that stand already. */

/** An acte whose files were found. */
export interface ActeLot {
  readonly ligne: LigneLot;
  readonly document: PieceLot;
  readonly annexes: readonly PieceLot[];
}

/** Finds every file of a line; each one that is missing is a fault of the manifest. */
export async function reunir(pieces: Pieces, ligne: LigneLot, fautes: Faute[]): Promise<ActeLot | null> {
  const trouver = async (fichier: string, colonne: string): Promise<PieceLot | null> => {
    // told already
    if (fichier === '') return null;
    const vue = await pieces.trouver(fichier);
    if ('ouvrir' in vue) return vue;
    const message = `${citer(fichier)} : ${vue.motif}.`;
    fautes.push({ question: 'piece', ligne: ligne.ligne, colonne, message, remede: vue.remede });
    return null;
  };
  const document = await trouver(ligne.document.fichier, 'document');
  const annexes: PieceLot[] = [];
  for (const { fichier } of ligne.annexes) {
    const annexe = await trouver(fichier, 'annexes');
    if (annexe !== null) annexes.push(annexe);
  }
  return document === null ? null : { ligne, document, annexes };
}

const typee = ({ typologie }: PieceNommee): ObjetJson => ({ typologie });

/** Metadata of the deposit of a line, as a depositor writes them. */
export function metadonneesDe(l: LigneLot): ObjetJson {
  return {
    numero: l.numero,
    date: l.date,
    objet: l.objet,
    nature: l.nature,
    matiere: l.matiere,
    ...(l.papier ? { documentPapier: true } : {}),
    ...(l.precedent === undefined ? {} : { precedent: l.precedent }),
    document: typee(l.document),
    annexes: l.annexes.map(typee),
  };
}

/** Part of the identity of every acte that bears the number and the date of the line. */
export function milieuIdentite(siren: Siren | string, l: LigneLot): string {
  return `-${siren}-${l.date.replaceAll('-', '')}-${l.numero}-`;
}

/** Does a flux declare what the line declares? @param resume summary of the flux. */
export function memeDeclaration(resume: Readonly<Record<string, unknown>>, l: LigneLot): boolean {
  const typologies = [l.document, ...l.annexes].map((p) => p.typologie);
  return (
    [resume['nature'], resume['abrege']].includes(l.nature) &&
    resume['objet'] === l.objet &&
    resume['matiere'] === l.matiere &&
    resume['documentPapier'] === l.papier &&
    resume['precedent'] === (l.precedent ?? null) &&
    JSON.stringify(resume['typologies']) === JSON.stringify(typologies)
  );
}
