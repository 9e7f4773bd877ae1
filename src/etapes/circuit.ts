import type { Etat } from '../metier/etats.ts';
import type { NomProtocole } from '../metier/flux.ts';
import type { NomEtape } from './etape.ts';

/**
 * Which step looks at a flux in each state, per protocol: the whole path as a table.
 * A state without a step is one where only a person or the State makes the flux move.
 */
export const CIRCUIT: Readonly<Partial<Record<NomProtocole, Readonly<Partial<Record<Etat, NomEtape>>>>>> = {
  ACTES: {
    depose: 'controle',
    // Where nobody signs anything, it is the envelope at once.
    controle: 'signature',
    signe: 'enveloppe',
    pret: 'transmission',
    // Claimed from the store in this state: the worker that sent it is dead.
    en_ligne: 'reprise',
    transmis: 'attente',
    incertain: 'attente',
  },
  HELIOS: {
    depose: 'controle',
    controle: 'signature',
    a_signer: 'attente',
    signe: 'enveloppe',
    pret: 'transmission',
    en_ligne: 'reprise',
    transmis: 'attente',
    incertain: 'attente',
  },
};
