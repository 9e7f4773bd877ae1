import { describe, expect, test } from 'vitest';
import { lire } from '../../../src/protocoles/helios/accuse.ts';
import { nommerUnite } from '../../../src/protocoles/helios/accuse/bilan.ts';
import { destinataire } from '../../../src/protocoles/helios/accuse/destinataire.ts';
import { DOMAINES_ACK, REFUS_ACK, refusDe } from '../../../src/protocoles/helios/codes.ts';
import type { Siren } from '../../../src/metier/identifiants.ts';
import {
  acquit,
  acquitDe,
  bordereau,
  erreur,
  fichier,
  fixtureEtat,
  messageDe,
  pj,
  texteAcquit,
} from './retours.ts';

const sorts = (octets: Uint8Array): string[] =>
  acquitDe(octets).bilan.unites.map((u) => `${nommerUnite(u)} : ${u.sort}`);

describe('PES_ACQUIT of the second form (fixtures/helios/acquit/partiel.xml)', () => {
  const message = acquitDe(fixtureEtat('acquit/partiel'));

  test('a file taken in part: which bordereaux and which pieces are in, which are out', () => {
    expect(message.bilan.issue).toBe('partiel');
    expect(sorts(fixtureEtat('acquit/partiel'))).toEqual([
      'bordereau de dépense n° 41 (2026) : refuse',
      'bordereau de dépense n° 42 (2026) : accepte',
      'pièce justificative VALMONCEL2026PJ0001 : accepte',
      'pièce justificative VALMONCEL2026PJ0003 : doublon',
    ]);
  });

  test('all errors, at their three levels, in the order of the file', () => {
    expect(message.bilan.unites[0]?.erreurs).toEqual([
      {
        niveau: 'element',
        piece: null,
        ligne: null,
        code: 'ERREUR_CUMUL_MONTANTS',
        libelle: '2101 - Cumul erroné',
        sens: 'a_corriger',
      },
      {
        niveau: 'piece',
        piece: '212',
        ligne: null,
        code: 'ERREUR_CODIFICATION',
        libelle: null,
        sens: 'a_corriger',
      },
      {
        niveau: 'ligne',
        piece: '212',
        ligne: '1',
        code: 'ERREUR_AUTRE',
        libelle: '1971 - Compte fonction présent à tort',
        sens: 'a_corriger',
      },
      {
        niveau: 'ligne',
        piece: '212',
        ligne: '1',
        code: 'ERREUR_AUTRE',
        libelle: '2559 - Code service inconnu',
        sens: 'a_corriger',
      },
      {
        niveau: 'ligne',
        piece: '213',
        ligne: '2',
        code: null,
        libelle: '1971 - Compte fonction présent à tort',
        sens: 'a_corriger',
      },
    ]);
  });

  test('in words: what happened, the first motive, how many more, what to do', () => {
    expect(message.libelle).toBe(
      'Fichier accepté en partie par Hélios : 1 bordereau et 1 PJ acceptés ; 1 bordereau refusé ; 1 PJ déjà détenue.',
    );
    expect(message.erreur).toMatchObject({
      code: 'ERREUR_CUMUL_MONTANTS',
      nature: 'definitive',
      message: 'Bordereau de dépense n° 41 (2026) : 2101 - Cumul erroné (et 5 autres motifs).',
      remede: expect.stringMatching(/sans les bordereaux ni les PJ déjà acceptés/),
    });
  });

  test('the fields kept with the flux: what is out comes first', () => {
    expect(message.champs).toMatchObject({
      issue: 'partiel',
      nombreUnites: 4,
      unites: [
        { unite: 'bordereau de dépense n° 41 (2026)', sort: 'refuse' },
        { unite: 'pièce justificative VALMONCEL2026PJ0003', sort: 'doublon' },
        { sort: 'accepte' },
        { sort: 'accepte' },
      ],
    });
  });
});

