import type { Instant } from '../../metier/identifiants.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { Cahier, constater, type Constat } from '../certificats/cahier.ts';
import { octetsDe } from './chaines.ts';
import { DocumentPdf } from './document.ts';
import { LectureDistante, type LireOctets } from './lecture-distante.ts';
import { type Dictionnaire, enNom, type ObjetPdf } from './objets.ts';
import { Octets } from './octets.ts';
import { catalogueDe } from './pages.ts';
import { accesCertifie, type Acces, champs } from './signatures.ts';
import { PDS } from './signatures-constats.ts';
import { type DictionnaireSitue, lirePlage, lireValeur, type Plage, situer } from './signatures-plage.ts';
import { ComparaisonRevisions, type Suite } from './signatures-suite.ts';

/** The signatures that a PDF shows (ISO 32000-1, 12.7.4.5 and 12.8): where each is, what it covers, what came after it. */

export type SorteSignature = 'cms' | 'sha1' | 'horodatage';

/** Plain data: it passes from one thread to another. */
export interface SignatureSituee {
  /** From 1, in the order in which they were made. */
  readonly rang: number;
  /** Name of the field; empty when it has none. */
  readonly champ: string;
  /** null: of a kind that is not read. */
  readonly sorte: SorteSignature | null;
  readonly sousFiltre: string | null;
  /** null: what it covers is not known, or not what it must be. */
  readonly plage: Plage | null;
  /** CMS as written, with what fills its place; null: unreadable. */
  readonly valeur: Uint8Array | null;
  /** Entry M, claimed. */
  readonly date: Instant | null;
  readonly acces: Acces | null;
  /** What follows the revision that it covers; null: not known, for it covers none. */
  readonly suite: Suite | 'rien' | null;
  readonly constats: readonly Constat[];
}

export interface SignaturesSituees {
  readonly signatures: readonly SignatureSituee[];
  /** About the file. */
  readonly constats: readonly Constat[];
}

const SIGNATURES_MAX = 50;

const SORTES: Readonly<Record<string, SorteSignature>> = {
  'adbe.pkcs7.detached': 'cms',
  'ETSI.CAdES.detached': 'cms',
  'adbe.pkcs7.sha1': 'sha1',
  'ETSI.RFC3161': 'horodatage',
};

/** Text string (7.9.2.2): UTF-16 when it says so; a name is only shown. */
function enTexte(objet: ObjetPdf | undefined): string {
  if (objet?.type !== 'chaine') return '';
  const octets = octetsDe(objet);
  if (octets[0] !== 0xfe || octets[1] !== 0xff) return octets.toString('latin1');
  return Buffer.from(octets.subarray(2, octets.length - (octets.length % 2)))
    .swap16()
    .toString('utf16le');
}

const DATE = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-])(\d\d)'?(\d\d)'?)?/;

/** Without offset, it is read in universal time (7.9.4). */
function lireDate(objet: ObjetPdf | undefined): Instant | null {
  const lue = DATE.exec(enTexte(objet));
  if (lue === null) return null;
  const [, an, mois, jour, heure, minute, seconde, signe = '+', dh = '00', dm = '00'] = lue;
  const instant = Date.parse(`${an}-${mois}-${jour}T${heure}:${minute}:${seconde}${signe}${dh}:${dm}`);
  return Number.isNaN(instant) ? null : (instant as Instant);
}

interface Trouvee {
  readonly numero: number;
  readonly champ: string;
}

/** Each signature dictionary once, whatever fields show it. A direct one has no place of its own: -1. */
function trouver(document: DocumentPdf): Trouvee[] {
  const trouvees = new Map<number, Trouvee>();
  const clair = document.chiffrement === null;
  const ajouter = (valeur: ObjetPdf | undefined, champ: string): void => {
    if (document.dictionnaire(valeur) === null) return;
    const numero = valeur?.type === 'reference' ? document.derniere(valeur).numero : -1;
    if (!trouvees.has(numero)) trouvees.set(numero, { numero, champ });
  };
  for (const { champ, sorte } of champs(document)) {
    if (sorte !== 'Sig') continue;
    ajouter(champ.entrees.get('V'), clair ? enTexte(document.resoudre(champ.entrees.get('T'))) : '');
  }
  const permissions = document.dictionnaire(catalogueDe(document).entrees.get('Perms'));
  ajouter(permissions?.entrees.get('DocMDP'), '');
  return [...trouvees.values()];
}

type Lue = Omit<SignatureSituee, 'rang' | 'suite'>;

