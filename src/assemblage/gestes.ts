import { creerImprimeur } from '../adapters/imprimeur/fil.ts';
import { creerTamponneur } from '../adapters/tamponneur/fil.ts';
import { refuserCible } from '../adapters/webhook/cible.ts';
import type { Presence } from '../engine/presence.ts';
import type { BoiteReglee, Releve } from '../engine/releve.ts';
import type { Protocoles } from '../etapes/protocoles.ts';
import { destinationDe } from '../etapes/remise-passerelle.ts';
import { assemblerGestes } from '../gestes/assembler.ts';
import type { Gestes } from '../gestes/gestes.ts';
import { creerInstantanes } from '../gestes/sauvegarde/instantane.ts';
import type { Sonde } from '../ports/sonde.ts';
import { lireClassification } from '../protocoles/actes/index.ts';
import type { Base } from './base.ts';
import { destinationsServies } from './repartition.ts';

/** What the daemon opened, of which orders make use. */
export interface Ouvertures {
  readonly protocoles: Protocoles;
  readonly releve: Releve;
  readonly presence: Presence;
  readonly sondes: readonly Sonde[];
  readonly boites: readonly BoiteReglee[];
}

/** Orders of people, given what they act upon. */
export function gestesDe(base: Base, { protocoles, releve, presence, sondes, boites }: Ouvertures): Gestes {
  const { config, coffre, outils, clock, random, noeud, repartition } = base;
  return assemblerGestes({
    moteur: outils,
    coffre,
    protocoles: Object.values(protocoles),
    releve,
    sondes,
    tailleMax: config.api.taille_max_octets,
    lotMax: config.api.lot_max_octets,
    alerteJoursOuvres: {
      ACTES: config.actes.alerte_jours_ouvres,
      HELIOS: config.helios.alerte_jours_ouvres,
    },
    destinations: ['ACTES', 'HELIOS', ...config.helios.passerelles.map((p) => destinationDe(p.nom))],
    lireClassification,
    copies: {
      tamponneur: creerTamponneur(),
      imprimeur: creerImprimeur(),
      operateur: config.operateur.trigramme,
    },
    refusCible: refuserCible(config.notification),
    sources: boites.map(({ boite }) => boite.nom),
    instantane: creerInstantanes(config, { clock, random }),
    noeud: {
      ...noeud,
      jumeau: presence.jumeau,
      repartition,
      typeRepartition: config.repartition.type,
      portes: destinationsServies(config).map((d) => d.nom),
    },
  });
}
