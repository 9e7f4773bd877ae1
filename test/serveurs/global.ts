import { assurerPaquets } from './installer.ts';

/** Packages the whole suite leans on. */
const PAQUETS = [
  'dovecot-imapd',
  'clamav-daemon',
  'openssh-server',
  'vsftpd',
  'python3-pyftpdlib',
  'postgresql',
  'redis-server',
  'libxml2-utils',
  'xmlsec1',
  'unzip',
  'openssl',
  'curl',
  'strace',
  'faketime',
  'qpdf',
  'poppler-utils',
];

export async function setup(): Promise<void> {
  await assurerPaquets(PAQUETS);
}
