import { posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { OctetsLot } from '../../../formats/lot/octets.ts';
import { lireChemin, type Pieces } from '../../../formats/lot/pieces.ts';
import { ouvrirZip } from '../../../formats/lot/zip.ts';
import { erreurLot } from '../../../metier/catalogue/lot.ts';
import type { ErreurVgm } from '../../../metier/erreurs.ts';
import { MANIFESTE_MAX } from './tableau.ts';

/** Where the manifest of a batch is, among its files. */

export interface LotOuvert {
  readonly manifeste: { readonly nom: string; readonly octets: Uint8Array };
  readonly pieces: Pieces;
}

const NOM_USUEL = 'lot.csv';
/** What « vaguemestre lot » itself writes beside. */
const RESULTATS = /\.resultats(\.[0-9a-f]{8})?\.csv$/i;

const REUNIR = `Nommer le manifeste « ${NOM_USUEL} », ou n’en laisser qu’un.`;

function refuser(lot: string, raison: string, remede = REUNIR): ErreurVgm {
  return erreurLot('VGM-LOT-002', { lot, raison, remede });
}

const profondeur = (chemin: string): number => chemin.split('/').length;

/** The manifest among these paths: `lot.csv` nearest to the root, or else the only CSV file. */
export function choisirManifeste(lot: string, noms: readonly string[]): string {
  const candidats = noms.filter(
    (n) => /\.csv$/i.test(n) && !RESULTATS.test(n) && !posix.basename(n).startsWith('.'),
  );
  const usuels = candidats.filter((n) => posix.basename(n).toLowerCase() === NOM_USUEL);
  const haut = Math.min(...usuels.map(profondeur));
  const proches = usuels.filter((n) => profondeur(n) === haut);
  const choix = proches.length > 0 ? proches : candidats;
  const [choisi, autre] = choix;
  if (choisi === undefined) {
    const classeur = noms.some((n) => n === '[Content_Types].xml' || n === 'mimetype');
    throw classeur
      ? refuser(lot, 'c’est un classeur de tableur', 'L’enregistrer en CSV, à côté des pièces qu’il nomme.')
      : refuser(lot, 'il ne contient aucun manifeste (fichier .csv)');
  }
  if (autre !== undefined) {
    const cites = choix
      .slice(0, 3)
      .map((n) => `« ${n} »`)
      .join(', ');
    throw refuser(lot, `il contient plusieurs manifestes possibles (${cites}${choix.length > 3 ? '…' : ''})`);
  }
  return choisi;
}

/** The batch whose manifest is beyond `MANIFESTE_MAX`. */
export function tropGros(lot: string): ErreurVgm {
  return refuser(
    lot,
    `le manifeste dépasse ${MANIFESTE_MAX / 1024 / 1024} Mio`,
    'Le partager en plusieurs lots.',
  );
}

/**
 * @param lot its name, for people.
 * Throws VGM-LOT-002, and what `octets` throws.
 */
export async function ouvrirLotZip(lot: string, octetsZip: OctetsLot): Promise<LotOuvert> {
  const zip = await ouvrirZip(lot, octetsZip);
  try {
    const nom = choisirManifeste(lot, zip.noms);
    const trouve = zip.trouver(nom);
    if (!('ouvrir' in trouve) || trouve.taille > MANIFESTE_MAX) throw tropGros(lot);
    const octets = await buffer(trouve.ouvrir());
    const dossier = posix.dirname(nom);
    const pieces: Pieces = {
      trouver: async (brut) => {
        const chemin = lireChemin(brut);
        return typeof chemin === 'string' ? zip.trouver(posix.join(dossier, chemin)) : chemin;
      },
      fermer: async () => zip.fermer(),
    };
    return { manifeste: { nom, octets }, pieces };
  } catch (e) {
    zip.fermer();
    throw e;
  }
}
