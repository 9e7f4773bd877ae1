import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { lireZip } from '../../../../src/formats/asic/lire-zip.ts';
import { dateLisible, LIBELLE_ROLE, PORTEE_ETAT } from '../../../../src/formats/asic/lisezmoi.ts';
import { composerPreuve, type FaitsPreuve, nettoyerNom } from '../../../../src/formats/asic/preuve.ts';
import { ETATS, LIBELLE_ETAT } from '../../../../src/metier/etats.ts';
import type { Flux, PieceDuFlux } from '../../../../src/metier/flux.ts';
import type { FluxId, Instant, Siren } from '../../../../src/metier/identifiants.ts';
import { empreinteLigne } from '../../../../src/metier/journal.ts';
import { sha } from '../../preuve/decor.ts';
import { collecter } from '../chemins.ts';

const dossier = mkdtempSync(join(tmpdir(), 'preuve-asic-'));
afterAll(() => rmSync(dossier, { recursive: true }));

const QUAND = Date.UTC(2026, 10, 21, 10, 5, 2, 114) as Instant;

const FLUX: Flux = {
  id: 'flux-1' as FluxId,
  protocole: 'ACTES',
  collectivite: '214400152' as Siren,
  etat: 'acquitte',
  ver: 7,
  due: null,
  tentatives: 0,
  identite: '044-214400152-20261115-2026_041-DE',
  resume: { objet: 'Tarifs' },
  nomEnvoi: 'envoi.tar.gz',
  cite: 'flux-0' as FluxId,
  depose: QUAND,
  modifie: (QUAND + 1000) as Instant,
  transmis: (QUAND + 2000) as Instant,
  solde: (QUAND + 3000) as Instant,
  alerte: 'en retard',
  erreur: null,
};

const OCTETS = Buffer.from('%PDF-1.7');
const PIECE: PieceDuFlux = {
  role: 'document',
  nom: 'Délib\u0007.pdf',
  sha256: sha(OCTETS),
  sha512: 'cd'.repeat(64),
  taille: OCTETS.length,
  type: 'application/pdf',
  rang: 7,
  ajoutee: QUAND,
};
const LIGNES = ['{"n":4}', '{"n":5}'];

function faits(flux: Partial<Flux> = {}, lignes: readonly string[] = LIGNES, pieces = [PIECE]): FaitsPreuve {
  return {
    flux: { ...FLUX, ...flux },
    nomCollectivite: 'Commune de Bréal',
    pieces: pieces.map((piece) => ({
      piece,
      crc: crc32(OCTETS),
      ouvrir: async function* () {
        yield OCTETS;
      },
    })),
    lignes,
  };
}

async function contenus(f: FaitsPreuve): Promise<Map<string, string>> {
  const { contenu, taille } = composerPreuve(f);
  const octets = await collecter(contenu);
  expect(octets.length).toBe(taille);
  const chemin = join(dossier, 'a.asice');
  writeFileSync(chemin, octets);
  const zip = await lireZip(chemin);
  const lus = new Map<string, string>();
  for (const e of zip.entrees) lus.set(e.nom, (await collecter(zip.ouvrir(e))).toString());
  await zip.fermer();
  return lus;
}

const lisezmoi = async (f: FaitsPreuve): Promise<string> => (await contenus(f)).get('LISEZMOI.txt') ?? '';

describe('flux.json', () => {
  test('the summary, field by field', async () => {
    const brut = (await contenus(faits())).get('flux.json') ?? '';
    expect(brut).toBe(`${JSON.stringify(JSON.parse(brut), null, 2)}\n`);
    expect(JSON.parse(brut)).toEqual({
      format: 'vaguemestre-preuve-v1',
      id: 'flux-1',
      protocole: 'ACTES',
      collectivite: { siren: '214400152', nom: 'Commune de Bréal' },
      identite: FLUX.identite,
      etat: 'acquitte',
      libelleEtat: LIBELLE_ETAT.acquitte,
      acheve: true,
      receptionProuvee: true,
      portee: PORTEE_ETAT.acquitte,
      nomEnvoi: 'envoi.tar.gz',
      cite: 'flux-0',
      depose: '2026-11-21T10:05:02.114Z',
      transmis: '2026-11-21T10:05:04.114Z',
      solde: '2026-11-21T10:05:05.114Z',
      modifie: '2026-11-21T10:05:03.114Z',
      alerte: 'en retard',
      erreur: null,
      resume: { objet: 'Tarifs' },
      pieces: [
        {
          rang: 7,
          role: 'document',
          nom: 'Délib\u0007.pdf',
          fichier: 'pieces/007-document-Delib_.pdf',
          taille: 8,
          type: 'application/pdf',
          sha256: PIECE.sha256,
          sha512: PIECE.sha512,
          ajoutee: '2026-11-21T10:05:02.114Z',
        },
      ],
      journal: { lignes: 2 },
    });
  });

  test('what has not happened has no date; only a receipt proves the reception', async () => {
    const brut = (await contenus(faits({ etat: 'transmis', solde: null, transmis: null }))).get('flux.json');
    expect(JSON.parse(brut ?? '')).toMatchObject({
      solde: null,
      transmis: null,
      acheve: false,
      receptionProuvee: false,
    });
  });
});

