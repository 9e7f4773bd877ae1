import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type BilanFichier,
  type DemandeValidation,
  validerAvecSchema,
} from '../../../../src/formats/xsd/valider-fichier.ts';
import { enMorceaux, PARTAGE, partagePresent } from '../chemins.ts';

const XS = 'xmlns:x="http://www.w3.org/2001/XMLSchema"';
const racine = mkdtempSync(join(tmpdir(), 'valider-'));

function poser(nom: string, texte: string): string {
  const chemin = join(racine, nom);
  mkdirSync(dirname(chemin), { recursive: true });
  writeFileSync(chemin, texte);
  return chemin;
}

const N = `<x:schema ${XS}><x:simpleType name="N"><x:restriction base="x:integer"/></x:simpleType></x:schema>`;
const RACINE =
  '<x:element name="r"><x:complexType><x:sequence><x:element name="n" type="N" maxOccurs="unbounded"/></x:sequence></x:complexType></x:element>';
const schema = (corps: string) => `<x:schema ${XS}>${corps}</x:schema>`;
const avec = (lieu: string) => schema(`<x:include schemaLocation="${lieu}"/>${RACINE}`);

/** The same, plus two constructs that our compiler leaves to another. */
const CLES = schema(`<x:include schemaLocation="n.xsd"/>
<x:element name="r"><x:complexType><x:sequence>
 <x:element name="n" type="N" maxOccurs="unbounded"/>
 <x:element name="v" type="N" minOccurs="0" maxOccurs="unbounded"/></x:sequence></x:complexType>
 <x:key name="k"><x:selector xpath="n"/><x:field xpath="."/></x:key>
 <x:keyref name="kr" refer="k"><x:selector xpath="v"/><x:field xpath="."/></x:keyref></x:element>`);

poser('n.xsd', N);
poser('a/n.xsd', N);
poser('a/b/c/n.xsd', N);
const SIMPLE = poser('a/b/c/simple.xsd', avec('n.xsd'));
const CLE = poser('a/b/c/cles.xsd', CLES);

function valider(
  chemin: string,
  texte: string,
  options: Partial<DemandeValidation> = {},
): Promise<BilanFichier> {
  const source = () => enMorceaux(Buffer.from(texte, 'utf8'), [7]);
  return validerAvecSchema({ schema: chemin, source, ...options });
}

describe('any file against any schema of the disk', () => {
  test('valid: whole, with its digest', async () => {
    const texte = '<r><n>1</n><n>2</n></r>';
    expect(await valider(SIMPLE, texte)).toEqual({
      type: 'valide',
      moteur: 'vaguemestre',
      octets: texte.length,
      sha256: createHash('sha256').update(texte).digest('hex'),
    });
  });

  test('invalid: every fault with its line, column, byte, path, value seen and expected', async () => {
    const bilan = await valider(SIMPLE, '<r>\n <n>1</n>\n <n>x</n>\n <o/></r>');
    expect(bilan).toMatchObject({ type: 'invalide', moteur: 'vaguemestre', tronque: false });
    expect(bilan).toHaveProperty('fautes', [
      expect.objectContaining({ ligne: 3, colonne: 2, octet: 15, chemin: '/r/n[2]', valeur: 'x' }),
      expect.objectContaining({ ligne: 4, colonne: 2, octet: 25, attendu: expect.stringContaining('« n »') }),
    ]);
  });

  test('no more faults than asked for', async () => {
    const bilan = await valider(SIMPLE, `<r>${'<n>x</n>'.repeat(9)}</r>`, { erreursMax: 3 });
    expect(bilan).toMatchObject({ type: 'invalide', tronque: true });
    expect(bilan).toHaveProperty('fautes.length', 3);
  });

  test('not well formed: where the reading stopped', async () => {
    expect(await valider(SIMPLE, '<r>\n <n>1</r>')).toMatchObject({
      type: 'mal_forme',
      faute: { code: 'XML-019', ligne: 2, colonne: 6 },
    });
    const petit = await valider(SIMPLE, '<r><n>1</n></r>', { limites: { octets: 10 } });
    expect(petit).toMatchObject({ type: 'mal_forme', faute: { code: 'XML-040' } });
  });

  test('two equal Id are for the schema to judge', async () => {
    const libre = poser('a/b/c/id.xsd', schema('<x:element name="r"/>'));
    expect(await valider(libre, '<r><a Id="1"/><b Id="1"/></r>')).toMatchObject({ type: 'valide' });
  });

  const BUDGET = 'normes/helios/schemas_pes_v5.17/SchemaDocBudg/DocumentBudgetaire.xsd';
  test.runIf(partagePresent(BUDGET))(
    'the budget documents of the State are judged by our engine',
    async () => {
      expect(await valider(join(PARTAGE, BUDGET), '<r/>')).toMatchObject({
        type: 'invalide',
        moteur: 'vaguemestre',
      });
    },
  );

  test('kept compiled where one asks', async () => {
    const cache = join(racine, 'cache');
    for (let k = 0; k < 2; k += 1) {
      expect(await valider(SIMPLE, '<r><n>1</n></r>', { cache })).toMatchObject({ type: 'valide' });
    }
    expect(readdirSync(cache)).toHaveLength(1);
  });
});

