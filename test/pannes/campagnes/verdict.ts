import type { Confrontation } from '../../../src/banc/echanges/confrontation.ts';
import { type Etat, EVENEMENTS, type EvenementEtat, transition } from '../../../src/metier/etats.ts';
import type { Accuse } from './charge.ts';
import type { Coffre } from './coffre.ts';
import type { JournalLu } from './journal.ts';
import type { FluxMontre, RetourVu } from './lectures.ts';

/**
 * Four witnesses who do not know one another: what the depositors were answered, what the peers took, what the store says, what
 * the journal and the coffre hold. They are laid side by side; whatever one says and another does not is a finding.
 */
export interface Temoins {
  readonly accuses: readonly Accuse[];
  /** Keys said once more at the end, and the flux they gave. */
  readonly redits: readonly {
    readonly nom: string;
    readonly attendu: string;
    readonly rendu: string | null;
  }[];
  readonly pairs: readonly Prise[];
  /** Answers that the peers gave under a name, and whether they start a flux. */
  readonly reponses: readonly Reponse[];
  /** Of the exchanges with the préfecture, by its register. */
  readonly echanges: Confrontation;
  readonly store: readonly FluxMontre[];
  readonly retours: readonly RetourVu[];
  /** Breaks that the daemon itself finds in its chains. */
  readonly rupturesDites: readonly string[];
  readonly journal: JournalLu;
  readonly coffre: Coffre;
}

/** What a peer took. */
export interface Prise {
  readonly pair: string;
  readonly type: 'pris' | 'double';
  readonly nom: string;
  readonly sha256: string;
}

export interface Reponse {
  readonly source: string;
  readonly nom: string;
  /** A PES Retour, of which a flux is born. */
  readonly retour: boolean;
}

export interface Verdict {
  readonly perdus: readonly string[];
  readonly doubles: readonly string[];
  readonly ruptures: readonly string[];
  /** Whatever else is not as it must be. */
  readonly fautes: readonly string[];
}

/** What a campaign came to. */
export interface Bilan extends Verdict {
  readonly nom: string;
  readonly coups: number;
  /** Deposits acknowledged. */
  readonly flux: number;
  readonly repetitions: number;
  /** What else it counted. */
  readonly comptes: Readonly<Record<string, number>>;
}

/** Ends that leave nothing with the State. */
const RIEN_PARTI: readonly Etat[] = ['refuse'];
/** States from which nothing is due to the State any more, or in which the State holds what was sent. */
const TENU: readonly Etat[] = ['transmis', 'acquitte', 'acquitte_partiel', 'anomalie', 'annule', 'valide'];
const RANGES = ['attribue', 'classe'];

export function juger(t: Temoins): Verdict {
  const parId = new Map(t.store.map((vu) => [vu.flux.id, vu]));
  return {
    perdus: [
      ...perdusDuStore(t, parId),
      ...perdusDesPairs(t, parId),
      ...perdusDuCoffre(t),
      ...perdusReponses(t),
      ...t.echanges.perdus,
    ],
    doubles: [...doublesDesPairs(t), ...doublesDuStore(t), ...t.echanges.doubles],
    ruptures: [...t.journal.ruptures, ...t.rupturesDites],
    fautes: [
      ...fautesDuJournal(t),
      ...fautesDesNoms(t),
      ...t.coffre.brouillons.map((b) => `brouillon ${b} laissé au coffre`),
    ],
  };
}

type ParId = ReadonlyMap<string, FluxMontre>;

const archiveDe = ({ pieces }: FluxMontre): string => pieces.find((p) => p.role === 'archive')?.sha256 ?? '';

function perdusDuStore({ accuses, redits }: Temoins, parId: ParId): string[] {
  const deposes = accuses.flatMap(({ id, nom, fin, empreinte }) => {
    const vu = parId.get(id);
    if (vu === undefined) return [`${nom} : accusé, et inconnu du stockage (${id})`];
    if (!vu.pieces.some((p) => p.sha256 === empreinte))
      return [`${nom} : ses octets ne sont pas une pièce de ${id}`];
    return vu.flux.etat === fin ? [] : [`${nom} : ${vu.flux.etat}, et non ${fin}`];
  });
  const dits = redits.flatMap(({ nom, attendu, rendu }) =>
    rendu === attendu ? [] : [`${nom} : redit, donne ${rendu ?? 'rien'} et non ${attendu}`],
  );
  return [...deposes, ...dits];
}

/** What the store says to have been taken, and what was taken: the same names with the same bytes. */
function perdusDesPairs({ accuses, pairs, store }: Temoins, parId: ParId): string[] {
  const tenues = new Set(pairs.map((p) => p.sha256));
  const voulus = new Set(accuses.filter((a) => !RIEN_PARTI.includes(a.fin)).map((a) => a.id));
  const partis = store.filter((vu) => voulus.has(vu.flux.id) || TENU.includes(vu.flux.etat));
  const manquent = partis.filter((vu) => archiveDe(vu) !== '' && !tenues.has(archiveDe(vu)));
  const sansArchive = [...voulus].filter(
    (id) => parId.has(id) && archiveDe(parId.get(id) as FluxMontre) === '',
  );
  const connues = new Set(store.map(archiveDe));
  const inconnues = pairs.filter((p) => !connues.has(p.sha256));
  return [
    ...manquent.map(
      ({ flux }) => `${flux.nomEnvoi ?? flux.id} : ${flux.etat}, et aucun correspondant ne le tient`,
    ),
    ...sansArchive.map((id) => `${id} : rien n’a jamais été fait pour partir`),
    ...inconnues.map((p) => `${p.nom} : tenu par ${p.pair}, inconnu du stockage`),
  ];
}

