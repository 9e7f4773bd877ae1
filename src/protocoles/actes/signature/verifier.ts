import { Cahier, type Constat } from '../../../formats/certificats/cahier.ts';
import { verifierPkcs7 } from '../../../formats/certificats/pkcs7-detache.ts';
import { type FichierLu, type FichiersFournis, lireFichier } from '../../../formats/xades/base/fichiers.ts';
import type { RapportSignatureBase } from '../../../formats/xades/base/rapport.ts';
import { verifierBase } from '../../../formats/xades/base/verifier.ts';
import type { SourceOctets } from '../../../formats/xades/flux.ts';
import { signataireRapport } from '../../../formats/xades/juger.ts';
import type { SignataireRapport } from '../../../formats/xades/rapport.ts';
import { lireXml } from '../../../formats/xml/lire.ts';
import type { Instant } from '../../../metier/identifiants.ts';
import { CONSTATS_PLACE } from './constats.ts';
import { lirePlaces, type PlaceSignature } from './places.ts';

/** A signature of the norm, verified where it stands against the bytes that it goes with. */
export interface SignaturePlacee {
  /** From 1, in the order of the message. */
  readonly rang: number;
  /** Element that names the file: `Document`, `Annexe`, `Formulaire`. */
  readonly genre: string;
  /** The file that it goes with. */
  readonly fichier: string;
  readonly forme: 'XAdES' | 'PKCS#7' | 'inconnue';
  /** Name that the signature itself gives to the file; a PKCS#7 gives none. */
  readonly designe: string | null;
  /** `valide` says nothing of trust. */
  readonly etat: 'valide' | 'obsolete' | 'refusee';
  readonly integrite: RapportSignatureBase['integrite'];
  readonly certificat: RapportSignatureBase['certificat'];
  readonly signataire: SignataireRapport | null;
  /** DER, to find a path with. */
  readonly joints: readonly Uint8Array[];
  /** Claimed by the signer. */
  readonly instant: Instant | null;
  readonly algorithme: string | null;
  readonly roles: readonly string[];
  readonly constats: readonly Constat[];
}

export type VerdictPlaces =
  | { readonly type: 'lu'; readonly signatures: readonly SignaturePlacee[] }
  /** French, to be set in a sentence. */
  | { readonly type: 'illisible'; readonly motif: string };

export interface ReglesPlaces {
  /** By the names that the message gives them; those that are not there are told. */
  readonly fichiers: FichiersFournis;
  /** Names under which a signature may designate this file, beside the one that is sent; null: any, and it is told. */
  readonly autresNoms: (fichier: string) => readonly string[] | null;
}

/** One signature for each file, of an archive that has many. */
const SIGNATURES_MAX = 10_000;

/** Blocks of a file that has not to be read again. */
const enSource =
  (octets: Uint8Array): SourceOctets =>
  () => [octets];

/** A place, with the one XML signature that it holds. */
interface PlaceXml {
  readonly place: PlaceSignature;
  readonly rang: number;
  /** Name given by the signature; null when it designates no file. */
  readonly designe: string | null;
  readonly admis: boolean;
}

function admettre(place: PlaceSignature, designe: string | null, regles: ReglesPlaces): boolean {
  if (designe === null || designe === place.nomFichier) return designe !== null;
  return regles.autresNoms(place.nomFichier)?.includes(designe) ?? true;
}

const nomDesigne = ({ objets }: RapportSignatureBase): string | null =>
  objets.find((o) => o.type === 'fichier')?.nom ?? null;

type Rapports = ReadonlyMap<number, RapportSignatureBase>;

/** Reads every signature of the message against these files. */
async function lireSignatures(octets: Uint8Array, fichiers: FichiersFournis): Promise<Rapports | string> {
  const verdict = await verifierBase(enSource(octets), { fichiers, signaturesMax: SIGNATURES_MAX });
  if (verdict.type === 'illisible') return verdict.refus.message;
  if (verdict.type === 'source_changee') return 'il a changé pendant sa lecture.';
  return new Map(verdict.signatures.map((s) => [s.rang, s]));
}

/**
 * Signatures of several files may give them one name: each round holds it for one of them only, so that none is held against
 * the bytes of another. One round in nearly every case.
 */
function repartir(xml: readonly PlaceXml[], { fichiers }: ReglesPlaces) {
  const tours: { readonly noms: Map<string, SourceOctets | FichierLu>; readonly rangs: number[] }[] = [];
  for (const { place, rang, designe, admis } of xml) {
    const fichier = fichiers.get(place.nomFichier);
    if (!admis || designe === null || fichier === undefined) continue;
    let tour = tours.find((t) => (t.noms.get(designe) ?? fichier) === fichier);
    if (tour === undefined) {
      tour = { noms: new Map(), rangs: [] };
      tours.push(tour);
    }
    tour.noms.set(designe, fichier);
    tour.rangs.push(rang);
  }
  return tours;
}

function noterXml({ place, designe, admis }: PlaceXml, s: RapportSignatureBase, cahier: Cahier): void {
  const seul = s.objets.length === 1 && s.objets[0]?.type === 'fichier';
  if (!seul && s.objets.length > 0) cahier.noter(CONSTATS_PLACE.pasDetachee, `${s.objets.length} contenus`);
  if (designe === null) return;
  if (!admis) cahier.noter(CONSTATS_PLACE.autreFichier, designe);
  else if (designe !== place.nomFichier) cahier.noter(CONSTATS_PLACE.nomOrigine, designe);
}

type Commun = Pick<SignaturePlacee, 'rang' | 'genre' | 'fichier'>;

