import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batirChaine } from '../../../../src/formats/certificats/chaine.ts';
import type { RegleNiveau } from '../../../../src/formats/certificats/magasin.ts';
import { niveauDuTableau } from '../../../../src/formats/certificats/niveaux.ts';
import { EXTENSIONS, INSTANT, type Pki, pkiDeBase, POLITIQUE } from './pki.ts';

/**
 * Levels by table against RFC 5280 § 6.1. The root carries two authorities: `ica` states its policy, `muette` states
 * none, as older French ones do; `muette-bas` states one under `muette`.
 */

const TOUTE = '2.5.29.32.0';
const ICA = EXTENSIONS.ica.filter((e) => !e.startsWith('certificatePolicies'));
const sansLongueur = ICA.map((e) => e.replace(',pathlen:0', ''));
const politiques = (...oids: readonly string[]) => `certificatePolicies=${oids.join(',')}`;
const feuille = (...oids: readonly string[]) => ['basicConstraints=CA:FALSE', politiques(...oids)];

let pki: Pki;
beforeAll(() => {
  pki = pkiDeBase();
  pki.emettre('racine', { nom: 'muette', extensions: sansLongueur });
  pki.emettre('muette', { nom: 'de-muette', extensions: feuille(POLITIQUE.rgs2) });
  pki.emettre('muette', { nom: 'muette-bas', extensions: [...ICA, politiques(POLITIQUE.rgs2)] });
  pki.emettre('muette-bas', { nom: 'de-muette-bas', extensions: feuille(POLITIQUE.rgs2) });
  pki.emettre('muette-bas', { nom: 'autre-de-muette-bas', extensions: feuille(POLITIQUE.autre) });
  pki.emettre('ica', { nom: 'toute', extensions: feuille(TOUTE) });
  pki.emettre('ica', { nom: 'toute-et-une', extensions: feuille(TOUTE, POLITIQUE.autre) });
  pki.emettre('racine', { nom: 'large', extensions: [...ICA, politiques(TOUTE)] });
  pki.emettre('large', { nom: 'de-large', extensions: feuille(POLITIQUE.rgs2) });
});
afterAll(() => pki.fermer());

const AUTORITES = ['ica', 'muette', 'muette-bas', 'large'];

/** Level given by one row; `null` when the path has none. */
function niveau(nom: string, emetteur: string, politique: string = POLITIQUE.rgs2): string | null {
  const certificat = pki.certificat(nom);
  const chaine = batirChaine({
    certificat,
    intermediaires: AUTORITES.map((a) => pki.certificat(a)),
    ancres: [pki.certificat('racine')],
    instant: INSTANT,
  });
  if (chaine.type === 'refusee') throw new Error(chaine.defauts.map((d) => d.code).join());
  const cle = emetteur === '*' ? '*' : pki.certificat(emetteur).cle.sha256;
  const ligne: RegleNiveau = { emetteur: cle, politique, niveau: 'N' };
  return niveauDuTableau({ certificat, chemin: chaine.chemin, politiques: chaine.politiques }, [ligne]);
}

describe('a row names an authority of the path, or any', () => {
  it('the one that issued the certificate, one above it, the anchor', () => {
    expect([niveau('signataire', 'ica'), niveau('signataire', 'racine'), niveau('signataire', '*')]).toEqual([
      'N',
      'N',
      'N',
    ]);
    expect(niveau('signataire', 'muette')).toBeNull();
    expect(niveau('de-large', 'racine')).toBe('N');
  });

  it('an authority that is not of the path gives nothing, star of policies or not', () => {
    expect(niveau('de-muette', 'ica', '*')).toBeNull();
    expect(niveau('de-muette', 'racine', '*')).toBe('N');
  });
});

describe('an authority that states no policy (RFC 5280 § 6.1.3 e: none is valid below it)', () => {
  it('is silent only for the row that names the very authority that issued the certificate', () => {
    expect(niveau('de-muette', 'muette')).toBe('N');
    expect(niveau('de-muette-bas', 'muette-bas')).toBe('N');
  });

  it('for a row that names a higher one, or any, the rule of the RFC stands: no level', () => {
    // Otherwise whoever runs a silent authority under the root could claim the policy of another one.
    for (const [nom, emetteur] of [
      ['de-muette', 'racine'],
      ['de-muette', '*'],
      ['de-muette-bas', 'muette'],
      ['de-muette-bas', 'racine'],
      ['de-muette-bas', '*'],
    ] as const) {
      expect([nom, emetteur, niveau(nom, emetteur)]).toEqual([nom, emetteur, null]);
    }
  });

  it('silence lets nothing through that another authority of the path excludes', () => {
    expect(niveau('autre-de-muette-bas', 'muette-bas', POLITIQUE.autre)).toBeNull();
  });
});

describe('anyPolicy in the certificate itself names no policy', () => {
  it('no level by OID, whatever its authority holds', () => {
    expect(niveau('toute', 'ica')).toBeNull();
    expect(niveau('toute', 'ica', TOUTE)).toBeNull();
    expect(niveau('toute', 'ica', '*')).toBe('N');
  });

  it('nor does it carry along a policy that the authority does not hold', () => {
    expect(niveau('toute-et-une', 'ica', POLITIQUE.autre)).toBeNull();
  });
});
