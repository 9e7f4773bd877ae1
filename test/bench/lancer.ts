/**
 * `npm run bench [-- --json] [--seulement actes|circuits|helios|noyau|xml]`: figures of this machine, by families. A measure, never a test:
 * nothing fails on a slow day. With `--json`, the last line is one flat object.
 */
import { parseArgs } from 'node:util';
import { mesurerCircuits } from './circuits.ts';
import { mesurerHelios } from './helios.ts';
import { mesurerLot } from './lot.ts';
import type { Figures } from './mesures.ts';
import { mesurerNoyau } from './noyau.ts';
import { mesurerTampon } from './tampon.ts';
import { mesurerXml } from './xml.ts';

/** Tells people how it goes. */
export type Dire = (ligne: string) => void;

type Partie = (dire: Dire) => Promise<Figures>;

const FAMILLES: Readonly<Record<string, readonly Partie[]>> = {
  actes: [mesurerTampon, mesurerLot],
  circuits: [mesurerCircuits],
  helios: [mesurerHelios],
  noyau: [mesurerNoyau],
  xml: [mesurerXml],
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
  for (const mesurer of famille) Object.assign(resultat, await mesurer(dire));
}
if (options.json === true) console.log(JSON.stringify(resultat));
