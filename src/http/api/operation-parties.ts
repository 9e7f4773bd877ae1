import type { Operation } from './operation.ts';
import { listeDe, objet, renvoi } from './schemas.ts';

/** What several operations of the table say in the same words. */

type Schema = Readonly<Record<string, unknown>>;

export const binaire: Schema = { type: 'string', contentMediaType: 'application/octet-stream' };
export const unFlux = objet({ flux: renvoi('Flux') });

export const CLE_IDEMPOTENCE: NonNullable<Operation['entetes']>[number] = {
  nom: 'Idempotency-Key',
  description: 'Clé propre au dépôt : le répéter avec elle est sans effet.',
};

export const REPONSE_DEPOT = objet({
  aBlanc: { type: 'boolean' },
  verdict: { enum: ['favorable', 'defavorable'] },
  rejeu: { type: 'boolean' },
  flux: renvoi('Flux'),
  anomalies: listeDe(renvoi('Anomalie')),
});