const refusDe = (bilan: BilanFichier) => (bilan.type === 'schema_refuse' ? bilan.refus : []);

describe('what a schema may draw on', () => {
  test('files beside it, below it, and two folders above; no higher, and not through a link', async () => {
    const deux = poser('a/b/c/deux.xsd', avec('../../n.xsd'));
    expect(await valider(deux, '<r><n>1</n></r>')).toMatchObject({ type: 'valide' });
    const trois = poser('a/b/c/trois.xsd', avec('../../../n.xsd'));
    expect(refusDe(await valider(trois, '<r/>'))).toMatchObject([{ genre: 'absent', fichier: 'trois.xsd' }]);
    symlinkSync(join(racine, 'n.xsd'), join(racine, 'a/b/c/lien.xsd'));
    const lien = poser('a/b/c/par-lien.xsd', avec('lien.xsd'));
    expect(refusDe(await valider(lien, '<r/>'))).toMatchObject([
      { genre: 'absent', fichier: 'par-lien.xsd' },
    ]);
  });

  test('itself, wherever one enters the circle', async () => {
    poser('a/b/x/un.xsd', schema('<x:include schemaLocation="../x/deux.xsd"/><x:element name="r"/>'));
    const deux = poser('a/b/x/deux.xsd', schema('<x:include schemaLocation="un.xsd"/>'));
    expect(await valider(deux, '<r/>')).toMatchObject({ type: 'valide' });
  });

  test('an address only by a catalogue: the nearest, or the one given', async () => {
    const adresse = 'http://127.0.0.1:9/n.xsd';
    const distant = poser('d/e/distant.xsd', avec(adresse));
    const [refus] = refusDe(await valider(distant, '<r/>'));
    expect(refus).toMatchObject({ genre: 'absent', message: expect.stringContaining(adresse) });
    const catalogue = (cible: string) =>
      `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><uri name="${adresse}" uri="${cible}"/></catalog>`;
    poser('f/copie/n.xsd', N);
    const donne = poser('f/catalogue.xml', catalogue('copie/n.xsd'));
    expect(await valider(distant, '<r><n>1</n></r>', { catalogue: donne })).toMatchObject({ type: 'valide' });
    const dehors = poser('f/dehors.xml', catalogue('../n.xsd'));
    expect((await valider(distant, '<r/>', { catalogue: dehors })).type).toBe('schema_refuse');
    poser('d/copie/n.xsd', N);
    poser('d/catalog.xml', catalogue('copie/n.xsd'));
    expect(await valider(distant, '<r><n>1</n></r>')).toMatchObject({ type: 'valide' });
  });

  test.each([
    ['absent', 'catalogue.absent', null],
    ['not well formed', 'g/casse.xml', '<catalog>'],
    ['something else', 'g/autre.xml', '<catalogue/>'],
  ])('a catalogue that is %s is told', async (_, nom, texte) => {
    const chemin = texte === null ? join(racine, nom) : poser(nom, texte);
    expect(refusDe(await valider(SIMPLE, '<r/>', { catalogue: chemin }))).toMatchObject([
      { fichier: chemin },
    ]);
  });

  test.each([
    ['a file of that name that is no catalogue', (lieu: string) => void writeFileSync(lieu, '<catalog/>')],
    [
      'a pipe, which is not waited for',
      (lieu: string) => void execFileSync('sh', ['-c', 'mkfifo "$0"', lieu]),
    ],
    ['a file too big to be one', (lieu: string) => void writeFileSync(lieu, Buffer.alloc(1_000_001, 'x'))],
  ])('%s beside the schema is left alone', async (nom, faire) => {
    const dossier = `h/${nom.length}`;
    const voisin = poser(`${dossier}/simple.xsd`, schema('<x:element name="r"/>'));
    faire(join(racine, dossier, 'catalog.xml'));
    expect(await valider(voisin, '<r/>')).toMatchObject({ type: 'valide' });
  });

  test('the main schema may be named by a link, to it or to a folder above: the others are beside what it leads to', async () => {
    mkdirSync(join(racine, 'l/m'), { recursive: true });
    symlinkSync(SIMPLE, join(racine, 'l/m/lien.xsd'));
    symlinkSync(join(racine, 'a'), join(racine, 'l/m/courant'));
    for (const nom of ['l/m/lien.xsd', 'l/m/courant/b/c/simple.xsd']) {
      expect(await valider(join(racine, nom), '<r><n>1</n></r>'), nom).toMatchObject({ type: 'valide' });
    }
  });

  test('a schema whose parts hold one another without measure is refused, not the program stopped', async () => {
    const niveaux = 20_000;
    const chaine = Array.from(
      { length: niveaux },
      (_, k) =>
        `<x:simpleType name="t${k}"><x:restriction base="${k + 1 < niveaux ? `t${k + 1}` : 'x:string'}"/></x:simpleType>`,
    );
    const long = poser('i/long.xsd', schema(`${chaine.join('')}<x:element name="r" type="t0"/>`));
    expect(refusDe(await valider(long, '<r/>'))).toMatchObject([
      { fichier: 'long.xsd', message: 'ses constructions s’emboîtent sans mesure' },
    ]);
  });

  test('what is imported in vain is told beside what is then missing', async () => {
    const importe = poser(
      'a/b/c/importe.xsd',
      `<x:schema ${XS} xmlns:b="urn:b"><x:import namespace="urn:b" schemaLocation="http://b.invalid/b.xsd"/>` +
        '<x:element name="r" type="b:T"/></x:schema>',
    );
    const refus = refusDe(await valider(importe, '<r/>'));
    expect(refus.map((r) => [r.genre, r.fichier])).toEqual([
      ['invalide', 'importe.xsd'],
      ['absent', 'http://b.invalid/b.xsd'],
    ]);
  });

  test('a schema that is not there, or is none', async () => {
    expect((await valider(join(racine, 'absent.xsd'), '<r/>')).type).toBe('schema_refuse');
    expect(refusDe(await valider(poser('faux.xsd', '<a/>'), '<r/>'))).toMatchObject([
      { fichier: 'faux.xsd' },
    ]);
  });
});

