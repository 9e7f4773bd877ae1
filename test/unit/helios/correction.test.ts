import { describe, expect, test } from 'vitest';
import type { Etat } from '../../../src/metier/etats.ts';
import type { FluxId, Sha256 } from '../../../src/metier/identifiants.ts';
import type { IssueTranchee } from '../../../src/protocoles/helios/accuse/jugement.ts';
import { type Correction, correction } from '../../../src/protocoles/helios/correction.ts';
import { verifierCorrection } from '../../../src/protocoles/helios/correction/verifier.ts';
import { lireFichierPes } from '../../../src/protocoles/helios/lecture/lire.ts';
import { faits, faitsDe, fixture } from './decor.ts';
import { type BordereauEssai, pes, type PesEssai } from './generateur.ts';
import { acquit, acquitDe, bordereau, erreur, fichier, fixtureEtat, pj } from './retours.ts';

const FLUX = '01980000-0000-7000-8000-000000000001' as FluxId;
const SHA = 'ab'.repeat(32) as Sha256;
const LE_2 = '2026-03-02T10:00:00.000Z';
/** Made on the 3rd, at noon in Paris. */
const ACK_DU_3 = '034079_260303120000-ACK-A0000001_A0000001_KO.xml';

interface Cas {
  readonly pes?: PesEssai;
  /** Content of ACQUIT. */
  readonly elements: string;
  readonly etat?: Etat;
  readonly departs?: readonly string[];
  readonly tranche?: IssueTranchee;
}

async function corriger(cas: Cas): Promise<Correction> {
  return correction({
    flux: {
      id: FLUX,
      identite: '123/VALMONCEL_1',
      etat: cas.etat ?? 'acquitte_partiel',
      resume: { departs: cas.departs ?? [LE_2] },
    },
    acquittement: ACK_DU_3,
    tranche: cas.tranche ?? null,
    bilan: acquitDe(acquit({ elements: cas.elements })).bilan,
    envoye: await faits(cas.pes),
    sha256: SHA,
  });
}

const P1 = { idUnique: 'P1' };
const P2 = { idUnique: 'P2' };
/** Two bordereaux, 41 that cites P1 and 42 that cites P2. */
const DEUX: PesEssai = {
  depense: [
    { idBord: '41', pjRef: [P1] },
    { idBord: '42', pjRef: [P2] },
  ],
  pieces: [P1, P2],
};

const conduites = (c: Correction): string[] => [
  ...c.bordereaux.map((b) => `${b.numero} ${b.conduite}`),
  ...c.pieces.map((p) => `${p.idUnique} ${p.conduite}`),
];

