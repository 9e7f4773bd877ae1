import { createPrivateKey } from 'node:crypto';
import { signataireLocal } from '../../../../src/adapters/signataire/local.ts';
import {
  lireMagasin,
  type MagasinOuvert,
  ouvrirMagasin,
} from '../../../../src/formats/certificats/magasin.ts';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import type { RapportXades } from '../../../../src/formats/xades/rapport.ts';
import { signerXades } from '../../../../src/formats/xades/signer.ts';
import type { DemandeSignature, ResultatSignature } from '../../../../src/formats/xades/signer-types.ts';
import { type OptionsVerification, verifierXades } from '../../../../src/formats/xades/verifier.ts';
import type { AlgorithmeSignataire, Signataire } from '../../../../src/ports/signataire.ts';
import { type DemandePes, genererPes } from '../../../bench/generer-pes.ts';
import { batirBase, EXTENSIONS, INSTANT, type Pki, pkiGardee, POLITIQUE } from '../certificats/pki.ts';

export { INSTANT } from '../certificats/pki.ts';

export const [POLITIQUE_1_7] = POLITIQUES_HELIOS as [(typeof POLITIQUES_HELIOS)[number]];

export function pes(demande: Partial<DemandePes> = {}): Buffer {
  return Buffer.concat([...genererPes({ octets: 100, bordereaux: 2, pj: 100, ...demande })]);
}

/** Root, authority, and one sound signer per family of keys. The authority's name holds what RFC 2253 escapes. */
export function pkiSignature(): Pki {
  return pkiGardee('signature', batirSignature);
}

export function batirSignature(pki: Pki): void {
  batirBase(pki);
  pki.emettre('racine', {
    nom: 'ica2',
    extensions: EXTENSIONS.ica,
    sujet: '/C=FR/O=Autorité, d\'essai+ "Été"/OU=0002 123456789/CN=AC Épreuve',
  });
  pki.emettre('ica2', { nom: 'rsa', cle: 'rsa2048', extensions: EXTENSIONS.signataire });
  pki.emettre('ica2', { nom: 'ec', extensions: EXTENSIONS.signataire });
  pki.emettre('ica2', { nom: 'p384', cle: 'p384', extensions: EXTENSIONS.signataire });
}

export function cleDe(pki: Pki, nom: string, algorithme?: AlgorithmeSignataire): Signataire {
  return signataireLocal({
    cle: createPrivateKey(pki.lire(`${nom}.key`)),
    certificat: pki.der(nom),
    chaine: [pki.der('ica2')],
    ...(algorithme === undefined ? {} : { algorithme }),
  });
}

export function magasin(pki: Pki): MagasinOuvert {
  const lu = lireMagasin({
    version: 1,
    familles: [
      {
        nom: 'essai',
        libelle: 'Essai',
        lecture: 'tableau',
        ancres: [
          { certificat: Buffer.from(pki.der('racine')).toString('base64'), nom: 'racine', periodes: [] },
        ],
        niveaux: [{ emetteur: '*', politique: POLITIQUE.rgs2, niveau: 'RGS **' }],
        origine: 'essai',
      },
    ],
  });
  if (lu.type === 'refuse') throw new TypeError(lu.problemes.join());
  return ouvrirMagasin(lu.magasin);
}

export interface Signe {
  readonly resultat: ResultatSignature;
  readonly octets: Buffer;
}

export async function signer(
  source: Buffer,
  signataire: Signataire,
  suite: Partial<DemandeSignature> = {},
): Promise<Signe> {
  const blocs: Uint8Array[] = [];
  const resultat = await signerXades({
    source: () => morceaux(source),
    ecrire: (octets) => void blocs.push(Uint8Array.from(octets)),
    cibles: { type: 'bordereaux' },
    signataire,
    instant: INSTANT,
    politique: POLITIQUE_1_7,
    role: 'Maire délégué « ordonnateur » & €',
    lieu: { ville: 'Saint-Étienne', codePostal: '42000', pays: 'France' },
    identifiants: (rang) => `SIG_${rang}`,
    ...suite,
  });
  return { resultat, octets: Buffer.concat(blocs) };
}

/** A source in portions that cut anywhere. */
export function* morceaux(octets: Uint8Array, pas = 1013): Generator<Uint8Array> {
  for (let i = 0; i < octets.length; i += pas) yield octets.subarray(i, i + pas);
}

export async function verifier(
  octets: Uint8Array | string,
  options: OptionsVerification = {},
): Promise<RapportXades> {
  const source = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
  const verdict = await verifierXades(() => morceaux(source), options);
  if (verdict.type !== 'lu') throw new TypeError(JSON.stringify(verdict));
  return verdict;
}

/** Codes of everything found, the file's and each signature's. */
export function codes(rapport: RapportXades): string[] {
  return [...rapport.constats, ...rapport.signatures.flatMap((s) => s.constats)].map((c) => c.code);
}
