import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ecouterInterruption, type SignalArret } from '../../../src/cli/interruption.ts';

/** One order to stop may come twice: terminal or process group, and launcher. */

function montage() {
  let instant = 50_000;
  const coupures: string[] = [];
  const ecoutes = new Map<SignalArret, () => void>();
  const fin = ecouterInterruption({
    chronometre: () => instant,
    surSignal: (signal, reagir) => void ecoutes.set(signal, reagir),
    couper: (signal) => void coupures.push(signal),
  });
  const recevoir = (signal: SignalArret, apres: number): void => {
    instant += apres;
    ecoutes.get(signal)?.();
  };
  return { fin, coupures, recevoir };
}

describe('a second signal stops at once only when it is a second order', () => {
  test('the copy of the same order is ignored, whichever signal carries it', () => {
    const { fin, coupures, recevoir } = montage();
    expect(fin.aborted).toBe(false);
    recevoir('SIGINT', 0);
    expect(fin.aborted).toBe(true);
    recevoir('SIGINT', 3);
    recevoir('SIGTERM', 996);
    expect(coupures).toEqual([]);
  });
  test('one second after the first, it is obeyed', () => {
    const { coupures, recevoir } = montage();
    recevoir('SIGTERM', 0);
    recevoir('SIGTERM', 5);
    recevoir('SIGINT', 995);
    expect(coupures).toEqual(['SIGINT']);
  });
});

const ANCIEN = ['/usr/local/bin/node', '/usr/bin/node'].find((n) => {
  const r = spawnSync(n, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return r.status === 0 && Number(r.stdout.split('.')[0]) < 26;
});

describe('bin/vaguemestre, in its own process group', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s to the whole group: clean end, exit 0', async (signal) => {
    const lanceur = join(resolve(import.meta.dirname, '../../..'), 'bin/vaguemestre');
    const argv = [lanceur, 'webhook', 'recevoir', '--port', '0'];
    const enfant = spawn(ANCIEN ?? process.execPath, argv, {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(enfant.stdout, 'data');
    process.kill(-(enfant.pid as number), signal);
    if (ANCIEN === undefined) process.kill(enfant.pid as number, signal);
    expect(await once(enfant, 'exit')).toEqual([0, null]);
  });
});