describe('the other forms', () => {
  test('the first form says the same, one flat answer for each error', () => {
    const message = acquitDe(fixtureEtat('acquit/premiere-forme'));
    expect(message.lu).toMatchObject({ type: 'acquit', forme: 'V1' });
    expect(message.bilan.issue).toBe('partiel');
    expect(message.bilan.unites[1]).toMatchObject({
      unite: { type: 'bordereau', numero: '41', exercice: '2026' },
      sort: 'refuse',
      erreurs: [
        { niveau: 'ligne', piece: '212', ligne: '1', code: 'ERREUR_AUTRE' },
        { niveau: 'piece', piece: '213', ligne: null, code: 'ERREUR_CODIFICATION' },
      ],
    });
  });

  test('the whole file refused: errors of the file, none of a bordereau', () => {
    const message = acquitDe(fixtureEtat('acquit/fichier-refuse'));
    expect(message.bilan.issue).toBe('refuse');
    expect(message.bilan.unites).toMatchObject([
      { domaine: '0', unite: { type: 'fichier' }, sort: 'accepte' },
      {
        domaine: '2',
        sort: 'refuse',
        erreurs: [{ code: 'ERREUR_SIGNATURE_INVALIDE' }, { code: 'ERREUR_CERTIFICAT' }],
      },
    ]);
    expect(message.erreur?.message).toBe(
      "Fichier (signature du fichier) : La signature n'est pas valide (et 1 autre motif).",
    );
  });

  test.each(['PES_NonAcquit', 'PES_Nack', 'PES_NACQUIT'])(
    '%s: everything is refused, motives wherever they stand',
    (racine) => {
      const texte = fixtureEtat('acquit/non-acquit').toString('latin1').replaceAll('PES_NonAcquit', racine);
      const message = acquitDe(Buffer.from(texte, 'latin1'));
      expect(message.lu.type).toBe('nonAcquit');
      expect(message.bilan.issue).toBe('refuse');
      expect(message.erreur).toMatchObject({ code: 'ERREUR_TIMEOUT', nature: 'passagere' });
      expect(message.erreur?.message).toContain('Délai dépassé');
    },
  );

  test('PES Retour, of dépense: pièces counted by state', () => {
    const message = messageDe(fixtureEtat('retour/depense'));
    expect(message).toMatchObject({
      type: 'retour',
      libelle: 'PES Retour de la DGFiP : dépense (2 pièces).',
      lu: {
        domaines: [
          {
            nom: 'PES_DepenseRetour',
            typRestit: '02',
            bordereaux: 1,
            pieces: 2,
            etats: { '02': 1, '04': 1 },
          },
        ],
      },
    });
  });

  test('PES Retour, of recette and of clients', () => {
    expect(messageDe(fixtureEtat('retour/recette'))).toMatchObject({
      libelle: 'PES Retour de la DGFiP : recette (1 pièce), restes à recouvrer (0 pièce).',
      lu: { domaines: [{ typRestit: '03', etats: { '02': 1 } }, { nom: 'PES_ClientRetour' }] },
    });
  });
});

