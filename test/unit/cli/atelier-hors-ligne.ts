import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXTENSIONS, openssl, type Pki } from '../formats/certificats/pki.ts';
import { pes, pkiSignature } from '../formats/xades/atelier.ts';
import { type BancCli, creerBancCli, type Resultat } from './banc-cli.ts';

/** A folder with a PES, keys in PKCS#12 files and their password, for the verbs that need no daemon. */

const TITRE = '/C=FR/O=Commune d’Épreuve/title=Maire délégué/CN=Camille Épreuve';

export class AtelierHorsLigne {
  readonly pki: Pki;
  readonly cli: BancCli = creerBancCli();

  constructor() {
    this.pki = pkiSignature();
    const { pki } = this;
    pki.emettre('ica2', { nom: 'titre', extensions: EXTENSIONS.signataire, sujet: TITRE });
    pki.emettre('ica2', { nom: 'nu', extensions: EXTENSIONS.signataire, sujet: '/CN=Sans rien' });
    pki.emettre('ica2', { nom: 'expire', extensions: EXTENSIONS.signataire, fin: '2026-01-01' });
    pki.emettre('ica2', { nom: 'tls', extensions: ['keyUsage=critical,keyEncipherment'] });
    pki.emettre('ica2', { nom: 'faible', cle: 'rsa1024', extensions: EXTENSIONS.signataire });
    for (const nom of ['rsa', 'ec', 'titre', 'nu', 'expire', 'tls', 'faible']) this.#exporter(nom);
    this.ecrire('secret', 'secret\n');
    this.ecrire('pes.xml', pes());
  }

  #exporter(nom: string): void {
    const { pki } = this;
    // biome-ignore format: one option per pair reads better
    openssl('pkcs12', '-export', '-inkey', pki.chemin(`${nom}.key`), '-in', pki.chemin(`${nom}.pem`),
      '-certfile', pki.chemin('ica2.pem'), '-passout', 'pass:secret', '-out', pki.chemin(`${nom}.p12`));
  }

  chemin(nom: string): string {
    return join(this.pki.dossier, nom);
  }

  ecrire(nom: string, contenu: string | Uint8Array): string {
    writeFileSync(this.chemin(nom), contenu);
    return this.chemin(nom);
  }

  lire(nom: string): Buffer {
    return readFileSync(this.chemin(nom));
  }

  existe(nom: string): boolean {
    return existsSync(this.chemin(nom));
  }

  /** Nothing half written stays in the folder. */
  restes(): string[] {
    return readdirSync(this.pki.dossier).filter((nom) => nom.includes('partiel'));
  }

  /** The arguments of a signature of `pes.xml` by the RSA key into `sortie`; what is given comes after. */
  argumentsSigner(sortie: string, ...plus: readonly string[]): string[] {
    const cles = ['--p12', this.chemin('rsa.p12'), '--secret-fichier', this.chemin('secret')];
    return ['signer', this.chemin('pes.xml'), ...cles, '--sortie', this.chemin(sortie), ...plus];
  }

  /** Signs `pes.xml` into `sortie`, which is removed first by `--remplacer`. */
  signer(sortie: string, ...plus: readonly string[]): Promise<Resultat> {
    return this.cli.lancer(...this.argumentsSigner(sortie, '--remplacer', ...plus));
  }

  verifier(nom: string, ...plus: readonly string[]): Promise<Resultat> {
    return this.cli.lancer('verifier', this.chemin(nom), ...plus);
  }

  fermer(): void {
    this.pki.fermer();
  }
}
