import type { BilanPaquet, Paquets } from '../formats/xsd/paquets.ts';
import type { ReponseControle } from '../metier/anomalies.ts';
import { erreurControle } from '../metier/catalogue/controle.ts';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import type { Flux, PieceDuFlux } from '../metier/flux.ts';
import type { Issue } from '../metier/issues.ts';
import type { Clock } from '../ports/clock.ts';
import type { Coffre } from '../ports/coffre.ts';
import { RACINES_DEPOSEES } from '../protocoles/helios/codes.ts';
import { lireFichierPes } from '../protocoles/helios/lecture/lire.ts';
import { reponsePiecesJointes } from '../protocoles/helios/regles/malveillance.ts';
import { JUGEMENT_PAQUETS, paquetsAttendus, reponsesPaquets } from '../protocoles/helios/regles/paquets.ts';
import { AnalysePiecesJointes } from './analyse-pj.ts';
import type { AnalyserContenu } from './antivirus.ts';
import { relire } from './relire.ts';
import { alerter } from './signature/issue.ts';

/** What the control step reads of a PES a second time: what a service must be asked about, or could not be asked at the door. */

export interface OutilsRelecture {
  readonly coffre: Pick<Coffre, 'ouvrir'>;
  readonly clock: Clock;
  /** Whether the antivirus looks into attached pieces. */
  readonly piecesJointes: boolean;
  readonly paquets: Paquets;
}

export type Relecture =
  | {
      readonly type: 'relu';
      readonly piecesJointes: ReponseControle;
      /** Empty unless the flux was waiting for a pack. */
      readonly schemas: readonly ReponseControle[];
    }
  /** Only a person can remove what stands in the way. */
  | { readonly type: 'attente'; readonly issue: Issue };

/** @param analyser null: no antivirus is set. */
export type RelirePes = (
  flux: Flux,
  pieces: readonly PieceDuFlux[],
  analyser: AnalyserContenu | null,
) => Promise<Relecture>;

const SANS_OBJET: Relecture = {
  type: 'relu',
  piecesJointes: reponsePiecesJointes(null),
  schemas: [],
};

function attendre(outils: OutilsRelecture, detail: string): Relecture {
  return { type: 'attente', issue: alerter(outils, erreurControle('VGM-CTL-004', { detail }).fiche) };
}

/** Why the packs still cannot be asked, known without reading the file; null when they can. */
function empechement({ paquets }: OutilsRelecture, { resume }: Flux): string | null {
  const { probleme } = paquets.lister();
  if (probleme !== null) return `l’inventaire des paquets est illisible (${probleme})`;
  const racine = RACINES_DEPOSEES.find((r) => r.nom === resume['genre']);
  const ouverts = racine === undefined ? [] : paquets.pour(racine);
  return dire(ouverts.filter((o) => o.type === 'inutilisable'));
}

function dire(paquets: readonly BilanPaquet[]): string | null {
  const [premier] = paquetsAttendus(paquets);
  return premier === undefined ? null : `« ${premier.paquet.nom} », ${premier.motif}`;
}

const attendus = ({ resume }: Flux): boolean =>
  Array.isArray(resume['schemasAttendus']) && resume['schemasAttendus'].length > 0;

const aDesPieces = ({ resume }: Flux): boolean =>
  typeof resume['nombrePieces'] === 'number' && resume['nombrePieces'] > 0;

/**
 * One reading for both: attached pieces to the antivirus, the file to the packs that the flux waits for. Not done when
 * neither is wanted. Throws what the antivirus throws, and VGM-NOY-006 when the bytes are not those that were deposited.
 */
export function creerRelecturePes(outils: OutilsRelecture): RelirePes {
  const { coffre, piecesJointes, paquets } = outils;
  return async (flux, pieces, analyser) => {
    const depose = pieces.find((p) => p.role === 'pes');
    const enAttente = attendus(flux);
    const aAnalyser = piecesJointes && analyser !== null && aDesPieces(flux);
    if (depose === undefined || !(enAttente || aAnalyser)) return SANS_OBJET;
    const empeche = enAttente ? empechement(outils, flux) : null;
    if (empeche !== null) return attendre(outils, empeche);
    const jugement = enAttente ? paquets.juger(JUGEMENT_PAQUETS) : null;
    const analyse = aAnalyser ? new AnalysePiecesJointes(analyser) : null;
    const { faits } = await lireFichierPes(relire(coffre, depose), {
      ...(jugement === null ? {} : { recepteurs: [jugement.recepteur] }),
      ...(analyse === null ? {} : { preneur: analyse.ouvrir }),
    });
    // it was read at the door, and its bytes are the same
    if (faits === null) throw erreurNoyau('VGM-NOY-004', { etape: 'controle' });
    const bilan = jugement?.bilan() ?? null;
    const encore = dire(bilan?.paquets ?? []);
    if (encore !== null) return attendre(outils, encore);
    const vues = faits.genre === 'PES_Aller' ? faits.pieces : [];
    return {
      type: 'relu',
      piecesJointes: reponsePiecesJointes(analyse === null ? null : { ...resultat(analyse), pieces: vues }),
      schemas: jugement === null ? [] : reponsesPaquets(bilan),
    };
  };
}

const resultat = ({ moteur, infectees }: AnalysePiecesJointes) => ({ moteur, infectees });
