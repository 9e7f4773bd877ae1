import type { Anomalie, RapportControles } from '../metier/anomalies.ts';
import type { Flux, NomProtocole, Piece, PieceDuFlux, RolePiece } from '../metier/flux.ts';
import type { Issue } from '../metier/issues.ts';
import type { Antivirus, VerdictAntivirus } from '../ports/antivirus.ts';
import type { Coffre } from '../ports/coffre.ts';
import { OPERATEUR, type LectureFlux } from '../ports/store.ts';
import type { Etape, Poste } from './etape.ts';

export interface OutilsControle {
  readonly flux: LectureFlux;
  readonly coffre: Coffre;
  /** null = the operator configured none; the report says so. */
  readonly antivirus: Antivirus | null;
}

const SOURCES: Readonly<Record<NomProtocole, string>> = {
  ACTES: 'E.5 n° 17, antivirus sur toutes les pièces',
  HELIOS: 'Contrôle de vaguemestre, antivirus sur le fichier déposé',
};

/** What the depositor brought. */
const DEPOSEES: readonly RolePiece[] = ['document', 'annexe', 'pes'];

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

/** Control step: what asks a service. A service that is down throws a transient error, never a verdict. */
export function creerEtapeControle(outils: OutilsControle): Etape {
  const { antivirus } = outils;
  if (antivirus === null)
    return () =>
      Promise.resolve({ type: 'avance', evenement: 'controle_favorable', motif: 'antivirus non réglé' });
  return async (flux: Flux, poste: Poste): Promise<Issue> => {
    const analyser: Analyser = async (piece) =>
      antivirus.analyser(await outils.coffre.ouvrir(piece.sha256), poste.signal);
    const pieces = (await outils.flux.pieces(OPERATEUR, flux.id)).filter((p) => DEPOSEES.includes(p.role));
    const anomalies: Anomalie[] = [];
    let moteur = '';
    for (const piece of pieces) {
      const resultat = await anomalieDe(analyser, piece);
      moteur = resultat.moteur;
      if (resultat.anomalie !== null) anomalies.push(resultat.anomalie);
    }
    const rapport: RapportControles = {
      format: 'vaguemestre-rapport-controles-v1',
      reponses: [
        {
          code: 'CTL-VIR-01',
          question: `Les pièces sont-elles saines selon ${moteur} ?`,
          source: SOURCES[flux.protocole],
          reponse: anomalies.length === 0 ? 'oui' : 'non',
          anomalies,
        },
      ],
      verdict: anomalies.length === 0 ? 'favorable' : 'defavorable',
    };
    return verdict(rapport, await garder(outils.coffre, rapport));
  };
}

async function garder(coffre: Coffre, rapport: RapportControles): Promise<Piece> {
  const depot = await coffre.ajouter(Buffer.from(JSON.stringify(rapport)));
  return { role: 'rapport', nom: 'rapport-antivirus.json', type: 'application/json', ...depot };
}

function verdict(rapport: RapportControles, piece: Piece): Issue {
  const anomalie = rapport.reponses[0]?.anomalies[0];
  if (anomalie === undefined) return { type: 'avance', evenement: 'controle_favorable', pieces: [piece] };
  return {
    type: 'avance',
    evenement: 'controle_defavorable',
    pieces: [piece],
    motif: anomalie.code,
    erreur: {
      code: anomalie.code,
      nature: 'definitive',
      message: anomalie.message,
      cause: 'Le contrôle antivirus a répondu défavorablement.',
      remede: anomalie.remede,
    },
  };
}
