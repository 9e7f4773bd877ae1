import forge from 'node-forge';

/**
 * The parts of a PKCS#12 file (RFC 7292 § 4). The file itself says how many times its password is to be hashed, and a
 * hostile one could hold the process for hours: nothing is derived before it is counted.
 */

export type Asn1 = forge.asn1.Asn1;

/** The file asks for more hashing than any tool that people use. */
export class CalculDemesure extends Error {
  constructor() {
    super('calcul démesuré');
    this.name = 'CalculDemesure';
  }
}

/** Iterations of the seal, and of all the parts together: the greediest tools in use ask for 2 × 600 000. A few seconds. */
const ITERATIONS_MAX = 2_500_000;

/** Counts, and stops the opening as soon as too much is asked. */
export class Budget {
  #reste = ITERATIONS_MAX;

  depenser(iterations: number): void {
    this.#reste -= iterations;
    if (this.#reste < 0) throw new CalculDemesure();
  }
}

/** Members of a constructed value; empty for a primitive one. */
export function fils(asn1: Asn1 | undefined): readonly Asn1[] {
  return Array.isArray(asn1?.value) ? asn1.value : [];
}

export function oidDe(asn1: Asn1 | undefined): string {
  return typeof asn1?.value === 'string' ? forge.asn1.derToOid(asn1.value) : '';
}

/** Octets of an OCTET STRING, cut in pieces or not (BER). */
export function octetsDe(asn1: Asn1 | undefined): Buffer {
  if (typeof asn1?.value === 'string') return Buffer.from(asn1.value, 'latin1');
  return Buffer.concat(fils(asn1).map(octetsDe));
}

/** A count of iterations: infinite beyond four octets; 0, which derives nothing, when it is absent or negative. */
export function compteDe(asn1: Asn1 | undefined): number {
  const octets = octetsDe(asn1);
  if (octets.length > 4) return Number.POSITIVE_INFINITY;
  return octets.length === 0 || (octets[0] ?? 0) >= 0x80 ? 0 : octets.readUIntBE(0, octets.length);
}

const analyser = (octets: Buffer): Asn1 => forge.asn1.fromDer(octets.toString('latin1'));

const { Class, Type, create } = forge.asn1;

/** Data ContentInfo (RFC 2315 § 7). */
function donneesClaires(octets: Buffer): Asn1 {
  const chaine = create(Class.UNIVERSAL, Type.OCTETSTRING, false, octets.toString('latin1'));
  const oid = forge.asn1.oidToDer(forge.pki.oids['data'] ?? '').getBytes();
  return create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    create(Class.UNIVERSAL, Type.OID, false, oid),
    create(Class.CONTEXT_SPECIFIC, 0, true, [chaine]),
  ]);
}

/** Octets that the seal covers, and that hold the parts. */
export function contenuScelle(pfx: Asn1): Buffer {
  return octetsDe(fils(fils(fils(pfx)[1])[1])[0]);
}

export type Dechiffrer = (algorithme: Asn1 | undefined, chiffre: Buffer) => Buffer;

/** Keys that a part holds under an encryption of their own are put in the clear too. */
function eclaircirSac(sac: Asn1, dechiffrer: Dechiffrer): Asn1 {
  const [type, valeur, ...attributs] = fils(sac);
  if (oidDe(type) !== forge.pki.oids['pkcs8ShroudedKeyBag']) return sac;
  const [algorithme, chiffre] = fils(fils(valeur)[0]);
  const cle = analyser(dechiffrer(algorithme, octetsDe(chiffre)));
  return create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    create(Class.UNIVERSAL, Type.OID, false, forge.asn1.oidToDer(forge.pki.oids['keyBag'] ?? '').getBytes()),
    create(Class.CONTEXT_SPECIFIC, 0, true, [cle]),
    ...attributs,
  ]);
}

function enOctets(asn1: Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

/** The same file all in the clear and without seal, for forge to sort. Throws whatever `dechiffrer` and forge throw. */
export function eclaircir(pfx: Asn1, dechiffrer: Dechiffrer): Asn1 {
  const parties = fils(analyser(contenuScelle(pfx))).map((partie) => {
    const [type, enveloppe] = fils(partie);
    const [contenu] = fils(enveloppe);
    const [, algorithme, chiffre] = fils(fils(contenu)[1]);
    const chiffree = oidDe(type) === forge.pki.oids['encryptedData'];
    const clair = chiffree ? dechiffrer(algorithme, octetsDe(chiffre)) : octetsDe(contenu);
    const sacs = fils(analyser(clair)).map((sac) => eclaircirSac(sac, dechiffrer));
    return donneesClaires(enOctets(create(Class.UNIVERSAL, Type.SEQUENCE, true, sacs)));
  });
  const [version] = fils(pfx);
  const suite = donneesClaires(enOctets(create(Class.UNIVERSAL, Type.SEQUENCE, true, parties)));
  return create(Class.UNIVERSAL, Type.SEQUENCE, true, version === undefined ? [] : [version, suite]);
}
