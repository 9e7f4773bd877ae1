import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  acte,
  dits,
  ENTETE,
  enveloppe,
  ENVELOPPE,
  ESPACES,
  lancer,
  latin1,
  MESSAGE,
  poser,
} from './decor-archive.ts';

let dossier = '';
beforeAll(async () => {
  dossier = await mkdtemp(join(tmpdir(), 'controler-'));
});
afterAll(() => rm(dossier, { recursive: true }));

describe('vaguemestre controler: one message or envelope alone', () => {
  test('good ones pass, whatever they cite', async () => {
    expect((await lancer(await poser(dossier, MESSAGE, latin1(acte())))).code).toBe(0);
    expect((await lancer(await poser(dossier, ENVELOPPE, latin1(enveloppe())))).code).toBe(0);
    const demande = `${ENTETE}<actes:DemandeClassification ${ESPACES}><actes:DateClassification>2001-01-01</actes:DateClassification></actes:DemandeClassification>`;
    expect((await lancer(await poser(dossier, '044-214400152----7-1_3.xml', latin1(demande)))).code).toBe(0);
  });

  test('a message of the State is only held against its schema', async () => {
    const ar = `${ENTETE}<actes:ARAnnulation ${ESPACES} actes:IDActe="044-214400152-20261115-2026_041-DE" actes:DateReception="2026-11-21"/>`;
    expect((await lancer(await poser(dossier, 'recu.xml', latin1(ar)))).code).toBe(0);
    expect(
      (await lancer(await poser(dossier, 'recu.xml', latin1(ar.replace('2026-11-21', 'hier'))))).code,
    ).toBe(3);
  });

  test('name against content, schema, foreign root', async () => {
    const autre = await lancer(await poser(dossier, MESSAGE.replace('1-1_0', '2-2_0'), latin1(acte())));
    expect(dits(autre)).toEqual([
      `REFUS  ACTES-ARC-11  Dans le nom « ${MESSAGE.replace('1-1_0', '2-2_0')} », le code de message est « 2-2 » au lieu de « 1-1 ».`,
    ]);
    const etranger = await lancer(await poser(dossier, 'x.xml', latin1(`${ENTETE}<a/>`)));
    expect(etranger.code).toBe(3);
    expect(dits(etranger)[0]).toMatch(
      /^REFUS {2}ACTES-ARC-06 {2}« x.xml », ligne 2, colonne 1 \(\/a\) : la racine « a »/,
    );
  });

  test('white space before the declaration is told as such', async () => {
    const vu = await lancer(await poser(dossier, MESSAGE, latin1(`\n\n ${acte()}`)));
    expect(dits(vu)).toEqual([
      `REFUS  ACTES-ARC-05  « ${MESSAGE} », ligne 3, colonne 2 : des blancs ou des lignes vides précèdent la déclaration XML : « <?xml » doit être le tout début du fichier.`,
    ]);
  });

  test('what the message says never drives the terminal', async () => {
    const vu = await lancer(await poser(dossier, 'x\u202e.xml', latin1(`${ENTETE}<a b="\x9b31m"/>`)));
    expect(vu.lignes.at(-1)).toBe('x\ufffd.xml : 1 motif de refus.');
    expect(vu.lignes.join('')).not.toMatch(/[\u009b\u202e]/);
  });

  test('a date in the name that is not the acte’s is only an advice (C.3: both families are accepted)', async () => {
    const nom = MESSAGE.replace('20261115', '20261121');
    const vu = await lancer(await poser(dossier, nom, latin1(acte())));
    expect(vu.code).toBe(0);
    expect(dits(vu)).toEqual([
      `avis   ACTES-ARC-12  Dans le nom « ${nom} », la date est « 20261121 » au lieu de « 20261115 ».`,
    ]);
  });
});

describe('vaguemestre controler: a file that holds nothing', () => {
  const BLANCS = 'il ne contient que des blancs (espaces, tabulations, fins de ligne)';

  test.each<[nom: string, octets: Buffer, detail: string]>([
    ['vide.xml', Buffer.alloc(0), 'il pèse 0 octet'],
    ['vide.tar.gz', Buffer.alloc(0), 'il pèse 0 octet'],
    ['PES_SANS_EXTENSION', Buffer.alloc(0), 'il pèse 0 octet'],
    ['blancs.xml', latin1(' \t\r\n'), BLANCS],
    ['marque.xml', latin1('\xef\xbb\xbf\r\n'), BLANCS],
    ['long', Buffer.alloc(300_000, ' '), BLANCS],
  ])('%s: of no protocol, refused under one code', async (nom, octets, detail) => {
    const fichier = await poser(dossier, nom, octets);
    const vu = await lancer(fichier);
    expect(vu.code).toBe(3);
    expect(dits(vu)).toEqual([`REFUS  VGM-HLG-010  Le fichier ${fichier} est vide : ${detail}.`]);
    expect(vu.lignes.join('\n')).toContain('Produire le fichier ou le transférer de nouveau');
  });

  test('one byte, however far, is something: its protocol judges it', async () => {
    for (const octets of [latin1('.'), latin1(`${' '.repeat(200_000)}.`), latin1('\n\xef\xbb\xbf')]) {
      const vu = await lancer(await poser(dossier, 'x.xml', octets));
      expect([vu.code, dits(vu)[0]]).toEqual([3, expect.stringMatching(/^REFUS {2}ACTES-ARC-05 /)]);
    }
  });
});
