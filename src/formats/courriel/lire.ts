import { finished } from 'node:stream';
import { MailParser, type AttachmentStream, type MessageText } from 'mailparser';
import { erreurReception } from '../../metier/catalogue/reception.ts';
import { nomDeFichier } from '../encodages/noms.ts';

/** A file carried by a mail. `octets` are the transfer-decoded bytes: no charset was touched. */
export interface PartieCourriel {
  /** Base name only, never empty: `partie-3` for a part without a name. */
  readonly nom: string;
  /** Declared media type, lower case. */
  readonly type: string;
  readonly octets: Uint8Array;
}

export interface CourrielLu {
  /** Address of the first `From`, lower case; empty when there is none. */
  readonly expediteur: string;
  /** With its angle brackets; empty when there is none. */
  readonly messageId: string;
  readonly objet: string;
  /** ISO 8601 in UTC; empty when the header is missing or unreadable. */
  readonly date: string;
  readonly parties: readonly PartieCourriel[];
  readonly texte: string;
  readonly html: string;
}

/** Bounds of one reading: decoded bytes of all parts together, and number of parts. */
export interface LimitesCourriel {
  readonly octets: number;
  readonly parties: number;
}

export const LIMITES_COURRIEL: LimitesCourriel = { octets: 100_000_000, parties: 500 };

/** Characters of the raw head given as `texte` when nothing MIME could be read. */
const TETE_BRUTE = 4096;

/** What is used of a node of the MIME tree, as mailparser hands it to `createNode`. */
interface NoeudMime {
  filename: string | false;
  disposition: string | false;
}

interface CreateurDeNoeuds {
  createNode(noeud: NoeudMime): unknown;
}

/** mailparser does not declare this method in its types; a test holds it (« inline XML under text/plain »). */
const Base = MailParser as unknown as new (options: object) => MailParser & CreateurDeNoeuds;

/**
 * A named part declared `text/plain; inline` would be read as body text, its charset converted and its bytes lost.
 * ACTES messages come as named XML files whatever the type declared: what bears the name of a file stays a file.
 */
class Analyseur extends Base {
  override createNode(noeud: NoeudMime): unknown {
    if (noeud.filename && !/\.(txt|html?)$/i.test(noeud.filename)) noeud.disposition = 'attachment';
    return super.createNode(noeud);
  }
}

/**
 * Reads a mail of the State (RFC 5322, 2045–2047, 2231): its files, wherever they hang in the MIME tree, and its body.
 * Lenient: what cannot be understood is left out; when nothing is, `parties` is empty and `texte` is the raw head.
 * @throws VGM-ACC-019 (definitive) when a limit is exceeded: a partial reading would pass for a whole one.
 */
export async function lireCourriel(
  brut: Uint8Array,
  limites: LimitesCourriel = LIMITES_COURRIEL,
): Promise<CourrielLu> {
  const lecture = new Lecture(limites);
  await lecture.lire(brut);
  const { tete, parties, texte, html } = lecture;
  const vide = parties.length === 0 && texte === '' && html === '';
  return {
    expediteur: adresse(tete.get('from')),
    messageId: chaine(tete.get('message-id')),
    objet: chaine(tete.get('subject')),
    date: dateIso(lecture.dateBrute),
    parties,
    texte: vide ? Buffer.from(brut.subarray(0, TETE_BRUTE)).toString('latin1') : texte,
    html,
  };
}

/** One reading, and what it gathers as it goes: a mail that breaks half-way leaves what was found before. */
class Lecture {
  readonly #limites: LimitesCourriel;
  readonly #fin = Promise.withResolvers<void>();
  #octets = 0;
  #depassement: Error | undefined;
  readonly parties: PartieCourriel[] = [];
  tete: ReadonlyMap<string, unknown> = new Map();
  dateBrute = '';
  texte = '';
  html = '';

  constructor(limites: LimitesCourriel) {
    this.#limites = limites;
  }

  async lire(brut: Uint8Array): Promise<void> {
    const analyseur = new Analyseur({ skipHtmlToText: true, skipTextToHtml: true });
    analyseur.on('headers', (tete: ReadonlyMap<string, unknown>) => {
      this.tete = tete;
    });
    analyseur.on('headerLines', (lignes: readonly { readonly key: string; readonly line: string }[]) => {
      const ligne = lignes.find((l) => l.key === 'date')?.line ?? '';
      this.dateBrute = ligne.slice(ligne.indexOf(':') + 1);
    });
    analyseur.on('data', (element: AttachmentStream | MessageText) => this.#recevoir(element));
    finished(analyseur, () => this.#fin.resolve());
    analyseur.end(Buffer.from(brut.buffer, brut.byteOffset, brut.byteLength));
    await this.#fin.promise;
    if (this.#depassement !== undefined) throw this.#depassement;
  }

  #recevoir(element: AttachmentStream | MessageText): void {
    if (element.type === 'attachment') {
      this.#recevoirFichier(element);
      return;
    }
    this.texte = element.text ?? '';
    this.html = typeof element.html === 'string' ? element.html : '';
  }

  #recevoirFichier(element: AttachmentStream): void {
    const rang = this.parties.length + 1;
    if (rang > this.#limites.parties) this.#depassement ??= trop(`plus de ${this.#limites.parties} parties`);
    const morceaux: Buffer[] = [];
    element.content.on('data', (morceau: Buffer) => {
      this.#octets += morceau.length;
      if (this.#octets > this.#limites.octets)
        this.#depassement ??= trop(`plus de ${this.#limites.octets} octets`);
      morceaux.push(morceau);
    });
    element.content.once('end', () => {
      this.parties.push(partie(element, rang, Buffer.concat(morceaux)));
      element.release();
    });
    element.content.once('error', () => this.#fin.resolve());
  }
}

function trop(detail: string): Error {
  return erreurReception('VGM-ACC-019', { detail });
}

function partie(element: AttachmentStream, rang: number, octets: Uint8Array): PartieCourriel {
  const type = (element.contentType || 'application/octet-stream').toLowerCase();
  return { nom: nomDeFichier(element.filename || '') || `partie-${rang}`, type, octets };
}

function chaine(valeur: unknown): string {
  return typeof valeur === 'string' ? valeur : '';
}

function adresse(valeur: unknown): string {
  const liste = (valeur as { readonly value?: readonly { readonly address?: string }[] } | undefined)?.value;
  return (liste?.find((a) => a.address)?.address ?? '').toLowerCase();
}

/** mailparser replaces an unreadable date by the present one: the raw header is read instead. */
function dateIso(brute: string): string {
  const instant = Date.parse(brute.replace(/\s/g, ' ').trim());
  return Number.isNaN(instant) ? '' : new Date(instant).toISOString();
}
