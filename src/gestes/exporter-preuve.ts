import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { relire } from '../etapes/relire.ts';
import { aExtraire, type Extraits, extraireConfiance } from '../formats/asic/confiance.ts';
import { composerPreuve, type PiecePreuve } from '../formats/asic/preuve.ts';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import type { Flux, PieceDuFlux } from '../metier/flux.ts';
import type { FluxId } from '../metier/identifiants.ts';
import type { Coffre } from '../ports/coffre.ts';
import type { Collectivites, LectureFlux, LectureJournal, Portee } from '../ports/store.ts';
import { precisions } from '../protocoles/actes/echanges/precisions.ts';
import { reponseEnMots } from '../protocoles/helios/reponse.ts';
import type { PreuveExportee } from './gestes.ts';

export interface DepsPreuve {
  readonly flux: LectureFlux;
  readonly journal: LectureJournal;
  readonly coffre: Coffre;
  readonly collectivites: Collectivites;
}

interface Photographie {
  readonly flux: Flux;
  readonly lignes: readonly string[];
  readonly fiches: readonly PieceDuFlux[];
}

const ESSAIS = 5;

/** First pass: an altered piece is found before the first byte of the proof leaves, and gives its CRC. */
async function preparer(coffre: Coffre, fiches: readonly PieceDuFlux[]): Promise<PiecePreuve[]> {
  const pieces: PiecePreuve[] = [];
  for (const piece of fiches) {
    const meme = pieces.find((p) => memesOctets(p.piece, piece));
    const crc = meme === undefined ? await lireCrc(coffre, piece) : meme.crc;
    pieces.push({ piece, crc, ouvrir: () => relire(coffre, piece) });
  }
  return pieces;
}

function memesOctets(a: PieceDuFlux, b: PieceDuFlux): boolean {
  return a.sha256 === b.sha256 && a.sha512 === b.sha512 && a.taille === b.taille;
}

async function lireCrc(coffre: Coffre, piece: PieceDuFlux): Promise<number> {
  let crc = 0;
  for await (const morceau of relire(coffre, piece)) crc = crc32(morceau, crc);
  return crc;
}

/** Certificates and evidence, in the files that openssl reads. */
async function extraire(coffre: Coffre, fiches: readonly PieceDuFlux[]): Promise<Extraits> {
  const octets: Uint8Array[] = [];
  for (const piece of aExtraire(fiches)) octets.push(await buffer(relire(coffre, piece)));
  return extraireConfiance(octets);
}

/**
 * Three reads are not one snapshot: an event that lands between them would give a proof that contradicts itself.
 * Throws VGM-NOY-001 when the flux keeps moving.
 */
async function photographier(deps: DepsPreuve, portee: Portee, id: FluxId): Promise<Photographie> {
  for (let essai = 0; essai < ESSAIS; essai += 1) {
    const flux = await deps.flux.trouver(portee, id);
    if (flux === undefined) throw erreurNoyau('VGM-NOY-003', { flux: id });
    const lignes = await deps.journal.lignesDuFlux(portee, id);
    const fiches = await deps.flux.pieces(portee, id);
    const relu = await deps.flux.trouver(portee, id);
    if (relu?.ver === flux.ver) return { flux, lignes: lignes.map((l) => l.ligne), fiches };
  }
  throw erreurNoyau('VGM-NOY-001', { flux: id });
}

/**
 * Makes the proof file of a flux, in any state: LISEZMOI.txt and flux.json say what it does not prove.
 * Every content is read twice (controlled, then copied and controlled again): the coffre is never believed.
 * Throws VGM-NOY-003 (no such flux in this scope), VGM-NOY-006 (piece absent or altered: no proof is made),
 * VGM-PRV-001 (4 GiB or more).
 */
export async function exporterPreuve(deps: DepsPreuve, portee: Portee, id: FluxId): Promise<PreuveExportee> {
  const { flux, lignes, fiches } = await photographier(deps, portee, id);
  const collectivite = await deps.collectivites.trouver(flux.collectivite);
  const rangees = fiches.toSorted((a, b) => a.rang - b.rang);
  const pieces = await preparer(deps.coffre, rangees);
  const { nom, taille, contenu } = composerPreuve({
    flux,
    nomCollectivite: collectivite?.nom ?? '(collectivité inconnue)',
    pieces,
    lignes,
    precisions: flux.protocole === 'ACTES' ? precisions(flux) : [],
    reponse: flux.protocole === 'HELIOS' ? reponseEnMots(flux) : [],
    extraits: await extraire(deps.coffre, rangees),
  });
  return { nom, taille, contenu: Readable.from(contenu, { objectMode: false }) };
}
