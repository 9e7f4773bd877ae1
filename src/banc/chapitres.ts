import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifierPreuve } from '../gestes/verifier-preuve.ts';
import { LIBELLE_ETAT } from '../metier/etats.ts';
import type { ObjetJson } from '../metier/flux.ts';
import type { BilanDemo } from './bilan.ts';
import type { DepotDuRecit } from './recit.ts';
import {
  attendre,
  empreinteEnvoyee,
  gris,
  jaune,
  rouge,
  type Scene,
  SIREN,
  type Suivi,
  vert,
  voir,
} from './scene.ts';

/** The chapters of the demonstration: depositing, seeing each flux to its end, dying under load, proving. */

/** Of the longest end that the story comes to. */
const LARGEUR = 'acquitté en partie'.length;

/** @returns the flux when the deposit was taken; else what the door answered. */
export async function deposer(
  { labo }: Scene,
  depot: DepotDuRecit,
): Promise<{ readonly suivi: Suivi } | { readonly refus: ObjetJson }> {
  const { protocole, metadonnees, fichiers } = depot;
  const { statut, corps } = await labo.client.deposer({ siren: SIREN, protocole, metadonnees, fichiers });
  if (statut !== 201) return { refus: corps };
  return { suivi: { depot, id: (corps['flux'] as { id: string }).id } };
}

export async function deposerTous(
  scene: Scene,
  depots: readonly DepotDuRecit[],
): Promise<{ suivis: Suivi[]; refuses: DepotDuRecit[] }> {
  const suivis: Suivi[] = [];
  const refuses: DepotDuRecit[] = [];
  for (const depot of depots) {
    const reponse = await deposer(scene, depot);
    if ('suivi' in reponse) {
      suivis.push(reponse.suivi);
      scene.dire(`${vert('déposé')}   ${depot.titre}`);
      continue;
    }
    refuses.push(depot);
    scene.dire(`${jaune('refusé')}   ${depot.titre}`);
    const anomalies = (reponse.refus['anomalies'] ?? []) as {
      gravite: string;
      message: string;
      remede: string;
    }[];
    for (const a of anomalies.filter((x) => x.gravite === 'bloquante'))
      scene.dire(`           ${a.message} ${gris(a.remede)}`);
  }
  return { suivis, refuses };
}

export async function menerABien(scene: Scene, { depot, id }: Suivi): Promise<void> {
  if (depot.trancher === true) {
    await attendre(scene, id, ['incertain']);
    scene.dire(
      `${jaune('incertain')} ${depot.titre} ; l’exploitant demande à la préfecture, qui n’a rien reçu`,
    );
    await trancherNonRecu(scene, id);
  }
  const etat = depot.fin === 'refus_depot' ? null : await attendre(scene, id, [depot.fin]);
  const { flux, pieces } = await voir(scene, id);
  const marque = etat === depot.fin ? vert('✔') : rouge('✘');
  const raison = flux.erreur === null ? gris(flux.nomEnvoi ?? '') : flux.erreur.message;
  const signe = pieces.some((p) => p.role === 'pes_signe') ? ' (signé ici)' : '';
  scene.dire(`${marque} ${LIBELLE_ETAT[flux.etat].padEnd(LARGEUR)} ${depot.titre}${signe} — ${raison}`);
  if (flux.etat === 'acquitte_partiel') await direSuite(scene, id);
}

/** What the depositor is told to do of what the State did not take. */
async function direSuite({ labo, dire }: Scene, id: string): Promise<void> {
  const { corps } = await labo.client.lire(`/flux/${id}/correction`);
  const { consigne } = (corps['correction'] ?? corps) as { consigne?: string };
  if (consigne !== undefined) dire(`           ${gris(consigne)}`);
}

async function trancherNonRecu({ labo }: Scene, id: string): Promise<void> {
  const reponse = { decision: 'non_recu', motif: 'l’État ne détient pas cet envoi' };
  await labo.client.envoyer('POST', `/flux/${id}/trancher`, reponse);
}

/** The daemon dies under load (kill -9) and comes back: nothing is lost, nothing goes twice. */
export async function survivre(
  scene: Scene,
  depots: readonly DepotDuRecit[],
): Promise<{ suivis: Suivi[]; refuses: DepotDuRecit[] }> {
  const reponses = await Promise.all(depots.map((depot) => deposer(scene, depot)));
  const suivis = reponses.flatMap((r) => ('suivi' in r ? [r.suivi] : []));
  const refuses = depots.filter((_, rang) => !('suivi' in (reponses[rang] ?? {})));
  await scene.demon.tuer();
  const actes = depots.filter((d) => d.protocole === 'ACTES').length;
  scene.dire(
    `${rouge('kill -9')}  ${actes} actes et ${depots.length - actes} PES sont en route ; le démon est tué, puis relancé`,
  );
  scene.demon = await scene.labo.demarrerDemon();
  let surs = 0;
  for (const suivi of suivis) {
    const etat = await attendre(scene, suivi.id, ['acquitte', 'incertain']);
    if (etat === 'acquitte' || (await regler(scene, suivi))) surs += 1;
  }
  const marque = surs === depots.length ? vert('✔') : rouge('✘');
  scene.dire(`${marque} ${surs} sur ${depots.length} acquittés après la panne`);
  return { suivis, refuses };
}

/** What a person does of an uncertain fate: asks the State whether it holds the sending, then says so. */
async function regler(scene: Scene, suivi: Suivi): Promise<boolean> {
  if (!(await detenu(scene, suivi))) await trancherNonRecu(scene, suivi.id);
  return (await attendre(scene, suivi.id, ['acquitte'])) === 'acquitte';
}

async function detenu(scene: Scene, { depot, id }: Suivi): Promise<boolean> {
  if (depot.protocole === 'ACTES') {
    const { nomEnvoi } = (await voir(scene, id)).flux;
    return nomEnvoi !== null && scene.labo.ministere.registre.compter('accepte', nomEnvoi) > 0;
  }
  const empreinte = await empreinteEnvoyee(scene, id);
  return scene.dgfip.registre.evenements().some((e) => e.type === 'pris' && e.sha256 === empreinte);
}

/** Exports the proof of each flux and verifies it offline. */
export async function eprouver(
  scene: Scene,
  flux: readonly Pick<Suivi, 'id'>[],
): Promise<BilanDemo['preuves']> {
  const dossier = join(scene.labo.dossier, 'preuves');
  await mkdir(dossier, { recursive: true });
  let verifiees = 0;
  for (const { id } of flux) {
    const { identite } = (await voir(scene, id)).flux;
    const fichier = join(dossier, `${identite.replaceAll('/', '-')}.asice`);
    await writeFile(fichier, await scene.labo.client.telecharger(`/flux/${id}/preuve`));
    if ((await verifierPreuve(fichier)).bonne) verifiees += 1;
  }
  scene.dire(`${vert('preuves')}  ${verifiees} dossiers de preuve vérifiés sur ${flux.length}`);
  return { verifiees, fausses: flux.length - verifiees };
}
