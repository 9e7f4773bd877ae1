import { type Etat } from '../../../src/metier/etats.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { CTX } from '../../parcours/atelier.ts';
import { fautes } from '../fautes.ts';
import { sansAccuse } from '../monde.ts';
import { SUJETS } from './carnet.ts';
import type { Scene } from './scene.ts';

const MINUTE = 60_000;
const HEURE = 60 * MINUTE;
/** What anything may have been put off by: a lease, a rest of a door, the schedule of a receiver, working days. */
const SUITE = [10_000, 6 * MINUTE, 20 * MINUTE, 3 * HEURE];
const JOUR_ET_PLUS = 30 * HEURE;
/** Days after which what still waits is stuck. */
const JOURS_MAX = 12;
const TERMINAUX: readonly Etat[] = [
  'refuse',
  'acquitte',
  'acquitte_partiel',
  'anomalie',
  'abandonne',
  'valide',
  'annule',
  'recu',
];

/** The faults end: engines live, peers answer, sources and depositors ask again, time passes. Nobody orders anything. */
export async function denouer(s: Scene): Promise<void> {
  const { flotte, carnet } = s;
  for (const noeud of [0, 1] as const) {
    if (noeud === 0 || carnet.vivants[1]) await flotte.naitre(noeud);
    await flotte.arreter(noeud, false);
  }
  flotte.etat.programme.length = 0;
  flotte.sol.webhook.regler({ statut: 204 });
  await flotte.calme();
  for (const { nom } of await suspendues(s))
    await s.demander(
      0,
      (a) => a.gestes.destinations.reprendre(CTX, nom),
      () => undefined,
    );
  for (const ms of SUITE) {
    await redemander(s);
    await attendre(s, ms);
  }
  for (let jour = 0; jour < JOURS_MAX && (await enAttente(s)); jour += 1) await attendre(s, JOUR_ET_PLUS);
}

async function attendre({ flotte }: Scene, ms: number): Promise<void> {
  await flotte.tourner(ms);
  await flotte.calme();
}

/** Is there still something that time alone is to settle? */
async function enAttente({ flotte: { sol } }: Scene): Promise<boolean> {
  const flux = await sol.store.flux.lister(OPERATEUR, { limite: 1000 });
  const dues = await sol.store.livraisons.lister(OPERATEUR, { etats: ['a_faire'], limite: 1 });
  return dues.length > 0 || flux.some((f) => bloque(f).length > 0);
}

async function suspendues({ flotte }: Scene) {
  return (await flotte.sol.store.suspensions.lister()).map((d) => ({ nom: d.destination }));
}

/** Depositors and sources ask again until they are answered. */
async function redemander(s: Scene): Promise<void> {
  for (const depot of s.carnet.depots.filter((d) => d.reponse === undefined)) await s.deposer(depot, 0);
  for (const remis of s.carnet.remis.filter((r) => r.nom === null && !r.acquitte)) await s.donner(remis, 0);
  await s.demander(
    0,
    (a) => a.relever(),
    () => undefined,
  );
  await s.flotte.calme();
}

/** What must hold once all is quiet. */
export async function fautesDeLaFin(s: Scene): Promise<string[]> {
  const { flotte, carnet } = s;
  const flux = await flotte.sol.store.flux.lister(OPERATEUR, { limite: 1000 });
  const vues = [
    ...carnet.depots
      .filter((d) => d.reponse === undefined)
      .map((d) => `the deposit ${d.cle} is never answered`),
    ...flux.flatMap((f) => bloque(f)),
    ...flux.flatMap((f) => sortsSansCause(s, f)),
    ...(await sortsAttendus(s)),
    ...(await dettes(s)),
  ];
  const monde = {
    sol: flotte.sol,
    dgfip: { ...flotte.dgfip, brouillons: () => brouillonsDeTrop(s) },
    flux: async () => flux,
    lignes: async (id: Flux['id']) =>
      (await flotte.sol.store.journal.lignesDuFlux(OPERATEUR, id)).map((l) => l.ligne),
    compte: (f: Flux) => {
      const { registre, presentees } = f.protocole === 'ACTES' ? flotte.etat : flotte.dgfip;
      const nom = f.nomEnvoi ?? '';
      return { prises: registre.get(nom) ?? 0, presentees: presentees.get(nom) ?? 0 };
    },
    verifier: async () => {
      const issue = await flotte.demander(0, (a) => a.gestes.verifierJournal(CTX));
      return issue.type === 'fait' ? issue.valeur : [];
    },
  };
  return [...vues, ...(await fautes(monde, { livrees: false, dettes: !carnet.point410 }))];
}

