import type { OrphelinVu, Reconciliation } from '../../gestes/rapport-reconciliation.ts';
import { iso, isoOuNull, vueFlux } from './vues.ts';

/** A reconciliation as the API answers it. */

function vueOrphelin(o: OrphelinVu) {
  return {
    sha256: o.sha256,
    taille: o.taille,
    ajoutee: iso(o.ajoutee),
    genre: o.genre,
    libelle: o.libelle,
    protocole: o.protocole,
    collectivite: o.collectivite,
    identite: o.identite,
    fluxConnu: o.fluxConnu,
  };
}

export function vueReconciliation(r: Reconciliation) {
  const { restauration, sources, series } = r;
  return {
    sauvegarde: iso(restauration.sauvegarde),
    restauree: iso(restauration.restauree),
    close: isoOuNull(restauration.close),
    sources: sources.map(({ nom, lue }) => ({ nom, lue: isoOuNull(lue) })),
    aAnalyser: r.aAnalyser,
    incertains: r.incertains.map(vueFlux),
    genres: r.genres,
    orphelins: r.orphelins.map(vueOrphelin),
    series,
    empechements: r.empechements,
  };
}
