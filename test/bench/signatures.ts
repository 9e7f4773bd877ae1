/**
 * `node test/bench/signatures.ts [--json] [MB…]`: signing and verifying generated PES, whole processes, against xmlsec1 in the
 * same run. A measure, never a test.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeSync, openSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { genererPes } from './generer-pes.ts';

const TOURS = 3;
const json = process.argv.includes('--json');
const tailles = process.argv
  .slice(2)
  .map(Number)
  .filter((n) => n > 0);
const OUVRIER = join(import.meta.dirname, 'signatures-ouvrier.ts');
const dossier = mkdtempSync(join(tmpdir(), 'vgm-bench-xades-'));
const chemin = (nom: string): string => join(dossier, nom);

interface Mesure {
  /** Median of whole processes, seconds. */
  readonly temps: number;
  /** Highest resident memory, MiB. */
  readonly memoire: number;
}

/** Runs a command `TOURS` times; memory by the kernel's own account of the children. */
function mesurer(commande: readonly string[]): Mesure {
  const temps: number[] = [];
  let memoire = 0;
  for (let n = 0; n < TOURS; n += 1) {
    const debut = performance.now();
    const script =
      'import resource,subprocess,sys\nr=subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,stderr=subprocess.DEVNULL).returncode\nprint(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\nsys.exit(r)';
    const { status, stdout } = spawnSync('python3', ['-c', script, ...commande], { encoding: 'utf8' });
    temps.push((performance.now() - debut) / 1000);
    if (status !== 0) throw new TypeError(commande.join(' '));
    memoire = Math.max(memoire, Number(stdout) / 1024);
  }
  return { temps: temps.toSorted((a, b) => a - b)[TOURS >> 1] ?? 0, memoire };
}

function ecrirePes(nom: string, octets: number, bordereaux: number): void {
  const fd = openSync(chemin(nom), 'w');
  for (const bloc of genererPes({ octets, bordereaux })) writeSync(fd, bloc);
  closeSync(fd);
}

const rapport = (a: number, b: number | undefined): number | null =>
  b === undefined ? null : Number((a / b).toFixed(3));

const lignes: Record<string, unknown>[] = [];
try {
  const xmlsec = existsSync('/usr/bin/xmlsec1');
  const node = (...args: string[]): string[] => [process.execPath, OUVRIER, dossier, ...args];
  spawnSync(process.execPath, [OUVRIER, dossier, 'pki']);
  for (const mo of tailles.length > 0 ? tailles : [10, 100]) {
    ecrirePes('pes.xml', mo * 1e6, 1);
    const signer = mesurer(node('signer', 'pes.xml', 'signe.xml'));
    const verifier = mesurer(node('verifier', 'signe.xml'));
    spawnSync(process.execPath, [OUVRIER, dossier, 'gabarit', 'pes.xml', 'gabarit.xml']);
    const ids = ['--id-attr:Id', 'Bordereau', '--id-attr:Id', 'SignedProperties'];
    const cles = `${chemin('cle.pem')},${chemin('certificat.pem')}`;
    const x = xmlsec
      ? {
          signer: mesurer([
            'xmlsec1',
            '--sign',
            '--privkey-pem',
            cles,
            ...ids,
            '--output',
            chemin('x.xml'),
            chemin('gabarit.xml'),
          ]),
          verifier: mesurer([
            'xmlsec1',
            '--verify',
            '--trusted-pem',
            chemin('racine.pem'),
            '--verification-time',
            '2026-06-15 12:00:00',
            ...ids,
            chemin('signe.xml'),
          ]),
        }
      : null;
    const octets = statSync(chemin('pes.xml')).size / 1e6;
    lignes.push({
      mo,
      signer_s: Number(signer.temps.toFixed(3)),
      signer_mo_s: Math.round(octets / signer.temps),
      signer_mib: Math.round(signer.memoire),
      verifier_s: Number(verifier.temps.toFixed(3)),
      verifier_mo_s: Math.round(octets / verifier.temps),
      verifier_mib: Math.round(verifier.memoire),
      xmlsec_signer_s: x === null ? null : Number(x.signer.temps.toFixed(3)),
      xmlsec_verifier_s: x === null ? null : Number(x.verifier.temps.toFixed(3)),
      signer_temps: rapport(signer.temps, x?.signer.temps),
      signer_memoire: rapport(signer.memoire, x?.signer.memoire),
      verifier_temps: rapport(verifier.temps, x?.verifier.temps),
      verifier_memoire: rapport(verifier.memoire, x?.verifier.memoire),
    });
    if (!json) console.log(lignes.at(-1));
  }
  ecrirePes('pes200.xml', 10e6, 200);
  const signer200 = mesurer(node('signer', 'pes200.xml', 'signe200.xml'));
  const verifier200 = mesurer(node('verifier', 'signe200.xml'));
  lignes.push({ bordereaux: 200, signer_s: signer200.temps, verifier_s: verifier200.temps });
  console.log(json ? JSON.stringify(lignes) : lignes.at(-1));
} finally {
  rmSync(dossier, { recursive: true, force: true });
}
