import type { Anomalie } from '../metier/anomalies.ts';
import { lignesAnomalie } from './erreurs.ts';
import type { Appel, Sorties } from './monde.ts';
import { peindre, pluriel, sur } from './rendu.ts';
import { type FluxVu, nomDe } from './vues.ts';

/** What every deposit shares: files typed with their typologie, and the answer told to a person. */

export interface FichierTape {
  readonly chemin: string;
  readonly typologie: string | undefined;
}

/** `delib.pdf:99_DE`; without typologie the control says what is missing. */
export function lireFichier(brut: string): FichierTape {
  const [, chemin, typologie] = /^(.+):([0-9A-Za-z]{2}_[0-9A-Za-z]{2})$/s.exec(brut) ?? [];
  return chemin === undefined
    ? { chemin: brut, typologie: undefined }
    : { chemin, typologie: typologie?.toUpperCase() };
}

export interface ReponseVue {
  readonly aBlanc: boolean;
  readonly verdict: 'favorable' | 'defavorable';
  readonly rejeu?: boolean;
  readonly flux?: FluxVu;
  readonly anomalies: readonly Anomalie[];
}

export function annoncer(sorties: Sorties, flux: FluxVu, rejeu: boolean): void {
  const fait = rejeu ? 'Déjà déposé' : 'Déposé';
  sorties.ecrire(`${peindre(sorties, 'green', fait)} : ${sur(nomDe(flux))}`);
  sorties.ecrire(`  Flux ${flux.id}, ${flux.libelle}.`);
}

export function raconter({ monde: { sorties } }: Appel, r: ReponseVue): void {
  if (r.flux !== undefined) annoncer(sorties, r.flux, r.rejeu === true);
  else if (r.verdict === 'favorable') {
    sorties.ecrire(`${peindre(sorties, 'green', 'Le dépôt serait accepté')} ; rien n’a été gardé.`);
  } else {
    const n = r.anomalies.filter((a) => a.gravite === 'bloquante').length;
    const compte = pluriel(n, 'anomalie bloquante', 'anomalies bloquantes');
    sorties.ecrire(`${peindre(sorties, 'red', 'Le dépôt serait refusé')} : ${compte}.`);
  }
  for (const a of r.anomalies) for (const ligne of lignesAnomalie(sorties, a)) sorties.ecrire(ligne);
}
