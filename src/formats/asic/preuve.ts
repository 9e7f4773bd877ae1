import { type Etat, estTerminal, LIBELLE_ETAT } from '../../metier/etats.ts';
import type { Flux, PieceDuFlux } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { empreinteLigne } from '../../metier/journal.ts';
import type { Extraits } from './confiance.ts';
import { ecrireLisezmoi, PORTEE_ETAT, receptionProuvee } from './lisezmoi.ts';
import {
  ecrireEmpreintes,
  ecrireManifeste,
  type FichierEmpreinte,
  MIMETYPE,
  NOM_EMPREINTES,
  NOM_EMPREINTES_LIGNES,
  NOM_FLUX,
  NOM_LIGNES,
  NOM_MANIFESTE,
  NOM_MIMETYPE,
  sha256Hex,
} from './manifeste.ts';
import { VERIFIER_SH } from './script.ts';
import { ecrireZip, type EntreeZip, tailleZip } from './zip.ts';

export const FORMAT_PREUVE = 'vaguemestre-preuve-v1';

/** A piece whose bytes were read once already: digests found right, CRC computed on the way. */
export interface PiecePreuve {
  readonly piece: PieceDuFlux;
  readonly crc: number;
  ouvrir(): AsyncIterable<Uint8Array>;
}

export interface FaitsPreuve {
  readonly flux: Flux;
  readonly nomCollectivite: string;
  readonly pieces: readonly PiecePreuve[];
  /** Raw lines of the journal that speak of this flux, in order. */
  readonly lignes: readonly string[];
  /** What the flux is, in French sentences, when its protocol has more to say than the state. */
  readonly precisions?: readonly string[];
  /** What the State answered, in French sentences; none when it says no more than the state. */
  readonly reponse?: readonly string[];
  /** What the pieces of trust hold (`extraireConfiance`); nothing when the flux has none. */
  readonly extraits?: Extraits;
}

const SANS_EXTRAIT: Extraits = { fichiers: [], signataire: null };

export interface PreuveComposee {
  readonly nom: string;
  /** Bytes, exactly what `contenu` will give. */
  readonly taille: number;
  readonly contenu: AsyncGenerator<Uint8Array>;
}

/** ASCII letters, digits, `.`, `_` and `-` only: any shell, file system and XML attribute takes it as it is. */
export function nettoyerNom(nom: string): string {
  const ascii = nom
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '_');
  const sobre = ascii.replace(/^[.-]+/, '_');
  if (sobre.length <= 100) return sobre === '' ? '_' : sobre;
  const extension = /\.[A-Za-z0-9.]{1,10}$/.exec(sobre)?.[0] ?? '';
  return sobre.slice(0, 100 - extension.length) + extension;
}

/** What the name of a file depends on. */
type PieceNommee = Pick<FichePiece, 'rang' | 'role' | 'nom' | 'sha256' | 'sha512' | 'taille'>;

export function nomDePiece(piece: PieceNommee): string {
  return `pieces/${String(piece.rang).padStart(3, '0')}-${piece.role}-${nettoyerNom(piece.nom)}`;
}

/**
 * Where each piece stands. Several pieces of the same bytes (a PES, and what left) are one file, under the name of the
 * first: `sha256sum -c` reads it once, and a proof does not weigh twice what it proves.
 * @param pieces in the order of their ranks.
 */
export function fichiersDesPieces(pieces: readonly PieceNommee[]): readonly string[] {
  const premiers = new Map<string, string>();
  return pieces.map((piece) => {
    const { sha256, sha512, taille } = piece;
    const contenu = `${sha256} ${sha512} ${taille}`;
    const fichier = premiers.get(contenu) ?? nomDePiece(piece);
    premiers.set(contenu, fichier);
    return fichier;
  });
}