describe('a file taken in part (d.2: the unit is the bordereau, or the piece)', () => {
  test('what is in leaves the next file; what is refused stays, with the words of the State', async () => {
    const c = await corriger({
      pes: DEUX,
      elements:
        bordereau('41') +
        bordereau(
          '42',
          '0',
          `${erreur('ERREUR_CUMUL_MONTANTS')}<DetailPiece><NumPiece V="7"/><DetailLigne><NumLigne V="3"/>${erreur('ERREUR_AUTRE', '1971 - compte fonction')}</DetailLigne></DetailPiece>`,
        ) +
        pj('P1') +
        pj('P2'),
    });
    expect(conduites(c)).toEqual(['41 retirer', '42 corriger', 'P1 retirer', 'P2 retirer']);
    expect(c.conduite).toBe('corriger');
    expect(c.autreNom).toBe(true);
    expect(c.consigne).toMatch(/autre fichier.*autre nom \(NomFic\)/);
    const [, refuse] = c.bordereaux;
    expect(refuse).toMatchObject({
      nom: 'bordereau de dépense n° 42 (2026)',
      sort: 'refuse',
      type: '01',
      pieces: ['P2'],
      erreurs: [
        { code: 'ERREUR_CUMUL_MONTANTS', libelle: null, explication: expect.stringMatching(/cumulé/) },
        { code: 'ERREUR_AUTRE', libelle: '1971 - compte fonction', piece: '7', ligne: '3', niveau: 'ligne' },
      ],
    });
    expect(refuse?.consigne).toMatch(/PJRef.*sans les joindre : P2\.$/);
    expect(c.pieces[0]?.bordereaux).toEqual(['bordereau de dépense n° 41 (2026)']);
    // what the API hands over says the same
    expect(JSON.parse(JSON.stringify(c))).toEqual(c);
  });

  test('a refused piece whose bordereau is in goes alone, in a PES PJ', async () => {
    const elements = bordereau('41') + bordereau('42') + pj('P1', '0', erreur('ERREUR_PJ')) + pj('P2');
    const c = await corriger({ pes: DEUX, elements });
    expect(conduites(c)).toEqual(['41 retirer', '42 retirer', 'P1 corriger', 'P2 retirer']);
    expect(c.pieces[0]?.consigne).toMatch(/part seule \(PES PJ\).*RefCompta/);
    const avec = await corriger({
      pes: DEUX,
      elements: elements.replace(bordereau('41'), bordereau('41', '0', erreur('ERREUR_AUTRE'))),
    });
    expect(avec.pieces[0]?.consigne).not.toMatch(/PES PJ/);
  });

  test('our fixtures: the dépense and its acquittement', async () => {
    const c = correction({
      flux: { id: FLUX, identite: 'x', etat: 'acquitte_partiel', resume: {} },
      acquittement: ACK_DU_3,
      tranche: null,
      bilan: acquitDe(fixtureEtat('acquit/partiel')).bilan,
      envoye: await faitsDe(fixture('depense')),
      sha256: SHA,
    });
    expect(conduites(c)).toEqual([
      '41 corriger',
      '42 retirer',
      'VALMONCEL2026PJ0001 retirer',
      'VALMONCEL2026PJ0003 renumeroter',
    ]);
    expect(c.bordereaux[0]?.erreurs).toHaveLength(5);
    expect(c.complete).toBe(true);
  });

  test('what the answer leaves out, or tells both ways, is for a person', async () => {
    const c = await corriger({ pes: DEUX, elements: bordereau('41') + bordereau('41', '0') + pj('P1') });
    expect(conduites(c)).toEqual(['41 trancher', '42 trancher', 'P1 retirer', 'P2 trancher']);
    expect(c.bordereaux.map((b) => b.consigne)).toEqual([
      expect.stringMatching(/se contredit.*demander au comptable/),
      expect.stringMatching(/ne dit rien de ce bordereau : demander au comptable/),
    ]);
    expect(c.conduite).toBe('trancher');
  });

  test('a refusal of the file beside parts that are all accepted by name is a question, not a file to send', async () => {
    const elements = fichier('99', '0', erreur('ERREUR_PES_PARAM')) + bordereau('41');
    const c = await corriger({ pes: { depense: [{ idBord: '41' }] }, elements });
    expect([conduites(c), c.conduite]).toEqual([['41 retirer'], 'trancher']);
    // as soon as one part takes it, it is that part that goes again
    const deux = await corriger({ pes: DEUX, elements: elements + bordereau('42') + pj('P1') });
    expect([conduites(deux), deux.conduite]).toEqual([
      ['41 retirer', '42 retirer', 'P1 retirer', 'P2 corriger'],
      'corriger',
    ]);
  });

  test('a person settled it: the next file follows that word', async () => {
    const elements = bordereau('41') + bordereau('41', '0') + pj('P1');
    const accepte = await corriger({ pes: DEUX, elements, etat: 'acquitte', tranche: 'accepte' });
    expect(accepte.conduite).toBe('rien');
    const refuse = await corriger({ pes: DEUX, elements, etat: 'anomalie', tranche: 'refuse' });
    expect(new Set(refuse.bordereaux.map((b) => b.conduite))).toEqual(new Set(['corriger']));
    const partiel = await corriger({ pes: DEUX, elements, tranche: 'partiel' });
    expect(conduites(partiel)).toEqual(['41 trancher', '42 trancher', 'P1 retirer', 'P2 trancher']);
  });

  test('signatures of what changes are to be made again', async () => {
    const elements = bordereau('41', '0', erreur('ERREUR_SIGNATURE_BORDEREAU_INVALIDE'));
    const signe = { depense: [{ idBord: '41', id: 'B41', signe: true }] };
    expect((await corriger({ pes: signe, elements })).consigne).toMatch(/Refaire les signatures/);
    expect((await corriger({ pes: { depense: [{ idBord: '41' }] }, elements })).consigne).not.toMatch(
      /signatures/,
    );
  });
});

