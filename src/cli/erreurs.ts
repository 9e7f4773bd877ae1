import type { Anomalie } from '../metier/anomalies.ts';
import { erreurCli } from '../metier/catalogue/cli.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Sorties } from './monde.ts';
import { peindre, sur } from './rendu.ts';

/** An error whose motives are in the document: they are told after it, one by one. */
export class ErreurDocument extends ErreurVgm {
  readonly anomalies: readonly Anomalie[];

  constructor(erreur: ErreurVgm, anomalies: readonly Anomalie[]) {
    super(erreur.fiche, erreur, erreur.cause);
    this.anomalies = anomalies;
  }
}

function anomaliesDe(erreur: ErreurVgm): readonly Anomalie[] {
  return 'anomalies' in erreur && Array.isArray(erreur.anomalies) ? (erreur.anomalies as Anomalie[]) : [];
}

/** One anomalie on two lines: what is wrong and where, then what to do. */
export function lignesAnomalie(sorties: Sorties, a: Anomalie): string[] {
  const ou = a.ou === undefined ? '' : ` (${sur(a.ou)})`;
  const bloquante = a.gravite === 'bloquante';
  const titre = peindre(sorties, bloquante ? 'red' : 'yellow', bloquante ? 'Anomalie' : 'Avertissement');
  return [`${titre} ${a.code}${ou} : ${sur(a.message)}`, `  Remède : ${sur(a.remede)}`];
}

/** Several lines are foreign or made by us: line feeds are kept, other controls are not. */
function parLignes(texte: string): string {
  return texte.split('\n').map(sur).join('\n');
}

/**
 * Tells an error to a person, or with `--json` to a script; always on the error output.
 * @returns the exit code. Never a stack trace.
 */
export function dire(erreur: unknown, sorties: Sorties, json: boolean): number {
  const connue =
    erreur instanceof ErreurVgm
      ? erreur
      : erreurCli('VGM-CLI-500', { detail: erreur instanceof Error ? erreur.message : String(erreur) });
  const { code, nature, message, cause, remede } = connue.fiche;
  const anomalies = anomaliesDe(connue);
  if (json) {
    sorties.erreur(JSON.stringify({ code, nature, message, cause, remede, anomalies }));
    return connue.sortie;
  }
  sorties.erreur(`${peindre(sorties, 'red', 'Erreur')} ${code} : ${parLignes(message)}`);
  sorties.erreur(`  Cause : ${sur(cause)}`);
  sorties.erreur(`  Remède : ${sur(remede)}`);
  for (const a of anomalies) for (const ligne of lignesAnomalie(sorties, a)) sorties.erreur(ligne);
  return connue.sortie;
}

/** Refusals of the shape of a request: their remedy is written for programs. */
const FORME = ['VGM-API-002', 'VGM-API-003'];

/** The same error, whose remedy leads a person to the help of the verb rather than to the contract of the API. */
export function pourLaCommande(erreur: unknown, verbe: string): unknown {
  if (!(erreur instanceof ErreurVgm) || !FORME.includes(erreur.fiche.code)) return erreur;
  const remede = `Corriger ce qui est dit ; lire « vaguemestre ${verbe} --help ».`;
  return new ErreurVgm({ ...erreur.fiche, remede }, erreur, erreur);
}

/** A command badly written. @param verbe as typed (`retours lister`); empty when there is none. */
export function erreurUsage(detail: string, verbe: string): ErreurVgm {
  const commande = verbe === '' ? 'vaguemestre' : `vaguemestre ${verbe}`;
  return erreurCli('VGM-CLI-004', { detail, commande });
}
