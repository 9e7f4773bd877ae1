import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { assurerPaquets, trouver } from '../serveurs/installer.ts';

/** The JDK's XML signatures (javax.xml.crypto), one JVM for as many files as wanted. */

const JUGE = fileURLToPath(new URL('jdk/Juge.java', import.meta.url));

export interface Avis {
  readonly juste: boolean;
  readonly dit: string;
}

export interface SignatureJdk {
  /** null: the signature is a document of its own. */
  readonly source: string | null;
  readonly sortie: string;
  /** Where detached files are. */
  readonly dossier?: string;
  /** `Id` of the element that receives the signature, the root when absent. */
  readonly parent?: string;
  /** PKCS#8, DER. */
  readonly cle: string;
  /** DER, the signer's first. */
  readonly certificats: readonly string[];
  readonly id: string;
  readonly methode: string;
  readonly c14n: string;
  readonly encodage?: string;
  readonly references: readonly ReferenceJdk[];
  readonly objets: readonly ObjetJdk[];
}

export interface ReferenceJdk {
  readonly id?: string;
  readonly uri: string;
  readonly type?: string;
  readonly hachage: string;
  readonly transformations: readonly string[];
}

export interface ObjetJdk {
  readonly id?: string;
  readonly mime?: string;
  /** The file is the text of the object, not an XML document. */
  readonly encodage?: string;
  readonly fichier: string;
}

export class Jdk {
  readonly #jvm: ChildProcess;
  readonly #attentes: ((ligne: string) => void)[] = [];
  readonly #lignes: Interface;
  #dit = '';

  private constructor(java: string) {
    this.#jvm = spawn(java, ['-XX:TieredStopAtLevel=1', '-Xshare:auto', JUGE]);
    if (this.#jvm.stdout === null) throw new TypeError('stdout');
    this.#jvm.stderr?.on('data', (d: Buffer) => {
      this.#dit += d.toString();
    });
    this.#lignes = createInterface({ input: this.#jvm.stdout });
    this.#lignes.on('line', (ligne) => this.#attentes.shift()?.(ligne));
    this.#jvm.on('exit', () => {
      for (const attente of this.#attentes.splice(0)) attente(`faux la JVM s’est arrêtée : ${this.#dit}`);
    });
  }

  static async ouvrir(): Promise<Jdk> {
    await assurerPaquets(['default-jdk-headless']);
    return new Jdk(trouver('java') ?? '');
  }

  #demander(champs: readonly string[]): Promise<Avis> {
    return new Promise((resolve) => {
      this.#attentes.push((ligne) => resolve({ juste: ligne === 'juste', dit: ligne }));
      this.#jvm.stdin?.write(`${champs.join('\t')}\n`);
    });
  }

  /**
   * Every signature of the document, by the arithmetic alone.
   * @param dossier of the detached files.
   * @param certificat file, DER; the first one of KeyInfo when absent.
   */
  verifier(octets: Buffer, dossier: string, certificat = ''): Promise<Avis> {
    return this.#demander(['verifier', octets.toString('base64'), dossier, certificat]);
  }

  signer(d: SignatureJdk): Promise<Avis> {
    const references = d.references.map((r) =>
      [r.id ?? '', r.uri, r.type ?? '', r.hachage, r.transformations.join(',')].join('|'),
    );
    const objets = d.objets.map((o) => [o.id ?? '', o.mime ?? '', o.encodage ?? '', o.fichier].join('|'));
    const fixes = [d.source ?? '', d.sortie, d.dossier ?? '', d.parent ?? '', d.cle, d.certificats.join(',')];
    const methodes = [d.id, d.methode, d.c14n, d.encodage ?? 'UTF-8', String(references.length)];
    return this.#demander(['signer', ...fixes, ...methodes, ...references, ...objets]);
  }

  async fermer(): Promise<void> {
    const fini = once(this.#jvm, 'exit');
    this.#jvm.stdin?.end();
    await fini;
    this.#lignes.close();
  }
}
