import { describe, expect, test } from 'vitest';
import { departsAvant } from '../../../src/protocoles/helios/accuse/departs.ts';

/** Made on 10 March 2026 at 11:00:00 in Paris, 10:00:00 UTC. */
const ACK = '034079_260310110000-ACK-A0000001_A0000001_OK.xml';
const compter = (departs: readonly string[], acquittement = ACK) =>
  departsAvant({ resume: { departs } }, acquittement);

describe('which sendings an acquittement may answer: those made before it', () => {
  test.each([
    ['long before', '2026-03-10T09:00:00.000Z', { surs: 1, possibles: 1 }],
    [
      'in the same second, which is all that a name tells',
      '2026-03-10T10:00:00.999Z',
      { surs: 1, possibles: 1 },
    ],
    ['a second later: the clocks may differ', '2026-03-10T10:00:01.000Z', { surs: 0, possibles: 1 }],
    ['ten minutes later: they may still', '2026-03-10T10:10:00.000Z', { surs: 0, possibles: 1 }],
    ['more than ten minutes later', '2026-03-10T10:10:01.000Z', { surs: 0, possibles: 0 }],
  ])('%s', (_, depart, attendu) => {
    expect(compter([depart])).toEqual(attendu);
  });

  test('each sending is weighed for itself', () => {
    const departs = ['2026-03-09T10:00:00.000Z', '2026-03-10T10:05:00.000Z', '2026-03-11T10:00:00.000Z'];
    expect(compter(departs)).toEqual({ surs: 1, possibles: 2 });
  });

  test.each(['acquit.xml', '034079_261025023000-ACK-A0000001_A0000001_OK.xml'])(
    'a name that tells no hour, or an hour that comes twice, comes after all: %s',
    (nom) => {
      const departs = ['2026-03-09T10:00:00.000Z', '2027-03-09T10:00:00.000Z'];
      expect(compter(departs, nom)).toEqual({ surs: 2, possibles: 2 });
    },
  );

  test('none is known of a flux that never went on the line', () => {
    expect(departsAvant({ resume: {} }, ACK)).toEqual({ surs: 0, possibles: 0 });
  });
});
