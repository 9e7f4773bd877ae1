/** One side writes, the other reads, block by block: neither goes ahead of the other by more than one block. */
export interface Tuyau {
  /** Resolves once the block is read and done with. */
  ecrire(bloc: Uint8Array): Promise<void>;
  finir(): void;
  /** One side has failed: the other gets `cause`, whether it waits already or not yet. */
  rompre(cause: unknown): void;
  /** To be read once. */
  lire(): AsyncGenerator<Uint8Array>;
}

/** A promise that nobody may be waiting for when it rejects. */
function attente<T>(): PromiseWithResolvers<T> {
  const resolveurs = Promise.withResolvers<T>();
  resolveurs.promise.catch(() => undefined);
  return resolveurs;
}

export function creerTuyau(): Tuyau {
  let bloc = attente<Uint8Array | null>();
  let lu = attente<void>();
  return {
    ecrire: (octets) => {
      bloc.resolve(octets);
      return lu.promise;
    },
    finir: () => bloc.resolve(null),
    rompre: (cause) => {
      bloc.reject(cause);
      lu.reject(cause);
    },
    async *lire() {
      for (let lue = await bloc.promise; lue !== null; lue = await bloc.promise) {
        yield lue;
        const fait = lu;
        bloc = attente();
        lu = attente();
        fait.resolve();
      }
    },
  };
}
