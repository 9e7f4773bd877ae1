import { setTimeout as attendre } from 'node:timers/promises';

const PAS_MS = 100;

/** Asks until it is so. @returns false when it was not after that many milliseconds. */
export async function jusqua(condition: () => boolean | Promise<boolean>, delai: number): Promise<boolean> {
  const limite = performance.now() + delai;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() > limite) return false;
    await attendre(PAS_MS);
  }
}
