import { createCipheriv, createHash, createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { POLITIQUES_HELIOS } from '../../src/formats/xades/politiques.ts';
import { signerXades } from '../../src/formats/xades/signer.ts';
import type { CleQuiSigne } from '../../src/formats/xades/signer-types.ts';
import { EXTENSIONS, INSTANT, type Pki, pkiDeBase } from '../unit/formats/certificats/pki.ts';
import { PDF, pes } from '../unit/helios/generateur.ts';

/** PES Aller as a town hall deposits them: one bordereau signed with RSA, and attached pieces that are real archives. */

export interface PesSigne {
  readonly siren: string;
  readonly nom: string;
  readonly octets: Buffer;
}

export interface DemandePesSigne {
  readonly siren: string;
  /** Letters and digits. */
  readonly nomFic: string;
  /** Pièces of the bordereau: some 330 bytes each. */
  readonly pieces: number;
  /** Attached pieces, and bytes of each before base 64. */
  readonly jointes: number;
  readonly tailleJointe: number;
}

/** Sum of the digits, each second one from the right doubled (Luhn): a multiple of ten in a SIRET. */
function estSiret(nombre: string): boolean {
  const somme = [...nombre].toReversed().reduce((total, chiffre, rang) => {
    const double = Number(chiffre) * (1 + (rang % 2));
    return total + (double > 9 ? double - 9 : double);
  }, 0);
  return somme % 10 === 0;
}

/** The first establishment of this SIREN. */
export function siretDe(siren: string): string {
  const nics = Array.from({ length: 10 }, (_, n) => `${siren}0001${n}`);
  return nics.find(estSiret) ?? '';
}

/** Bytes that no compression shortens; the same for the same seed. */
function bruit(octets: number, graine: string): Buffer {
  const cle = createHash('sha256').update(graine).digest();
  return createCipheriv('aes-256-ctr', cle, Buffer.alloc(16)).update(Buffer.alloc(octets));
}

function jointesDe({ nomFic, jointes, tailleJointe }: DemandePesSigne) {
  return Array.from({ length: jointes }, (_, n) => ({
    idUnique: `${nomFic}PJ${n + 1}`,
    nomPJ: `piece-${n + 1}.pdf`,
    typePJ: '007',
    fichier: gzipSync(Buffer.concat([PDF, bruit(tailleJointe, nomFic + n)]), { level: 1 }).toString('base64'),
  }));
}

/** Makes files and signs them; its root is what the daemon must trust. */
export class Mairie {
  readonly #pki: Pki = pkiDeBase();
  readonly #signataire: CleQuiSigne;

  constructor() {
    this.#pki.emettre('ica', { nom: 'maire', cle: 'rsa2048', extensions: EXTENSIONS.signataire });
    const key = createPrivateKey(readFileSync(this.#pki.chemin('maire.key')));
    this.#signataire = {
      certificat: this.#pki.der('maire'),
      chaine: [this.#pki.der('ica')],
      algorithme: 'RSA-SHA256',
      signer: async (octets) => sign('sha256', octets, key),
    };
  }

  /** File, in PEM. */
  get racine(): string {
    return this.#pki.chemin('racine.pem');
  }

  async signer(demande: DemandePesSigne): Promise<PesSigne> {
    const { siren, nomFic } = demande;
    const jointes = jointesDe(demande);
    const brut = pes({
      entetes: { NomFic: nomFic, IdColl: siretDe(siren) },
      infoDematerialisee: '1',
      depense: [{ id: 'B1', pieces: demande.pieces, pjRef: jointes }],
      pieces: jointes,
    });
    const [politique] = POLITIQUES_HELIOS;
    if (politique === undefined) throw new TypeError('no policy');
    const morceaux: Uint8Array[] = [];
    const fait = await signerXades({
      source: () => [brut],
      // The buffer lent is used again.
      ecrire: (octets) => void morceaux.push(Buffer.from(octets)),
      cibles: { type: 'bordereaux' },
      signataire: this.#signataire,
      instant: INSTANT,
      politique,
      role: 'Maire',
      lieu: null,
      identifiants: (rang) => `SIG_${rang}`,
    });
    if (fait.type !== 'signe') throw new TypeError(JSON.stringify(fait));
    return { siren, nom: `${nomFic}.xml`, octets: Buffer.concat(morceaux) };
  }

  fermer(): void {
    this.#pki.fermer();
  }
}