const VIDE = {
  forme: 'inconnue',
  designe: null,
  etat: 'refusee',
  integrite: 'indeterminee',
  certificat: 'indetermine',
  signataire: null,
  joints: [],
  instant: null,
  algorithme: null,
  roles: [],
} as const;

function juger(etat: RapportSignatureBase['etat'], constats: readonly Constat[]): SignaturePlacee['etat'] {
  return etat === 'incomplete' || constats.some((c) => c.gravite === 'refus') ? 'refusee' : etat;
}

interface LueXml {
  readonly xml: PlaceXml;
  readonly rapport: RapportSignatureBase;
  readonly absent: boolean;
}

function rapporterXml(commun: Commun, { xml, rapport: s, absent }: LueXml): SignaturePlacee {
  const cahier = new Cahier();
  noterXml(xml, s, cahier);
  if (absent) cahier.noter(CONSTATS_PLACE.fichierAbsent, commun.fichier);
  const constats = [...cahier.constats, ...s.constats];
  const { integrite, certificat, signataire, joints, instant, algorithme, roles } = s;
  const lus = { integrite, certificat, signataire, joints, instant, algorithme, roles };
  return { ...commun, forme: 'XAdES', designe: xml.designe, etat: juger(s.etat, constats), ...lus, constats };
}

async function rapporterTexte(
  commun: Commun,
  texte: string,
  { fichiers }: ReglesPlaces,
): Promise<SignaturePlacee> {
  const cahier = new Cahier();
  const fichier = fichiers.get(commun.fichier);
  if (texte === '') cahier.noter(CONSTATS_PLACE.placeVide);
  if (fichier === undefined) cahier.noter(CONSTATS_PLACE.fichierAbsent, commun.fichier);
  if (texte === '' || fichier === undefined) return { ...commun, ...VIDE, constats: cahier.constats };
  const lu = await verifierPkcs7(Buffer.from(texte, 'latin1'), async (hachage) => {
    const { empreintes } = typeof fichier === 'function' ? await lireFichier(fichier, [hachage]) : fichier;
    return empreintes.get(hachage) ?? null;
  });
  const signataire = lu.signataire === null ? null : signataireRapport(lu.signataire);
  return { ...commun, forme: 'PKCS#7', designe: null, roles: [], ...lu, signataire };
}

/** What the XML places designate, once the message was read without any file. */
function instruire(places: readonly PlaceSignature[], lues: Rapports, regles: ReglesPlaces): PlaceXml[] {
  return places.flatMap((place) => {
    const [rang, autre] = place.rangs;
    const lue = rang === undefined || autre !== undefined ? undefined : lues.get(rang);
    if (rang === undefined || lue === undefined) return [];
    const designe = nomDesigne(lue);
    return [{ place, rang, designe, admis: admettre(place, designe, regles) }];
  });
}

async function conclure(
  places: readonly PlaceSignature[],
  xml: readonly PlaceXml[],
  { rapports, regles }: { readonly rapports: Rapports; readonly regles: ReglesPlaces },
): Promise<SignaturePlacee[]> {
  const signatures: SignaturePlacee[] = [];
  for (const [k, place] of places.entries()) {
    const commun = { rang: k + 1, genre: place.genre, fichier: place.nomFichier };
    const sienne = xml.find((x) => x.place === place);
    const rapport = sienne === undefined ? undefined : rapports.get(sienne.rang);
    if (sienne !== undefined && rapport !== undefined) {
      const absent = !regles.fichiers.has(place.nomFichier);
      signatures.push(rapporterXml(commun, { xml: sienne, rapport, absent }));
    } else if (place.rangs.length > 1) {
      const cahier = new Cahier();
      cahier.noter(CONSTATS_PLACE.plusieurs, place.rangs.length);
      signatures.push({ ...commun, ...VIDE, constats: cahier.constats });
    } else signatures.push(await rapporterTexte(commun, place.texte, regles));
  }
  return signatures;
}

/** Signatures that stand in no place cover nothing that the norm knows. */
function rapporterEgarees(egarees: readonly number[], depuis: number): SignaturePlacee[] {
  return egarees.map((_, k) => {
    const cahier = new Cahier();
    cahier.noter(CONSTATS_PLACE.horsPlace);
    return { rang: depuis + k + 1, genre: '', fichier: '', ...VIDE, constats: cahier.constats };
  });
}

/**
 * Verifies every signature that a message or an envelope carries, each against the file that it goes with. Certificates are
 * held against their dates; trust is another question. Throws what the files throw.
 */
export async function verifierPlaces(octets: Uint8Array, regles: ReglesPlaces): Promise<VerdictPlaces> {
  const lecture = lireXml(octets);
  if (lecture.type === 'illisible') return lecture;
  const { places, egarees } = lirePlaces(lecture.racine);
  if (places.length + egarees.length === 0) return { type: 'lu', signatures: [] };
  const sansFichier = await lireSignatures(octets, new Map());
  if (typeof sansFichier === 'string') return { type: 'illisible', motif: sansFichier };
  const xml = instruire(places, sansFichier, regles);
  const rapports = new Map(sansFichier);
  for (const { noms, rangs } of repartir(xml, regles)) {
    const lus = await lireSignatures(octets, noms);
    if (typeof lus === 'string') return { type: 'illisible', motif: lus };
    for (const rang of rangs) rapports.set(rang, lus.get(rang) as RapportSignatureBase);
  }
  const signatures = await conclure(places, xml, { rapports, regles });
  return { type: 'lu', signatures: [...signatures, ...rapporterEgarees(egarees, signatures.length)] };
}
