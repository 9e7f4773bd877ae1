import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lireCertificat } from '../../src/formats/certificats/certificat.ts';
import { signatureNommee } from '../../src/formats/xades/algorithmes.ts';
import { greffer } from '../../src/formats/xades/flux.ts';
import { ecrireSignature } from '../../src/formats/xades/modele.ts';
import { POLITIQUES_HELIOS } from '../../src/formats/xades/politiques.ts';
import { EXTENSIONS, INSTANT, openssl, pkiDeBase } from '../unit/formats/certificats/pki.ts';
import { PARTAGE, RACINE } from '../unit/formats/chemins.ts';
import type { Dire } from './lancer.ts';
import type { Commande } from './mesures.ts';
import { type DemandePes, fabriquerPes } from './pes.ts';

/** The folder of the measures on XML: files, keys, schema, and the commands that are compared. */

const LANCEUR = join(RACINE, 'bin', 'vaguemestre');
const QUAND = new Date(INSTANT).toISOString();

/** `officiel`: the DGFiP's, laid beside the repository; `maison`: our own statement of it. */
interface Schema {
  readonly origine: 'officiel' | 'maison';
  readonly fichier: string;
}

function choisirSchema(): Schema {
  const officiel = `${PARTAGE}normes/helios/schemas_pes_v5.17/PES_V2/Rev0/PES_Aller.xsd`;
  return existsSync(officiel)
    ? { origine: 'officiel', fichier: officiel }
    : { origine: 'maison', fichier: join(RACINE, 'schemas', 'helios', 'PES_Aller.xsd') };
}

export class AtelierXml {
  readonly dossier: string = mkdtempSync(join(tmpdir(), 'vaguemestre-bench-xml-'));
  readonly schema: Schema = choisirSchema();
  readonly dire: Dire;

  constructor(dire: Dire) {
    this.dire = dire;
    const pki = pkiDeBase();
    pki.emettre('racine', { nom: 'cle', cle: 'rsa2048', extensions: EXTENSIONS.signataire });
    const [cle, certificat] = [pki.chemin('cle.key'), pki.chemin('cle.pem')];
    // biome-ignore format: one option per pair reads better
    openssl('pkcs12', '-export', '-inkey', cle, '-in', certificat,
      '-passout', 'pass:secret', '-out', this.chemin('cle.p12'));
    for (const nom of ['cle.key', 'cle.pem', 'racine.pem']) {
      writeFileSync(this.chemin(nom), readFileSync(pki.chemin(nom)));
    }
    writeFileSync(this.chemin('secret'), 'secret\n', { mode: 0o600 });
    pki.fermer();
  }

  chemin(nom: string): string {
    return join(this.dossier, nom);
  }

  ecrire(nom: string, demande: DemandePes): void {
    const fd = openSync(this.chemin(nom), 'w');
    for (const portion of fabriquerPes(demande)) writeSync(fd, portion);
    closeSync(fd);
  }

  effacer(...noms: readonly string[]): void {
    for (const nom of noms) rmSync(this.chemin(nom), { force: true });
  }

  fermer(): void {
    rmSync(this.dossier, { recursive: true, force: true });
  }

  #vaguemestre(...args: string[]): Commande {
    return [process.execPath, LANCEUR, ...args, '--json'];
  }

  /** Every bordereau. */
  signer(fichier: string, sortie: string): Commande {
    const cles = ['--p12', this.chemin('cle.p12'), '--secret-fichier', this.chemin('secret')];
    const quoi = ['--bordereaux', '--role', 'Maire', '--instant', QUAND, '--sortie', this.chemin(sortie)];
    return this.#vaguemestre('signer', this.chemin(fichier), ...cles, ...quoi);
  }

  verifier(fichier: string): Commande {
    return this.#vaguemestre('verifier', this.chemin(fichier));
  }

  valider(fichier: string): Commande {
    return this.#vaguemestre('xml', 'valider', this.chemin(fichier), '--schema', this.schema.fichier);
  }

  validerEtVerifier(fichier: string): Commande {
    return this.#vaguemestre('verifier', this.chemin(fichier), '--schema', this.schema.fichier);
  }

  xmllint(fichier: string): Commande | null {
    const args = ['--huge', '--stream', '--noout', '--nonet', '--schema', this.schema.fichier];
    return presente(['xmllint', ...args, this.chemin(fichier)]);
  }

  /** @param gabarit a file with an empty signature in it, which xmlsec1 fills. */
  xmlsecSigner(gabarit: string, sortie: string): Commande | null {
    const cles = ['--privkey-pem', `${this.chemin('cle.key')},${this.chemin('cle.pem')}`];
    const args = ['--sign', ...cles, ...IDS, '--output', this.chemin(sortie), this.chemin(gabarit)];
    return presente(['xmlsec1', ...args]);
  }

  /** The first signature of the file. */
  xmlsecVerifier(fichier: string): Commande | null {
    const quand = QUAND.replace('T', ' ').slice(0, 19);
    const ancre = ['--trusted-pem', this.chemin('racine.pem'), '--verification-time', quand];
    return presente(['xmlsec1', '--verify', ...ancre, ...IDS, this.chemin(fichier)]);
  }

  /** Puts an empty signature of bordereau B1 where ours would be. */
  async gabarit(fichier: string, sortie: string): Promise<void> {
    const lu = lireCertificat(this.#certificat());
    const algorithme = signatureNommee('RSA-SHA256');
    const [politique] = POLITIQUES_HELIOS;
    if (lu.type !== 'lu' || algorithme === null || politique === undefined)
      throw new TypeError('no template');
    const modele = {
      id: 'SIG',
      cible: 'B1',
      version: '1.1.1',
      certificat: lu.certificat,
      chaine: [],
    } as const;
    const reste = { algorithme, instant: INSTANT, politique, role: 'Maire', lieu: null };
    const signature = ecrireSignature({ ...modele, ...reste }, { contenu: new Uint8Array() });
    const octets = readFileSync(this.chemin(fichier));
    const greffe = { octet: octets.lastIndexOf('</Bordereau>'), contenu: Buffer.from(signature, 'latin1') };
    const fd = openSync(this.chemin(sortie), 'w');
    for await (const bloc of greffer(() => [octets], [greffe])) writeSync(fd, bloc);
    closeSync(fd);
  }

  #certificat(): Uint8Array {
    const base64 = readFileSync(this.chemin('cle.pem'), 'latin1').replace(/-----[^-]*-----|\s/g, '');
    return Buffer.from(base64, 'base64');
  }
}

/** xmlsec1 knows no Id by itself. */
const IDS = ['--id-attr:Id', 'Bordereau', '--id-attr:Id', 'SignedProperties'];

/** null when the yardstick is not installed: its ratios are then null too. */
function presente(commande: Commande): Commande | null {
  const dossiers = (process.env['PATH'] ?? '').split(':');
  return dossiers.some((d) => existsSync(join(d, commande[0]))) ? commande : null;
}
