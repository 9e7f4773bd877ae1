/**
 * `npm run fuzz -- --minutes N [--graine S] [--campagne xml|xsd|xades|modele]`: the differential tests and the stories of the flux
 * for N minutes in all, from a fresh seed. Every disagreement is printed and its document kept in `.cache/fuzz/`; `--tour K` plays one round again.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tirage } from '../conformite/mutants-xml.ts';
import type { Desaccord } from '../conformite/xml-differentiel.ts';
import { CAMPAGNES, type CampagneLongue } from './campagnes.ts';

/** A campaign that finds more than that has found enough. */
const DESACCORDS_MAX = 20;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    graine: { type: 'string' },
    campagne: { type: 'string', multiple: true },
    tour: { type: 'string' },
  },
});
const graine = Number(values.graine ?? randomInt(2 ** 31));
const noms = values.campagne ?? Object.keys(CAMPAGNES);
const seul = values.tour === undefined ? null : Number(values.tour);
const minutes = Number(values.minutes ?? (seul === null ? Number.NaN : 0));
if (![graine, minutes, seul ?? 0].every(Number.isFinite) || noms.some((nom) => !(nom in CAMPAGNES))) {
  console.error(
    `usage: npm run fuzz -- --minutes N [--graine S] [--campagne ${Object.keys(CAMPAGNES).join('|')}] [--tour K]`,
  );
  process.exit(2);
}

// A long run gives way to everything else.
setPriority(10);
const dossier = join('.cache', 'fuzz', String(graine));
mkdirSync(dossier, { recursive: true });
console.log(`seed ${graine}, ${noms.join(', ')}, ${minutes} min in all`);
let desaccords = 0;
for (const nom of noms) desaccords += await mener(nom, (minutes * 60_000) / noms.length);
console.log(desaccords === 0 ? 'no disagreement' : `${desaccords} disagreements, kept in ${dossier}`);
process.exitCode = desaccords === 0 ? 0 : 1;

/** @returns the number of disagreements. */
async function mener(nom: string, dureeMs: number): Promise<number> {
  const campagne = (await CAMPAGNES[nom]?.(dossier)) as CampagneLongue;
  const fin = performance.now() + dureeMs;
  const suite = (): boolean => seul === null && performance.now() < fin && trouves < DESACCORDS_MAX;
  let trouves = 0;
  let tour = seul ?? 0;
  do {
    const vus = await jouer(campagne, tour);
    for (const [i, vu] of vus.entries()) garder(vu, `${nom}-${tour}${i === 0 ? '' : `-${i}`}`, { nom, tour });
    trouves += vus.length;
    tour += 1;
  } while (suite());
  console.log(`  ${nom}: ${tour - (seul ?? 0)} rounds: ${campagne.dire()}`);
  campagne.fermer();
  return trouves;
}

/** One round, whose dice depend on nothing but the seed and its number. */
async function jouer(campagne: CampagneLongue, tour: number): Promise<readonly Desaccord[]> {
  try {
    return await campagne.tour(tirage((graine + Math.imul(tour, 0x9e37_79b9)) | 0));
  } catch (cause) {
    return [{ quoi: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause), octets: '' }];
  }
}

function garder(
  { quoi, octets }: Desaccord,
  cas: string,
  { nom, tour }: { nom: string; tour: number },
): void {
  const rejouer = `npm run fuzz -- --graine ${graine} --campagne ${nom} --tour ${tour}`;
  console.log(`DISAGREEMENT ${cas}: ${quoi}\n  ${rejouer}`);
  writeFileSync(join(dossier, `${cas}.xml`), octets, 'latin1');
  writeFileSync(join(dossier, `${cas}.txt`), `${quoi}\n\n${rejouer}\n`);
}
