import type { PairePorte } from '../adapters/certificats/porte.ts';
import { defautDe } from '../adapters/schemas/contenu.ts';
import { sondesDe } from '../adapters/sondes/ensemble.ts';
import { dossierSchemas } from '../config/chemins.ts';
import type { BoiteReglee, Releve } from '../engine/releve.ts';
import type { Sonde } from '../ports/sonde.ts';
import type { Base } from './base.ts';
import type { Correspondants } from './correspondants.ts';

export interface Portes {
  readonly boites: readonly BoiteReglee[];
  readonly releve: Releve;
  readonly porte: PairePorte | null;
  readonly smtp: () => string | null;
}

export function assemblerSondes(base: Base, c: Correspondants, portes: Portes): Sonde[] {
  const { boites, releve, porte } = portes;
  const releveIci = base.noeud.roles.includes('releve');
  return sondesDe(base.config, {
    clock: base.clock,
    horloge: base.vigie,
    coffre: base.sondeCoffre,
    guichet: c.guichet?.transport ?? null,
    passerelles: c.passerelles.map(({ config: { nom }, passerelle }) => ({ nom, passerelle })),
    fiches: () => base.store.collectivites.lister(),
    cles: c.cles.suivies,
    schemas: { paquets: base.paquets, defaut: (p) => defautDe(dossierSchemas(base.config), p) },
    antivirus: c.antivirus,
    relais: c.mailer,
    boites: (releveIci ? boites : []).map((b) => ({ ...b, derniere: () => releve.derniere(b.boite.nom) })),
    recepteur: base.noeud.roles.includes('portes') ? portes.smtp : null,
    certificats: { ministere: c.guichet?.certificat ?? null, porte },
  });
}
