import type { Config } from '../config/manifest.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Role } from '../metier/roles.ts';
import type { Moteur } from '../engine/moteur.ts';
import { type Presence, SILENCE } from '../engine/presence.ts';
import type { Releve } from '../engine/releve.ts';
import { demarrerClassifications } from '../gestes/classifications.ts';
import type { Gestes } from '../gestes/gestes.ts';
import { demarrerLots } from '../gestes/lots/demarrer.ts';
import type { Base } from './base.ts';
import { arreterMoteur } from './moteur.ts';

/** The settings as the roles of this node use them: without doors, nothing listens but the operator's socket. */
export function selonRoles(config: Config, roles: readonly Role[]): Config {
  if (roles.includes('portes')) return config;
  const { api, reception } = config;
  return {
    ...config,
    api: { ...api, port: 0 },
    reception: { ...reception, smtp: { ...reception.smtp, actif: false } },
  };
}

/** An upgrade goes from node to node: between the first and the last, two versions share the store. */
async function direVersions({ noeud, outils, store }: Base): Promise<void> {
  const depuis = (outils.clock.now() - SILENCE) as Instant;
  const autres = (await store.noeuds.lister(depuis)).filter((n) => n.version !== noeud.version);
  if (autres.length === 0) return;
  const versions = autres.map((n) => `${n.nom} ${n.version}`).join(', ');
  outils.log.warn('des nœuds en service ont une autre version : terminer la mise à jour', { versions });
}

/** Makes itself known, then starts what its roles ask for. @param fermetures told how to stop each thing started. */
export async function demarrerRoles(
  base: Base,
  parties: {
    readonly presence: Presence;
    readonly moteur: Moteur;
    readonly releve: Releve;
    readonly gestes: Gestes;
  },
  fermetures: (() => Promise<unknown>)[],
): Promise<void> {
  const { config, noeud, outils, store } = base;
  const { presence, moteur, releve, gestes } = parties;
  await presence.entrer();
  fermetures.push(() => presence.sortir());
  await direVersions(base);
  if (noeud.roles.includes('travail')) {
    await moteur.demarrer();
    fermetures.push(() => arreterMoteur(base, moteur));
    const { taille_max_octets: taille, nombre_max_pieces: pieces } = config.api;
    const { coffre } = base;
    fermetures.push(demarrerLots({ moteur: outils, coffre, gestes, limites: { taille, pieces } }, noeud.nom));
  } else {
    // It may have worked before.
    await store.file.libererBaux(noeud.nom);
  }
  if (!noeud.roles.includes('releve')) return;
  releve.demarrer();
  const reglage = { jours: config.actes.classification_jours, proprietaire: noeud.nom };
  fermetures.push(demarrerClassifications(outils, gestes, reglage), () => releve.arreter());
}
