import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ecrireTarGz } from '../../../src/formats/tar/ecrire.ts';
import { enOctets } from './decor.ts';
import {
  acte,
  ANNEXE,
  ARCHIVE,
  bons,
  dits,
  DOCUMENT,
  ENTETE,
  enveloppe,
  ENVELOPPE,
  ESPACES,
  type Fichiers,
  lancer,
  latin1,
  MESSAGE,
  pdf,
  PNG,
  poser,
  TRONC,
  type Vu,
} from './decor-archive.ts';

const executer = promisify(execFile);
let dossier = '';
beforeAll(async () => {
  dossier = await mkdtemp(join(tmpdir(), 'controler-'));
});
afterAll(() => rm(dossier, { recursive: true }));

function renommer(f: Fichiers, de: string, vers: string): void {
  f.set(vers, f.get(de) as Buffer);
  f.delete(de);
}

async function archiver(fichiers: Fichiers, nom = ARCHIVE): Promise<string> {
  const tar = ecrireTarGz(
    [...fichiers].map(([n, contenu]) => ({ nom: n, contenu, taille: contenu.length })),
    0,
  );
  return poser(dossier, nom, await enOctets(tar));
}

async function juger(changer: (f: Fichiers) => void, nom = ARCHIVE): Promise<Vu> {
  const fichiers = bons();
  changer(fichiers);
  return lancer(await archiver(fichiers, nom));
}

const remplacer = (nom: string, de: string | RegExp, vers: string) => (f: Fichiers) => {
  f.set(nom, latin1((f.get(nom) as Buffer).toString('latin1').replace(de, vers)));
};

const budget = (annexe: string) => (f: Fichiers) => {
  const tronc = TRONC.replace('-DE-', '-BF-');
  const noms = {
    message: `${tronc}_0.xml`,
    xml: `99_BU-${tronc}_1.xml`,
    annexe: `99_BU-${tronc}_2.${annexe}`,
  };
  const message = acte(noms.xml, [noms.annexe])
    .replace('CodeNatureActe="1"', 'CodeNatureActe="5"')
    .replace('CodeMatiere="10"', 'CodeMatiere="1"');
  f.clear();
  f.set(ENVELOPPE, latin1(enveloppe([noms.message])));
  f.set(noms.message, latin1(message));
  f.set(noms.xml, Buffer.from('<?xml version="1.0"?><DocumentBudgetaire/>'));
  f.set(noms.annexe, annexe === 'pdf' ? pdf() : PNG);
};

