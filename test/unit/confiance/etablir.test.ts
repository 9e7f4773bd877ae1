import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { ouvrirRevocation } from '../../../src/adapters/revocation/ouvrir.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { MUET } from '../notification/decor.ts';
import { creerFakeRevocation, type FakeRevocation } from '../../../src/adapters/revocation/fake.ts';
import {
  type ConfianceEtablie,
  type DemandeEtablissement,
  etablirConfiance,
} from '../../../src/etapes/confiance.ts';
import { type Famille, type MagasinOuvert, ouvrirMagasin } from '../../../src/formats/certificats/magasin.ts';
import { type Relecture, relirePiece } from '../../../src/formats/certificats/piece-confiance.ts';
import type { AgeMax } from '../../../src/formats/certificats/revocation.ts';
import type { PreuveBrute } from '../../../src/ports/revocation.ts';
import {
  EXTENSIONS,
  INSTANT,
  JOUR_MS,
  le,
  type Pki,
  pkiDeBase,
  POLITIQUE,
} from '../formats/certificats/pki.ts';

/** Trust established with what authorities publish, and judged again from the piece alone. */

let pki: Pki;
let crl: { readonly ica: PreuveBrute; readonly racine: PreuveBrute };
beforeAll(() => {
  pki = pkiDeBase();
  pki.emettre('ica', { nom: 'revoque', extensions: EXTENSIONS.signataire });
  pki.emettre('racine', {
    nom: 'ica',
    extensions: [...EXTENSIONS.ica, 'crlDistributionPoints=URI:http://crl.essai.invalid/racine.crl'],
    debut: '2022-01-01',
    fin: '2035-01-01',
  });
  pki.emettre('ica', { nom: 'signataire', extensions: EXTENSIONS.signataire });
  pki.emettre('ica', { nom: 'perdu', extensions: EXTENSIONS.signataire });
  pki.emettre('inconnue', { nom: 'inconnue', extensions: EXTENSIONS.racine });
  pki.emettre('inconnue', { nom: 'etranger', extensions: EXTENSIONS.signataire });
  pki.revoquer('ica', 'perdu', { quand: '260301000000Z', motif: 'keyCompromise' });
  const preuve = (nom: string): PreuveBrute => ({
    type: 'crl',
    octets: pki.crl(nom, { nom }),
    nonce: null,
    adresse: `http://crl.essai.invalid/${nom}.crl`,
    obtenue: INSTANT,
  });
  crl = { ica: preuve('ica'), racine: preuve('racine') };
});
afterAll(() => pki.fermer());

function famille(ancres: readonly string[], suite: Partial<Famille> = {}): Famille {
  return {
    nom: 'rgs',
    libelle: 'RGS',
    lecture: 'tableau',
    ancres: ancres.map((nom) => ({
      certificat: Buffer.from(pki.der(nom)).toString('base64'),
      nom,
      periodes: [],
    })),
    niveaux: [{ emetteur: '*', politique: POLITIQUE.rgs2, niveau: 'RGS **' }],
    origine: 'essai',
    ...suite,
  };
}

const magasin = (...familles: readonly Famille[]): MagasinOuvert =>
  ouvrirMagasin({ version: 1, familles: [...familles] });

/** Servers that know both authorities. */
function serveurs(): FakeRevocation {
  const revocation = creerFakeRevocation();
  for (const nom of ['signataire', 'perdu']) revocation.donner(pki.certificat(nom).sha256, [crl.ica]);
  revocation.donner(pki.certificat('ica').sha256, [crl.racine]);
  return revocation;
}

interface Suite extends Partial<DemandeEtablissement> {
  readonly revocation?: FakeRevocation | null;
  readonly ageMax?: AgeMax;
  readonly quand?: number;
}

function etablir(nom: string, suite: Suite = {}): Promise<ConfianceEtablie> {
  const { revocation = serveurs(), ageMax = { crl: null, ocsp: null }, quand = INSTANT, ...demande } = suite;
  return etablirConfiance(
    {
      certificats: [nom, 'ica'].map((n) => pki.der(n)),
      instant: INSTANT,
      magasin: magasin(famille(['racine'])),
      ...demande,
    },
    { clock: creerFakeClock(quand), revocation, ageMax },
  );
}

function relire(etablie: ConfianceEtablie): Extract<Relecture, { type: 'relue' }> {
  const relue = relirePiece(etablie.piece);
  if (relue.type === 'illisible') throw new TypeError(relue.motif);
  return relue;
}

/** The verdict without what was opened to reach it. */
const bref = ({ verdict }: Pick<ConfianceEtablie, 'verdict'>) =>
  JSON.stringify(verdict, (cle, v: unknown) => (cle === 'objet' ? undefined : v));

