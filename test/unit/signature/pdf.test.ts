import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeRevocation } from '../../../src/adapters/revocation/fake.ts';
import { relirePiece } from '../../../src/formats/certificats/piece-confiance.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';
import { attribut, pkiCms } from '../formats/certificats/cms-essai.ts';
import { tlv } from '../formats/certificats/der-essai.ts';
import { INSTANT, le, type Pki } from '../formats/certificats/pki.ts';
import {
  changer,
  type Demande,
  document,
  reviser,
  signe,
  signerPdf,
  timbre,
} from '../formats/pdf-signatures/atelier.ts';
import { controler, type OptionsPdf, serveursDe } from './pdf-decor.ts';

/** The signatures inside the PDFs of an acte (E.5 n° 25): what refuses, what is told, what waits. */

let pki: Pki;
beforeAll(() => {
  pki = pkiCms();
}, 60_000);
afterAll(() => pki.fermer());

const faire = (demande: Demande = {}, base?: Buffer): Buffer =>
  signerPdf({ place: 6000, signer: signe(pki, demande), ...(base === undefined ? {} : { base }) });
const jouer = (pdf: Uint8Array | readonly Uint8Array[], options: OptionsPdf = {}) =>
  controler(pki, pdf instanceof Uint8Array ? [pdf] : pdf, options);

describe('sound: the acte passes, and its report says who signed what', () => {
  test('one signature of a known family', async () => {
    const { bilan, rapport, revocation, controles } = await jouer(faire());
    expect(bilan).toMatchObject({
      type: 'juge',
      erreur: null,
      motif: '1 signature dans les PDF',
      complement: { signaturesPdf: 1, avertissementsPdf: 0 },
    });
    expect(bilan?.type === 'juge' && bilan.pieces.map((p) => [p.role, p.nom])).toEqual([
      ['rapport_signatures', 'rapport-signatures-pdf.json'],
      ['preuves_confiance', 'preuves-confiance-1.json'],
    ]);
    expect(controles).toEqual([]);
    expect(rapport).toMatchObject({ verdict: 'favorable', chaineNonJugee: null });
    expect(rapport?.resume).toBe(
      'Chaque signature trouvée dans les PDF est intacte (1 signature dans les PDF).',
    );
    expect(rapport?.fichiers).toMatchObject([
      {
        nom: 'delib.pdf',
        signatures: [
          {
            rang: 1,
            sorte: 'signature',
            etat: 'valide',
            couvre: 'fichier',
            integrite: 'intacte',
            jugeeAu: '2026-06-15T12:00:00.000Z',
            signataire: { sujet: 'CN=ec,O=Essai,C=FR' },
            confiance: { type: 'confiance', niveau: 'RGS **' },
          },
        ],
      },
    ]);
    expect(revocation.questions.map((q) => q.certificat.sujet.texte)).toEqual([
      'CN=ec,O=Essai,C=FR',
      'CN=ica,O=Essai,C=FR',
    ]);
  });

  test('several files, several signers: ranks run over all of them, a certificate is judged once', async () => {
    const double = faire({ de: 'rsa', methode: 'rsa' }, faire());
    const { rapport, revocation } = await jouer([faire(), document(), double]);
    expect(rapport?.fichiers.map((f) => [f.nom, f.signatures.map((s) => s.rang)])).toEqual([
      ['delib.pdf', [1]],
      ['annexe-2.pdf', [2, 3]],
    ]);
    expect(revocation.questions.filter((q) => q.certificat.sujet.texte.startsWith('CN=ec,'))).toHaveLength(1);
  });

  test('nothing is signed: nothing is said', async () => {
    expect((await jouer([document(), document()])).bilan).toBeNull();
  });

  test('the settings verify nothing: nothing is read', async () => {
    const pdf = faire({ empreinte: Buffer.alloc(32) });
    expect((await jouer(pdf, { pdf: { verifier: false } })).bilan).toBeNull();
  });
});

