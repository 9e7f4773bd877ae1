/** The bench as the command line sees it: the simulated State, and the demonstration. */
export { demo } from './demo.ts';
export { simulateur } from './simulateur.ts';
