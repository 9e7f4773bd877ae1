import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chargerMagasin } from '../../../src/adapters/confiance/charger.ts';
import { changerDossier } from '../../../src/adapters/confiance/dossier.ts';
import { lireRegistre } from '../../../src/adapters/confiance/registre.ts';
import { verrouiller } from '../../../src/adapters/confiance/verrou.ts';
import { EXTENSIONS, INSTANT, type Pki } from '../formats/certificats/pki.ts';
import { type Montage, monter, pkiConfiance } from './decor.ts';

/** The folder under attack: links, rights, two commands at once, deaths, a full disk. */

let pki: Pki;
let m: Montage;
beforeAll(() => {
  pki = pkiConfiance();
});
afterAll(() => pki.fermer());
beforeEach(async () => {
  m = monter(pki);
  expect((await m.lancer('importer', pem('ica'), ...RGS)).code).toBe(0);
});
afterEach(() => m.fermer());

const pem = (nom: string) => pki.chemin(`${nom}.pem`);
const RGS = ['--famille', 'rgs', '--niveau', 'N'];
const dans = (nom: string) => join(m.dossier, nom);
const executer = promisify(execFile);
const RACINE = join(import.meta.dirname, '../../..');

async function problemes(chemins: string | readonly string[] = m.dossier): Promise<readonly string[]> {
  const charge = await chargerMagasin(chemins);
  return charge.type === 'refuse' ? charge.problemes : [];
}

async function ancres(dossier = m.dossier): Promise<string[]> {
  const charge = await chargerMagasin(dossier);
  if (charge.type === 'refuse') throw new TypeError(charge.problemes.join());
  return charge.donnees.familles.flatMap((f) => f.ancres.map((a) => a.nom)).toSorted();
}

