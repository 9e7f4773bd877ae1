import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fabriquer } from '../formats/pdf-tampon/fabrique.ts';
import { texteDe } from '../formats/pdf-tampon/oracles.ts';
import { type BancCli, creerBancCli, type Resultat } from './banc-cli.ts';

/** `vaguemestre tamponner`, in this process but for the thread that stamps. */

let dossier: string;
let cli: BancCli;
const chemin = (nom: string): string => join(dossier, nom);
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-tamponner-'));
  writeFileSync(chemin('acte.pdf'), fabriquer({ pages: [{}, {}, {}] }));
  writeFileSync(chemin('abime.pdf'), fabriquer().subarray(0, 500));
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));
beforeEach(() => {
  cli = creerBancCli();
  rmSync(chemin('s.pdf'), { force: true });
});

function tamponner(...plus: readonly string[]): Promise<Resultat> {
  return cli.lancer('tamponner', chemin('acte.pdf'), '--sortie', chemin('s.pdf'), ...plus);
}

/** Nothing was written, not even in part. */
function exigerRien(): void {
  expect(existsSync(chemin('s.pdf'))).toBe(false);
  expect(readdirSync(dossier).filter((nom) => nom.includes('partiel'))).toEqual([]);
}

describe('what is stamped, and what is said of it', () => {
  test('the lines asked for, on all pages; the copy begins with the document', async () => {
    const jours = ['--envoye', '2026-03-02', '--recu', '03/03/2026', '--publie', '04/03/2026'];
    const r = await tamponner(...jours, '--id', '021-210300017-20260302-D1-DE');
    expect([r.code, r.erreur]).toEqual([0, '']);
    const [acte, copie] = [readFileSync(chemin('acte.pdf')), readFileSync(chemin('s.pdf'))];
    expect(copie.subarray(0, acte.length).equals(acte)).toBe(true);
    const texte = texteDe(chemin('s.pdf'));
    for (const ligne of [
      'Envoyé en préfecture le 02/03/2026',
      'Reçu en préfecture le 03/03/2026',
      'Publié le 04/03/2026',
      'ID : 021-210300017-20260302-D1-DE',
    ]) {
      expect(texte.split(ligne).length - 1).toBe(3);
      expect(r.sortie).toContain(ligne);
    }
    for (const dit of [`Tamponné : ${chemin('s.pdf')}`, '3 pages', sha256(acte), sha256(copie)]) {
      expect(r.sortie).toContain(dit);
    }
    expect(r.sortie).not.toContain('Attention');
  });

  test('--json', async () => {
    const r = await tamponner('--publie', '2026-03-04', '--pages', '1,3', '--json');
    const [acte, copie] = [readFileSync(chemin('acte.pdf')), readFileSync(chemin('s.pdf'))];
    expect(r.json).toEqual([
      {
        fichier: chemin('acte.pdf'),
        sortie: chemin('s.pdf'),
        lignes: ['Publié le 04/03/2026'],
        pages: [1, 3],
        annotees: 0,
        chiffre: false,
        signatures: 0,
        acces: null,
        certifie: false,
        avis: [],
        avant: { sha256: sha256(acte), octets: acte.length },
        apres: { sha256: sha256(copie), octets: copie.length },
      },
    ]);
  });

  test('pages, position and size', async () => {
    for (const options of [
      ['--pages', 'premiere', '--position', 'bas-droite'],
      ['--pages', '1', '--position', '10%,25.5%', '--taille', '150'],
      ['--pages', '1-1', '--taille', '50%'],
    ]) {
      const r = await tamponner('--id', 'X', '--json', '--remplacer', ...options);
      expect(r.json[0]?.['pages']).toEqual([1]);
    }
    expect(
      (await tamponner('--id', 'X', '--json', '--remplacer', '--pages', 'toutes')).json[0]?.['pages'],
    ).toEqual([1, 2, 3]);
  });
});

