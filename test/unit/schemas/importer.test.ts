import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Baptemes, baptiser } from '../../../src/adapters/schemas/entrees.ts';
import { lireLot } from '../../../src/adapters/schemas/lot.ts';
import { ALLER, type Jeu, jeu, type Montage, monter, racine, RETOUR, schema } from './decor.ts';

/** `vaguemestre schemas importer`, and what the other verbs do to what it installed. */

let m: Montage;
beforeEach(() => {
  m = monter();
});
afterEach(() => m.fermer());

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

describe('a set becomes a pack', () => {
  test('under its version, its files as they were, compiled, with a line of trace', async () => {
    const r = await m.lancer('importer', m.poser('schemas_pes_v5.17'));
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('Paquet 5.17 importé.')]);
    expect(r.sortie).toContain('PES_ACQUIT (retour), PES_ACQUIT (v2), PES_Aller, PES_Retour');
    expect(r.sortie).toContain('1 fichier laissé de côté : ce n’est pas un schéma.');
    const contenu = m.contenu('5.17');
    for (const [nom, texte] of Object.entries(jeu())) {
      if (!nom.endsWith('.xsd')) continue;
      expect(readFileSync(join(contenu, 'fichiers', nom), 'utf8')).toBe(texte);
    }
    expect(readdirSync(join(contenu, 'cache'))).toHaveLength(4);
    const [trace] = m.traces();
    expect(trace).toMatchObject({
      quand: '2026-06-15T12:00:00.000Z',
      qui: expect.stringMatching(/./),
      geste: 'importer',
      paquet: '5.17',
      empreinte: sha256(readFileSync(join(contenu, 'SHA256SUMS'))),
      inventaire: sha256(readFileSync(join(m.dossier, 'paquets.json'))),
    });
  });

  test('its digest is that of a list which sha256sum verifies', async () => {
    await m.lancer('importer', m.poser('v5.17'));
    const ou = join(m.contenu('5.17'), 'fichiers');
    const verifier = () =>
      execFileSync('sh', ['-c', 'sha256sum -c --strict ../SHA256SUMS'], { cwd: ou, stdio: 'pipe' });
    verifier();
    writeFileSync(join(ou, 'PES_V2/Communs.xsd'), ' ', { flag: 'a' });
    expect(verifier).toThrow();
  });

  test('all of it, what was compiled included, is readable by the account of the daemon', async () => {
    await m.lancer('importer', m.poser('v5.17'));
    const contenu = m.contenu('5.17');
    const noms = readdirSync(contenu, { recursive: true, encoding: 'utf8' });
    expect(noms.length).toBeGreaterThan(10);
    expect(noms.filter((n) => (statSync(join(contenu, n)).mode & 0o044) !== 0o044)).toEqual([]);
  });

  test('folder or ZIP, with folders around it or none: one and the same content, imported once', async () => {
    const formes = [
      m.poser('schemas_pes_v5.17'),
      m.poser('livraison/v5.17/schemas'),
      m.zipper('Schemas_PES_v5.17.zip'),
      m.zipper('livraison.zip', jeu(), 'DGFiP/schemas_pes.v5.17/'),
    ];
    const issues: unknown[] = [];
    for (const source of formes)
      issues.push((await m.lancer('importer', source, '--nom', '5.17', '--json')).json[0]?.['issue']);
    expect(issues).toEqual(['importe', 'deja_en_place', 'deja_en_place', 'deja_en_place']);
    expect(m.traces()).toHaveLength(1);
    expect(m.noms('5.17')).toHaveLength(1);
  });

  test('files that a system adds are no part of it', async () => {
    const plus = { '__MACOSX/PES_V2/._Communs.xsd': '\0\0', '.cache.xsd': '<', 'PES_V2/.DS_Store': '\0' };
    const r = await m.lancer('importer', m.zipper('v5.17.zip', jeu(5, plus)), '--json');
    expect(r.json[0]).toMatchObject({ issue: 'importe', paquet: { fichiers: 6 } });
  });
});

