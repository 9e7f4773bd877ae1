import type { Branche } from '../lecture/carte.ts';
import type { Modifiable } from '../lecture/faits.ts';
import type { DomaineRetour } from './faits.ts';

/** Codes of state told apart; beyond, a file says anything. */
const ETATS_MAX = 50;

type EnCours = Modifiable<DomaineRetour> & { readonly etats: Record<string, number> };

/** PES Retour: which domains, how many pièces in which state. The file itself goes to the ordonnateur. */
export class LectureRetour {
  readonly domaines: DomaineRetour[] = [];
  #domaine: EnCours | null = null;

  branches(): Readonly<Record<string, Branche>> {
    return {
      PES_DepenseRetour: this.#un('PES_DepenseRetour', 'EnTeteDepense'),
      PES_RecetteRetour: this.#un('PES_RecetteRetour', 'EnTeteRecette'),
      PES_ClientRetour: this.#un('PES_ClientRetour', 'EnTeteClient'),
      PES_AsapRetour: this.#un('PES_AsapRetour', 'EnTeteAsap'),
    };
  }

  #un(nom: string, entete: string): Branche {
    const etat: Branche = {
      champ: ({ valeur }) => {
        const etats = this.#domaine?.etats;
        if (etats === undefined) return;
        const code = valeur.trim().slice(0, 10);
        if (Object.hasOwn(etats, code) || Object.keys(etats).length < ETATS_MAX)
          etats[code] = (etats[code] ?? 0) + 1;
      },
    };
    const piece: Branche = {
      ouvrir: () => {
        if (this.#domaine !== null) this.#domaine.pieces += 1;
      },
      enfants: { InfoPiece: { enfants: { EtatPce: etat } }, BlocPiece: { enfants: { EtatPce: etat } } },
    };
    return {
      ouvrir: () => {
        this.#domaine = { nom, typRestit: null, bordereaux: 0, pieces: 0, etats: {} };
        if (this.domaines.length < 20) this.domaines.push(this.#domaine);
      },
      enfants: {
        [entete]: {
          enfants: {
            TypRestit: {
              champ: ({ valeur }) => {
                if (this.#domaine !== null) this.#domaine.typRestit ??= valeur.trim().slice(0, 10);
              },
            },
          },
        },
        Bordereau: {
          ouvrir: () => {
            if (this.#domaine !== null) this.#domaine.bordereaux += 1;
          },
          enfants: { Piece: piece },
        },
      },
    };
  }
}
