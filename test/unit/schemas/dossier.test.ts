import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ouvrirPaquets } from '../../../src/adapters/schemas/paquets.ts';
import { verrouiller } from '../../../src/adapters/schemas/verrou.ts';
import { RACINE } from '../formats/chemins.ts';
import { ALLER, document, jeu, type Jeu, lire, type Montage, monter, racine } from './decor.ts';

/** The folder of packs under attack: two commands at once, deaths, rights, a full disk. */

const executer = promisify(execFile);
const SEUL = join(RACINE, 'bin/vaguemestre');

/** As few files as a set may have, so that few gestures are enough to install it. */
const minimal = (longueur: number): Jeu => {
  const { 'PES_V2/Communs.xsd': communs = '' } = jeu(longueur);
  return { 'Communs.xsd': communs, 'Rev0/PES_Aller.xsd': racine(ALLER) };
};

let m: Montage;
beforeEach(() => {
  m = monter();
});
afterEach(() => m.fermer());

/** What the packs say of a `Nom` of five characters: each is named, with its verdict. */
function verdicts(dossier: string): string[] {
  const jugement = ouvrirPaquets(dossier).juger();
  expect(lire(document(ALLER, 'abcde'), jugement.recepteur)).toBeNull();
  const bilan = jugement.bilan();
  expect(bilan?.probleme).toBeNull();
  return (bilan?.paquets ?? []).map((p) => `${p.paquet.nom} ${p.type === 'juge' ? p.valide : p.motif}`);
}

/** Names under the folder; what is in a content being made counts as one. */
function photo(dossier: string): string {
  const noms = existsSync(dossier) ? readdirSync(dossier, { recursive: true, encoding: 'utf8' }) : [];
  return noms
    .map((n) => n.replace(/^\.nouveau\/.*/, '.nouveau/'))
    .toSorted()
    .filter((n, rang, tous) => n !== tous[rang - 1])
    .join();
}

/** What the disk holds at each moment where a death could come. */
async function avantChaqueGeste(voir: () => void, faire: () => Promise<unknown>): Promise<void> {
  const vrais = { ...fs };
  for (const nom of ['mkdir', 'open', 'readdir', 'rename', 'rm', 'rmdir', 'chmod'] as const) {
    const vrai = vrais[nom] as (...a: unknown[]) => Promise<unknown>;
    Object.assign(fs, {
      [nom]: (...a: unknown[]) => {
        voir();
        return vrai.apply(fs, a);
      },
    });
  }
  syncBuiltinESMExports();
  try {
    await faire();
  } finally {
    Object.assign(fs, vrais);
    syncBuiltinESMExports();
  }
}

describe('two commands at once', () => {
  test('each waits for the other: none is lost, each has its line', async () => {
    const noms = ['5.1', '5.2', '5.3'];
    const sources = noms.map((nom, n) => m.poser(`v${nom}`, minimal(5 + (n % 2))));
    await Promise.all(
      [...sources, ...sources.slice(0, 1)].map((s) =>
        executer(process.execPath, [SEUL, 'schemas', 'importer', s, '--dossier', m.dossier]),
      ),
    );
    expect(verdicts(m.dossier)).toEqual(['5.3 true', '5.2 true', '5.1 true']);
    expect(
      m
        .traces()
        .map((t) => t['paquet'])
        .toSorted(),
    ).toEqual(noms);
    expect((await m.lancer('lister')).sortie).not.toContain('À surveiller');
  });

  test('held for too long: passagère, said, nothing changed', () => {
    mkdirSync(m.dossier, { recursive: true });
    const lacher = verrouiller(m.dossier);
    expect(() => verrouiller(m.dossier, 1)).toThrow(/VGM-SCH-004/);
    lacher();
    verrouiller(m.dossier, 1)();
  });

  test('a lock that is a link is not written through', async () => {
    mkdirSync(m.dossier, { recursive: true });
    symlinkSync(m.ecrire('victime', 'intact'), join(m.dossier, '.verrou'));
    const r = await m.lancer('importer', m.poser('v5.17', minimal(5)));
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-SCH-005')]);
    expect([readFileSync(m.ici('victime'), 'utf8'), m.noms()]).toEqual(['intact', []]);
  });
});

