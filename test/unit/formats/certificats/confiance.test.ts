import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DemandeConfiance,
  jugerCertificat,
  type PreuvesFournies,
  type VerdictConfiance,
} from '../../../../src/formats/certificats/confiance.ts';
import {
  type Ancre,
  type Famille,
  lireMagasin,
  type MagasinConfiance,
  ouvrirMagasin,
} from '../../../../src/formats/certificats/magasin.ts';
import { EXTENSIONS, INSTANT, le, type Pki, pkiDeBase, POLITIQUE } from './pki.ts';

let pki: Pki;
let listeIca: Buffer;
let listeRacine: Buffer;
beforeAll(() => {
  pki = pkiDeBase();
  pki.emettre('ica', { nom: 'revoque', extensions: EXTENSIONS.signataire });
  pki.emettre('ica', {
    nom: 'autre-politique',
    extensions: ['basicConstraints=CA:FALSE', `certificatePolicies=${POLITIQUE.autre}`],
  });
  pki.emettre('racine', { nom: 'ica-perdue', extensions: EXTENSIONS.ica });
  pki.emettre('ica-perdue', { nom: 'de-perdue', extensions: EXTENSIONS.signataire });
  pki.revoquer('ica', 'revoque', { quand: '260301000000Z', motif: 'keyCompromise' });
  pki.revoquer('racine', 'ica-perdue', { quand: '260401000000Z', motif: 'CACompromise' });
  listeIca = pki.crl('ica', { nom: 'ica' });
  listeRacine = pki.crl('racine', { nom: 'racine' });
});
afterAll(() => pki.fermer());

function ancre(nom: string): Ancre {
  return { certificat: Buffer.from(pki.der(nom)).toString('base64'), nom, periodes: [] };
}

function rgs(suite: Partial<Famille> = {}): Famille {
  const emetteur = pki.certificat('ica').cle.sha256;
  return {
    nom: 'rgs',
    libelle: 'RGS',
    lecture: 'tableau',
    ancres: [ancre('racine')],
    niveaux: [{ emetteur, politique: POLITIQUE.rgs2, niveau: 'RGS **' }],
    origine: 'essai',
    ...suite,
  };
}

const enDonnees = (...familles: readonly Famille[]): MagasinConfiance => ({
  version: 1,
  familles: [...familles],
});

const magasin = (...familles: readonly Famille[]) => ouvrirMagasin(enDonnees(...familles));

function juger(nom: string, suite: Partial<DemandeConfiance> = {}): VerdictConfiance {
  return jugerCertificat({
    certificat: pki.der(nom),
    intermediaires: ['ica', 'ica-perdue'].map((n) => pki.der(n)),
    magasin: magasin(rgs()),
    instant: INSTANT,
    preuves: { crl: [listeIca, listeRacine], ocsp: [] },
    ...suite,
  });
}

const AUCUNE: PreuvesFournies = { crl: [], ocsp: [] };
const sha = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex');

