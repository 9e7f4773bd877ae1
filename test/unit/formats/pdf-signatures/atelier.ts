import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Analyseur } from '../../../../src/formats/pdf/analyseur.ts';
import { DocumentPdf } from '../../../../src/formats/pdf/document.ts';
import { MiseAJour } from '../../../../src/formats/pdf/mise-a-jour.ts';
import {
  avec,
  type Dictionnaire,
  enDictionnaire,
  type ObjetPdf,
  tableau,
} from '../../../../src/formats/pdf/objets.ts';
import { Octets } from '../../../../src/formats/pdf/octets.ts';
import { parcourirPages } from '../../../../src/formats/pdf/pages.ts';
import {
  type FichierPdf,
  type RapportPdf,
  type RapportSignaturePdf,
  verifierPdf,
} from '../../../../src/formats/pdf/signatures-verifier.ts';
import { cms, type DemandeCms, type DemandeJeton, jeton } from '../certificats/cms-essai.ts';
import type { Pki } from '../certificats/pki.ts';
import { type DocumentEssai, fabriquer } from '../pdf-tampon/fabrique.ts';

/** PDFs signed by a small writer of our own: each signature is one revision more, and each defect has its name. */

export interface DemandePdf {
  /** Document to sign: one page, cross-references in a table, unless said otherwise. */
  readonly base?: Buffer;
  readonly sousFiltre?: string;
  /** Makes the value, of the bytes covered. */
  readonly signer: (couvert: Buffer) => Uint8Array;
  /** Bytes kept for the value. */
  readonly place?: number;
  readonly champ?: string;
  /** Further entries of the dictionary. */
  readonly entrees?: string;
  /** Entries of the field: its place on the page, its look. */
  readonly lieu?: string;
  /** What the dictionary says that it covers, from what it should. */
  readonly plage?: (vraie: readonly number[]) => readonly number[];
  /** What is hashed, instead of what is said to be covered. */
  readonly hacher?: (pdf: Buffer, plage: readonly number[]) => Buffer;
  /** Written instead of another text of the same length, before the signature is made. */
  readonly remplace?: readonly [string, string];
  /** Contents as written, from its hexadecimal. */
  readonly ecrire?: (hexa: string) => string;
}

const objet = (texte: string): ObjetPdf => new Analyseur(new Octets(Buffer.from(texte, 'latin1')), 0).objet();
const dictionnaire = (texte: string): Dictionnaire => objet(texte) as Dictionnaire;

export const document = (d: DocumentEssai = {}): Buffer => fabriquer(d);

/** A revision: objects replaced by what `changer` makes of them, and new ones. */
export function reviser(base: Buffer, faire: (doc: DocumentPdf, maj: MiseAJour) => void): Buffer {
  const doc = new DocumentPdf(new Octets(base));
  const maj = new MiseAJour(doc);
  faire(doc, maj);
  return Buffer.concat([base, maj.terminer()]);
}

/** The same object with other entries. */
export function changer(
  { doc, maj }: { readonly doc: DocumentPdf; readonly maj: MiseAJour },
  numero: number,
  entrees: Readonly<Record<string, string>>,
): void {
  const avant = doc.objet(numero);
  let apres = enDictionnaire(avant.objet) as Dictionnaire;
  for (const [cle, valeur] of Object.entries(entrees)) apres = avec(apres, cle, objet(valeur));
  maj.remplacer(numero, avant, apres);
}

export const racine = (doc: DocumentPdf): number =>
  (doc.trailer.entrees.get('Root') as { numero: number }).numero;

function poserChamp(
  doc: DocumentPdf,
  maj: MiseAJour,
  { sousFiltre = 'ETSI.CAdES.detached', ...d }: DemandePdf,
): void {
  const [signature, champ] = [maj.reserver(), maj.reserver()];
  const zeros = '0'.repeat(2 * (d.place ?? 6000));
  maj.poser(
    signature,
    dictionnaire(
      `<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /${sousFiltre} /ByteRange [0 1111111111 2222222222 3333333333] ${d.entrees ?? "/M (D:20260615140000+02'00')"} /Contents <${zeros}>>>`,
    ),
  );
  const [page] = parcourirPages(doc);
  if (page === undefined) throw new TypeError('no page');
  const nom = d.champ ?? `Signature${champ.numero}`;
  maj.poser(
    champ,
    dictionnaire(
      `<</Type /Annot /Subtype /Widget /FT /Sig /T (${nom}) /F 132 /P ${page.reference.numero} 0 R /V ${signature.numero} 0 R ${d.lieu ?? '/Rect [0 0 0 0]'}>>`,
    ),
  );
  const ajouter = (liste: readonly ObjetPdf[]): ObjetPdf => tableau([...liste, champ]);
  const catalogue = doc.objet(racine(doc));
  const dictCatalogue = catalogue.objet as Dictionnaire;
  const formulaire =
    doc.dictionnaire(dictCatalogue.entrees.get('AcroForm')) ?? dictionnaire('<</SigFlags 3>>');
  const champs = ajouter(doc.elements(formulaire.entrees.get('Fields')));
  maj.remplacer(racine(doc), catalogue, avec(dictCatalogue, 'AcroForm', avec(formulaire, 'Fields', champs)));
  const annotations = ajouter(doc.elements(page.dictionnaire.entrees.get('Annots')));
  maj.remplacer(
    page.reference.numero,
    doc.objet(page.reference.numero),
    avec(page.dictionnaire, 'Annots', annotations),
  );
}

