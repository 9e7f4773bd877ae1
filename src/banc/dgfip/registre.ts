import { createWriteStream, existsSync, readFileSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { NomScenario } from './scenarios.ts';

export type TypeEvenement =
  | 'pris' // what the State holds
  | 'double' // bytes or a name that it already held came again
  | 'non_pris' // spoiled by a scenario, nothing kept
  | 'refuse' // name, metadata or size refused, nothing kept
  | 'publie' // an answer waits for its reader
  | 'lu'; // it was read to its end, and is forgotten

/** One thing that happened at the DGFiP's. */
export interface EvenementDgfip {
  readonly type: TypeEvenement;
  /** Epoch milliseconds. */
  readonly quand: number;
  /** Name at the gateway. */
  readonly nom: string;
  /** Of what was received or published; empty otherwise. */
  readonly sha256: string;
  /** Bytes. */
  readonly taille: number;
  /** NomFic of the PES, or of the PES that an answer is about; empty when there is none. */
  readonly nomFic: string;
  readonly scenario: NomScenario;
  /** French. */
  readonly detail: string;
}

/** What the examiner asks: did all arrive, once, and were all the answers fetched? */
export interface Bilan {
  /** Expected digests that never came. */
  readonly perdus: readonly string[];
  /** Digests that came more than once. */
  readonly doubles: readonly string[];
  /** Digests that came and nobody expected. */
  readonly inattendus: readonly string[];
  /** Names of answers that nobody has fetched. */
  readonly nonLus: readonly string[];
}

export interface RegistreDgfip {
  evenements(): readonly EvenementDgfip[];
  compter(type: TypeEvenement): number;
  /** @param attendus SHA-256 of what was to be deposited. */
  confronter(attendus: readonly string[]): Bilan;
}

export interface RegistreOuvert extends RegistreDgfip {
  noter(evenement: EvenementDgfip): void;
  /** Were these bytes, or this name, taken already, now or before a restart? */
  detient(nom: string, sha256: string): boolean;
  fermer(): Promise<void>;
}

/** @param fichier one JSON object a line; read again at start, so that a restart forgets nothing. */
export function ouvrirRegistre(fichier: string | undefined): RegistreOuvert {
  const evenements: EvenementDgfip[] = fichier === undefined ? [] : relire(fichier);
  let sortie: WriteStream | undefined;
  if (fichier !== undefined) {
    sortie = createWriteStream(fichier, { flags: 'a' });
    // Whatever a brutal stop left unfinished must not swallow the next line.
    sortie.write('\n');
  }
  const detenus = () => evenements.filter((e) => e.type === 'pris');
  return {
    evenements: () => evenements,
    compter: (type) => evenements.filter((e) => e.type === type).length,
    confronter: (attendus) => confronter(evenements, attendus),
    noter(evenement) {
      evenements.push(evenement);
      sortie?.write(`${JSON.stringify(evenement)}\n`);
    },
    detient: (nom, sha256) => detenus().some((e) => e.nom === nom || e.sha256 === sha256),
    async fermer() {
      if (sortie === undefined) return;
      sortie.end();
      await finished(sortie);
    },
  };
}

function confronter(evenements: readonly EvenementDgfip[], attendus: readonly string[]): Bilan {
  const recus = evenements.filter((e) => e.type === 'pris' || e.type === 'double').map((e) => e.sha256);
  const uniques = [...new Set(recus)];
  const lus = new Set(evenements.filter((e) => e.type === 'lu').map((e) => e.nom));
  return {
    perdus: attendus.filter((a) => !recus.includes(a)),
    doubles: uniques.filter((u) => recus.filter((r) => r === u).length > 1),
    inattendus: uniques.filter((u) => !attendus.includes(u)),
    nonLus: evenements.filter((e) => e.type === 'publie' && !lus.has(e.nom)).map((e) => e.nom),
  };
}

/** A line cut by a brutal stop is left aside. */
function relire(fichier: string): EvenementDgfip[] {
  if (!existsSync(fichier)) return [];
  return readFileSync(fichier, 'utf8').split('\n').flatMap(lireLigne);
}

function lireLigne(ligne: string): EvenementDgfip[] {
  try {
    return [JSON.parse(ligne) as EvenementDgfip];
  } catch {
    return [];
  }
}
