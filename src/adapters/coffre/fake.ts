import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import type { Sha256 } from '../../metier/identifiants.ts';
import type { Coffre, Depot, Source } from '../../ports/coffre.ts';
import { Compteur, parTranches } from './empreintes.ts';

export interface FakeCoffre extends Coffre {
  /** Digests of the pieces kept, in order of arrival. */
  pieces(): readonly Sha256[];
  /** Damages a piece, or removes it (null), as a hand outside the program would. */
  alterer(sha256: Sha256, octets: Uint8Array | null): void;
}

async function lireTout(source: Source, limite?: number): Promise<{ depot: Depot; octets: Buffer }> {
  const compteur = new Compteur(limite);
  const morceaux: Uint8Array[] = [];
  for await (const morceau of parTranches(source)) {
    compteur.voir(morceau);
    morceaux.push(Uint8Array.from(morceau));
  }
  return { depot: compteur.conclure(), octets: Buffer.concat(morceaux) };
}

/** The coffre in memory, for tests. */
export function creerFakeCoffre(): FakeCoffre {
  const pieces = new Map<Sha256, Uint8Array>();
  const exiger = (sha256: Sha256): Uint8Array => {
    const octets = pieces.get(sha256);
    if (octets === undefined) throw erreurNoyau('VGM-NOY-006', { empreinte: sha256 });
    return octets;
  };
  return {
    async ajouter(source, limite) {
      const { depot, octets } = await lireTout(source, limite);
      pieces.set(depot.sha256, octets);
      return depot;
    },
    async recevoir(source, limite) {
      const { depot, octets } = await lireTout(source, limite);
      let gardee = false;
      let jetee = false;
      const vivante = () => {
        if (jetee) throw erreurNoyau('VGM-NOY-006', { empreinte: depot.sha256 });
      };
      return {
        ...depot,
        async lire(debut, fin) {
          vivante();
          return octets.subarray(debut, Math.max(debut, fin));
        },
        async garder() {
          vivante();
          gardee = true;
          pieces.set(depot.sha256, octets);
        },
        async jeter() {
          jetee = !gardee;
        },
      };
    },
    async ouvrir(sha256, plage) {
      const octets = exiger(sha256);
      const voulus =
        plage === undefined ? octets : octets.subarray(plage.debut, Math.max(plage.debut, plage.fin));
      return Readable.from(voulus.length === 0 ? [] : [Buffer.from(voulus)]);
    },
    async verifier(sha256) {
      const octets = pieces.get(sha256);
      return octets !== undefined && createHash('sha256').update(octets).digest('hex') === sha256;
    },
    pieces: () => [...pieces.keys()],
    alterer(sha256, octets) {
      if (octets === null) pieces.delete(sha256);
      else pieces.set(sha256, octets);
    },
  };
}
