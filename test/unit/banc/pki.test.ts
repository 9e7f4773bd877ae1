import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { creerPkiEssai, type NomPaire, type PkiEssai } from '../../../src/banc/pki.ts';
import { autosigne, creerAutorite, emettre } from '../../../src/formats/certificats/emettre.ts';
import { horloge } from './decor.ts';

const dossier = mkdtempSync(join(tmpdir(), 'vgm-certificats-'));
let pki: PkiEssai;
beforeAll(async () => {
  pki = await creerPkiEssai(dossier, { clock: horloge });
});

/** What OpenSSL says, under the strict reading of RFC 5280. */
function openssl(certificat: string, ca: string, ...suite: string[]): string {
  const { stdout, stderr } = spawnSync(
    'openssl',
    ['verify', '-x509_strict', '-CAfile', ca, ...suite, certificat],
    { encoding: 'utf8' },
  );
  return stdout + stderr;
}

describe('test PKI, read by OpenSSL in strict mode', () => {
  it.each<[NomPaire, string, string, string]>([
    ['ministere', 'ca', 'sslserver', ': OK'],
    ['ministere-expire', 'ca', 'sslserver', 'certificate has expired'],
    ['ministere-autre-ca', 'ca', 'sslserver', 'unable to get local issuer certificate'],
    ['ministere-autre-ca', 'autre-ca', 'sslserver', ': OK'],
    ['client', 'ca', 'sslclient', ': OK'],
    ['client', 'ca', 'sslserver', 'unsuitable certificate purpose'],
    ['client-mauvais-usage', 'ca', 'sslclient', 'unsuitable certificate purpose'],
    ['client-expire', 'ca', 'sslclient', 'certificate has expired'],
    ['client-pas-encore', 'ca', 'sslclient', 'certificate is not yet valid'],
    ['client-autre-ca', 'ca', 'sslclient', 'unable to get local issuer certificate'],
  ])('%s under %s for %s: %s', (...[nom, ca, usage, attendu]) => {
    const autorite = ca === 'ca' ? pki.ca : pki.autreCa;
    expect(openssl(pki.paires[nom].certificat, autorite, '-purpose', usage)).toContain(attendu);
  });

  it.each([
    ['-verify_hostname', 'localhost'],
    ['-verify_ip', '127.0.0.1'],
    ['-verify_ip', '::1'],
  ])('the ministry is known as %s %s', (option, nom) => {
    expect(openssl(pki.paires.ministere.certificat, pki.ca, option, nom)).toContain(': OK');
    expect(openssl(pki.paires['ministere-autre-nom'].certificat, pki.ca, option, nom)).not.toContain(': OK');
  });

  it('private keys are readable by their owner only', () => {
    expect(statSync(pki.paires.client.cle).mode & 0o777).toBe(0o600);
  });
});

function fichier(nom: string, contenu: string): string {
  const chemin = join(dossier, nom);
  writeFileSync(chemin, contenu);
  return chemin;
}

/** Standard output of an openssl command. */
function sortie(args: string[]): string {
  return spawnSync('openssl', args, { encoding: 'utf8' }).stdout;
}

describe('minting', () => {
  it('a broken signature is only that', async () => {
    const quand = horloge.now() - 60_000;
    const ca = await creerAutorite({ nom: 'AC', jours: 10, quand });
    const paire = await emettre(ca, { nom: 'x', usage: 'client', jours: 5, quand, defaut: 'signature' });
    expect(openssl(fichier('s.pem', paire.certificat), fichier('s-ca.pem', ca.certificat))).toContain(
      'certificate signature failure',
    );
  });

  it('dates from 2050 on are GeneralizedTime (RFC 5280, 4.1.2.5)', async () => {
    const quand = Date.UTC(2049, 11, 1);
    const ca = await creerAutorite({ nom: 'AC', jours: 365, quand });
    const chemin = fichier('2050.pem', ca.certificat);
    expect(openssl(chemin, chemin, '-attime', String(quand / 1000 + 86_400))).toContain(': OK');
    expect(spawnSync('openssl', ['asn1parse', '-in', chemin], { encoding: 'utf8' }).stdout).toContain(
      'GENERALIZEDTIME',
    );
  });

  it('a self-signed pair serves a TLS door that its own certificate verifies', async () => {
    const quand = horloge.now() - 60_000;
    const paire = await autosigne({
      nom: 'vaguemestre',
      dns: ['localhost'],
      ip: ['127.0.0.1'],
      jours: 30,
      quand,
    });
    const chemin = fichier('porte.pem', paire.certificat);
    expect(openssl(chemin, chemin, '-check_ss_sig', '-purpose', 'sslserver')).toContain(': OK');
    const serveur = createServer({ cert: paire.certificat, key: paire.cle }, (socket) =>
      socket.end('bonjour'),
    );
    await new Promise<void>((resoudre) => void serveur.listen(0, '127.0.0.1', resoudre));
    const { port } = serveur.address() as AddressInfo;
    const autorise = await new Promise<boolean>((resoudre, rejeter) => {
      const socket = connect({ port, host: 'localhost', ca: paire.certificat }, () => {
        resoudre(socket.authorized);
        socket.destroy();
      }).once('error', rejeter);
    });
    serveur.close();
    expect(autorise).toBe(true);
  });

  it('key and certificate go together (PKCS#8, P-256)', () => {
    const { certificat, cle } = pki.paires.client;
    expect(readFileSync(cle, 'utf8')).toContain('BEGIN PRIVATE KEY');
    expect(sortie(['pkey', '-in', cle, '-pubout'])).toBe(
      sortie(['x509', '-in', certificat, '-noout', '-pubkey']),
    );
  });
});
