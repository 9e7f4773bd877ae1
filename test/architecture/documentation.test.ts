import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import type { Monde } from '../../src/cli/monde.ts';
import { construire } from '../../src/cli/programme.ts';
import { VARIABLES } from '../../src/config/charger.ts';
import { clesConnues } from '../../src/config/cles.ts';
import { manifest } from '../../src/config/manifest.ts';
import { ETATS, LIBELLE_ETAT } from '../../src/metier/etats.ts';
import { ancres, appel, commandes, lirePages, type Page, RACINE, titres } from './pages.ts';

const PAGES = lirePages();
const paquet = JSON.parse(readFileSync(join(RACINE, 'package.json'), 'utf8')) as {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
};

function page(nom: string): Page {
  const trouvee = PAGES.find((p) => p.nom === nom);
  return trouvee ?? expect.fail(`${nom} is missing`);
}

/** Every fault of every page, with the page it stands in. */
function fautes(chercher: (p: Page) => readonly string[]): string[] {
  return PAGES.flatMap((p) => chercher(p).map((faute) => `${p.nom}: ${faute}`));
}

describe('every command quoted exists', () => {
  const monde = { sorties: { ecrire: () => undefined, erreur: () => undefined, couleur: false } };
  const racine = construire('0', monde as unknown as Monde, () => undefined);

  function descendre(mots: readonly string[]): { verbe: Command; reste: readonly string[] } {
    let [verbe, rang] = [racine, 0];
    for (; rang < mots.length; rang += 1) {
      const mot = mots[rang] ?? '';
      const sous = verbe.commands.find((c) => [c.name(), ...c.aliases()].includes(mot));
      if (sous === undefined) break;
      verbe = sous;
    }
    return { verbe, reste: mots.slice(rang) };
  }

  /** @param entiere typed as it stands: nothing that the command asks for may be missing. */
  function juger(mots: readonly string[], entiere: boolean): string | null {
    const { verbe, reste } = descendre(mots);
    if (mots.some((m) => /^(…|\.\.\.)$/.test(m))) return null;
    const vues = new Set<string>();
    let positions = 0;
    for (let rang = 0; rang < reste.length; rang += 1) {
      const mot = reste[rang] ?? '';
      if (!mot.startsWith('-')) {
        if (verbe.commands.length > 0) return `no verb « ${mot} »`;
        positions += 1;
        continue;
      }
      if (['--help', '-h'].includes(mot)) return null;
      const option = verbe.options.find((o) => o.long === mot || o.short === mot);
      if (option === undefined) return `no option « ${mot} »`;
      vues.add(mot);
      if (!option.required) continue;
      rang += 1;
      if (entiere && (reste[rang] ?? '-').startsWith('-')) return `« ${mot} » has no value`;
      while (option.variadic && !(reste[rang + 1] ?? '-').startsWith('-')) rang += 1;
    }
    const { registeredArguments: attendus } = verbe;
    if (positions > attendus.length) return 'too many arguments';
    if (!entiere) return null;
    if (positions < attendus.filter((a) => a.required).length) return 'an argument is missing';
    const absente = verbe.options.find((o) => o.mandatory && !vues.has(o.long ?? ''));
    return absente === undefined ? null : `« ${absente.long ?? ''} » is missing`;
  }

  const dire = (mots: readonly string[], entiere: boolean): string[] => {
    const suite = appel(mots);
    const faute = suite === undefined ? null : juger(suite, entiere);
    return faute === null ? [] : [`${mots.join(' ')} → ${faute}`];
  };

  const juge = (texte: string, entiere: boolean): string[] =>
    commandes(texte).flatMap((mots) => dire(mots, entiere));

  test('in a block, whole: verb, options, values, arguments', () => {
    const dansLesBlocs = fautes((p) =>
      p.blocs.filter((b) => ['sh', 'ini'].includes(b.langue)).flatMap((b) => juge(b.texte, true)),
    );
    expect(dansLesBlocs).toEqual([]);
  });

  test('in a sentence, as far as it goes', () => {
    const dansLaProse = fautes((p) => {
      const guillemets = [...p.prose.matchAll(/« ?(vaguemestre [^»]+?) ?»/g)].map(([, c = '']) => c);
      return [...p.citations, ...guillemets].flatMap((c) => juge(c.replaceAll(/[<>[\]]/g, ''), false));
    });
    expect(dansLaProse).toEqual([]);
  });

  test('the test itself sees a wrong one', () => {
    expect(juge('vaguemestre lister | vaguemestre listre', true)).toHaveLength(1);
    expect(juge("A=1 bin/vaguemestre trancher F --recu --motif 'a b'", true)).toEqual([]);
    expect(juge('vaguemestre trancher F --recu', true)).toHaveLength(1);
    expect(juge('vaguemestre trancher', false)).toEqual([]);
    expect(juge('vaguemestre retours --motif x', false)).toHaveLength(1);
    expect(juge('ExecStart=/x/node /x/bin/vaguemestre demarer', true)).toHaveLength(1);
    expect(juge('ln -s /opt/vaguemestre/bin/vaguemestre /usr/bin/vaguemestre', true)).toEqual([]);
  });

  test('every npm script quoted exists', () => {
    const inconnus = fautes((p) =>
      [...p.texte.matchAll(/npm run (?:-s )?([a-z]+)/g)].flatMap(([tout, nom = '']) =>
        nom in paquet.scripts ? [] : [tout],
      ),
    );
    expect(inconnus).toEqual([]);
  });
});

