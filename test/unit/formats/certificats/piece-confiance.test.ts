import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../src/formats/certificats/certificat.ts';
import type { Famille } from '../../../../src/formats/certificats/magasin.ts';
import {
  ecrirePiece,
  jugerQuestion,
  ordonner,
  type PreuveGardee,
  type QuestionConfiance,
  relirePiece,
} from '../../../../src/formats/certificats/piece-confiance.ts';
import { fabriquer, nom } from './certificat-essai.ts';
import { ancre, CRL, famille, INSTANT, magasin, MAIRE, RACINE, SERIE } from './confiance-essai.ts';
import { entree, liste } from './crl-essai.ts';
import { sequence } from './der-essai.ts';
import { reponse } from './ocsp-essai.ts';
import { le } from './pki.ts';

/** A verdict as a piece that gives it again years later, from itself alone. */

const gardee = (octets: Uint8Array, change: Partial<PreuveGardee> = {}): PreuveGardee => ({
  type: 'crl',
  octets,
  nonce: null,
  adresse: 'http://crl/',
  obtenue: INSTANT,
  ...change,
});
function question(change: Partial<QuestionConfiance> = {}): QuestionConfiance {
  return {
    certificat: MAIRE,
    intermediaires: [],
    magasin: magasin(famille()),
    instant: INSTANT,
    controle: le('2026-06-16T00:00:00Z'),
    emploi: 'signature',
    ageMax: { crl: null, ocsp: null },
    preuves: [gardee(CRL)],
    ...change,
  };
}
const ecrire = (q: QuestionConfiance): string => Buffer.from(ecrirePiece(q, jugerQuestion(q))).toString();
const relire = (texte: string) => relirePiece(Buffer.from(texte));
const json = (q = question()) => JSON.parse(ecrire(q)) as Record<string, unknown>;

describe('a verdict with all that it leans on, as one piece', () => {
  test('what it says, written', () => {
    expect(json()).toEqual({
      format: 'vaguemestre/confiance',
      version: 1,
      instant: '2026-06-15T12:00:00.000Z',
      controle: '2026-06-16T00:00:00.000Z',
      emploi: 'signature',
      ageMax: { crl: null, ocsp: null },
      certificat: { sha256: sha256(MAIRE), octets: MAIRE.toString('base64') },
      intermediaires: [],
      magasin: { version: 1, familles: [famille()] },
      preuves: [
        expect.objectContaining({
          type: 'crl',
          adresse: 'http://crl/',
          obtenue: '2026-06-15T12:00:00.000Z',
          nonce: null,
          octets: CRL.toString('base64'),
        }),
      ],
      verdict: expect.objectContaining({
        type: 'confiance',
        famille: 'essai',
        niveau: 'N',
        reserves: [],
        motifs: [],
      }),
    });
  });

  test('read again it gives the same verdict and the same question', () => {
    const q = question({
      preuves: [
        gardee(CRL, { obtenue: null }),
        gardee(reponse(), { type: 'ocsp', nonce: Buffer.from('0a0b', 'hex') }),
      ],
    });
    const relue = relire(ecrire(q));
    expect(relue).toMatchObject({ type: 'relue', concorde: true, verdict: { type: 'confiance' } });
    expect(relue.type === 'relue' && relue.question).toMatchObject({
      instant: q.instant,
      controle: q.controle,
      emploi: 'signature',
      ageMax: q.ageMax,
      certificat: Uint8Array.from(MAIRE),
    });
  });

  test('a trusted path keeps its certificates and the evidence that it leans on; any other verdict keeps all', () => {
    const intrus = fabriquer({ sujet: nom('Intrus') });
    const autre = liste({ emetteur: nom('Autre') });
    const encombree = { intermediaires: [intrus, RACINE], preuves: [gardee(CRL), gardee(autre)] };
    const bonne = json(question(encombree));
    expect([bonne['intermediaires'], bonne['preuves']]).toEqual([
      [expect.objectContaining({ octets: RACINE.toString('base64') })],
      [expect.objectContaining({ octets: CRL.toString('base64') })],
    ]);
    const ouverte = json(question({ ...encombree, preuves: [gardee(autre)] }));
    expect([ouverte['intermediaires'], ouverte['preuves']]).toEqual([
      [{}, {}].map(() => expect.any(Object)),
      [expect.any(Object)],
    ]);
    expect(ouverte['verdict']).toMatchObject({
      type: 'indetermine',
      motifs: [expect.stringContaining('CN=Maire')],
    });
  });

  test('a refusal is written with its causes', () => {
    const revoque = liste({ entrees: sequence(entree(SERIE, '260301000000Z')) });
    const piece = json(question({ preuves: [gardee(revoque)] }));
    expect(piece['verdict']).toEqual({
      type: 'refuse',
      defauts: [
        {
          code: 'revoque',
          sujet: 'CN=Maire',
          detail: 'depuis le 1er mars 2026 à 00:00:00 UTC (non précisé)',
        },
      ],
      preuves: [expect.stringMatching(/^[0-9a-f]{64}$/)],
    });
  });

  test('of the store, the anchors that could stand in the path, and the rows of their families', () => {
    const autre = ancre(fabriquer({ sujet: nom('Autre'), emetteur: nom('Autre') }));
    const grande = famille({ ancres: [autre, ancre(RACINE)] });
    const vaine = famille({ nom: 'vaine', ancres: [autre] });
    const { magasin: garde } = json(question({ magasin: magasin(vaine, grande) })) as {
      magasin: { familles: Famille[] };
    };
    expect(garde.familles).toEqual([{ ...vaine, ancres: [], niveaux: [] }, famille()]);
  });

  test('each piece of evidence speaks by its own kind; a nonce is asked back', () => {
    const ocsp = gardee(reponse(), { type: 'ocsp' });
    expect(jugerQuestion(question({ preuves: [ocsp] })).preuves.map((p) => p.type)).toEqual(['ocsp']);
    expect(jugerQuestion(question({ preuves: [gardee(reponse())] })).type).toBe('indetermine');
    expect(jugerQuestion(question({ preuves: [{ ...ocsp, nonce: Buffer.from('n') }] }))).toMatchObject({
      reserves: [expect.stringContaining('valeur unique')],
    });
  });

  test('the same things in another order are in the order of their digests, each once', () => {
    const tous = [CRL, MAIRE, RACINE].map((d) => Uint8Array.from(d));
    const identite = (d: Uint8Array): Uint8Array => d;
    const un = ordonner(tous, identite);
    expect(un).toEqual(ordonner([...tous.toReversed(), ...tous], identite));
    expect(un).toHaveLength(3);
  });
});

