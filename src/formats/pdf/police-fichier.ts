import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Noto Sans (SIL OFL 1.1): all the letters of the Latin script. Installed beside the program, embedded by subsets. */

const FICHIERS = {
  reguliere: '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf',
  grasse: '@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf',
} as const;

export function lirePolice(graisse: keyof typeof FICHIERS): Buffer {
  return readFileSync(fileURLToPath(import.meta.resolve(FICHIERS[graisse])));
}
