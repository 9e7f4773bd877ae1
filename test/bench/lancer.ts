/**
 * `npm run bench [-- --json] [--seulement circuits|helios|xml]`: figures of this machine, by families. A measure, never a test:
 * nothing fails on a slow day. With `--json`, the last line is one flat object.
 */
import { parseArgs } from 'node:util';
import { mesurerCircuits } from './circuits.ts';
import { mesurerHelios } from './helios.ts';
import type { Figures } from './mesures.ts';
import { mesurerXml } from './xml.ts';

/** Tells people how it goes. */
export type Dire = (ligne: string) => void;

const FAMILLES: Readonly<Record<string, (dire: Dire) => Promise<Figures>>> = {
  circuits: mesurerCircuits,
  helios: mesurerHelios,
  xml: mesurerXml,
};

const { values: options } = parseArgs({
  options: { json: { type: 'boolean' }, seulement: { type: 'string' } },
});
const voulues = options.seulement === undefined ? Object.keys(FAMILLES) : [options.seulement];
const dire: Dire = options.json === true ? (ligne) => console.error(ligne) : (ligne) => console.log(ligne);

const resultat: Record<string, number | null> = {};
for (const nom of voulues) {
  const famille = FAMILLES[nom];
  if (famille === undefined) {
    console.error(`Famille inconnue : ${nom}. Il y a : ${Object.keys(FAMILLES).join(', ')}.`);
    process.exit(2);
  }
  Object.assign(resultat, await famille(dire));
}
if (options.json === true) console.log(JSON.stringify(resultat));
