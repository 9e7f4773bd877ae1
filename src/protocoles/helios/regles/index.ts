import { REGLES_COLLECTIVITE } from './collectivite.ts';
import { REGLES_CONTENU } from './contenu.ts';
import { REGLES_DEMATERIALISATION } from './dematerialisation.ts';
import { REGLES_DOUBLONS } from './doublons.ts';
import { REGLES_ENTETES } from './entetes.ts';
import { REGLES_LISIBILITE } from './lisibilite.ts';
import { REGLES_PIECES } from './pieces.ts';
import { REGLES_REFERENCES } from './references.ts';
import type { Regle } from './regle.ts';

/** Every control of a PES that needs no service, in the order of the report. Codes are never reused. */
export const REGLES: readonly Regle[] = [
  ...REGLES_LISIBILITE,
  ...REGLES_CONTENU,
  ...REGLES_ENTETES,
  ...REGLES_COLLECTIVITE,
  ...REGLES_DEMATERIALISATION,
  ...REGLES_PIECES,
  ...REGLES_REFERENCES,
  ...REGLES_DOUBLONS,
];