test('the journal and its digests, one line each', async () => {
  const lus = await contenus(faits());
  expect(lus.get('journal/lignes.jsonl')).toBe('{"n":4}\n{"n":5}\n');
  expect(lus.get('journal/lignes.sha256')).toBe(LIGNES.map((l) => `${empreinteLigne(l)}\n`).join(''));
  expect((await contenus(faits({}, []))).get('journal/lignes.jsonl')).toBe('');
});

const ligne = (n: number, prev: string, org = '214400152'): string =>
  `{"n":${n},"org":"${org}","obj":"sha256:${PIECE.sha256}","prev":"${prev}"}`;

/** @returns what the commands of the page say of a file with this journal. */
async function verifier(lignes: readonly string[]): Promise<string> {
  const f = faits({}, lignes);
  const { nom, contenu } = composerPreuve(f);
  rmSync(join(dossier, 'dossier'), { recursive: true, force: true });
  writeFileSync(join(dossier, nom), await collecter(contenu));
  const bloc = /:\n\n((?: {4}.*\n)+)\n/.exec(await lisezmoi(f))?.[1] ?? '';
  const commandes = bloc.replaceAll(/^ {4}/gm, '');
  expect(commandes.split('\n')).toHaveLength(5);
  return spawnSync('sh', ['-ec', commandes], { cwd: dossier, encoding: 'utf8' }).stdout;
}

