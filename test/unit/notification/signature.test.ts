import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { lireCle, nouveauSecret, signer, verifier } from '../../../src/formats/webhook/signature.ts';

const ID = '0190a0a0-0000-7000-8000-0000000000aa';
const CORPS = '{"type":"flux.acquitte","data":{"identite":"délibération n° 1"}}';
const A = nouveauSecret('11'.repeat(32));
const B = nouveauSecret('22'.repeat(32));

// The peer package reads the system clock to check the age, so the attempt is dated now.
const quandS = Math.floor(Date.now() / 1000);
const demande = { id: ID, quandS, corps: CORPS };
const entetes = (signature: string) => ({
  'webhook-id': ID,
  'webhook-timestamp': String(quandS),
  'webhook-signature': signature,
});
const contexte = { ...demande, maintenantS: quandS, toleranceS: 300 };

describe('Standard Webhooks signatures', () => {
  test('a secret is whsec_ and 32 bytes in base64', () => {
    expect(A).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(lireCle(A)?.toString('hex')).toBe('11'.repeat(32));
  });

  test('a secret outside 24 to 64 bytes, or not in base64, is not one', () => {
    expect(lireCle(nouveauSecret('11'.repeat(23)))).toBeUndefined();
    expect(lireCle(nouveauSecret('11'.repeat(65)))).toBeUndefined();
    expect(lireCle(nouveauSecret('11'.repeat(24)))).toHaveLength(24);
    expect(lireCle(nouveauSecret('11'.repeat(25)))).toHaveLength(25);
    expect(lireCle(nouveauSecret('11'.repeat(64)))).toHaveLength(64);
    expect(lireCle(A.slice(6))).toBeUndefined();
    for (const texte of [`${A}!`, A.replace('_', '_!'), A.replace('_', '_ ')]) {
      expect(lireCle(texte)).toBeUndefined();
    }
  });

  test('our signature is the very bytes of the reference package', () => {
    expect(signer({ ...demande, secrets: [A] })).toBe(
      new Webhook(A).sign(ID, new Date(quandS * 1000), CORPS),
    );
  });

  test('the reference package accepts ours, with either secret during a rotation', () => {
    const signature = signer({ ...demande, secrets: [B, A] });
    expect(new Webhook(A).verify(CORPS, entetes(signature))).toEqual(JSON.parse(CORPS));
    expect(new Webhook(B).verify(CORPS, entetes(signature))).toEqual(JSON.parse(CORPS));
    expect(() => new Webhook(nouveauSecret('33'.repeat(32))).verify(CORPS, entetes(signature))).toThrow();
  });

  test('we accept the signature of the reference package, with any of our secrets', () => {
    const signature = new Webhook(A).sign(ID, new Date(quandS * 1000), CORPS);
    expect(verifier({ ...contexte, signature, secrets: [B, A] })).toEqual({ type: 'bonne' });
    expect(verifier({ ...contexte, signature, secrets: [B] }).type).toBe('mauvaise');
  });

  test.each([
    ['one byte of the body changed', { corps: `${CORPS} ` }, 'ne correspond ni'],
    ['another identifier', { id: `${ID}0` }, 'ne correspond ni'],
    ['another timestamp', { quandS: quandS + 1 }, 'ne correspond ni'],
    [
      'a signature of another version only',
      { signature: signer({ ...demande, secrets: [A] }).replace('v1,', 'v1a,') },
      'aucune signature de version 1',
    ],
    ['an empty signature', { signature: '' }, 'aucune signature de version 1'],
    [
      'a truncated signature',
      { signature: signer({ ...demande, secrets: [A] }).slice(0, -6) },
      'ne correspond ni',
    ],
    ['no secret', { secrets: [] }, 'ne correspond ni'],
    ['a timestamp that is not a number', { quandS: Number.NaN }, 'pas un nombre'],
    ['a delivery older than the tolerance', { maintenantS: quandS + 301 }, 'trop ancien'],
    ['a delivery dated from the future', { maintenantS: quandS - 301 }, 'daté du futur'],
  ])('refuses %s, and says so', (_titre, change, motif) => {
    const signature = signer({ ...demande, secrets: [A] });
    expect(verifier({ ...contexte, signature, secrets: [A], ...change })).toEqual({
      type: 'mauvaise',
      motif: expect.stringContaining(motif),
    });
  });

  test('a timestamp that is not a number has no age: refused even when signed', () => {
    const sans = { ...demande, quandS: Number.NaN };
    const signature = signer({ ...sans, secrets: [A] });
    expect(verifier({ ...contexte, ...sans, signature, secrets: [A] }).type).toBe('mauvaise');
  });

  test.each([-300, 300])('accepts the edge of the tolerance, %i s', (ecart) => {
    const signature = signer({ ...demande, secrets: [A] });
    const maintenantS = quandS + ecart;
    expect(verifier({ ...contexte, signature, secrets: [A], maintenantS }).type).toBe('bonne');
  });
});
