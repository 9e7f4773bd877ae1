import { estTerminal, type EvenementEtat, LIBELLE_ETAT, transition } from '../metier/etats.ts';
import { departs, type Flux } from '../metier/flux.ts';
import { OPERATEUR } from '../ports/store.ts';
import type { MessageAcquit } from '../protocoles/helios/accuse.ts';
import { departsAvant } from '../protocoles/helios/accuse/departs.ts';
import { type IssueTranchee, type JugementAck, jugerAck } from '../protocoles/helios/accuse/jugement.ts';
import {
  champsConfrontation,
  type PresentationAck,
  presenterAck,
} from '../protocoles/helios/accuse/presentation.ts';
import {
  type FichierEnvoye,
  fichierEnvoye,
  fichierLu,
  rapprocher,
  type Rapprochement,
} from '../protocoles/helios/accuse/rapprochement.ts';
import { identiteCitee } from '../protocoles/helios/depot.ts';
import { lireFichierPes } from '../protocoles/helios/lecture/lire.ts';
import { instantDuNom } from '../protocoles/helios/nommage.ts';
import type { IssueRetour } from './accuse-issue.ts';
import { relire } from './relire.ts';
import { garer, type OutilsFichier, pieceDe, RIEN, type RetourFichier } from './retour-fichier.ts';

/** An acquittement goes to the file it answers, and is judged on what that file holds. */

type OutilsLecture = Pick<OutilsFichier, 'flux' | 'coffre'>;

/** What was sent; read again from its bytes when the summary of its flux does not name everything. */
export async function fichierDuFlux(
  flux: Flux,
  { flux: lecture, coffre }: OutilsLecture,
): Promise<FichierEnvoye | null> {
  const memoire = fichierEnvoye(flux);
  if (memoire === null || memoire.complet) return memoire;
  const archive = (await lecture.pieces(OPERATEUR, flux.id)).findLast((p) => p.role === 'archive');
  if (archive === undefined) return memoire;
  const { faits } = await lireFichierPes(relire(coffre, archive));
  return faits?.genre === 'PES_Aller' ? fichierLu(memoire, faits) : memoire;
}

export interface AcquittementJuge extends PresentationAck {
  readonly evenement: JugementAck['evenement'];
}

/**
 * What an acquittement means for one flux: what it does to it, the sentence, the error and the fields it leaves there.
 * @param tranche what a person says of it; null: it speaks for itself.
 */
export function jugerPour(
  { bilan }: MessageAcquit,
  { flux, fichier, nom }: { readonly flux: Flux; readonly fichier: FichierEnvoye; readonly nom: string },
  tranche: IssueTranchee | null,
): AcquittementJuge {
  const jugement = jugerAck(bilan, fichier, { departs: departsAvant(flux, nom), tranche });
  const { libelle, erreur, champs } = presenterAck(jugement.bilan, jugement.confrontation);
  return {
    evenement: jugement.evenement,
    libelle,
    erreur,
    champs: {
      acquittement: tranche === null ? champs : { ...champs, tranche },
      confrontation: champsConfrontation(jugement.confrontation),
    },
  };
}

interface Candidats {
  /** Those whose end is not known. */
  readonly vifs: readonly Flux[];
  readonly finis: readonly Flux[];
}

async function chercher({ lu: { entetes } }: MessageAcquit, { flux }: OutilsFichier): Promise<Candidats> {
  const tous = await flux.parIdentite(OPERATEUR, identiteCitee(entetes));
  const siens = tous.filter((f) => f.protocole === 'HELIOS');
  return {
    vifs: siens.filter((f) => !estTerminal(f.etat)),
    finis: siens.filter((f) => estTerminal(f.etat)),
  };
}

function parmi({ lu, bilan }: MessageAcquit, flux: readonly Flux[]): Rapprochement {
  const { entetes, repetitions } = lu;
  return rapprocher(
    { entetes, repetitions, bilan },
    flux.flatMap((f) => fichierEnvoye(f) ?? []),
  );
}

/**
 * An answer to a finished file may come late, and its name is free again: the hour of its making says whether it is of
 * the flux that still waits. Null when that hour does not tell.
 * @param rivaux finished flux that the answer may be of as well.
 */
function repondAuVif({ nom }: RetourFichier, vif: Flux, rivaux: readonly Flux[]): boolean | null {
  if (rivaux.length === 0) return true;
  if (instantDuNom(nom) === null) return null;
  const { surs, possibles } = departsAvant(vif, nom);
  if (surs > 0) return true;
  return possibles > 0 ? null : false;
}

