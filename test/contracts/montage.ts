import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DossierEssai extends Disposable {
  readonly chemin: string;
}

/** A folder of its own, removed at the end of the test. */
export function dossierEssai(): DossierEssai {
  const chemin = mkdtempSync(join(tmpdir(), 'vgm-essai-'));
  return { chemin, [Symbol.dispose]: () => rmSync(chemin, { recursive: true, force: true }) };
}

/**
 * A disk so small that a test can fill it. Fails loudly where mounting is not permitted: a full disk that was
 * not tried must not look like one that was.
 */
export function petitDisque(taille: string): DossierEssai {
  const dossier = dossierEssai();
  const monte = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${taille}`, 'tmpfs', dossier.chemin]);
  if (monte.status !== 0) {
    dossier[Symbol.dispose]();
    throw new Error(
      `test of the full disk impossible: « mount -t tmpfs » refused (${String(monte.stderr).trim()}); run as root`,
    );
  }
  return {
    chemin: dossier.chemin,
    [Symbol.dispose]: () => {
      spawnSync('umount', ['-l', dossier.chemin]);
      dossier[Symbol.dispose]();
    },
  };
}

/** @returns the code of the error thrown, `rien` when the promise held. */
export async function codeDe(promesse: Promise<unknown>): Promise<string> {
  try {
    await promesse;
    return 'rien';
  } catch (erreur) {
    if (erreur instanceof Error && 'fiche' in erreur) return (erreur.fiche as { code: string }).code;
    throw erreur;
  }
}
