import { createHash, createPrivateKey, sign } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeRevocation } from '../../../src/adapters/revocation/fake.ts';
import { constater } from '../../../src/etapes/signature/constats.ts';
import { Juge, type Verification, verifierSignatures } from '../../../src/etapes/signature/examen.ts';
import { POLITIQUES_HELIOS } from '../../../src/formats/xades/politiques.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';
import type { Instant, Sha256 } from '../../../src/metier/identifiants.ts';
import { PARTAGE, partagePresent } from '../formats/chemins.ts';
import { canoniques } from '../formats/xades/forger.ts';
import {
  type Atelier,
  type Autorites,
  avance,
  creerAutorites,
  INSTANT,
  midi,
  monter,
  type Options,
  pesSigne,
  reglageDe,
} from './decor.ts';

/** What the settings make of each finding, and services that are down: never a verdict (ARCHITECTURE § 2.4). */

let autorites: Autorites;
beforeAll(() => {
  autorites = creerAutorites();
});
afterAll(() => autorites.pki.fermer());

async function deposer(octets: Uint8Array, options: Options = {}): Promise<Atelier> {
  const atelier = await monter(autorites, options);
  await atelier.poser(octets);
  return atelier;
}

/** A signature as the policy of 2011 wanted it: SHA-1 everywhere. */
async function pesSha1(): Promise<Buffer> {
  const cle = autorites.pki.lire('rsa.key');
  let texte = (await pesSigne(autorites.cle('rsa')))
    .toString('latin1')
    .replaceAll(
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
      'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    )
    .replaceAll('http://www.w3.org/2001/04/xmlenc#sha256', 'http://www.w3.org/2000/09/xmldsig#sha1')
    .replace('5.18.21.1.7', '5.18.21.1.4')
    .replace(/roF9[^<]*/, 'Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q=');
  const digest = (octets: Uint8Array): string => createHash('sha1').update(octets).digest('base64');
  const bonnes = (): (Buffer | Uint8Array)[] => [
    canoniques(texte, 'Bordereau', true)[0] ?? new Uint8Array(),
    canoniques(texte, 'SignedProperties')[0] ?? new Uint8Array(),
  ];
  texte = texte.replace(/(<xad:DigestValue>)[^<]*/, `$1${digest(autorites.pki.der('rsa'))}`);
  const empreintes = bonnes().map(digest);
  let rang = 0;
  texte = texte.replace(/(<ds:DigestValue>)[^<]*/g, (tout, tete: string) => {
    const bonne = empreintes[rang];
    rang += 1;
    return bonne === undefined ? tout : tete + bonne;
  });
  const [info = Buffer.alloc(0)] = canoniques(texte, 'SignedInfo');
  const valeur = sign('sha1', info, createPrivateKey(cle)).toString('base64');
  return Buffer.from(texte.replace(/(<ds:SignatureValue[^>]*>)[^<]*/, `$1${valeur}`), 'latin1');
}

describe('SHA-1, the only digest of the policy of 2011: intact, yet it no longer protects', () => {
  test('told by default: nothing says that Hélios refuses it, and nobody forges a second content of a given digest', async () => {
    const atelier = await deposer(await pesSha1());
    const issue = avance(await atelier.avancer());
    expect(issue.evenement).toBe('signature_favorable');
    const { constats } = await atelier.rapport();
    expect(constats.map((c) => c.controle)).toContain('algorithme_obsolete');
  });

  test('refused when the operator wants it so', async () => {
    const controles = { algorithme_obsolete: 'refuser' };
    const atelier = await deposer(await pesSha1(), { reglage: { controles } });
    expect(avance(await atelier.jouer()).motif).toBe('VGM-SIG-018');
  });
});

describe('each check refuses or tells, as the settings say', () => {
  test.each<[string, string, () => Promise<Buffer>, Options]>([
    [
      'certificat_expire',
      'VGM-SIG-017',
      () => pesSigne(autorites.cle('bref')),
      { quand: midi('2026-06-21') },
    ],
    ['date_future', 'VGM-SIG-021', () => pesSigne(autorites.cle('maire')), { quand: INSTANT - 120_000 }],
    ['revocation_inconnue', 'VGM-SIG-022', () => pesSigne(autorites.cle('muet')), {}],
    ['confiance_absente', 'VGM-SIG-023', () => pesSigne(autorites.cle('maire')), { magasin: null }],
    [
      'couverture_partielle',
      'VGM-SIG-020',
      () =>
        pesSigne(
          autorites.cle('maire'),
          { depense: [{ id: 'B1' }, { id: 'B2', idBord: '2' }] },
          { cibles: { type: 'ids', ids: ['B2'] } },
        ),
      {},
    ],
    [
      'politique',
      'VGM-SIG-019',
      () =>
        pesSigne(
          autorites.cle('maire'),
          {},
          { politique: { ...POLITIQUES_HELIOS[0], empreinte: 'AAAA', depuis: '', origine: '' } as never },
        ),
      {},
    ],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s, told by default, refused under %s', async (controle, code, faire, options) => {
    const octets = await faire();
    const dit = await deposer(octets, options);
    expect(avance(await dit.avancer()).evenement).toBe('signature_favorable');
    expect((await dit.rapport()).constats).toContainEqual(
      expect.objectContaining({ controle, avis: 'avertir' }),
    );
    const severe = await deposer(octets, { ...options, reglage: { controles: { [controle]: 'refuser' } } });
    expect(avance(await severe.jouer())).toMatchObject({ evenement: 'signature_defavorable', motif: code });
  });

  test.each<[string, string, () => Promise<Buffer>]>([
    [
      'alteration',
      'VGM-SIG-011',
      async () =>
        Buffer.from(
          (await pesSigne(autorites.cle('maire'))).toString('latin1').replace('12.50', '99.50'),
          'latin1',
        ),
    ],
    ['certificat_revoque', 'VGM-SIG-012', () => pesSigne(autorites.cle('perdu'))],
    ['certificat_inconnu', 'VGM-SIG-013', () => pesSigne(autorites.cle('etranger'))],
    ['certificat_sans_niveau', 'VGM-SIG-015', () => pesSigne(autorites.cle('autre'))],
    ['dematerialisation', 'VGM-SIG-016', () => pesSigne(autorites.cle('maire'), { infoDematerialisee: '0' })],
  ])('%s, refused by default under %s, may only be told', async (controle, code, faire) => {
    const octets = await faire();
    expect(avance(await (await deposer(octets)).jouer()).motif).toBe(code);
    const souple = await deposer(octets, { reglage: { controles: { [controle]: 'avertir' } } });
    expect(avance(await souple.avancer()).evenement).toBe('signature_favorable');
    expect((await souple.rapport()).constats[0]).toMatchObject({ controle, avis: 'avertir' });
  });

  test('a reserve is never refused, whatever the settings', () => {
    const tout = Object.keys(reglageDe().controles).map((nom) => [nom, 'refuser']);
    const reserve = { code: 'XDS-101', gravite: 'reserve' as const, message: 'x', remede: 'y' };
    const rapport = { constats: [reserve], signatures: [] } as never;
    const faits = { aller: true, globale: false, domaines: [] };
    const regles = {
      maintenant: INSTANT,
      arrivee: INSTANT,
      magasin: true,
      controles: Object.fromEntries(tout),
    };
    expect(constater({ rapport, faits }, new Map(), regles as never)).toMatchObject([
      { controle: 'reserve', avis: 'avertir' },
    ]);
  });

  test('what refuses is told before what is only told, the gravest first', async () => {
    const bon = await pesSigne(autorites.cle('bref'), { infoDematerialisee: '0' });
    const atelier = await deposer(Buffer.from(bon.toString('latin1').replace('12.50', '99.50'), 'latin1'), {
      quand: midi('2026-06-21'),
    });
    expect(avance(await atelier.avancer()).motif).toBe('VGM-SIG-011');
    expect((await atelier.rapport()).constats.map((c) => `${c.avis} ${c.controle}`)).toEqual([
      'refuser alteration',
      'refuser dematerialisation',
      'avertir certificat_expire',
    ]);
  });
});

describe('no trust store: nobody is judged', () => {
  test('the signature is verified all the same; no server is asked, no evidence kept', async () => {
    const atelier = await deposer(await pesSigne(autorites.cle('etranger')), { magasin: null });
    const issue = avance(await atelier.avancer());
    expect(issue.pieces?.map((p) => p.role)).toEqual(['rapport_signatures']);
    expect((await atelier.rapport()).signatures[0]?.confiance).toEqual({ type: 'non_jugee' });
    expect(atelier.revocation?.questions).toEqual([]);
  });

  test('a store that admits nobody is not « no store »: refused', async () => {
    const atelier = await deposer(await pesSigne(autorites.cle('maire')), { magasin: [] });
    expect(avance(await atelier.jouer()).motif).toBe('VGM-SIG-013');
  });
});

describe('a server of revocation that is down', () => {
  const panne = (options: Options = {}): Promise<Atelier> => {
    const revocation = creerFakeRevocation();
    revocation.regler(false);
    return pesSigne(autorites.cle('maire')).then((octets) => deposer(octets, { revocation, ...options }));
  };
  const erreur = async (atelier: Atelier): Promise<ErreurVgm> => {
    const cause = await atelier.jouer().then(
      () => null,
      (e: unknown) => e,
    );
    return cause instanceof ErreurVgm ? cause : expect.fail('no error');
  };

  test('is a transient failure that names it, and leaves nothing', async () => {
    const atelier = await panne();
    const avant = atelier.coffre.pieces();
    expect((await erreur(atelier)).fiche).toMatchObject({ code: 'VGM-SIG-001', nature: 'passagere' });
    expect((await erreur(atelier)).message).toMatch(/ocsp\.essai\.invalid.*refuse la connexion/);
    expect(atelier.coffre.pieces()).toEqual(avant);
  });

  test('after so many looks: a standing alert, and the flux still waits (attendre)', async () => {
    const atelier = await panne({ reglage: { revocation_essais: 3 } });
    atelier.flux = { ...atelier.flux, tentatives: 2 };
    expect((await erreur(atelier)).fiche.code).toBe('VGM-SIG-001');
    atelier.flux = { ...atelier.flux, tentatives: 3 };
    const issue = await atelier.jouer();
    expect(issue).toMatchObject({ type: 'alerte', prochaine: atelier.clock.now() + 900_000 });
    expect(JSON.stringify(issue)).toMatch(/révocation.*n’a pas pu être vérifiée/);
  });

  test('after so many looks: the file leaves with a warning, even if what nobody publishes is refused (avertir)', async () => {
    const reglage = {
      revocation_indisponible: 'avertir',
      revocation_essais: 1,
      controles: { revocation_inconnue: 'refuser' },
    };
    const atelier = await panne({ reglage });
    atelier.flux = { ...atelier.flux, tentatives: 1 };
    expect(avance(await atelier.avancer()).evenement).toBe('signature_favorable');
    expect((await atelier.rapport()).constats).toMatchObject([
      { controle: 'reserve', code: 'revocation_inconnue' },
    ]);
  });

  test('comes back: the verdict falls', async () => {
    const atelier = await panne({ revocation: autorites === undefined ? null : (undefined as never) });
    atelier.revocation?.regler(false);
    await erreur(atelier);
    atelier.revocation?.regler(true);
    expect(avance(await atelier.jouer()).evenement).toBe('signature_favorable');
  });

  test('the daemon stops while it asks: nothing is concluded', async () => {
    const atelier = await panne();
    atelier.coupure.abort();
    expect((await erreur(atelier)).fiche).toMatchObject({ code: 'VGM-SIG-002', nature: 'passagere' });
  });

  test('no server may be asked, by the settings: told, not awaited', async () => {
    const atelier = await deposer(await pesSigne(autorites.cle('maire')), { revocation: null });
    await atelier.avancer();
    expect((await atelier.rapport()).constats).toMatchObject([
      { controle: 'revocation_inconnue', avis: 'avertir' },
    ]);
  });
});

test('a piece that changed in the coffre is a fault of the storage, never a verdict (VGM-NOY-006)', async () => {
  const atelier = await deposer(await pesSigne(autorites.cle('maire')));
  const [piece] = atelier.pieces;
  atelier.coffre.alterer(piece?.sha256 as Sha256, await pesSigne(autorites.cle('rsa')));
  await expect(atelier.jouer()).rejects.toMatchObject({ fiche: { code: 'VGM-NOY-006' } });
});

test('more signers than any honest file has: the structure is refused, a hundred paths are built at most', async () => {
  const atelier = await monter(autorites);
  const signatures = Array.from({ length: 150 }, (_, i) => ({
    rang: i + 1,
    etat: 'valide',
    constats: [],
    instant: INSTANT,
    joints: [],
    signataire: { sha256: String(i), der: Buffer.from(`no certificate ${i}`), fin: INSTANT },
  }));
  const verification = {
    type: 'lue',
    rapport: { signatures, constats: [] },
    faits: { aller: true, globale: false, domaines: [] },
  } as unknown as Extract<Verification, { type: 'lue' }>;
  const juge = new Juge(atelier.outils, { essais: 0, signal: atelier.coupure.signal });
  const examen = await juge.juger(verification, INSTANT as Instant);
  if (examen.type !== 'juge') expect.fail(examen.detail);
  expect(examen.constats.filter((c) => c.code === 'signataires')).toHaveLength(50);
  expect(examen.constats[0]).toMatchObject({ controle: 'structure', avis: 'refuser' });
  expect(examen.pieces).toHaveLength(100);
});

describe.runIf(partagePresent('exemples/helios/aller'))(
  'every producer of the samples (helios-pes.md, e.2)',
  () => {
    const dossier = `${PARTAGE}exemples/helios/aller/`;
    const noms = partagePresent('exemples/helios/aller')
      ? readdirSync(dossier).filter((n) => n.endsWith('.xml'))
      : [];
    test.each(noms)('%s: read, judged, and the same twice', async (nom) => {
      const octets = readFileSync(`${dossier}${nom}`);
      const juger = async () => {
        const atelier = await deposer(octets, { magasin: null, quand: midi('2026-11-22') });
        const issue = avance(await atelier.avancer());
        return { issue, rapport: await atelier.rapport() };
      };
      const [un, deux] = [await juger(), await juger()];
      expect(un).toEqual(deux);
      const { constats, signatures } = un.rapport;
      console.log(
        `${nom}: ${signatures.length} signature(s), ${un.issue.motif}: ${[...new Set(constats.map((c) => c.code))].join(' ')}`,
      );
      // no signature of the samples is broken nor malformed
      expect(constats.filter((c) => c.controle === 'structure')).toEqual([]);
    });
  },
);

test('the verification alone: what it says, on bytes cut anywhere', async () => {
  const octets = await pesSigne(autorites.cle('maire'));
  const sha256 = createHash('sha256').update(octets).digest('hex') as Sha256;
  const signal = new AbortController().signal;
  const verification = await verifierSignatures(
    { octets: () => [octets], sha256 },
    POLITIQUES_HELIOS,
    signal,
  );
  expect(verification).toMatchObject({ type: 'lue', rapport: { conclusion: 'valide' } });
});
