import { createPrivateKey } from 'node:crypto';
import { creerAutorite, emettre } from '../../formats/certificats/emettre.ts';
import { decouperPem } from '../../formats/certificats/certificat.ts';
import { erreurSignataire } from '../../metier/catalogue/signataire.ts';
import type { Signataire } from '../../ports/signataire.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { signataireLocal } from './local.ts';

export interface FakeSignataire extends Signataire {
  /** From now on: out of reach (true) or answering (false). */
  couper(coupe: boolean): void;
}

/** For tests and for the demonstration: a P-256 key made at construction, its certificate valid ten years from `quand`. */
export async function creerFakeSignataire(quand: Instant): Promise<FakeSignataire> {
  const jours = 3653;
  const autorite = await creerAutorite({ nom: 'Autorité factice', jours, quand });
  const paire = await emettre(autorite, { nom: 'Signataire factice', jours, quand, usage: 'client' });
  const [certificat = new Uint8Array()] = decouperPem(paire.certificat);
  const chaine = decouperPem(autorite.certificat);
  const local = signataireLocal({ cle: createPrivateKey(paire.cle), certificat, chaine });
  let coupe = false;
  return {
    ...local,
    couper(valeur) {
      coupe = valeur;
    },
    async signer(octets) {
      if (coupe) throw erreurSignataire('VGM-SGT-005', { hote: 'factice', detail: 'coupé par l’essai' });
      return local.signer(octets);
    },
  };
}
