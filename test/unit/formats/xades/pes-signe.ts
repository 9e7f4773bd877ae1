import type { ReglesJugement } from '../../../../src/formats/xades/juger.ts';
import type { RapportSignature, RapportXades } from '../../../../src/formats/xades/rapport.ts';
import type { Pki } from '../certificats/pki.ts';
import { cleDe, codes, pes, pkiSignature, signer, verifier } from './atelier.ts';
import { assembler, couper, type Parties, resigner, toutRefaire } from './forger.ts';

/** A PES of one signed bordereau in the hands of who holds the key of its signer. */
export class PesSigne {
  readonly pki: Pki;
  /** PEM of the key. */
  readonly cle: Buffer;
  readonly bon: string;
  readonly p: Parties;

  private constructor(pki: Pki, bon: string) {
    this.pki = pki;
    this.cle = pki.lire('rsa.key');
    this.bon = bon;
    this.p = couper(bon);
  }

  static async creer(): Promise<PesSigne> {
    const pki = pkiSignature();
    const { octets } = await signer(pes({ bordereaux: 1 }), cleDe(pki, 'rsa'));
    return new PesSigne(pki, octets.toString('latin1'));
  }

  /** The signature with one text for another. */
  change(avant: string | RegExp, apres: string): string {
    const signature = this.p.signature.replace(avant, () => apres);
    if (signature === this.p.signature) throw new TypeError(String(avant));
    return assembler(this.p, { signature });
  }

  /** Likewise, its value made right again. */
  resigne(avant: string | RegExp, apres: string): string {
    return resigner(this.change(avant, apres), this.cle);
  }

  /** Likewise, its digests too. */
  refait(avant: string | RegExp, apres: string): string {
    return toutRefaire(this.change(avant, apres), this.cle);
  }

  x509(nom: string): string {
    return `<ds:X509Certificate>${Buffer.from(this.pki.der(nom)).toString('base64')}</ds:X509Certificate>`;
  }
}

/** The first signature, the conclusion on the file, and the codes of everything found. */
export async function juger(
  texte: string,
  regles: Partial<ReglesJugement> = {},
): Promise<RapportSignature & Pick<RapportXades, 'conclusion'> & { readonly codes: string[] }> {
  const rapport = await verifier(texte, regles);
  const [premiere] = rapport.signatures;
  if (premiere === undefined) throw new TypeError('not signed');
  return { ...premiere, codes: codes(rapport), conclusion: rapport.conclusion };
}
