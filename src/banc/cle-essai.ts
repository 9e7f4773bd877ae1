import { generateKeyPair } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { ouvrirSignataireP12 } from '../adapters/signataire/p12.ts';
import type { Famille, MagasinConfiance } from '../formats/certificats/magasin.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { Signataire } from '../ports/signataire.ts';

/** A signer of the bench: RSA, as those of the collectivités are, under an authority of its own and a store that trusts it. */
export interface CleEssai {
  readonly signataire: Signataire;
  /** PKCS#12 file, and the file of its password. */
  readonly p12: string;
  readonly secret: string;
  /** Trust store, JSON. */
  readonly magasin: string;
}

const BITS = 2048;
const JOUR_MS = 86_400_000;
const JOURS = { autorite: 3653, porteur: 366 };
const AUTORITE = 'Autorité de signature d’essai';

interface Couple {
  readonly cle: forge.pki.rsa.PrivateKey;
  readonly publique: forge.pki.rsa.PublicKey;
}

/** node:crypto draws the keys, off the loop and a hundred times faster; forge writes what surrounds them. */
async function tirerCle(): Promise<Couple> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const cle = forge.pki.privateKeyFromPem(privateKey);
  return { cle, publique: forge.pki.rsa.setPublicKey(cle.n, cle.e) };
}

interface Patron {
  readonly nom: string;
  readonly serie: string;
  readonly jours: number;
  /** Epoch milliseconds. */
  readonly quand: number;
  readonly extensions: object[];
}

function nomCommun(nom: string): forge.pki.CertificateField[] {
  const UTF8 = forge.asn1.Type.UTF8 as unknown as forge.asn1.Class;
  return [{ shortName: 'CN', value: nom, valueTagClass: UTF8 }];
}

function certifier(patron: Patron, porteur: Couple, autorite: Couple): forge.pki.Certificate {
  const certificat = forge.pki.createCertificate();
  certificat.publicKey = porteur.publique;
  certificat.serialNumber = patron.serie;
  certificat.validity.notBefore = new Date(patron.quand);
  certificat.validity.notAfter = new Date(patron.quand + patron.jours * JOUR_MS);
  certificat.setSubject(nomCommun(patron.nom));
  certificat.setIssuer(nomCommun(AUTORITE));
  certificat.setExtensions([...patron.extensions, { name: 'subjectKeyIdentifier' }]);
  certificat.sign(autorite.cle, forge.md.sha256.create());
  return certificat;
}

/** One family of one anchor, whose certificates all have the level of the demonstration. */
function magasinDe(autorite: forge.pki.Certificate): MagasinConfiance {
  const der = forge.asn1.toDer(forge.pki.certificateToAsn1(autorite)).getBytes();
  const ancre = {
    certificat: Buffer.from(der, 'latin1').toString('base64'),
    nom: AUTORITE,
    periodes: [],
  };
  const famille: Famille = {
    nom: 'demo',
    libelle: 'Certificats de la démonstration',
    lecture: 'tableau',
    ancres: [ancre],
    niveaux: [{ emetteur: '*', politique: '*', niveau: 'Démonstration' }],
    origine: 'faite pour la démonstration',
  };
  return { version: 1, familles: [famille] };
}

interface Certificats {
  readonly autorite: forge.pki.Certificate;
  readonly porteur: forge.pki.Certificate;
  readonly cle: forge.pki.rsa.PrivateKey;
}

async function emettre(quand: number): Promise<Certificats> {
  const [autorite, porteur] = await Promise.all([tirerCle(), tirerCle()]);
  const racine: Patron = {
    nom: AUTORITE,
    serie: '01',
    jours: JOURS.autorite,
    quand,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    ],
  };
  const feuille: Patron = {
    nom: 'Ordonnateur de démonstration',
    serie: '02',
    jours: JOURS.porteur,
    quand,
    extensions: [{ name: 'keyUsage', critical: true, digitalSignature: true, nonRepudiation: true }],
  };
  return {
    autorite: certifier(racine, autorite, autorite),
    porteur: certifier(feuille, porteur, autorite),
    cle: porteur.cle,
  };
}

/** Writes `signataire.p12`, `signataire.mdp` and `confiance.json` in the folder. */
export async function creerCleEssai(
  dossier: string,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<CleEssai> {
  await mkdir(dossier, { recursive: true });
  const { autorite, porteur, cle } = await emettre(clock.now() - JOUR_MS);
  const motDePasse = random.hex(12);
  const chaine = [porteur, autorite];
  const conteneur = forge.pkcs12.toPkcs12Asn1(cle, chaine, motDePasse, { algorithm: 'aes256' });
  const p12 = join(dossier, 'signataire.p12');
  const secret = join(dossier, 'signataire.mdp');
  const magasin = join(dossier, 'confiance.json');
  const octets = Buffer.from(forge.asn1.toDer(conteneur).getBytes(), 'latin1');
  await writeFile(p12, octets, { mode: 0o600 });
  await writeFile(secret, motDePasse, { mode: 0o600 });
  await writeFile(magasin, JSON.stringify(magasinDe(autorite)));
  return { p12, secret, magasin, signataire: ouvrirSignataireP12({ fichier: p12, secret: motDePasse }) };
}
