import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POLITIQUES_HELIOS } from '../../../../src/formats/xades/politiques.ts';
import type { ProfilXades } from '../../../../src/formats/xades/profil.ts';
import type { DemandeSignature, RefusSignature } from '../../../../src/formats/xades/signer-types.ts';
import type { Signataire } from '../../../../src/ports/signataire.ts';
import { le, type Pki } from '../certificats/pki.ts';
import { cleDe, morceaux, pes, pkiSignature, type Signe, signer, verifier } from './atelier.ts';

/** What is asked of a signature, what is refused and why, and that nothing else is touched (crypto.md § 7, § 9.12). */

let pki: Pki;
let cle: Signataire;
let signe: string;
beforeAll(async () => {
  pki = pkiSignature();
  cle = cleDe(pki, 'ec');
  signe = (await signer(pes(), cle)).octets.toString('latin1');
}, 60_000);
afterAll(() => pki.fermer());

const latin = (texte: string): Buffer => Buffer.from(texte, 'latin1');
const PES = pes().toString('latin1');

async function refuser(
  suite: Partial<DemandeSignature>,
  source: Buffer = pes(),
  par: Signataire = cle,
): Promise<readonly RefusSignature[]> {
  const { resultat, octets } = await signer(source, par, suite);
  expect(octets).toHaveLength(0);
  return resultat.type === 'refuse' ? resultat.motifs : expect.fail('it was signed');
}
const codes = async (...demande: Parameters<typeof refuser>): Promise<string[]> =>
  (await refuser(...demande)).map((m) => m.code);

describe('what is asked is looked at before the file is read', () => {
  test.each([
    ['before the certificate', { instant: le('2024-12-31T23:59:59Z') }, ['XDS-211']],
    ['after the certificate', { instant: le('2028-01-01T00:00:01Z') }, ['XDS-211']],
    ['a policy of SHA-1', { politique: POLITIQUES_HELIOS[2] }, ['XDS-212']],
    ['no role', { role: '' }, ['XDS-213']],
    ['a role of white space', { role: ' \u00a0\t' }, ['XDS-213']],
    ['a control in the role', { role: 'Maire\u0001' }, ['XDS-214']],
    ['a C1 control', { role: 'Maire\u0085' }, ['XDS-214']],
    ['half of a pair', { role: 'Maire\ud800' }, ['XDS-214']],
    ['a non-character', { role: 'Maire\uffff' }, ['XDS-214']],
    ['the other non-character', { role: 'Maire\ufffe' }, ['XDS-214']],
    ['a control in the city', { lieu: { ville: '\u0000', codePostal: '', pays: '' } }, ['XDS-214']],
    ['a control in the postal code', { lieu: { ville: '', codePostal: '\u001f', pays: '' } }, ['XDS-214']],
    ['a control in the country', { lieu: { ville: '', codePostal: '', pays: '\u007f' } }, ['XDS-214']],
    [
      'all at once',
      { instant: le('2024-01-01T00:00:00Z'), politique: POLITIQUES_HELIOS[2], role: ' \u0001' },
      ['XDS-211', 'XDS-212', 'XDS-214'],
    ],
  ] as readonly (readonly [string, Partial<DemandeSignature>, readonly string[]])[])(
    '%s',
    async (...[, suite, attendus]) => {
      const source = (): never => expect.fail('the file is read');
      expect(await codes({ source, ...suite })).toEqual(attendus);
    },
  );

  test('the dates of the certificate are both included', async () => {
    for (const instant of [le('2025-01-01T00:00:00Z'), le('2028-01-01T00:00:00Z')]) {
      expect((await signer(pes(), cle, { instant })).resultat.type).toBe('signe');
    }
  });

  test('what XML admits is signed: tabs, lines, accents, characters beyond 0xFFFF', async () => {
    const role = 'Maire\tdélégué\nde « l’Œuvre » \u{1f58b}';
    const { octets } = await signer(pes(), cle, { role, lieu: null });
    expect((await verifier(octets)).signatures[0]).toMatchObject({
      roles: [role],
      lieu: null,
      etat: 'valide',
    });
  });

  test('a certificate that cannot be read, an algorithm that is none: said', async () => {
    const [illisible] = await refuser({}, pes(), { ...cle, certificat: Buffer.from('AAAA') });
    expect(illisible?.code).toBe('XDS-210');
    const [autre] = await refuser({}, pes(), { ...cle, algorithme: 'RSA-MD5' as 'RSA-SHA256' });
    expect([autre?.code, autre?.message]).toEqual(['XDS-210', expect.stringContaining('(RSA-MD5)')]);
  });

  test('the policy refused is named', async () => {
    const [motif] = await refuser({ politique: POLITIQUES_HELIOS[2] as (typeof POLITIQUES_HELIOS)[number] });
    expect(motif?.message).toContain('« urn:oid:1.2.250.1.131.1.5.18.21.1.4 »');
  });
});

