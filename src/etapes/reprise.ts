import { erreurTransmission } from '../metier/catalogue/transmission.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { ETAT_EN_MOTS, type Flux, nomPourEtat } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import { OPERATEUR, type LectureFlux } from '../ports/store.ts';
import type { Protocole } from '../protocoles/protocole.ts';
import type { Etape } from './etape.ts';
import type { Remise } from './remise.ts';
import { RAPPEL_INCERTAIN } from './transmission.ts';

export interface OutilsConstat {
  readonly flux: Pick<LectureFlux, 'pieces'>;
  readonly porte: (flux: Flux) => Promise<Remise | null>;
  readonly alerteJoursOuvres: number;
  readonly maintenant: () => Instant;
}

/** Does the State's door show this flux? Anything but a plain yes (out of reach, gone, never there) proves nothing. */
export async function estVu(flux: Flux, outils: OutilsConstat): Promise<boolean> {
  try {
    const porte = await outils.porte(flux);
    if (porte?.constater === undefined) return false;
    const pieces = await outils.flux.pieces(OPERATEUR, flux.id);
    const archive = pieces.find((p) => p.role === 'archive');
    return archive !== undefined && (await porte.constater(archive, flux));
  } catch (cause) {
    if (cause instanceof ErreurVgm) return false;
    throw cause;
  }
}

/** Found `en_ligne` by a new worker: the one that sent it is dead, and only the State's door may say what became of it. */
export function creerEtapeReprise(protocole: Protocole, outils: OutilsConstat): Etape {
  return async (flux) => {
    const nom = nomPourEtat(flux);
    if (await estVu(flux, outils)) {
      const due = protocole.accuse.echeance(flux, outils.maintenant(), outils.alerteJoursOuvres);
      return { type: 'avance', evenement: 'remise_confirmee', motif: `${nom}, vu après l’arrêt`, due };
    }
    const { qui: etat } = ETAT_EN_MOTS[flux.protocole];
    const erreur = erreurTransmission('VGM-TRA-006', { nom, etat }).fiche;
    const due = (outils.maintenant() + RAPPEL_INCERTAIN) as Instant;
    return { type: 'avance', evenement: 'remise_incertaine', erreur, motif: erreur.code, due };
  };
}