/** The code of the refusal, and the checks told. */
async function refus(pdf: Uint8Array, options: OptionsPdf = {}) {
  const { bilan, controles, revocation, rapport } = await jouer(pdf, options);
  const erreur = bilan?.type === 'juge' ? bilan.erreur : null;
  return { code: erreur?.code ?? null, erreur, controles, questions: revocation.questions.length, rapport };
}

describe('refused before it leaves', () => {
  test('altered: said in French, with its remedy, and nobody is asked anything', async () => {
    const pdf = faire();
    pdf[pdf.indexOf('Deliberation')] = 0x64;
    const { code, erreur, controles, questions, rapport } = await refus(pdf);
    expect([code, controles, questions]).toEqual(['VGM-SIG-070', ['alteration:refuser'], 0]);
    expect(erreur?.message).toBe(
      'La signature de « delib.pdf » est refusée : le contenu a changé depuis la signature.',
    );
    expect(erreur?.remede).toMatch(/^Ne pas se fier à ce contenu.*Le rapport des signatures/);
    expect(rapport).toMatchObject({ verdict: 'defavorable', resume: erreur?.message });
  });

  test('modified after it, by a revision', async () => {
    const pdf = reviser(faire(), (doc, maj) => changer({ doc, maj }, 3, { BaseFont: '/Courier' }));
    expect(await refus(pdf)).toMatchObject({ code: 'VGM-SIG-070', controles: ['modification:refuser'] });
    const { code, controles } = await refus(pdf, { pdf: { controles: { modification: 'avertir' } } });
    expect([code, controles]).toEqual([null, ['modification:avertir']]);
  });

  test('of two signatures, the one that is told is the wrong one', async () => {
    const { erreur } = await refus(faire({ empreinte: Buffer.alloc(32) }, faire()));
    expect(erreur?.message).toMatch(/^La signature n° 2 de « delib\.pdf » est refusée/);
  });

  test('not verifiable: its structure cannot be read', async () => {
    const pdf = faire();
    const { code, erreur } = await refus(pdf.subarray(0, pdf.length - 30));
    expect(code).toBe('VGM-SIG-072');
    expect(erreur?.message).toMatch(/^Le PDF « delib\.pdf » est refusé : le fichier porte une signature/);
  });

  test.each<[string, Demande, string]>([
    ['revoked at the hour of the signature', { de: 'revoque' }, 'certificat_revoque:refuser'],
    ['out of date', { de: 'expire' }, 'certificat_hors_date:refuser'],
  ])('%s', async (_, demande, controle) => {
    const { code, controles } = await refus(faire(demande));
    expect([code, controles]).toEqual(['VGM-SIG-071', [controle]]);
  });

  test('out of date is seen without any trust store', async () => {
    const { code, controles, questions } = await refus(faire({ de: 'expire' }), { magasin: null });
    expect([code, questions]).toEqual(['VGM-SIG-071', 0]);
    expect(controles).toEqual(['certificat_hors_date:refuser', 'confiance_absente:avertir']);
  });

  test('each check is what the settings make of it', async () => {
    const { code } = await refus(faire({ de: 'etranger', joints: ['etranger'] }), {
      pdf: { controles: { certificat_inconnu: 'refuser' } },
    });
    expect(code).toBe('VGM-SIG-071');
  });
});

describe('told, and the acte leaves', () => {
  test.each<[string, Demande, OptionsPdf, readonly string[]]>([
    ['of an unknown authority', { de: 'etranger', joints: ['etranger'] }, {}, ['certificat_inconnu:avertir']],
    ['no trust store', {}, { magasin: null }, ['confiance_absente:avertir']],
    ['SHA-1', { de: 'rsa', methode: 'rsa', hachage: 'sha1' }, {}, ['algorithme_obsolete:avertir']],
    ['dated after it came', { instant: INSTANT + 86_400_000 }, {}, ['date_future:avertir']],
    // oxlint-disable-next-line max-params -- one row of the table
  ])('%s', async (_, demande, options, attendus) => {
    const { bilan, controles } = await jouer(faire(demande), options);
    expect([bilan?.type === 'juge' && bilan.erreur, controles]).toEqual([null, attendus]);
  });

  test('expired since: it was good on the day', async () => {
    const { bilan, controles } = await jouer(faire({ de: 'bref' }), { quand: le('2026-06-22T00:00:00Z') });
    expect([bilan?.type === 'juge' && bilan.erreur, controles]).toEqual([
      null,
      ['certificat_expire:avertir'],
    ]);
  });
});