describe('what may be signed in a file', () => {
  test.each([
    ['not a PES', '<a/>', {}, ['XDS-201']],
    ['a root of another namespace', '<n:PES_Aller xmlns:n="urn:x"><a/></n:PES_Aller>', {}, ['XDS-201']],
    [
      'no bordereau',
      PES.replaceAll('Bordereau ', 'Autre ').replaceAll('</Bordereau>', '</Autre>'),
      {},
      ['XDS-202'],
    ],
    [
      'an Id that nobody bears',
      PES,
      { cibles: { type: 'ids', ids: ['BORD1', 'RIEN', 'RIEN'] } },
      ['XDS-203'],
    ],
    ['no Id asked', PES, { cibles: { type: 'ids', ids: [] } }, ['XDS-202']],
    ['a piece', PES.replace('<PJ>', '<PJ Id="P">'), { cibles: { type: 'ids', ids: ['P'] } }, ['XDS-203']],
    ['a file without Id', PES, { cibles: { type: 'fichier' } }, ['XDS-204']],
    ['an Id that is no simple name', PES.replace('"BORD1"', '"1&lt;"'), {}, ['XDS-226']],
    ['an Id too long', PES.replace('"BORD1"', `"${'B'.repeat(202)}"`), {}, ['XDS-226']],
    [
      'an empty bordereau',
      PES.replace(/<Bordereau Id="BORD1".*?<\/Bordereau>/s, '<Bordereau Id="BORD1"/>'),
      {},
      ['XDS-208'],
    ],
    ['XML that is not well formed', PES.replace('</n:PES_Aller>', ''), {}, ['XML-012']],
    ['a DOCTYPE', PES.replace('?>', '?><!DOCTYPE x>'), {}, ['XML-006']],
  ] as readonly (readonly [string, string, Partial<DemandeSignature>, readonly string[]])[])(
    '%s',
    async (...[nom, texte, suite, attendus]) => {
      const source =
        nom === 'a file without Id' ? texte.replace(/(<n:PES_Aller[^>]*) Id="[^"]*"/, '$1') : texte;
      expect(await codes(suite, latin(source))).toEqual(attendus);
    },
  );

  test('what is refused is named as people know it', async () => {
    const message = async (...demande: Parameters<typeof refuser>): Promise<string> =>
      (await refuser(...demande)).map((m) => m.message).join(' ');
    expect(await message({}, latin('<x:a xmlns:x="urn:x"/>'))).toContain('« x:a »');
    expect(await message({ cibles: { type: 'ids', ids: ['RIEN'] } })).toContain('« RIEN »');
    expect(await message({}, pes({ idBordereau: '' }))).toMatch(/« Bordereau 1 ».*« Bordereau 2 »/);
    expect(await message({}, latin(PES.replace('"BORD1"', '"1x"')))).toContain('« 1x »');
    const nu = PES.replace(/<Bordereau Id="BORD1".*?<\/Bordereau>/s, '<Bordereau/>');
    expect(await message({}, latin(nu))).toContain('« Bordereau » est vide');
    expect(await message({}, latin(PES.replace('</n:PES_Aller>', '')))).toMatch(
      /\(ligne \d+, colonne \d+\)$/,
    );
  });

  test('a bordereau that is signed already; the others may be', async () => {
    const premier = (await signer(pes(), cle, { cibles: { type: 'ids', ids: ['BORD1'] } })).octets;
    const motifs = await refuser({ identifiants: (rang) => `T${rang}` }, premier);
    expect(motifs.map((m) => [m.code, m.message.includes('« BORD1 »')])).toEqual([['XDS-205', true]]);
    const second = { cibles: { type: 'ids', ids: ['BORD2'] }, identifiants: () => 'T1' } as const;
    const { octets } = await signer(premier, cle, second);
    expect(await verifier(octets)).toMatchObject({ conclusion: 'valide', signatures: [{}, { id: 'T1' }] });
  });

  test('a file that is signed whole is touched no more', async () => {
    const racine = latin(
      PES.replace('<n:PES_Aller ', '<n:PES_Aller Id="TOUT" ').replace(/ Id="TOUT"(?=[^>]* Id=)/, ''),
    );
    const tout = (await signer(racine, cle, { cibles: { type: 'fichier' } })).octets;
    expect(tout.length).toBeGreaterThan(racine.length);
    const identifiants = (rang: number): string => `T${rang}`;
    expect(await codes({ identifiants }, tout)).toEqual(['XDS-206']);
    expect(await codes({ identifiants, cibles: { type: 'fichier' } }, tout)).toEqual(['XDS-206']);
  });

  test('a file whose bordereaux are signed is not signed whole', async () => {
    const racine = signe
      .replace('<n:PES_Aller ', '<n:PES_Aller Id="TOUT" ')
      .replace(/ Id="TOUT"(?=[^>]* Id=)/, '');
    const motifs = await refuser({ cibles: { type: 'fichier' }, identifiants: () => 'T' }, latin(racine));
    expect(motifs.map((m) => [m.code, m.message.includes('déjà 2 signature(s)')])).toEqual([
      ['XDS-207', true],
    ]);
  });

  test('the file and a bordereau are not asked together', async () => {
    const racine = PES.replace('<n:PES_Aller ', '<n:PES_Aller Id="TOUT" ').replace(
      / Id="TOUT"(?=[^>]* Id=)/,
      '',
    );
    const id = /<n:PES_Aller[^>]* Id="([^"]*)"/.exec(racine)?.[1] ?? '';
    const motifs = await refuser({ cibles: { type: 'ids', ids: [id, 'BORD1', 'BORD2'] } }, latin(racine));
    expect(motifs.map((m) => [m.code, m.message.includes('déjà 2')])).toEqual([['XDS-207', true]]);
  });

  test('an Id of 201 characters is a simple name', async () => {
    const texte = PES.replace('"BORD1"', `"${'B'.repeat(201)}"`);
    expect((await signer(latin(texte), cle)).resultat.type).toBe('signe');
  });
});

