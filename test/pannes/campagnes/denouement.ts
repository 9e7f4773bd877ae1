import { confronterEchanges, type EchangeVu } from '../../../src/banc/echanges/confrontation.ts';
import type { ClientApi } from '../../../src/banc/client.ts';
import type { Etat as EtatFlux } from '../../../src/metier/etats.ts';
import type { Bout } from '../lignes-coupees.ts';
import { collectiviteDeSiren } from './collectivites.ts';
import { type Choix, compterEtats, type FluxVu, type RetourVu, tout } from './lectures.ts';
import type { Etat } from './etat.ts';
import type { Terrain } from './terrain.ts';

/**
 * A person stands by once the faults are over: asks the State about the fates that nobody knows, and for the answers that were
 * read and lost. Receipts settle the others.
 */
export interface Denouement {
  /** Fates of actes settled by a person. */
  tranches: number;
  /** Fates of PES denied by the DGFiP. */
  nies: number;
  /** Answers that the DGFiP published again, by gateway: over FTP it forgets what has left it, whoever dies at the other end. */
  redemandes_sftp: number;
  redemandes_ftp: number;
}

export const FINIS: readonly EtatFlux[] = ['acquitte', 'acquitte_partiel', 'anomalie', 'refuse'];
const PAS_MS = 300;
const ATTENTE_MAX_MS = 300_000;

/** What must be at its end, and among what it is looked for. */
export interface Attente extends Pick<Choix, 'plancher'> {
  /** Flux at their end, those that were there before included. */
  readonly finis: number;
}

/**
 * Waits until all is at its end, and nothing that was said is missing.
 * @param repasser done at each pass: what else a person, or the State, has to do.
 */
export async function denouer(
  terrain: Terrain,
  attente: Attente,
  repasser: () => Promise<void>,
): Promise<Denouement> {
  const { client } = terrain.premier;
  const { etat } = terrain;
  const faits: Denouement = { tranches: 0, nies: 0, redemandes_sftp: 0, redemandes_ftp: 0 };
  assainir(etat);
  const limite = performance.now() + ATTENTE_MAX_MS;
  let avant: Doutes = { incertains: new Set(), reponses: new Set() };
  while (performance.now() < limite) {
    await repasser();
    await etat.ministere.attendreVide();
    for (const { dgfip } of etat.bouts) await dgfip.attendreVide();
    const doutes = await chercher(etat, client);
    // What was not there a moment ago may still be on its way.
    const surs = doutes.flux.filter((f) => avant.incertains.has(f.id));
    for (const flux of surs) await regler(terrain, flux, faits);
    for (const { bout, nom } of doutes.perdues.filter((r) => avant.reponses.has(cleDe(r)))) {
      await bout.dgfip.republier(nom);
      faits[`redemandes_${bout.nom}`] += 1;
    }
    avant = {
      incertains: new Set(doutes.flux.map((f) => f.id)),
      reponses: new Set(doutes.perdues.map(cleDe)),
    };
    if (doutes.flux.length + doutes.perdues.length === 0 && (await fini(etat, client, attente))) break;
    await terrain.clock.sleep(PAS_MS);
  }
  return faits;
}

/** Lines are sound, and nothing travels on those that were not. */
function assainir({ lignes, bouts }: Etat): void {
  for (const ligne of Object.values(lignes)) {
    ligne.regler(null);
    ligne.trancher();
  }
  for (const bout of bouts) {
    bout.couper(0);
    bout.retablir();
  }
}

/** Flux at an end, whoever they are. */
export async function compterFinis(client: ClientApi): Promise<number> {
  const etats = await compterEtats(client);
  return FINIS.reduce((somme, nom) => somme + (etats[nom] ?? 0), 0);
}

async function fini({ ministere }: Etat, client: ClientApi, { finis, ...choix }: Attente): Promise<boolean> {
  if ((await compterFinis(client)) < finis) return false;
  const actes = await tout<FluxVu>(client, 'flux', { filtre: '&protocole=ACTES', ...choix });
  const echanges = actes.filter((f) => f.message.code !== '1-1') as unknown as EchangeVu[];
  return confronterEchanges(echanges, ministere.registre.evenements()).perdus.length === 0;
}

interface Doutes {
  readonly incertains: ReadonlySet<string>;
  readonly reponses: ReadonlySet<string>;
}

interface Reponse {
  readonly bout: Bout;
  readonly nom: string;
}

const cleDe = ({ bout, nom }: Reponse): string => `dgfip:${bout.nom} ${nom}`;

/** Does the State hold what left under the name of this flux? */
function detenu({ ministere, bouts }: Etat, { protocole, nomEnvoi, resume, collectivite }: FluxVu): boolean {
  if (protocole === 'ACTES') return nomEnvoi !== null && ministere.registre.compter('accepte', nomEnvoi) > 0;
  const fin = `%%${String(resume['sha1'])}`;
  const { bout: nom } = collectiviteDeSiren(collectivite);
  const evenements = bouts.find((b) => b.nom === nom)?.dgfip.registre.evenements() ?? [];
  return evenements.some((e) => e.type === 'pris' && (e.nom === nomEnvoi || e.nom.endsWith(fin)));
}

/** Will a receipt tell? A receipt has none of its own. */
const accuseViendra = (etat: Etat, flux: FluxVu): boolean =>
  detenu(etat, flux) && (flux.protocole === 'HELIOS' || flux.message.code === '1-1');

async function regler(terrain: Terrain, flux: FluxVu, faits: Denouement): Promise<void> {
  const tient = detenu(terrain.etat, flux);
  const decision = tient ? 'recu' : 'non_recu';
  await terrain.premier.client.envoyer('POST', `/flux/${flux.id}/trancher`, {
    decision,
    motif: 'l’État l’a dit',
  });
  faits[flux.protocole === 'ACTES' ? 'tranches' : 'nies'] += 1;
}

/** Fates unknown that no receipt will settle, and answers that the DGFiP gave and that nobody filed. */
async function chercher(
  etat: Etat,
  client: ClientApi,
): Promise<{ flux: readonly FluxVu[]; perdues: readonly Reponse[] }> {
  const incertains = await tout<FluxVu>(client, 'flux', { filtre: '&etat=incertain' });
  const flux = incertains.filter((f) => !accuseViendra(etat, f));
  const retours = await tout<RetourVu>(client, 'retours');
  // Both gateways number their answers from 1.
  const ranges = new Set(retours.map((r) => `${r.source} ${r.nom}`));
  const perdues = etat.bouts.flatMap((bout) => {
    const comptes = compterReponses(bout);
    return [...comptes]
      .filter(([nom, { lues, publiees }]) => lues === publiees && !ranges.has(cleDe({ bout, nom })))
      .map(([nom]) => ({ bout, nom }));
  });
  return { flux, perdues };
}

/** Times that each answer of a gateway was published, and read to its end. */
function compterReponses({ dgfip }: Bout): Map<string, { lues: number; publiees: number }> {
  const comptes = new Map<string, { lues: number; publiees: number }>();
  for (const { type, nom } of dgfip.registre.evenements()) {
    if (type !== 'publie' && type !== 'lu') continue;
    const compte = comptes.get(nom) ?? { lues: 0, publiees: 0 };
    compte[type === 'lu' ? 'lues' : 'publiees'] += 1;
    comptes.set(nom, compte);
  }
  return comptes;
}