describe('the path of the certificates is judged, or not', () => {
  const MARCHE = { resume: { nature: '4', matiere: '1.1' } };
  const ETRANGER: Demande = { de: 'etranger', joints: ['etranger'] };

  test.each<[string, OptionsPdf, boolean]>([
    ['public procurement, as S²LOW does: not', MARCHE, false],
    ['below it', { resume: { nature: '4', matiere: '1.1.2' } }, false],
    ['another contract', { resume: { nature: '4', matiere: '1.10' } }, true],
    ['another nature', { resume: { nature: '1', matiere: '1.1' } }, true],
    ['always, by the settings', { ...MARCHE, pdf: { chaine: 'toujours' } }, true],
    ['never, by the settings', { pdf: { chaine: 'jamais' } }, false],
  ])('%s', async (_, options, jugee) => {
    const { controles, rapport, revocation } = await jouer(faire(ETRANGER), options);
    expect(controles).toEqual(jugee ? ['certificat_inconnu:avertir'] : []);
    expect(rapport?.chaineNonJugee === null).toBe(jugee);
    expect(rapport?.fichiers[0]?.signatures[0]?.confiance.type).toBe(jugee ? 'refuse' : 'non_jugee');
    expect(revocation.questions).toEqual([]);
  });

  test('integrity and dates are, whatever the acte', async () => {
    expect((await refus(faire({ empreinte: Buffer.alloc(32) }), MARCHE)).code).toBe('VGM-SIG-070');
    expect((await refus(faire({ de: 'expire' }), MARCHE)).code).toBe('VGM-SIG-071');
  });
});

describe('time-stamps', () => {
  const dansLePasse: Demande = { de: 'bref', instant: INSTANT };
  const APRES = { quand: le('2026-06-22T00:00:00Z') };
  const jeton =
    (heure: string, suite: object = {}) =>
    (valeur: Uint8Array): Uint8Array =>
      timbre(pki, { heure, ...suite })(Buffer.from(valeur));

  test('the hour of an admitted unit is that of the signature', async () => {
    const { rapport, controles } = await jouer(faire({ jeton: jeton('20260615121500Z') }));
    expect([rapport?.fichiers[0]?.signatures[0]?.jugeeAu, controles]).toEqual([
      '2026-06-15T12:15:00.000Z',
      [],
    ]);
  });

  test('stamped once its certificate had ended: the claimed date does not save it', async () => {
    const { code, controles } = await refus(
      faire({ ...dansLePasse, jeton: jeton('20260621121500Z') }),
      APRES,
    );
    expect([code, controles]).toEqual(['VGM-SIG-071', ['certificat_hors_date:refuser']]);
  });

  test('of a unit that nobody admits, or without trust store: told, and the claimed date stands', async () => {
    const pdf = faire({ ...dansLePasse, jeton: jeton('20260621121500Z') });
    const vide = await jouer(pdf, { ...APRES, horodatage: [] });
    expect(vide.controles).toEqual(['certificat_expire:avertir', 'horodatage:avertir']);
    const sans = await jouer(pdf, { ...APRES, horodatage: null });
    expect([sans.controles, sans.rapport?.fichiers[0]?.signatures[0]?.jugeeAu]).toEqual([
      ['certificat_expire:avertir', 'horodatage:avertir'],
      '2026-06-15T12:00:00.000Z',
    ]);
  });

  test('worth nothing: told', async () => {
    const { controles } = await jouer(
      faire({ jeton: jeton('20260615121500Z', { sujet: Buffer.from('x') }) }),
    );
    expect(controles).toEqual(['horodatage:avertir']);
  });

  test('of the document: of nobody, so that nobody is asked about it; altered, it refuses', async () => {
    const tampon = (signer: (couvert: Buffer) => Uint8Array): Buffer =>
      signerPdf({ base: faire(), sousFiltre: 'ETSI.RFC3161', place: 3000, entrees: '', signer });
    const { rapport, revocation, controles } = await jouer(tampon(timbre(pki)));
    expect(rapport?.fichiers[0]?.signatures.map((s) => [s.sorte, s.confiance.type])).toEqual([
      ['signature', 'confiance'],
      ['horodatage', 'non_jugee'],
    ]);
    expect(revocation.questions.map((q) => q.certificat.sujet.texte)).not.toContain('CN=tsa,O=Essai,C=FR');
    // the first signature was completed, and the report says so
    expect(controles).toEqual(['reserve:avertir']);
    expect((await refus(tampon(timbre(pki, { sujet: Buffer.from('x') })))).code).toBe('VGM-SIG-070');
  });
});

