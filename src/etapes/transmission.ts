import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import { erreurTransmission } from '../metier/catalogue/transmission.ts';
import type { EvenementEtat } from '../metier/etats.ts';
import type { Flux, PieceDuFlux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import type { Coffre } from '../ports/coffre.ts';
import { OPERATEUR, type Debits, type LectureFlux } from '../ports/store.ts';
import type { Protocole } from '../protocoles/protocole.ts';
import type { Etape, Poste } from './etape.ts';
import { debitA } from './fenetres.ts';
import type { IssueRemise, Remise } from './remise.ts';

export interface OutilsTransmission {
  readonly flux: LectureFlux;
  readonly coffre: Coffre;
  readonly debits: Debits;
  /** Door of a flux; null = none is configured for it: it waits, and `diagnostiquer` says so. */
  readonly porte: (flux: Flux) => Promise<Remise | null>;
  readonly alerteJoursOuvres: number;
  readonly maintenant: () => Instant;
}

/** Wait before asking again when no door is configured. Milliseconds. */
const SANS_GUICHET = 60_000;

/**
 * Transmission step. Window → place at the door → digest and open the archive (CNX-02) → mark `en_ligne` → send → read the answer.
 * What happens if we die: before the mark, nothing left, run again; after the mark, `reprise` finds the flux
 * `en_ligne` and calls its fate unknown; after the answer and before its commit, the same.
 */
export function creerEtapeTransmission(protocole: Protocole, outils: OutilsTransmission): Etape {
  return async (flux, poste) => {
    const porte = await outils.porte(flux);
    if (porte === null) return sansGuichet(protocole, outils);
    const archive = await archiveDe(outils, flux);
    const attente = await placeDansFenetre(outils, porte, { flux, archive });
    if (attente !== null) return attente;
    return porte.guichet.prendre(async () => {
      if (poste.arret.aborted) return { type: 'patiente', jusqua: outils.maintenant(), erreur: null };
      const { nom, taille, sha256 } = archive;
      if (!(await outils.coffre.verifier(sha256))) throw erreurNoyau('VGM-NOY-006', { empreinte: sha256 });
      // Bytes that cannot be read must be found out before the mark: after it, the fate is unknown.
      const ouvertes = [await outils.coffre.ouvrir(sha256)];
      const source = ouvertes[0];
      const ouvrir = async () => ouvertes.pop() ?? (await outils.coffre.ouvrir(sha256));
      try {
        await poste.mettreEnLigne(nom);
        return conclure(protocole, outils, await porte.remettre({ nom, taille, ouvrir }, flux, poste.signal));
      } finally {
        source?.destroy();
      }
    });
  };
}

function sansGuichet(protocole: Protocole, outils: OutilsTransmission): Issue {
  const { fiche } = erreurTransmission('VGM-TRA-007', { protocole: protocole.nom });
  return { type: 'patiente', jusqua: (outils.maintenant() + SANS_GUICHET) as Instant, erreur: fiche };
}

async function archiveDe(outils: OutilsTransmission, flux: Flux): Promise<PieceDuFlux> {
  const pieces = await outils.flux.pieces(OPERATEUR, flux.id);
  const archive = pieces.find((p) => p.role === 'archive');
  if (archive === undefined)
    throw erreurTransmission('VGM-TRA-004', { nom: flux.id, statut: 0, detail: 'archive absente' });
  return archive;
}

async function placeDansFenetre(
  outils: OutilsTransmission,
  porte: Remise,
  { flux, archive }: { readonly flux: Flux; readonly archive: PieceDuFlux },
): Promise<Issue | null> {
  const quand = outils.maintenant();
  const { plafond, prochain } = debitA(quand, porte.fenetres, porte.octetsParHeure);
  if (plafond === null) return null;
  const demande = { destination: porte.destination, flux: flux.id, octets: archive.taille, plafond, quand };
  if (plafond > 0 && (await outils.debits.reserver(demande))) return null;
  const raison = plafond === 0 ? 'la fenêtre de transmission est fermée' : 'le débit de l’heure est atteint';
  return { type: 'patiente', jusqua: prochain, erreur: erreurTransmission('VGM-TRA-008', { raison }).fiche };
}

function conclure(protocole: Protocole, outils: OutilsTransmission, issue: IssueRemise): Issue {
  switch (issue.type) {
    case 'prise': {
      const due = protocole.accuse.echeance(outils.maintenant(), outils.alerteJoursOuvres);
      const echeance = due === null ? {} : { due };
      return { type: 'avance', evenement: 'remise_confirmee', motif: issue.motif, ...echeance };
    }
    case 'non_prise': {
      const { erreur } = issue;
      return { type: 'avance', evenement: 'remise_non_faite', erreur, motif: erreur.code };
    }
    case 'incertaine': {
      const { erreur } = issue;
      const due = (outils.maintenant() + RAPPEL_INCERTAIN) as Instant;
      return { type: 'avance', evenement: 'remise_incertaine', erreur, motif: erreur.code, due };
    }
    case 'refusee':
      return { type: 'avance', evenement: 'remise_refusee', motif: issue.motif, erreur: issue.erreur };
    default:
      return issue satisfies never;
  }
}

/** What a failure of our own program once on the line comes to: nobody knows what the State holds. */
export function sortInconnu(
  flux: Flux,
  faute: { detail: string; quand: Instant },
): Pick<Extract<Issue, { type: 'avance' }>, 'evenement' | 'erreur' | 'motif' | 'due'> & {
  readonly evenement: EvenementEtat;
} {
  const { detail, quand } = faute;
  const erreur = erreurTransmission('VGM-TRA-002', { nom: flux.nomEnvoi ?? flux.id, detail }).fiche;
  const due = (quand + RAPPEL_INCERTAIN) as Instant;
  return { evenement: 'remise_incertaine', erreur, motif: erreur.code, due };
}

/** An uncertain fate is looked at again after an hour: the receipt has usually settled it by then. Milliseconds. */
export const RAPPEL_INCERTAIN = 3_600_000;

/** Found `en_ligne` by a new worker: the one that sent it is dead, and nobody knows what the State holds. */
export function creerEtapeReprise(maintenant: () => Instant): Etape {
  return (flux: Flux, _poste: Poste): Promise<Issue> => {
    const erreur = erreurTransmission('VGM-TRA-006', { nom: flux.nomEnvoi ?? flux.id }).fiche;
    const due = (maintenant() + RAPPEL_INCERTAIN) as Instant;
    return Promise.resolve({
      type: 'avance',
      evenement: 'remise_incertaine',
      erreur,
      motif: erreur.code,
      due,
    });
  };
}