describe('a schema that our compiler does not carry out goes to libxml2, in a thread', () => {
  test('valid, and told who says so; meanwhile the program is free', async () => {
    let tours = 0;
    const montre = setInterval(() => (tours += 1), 1);
    const bilan = await valider(CLE, '<r><n>1</n><n>2</n><v>2</v></r>');
    clearInterval(montre);
    expect(bilan).toMatchObject({ type: 'valide', moteur: 'libxml2', octets: 31 });
    expect(tours).toBeGreaterThan(5);
  });

  test('two names for one place, which it refuses too', async () => {
    const double = '<x:sequence><x:element name="n" minOccurs="0"/><x:element name="n"/></x:sequence>';
    const noms = poser(
      'j/noms.xsd',
      schema(`<x:element name="r"><x:complexType>${double}</x:complexType></x:element>`),
    );
    expect(refusDe(await valider(noms, '<r><n/></r>'))[0]?.message).toMatch(/^libxml2 : .*not determinist/);
  });

  test('invalid: every fault, with its line and its path', async () => {
    const bilan = await valider(CLE, '<r>\n<n>1</n>\n<n>1</n></r>');
    expect(bilan).toMatchObject({ type: 'invalide', moteur: 'libxml2', tronque: false });
    expect(bilan).toHaveProperty('fautes.0', {
      code: 'XSD-900',
      message: expect.stringMatching(/Duplicate key-sequence/),
      ligne: 3,
      colonne: 0,
      octet: -1,
      chemin: '/r/n[2]',
      valeur: null,
      attendu: '',
    });
  });

  test('no more faults than asked for', async () => {
    const bilan = await valider(CLE, `<r>${'<n>x</n>'.repeat(9)}</r>`, { erreursMax: 3 });
    expect(bilan).toMatchObject({ type: 'invalide', tronque: true });
    expect(bilan).toHaveProperty('fautes.length', 3);
  });

  test('what is well formed is still for our reader to say: DOCTYPE, encodings, limits', async () => {
    const cas: [string, string][] = [
      ['<r>\n<n>1</r>', 'XML-019'],
      ['<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/hostname">]><r><n>&e;</n></r>', 'XML-006'],
      ['<?xml version="1.0" encoding="UTF-7"?><r/>', 'XML-002'],
    ];
    for (const [texte, code] of cas) {
      expect(await valider(CLE, texte)).toMatchObject({ type: 'mal_forme', faute: { code } });
    }
    const gros = await valider(CLE, '<r><n>1</n></r>', { limites: { octets: 10 } });
    expect(gros).toMatchObject({ type: 'mal_forme', faute: { code: 'XML-040' } });
  });

  test('a file too big for it is an error, not a verdict (VGM-XML-007)', async () => {
    const source = async function* () {
      yield Buffer.from('<r>');
      for (let k = 0; k < 65; k += 1) yield Buffer.alloc(1_000_000, ' ');
    };
    const essai = validerAvecSchema({ schema: CLE, source });
    await expect(essai).rejects.toThrow(/^VGM-XML-007 .*64 Mo/);
  });

  test('it reads the files that our compiler left aside, and no other', async () => {
    const redefinit = (lieu: string) =>
      schema(
        `<x:redefine schemaLocation="${lieu}"><x:simpleType name="N"><x:restriction base="N"><x:maxInclusive value="5"/>` +
          `</x:restriction></x:simpleType></x:redefine>${RACINE}`,
      );
    const dedans = poser('a/b/c/redefinit.xsd', redefinit('../../n.xsd'));
    expect(await valider(dedans, '<r><n>5</n></r>')).toMatchObject({ type: 'valide', moteur: 'libxml2' });
    expect(await valider(dedans, '<r><n>6</n></r>')).toMatchObject({ type: 'invalide', moteur: 'libxml2' });
    const dehors = poser('a/b/c/dehors.xsd', redefinit('../../../n.xsd'));
    expect(await valider(dehors, '<r><n>5</n></r>')).toMatchObject({
      type: 'schema_refuse',
    });
    expect(refusDe(await valider(dehors, '<r/>')).at(-1)).toMatchObject({
      fichier: 'dehors.xsd',
      ligne: 1,
      message: expect.stringMatching(/^libxml2 : .*Failed to load/),
    });
  });

  test('no answer in time is an error, not a verdict (VGM-XML-005)', async () => {
    const essai = valider(CLE, '<r><n>1</n></r>', { etranger: { delai: 1 } });
    await expect(essai).rejects.toThrow(/VGM-XML-005/);
  });

  test('stopped in the middle of its work, it takes nobody with it', () => {
    const enfant = spawnSync(process.execPath, [join(import.meta.dirname, 'arreter-etranger.ts'), CLE], {
      encoding: 'utf8',
    });
    expect([enfant.status, enfant.signal, enfant.stdout]).toEqual([0, null, 'VGM-XML-005\n']);
  });

  test.each([
    ['throws', 'throw new Error()', /défaut du programme/],
    [
      'has no memory left',
      'throw Object.assign(new Error(), { code: "ERR_WORKER_OUT_OF_MEMORY" })',
      /mémoire épuisée/,
    ],
    ['ends without a word', 'process.exit(0)', /aucune réponse/],
    [
      'gives up',
      'import { parentPort } from "node:worker_threads"; parentPort.postMessage({ type: "panne", detail: "calcul abandonné" })',
      /interrompue \(calcul abandonné\)/,
    ],
  ])('a thread that %s is an error, not a verdict (VGM-XML-006)', async (_, code, dit) => {
    const ouvrier = new URL(`data:text/javascript,${encodeURIComponent(code)}`);
    const essai = valider(CLE, '<r><n>1</n></r>', { etranger: { ouvrier } });
    await expect(essai).rejects.toThrow(dit);
    await expect(essai).rejects.toThrow(/^VGM-XML-006 /);
  });
});
