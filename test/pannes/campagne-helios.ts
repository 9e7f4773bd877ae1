import { join } from 'node:path';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerLaboratoire, type Laboratoire, type ProcessusDemon } from '../../src/banc/laboratoire.ts';
import { tirage } from '../../src/banc/scenarios.ts';
import type { Etat } from '../../src/metier/etats.ts';
import { type Bout, type NomBout, ouvrirBouts } from './lignes-coupees.ts';
import { type Mairie, ouvrirMairie } from './mairie.ts';

/**
 * A campaign of kill -9 and of cut lines, at random instants, on a daemon that carries PES to the simulated DGFiP over SFTP
 * and over FTP. A person stands by: asks the DGFiP about fates that nobody knows, and for answers that were lost.
 */
export interface OptionsCampagneHelios {
  readonly dossier: string;
  readonly pes: number;
  readonly coups: number;
  readonly graine: number;
  /** Deposits under way at once. */
  readonly deposants: number;
  /** Bounds of the life of a daemon between its first answer and its death, milliseconds. */
  readonly vie: readonly [number, number];
}

/** How a collectivité works, and by which gateway its files leave. */
const COLLECTIVITES: readonly { siren: string; bout: NomBout; signe: 'mairie' | 'ici' }[] = [
  { siren: '213400016', bout: 'sftp', signe: 'mairie' },
  { siren: '213400024', bout: 'ftp', signe: 'ici' },
  { siren: '213400032', bout: 'sftp', signe: 'ici' },
  { siren: '213400040', bout: 'ftp', signe: 'mairie' },
];

/** Ends of NomFic, and what each comes to; one PES in some is not a quiet one. */
const MELANGE: readonly (readonly [fin: string, etat: Etat])[] = [
  ['', 'acquitte'],
  ['_TARD', 'acquitte'],
  ['_KOPIECE', 'acquitte_partiel'],
  ['_DOUBLE', 'acquitte'],
  ['', 'acquitte'],
  ['_KO', 'anomalie'],
  ['_COUPE', 'acquitte'],
  ['_KOPJ', 'acquitte_partiel'],
  ['', 'acquitte'],
  ['_COUPEA', 'acquitte'],
  ['_V1', 'acquitte'],
  ['_RETOUR', 'acquitte'],
  ['_PLEIN', 'acquitte'],
  ['_KOLIGNE', 'acquitte_partiel'],
  ['', 'acquitte'],
  ['_SANSNOM', 'acquitte'],
  ['_UTF8', 'acquitte'],
];
const clock = creerClockSysteme();
const ATTENTE_MAX = 180_000;
const COUPURE_MS = [100, 400] as const;
/** One file in so many is heavy, altered once signed, deposited again under another key. */
const UN_SUR = { lourd: 9, altere: 23, redepose: 19 };

interface Prevu {
  readonly rang: number;
  readonly nomFic: string;
  readonly collectivite: (typeof COLLECTIVITES)[number];
  readonly fin: Etat;
  readonly octets: Buffer;
}

export interface Chantier {
  readonly labo: Laboratoire;
  readonly bouts: readonly Bout[];
  readonly mairie: Mairie;
  readonly options: OptionsCampagneHelios;
  /** Deposits acknowledged, by flux. */
  readonly accuses: Map<string, Omit<Prevu, 'octets'>>;
  demon: ProcessusDemon;
  coupures: number;
  /** Deposits repeated because their answer was lost. */
  repetitions: number;
  /** Second deposits of the same file, all refused. */
  redepots: number;
  /** Answers that the DGFiP was asked for again, by gateway. */
  readonly redemandes: Record<NomBout, number>;
}

export async function ouvrirChantier(options: OptionsCampagneHelios): Promise<Chantier> {
  const { dossier, graine } = options;
  const bouts = await ouvrirBouts({ dossier, clock, graine });
  const mairie = await ouvrirMairie(join(dossier, 'mairie'), clock.now());
  const { confiance, cles } = mairie.reglages;
  const labo = await creerLaboratoire({
    dossier,
    clock,
    graine,
    reglages: {
      moteur: { reprise_min_s: 0.1, reprise_max_s: 1 },
      helios: { passerelles: bouts.map((b) => b.reglage), cles },
      confiance,
    },
  });
  const demon = await labo.demarrerDemon();
  const compteurs = { coupures: 0, repetitions: 0, redepots: 0, redemandes: { sftp: 0, ftp: 0 } };
  const chantier: Chantier = { labo, bouts, mairie, options, accuses: new Map(), demon, ...compteurs };
  await inscrire(chantier);
  return chantier;
}

export async function fermerChantier(c: Chantier): Promise<void> {
  await c.demon.arreter();
  await c.labo.fermer();
  await Promise.all(c.bouts.map((b) => b.fermer()));
}

const siretDe = (siren: string): string => `${siren}00012`;

