import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ouvrirPaquets } from '../../../src/adapters/schemas/paquets.ts';
import { Ensemble } from '../../../src/formats/xml/ensemble.ts';
import type { Balise } from '../../../src/formats/xml/evenements.ts';
import { Muet } from '../../../src/formats/xml/muet.ts';
import { JuryXsd } from '../../../src/formats/xsd/jury.ts';
import type { BilanPaquet, Paquets } from '../../../src/formats/xsd/paquets.ts';
import {
  ACQUIT_V1,
  ACQUIT_V2,
  ALLER,
  document,
  jeu,
  lire,
  type Montage,
  monter,
  racine,
  RETOUR,
} from './decor.ts';

/** The packs as the control of a deposit uses them: on the pass of the rest, and never a verdict that is not one. */

let modele: Montage;
let m: Montage;
let paquets: Paquets;
beforeAll(async () => {
  modele = monter();
  await modele.lancer('importer', modele.poser('v5.11', jeu(4)));
  await modele.lancer('importer', modele.poser('v5.12', jeu(5)), '--politique', 'bloquer');
  await modele.lancer('importer', modele.poser('v5.9', jeu(3)), '--politique', 'ignorer');
});
afterAll(() => modele.fermer());
beforeEach(() => {
  m = monter(modele);
  paquets = ouvrirPaquets(m.dossier);
});
afterEach(() => m.fermer());

const dire = (b: BilanPaquet): string =>
  `${b.paquet.nom} ${b.type === 'juge' ? (b.valide ? 'valide' : `${b.constats.length} constats`) : b.motif}`;

/** Names of the packs asked, with what each says. */
function juger(octets: Uint8Array, options?: Parameters<Paquets['juger']>[0]): string[] | null {
  const jugement = paquets.juger(options);
  lire(octets, jugement.recepteur);
  return jugement.bilan()?.paquets.map(dire) ?? null;
}

const schemas = (nom: string, ...suite: string[]) => join(m.contenu(nom), 'fichiers/PES_V2', ...suite);

