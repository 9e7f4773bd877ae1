import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { creerClockSysteme } from '../adapters/clock/system.ts';
import { verifierPreuve } from '../gestes/verifier-preuve.ts';
import { jourDe } from '../metier/echeances.ts';
import { type Etat, LIBELLE_ETAT } from '../metier/etats.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Clock } from '../ports/clock.ts';
import { inscrire } from './collectivite-essai.ts';
import { creerLaboratoire, type Laboratoire, type ProcessusDemon } from './laboratoire.ts';
import { ouvrirReceveur, type Receveur } from './receveur.ts';
import { type ActeDuRecit, actesDuRecit } from './recit.ts';

export interface OptionsDemo {
  readonly json: boolean;
  /** Keeps everything here (data, registers, `preuves/*.asice`); a temporary folder, removed, when absent. */
  readonly dossier?: string;
}

export interface BilanDemo {
  readonly actes: {
    readonly deposes: number;
    readonly acquittes: number;
    readonly refuses_depot: number;
    readonly anomalies: number;
  };
  readonly preuves: { readonly verifiees: number; readonly fausses: number };
  readonly webhooks: { readonly livres: number };
  readonly perdus: number;
  readonly doubles: number;
}

const SIREN = '213400016';
const JOUR_MS = 86_400_000;
/** The whole story must end well before a minute; each wait is bounded. Milliseconds. */
const ATTENTE_MAX = 20_000;
const PAS_MS = 60;
/** Actes under way when the daemon is killed. */
const RAFALE = 12;

interface Suivi {
  readonly acte: ActeDuRecit;
  readonly id: string;
}

interface Scene {
  readonly labo: Laboratoire;
  readonly clock: Clock;
  readonly receveur: Receveur;
  readonly dire: (ligne: string) => void;
  demon: ProcessusDemon;
}

/** @returns the exit code: 0 only if all went as announced. */
export async function demo(options: OptionsDemo, ecrire: (ligne: string) => void): Promise<number> {
  const dossier = options.dossier ?? (await mkdtemp(join(tmpdir(), 'vaguemestre-demo-')));
  await mkdir(dossier, { recursive: true });
  const clock = creerClockSysteme();
  const depart = clock.now();
  const dire = options.json ? () => undefined : horodater(ecrire, clock, depart);
  const labo = await creerLaboratoire({
    dossier,
    clock,
    graine: 2026,
    reglages: { moteur: { reprise_min_s: 0.3, reprise_max_s: 2 } },
    ministere: { delaiReponseMs: 150 },
  });
  const receveur = await ouvrirReceveur(clock);
  dire('Le ministère simulé écoute en HTTPS ; le démon démarre.');
  const scene: Scene = { labo, clock, receveur, dire, demon: await labo.demarrerDemon() };
  try {
    const bilan = await raconter(scene);
    conclure(options, { bilan, dire, ecrire, dossier });
    return juste(bilan) ? 0 : 1;
  } finally {
    await scene.demon.arreter();
    await receveur.arreter();
    await labo.fermer();
    if (options.dossier === undefined) await rm(dossier, { recursive: true, force: true });
  }
}

async function raconter(scene: Scene): Promise<BilanDemo> {
  const { labo } = scene;
  await inscrire(labo.client, SIREN, 'Commune de démonstration');
  const point = await labo.client.envoyer('POST', `/collectivites/${SIREN}/points`, {
    canal: 'webhook',
    cible: scene.receveur.url,
    evenements: ['flux.acquitte', 'flux.anomalie'],
  });
  scene.receveur.connaitre(String(point.corps['secret'] ?? ''));
  const aujourdhui = jourDe(scene.clock.now());
  const demain = jourDe((scene.clock.now() + 2 * JOUR_MS) as Instant);
  const { suivis, refuses } = await deposerTous(scene, actesDuRecit(aujourdhui, demain));
  for (const suivi of suivis) await menerABien(scene, suivi);
  suivis.push(...(await survivre(scene, aujourdhui)));
  const preuves = await eprouver(scene, suivis);
  return dresser(scene, { suivis, refuses, preuves });
}