describe('a double (d.3)', () => {
  const elements = bordereau('41', '0', erreur('ERREUR_DOUBLON_BORDEREAU')) + bordereau('42');

  test('after a second sending it proves the first: nothing is sent again', async () => {
    const c = await corriger({ pes: { depense: DEUX.depense ?? [] }, elements, departs: [LE_2, LE_2] });
    expect(conduites(c)).toEqual(['41 retirer', '42 retirer']);
    expect(c.bordereaux[0]?.consigne).toMatch(/parti 2 fois.*le premier envoi a réussi/);
    expect(c.conduite).toBe('rien');
    expect(c.consigne).toMatch(/ne rien renvoyer/);
  });

  test('of a single sending it is a number that stands already', async () => {
    const c = await corriger({ pes: { depense: DEUX.depense ?? [] }, elements });
    expect(conduites(c)).toEqual(['41 renumeroter', '42 retirer']);
    expect(c.bordereaux[0]?.consigne).toMatch(/IdBord.*n’était alors parti qu’une fois/);
    expect(c.conduite).toBe('corriger');
  });

  test('answered before the second sending, it was of the first one', async () => {
    const departs = [LE_2, '2026-03-04T10:00:00.000Z'];
    const c = await corriger({ pes: { depense: DEUX.depense ?? [] }, elements, departs });
    expect(conduites(c)).toEqual(['41 renumeroter', '42 retirer']);
    expect(c.departs).toBe(1);
  });

  test('of a pièce or a line: the bordereau keeps its number, the pièce changes its own', async () => {
    const detail = `<DetailPiece><NumPiece V="7"/>${erreur('ERREUR_DOUBLON_PIECE')}</DetailPiece>`;
    const c = await corriger({
      pes: { depense: [{ idBord: '41' }] },
      elements: bordereau('41', '0', detail),
      etat: 'anomalie',
    });
    expect(c.bordereaux[0]).toMatchObject({ sort: 'doublon', conduite: 'corriger' });
    expect(c.bordereaux[0]?.consigne).toMatch(/numéro d’une pièce ou d’une ligne/);
  });

  test('the number 1984 of the words says so under any code', async () => {
    const c = await corriger({
      pes: DEUX,
      elements:
        bordereau('41') + bordereau('42') + pj('P1', '0', erreur('ERREUR_AUTRE', '1984 - déjà')) + pj('P2'),
    });
    expect(c.pieces[0]).toMatchObject({ conduite: 'renumeroter' });
    expect(c.pieces[0]?.consigne).toMatch(/IdUnique/);
  });
});

describe('passing troubles of the State (d.3)', () => {
  test.each(['ERREUR_TIMEOUT', 'ERREUR_CONNECTION_IMPOSSIBLE_A_LA_BASE'])(
    '%s of the whole file: the same file may go again, under its own name',
    async (code) => {
      const c = await corriger({ pes: DEUX, elements: fichier('0', '0', erreur(code)), etat: 'anomalie' });
      expect(new Set(c.bordereaux.map((b) => b.conduite))).toEqual(new Set(['renvoyer']));
      expect(c.bordereaux[0]?.erreurs).toMatchObject([{ code }]);
      expect(c.conduite).toBe('renvoyer');
      expect(c.autreNom).toBe(false);
      expect(c.consigne).toMatch(/même fichier, tel quel/);
      expect(c.generales).toMatchObject([{ nom: 'fichier (technique)', conduite: 'renvoyer' }]);
    },
  );

  test('of one bordereau: it goes again unchanged, in a file without the others', async () => {
    const elements = bordereau('41', '0', erreur('ERREUR_TIMEOUT')) + bordereau('42');
    const c = await corriger({ pes: { depense: DEUX.depense ?? [] }, elements });
    expect(conduites(c)).toEqual(['41 renvoyer', '42 retirer']);
    expect(c.conduite).toBe('corriger');
  });

  test('beside an error of the file, a correction is needed', async () => {
    const elements = bordereau('41', '0', erreur('ERREUR_TIMEOUT') + erreur('ERREUR_AUTRE'));
    expect(conduites(await corriger({ pes: { depense: [{ idBord: '41' }] }, elements }))).toEqual([
      '41 corriger',
    ]);
  });
});

