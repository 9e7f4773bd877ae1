import type { EvenementEtat } from '../metier/etats.ts';
import { departs, type Flux, type ObjetJson } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';

/** `departs` (metier/flux.ts) once this move is made: its table, row by row. */
export function departsApres(flux: Flux, evenement: EvenementEtat, quand: Instant): readonly Instant[] {
  const connus = departs(flux);
  switch (evenement) {
    case 'mise_en_ligne':
      return [...connus, quand];
    case 'remise_non_faite':
    case 'remise_refusee':
      return connus.slice(0, -1);
    case 'remise_constatee':
      return flux.etat === 'en_ligne' && connus.length > 1 ? connus.slice(0, -1) : connus;
    default:
      return connus;
  }
}

/** What a move adds to the summary about the passages of the flux on the line. */
export function passages(flux: Flux, evenement: EvenementEtat, quand: Instant): ObjetJson {
  const apres = departsApres(flux, evenement, quand);
  const change = apres.length !== departs(flux).length;
  return {
    ...(evenement === 'mise_en_ligne' ? { misEnLigne: enTexte(quand) } : {}),
    ...(change ? { departs: apres.map(enTexte) } : {}),
  };
}

function enTexte(instant: Instant): string {
  return new Date(instant).toISOString();
}
