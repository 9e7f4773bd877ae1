import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pki } from '../certificats/pki.ts';
import { cleDe, codes, pes, pkiSignature, signer, verifier } from './atelier.ts';

let pki: Pki;
beforeAll(() => {
  pki = pkiSignature();
});
afterAll(() => pki.fermer());

const bordereau = (octets: Buffer, id: string): Buffer =>
  Buffer.from(octets.toString('latin1').replaceAll('BORD1', id), 'latin1');

/** What is not an XML name, or would not stay one in every encoding: it closes the attribute, adds a reference, points elsewhere. */
const IMPROPRES = [
  ['a second reference in it', '&quot;&gt;&lt;ds:Reference URI=&quot;#AUTRE'],
  ['a quote', 'a&quot;b'],
  ['a markup character', 'a&lt;b'],
  ['a space', 'a b'],
  ['blank', '&#32;'],
  ['empty', ''],
  ['an XPointer', 'xpointer(/)'],
  ['a digit first', '1BORD'],
  ['a colon', 'a:b'],
] as const;

describe('the identifier of a foreign file never chooses what is signed (crypto.md §9.2, §9.12)', () => {
  test.each(IMPROPRES)('%s: not signed, and said', async (_cas, id) => {
    const { resultat, octets } = await signer(bordereau(pes(), id), cleDe(pki, 'ec'));
    expect(resultat).toMatchObject({ type: 'refuse' });
    const motifs = resultat.type === 'refuse' ? resultat.motifs.map((m) => m.code) : [];
    expect(motifs.some((code) => code === 'XDS-226' || code.startsWith('XML-'))).toBe(true);
    expect(octets.length).toBe(0);
  });

  test('a letter with an accent is not signed: it would be written in another encoding than ours', async () => {
    const { resultat } = await signer(bordereau(pes(), 'BORDé'), cleDe(pki, 'ec'));
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code: 'XDS-226' }] });
  });

  test.each(['a b', ' '])(
    'a signed element named « %s » is refused: readers would not find the same',
    async (id) => {
      const { octets } = await signer(pes(), cleDe(pki, 'ec'));
      const rapport = await verifier(bordereau(octets, id));
      expect(codes(rapport)).toContain('XDS-142');
      expect(rapport.conclusion).not.toBe('valide');
    },
  );

  test('a day that does not exist is not a signing time', async () => {
    const { octets } = await signer(pes(), cleDe(pki, 'ec'));
    const texte = octets
      .toString('latin1')
      .replace(/SigningTime>\d{4}-\d{2}-\d{2}/, 'SigningTime>2026-02-30');
    expect(codes(await verifier(Buffer.from(texte, 'latin1')))).toContain('XDS-095');
  });
});
