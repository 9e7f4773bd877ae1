import { readFileSync, statSync } from 'node:fs';
import { raisonDe } from '../../config/fichiers.ts';
import { ouvrirPkcs12 } from '../../formats/certificats/pkcs12.ts';
import { erreurSignataire } from '../../metier/catalogue/signataire.ts';
import type { AlgorithmeSignataire, Signataire } from '../../ports/signataire.ts';
import { signataireLocal } from './local.ts';

export interface OptionsSignataireP12 {
  readonly fichier: string;
  readonly secret: string;
  /** The natural one of the key when absent. */
  readonly algorithme?: AlgorithmeSignataire;
}

/** Opens a PKCS#12 file once; the key stays in memory, never on disk in clear. Throws VGM-SGT-001, -002, -003. */
export function ouvrirSignataireP12(options: OptionsSignataireP12): Signataire {
  const { algorithme } = options;
  const ouvert = ouvrirPkcs12(lire(options.fichier), options.secret);
  if (ouvert.type === 'refuse') throw erreurSignataire('VGM-SGT-002', { motif: ouvert.motif });
  const { cle, certificat, chaine } = ouvert;
  return signataireLocal({ cle, certificat, chaine, ...(algorithme === undefined ? {} : { algorithme }) });
}

/** A key and its chain weigh some kilobytes. */
const TAILLE_MAX = 10_000_000;

function lire(fichier: string): Uint8Array {
  try {
    const faits = statSync(fichier);
    if (faits.isDirectory() || (faits.isFile() && faits.size <= TAILLE_MAX)) return readFileSync(fichier);
  } catch (origine) {
    throw erreurSignataire('VGM-SGT-001', { fichier, raison: raisonDe(origine) }, origine);
  }
  const raison = 'ce n’est pas un fichier ordinaire, ou il est trop gros pour une clé';
  throw erreurSignataire('VGM-SGT-001', { fichier, raison });
}