describe('the judgement (crypto.md § 9.6 and 9.7)', () => {
  it('trusted: family, level, path, and the evidence of each certificate below the anchor', () => {
    const verdict = juger('signataire');
    expect(verdict).toMatchObject({ type: 'confiance', famille: 'rgs', niveau: 'RGS **', reserves: [] });
    expect(verdict.preuves.map((p) => p.sha256)).toEqual([sha(listeIca), sha(listeRacine)]);
    expect(verdict.type === 'confiance' && verdict.maillons.map((m) => [m.sujet, m.revocation.etat])).toEqual(
      [
        ['CN=signataire,O=Essai,C=FR', 'bon'],
        ['CN=ica,O=Essai,C=FR', 'bon'],
      ],
    );
  });

  it('no evidence, or evidence for the leaf alone: indetermine, never trusted', () => {
    expect(juger('signataire', { preuves: AUCUNE })).toMatchObject({
      type: 'indetermine',
      motifs: [
        'CN=signataire,O=Essai,C=FR : aucune preuve de non-révocation n’est disponible',
        'CN=ica,O=Essai,C=FR : aucune preuve de non-révocation n’est disponible',
      ],
    });
    expect(juger('signataire', { preuves: { crl: [listeIca], ocsp: [] } })).toMatchObject({
      type: 'indetermine',
      motifs: ['CN=ica,O=Essai,C=FR : aucune preuve de non-révocation n’est disponible'],
    });
  });

  it('stale evidence: indetermine, and the reason is the staleness', () => {
    expect(juger('signataire', { instant: le('2026-09-01T00:00:00Z') })).toMatchObject({
      type: 'indetermine',
      motifs: [
        'CN=signataire,O=Essai,C=FR : la preuve était périmée à la date examinée',
        'CN=ica,O=Essai,C=FR : la preuve était périmée à la date examinée',
      ],
    });
  });

  it('revoked leaf, revoked authority: refused, with the evidence', () => {
    const verdict = juger('revoque');
    expect(verdict).toMatchObject({
      type: 'refuse',
      defauts: [{ code: 'revoque', detail: 'depuis le 1er mars 2026 à 00:00:00 UTC (clé compromise)' }],
    });
    expect(verdict.preuves.map((p) => p.sha256)).toContain(sha(listeIca));
    const perdue = pki.crl('ica-perdue', { nom: 'perdue' });
    expect(juger('de-perdue', { preuves: { crl: [perdue, listeRacine], ocsp: [] } })).toMatchObject({
      type: 'refuse',
      defauts: [{ code: 'revoque', sujet: 'CN=ica-perdue,O=Essai,C=FR' }],
    });
  });

  it('« revoked » wins over « good », whatever the order they come in', () => {
    const avant = pki.crl('ica-perdue', { nom: 'propre' });
    pki.revoquer('ica-perdue', 'de-perdue', { quand: '260501000000Z', motif: 'superseded' });
    const apres = pki.crl('ica-perdue', { nom: 'sale' });
    for (const crl of [
      [avant, apres, listeRacine],
      [apres, avant, listeRacine],
    ]) {
      const verdict = juger('de-perdue', { preuves: { crl, ocsp: [] }, instant: le('2026-06-02T00:00:00Z') });
      expect(verdict.type === 'refuse' && verdict.defauts.map((d) => d.sujet)).toEqual([
        'CN=de-perdue,O=Essai,C=FR',
        'CN=ica-perdue,O=Essai,C=FR',
      ]);
    }
  });

  it('judged today as it was at the signing: good then, revoked since, said', () => {
    const verdict = juger('revoque', { instant: le('2026-02-01T00:00:00Z'), controle: INSTANT });
    expect(verdict).toMatchObject({
      type: 'confiance',
      reserves: [
        'CN=revoque,O=Essai,C=FR : révoqué plus tard, le 1er mars 2026 à 00:00:00 UTC (clé compromise)',
      ],
    });
  });

  it('a wrong path is refused with its own reasons, in the words of people', () => {
    expect(juger('signataire', { instant: le('2030-01-01T00:00:00Z') })).toMatchObject({
      type: 'refuse',
      defauts: [
        {
          code: 'expire',
          message: 'Le certificat était expiré à la date examinée.',
          detail: 'valable jusqu’au 1er janvier 2028 à 00:00:00 UTC',
        },
      ],
    });
    expect(juger('signataire', { certificat: 'bonjour' })).toMatchObject({
      defauts: [{ code: 'illisible', detail: 'aucun certificat dans ce texte PEM' }],
    });
    expect(juger('signataire', { magasin: magasin() })).toMatchObject({
      defauts: [{ code: 'emetteur_inconnu', detail: 'le magasin de confiance est vide' }],
    });
  });
});

