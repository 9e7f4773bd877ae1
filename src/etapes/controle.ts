import type { Anomalie, RapportControles, ReponseControle } from '../metier/anomalies.ts';
import type { Flux, NomProtocole, Piece, PieceDuFlux, RolePiece } from '../metier/flux.ts';
import type { Issue } from '../metier/issues.ts';
import type { Antivirus, VerdictAntivirus } from '../ports/antivirus.ts';
import type { Coffre } from '../ports/coffre.ts';
import { OPERATEUR, type LectureFlux } from '../ports/store.ts';
import { analyserDeSuite } from './antivirus.ts';
import type { BilanPdf, ControlerPdf } from './controle-pdf.ts';
import type { RelirePes } from './controle-pes.ts';
import type { Etape, Poste } from './etape.ts';

export interface OutilsControle {
  readonly flux: LectureFlux;
  readonly coffre: Coffre;
  /** null = the operator configured none; the report says so. */
  readonly antivirus: Antivirus | null;
  /** HELIOS: what its file must be read again for. */
  readonly relire?: RelirePes;
  /** ACTES: the signatures inside its PDFs. */
  readonly pdf?: ControlerPdf;
}

const SOURCES: Readonly<Record<NomProtocole, string>> = {
  ACTES: 'E.5 n° 17, antivirus sur toutes les pièces',
  HELIOS: 'Contrôle de vaguemestre, antivirus sur le fichier déposé',
};

const SANS_ANTIVIRUS = 'antivirus non réglé';

/** What the depositor brought. */
const DEPOSEES: readonly RolePiece[] = ['document', 'annexe', 'signature', 'pes'];

type Analyser = (piece: PieceDuFlux) => Promise<VerdictAntivirus>;

async function anomalieDe(
  analyser: Analyser,
  piece: PieceDuFlux,
): Promise<{ moteur: string; anomalie: Anomalie | null }> {
  const analyse = await analyser(piece);
  if (analyse.type === 'sain') return { moteur: analyse.moteur, anomalie: null };
  const anomalie: Anomalie = {
    code: 'CTL-VIR-01',
    gravite: 'bloquante',
    message: `Le fichier « ${piece.nom} » contient un programme malveillant (${analyse.signature}).`,
    remede: 'Isoler le poste d’origine, nettoyer le fichier, puis déposer à nouveau.',
    ou: piece.nom,
  };
  return { moteur: analyse.moteur, anomalie };
}

async function analyserPieces(
  analyser: Analyser,
  pieces: readonly PieceDuFlux[],
  source: string,
): Promise<ReponseControle> {
  const anomalies: Anomalie[] = [];
  let moteur = '';
  for (const piece of pieces) {
    const resultat = await anomalieDe(analyser, piece);
    moteur = resultat.moteur;
    if (resultat.anomalie !== null) anomalies.push(resultat.anomalie);
  }
  return {
    code: 'CTL-VIR-01',
    question: `Les pièces sont-elles saines selon ${moteur} ?`,
    source,
    reponse: anomalies.length === 0 ? 'oui' : 'non',
    anomalies,
  };
}

/**
 * Control step: what asks a service, or could not be asked at the door. A service that is down throws a transient error,
 * never a verdict.
 */
export function creerEtapeControle(outils: OutilsControle): Etape {
  if (outils.antivirus === null && outils.relire === undefined && outils.pdf === undefined)
    return () => Promise.resolve(conclure([], { pieces: [], motif: SANS_ANTIVIRUS }));
  return (flux, poste) => controler(outils, flux, poste);
}

async function controler(outils: OutilsControle, flux: Flux, poste: Poste): Promise<Issue> {
  const { antivirus, coffre } = outils;
  const pieces = await outils.flux.pieces(OPERATEUR, flux.id);
  const analyser = antivirus === null ? null : analyserDeSuite(antivirus, poste.signal);
  const relu = (await outils.relire?.(flux, pieces, analyser)) ?? null;
  if (relu?.type === 'attente') return relu.issue;
  const rapports: Rapport[] = [];
  if (analyser !== null) {
    const analyserPiece: Analyser = async (piece) => analyser(await coffre.ouvrir(piece.sha256));
    const deposees = pieces.filter((p) => DEPOSEES.includes(p.role));
    const fichiers = await analyserPieces(analyserPiece, deposees, SOURCES[flux.protocole]);
    rapports.push(
      rapporter('rapport-antivirus.json', relu === null ? [fichiers] : [fichiers, relu.piecesJointes]),
    );
  }
  const schemas = relu?.schemas ?? [];
  if (schemas.length > 0) rapports.push(rapporter('rapport-schemas.json', schemas));
  const gardes: Piece[] = [];
  for (const rapport of rapports) gardes.push(await garder(coffre, rapport));
  const issue = conclure(rapports, {
    pieces: gardes,
    ...(schemas.length > 0 ? { complement: { schemasAttendus: null } } : {}),
    ...(antivirus === null ? { motif: SANS_ANTIVIRUS } : {}),
  });
  // what is refused already is read no further
  if (outils.pdf === undefined || issue.evenement === 'controle_defavorable') return issue;
  return completer(issue, await outils.pdf(flux, pieces, poste));
}

/** The outcome of the other controls, and what the signatures inside the PDFs add to it. */
function completer(issue: Avancee, bilan: BilanPdf): Issue {
  if (bilan === null) return issue;
  if (bilan.type === 'attente') return bilan.issue;
  const { erreur, motif } = bilan;
  const suite = {
    ...issue,
    pieces: [...(issue.pieces ?? []), ...bilan.pieces],
    complement: { ...issue.complement, ...bilan.complement },
  };
  if (erreur !== null) return { ...suite, evenement: 'controle_defavorable', motif: erreur.code, erreur };
  return { ...suite, motif: issue.motif === undefined ? motif : `${issue.motif}, ${motif}` };
}

interface Rapport {
  readonly nom: string;
  readonly contenu: RapportControles;
}

const bloquante = ({ gravite }: Anomalie): boolean => gravite === 'bloquante';

function rapporter(nom: string, reponses: readonly ReponseControle[]): Rapport {
  const refuse = reponses.some((r) => r.anomalies.some(bloquante));
  const verdict = refuse ? 'defavorable' : 'favorable';
  return { nom, contenu: { format: 'vaguemestre-rapport-controles-v1', reponses, verdict } };
}

async function garder(coffre: Coffre, { nom, contenu }: Rapport): Promise<Piece> {
  const depot = await coffre.ajouter(Buffer.from(JSON.stringify(contenu)));
  return { role: 'rapport', nom, type: 'application/json', ...depot };
}

type Avancee = Extract<Issue, { type: 'avance' }>;

function conclure(
  rapports: readonly Rapport[],
  suite: Pick<Avancee, 'pieces' | 'complement' | 'motif'>,
): Avancee {
  const anomalies = rapports.flatMap((r) => r.contenu.reponses).flatMap((r) => r.anomalies);
  const anomalie = anomalies.find(bloquante);
  if (anomalie === undefined) return { type: 'avance', evenement: 'controle_favorable', ...suite };
  const { code, message, remede } = anomalie;
  const cause = code.startsWith('CTL-VIR-')
    ? 'Le contrôle antivirus a répondu défavorablement.'
    : 'Un paquet de schémas dont la politique est « bloquer » refuse le fichier.';
  const erreur = { code, nature: 'definitive', message, cause, remede } as const;
  return { type: 'avance', evenement: 'controle_defavorable', ...suite, motif: code, erreur };
}
