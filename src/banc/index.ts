/** The bench as the command line sees it: the simulated State, and the demonstration. */
import { demo as jouer, type OptionsDemo } from './demo.ts';

export { simulateur } from './simulateur.ts';

/** @returns the exit code: 0 only if the whole story went as announced. */
export function demo(options: OptionsDemo): Promise<number> {
  return jouer(options, (ligne) => process.stdout.write(`${ligne}\n`));
}
