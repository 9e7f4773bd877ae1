import type { QuestionRevocation } from '../../formats/certificats/revocation.ts';
import type { PreuveBrute, Revocation } from '../../ports/revocation.ts';

export interface FakeRevocation extends Revocation {
  /** Everything that was asked, in order. */
  readonly questions: readonly QuestionRevocation[];
  /** Evidence about a certificate (its SHA-256), from now on. */
  donner(sha256: string, preuves: readonly PreuveBrute[]): void;
  /** Servers that do not answer any more, or that do again. */
  regler(marche: boolean): void;
  fermer(): Promise<void>;
}

/** Servers that answer what they are told to, and remember what they were asked. */
export function creerFakeRevocation(): FakeRevocation {
  const questions: QuestionRevocation[] = [];
  const donnees = new Map<string, readonly PreuveBrute[]>();
  let enMarche = true;
  return {
    questions,
    donner: (sha256, preuves) => void donnees.set(sha256, preuves),
    regler: (marche) => {
      enMarche = marche;
    },
    async chercher(question, signal) {
      questions.push(question);
      const { sha256, extensions } = question.certificat;
      const [adresse] = [...extensions.urlsOcsp, ...extensions.urlsCrl];
      if (adresse === undefined) return { preuves: [], essais: [] };
      const preuves = enMarche && signal?.aborted !== true ? (donnees.get(sha256) ?? []) : [];
      const motif = preuves.length > 0 ? '' : 'le serveur refuse la connexion';
      return { preuves, essais: [{ type: 'crl', adresse, motif, passager: motif !== '' }] };
    },
    fermer: async () => {},
  };
}
