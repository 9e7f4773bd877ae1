import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { interrogerPreuves } from '../../src/formats/certificats/confiance.ts';
import type { QuestionRevocation } from '../../src/formats/certificats/revocation.ts';
import type { PreuveBrute, Revocation } from '../../src/ports/revocation.ts';

/** An adapter in front of servers that know a sound certificate, a revoked one, and one that names no server. */
export interface BancRevocation {
  readonly revocation: Revocation & { fermer(): Promise<void> };
  question(nom: 'bon' | 'revoque' | 'muet'): QuestionRevocation;
  /** Servers that answer, or that do not. */
  regler(marche: boolean): void;
  fermer(): Promise<void>;
}

/** What the evidence says: the port itself says nothing. */
function dire(preuves: readonly PreuveBrute[], question: QuestionRevocation): string {
  const ocsp = preuves.filter((p) => p.type === 'ocsp');
  return interrogerPreuves(
    {
      crl: preuves.filter((p) => p.type === 'crl').map((p) => p.octets),
      ocsp: ocsp.map((p) => ({ reponse: p.octets, nonce: p.nonce })),
    },
    question,
  ).etat;
}

/** The contract of the port `Revocation`. */
export function contratRevocation(nom: string, ouvrir: () => Promise<BancRevocation>): void {
  describe(`Revocation, ${nom}`, () => {
    let banc: BancRevocation;
    beforeAll(async () => {
      banc = await ouvrir();
    });
    afterAll(async () => {
      await banc.revocation.fermer();
      await banc.fermer();
    });

    test('servers that are down: no evidence, a failed try that may be made again, and no exception', async () => {
      banc.regler(false);
      const trouve = await banc.revocation.chercher(banc.question('bon'));
      expect(trouve.preuves).toEqual([]);
      expect(trouve.essais.length).toBeGreaterThan(0);
      for (const e of trouve.essais)
        expect([e.passager, e.motif === '', e.adresse === '']).toEqual([true, false, false]);
      banc.regler(true);
    });

    test.each(['bon', 'revoque'] as const)(
      '%s: the bytes that prove it, where they come from, when',
      async (etat) => {
        const question = banc.question(etat);
        const { preuves, essais } = await banc.revocation.chercher(question);
        expect(dire(preuves, question)).toBe(etat);
        expect(essais.map((e) => e.motif)).toContain('');
        for (const p of preuves) {
          expect(p.octets.length).toBeGreaterThan(0);
          expect(p.adresse).not.toBe('');
          expect(p.nonce === null).toBe(p.type === 'crl');
        }
      },
    );

    test('evidence of one certificate says nothing of another', async () => {
      const { preuves } = await banc.revocation.chercher(banc.question('revoque'));
      const parOcsp = preuves.filter((p) => p.type === 'ocsp');
      expect(dire(parOcsp, banc.question('bon'))).toBe('inconnu');
    });

    test('a certificate that names no server: nothing is asked, nothing is found', async () => {
      expect(await banc.revocation.chercher(banc.question('muet'))).toEqual({ preuves: [], essais: [] });
    });

    test('a search that is cut resolves all the same, without evidence', async () => {
      const { preuves, essais } = await banc.revocation.chercher(banc.question('bon'), AbortSignal.abort());
      expect([preuves, essais.every((e) => e.passager)]).toEqual([[], true]);
    });
  });
}
