import type { SensReponse } from '../protocole.ts';

/**
 * How the ministry's door is read. The question is always the same: may the archive already be there?
 * `incertaine` costs a person's time, a wrong `non_prise` costs a double: in doubt, `incertaine`.
 */
const EXACTS: ReadonlyMap<number, SensReponse> = new Map([
  // Taken: the historical servers answer 200, those in service since July 2025 answer 201.
  [200, 'prise'],
  [201, 'prise'],
  // Malformed, too long, unsupported, not processable: the same bytes would get the same answer.
  [400, 'refusee'],
  [413, 'refusee'],
  [414, 'refusee'],
  [415, 'refusee'],
  [422, 'refusee'],
  // Certificate, address or method: the trouble is in the settings, the archive was not looked at.
  [401, 'non_prise'],
  [403, 'non_prise'],
  [404, 'non_prise'],
  [405, 'non_prise'],
  [407, 'non_prise'],
  // The server gave up waiting for the request, or asks for later: it says itself that it did not process it.
  [408, 'non_prise'],
  [425, 'non_prise'],
  [429, 'non_prise'],
  [503, 'non_prise'],
  // A failure behind the door, after the bytes may have been taken.
  [500, 'incertaine'],
  [502, 'incertaine'],
  [504, 'incertaine'],
]);

const CLASSES: ReadonlyMap<number, SensReponse> = new Map([
  // 202, 204, 206…: a success that nobody documented.
  [2, 'incertaine'],
  // Moved: nobody follows a redirection with an archive in hand, so nothing was given.
  [3, 'non_prise'],
  // Any other complaint about the request itself.
  [4, 'refusee'],
  // Any other failure of the server.
  [5, 'incertaine'],
]);

/**
 * Reads a status. The operator's rows (`"503"`, `"5xx"`) win over ours, the exact one over the class.
 * @param statut HTTP status; anything outside 200–599 leaves the fate unknown.
 */
export function lireReponse(statut: number, table: Readonly<Record<string, SensReponse>>): SensReponse {
  const classe = Math.floor(statut / 100);
  for (const cle of [String(statut), `${classe}xx`, `${classe}XX`]) {
    const choix = Object.hasOwn(table, cle) ? table[cle] : undefined;
    if (choix !== undefined) return choix;
  }
  return EXACTS.get(statut) ?? CLASSES.get(classe) ?? 'incertaine';
}