async function deposerTous(
  scene: Scene,
  actes: readonly ActeDuRecit[],
): Promise<{ suivis: Suivi[]; refuses: number }> {
  const suivis: Suivi[] = [];
  let refuses = 0;
  for (const acte of actes) {
    const { statut, corps } = await scene.labo.client.deposer({
      siren: SIREN,
      metadonnees: acte.metadonnees,
      fichiers: acte.fichiers,
    });
    if (statut === 201) {
      const flux = corps['flux'] as { id: string };
      suivis.push({ acte, id: flux.id });
      scene.dire(`${vert('déposé')}   ${acte.titre}`);
    } else {
      refuses += acte.fin === 'refus_depot' ? 1 : 0;
      scene.dire(`${jaune('refusé')}   ${acte.titre}`);
      const anomalies = (corps['anomalies'] ?? []) as { gravite: string; message: string; remede: string }[];
      for (const a of anomalies.filter((x) => x.gravite === 'bloquante'))
        scene.dire(`           ${a.message} ${gris(a.remede)}`);
    }
  }
  return { suivis, refuses };
}

async function etatDe(scene: Scene, id: string): Promise<Etat> {
  const { corps } = await scene.labo.client.lire(`/flux/${id}`);
  return (corps['flux'] as { etat: Etat }).etat;
}

async function attendre(scene: Scene, id: string, etats: readonly Etat[]): Promise<Etat> {
  const limite = scene.clock.now() + ATTENTE_MAX;
  let etat = await etatDe(scene, id);
  while (!etats.includes(etat) && scene.clock.now() < limite) {
    await scene.clock.sleep(PAS_MS);
    etat = await etatDe(scene, id);
  }
  return etat;
}

async function menerABien(scene: Scene, { acte, id }: Suivi): Promise<void> {
  const { client } = scene.labo;
  if (acte.trancher === true) {
    await attendre(scene, id, ['incertain']);
    scene.dire(
      `${jaune('incertain')} ${acte.titre} ; l’exploitant demande à la préfecture, qui n’a rien reçu`,
    );
    await client.envoyer('POST', `/flux/${id}/trancher`, {
      decision: 'non_recu',
      motif: 'la préfecture ne détient pas cet envoi',
    });
  }
  const etat = await attendre(scene, id, [acte.fin as Etat]);
  const { corps } = await client.lire(`/flux/${id}`);
  const flux = corps['flux'] as { erreur: { message: string } | null; nomEnvoi: string };
  const marque = etat === acte.fin ? vert('✔') : rouge('✘');
  const raison = flux.erreur === null ? gris(flux.nomEnvoi) : flux.erreur.message;
  scene.dire(`${marque} ${LIBELLE_ETAT[etat].padEnd(12)} ${acte.titre} — ${raison}`);
}

/** The daemon dies under load (kill -9) and comes back: nothing is lost, nothing goes twice. */
async function survivre(scene: Scene, jour: string): Promise<Suivi[]> {
  const modele = actesDuRecit(jour, jour)[0];
  if (modele === undefined) return [];
  const acte: ActeDuRecit = {
    ...modele,
    titre: 'un acte pris dans la panne',
    fichiers: modele.fichiers.slice(0, 1),
  };
  const depots = Array.from({ length: RAFALE }, async (_, n) => {
    const metadonnees = { ...acte.metadonnees, numero: `RAFALE_${n}`, annexes: [] };
    const { corps } = await scene.labo.client.deposer({ siren: SIREN, metadonnees, fichiers: acte.fichiers });
    return { acte, id: (corps['flux'] as { id: string }).id };
  });
  const suivis = await Promise.all(depots);
  await scene.demon.tuer();
  scene.dire(`${rouge('kill -9')}  ${RAFALE} actes sont en route ; le démon est tué, puis relancé`);
  scene.demon = await scene.labo.demarrerDemon();
  let surs = 0;
  for (const { id } of suivis) {
    const etat = await attendre(scene, id, ['acquitte', 'incertain']);
    if (etat === 'acquitte') surs += 1;
    else surs += (await regler(scene, id)) ? 1 : 0;
  }
  scene.dire(
    `${surs === RAFALE ? vert('✔') : rouge('✘')} ${surs} sur ${RAFALE} acquittés après la panne, aucun perdu, aucun en double`,
  );
  return suivis;
}

