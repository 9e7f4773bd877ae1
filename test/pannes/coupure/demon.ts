import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'smol-toml';
import { creerClockSysteme } from '../../../src/adapters/clock/system.ts';
import { creerClientApi } from '../../../src/banc/client.ts';
import { RACINE } from '../../parcours/sol.ts';

/** The daemon itself, started on a folder that a cut left. */
export interface Releve {
  /** Number of flux by state, as its API counts them. */
  readonly etats: Readonly<Record<string, number>>;
  readonly ruptures: number;
  /** Exit code of a graceful stop. */
  readonly code: number | null;
}

const PAS_MS = 50;
const PAS_MAX = 600;

/** @param dossier that of the recording, where its settings are. @param donnees the folder to start on. */
export async function relever(dossier: string, donnees: string): Promise<Releve> {
  const reglages = parse(await readFile(join(dossier, 'vaguemestre.toml'), 'utf8'));
  const fichier = join(dossier, 'releve.toml');
  await writeFile(fichier, stringify({ ...reglages, donnees }));
  const commande = [join(RACINE, 'bin', 'vaguemestre'), 'demarrer', '--config', fichier];
  const demon = spawn(process.execPath, commande, { stdio: 'ignore' });
  const fini = once(demon, 'close') as Promise<[number | null]>;
  const client = creerClientApi(join(donnees, 'vaguemestre.sock'));
  const clock = creerClockSysteme();
  try {
    for (let pas = 0; pas < PAS_MAX && demon.exitCode === null; pas += 1) {
      const sante = await client.lire('/sante').catch(() => null);
      if (sante?.statut === 200) break;
      await clock.sleep(PAS_MS);
    }
    const { etats } = (await client.lire('/etats')).corps as { etats: Record<string, number> };
    const { chaines } = (await client.lire('/journal/verification')).corps as unknown as {
      chaines: { ruptures: unknown[] }[];
    };
    demon.kill('SIGTERM');
    const [code] = await fini;
    return { etats, ruptures: chaines.reduce((somme, c) => somme + c.ruptures.length, 0), code };
  } finally {
    demon.kill('SIGKILL');
    await client.fermer();
  }
}
