import { type Etat, estTerminal, EVENEMENTS, transition } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { SIREN } from '../parcours/atelier.ts';
import { type Monde, sansAccuse } from './monde.ts';

/** Rows that are due while the engine is at rest: their lease is held by nobody. */
export async function enRetard({ sol }: Monde): Promise<string[]> {
  const { flux, livraisons, retours } = sol.store;
  const lignes = [
    ...(await flux.lister(OPERATEUR, { limite: 1000 })),
    ...(await livraisons.lister(OPERATEUR, { limite: 1000 })),
    ...(await retours.lister(OPERATEUR, { limite: 1000 })),
  ];
  const quand = sol.clock.now();
  return lignes.filter((l) => l.due !== null && l.due <= quand).map((l) => `${l.id} (${l.etat}) is due`);
}

/** Events of the journal that owe a notification. */
const DUS: Readonly<Record<string, string>> = {
  DEPOT: 'flux.depose',
  CONTROLE_DEFAVORABLE: 'flux.refuse',
  SIGNATURE_DEFAVORABLE: 'flux.refuse',
  RECEPTION: 'flux.recu',
  REMISE_CONSTATEE: 'flux.transmis',
  ACCUSE_PARTIEL_RECU: 'flux.acquitte_partiel',
  REMISE_CONFIRMEE: 'flux.transmis',
  TRANCHE_RECU: 'flux.transmis',
  REMISE_INCERTAINE: 'flux.incertain',
  REMISE_REFUSEE: 'flux.echec',
  ACCUSE_RECU: 'flux.acquitte',
  ANOMALIE_RECUE: 'flux.anomalie',
  ABANDON_DEMANDE: 'flux.abandonne',
  ALERTE: 'flux.alerte',
  ANNULATION_RECUE: 'flux.annule',
};

/** What leaves by itself was deposited by nobody. */
function estDue({ ev, motif, acteur }: LigneLue, type: string): boolean {
  if (ev === 'DEPOT' && acteur === 'systeme') return false;
  return DUS[ev] === type && !motif.includes('sans effet');
}

/** Orders of a person after which the same archive may leave once more. */
const ORDRES_DE_RENVOI = ['TRANCHE_NON_RECU', 'RENVOI_DEMANDE'];

/** Follows the time-line of a flux through the table of transitions: the journal and the row must tell the same. */
function suivre(flux: Flux, lignes: readonly LigneLue[]): string[] {
  let etat: Etat = lignes[0]?.ev === 'RECEPTION' ? 'recu' : 'depose';
  for (const { ev, motif } of lignes) {
    const evenement = EVENEMENTS.find((e) => e.toUpperCase() === ev);
    if (evenement === undefined || motif.includes('sans effet')) continue;
    const vers = transition(etat, evenement);
    if (vers === undefined) return [`${flux.identite}: ${ev} from ${etat}`];
    etat = vers;
  }
  return etat === flux.etat ? [] : [`${flux.identite}: the journal says ${etat}, the row ${flux.etat}`];
}

interface LigneLue {
  readonly ev: string;
  readonly motif: string;
  readonly acteur: string;
}

/** What is looked at, whatever the number of engines. */
type Regard = Pick<Monde, 'sol' | 'dgfip' | 'flux' | 'lignes' | 'compte' | 'verifier'>;

export interface OptionsFautes {
  readonly livrees: boolean;
  /** One debt per event; no longer true of a point that was switched off. */
  readonly dettes?: boolean;
}