/** A flux that these very bytes already answered. */
async function dejaRepondu(
  { sha256 }: RetourFichier,
  parmiEux: readonly Flux[],
  { flux }: OutilsFichier,
): Promise<Flux | undefined> {
  const pieces = await Promise.all(parmiEux.map((f) => flux.pieces(OPERATEUR, f.id)));
  return parmiEux.find((_, k) => pieces[k]?.some((p) => p.role === 'accuse' && p.sha256 === sha256));
}

/** Finds the flux of an acquittement and says what it does to it; parked whenever two could be meant. Reads only. */
export async function attribuer(
  message: MessageAcquit,
  retour: RetourFichier,
  outils: OutilsFichier,
): Promise<IssueRetour> {
  const { vifs, finis } = await chercher(message, outils);
  const trouve = parmi(message, vifs);
  if (trouve.type === 'ambigu') return garer(`${message.libelle} ${trouve.motif}`);
  const vif = trouve.type === 'trouve' ? vifs.find((f) => f.id === trouve.fichier.flux) : undefined;
  if (vif === undefined) {
    const flux = [...vifs, ...finis];
    const issue = await attribuerAuFini(message, retour, { flux, outils });
    return flux.length > 0 ? issue : { ...issue, inconnus: [nommer(message)] };
  }
  const rivaux = finis.filter((f) => departs(f).length > 0 && parmi(message, [f]).type === 'trouve');
  const sien = repondAuVif(retour, vif, rivaux);
  if (sien === true) return repondre(message, retour, { flux: vif, outils });
  if (sien === false) return attribuerAuFini(message, retour, { flux: rivaux, outils });
  const noms = rivaux.map((f) => f.id).join(', ');
  return garer(
    `${message.libelle} L’heure de sa fabrication ne dit pas s’il répond au flux ${vif.id} ou à un fichier antérieur du même nom (flux ${noms}) : une personne doit le dire.`,
  );
}

/** What the State answers, and that nobody has here. */
function nommer({ lu: { entetes } }: MessageAcquit): NonNullable<IssueRetour['inconnus']>[number] {
  return { protocole: 'HELIOS', identite: identiteCitee(entetes) };
}

/** An answer that is of no flux that waits: the same as one that came is without effect, another is for a person. */
async function attribuerAuFini(
  message: MessageAcquit,
  retour: RetourFichier,
  { flux, outils }: { readonly flux: readonly Flux[]; readonly outils: OutilsFichier },
): Promise<IssueRetour> {
  const connu = await dejaRepondu(retour, flux, outils);
  if (connu !== undefined) return { ...RIEN, sansEffet: [connu] };
  const trouve = parmi(message, flux);
  if (trouve.type !== 'trouve') return garer(`${message.libelle} ${trouve.motif}`);
  const fini = flux.find((f) => f.id === trouve.fichier.flux) as Flux;
  return repondre(message, retour, { flux: fini, outils });
}

async function repondre(
  message: MessageAcquit,
  retour: RetourFichier,
  { flux, outils }: { readonly flux: Flux; readonly outils: OutilsFichier },
): Promise<IssueRetour> {
  const fichier = await fichierDuFlux(flux, outils);
  if (fichier === null) return garer(message.libelle);
  const { entetes, repetitions } = message.lu;
  const relu = rapprocher({ entetes, repetitions, bilan: message.bilan }, [fichier]);
  if (relu.type !== 'trouve') return garer(`${message.libelle} ${relu.motif}`);
  const { nom } = retour;
  const { evenement, libelle, champs, erreur } = jugerPour(message, { flux, fichier, nom }, null);
  if (evenement === null)
    return garer(`${libelle} Une personne doit trancher ce qu’il dit du flux ${flux.id}.`);
  if (transition(flux.etat, evenement) === undefined) return apresCoup(libelle, flux, evenement);
  const attribution = {
    flux,
    message: { evenement, libelle, champs, erreur },
    pieces: [pieceDe(retour, 'accuse')],
  };
  return { ...RIEN, attributions: [attribution] };
}

/** A flux at its end: a second receipt is without effect, anything else is for a person. */
function apresCoup(libelle: string, flux: Flux, evenement: EvenementEtat): IssueRetour {
  if (evenement === 'accuse_recu' && flux.etat === 'acquitte') return { ...RIEN, sansEffet: [flux] };
  const meme = transition('transmis', evenement) === flux.etat;
  const etat = `« ${LIBELLE_ETAT[flux.etat]} »`;
  return garer(
    meme
      ? `${libelle} Le flux ${flux.id} est déjà ${etat}, par un acquittement qui le disait en d’autres mots.`
      : `${libelle} Il contredit l’état ${etat} du flux ${flux.id}.`,
  );
}
