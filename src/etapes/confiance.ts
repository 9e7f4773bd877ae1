import { lireCertificat } from '../formats/certificats/certificat.ts';
import type { PreuvesFournies, VerdictConfiance } from '../formats/certificats/confiance.ts';
import type { MagasinOuvert } from '../formats/certificats/magasin.ts';
import {
  ecrirePiece,
  jugerQuestion,
  ordonner,
  type PreuveGardee,
  type QuestionConfiance,
} from '../formats/certificats/piece-confiance.ts';
import type { Emploi } from '../formats/certificats/regles-chemin.ts';
import type { AgeMax, QuestionRevocation } from '../formats/certificats/revocation.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Clock } from '../ports/clock.ts';
import type { EssaiRevocation, Revocation } from '../ports/revocation.ts';

/**
 * Trust in a certificate, established: judged with what is at hand, then with what its authorities publish. Nobody is
 * asked anything before the path leads to an anchor: a certificate made by a stranger makes no traffic.
 */

export interface DemandeEtablissement {
  /** DER, the certificate to judge first; the others only help to find its path. */
  readonly certificats: readonly Uint8Array[];
  /** As it was then. */
  readonly instant: Instant;
  /** Families that the use admits. */
  readonly magasin: MagasinOuvert;
  /** Evidence that came with the document. */
  readonly preuves?: PreuvesFournies;
  /** `signature` unless said otherwise. */
  readonly emploi?: Emploi;
  readonly signal?: AbortSignal;
}

export interface OutilsConfiance {
  readonly clock: Clock;
  /** null: no server is asked. */
  readonly revocation: Revocation | null;
  readonly ageMax: AgeMax;
}

export interface ConfianceEtablie {
  readonly verdict: VerdictConfiance;
  /** Servers asked. */
  readonly essais: readonly EssaiRevocation[];
  /** Not settled, and a server may answer later: a transient failure, never a verdict on the document. */
  readonly aReessayer: boolean;
  /** JSON to be kept with the verdict: `relirePiece` judges again from it alone. */
  readonly piece: Uint8Array;
}

function joindre({ crl, ocsp }: PreuvesFournies): PreuveGardee[] {
  const commun = { adresse: '', obtenue: null };
  return [
    ...crl.map((octets): PreuveGardee => ({ type: 'crl', octets, nonce: null, ...commun })),
    ...ocsp.map(({ reponse, nonce }): PreuveGardee => ({ type: 'ocsp', octets: reponse, nonce, ...commun })),
  ];
}

/** Certificates of the path whose revocation is not known, and that were not asked about yet. */
function inconnus(
  verdict: VerdictConfiance,
  question: QuestionConfiance,
  demandes: ReadonlySet<string>,
): QuestionRevocation[] {
  if (verdict.type !== 'indetermine') return [];
  const { instant, controle, ageMax } = question;
  return verdict.maillons.flatMap(({ revocation, sha256 }, rang) => {
    const [certificat, emetteur] = verdict.chemin.slice(rang, rang + 2);
    const connu = revocation.etat !== 'inconnu' || demandes.has(sha256);
    if (connu || certificat === undefined || emetteur === undefined) return [];
    return [{ certificat, emetteur, instant, controle, ageMax }];
  });
}

/** Never throws for what the certificate or a server is. */
export async function etablirConfiance(
  demande: DemandeEtablissement,
  { clock, revocation, ageMax }: OutilsConfiance,
): Promise<ConfianceEtablie> {
  const [certificat = new Uint8Array(), ...autres] = demande.certificats;
  const lisibles = autres.filter((der) => lireCertificat(der).type === 'lu');
  const essais: EssaiRevocation[] = [];
  const demandes = new Set<string>();
  let preuves = joindre(demande.preuves ?? { crl: [], ocsp: [] });
  for (;;) {
    const maintenant = clock.now();
    const question: QuestionConfiance = {
      certificat,
      intermediaires: ordonner(lisibles, (der) => der),
      magasin: demande.magasin,
      instant: demande.instant,
      controle: (demande.instant < maintenant ? maintenant : demande.instant) as Instant,
      emploi: demande.emploi ?? 'signature',
      ageMax,
      preuves: ordonner(preuves, (p) => p.octets),
    };
    const verdict = jugerQuestion(question);
    const questions = revocation === null ? [] : inconnus(verdict, question, demandes);
    if (revocation === null || questions.length === 0) {
      const aReessayer = verdict.type === 'indetermine' && essais.some((e) => e.passager);
      return { verdict, essais, aReessayer, piece: ecrirePiece(question, verdict) };
    }
    for (const q of questions) demandes.add(q.certificat.sha256);
    const trouvees = await Promise.all(questions.map((q) => revocation.chercher(q, demande.signal)));
    preuves = [...preuves, ...trouvees.flatMap((t) => t.preuves)];
    essais.push(...trouvees.flatMap((t) => t.essais));
  }
}
