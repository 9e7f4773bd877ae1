import { creerClockSysteme } from '../../src/adapters/clock/system.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import type { AccesPostgres } from '../../src/adapters/store/postgres/session.ts';
import { type OptionsPostgres, ouvrirStorePostgres } from '../../src/adapters/store/postgres/store.ts';
import type { Store } from '../../src/ports/store.ts';
import type { BaseVide } from '../serveurs/postgres.ts';

export function accesDe({
  hote,
  port,
  base,
  utilisateur,
  motDePasse,
}: Omit<BaseVide, 'secretFichier'>): AccesPostgres {
  return { hote, port, base, utilisateur, motDePasse: async () => motDePasse, tls: null };
}

/** One node on a base of the test server; the clock of the test is not that of the server. */
export function ouvrirSur(base: BaseVide, options: Partial<OptionsPostgres> = {}): Promise<Store> {
  const clock = options.clock ?? creerClockSysteme();
  const random = options.random ?? creerRandomSysteme(clock);
  return ouvrirStorePostgres({
    acces: accesDe(base),
    connexions: 4,
    version: '1.2.3',
    ecartHorloge: Infinity,
    ...options,
    clock,
    random,
  });
}
