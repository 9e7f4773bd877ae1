import type { RapportBase, RapportSignatureBase } from '../../../../src/formats/xades/base/rapport.ts';
import type { OptionsVerificationBase } from '../../../../src/formats/xades/base/verifier.ts';
import type { Pki } from '../certificats/pki.ts';
import { cleDe, pkiSignature } from '../xades/atelier.ts';
import { resigner } from '../xades/forger.ts';
import { codes, envelopper, fournir, LES_DEUX, MESSAGE, separer, verifier } from './atelier.ts';
import { refaire } from './forger.ts';

/** One text for another; a test that changes nothing proves nothing. */
export function change(texte: string, avant: string | RegExp, apres: string): string {
  const autre = texte.replace(avant, () => apres);
  if (autre === texte) throw new TypeError(String(avant));
  return autre;
}

interface Textes {
  /** Detached, enveloping, enveloped in the document, enveloped in one element. */
  readonly D: string;
  readonly O: string;
  readonly E: string;
  readonly F: string;
}

/** Sound signatures of each form, in the hands of who holds the key of their signer. */
export class Signees {
  readonly pki: Pki;
  /** PEM of the key. */
  readonly cle: Buffer;
  readonly textes: Textes;

  private constructor(pki: Pki, textes: Textes) {
    this.pki = pki;
    this.cle = pki.lire('rsa.key');
    this.textes = textes;
  }

  static async creer(): Promise<Signees> {
    const pki = pkiSignature();
    const signataire = cleDe(pki, 'rsa');
    const contenu = Buffer.from('<paie Id="PAIE"><iban>FR76</iban></paie>');
    const nu = Buffer.from(MESSAGE.toString('latin1').replace(/<\?xml-style.*\?>\n/, ''), 'latin1');
    const signees = [
      await separer(signataire, LES_DEUX),
      await separer(signataire, [{ type: 'xml', mime: 'application/xml', contenu }]),
      (await envelopper(signataire, nu)).octets,
      (await envelopper(signataire, nu, { cible: { type: 'element', id: 'OBJET' } })).octets,
    ];
    const [D = '', O = '', E = '', F = ''] = signees.map((octets) => octets.toString('latin1'));
    return new Signees(pki, { D, O, E, F });
  }

  /** Changed, its value made right again. */
  resigne(...demande: Parameters<typeof change>): string {
    return resigner(change(...demande), this.cle);
  }

  /** Changed, every digest of something within it made right again too. */
  refait(...demande: Parameters<typeof change>): string {
    return refaire(change(...demande), this.cle);
  }
}

/** The first signature, the conclusion on the file, and the codes of everything found. */
export async function juger(
  texte: string,
  options: OptionsVerificationBase = fournir(),
): Promise<RapportSignatureBase & Pick<RapportBase, 'conclusion'> & { readonly codes: string[] }> {
  const rapport = await verifier(texte, options);
  const [premiere] = rapport.signatures;
  if (premiere === undefined) throw new TypeError('not signed');
  return { ...premiere, codes: codes(rapport), conclusion: rapport.conclusion };
}