const PLAGE = '[0 1111111111 2222222222 3333333333]';

/** @returns the document with one signature more, over all that is in it. */
export function signerPdf(d: DemandePdf): Buffer {
  const pdf = reviser(d.base ?? document(), (doc, maj) => poserChamp(doc, maj, d));
  const chiffres = 2 * (d.place ?? 6000);
  const debut = pdf.lastIndexOf(`<${'0'.repeat(chiffres)}>`);
  const fin = debut + chiffres + 2;
  const vraie = [0, debut, fin, pdf.length - fin];
  const dite = d.plage?.(vraie) ?? vraie;
  const texte = `[${dite.join(' ')}]`.padEnd(PLAGE.length);
  pdf.write(texte, pdf.lastIndexOf(PLAGE), 'latin1');
  const [avant, apres] = d.remplace ?? ['', ''];
  if (avant !== '') pdf.write(apres.padEnd(avant.length), pdf.lastIndexOf(avant), 'latin1');
  const couvert = d.hacher?.(pdf, vraie) ?? Buffer.concat([pdf.subarray(0, debut), pdf.subarray(fin)]);
  const hexa = Buffer.from(d.signer(couvert)).toString('hex').padEnd(chiffres, '0');
  pdf.write(d.ecrire?.(hexa) ?? `<${hexa}>`, debut, 'latin1');
  return pdf;
}

export type Demande = Partial<Omit<DemandeCms, 'pki' | 'contenu'>>;

/** How a CMS of ours is put in a document. */
export const signe =
  (pki: Pki, d: Demande = {}) =>
  (couvert: Buffer): Uint8Array =>
    cms({ pki, contenu: couvert, ...d });

export const timbre =
  (pki: Pki, d: Partial<DemandeJeton> = {}) =>
  (couvert: Buffer): Uint8Array =>
    jeton({ pki, sujet: couvert, ...d });

/** A file read by portions and by places, as from a coffre. */
export function enFichier(pdf: Uint8Array): FichierPdf {
  return {
    taille: pdf.length,
    octets: function* octets() {
      for (let i = 0; i < pdf.length; i += 4093) yield pdf.subarray(i, i + 4093);
    },
    lire: async (debut, fin) => pdf.subarray(debut, fin),
  };
}

export type Lu = Extract<RapportPdf, { type: 'lu' }>;

export async function verifier(pdf: Uint8Array): Promise<Lu> {
  const rapport = await verifierPdf(enFichier(pdf));
  if (rapport.type !== 'lu') throw new TypeError(rapport.type);
  return rapport;
}

export const codes = ({ constats }: Pick<RapportSignaturePdf | Lu, 'constats'>): string[] =>
  constats.map((c) => c.code);

/** What poppler says of each signature; null: it sees none, or cannot read the file. */
export function pdfsig(pki: Pki, pdf: Uint8Array): { valide: boolean; entier: boolean }[] | null {
  const chemin = join(pki.dossier, 'juge.pdf');
  writeFileSync(chemin, pdf);
  const { stdout, status } = spawnSync('pdfsig', ['-nocert', chemin], { encoding: 'utf8' });
  if (status !== 0 && !stdout.includes('Signature #')) return null;
  return stdout
    .split('Signature #')
    .slice(1)
    .map((bloc) => ({
      valide: bloc.includes('Signature is Valid.'),
      entier: bloc.includes('Total document signed') && !bloc.includes('Not total document signed'),
    }));
}

/** What openssl says of the value and of the bytes that the first signature covers, taken out by their offsets. */
export function opensslDit(pki: Pki, pdf: Buffer, plage: readonly [number, number, number]): boolean {
  const [coupure, reprise, fin] = plage;
  const valeur = Buffer.from(pdf.toString('latin1', coupure + 1, reprise - 1), 'hex');
  pki.ecrire('extrait.p7s', valeur);
  pki.ecrire('extrait.bin', Buffer.concat([pdf.subarray(0, coupure), pdf.subarray(reprise, fin)]));
  // biome-ignore format: one option per pair reads better
  const { status } = spawnSync('openssl', ['cms', '-verify', '-noverify', '-binary', '-inform', 'DER',
    '-in', pki.chemin('extrait.p7s'), '-content', pki.chemin('extrait.bin'), '-out', '/dev/null']);
  return status === 0;
}
