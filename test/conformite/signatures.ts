import { createPrivateKey } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { lireCertificat } from '../../src/formats/certificats/certificat.ts';
import {
  type AlgorithmeXml,
  ENVELOPPEE,
  EXC_C14N,
  signatureNommee,
} from '../../src/formats/xades/algorithmes.ts';
import { type DemandeModeleBase, ecrireSignatureBase } from '../../src/formats/xades/base/modele.ts';
import { NS_DS } from '../../src/formats/xades/espaces.ts';
import { ecrireSignature } from '../../src/formats/xades/modele.ts';
import type { AlgorithmeSignataire } from '../../src/ports/signataire.ts';
import { EXTENSIONS, type Pki } from '../unit/formats/certificats/pki.ts';
import { INSTANT, pes, pkiSignature, POLITIQUE_1_7 } from '../unit/formats/xades/atelier.ts';
import { ACTE, ANNEXE, MESSAGE } from '../unit/formats/xades-base/atelier.ts';
import type { ObjetJdk, ReferenceJdk, SignatureJdk } from './jdk.ts';

/** What the tests with other people's signers and verifiers have in common: keys, files, and the orders to them. */

/** Every key with every digest that it signs with. */
export const COMBINAISONS = [
  ['rsa', 'RSA-SHA256'],
  ['rsa', 'RSA-SHA384'],
  ['rsa', 'RSA-SHA512'],
  ['rsa3072', 'RSA-SHA256'],
  ['rsa3072', 'RSA-SHA384'],
  ['rsa3072', 'RSA-SHA512'],
  ['ec', 'ECDSA-SHA256'],
  ['ec', 'ECDSA-SHA384'],
  ['ec', 'ECDSA-SHA512'],
  ['p384', 'ECDSA-SHA256'],
  ['p384', 'ECDSA-SHA384'],
  ['p384', 'ECDSA-SHA512'],
] as const satisfies readonly (readonly [string, AlgorithmeSignataire])[];

export const ENCODAGES = ['UTF-8', 'ISO-8859-1', 'ISO-8859-15'] as const;

/** A PES of two bordereaux in this encoding, with letters that differ from one to another. */
export function pesEn(encodage: (typeof ENCODAGES)[number]): Buffer {
  const texte = pes().toString('latin1').replace('ISO-8859-1', encodage);
  if (encodage === 'ISO-8859-15') return Buffer.from(texte.replace('Noël', 'No\xebl \xa4'), 'latin1');
  const riche = texte.replace('Noël', 'Noël ½ ¾');
  return Buffer.from(riche, encodage === 'UTF-8' ? 'utf8' : 'latin1');
}

/** PKI, with what the other tools want beside it: keys in PKCS#8, certificates in DER, detached files. */
export function preparerAtelier(): Pki {
  const pki = pkiSignature();
  pki.emettre('ica2', { nom: 'rsa3072', cle: 'rsa3072', extensions: EXTENSIONS.signataire });
  for (const nom of ['rsa', 'rsa3072', 'ec', 'p384']) {
    const cle = createPrivateKey(pki.lire(`${nom}.key`));
    pki.ecrire(`${nom}.pk8`, cle.export({ type: 'pkcs8', format: 'der' }));
    pki.ecrire(`${nom}.der`, pki.der(nom));
  }
  mkdirSync(pki.chemin('pieces'));
  pki.ecrire('acte n° 1.pdf', ACTE);
  pki.ecrire('pieces/annexe.xml', ANNEXE);
  pki.ecrire('message.xml', MESSAGE);
  pki.ecrire('acte.b64', ACTE.toString('base64'));
  return pki;
}

export function algorithmeDe(nom: AlgorithmeSignataire): AlgorithmeXml {
  const algorithme = signatureNommee(nom);
  if (algorithme === null) throw new TypeError(nom);
  return algorithme;
}

/** The properties alone, as a document. */
function proprietes(signature: string): string {
  const qp = /<xad:QualifyingProperties.*<\/xad:QualifyingProperties>/s.exec(signature)?.[0] ?? '';
  return qp.replace(' Target=', ` xmlns:ds="${NS_DS}" Target=`);
}

export interface Cle {
  readonly nom: string;
  readonly algorithme: AlgorithmeSignataire;
}

/** What every order says of the key and of the methods. */
function communJdk(pki: Pki, { nom, algorithme }: Cle) {
  const { uri } = algorithmeDe(algorithme);
  return {
    cle: pki.chemin(`${nom}.pk8`),
    certificats: [pki.chemin(`${nom}.der`)],
    methode: uri,
    c14n: EXC_C14N,
    dossier: pki.dossier,
    sortie: pki.chemin('de-jdk.xml'),
  };
}

function modelePes(pki: Pki, { nom, algorithme }: Cle, id: string) {
  const lu = lireCertificat(pki.der(nom));
  if (lu.type !== 'lu') throw new TypeError(lu.motif);
  return {
    id,
    cible: '',
    version: '1.1.1',
    certificat: lu.certificat,
    chaine: [],
    algorithme: algorithmeDe(algorithme),
    instant: INSTANT,
    politique: POLITIQUE_1_7,
    role: 'Maire',
    lieu: null,
  } as const;
}

