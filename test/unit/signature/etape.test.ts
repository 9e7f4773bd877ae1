import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relirePiece } from '../../../src/formats/certificats/piece-confiance.ts';
import { signer } from '../formats/xades/atelier.ts';
import { toutRefaire } from '../formats/xades/forger.ts';
import {
  type Autorites,
  avance,
  creerAutorites,
  INSTANT,
  midi,
  monter,
  type Options,
  pesSigne,
} from './decor.ts';

/** The signature step of HELIOS on files that come signed (annexe 1, 2-9 and 2-10; policy § 4.4). */

let autorites: Autorites;
beforeAll(() => {
  autorites = creerAutorites();
});
afterAll(() => autorites.pki.fermer());

/** Plays a file; gives the outcome and the findings of the report. */
async function juger(octets: Uint8Array | string, options: Options = {}) {
  const atelier = await monter(autorites, options);
  await atelier.poser(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  const issue = avance(await atelier.avancer());
  const rapport = await atelier.rapport();
  return { atelier, issue, rapport, codes: rapport.constats.map((c) => `${c.controle} ${c.avis}`) };
}

const signe = (nom: string, ...suite: [object?, object?]) => pesSigne(autorites.cle(nom), ...suite);

describe('a sound signature', () => {
  test('favourable: the report says who, when, what is covered; the evidence judges again alone', async () => {
    const { atelier, issue, rapport } = await juger(await signe('maire'));
    expect(issue).toMatchObject({ evenement: 'signature_favorable', motif: '1 signature' });
    expect(issue.complement).toEqual({
      signatures: 1,
      avertissementsSignature: 0,
      signePar: 'deposant',
      signatureAttendue: null,
    });
    expect(issue.pieces?.map((p) => p.role)).toEqual(['rapport_signatures', 'preuves_confiance']);
    expect(rapport).toMatchObject({ verdict: 'favorable', origine: 'deposant', constats: [] });
    expect(rapport.signatures).toMatchObject([
      {
        etat: 'valide',
        couvre: { etiquette: '41' },
        confiance: { type: 'confiance', niveau: 'RGS **', preuve: issue.pieces?.[1]?.sha256 },
        instant: new Date(INSTANT).toISOString(),
        roles: ['Maire délégué « ordonnateur » & €'],
      },
    ]);
    const relue = relirePiece(await atelier.lire('preuves_confiance'));
    expect(relue).toMatchObject({ type: 'relue', concorde: true, verdict: { type: 'confiance' } });
  });

  test('the same file at the same hour gives the same report, byte for byte', async () => {
    const octets = await signe('maire');
    const [un, deux] = [await juger(octets), await juger(octets)];
    expect(un.issue.pieces).toEqual(deux.issue.pieces);
  });

  test('one certificate on many bordereaux, at several hours: judged at both ends, one piece of evidence each', async () => {
    const cle = autorites.cle('maire');
    const depense = ['1', '2', '3'].map((n) => ({ id: `B${n}`, idBord: n }));
    let octets = await pesSigne(cle, { depense }, { cibles: { type: 'ids', ids: ['B1'] } });
    for (const n of [2, 3]) {
      const cibles = { type: 'ids', ids: [`B${n}`] } as const;
      const instant = (INSTANT - n * 3_600_000) as typeof INSTANT;
      octets = (await signer(octets, cle, { cibles, instant, identifiants: () => `SIG_${n}` })).octets;
    }
    const { issue, rapport } = await juger(octets);
    expect(issue.pieces?.map((p) => p.role)).toEqual([
      'rapport_signatures',
      'preuves_confiance',
      'preuves_confiance',
    ]);
    const preuves = rapport.signatures.map((s) => s.confiance.preuve);
    expect(new Set(preuves).size).toBe(2);
  });
});

test('IDN-11: two bordereaux signed by two people, a third by nobody: the report says by whom, and which is not', async () => {
  const depense = ['1', '2', '3'].map((n) => ({ id: `B${n}`, idBord: n }));
  const premier = await pesSigne(
    autorites.cle('maire'),
    { depense },
    { cibles: { type: 'ids', ids: ['B1'] } },
  );
  const { octets } = await signer(premier, autorites.cle('rsa'), {
    cibles: { type: 'ids', ids: ['B2'] },
    identifiants: () => 'SIG_2',
  });
  const { issue, rapport } = await juger(octets);
  expect(issue).toMatchObject({ evenement: 'signature_favorable', motif: '2 signatures, 1 avertissement' });
  expect(rapport.signatures.map((s) => [s.couvre?.etiquette, s.signataire?.sujet])).toEqual([
    ['1', 'CN=maire,O=Essai,C=FR'],
    ['2', 'CN=rsa,O=Essai,C=FR'],
  ]);
  expect(rapport.couverture.bordereaux).toMatchObject({
    total: 3,
    couverts: 2,
    nonCouverts: [{ etiquette: '3' }],
  });
  expect(issue.pieces?.filter((p) => p.role === 'preuves_confiance')).toHaveLength(2);
});

describe('what is refused, with the first reason and the remedy', () => {
  test('a content changed since: no server is asked anything', async () => {
    const octets = (await signe('maire'))
      .toString('latin1')
      .replace('<MtHT V="12.50"/>', '<MtHT V="99.50"/>');
    const { atelier, issue, rapport } = await juger(octets);
    expect(issue).toMatchObject({
      evenement: 'signature_defavorable',
      motif: 'VGM-SIG-011',
      erreur: {
        nature: 'definitive',
        message: 'La signature n° 1 est refusée : le contenu de « B1 » a changé depuis la signature.',
      },
    });
    expect(issue.erreur?.remede).toMatch(/^Ne pas se fier à ce contenu.*rapport des signatures/);
    expect(rapport).toMatchObject({ verdict: 'defavorable', resume: issue.erreur?.message });
    expect(atelier.revocation?.questions).toEqual([]);
    expect(issue.pieces?.map((p) => p.role)).toEqual(['rapport_signatures']);
  });

  test('the account number of the payee, in a file signed as a whole', async () => {
    const octets = await signe('maire', { id: 'P' }, { cibles: { type: 'fichier' } });
    const { issue } = await juger(octets.toString('latin1').replace('VALMONCEL_1', 'VALMONCEL_2'));
    expect(issue.motif).toBe('VGM-SIG-011');
  });

  test('a signature moved away from what it signs (wrapping, crypto.md § 9.3)', async () => {
    const texte = (await signe('maire', { depense: [{ id: 'B1' }, { id: 'B2', idBord: '2' }] })).toString(
      'latin1',
    );
    const deplacee = texte.replace(
      /(<ds:Signature .*?<\/ds:Signature>)(<\/Bordereau>\n<Bordereau Id="B2">\n.*?)(<ds:Signature .*?<\/ds:Signature>)/s,
      '$3$2$1',
    );
    expect(deplacee).not.toBe(texte);
    const { issue, codes } = await juger(deplacee);
    expect(issue.motif).toBe('VGM-SIG-010');
    expect(codes[0]).toBe('structure refuser');
  });

  test('a signature under a domain, that signs nothing', async () => {
    const texte = (await signe('maire')).toString('latin1');
    const ailleurs = texte.replace(/(<ds:Signature .*<\/ds:Signature>)(<\/Bordereau>)/s, '$2$1');
    expect((await juger(ailleurs)).issue.erreur?.message).toMatch(
      /n° 1 est refusée : la signature est placée dans/,
    );
  });

  test('two signatures on one bordereau: no co-signature (policy § 2.1)', async () => {
    const texte = (await signe('maire')).toString('latin1');
    const [, une = ''] = /(<ds:Signature .*<\/ds:Signature>)/s.exec(texte) ?? [];
    const double = texte.replace('</Bordereau>', `${une.replaceAll('SIG_1', 'SIG_9')}</Bordereau>`);
    expect((await juger(double)).issue.motif).toBe('VGM-SIG-010');
  });

  test('a certificate revoked before the signature (2-10)', async () => {
    const { issue } = await juger(await signe('perdu'));
    expect(issue).toMatchObject({
      motif: 'VGM-SIG-012',
      erreur: { message: expect.stringMatching(/révoqué à la date examinée \(depuis le 1er juin 2026/) },
    });
    expect(issue.pieces?.map((p) => p.role)).toContain('preuves_confiance');
  });

  test('a certificate revoked after the signature and before the file came: nothing proves that it is older', async () => {
    const { issue } = await juger(await signe('depuis'), { quand: midi('2026-06-17') });
    expect(issue).toMatchObject({ motif: 'VGM-SIG-024' });
    expect(issue.erreur?.message).toMatch(/révoqué depuis le 16 juin 2026/);
  });

  test('revoked after the file came: the coffre proves that the signature is older', async () => {
    const atelier = await monter(autorites);
    await atelier.poser(await signe('depuis'));
    atelier.clock.regler(midi('2026-06-17'));
    expect(avance(await atelier.jouer()).evenement).toBe('signature_favorable');
  });

  test('an authority that the operator does not admit (2-9): no server is asked', async () => {
    const { atelier, issue } = await juger(await signe('etranger'));
    expect(issue).toMatchObject({ motif: 'VGM-SIG-013' });
    expect(issue.erreur?.message).not.toMatch(/CN=etranger/);
    expect(atelier.revocation?.questions).toEqual([]);
  });

  test('a sound certificate of a kind that the family does not admit', async () => {
    expect((await juger(await signe('autre'))).issue.motif).toBe('VGM-SIG-015');
  });

  test('a certificate that was not valid on the day of the signature (policy § 4.4)', async () => {
    const texte = (await signe('bref')).toString('latin1');
    const apres = toutRefaire(
      texte.replace('2026-06-15T12:00:00Z', '2026-06-22T12:00:00Z'),
      autorites.pki.lire('bref.key'),
    );
    const { issue } = await juger(apres, { quand: midi('2026-06-25') });
    expect(issue.motif).toBe('VGM-SIG-014');
    expect(issue.erreur?.message).toMatch(/expiré à la date examinée/);
  });

  test('a signed domain that says 0: Hélios refuses the whole file', async () => {
    const atelier = await monter(autorites);
    await atelier.poser(await signe('maire', { infoDematerialisee: '0' }));
    expect(avance(await atelier.jouer())).toMatchObject({
      motif: 'VGM-SIG-016',
      erreur: { message: expect.stringMatching(/dépense est signée et n’est pas annoncée/) },
    });
  });

  test('a domain that says 1 and is not signed, beside one that is', async () => {
    const octets = await signe(
      'maire',
      { recette: [{ id: 'R1' }] },
      { cibles: { type: 'ids', ids: ['B1'] } },
    );
    expect((await juger(octets)).issue.erreur?.message).toMatch(/recette est annoncée dématérialisée/);
  });

  test('a file that can be read no more', async () => {
    const atelier = await monter(autorites);
    await atelier.poser(Buffer.from('<a/><b/>'));
    const issue = avance(await atelier.jouer());
    expect(issue).toMatchObject({ evenement: 'signature_defavorable', motif: 'VGM-SIG-030' });
  });
});

describe('what is only told', () => {
  const hash = 'roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=';
  test.each([
    ['its hash without the last « = » (libersign)', hash, hash.slice(0, -1)],
    ['the hash of the policy before (DGFiP, 2018)', hash, 'pYtFgzn09kQWZywqdIGVd1fFI07tjKmEAyQHr0l/YAk='],
    ['an OID that nobody knows', '1.2.250.1.131.1.5.18.21.1.7<', '1.2.250.1.131.1.5.18.21.1.99<'],
  ])('the policy: %s', async (_, avant, apres) => {
    const texte = (await signe('rsa')).toString('latin1').replace(avant, apres);
    const { issue, codes } = await juger(toutRefaire(texte, autorites.pki.lire('rsa.key')));
    expect(issue).toMatchObject({
      evenement: 'signature_favorable',
      motif: '1 signature, 1 avertissement',
    });
    expect(codes).toEqual(['politique avertir']);
  });

  test.each([
    ['Target without « # » (STELA)', 'Target="#SIG_1"', 'Target="SIG_1"'],
    [
      'no Type on the second reference (STELA)',
      ' Type="http://uri.etsi.org/01903/v1.1.1#SignedProperties"',
      '',
    ],
  ])('a habit of producers, not even told: %s', async (_, avant, apres) => {
    const texte = (await signe('rsa')).toString('latin1');
    expect(texte).toContain(avant);
    const refait = toutRefaire(texte.replace(avant, apres), autorites.pki.lire('rsa.key'));
    expect((await juger(refait)).codes).toEqual([]);
  });

  test.each(['1.1.1', '1.2.2', '1.3.2'] as const)('XAdES %s is read', async (version) => {
    expect((await juger(await signe('rsa', {}, { version }))).codes).toEqual([]);
  });

  test('a certificate that has expired since: valid on the day of the signature (S2LOW, policy § 4.4)', async () => {
    const { issue, codes } = await juger(await signe('bref'), { quand: midi('2026-06-21') });
    expect(issue.evenement).toBe('signature_favorable');
    expect(codes).toContain('certificat_expire avertir');
  });

  test('a date of signature to come', async () => {
    const { issue, codes } = await juger(await signe('maire'), { quand: INSTANT - 120_000 });
    expect(issue.evenement).toBe('signature_favorable');
    expect(codes).toEqual(['date_future avertir']);
  });

  test('a domain signed in part', async () => {
    const depense = [{ id: 'B1' }, { id: 'B2', idBord: '2' }];
    const octets = await signe('maire', { depense }, { cibles: { type: 'ids', ids: ['B2'] } });
    const { issue, rapport } = await juger(octets);
    expect(issue.evenement).toBe('signature_favorable');
    expect(rapport.constats).toMatchObject([{ controle: 'couverture_partielle', rang: null }]);
  });
});