describe('every place quoted exists', () => {
  const dossiers = readdirSync(RACINE, { withFileTypes: true })
    .filter((e) => e.isDirectory() && !['.git', 'node_modules', 'donnees', 'coverage'].includes(e.name))
    .map((e) => e.name);
  const duDepot = new RegExp(`^(${dossiers.map((d) => d.replace('.', '\\.')).join('|')})/`);

  /** Path inside the repository, or undefined when the words are of another kind. */
  function lieu(mot: string): string | undefined {
    const nu = mot.replace(/^.*\/opt\/vaguemestre\//, '').replace(/:[0-9A-Z]{2}_[0-9A-Z]{2}$/, '');
    const chemin = nu.replace(/\/?<.*$/, '').replace(/[.,…]+$/, '');
    if (duDepot.test(chemin) && !/[\s{}$]/.test(chemin)) return chemin;
    return mot !== nu && !mot.includes(':') && chemin !== '' ? chemin : undefined;
  }

  test('files and folders', () => {
    const absents = fautes((p) => {
      const mots = p.blocs.flatMap((b) => commandes(b.texte).flat());
      return [...p.citations, ...mots].flatMap((mot) => {
        const chemin = lieu(mot);
        return chemin === undefined || globSync(chemin, { cwd: RACINE }).length > 0 ? [] : [chemin];
      });
    });
    expect(absents).toEqual([]);
  });

  test('links and anchors', () => {
    const casses = fautes((p) =>
      [...p.prose.matchAll(/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g)].flatMap(([, cible = '', ancre]) => {
        if (/^https?:/.test(cible)) return [];
        const chemin = cible === '' ? p.nom : relative(RACINE, join(RACINE, dirname(p.nom), cible));
        if (!existsSync(join(RACINE, chemin))) return [chemin];
        const autre = PAGES.find((q) => q.nom === chemin);
        return ancre === undefined || autre === undefined || ancres(autre).has(ancre) ? [] : [`#${ancre}`];
      }),
    );
    expect(casses).toEqual([]);
  });

  test('the packages that the tests need are those that the README names', () => {
    const global = readFileSync(join(RACINE, 'test/serveurs/global.ts'), 'utf8');
    const paquets = /PAQUETS = \[([^\]]+)\]/.exec(global)?.[1]?.match(/[a-z0-9-]+/g) ?? [];
    expect(paquets.length).toBeGreaterThan(3);
    expect(paquets.filter((nom) => !page('README.md').citations.includes(nom))).toEqual([]);
  });
});