describe('vaguemestre controler: an outgoing archive', () => {
  test('nothing to refuse: 0', async () => {
    const vu = await juger(() => undefined);
    expect(vu).toEqual({ code: 0, lignes: [`${ARCHIVE} : rien à refuser.`], erreurs: [] });
  });

  test('a refusal says what to do, and counts', async () => {
    const vu = await juger((f) => f.delete(DOCUMENT));
    expect(vu.code).toBe(3);
    expect(vu.lignes).toEqual([
      `REFUS  ACTES-ARC-08  Le fichier « ${DOCUMENT} », cité par « ${MESSAGE} », manque.`,
      '       Ajouter le fichier à l’archive, ou corriger le nom cité.',
      '',
      `${ARCHIVE} : 1 motif de refus.`,
    ]);
  });

  interface Cas {
    readonly quoi: string;
    readonly faire: (f: Fichiers) => void;
    readonly dit: readonly string[];
    readonly nom?: string;
    readonly code?: number;
  }

  const cas: readonly Cas[] = [
    {
      quoi: 'archive name (C.1): serial with a leading zero',
      faire: () => undefined,
      nom: 'VGM-TACT--214400152--20261121-01.tar.gz',
      dit: [
        'REFUS  ACTES-ARC-01  Le nom d’archive « VGM-TACT--214400152--20261121-01.tar.gz » n’est pas formé selon la norme.',
      ],
    },
    {
      quoi: 'archive name (C.1): a day that does not exist',
      faire: () => undefined,
      nom: 'VGM-TACT--214400152--20260230-1.tar.gz',
      dit: [
        'REFUS  ACTES-ARC-01  Le nom d’archive « VGM-TACT--214400152--20260230-1.tar.gz » n’est pas formé selon la norme.',
      ],
    },
    {
      quoi: 'no envelope',
      faire: (f) => f.delete(ENVELOPPE),
      dit: ['REFUS  ACTES-ARC-03  L’archive ne contient pas d’enveloppe.'],
    },
    {
      quoi: 'two envelopes',
      faire: (f) => f.set('TACT--214400152--20261121-2.xml', latin1(enveloppe())),
      dit: [
        'REFUS  ACTES-ARC-03  L’archive contient une autre enveloppe, « TACT--214400152--20261121-2.xml ».',
      ],
    },
    {
      quoi: 'envelope of another serial (C.2)',
      faire: () => undefined,
      nom: 'VGM-TACT--214400152--20261121-7.tar.gz',
      dit: [
        `REFUS  ACTES-ARC-04  L’enveloppe se nomme « ${ENVELOPPE} » au lieu de « TACT--214400152--20261121-7.xml ».`,
      ],
    },
    {
      quoi: 'malformed message, with its line',
      faire: remplacer(MESSAGE, '</actes:Objet>', '</actes:Objets>'),
      dit: [
        expect.stringMatching(
          `^REFUS  ACTES-ARC-05  « ${MESSAGE} », ligne 5, colonne 24 : la balise fermante `,
        ),
      ] as string[],
    },
    {
      quoi: 'DOCTYPE',
      faire: remplacer(MESSAGE, ENTETE, `${ENTETE}<!DOCTYPE a>\n`),
      dit: [
        `REFUS  ACTES-ARC-05  « ${MESSAGE} », ligne 2, colonne 1 : une déclaration DOCTYPE n’est pas admise.`,
      ],
    },
    {
      quoi: 'message against its schema, with its line',
      faire: remplacer(MESSAGE, /<actes:ClassificationDateVersion>.*\n/, ''),
      dit: [
        expect.stringMatching(
          `^REFUS  ACTES-ARC-06  « ${MESSAGE} », ligne 6, colonne 1 \\(/actes:Acte/actes:Document\\) : l’élément « actes:Document » `,
        ),
      ] as string[],
    },
    {
      quoi: 'envelope against its schema',
      faire: remplacer(ENVELOPPE, 'tdt@exemple.fr', 'tdt+actes@exemple.fr'),
      dit: [
        expect.stringMatching(
          `^REFUS  ACTES-ARC-06  « ${ENVELOPPE} », ligne 4, colonne 23 \\(/.*/actes:Email\\[1\\]\\) : la valeur « tdt`,
        ),
      ] as string[],
    },
    {
      quoi: 'SIREN of the envelope unlike the names',
      faire: remplacer(ENVELOPPE, '"214400152"', '"214401663"'),
      dit: [
        `REFUS  ACTES-ARC-07  Le nom « ${ARCHIVE} » n’est pas celui du SIREN « 214401663 » de l’enveloppe.`,
        `REFUS  ACTES-ARC-07  Le nom « ${ENVELOPPE} » n’est pas celui du SIREN « 214401663 » de l’enveloppe.`,
        `REFUS  ACTES-ARC-11  Dans le nom « ${MESSAGE} », le SIREN est « 214400152 » au lieu de « 214401663 ».`,
      ] as string[],
    },
    {
      quoi: 'a file that no message cites',
      faire: (f) => f.set('notes.txt', Buffer.from('x')),
      dit: ['REFUS  ACTES-ARC-09  Le fichier « notes.txt » n’est cité par aucun message.'],
    },
    {
      quoi: 'message cited by the envelope and absent',
      faire: (f) => f.delete(MESSAGE),
      dit: [`REFUS  ACTES-ARC-08  Le fichier « ${MESSAGE} », cité par « ${ENVELOPPE} », manque.`],
    },
    {
      quoi: 'Annexes/@Nombre that lies (A.4)',
      faire: remplacer(MESSAGE, 'Nombre="1"', 'Nombre="2"'),
      dit: [`REFUS  ACTES-ARC-10  « ${MESSAGE} » annonce « 2 » annexes et en cite 1.`],
    },
    {
      quoi: 'message name (C.3) against its content',
      faire: (f) => {
        const faux = MESSAGE.replace('2026_041-DE', '2026_042-AR');
        remplacer(ENVELOPPE, MESSAGE, faux)(f);
        renommer(f, MESSAGE, faux);
      },
      dit: [
        'REFUS  ACTES-ARC-11  Dans le nom « 044-214400152-20261115-2026_042-AR-1-1_0.xml », le numéro est « 2026_042 » au lieu de « 2026_041 ».',
        'REFUS  ACTES-ARC-11  Dans le nom « 044-214400152-20261115-2026_042-AR-1-1_0.xml », la nature est « AR » au lieu de « DE ».',
        `REFUS  ACTES-ARC-13  Le nom de document « ${DOCUMENT} » n’est pas formé selon la norme.`,
        `REFUS  ACTES-ARC-13  Le nom de document « ${ANNEXE} » n’est pas formé selon la norme.`,
      ],
    },
    {
      quoi: 'message name without any form',
      faire: (f) => {
        remplacer(ENVELOPPE, MESSAGE, 'acte.xml')(f);
        renommer(f, MESSAGE, 'acte.xml');
      },
      dit: [
        'REFUS  ACTES-ARC-11  Le nom de message « acte.xml » n’est pas formé selon la norme.',
        `REFUS  ACTES-ARC-13  Le nom de document « ${DOCUMENT} » n’est pas formé selon la norme.`,
        `REFUS  ACTES-ARC-13  Le nom de document « ${ANNEXE} » n’est pas formé selon la norme.`,
      ],
    },
    {
      quoi: 'typologie absent (B.9)',
      faire: (f) => {
        remplacer(MESSAGE, DOCUMENT, `${TRONC}_1.pdf`)(f);
        renommer(f, DOCUMENT, `${TRONC}_1.pdf`);
      },
      dit: [`REFUS  ACTES-ARC-14  Le nom « ${TRONC}_1.pdf » ne porte pas de typologie.`],
    },
    {
      quoi: 'content unlike the extension (C.4)',
      faire: (f) => f.set(ANNEXE, pdf()),
      dit: [`REFUS  ACTES-ARC-15  Le contenu de « ${ANNEXE} » est de type application/pdf.`],
    },
    {
      quoi: 'principal document that is an image (C.7)',
      faire: (f) => {
        const image = DOCUMENT.replace('.pdf', '.png');
        remplacer(MESSAGE, DOCUMENT, image)(f);
        f.delete(DOCUMENT);
        f.set(image, PNG);
      },
      dit: [`REFUS  ACTES-ARC-16  Le document principal « 99_DE-${TRONC}_1.png » n’est pas un PDF.`],
    },
    {
      quoi: 'cut PDF',
      faire: (f) => f.set(DOCUMENT, pdf().subarray(0, -30)),
      dit: [`REFUS  ACTES-ARC-17  Le PDF « ${DOCUMENT} » est tronqué ou corrompu.`],
    },
    {
      quoi: 'locked PDF (norm: not locked)',
      faire: (f) => f.set(DOCUMENT, pdf('/Encrypt 9 0 R')),
      dit: [`REFUS  ACTES-ARC-18  Le PDF « ${DOCUMENT} » est chiffré ou protégé.`],
    },
    {
      quoi: 'empty file',
      faire: (f) => f.set(DOCUMENT, Buffer.alloc(0)),
      dit: [
        `REFUS  ACTES-ARC-19  Le fichier « ${DOCUMENT} » est vide.`,
        `REFUS  ACTES-ARC-15  Le contenu de « ${DOCUMENT} » est d’un type non reconnu.`,
      ],
    },
    {
      quoi: 'number with a dash (C.5)',
      faire: remplacer(MESSAGE, 'NumeroInterne="2026_041"', 'NumeroInterne="2026-041"'),
      dit: [
        `REFUS  ACTES-ARC-11  Dans le nom « ${MESSAGE} », le numéro est « 2026_041 » au lieu de « 2026-041 ».`,
        'REFUS  ACTES-ARC-20 (044-214400152-20261115-2026_041-DE-1-1_0.xml)  Le numéro « 2026-041 » n’est pas admis.',
      ],
    },
    {
      quoi: 'a message of the State',
      faire: (f) =>
        f.set(
          MESSAGE,
          latin1(
            `${ENTETE}<actes:ARAnnulation ${ESPACES} actes:IDActe="044-214400152-20261115-2026_041-DE" actes:DateReception="2026-11-21"/>`,
          ),
        ),
      dit: [
        `REFUS  ACTES-ARC-21  « ${MESSAGE} » contient un message de l’État (accusé de réception d’une annulation).`,
      ],
    },
    {
      quoi: 'the same document cited twice',
      faire: (f) => {
        remplacer(MESSAGE, ANNEXE, DOCUMENT)(f);
        f.delete(ANNEXE);
      },
      dit: [`REFUS  ACTES-ARC-22  Le fichier « ${DOCUMENT} » est cité deux fois (« ${MESSAGE} »).`],
    },
    {
      quoi: 'an acte dated after its archive (C.6)',
      faire: () => undefined,
      nom: 'VGM-TACT--214400152--20261101-1.tar.gz',
      dit: [
        `REFUS  ACTES-ARC-04  L’enveloppe se nomme « ${ENVELOPPE} » au lieu de « TACT--214400152--20261101-1.xml ».`,
        'REFUS  ACTES-ARC-23 (044-214400152-20261115-2026_041-DE-1-1_0.xml)  L’acte est daté du 15/11/2026, après le jour de l’archive (« 20261101 »).',
      ],
    },
    {
      quoi: 'other character set (B.4): advice only',
      faire: (f) => f.set(MESSAGE, Buffer.from(acte().replace('ISO-8859-1', 'UTF-8'))),
      code: 0,
      dit: [`avis   ACTES-ARC-24  « ${MESSAGE} » n’annonce pas le jeu de caractères ISO-8859-1.`],
    },
  ];

  test.each(cas)('$quoi', async ({ faire, nom, dit, code }) => {
    const vu = await juger(faire, nom);
    expect(dits(vu)).toEqual(dit);
    expect(vu.code).toBe(code ?? 3);
  });

  test('a budget in XML passes with PDF annexes, not with an image (arrêté du 13 octobre 2011)', async () => {
    expect(await juger(budget('pdf'))).toMatchObject({ code: 0 });
    expect(dits(await juger(budget('png')))).toEqual([
      `REFUS  ACTES-ARC-16  L’annexe « 99_BU-${TRONC.replace('-DE-', '-BF-')}_2.png » n’est pas un PDF.`,
    ]);
  });

  test('a folder, a path, a double name in the tar (C.7: flat)', async () => {
    const lieu = await mkdtemp(join(dossier, 'tar-'));
    await executer('sh', ['-c', `mkdir d && echo x >d/f && tar --format=ustar -czf ${ARCHIVE} d`], {
      cwd: lieu,
    });
    expect(dits(await lancer(join(lieu, ARCHIVE)))).toEqual([
      'REFUS  VGM-TAR-008  L’entrée « d/ » n’est pas un fichier ordinaire.',
    ]);
    await executer('sh', ['-c', `tar --format=ustar -czf ${ARCHIVE} d/f`], { cwd: lieu });
    expect(dits(await lancer(join(lieu, ARCHIVE)))).toEqual([
      'REFUS  VGM-TAR-009  Le nom « d/f » n’est pas un simple nom de fichier.',
    ]);
    await executer('sh', ['-c', `cd d && tar --format=ustar -czf ../${ARCHIVE} f f --hard-dereference`], {
      cwd: lieu,
    });
    expect(dits(await lancer(join(lieu, ARCHIVE)))).toEqual([
      'REFUS  VGM-TAR-010  Le nom « f » figure deux fois dans l’archive.',
    ]);
  });

  test('a real size beyond 150 Mo (C.7)', async () => {
    const { analyserArchive } = await import('../../../src/protocoles/actes/archive.ts');
    const peser = (taille: number) =>
      analyserArchive({ nom: ARCHIVE, taille, fichiers: [] }, () => [])
        .filter((a) => a.code === 'ACTES-ARC-02')
        .map((a) => `${a.gravite} : ${a.message}`);
    expect(peser(150_000_000)).toEqual([]);
    expect(peser(150_000_001)).toEqual([
      'avertissement : L’archive pèse 150 000 001 octets, pour 150 Mo admis.',
    ]);
    expect(peser(157_286_401)).toEqual(['bloquante : L’archive pèse 157 286 401 octets, pour 150 Mo admis.']);
  });

  test('unreadable: 1; usage: 2; JSON', async () => {
    const faux = await lancer(await poser(dossier, ARCHIVE, Buffer.from('ceci n’est pas un gzip')));
    expect(faux.code).toBe(1);
    expect(faux.erreurs[0]).toBe('Erreur VGM-TAR-004 : L’archive n’est pas un fichier gzip lisible.');
    const absente = await lancer(join(dossier, 'absente.tar.gz'));
    expect([absente.code, absente.erreurs[0]]).toEqual([1, expect.stringContaining('(fichier absent)')]);
    const usage = await lancer(await poser(dossier, 'acte.pdf', Buffer.from('%PDF-1.7')));
    expect([usage.code, usage.erreurs[2]]).toEqual([2, '  Remède : Lire « vaguemestre controler --help ».']);
    const coupe = await lancer(await poser(dossier, ARCHIVE, gzipSync(Buffer.alloc(700, 65))));
    expect(coupe.code).toBe(3);
    const fichiers = bons();
    fichiers.delete(ANNEXE);
    const json = await lancer(await archiver(fichiers), true);
    expect(json.lignes.map((l) => JSON.parse(l) as unknown)).toMatchObject([
      { anomalies: [{ code: 'ACTES-ARC-08', ou: ANNEXE }] },
    ]);
  });
});
