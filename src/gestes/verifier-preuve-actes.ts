import { createHash } from 'node:crypto';
import type { FicheLue, PieceLue } from '../formats/asic/fiche.ts';
import type { ZipLu } from '../formats/asic/lire-zip.ts';
import type { Constat, Releve } from '../formats/asic/releve.ts';
import { lireTarGz } from '../formats/tar/lire.ts';
import { type ElementXml, lireXml } from '../formats/xml/lire.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { ESPACE_ACTES } from '../protocoles/actes/codes.ts';
import { aEteCompose } from './verifier-preuve-etats.ts';

/** What a proof of ACTES must say beside what any proof says: its archive, its receipt. */

/** Same bounds as a deposit, with room: an archive of 150 MB of text unfolds to little more. */
const LIMITES_ARCHIVE = { octets: 2_000_000_000, entrees: 10_000 } as const;

interface Membre {
  readonly nom: string;
  readonly sha256: string;
}

async function lireArchive(octets: AsyncIterable<Uint8Array>): Promise<Membre[] | string> {
  const membres: Membre[] = [];
  try {
    for await (const { nom, contenu } of lireTarGz(octets, LIMITES_ARCHIVE)) {
      const hash = createHash('sha256');
      for await (const morceau of contenu) hash.update(morceau);
      membres.push({ nom, sha256: hash.digest('hex') });
    }
  } catch (faute) {
    if (faute instanceof ErreurVgm) return faute.fiche.message;
    throw faute;
  }
  return membres;
}

function defautArchive(fiche: FicheLue, piece: PieceLue, membres: readonly Membre[]): string | null {
  if (fiche.nomEnvoi !== null && piece.nom !== fiche.nomEnvoi) {
    return `elle se nomme ${JSON.stringify(piece.nom)} au lieu de ${JSON.stringify(fiche.nomEnvoi)}`;
  }
  if (!membres.some((m) => m.nom.startsWith(`${fiche.identite}-`))) {
    return `aucun message de l’acte ${fiche.identite} ne s’y trouve`;
  }
  const presents = new Set(membres.map((m) => m.sha256));
  const absente = fiche.pieces.find(
    (p) => (p.role === 'document' || p.role === 'annexe') && !presents.has(p.sha256),
  );
  return absente === undefined ? null : `la pièce ${absente.fichier} n’y figure pas à l’identique`;
}

/** What was sent really carries what was deposited, byte for byte. */
async function controlerArchive(zip: ZipLu, fiche: FicheLue): Promise<Constat> {
  const sujet = 'Archive transmise';
  const pieces = fiche.pieces.filter((p) => p.role === 'archive');
  if (pieces.length === 0) {
    const bon = !aEteCompose(fiche.etat);
    const detail = bon ? 'aucune, ce que l’état du flux explique' : 'elle manque';
    return { sujet, bon, detail };
  }
  for (const piece of pieces) {
    const entree = zip.entrees.find((e) => e.nom === piece.fichier);
    if (entree === undefined) return { sujet, bon: false, detail: `${piece.fichier} manque` };
    const membres = await lireArchive(zip.ouvrir(entree));
    const defaut = typeof membres === 'string' ? membres : defautArchive(fiche, piece, membres);
    if (defaut !== null) return { sujet, bon: false, detail: defaut };
  }
  return { sujet, bon: true, detail: 'elle contient les pièces déposées, à l’identique' };
}

type SensAccuse = 'recu' | 'autre' | { readonly defaut: string };

function attribut(e: ElementXml, nom: string): string | undefined {
  return e.attributs.get(`{${ESPACE_ACTES}}${nom}`);
}

/** A receipt names the acte (1-2, @IDActe); a refusal (1-3) only repeats its number. */
function lireAccuse(octets: Uint8Array | null | undefined, identite: string): SensAccuse {
  if (octets === null || octets === undefined) return { defaut: 'il est absent ou démesuré' };
  const lu = lireXml(octets);
  if (lu.type === 'illisible') return { defaut: lu.motif };
  const { racine } = lu;
  if (racine.espace === ESPACE_ACTES && racine.nom === 'ARActe') {
    const vu = attribut(racine, 'IDActe') ?? '(absent)';
    return vu === identite ? 'recu' : { defaut: `il accuse réception de l’acte ${vu}, non de ${identite}` };
  }
  const acte = racine.enfants.find((e) => e.nom === 'ActeRecu');
  const numero = acte === undefined ? undefined : attribut(acte, 'NumeroInterne');
  if (numero !== undefined && numero !== identite.split('-')[3]) {
    return { defaut: `il parle de l’acte numéro ${numero}, non de ${identite}` };
  }
  return 'autre';
}

function controlerAccuse(fiche: FicheLue, releves: ReadonlyMap<string, Releve>): Constat {
  const sujet = 'Accusé de l’État';
  const sens = fiche.pieces
    .filter((p) => p.role === 'accuse')
    .map((p) => ({ p, lu: lireAccuse(releves.get(p.fichier)?.octets, fiche.identite) }));
  for (const { p, lu } of sens) {
    if (typeof lu === 'object') return { sujet, bon: false, detail: `${p.fichier} : ${lu.defaut}` };
  }
  const recu = sens.some(({ lu }) => lu === 'recu');
  if (recu) return { sujet, bon: true, detail: `il porte l’identifiant ${fiche.identite}` };
  if (fiche.etat === 'acquitte')
    return { sujet, bon: false, detail: 'flux acquitté sans accusé de réception' };
  const detail = sens.length > 0 ? 'message de l’État présent, sans accusé de réception' : 'aucun à ce jour';
  return { sujet, bon: true, detail };
}

export async function controlerActes(
  zip: ZipLu,
  fiche: FicheLue,
  releves: ReadonlyMap<string, Releve>,
): Promise<Constat[]> {
  return [await controlerArchive(zip, fiche), controlerAccuse(fiche, releves)];
}
