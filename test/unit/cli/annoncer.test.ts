import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import { pes, verifier } from '../formats/xades/atelier.ts';
import { AtelierHorsLigne } from './atelier-hors-ligne.ts';

/** `vaguemestre signer --annoncer`, in this process. */

let a: AtelierHorsLigne;
beforeAll(() => {
  a = new AtelierHorsLigne();
}, 120_000);
afterAll(() => a.fermer());
afterEach(() => {
  expect(a.restes()).toEqual([]);
  rmSync(a.chemin('s.xml'), { force: true });
});

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

describe('a file that does not announce itself dematerialised (PES v2, InfoDematerialisee)', () => {
  const MUET = '<InfoDematerialisee V="0"/>';
  const dire = (annonce: string) =>
    Buffer.from(pes().toString('latin1').replace('<InfoDematerialisee V="1"/>', annonce), 'latin1');
  const signer = (octets: Buffer, ...plus: readonly string[]) => {
    a.ecrire('e.xml', octets);
    const [verbe = '', , ...suite] = a.argumentsSigner('s.xml', ...plus);
    return a.cli.lancer(verbe, a.chemin('e.xml'), ...suite);
  };

  test.each([
    ['says 0', MUET],
    ['says nothing', ''],
  ])('%s: signed as it is, with a warning that names the option', async (_, annonce) => {
    const r = await signer(dire(annonce));
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('Reprendre l’original avec --annoncer.')]);
    expect((await signer(dire(annonce), '--remplacer', '--json')).json).toMatchObject([
      { annonces: [], avis: [expect.stringContaining('La dépense')] },
    ]);
  });

  test.each([
    ['says 0', MUET],
    ['says nothing', ''],
  ])('%s: with --annoncer it says 1, and nothing else is changed but the signatures', async (_, annonce) => {
    const r = await signer(dire(annonce), '--annoncer', '--json');
    expect(r.json).toMatchObject([
      { annonces: ['depense'], avis: [], avant: { sha256: sha256(dire(annonce)) } },
    ]);
    const nu = a
      .lire('s.xml')
      .toString('latin1')
      .replaceAll(/<ds:Signature[\s\S]*?<\/ds:Signature>/g, '');
    expect(nu).toBe(pes().toString('latin1'));
    expect((await verifier(a.lire('s.xml'))).conclusion).toBe('valide');
  });

  test('which says 1 already: nothing to tell, nothing to change', async () => {
    expect((await signer(pes(), '--annoncer', '--json')).json).toMatchObject([{ annonces: [], avis: [] }]);
    const r = await signer(pes(), '--remplacer');
    expect(r.sortie).not.toContain('InfoDematerialisee');
  });

  test('which has no header to say it in: refused, nothing written', async () => {
    const sansEntete = Buffer.from(
      pes()
        .toString('latin1')
        .replace(/<EnTeteDepense>.*<\/EnTeteDepense>/, ''),
      'latin1',
    );
    const r = await signer(sansEntete, '--annoncer');
    expect([r.code, r.erreur]).toEqual([3, expect.stringContaining('EnTeteDepense')]);
    expect(a.existe('s.xml')).toBe(false);
  });

  test('--id does not say which domains are signed: --annoncer is refused with it', async () => {
    const r = await signer(dire(MUET), '--annoncer', '--id', 'BORD1');
    expect([r.code, r.erreur]).toEqual([2, expect.stringContaining('--annoncer ne va pas avec --id')]);
  });
});
