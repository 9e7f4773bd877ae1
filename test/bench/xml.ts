import { AtelierXml } from './atelier-xml.ts';
import { mesurerFlux } from './flux.ts';
import type { Dire } from './lancer.ts';
import { mesurerLectures } from './lectures.ts';
import { mesurerMemoire } from './memoire.ts';
import type { Figures } from './mesures.ts';
import { mesurerMoteur } from './moteur.ts';
import { mesurerSignatures } from './signatures.ts';

/**
 * Signature, verification and validation of PES files that we make: the commands that people type, as whole processes, next
 * to xmlsec1 and xmllint where they are installed.
 */
export async function mesurerXml(dire: Dire): Promise<Figures> {
  const moteur = mesurerMoteur(dire);
  const atelier = new AtelierXml(dire);
  try {
    return {
      ...(await mesurerSignatures(atelier)),
      ...(await mesurerLectures(atelier)),
      ...(await mesurerMemoire(atelier)),
      ...(await mesurerFlux(atelier)),
      ...moteur,
    };
  } finally {
    atelier.fermer();
  }
}
