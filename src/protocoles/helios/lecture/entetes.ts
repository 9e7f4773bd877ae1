import type { Branche } from './carte.ts';
import {
  type Champ,
  CLES_ENTETE,
  type CleEntete,
  type Entetes,
  type Modifiable,
  type Repetition,
} from './faits.ts';

const VIDES = Object.fromEntries(CLES_ENTETE.map((cle) => [cle, null])) as Readonly<Record<CleEntete, null>>;

/** Enveloppe and EnTetePES: the same everywhere, but for the `CodColl` of PES Retour. */
export class LectureEntetes {
  readonly repetitions: Repetition[] = [];
  readonly #lues: Modifiable<Entetes> = { ...VIDES };

  get entetes(): Entetes {
    return this.#lues;
  }

  #prendre(cle: CleEntete): Branche {
    return {
      champ: (champ: Champ) => {
        if (this.#lues[cle] === null) this.#lues[cle] = champ;
        else this.repetitions.push({ cle, position: champ.position });
      },
    };
  }

  branches(): Readonly<Record<'Enveloppe' | 'EnTetePES', Branche>> {
    const prendre = (cle: CleEntete): Branche => this.#prendre(cle);
    const codCol = prendre('codCol');
    return {
      Enveloppe: {
        enfants: {
          Parametres: {
            enfants: { Version: prendre('version'), TypFic: prendre('typFic'), NomFic: prendre('nomFic') },
          },
          Emetteur: { enfants: { Sigle: prendre('sigle'), Adresse: prendre('adresse') } },
        },
      },
      EnTetePES: {
        enfants: {
          DteStr: prendre('dteStr'),
          IdPost: prendre('idPost'),
          LibellePoste: prendre('libellePoste'),
          IdColl: prendre('idColl'),
          FinJur: prendre('finJur'),
          CodCol: codCol,
          CodColl: codCol,
          CodBud: prendre('codBud'),
          LibelleColBud: prendre('libelleColBud'),
        },
      },
    };
  }
}