describe('death', () => {
  /** The same import again, after a death: it must find its way, and leave nothing behind. */
  async function reprendre(ici: Montage): Promise<void> {
    const reprise = await ici.lancer('importer', ici.ici('apres'), '--nom', '5.17', '--remplacer');
    expect([reprise.code, verdicts(ici.dossier)]).toEqual([0, ['5.17 true']]);
    expect([ici.noms(), ici.noms('5.17').length]).toEqual([['5.17', 'paquets.json', 'registre.jsonl'], 1]);
    expect((await ici.lancer('lister')).sortie).not.toContain('À surveiller');
  }

  test.each([
    ['a first import: nothing, or the whole pack', null, ['', '5.17 true']],
    ['a replacement: the pack before, or the pack after', 4, ['5.17 false', '5.17 true']],
  ])('before any gesture on the disk of %s', async (_, avant, attendus) => {
    if (avant !== null) await m.lancer('importer', m.poser('v5.17', minimal(avant)));
    m.poser('apres', minimal(5));
    const vues = new Map<string, Montage>();
    const verdictsVus = new Set<string>();
    await avantChaqueGeste(
      () => {
        verdictsVus.add(verdicts(m.dossier).join());
        const etat = photo(m.dossier);
        if (!vues.has(etat)) vues.set(etat, monter(m));
      },
      () => m.lancer('importer', m.ici('apres'), '--nom', '5.17', '--remplacer'),
    );
    expect([...verdictsVus]).toEqual(attendus);
    expect(vues.size).toBeGreaterThan(4);
    for (const morte of vues.values()) {
      await reprendre(morte);
      morte.fermer();
    }
  });

  test('killed for good, here and there', async () => {
    await m.lancer('importer', m.poser('v5.17', minimal(4)));
    m.poser('apres', minimal(5));
    const vus = new Set<string>();
    for (let rang = 3, fini = false; !fini; rang += 11) {
      const ici = monter(m);
      const argv = [join(import.meta.dirname, 'mourir.ts'), ici.dossier, ici.ici('apres'), String(rang)];
      const { stdout } = await executer(process.execPath, argv).catch(() => ({ stdout: '' }));
      fini = stdout === 'fini';
      vus.add(verdicts(ici.dossier).join());
      await reprendre(ici);
      ici.fermer();
    }
    expect(vus).toEqual(new Set(['5.17 false', '5.17 true']));
  });

  test('a line of trace cut short by a death is closed by the next one, and told until then', async () => {
    await m.lancer('importer', m.poser('v5.17', minimal(4)));
    writeFileSync(join(m.dossier, 'registre.jsonl'), '{"quand":"2026', { flag: 'a' });
    expect((await m.lancer('lister')).sortie).toContain('sa dernière ligne est illisible');
    await m.lancer('politique', '5.17', 'bloquer');
    const lignes = readFileSync(join(m.dossier, 'registre.jsonl'), 'utf8').trimEnd().split('\n');
    expect([lignes.length, lignes[1]]).toEqual([3, '{"quand":"2026']);
    expect((await m.lancer('lister')).sortie).not.toContain('À surveiller');
  });

  test('what was written to the register and never done is told', async () => {
    await m.lancer('importer', m.poser('v5.17', minimal(4)));
    const avant = readFileSync(join(m.dossier, 'paquets.json'));
    await m.lancer('politique', '5.17', 'bloquer');
    writeFileSync(join(m.dossier, 'paquets.json'), avant);
    expect((await m.lancer('lister')).sortie).toContain('(« politique 5.17 ») n’a pas abouti');
  });
});

describe('rights and room', () => {
  const estRacine = process.getuid?.() === 0;

  test('a folder that cannot be made', async () => {
    m.ecrire('donnees', '');
    const r = await m.lancer('importer', m.poser('v5.17', minimal(5)));
    expect([r.code, r.erreur]).toEqual([
      1,
      expect.stringMatching(/VGM-SCH-005 .*\(un (élément du chemin|fichier)/),
    ]);
    unlinkSync(m.ici('donnees'));
  });

  test.skipIf(!estRacine)(
    'no room left: said, nothing changed, nothing left; it works again with room',
    async () => {
      const petit = m.ici('petit');
      mkdirSync(petit);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=400k,mode=755', 'vaguemestre-essai', petit]);
      try {
        const ici = (...argv: string[]) => m.banc.lancer('schemas', ...argv, '--dossier', petit);
        expect((await ici('importer', m.poser('v5.17', minimal(4)))).code).toBe(0);
        const lest = join(petit, 'lest');
        for (const pages of [0, 1, 3, 8]) {
          execFileSync('sh', [
            '-c',
            `dd if=/dev/zero of=${lest} bs=4k 2>/dev/null; truncate -s -${pages * 4}k ${lest}`,
          ]);
          const r = await ici('importer', m.poser('apres', minimal(5)), '--nom', '5.17', '--remplacer');
          expect([pages, r.code, r.erreur]).toEqual([
            pages,
            1,
            expect.stringContaining('plus de place sur le volume'),
          ]);
          rmSync(lest);
          expect([verdicts(petit), (await ici('lister')).sortie]).toEqual([
            ['5.17 false'],
            expect.not.stringContaining('À surveiller'),
          ]);
        }
        expect((await ici('importer', m.ici('apres'), '--nom', '5.17', '--remplacer')).code).toBe(0);
        expect(verdicts(petit)).toEqual(['5.17 true']);
      } finally {
        execFileSync('umount', [petit]);
      }
    },
  );
});
