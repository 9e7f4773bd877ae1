import { AnalyseurXml } from './analyseur.ts';
import type { Balise, SessionXml } from './evenements.ts';
import { type FauteXml, fauteDeLecture } from './faute.ts';
import { Muet } from './muet.ts';
import { TETE_XML, transcodeur } from './transcodage.ts';

/** What there is to know of an XML file that is only passed on. */
export interface SondeXml {
  /** Local name of the root element; null when the reading stopped before it. */
  readonly racine: string | null;
  /** Why the reading stopped; null when the file is well formed, without DOCTYPE, and no two elements share an `Id`. */
  readonly faute: FauteXml | null;
}

/** Bytes of the range [debut, fin[ of the file. */
type LecteurPlages = (debut: number, fin: number) => Promise<Uint8Array>;

/** Read at a time. */
const PLAGE = 256 * 1024;

class Racine extends Muet {
  nom: string | null = null;
  #lecture: SessionXml | null = null;

  override commencer(lecture: SessionXml): void {
    this.#lecture = lecture;
  }

  override ouvrir(balise: Balise): void {
    this.nom ??= this.#lecture?.noms.localDe(balise.nom) ?? null;
  }
}

/**
 * Reads a file whole, in bounded memory; stops at the first fault. Lenient on the encoding as `lireXml`, but that a
 * file of one byte per character is read as it announces itself.
 * @param taille bytes.
 */
export async function sonderXml(lire: LecteurPlages, taille: number): Promise<SondeXml> {
  const racine = new Racine();
  const analyseur = new AnalyseurXml(racine);
  const convertir = transcodeur(await lire(0, Math.min(TETE_XML, taille)), false);
  for (let debut = 0; debut < taille; debut += PLAGE) {
    const fin = Math.min(debut + PLAGE, taille);
    const octets = await lire(debut, fin);
    if (analyseur.ecrire(convertir?.(octets, fin === taille) ?? octets) !== null) break;
  }
  const refus = analyseur.finir();
  if (refus === null) return { racine: racine.nom, faute: null };
  const faute = fauteDeLecture(refus);
  // after a transcoding, bytes are not those of the file
  return { racine: racine.nom, faute: convertir === null ? faute : { ...faute, octet: -1 } };
}
