import { type Etat, estTerminal, LIBELLE_ETAT } from '../../metier/etats.ts';
import type { Flux, PieceDuFlux } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { empreinteLigne } from '../../metier/journal.ts';
import { ecrireLisezmoi, PORTEE_ETAT } from './lisezmoi.ts';
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
}

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

export function nomDePiece(piece: PieceDuFlux): string {
  return `pieces/${String(piece.rang).padStart(3, '0')}-${piece.role}-${nettoyerNom(piece.nom)}`;
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
  /** The State acknowledged it. */
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

function fichePiece(p: PieceDuFlux): FichePiece {
  const { rang, role, nom, taille, type, sha256, sha512 } = p;
  return { rang, role, nom, fichier: nomDePiece(p), taille, type, sha256, sha512, ajoutee: iso(p.ajoutee) };
}

function ficheFlux({ flux, nomCollectivite, pieces, lignes }: FaitsPreuve): FicheFlux {
  return {
    format: FORMAT_PREUVE,
    id: flux.id,
    protocole: flux.protocole,
    collectivite: { siren: flux.collectivite, nom: nomCollectivite },
    identite: flux.identite,
    etat: flux.etat,
    libelleEtat: LIBELLE_ETAT[flux.etat],
    acheve: estTerminal(flux.etat),
    receptionProuvee: flux.etat === 'acquitte',
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
    pieces: pieces.map((p) => fichePiece(p.piece)),
    journal: { lignes: lignes.length },
  };
}

interface Texte {
  readonly nom: string;
  readonly contenu: Uint8Array;
}

/** Every file made here, but the two lists that speak of the others. */
function textes(faits: FaitsPreuve, nom: string): Texte[] {
  const { flux, nomCollectivite, lignes } = faits;
  const pieces = faits.pieces.map(({ piece }) => ({ fichier: nomDePiece(piece), piece }));
  const contenus: readonly (readonly [string, string])[] = [
    [NOM_MIMETYPE, MIMETYPE],
    ['LISEZMOI.txt', ecrireLisezmoi({ flux, nomCollectivite, pieces, lignes: lignes.length, nom })],
    ['verifier.sh', VERIFIER_SH],
    [NOM_FLUX, `${JSON.stringify(ficheFlux(faits), null, 2)}\n`],
    [NOM_LIGNES, lignes.map((l) => `${l}\n`).join('')],
    [NOM_EMPREINTES_LIGNES, lignes.map((l) => `${empreinteLigne(l)}\n`).join('')],
  ];
  return contenus.map(([fichier, texte]) => ({ nom: fichier, contenu: Buffer.from(texte) }));
}

function* entrees(avant: readonly Texte[], pieces: readonly PiecePreuve[], apres: readonly Texte[]) {
  const texte = (t: Texte): EntreeZip => ({ ...t, taille: t.contenu.byteLength });
  yield* avant.map(texte);
  for (const p of pieces) {
    const { taille } = p.piece;
    yield { nom: nomDePiece(p.piece), contenu: p.ouvrir(), taille, crc: p.crc } satisfies EntreeZip;
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
  const premiers = textes(faits, nom);
  const digeres: FichierEmpreinte[] = [
    ...premiers.map((t) => ({ nom: t.nom, sha256: sha256Hex(t.contenu) })),
    ...faits.pieces.map(({ piece }) => ({ nom: nomDePiece(piece), sha256: piece.sha256 })),
  ];
  const liste = Buffer.from(ecrireEmpreintes(digeres));
  const manifeste = ecrireManifeste([...digeres, { nom: NOM_EMPREINTES, sha256: sha256Hex(liste) }]);
  const derniers = [
    { nom: NOM_EMPREINTES, contenu: liste },
    { nom: NOM_MANIFESTE, contenu: Buffer.from(manifeste) },
  ];
  const taille = tailleZip([
    ...[...premiers, ...derniers].map((t) => ({ nom: t.nom, taille: t.contenu.byteLength })),
    ...faits.pieces.map(({ piece }) => ({ nom: nomDePiece(piece), taille: piece.taille })),
  ]);
  return { nom, taille, contenu: ecrireZip(entrees(premiers, faits.pieces, derniers), faits.flux.modifie) };
}