/** The JDK signs one element of a PES. @param id of the element, which receives the signature. */
export function ordrePes(pki: Pki, cle: Cle, id: string): SignatureJdk {
  const modele = modelePes(pki, cle, 'SIG');
  pki.ecrire('proprietes.xml', proprietes(ecrireSignature(modele, { contenu: new Uint8Array() })));
  const hachage = modele.algorithme.hachage.uri;
  return {
    ...communJdk(pki, cle),
    source: pki.chemin('source.xml'),
    parent: id,
    id: 'SIG',
    references: [
      { uri: `#${id}`, hachage, transformations: [ENVELOPPEE, EXC_C14N] },
      {
        uri: '#SIG_SP',
        type: 'http://uri.etsi.org/01903/v1.1.1#SignedProperties',
        hachage,
        transformations: [EXC_C14N],
      },
    ],
    objets: [{ fichier: pki.chemin('proprietes.xml') }],
  };
}

export type FormeBase = 'detachee' | 'enveloppante' | 'document' | 'element';
export const FORMES_BASE: readonly FormeBase[] = ['detachee', 'enveloppante', 'document', 'element'];

interface ObjetEssai {
  readonly uri: string;
  readonly forme: 'fichier' | 'enveloppe' | 'objet';
  readonly mime: string;
}

const OBJETS: Readonly<Record<FormeBase, readonly ObjetEssai[]>> = {
  detachee: [
    { uri: 'acte%20n%C2%B0%201.pdf', forme: 'fichier', mime: 'application/pdf' },
    { uri: 'pieces/annexe.xml', forme: 'fichier', mime: 'application/xml' },
  ],
  enveloppante: [
    { uri: '#O1', forme: 'objet', mime: 'application/xml' },
    { uri: '#O2', forme: 'objet', mime: 'application/pdf' },
  ],
  document: [{ uri: '', forme: 'enveloppe', mime: 'application/xml' }],
  element: [{ uri: '#OBJET', forme: 'enveloppe', mime: 'application/xml' }],
};

const TRANSFORMATIONS = {
  fichier: [],
  objet: [EXC_C14N],
  enveloppe: [ENVELOPPEE, EXC_C14N],
} as const;

function modeleBase(pki: Pki, cle: Cle, forme: FormeBase): DemandeModeleBase {
  const { certificat, chaine, algorithme, instant } = modelePes(pki, cle, 'SIG');
  const commun = {
    id: 'SIG',
    certificat,
    chaine,
    algorithme,
    instant,
    politique: null,
    role: null,
    lieu: null,
  };
  const corps = MESSAGE.toString('latin1').replace(/^.*?\?>/, '');
  const contenus =
    forme === 'enveloppante'
      ? [
          { id: 'O1', mime: 'application/xml', texte: corps, base64: false },
          { id: 'O2', mime: 'application/pdf', texte: ACTE.toString('base64'), base64: true },
        ]
      : [];
  return { ...commun, objets: OBJETS[forme], contenus };
}

/** The JDK signs a baseline form. */
export function ordreBase(pki: Pki, cle: Cle, forme: FormeBase): SignatureJdk {
  const modele = modeleBase(pki, cle, forme);
  const sans = { ...modele, contenus: [] };
  pki.ecrire('proprietes.xml', proprietes(ecrireSignatureBase(sans, {})));
  const hachage = modele.algorithme.hachage.uri;
  const references: ReferenceJdk[] = OBJETS[forme].map(({ uri, forme: comment }, rang) => ({
    id: `SIG_R${rang + 1}`,
    uri,
    hachage,
    transformations: TRANSFORMATIONS[comment],
  }));
  const type = 'http://uri.etsi.org/01903#SignedProperties';
  const propres: ObjetJdk = { fichier: pki.chemin('proprietes.xml') };
  const contenus: ObjetJdk[] =
    forme === 'enveloppante'
      ? [
          { id: 'O1', mime: 'application/xml', fichier: pki.chemin('message.xml') },
          { id: 'O2', mime: 'application/pdf', encodage: `${NS_DS}base64`, fichier: pki.chemin('acte.b64') },
        ]
      : [];
  return {
    ...communJdk(pki, cle),
    source: forme === 'document' || forme === 'element' ? pki.chemin('message.xml') : null,
    ...(forme === 'element' ? { parent: 'OBJET' } : {}),
    id: 'SIG',
    references: [...references, { uri: '#SIG_SP', type, hachage, transformations: [EXC_C14N] }],
    objets: [propres, ...contenus],
  };
}

/** A baseline form with nothing computed, for xmlsec1 to fill in. */
export function gabaritBase(pki: Pki, cle: Cle, forme: FormeBase): Buffer {
  const vide = ecrireSignatureBase(modeleBase(pki, cle, forme), {});
  const message = MESSAGE.toString('latin1');
  if (forme === 'document') return Buffer.from(message.replace('</m:acte>', `${vide}</m:acte>`), 'latin1');
  if (forme === 'element') return Buffer.from(message.replace('</m:objet>', `${vide}</m:objet>`), 'latin1');
  return Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>\n${vide}`, 'latin1');
}
