import { createHash } from 'node:crypto';
import type { Source } from '../../src/ports/coffre.ts';
import type { Log } from '../../src/ports/log.ts';

/** Gathers a source whole: tests only. */
export async function lireSource(source: Source): Promise<Buffer> {
  if (source instanceof Uint8Array) return Buffer.from(source);
  const morceaux: Uint8Array[] = [];
  for await (const morceau of source) morceaux.push(morceau);
  return Buffer.concat(morceaux);
}

export const empreinte = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

export function courriel(n: number, taille = 500): Buffer {
  const tete = `From: etat@interieur.example\r\nTo: tdt@localhost\r\nSubject: essai ${n}\r\nMessage-ID: <${n}@essai>\r\n\r\n`;
  const ligne = `ligne ${n} ${'x'.repeat(60)}\r\n`;
  return Buffer.from(tete + ligne.repeat(Math.max(1, Math.ceil((taille - tete.length) / ligne.length))));
}

export interface LogEssai extends Log {
  readonly lignes: string[];
}

/** Technical log kept in memory, one line per call. */
export function logEssai(): LogEssai {
  const lignes: string[] = [];
  const noter = (message: string, champs?: object): void => {
    lignes.push(`${message} ${JSON.stringify(champs ?? {})}`);
  };
  return { lignes, info: noter, warn: noter, error: noter };
}