describe('what the one who hands the copy out must know', () => {
  const signe = (p: string): Buffer =>
    fabriquer({
      catalogue: `/AcroForm <</Fields [$c]>> ${p === '' ? '' : '/Perms <</DocMDP $v>>'}`,
      objets: {
        c: '<</FT /Sig /V $v>>',
        v: `<</Type /Sig /Reference [<</TransformMethod /DocMDP /TransformParams <<${p}>>>>]>>`,
      },
    });

  test('a signature does not cover the stamp; a certification that forbids it is broken', async () => {
    writeFileSync(chemin('signe.pdf'), signe('/P 1'));
    const r = await cli.lancer('tamponner', chemin('signe.pdf'), '--sortie', chemin('s.pdf'), '--id', 'X');
    expect(r.code).toBe(0);
    expect(r.sortie).toContain('Attention : Le document porte 1 signature, qui ne couvre pas le tampon');
    expect(r.sortie).toContain('Attention : Son auteur l’a certifié sans permettre cet ajout');
  });

  test('--respecter-certification: exit 3, nothing written', async () => {
    writeFileSync(chemin('signe.pdf'), signe('/P 1'));
    const options = ['--sortie', chemin('s.pdf'), '--id', 'X', '--respecter-certification'];
    const r = await cli.lancer('tamponner', chemin('signe.pdf'), ...options);
    expect([r.code, r.sortie]).toEqual([3, '']);
    expect(r.erreur).toContain('VGM-PDF-007');
    exigerRien();
  });

  test('content that is not read here', async () => {
    writeFileSync(chemin('obscur.pdf'), fabriquer({ pages: [{ contenus: ['(sans fin'] }] }));
    const r = await cli.lancer('tamponner', chemin('obscur.pdf'), '--sortie', chemin('s.pdf'), '--id', 'X');
    expect(r.sortie).toContain('Attention : Sur 1 page dont le contenu ne se lit pas ici');
  });
});

describe('refused', () => {
  test.each([
    ['abime.pdf', [], ['VGM-PDF-001', 3]],
    ['acte.pdf', ['--pages', '4'], ['VGM-PDF-004', 3]],
    ['absent.pdf', [], ['VGM-CLI-003', 1]],
    ['.', [], ['VGM-CLI-003', 1]],
  ] as const)('%s %j: %j', async (nom, options, [code, sortie]) => {
    const r = await cli.lancer(
      'tamponner',
      chemin(nom),
      '--sortie',
      chemin('s.pdf'),
      '--id',
      'X',
      ...options,
    );
    expect([r.code, r.sortie]).toEqual([sortie, '']);
    expect(r.erreur).toContain(code);
    exigerRien();
  });

  test.each([
    [[], 'Rien à tamponner : donner --envoye, --recu, --publie ou --id.'],
    [['--id', '  '], 'Rien à tamponner'],
    [['--envoye', '2026-02-30'], '« --envoye » attend un jour'],
    [['--recu', '3 mars'], '« --recu » attend un jour'],
    [['--id', 'X', '--position', 'milieu'], '« --position » attend haut-gauche'],
    [['--id', 'X', '--position', '101%,0%'], '« --position » attend'],
    [['--id', 'X', '--pages', '0'], '« --pages » attend'],
    [['--id', 'X', '--pages', '3-1'], '« --pages » attend'],
    [['--id', 'X', '--pages', '1-999999'], '« --pages » attend'],
    [['--id', 'X', '--taille', '10'], '« --taille » attend un nombre de 50 à 300'],
  ] as const)('%j: exit 2', async (options, dit) => {
    const r = await tamponner(...options);
    expect(r.code).toBe(2);
    expect(r.erreur).toContain(dit);
    exigerRien();
  });

  test('the document is never written over, by whatever name', async () => {
    symlinkSync(chemin('acte.pdf'), chemin('lien.pdf'));
    for (const sortie of ['acte.pdf', 'lien.pdf']) {
      const avant = sha256(readFileSync(chemin('acte.pdf')));
      const r = await cli.lancer(
        'tamponner',
        chemin('acte.pdf'),
        '--sortie',
        chemin(sortie),
        '--remplacer',
        '--id',
        'X',
      );
      expect(r.code).toBe(2);
      expect(sha256(readFileSync(chemin('acte.pdf')))).toBe(avant);
    }
  });

  test('an existing file is replaced only when asked', async () => {
    writeFileSync(chemin('s.pdf'), 'à garder');
    const r = await tamponner('--id', 'X');
    expect(r.code).toBe(1);
    expect(r.erreur).toContain('--remplacer');
    expect(readFileSync(chemin('s.pdf'), 'utf8')).toBe('à garder');
    expect((await tamponner('--id', 'X', '--remplacer')).code).toBe(0);
  });

  test('interrupted: nothing stays', async () => {
    cli.demande = (quoi) => {
      if (quoi === 'interruption') cli.interruption.abort();
    };
    const r = await tamponner('--id', 'X');
    expect(r.code).toBe(1);
    expect(r.erreur).toContain('VGM-HLG-004');
    exigerRien();
  });
});