describe('what an acquittement as a whole comes to', () => {
  const doublon = erreur('ERREUR_DOUBLON_BORDEREAU');
  test.each<[string, string | null, string]>([
    ['all accepted', bordereau('1') + pj('A'), 'accepte'],
    ['accepted at the technical level alone', fichier('0', '1'), 'accepte'],
    ['all refused', bordereau('1', '0') + pj('A', '0'), 'refuse'],
    ['accepted here, refused there', bordereau('1') + pj('A', '0'), 'partiel'],
    ['technically right, and all its bordereaux refused', fichier('0', '1') + bordereau('1', '0'), 'refuse'],
    ['the file refused, one of its levels accepted', fichier('0', '1') + fichier('3', '0'), 'refuse'],
    ['the file refused, and a bordereau accepted', fichier('2', '0') + bordereau('1'), 'partiel'],
    [
      'the file there already, and a piece accepted (d.2: every EtatAck must be 1)',
      fichier('0', '0', doublon) + pj('A'),
      'partiel',
    ],
    ['a level of the file told both ways', fichier('0', '1') + fichier('0', '0') + bordereau('1'), 'indecis'],
    [
      'refused here, there already there: nothing is in',
      bordereau('1', '0') + pj('A', '0', doublon),
      'refuse',
    ],
    [
      'all there already',
      bordereau('1', '0', doublon) + pj('A', '0', erreur('ERREUR_DOUBLON_PJ')),
      'doublon',
    ],
    [
      'the rest there already',
      bordereau('1') + pj('A', '0', erreur('ERREUR_AUTRE', '1984 - déjà')),
      'partiel',
    ],
    [
      'there already, and refused for another reason',
      bordereau('1', '0', doublon + erreur('ERREUR_AUTRE')),
      'refuse',
    ],
    ['one bordereau told both ways', bordereau('1') + bordereau('01', '0'), 'indecis'],
    ['a state that cannot be read', bordereau('1', 'x'), 'indecis'],
    ['states written as words', bordereau('1', 'true') + bordereau('2', ' false '), 'partiel'],
    ['no answer', '', 'sans_contenu'],
    ['no ACQUIT at all', null, 'sans_contenu'],
  ])('%s: %s', (...[, elements, issue]) => {
    expect(acquitDe(acquit({ elements })).bilan.issue).toBe(issue);
  });

  test('nothing refused: no error to show', () => {
    expect(acquitDe(acquit()).erreur).toBeNull();
  });

  test('a refusal without any motive is a refusal', () => {
    expect(acquitDe(acquit({ elements: bordereau('1', '0') })).erreur).toMatchObject({
      code: 'PES_ACQUIT',
      message: 'Bordereau de dépense n° 1 (2026) : refus sans explication.',
    });
  });

  test('a double is never told as a mistake without doubt', () => {
    const message = acquitDe(acquit({ elements: bordereau('1', '0', doublon) }));
    expect(message.libelle).toBe('Hélios détient déjà ce contenu : 1 bordereau déjà détenu.');
    expect(message.erreur?.remede).toMatch(/le premier envoi a réussi\. Sinon ce numéro sert déjà/);
  });

  test('dépense n° 1 and recette n° 1 are two bordereaux, exercice 2026 and 2025 too', () => {
    const elements =
      bordereau('1') +
      bordereau('1', '0').replace('"5"', '"6"') +
      bordereau('1', '0').replace('2026', '2025');
    expect(sorts(acquit({ elements }))).toEqual([
      'bordereau de dépense n° 1 (2026) : accepte',
      'bordereau de recette n° 1 (2026) : refuse',
      'bordereau de dépense n° 1 (2025) : refuse',
    ]);
  });
});

describe('leniency: the State breaks its own schemas', () => {
  const partiel = fixtureEtat('acquit/partiel').toString('latin1');
  test.each<[string, Buffer]>([
    [
      'elements in the namespace of the root',
      Buffer.from(partiel.replace(/<(\/?)(?=[A-Z])/g, '<$1n:'), 'latin1'),
    ],
    [
      'no namespace at all',
      Buffer.from(
        partiel.replace(/n:PES|xmlns:n="[^"]*"/g, (v) => (v === 'n:PES' ? 'PES' : '')),
        'latin1',
      ),
    ],
    ['UTF-8 under the name of ISO-8859-1', Buffer.from(partiel, 'utf8')],
    [
      'unknown elements everywhere',
      Buffer.from(partiel.replace(/<ElementACQUIT>/g, '<Neuf V="1"/><ElementACQUIT><Neuf/>'), 'latin1'),
    ],
    [
      'a byte-order mark',
      Buffer.concat([
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from(partiel.replace('ISO-8859-1', 'UTF-8'), 'utf8'),
      ]),
    ],
  ])('%s: the same reading', (_, octets) => {
    const message = acquitDe(octets);
    const attendu = acquitDe(fixtureEtat('acquit/partiel'));
    expect(message.bilan).toEqual(attendu.bilan);
    expect(message.libelle).toBe(attendu.libelle);
  });

  test.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /pas un XML lisible \(le fichier est vide, ligne 1, colonne 1\)/],
    ['a file cut short', acquit().subarray(0, 400), /s’arrête/],
    ['a DOCTYPE', Buffer.from(texteAcquit().replace('<n:PES', '<!DOCTYPE x><n:PES')), /DOCTYPE/],
    ['what we sent ourselves', acquit({ racine: 'PES_Aller' }), /racine « PES_Aller »/],
    ['a kind to come', acquit({ racine: 'PES_Futur' }), /« PES_Futur ».*gardé tel quel/],
    ['no XML', Buffer.from('Bonjour'), /pas un XML lisible/],
  ])('%s: kept aside with its reason', (_, octets, motif) => {
    const { messages, restes } = lire([{ nom: 'x.xml', octets }]);
    expect(messages).toEqual([]);
    expect(restes).toMatchObject([{ nom: 'x.xml', motif: expect.stringMatching(motif) }]);
  });

  test('several files at once: each is read for itself', () => {
    const { messages, restes } = lire([
      { nom: 'a', octets: acquit() },
      { nom: 'b', octets: Buffer.from('x') },
      { nom: 'c', octets: fixtureEtat('retour/depense') },
    ]);
    expect(messages.map((m) => [m.nom, m.type])).toEqual([
      ['a', 'acquit'],
      ['c', 'retour'],
    ]);
    expect(restes.map((r) => r.nom)).toEqual(['b']);
  });
});

