import { lireCertificat } from '../../formats/certificats/certificat.ts';
import { decouperCertificats } from '../../formats/certificats/blocs.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, liste } from '../monde.ts';
import { lirePetit } from '../source.ts';

/** A file of certificates: some hundreds at most. */
export const FICHIER_MAX = 10_000_000;

const EMPREINTE = /^(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}$/i;

/**
 * Certificates that the operator vouches for: files, or their SHA-256 as he compared it with what the scheme publishes.
 * Throws VGM-CLI-003, VGM-CLI-004.
 */
export function signatairesDe(appel: Appel): ReadonlySet<Sha256> {
  return new Set(liste(appel.options, 'signataire').flatMap((valeur) => lireUn(valeur, appel.verbe)));
}

function lireUn(valeur: string, verbe: string): Sha256[] {
  if (EMPREINTE.test(valeur)) return [valeur.replaceAll(':', '').toLowerCase() as Sha256];
  const decoupe = decouperCertificats(lirePetit(valeur, FICHIER_MAX));
  if (decoupe.type === 'refuse') throw erreurUsage(`--signataire ${valeur} : ${decoupe.motif}.`, verbe);
  return decoupe.certificats.map((der) => {
    const lu = lireCertificat(der);
    if (lu.type === 'lu') return lu.certificat.sha256;
    throw erreurUsage(`--signataire ${valeur} : certificat illisible (${lu.motif}).`, verbe);
  });
}
