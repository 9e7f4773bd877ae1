import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerClockSysteme } from '../adapters/clock/system.ts';
import { creerRandomSysteme } from '../adapters/random/system.ts';
import { creerDossiers } from '../config/dossiers.ts';
import { raisonDe } from '../config/fichiers.ts';
import { erreurBanc } from '../metier/catalogue/banc.ts';
import { jourDe } from '../metier/echeances.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { dresser, type Jugement } from './bilan.ts';
import { deposerTous, eprouver, menerABien, survivre } from './chapitres.ts';
import { type CleEssai, creerCleEssai } from './cle-essai.ts';
import { inscrire, ouvrirHelios } from './collectivite-essai.ts';
import { type AccesDgfip, ouvrirAcces, porteSftp, reglagesPasserelles } from './dgfip/acces.ts';
import { type Dgfip, demarrerDgfip } from './dgfip/dgfip.ts';
import { actualiser, dialoguer, solder } from './dialogue.ts';
import { creerLaboratoire } from './laboratoire.ts';
import { ouvrirReceveur } from './receveur.ts';
import { acteDeRafale, acteDuDialogue, actesDuRecit } from './recit.ts';
import { type CadrePes, pesDeRafale, pesDuRecit, QUALITE } from './recit-pes.ts';
import { gris, rouge, type Scene, SIREN, SIRET } from './scene.ts';

export interface OptionsDemo {
  readonly json: boolean;
  /** Keeps everything here (data, registers, `preuves/*.asice`); a temporary folder, removed, when absent. */
  readonly dossier?: string;
}

/** Where the story is told. */
export interface SortiesDemo {
  ecrire(ligne: string): void;
  /** What is not as announced. */
  erreur(ligne: string): void;
}

const JOUR_MS = 86_400_000;
/** Under way when the daemon is killed. */
const RAFALE = { actes: 12, pes: 4 };
const CLE = 'demo';

interface Decor {
  readonly dossier: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly acces: AccesDgfip;
  readonly dgfip: Dgfip;
  readonly cle: CleEssai;
}

/** The same story told twice in one folder would be refused as a double. */
async function creerDossier({ dossier }: OptionsDemo): Promise<string> {
  const voulu = dossier ?? join(tmpdir(), 'vaguemestre-demo-');
  try {
    if (dossier === undefined) return await mkdtemp(voulu);
    creerDossiers(dossier, 0o777);
    if ((await readdir(dossier)).length === 0) return dossier;
  } catch (origine) {
    throw erreurBanc('VGM-BAN-005', { dossier: voulu, raison: raisonDe(origine) }, origine);
  }
  throw erreurBanc('VGM-BAN-005', { dossier: voulu, raison: 'il n’est pas vide' });
}

/** The simulated DGFiP, and the key of the collectivité. @param fin what is opened is closed by it, last first. */
async function dresserDecor(dossier: string, fin: AsyncDisposableStack): Promise<Decor> {
  const clock = creerClockSysteme();
  const random = creerRandomSysteme(clock);
  const [acces, cle] = await Promise.all([
    ouvrirAcces(join(dossier, 'dgfip', 'acces'), { random }),
    creerCleEssai(join(dossier, 'cle'), { clock, random }),
  ]);
  const dgfip = await demarrerDgfip({
    dossier: join(dossier, 'dgfip'),
    clock,
    graine: 2026,
    delaiReponseMs: 150,
    sftp: porteSftp(acces, 0),
  });
  fin.defer(() => dgfip.arreter());
  return { dossier, clock, random, acces, dgfip, cle };
}

/** Those of an operator, but for the waits. */
function reglagesDe({ acces, dgfip, cle }: Decor): Record<string, unknown> {
  const passerelles = reglagesPasserelles({ acces, portes: dgfip, autorites: '', chemin: (f) => f });
  return {
    moteur: { reprise_min_s: 0.3, reprise_max_s: 2 },
    helios: {
      passerelles: passerelles.map((p) => ({ ...p, periode_s: 0.3, stabilite_s: 0 })),
      cles: [{ nom: CLE, p12: cle.p12, secret_fichier: cle.secret }],
    },
    // the authority of the demonstration publishes no revocation
    confiance: { fichiers: [cle.magasin], revocation: { active: false } },
  };
}

async function planter(decor: Decor, dire: Scene['dire'], fin: AsyncDisposableStack): Promise<Scene> {
  const { dossier, clock, dgfip } = decor;
  const labo = await creerLaboratoire({
    dossier,
    clock,
    graine: 2026,
    reglages: reglagesDe(decor),
    ministere: { delaiReponseMs: 150 },
  });
  fin.defer(() => labo.fermer());
  const receveur = await ouvrirReceveur(clock);
  fin.defer(() => receveur.arreter());
  dire('La préfecture simulée écoute en HTTPS, la DGFiP simulée en SFTP ; le démon démarre.');
  const scene: Scene = { labo, dgfip, clock, receveur, dire, demon: await labo.demarrerDemon() };
  fin.defer(async () => void (await scene.demon.arreter()));
  return scene;
}

/** The commune, its two cards, and who is told of what becomes of its flux. */
async function inscrireCommune({ labo, receveur }: Scene): Promise<void> {
  await inscrire(labo.client, SIREN, 'Commune de démonstration');
  await ouvrirHelios(labo.client, SIREN, {
    sirets: [SIRET],
    destination: 'VHPCE11',
    signature: 'signer',
    cle: CLE,
    qualite: QUALITE,
  });
  const point = await labo.client.envoyer('POST', `/collectivites/${SIREN}/points`, {
    canal: 'webhook',
    cible: receveur.url,
    evenements: ['flux.acquitte', 'flux.acquitte_partiel', 'flux.anomalie', 'flux.annule', 'flux.recu'],
  });
  receveur.connaitre(String(point.corps['secret'] ?? ''));
}