describe('what it is called: no schema says its version', () => {
  const appeler = async (source: string, noms: Baptemes = {}) =>
    baptiser(source, await lireLot(source), noms);

  test.each<{ par: string; source: string; plus?: Jeu; noms?: Baptemes }>([
    { par: 'the folder', source: 'schemas_pes_v5.17' },
    { par: 'the folder, otherwise', source: 'schemas_pes.v5.17' },
    { par: 'a note that comes with it', source: 'livraison', plus: { 'PES_V2/v5.17.txt': '' } },
    { par: 'the command', source: 'livraison', noms: { version: '5.17' } },
    { par: 'the command, against the folder', source: 'schemas_pes_v5.12', noms: { version: '5.17' } },
    { par: 'the name given', source: 'livraison-15.01.2026', noms: { nom: '5.17' } },
  ])('said by $par', async ({ source, plus = {}, noms = {} }) => {
    expect(await appeler(m.poser(source, jeu(5, plus)), noms)).toEqual({ nom: '5.17', version: '5.17' });
  });

  test('by the folders of a ZIP', async () => {
    const zip = m.zipper('x.zip', jeu(), 'schemas_pes_v5.17/');
    expect(await appeler(zip)).toEqual({ nom: '5.17', version: '5.17' });
  });

  test('a name without version: the version is not known, and not guessed', async () => {
    expect(await appeler(m.poser('livraison'), { nom: 'recette' })).toEqual({
      nom: 'recette',
      version: null,
    });
  });

  test.each<{ par: string; source: string; plus?: Jeu; nom?: string; motif: string }>([
    { par: 'nothing', source: 'livraison-15.01.2026', motif: 'dire --version ou --nom' },
    {
      par: 'two versions',
      source: 'schemas_pes_v5.17',
      plus: { 'v5.16.txt': '' },
      motif: 'plusieurs versions (5.17 et 5.16)',
    },
    { par: 'a path', source: 'v5.17', nom: '../5.17', motif: 'le nom « ../5.17 » ne convient pas' },
    { par: 'the inventory', source: 'v5.17', nom: 'paquets.json', motif: 'ne convient pas' },
  ])('said by $par: refused', async ({ source, plus = {}, nom, motif }) => {
    const options = nom === undefined ? [] : ['--nom', nom];
    const r = await m.lancer('importer', m.poser(source, jeu(5, plus)), ...options);
    expect([r.code, r.erreur]).toEqual([3, expect.stringContaining(motif)]);
    expect(m.noms()).toEqual([]);
  });

  test('a version that is none: the command is badly written', async () => {
    const r = await m.lancer('importer', m.poser('v5.17'), '--version', 'dernière');
    expect([r.code, r.erreur]).toEqual([2, expect.stringContaining('--version')]);
  });
});

/** The tests that follow each begin with a copy of what `preparer` installed. */
function partirDe(preparer: (modele: Montage) => Promise<void>): void {
  let modele: Montage;
  beforeAll(async () => {
    modele = monter();
    await preparer(modele);
  });
  afterAll(() => modele.fermer());
  beforeEach(() => {
    m.fermer();
    m = monter(modele);
  });
}

describe('the name is taken', () => {
  partirDe(async (modele) => {
    await modele.lancer('importer', modele.poser('v5.17'), '--politique', 'bloquer');
  });

  test('by another content: refused, and it stays', async () => {
    const avant = m.contenu('5.17');
    const r = await m.lancer('importer', m.poser('autre/v5.17', jeu(6)));
    expect([r.code, r.erreur]).toEqual([3, expect.stringContaining('VGM-SCH-003')]);
    expect([m.contenu('5.17'), m.noms('5.17').length, m.traces().length]).toEqual([avant, 1, 1]);
  });

  test('replaced on request: the content turns, the policy stays, the old one goes', async () => {
    const avant = m.contenu('5.17');
    const r = await m.lancer('importer', m.poser('autre/v5.17', jeu(6)), '--remplacer', '--json');
    expect(r.json[0]).toMatchObject({ issue: 'remplace', paquet: { politique: 'bloquer' } });
    expect([m.noms('5.17').length, m.contenu('5.17') === avant]).toEqual([1, false]);
    expect(m.traces().map((t) => t['geste'])).toEqual(['importer', 'remplacer']);
  });

  test('the same content again, with another policy: only the policy changes', async () => {
    const r = await m.lancer('importer', m.ici('v5.17'), '--politique', 'avertir', '--json');
    expect(r.json[0]).toMatchObject({ issue: 'deja_en_place', paquet: { politique: 'avertir' } });
    expect(m.traces().map((t) => t['resume']?.replace(/^\d.*/, ''))).toEqual(['', 'de bloquer à avertir']);
  });

  test('another name for the same content is taken, and told', async () => {
    const r = await m.lancer('importer', m.ici('v5.17'), '--nom', 'double');
    expect([r.code, r.sortie]).toEqual([0, expect.stringContaining('Le paquet 5.17 a le même contenu')]);
    const autre = await m.lancer('importer', m.ici('v5.17'), '--nom', 'double', '--version', '5.18');
    expect(autre.sortie).toContain('Il reste de version 5.17');
  });

  test.each(['fichiers/PES_V2/Communs.xsd', 'fichiers/PES_V2/Rev0/PES_Aller.xsd', 'SHA256SUMS'])(
    'a pack whose %s was changed or lost is told, and put back by the same import',
    async (nom) => {
      const ou = join(m.contenu('5.17'), nom);
      for (const abimer of [() => writeFileSync(ou, ' ', { flag: 'a' }), () => rmSync(ou)]) {
        abimer();
        expect((await m.lancer('lister')).sortie).toMatch(
          /Paquet 5\.17 inutilisable : .* v5\.17 le remet en état/,
        );
        const r = await m.lancer('importer', m.ici('v5.17'), '--json');
        expect(r.json[0]).toMatchObject({ issue: 'repare', paquet: { politique: 'bloquer' } });
        expect((await m.lancer('lister')).sortie).not.toContain('À surveiller');
      }
    },
  );
});