const iso = (instant: Instant | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/** `flux.json`: what is needed to check the pieces without reading French. */
export interface FicheFlux {
  readonly format: typeof FORMAT_PREUVE;
  readonly id: string;
  readonly protocole: string;
  readonly collectivite: { readonly siren: string; readonly nom: string };
  readonly identite: string;
  readonly etat: Etat;
  readonly libelleEtat: string;
  /** Nothing more is expected on the leg to the State. */
  readonly acheve: boolean;
  /** The State acknowledged it, in whole or in part. */
  readonly receptionProuvee: boolean;
  readonly portee: string;
  readonly nomEnvoi: string | null;
  readonly cite: string | null;
  readonly depose: string | null;
  readonly transmis: string | null;
  readonly solde: string | null;
  readonly modifie: string | null;
  readonly alerte: string | null;
  readonly erreur: Flux['erreur'];
  readonly resume: Flux['resume'];
  readonly pieces: readonly FichePiece[];
  readonly journal: { readonly lignes: number };
}

export interface FichePiece {
  readonly rang: number;
  readonly role: string;
  readonly nom: string;
  readonly fichier: string;
  readonly taille: number;
  readonly type: string;
  readonly sha256: string;
  readonly sha512: string;
  readonly ajoutee: string | null;
}

function fichePiece(p: PieceDuFlux, fichier: string): FichePiece {
  const { rang, role, nom, taille, type, sha256, sha512 } = p;
  return { rang, role, nom, fichier, taille, type, sha256, sha512, ajoutee: iso(p.ajoutee) };
}

/** A piece and the file that holds its bytes. */
interface PieceRangee {
  readonly source: PiecePreuve;
  readonly fichier: string;
}

function ranger(pieces: readonly PiecePreuve[]): readonly PieceRangee[] {
  const fichiers = fichiersDesPieces(pieces.map((p) => p.piece));
  return pieces.map((source, k) => ({ source, fichier: fichiers[k] as string }));
}

/** Each file once. */
function sansDoubles(rangees: readonly PieceRangee[]): readonly PieceRangee[] {
  return rangees.filter(({ fichier }, k) => rangees.findIndex((r) => r.fichier === fichier) === k);
}

function ficheFlux(
  { flux, nomCollectivite, lignes }: FaitsPreuve,
  rangees: readonly PieceRangee[],
): FicheFlux {
  return {
    format: FORMAT_PREUVE,
    id: flux.id,
    protocole: flux.protocole,
    collectivite: { siren: flux.collectivite, nom: nomCollectivite },
    identite: flux.identite,
    etat: flux.etat,
    libelleEtat: LIBELLE_ETAT[flux.etat],
    acheve: estTerminal(flux.etat),
    receptionProuvee: receptionProuvee(flux.etat),
    portee: PORTEE_ETAT[flux.etat],
    nomEnvoi: flux.nomEnvoi,
    cite: flux.cite,
    depose: iso(flux.depose),
    transmis: iso(flux.transmis),
    solde: iso(flux.solde),
    modifie: iso(flux.modifie),
    alerte: flux.alerte,
    erreur: flux.erreur,
    resume: flux.resume,
    pieces: rangees.map(({ source, fichier }) => fichePiece(source.piece, fichier)),
    journal: { lignes: lignes.length },
  };
}

interface Texte {
  readonly nom: string;
  readonly contenu: Uint8Array;
}

/** Every file made here, but the two lists that speak of the others. */
function textes(faits: FaitsPreuve, rangees: readonly PieceRangee[], nom: string): Texte[] {
  const { flux, nomCollectivite, lignes } = faits;
  const { precisions = [], reponse = [], extraits = SANS_EXTRAIT } = faits;
  const pieces = rangees.map(({ fichier, source }) => ({ fichier, piece: source.piece }));
  const dit = { precisions, reponse, extraits };
  const page = { flux, nomCollectivite, pieces, lignes: lignes.length, nom, ...dit };
  const contenus: readonly (readonly [string, string])[] = [
    [NOM_MIMETYPE, MIMETYPE],
    ['LISEZMOI.txt', ecrireLisezmoi(page)],
    ['verifier.sh', VERIFIER_SH],
    [NOM_FLUX, `${JSON.stringify(ficheFlux(faits, rangees), null, 2)}\n`],
    [NOM_LIGNES, lignes.map((l) => `${l}\n`).join('')],
    [NOM_EMPREINTES_LIGNES, lignes.map((l) => `${empreinteLigne(l)}\n`).join('')],
  ];
  return [
    ...contenus.map(([fichier, texte]) => ({ nom: fichier, contenu: Buffer.from(texte) })),
    ...extraits.fichiers,
  ];
}

function* entrees(avant: readonly Texte[], pieces: readonly PieceRangee[], apres: readonly Texte[]) {
  const texte = (t: Texte): EntreeZip => ({ ...t, taille: t.contenu.byteLength });
  yield* avant.map(texte);
  for (const { source, fichier } of pieces) {
    const { taille } = source.piece;
    yield { nom: fichier, contenu: source.ouvrir(), taille, crc: source.crc } satisfies EntreeZip;
  }
  yield* apres.map(texte);
}

/**
 * Lays out a proof file (ASiC-E with time assertion, ETSI EN 319 162-1). Every date comes from the flux and
 * from its journal: the same flux always gives the same bytes, so that two copies can be compared by digest.
 * EMPREINTES.sha256 holds every file but itself and the manifest; the manifest holds EMPREINTES.sha256.
 * Throws VGM-PRV-001 when the whole passes 4 GiB.
 */
export function composerPreuve(faits: FaitsPreuve): PreuveComposee {
  const nom = `${nettoyerNom(faits.flux.identite)}.asice`;
  const rangees = ranger(faits.pieces);
  const pieces = sansDoubles(rangees);
  const premiers = textes(faits, rangees, nom);
  const digeres: FichierEmpreinte[] = [
    ...premiers.map((t) => ({ nom: t.nom, sha256: sha256Hex(t.contenu) })),
    ...pieces.map(({ fichier, source }) => ({ nom: fichier, sha256: source.piece.sha256 })),
  ];
  const liste = Buffer.from(ecrireEmpreintes(digeres));
  const manifeste = ecrireManifeste([...digeres, { nom: NOM_EMPREINTES, sha256: sha256Hex(liste) }]);
  const derniers = [
    { nom: NOM_EMPREINTES, contenu: liste },
    { nom: NOM_MANIFESTE, contenu: Buffer.from(manifeste) },
  ];
  const taille = tailleZip([
    ...[...premiers, ...derniers].map((t) => ({ nom: t.nom, taille: t.contenu.byteLength })),
    ...pieces.map(({ fichier, source }) => ({ nom: fichier, taille: source.piece.taille })),
  ]);
  return { nom, taille, contenu: ecrireZip(entrees(premiers, pieces, derniers), faits.flux.modifie) };
}
