import type { Siren } from '../../../metier/identifiants.ts';
import type { RetourLu } from './faits.ts';

/** Whose SIRET it is. */
export interface Titulaire {
  readonly siren: Siren;
  readonly sirets: readonly string[];
}

export type Destination =
  | { readonly type: 'trouve'; readonly siren: Siren; readonly siret: string }
  | { readonly type: 'aucun'; readonly motif: string }
  /** Only a person may settle it. */
  | { readonly type: 'ambigu'; readonly sirens: readonly Siren[]; readonly motif: string };

/** A PES Retour answers no file: it goes to the collectivité whose SIRET it bears, when one and only one does. */
export function destinataire(retour: RetourLu, titulaires: readonly Titulaire[]): Destination {
  const siret = retour.entetes.idColl?.valeur.trim() ?? '';
  if (retour.repetitions.some((r) => r.cle === 'idColl')) {
    return { type: 'aucun', motif: 'Le PES Retour porte plusieurs SIRET (IdColl).' };
  }
  if (!/^[0-9]{14}$/.test(siret)) {
    return {
      type: 'aucun',
      motif: `Le PES Retour ne dit pas à qui il est destiné (IdColl « ${siret.slice(0, 30)} »).`,
    };
  }
  const siens = titulaires.filter((t) => t.sirets.includes(siret));
  const [seul, ...autres] = siens;
  if (seul === undefined)
    return { type: 'aucun', motif: `Le SIRET ${siret} n’est inscrit pour aucune collectivité.` };
  if (autres.length === 0) return { type: 'trouve', siren: seul.siren, siret };
  const sirens = siens.map((t) => t.siren);
  return {
    type: 'ambigu',
    sirens,
    motif: `Le SIRET ${siret} est inscrit pour ${siens.length} collectivités : ${sirens.join(', ')}.`,
  };
}
