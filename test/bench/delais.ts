/**
 * What a depositor and an operator wait for: the time from the answer to a deposit until the State has the acte, at half of what this
 * machine carries; and the time from the start of a killed daemon to the first step that goes on. The simulated State and the
 * depositors share the cores.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import type { Dire } from './lancer.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';
import { creerMonde, type Monde } from './monde.ts';
import { delaiPremierPas } from './premier-pas.ts';

const clock = creerClockSysteme();
const CHAUFFE = 300;
/** Rounds at full speed, whose median is the whole load. */
const TOURS = 3;
const ACTES = 600;
const DEMI_CHARGE_S = 20;
const MORTS = 7;
/** Deposits at once before each death. */
const RAFALE = 40;

/** One deposit each so many milliseconds, whether or not those before it are done. @returns instants of the answers, by flux. */
async function deposerAuRythme(monde: Monde, parSeconde: number): Promise<Map<string, number>> {
  const reponses = new Map<string, number>();
  const enCours: Promise<void>[] = [];
  const depart = clock.now();
  const nombre = Math.round(parSeconde * DEMI_CHARGE_S);
  for (let rang = 0; rang < nombre; rang += 1) {
    const retard = depart + (rang * 1000) / parSeconde - clock.now();
    if (retard > 0) await clock.sleep(retard);
    enCours.push(monde.deposer().then((id) => void reponses.set(id, clock.now())));
  }
  await Promise.all(enCours);
  await monde.vider();
  return reponses;
}

/** Flux, by the name under which they left. */
async function nomsEnvoi({ labo }: Monde, voulus: ReadonlySet<string>): Promise<Map<string, string>> {
  const noms = new Map<string, string>();
  for (const id of voulus) {
    const { corps } = await labo.client.lire(`/flux/${id}`);
    noms.set(String((corps['flux'] as { nomEnvoi: string }).nomEnvoi), id);
  }
  return noms;
}

async function mesurerEnvois(monde: Monde, dire: Dire): Promise<number> {
  await monde.tour(CHAUFFE);
  const tours: number[] = [];
  for (let n = 0; n < TOURS; n += 1) tours.push((await monde.tour(ACTES)).circuits);
  const pleine = mediane(tours);
  const reponses = await deposerAuRythme(monde, pleine / 2);
  const noms = await nomsEnvoi(monde, new Set(reponses.keys()));
  const delais = monde.labo.ministere.registre.evenements().flatMap((e) => {
    const repondu = reponses.get(noms.get(e.nom) ?? '');
    return e.type === 'accepte' && repondu !== undefined ? [Math.max(0, e.quand - repondu)] : [];
  });
  if (delais.length !== reponses.size) throw new TypeError(`${delais.length} of ${reponses.size} were sent`);
  const rangs = delais.toSorted((a, b) => a - b);
  const p99 = rangs[Math.ceil(rangs.length * 0.99) - 1] ?? Number.NaN;
  dire(
    `À demi-charge (${Math.round(pleine / 2)} dépôts par seconde, ${rangs.length} actes) : de la réponse au dépôt à la prise par l’État, ` +
      `${Math.round(mediane(rangs))} ms de médiane, ${Math.round(p99)} ms au 99e centile.`,
  );
  return p99;
}

/** By the last lines of the journal. */
function premierPas(donnees: string, depart: number): number {
  const base = new DatabaseSync(join(donnees, 'vaguemestre.sqlite'), { readOnly: true });
  try {
    const lignes = base.prepare('SELECT ligne FROM journal ORDER BY rowid DESC LIMIT 5000').all();
    const faits = lignes.map(
      ({ ligne }) => JSON.parse(String(ligne)) as { ev: string; t: string; tx: string },
    );
    return delaiPremierPas(
      faits.filter(({ tx }) => tx !== ''),
      depart,
    );
  } finally {
    base.close();
  }
}

async function mesurerReprise(monde: Monde, dire: Dire): Promise<number> {
  const reprises: number[] = [];
  for (let n = 0; n < MORTS; n += 1) {
    await Promise.all(Array.from({ length: RAFALE }, () => monde.deposer()));
    await monde.demon().tuer();
    const depart = clock.now();
    await monde.relancer();
    await monde.vider();
    reprises.push(premierPas(join(monde.labo.dossier, 'donnees'), depart));
  }
  const reprise = mediane(reprises);
  dire(
    `Démon tué en pleine rafale, puis relancé : premier pas repris en ${Math.round(reprise)} ms (pire de ${MORTS} : ${Math.round(Math.max(...reprises))} ms).`,
  );
  return reprise;
}

export async function mesurerDelais(dire: Dire): Promise<Figures> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-bench-delais-'));
  const monde = await creerMonde(join(dossier, 'monde'));
  try {
    const p99 = await mesurerEnvois(monde, dire);
    const reprise = await mesurerReprise(monde, dire);
    return { p99_depot_a_envoi_ms: arrondi(p99, 0), reprise_ms: arrondi(reprise, 0) };
  } finally {
    await monde.fermer();
    await rm(dossier, { recursive: true, force: true });
  }
}
