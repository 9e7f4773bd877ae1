import type { Piece } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { SignatureArchivee } from '../../protocoles/actes/signature/archive.ts';
import type { SignaturePlacee } from '../../protocoles/actes/signature/verifier.ts';
import type { ConfianceJugee, ConstatSignature } from '../signature/constats.ts';
import { confianceEcrite } from '../signature/rapport.ts';

/** The reports of signatures of an acte, as pieces of its flux: what each covers, and what it is worth. */

export type OrigineCachet = 'deposant' | 'vaguemestre';

const iso = (instant: number): string => new Date(instant).toISOString();

function ecrire(s: SignaturePlacee): object {
  const { rang, genre, fichier, forme, designe, etat, integrite, certificat, signataire, instant } = s;
  const de =
    signataire === null
      ? null
      : {
          sujet: signataire.sujet,
          emetteur: signataire.emetteur,
          serie: signataire.serie,
          sha256: signataire.sha256,
          debut: iso(signataire.debut),
          fin: iso(signataire.fin),
        };
  const { algorithme, roles } = s;
  const date = instant === null ? null : iso(instant);
  const lieu = { rang, place: genre, couvre: fichier, designe, forme };
  return { ...lieu, etat, integrite, certificat, instant: date, signataire: de, algorithme, roles };
}

async function garder(coffre: Pick<Coffre, 'ajouter'>, nom: string, objet: object): Promise<Piece> {
  const depot = await coffre.ajouter(Buffer.from(`${JSON.stringify(objet, null, 1)}\n`));
  return { role: 'rapport_signatures', nom, type: 'application/json', ...depot };
}

export interface FaitsRapport {
  readonly verdict: 'favorable' | 'defavorable';
  /** French, whole sentences. */
  readonly resume: string;
  readonly controle: Instant;
  readonly signatures: readonly SignaturePlacee[];
  readonly origineDe: (signature: SignaturePlacee) => OrigineCachet;
  readonly constats: readonly ConstatSignature[];
  readonly confiances: ReadonlyMap<number, ConfianceJugee>;
}

/** What was judged before the envelope is made. The same facts give the same bytes. */
export function garderRapport(coffre: Pick<Coffre, 'ajouter'>, f: FaitsRapport): Promise<Piece> {
  return garder(coffre, 'rapport-signatures.json', {
    format: 'vaguemestre/signatures-acte',
    version: 1,
    verdict: f.verdict,
    resume: f.resume,
    controle: iso(f.controle),
    constats: f.constats,
    signatures: f.signatures.map((s) => ({
      ...ecrire(s),
      origine: f.origineDe(s),
      confiance: confianceEcrite(f.confiances.get(s.rang)),
    })),
  });
}

/** What the archive carries, verified on its own bytes. */
export function garderRapportArchive(
  coffre: Pick<Coffre, 'ajouter'>,
  archive: Pick<Piece, 'nom' | 'sha256' | 'taille'>,
  lu: {
    readonly controle: Instant;
    readonly signatures: readonly SignatureArchivee[];
    readonly fichiers: readonly string[];
  },
): Promise<Piece> {
  const { nom, sha256, taille } = archive;
  const couverts = new Set(lu.signatures.map((s) => s.fichier));
  return garder(coffre, 'rapport-signatures-archive.json', {
    format: 'vaguemestre/signatures-archive',
    version: 1,
    controle: iso(lu.controle),
    archive: { nom, sha256, taille },
    signatures: lu.signatures.map((s) => ({ ...ecrire(s), porteur: s.porteur })),
    nonCouverts: lu.fichiers.filter((f) => !couverts.has(f)),
  });
}