/** Faults that no death, order or delay excuses. To be called when the engine is at rest. */
export async function fautes(monde: Regard, options: OptionsFautes): Promise<string[]> {
  const { sol } = monde;
  const vues: string[] = [];
  const noms = new Map<string, string>();
  const vivants = new Map<string, string>();
  const quand = sol.clock.now();
  for (const flux of await monde.flux()) {
    const moi = `${flux.identite} (${flux.etat})`;
    const lignes = (await monde.lignes(flux.id)).map((l) => JSON.parse(l) as LigneLue);
    vues.push(...suivre(flux, lignes));
    if (flux.nomEnvoi !== null) {
      if (noms.has(flux.nomEnvoi)) vues.push(`${flux.nomEnvoi}: two flux`);
      noms.set(flux.nomEnvoi, flux.id);
      const { prises: fois, presentees } = monde.compte(flux);
      const ordres = lignes.filter((l) => ORDRES_DE_RENVOI.includes(l.ev)).length;
      if (fois > 1 + ordres) vues.push(`${moi}: taken ${fois} times, ${ordres} orders`);
      const lignesDeMise = lignes.filter((l) => l.ev === 'MISE_EN_LIGNE').length;
      if (presentees > lignesDeMise) vues.push(`${moi}: left without its mark`);
    }
    if (!['refuse', 'anomalie', 'abandonne'].includes(flux.etat)) {
      if (vivants.has(flux.identite)) vues.push(`${moi}: two flux alive`);
      vivants.set(flux.identite, flux.id);
    }
    const pris = flux.etat === 'transmis' && sansAccuse(flux);
    const fini = estTerminal(flux.etat) || flux.etat === 'echec' || pris;
    if (!fini && flux.due === null) vues.push(`${moi}: no next look`);
    if (flux.due !== null && flux.due <= quand) vues.push(`${moi}: due and not taken: its lease is stuck`);
    if (flux.etat === 'en_ligne') vues.push(`${moi}: on the line while nobody sends`);
    vues.push(...(await fautesPieces(monde, flux)));
    if (options.dettes ?? true) vues.push(...(await dettes(monde, { flux, livrees: options.livrees })));
  }
  // Given up between the drawing of its number and its naming, a flux keeps a number that no name shows.
  const abandons = (await monde.flux()).some((f) => f.etat === 'abandonne' && f.nomEnvoi === null);
  if (!abandons) vues.push(...trous([...noms.keys()]));
  vues.push(...monde.dgfip.brouillons().map((nom) => `${nom}: left at the gateway`));
  for (const retour of await sol.store.retours.lister(OPERATEUR, { limite: 1000 }))
    if (retour.etat === 'recu' || retour.due !== null) vues.push(`return ${retour.id}: left ${retour.etat}`);
  for (const chaine of await monde.verifier())
    for (const r of chaine.ruptures) vues.push(`journal ${chaine.org} line ${r.n}: ${r.motif}`);
  return vues;
}

/** Every piece is whole; what was taken is what the flux says that it sent, signed once at most. */
async function fautesPieces({ sol, dgfip }: Regard, flux: Flux): Promise<string[]> {
  const pieces = await sol.store.flux.pieces(OPERATEUR, flux.id);
  const abimees = await Promise.all(pieces.map(async (p) => !(await sol.coffre.verifier(p.sha256))));
  const vues = pieces.filter((_, n) => abimees[n]).map((p) => `${flux.identite}: ${p.nom} lost or altered`);
  if (flux.protocole !== 'HELIOS') return vues;
  const envoyee = pieces.find((p) => p.role === 'archive')?.sha256;
  const prise = dgfip.empreintes.get(flux.nomEnvoi ?? '');
  if (prise !== undefined && prise !== envoyee) vues.push(`${flux.identite}: other bytes left`);
  const signees = pieces.filter((p) => p.role === 'pes_signe');
  if (signees.length > 1) vues.push(`${flux.identite}: signed ${signees.length} times`);
  if (signees[0] !== undefined && envoyee !== undefined && envoyee !== signees[0].sha256)
    vues.push(`${flux.identite}: the file that left is not the signed one`);
  return vues;
}

/** Outgoing names are numbered from 1, by series of a day, without a hole. */
function trous(noms: readonly string[]): string[] {
  const series = Map.groupBy(noms, (nom) => nom.replace(/[0-9]+(?=\.(?:xml|tar\.gz)$)/, '#'));
  return [...series].flatMap(([serie, siens]) => {
    const numeros = new Set(siens.map((nom) => Number(/([0-9]+)\.(?:xml|tar\.gz)$/.exec(nom)?.[1])));
    const complete = siens.every((_, n) => numeros.has(n + 1));
    return complete ? [] : [`${serie}: numbers ${[...numeros].join(', ')}`];
  });
}

/** One debt per event and per point, under an identity of its own, delivered at least once. */
async function dettes(monde: Regard, { flux, livrees }: { flux: Flux; livrees: boolean }): Promise<string[]> {
  const vues: string[] = [];
  const livraisons = await monde.sol.store.livraisons.lister(OPERATEUR, { flux: flux.id, limite: 200 });
  const lignes = (await monde.lignes(flux.id)).map((l) => JSON.parse(l) as LigneLue);
  const points = (await monde.sol.store.collectivites.trouver(SIREN))?.points.length ?? 0;
  for (const type of new Set(Object.values(DUS))) {
    const dues = lignes.filter((l) => estDue(l, type)).length * points;
    const faites = livraisons.filter((l) => l.type === type).length;
    if (dues !== faites) vues.push(`${flux.identite}: ${dues} ${type} owed, ${faites} written`);
  }
  for (const l of livraisons) {
    const remises = monde.sol.webhook.envois.filter((e) => e.id === l.id);
    if (livrees && (l.etat !== 'livree' || remises.length === 0)) vues.push(`${l.type}: ${l.etat}`);
    if (l.due !== null && l.due <= monde.sol.clock.now()) vues.push(`${l.type}: due and not taken`);
    if (new Set(remises.map((e) => e.corps)).size > 1)
      vues.push(`${l.type}: two bodies under one webhook-id`);
  }
  return vues;
}