describe('a set that cannot serve is refused whole', () => {
  const corps = (texte: string) => ({ 'PES_V2/Rev0/PES_Aller.xsd': schema(ALLER.espace, texte) });
  test.each([
    [
      'no schema of a PES file',
      { 'a.xsd': schema('urn:a', '<xs:element name="PES_Aller"/>') },
      'ce n’est pas un jeu PES',
    ],
    [
      'a root declared twice, as in two sets at once',
      jeu(5, { 'ancien/PES_Aller.xsd': racine(ALLER, '') }),
      'la racine PES_Aller est déclarée par PES_V2/Rev0/PES_Aller.xsd et par ancien/PES_Aller.xsd',
    ],
    [
      'a schema that is missing',
      jeu(5, corps('<xs:include schemaLocation="../x.xsd"/>\n<xs:element name="PES_Aller"/>')),
      'PES_V2/Rev0/PES_Aller.xsd, ligne 4 : le fichier « PES_V2/x.xsd » n’est pas dans le jeu. Compléter le jeu.',
    ],
    [
      'a construct that our compiler does not carry out',
      jeu(
        5,
        corps('<xs:element name="PES_Aller"><xs:key name="k"><xs:selector xpath="a"/></xs:key></xs:element>'),
      ),
      /PES_V2\/Rev0\/PES_Aller\.xsd, ligne 4 : .*\(key\).* construction que ce programme ne sait pas appliquer\. Ce jeu ne peut pas servir/,
    ],
    [
      'a schema that is wrong, in any of its entry points',
      jeu(5, {
        'PES_V2/RETOUR/Rev0/PES_Retour.xsd': schema(
          RETOUR.espace,
          '<xs:element name="PES_Retour" type="TRien"/>',
        ),
      }),
      /PES_Retour\.xsd, ligne 4 : .*TRien.* Demander un nouvel exemplaire/,
    ],
  ])('%s', async (_, fichiers, motif) => {
    const r = await m.lancer('importer', m.poser('v5.17', fichiers));
    expect([r.code, r.erreur]).toEqual([3, expect.stringMatching(motif)]);
    expect(r.erreur).toContain('rien n’a été installé');
    expect(m.noms()).toEqual([]);
  });

  test('what is there already stays, and judges', async () => {
    await m.lancer('importer', m.poser('v5.17'));
    await m.lancer(
      'importer',
      m.poser('v5.18', jeu(5, corps('<xs:element name="PES_Aller" type="TRien"/>'))),
    );
    expect([m.noms(), m.traces().length]).toEqual([['5.17', 'paquets.json', 'registre.jsonl'], 1]);
  });
});

describe('addresses lead to files of the set, by its catalogue, or to nothing', () => {
  const URL_COMMUN = 'http://exemple.invalid/communs.xsd';
  const IMPORT = `<xs:import namespace="http://www.minefi.gouv.fr/cp/helios/pes_v2/commun" schemaLocation="${URL_COMMUN}"/>`;
  const catalogue = (cible: string) =>
    `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><uri name="${URL_COMMUN}" uri="${cible}"/></catalog>`;
  const avec = (plus = {}) => jeu(5, { 'PES_V2/Rev0/PES_Aller.xsd': racine(ALLER, IMPORT), ...plus });

  test('with a catalogue, in the folder of the schema or above: installed with it', async () => {
    const haut = avec({ 'catalog.xml': catalogue('PES_V2/Communs.xsd') });
    const pres = avec({ 'PES_V2/Rev0/catalog.xml': catalogue('../Communs.xsd') });
    expect((await m.lancer('importer', m.poser('v5.17', haut))).code).toBe(0);
    expect((await m.lancer('importer', m.poser('v5.18', pres))).code).toBe(0);
    const bon = m.ecrire('bon.xml', `<n:PES_Aller xmlns:n="${ALLER.espace}"><Nom V="abc"/></n:PES_Aller>`);
    expect((await m.lancer('valider', bon)).code).toBe(0);
  });

  test.each([
    ['without catalogue', {}],
    ['a catalogue that leads out of the set', { 'catalog.xml': catalogue('../../../etc/passwd') }],
    ['a catalogue that leads to the network', { 'catalog.xml': catalogue('https://exemple.invalid/x.xsd') }],
  ])('%s: refused, the address named', async (_, plus) => {
    const r = await m.lancer('importer', m.poser('v5.17', avec(plus)));
    expect([r.code, r.erreur]).toEqual([
      3,
      expect.stringContaining(`${URL_COMMUN} : cette adresse est importée`),
    ]);
  });

  test('a catalogue that is none is refused', async () => {
    const r = await m.lancer('importer', m.poser('v5.17', avec({ 'catalog.xml': '<catalog/>' })));
    expect([r.code, r.erreur]).toEqual([3, expect.stringContaining('ce n’est pas un catalogue XML')]);
  });
});