describe('a PES Retour goes to the holder of its SIRET', () => {
  const [A, B] = ['000000018', '000000034'] as [Siren, Siren];
  const retour = (siret: string) => {
    const texte = fixtureEtat('retour/depense').toString('latin1').replace('00000001800010', siret);
    const message = messageDe(Buffer.from(texte, 'latin1'));
    if (message.type !== 'retour') throw new TypeError(message.type);
    return message.lu;
  };
  const titulaires = [
    { siren: A, sirets: ['00000001800010', '00000009900015'] },
    { siren: B, sirets: ['00000003400017', '00000009900015'] },
  ];

  test('one holder', () => {
    expect(destinataire(retour('00000001800010'), titulaires)).toEqual({
      type: 'trouve',
      siren: A,
      siret: '00000001800010',
    });
  });

  test('the same SIREN is not enough: an establishment nobody registered', () => {
    expect(destinataire(retour('00000001800028'), titulaires)).toMatchObject({
      type: 'aucun',
      motif: expect.stringMatching(/00000001800028 n’est inscrit/),
    });
  });

  test('two holders: a person settles it', () => {
    expect(destinataire(retour('00000009900015'), titulaires)).toMatchObject({
      type: 'ambigu',
      sirens: [A, B],
    });
  });

  test.each(['', '123', '000000018000100'])('no SIRET (« %s »)', (siret) => {
    expect(destinataire(retour(siret), titulaires)).toMatchObject({
      type: 'aucun',
      motif: expect.stringMatching(/ne dit pas à qui/),
    });
  });
});

describe('codes.ts', () => {
  test('the 34 codes of the norm, each in French', () => {
    expect(REFUS_ACK.size).toBe(34);
    expect(
      [...REFUS_ACK].filter(([code, r]) => !/^ERREUR_[A-Z_]+$/.test(code) || !/^[A-ZL]/.test(r.libelle)),
    ).toEqual([]);
    expect(DOMAINES_ACK.size).toBe(14);
  });

  test('doubles, passing troubles, corrections', () => {
    const par = (sens: string) => [...REFUS_ACK].filter(([, r]) => r.sens === sens).map(([code]) => code);
    expect(par('doublon')).toEqual(['BORDEREAU', 'PIECE', 'LIGNE', 'PJ'].map((c) => `ERREUR_DOUBLON_${c}`));
    expect(par('passager')).toEqual(['ERREUR_CONNECTION_IMPOSSIBLE_A_LA_BASE', 'ERREUR_TIMEOUT']);
    expect(refusDe('ERREUR_A_VENIR', null).sens).toBe('a_corriger');
    expect(refusDe(null, '1984 - Identifiant déjà intégré').sens).toBe('doublon');
  });
});
