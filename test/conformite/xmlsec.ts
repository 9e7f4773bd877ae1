import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { assurerPaquets, trouver } from '../serveurs/installer.ts';
import type { Avis } from './jdk.ts';

/** xmlsec1 on whole files: detached files are found beside the file judged. */

/** Names of the elements whose `Id` it is to know; the others have none for it. */
const AVEC_ID = [
  'SignedProperties',
  'Object',
  'KeyInfo',
  'PES_Aller',
  'Bordereau',
  'acte',
  'objet',
  'TrustServiceStatusList',
].flatMap((nom) => ['--id-attr:Id', nom]);

export async function assurerXmlsec(): Promise<void> {
  await assurerPaquets(['xmlsec1']);
}

function xmlsec(...args: readonly string[]): Avis {
  const fichier = args.at(-1) ?? '';
  const { status, stdout, stderr } = spawnSync(trouver('xmlsec1') ?? '', [...args], {
    cwd: dirname(fichier),
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { juste: status === 0, dit: `${stdout}${stderr}` };
}

/**
 * The arithmetic of the signature of this rank (from 1).
 * @param certificat PEM: whatever KeyInfo says, the key is the one of this certificate.
 */
export function verifierXmlsec(fichier: string, rang = 1, certificat?: string): Avis {
  const noeud = `/descendant::*[local-name()='Signature'][${rang}]`;
  const cle =
    certificat === undefined
      ? ['--insecure']
      : ['--pubkey-cert-pem', certificat, '--enabled-key-data', 'key-name'];
  return xmlsec('--verify', ...cle, '--node-xpath', noeud, ...AVEC_ID, fichier);
}

/** Fills in the digests and the value of a template. @param cle PEM of the key. */
export function signerXmlsec(gabarit: string, sortie: string, cle: string): Avis {
  return xmlsec('--sign', '--privkey-pem', cle, ...AVEC_ID, '--output', sortie, gabarit);
}