describe('policy, removal, list', () => {
  partirDe(async (modele) => {
    await modele.lancer('importer', modele.poser('v5.9'));
    await modele.lancer('importer', modele.poser('v5.17', jeu(6)));
    await modele.lancer('importer', modele.poser('essai', jeu(7)), '--nom', 'essai');
  });

  test('newest version first, by number; those without version last', async () => {
    const { json } = await m.lancer('lister', '--json');
    const paquets = json[0]?.['paquets'] as { nom: string; enVigueur: boolean; defaut: null }[];
    expect(paquets.map((p) => p.nom)).toEqual(['5.17', '5.9', 'essai']);
    expect(paquets.every((p) => p.enVigueur && p.defaut === null)).toBe(true);
  });

  test('a pack to be ignored is not in force', async () => {
    const r = await m.lancer('politique', '5.9', 'ignorer');
    expect([r.code, r.sortie]).toEqual([0, 'Paquet 5.9 : politique ignorer.']);
    expect((await m.lancer('lister')).sortie).toMatch(/^5\.9 +5\.9 +ignorer +non/m);
    expect((await m.lancer('politique', '5.9', 'ignorer')).code).toBe(0);
    expect(m.traces()).toHaveLength(4);
  });

  test('removed: nothing of it stays', async () => {
    expect((await m.lancer('retirer', '5.9', '--json')).json[0]).toMatchObject({ nom: '5.9' });
    expect(m.noms()).toEqual(['5.17', 'essai', 'paquets.json', 'registre.jsonl']);
    expect(m.traces().at(-1)).toMatchObject({ geste: 'retirer', paquet: '5.9' });
  });

  test.each([
    [['politique', '5.9', 'refuser'], 2, 'ignorer, avertir ou bloquer'],
    [
      ['politique', '5.10', 'bloquer'],
      2,
      'Aucun paquet de schémas ne s’appelle « 5.10 » ; installés : 5.17, 5.9, essai.',
    ],
    [['retirer', '..'], 2, 'VGM-SCH-007'],
    [['valider', 'x.xml', '--paquet', '5.10'], 2, 'VGM-SCH-007'],
  ])('%j: %i', async (argv, code, motif) => {
    const r = await m.lancer(...argv);
    expect([r.code, r.erreur]).toEqual([code, expect.stringContaining(motif)]);
  });

  test('files that are not ours are left alone', async () => {
    m.ecrire('donnees/schemas/helios/notes.txt', 'à moi');
    m.ecrire('donnees/schemas/helios/mien/0123456789abcdeX', 'à moi');
    await m.lancer('retirer', '5.9');
    expect(m.noms()).toEqual(['5.17', 'essai', 'mien', 'notes.txt', 'paquets.json', 'registre.jsonl']);
  });

  test('changed outside the command: the list says so', async () => {
    const fichier = join(m.dossier, 'paquets.json');
    writeFileSync(fichier, readFileSync(fichier, 'utf8').replace('"avertir"', '"bloquer"'));
    expect((await m.lancer('lister')).sortie).toContain(
      '(« importer essai ») n’a pas abouti, ou l’inventaire a été modifié',
    );
    rmSync(join(m.dossier, 'registre.jsonl'));
    expect((await m.lancer('lister')).sortie).toContain('Le registre des modifications est absent');
  });

  test.each([
    ['{', 'ce n’est pas du JSON'],
    ['{"version":2,"paquets":[]}', 'version : '],
    [undefined, 'deux paquets y ont le même nom'],
  ])('an inventory that cannot serve (%j) stops every verb, and nothing is swept', async (texte, motif) => {
    const fichier = join(m.dossier, 'paquets.json');
    const lu = JSON.parse(readFileSync(fichier, 'utf8')) as { paquets: object[] };
    writeFileSync(fichier, texte ?? JSON.stringify({ ...lu, paquets: [...lu.paquets, lu.paquets[0]] }));
    for (const argv of [['lister'], ['importer', m.ici('v5.9')], ['retirer', '5.9'], ['valider', fichier]]) {
      const r = await m.lancer(...argv);
      expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-SCH-008')]);
      expect(r.erreur).toContain(motif);
    }
    expect(m.noms()).toContain('5.9');
  });
});
