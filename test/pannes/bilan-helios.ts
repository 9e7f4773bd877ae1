import type { Etat } from '../../src/metier/etats.ts';
import { type Chantier, type FluxVu, type RetourVu, tout } from './campagne-helios.ts';
import type { NomBout } from './lignes-coupees.ts';

/** What a campaign came to, counted on both sides of the line. */
export interface BilanHelios {
  readonly graine: number;
  readonly coups: number;
  readonly coupures: number;
  readonly flux: number;
  readonly etats: Partial<Record<Etat, number>>;
  /** Acknowledged deposits that did not reach their end, or whose bytes the DGFiP does not hold. */
  readonly perdus: readonly string[];
  /** What the DGFiP took twice, and outgoing names that two flux bear. */
  readonly doubles: readonly string[];
  /** Series of outgoing names with a hole. */
  readonly trous: readonly string[];
  /** Breaks of the journal chains. */
  readonly ruptures: number;
  /** Answers of the DGFiP that were never fetched, or found nobody. */
  readonly orphelins: readonly string[];
  readonly reponses: number;
  /** PES Retour published, and flux that they started. */
  readonly retours: readonly [publies: number, recus: number];
  /** Fates that were unknown, and those that are still. */
  readonly incertains: number;
  readonly restants: number;
  /** What settled them: the gateway that shows the file later, an answer, a person whom the DGFiP answered. */
  readonly constates: number;
  readonly acquittes: number;
  readonly tranches: number;
  /** Those that nobody heard of: the gateway showed the file at once, after a death or a cut. */
  readonly vus: number;
  /** Answers that were read and lost, and that the DGFiP published again when asked. */
  readonly redemandes: Readonly<Record<NomBout, number>>;
  readonly repetitions: number;
  readonly redepots: number;
}

interface Montre {
  readonly flux: FluxVu;
  readonly pieces: readonly { readonly role: string; readonly sha256: string }[];
  readonly chronologie: readonly { readonly ev: string; readonly motif: string }[];
}

export async function compter(c: Chantier): Promise<BilanHelios> {
  const vus: Montre[] = [];
  for (const id of c.accuses.keys()) {
    const { corps } = await c.labo.client.lire(`/flux/${id}`);
    vus.push(corps as unknown as Montre);
  }
  const etats: Partial<Record<Etat, number>> = {};
  for (const { flux } of vus) etats[flux.etat] = (etats[flux.etat] ?? 0) + 1;
  const { graine, coups } = c.options;
  const { coupures, redemandes, repetitions, redepots } = c;
  return {
    graine,
    coups,
    coupures,
    flux: vus.length,
    etats,
    perdus: perdusDe(c, vus),
    doubles: doublesDe(c, vus),
    trous: trousDe(vus),
    ruptures: await rupturesDe(c),
    ...(await reponsesDe(c)),
    ...sortsDe(vus),
    redemandes,
    repetitions,
    redepots,
  };
}

/** SHA-256 of what each gateway took; the same twice when it took it twice. */
function prises({ bouts }: Chantier): string[] {
  return bouts.flatMap((b) =>
    b.dgfip.registre.evenements().flatMap((e) => (e.type === 'pris' ? [e.sha256] : [])),
  );
}

function perdusDe(c: Chantier, vus: readonly Montre[]): string[] {
  const tenues = new Set(prises(c));
  return vus.flatMap(({ flux, pieces }) => {
    const prevu = c.accuses.get(flux.id);
    const moi = `${prevu?.nomFic ?? flux.id} ${flux.etat}`;
    if (prevu?.fin !== flux.etat) return [`${moi}, not ${prevu?.fin ?? 'known'}`];
    if (flux.etat === 'refuse') return [];
    const envoyee = pieces.find((p) => p.role === 'archive')?.sha256 ?? '';
    return tenues.has(envoyee) ? [] : [`${moi}: the DGFiP holds nothing of it`];
  });
}

