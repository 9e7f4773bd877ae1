/**
 * `node test/bench/xsd.ts [--json]`: the one-pass validator on PES Aller v5.17, each size in a process of its own so
 * that peak memory is its own; xmllint --stream beside it when it is installed. Needs ../shared/normes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnalyseurXml } from '../../src/formats/xml/analyseur.ts';
import { compilerXsd } from '../../src/formats/xsd/compiler.ts';
import { SchemaXsd } from '../../src/formats/xsd/schema.ts';
import { ValideurXsd } from '../../src/formats/xsd/valideur.ts';
import { fichiersDe } from '../conformite/juges-xsd.ts';
import { PARTAGE } from '../unit/formats/chemins.ts';
import { type DemandePes, fabriquerPes } from './pes.ts';

const DOSSIER = `${PARTAGE}normes/helios/schemas_pes_v5.17`;
const ENTREE = 'PES_V2/Rev0/PES_Aller.xsd';
const TOURS = 5;

const CAS: readonly (readonly [nom: string, demande: DemandePes])[] = [
  ['100 ko', { octets: 100_000 }],
  ['10 Mo', { octets: 10_000_000 }],
  ['100 Mo', { octets: 100_000_000 }],
  ['250 Mo', { octets: 250_000_000 }],
  ['PJ de 60 Mo', { octets: 100_000, piece: 60_000_000 }],
];

const mediane = (v: readonly number[]): number => v.toSorted((a, b) => a - b)[v.length >> 1] ?? 0;

function lire(chemin: string, faire: (octets: Uint8Array) => void): number {
  const fd = openSync(chemin, 'r');
  const tampon = Buffer.allocUnsafe(1 << 18);
  let total = 0;
  for (let n = readSync(fd, tampon); n > 0; n = readSync(fd, tampon)) {
    total += n;
    faire(tampon.subarray(0, n));
  }
  closeSync(fd);
  return total;
}

const mib = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

/** In a child: compiles the schema and keeps the artefact, as a cache would. */
function compiler(artefact: string): void {
  const avant = performance.now();
  const c = compilerXsd(ENTREE, fichiersDe(DOSSIER));
  if (c.type === 'refus') throw new TypeError(JSON.stringify(c.refus));
  const ms = Math.round(performance.now() - avant);
  writeFileSync(artefact, JSON.stringify(c.artefact));
  console.log(JSON.stringify({ cas: 'compilation du schéma', ms, rss_max_mib: mib() }));
}

/** In a child: takes the artefact, validates several times, tells what it took. */
function mesurer(chemin: string, artefact: string): void {
  const avant = performance.now();
  const schema = new SchemaXsd(JSON.parse(readFileSync(artefact, 'utf8')));
  const reprise = performance.now() - avant;
  const temps: number[] = [];
  let octets = 0;
  let valide = false;
  for (let k = 0; k < TOURS; k += 1) {
    const debut = performance.now();
    const valideur = new ValideurXsd(schema);
    const analyseur = new AnalyseurXml(valideur);
    octets = lire(chemin, (o) => analyseur.ecrire(o));
    const refus = analyseur.finir();
    temps.push(performance.now() - debut);
    valide = refus === null && valideur.bilan().valide;
    if (!valide) throw new TypeError(JSON.stringify(refus ?? valideur.bilan().constats[0]));
  }
  const ms = mediane(temps);
  console.log(
    JSON.stringify({
      octets,
      valide,
      reprise_artefact_ms: Math.round(reprise),
      ms: Number(ms.toFixed(1)),
      mo_par_s: Math.round(octets / ms / 1000),
      rss_max_mib: mib(),
    }),
  );
}

function xmllint(chemin: string): number | null {
  const debut = performance.now();
  const args = ['--huge', '--stream', '--noout', '--nonet', '--schema', join(DOSSIER, ENTREE), chemin];
  const r = spawnSync('xmllint', args, { timeout: 20_000, stdio: 'ignore' });
  return r.status === 0 ? Math.round(performance.now() - debut) : null;
}

const enfant = (...args: string[]): string =>
  execFileSync(process.execPath, [import.meta.filename, ...args], { encoding: 'utf8' }).trim();

function tout(): void {
  const dossier = mkdtempSync(join(tmpdir(), 'banc-xsd-'));
  const artefact = join(dossier, 'pes.json');
  try {
    console.log(enfant(artefact));
    for (const [nom, demande] of CAS) {
      const chemin = join(dossier, 'pes.xml');
      const fd = openSync(chemin, 'w');
      for (const morceau of fabriquerPes(demande)) writeSync(fd, morceau);
      closeSync(fd);
      const sortie = JSON.parse(enfant(artefact, chemin));
      console.log(JSON.stringify({ cas: nom, ...sortie, xmllint_stream_ms: xmllint(chemin) }));
    }
  } finally {
    rmSync(dossier, { recursive: true });
  }
}

const [artefact, chemin] = process.argv.slice(2).filter((a) => !a.startsWith('--'));
if (!existsSync(DOSSIER)) console.log(`Schémas du PES absents (${DOSSIER}) : rien à mesurer.`);
else if (artefact === undefined) tout();
else if (chemin === undefined) compiler(artefact);
else mesurer(chemin, artefact);