function lireUne(document: DocumentPdf, { numero, champ }: Trouvee): Lue {
  const cahier = new Cahier();
  const situe = situer(document, numero);
  if (typeof situe === 'string') {
    cahier.noter(PDS.dictionnaire, situe);
    const rien = { sorte: null, sousFiltre: null, plage: null, valeur: null, date: null, acces: null };
    return { champ, ...rien, constats: cahier.constats };
  }
  const { taille } = document.octets;
  const sousFiltre = enNom(situe.entrees.get('SubFilter')?.objet);
  const sorte = SORTES[sousFiltre ?? ''] ?? null;
  if (sorte === null) cahier.noter(PDS.sousFiltre, sousFiltre ?? 'non dite');
  const acces = accesCertifie(document, enDictionnaire(situe));
  if (acces !== null) cahier.noter(PDS.certifie, acces);
  return {
    champ,
    sorte,
    sousFiltre,
    plage: lirePlage(situe, taille, cahier),
    valeur: lireValeur(situe, cahier),
    date: document.chiffrement === null ? lireDate(situe.entrees.get('M')?.objet) : null,
    acces,
    constats: cahier.constats,
  };
}

function enDictionnaire({ entrees }: DictionnaireSitue): Dictionnaire {
  return { type: 'dictionnaire', entrees: new Map([...entrees].map(([cle, { objet }]) => [cle, objet])) };
}

/** White space that a transfer may add says nothing. */
const BLANCS_MAX = 1024;

interface Ouvert {
  readonly lecture: LectureDistante;
  readonly document: DocumentPdf;
}

async function lireSuite({ lecture, document }: Ouvert, fin: number): Promise<SignatureSituee['suite']> {
  const { taille, octets } = { taille: lecture.taille, octets: document.octets };
  if (taille - fin <= BLANCS_MAX) {
    const reste = await lecture.faire(() => octets.texte(fin, taille));
    if (/^[\0\t\n\f\r ]*$/.test(reste)) return 'rien';
  }
  try {
    const avant = await lecture.faire(() => new DocumentPdf(new Octets(lecture.source(fin))));
    const comparaison = new ComparaisonRevisions(avant, document);
    let suite = await lecture.faire(() => comparaison.commencer());
    while (suite === null) suite = await lecture.faire(() => comparaison.avancer());
    return suite;
  } catch (e) {
    if (e instanceof ErreurVgm) return null;
    throw e;
  }
}

const SUITES = { rien: null, complements: PDS.complete, modifications: PDS.modifie } as const;

/** What came after is only known of what covers a revision that can be read by itself. */
async function suivre(ouvert: Ouvert, lue: Lue): Promise<Omit<SignatureSituee, 'rang'>> {
  if (lue.plage === null) return { ...lue, suite: null };
  const suite = await lireSuite(ouvert, lue.plage.fin);
  const ligne = suite === null ? PDS.revision : SUITES[suite];
  return {
    ...lue,
    plage: suite === null ? null : lue.plage,
    suite,
    constats: ligne === null ? lue.constats : [...lue.constats, constater(ligne)],
  };
}

/** What a refusal of the reader says, without what it was read for. */
function motifDe({ fiche }: ErreurVgm): string {
  return fiche.message.replace(/^.*? : /, '').replace(/\.$/, '');
}

/**
 * Everything that a PDF says of its own signatures; nothing of it is believed yet. A document that cannot be read is told
 * by a finding, never taken for one without signature.
 * @param taille bytes. Throws only what `lire` throws.
 */
export async function lireSignaturesPdf(lire: LireOctets, taille: number): Promise<SignaturesSituees> {
  const lecture = new LectureDistante(lire, taille);
  try {
    const document = await lecture.faire(() => new DocumentPdf(new Octets(lecture.source())));
    const trouvees = await lecture.faire(() => trouver(document));
    if (trouvees.length > SIGNATURES_MAX) {
      return { signatures: [], constats: [constater(PDS.trop, SIGNATURES_MAX)] };
    }
    const signatures: Omit<SignatureSituee, 'rang'>[] = [];
    for (const trouvee of trouvees) {
      const lue = await lecture.faire(() => lireUne(document, trouvee));
      signatures.push(await suivre({ lecture, document }, lue));
    }
    const fin = (s: Pick<SignatureSituee, 'plage'>): number => s.plage?.fin ?? Number.MAX_SAFE_INTEGER;
    const ordre = signatures.toSorted((a, b) => fin(a) - fin(b));
    return { signatures: ordre.map((s, i) => ({ rang: i + 1, ...s })), constats: [] };
  } catch (e) {
    if (!(e instanceof ErreurVgm)) throw e;
    return { signatures: [], constats: [constater(PDS.illisible, motifDe(e))] };
  }
}
