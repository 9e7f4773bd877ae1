import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import { erreurTransmission } from '../metier/catalogue/transmission.ts';
import type { EvenementEtat } from '../metier/etats.ts';
import { ETAT_EN_MOTS, type Flux, type PieceDuFlux, nomPourEtat } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import type { Coffre } from '../ports/coffre.ts';
import { OPERATEUR, type Debits, type LectureFlux, type Suspensions } from '../ports/store.ts';
import type { Restaurations } from '../ports/restauration.ts';
import type { Protocole } from '../protocoles/protocole.ts';
import { retenirApresRestauration } from './apres-restauration.ts';
import type { Etape } from './etape.ts';
import { debitA } from './fenetres.ts';
import type { IssueRemise, Remise } from './remise.ts';

export interface OutilsTransmission {
  readonly flux: LectureFlux;
  readonly coffre: Coffre;
  readonly debits: Debits;
  readonly suspensions: Suspensions;
  readonly restaurations: Restaurations;
  /** Door of a flux; null = none is configured for it: it waits, and `diagnostiquer` says so. */
  readonly porte: (flux: Flux) => Promise<Remise | null>;
  /** Where the door is set: `actes.ministere`. */
  readonly reglage: string;
  readonly alerteJoursOuvres: number;
  readonly maintenant: () => Instant;
}

/** Wait before asking again when a person has to act: no door is configured, or sendings are held back. Milliseconds. */
const SANS_GUICHET = 60_000;

/**
 * Transmission step. Order to hold back → base put back from a backup → window → place at the door → digest and open the archive (CNX-02) → mark `en_ligne`
 * → send → read the answer. What happens if we die: before the mark, nothing left, run again; after the mark, `reprise` finds
 * the flux `en_ligne` and seeks evidence; after the answer and before its commit, the same.
 */
export function creerEtapeTransmission(protocole: Protocole, outils: OutilsTransmission): Etape {
  return async (flux, poste) => {
    const porte = await outils.porte(flux);
    if (porte === null) return sansGuichet(protocole, outils);
    const retenue = await retenir(protocole, outils, porte);
    if (retenue !== null) return retenue;
    const archive = await archiveDe(outils, flux);
    const { restaurations, maintenant } = outils;
    const doute = await retenirApresRestauration(restaurations, { flux, archive }, maintenant());
    if (doute !== null) return doute;
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
        // An order given while others were served holds for this one.
        const tardive = await retenir(protocole, outils, porte);
        if (tardive !== null) return tardive;
        // The hour may have turned meanwhile: what leaves counts in the hour in which it leaves.
        const reportee = await placeDansFenetre(outils, porte, { flux, archive });
        if (reportee !== null) return reportee;
        const { voie } = porte;
        await poste.mettreEnLigne(voie?.nom ?? nom, voie === undefined ? {} : { voie: { ...voie } });
        const issue = await porte.remettre({ nom, taille, ouvrir }, flux, poste.signal);
        return conclure(protocole, outils, { issue, flux });
      } finally {
        source?.destroy();
      }
    });
  };
}

function sansGuichet(protocole: Protocole, outils: OutilsTransmission): Issue {
  const { reglage } = outils;
  const { fiche } = erreurTransmission('VGM-TRA-007', { protocole: protocole.nom, reglage });
  return { type: 'patiente', jusqua: (outils.maintenant() + SANS_GUICHET) as Instant, erreur: fiche };
}

/** Is it held back, by the order of a person (of the whole protocol, or of this door) or by a door that rests? */
async function retenir(
  { nom }: Protocole,
  { suspensions, maintenant }: OutilsTransmission,
  porte: Remise,
): Promise<Issue | null> {
  const ordres = await suspensions.lister();
  const ordre = ordres.find((s) => s.destination === porte.destination || s.destination === nom);
  if (ordre !== undefined) {
    const { fiche } = erreurTransmission('VGM-TRA-009', {
      destination: ordre.destination,
      motif: ordre.motif,
    });
    return { type: 'patiente', jusqua: (maintenant() + SANS_GUICHET) as Instant, erreur: fiche };
  }
  const repos = porte.repos?.() ?? null;
  return repos === null ? null : { type: 'patiente', ...repos };
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
  const { fiche } = erreurTransmission('VGM-TRA-008', { raison, reglage: outils.reglage });
  return { type: 'patiente', jusqua: prochain, erreur: fiche };
}

function conclure(
  protocole: Protocole,
  outils: OutilsTransmission,
  { issue, flux }: { readonly issue: IssueRemise; readonly flux: Flux },
): Issue {
  switch (issue.type) {
    case 'prise':
    case 'deja_la': {
      const due = protocole.accuse.echeance(flux, outils.maintenant(), outils.alerteJoursOuvres);
      const evenement = issue.type === 'prise' ? 'remise_confirmee' : 'remise_constatee';
      return { type: 'avance', evenement, motif: issue.motif, due };
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
  const { qui: etat } = ETAT_EN_MOTS[flux.protocole];
  const erreur = erreurTransmission('VGM-TRA-002', { nom: nomPourEtat(flux), detail, etat }).fiche;
  const due = (quand + RAPPEL_INCERTAIN) as Instant;
  return { evenement: 'remise_incertaine', erreur, motif: erreur.code, due };
}

/** An uncertain fate is looked at again after an hour: the receipt has usually settled it by then. Milliseconds. */
export const RAPPEL_INCERTAIN = 3_600_000;
