import type { VerdictConfiance } from '../../formats/certificats/confiance.ts';
import type { RapportSignature, RapportXades } from '../../formats/xades/rapport.ts';
import type { Piece } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { FaitsASigner } from '../../protocoles/helios/signature/preparation.ts';
import type { ConfianceJugee, ConstatSignature } from './constats.ts';

/** Who signed the file that leaves, or why nobody did. */
export type OrigineSignature = 'deposant' | 'apporte' | 'vaguemestre' | 'aucune';

/** What the report of signatures tells, as a piece of its flux: the same facts give the same bytes. */
export interface FaitsRapport {
  readonly verdict: 'favorable' | 'defavorable';
  readonly origine: OrigineSignature;
  /** When it was judged. */
  readonly controle: Instant;
  /** The file judged. */
  readonly fichier: Pick<Piece, 'role' | 'nom' | 'sha256' | 'taille'>;
  readonly rapport: RapportXades;
  readonly faits: FaitsASigner;
  readonly constats: readonly ConstatSignature[];
  readonly confiances: ReadonlyMap<number, ConfianceJugee>;
  /** French, whole sentences. */
  readonly resume: string;
}

const iso = (instant: number): string => new Date(instant).toISOString();

function enJsonConfiance(verdict: VerdictConfiance): object {
  if (verdict.type === 'refuse') {
    const defauts = verdict.defauts.map(({ code, sujet, detail, message }) => ({
      code,
      sujet,
      detail,
      message,
    }));
    return { type: verdict.type, defauts };
  }
  const { type, famille, niveau, chemin, maillons, reserves } = verdict;
  return {
    type,
    famille,
    niveau,
    chemin: chemin.map((c) => ({ sujet: c.sujet.texte, sha256: c.sha256 })),
    revocation: maillons.map((m) => ({ sha256: m.sha256, etat: m.revocation.etat })),
    reserves,
    motifs: verdict.type === 'indetermine' ? verdict.motifs : [],
  };
}

/** Trust as a report writes it. */
export function confianceEcrite(jugee: ConfianceJugee | undefined): object {
  if (jugee?.type !== 'jugee') return { type: 'non_jugee' };
  return { ...enJsonConfiance(jugee.verdict), preuve: jugee.preuve };
}

function signature(s: RapportSignature, jugee: ConfianceJugee | undefined): object {
  const { rang, id, position, etat, couvre, integrite, certificat, version, algorithme, roles, lieu } = s;
  const { signataire, politique } = s;
  return {
    rang,
    id,
    position,
    etat,
    couvre,
    integrite,
    certificat,
    instant: s.instant === null ? null : iso(s.instant),
    signataire:
      signataire === null
        ? null
        : {
            sujet: signataire.sujet,
            emetteur: signataire.emetteur,
            serie: signataire.serie,
            sha256: signataire.sha256,
            debut: iso(signataire.debut),
            fin: iso(signataire.fin),
          },
    confiance: confianceEcrite(jugee),
    version,
    algorithme,
    roles,
    lieu,
    politique,
  };
}

/** Writes the report in the coffre; it becomes a piece with the outcome of the step. */
export async function garderRapport(coffre: Pick<Coffre, 'ajouter'>, f: FaitsRapport): Promise<Piece> {
  const { rapport, faits, constats, confiances } = f;
  const { role, nom, sha256, taille } = f.fichier;
  const objet = {
    format: 'vaguemestre/signatures',
    version: 1,
    verdict: f.verdict,
    resume: f.resume,
    origine: f.origine,
    controle: iso(f.controle),
    fichier: { role, nom, sha256, taille },
    constats,
    domaines: faits.domaines,
    couverture: rapport.couverture,
    signatures: rapport.signatures.map((s) => signature(s, confiances.get(s.rang))),
  };
  const depot = await coffre.ajouter(Buffer.from(`${JSON.stringify(objet, null, 1)}\n`));
  return { role: 'rapport_signatures', nom: 'rapport-signatures.json', type: 'application/json', ...depot };
}
