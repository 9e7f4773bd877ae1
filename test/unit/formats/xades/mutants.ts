import { verifierXades } from '../../../../src/formats/xades/verifier.ts';
import type { De } from '../../../conformite/mutants-xml.ts';
import type { Desaccord } from '../../../conformite/xml-differentiel.ts';
import { canoniques } from './forger.ts';

/** The campaign against signatures: accidents to a signed file, and what our verification still calls valid. */

/** Changes, removes, doubles or moves a few bytes. */
export function muter(octets: Buffer, tirer: De): Buffer {
  const i = tirer(octets.length);
  const long = 1 + tirer(12);
  const [tete, milieu, fin] = [
    octets.subarray(0, i),
    octets.subarray(i, i + long),
    octets.subarray(i + long),
  ];
  switch (tirer(5)) {
    case 0:
      return Buffer.concat([tete, fin]);
    case 1:
      return Buffer.concat([tete, milieu, milieu, fin]);
    case 2:
      return Buffer.concat([
        tete,
        Buffer.from([' ', '\n', '<!-- -->', '<?x?>', '&#32;', 'A'][tirer(6)] ?? ''),
        milieu,
        fin,
      ]);
    case 3: {
      const j = tirer(octets.length - 12);
      return Buffer.concat([tete, octets.subarray(j, j + long), fin]);
    }
    default: {
      const copie = Buffer.from(octets);
      copie[i] = tirer(256);
      return copie;
    }
  }
}

/** What the file says where it is signed. */
const dit = (o: Buffer): string[] =>
  [
    canoniques(o.toString('latin1'), 'Bordereau', true),
    canoniques(o.toString('latin1'), 'SignedInfo'),
    canoniques(o.toString('latin1'), 'SignedProperties'),
  ]
    .flat()
    .map((b) => b.toString('utf8'));

export class CampagneXades {
  readonly compte: { mutants: number; valides: number; readonly desaccords: Desaccord[] } = {
    mutants: 0,
    valides: 0,
    desaccords: [],
  };
  readonly #bon: Buffer;
  readonly #temoin: string;

  /** @param bon a signed file, valid. */
  constructor(bon: Buffer) {
    this.#bon = bon;
    this.#temoin = JSON.stringify(dit(bon));
  }

  /** One mutant. What is called valid must say the same thing: content, SignedInfo and properties canonically equal. */
  async tour(de: De): Promise<void> {
    const mutant = muter(this.#bon, de);
    const verdict = await verifierXades(() => [mutant]);
    this.compte.mutants += 1;
    if (verdict.type !== 'lu' || verdict.conclusion !== 'valide') return;
    this.compte.valides += 1;
    if (JSON.stringify(dit(mutant)) === this.#temoin) return;
    this.compte.desaccords.push({
      quoi: 'valid, though it says something else',
      octets: mutant.toString('latin1'),
    });
  }
}
