import { enIncise } from '../../formats/xml/faute.ts';
import { erreurSignature } from '../../metier/catalogue/signature.ts';
import type { FicheErreur } from '../../metier/erreurs.ts';
import type { Piece } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Coffre } from '../../ports/coffre.ts';
import { verifierArchive } from '../../protocoles/actes/signature/archive.ts';
import type { MessagePrepare, SignaturesEnvoi } from '../../protocoles/protocole.ts';
import { relire } from '../relire.ts';
import { autresNoms } from './examen.ts';
import { garderRapportArchive } from './rapport.ts';
import { nommerSignature } from './verdict.ts';

/** The last look, on the very bytes that will leave. */

export type ControleArchive =
  | { readonly type: 'bon'; readonly rapport: Piece }
  /** A fault of ours: nothing leaves, and the document is not to blame. */
  | { readonly type: 'faux'; readonly erreur: FicheErreur };

export interface ArchiveComposee {
  readonly archive: Piece;
  readonly message: Pick<MessagePrepare, 'fichiers'>;
  readonly signatures: SignaturesEnvoi;
}

function faux(quoi: string, motif: string): ControleArchive {
  return { type: 'faux', erreur: erreurSignature('VGM-SIG-063', { quoi, motif }).fiche };
}

/** Every signature that was to leave is in the archive, in its place, and still verifies. Throws VGM-NOY-006. */
export async function controlerArchive(
  { coffre, maintenant }: { readonly coffre: Coffre; readonly maintenant: () => Instant },
  { archive, message, signatures }: ArchiveComposee,
): Promise<ControleArchive> {
  const lu = await verifierArchive(relire(coffre, archive), autresNoms(message.fichiers));
  if (lu.type === 'illisible') return faux(`de « ${lu.nom} »`, enIncise(lu.motif));
  const mauvaise = lu.signatures.find((s) => s.etat === 'refusee');
  if (mauvaise !== undefined) {
    const grave = mauvaise.constats.find((c) => c.gravite === 'refus');
    return faux(nommerSignature(mauvaise), enIncise(grave?.message ?? 'elle ne couvre pas le fichier.'));
  }
  const perdue = [...signatures.keys()].find((nom) => !lu.signatures.some((s) => s.fichier === nom));
  if (perdue !== undefined) return faux(`de « ${perdue} »`, 'elle n’y est pas');
  return {
    type: 'bon',
    rapport: await garderRapportArchive(coffre, archive, { controle: maintenant(), ...lu }),
  };
}
