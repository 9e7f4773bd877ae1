import type { EnMarche, Modules, OptionsSimulateur } from '../../../src/cli/modules.ts';
import type { Monde } from '../../../src/cli/monde.ts';
import { executer } from '../../../src/cli/index.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';

/** Runs a command in this process, its words kept. */

export interface Resultat {
  readonly code: number;
  readonly sortie: string;
  readonly erreur: string;
  /** Documents of `--json`, one per line. */
  readonly json: readonly Record<string, unknown>[];
}

export interface BancCli {
  interruption: AbortController;
  readonly lances: { quoi: string; options: unknown }[];
  couleur: boolean;
  env: Record<string, string>;
  /** What the machine's clock says. */
  instant: Instant;
  /** Called when the command asks the hour, or begins to listen to the order to stop. */
  demande: (quoi: 'maintenant' | 'interruption') => void;
  /** Called at each line written. */
  surLigne: (ligne: string) => void;
  lancer(...argv: readonly string[]): Promise<Resultat>;
}

function enMarche(code: number): EnMarche & { readonly arret: PromiseWithResolvers<number> } {
  const arret = Promise.withResolvers<number>();
  return { arret, arrete: arret.promise, arreter: () => arret.resolve(code) };
}

export function creerBancCli(socket = ''): BancCli {
  const lances: BancCli['lances'] = [];
  const modules: Modules = {
    demon: async () => ({
      demarrer: async (options) => {
        lances.push({ quoi: 'demon', options });
        return enMarche(0);
      },
    }),
    banc: async () => ({
      simulateur: async (options: OptionsSimulateur) => {
        lances.push({ quoi: 'simulateur', options });
        return enMarche(0);
      },
      demo: async (options) => {
        lances.push({ quoi: 'demo', options });
        return 1;
      },
    }),
  };
  const banc: BancCli = {
    interruption: new AbortController(),
    lances,
    couleur: false,
    env: {},
    instant: Date.parse('2026-06-15T12:00:00Z') as Instant,
    demande: () => undefined,
    surLigne: () => undefined,
    async lancer(...argv) {
      const [sortie, erreur]: [string[], string[]] = [[], []];
      const monde: Monde = {
        sorties: {
          ecrire: (ligne) => {
            sortie.push(ligne);
            banc.surLigne(ligne);
          },
          erreur: (ligne) => void erreur.push(ligne),
          couleur: banc.couleur,
        },
        env: socket === '' ? banc.env : { VAGUEMESTRE_API_SOCKET: socket, ...banc.env },
        modules,
        interruption: () => {
          banc.demande('interruption');
          return banc.interruption.signal;
        },
        hasard: async () => 'frontiere-0000',
        maintenant: async () => {
          banc.demande('maintenant');
          return banc.instant;
        },
      };
      const code = await executer(argv, modules, monde);
      const json = argv.includes('--json')
        ? sortie.map((ligne) => JSON.parse(ligne) as Record<string, unknown>)
        : [];
      return { code, sortie: sortie.join('\n'), erreur: erreur.join('\n'), json };
    },
  };
  return banc;
}