describe('several packs, one reading', () => {
  test('each gives its verdict, newest first; those to be ignored are not asked', () => {
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide', '5.11 valide']);
    expect(juger(document(ALLER, 'abcde', 'x'))).toEqual(['5.12 valide', '5.11 1 constats']);
    expect(juger(document(ALLER, 'abcdef'))).toEqual(['5.12 1 constats', '5.11 1 constats']);
  });

  test('whoever asks may choose them', () => {
    const seul = { admis: (p: { nom: string }) => p.nom === '5.9' };
    expect(juger(document(ALLER, 'abcd'), seul)).toEqual(['5.9 1 constats']);
    expect(juger(document(ALLER), { admis: () => false })).toEqual([]);
  });

  test('on the pass of another receiver, which hears every event', () => {
    const vus: string[] = [];
    class Releve extends Muet {
      override ouvrir(balise: Balise): void {
        vus.push(`${balise.profondeur}`);
      }
    }
    const jugement = paquets.juger();
    lire(document(ALLER, 'a', 'b'), new Ensemble([new Releve(), jugement.recepteur]));
    expect([vus, jugement.bilan()?.paquets.map(dire)]).toEqual([
      ['1', '2', '2'],
      ['5.12 valide', '5.11 valide'],
    ]);
  });

  test('findings say where and what, with the policy of their pack, and are capped', () => {
    const jugement = paquets.juger({ constats: 3 });
    lire(document(ALLER, ...Array.from({ length: 9 }, () => 'trop long')), jugement.recepteur);
    const [un] = jugement.bilan()?.paquets ?? [];
    expect(un).toMatchObject({
      type: 'juge',
      paquet: { nom: '5.12', version: '5.12', politique: 'bloquer' },
      valide: false,
      tronque: true,
      constats: [{ code: 'XSD-006', chemin: '/n:PES_Aller/Nom[1]/@V' }, {}, {}],
    });
    expect(un?.type === 'juge' && un.constats).toHaveLength(3);
  });

  test.each([ALLER, ACQUIT_V1, ACQUIT_V2, RETOUR])('the root and its namespace say which schema: %j', (r) => {
    expect(juger(document(r, 'abc'))).toEqual(['5.12 valide', '5.11 valide']);
    expect(paquets.pour(r).map((p) => p.type)).toEqual(['pret', 'pret']);
  });

  test.each([
    { ...RETOUR, nom: 'PES_Aller' },
    { espace: '', nom: 'PES_Aller' },
    { espace: 'urn:x', nom: 'x' },
  ])('a root that no pack describes is judged by none: %j', (r) => {
    const jugement = paquets.juger();
    lire(
      Buffer.from(`<${r.nom} xmlns="${r.espace}">texte<!-- c --><?p i?>&amp;<a/></${r.nom}>`),
      jugement.recepteur,
    );
    expect(jugement.bilan()).toEqual({ racine: r, paquets: [], probleme: null });
  });

  test('a document that cannot be read to its end is judged by none', () => {
    expect(juger(document(ALLER, 'trop long').subarray(0, -3))).toBeNull();
    expect(juger(Buffer.alloc(0))).toBeNull();
    expect(juger(Buffer.from('<a><b></a>'))).toBeNull();
  });

  test('a jury without juror, or with one, listens as it should', () => {
    const vide = new JuryXsd<string>(() => []);
    expect([lire(document(ALLER, 'x'), vide), vide.bilans()?.jures]).toEqual([null, []]);
    const [ouvert] = paquets.pour(ALLER);
    const jury = new JuryXsd<number>(() =>
      ouvert?.type === 'pret' ? [{ pour: 7, schema: ouvert.schema }] : [],
    );
    lire(document(ALLER, 'trop long'), jury);
    expect(jury.bilans()?.jures).toMatchObject([{ pour: 7, bilan: { valide: false } }]);
  });
});

describe('compiled once, when first asked for', () => {
  test('a schema asked for again is the same object', () => {
    const schema = () => paquets.pour(ALLER).map((p) => (p.type === 'pret' ? p.schema : null));
    const avant = schema();
    expect(schema()[0]).toBe(avant[0]);
    expect(avant[0]).not.toBe(avant[1]);
  });

  test('from the cache of the pack; without it, compiled again all the same', () => {
    for (const nom of readdirSync(join(m.contenu('5.12'), 'cache'))) {
      const ou = join(m.contenu('5.12'), 'cache', nom);
      writeFileSync(ou, readFileSync(ou, 'utf8').slice(0, 50));
    }
    rmSync(join(m.contenu('5.11'), 'cache'), { recursive: true });
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide', '5.11 valide']);
  });
});

