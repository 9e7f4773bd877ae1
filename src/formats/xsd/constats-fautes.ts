import type { FauteXml } from '../xml/faute.ts';
import type { ConstatXsd } from './constats.ts';

/** A finding of the validation, as any other fault of the file. */
export function fauteDeSchema(constat: ConstatXsd): FauteXml {
  const { code, message, position, chemin, valeur, attendu } = constat;
  return { code, message, ...position, chemin, valeur, attendu };
}
