import { assurerPaquets } from './installer.ts';

/** Packages the whole suite leans on. */
const PAQUETS = ['dovecot-imapd', 'clamav-daemon', 'libxml2-utils', 'xmlsec1', 'unzip', 'openssl'];

export async function setup(): Promise<void> {
  await assurerPaquets(PAQUETS);
}
