import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import { enFaute, FautePair } from './fautes.ts';
import type { Lecture } from './session.ts';

/**
 * Gives what the protocol reads to the sink, and holds both to their word: the content ends only when it is whole, and
 * the sink is believed only when it read to the end. A failure of the sink passes unchanged.
 */
export async function relayer(contenu: AsyncIterable<Uint8Array>, lecture: Lecture): Promise<void> {
  const suivi = new Suivi(contenu, lecture);
  try {
    await lecture.verser(suivi.lire());
  } catch (erreur) {
    throw suivi.panne ?? erreur;
  }
  if (suivi.panne !== undefined) throw suivi.panne;
  if (!suivi.fini) throw interrompue(lecture, suivi.recus, new FautePair('ligne', 'lecture abandonnée'));
}

class Suivi {
  panne: unknown;
  fini = false;
  recus = 0;
  readonly #contenu: AsyncIterable<Uint8Array>;
  readonly #lecture: Lecture;

  constructor(contenu: AsyncIterable<Uint8Array>, lecture: Lecture) {
    this.#contenu = contenu;
    this.#lecture = lecture;
  }

  async *lire(): AsyncGenerator<Uint8Array> {
    try {
      for await (const bloc of this.#contenu) {
        this.recus += bloc.length;
        yield bloc;
      }
      this.#verifier();
      this.fini = true;
    } catch (erreur) {
      this.panne = erreur instanceof FautePair ? interrompue(this.#lecture, this.recus, erreur) : erreur;
      throw this.panne;
    }
  }

  #verifier(): void {
    const { taille } = this.#lecture.fichier;
    if (this.recus < taille) throw new FautePair('ligne', 'fin prématurée');
    if (this.recus > taille) throw encoreEcrit(this.#lecture, this.recus);
  }
}

export function interrompue({ fichier }: Lecture, recus: number, origine: unknown): Error {
  const { nom, taille: attendus } = fichier;
  const detail = enFaute(origine).message;
  return erreurPasserelle('VGM-PAS-017', { nom, recus, attendus, detail }, origine);
}

export function encoreEcrit({ fichier }: Lecture, trouvee: number): Error {
  const { nom, taille } = fichier;
  return trouvee === 0
    ? erreurPasserelle('VGM-PAS-018', { nom })
    : erreurPasserelle('VGM-PAS-019', { nom, trouvee, attendue: taille });
}
