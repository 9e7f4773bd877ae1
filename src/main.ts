import { pairePorte } from './adapters/certificats/porte.ts';
import { creerImprimeur } from './adapters/imprimeur/fil.ts';
import { ouvrirBoites } from './adapters/mailbox/ouvrir.ts';
import { creerTamponneur } from './adapters/tamponneur/fil.ts';
import { refuserCible } from './adapters/webhook/cible.ts';
import { type Base, ouvrirBase, SCHEMAS_HELIOS } from './assemblage/base.ts';
import { fermerCorrespondants, ouvrirCorrespondants } from './assemblage/correspondants.ts';
import { arreterMoteur, assemblerMoteur } from './assemblage/moteur.ts';
import { assemblerSondes } from './assemblage/sondes.ts';
import { chargerConfig } from './config/charger.ts';
import { type BoiteReglee, creerReleve } from './engine/releve.ts';
import { creerProtocoles } from './etapes/protocoles.ts';
import { destinationDe } from './etapes/remise-passerelle.ts';
import { assemblerGestes } from './gestes/assembler.ts';
import { demarrerClassifications } from './gestes/classifications.ts';
import { consignerRetour } from './gestes/consigner-retour.ts';
import { creerServeurApi } from './http/serveur.ts';
import type { Consigner } from './ports/mailbox.ts';
import { lireClassification } from './protocoles/actes/index.ts';

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

/** What was opened, closed in the reverse order; a start that fails half-way closes what it had opened. */
type Fermetures = (() => Promise<unknown>)[];

async function fermerTout(fermetures: Fermetures): Promise<void> {
  for (const fermer of fermetures.splice(0).toReversed()) await fermer();
}

/** Opens, from the ground up: store, engine, mailboxes, doors. Closed from the doors down: nothing accepted is left half done. */
async function ouvrirTout(
  base: Base,
  fermetures: Fermetures,
): Promise<Pick<Demon, 'socket' | 'url' | 'smtp'>> {
  const { config, coffre, store, outils, clock, random, log, version } = base;
  fermetures.push(
    () => coffre.fermer(),
    () => store.fermer(),
  );
  const protocoles = creerProtocoles(config, { schemas: SCHEMAS_HELIOS, paquets: base.paquets });
  const c = await ouvrirCorrespondants(base);
  fermetures.push(() => fermerCorrespondants(c));
  const moteur = assemblerMoteur(base, protocoles, c);
  base.brancher((couloir) => moteur.reveiller(couloir));
  const consigner: Consigner = async (brut, source, nom = null) => {
    await consignerRetour({ coffre, ecriture: store.ecriture, clock, random }, brut, { source, nom });
  };
  const boites: BoiteReglee[] = await ouvrirBoites(config.reception, {
    passerelles: c.passerelles,
    clock,
    log,
  });
  const releve = creerReleve(outils, boites, consigner);
  const porte =
    config.api.port === 0 ? null : await pairePorte({ ...config.api, dossier: config.donnees, clock });
  const ecoute: { smtp: string | null } = { smtp: null };
  const gestes = assemblerGestes({
    moteur: outils,
    coffre,
    protocoles: Object.values(protocoles),
    releve,
    sondes: assemblerSondes(base, c, { boites, releve, porte, smtp: () => ecoute.smtp }),
    tailleMax: config.api.taille_max_octets,
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
  });
  await moteur.demarrer();
  fermetures.push(() => arreterMoteur(base, moteur));
  releve.demarrer();
  fermetures.push(demarrerClassifications(outils, gestes, config.actes.classification_jours));
  fermetures.push(() => releve.arreter());
  ecoute.smtp = await ouvrirRecepteur(base, consigner, fermetures);
  const https = porte === null ? {} : { https: { cert: porte.cert, key: porte.key } };
  const serveur = creerServeurApi({ gestes, config, version, log, random, clock, ...https });
  fermetures.push(() => serveur.arreter());
  return { ...(await serveur.demarrer()), smtp: ecoute.smtp };
}

async function ouvrirRecepteur(
  base: Base,
  consigner: Consigner,
  fermetures: Fermetures,
): Promise<string | null> {
  const { smtp } = base.config.reception;
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
export async function demarrer(options: { readonly configFichier?: string }): Promise<Demon> {
  const fichier = options.configFichier === undefined ? {} : { fichier: options.configFichier };
  const { config } = chargerConfig({ env: process.env, ...fichier });
  const base = await ouvrirBase(config);
  const fermetures: Fermetures = [];
  const fermer = async (): Promise<void> => {
    base.arret.abort();
    await fermerTout(fermetures);
  };
  const portes = await ouvrirTout(base, fermetures).catch(async (cause: unknown) => {
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