describe('every setting quoted exists', () => {
  const cles = clesConnues();
  const sections = Object.keys(manifest.shape).join('|');
  const forme = new RegExp(`^(${sections})(\\.[a-z0-9_]+(\\[\\])?)+$`);
  const connue = (cle: string): boolean => cles.some((c) => c === cle || c.startsWith(`${cle}.`));
  const cite = (texte: string): boolean => forme.test(texte) && !/\.(pem|toml|md|ts|key)$/.test(texte);

  test('names', () => {
    expect(fautes((p) => p.citations.filter((c) => cite(c) && !connue(c)))).toEqual([]);
    expect(connue('actes.ministere.fenetre')).toBe(false);
  });

  test('blocks of settings are accepted by the manifest', () => {
    const refuses = fautes((p) =>
      p.blocs
        .filter((b) => b.langue === 'toml')
        .flatMap((b) => (manifest.safeParse(parse(b.texte)).success ? [] : [b.texte])),
    );
    expect(refuses).toEqual([]);
  });

  test('variables of the environment', () => {
    const permises = new Set(['VAGUEMESTRE_CONFIG', ...VARIABLES.map((v) => v.variable)]);
    const inconnues = fautes((p) =>
      (p.texte.match(/VAGUEMESTRE_[A-Z_]+/g) ?? []).filter((v) => !permises.has(v)),
    );
    expect(inconnues).toEqual([]);
  });

  test('codes of errors', () => {
    const catalogue = join(RACINE, 'src/metier/catalogue');
    const lignes = readdirSync(catalogue)
      .map((f) => readFileSync(join(catalogue, f), 'utf8'))
      .join('');
    const codes = new Set(lignes.match(/VGM-[A-Z0-9]+-[0-9]{3}/g));
    expect(
      fautes((p) => (p.texte.match(/VGM-[A-Z0-9]+-[0-9]{3}/g) ?? []).filter((c) => !codes.has(c))),
    ).toEqual([]);
  });

  /** HOM-10: documents of operation that the cahier des charges asks for (CDC-H 1-2, 1-6, 2-16, 2-18, 2-19, 2-21). */
  const CHAPITRES = [
    'Limitations de débit',
    'Détection d’intrusion',
    'Adresses IP, clés et mots de passe',
    'Protection de la clé du serveur',
    'Mise à jour des certificats admis',
    'Validité des certificats',
  ];
  test.each(CHAPITRES)('HOM-10: chapter « %s », tied to real settings', (titre) => {
    const { prose } = page('docs/exploitation.md');
    const [, corps = ''] = prose.split(`\n## ${titre}\n`);
    const citees = [...(corps.split('\n## ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, c = '']) => c);
    expect(citees.filter((c) => cite(c) && connue(c))).not.toEqual([]);
  });
});

describe('what the pages tell is whole', () => {
  test('each state of a flux has its row in docs/exploitation.md, under its own words', () => {
    const { prose } = page('docs/exploitation.md');
    expect(ETATS.filter((e) => !prose.includes(`| \`${e}\` | ${LIBELLE_ETAT[e]} |`))).toEqual([]);
  });

  test('CHANGELOG.md tells the version of the package', () => {
    expect(titres(page('CHANGELOG.md')).some((t) => t.startsWith(`[${paquet.version}]`))).toBe(true);
  });

  const homologation = page('docs/homologation.md').prose;
  const rangs = [...homologation.matchAll(/^\| ([A-Z]{3}-\d{2}) \|(.*)$/gm)];
  const nonCouverts = [
    ...(homologation.split('\n## Non couvert\n')[1] ?? '').matchAll(/^- \*\*.*$/gm),
  ].flatMap(([ligne]) => ligne.match(/[A-Z]{3}-\d{2}/g) ?? []);

  test('a requirement said to be covered names the test that shows it', () => {
    const [couvert = ''] = homologation.split('\n## Couvert en partie\n');
    const lignes = [...couvert.matchAll(/^\| ([A-Z]{3}-\d{2}) \|.*$/gm)];
    expect(lignes.length).toBeGreaterThan(20);
    expect(lignes.filter(([ligne]) => !/`test\//.test(ligne)).map(([, id]) => id)).toEqual([]);
  });

  test('each requirement is told once: covered, in part, or not', () => {
    const tous = [...rangs.map(([, id = '']) => id), ...nonCouverts];
    expect(tous.filter((id, rang) => tous.indexOf(id) !== rang)).toEqual([]);
  });

  const liste = join(RACINE, '..', 'shared', 'specs', 'exigences.md');
  test.runIf(existsSync(liste))('none of the list of requirements is forgotten (HOM-04)', () => {
    const ids = [...readFileSync(liste, 'utf8').matchAll(/^\| ([A-Z]{3}-\d{2}) \|/gm)].map(
      ([, id = '']) => id,
    );
    const dits = new Set([...rangs.map(([, id = '']) => id), ...nonCouverts]);
    expect(ids.filter((id) => !dits.has(id))).toEqual([]);
    expect([...dits].filter((id) => !ids.includes(id))).toEqual([]);
  });
});
