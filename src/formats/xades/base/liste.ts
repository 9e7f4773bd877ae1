import type { Instant } from '../../../metier/identifiants.ts';
import type { Constat } from '../constats.ts';
import type { RapportBase, RapportSignatureBase } from './rapport.ts';
import { verifierBase } from './verifier.ts';

/** The signature of a trusted list (ETSI TS 119 612 § 5.7): XAdES baseline B, enveloped, of the whole document. */

export type VerdictListe =
  | {
      readonly type: 'signee';
      /** DER of the certificate whose key signed; whether it is one of the authorised ones is the caller's to say. */
      readonly certificat: Uint8Array;
      /** Claimed by the signer. */
      readonly instant: Instant | null;
      /** What is worth knowing; never a refusal. */
      readonly constats: readonly Constat[];
    }
  | {
      readonly type: 'refusee';
      /** French, cause and remedy. */
      readonly motif: string;
      readonly constats: readonly Constat[];
    };

const REMEDE = 'Télécharger de nouveau la liste à son adresse officielle, octet pour octet.';

function refuser(cause: string, constats: readonly Constat[] = []): VerdictListe {
  return { type: 'refusee', motif: `${cause} ${REMEDE}`, constats };
}

function juger({ couverture, constats: duFichier }: RapportBase, seule: RapportSignatureBase): VerdictListe {
  const constats = [...duFichier, ...seule.constats];
  const { signataire, instant, etat } = seule;
  if (etat !== 'valide' || signataire === null) {
    const grave = constats.find((c) => c.gravite !== 'reserve') ?? constats[0];
    return refuser(
      `La signature de la liste ne vaut rien : ${grave?.message ?? 'elle est incomplète.'}`,
      constats,
    );
  }
  const entier = couverture.document === 'entier' && seule.objets.some((o) => o.type === 'document');
  if (!entier) return refuser('La signature de la liste ne couvre pas la liste entière.', constats);
  return { type: 'signee', certificat: signataire.der, instant, constats };
}

/**
 * Verifies that one sound signature covers these bytes, all of them but itself. Cryptography and coverage only: no
 * trust, no revocation. Never throws.
 */
export async function verifierListe(xml: Uint8Array): Promise<VerdictListe> {
  const verdict = await verifierBase(() => [xml]);
  if (verdict.type === 'illisible') return refuser(`La liste est illisible. ${verdict.refus.message}`);
  if (verdict.type === 'source_changee') return refuser('La liste a changé pendant sa lecture.');
  const [seule, seconde] = verdict.signatures;
  if (seule === undefined) return refuser('La liste n’est pas signée.');
  if (seconde !== undefined) {
    const constats = verdict.signatures.flatMap((s) => s.constats);
    return refuser('La liste porte plusieurs signatures au lieu d’une seule.', constats);
  }
  return juger(verdict, seule);
}