describe('LISEZMOI.txt', () => {
  test('who, what, when', async () => {
    const page = await lisezmoi(faits());
    expect(page.split('\n').slice(0, 15)).toEqual([
      'DOSSIER DE PREUVE',
      '=================',
      '',
      `Identité      ${FLUX.identite}`,
      'Collectivité  Commune de Bréal (SIREN 214400152)',
      'Protocole     ACTES',
      'Flux          flux-1',
      'Nom d’envoi   envoi.tar.gz',
      'Déposé le     21/11/2026 à 11:05:02 (heure de Paris)',
      'Transmis le   21/11/2026 à 11:05:04 (heure de Paris)',
      'Soldé le      21/11/2026 à 11:05:05 (heure de Paris)',
      `État          ${LIBELLE_ETAT.acquitte}`,
      '',
      PORTEE_ETAT.acquitte,
      '',
    ]);
    expect(page).toContain(`\n${PORTEE_ETAT.acquitte}\n\nVÉRIFIER CE DOSSIER\n`);
    expect(page).not.toContain('undefined');
  });

  test('lines about what has not happened are left out', async () => {
    const page = await lisezmoi(faits({ etat: 'pret', nomEnvoi: null, transmis: null, solde: null }));
    expect(page.split('\n').slice(6, 12)).toEqual([
      'Flux          flux-1',
      'Déposé le     21/11/2026 à 11:05:02 (heure de Paris)',
      `État          ${LIBELLE_ETAT.pret}`,
      '',
      'ATTENTION : ce dossier ne prouve PAS la réception par l’État.',
      PORTEE_ETAT.pret,
    ]);
  });

  test.each(ETATS)(
    'state %s: what it proves, and the warning unless acknowledged, even in part, or sent by the State',
    async (etat) => {
      const page = await lisezmoi(faits({ etat }));
      expect(page).toContain(`\n${PORTEE_ETAT[etat]}\n`);
      const sans = ['acquitte', 'acquitte_partiel', 'valide', 'annule', 'recu'];
      expect(page.includes('ATTENTION')).toBe(!sans.includes(etat));
    },
  );

  test('the pieces: file, role, size, first name without control characters, digest', async () => {
    expect(await lisezmoi(faits())).toContain(
      [
        'LES PIÈCES',
        '----------',
        '',
        '  pieces/007-document-Delib_.pdf',
        `      ${LIBELLE_ROLE.document} ; 8 octets`,
        '      nom d’origine : Délib?.pdf',
        `      SHA-256 ${PIECE.sha256}`,
        '',
      ].join('\n'),
    );
    expect(await lisezmoi(faits({}, LIGNES, []))).toContain('LES PIÈCES\n----------\n\n  (aucune)\n\n');
  });

  test('one line of the journal, or several', async () => {
    expect(await lisezmoi(faits({}, ['{}']))).toContain('Ce dossier porte 1 ligne du journal');
    expect(await lisezmoi(faits())).toContain('Ce dossier porte 2 lignes du journal');
  });

  test('every title is underlined to its length, and stands between blank lines', async () => {
    const lignes = (await lisezmoi(faits())).split('\n');
    const traits = lignes.flatMap((l, i) => (/^[-=]+$/.test(l) ? [i] : []));
    expect(traits.map((i) => lignes[i - 1])).toEqual([
      'DOSSIER DE PREUVE',
      'VÉRIFIER CE DOSSIER',
      'LES PIÈCES',
      'LES AUTRES FICHIERS',
      'LE JOURNAL',
      'L’HORODATAGE',
    ]);
    for (const i of traits) {
      expect(lignes[i]).toHaveLength(lignes[i - 1]?.length ?? 0);
      expect([lignes[i - 2] ?? '', lignes[i + 1]]).toEqual(['', '']);
    }
    // commands too stand apart
    for (const i of lignes.keys()) {
      if (!/^ {4}\S/.test(lignes[i] ?? '')) continue;
      for (const voisine of [lignes[i - 1], lignes[i + 1]]) expect(voisine).toMatch(/^( {4}.*)?$/);
    }
    expect(lignes.at(-1)).toBe('');
    expect(lignes.filter((l, i) => l === '' && lignes[i - 1] === '')).toEqual([]);
  });

  test('the commands it gives are those that verify this very file', async () => {
    const a = ligne(4, '0'.repeat(64));
    const operateur = ligne(5, '0'.repeat(64), 'operateur');
    const b = ligne(5, empreinteLigne(a));
    const c = ligne(9, '0'.repeat(64));
    const dit = await verifier([a, b, c, operateur]);
    expect(dit).toContain('LISEZMOI.txt: OK');
    expect(dit).toContain('DOSSIER INTACT');
  });

  test.each([
    [
      'a link that does not hold',
      [ligne(4, '0'.repeat(64)), ligne(5, '0'.repeat(64))],
      'la ligne 5 du journal ne suit pas la ligne 4',
    ],
    [
      'numbers that go back',
      [ligne(4, '0'.repeat(64)), ligne(3, '0'.repeat(64))],
      'la ligne 3 du journal n’est pas à sa place',
    ],
    ['a number that is none', ['{"n":x,"org":"214400152"}'], 'ligne de journal illisible'],
  ])('they see in the journal %s', async (_, lignes, defaut) => {
    expect(await verifier(lignes)).toContain(`FAUX  ${defaut}`);
  });

  test('dates are those of Paris, winter and summer', () => {
    expect(dateLisible(Date.parse('2026-07-01T22:30:05Z') as Instant)).toBe(
      '02/07/2026 à 00:30:05 (heure de Paris)',
    );
  });
});

describe('names inside a proof', () => {
  test.each([
    ['a.pdf', 'a.pdf'],
    ['Délib  n° 1.pdf', 'Delib_n_1.pdf'],
    ['.cache', '_cache'],
    ['-.-rf', '_rf'],
    ['a.-b', 'a.-b'],
    ['', '_'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['x'.repeat(101), 'x'.repeat(100)],
    [`${'x'.repeat(97)}.pdf`, `${'x'.repeat(96)}.pdf`],
    [`${'x'.repeat(97)}.12345678901`, 'x'.repeat(97) + '.12'],
    [`${'x'.repeat(90)}.tar.gz${'x'.repeat(30)}`, `${'x'.repeat(90)}.tar.gzxxx`],
  ])('%j becomes %j', (nom, attendu) => {
    expect(nettoyerNom(nom)).toBe(attendu);
  });

  test('the file itself is named after the flux', () => {
    expect(composerPreuve(faits({ identite: 'é/../1' })).nom).toBe('e_.._1.asice');
  });
});
