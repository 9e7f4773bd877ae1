import { buffer } from 'node:stream/consumers';
import { creerFakeCoffre } from '../../../src/adapters/coffre/fake.ts';
import { signerEnvoi } from '../../../src/etapes/cachet/signer.ts';
import { ecrireTarGz } from '../../../src/formats/tar/ecrire.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';
import type { Signataire } from '../../../src/ports/signataire.ts';
import { actes } from '../../../src/protocoles/actes/index.ts';
import type { SignaturesEnvoi } from '../../../src/protocoles/protocole.ts';
import { ANNEXE, faits, faitsEnveloppe, PDF } from './decor.ts';

/** An archive of ours, signed as the engine signs: one document, one annexe. */

export interface Signee {
  /** Of the archive. */
  readonly nom: string;
  /** In its order: envelope, message, document, annexe. */
  readonly fichiers: ReadonlyMap<string, Buffer>;
  readonly octets: Buffer;
}

export interface OptionsSignee {
  readonly signataire: Signataire;
  readonly instant: Instant;
  /** Files to sign, by their rank among document and annexes; all of them by default. */
  readonly pieces?: readonly number[];
  readonly formulaire?: boolean;
  /** By the rank of the file. */
  readonly apportees?: ReadonlyMap<number, Uint8Array>;
}

/** Bytes of the document and of the annexe. */
export const CONTENUS = [
  Buffer.from('%PDF-1.7\n% délibération\n%%EOF\n', 'latin1'),
  Buffer.from('%PDF-1.7\n% plan\n%%EOF\n', 'latin1'),
] as const;

/** gzip, tar: what an archive of these files is. */
export function archiver(fichiers: ReadonlyMap<string, Uint8Array>): Promise<Buffer> {
  const entrees = [...fichiers].map(([nom, contenu]) => ({ nom, taille: contenu.length, contenu }));
  return buffer(ecrireTarGz(entrees, 0 as Instant));
}

export async function archiveSignee(o: OptionsSignee): Promise<Signee> {
  const depot = faits({ metadonnees: { annexes: [{ typologie: '70_DE' }] }, pieces: [PDF, ANNEXE] });
  const { lu } = actes.depot.controler(depot);
  if (lu === null) throw new TypeError('unreadable deposit');
  const coffre = creerFakeCoffre();
  const brut = faitsEnveloppe(depot, lu);
  const depots = await Promise.all(CONTENUS.map((c) => coffre.ajouter(c)));
  const partants = brut.pieces.filter((p) => p.role === 'document' || p.role === 'annexe');
  const pieces = partants.map((p, rang) => ({ ...p, ...depots[rang] }));
  const f = { ...brut, pieces };
  const message = actes.enveloppe.preparer(f);
  const noms = message.fichiers.map((m) => m.nom);
  const apportees = new Map([...(o.apportees ?? [])].map(([rang, s]) => [noms[rang] ?? '', s]));
  const demande = {
    fichiers: (o.pieces ?? [0, 1]).map((rang) => noms[rang] ?? ''),
    formulaire: o.formulaire ?? true,
    cle: '',
  };
  const { signataire, instant } = o;
  const faite = await signerEnvoi({ flux: f.flux, message, demande, signataire, instant, apportees }, coffre);
  if (faite.type !== 'signe') throw new TypeError(faite.erreur.message);
  const signatures: SignaturesEnvoi = new Map([...apportees, ...faite.cachets]);
  const { nom, fichiers } = actes.enveloppe.composer({ ...f, signatures });
  const contenus = new Map<string, Buffer>();
  for (const fichier of fichiers) {
    const octets =
      'octets' in fichier ? fichier.octets : await buffer(await coffre.ouvrir(fichier.piece.sha256));
    contenus.set(fichier.nom, Buffer.from(octets));
  }
  return { nom, fichiers: contenus, octets: await archiver(contenus) };
}
