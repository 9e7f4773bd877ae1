import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FaitsPes } from '../../../src/protocoles/helios/lecture/faits.ts';
import { lireFichierPes, type OptionsLecture } from '../../../src/protocoles/helios/lecture/lire.ts';
import { RACINE } from '../formats/chemins.ts';
import { morceaux, pes, type PesEssai } from './generateur.ts';

export const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
export const fixture = (nom: string): Buffer => readFileSync(`${RACINE}fixtures/helios/aller/${nom}.xml`);

export async function faitsDe(
  octets: Uint8Array,
  options: OptionsLecture = {},
  pas = 1013,
): Promise<FaitsPes> {
  const { faits, refus } = await lireFichierPes(morceaux(octets, pas), options);
  if (faits?.genre !== 'PES_Aller') throw new TypeError(JSON.stringify(refus ?? faits));
  return faits;
}

export const faits = (demande: PesEssai = {}, options: OptionsLecture = {}): Promise<FaitsPes> =>
  faitsDe(pes(demande), options);

/** Without places, a value for each field. */
export const nu = (valeur: unknown): unknown =>
  JSON.parse(
    JSON.stringify(valeur, (cle, v: unknown) => {
      if (cle === 'position') return undefined;
      if (typeof v === 'bigint') return `${v}c`;
      const champ = v as { valeur?: unknown; position?: unknown } | null;
      return typeof v === 'object' && champ?.position !== undefined && 'valeur' in champ ? champ.valeur : v;
    }),
  );
