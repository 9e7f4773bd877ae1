import { z } from 'zod';
import { chemin, messageFrancais } from '../../config/messages.ts';
import { erreurBanc } from '../../metier/catalogue/banc.ts';
import { type NomScenario, SCENARIOS } from '../scenarios.ts';
import { CODES_COURRIER } from './codes.ts';

/** What the simulated préfecture may be told to do while it runs. */

/** IDActe, or the NumeroInterne alone. */
const acte = z.string().min(1).max(60);

const ORDRE = z.discriminatedUnion('ordre', [
  z.strictObject({
    ordre: z.literal('courrier'),
    code: z.enum(CODES_COURRIER),
    acte,
    /** Of the letter; today unless told otherwise. */
    date: z.iso.date().optional(),
    texte: z.string().min(1).max(1000).optional(),
    /** Mails that bear this one letter. */
    copies: z.int().min(1).max(10).default(1),
    /** The receipt of its answer (3-5, 4-5) is mailed before it. */
    devance: z.boolean().default(false),
  }),
  /** The mail about the paper document of an acte transmitted with DocumentPapier = O. */
  z.strictObject({ ordre: z.literal('rappel'), acte }),
  /** From now on, this classification is in force. */
  z.strictObject({ ordre: z.literal('classification'), date: z.iso.date() }),
  z.strictObject({
    ordre: z.literal('scenario'),
    numero: z.string().min(1).max(15),
    /** null: back to the end of the number. */
    scenario: z.enum(SCENARIOS.map((s) => s.nom) as [NomScenario, ...NomScenario[]]).nullable(),
  }),
]);

/** Defaults left out. */
export type Ordre = z.input<typeof ORDRE>;
export type OrdreLu = z.output<typeof ORDRE>;

/** @throws VGM-BAN-007 that lists every fault. */
export function lireOrdre(valeur: unknown): OrdreLu {
  const lu = ORDRE.safeParse(valeur, { error: messageFrancais });
  if (lu.success) return lu.data;
  const fautes = lu.error.issues.map(({ path, message }) => {
    const ou = chemin(path);
    return ou === '' ? message : `${ou} : ${message}`;
  });
  throw erreurBanc('VGM-BAN-007', { detail: fautes.join(' ; ') });
}