async function raconter(scene: Scene, { signataire }: CleEssai): Promise<Jugement> {
  await inscrireCommune(scene);
  const instant = scene.clock.now();
  const jour = jourDe(instant);
  const cadre: CadrePes = { jour, siret: SIRET, signataire, instant };
  const demain = jourDe((instant + 2 * JOUR_MS) as Instant);
  const depots = [...actesDuRecit(jour, demain), ...(await pesDuRecit(cadre))];
  const annonces = await deposerTous(scene, depots);
  for (const suivi of annonces.suivis) await menerABien(scene, suivi);
  const dialogue = await dialoguer(scene, acteDuDialogue(jour));
  await actualiser(scene, jour);
  const rafale = await survivre(scene, [
    ...Array.from({ length: RAFALE.actes }, (_, n) => acteDeRafale(jour, n)),
    ...Array.from({ length: RAFALE.pes }, (_, n) => pesDeRafale(cadre, n)),
  ]);
  const suivis = [...annonces.suivis, ...dialogue, ...rafale.suivis];
  const refuses = [...annonces.refuses, ...rafale.refuses];
  const echanges = await solder(scene);
  const preuves = await eprouver(scene, [...suivis, ...echanges.flux]);
  return dresser(scene, { suivis, refuses, echanges, preuves });
}

/** null: interrupted first. */
async function jusqua<T>(
  travail: () => Promise<T>,
  interruption: AbortSignal | undefined,
): Promise<T | null> {
  if (interruption === undefined) return travail();
  if (interruption.aborted) return null;
  const { promise, resolve } = Promise.withResolvers<null>();
  interruption.addEventListener('abort', () => resolve(null), { once: true });
  return Promise.race([travail(), promise]);
}

/** @returns the exit code: 0 only if all went as announced. Throws VGM-BAN-001, -003 to -006. */
export async function demo(
  options: OptionsDemo,
  sorties: SortiesDemo,
  interruption?: AbortSignal,
): Promise<number> {
  const dossier = await creerDossier(options);
  const fin = new AsyncDisposableStack();
  if (options.dossier === undefined) fin.defer(() => rm(dossier, { recursive: true, force: true }));
  try {
    const decor = await dresserDecor(dossier, fin);
    const dire = options.json ? () => undefined : horodater(sorties, decor.clock, interruption);
    const scene = await planter(decor, dire, fin);
    const jugement = await jusqua(() => raconter(scene, decor.cle), interruption);
    if (jugement === null) {
      sorties.erreur(`${rouge('Démonstration interrompue')} : rien n’est conclu.`);
      return 1;
    }
    if (!options.json) conclure({ options, dire, jugement, dossier });
    const { bilan, fautes } = jugement;
    if (fautes.length > 0) sorties.erreur(`${rouge('La démonstration a échoué')} :`);
    for (const faute of fautes) sorties.erreur(`  ${faute}`);
    if (options.json) sorties.ecrire(JSON.stringify(bilan));
    return fautes.length === 0 ? 0 : 1;
  } finally {
    await fin.disposeAsync();
  }
}

interface Conclusion {
  readonly options: OptionsDemo;
  readonly dire: Scene['dire'];
  readonly jugement: Jugement;
  readonly dossier: string;
}

/** `1 preuve vérifiée`, `2 preuves vérifiées` */
function accorder(nombre: number, mots: string): string {
  return `${nombre} ${nombre > 1 ? mots.replaceAll(/(?= |$)/g, 's') : mots}`;
}

function conclure({ options, dire, jugement, dossier }: Conclusion): void {
  const { actes, pes, echanges, preuves, webhooks, perdus, doubles } = jugement.bilan;
  dire('');
  dire(
    `${accorder(actes.deposes, 'acte')} : ${accorder(actes.acquittes, 'acquitté')}, ${accorder(actes.anomalies, 'refusé')} par l’État, ${accorder(actes.refuses_depot, 'refusé')} au dépôt.`,
  );
  dire(
    `${pes.deposes} PES : ${accorder(pes.acquittes, 'acquitté')}, ${accorder(pes.partiels, 'acquitté')} en partie, ${accorder(pes.refuses_depot, 'refusé')} au dépôt.`,
  );
  dire(
    `${accorder(echanges.courriers, 'courrier')} de la préfecture, ${accorder(echanges.accuses, 'accusé')} et ${accorder(echanges.reponses, 'réponse')} en retour ; ${accorder(echanges.annulations, 'annulation')}, ${accorder(echanges.classifications, 'classification')}.`,
  );
  dire(
    `${accorder(preuves.verifiees, 'preuve vérifiée')}, ${accorder(webhooks.livres, 'webhook livré')} et signé${webhooks.livres > 1 ? 's' : ''}, ${accorder(perdus, 'perdu')}, ${accorder(doubles, 'doublé')}.`,
  );
  if (options.dossier !== undefined)
    dire(`Tout est gardé dans ${dossier} ; les preuves dans ${join(dossier, 'preuves')}.`);
}

/** Told with the seconds gone by; nothing more once interrupted. */
function horodater(
  sorties: SortiesDemo,
  clock: Clock,
  interruption: AbortSignal | undefined,
): (ligne: string) => void {
  const depart = clock.now();
  return (ligne) => {
    if (interruption?.aborted === true) return;
    const secondes = ((clock.now() - depart) / 1000).toFixed(1).padStart(5);
    sorties.ecrire(ligne === '' ? '' : `${gris(`${secondes} s`)}  ${ligne}`);
  };
}