describe('identifiers of signatures are simple names, new in the file', () => {
  test.each(['', '1S', 'S é', '-S', 'a:b', 'BORD2', 'S'.repeat(202)])(
    '« %s » is refused, and named',
    async (id) => {
      const [motif] = await refuser({ identifiants: () => id });
      expect([motif?.code, motif?.message.includes(`« ${id.slice(0, 120)}`)]).toEqual(['XDS-209', true]);
    },
  );

  test('one whose parts are taken, one given twice', async () => {
    const pris = latin(PES.replace('<PES_PJ>', '<PES_PJ Id="S_SP">'));
    expect(await codes({ identifiants: () => 'S' }, pris)).toEqual(['XDS-209']);
    expect(await codes({ identifiants: () => 'S' })).toEqual(['XDS-209']);
    expect(await codes({ identifiants: (rang) => (rang === 1 ? 'S' : 'S_SV') })).toEqual(['XDS-209']);
  });

  test('ranks go from 1, in the order of the file; what was made is told', async () => {
    const { resultat } = await signer(pes(), cle, { identifiants: (rang) => `S.${rang}-_x` });
    expect(resultat).toMatchObject({
      type: 'signe',
      signatures: [
        { id: 'S.1-_x', cible: 'BORD1', etiquette: '1' },
        { id: 'S.2-_x', cible: 'BORD2', etiquette: '2' },
      ],
    });
  });
});