/** Half a file stays at the gateway as long as it may still be finished; beside the whole file it is litter. */
function brouillonsDeTrop({ flotte: { dgfip } }: Scene): readonly string[] {
  return dgfip.brouillons().filter((nom) => dgfip.registre.has(nom.replace(/\.part$/, '')));
}

/** At its end, or waiting for the State or for a person who is told so. */
function bloque(flux: Flux): string[] {
  const moi = `${flux.identite} (${flux.etat})`;
  if (TERMINAUX.includes(flux.etat)) return flux.due === null ? [] : [`${moi}: looked at after its end`];
  switch (flux.etat) {
    case 'transmis':
      return sansAccuse(flux) || flux.alerte !== null ? [] : [`${moi}: nobody is told that no receipt comes`];
    case 'incertain':
    case 'a_signer':
      return flux.alerte === null ? [`${moi}: nobody is told`] : [];
    case 'echec':
      return flux.erreur === null ? [`${moi}: without a reason`] : [];
    default:
      return [`${moi}: stuck (${flux.erreur?.code ?? 'no reason'})`];
  }
}

/** A fate is unknown only when something happened to it. */
function sortsSansCause({ carnet: { causes } }: Scene, flux: Flux): string[] {
  const siennes = ['mort', 'retard', flux.protocole === 'ACTES' ? 'porte' : 'passerelle'] as const;
  if (flux.etat !== 'incertain' || siennes.some((c) => causes.has(c))) return [];
  return [`${flux.identite}: its fate is unknown, though nothing went wrong`];
}

/** The State had one flux of this name and has spoken once, in one sense, and nobody ordered anything: its word is done. */
async function sortsAttendus(s: Scene): Promise<string[]> {
  const vues: string[] = [];
  for (const sujet of SUJETS.keys()) {
    const tenants = await s.fluxDe(sujet);
    const messages = s.carnet.remis.filter((r) => r.sujet === sujet);
    const dits = new Set(messages.map((r) => r.sens));
    const [flux] = tenants;
    if (flux === undefined || tenants.length > 1 || dits.size !== 1 || s.carnet.ordreSur(flux.id)) continue;
    // The same bytes under the same name are one message: what counts is what it found when it first came.
    const premiers = messages.filter(
      (r, n) => messages.findIndex((m) => m.sha256 === r.sha256 && m.nom === r.nom) === n,
    );
    if (!premiers.some((r) => r.temoin?.flux === flux.id && r.temoin.pris)) continue;
    const attendus: readonly Etat[] = dits.has('oui')
      ? ['acquitte', 'annule']
      : ['anomalie', 'acquitte_partiel'];
    if (!dits.has('autre') && !attendus.includes(flux.etat))
      vues.push(`${flux.identite} is « ${flux.etat} », and the State said ${[...dits].join()}`);
  }
  return vues;
}

/** Every debt is delivered, and was, or is given up with its trace; one that was delivered is not delivered again for nothing. */
async function dettes({ flotte, carnet }: Scene): Promise<string[]> {
  const { livraisons, journal } = flotte.sol.store;
  const vues: string[] = [];
  for (const l of await livraisons.lister(OPERATEUR, { limite: 1000 })) {
    const prises = flotte.receptions.filter((r) => r.id === l.id && r.prise).length;
    const essais = await livraisons.essais(OPERATEUR, l.id);
    const lignes = await journal.lignesDuFlux(OPERATEUR, l.flux);
    const trace = lignes.some(({ ligne }) => ligne.includes(l.id) && ligne.includes('"ev":"NOTIFICATION_'));
    if (l.etat === 'a_faire') vues.push(`${l.type}: neither delivered nor given up`);
    if (l.etat === 'livree' && prises === 0) vues.push(`${l.type}: said delivered, and never was`);
    if (l.etat !== 'a_faire' && (essais.length === 0 || !trace))
      vues.push(`${l.type}: ${l.etat} without a trace`);
    if (prises > 1 && !['mort', 'retard', 'ordre'].some((c) => carnet.causes.has(c as 'mort')))
      vues.push(`${l.type}: delivered ${prises} times, though nothing went wrong`);
  }
  return vues;
}
