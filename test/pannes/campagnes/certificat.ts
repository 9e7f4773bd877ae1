import { jusqua } from './attente.ts';
import type { Campagne } from './campagne.ts';
import { diagnostiquer, type FluxVu, tout } from './lectures.ts';
import { type Chantier, mener, type Panne } from './mener.ts';
import type { Bilan } from './verdict.ts';

/** Life of the certificates that expire, milliseconds: a daemon starts and works meanwhile. */
const VIE = { client: 5_000, serveur: 1_000 };
/** How long nothing passes; the daemon tries again every second. */
const PANNE_MS = 1_500;
/** A certificate has no fraction of a second. */
const REVOLUE_MS = 1_000;
const REPRISE_MAX_MS = 30_000;
/** What left before the door was shut may still be answered. */
const EN_CHEMIN_MS = 700;

const prises = ({ terrain }: Chantier): number => terrain.etat.ministere.registre.compter('accepte');

/** Fates that a shut door must not give. */
const INTERDITS = ['refuse', 'echec', 'abandonne'];

async function fixes(c: Chantier): Promise<number> {
  const flux = await tout<FluxVu>(c.terrain.premier.client, 'flux', { filtre: '&protocole=ACTES' });
  return flux.filter((f) => INTERDITS.includes(f.etat)).length;
}

/** The door is shut: nothing passes, nothing is lost, and an operator is told why. */
async function exigerAttente(c: Chantier, sujet: string, dit: RegExp): Promise<void> {
  const { clock, etat, premier } = c.terrain;
  // A connection that is open does not expire.
  etat.lignes.guichet.trancher();
  await clock.sleep(EN_CHEMIN_MS);
  const pris = (): number => etat.bouts.reduce((somme, b) => somme + b.dgfip.registre.compter('pris'), 0);
  const avant = { pes: pris(), prises: prises(c), accuses: c.charge.accuses.length, fixes: await fixes(c) };
  await clock.sleep(PANNE_MS);
  await jusqua(() => pris() > avant.pes && c.charge.accuses.length > avant.accuses, REPRISE_MAX_MS);
  if (prises(c) > avant.prises) c.fauter(`${sujet} : expiré, et le ministère prend encore`);
  if (c.charge.accuses.length <= avant.accuses)
    c.fauter(`${sujet} : les dépôts se sont arrêtés avec le guichet`);
  if (pris() <= avant.pes) c.fauter(`${sujet} : les PES se sont arrêtés avec le guichet du ministère`);
  if ((await fixes(c)) > avant.fixes) c.fauter(`${sujet} : une porte fermée a valu un verdict`);
  const constats = await diagnostiquer(premier.client);
  const constat = constats.find((s) => s.sujet === sujet);
  if (constat?.etat !== 'panne' || !dit.test(constat.detail))
    c.fauter(
      `${sujet} : la panne n’est pas dite : ${JSON.stringify(constat ?? constats.map((s) => s.sujet))}`,
    );
}

async function exigerReprise(c: Chantier, quoi: string): Promise<void> {
  const avant = prises(c);
  if (!(await jusqua(() => prises(c) > avant, REPRISE_MAX_MS)))
    c.fauter(`${quoi} : rien ne passe après son remplacement`);
}

const CLIENT = 'certificat client du ministère';

/** Ours: taken at the start, it expires; another in its file serves from the next start on, as the daemon says. */
async function expirerClient(c: Chantier): Promise<void> {
  const { clock, etat, premier } = c.terrain;
  await premier.arreter();
  await etat.pki.emettre('client', 'client', VIE.client);
  const fin = performance.now() + VIE.client;
  await premier.demarrer();
  await clock.sleep(Math.max(0, fin - performance.now()) + REVOLUE_MS);
  await exigerAttente(c, CLIENT, /expiré/);
  await etat.pki.emettre('client', 'client');
  const constat = (await diagnostiquer(premier.client)).find((s) => s.sujet === CLIENT);
  if (!/le fichier en porte un autre/.test(constat?.detail ?? ''))
    c.fauter(`rien ne dit que le nouveau certificat attend un redémarrage : ${constat?.detail}`);
  await premier.arreter();
  await premier.demarrer();
  await exigerReprise(c, CLIENT);
}

/** Theirs: we close, and go on by ourselves when they have another. */
async function expirerServeur(c: Chantier): Promise<void> {
  const { clock, etat } = c.terrain;
  await etat.rouvrirMinistere(await etat.pki.emettre('court', 'serveur', VIE.serveur));
  await clock.sleep(VIE.serveur + REVOLUE_MS);
  await exigerAttente(c, 'guichet du ministère', /certificat/);
  await etat.rouvrirMinistere();
  await exigerReprise(c, 'certificat du serveur du ministère');
}

const panne: Panne = {
  nom: 'certificat',
  charge: { deposants: { actes: 2, pes: 2 }, pause: 200 },
  frapper: (c, rang) => (rang % 2 === 0 ? expirerServeur(c) : expirerClient(c)),
};

export const certificat: Campagne = {
  nom: 'certificat',
  panne:
    'Le certificat client du ministère, ou celui de son serveur, expire en pleine émission, puis est remplacé.',
  attendu:
    'Les dépôts continuent d’être acceptés, les actes attendent sans être ni refusés ni en échec, les PES passent, « diagnostiquer » le dit ; tout repart après le remplacement (et, pour notre certificat, le redémarrage que « diagnostiquer » demande).',
  exige: { noeuds: 1 },
  mener: (conditions): Promise<Bilan> => mener(panne, conditions),
};
