/**
 * `npm run bench [-- --json] [--seulement actes|circuits|delais|helios|noyau|xml|endurance] [--minutes N]`: figures of this machine, by
 * families. A measure, never a test: nothing fails on a slow day. With `--json`, the last line is one flat object. `endurance` runs
 * for N minutes, an hour by default, and only when it is named.
 */
import { parseArgs } from 'node:util';
import { mesurerCircuits } from './circuits.ts';
import { mesurerDelais } from './delais.ts';
import { mesurerEndurance } from './endurance.ts';
import { mesurerHelios } from './helios.ts';
import { mesurerLot } from './lot.ts';
import type { Figures } from './mesures.ts';
import { mesurerNoyau } from './noyau.ts';
import { mesurerNoyauPartage } from './noyau-partage.ts';
import { mesurerTampon } from './tampon.ts';
import { mesurerXml } from './xml.ts';

/** Tells people how it goes. */
export type Dire = (ligne: string) => void;

type Partie = (dire: Dire) => Promise<Figures>;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    seulement: { type: 'string' },
    minutes: { type: 'string', default: '60' },
  },
});

const FAMILLES: Readonly<Record<string, readonly Partie[]>> = {
  actes: [mesurerTampon, mesurerLot],
  circuits: [mesurerCircuits],
  delais: [mesurerDelais],
  helios: [mesurerHelios],
  noyau: [mesurerNoyau, mesurerNoyauPartage],
  xml: [mesurerXml],
  endurance: [(dire) => mesurerEndurance(dire, Number(options.minutes))],
};
/** Too long to be run without being named. */
const NOMMEE = 'endurance';

const voulues =
  options.seulement === undefined ? Object.keys(FAMILLES).filter((n) => n !== NOMMEE) : [options.seulement];
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
