/** A fixed number of places at a destination: who comes first is served first, the others wait in line. */
export interface Guichet {
  prendre<T>(travail: () => Promise<T>): Promise<T>;
}

export function creerGuichet(places: number): Guichet {
  let libres = places;
  const attente: (() => void)[] = [];
  const rendre = (): void => {
    const suivant = attente.shift();
    if (suivant === undefined) libres += 1;
    else suivant();
  };
  return {
    async prendre(travail) {
      if (libres > 0) libres -= 1;
      else await new Promise<void>((place) => attente.push(place));
      try {
        return await travail();
      } finally {
        rendre();
      }
    },
  };
}