const niveau = (f: Partial<Famille>, nom = 'signataire') => {
  const verdict = juger(nom, { magasin: magasin(rgs(f)) });
  return verdict.type === 'refuse' ? verdict.type : verdict.niveau;
};

const ligne = (emetteur: string, politique: string, texte = 'N') => ({
  emetteur,
  politique,
  niveau: texte,
});

describe('levels: issuer and policy OID, by the table (crypto.md § 5)', () => {
  it('another policy, another issuer: sans_niveau, which is not trust', () => {
    expect(juger('autre-politique')).toMatchObject({ type: 'sans_niveau', niveau: null });
    expect(niveau({ niveaux: [ligne('0'.repeat(64), POLITIQUE.rgs2)] })).toBeNull();
    expect(niveau({ niveaux: [] })).toBeNull();
  });

  it('a star stands for any issuer or any policy; the first row that fits wins', () => {
    expect(niveau({ niveaux: [ligne('*', POLITIQUE.rgs2)] })).toBe('N');
    expect(niveau({ niveaux: [ligne('*', '*')] }, 'autre-politique')).toBe('N');
    expect(niveau({ niveaux: [ligne('*', POLITIQUE.rgs2, 'A'), ligne('*', '*', 'B')] })).toBe('A');
  });

  it('an authority that does not hold a policy cannot grant it', () => {
    expect(niveau({ niveaux: [ligne('*', POLITIQUE.autre)] }, 'autre-politique')).toBeNull();
  });
});

describe('several families', () => {
  it('the best answer wins, and names its family', () => {
    const dgfip = rgs({ nom: 'dgfip', ancres: [ancre('ica')], niveaux: [] });
    for (const familles of [
      [dgfip, rgs()],
      [rgs(), dgfip],
    ]) {
      expect(juger('signataire', { magasin: magasin(...familles) })).toMatchObject({
        type: 'confiance',
        famille: 'rgs',
      });
    }
  });

  it('a revocation in one family is not covered by another', () => {
    // Anchored at the leaf itself, this family asks for no evidence at all.
    const directe = rgs({
      nom: 'directe',
      ancres: [ancre('revoque')],
      niveaux: [{ emetteur: '*', politique: '*', niveau: 'N' }],
    });
    expect(juger('revoque', { magasin: magasin(directe) }).type).toBe('confiance');
    expect(juger('revoque', { magasin: magasin(directe, rgs()) }).type).toBe('refuse');
  });

  it('between two refusals, the one that went furthest', () => {
    const ailleurs = rgs({ nom: 'ailleurs', ancres: [] });
    for (const familles of [
      [ailleurs, rgs()],
      [rgs(), ailleurs],
    ]) {
      const verdict = juger('signataire', {
        magasin: magasin(...familles),
        instant: le('2030-01-01T00:00:00Z'),
      });
      expect(verdict.type === 'refuse' && verdict.defauts.map((d) => d.code)).toEqual(['expire']);
    }
  });
});

describe('the store as data', () => {
  it('reads what it should, and says what is wrong where', () => {
    expect(lireMagasin(enDonnees(rgs())).type).toBe('lu');
    const refus = [
      null,
      { version: 2, familles: [] },
      { version: 1, familles: [{ ...rgs(), inconnu: 1 }] },
      enDonnees(rgs({ niveaux: [{ emetteur: 'x', politique: '*', niveau: 'N' }] })),
      enDonnees(rgs({ niveaux: [{ emetteur: '*', politique: '1.02', niveau: 'N' }] })),
    ];
    expect(refus.map((v) => lireMagasin(v).type)).toEqual(refus.map(() => 'refuse'));
    expect(
      lireMagasin(enDonnees(rgs({ ancres: [{ certificat: 'AAAA', nom: 'AC', periodes: [] }] }))),
    ).toEqual({
      type: 'refuse',
      problemes: [expect.stringContaining('rgs, ancre « AC » : ')],
    });
  });
});
