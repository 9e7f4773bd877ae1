import type { ControleSignature } from '../../config/signature.ts';
import type { RapportXades } from '../../formats/xades/rapport.ts';
import { enIncise } from '../../formats/xml/faute.ts';
import { type CATALOGUE_SIGNATURE, erreurSignature } from '../../metier/catalogue/signature.ts';
import type { FicheErreur } from '../../metier/erreurs.ts';
import type { ConstatSignature } from './constats.ts';

/** Which row of the catalogue says that a check refuses. */
const CODES: Readonly<Record<ControleSignature, keyof typeof CATALOGUE_SIGNATURE>> = {
  structure: 'VGM-SIG-010',
  alteration: 'VGM-SIG-011',
  certificat_revoque: 'VGM-SIG-012',
  certificat_revoque_depuis: 'VGM-SIG-024',
  certificat_inconnu: 'VGM-SIG-013',
  certificat_hors_date: 'VGM-SIG-014',
  certificat_sans_niveau: 'VGM-SIG-015',
  dematerialisation: 'VGM-SIG-016',
  certificat_expire: 'VGM-SIG-017',
  algorithme_obsolete: 'VGM-SIG-018',
  politique: 'VGM-SIG-019',
  couverture_partielle: 'VGM-SIG-020',
  date_future: 'VGM-SIG-021',
  revocation_inconnue: 'VGM-SIG-022',
  confiance_absente: 'VGM-SIG-023',
};

/** `n° 3 (bordereau 41)`. */
function nommer(rapport: RapportXades, rang: number): string {
  const couvre = rapport.signatures.find((s) => s.rang === rang)?.couvre;
  if (couvre === undefined || couvre === null) return `n° ${rang}`;
  if (couvre.place === 'racine') return `n° ${rang} (fichier entier)`;
  return couvre.etiquette === '' ? `n° ${rang}` : `n° ${rang} (bordereau ${couvre.etiquette.slice(0, 20)})`;
}

/** @returns the first reason to refuse and what to do about it, null when nothing refuses. */
export function refusDe(rapport: RapportXades, constats: readonly ConstatSignature[]): FicheErreur | null {
  const premier = constats.find((c) => c.avis === 'refuser');
  if (premier === undefined || premier.controle === 'reserve') return null;
  const { controle, message, remede, rang } = premier;
  const quoi = rang === null ? 'du fichier' : nommer(rapport, rang);
  return erreurSignature(CODES[controle], { quoi, motif: enIncise(message), remede }).fiche;
}
