import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificat, lireCertificat } from '../../../../src/formats/certificats/certificat.ts';
import type { Instant } from '../../../../src/metier/identifiants.ts';

/**
 * A PKI of named defects made by openssl at test time: what we judge was not made by our own code. Dates are fixed:
 * nothing here depends on the day the tests run.
 */

/** The instant at which a sound certificate is sound. */
export const INSTANT = Date.parse('2026-06-15T12:00:00Z') as Instant;
export const JOUR_MS = 86_400_000;
export const le = (iso: string): Instant => Date.parse(iso) as Instant;

/** Policy OIDs of the test, under an arc that nobody uses. */
export const POLITIQUE = { rgs2: '1.2.250.1.999.1.2', autre: '1.2.250.1.999.1.3' };

export const EXTENSIONS = {
  racine: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'],
  ica: [
    'basicConstraints=critical,CA:TRUE,pathlen:0',
    'keyUsage=critical,keyCertSign,cRLSign',
    `certificatePolicies=${POLITIQUE.rgs2}`,
  ],
  signataire: [
    'basicConstraints=CA:FALSE',
    'keyUsage=critical,digitalSignature,nonRepudiation',
    `certificatePolicies=${POLITIQUE.rgs2}`,
    'crlDistributionPoints=URI:http://crl.essai.invalid/ica.crl',
    'authorityInfoAccess=OCSP;URI:http://ocsp.essai.invalid/,caIssuers;URI:http://ca.essai.invalid/ica.cer',
  ],
  ocsp: ['basicConstraints=CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=OCSPSigning'],
} as const;

export interface DemandeEmission {
  readonly nom: string;
  readonly extensions: readonly string[];
  /** `ec` (P-256) unless said otherwise: fast to make. */
  readonly cle?: 'ec' | 'rsa2048' | 'rsa3072' | 'rsa1024' | 'p384';
  readonly md?: 'sha256' | 'sha1' | 'sha384';
  readonly debut?: string;
  readonly fin?: string;
  readonly sujet?: string;
  /** Extra lines of the configuration: sections that extensions refer to. */
  readonly sections?: readonly string[];
}

/** `openssl`, quietly; throws what it says when it fails. */
export function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}

/** Exit code and all that was printed. */
export function jugeOpenssl(...args: readonly string[]): { juste: boolean; dit: string } {
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return { juste: status === 0, dit: `${stdout}${stderr}` };
}

const CLES = {
  ec: ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  rsa2048: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  rsa3072: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
  rsa1024: ['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'],
} as const;

function configuration(autorite: string, demande: DemandeEmission): string {
  return [
    '[c]',
    `database=${autorite}.index`,
    `serial=${autorite}.serial`,
    `crlnumber=${autorite}.crlnumber`,
    'new_certs_dir=.',
    'default_md=sha256',
    'policy=p',
    'unique_subject=no',
    'string_mask=utf8only',
    '[p]',
    ...['countryName', 'organizationName', 'organizationalUnitName', 'organizationIdentifier', 'title'].map(
      (a) => `${a}=optional`,
    ),
    'commonName=supplied',
    '[req]',
    'distinguished_name=dn',
    '[dn]',
    '[e]',
    'subjectKeyIdentifier=hash',
    ...(demande.nom === autorite ? [] : ['authorityKeyIdentifier=keyid']),
    ...demande.extensions,
    ...(demande.sections ?? []),
  ].join('\n');
}

/** GeneralizedTime of `openssl ca`, from `2026-01-01`. */
const enAsn1 = (jour: string) => `${jour.replaceAll('-', '')}000000Z`;

export class Pki {
  readonly dossier = mkdtempSync(join(tmpdir(), 'vgm-pki-'));

  chemin(nom: string): string {
    return join(this.dossier, nom);
  }

  lire(fichier: string): Buffer {
    return readFileSync(this.chemin(fichier));
  }

  ecrire(fichier: string, contenu: string | Uint8Array): void {
    writeFileSync(this.chemin(fichier), contenu);
  }

  der(nom: string): Uint8Array {
    return this.certificat(nom).der;
  }

  certificat(nom: string): Certificat {
    const lu = lireCertificat(readFileSync(this.chemin(`${nom}.pem`)));
    if (lu.type === 'illisible') throw new Error(`${nom}: ${lu.motif}`);
    return lu.certificat;
  }

  /** Signed by `autorite` (its own name: self-signed). */
  emettre(autorite: string, demande: DemandeEmission): Certificat {
    const { nom, cle = 'ec', md = 'sha256', debut = '2025-01-01', fin = '2028-01-01' } = demande;
    const sujet = demande.sujet ?? `/C=FR/O=Essai/CN=${nom}`;
    const conf = this.chemin(`${nom}.cnf`);
    writeFileSync(
      conf,
      configuration(this.chemin(autorite), demande).replaceAll(
        `=${this.chemin(nom)}.`,
        `=${this.chemin(autorite)}.`,
      ),
    );
    this.#registre(autorite);
    openssl(...CLES[cle], '-out', this.chemin(`${nom}.key`));
    // biome-ignore format: one option per pair reads better
    openssl('req', '-new', '-utf8', '-key', this.chemin(`${nom}.key`), '-out', this.chemin(`${nom}.csr`),
      '-subj', sujet, '-config', conf);
    const signe = autorite === nom ? ['-selfsign'] : ['-cert', this.chemin(`${autorite}.pem`)];
    // biome-ignore format: one option per pair reads better
    openssl('ca', '-batch', '-notext', '-utf8', '-config', conf, '-name', 'c', '-extensions', 'e', '-md', md,
      '-startdate', enAsn1(debut), '-enddate', enAsn1(fin), ...signe, '-keyfile', this.chemin(`${autorite}.key`),
      '-in', this.chemin(`${nom}.csr`), '-out', this.chemin(`${nom}.pem`), '-outdir', this.dossier);
    return this.certificat(nom);
  }