describe('a pack that cannot be opened is told as such, and says nothing of the document', () => {
  test('a file changed, lost, or replaced by a link; the others judge', () => {
    writeFileSync(schemas('5.12', 'Communs.xsd'), ' ', { flag: 'a' });
    const dit = '5.12 PES_V2/Communs.xsd a été modifié depuis l’import';
    expect(juger(document(ALLER, 'abcd'))).toEqual([dit, '5.11 valide']);
    rmSync(schemas('5.12', 'Communs.xsd'));
    expect(juger(document(ALLER))?.[0]).toBe('5.12 PES_V2/Communs.xsd ne se lit pas (fichier absent)');
    symlinkSync(schemas('5.11', 'Communs.xsd'), schemas('5.12', 'Communs.xsd'));
    expect(juger(document(ALLER))?.[0]).toMatch(
      /^5\.12 PES_V2\/Communs\.xsd ne se lit pas \(lien symbolique/,
    );
  });

  test('what was opened before still judges: it is what was imported', () => {
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide', '5.11 valide']);
    rmSync(schemas('5.12'), { recursive: true });
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide', '5.11 valide']);
    expect(juger(document(RETOUR))?.[0]).toContain('ne se lit pas');
  });

  test('a schema that another root does not need does no harm to it', () => {
    writeFileSync(schemas('5.12', 'RETOUR/Rev0/PES_Retour.xsd'), racine(RETOUR, ''));
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide', '5.11 valide']);
    expect(juger(document(RETOUR))?.[0]).toContain('a été modifié depuis l’import');
  });

  test('a list of digests made for the occasion does not pass', () => {
    writeFileSync(join(m.contenu('5.12'), 'SHA256SUMS'), '');
    expect(juger(document(ALLER))?.[0]).toBe('5.12 SHA256SUMS a été modifié depuis l’import');
  });

  test('put back, it serves again: nothing is to be restarted', async () => {
    rmSync(schemas('5.12', 'Communs.xsd'));
    expect(juger(document(ALLER))?.[0]).toContain('ne se lit pas');
    await m.lancer('importer', m.ici('v5.12'));
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide', '5.11 valide']);
  });

  test('an inventory that cannot be read: the packs known still judge, and the trouble is told', () => {
    expect(juger(document(ALLER, 'abcd'))).toHaveLength(2);
    writeFileSync(join(m.dossier, 'paquets.json'), '{');
    const jugement = paquets.juger();
    lire(document(ALLER, 'abcd'), jugement.recepteur);
    expect(jugement.bilan()).toMatchObject({ probleme: 'ce n’est pas du JSON', paquets: [{}, {}] });
    expect(ouvrirPaquets(m.dossier).lister()).toEqual({ paquets: [], probleme: 'ce n’est pas du JSON' });
  });
});

describe('the folder changes while it is in use', () => {
  test('a policy, a removal, an import, a replacement: followed from the next document on', async () => {
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide', '5.11 valide']);
    await m.lancer('politique', '5.11', 'ignorer');
    expect(juger(document(ALLER, 'abcd'))).toEqual(['5.12 valide']);
    await m.lancer('retirer', '5.12');
    expect(juger(document(ALLER, 'abcd'))).toEqual([]);
    await m.lancer('importer', m.poser('v5.13', jeu(6)));
    expect(juger(document(ALLER, 'abcdef'))).toEqual(['5.13 valide']);
    await m.lancer('importer', m.poser('autre', jeu(5)), '--nom', '5.13', '--remplacer');
    expect(juger(document(ALLER, 'abcdef'))).toEqual(['5.13 1 constats']);
  });

  test('a content that goes once the inventory was read: the inventory is read again', () => {
    const inventaire = join(m.dossier, 'paquets.json');
    const lu = JSON.parse(readFileSync(inventaire, 'utf8')) as { paquets: { nom: string }[] };
    const restants = lu.paquets.filter((p) => p.nom !== '5.12');
    const jugement = paquets.juger({
      admis: ({ nom }) => {
        // asked between the inventory and the opening: as if somebody else had just removed 5.12
        writeFileSync(inventaire, JSON.stringify({ ...lu, paquets: restants }));
        rmSync(join(m.dossier, '5.12'), { recursive: true, force: true });
        return nom !== '5.9';
      },
    });
    lire(document(ALLER, 'abcd'), jugement.recepteur);
    expect(jugement.bilan()?.paquets.map(dire)).toEqual(['5.11 valide']);
  });

  test('no folder yet: no pack; then one', async () => {
    paquets = ouvrirPaquets(m.ici('vide'));
    expect(juger(document(ALLER))).toEqual([]);
    await m.banc.lancer('schemas', 'importer', m.ici('v5.11'), '--dossier', m.ici('vide'));
    expect(juger(document(ALLER))).toEqual(['5.11 valide']);
  });
});

describe('vaguemestre schemas valider', () => {
  const poser = (octets: Uint8Array) => m.ecrire('doc.xml', octets);

  test('one line per pack, its faults under it; 3 as soon as one that counts refuses', async () => {
    const r = await m.lancer('valider', poser(document(ALLER, 'abcde')));
    expect([r.code, r.sortie.split('\n').filter((l) => /^(Paquet|Racine)/.test(l))]).toEqual([
      3,
      [
        expect.stringMatching(/^Racine PES_Aller \(http:.*\), \d+ octets$/),
        'Paquet 5.12 (bloquer) : conforme au schéma.',
        'Paquet 5.11 (avertir) : non conforme au schéma, 1 faute.',
        'Paquet 5.9 (ignorer, ne compte pas) : non conforme au schéma, 1 faute.',
      ],
    ]);
    expect(r.sortie).toContain('XSD-006  ligne 1, colonne ');
  });

  test('those to be ignored do not count, unless named or alone', async () => {
    const fichier = poser(document(ALLER, 'abcd'));
    expect((await m.lancer('valider', fichier)).code).toBe(0);
    expect((await m.lancer('valider', fichier, '--paquet', '5.9')).code).toBe(3);
    await m.lancer('politique', '5.12', 'ignorer');
    await m.lancer('politique', '5.11', 'ignorer');
    expect((await m.lancer('valider', fichier)).code).toBe(3);
    expect((await m.lancer('valider', poser(document(ALLER, 'abc')))).code).toBe(0);
  });

  test('--json: the same, for a script', async () => {
    const fichier = poser(document(ALLER, 'abcde', 'trop long'));
    const r = await m.lancer('valider', fichier, '--erreurs', '1', '--json');
    expect(r.json[0]).toMatchObject({
      fichier,
      etat: 'lu',
      racine: ALLER,
      paquets: [
        { nom: '5.12', compte: true, inutilisable: null, verdict: { etat: 'invalide', nombreFautes: 1 } },
        { nom: '5.11', verdict: { nombreFautes: 2, fautes: [{ code: 'XSD-006', ligne: 1 }] } },
        { nom: '5.9', compte: false },
      ],
    });
  });

  test('a pack that cannot be opened: failure, not refusal; a refusal by another one is stronger', async () => {
    rmSync(schemas('5.12', 'Communs.xsd'));
    const r = await m.lancer('valider', poser(document(ALLER, 'abcd')));
    expect([r.code, r.sortie]).toEqual([1, expect.stringContaining('Rien n’est dit du fichier.')]);
    expect((await m.lancer('valider', poser(document(ALLER, 'abcde')))).code).toBe(3);
    expect((await m.lancer('valider', poser(document(ALLER, 'abcd')), '--paquet', '5.11')).code).toBe(0);
  });

  test.each([
    [document({ espace: 'urn:x', nom: 'x' }), 3, 'Aucun paquet interrogé ne décrit cette racine.'],
    [Buffer.from('<a>'), 3, 'pas un XML bien formé'],
    [Buffer.from('<!DOCTYPE a><a/>'), 3, 'DOCTYPE'],
  ])('%s: %i', async (octets, code, phrase) => {
    const r = await m.lancer('valider', poser(octets));
    expect([r.code, r.sortie]).toEqual([code, expect.stringContaining(phrase)]);
    expect((await m.lancer('valider', poser(octets), '--json')).json).toHaveLength(1);
  });

  test('no file, or no pack at all: failure', async () => {
    expect(await m.lancer('valider', m.ici('absent.xml'))).toMatchObject({ code: 1 });
    for (const nom of ['5.12', '5.11', '5.9']) await m.lancer('retirer', nom);
    const r = await m.lancer('valider', poser(document(ALLER)));
    expect([r.code, r.erreur]).toEqual([1, expect.stringContaining('VGM-SCH-009')]);
    expect((await m.lancer('lister')).sortie).toContain('Aucun : les PES sont jugés selon les seuls schémas');
  });
});