describe('the file as a whole', () => {
  test('accepted without a name said: nothing to send', async () => {
    const c = await corriger({ pes: DEUX, elements: fichier('0', '1'), etat: 'acquitte' });
    expect(conduites(c)).toEqual(['41 retirer', '42 retirer', 'P1 retirer', 'P2 retirer']);
    expect([c.conduite, c.consigne]).toEqual(['rien', expect.stringMatching(/ne rien renvoyer/)]);
    expect(c.bordereaux[0]?.consigne).toMatch(/sans nommer ce bordereau/);
  });

  test('accepted by name: what is not named is for a person, a double costs less than a loss', async () => {
    const c = await corriger({ pes: DEUX, elements: bordereau('41') + pj('P1'), etat: 'acquitte' });
    expect(conduites(c)).toEqual(['41 retirer', '42 trancher', 'P1 retirer', 'P2 trancher']);
    expect(c.conduite).toBe('trancher');
  });

  test('refused: all of it is to be corrected, for the reason of the file', async () => {
    const elements = fichier('99', '0', erreur('ERREUR_CODE_COLLECTIVITE_BUDGET'));
    const c = await corriger({ pes: DEUX, elements, etat: 'anomalie' });
    expect(new Set(conduites(c).map((l) => l.split(' ')[1]))).toEqual(new Set(['corriger']));
    expect(c.pieces[0]?.erreurs).toMatchObject([{ explication: expect.stringMatching(/budget/) }]);
  });

  test('without bordereau nor piece, the answer about the file is all there is', async () => {
    const marche = '<ElementACQUIT><DomaineAck V="11"/><EtatAck V="0"/><IdMarche V="M1"/></ElementACQUIT>';
    const vide = { depense: null, suite: '<PES_Marche><X/></PES_Marche>' };
    const c = await corriger({ pes: vide, elements: marche, etat: 'anomalie' });
    expect(c.conduite).toBe('corriger');
    expect(c.generales).toMatchObject([{ nom: 'marché M1', conduite: 'corriger' }]);
    const seul = await corriger({ pes: vide, elements: fichier('0', '0', erreur('ERREUR_TIMEOUT')) });
    expect(seul.conduite).toBe('renvoyer');
  });

  test('a list that was cut is said to be', async () => {
    const c = correction({
      flux: { id: FLUX, identite: 'x', etat: 'acquitte_partiel', resume: {} },
      acquittement: ACK_DU_3,
      tranche: null,
      bilan: acquitDe(acquit({ elements: bordereau('1') })).bilan,
      envoye: await faits({ depense: [{ idBord: '1' }, { idBord: '2' }] }, { maxima: { bordereaux: 1 } }),
      sha256: SHA,
    });
    expect(c.complete).toBe(false);
  });

  test('twenty thousand bordereaux are held against twenty thousand answers at once', async () => {
    const tous = Array.from({ length: 20_000 }, (_, k): BordereauEssai => ({ idBord: String(k + 1) }));
    const elements = tous.map((b) => bordereau(b.idBord ?? '', '1')).join('');
    const c = await corriger({ pes: { depense: tous }, elements, etat: 'acquitte' });
    expect(c.bordereaux.every((b) => b.sort === 'accepte')).toBe(true);
    expect(c.bordereaux).toHaveLength(20_000);
  });
});

