import { createHash, type Hash } from 'node:crypto';
import type { Depot } from '../../ports/coffre.ts';
import { trancher } from './empreintes.ts';
import type { Reponse } from './s3-client.ts';
import { nuEtag } from './s3-reponses.ts';

/** Bytes of a piece, found again as often as needed. */
export interface Contenu extends Depot {
  /** Bytes [debut, fin[. */
  ouvrir(debut: number, fin: number): AsyncIterable<Uint8Array>;
}

export function contenuEnMemoire(depot: Depot, octets: Uint8Array): Contenu {
  return {
    ...depot,
    async *ouvrir(debut, fin) {
      yield* trancher(octets.subarray(debut, fin));
    },
  };
}

export interface Partie {
  readonly debut: number;
  readonly fin: number;
  readonly md5: Buffer;
  readonly sha256: Buffer;
}

/** What a server may answer about a piece, worked out here. */
export interface Mesures extends Depot {
  /** Base 64. */
  readonly md5: string;
  /** By parts of the size of the settings; one at least. */
  readonly parties: readonly Partie[];
}

class Mesureur {
  readonly #taillePartie: number;
  readonly #entier = createHash('md5');
  readonly #parties: Partie[] = [];
  #md5: Hash = createHash('md5');
  #sha256: Hash = createHash('sha256');
  #debut = 0;
  #lus = 0;

  constructor(taillePartie: number) {
    this.#taillePartie = taillePartie;
  }

  voir(octets: Uint8Array): void {
    this.#entier.update(octets);
    for (let reste = octets; reste.length > 0; ) {
      if (this.#lus - this.#debut === this.#taillePartie) this.#finirPartie();
      const part = reste.subarray(0, this.#debut + this.#taillePartie - this.#lus);
      this.#md5.update(part);
      this.#sha256.update(part);
      this.#lus += part.length;
      reste = reste.subarray(part.length);
    }
  }

  conclure(depot: Depot): Mesures {
    this.#finirPartie();
    const { sha256, sha512, taille } = depot;
    return { sha256, sha512, taille, md5: this.#entier.digest('base64'), parties: this.#parties };
  }

  #finirPartie(): void {
    const [md5, sha256] = [this.#md5.digest(), this.#sha256.digest()];
    this.#parties.push({ debut: this.#debut, fin: this.#lus, md5, sha256 });
    this.#debut = this.#lus;
    this.#md5 = createHash('md5');
    this.#sha256 = createHash('sha256');
  }
}

/** Reads a piece once. @param taillePartie bytes. */
export async function mesurer(contenu: Contenu, taillePartie: number): Promise<Mesures> {
  const mesureur = new Mesureur(taillePartie);
  for await (const morceau of contenu.ouvrir(0, contenu.taille)) mesureur.voir(morceau);
  return mesureur.conclure(contenu);
}

/** `intacte`: proven by a digest of all its bytes. `autre`: they are not ours. `inconnue`: nothing was proven. */
export type Avis = 'intacte' | 'autre' | 'inconnue';

function hacherEnsemble(algorithme: 'md5' | 'sha256', empreintes: readonly Buffer[]): Buffer {
  const hache = createHash(algorithme);
  for (const empreinte of empreintes) hache.update(empreinte);
  return hache.digest();
}

/**
 * An ETag is the MD5 of the bytes, or of the MD5 of the parts, on most servers; encryption or compression on their side makes it
 * something else: it proves, and never accuses.
 */
export function jugerEtag(etag: string, { md5, parties }: Mesures): Avis {
  const nu = nuEtag(etag);
  if (nu === Buffer.from(md5, 'base64').toString('hex')) return 'intacte';
  const ensemble = hacherEnsemble(
    'md5',
    parties.map((p) => p.md5),
  );
  return nu === `${ensemble.toString('hex')}-${parties.length}` ? 'intacte' : 'inconnue';
}

/** A SHA-256 of the server is of the whole, or of the digests of the parts; cut otherwise than here, it proves nothing. */
function jugerSha256(annonce: string, { sha256, parties }: Mesures): Avis {
  if (!annonce.includes('-')) {
    return annonce === Buffer.from(sha256, 'hex').toString('base64') ? 'intacte' : 'autre';
  }
  const ensemble = hacherEnsemble(
    'sha256',
    parties.map((p) => p.sha256),
  );
  return annonce === `${ensemble.toString('base64')}-${parties.length}` ? 'intacte' : 'inconnue';
}

/** What an answer says of the bytes of a piece. */
export function juger({ entete }: Pick<Reponse, 'entete'>, mesures: Mesures): Avis {
  const sha256 = entete('x-amz-checksum-sha256');
  const avis = sha256 === undefined ? 'inconnue' : jugerSha256(sha256, mesures);
  return avis === 'inconnue' ? jugerEtag(entete('etag') ?? '', mesures) : avis;
}
