import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { erreurCli } from '../metier/catalogue/cli.ts';
import { erreurUsage, dire } from './erreurs.ts';
import { raison } from './fichiers.ts';
import { traduire } from './francais.ts';
import { ecouterInterruption } from './interruption.ts';
import type { Modules } from './modules.ts';
import type { Monde, Sorties } from './monde.ts';
import { construire } from './programme.ts';

/** The command line: parses, loads the verb asked for and no other, tells errors, gives the exit code. */

function version(): string {
  const paquet = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(paquet) as { version: string }).version;
}

/**
 * A reader that leaves (`| head`) ends the command quietly, as other tools do. An answer that was not heard whole never
 * passes for a good one: the code is that of the verb when it has given it, else that of a failure.
 */
function finirSansLecteur(erreur: NodeJS.ErrnoException, sorties: Sorties): never {
  if (erreur.code === 'EPIPE') process.exit(process.exitCode ?? 1);
  const perdue = erreurCli('VGM-CLI-010', { raison: raison(erreur) }, erreur);
  process.exit(dire(perdue, sorties, process.argv.includes('--json')));
}

function sortiesDuTerminal(): Sorties {
  const { NO_COLOR } = process.env;
  const sorties: Sorties = {
    ecrire: (ligne) => void process.stdout.write(`${ligne}\n`),
    erreur: (ligne) => void process.stderr.write(`${ligne}\n`),
    couleur: process.stdout.isTTY === true && (NO_COLOR === undefined || NO_COLOR === ''),
    ...(process.stderr.isTTY === true
      ? { avancer: (texte: string) => void process.stderr.write(`\r\x1b[2K${texte}`) }
      : {}),
  };
  process.stdout.on('error', (erreur) => finirSansLecteur(erreur, sorties));
  // nobody hears what is wrong: the exit code still says it
  process.stderr.on('error', () => undefined);
  return sorties;
}

function interruptionDuProcessus(): AbortSignal {
  return ecouterInterruption({
    chronometre: () => performance.now(),
    surSignal: (signal, reagir) => void process.on(signal, reagir),
    couper: (signal) => {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    },
  });
}

export function mondeReel(modules: Modules): Monde {
  return {
    sorties: sortiesDuTerminal(),
    env: process.env,
    modules,
    interruption: interruptionDuProcessus,
    async hasard() {
      const [{ creerRandomSysteme }, { creerClockSysteme }] = await Promise.all([
        import('../adapters/random/system.ts'),
        import('../adapters/clock/system.ts'),
      ]);
      return creerRandomSysteme(creerClockSysteme()).hex(16);
    },
    async maintenant() {
      const { creerClockSysteme } = await import('../adapters/clock/system.ts');
      return creerClockSysteme().now();
    },
  };
}

/** The verb typed, for the remedy of a usage error. */
function verbeTape(argv: readonly string[], erreur: CommanderError): string {
  const [premier = ''] = argv;
  return premier.startsWith('-') || erreur.code === 'commander.unknownCommand' ? '' : premier;
}

/**
 * @param argv without the program: `['lister', '--json']`.
 * @returns the exit code: 0 ok, 1 failure, 2 usage, 3 refused document.
 */
export async function executer(
  argv: readonly string[],
  modules: Modules,
  monde: Monde = mondeReel(modules),
): Promise<number> {
  let code = 0;
  const json = argv.includes('--json');
  try {
    const programme = construire(version(), monde, (c) => {
      code = c;
    });
    if (argv.length === 0) {
      programme.outputHelp({ error: true });
      return 2;
    }
    await programme.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (e) {
    if (!(e instanceof CommanderError)) return dire(e, monde.sorties, json);
    // Help and version are asked for; help written because the verb was missing is not.
    if (e.exitCode === 0) return 0;
    if (e.code === 'commander.help') return 2;
    const detail = traduire(e);
    return dire(erreurUsage(detail, verbeTape(argv, e)), monde.sorties, json);
  }
}