  #registre(autorite: string): void {
    for (const [suffixe, contenu] of [
      ['index', ''],
      ['serial', '1001\n'],
      ['crlnumber', '01\n'],
    ] as const) {
      try {
        writeFileSync(this.chemin(`${autorite}.${suffixe}`), contenu, { flag: 'wx' });
      } catch {
        // It is there already.
      }
    }
  }

  /** Writes the revocation in the register of the authority; date in ASN.1 form. */
  revoquer(autorite: string, nom: string, { quand, motif }: { quand: string; motif: string }): void {
    const { serie } = this.certificat(nom);
    const registre = this.chemin(`${autorite}.index`);
    const lignes = readFileSync(registre, 'utf8').split('\n');
    const cherchee = serie.hex.toUpperCase();
    const refaites = lignes.map((ligne) => {
      const champs = ligne.split('\t');
      if (champs[3] !== cherchee) return ligne;
      return ['R', champs[1], `${quand},${motif}`, ...champs.slice(3)].join('\t');
    });
    writeFileSync(registre, refaites.join('\n'));
  }

  /** @returns DER of the list of what the register says is revoked. */
  crl(
    autorite: string,
    { nom, emise = '2026-06-01', jusqua = '2026-07-01', extensions = [], md = 'sha256' }: DemandeCrl,
  ): Buffer {
    this.#registre(autorite);
    const conf = this.chemin(`${nom}.crl.cnf`);
    const base = configuration(this.chemin(autorite), { nom, extensions: [] });
    writeFileSync(conf, `${base}\n[x]\nauthorityKeyIdentifier=keyid\n${extensions.join('\n')}`);
    // biome-ignore format: one option per pair reads better
    openssl('ca', '-gencrl', '-config', conf, '-name', 'c', '-md', md, '-cert', this.chemin(`${autorite}.pem`),
      '-keyfile', this.chemin(`${autorite}.key`), '-crlexts', 'x', '-crl_lastupdate', enAsn1(emise),
      '-crl_nextupdate', enAsn1(jusqua), '-out', this.chemin(`${nom}.crl`));
    openssl(
      'crl',
      '-in',
      this.chemin(`${nom}.crl`),
      '-outform',
      'DER',
      '-out',
      this.chemin(`${nom}.crl.der`),
    );
    return readFileSync(this.chemin(`${nom}.crl.der`));
  }

  fermer(): void {
    rmSync(this.dossier, { recursive: true, force: true });
  }
}

export interface DemandeCrl {
  readonly nom: string;
  readonly emise?: string;
  readonly jusqua?: string;
  readonly extensions?: readonly string[];
  readonly md?: string;
}

/**
 * A PKI, built; or copied from the first one of this name, when `VGM_PKI` names a folder to keep them in: the tests of
 * each mutant begin with it (`test/mutation`).
 */
export function pkiGardee(nom: string, batir: (pki: Pki) => void): Pki {
  const pki = new Pki();
  const dossier = process.env['VGM_PKI'];
  const garde = dossier === undefined ? null : join(dossier, nom);
  if (garde !== null && existsSync(garde)) cpSync(garde, pki.dossier, { recursive: true });
  else {
    batir(pki);
    if (garde !== null) cpSync(pki.dossier, garde, { recursive: true });
  }
  return pki;
}

/** Root → issuing authority, and a sound signer: what every test starts from. */
export function pkiDeBase(): Pki {
  return pkiGardee('base', batirBase);
}

export function batirBase(pki: Pki): void {
  mkdirSync(pki.dossier, { recursive: true });
  pki.emettre('racine', {
    nom: 'racine',
    extensions: EXTENSIONS.racine,
    debut: '2020-01-01',
    fin: '2040-01-01',
  });
  pki.emettre('racine', { nom: 'ica', extensions: EXTENSIONS.ica, debut: '2022-01-01', fin: '2035-01-01' });
  pki.emettre('ica', { nom: 'signataire', extensions: EXTENSIONS.signataire });
}

/** Configuration of QcStatements: QcCompliance, QcSSCD, QcType of this OID. Used with `1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:qc`. */
export function sectionsQc(type: string): string[] {
  return [
    '[qc]\na=SEQUENCE:qc_a\nb=SEQUENCE:qc_b\nc=SEQUENCE:qc_c',
    '[qc_a]\no=OID:0.4.0.1862.1.1',
    '[qc_b]\no=OID:0.4.0.1862.1.4',
    `[qc_c]\no=OID:0.4.0.1862.1.6\nt=SEQUENCE:qc_t\n[qc_t]\no=OID:${type}`,
  ];
}