/** What a person does of an uncertain fate: asks the State whether it holds the sending, then says so. */
async function regler(scene: Scene, id: string): Promise<boolean> {
  const { client, ministere } = scene.labo;
  const { corps } = await client.lire(`/flux/${id}`);
  const { nomEnvoi } = corps['flux'] as { nomEnvoi: string };
  const detient = ministere.registre.compter('accepte', nomEnvoi) > 0;
  if (!detient)
    await client.envoyer('POST', `/flux/${id}/trancher`, {
      decision: 'non_recu',
      motif: 'la préfecture n’a rien',
    });
  return (await attendre(scene, id, ['acquitte'])) === 'acquitte';
}

async function eprouver(
  scene: Scene,
  suivis: readonly Suivi[],
): Promise<{ verifiees: number; fausses: number }> {
  const dossier = join(scene.labo.dossier, 'preuves');
  await mkdir(dossier, { recursive: true });
  let verifiees = 0;
  for (const { id } of suivis) {
    const { corps } = await scene.labo.client.lire(`/flux/${id}`);
    const { identite } = corps['flux'] as { identite: string };
    const fichier = join(dossier, `${identite}.asice`);
    await writeFile(fichier, await scene.labo.client.telecharger(`/flux/${id}/preuve`));
    if ((await verifierPreuve(fichier)).bonne) verifiees += 1;
  }
  scene.dire(`${vert('preuves')}  ${verifiees} dossiers de preuve vérifiés sur ${suivis.length}`);
  return { verifiees, fausses: suivis.length - verifiees };
}

interface Resultats {
  readonly suivis: readonly Suivi[];
  readonly refuses: number;
  readonly preuves: { readonly verifiees: number; readonly fausses: number };
}

async function dresser(scene: Scene, r: Resultats): Promise<BilanDemo> {
  const etats = await Promise.all(r.suivis.map((s) => etatDe(scene, s.id)));
  const acquittes = etats.filter((e) => e === 'acquitte').length;
  const anomalies = etats.filter((e) => e === 'anomalie').length;
  const limite = scene.clock.now() + ATTENTE_MAX;
  const signes = () => [...scene.receveur.recus.values()].filter((w) => w.signe).length;
  while (signes() < acquittes + anomalies && scene.clock.now() < limite) await scene.clock.sleep(PAS_MS);
  return {
    actes: { deposes: r.suivis.length + r.refuses, acquittes, refuses_depot: r.refuses, anomalies },
    preuves: r.preuves,
    webhooks: { livres: signes() },
    perdus: r.suivis.filter((s, rang) => etats[rang] !== s.acte.fin).length,
    doubles: scene.labo.ministere.registre.compter('double'),
  };
}

function juste(b: BilanDemo): boolean {
  const finis = b.actes.acquittes + b.actes.anomalies;
  const complet =
    finis + b.actes.refuses_depot === b.actes.deposes &&
    b.actes.refuses_depot === 1 &&
    b.actes.anomalies === 1;
  const prouve = b.preuves.fausses === 0 && b.preuves.verifiees === finis && b.webhooks.livres === finis;
  return complet && prouve && b.perdus === 0 && b.doubles === 0;
}

function conclure(
  options: OptionsDemo,
  fin: { bilan: BilanDemo; dire: (l: string) => void; ecrire: (l: string) => void; dossier: string },
): void {
  const { bilan } = fin;
  if (options.json) {
    fin.ecrire(JSON.stringify(bilan));
    return;
  }
  const { actes, preuves, webhooks } = bilan;
  fin.dire('');
  fin.dire(
    `${actes.deposes} actes déposés : ${actes.acquittes} acquittés, ${actes.anomalies} refusé par l’État, ${actes.refuses_depot} refusé au dépôt.`,
  );
  fin.dire(
    `${preuves.verifiees} preuves vérifiées, ${webhooks.livres} webhooks livrés et signés, ${bilan.perdus} perdu, ${bilan.doubles} doublé.`,
  );
  if (options.dossier !== undefined)
    fin.dire(`Tout est gardé dans ${fin.dossier} ; les preuves dans ${join(fin.dossier, 'preuves')}.`);
}

function horodater(ecrire: (ligne: string) => void, clock: Clock, depart: number): (ligne: string) => void {
  return (ligne) =>
    ecrire(
      ligne === '' ? '' : `${gris(`${((clock.now() - depart) / 1000).toFixed(1).padStart(5)} s`)}  ${ligne}`,
    );
}

const vert = (t: string): string => styleText('green', t);
const jaune = (t: string): string => styleText('yellow', t);
const rouge = (t: string): string => styleText('red', t);
const gris = (t: string): string => styleText('gray', t);