describe('an Id that is missing is added only when told so', () => {
  const nus = (): Buffer => pes({ idBordereau: '' });

  test('in the order of the file, from 1, a simple name each', async () => {
    const { resultat } = await signer(nus(), cle, { idManquant: (rang) => `N${rang}` });
    expect(resultat).toMatchObject({
      signatures: [
        { cible: 'N1', etiquette: '1' },
        { cible: 'N2', etiquette: '2' },
      ],
    });
    const [motif] = await refuser({ idManquant: () => '1 N' }, nus());
    expect([motif?.code, motif?.message.includes('« 1 N »')]).toEqual(['XDS-209', true]);
  });

  test('one that is taken already, or twice the same: two elements would bear it', async () => {
    expect(await codes({ idManquant: () => 'N' }, nus())).toEqual(['XML-018']);
  });

  test('only those that miss one: the others keep theirs', async () => {
    const texte = PES.replace(' Id="BORD1"', '');
    const { resultat, octets } = await signer(latin(texte), cle, { idManquant: (rang) => `N${rang}` });
    expect(resultat).toMatchObject({ signatures: [{ cible: 'N1' }, { cible: 'BORD2' }] });
    expect((await verifier(octets)).conclusion).toBe('valide');
  });

  test('a source that changes between the two readings is told', async () => {
    let lectures = 0;
    const source = (): Iterable<Uint8Array> => {
      lectures += 1;
      return [lectures === 1 ? nus() : pes({ idBordereau: '', pj: 101 })];
    };
    expect(await codes({ source, idManquant: (rang) => `N${rang}` })).toEqual(['XDS-215']);
  });
});

describe('every byte but those of the signatures is the one received', () => {
  const sans = (texte: string): string => texte.replace(/<ds:Signature .*?<\/ds:Signature>/gs, '');

  test('digests and sizes of the file as received and as written', async () => {
    const source = pes({ fin: '\r\n' });
    const { resultat, octets } = await signer(source, cle);
    const mesure = (o: Uint8Array) => ({
      sha256: createHash('sha256').update(o).digest('hex'),
      octets: o.length,
    });
    expect(resultat).toMatchObject({ avant: mesure(source), apres: mesure(octets) });
    expect(sans(octets.toString('latin1'))).toBe(source.toString('latin1'));
  });

  test('with an Id added, « avant » is the file as received', async () => {
    const source = pes({ idBordereau: '' });
    const { resultat } = await signer(source, cle, { idManquant: (rang) => `N${rang}` });
    expect(resultat).toMatchObject({ avant: { octets: source.length } });
  });

  test('the cut of the file changes nothing of what is written', async () => {
    const attendu = sans(signe);
    for (const pas of [1, 100, 1 << 20]) {
      const { octets } = await signer(pes(), cle, { source: () => morceaux(pes(), pas) });
      expect(sans(octets.toString('latin1'))).toBe(attendu);
      expect((await verifier(octets)).conclusion).toBe('valide');
    }
  });

  test('each signature is the last child of what it signs', () => {
    expect(signe.split('</ds:Signature></Bordereau>')).toHaveLength(3);
  });

  test('who writes is awaited', async () => {
    let ecrits = 0;
    const { resultat } = await signer(pes(), cle, {
      ecrire: async (octets) => {
        const avant = ecrits;
        await Promise.resolve();
        expect(ecrits).toBe(avant);
        ecrits += octets.length;
      },
    });
    expect(resultat).toMatchObject({ apres: { octets: ecrits } });
  });

  test('the source changed while it was copied: what was written is to be thrown away', async () => {
    let lectures = 0;
    const { resultat } = await signer(pes(), cle, {
      source: () => {
        lectures += 1;
        return [latin(lectures === 1 ? PES : PES.replace('V="123"', 'V="124"'))];
      },
    });
    expect(resultat).toMatchObject({ type: 'refuse', motifs: [{ code: 'XDS-215' }] });
  });

  test('a key that is not the one of the certificate: nothing is written', async () => {
    expect(await codes({}, pes(), { ...cle, certificat: pki.der('signataire') })).toEqual(['XDS-216']);
  });
});

test('where a file takes its signatures is a profile, not a law', async () => {
  const profil: ProfilXades = {
    racine: { espace: 'urn:x', local: 'lots' },
    unites: [{ chemin: ['lot'], etiquette: { chemin: ['nom'], attribut: 'v' } }],
    pieces: [],
  };
  const source = Buffer.from('<lots xmlns="urn:x"><lot xmlns="" Id="L1"><nom v="premier"/></lot></lots>');
  const resultat: Signe = await signer(source, cle, { profil });
  expect(resultat.resultat).toMatchObject({ signatures: [{ cible: 'L1', etiquette: 'premier' }] });
  expect((await verifier(resultat.octets, { profil })).conclusion).toBe('valide');
  expect((await verifier(resultat.octets)).conclusion).toBe('refusee');
});

test('limits of the reading are those asked', async () => {
  expect(await codes({ lecture: { limites: { octets: 100 } } })).toEqual([expect.stringMatching(/^XML-/)]);
});
