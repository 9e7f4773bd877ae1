import { erreurCoffre } from '../../metier/catalogue/coffre.ts';
import type { Log } from '../../ports/log.ts';
import { refusServeur } from './s3-causes.ts';
import type { ClientS3, Reponse } from './s3-client.ts';
import type { Contenu, Mesures, Partie } from './s3-empreintes.ts';
import type { ReglageS3 } from './s3-reglage.ts';
import { estAssemblee, lireEtag, lireUploadId } from './s3-reponses.ts';
import { corpsEnMemoire } from './s3-signature.ts';

/** A large piece, sent by parts: each has its digests, several leave at once, and nothing is left behind by a failure. */

export interface Piece {
  readonly contenu: Contenu;
  readonly mesures: Mesures;
  readonly cle: string;
}

interface Outils {
  readonly client: ClientS3;
  readonly reglage: ReglageS3;
  readonly log: Log;
}

type Entetes = Readonly<Record<string, string>>;

/** A part, as the server acknowledged it. */
interface Recue {
  readonly numero: number;
  readonly etag: string;
  /** Base 64; empty when the server does not speak of it. */
  readonly sha256: string;
}

interface Envoi extends Outils {
  readonly piece: Piece;
  readonly uploadId: string;
}

/**
 * @param voulu headers of the object, and the condition under which it may be written.
 * @returns the answer to the assembling, whose `etag` header is that of the object; or a refusal. Throws VGM-COF-002, -003.
 */
export async function envoyerParParties(
  outils: Outils,
  piece: Piece,
  voulu: { readonly entetes: Entetes; readonly siAbsente: Entetes },
): Promise<Reponse> {
  const debut = await outils.client.demander({
    methode: 'POST',
    cle: piece.cle,
    question: { uploads: '' },
    entetes: {
      ...voulu.entetes,
      'x-amz-checksum-algorithm': 'SHA256',
      'content-type': 'application/octet-stream',
    },
  });
  const uploadId = debut.statut === 200 ? lireUploadId(debut.octets) : '';
  if (uploadId === '') throw refusServeur(debut);
  const envoi: Envoi = { ...outils, piece, uploadId };
  try {
    const envoyees = await envoyerParties(envoi);
    const fini = Array.isArray(envoyees) ? await assembler(envoi, envoyees, voulu.siAbsente) : envoyees;
    if (fini.statut >= 300) await abandonner(envoi);
    return fini;
  } catch (erreur) {
    await abandonner(envoi);
    throw erreur;
  }
}

/** Several at once, in any order; the first failure stops the others. @returns the refusal when the upload is no more. */
async function envoyerParties(envoi: Envoi): Promise<Recue[] | Reponse> {
  const { parties } = envoi.piece.mesures;
  const recues: Recue[] = [];
  const attente = parties.entries();
  let refus: Reponse | undefined;
  let arret = false;
  const ouvrier = async (): Promise<void> => {
    for (const [rang, partie] of attente) {
      const reponse = await envoyerPartie(envoi, rang + 1, partie);
      if (reponse.statut === 200) recues[rang] = lireRecue(reponse, rang + 1, partie);
      else if (reponse.code === 'NoSuchUpload') refus = reponse;
      else throw refusServeur(reponse);
      if (arret || refus !== undefined) return;
    }
  };
  const ouvriers = Array.from({ length: envoi.reglage.parallele }, () =>
    ouvrier().finally(() => {
      arret = arret || recues.length < parties.length;
    }),
  );
  for (const fini of await Promise.allSettled(ouvriers)) if (fini.status === 'rejected') throw fini.reason;
  return refus ?? recues;
}

function envoyerPartie(
  { client, piece, uploadId }: Envoi,
  numero: number,
  { debut, fin, md5, sha256 }: Partie,
): Promise<Reponse> {
  return client.demander({
    methode: 'PUT',
    cle: piece.cle,
    question: { partNumber: String(numero), uploadId },
    entetes: {
      'content-md5': md5.toString('base64'),
      'x-amz-checksum-sha256': sha256.toString('base64'),
    },
    corps: {
      sha256: sha256.toString('hex'),
      taille: fin - debut,
      ouvrir: () => piece.contenu.ouvrir(debut, fin),
    },
  });
}

/** Throws VGM-COF-002 when the server says that it received something else. */
function lireRecue(reponse: Reponse, numero: number, partie: Partie): Recue {
  const sha256 = reponse.entete('x-amz-checksum-sha256') ?? '';
  if (sha256 !== '' && sha256 !== partie.sha256.toString('base64'))
    throw erreurCoffre('VGM-COF-002', { detail: `il a reçu autre chose que la partie ${numero}` });
  return { numero, etag: reponse.entete('etag') ?? '', sha256 };
}

function echapper(texte: string): string {
  return texte.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function ecrireListe(recues: readonly Recue[]): Buffer {
  const parties = recues.map(({ numero, etag, sha256 }) => {
    const empreinte = sha256 === '' ? '' : `<ChecksumSHA256>${sha256}</ChecksumSHA256>`;
    return `<Part><PartNumber>${numero}</PartNumber><ETag>${echapper(etag)}</ETag>${empreinte}</Part>`;
  });
  return Buffer.from(
    `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parties.join('')}</CompleteMultipartUpload>`,
  );
}

async function assembler(envoi: Envoi, recues: readonly Recue[], siAbsente: Entetes): Promise<Reponse> {
  const reponse = await envoi.client.demander({
    methode: 'POST',
    cle: envoi.piece.cle,
    question: { uploadId: envoi.uploadId },
    entetes: { ...siAbsente, 'content-type': 'application/xml' },
    corps: corpsEnMemoire(ecrireListe(recues)),
  });
  if (reponse.statut >= 300) return reponse;
  if (!estAssemblee(reponse.octets))
    throw erreurCoffre('VGM-COF-002', { detail: 'l’assemblage des parties a échoué chez lui' });
  return nommerEtag(reponse);
}

/** The digest of the object is in the body of this answer, and nowhere in its headers. */
function nommerEtag(reponse: Reponse): Reponse {
  const etag = lireEtag(reponse.octets);
  return {
    ...reponse,
    entete: (nom) => (nom === 'etag' ? etag : reponse.entete(nom)),
  };
}

/** Gives an upload up, so that its parts are not kept for nobody. What resists is swept later. */
async function abandonner({ client, piece, uploadId, log }: Envoi): Promise<void> {
  const champs = { cle: piece.cle };
  try {
    const { statut, code } = await client.demander({
      methode: 'DELETE',
      cle: piece.cle,
      question: { uploadId },
    });
    if (statut >= 300 && code !== 'NoSuchUpload')
      log.warn('envoi par parties : abandon refusé', { ...champs, statut, code });
  } catch {
    log.warn('envoi par parties : abandon impossible', champs);
  }
}
