import { createHash } from 'node:crypto';
import type { PieceLue } from '../formats/asic/fiche.ts';
import type { Constat } from '../formats/asic/releve.ts';
import { lireTarGz } from '../formats/tar/lire.ts';
import { lireXml } from '../formats/xml/lire.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { attribut, texte } from '../protocoles/actes/arbre.ts';
import { ENVOIS } from '../protocoles/actes/echanges/codes.ts';
import type { ResumeEnvoi } from '../protocoles/actes/echanges/resume.ts';
import { nomDemandeClassification, nomMessage } from '../protocoles/actes/noms.ts';
import { constater, type Dossier, octetsDe } from './verifier-preuve-dossier.ts';
import { aEteCompose } from './verifier-preuve-etats.ts';

/** The archive of a proof carries what was deposited, and the message that the flux says it is. */

/** Same bounds as a deposit, with room: an archive of 150 MB of text unfolds to little more. */
const LIMITES_ARCHIVE = { octets: 2_000_000_000, entrees: 10_000 } as const;
/** Bytes of a message, far above any real one. */
const MESSAGE_MAX = 1_000_000;

interface Membre {
  readonly nom: string;
  readonly sha256: string;
  /** Of a message of the norm; empty for anything else. */
  readonly octets: Uint8Array;
}

async function lireMembre(nom: string, contenu: AsyncIterable<Uint8Array>): Promise<Membre> {
  const hash = createHash('sha256');
  const gardes: Uint8Array[] = [];
  let taille = 0;
  for await (const morceau of contenu) {
    hash.update(morceau);
    taille += morceau.length;
    if (taille > MESSAGE_MAX || !nom.endsWith('_0.xml')) gardes.length = 0;
    else gardes.push(morceau);
  }
  return { nom, sha256: hash.digest('hex'), octets: Buffer.concat(gardes) };
}

async function lireArchive(octets: AsyncIterable<Uint8Array>): Promise<Membre[] | string> {
  const membres: Membre[] = [];
  try {
    for await (const { nom, contenu } of lireTarGz(octets, LIMITES_ARCHIVE))
      membres.push(await lireMembre(nom, contenu));
  } catch (faute) {
    if (faute instanceof ErreurVgm) return faute.fiche.message;
    throw faute;
  }
  return membres;
}

/** The message of what is sent after an acte: of what kind, about which acte, in answer to the letter of which date. */
function defautMessage({ octets }: Membre, echange: ResumeEnvoi): string | null {
  const lu = lireXml(octets);
  if (lu.type === 'illisible') return `son message ne se lit pas : ${lu.motif}`;
  const { racine } = lu;
  const { message, idActe, dateCourrier } = echange;
  if (racine.nom !== ENVOIS[message].racine) return `son message n’est pas un ${message} (${racine.nom})`;
  if (message === '7-1') {
    const vue = texte(racine, 'DateClassification') ?? null;
    return vue === dateCourrier ? null : `il demande la classification du ${vue ?? '(absent)'}`;
  }
  const vu = attribut(racine, 'IDActe') ?? '(absent)';
  if (vu !== idActe) return `son message parle de l’acte ${vu}, non de ${idActe}`;
  const date = attribut(racine, 'DateCourrierPref') ?? null;
  return date === dateCourrier ? null : `son message répond au courrier du ${date ?? '(absent)'}`;
}

function defautContenu(
  { fiche }: Dossier,
  echange: ResumeEnvoi | null,
  membres: readonly Membre[],
): string | null {
  const { identite, collectivite } = fiche;
  if (echange === null) {
    const parle = membres.some((m) => m.nom.startsWith(`${identite}-`));
    return parle ? null : `aucun message de l’acte ${identite} ne s’y trouve`;
  }
  const { message, idActe } = echange;
  const fin =
    message === '7-1' ? nomDemandeClassification('', collectivite.siren) : nomMessage(idActe, message);
  const trouve = membres.find((m) => m.nom.endsWith(fin));
  return trouve === undefined
    ? `aucun message ${message} de ${idActe || collectivite.siren} ne s’y trouve`
    : defautMessage(trouve, echange);
}

function defautArchive(
  dossier: Dossier,
  { piece, echange }: { readonly piece: PieceLue; readonly echange: ResumeEnvoi | null },
  membres: readonly Membre[],
): string | null {
  const { nomEnvoi, pieces } = dossier.fiche;
  if (nomEnvoi !== null && piece.nom !== nomEnvoi)
    return `elle se nomme ${JSON.stringify(piece.nom)} au lieu de ${JSON.stringify(nomEnvoi)}`;
  const defaut = defautContenu(dossier, echange, membres);
  if (defaut !== null) return defaut;
  const presents = new Set(membres.map((m) => m.sha256));
  const absente = pieces.find(
    (p) => (p.role === 'document' || p.role === 'annexe') && !presents.has(p.sha256),
  );
  return absente === undefined ? null : `la pièce ${absente.fichier} n’y figure pas à l’identique`;
}

/** What was sent really carries what was deposited, byte for byte. */
export async function controlerArchive(dossier: Dossier, echange: ResumeEnvoi | null): Promise<Constat> {
  const dire = constater('Archive transmise');
  const { etat, pieces } = dossier.fiche;
  const archives = pieces.filter((p) => p.role === 'archive');
  if (archives.length === 0)
    return dire(aEteCompose(etat) ? 'elle manque' : null, 'aucune, ce que l’état du flux explique');
  for (const piece of archives) {
    if (!dossier.releves.has(piece.fichier)) return dire(`${piece.fichier} manque`, '');
    const membres = await lireArchive(octetsDe(dossier, piece));
    const defaut =
      typeof membres === 'string' ? membres : defautArchive(dossier, { piece, echange }, membres);
    if (defaut !== null) return dire(defaut, '');
  }
  const deposees = pieces.some((p) => p.role === 'document' || p.role === 'annexe');
  return dire(
    null,
    deposees
      ? 'elle contient les pièces déposées, à l’identique'
      : 'elle contient ce message, et aucune pièce',
  );
}