describe('a piece that was touched', () => {
  test.each([
    [
      'the certificate',
      (t: string) => t.replace(MAIRE.toString('base64'), RACINE.toString('base64')),
      'ont changé',
    ],
    ['a list', (t: string) => t.replace(CRL.toString('base64'), MAIRE.toString('base64')), 'ont changé'],
    ['nothing left', () => '', 'ce n’est pas du JSON'],
    ['half of it', (t: string) => t.slice(0, -3), 'ce n’est pas du JSON'],
    ['another version', (t: string) => t.replace('"version": 1', '"version": 2'), '(version)'],
    ['another format', (t: string) => t.replace('vaguemestre/confiance', 'autre'), '(format)'],
    ['another use', (t: string) => t.replace('"signature"', '"autre"'), '(emploi)'],
    ['a date that is none', (t: string) => t.replace('2026-06-15T12:00:00.000Z', 'hier'), '(instant)'],
    [
      'a digest that is none',
      (t: string) => t.replace(/"sha256": "[0-9a-f]{64}"/, '"sha256": "x"'),
      '(certificat.sha256)',
    ],
    [
      'a digest in capitals',
      (t: string) => t.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${'A'.repeat(64)}"`),
      '(certificat.sha256)',
    ],
    [
      'a nonce that is no hexadecimal',
      (t: string) => t.replace('"nonce": null', '"nonce": "0"'),
      '(preuves.0.nonce)',
    ],
    ['an unknown name', (t: string) => t.replace('"emploi"', '"autre": 1, "emploi"'), '()'],
    [
      'a store that cannot be read',
      (t: string) => t.replace('"lecture": "tableau"', '"lecture": "autre"'),
      'magasin : familles.0.lecture',
    ],
    ['not a piece', () => '[]', 'ce n’est pas une pièce de confiance ()'],
  ])('%s: told', (_, change, motif) => {
    const texte = ecrire(question());
    const autre = change(texte);
    expect(autre).not.toBe(texte);
    expect(relire(autre)).toMatchObject({ type: 'illisible', motif: expect.stringContaining(motif) });
  });

  test('a verdict that its contents do not give does not agree', () => {
    const texte = ecrire(question());
    const menteur = texte.replace('"niveau": "N",\n  "chemin"', '"niveau": "M",\n  "chemin"');
    expect(menteur).not.toBe(texte);
    expect(relire(menteur)).toMatchObject({ type: 'relue', concorde: false, verdict: { niveau: 'N' } });
  });

  test('which octets changed is said by their digest', () => {
    const texte = ecrire(question());
    const { certificat } = JSON.parse(texte) as { certificat: { sha256: string } };
    const lue = relire(texte.replace(MAIRE.toString('base64'), RACINE.toString('base64')));
    expect(lue).toMatchObject({ motif: `les octets d’empreinte ${certificat.sha256} ont changé` });
  });

  test('ages are kept: evidence that is too old for them is so again', () => {
    const relue = relire(ecrire(question({ ageMax: { crl: 1, ocsp: 2 } })));
    expect(relue).toMatchObject({
      concorde: true,
      verdict: { type: 'indetermine' },
      question: { ageMax: { crl: 1, ocsp: 2 } },
    });
  });
});