test('evidence of revocation inside the signature is enough: no server is asked', async () => {
  const archive = tlv(
    0x30,
    tlv(0xa0, tlv(0x30, pki.crl('ica', { nom: 'ica' }), pki.crl('racine', { nom: 'racine' }))),
  );
  const { controles, revocation, rapport } = await jouer(
    faire({ attributs: [attribut('1.2.840.113583.1.1.8', archive)] }),
  );
  expect([controles, revocation.questions]).toEqual([[], []]);
  expect(rapport?.fichiers[0]?.signatures[0]?.confiance.type).toBe('confiance');
});

describe('a service that is down is never a verdict', () => {
  const panne = () => {
    const revocation = serveursDe(pki, ['ec']);
    revocation.regler(false);
    return revocation;
  };
  const lance = async (options: OptionsPdf): Promise<ErreurVgm> => {
    const e: unknown = await jouer(faire(), options).catch((cause: unknown) => cause);
    if (!(e instanceof ErreurVgm)) throw new TypeError(String(e));
    return e;
  };

  test('it waits; after too many looks a person is told, and it waits on', async () => {
    expect((await lance({ revocation: panne() })).fiche).toMatchObject({
      code: 'VGM-SIG-001',
      nature: 'passagere',
    });
    const { bilan } = await jouer(faire(), { revocation: panne(), tentatives: 20 });
    expect(bilan).toMatchObject({
      type: 'attente',
      issue: { type: 'alerte', alerte: expect.stringContaining('http://ocsp.essai.invalid/') },
    });
  });

  test('or it leaves, when the operator chose so: told', async () => {
    const signature = { revocation_indisponible: 'avertir' };
    const { bilan, controles } = await jouer(faire(), { revocation: panne(), tentatives: 20, signature });
    expect([bilan?.type === 'juge' && bilan.erreur, controles]).toEqual([null, ['reserve:avertir']]);
  });

  test('nobody publishes its revocation: told', async () => {
    const { controles } = await jouer(faire(), {
      revocation: creerFakeRevocation(),
      tentatives: 20,
      signature: { revocation_indisponible: 'avertir' },
    });
    expect(controles).toEqual(['reserve:avertir']);
  });

  test('bytes that are no longer those that came: our fault, never the document’s', async () => {
    const autre = faire({ de: 'rsa', methode: 'rsa' });
    const e = await lance({
      coffre: (c) => ({
        ...c,
        ouvrir: async (_, plage) =>
          Readable.from([autre.subarray(plage?.debut ?? 0, plage?.fin ?? autre.length)]),
      }),
    });
    expect(e.fiche.code).toBe('VGM-NOY-006');
  });
});

test('the evidence kept with the verdict gives it again', async () => {
  let garde: Uint8Array = new Uint8Array();
  const { bilan } = await jouer(faire(), {
    coffre: (c) => ({
      ...c,
      ajouter: async (source, limite) => {
        if (source instanceof Uint8Array && Buffer.from(source).includes('vaguemestre/confiance'))
          garde = source;
        return c.ajouter(source, limite);
      },
    }),
  });
  expect(bilan?.type).toBe('juge');
  expect(relirePiece(garde)).toMatchObject({ type: 'relue', concorde: true, verdict: { type: 'confiance' } });
});