describe('asked of the servers only what is missing', () => {
  test('each certificate of the path below the anchor; then trusted, and the evidence kept', async () => {
    const revocation = serveurs();
    const etablie = await etablir('signataire', { revocation });
    expect(etablie).toMatchObject({ verdict: { type: 'confiance', niveau: 'RGS **' }, aReessayer: false });
    expect(revocation.questions.map((q) => q.certificat.sujet.texte)).toEqual([
      'CN=signataire,O=Essai,C=FR',
      'CN=ica,O=Essai,C=FR',
    ]);
    const { preuves } = relire(etablie).question;
    expect(new Set(preuves.map((p) => p.adresse))).toEqual(new Set([crl.ica.adresse, crl.racine.adresse]));
  });

  test('evidence that came with the document is enough: nobody is asked', async () => {
    const revocation = serveurs();
    const preuves = { crl: [crl.racine.octets, crl.ica.octets], ocsp: [] };
    expect((await etablir('signataire', { revocation, preuves })).verdict.type).toBe('confiance');
    expect(revocation.questions).toEqual([]);
  });

  test('a path that leads to no anchor, or is wrong: nobody is asked, whatever addresses it writes', async () => {
    const revocation = serveurs();
    const inconnu = await etablir('etranger', {
      revocation,
      certificats: ['etranger', 'inconnue'].map((n) => pki.der(n)),
    });
    const expire = await etablir('signataire', { revocation, instant: le('2029-01-01T00:00:00Z') });
    const illisible = await etablir('signataire', { revocation, certificats: [Buffer.from('non')] });
    const aucun = await etablir('signataire', { revocation, certificats: [] });
    for (const e of [inconnu, expire, illisible, aucun]) {
      expect([e.verdict.type, e.essais, e.aReessayer]).toEqual(['refuse', [], false]);
      expect(relire(e).concorde).toBe(true);
    }
    expect(revocation.questions).toEqual([]);
  });

  test('servers that are down: not settled, to be tried again, never a refusal', async () => {
    const revocation = serveurs();
    revocation.regler(false);
    const enPanne = await etablir('signataire', { revocation });
    expect(enPanne).toMatchObject({ verdict: { type: 'indetermine' }, aReessayer: true });
    expect(enPanne.essais.map((e) => e.passager)).toEqual([true, true]);
    expect(revocation.questions).toHaveLength(2);
    revocation.regler(true);
    expect((await etablir('signataire', { revocation })).verdict.type).toBe('confiance');
  });

  test('nobody may be asked (setting), or the certificate names no server: not settled, and trying again is no use', async () => {
    expect(await etablir('signataire', { revocation: null })).toMatchObject({
      verdict: { type: 'indetermine' },
      aReessayer: false,
    });
    const muet = {
      nom: 'muet',
      extensions: ['basicConstraints=CA:FALSE', `certificatePolicies=${POLITIQUE.rgs2}`],
    };
    pki.emettre('ica', muet);
    expect(await etablir('muet')).toMatchObject({ verdict: { type: 'indetermine' }, aReessayer: false });
  });

  test('a revocation found is a refusal', async () => {
    const perdu = await etablir('perdu');
    expect(perdu).toMatchObject({
      verdict: { type: 'refuse', defauts: [{ code: 'revoque' }] },
      aReessayer: false,
    });
  });

  test('evidence older than the site admits does not count', async () => {
    const jours = (n: number) => ({ crl: n * JOUR_MS, ocsp: null });
    expect((await etablir('signataire', { ageMax: jours(15) })).verdict.type).toBe('confiance');
    const etablie = await etablir('signataire', { ageMax: jours(14) });
    expect(etablie.verdict).toMatchObject({
      type: 'indetermine',
      motifs: [expect.stringContaining('périmée'), expect.stringContaining('périmée')],
    });
    expect(bref(relire(etablie))).toBe(bref(etablie));
  });
});

test('the settings: no server asked, or asked; ages in seconds, 0 for none', async () => {
  const deps = {
    clock: creerFakeClock(INSTANT),
    random: creerFakeRandom(creerFakeClock(INSTANT)),
    log: MUET,
  };
  const reglage = manifest.parse({}).confiance.revocation;
  const parDefaut = ouvrirRevocation(reglage, deps);
  expect(parDefaut.ageMax).toEqual({ crl: null, ocsp: null });
  await parDefaut.revocation?.fermer();
  const sans = { ...reglage, active: false, crl_age_max_s: 10, ocsp_age_max_s: 0.5 };
  expect(ouvrirRevocation(sans, deps)).toEqual({ revocation: null, ageMax: { crl: 10_000, ocsp: 500 } });
});