describe('what is in the folder is not believed for being there', () => {
  test('a symbolic link inside is refused, a link that the operator names is followed', async () => {
    const dehors = m.ecrire('dehors.json', readFileSync(dans('rgs.json')));
    symlinkSync(dehors, dans('lien.json'));
    expect(await problemes()).toEqual([expect.stringContaining('lien.json : lien symbolique, refusé ici')]);
    expect((await m.lancer('importer', pem('ica2'), ...RGS)).erreur).toContain('VGM-CNF-001');
    expect(await problemes(dans('lien.json'))).toEqual([]);
  });

  test('a register or a lock that is a link is not written through', async () => {
    const cible = m.ecrire('victime', 'intact');
    unlinkSync(dans('registre.jsonl'));
    symlinkSync(cible, dans('registre.jsonl'));
    expect((await m.lancer('importer', pem('ica2'), ...RGS)).erreur).toContain('VGM-CNF-006');
    expect((await m.lancer('montrer')).sortie).toContain(
      'Registre des modifications : il ne peut pas être lu',
    );
    unlinkSync(dans('registre.jsonl'));
    unlinkSync(dans('.verrou'));
    symlinkSync(cible, dans('.verrou'));
    expect((await m.lancer('importer', pem('ica2'), ...RGS)).erreur).toContain('VGM-CNF-006');
    expect([readFileSync(cible, 'utf8'), await ancres()]).toEqual(['intact', ['ica']]);
  });

  test('a file, or a folder, that any account may write is refused', async () => {
    chmodSync(dans('rgs.json'), 0o646);
    expect(await problemes()).toEqual([expect.stringContaining('tout compte de la machine peut l’écrire')]);
    chmodSync(dans('rgs.json'), 0o644);
    chmodSync(m.dossier, 0o777);
    expect(await problemes()).toEqual([expect.stringContaining('tout compte de la machine peut y écrire')]);
    chmodSync(m.dossier, 0o755);
  });

  test('a pipe does not hang the reading; folders and hidden files are passed by; other files are said', async () => {
    execFileSync('sh', ['-c', 'mkfifo "$0"', dans('tuyau.json')]);
    expect(await problemes()).toEqual([expect.stringContaining('ce n’est pas un fichier ordinaire')]);
    unlinkSync(dans('tuyau.json'));
    mkdirSync(dans('sous'));
    writeFileSync(dans('sous/x.json'), '{');
    writeFileSync(dans('.cache.json'), '{');
    writeFileSync(dans('ac.pem'), readFileSync(pem('ica2')));
    expect((await m.lancer('montrer')).sortie).toContain('Fichier laissé de côté : ac.pem');
  });

  test.each([
    ['{"version":1,"familles":[}', 'ligne 1, colonne 26 : une valeur ou « ] » est attendue ici'],
    ['{"version":1,\n"familles":[]', 'ligne 2, colonne 14 : le texte s’arrête trop tôt'],
    [
      '{"version":1,\n"familles":[],\n"familles":[]}',
      'ligne 3, colonne 1 : « familles » : ce nom est écrit deux fois',
    ],
    ['{"version":1,"familles":[],}', 'ligne 1, colonne 28 : un nom entre guillemets est attendu ici'],
    ['{"version":01}', 'ligne 1, colonne 13 : une virgule ou une fermeture est attendue ici'],
    ['{"version" 1}', 'deux-points attendu ici'],
    ['["a\nb"]', 'ligne 1, colonne 4 : ce texte est mal fermé ou mal échappé'],
    ['[1] 2', 'rien n’est attendu après la fin du document'],
    ['', 'ligne 1, colonne 1 : le texte s’arrête trop tôt'],
    ['{"version":2,"familles":[]}', 'version : il faut 1, et on lit « 2 »'],
    ['{"version":1,"familles":[{"nom":"X"}]}', 'familles.0.nom : il faut des minuscules'],
    ['{"version":1,"familles":[],"autre":1}', 'nom inconnu : « autre »'],
  ])('bad JSON %j: the file, the place, the remedy', async (texte, attendu) => {
    writeFileSync(dans('mauvais.json'), texte);
    const dits = (await problemes()).join('\n');
    expect(dits).toContain(`${dans('mauvais.json')}, `);
    expect(dits).toContain(attendu);
    expect(dits).toMatch(/\. (Corriger|Vérifier|Remettre).*\.$/);
  });

  test('the same list twice is refused: the older would give back what the newer withdrew', async () => {
    await m.lancer('importer', await m.signer('fr.xml', {}), '--signataire', pem('operateur-fr'));
    writeFileSync(dans('copie.json'), readFileSync(dans('eidas-fr.json')));
    expect(await problemes()).toEqual([expect.stringContaining('une liste de confiance n’a qu’un fichier')]);
  });

  test('changed by hand: the register does not say so, the command does', async () => {
    expect((await m.lancer('montrer')).sortie).not.toContain('À surveiller');
    writeFileSync(dans('rgs.json'), `${readFileSync(dans('rgs.json'), 'utf8')}\n`);
    expect((await m.lancer('montrer')).sortie).toContain(
      'Dossier modifié hors de la commande depuis la modification n° 1.',
    );
    const lignes = readFileSync(dans('registre.jsonl'), 'utf8');
    writeFileSync(dans('registre.jsonl'), lignes.replace('"N', '"M').repeat(2));
    expect((await m.lancer('montrer')).sortie).toContain(
      'Registre des modifications : la ligne 2 ne suit pas la précédente.',
    );
  });

  test('the register gives the state of the folder as sha256sum sees it', async () => {
    const shell = 'LC_ALL=C sha256sum *.json | sha256sum';
    const vu = execFileSync('sh', ['-c', shell], { cwd: m.dossier, encoding: 'utf8' }).slice(0, 64);
    const { lignes } = await lireRegistre(m.dossier);
    expect(lignes.at(-1)).toMatchObject({ n: 1, geste: 'importer', objet: 'rgs', quand: INSTANT, apres: vu });
  });
});

describe('two commands at once', () => {
  const vrai = (...argv: string[]) =>
    executer(process.execPath, [
      join(RACINE, 'bin/vaguemestre'),
      'confiance',
      ...argv,
      '--dossier',
      m.dossier,
    ]);

  test('each waits for the other: none is lost, each has its line', async () => {
    const noms = ['racine', 'ica2', 'a', 'b'];
    for (const nom of ['a', 'b']) pki.emettre('racine', { nom, extensions: EXTENSIONS.ica });
    await Promise.all(noms.map((nom) => vrai('importer', pem(nom), ...RGS)));
    expect(await ancres()).toEqual(['a', 'b', 'ica', 'ica2', 'racine']);
    const { lignes, rupture } = await lireRegistre(m.dossier);
    expect([lignes.length, rupture]).toEqual([5, null]);
  });

  test('held for too long: passagère, said, nothing changed', async () => {
    const lacher = verrouiller(m.dossier);
    expect(() => verrouiller(m.dossier, 1)).toThrow(/VGM-CNF-005/);
    lacher();
    verrouiller(m.dossier, 1)();
  });
});

