import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerDossiers } from '../../../src/config/dossiers.ts';
import { preparerDonnees, raisonDe } from '../../../src/config/fichiers.ts';

let racine: string;
beforeAll(() => {
  racine = mkdtempSync(join(tmpdir(), 'vgm-dossiers-'));
});
afterAll(() => rmSync(racine, { recursive: true }));

const essayer = (chemin: string): unknown => {
  try {
    return creerDossiers(chemin, 0o700);
  } catch (erreur) {
    return erreur;
  }
};

describe('a folder to be made', () => {
  test('with all that is missing above it; the first one made is told, so that its parent is synced', () => {
    const chemin = join(racine, 'a', 'b', 'c');
    expect(creerDossiers(chemin, 0o750)).toBe(join(racine, 'a'));
    expect([statSync(chemin).mode & 0o777, statSync(join(racine, 'a')).mode & 0o777]).toEqual([0o750, 0o750]);
    expect(creerDossiers(join(chemin, 'd'), 0o700)).toBe(join(chemin, 'd'));
    expect(creerDossiers(`${chemin}/`, 0o700)).toBeUndefined();
  });

  test('named from where the command runs', () => {
    const relatif = relative(process.cwd(), join(racine, 'r', 's'));
    expect(creerDossiers(relatif, 0o700)).toBe(join(racine, 'r'));
    expect(creerDossiers('.', 0o700)).toBeUndefined();
  });

  test('that stands behind a link is left as it is', () => {
    mkdirSync(join(racine, 'vrai'));
    symlinkSync(join(racine, 'vrai'), join(racine, 'lien'));
    expect(creerDossiers(join(racine, 'lien'), 0o700)).toBeUndefined();
    expect(creerDossiers(join(racine, 'lien', 'x'), 0o700)).toBe(join(racine, 'lien', 'x'));
    expect(existsSync(join(racine, 'vrai', 'x'))).toBe(true);
  });

  test('where a file is, or beneath one: refused', () => {
    writeFileSync(join(racine, 'fichier'), '');
    expect(raisonDe(essayer(join(racine, 'fichier')))).toBe('un fichier occupe ce chemin');
    expect(raisonDe(essayer(join(racine, 'fichier', 'x', 'y')))).toBe(
      'un élément du chemin n’est pas un dossier',
    );
  });

  test.each(['/proc/vaguemestre', '/proc/vaguemestre/x/y', '/proc/self/vaguemestre'])(
    'where the system takes none (%s): refused, and at once',
    async (chemin) => {
      expect(raisonDe(essayer(chemin))).toBe('le système n’y admet aucun dossier');
      await expect(preparerDonnees(chemin)).rejects.toMatchObject({
        fiche: {
          code: 'VGM-CFG-006',
          message: expect.stringContaining('le système n’y admet aucun dossier') as unknown,
        },
      });
    },
  );
});
