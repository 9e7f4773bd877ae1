import { describe, expect, it } from 'vitest';
import { actes } from '../../../src/protocoles/actes/index.ts';

const { lireReponse } = actes.transmission;

describe('reading of the ministry’s HTTP status', () => {
  it.each([
    ['prise', [200, 201]],
    ['incertaine', [202, 204, 206, 500, 501, 502, 504, 520, 599]],
    ['non_prise', [301, 302, 307, 401, 403, 404, 405, 407, 408, 425, 429, 503]],
    ['refusee', [400, 402, 409, 411, 413, 414, 415, 418, 422, 451]],
    ['incertaine', [0, 100, 199, 600, 999, Number.NaN]],
  ] as const)('%s: %j', (sens, statuts) => {
    for (const statut of statuts) expect([statut, lireReponse(statut, {})]).toEqual([statut, sens]);
  });

  it('the operator’s rows win, exact before class, over our exact ones too', () => {
    const table = { '5xx': 'non_prise', '500': 'refusee', '201': 'incertaine' } as const;
    expect([500, 503, 201, 200].map((s) => lireReponse(s, table))).toEqual([
      'refusee',
      'non_prise',
      'incertaine',
      'prise',
    ]);
  });
});