async function inscrire({ labo }: Chantier): Promise<void> {
  for (const { siren, bout, signe } of COLLECTIVITES) {
    const helios = {
      sirets: [siretDe(siren)],
      destination: 'VHPCE11',
      passerelle: bout,
      signature: signe === 'ici' ? 'signer' : 'transmettre',
      cle: 'mairie',
      qualite: 'Maire',
    };
    const fiche = { nom: siren, helios, ver: 0 };
    const r = await labo.client.envoyer('PUT', `/collectivites/${siren}`, fiche);
    if (r.statut !== 201) throw new TypeError(JSON.stringify(r.corps));
  }
}

/** Deposits, deaths and cuts together, until all are deposited and all deaths are dead. */
export async function semer(c: Chantier): Promise<void> {
  const fin = new AbortController();
  const coupeur = coupeLignes(c, fin.signal);
  try {
    await Promise.all([deposerTout(c), frapper(c)]);
  } finally {
    fin.abort();
    await coupeur;
  }
}

async function deposerTout(c: Chantier): Promise<void> {
  let rang = 0;
  const deposant = async (): Promise<void> => {
    while (rang < c.options.pes) {
      const mien = rang;
      rang += 1;
      await deposer(c, await prevoir(c, mien));
    }
  };
  await Promise.all(Array.from({ length: c.options.deposants }, deposant));
}

async function prevoir({ mairie }: Chantier, rang: number): Promise<Prevu> {
  const collectivite = COLLECTIVITES[rang % COLLECTIVITES.length] ?? expectNever();
  const [suffixe, voulu] = MELANGE[Math.floor(rang / COLLECTIVITES.length) % MELANGE.length] ?? expectNever();
  const nomFic = `P${rang}${suffixe}`;
  const altere = collectivite.signe === 'mairie' && rang % UN_SUR.altere === 0;
  const octets = await mairie.ecrire({
    nomFic,
    siret: siretDe(collectivite.siren),
    bordereau: 1 + rang * 2,
    poids: rang % UN_SUR.lourd === 0 ? 150_000 : 200,
    signature: collectivite.signe === 'ici' ? 'aucune' : altere ? 'alteree' : 'bonne',
  });
  return { rang, nomFic, collectivite, octets, fin: altere ? 'refuse' : voulu };
}

function expectNever(): never {
  throw new TypeError('the tables are not empty');
}

async function deposer(c: Chantier, prevu: Prevu): Promise<void> {
  const { octets, ...suite } = prevu;
  const reponse = await insister(c, prevu, prevu.nomFic);
  if (reponse.statut >= 300) throw new TypeError(`${prevu.nomFic}: ${JSON.stringify(reponse.corps)}`);
  const { id } = reponse.corps['flux'] as { id: string };
  c.accuses.set(id, suite);
  if (prevu.rang % UN_SUR.redepose !== 0 || !['acquitte', 'acquitte_partiel'].includes(prevu.fin)) return;
  const encore = await insister(c, { ...prevu, octets }, `${prevu.nomFic}-encore`);
  if (encore.statut !== 422) throw new TypeError(`${prevu.nomFic} again: ${encore.statut}`);
  c.redepots += 1;
}

/** As a depositing software must do: the same key until an answer comes. */
async function insister(c: Chantier, { nomFic, collectivite, octets }: Prevu, cle: string) {
  const fichiers = [{ role: 'pes', nom: `${nomFic}.xml`, octets }] as const;
  const depot = { siren: collectivite.siren, protocole: 'HELIOS', metadonnees: {}, fichiers, cle } as const;
  for (let essai = 0; essai < 900; essai += 1) {
    const reponse = await c.labo.client.deposer(depot).catch(() => null);
    if (reponse !== null && reponse.statut < 500) return reponse;
    c.repetitions += 1;
    await clock.sleep(100);
  }
  throw new TypeError(`deposit of ${nomFic} never answered`);
}

async function frapper(c: Chantier): Promise<void> {
  const [court, long] = c.options.vie;
  for (let coup = 0; coup < c.options.coups; coup += 1) {
    await clock.sleep(court + (long - court) * tirage(c.options.graine, `coup ${coup}`));
    await c.demon.tuer();
    c.demon = await c.labo.demarrerDemon();
  }
}

/** Each line in its turn: cut for a moment, then sound for as long. */
async function coupeLignes(c: Chantier, fin: AbortSignal): Promise<void> {
  const [court, long] = COUPURE_MS;
  const hasard = (quoi: string) => tirage(c.options.graine, `${quoi} ${c.coupures}`);
  while (!fin.aborted) {
    const bout = c.bouts[c.coupures % c.bouts.length] ?? expectNever();
    bout.couper(hasard('coupure'));
    c.coupures += 1;
    await clock.sleep(court + (long - court) * hasard('rompue'), fin);
    bout.retablir();
    await clock.sleep(court + (long - court) * hasard('saine'), fin);
  }
  for (const bout of c.bouts) bout.retablir();
}

