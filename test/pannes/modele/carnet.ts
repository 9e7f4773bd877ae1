import { createHash } from 'node:crypto';
import type { FluxId, Sha256, Siren } from '../../../src/metier/identifiants.ts';
import { AUTRE_SIREN, SIREN } from '../../parcours/atelier.ts';
import type { NomNoeud } from './flotte.ts';

/** What the depositors have to send. */
export interface Sujet {
  /** Number of the acte, NomFic of the PES. */
  readonly nom: string;
  readonly protocole: 'ACTES' | 'HELIOS';
  readonly siren: Siren;
}

export const SUJETS: readonly Sujet[] = [
  { nom: 'A1', protocole: 'ACTES', siren: SIREN },
  { nom: 'A2', protocole: 'ACTES', siren: SIREN },
  { nom: 'P1', protocole: 'HELIOS', siren: SIREN },
  // Signed by us once an agent agrees.
  { nom: 'P2', protocole: 'HELIOS', siren: AUTRE_SIREN },
];

export interface Depot {
  readonly sujet: number;
  readonly cle: string;
  /** Another content under the same name. */
  readonly autre: boolean;
  /** The flux of its answer; `null`: refused; undefined: not answered yet. */
  reponse: FluxId | null | undefined;
}

/** What was said of a subject when a message was handed over. */
export interface Temoin {
  readonly flux: FluxId;
  /** The State had it, and no one else bore its name. */
  readonly pris: boolean;
}

export type Sens = 'oui' | 'non' | 'autre';

/** A message of the State, given to us. */
export interface Remis {
  readonly sujet: number;
  readonly sens: Sens;
  readonly octets: Buffer;
  readonly sha256: Sha256;
  /** Its name at the gateway; null for a mail. */
  readonly nom: string | null;
  readonly temoin: Temoin | null;
  /** The source was told that it may forget it. */
  acquitte: boolean;
}

export interface Ordre {
  readonly flux: FluxId;
  readonly genre: string;
  /** Undefined: nobody knows whether it was heard. */
  fait: boolean | undefined;
}

/** What may make a fate unknown, or a notification come twice. */
export type Cause = 'mort' | 'retard' | 'porte' | 'passerelle' | 'receveur' | 'ordre';

/**
 * What the world knows, and nothing of what the engine thinks: what was deposited and answered, what the State said, what a
 * person ordered, what went wrong. The rules are held against it.
 */
export class Carnet {
  readonly depots: Depot[] = [];
  readonly remis: Remis[] = [];
  readonly ordres: Ordre[] = [];
  readonly causes = new Set<Cause>();
  readonly suspendues = new Set<string>();
  readonly vivants: [boolean, boolean] = [true, false];
  readonly arretes: [boolean, boolean] = [false, false];
  /** Effects that wait at the turnstile. */
  retenus = 0;
  /** The receiver has said that it wants nothing any more. */
  point410 = false;

  depose(sujet: number): boolean {
    return this.depots.some((d) => d.sujet === sujet);
  }

  /** Is there an engine to ask? One that stands still answers later. */
  get servi(): boolean {
    return this.vivants.some(Boolean);
  }

  unArret(noeud: NomNoeud): boolean {
    return this.vivants[noeud] && this.arretes[noeud];
  }

  /** Orders after which the same archive may leave once more; those of which nobody knows count. */
  renvois(flux: FluxId): number {
    const renvois = ['renvoyer', 'non_recu'];
    return this.ordres.filter((o) => o.flux === flux && renvois.includes(o.genre) && o.fait !== false).length;
  }

  ordreSur(flux: FluxId): boolean {
    return this.ordres.some((o) => o.flux === flux && o.fait !== false);
  }
}

export function empreinte(octets: Uint8Array): Sha256 {
  return createHash('sha256').update(octets).digest('hex') as Sha256;
}
