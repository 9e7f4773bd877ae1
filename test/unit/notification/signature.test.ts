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
    expect(lireCle('whsec_pas du base64')).toBeUndefined();
    expect(lireCle(A.slice(6))).toBeUndefined();
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
    ['one byte of the body changed', { corps: `${CORPS} ` }],
    ['another identifier', { id: `${ID}0` }],
    ['another timestamp', { quandS: quandS + 1 }],
    [
      'a signature of another version only',
      { signature: signer({ ...demande, secrets: [A] }).replace('v1,', 'v1a,') },
    ],
    ['an empty signature', { signature: '' }],
    ['a truncated signature', { signature: signer({ ...demande, secrets: [A] }).slice(0, -6) }],
    ['no secret', { secrets: [] }],
    ['a timestamp that is not a number', { quandS: Number.NaN }],
    ['a delivery older than the tolerance', { maintenantS: quandS + 301 }],
    ['a delivery dated from the future', { maintenantS: quandS - 301 }],
  ])('refuses %s', (_titre, change) => {
    const signature = signer({ ...demande, secrets: [A] });
    expect(verifier({ ...contexte, signature, secrets: [A], ...change }).type).toBe('mauvaise');
  });

  test('accepts the edge of the tolerance', () => {
    const signature = signer({ ...demande, secrets: [A] });
    expect(verifier({ ...contexte, signature, secrets: [A], maintenantS: quandS + 300 }).type).toBe('bonne');
  });
});
