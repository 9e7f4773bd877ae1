import { pairePorte } from './adapters/certificats/porte.ts';
import { ouvrirBoites } from './adapters/mailbox/ouvrir.ts';
import { type Base, ouvrirBase, SCHEMAS_HELIOS } from './assemblage/base.ts';
import { fermerCorrespondants, ouvrirCorrespondants } from './assemblage/correspondants.ts';
import { gestesDe } from './assemblage/gestes.ts';
import { assemblerMoteur } from './assemblage/moteur.ts';
import { demarrerRoles, selonRoles } from './assemblage/roles.ts';
import { assemblerSondes } from './assemblage/sondes.ts';
import { chargerConfig } from './config/charger.ts';
import type { Role } from './metier/roles.ts';
import { creerPresence } from './engine/presence.ts';
import { type BoiteReglee, creerReleve } from './engine/releve.ts';
import { preparerRestauration } from './engine/restauration.ts';
import { creerProtocoles } from './etapes/protocoles.ts';
import { consignerRetour } from './gestes/consigner-retour.ts';
import { creerServeurApi } from './http/serveur.ts';
import type { Instant } from './metier/identifiants.ts';
import type { Consigner } from './ports/mailbox.ts';

/** The daemon, running. */
export interface Demon {
  readonly socket: string;
  readonly url: string | null;
  /** Address of the embedded SMTP receiver; null when it is off. */
  readonly smtp: string | null;
  /** Resolves with the exit code once everything is closed. */
  readonly arrete: Promise<number>;
  arreter(): void;
}

export interface OptionsDemon {
  readonly configFichier?: string;
  /** What this daemon does; what the settings say when undefined. */
  readonly roles?: readonly Role[];
  /** The base was put back, by other tools than ours, from a backup begun at this instant. */
  readonly restauree?: Instant | undefined;
}

/** What was opened, closed in the reverse order; a start that fails half-way closes what it had opened. */
type Fermetures = (() => Promise<unknown>)[];

async function fermerTout(fermetures: Fermetures): Promise<void> {
  for (const fermer of fermetures.splice(0).toReversed()) await fermer();
}

/** Opens, from the ground up: store, engine, mailboxes, doors. Closed from the doors down: nothing accepted is left half done. */
async function ouvrirTout(
  base: Base,
  fermetures: Fermetures,
  { restauree }: OptionsDemon,
): Promise<Pick<Demon, 'socket' | 'url' | 'smtp'>> {
  const { config, coffre, store, outils, clock, random, log, version, noeud, repartition } = base;
  const ouvert = selonRoles(config, noeud.roles);
  fermetures.push(
    () => coffre.fermer(),
    () => store.fermer(),
    () => repartition.fermer(),
  );
  const protocoles = creerProtocoles(config, { schemas: SCHEMAS_HELIOS, paquets: base.paquets });
  const c = await ouvrirCorrespondants(base);
  fermetures.push(() => fermerCorrespondants(c));
  const moteur = assemblerMoteur(base, protocoles, c);
  const consigner: Consigner = async (brut, source, nom = null) => {
    await consignerRetour({ coffre, ecriture: store.ecriture, clock, random }, brut, { source, nom });
  };
  const boites: BoiteReglee[] = await ouvrirBoites(config.reception, {
    passerelles: c.passerelles,
    clock,
    log,
  });
  const releve = creerReleve(outils, boites, { consigner, proprietaire: noeud.nom });
  const presence = creerPresence(outils, noeud);
  const porte =
    ouvert.api.port === 0 ? null : await pairePorte({ ...config.api, dossier: config.donnees, clock });
  const ecoute: { smtp: string | null } = { smtp: null };
  const sondes = assemblerSondes(base, c, { boites, releve, porte, smtp: () => ecoute.smtp });
  const gestes = gestesDe(base, { protocoles, releve, presence, sondes, boites });
  await preparerRestauration(outils, restauree);
  await demarrerRoles(base, { presence, moteur, releve, gestes }, fermetures);
  ecoute.smtp = await ouvrirRecepteur(base, consigner, fermetures);
  const https = porte === null ? {} : { https: { cert: porte.cert, key: porte.key } };
  const serveur = creerServeurApi({ gestes, config: ouvert, version, log, random, clock, ...https });
  fermetures.push(() => serveur.arreter());
  return { ...(await serveur.demarrer()), smtp: ecoute.smtp };
}

async function ouvrirRecepteur(
  base: Base,
  consigner: Consigner,
  fermetures: Fermetures,
): Promise<string | null> {
  const { smtp } = selonRoles(base.config, base.noeud.roles).reception;
  if (!smtp.actif) return null;
  const { creerRecepteurSmtp } = await import('./adapters/recepteur/smtp.ts');
  const recepteur = creerRecepteurSmtp(smtp, {
    destinataires: [base.config.operateur.adresse_retour],
    log: base.log,
  });
  await recepteur.demarrer(consigner);
  fermetures.push(() => recepteur.arreter());
  return recepteur.adresse;
}

/** Assembles configuration → adapters → engine → doors, and opens them. */
export async function demarrer(options: OptionsDemon): Promise<Demon> {
  const fichier = options.configFichier === undefined ? {} : { fichier: options.configFichier };
  const { config } = chargerConfig({ env: process.env, ...fichier });
  const base = await ouvrirBase(config, options.roles);
  const fermetures: Fermetures = [];
  const fermer = async (): Promise<void> => {
    base.arret.abort();
    await fermerTout(fermetures);
  };
  const portes = await ouvrirTout(base, fermetures, options).catch(async (cause: unknown) => {
    await fermer();
    throw cause;
  });
  base.log.info('démon en service', { version: base.version, ...portes });
  const demande = Promise.withResolvers<void>();
  const arrete = demande.promise.then(async () => {
    await fermer();
    base.log.info('démon arrêté');
    return 0;
  });
  return { ...portes, arrete, arreter: () => demande.resolve() };
}