function repetes(noms: readonly string[]): string[] {
  const vus = new Set<string>();
  return noms.filter((nom) => vus.size === vus.add(nom).size);
}

function doublesDe(c: Chantier, vus: readonly Montre[]): string[] {
  const doubles = c.bouts.flatMap((b) =>
    b.dgfip.registre.evenements().flatMap((e) => (e.type === 'double' ? [`${e.nomFic} came twice`] : [])),
  );
  const noms = vus.flatMap(({ flux }) => flux.nomEnvoi ?? []);
  return [...doubles, ...repetes(prises(c)), ...repetes(noms)];
}

/** Outgoing names are numbered from 1, by collectivité and day. */
function trousDe(vus: readonly Montre[]): string[] {
  const noms = vus.flatMap(({ flux }) => flux.nomEnvoi ?? []);
  const series = Map.groupBy(noms, (nom) => nom.replace(/[0-9]+\.xml$/, ''));
  return [...series].flatMap(([serie, siens]) => {
    const numeros = new Set(siens.map((nom) => Number(nom.slice(serie.length, -'.xml'.length))));
    return siens.every((_, n) => numeros.has(n + 1)) ? [] : [`${serie}: ${[...numeros].join(' ')}`];
  });
}

async function rupturesDe({ labo }: Chantier): Promise<number> {
  const { corps } = await labo.client.lire('/journal/verification');
  const chaines = corps['chaines'] as unknown as { ruptures: unknown[] }[];
  return chaines.reduce((somme, chaine) => somme + chaine.ruptures.length, 0);
}

async function reponsesDe(c: Chantier): Promise<Pick<BilanHelios, 'orphelins' | 'reponses' | 'retours'>> {
  const ranges = await tout<RetourVu & { id: string }>(c, 'retours');
  const parNom = new Map(ranges.map((r) => [`${r.source} ${r.nom}`, r]));
  const publies = c.bouts.flatMap(({ nom, dgfip }) =>
    dgfip.registre
      .evenements()
      .flatMap((e) => (e.type === 'publie' ? [{ ...e, source: `dgfip:${nom}` }] : [])),
  );
  const noms = new Map(publies.map((e) => [`${e.source} ${e.nom}`, e]));
  const orphelins = [...noms.keys()].filter((nom) => {
    const range = parNom.get(nom);
    return range === undefined || !['attribue', 'classe'].includes(range.etat);
  });
  const recus = await tout<FluxVu>(c, 'flux', '&etat=recu');
  const retours = [...noms.values()].filter((e) => e.detail.startsWith('PES Retour'));
  return {
    orphelins: orphelins.map((nom) => `${nom} ${parNom.get(nom)?.motif ?? 'never filed'}`),
    reponses: noms.size,
    retours: [retours.length, recus.length],
  };
}

type Sorts = Pick<BilanHelios, 'incertains' | 'restants' | 'constates' | 'acquittes' | 'tranches' | 'vus'>;

const VU = /, vu (?:après l’arrêt|à la passerelle)/;

/** How each unknown fate ended: the event that follows it in the time-line of its flux. */
function sortsDe(vus: readonly Montre[]): Sorts {
  const moments = vus.map(({ chronologie }) => chronologie.filter((l) => !l.motif.includes('sans effet')));
  const suites = moments.flatMap((m) =>
    m.flatMap((l, n) => (l.ev === 'REMISE_INCERTAINE' ? [m[n + 1]?.ev ?? ''] : [])),
  );
  const nombre = (...evs: readonly string[]) => suites.filter((ev) => evs.includes(ev)).length;
  return {
    incertains: suites.length,
    restants: nombre(''),
    constates: nombre('REMISE_CONSTATEE'),
    acquittes: nombre('ACCUSE_RECU', 'ACCUSE_PARTIEL_RECU', 'ANOMALIE_RECUE'),
    tranches: nombre('TRANCHE_NON_RECU'),
    vus: moments.flat().filter((l) => l.ev === 'REMISE_CONFIRMEE' && VU.test(l.motif)).length,
  };
}