function perdusDuCoffre({ store, retours, coffre }: Temoins): string[] {
  const dues = store.flatMap(({ flux, pieces }) => pieces.map((p) => ({ de: flux.id, sha256: p.sha256 })));
  const manquent = [...dues, ...retours.map((r) => ({ de: `retour ${r.id}`, sha256: r.sha256 }))].filter(
    ({ sha256 }) => !coffre.saines.has(sha256),
  );
  return [
    ...manquent.map(({ de, sha256 }) => `${de} : la pièce ${sha256} n’est pas au coffre`),
    ...coffre.alterees.map((nom) => `la pièce ${nom} du coffre a d’autres octets`),
  ];
}

/** Every answer of the State is filed, and has found its flux. */
function perdusReponses({ reponses, retours, store }: Temoins): string[] {
  const ranges = new Map(retours.map((r) => [`${r.source} ${r.nom}`, r]));
  const noms = new Map(reponses.map((r) => [`${r.source} ${r.nom}`, r]));
  const orphelines = [...noms.keys()].filter((nom) => !RANGES.includes(ranges.get(nom)?.etat ?? ''));
  const attendus = [...noms.values()].filter((r) => r.retour).length;
  const nes = store.filter(({ flux }) => flux.protocole === 'HELIOS' && flux.etat === 'recu').length;
  return [
    ...orphelines.map((nom) => `réponse ${nom} : ${ranges.get(nom)?.motif ?? 'jamais rangée'}`),
    ...(nes < attendus ? [`${attendus} PES Retour publiés, ${nes} reçus`] : []),
    ...(nes > attendus ? [`${nes} PES Retour reçus, ${attendus} publiés`] : []),
  ];
}

function repetes(noms: readonly string[]): string[] {
  const vus = new Set<string>();
  return noms.filter((nom) => vus.size === vus.add(nom).size);
}

function doublesDesPairs({ pairs }: Temoins): string[] {
  const prises = pairs.filter((p) => p.type === 'pris');
  return [
    ...pairs.filter((p) => p.type === 'double').map((p) => `${p.nom} venu deux fois chez ${p.pair}`),
    ...repetes(prises.map((p) => `${p.pair} ${p.nom}`)).map((nom) => `${nom} pris deux fois`),
    ...repetes(prises.map((p) => p.sha256)).map((sha256) => `octets ${sha256} pris deux fois`),
  ];
}

/** Deposits that nobody was told of, names that two flux bear. */
function doublesDuStore({ accuses, store }: Temoins): string[] {
  const connus = new Set(accuses.map((a) => a.id));
  const deposes = store.filter(({ flux: f }) =>
    f.protocole === 'ACTES' ? f.message.code === '1-1' : f.etat !== 'recu',
  );
  const noms = store.flatMap(({ flux }) => flux.nomEnvoi ?? []);
  return [
    ...deposes.filter(({ flux }) => !connus.has(flux.id)).map(({ flux }) => `${flux.id} : accusé à personne`),
    ...repetes(noms).map((nom) => `${nom} : porté par deux flux`),
  ];
}

const estMouvement = (ev: string): ev is EvenementEtat => (EVENEMENTS as readonly string[]).includes(ev);

/** State to which the journal leads. */
function etatDuJournal(histoire: readonly string[]): Etat | undefined {
  let etat: Etat | undefined = histoire[0] === 'RECEPTION' ? 'recu' : 'depose';
  for (const ev of histoire.map((e) => e.toLowerCase()).filter(estMouvement)) {
    if (etat !== undefined) etat = transition(etat, ev);
  }
  return etat;
}

/** The journal tells of every flux, from its birth to the state in which the store has it; and of none besides. */
function fautesDuJournal({ store, journal }: Temoins): string[] {
  return store.flatMap(({ flux: { id, etat } }) => {
    const histoire = (journal.histoires.get(id) ?? []).map((fait) => fait.ev);
    const naissances = histoire.filter((ev) => ev === 'DEPOT' || ev === 'RECEPTION').length;
    if (naissances !== 1) return [`${id} : né ${naissances} fois au journal`];
    const mene = etatDuJournal(histoire);
    return mene === etat
      ? []
      : [`${id} : ${etat}, et son journal mène à ${mene ?? 'rien'} : ${histoire.join(' ')}`];
  });
}

/** Outgoing names are numbered from 1, by collectivité and day, without a hole. */
function fautesDesNoms({ store }: Temoins): string[] {
  const noms = store.flatMap(({ flux }) => flux.nomEnvoi ?? []);
  const series = Map.groupBy(noms, (nom) => nom.replace(/[0-9]+(?:\.tar\.gz|\.xml)$/, ''));
  return [...series].flatMap(([serie, siens]) => {
    const numeros = new Set(siens.map((nom) => Number.parseInt(nom.slice(serie.length), 10)));
    return siens.every((_, n) => numeros.has(n + 1))
      ? []
      : [`${serie} : numéros ${[...numeros].toSorted((a, b) => a - b).join(' ')}`];
  });
}

/** Is all as it must be? */
export function sain({ perdus, doubles, ruptures, fautes }: Verdict): boolean {
  return [perdus, doubles, ruptures, fautes].every((liste) => liste.length === 0);
}
