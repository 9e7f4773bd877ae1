import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Root of the repository, whatever the working directory. */
export const RACINE = fileURLToPath(new URL('../../../', import.meta.url));
/** Reference data beside the repository; may be absent. */
export const PARTAGE = `${RACINE}../shared/`;
const MESSAGES = `${RACINE}fixtures/actes/messages/`;

export function partagePresent(chemin: string): boolean {
  return existsSync(`${PARTAGE}${chemin}`);
}

/** @returns our own ACTES messages, by file name. */
export function fixturesActes(): Map<string, Uint8Array> {
  const noms = readdirSync(MESSAGES)
    .filter((n) => n.endsWith('.xml'))
    .toSorted();
  return new Map(noms.map((n) => [n, new Uint8Array(readFileSync(`${MESSAGES}${n}`))]));
}

export async function collecter(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const morceaux: Uint8Array[] = [];
  for await (const m of source) morceaux.push(m);
  return Buffer.concat(morceaux);
}

/** Cuts bytes into portions of the sizes given, again and again. */
export async function* enMorceaux(
  octets: Uint8Array,
  tailles: readonly number[],
): AsyncGenerator<Uint8Array> {
  let i = 0;
  for (let n = 0; i < octets.byteLength; n += 1) {
    const taille = tailles[n % tailles.length] ?? octets.byteLength;
    yield octets.subarray(i, i + taille);
    i += taille;
  }
}
