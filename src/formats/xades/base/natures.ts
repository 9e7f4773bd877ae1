import { descendre, enfants, type Noeud } from '../arbre.ts';
import type { Cahier } from '../constats.ts';
import type { Exigences } from '../lecture-proprietes.ts';
import type { SignatureLue } from './lecture.ts';

/** What the signer says that each content is: DataObjectFormat (EN 319 132-1 § 5.2.4). */

export const EXIGENCES_BASE: Exigences = { politique: false, role: false, v2: true };

const ADMIS: ReadonlySet<string> = new Set([
  'DataObjectFormat',
  'CommitmentTypeIndication',
  'AllDataObjectsTimeStamp',
  'IndividualDataObjectsTimeStamp',
]);

/** @returns MimeType by `Id` of the reference, empty when the format gives none. */
export function lireNatures(
  qp: Noeud,
  { idsReferences }: SignatureLue,
  cahier: Cahier,
): ReadonlyMap<string, string> {
  const signees = descendre(qp, qp.espace, 'SignedProperties', 'SignedDataObjectProperties');
  const autre = signees?.enfants.find((e) => e.espace !== qp.espace || !ADMIS.has(e.nom));
  if (autre !== undefined) cahier.noter('champInattendu', autre.nom);
  const natures = new Map<string, string>();
  for (const format of enfants(signees, qp.espace, 'DataObjectFormat')) {
    const vers = format.attributs.get('ObjectReference') ?? '';
    const id = vers.slice(1);
    if (!vers.startsWith('#') || !idsReferences.has(id)) cahier.noter('formatOrphelin', vers);
    else if (natures.has(id)) cahier.noter('formatDouble', id);
    else natures.set(id, descendre(format, qp.espace, 'MimeType')?.texte.trim() ?? '');
  }
  return natures;
}