describe('judged again years later, from the piece alone', () => {
  test.each(['signataire', 'perdu', 'panne', 'expire', 'sans niveau', 'deux familles'])(
    '%s: the same verdict',
    async (cas) => {
      const revocation = serveurs();
      revocation.regler(cas !== 'panne');
      const sansNiveau = { magasin: magasin(famille(['racine'], { niveaux: [] })) };
      const deux = { magasin: magasin(famille(['inconnue'], { nom: 'ailleurs' }), famille(['racine'])) };
      const etablie = await etablir(cas === 'perdu' ? cas : 'signataire', {
        revocation,
        ...(cas === 'expire' ? { instant: le('2029-01-01T00:00:00Z') } : {}),
        ...(cas === 'sans niveau' ? sansNiveau : {}),
        ...(cas === 'deux familles' ? deux : {}),
      });
      const relue = relire(etablie);
      expect([relue.concorde, bref(relue)]).toEqual([true, bref(etablie)]);
    },
  );

  test('a signature of last year judged today: what was known when it was judged is in the piece', async () => {
    const etablie = await etablir('perdu', { instant: le('2026-02-01T00:00:00Z') });
    expect(etablie.verdict).toMatchObject({
      type: 'confiance',
      reserves: [expect.stringContaining('révoqué plus tard')],
    });
    expect(bref(relire(etablie))).toBe(bref(etablie));
    expect(relire(etablie).question).toMatchObject({
      instant: le('2026-02-01T00:00:00Z'),
      controle: INSTANT,
    });
  });

  test('the same inputs in another order give the same octets', async () => {
    const tiers = ['ica', 'racine', 'inconnue'].map((n) => pki.der(n));
    const lancer = (autres: readonly Uint8Array[], listes: readonly PreuveBrute[]) => {
      const preuves = { crl: listes.map((l) => l.octets), ocsp: [] };
      return etablir('signataire', { certificats: [pki.der('signataire'), ...autres], preuves });
    };
    const un = await lancer(tiers, [crl.ica, crl.racine]);
    const autre = await lancer([...tiers.toReversed(), ...tiers], [crl.racine, crl.ica, crl.racine]);
    expect(Buffer.from(un.piece).equals(autre.piece)).toBe(true);
  });

  test('of the store, only what could matter is kept; of the evidence, what the trust leans on', async () => {
    const large = magasin(famille(['inconnue'], { nom: 'grande' }), famille(['inconnue', 'racine']));
    const autreListe = pki.crl('inconnue', { nom: 'inconnue' });
    const etablie = await etablir('signataire', { magasin: large, preuves: { crl: [autreListe], ocsp: [] } });
    const { question } = relire(etablie);
    expect(question.magasin.map((f) => [f.famille.nom, f.ancres.map((a) => a.ancre.nom)])).toEqual([
      ['grande', []],
      ['rgs', ['racine']],
    ]);
    expect(question.preuves).toHaveLength(2);
    const encombree = await etablir('signataire', {
      certificats: ['signataire', 'inconnue', 'ica', 'perdu'].map((n) => pki.der(n)),
    });
    expect(relire(encombree)).toMatchObject({
      concorde: true,
      question: { intermediaires: [pki.der('ica')] },
    });
  });

  test('altered: an octet of what is named by its digest is seen, a false verdict is told, the rest is not a piece', async () => {
    const { piece } = await etablir('signataire');
    const texte = Buffer.from(piece).toString('utf8');
    const json = JSON.parse(texte) as { preuves: { octets: string }[]; certificat: { octets: string } };
    for (const nomme of [json.certificat, ...json.preuves]) {
      const altere = `${nomme.octets.startsWith('M') ? 'N' : 'M'}${nomme.octets.slice(1)}`;
      const relue = relirePiece(Buffer.from(texte.replace(nomme.octets, altere)));
      expect(relue).toMatchObject({ type: 'illisible', motif: expect.stringContaining('ont changé') });
    }
    expect(
      relirePiece(Buffer.from(texte.replace('"RGS **",\n  "chemin"', '"RGS ***",\n  "chemin"'))),
    ).toMatchObject({ concorde: false, verdict: { niveau: 'RGS **' } });
    for (const faux of [
      '',
      '{',
      '[]',
      '{}',
      texte.replace('"version": 1', '"version": 2'),
      texte.slice(0, -3),
    ]) {
      expect(relirePiece(Buffer.from(faux)).type).toBe('illisible');
    }
  });
});
