import type { SourceOctets } from '../../formats/xades/flux.ts';
import type { Coffre } from '../../ports/coffre.ts';
import { formulaireSeul } from '../../protocoles/actes/formulaire.ts';
import {
  type SignaturePlacee,
  type VerdictPlaces,
  verifierPlaces,
} from '../../protocoles/actes/signature/verifier.ts';
import type { FichierSignable, MessagePrepare, SignaturesEnvoi } from '../../protocoles/protocole.ts';
import { relire } from '../relire.ts';

/** What a message would carry, verified before it leaves. */

/** The name that its depositor gave to a file, beside the one under which it is sent: what a signature may call it. */
export function autresNoms(fichiers: readonly FichierSignable[]): (fichier: string) => readonly string[] {
  const noms = new Map(
    fichiers.flatMap((f) => (f.apportee === null ? [] : [[f.nom, [f.piece.nom]] as const])),
  );
  return (fichier) => noms.get(fichier) ?? [];
}

/** Verifies each signature in its place: those of the files in the message, that of the message in its envelope. */
export async function verifierEnvoi(
  coffre: Pick<Coffre, 'ouvrir'>,
  message: MessagePrepare,
  signatures: SignaturesEnvoi,
): Promise<VerdictPlaces> {
  const octets = message.ecrire(signatures);
  const fichiers = new Map<string, SourceOctets>(
    message.fichiers.map(({ nom, piece }) => [nom, () => relire(coffre, piece)]),
  );
  const verdict = await verifierPlaces(octets, { fichiers, autresNoms: autresNoms(message.fichiers) });
  const signature = signatures.get(message.nom);
  if (signature === undefined || verdict.type === 'illisible') return verdict;
  const formulaire = await verifierPlaces(formulaireSeul({ nom: message.nom, signature }), {
    fichiers: new Map([[message.nom, () => [octets]]]),
    autresNoms: () => [],
  });
  if (formulaire.type === 'illisible') return formulaire;
  const toutes: SignaturePlacee[] = [...verdict.signatures, ...formulaire.signatures];
  return { type: 'lu', signatures: toutes.map((s, k) => ({ ...s, rang: k + 1 })) };
}
