import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { type Certificat, lireCertificat } from './certificat.ts';
import { type Asn1, Budget, CalculDemesure, eclaircir, fils, oidDe } from './pkcs12-parties.ts';
import { creerDechiffrer, formesDuSecret, ProcedeInconnu, type Secret } from './pkcs12-chiffres.ts';
import { verifierSceau } from './pkcs12-sceau.ts';

/**
 * PKCS#12 files of every age (RFC 7292): AES, 3DES and RC2 of the first Windows. node-forge opens them, for OpenSSL 3
 * refuses the oldest; then it is left: key and certificates go on as node:crypto knows them.
 */

export type RefusPkcs12 =
  | 'secret'
  | 'abime'
  | 'sans_cle'
  | 'sans_certificat'
  | 'ambigu'
  | 'inconnu'
  | 'demesure';

export type OuverturePkcs12 =
  | {
      readonly type: 'ouvert';
      readonly cle: KeyObject;
      /** DER of the certificate of the key. */
      readonly certificat: Uint8Array;
      /** DER, from its issuer upwards; certificates of no use to the path come last. */
      readonly chaine: readonly Uint8Array[];
    }
  /** `motif`: French, for people, with the remedy. */
  | { readonly type: 'refuse'; readonly code: RefusPkcs12; readonly motif: string };

const MOTIFS = {
  secret: 'Le mot de passe du fichier PKCS#12 est faux. Ressaisir le mot de passe donné avec le certificat.',
  abime:
    'Le fichier PKCS#12 est abîmé, ou ce n’est pas un fichier .p12 ou .pfx. Le recopier depuis l’original.',
  sans_cle: 'Le fichier PKCS#12 ne contient pas de clé privée. L’exporter de nouveau, avec la clé privée.',
  sans_certificat:
    'Le fichier PKCS#12 ne contient pas le certificat de sa clé. L’exporter de nouveau, avec le certificat.',
  ambigu:
    'Le fichier PKCS#12 contient plusieurs clés de signature. En exporter un par clé, et donner celui qui doit signer.',
  inconnu:
    'Le fichier PKCS#12 est protégé par un procédé inconnu. L’exporter de nouveau avec « openssl pkcs12 -export ».',
  demesure:
    'Le fichier PKCS#12 demande un calcul démesuré pour s’ouvrir. L’exporter de nouveau avec « openssl pkcs12 -export ».',
} as const satisfies Readonly<Record<RefusPkcs12, string>>;

function refuser(code: RefusPkcs12): OuverturePkcs12 {
  return { type: 'refuse', code, motif: MOTIFS[code] };
}

/** A PKCS#12 of one identity weighs some kilobytes. */
const TAILLE_MAX = 1_000_000;

/** Never throws. `secret`: the password as people type it. */
export function ouvrirPkcs12(octets: Uint8Array, secret: string): OuverturePkcs12 {
  const asn1 = octets.length > TAILLE_MAX ? undefined : lireAsn1(octets);
  if (asn1 === undefined) return refuser('abime');
  const essai = essayer(asn1, secret.normalize('NFC'));
  if (essai.type === 'refuse') return essai;
  return assembler(essai.pfx);
}

/** PFX ::= SEQUENCE { version 3, authSafe ContentInfo of data, macData OPTIONAL }. */
function lireAsn1(octets: Uint8Array): Asn1 | undefined {
  try {
    const asn1 = forge.asn1.fromDer(Buffer.from(octets).toString('latin1'));
    const [version, contenu, sceau, ...trop] = fils(asn1);
    const [type] = fils(contenu);
    const estPfx = version?.value === '\u0003' && oidDe(type) === forge.pki.oids['data'];
    const [empreinte] = fils(sceau);
    const scelle = sceau === undefined || oidDe(fils(fils(empreinte)[0])[0]) !== '';
    return estPfx && scelle && trop.length === 0 ? asn1 : undefined;
  } catch {
    return undefined;
  }
}

type Pfx = forge.pkcs12.Pkcs12Pfx;
type Essai = { readonly type: 'ouvert'; readonly pfx: Pfx } | (OuverturePkcs12 & { readonly type: 'refuse' });

function essayer(asn1: Asn1, secret: string): Essai {
  try {
    const sceau = verifierSceau(asn1, secret, new Budget());
    if (sceau === 'inconnu') return refuserEssai('inconnu');
    for (const forme of formesDuSecret(secret)) {
      const pfx = tenter(asn1, forme);
      if (pfx === undefined) continue;
      if (sceau !== 'faux') return { type: 'ouvert', pfx };
      // Opened by this password and by no other, while the seal does not hold: the password is right and the file is not.
      const [autre] = formesDuSecret(`${secret}?`);
      const protege = autre !== undefined && tenter(asn1, autre) === undefined;
      return refuserEssai(protege ? 'abime' : 'secret');
    }
    return refuserEssai(sceau === 'juste' ? 'abime' : 'secret');
  } catch (e) {
    if (e instanceof CalculDemesure) return refuserEssai('demesure');
    return refuserEssai(e instanceof ProcedeInconnu ? 'inconnu' : 'abime');
  }
}

