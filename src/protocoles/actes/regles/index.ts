import { REGLES_BUDGET } from './budget.ts';
import { REGLES_CLASSEMENT } from './classement.ts';
import { REGLES_COLLECTIVITE } from './collectivite.ts';
import { REGLES_DATE } from './date.ts';
import { REGLES_METADONNEES } from './metadonnees.ts';
import { REGLES_NUMERO } from './numero.ts';
import { REGLES_OBJET } from './objet.ts';
import { REGLES_PDF } from './pdf.ts';
import { REGLES_PIECES } from './pieces.ts';
import { REGLES_PRECEDENT } from './precedent.ts';
import type { Regle } from './regle.ts';
import { REGLES_SIGNATURES } from './signatures.ts';
import { REGLES_TYPOLOGIE } from './typologie.ts';

/** Every control of a 1-1 that needs no service, in the order of the report. Codes are never reused. */
export const REGLES: readonly Regle[] = [
  ...REGLES_METADONNEES,
  ...REGLES_COLLECTIVITE,
  ...REGLES_NUMERO,
  ...REGLES_DATE,
  ...REGLES_OBJET,
  ...REGLES_CLASSEMENT,
  ...REGLES_PRECEDENT,
  ...REGLES_PIECES,
  ...REGLES_PDF,
  ...REGLES_BUDGET,
  ...REGLES_TYPOLOGIE,
  ...REGLES_SIGNATURES,
];
