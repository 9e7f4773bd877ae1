/** What bears the same name goes one after the other, within this process. */
export interface Tours {
  passer<T>(noms: readonly string[], geste: () => Promise<T>): Promise<T>;
}

/** Names are all taken in the same instant, so that two gestures never wait for each other. */
export function creerTours(): Tours {
  const derniers = new Map<string, Promise<void>>();
  return {
    passer: async (noms, geste) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const avant = noms.map((nom) => derniers.get(nom));
      for (const nom of noms) derniers.set(nom, promise);
      try {
        await Promise.all(avant);
        return await geste();
      } finally {
        resolve();
        for (const nom of noms) if (derniers.get(nom) === promise) derniers.delete(nom);
      }
    },
  };
}