export interface FluxVu {
  readonly id: string;
  readonly collectivite: string;
  readonly etat: Etat;
  readonly identite: string;
  readonly nomEnvoi: string | null;
  readonly resume: Readonly<Record<string, unknown>>;
}

export interface RetourVu {
  readonly nom: string;
  readonly etat: string;
  readonly source: string;
  readonly motif: string | null;
}

const PAGE = 1_000;

/** Everything that a list of the API holds, page after page. */
export async function tout<T extends { readonly id: string }>(
  { labo }: Chantier,
  liste: 'flux' | 'retours',
  filtre = '',
): Promise<T[]> {
  const lus: T[] = [];
  for (let suite = ''; ; ) {
    const { corps } = await labo.client.lire(`/${liste}?limite=${PAGE}${filtre}${suite}`);
    const page = corps[liste] as unknown as T[];
    lus.push(...page);
    if (page.length < PAGE) return lus;
    suite = `&avant=${page.at(-1)?.id ?? ''}`;
  }
}

const FINIS: readonly Etat[] = ['acquitte', 'acquitte_partiel', 'anomalie', 'refuse'];

function boutDe({ bouts }: Chantier, siren: string): Bout {
  const nom = COLLECTIVITES.find((t) => t.siren === siren)?.bout;
  return bouts.find((b) => b.nom === nom) ?? expectNever();
}

/** Does the register of the DGFiP hold what left under the name of this flux? */
function detenu(c: Chantier, flux: FluxVu): boolean {
  const { nomEnvoi, resume, collectivite } = flux;
  const fin = `%%${String(resume['sha1'])}`;
  const evenements = boutDe(c, collectivite).dgfip.registre.evenements();
  return evenements.some((e) => e.type === 'pris' && (e.nom === nomEnvoi || e.nom.endsWith(fin)));
}

/**
 * Answers settle most fates. For the others a person asks the DGFiP, whose register answers, once nothing is on the line
 * any more; an answer that was read and never filed is asked for again.
 */
export async function denouer(c: Chantier): Promise<void> {
  const limite = clock.now() + ATTENTE_MAX;
  let avant: Doutes = { incertains: new Set(), perdus: new Set() };
  while (clock.now() < limite) {
    for (const { dgfip } of c.bouts) await dgfip.attendreVide();
    const doutes = await chercherDoutes(c);
    for (const flux of doutes.flux) if (avant.incertains.has(flux.id)) await nier(c, flux);
    for (const { bout, nom } of doutes.reponses) {
      if (!avant.perdus.has(cleDe({ bout, nom }))) continue;
      await bout.dgfip.republier(nom);
      c.redemandes[bout.nom] += 1;
    }
    avant = doutes;
    const { corps } = await c.labo.client.lire('/etats');
    const etats = corps['etats'] as Partial<Record<Etat, number>>;
    const finis = FINIS.reduce((somme, etat) => somme + (etats[etat] ?? 0), 0);
    if (finis >= c.accuses.size && doutes.reponses.length === 0) return;
    await clock.sleep(700);
  }
}

interface Doutes {
  readonly incertains: ReadonlySet<string>;
  readonly perdus: ReadonlySet<string>;
}

interface Reponse {
  readonly bout: Bout;
  readonly nom: string;
}

const cleDe = ({ bout, nom }: Reponse): string => `dgfip:${bout.nom} ${nom}`;

interface DoutesVus extends Doutes {
  readonly flux: readonly FluxVu[];
  readonly reponses: readonly Reponse[];
}

/** Fates unknown that the DGFiP denies, and answers that it gave and that we do not have. */
async function chercherDoutes(c: Chantier): Promise<DoutesVus> {
  const incertains = (await tout<FluxVu>(c, 'flux', '&etat=incertain')).filter((f) => !detenu(c, f));
  const retours = await tout<RetourVu & { id: string }>(c, 'retours');
  // Both gateways number their answers from 1.
  const ranges = new Set(retours.map((r) => `${r.source} ${r.nom}`));
  const reponses = c.bouts.flatMap((bout) => {
    const evenements = bout.dgfip.registre.evenements();
    const compter = (type: string, nom: string) =>
      evenements.filter((e) => e.type === type && e.nom === nom).length;
    const lus = new Set(evenements.filter((e) => e.type === 'lu').map((e) => e.nom));
    return [...lus]
      .filter((nom) => !ranges.has(cleDe({ bout, nom })) && compter('lu', nom) === compter('publie', nom))
      .map((nom) => ({ bout, nom }));
  });
  return {
    flux: incertains,
    reponses,
    incertains: new Set(incertains.map((f) => f.id)),
    perdus: new Set(reponses.map(cleDe)),
  };
}

async function nier(c: Chantier, { id }: FluxVu): Promise<void> {
  const reponse = { decision: 'non_recu', motif: 'la DGFiP n’a rien' };
  await c.labo.client.envoyer('POST', `/flux/${id}/trancher`, reponse);
}