function refuserEssai(code: RefusPkcs12): Essai {
  return { type: 'refuse', code, motif: MOTIFS[code] };
}

/** Throws CalculDemesure and ProcedeInconnu; undefined when this password does not open. */
function tenter(asn1: Asn1, secret: Secret): Pfx | undefined {
  try {
    const clair = eclaircir(asn1, creerDechiffrer(secret, new Budget()));
    return forge.pkcs12.pkcs12FromAsn1(clair, '');
  } catch (e) {
    if (e instanceof CalculDemesure || e instanceof ProcedeInconnu) throw e;
    return undefined;
  }
}

function assembler(pfx: Pfx): OuverturePkcs12 {
  const cles = sacs(pfx, [forge.pki.oids['pkcs8ShroudedKeyBag'], forge.pki.oids['keyBag']]).flatMap(lireCle);
  if (cles.length === 0) return refuser('sans_cle');
  const certificats = sacs(pfx, [forge.pki.oids['certBag']]).flatMap(lireCertificatDuSac);
  const paires = cles.flatMap((cle) => {
    const certificat = certificats.find((c) => new X509Certificate(c.der).checkPrivateKey(cle));
    return certificat === undefined ? [] : [{ cle, certificat }];
  });
  const signantes = paires.filter(({ certificat }) => peutSigner(certificat));
  const [choisie, autre] = signantes.length > 0 ? signantes : paires;
  if (choisie === undefined) return refuser('sans_certificat');
  if (autre !== undefined) return refuser('ambigu');
  const { cle, certificat } = choisie;
  const chaine = ordonner(certificat, certificats).map((c) => c.der);
  return { type: 'ouvert', cle, certificat: certificat.der, chaine };
}

function peutSigner({ extensions: { usages } }: Certificat): boolean {
  return usages === null || usages.includes('digitalSignature') || usages.includes('nonRepudiation');
}

function sacs(pfx: Pfx, types: readonly (string | undefined)[]): forge.pkcs12.Bag[] {
  return types.flatMap((bagType) => (bagType === undefined ? [] : (pfx.getBags({ bagType })[bagType] ?? [])));
}

/** forge reads RSA keys only, and leaves the others as ASN.1. */
function lireCle(sac: forge.pkcs12.Bag): KeyObject[] {
  const asn1 = sac.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(sac.key)) : sac.asn1;
  try {
    return [createPrivateKey({ key: enOctets(asn1), format: 'der', type: 'pkcs8' })];
  } catch {
    return [];
  }
}

function lireCertificatDuSac(sac: forge.pkcs12.Bag): Certificat[] {
  const lu = lireCertificat(enOctets(sac.cert ? refaire(sac.cert) : sac.asn1));
  return lu.type === 'lu' ? [lu.certificat] : [];
}

/**
 * The certificate around the signed part that forge kept as it was. The algorithm is taken from that part, where it is
 * written too (RFC 5280 § 4.1.1.2): forge would write it anew from what it understood.
 */
function refaire(certificat: forge.pki.Certificate): Asn1 {
  const { tbsCertificate, signature } = certificat as typeof certificat & { tbsCertificate: Asn1 };
  const champs = tbsCertificate.value as Asn1[];
  const versionne = champs[0]?.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC;
  const algorithme = champs[versionne ? 2 : 1];
  const { Class, Type, create } = forge.asn1;
  const valeur = create(Class.UNIVERSAL, Type.BITSTRING, false, `\0${String(signature)}`);
  const membres = algorithme === undefined ? [] : [tbsCertificate, algorithme, valeur];
  return create(Class.UNIVERSAL, Type.SEQUENCE, true, membres);
}

function enOctets(asn1: Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}

function ordonner(porteur: Certificat, certificats: readonly Certificat[]): Certificat[] {
  const restants = new Set(certificats.filter((c) => c.sha256 !== porteur.sha256));
  const suite: Certificat[] = [];
  for (let dernier: Certificat | undefined = porteur; dernier !== undefined; ) {
    const nom: string = dernier.emetteur.cle;
    dernier = [...restants].find((c) => c.sujet.cle === nom);
    if (dernier === undefined) break;
    restants.delete(dernier);
    suite.push(dernier);
  }
  return [...suite, ...restants];
}
