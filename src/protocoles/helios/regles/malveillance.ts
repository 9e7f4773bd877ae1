import type { Anomalie, ReponseControle } from '../../../metier/anomalies.ts';
import type { PieceJointe } from '../lecture/faits.ts';
import { lieuPiece } from './pieces.ts';
import { citer } from './regle.ts';

/** Attached pieces held against an antivirus: what an ordinary one sees of a PES is base 64, not what it carries. */

const CODE = 'CTL-VIR-02';
/** Named one by one. */
const NOMMEES_MAX = 20;

export interface AnalysePieces {
  /** As the antivirus names itself; empty when it was asked about none. */
  readonly moteur: string;
  readonly pieces: readonly PieceJointe[];
  /** What was found, by rank of the piece. */
  readonly infectees: ReadonlyMap<number, string>;
}

function anomalieDe(piece: PieceJointe, signature: string): Anomalie {
  const nom = piece.nomPJ === null ? 'sans nom' : citer(piece.nomPJ.valeur);
  const id = piece.idUnique === null ? 'sans identifiant' : `IdUnique ${citer(piece.idUnique.valeur)}`;
  return {
    code: CODE,
    gravite: 'bloquante',
    message: `La pièce jointe ${nom} (${id}) contient, une fois décompressée, un programme malveillant (${signature}).`,
    remede:
      'Isoler le poste d’origine, remplacer la pièce, produire de nouveau le fichier, puis le déposer à nouveau.',
    ou: lieuPiece(piece),
  };
}

function reste(nombre: number): Anomalie {
  const quoi = `${nombre.toLocaleString('fr-FR')} ${nombre > 1 ? 'autres pièces jointes contiennent' : 'autre pièce jointe contient'}`;
  return {
    code: CODE,
    gravite: 'bloquante',
    message: `${quoi} aussi un programme malveillant.`,
    remede: 'Les remplacer de même.',
  };
}

/** @param analyse null: nobody was asked. */
export function reponsePiecesJointes(analyse: AnalysePieces | null): ReponseControle {
  const selon = analyse === null || analyse.moteur === '' ? 'l’antivirus' : analyse.moteur;
  const trouvees = [...(analyse?.infectees ?? [])].flatMap(([rang, signature]) => {
    const piece = analyse?.pieces.find((p) => p.rang === rang);
    return piece === undefined ? [] : [anomalieDe(piece, signature)];
  });
  const tues = trouvees.length - NOMMEES_MAX;
  return {
    code: CODE,
    question: `Les pièces jointes du PES, une fois décompressées, sont-elles saines selon ${selon} ?`,
    source:
      'Contrôle de vaguemestre, antivirus sur chaque pièce jointe ; PES v2, Class_PJ.xsd, Fichier : gzip',
    reponse: analyse === null ? 'sans objet' : trouvees.length === 0 ? 'oui' : 'non',
    anomalies: [...trouvees.slice(0, NOMMEES_MAX), ...(tues > 0 ? [reste(tues)] : [])],
  };
}
