import { enIncise } from '../../formats/xml/faute.ts';
import { erreurSignature } from '../../metier/catalogue/signature.ts';
import type { FicheErreur } from '../../metier/erreurs.ts';
import type { SignaturePlacee } from '../../protocoles/actes/signature/verifier.ts';
import type { ConstatSignature } from '../signature/constats.ts';

/** `de la pièce « 99_DE-….pdf »`, `du message`. */
export function nommerSignature({ genre, fichier }: Pick<SignaturePlacee, 'genre' | 'fichier'>): string {
  if (genre === 'Formulaire') return 'du message';
  return fichier === '' ? 'du message' : `de la pièce « ${fichier} »`;
}

const CODES = { contenu: 'VGM-SIG-060', certificat: 'VGM-SIG-061' } as const;

/** The first reason to refuse, and the signature that it is about; null when nothing refuses. */
export function premierRefus(
  signatures: readonly SignaturePlacee[],
  constats: readonly ConstatSignature[],
): { readonly signature: SignaturePlacee | undefined; readonly erreur: FicheErreur } | null {
  const premier = constats.find((c) => c.avis === 'refuser');
  if (premier === undefined) return null;
  const signature = signatures.find((s) => s.rang === premier.rang);
  const { controle, message, remede } = premier;
  const sur = controle === 'structure' || controle === 'alteration' ? 'contenu' : 'certificat';
  const quoi = signature === undefined ? 'du message' : nommerSignature(signature);
  const erreur = erreurSignature(CODES[sur], { quoi, motif: enIncise(message), remede }).fiche;
  return { signature, erreur };
}
