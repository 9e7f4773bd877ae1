import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { raisonDe } from '../../config/fichiers.ts';

/** Files that trust hangs on: read only when nobody else could have slipped something in. */

/** All the lists of the Union together weigh some 10 MB once imported. */
const TAILLE_MAX = 64_000_000;

export type LectureFichier =
  | { readonly type: 'lu'; readonly octets: Buffer }
  /** French, with the remedy. */
  | { readonly type: 'refuse'; readonly probleme: string };

export interface OptionsLecture {
  /** A name found in a folder may not lead elsewhere; a name given by the operator may. */
  readonly liens: 'suivis' | 'refuses';
}

/** O_NONBLOCK: opening a pipe must not wait for its writer. */
const NON_SUIVI = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
const SUIVI = constants.O_RDONLY | constants.O_NONBLOCK;

/** Never throws. */
export async function lireFichierSur(chemin: string, { liens }: OptionsLecture): Promise<LectureFichier> {
  const refuser = (texte: string): LectureFichier => ({ type: 'refuse', probleme: `${chemin} : ${texte}` });
  try {
    const fichier = await open(chemin, liens === 'suivis' ? SUIVI : NON_SUIVI);
    try {
      const faits = await fichier.stat();
      if (!faits.isFile()) return refuser('ce n’est pas un fichier ordinaire. Le retirer de là.');
      if ((faits.mode & 0o002) !== 0) {
        return refuser(
          'tout compte de la machine peut l’écrire. Retirer ce droit (chmod o-w), puis vérifier son contenu.',
        );
      }
      if (faits.size > TAILLE_MAX)
        return refuser(
          `plus de ${TAILLE_MAX.toLocaleString('fr-FR')} octets. Vérifier que c’est le bon fichier.`,
        );
      return { type: 'lu', octets: await fichier.readFile() };
    } finally {
      await fichier.close();
    }
  } catch (origine) {
    const lien =
      liens === 'refuses' && origine instanceof Error && 'code' in origine && origine.code === 'ELOOP';
    if (lien) return refuser('lien symbolique, refusé ici. Mettre le fichier lui-même à cette place.');
    return refuser(`${raisonDe(origine)}. Corriger le chemin ou les droits.`);
  }
}