describe('verifierCorrection', () => {
  /** 41 and P1 in; 42 refused; P2 under a number that is taken. */
  const elements =
    bordereau('41') +
    bordereau('42', '0', erreur('ERREUR_AUTRE')) +
    pj('P1') +
    pj('P2', '0', erreur('ERREUR_DOUBLON_PJ'));

  const verifier = async (nouveau: PesEssai, cas: Partial<Cas> = {}): Promise<string[]> => {
    const c = await corriger({ pes: DEUX, elements, ...cas });
    const octets = pes({ ...nouveau, entetes: { NomFic: 'VALMONCEL_2', ...nouveau.entetes } });
    const lecture = await lireFichierPes([octets]);
    return verifierCorrection(c, lecture).map(
      (a) => `${a.gravite.slice(0, 1)} ${a.code.slice(-2)} ${a.message}`,
    );
  };

  const BON: PesEssai = {
    depense: [{ idBord: '42', pjRef: [{ idUnique: 'P9' }] }],
    pieces: [{ idUnique: 'P9' }],
  };

  test('a good one: only what it brings anew is told', async () => {
    expect(await verifier(BON)).toEqual([
      'a 07 Pièce justificative P2 : plus sous ce numéro.',
      'a 09 Pièce justificative P9 : n’était pas dans le premier fichier.',
    ]);
  });

  test('every accepted bordereau and piece still there, every refused one missing', async () => {
    expect(await verifier({ depense: [{ idBord: '041', exer: '02026' }], pieces: [P1, P2] })).toEqual([
      'b 05 Bordereau de dépense n° 41 (2026) : encore dans le fichier.',
      'b 06 Bordereau de dépense n° 42 (2026) : absent du fichier.',
      'b 05 Pièce justificative P1 : encore dans le fichier.',
      'b 07 Pièce justificative P2 : encore sous ce numéro.',
    ]);
  });

  test('the same number of another type, of another year, of recette, is another bordereau', async () => {
    const autres = [{ idBord: '42' }, { idBord: '41', typBord: '02' }, { idBord: '41', exer: '2027' }];
    const dits = await verifier({ depense: autres, recette: [{ idBord: '41' }] });
    expect(dits.filter((d) => d.startsWith('b'))).toEqual([]);
    expect(dits.filter((d) => d.startsWith('a 09'))).toHaveLength(3);
  });

  test('the name of the first, another budget', async () => {
    const dits = await verifier({ ...BON, entetes: { NomFic: 'VALMONCEL_1', CodBud: '01' } });
    expect(dits.slice(0, 2)).toEqual([
      'b 02 Ce fichier est du budget « 123/01 », le premier était du budget « 123/00 ».',
      'b 03 Ce fichier porte le même nom (NomFic) que le premier, « VALMONCEL_1 ».',
    ]);
    const libre = await verifier({ ...BON, entetes: { NomFic: 'VALMONCEL_1' } }, { etat: 'anomalie' });
    expect(libre.filter((d) => d.startsWith('b'))).toEqual([]);
  });

  test('the first file again: nothing was corrected, unless it may go as it is', async () => {
    const octets = pes({ ...DEUX, entetes: { NomFic: 'VALMONCEL_1' } });
    const lecture = await lireFichierPes([octets]);
    const c = { ...(await corriger({ pes: DEUX, elements })), sha256: lecture.sha256 };
    expect(verifierCorrection(c, lecture)[0]).toMatchObject({ code: 'HELIOS-COR-04', gravite: 'bloquante' });
    const temps = fichier('0', '0', erreur('ERREUR_TIMEOUT'));
    const t = {
      ...(await corriger({ pes: DEUX, elements: temps, etat: 'anomalie' })),
      sha256: lecture.sha256,
    };
    expect(verifierCorrection(t, lecture)).toEqual([]);
  });

  test('what is undecided is told, wherever it stands', async () => {
    const dits = await verifier({ depense: [{ idBord: '41' }] }, { elements: pj('P1') + pj('P2') });
    expect(dits).toEqual([
      'a 08 Bordereau de dépense n° 41 (2026) : dans le fichier.',
      'a 08 Bordereau de dépense n° 42 (2026) : hors du fichier.',
    ]);
  });

  test('no PES Aller, or more than can be compared', async () => {
    const c = await corriger({ pes: DEUX, elements });
    const codes = (f: Parameters<typeof verifierCorrection>[1]): string[] =>
      verifierCorrection(c, f).map((a) => a.code);
    const autre = await lireFichierPes([Buffer.from('<a/>')]);
    expect(codes(autre)).toEqual(['HELIOS-COR-01']);
    expect(codes({ faits: null, sha256: '' })).toEqual(['HELIOS-COR-01']);
    const long = await lireFichierPes([pes({ depense: [{ idBord: '42' }, { idBord: '43' }] })], {
      maxima: { bordereaux: 1 },
    });
    expect(codes(long)).toContain('HELIOS-COR-10');
  });
});
