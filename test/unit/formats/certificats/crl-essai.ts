import { sign } from 'node:crypto';
import { date, EC, ECDSA, nom } from './certificat-essai.ts';
import { entier, sequence, tlv } from './der-essai.ts';

/** Lists of revoked certificates laid out by hand, field by field (RFC 5280 § 5): any of them may be wrong. */

export const entree = (serie: Uint8Array, quand: string, ...extensions: readonly Uint8Array[]): Buffer =>
  sequence(serie, date(quand), ...(extensions.length > 0 ? [sequence(...extensions)] : []));
export const suite = (...extensions: readonly Uint8Array[]): Buffer => tlv(0xa0, sequence(...extensions));

const VIDE = new Uint8Array();
const CHAMPS = {
  version: entier(1),
  algorithme: ECDSA,
  emetteur: nom('AC'),
  emise: date('260601000000Z'),
  jusqua: date('260701000000Z'),
  entrees: VIDE,
  extensions: VIDE,
  apres: VIDE,
  externe: ECDSA,
  dehors: VIDE,
};

export function liste(change: Partial<Record<keyof typeof CHAMPS, Uint8Array>> = {}): Buffer {
  const c = { ...CHAMPS, ...change };
  const corps = sequence(
    c.version,
    c.algorithme,
    c.emetteur,
    c.emise,
    c.jusqua,
    c.entrees,
    c.extensions,
    c.apres,
  );
  const valeur = sign('sha256', corps, EC.privateKey);
  return sequence(corps, c.externe, tlv(3, Buffer.of(0), valeur), c.dehors);
}
export const avec = (...entrees: readonly Uint8Array[]): Buffer => liste({ entrees: sequence(...entrees) });
