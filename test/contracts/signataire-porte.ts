import type { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlgorithmeSignataire } from '../../src/ports/signataire.ts';
import { openssl } from '../unit/formats/certificats/pki.ts';

/** The far side of remote signing, written from the protocol alone: openssl signs a digest that it did not make. */

/** DigestInfo heads (RFC 8017 § 9.2, note 1): what an HSM puts before a digest that it did not make. */
const DIGEST_INFO = {
  SHA256: '3031300d060960864801650304020105000420',
  SHA384: '3041300d060960864801650304020205000430',
  SHA512: '3051300d060960864801650304020305000440',
} as const;

export interface Demande {
  readonly version: number;
  readonly certificat: string;
  readonly algorithme: AlgorithmeSignataire;
  readonly empreinte: string;
}

/** A remote key as an HSM would be: it never sees the bytes, it signs a digest by the bare primitive. */
export function signerEmpreinte(cle: KeyObject, { algorithme, empreinte }: Demande): Buffer {
  const dossier = mkdtempSync(join(tmpdir(), 'vgm-hsm-'));
  const [fichierCle, entree, sortie] = ['cle', 'digest', 'signature'].map((n) => join(dossier, n)) as [
    string,
    string,
    string,
  ];
  const rsa = algorithme.startsWith('RSA');
  const tete = DIGEST_INFO[(algorithme.split('-')[1] ?? '') as keyof typeof DIGEST_INFO];
  writeFileSync(
    entree,
    Buffer.concat([Buffer.from(rsa ? tete : '', 'hex'), Buffer.from(empreinte, 'base64')]),
  );
  writeFileSync(fichierCle, cle.export({ type: 'pkcs8', format: 'pem' }));
  const bourrage = rsa ? ['-pkeyopt', 'rsa_padding_mode:pkcs1'] : [];
  try {
    openssl('pkeyutl', '-sign', '-inkey', fichierCle, '-in', entree, '-out', sortie, ...bourrage);
    return readFileSync(sortie);
  } finally {
    rmSync(dossier, { recursive: true, force: true });
  }
}

/** `SEQUENCE { r, s }` of openssl to r ‖ s of `taille` octets each: the server of the protocol does it. */
export function enP1363(der: Buffer, taille: number): Buffer {
  const debut = (der[1] ?? 0) > 0x80 ? 3 : 2;
  const longueurR = der[debut + 1] ?? 0;
  const placeS = debut + 2 + longueurR;
  const entiers = [
    der.subarray(debut + 2, placeS),
    der.subarray(placeS + 2, placeS + 2 + (der[placeS + 1] ?? 0)),
  ];
  const chiffres = entiers.map((e) =>
    e
      .toString('hex')
      .padStart(2 * taille, '0')
      .slice(-2 * taille),
  );
  return Buffer.from(chiffres.join(''), 'hex');
}

export async function lireDemande(requete: IncomingMessage): Promise<Demande> {
  const blocs: Buffer[] = [];
  for await (const bloc of requete) blocs.push(bloc as Buffer);
  return JSON.parse(Buffer.concat(blocs).toString()) as Demande;
}

export function repondre(reponse: ServerResponse, statut: number, corps: unknown): void {
  reponse.writeHead(statut, { 'content-type': 'application/json' }).end(JSON.stringify(corps));
}
