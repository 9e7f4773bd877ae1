/**
 * `npm run pannes -- --minutes N [--json] [--campagne nom]… [--graine S] [--magasin sqlite|postgres] [--noeuds 1|3]
 * [--coups N] [--flux N]`: the fault campaigns, N minutes in all, or so many blows each, on real daemons. With `--json` the last
 * line is one flat object. Exit code 0: nothing lost, nothing twice, no chain broken, every state as expected.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Campagne, NomMagasin } from './campagnes/campagne.ts';
import { CAMPAGNES } from './campagnes/index.ts';
import { aplatir, codeDe, raconter } from './campagnes/rapport.ts';
import { type Bilan, sain } from './campagnes/verdict.ts';

/** Part of its time that a campaign spends on faults; the rest is for the ends and the witnesses. */
const PART_DES_PANNES = 0.75;
const MINUTE = 60_000;
/** Of the deposits that are asked for; the others are PES. */
const PART_DES_ACTES = 0.8;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    json: { type: 'boolean' },
    campagne: { type: 'string', multiple: true },
    graine: { type: 'string' },
    magasin: { type: 'string', default: 'sqlite' },
    noeuds: { type: 'string', default: '1' },
    coups: { type: 'string' },
    flux: { type: 'string', default: '0' },
  },
});

const graine = Number(values.graine ?? randomInt(2 ** 31));
const coups = Number(values.coups ?? Number.NaN);
const minutes = Number(values.minutes ?? (values.coups === undefined ? Number.NaN : 0));
const flux = Number(values.flux);
const noeuds = Number(values.noeuds);
const magasin = values.magasin as NomMagasin;
const nommees = values.campagne ?? [];
const connues = CAMPAGNES.map((c) => c.nom);
const compris =
  [graine, Number(values.coups ?? values.minutes ?? Number.NaN), flux].every(Number.isFinite) &&
  [1, 3].includes(noeuds) &&
  ['sqlite', 'postgres'].includes(magasin) &&
  (noeuds === 1 || magasin === 'postgres') &&
  nommees.every((nom) => connues.includes(nom));
if (!compris) {
  console.error(
    `usage : npm run pannes -- --minutes N|--coups N [--flux N] [--json] [--campagne ${connues.join('|')}] [--graine S] [--magasin sqlite|postgres] [--noeuds 1|3]\n(trois nœuds demandent « --magasin postgres »)`,
  );
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// A long run gives way to everything else.
setPriority(5);
const dire = values.json === true ? console.error : console.log;
const { choisies, laissees } = choisir();
for (const { nom, minutes: il = 0 } of laissees)
  dire(`${nom} laissée de côté : il lui faut ${il} minutes, ou son nom.`);
dire(
  `graine ${graine}, ${magasin}, ${noeuds} nœud(s), ${Number.isFinite(coups) ? `${coups} coups` : `${minutes} min en tout`} : ${choisies.map((c) => c.nom).join(', ')}`,
);
const bilans: Bilan[] = [];
for (const campagne of choisies) await mener(campagne);
const code = codeDe(bilans, choisies.length);
dire(
  code === 0
    ? 'Rien de perdu, rien en double, aucune rupture, tous les états attendus.'
    : 'Des écarts : voir plus haut.',
);
if (values.json === true) console.log(JSON.stringify({ graine, ...aplatir(bilans) }));
process.exit(code);

/** Those that are named; or all those that fit. */
function choisir(): { choisies: Campagne[]; laissees: Campagne[] } {
  if (nommees.length > 0) return { choisies: CAMPAGNES.filter((c) => nommees.includes(c.nom)), laissees: [] };
  const part = minutes / CAMPAGNES.length;
  return {
    choisies: CAMPAGNES.filter((c) => (c.minutes ?? 0) <= part),
    laissees: CAMPAGNES.filter((c) => (c.minutes ?? 0) > part),
  };
}

async function mener(campagne: Campagne): Promise<void> {
  const sur = { magasin, noeuds, ...campagne.exige };
  dire(
    `\n${campagne.nom} (${sur.magasin}, ${sur.noeuds} nœud(s)) : ${campagne.panne}\n  Attendu : ${campagne.attendu}`,
  );
  const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-pannes-'));
  const debut = performance.now();
  const jusqua = debut + (minutes * MINUTE * PART_DES_PANNES) / choisies.length;
  try {
    const bilan = await campagne.mener({
      dossier,
      graine,
      mesure: Number.isFinite(coups) ? { coups } : { jusqua },
      depots: { actes: Math.ceil(flux * PART_DES_ACTES), pes: Math.ceil(flux * (1 - PART_DES_ACTES)) },
      ...sur,
    });
    bilans.push(bilan);
    for (const ligne of raconter(bilan, Math.round((performance.now() - debut) / 1000))) dire(ligne);
    if (sain(bilan)) rmSync(dossier, { recursive: true, force: true });
    else garder(dossier, bilan);
  } catch (cause) {
    dire(`✘ ${campagne.nom} : ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
    dire(`    gardé dans ${dossier}`);
  }
}

/** What went wrong stays to be looked at. */
function garder(dossier: string, bilan: Bilan): void {
  mkdirSync(dossier, { recursive: true });
  writeFileSync(join(dossier, 'bilan.json'), JSON.stringify({ graine, ...bilan }, null, 2));
  dire(`    gardé dans ${dossier}`);
}
