import { enIncise } from '../../formats/xml/faute.ts';
import { erreurSignature } from '../../metier/catalogue/signature.ts';
import type { FicheErreur } from '../../metier/erreurs.ts';
import type { Piece } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Coffre, Depot } from '../../ports/coffre.ts';
import { type VerdictArchive, verifierArchive } from '../../protocoles/actes/signature/archive.ts';
import type { MessagePrepare, SignaturesEnvoi } from '../../protocoles/protocole.ts';
import { creerTuyau } from '../signature/tuyau.ts';
import { autresNoms } from './examen.ts';
import { garderRapportArchive } from './rapport.ts';
import { nommerSignature } from './verdict.ts';

/** The last look at the signatures, on the very bytes that will leave, as they go to the coffre. */

export interface ArchiveGardee {
  readonly depot: Depot;
  readonly verdict: VerdictArchive;
}

/**
 * Keeps the archive, read on its way as whoever opens it: the bytes verified are those that are digested and kept.
 * Throws what the archive throws, and VGM-TAR-… for one that is not sound.
 */
export async function garderVerifiee(
  coffre: Pick<Coffre, 'ajouter'>,
  archive: AsyncIterable<Uint8Array>,
  message: Pick<MessagePrepare, 'fichiers'>,
): Promise<ArchiveGardee> {
  const tuyau = creerTuyau();
  const verification = verifierArchive(tuyau.lire(), autresNoms(message.fichiers));
  verification.catch((cause: unknown) => tuyau.rompre(cause));
  const source = async function* lire(): AsyncGenerator<Uint8Array> {
    try {
      for await (const bloc of archive) {
        await tuyau.ecrire(bloc);
        yield bloc;
      }
      tuyau.finir();
      await verification;
    } finally {
      // whoever stops half-way leaves nobody waiting; after the end it changes nothing
      tuyau.rompre(erreurSignature('VGM-SIG-002'));
    }
  };
  const depot = await coffre.ajouter(source());
  return { depot, verdict: await verification };
}

/** What left the coffre out of order is a fault of ours: nothing leaves, and the document is not to blame. */
export type ControleArchive =
  | { readonly type: 'bon'; readonly rapport: Piece }
  | { readonly type: 'faux'; readonly erreur: FicheErreur };

function faux(quoi: string, motif: string): ControleArchive {
  return { type: 'faux', erreur: erreurSignature('VGM-SIG-063', { quoi, motif }).fiche };
}

export interface ArchiveVerifiee {
  readonly archive: Pick<Piece, 'nom' | 'sha256' | 'taille'>;
  readonly verdict: VerdictArchive;
  /** What was to leave. */
  readonly signatures: SignaturesEnvoi;
}

/** Every signature that was to leave is in the archive, in its place, and still verifies. */
export async function controlerArchive(
  { coffre, maintenant }: { readonly coffre: Pick<Coffre, 'ajouter'>; readonly maintenant: () => Instant },
  { archive, verdict: lu, signatures }: ArchiveVerifiee,
): Promise<ControleArchive> {
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