describe('death and a full disk', () => {
  test('killed at any gesture on the disk: the store before or the store after, and the next import works', async () => {
    const mourir = async (rang: number): Promise<{ vu: string; fini: boolean }> => {
      const ici = monter(pki);
      await ici.lancer('importer', pem('ica'), ...RGS);
      const argv = [join(import.meta.dirname, 'mourir.ts'), ici.dossier, pem('ica2'), String(rang)];
      const { stdout } = await executer(process.execPath, argv).catch(() => ({ stdout: '' }));
      const vu = (await ancres(ici.dossier)).join();
      const reprise = await ici.lancer('importer', pem('ica2'), ...RGS);
      expect([rang, reprise.code, ici.noms()]).toEqual([rang, 0, ['.verrou', 'registre.jsonl', 'rgs.json']]);
      const { rupture } = await lireRegistre(ici.dossier);
      expect([rang, await ancres(ici.dossier), rupture]).toEqual([rang, ['ica', 'ica2'], null]);
      ici.fermer();
      return { vu, fini: stdout === 'fini' };
    };
    const vus = new Set<string>();
    for (let rang = 1, fini = false; !fini; rang += 4) {
      const morts = await Promise.all([0, 1, 2, 3].map((n) => mourir(rang + n)));
      for (const { vu } of morts) vus.add(vu);
      fini = morts.some((mort) => mort.fini);
    }
    expect(vus).toEqual(new Set(['ica', 'ica,ica2']));
  });

  test('killed between the line and the file: the command says that the change did not land', async () => {
    const etat = { quand: INSTANT, qui: 'essai' };
    const avant = readFileSync(dans('rgs.json'));
    await changerDossier(m.dossier, etat, () => ({
      fichiers: new Map([['autre.json', { version: 1 as const, familles: [] }]]),
      ligne: { geste: 'importer' as const, objet: 'autre', resume: 'essai' },
      rendu: null,
    }));
    unlinkSync(dans('autre.json'));
    writeFileSync(dans('rgs.json'), avant);
    expect((await m.lancer('montrer')).sortie).toContain(
      'La dernière modification (n° 2) n’a pas abouti : la refaire.',
    );
  });

  test('a line cut short by a death is closed by the next one, and told', async () => {
    writeFileSync(dans('registre.jsonl'), '{"n":2,"qua', { flag: 'a' });
    expect((await m.lancer('importer', pem('ica2'), ...RGS)).code).toBe(0);
    const { lignes, rupture } = await lireRegistre(m.dossier);
    expect([lignes.length, rupture]).toEqual([2, 'la ligne 2 est illisible']);
  });

  const racine = process.getuid?.() === 0;
  test.skipIf(!racine)(
    'no room left: said, nothing changed, nothing left behind; it works again with room',
    async () => {
      const petit = m.ici('petit');
      mkdirSync(petit);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40k,mode=755', 'vaguemestre-essai', petit]);
      try {
        const ici = (...argv: string[]) => m.lancerDans(petit, ...argv);
        expect((await ici('importer', pem('ica'), ...RGS)).code).toBe(0);
        const codes = new Set<number>();
        // From « not one page » to « enough »: each kind of write meets the full disk.
        for (let pages = 0; pages < 6; pages += 1) {
          execFileSync('sh', [
            '-c',
            `dd if=/dev/zero of=${petit}/lest bs=4k 2>/dev/null; truncate -s -${pages * 4}k ${petit}/lest`,
          ]);
          const r = await ici('importer', pem('ica2'), ...RGS);
          codes.add(r.code);
          if (r.code === 0) break;
          expect([pages, r.erreur]).toEqual([pages, expect.stringContaining('plus de place sur le volume')]);
          const charge = await chargerMagasin(petit);
          expect(charge.type === 'charge' && charge.donnees.familles[0]?.ancres.map((a) => a.nom)).toEqual([
            'ica',
          ]);
          unlinkSync(join(petit, 'lest'));
          expect((await ici('montrer')).sortie).not.toContain('Registre des modifications');
        }
        expect(codes).toEqual(new Set([1, 0]));
      } finally {
        execFileSync('umount', [petit]);
      }
    },
  );
});
