import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contenuSigneEgal } from '../../../src/protocoles/helios/signature/comparaison.ts';
import { cleDe, pkiSignature, signer } from '../formats/xades/atelier.ts';
import type { Pki } from '../formats/certificats/pki.ts';
import { morceaux, pes, textePes } from './generateur.ts';

/** The file that comes back from outside is the one deposited, but for its signatures (policy § 2.1; crypto.md § 9). */

const latin1 = (texte: string): Buffer => Buffer.from(texte, 'latin1');

function comparer(avant: Uint8Array | string, apres: Uint8Array | string, pas = 37) {
  const [a, b] = [avant, apres].map((f) => (typeof f === 'string' ? latin1(f) : f)) as [
    Uint8Array,
    Uint8Array,
  ];
  return contenuSigneEgal(
    () => morceaux(a, pas),
    () => morceaux(b, pas + 6),
  );
}

const NU = textePes({ depense: [{ id: 'B1' }, {}], recette: [{}], infoDematerialisee: null });
const SIG =
  '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="S"><ds:SignedInfo/></ds:Signature>';

/** The same, spelt by other software: attributes, references, line ends, empty tags. */
const AUTREMENT = NU.replaceAll('\n', '\r\n')
  .replaceAll('/>', '></dummy>')
  .replaceAll(/<(\w+)([^<>]*)><\/dummy>/g, '<$1$2 ></$1>')
  .replaceAll('V="2026-03-02"', "V = '2026-03-&#48;2'")
  .replaceAll('Commune de', 'Commune&#32;de');

let pki: Pki;
beforeAll(() => {
  pki = pkiSignature();
});
afterAll(() => pki.fermer());

describe('what signing adds is not a difference', () => {
  test('our signatures, with the Ids that they needed: equal, and the digests are those of the signed file', async () => {
    const source = pes({ depense: [{ id: 'B1' }, {}], recette: [{}], infoDematerialisee: '1' });
    const { octets } = await signer(source, cleDe(pki, 'ec'), { idManquant: (rang) => `ID_${rang}` });
    expect(await comparer(source, octets, 4096)).toEqual({
      type: 'egal',
      signatures: 3,
      octets: octets.length,
      sha1: createHash('sha1').update(octets).digest('hex'),
      sha256: createHash('sha256').update(octets).digest('hex'),
    });
  });

  test.each<[string, string]>([
    ['nothing', NU],
    ['the same content spelt otherwise', AUTREMENT],
    ['a signature under the root', NU.replace('</n:PES_Aller>', `${SIG}</n:PES_Aller>`)],
    [
      'a signature in each bordereau, on lines of its own',
      NU.replaceAll('</Bordereau>', `\n\t${SIG.replace(' Id="S"', '')}\n</Bordereau>`),
    ],
    ['an Id on the root', NU.replace('<n:PES_Aller', '<n:PES_Aller Id="P"')],
    ['an Id on a bordereau that had none', NU.replace('<Bordereau>', '<Bordereau Id="B2">')],
    [
      'InfoDematerialisee after IdVer',
      NU.replaceAll('<IdVer V="2"/>', '<IdVer V="2"/><InfoDematerialisee V="1"/>'),
    ],
    [
      'the same as true, on a line of its own',
      NU.replaceAll(
        '<IdVer V="2"/>',
        '<IdVer V="2"/>\n <InfoDematerialisee V="true"></InfoDematerialisee>\n',
      ),
    ],
  ])('%s', async (_, apres) => {
    expect(await comparer(NU, apres)).toMatchObject({ type: 'egal' });
  });

  test('0 becomes 1; 1 stays as it is written', async () => {
    const [zero, un] = [textePes({ infoDematerialisee: '0' }), textePes({ infoDematerialisee: '1' })];
    expect(await comparer(zero, un)).toMatchObject({ type: 'egal', signatures: 0 });
    expect(await comparer(un, un)).toMatchObject({ type: 'egal' });
    expect(await comparer(textePes({ infoDematerialisee: 'false' }), un)).toMatchObject({ type: 'egal' });
  });
});

describe('anything else is, and is told where', () => {
  const PJ = textePes({ pieces: [{ idUnique: 'PJ1', fichier: 'QUJD\nREVG' }] });

  test.each<[string, string, string]>([
    ['an amount', NU, NU.replace('12.50', '12.51')],
    ['an amount in the last bordereau', NU, NU.replace(/12\.50(?!.*12\.50)/s, '99.99')],
    ['a line more', NU, NU.replace('</Piece>', '</Piece><Piece/>')],
    ['a line less', NU, NU.replace(/<LigneDePiece>.*?<\/LigneDePiece>/s, '')],
    [
      'two elements swapped',
      NU,
      NU.replace('<Exer V="2026"/><IdBord V="1"/>', '<IdBord V="1"/><Exer V="2026"/>'),
    ],
    ['an attribute more', NU, NU.replace('<IdBord V="1"/>', '<IdBord V="1" X=""/>')],
    ['an Id changed', NU, NU.replace('Id="B1"', 'Id="B2"')],
    ['an Id taken away', NU, NU.replace(' Id="B1"', '')],
    ['an Id where none is signed', NU, NU.replace('<Piece>', '<Piece Id="P">')],
    ['the Id of another namespace', NU, NU.replace('<Bordereau>', '<Bordereau x:Id="B2" xmlns:x="urn:x">')],
    ['1 taken back', textePes({ infoDematerialisee: '1' }), textePes({ infoDematerialisee: '0' })],
    ['0 taken away', textePes({ infoDematerialisee: '0' }), textePes({ infoDematerialisee: null })],
    ['0 written', NU, NU.replace('<IdVer V="2"/>', '<IdVer V="2"/><InfoDematerialisee V="0"/>')],
    [
      'InfoDematerialisee before IdVer',
      NU,
      NU.replace('<IdVer V="2"/>', '<InfoDematerialisee V="1"/><IdVer V="2"/>'),
    ],
    [
      'InfoDematerialisee elsewhere',
      NU,
      NU.replace('<BlocBordereau>', '<InfoDematerialisee V="1"/><BlocBordereau>'),
    ],
    [
      'InfoDematerialisee that carries more',
      NU,
      NU.replace('<IdVer V="2"/>', '<IdVer V="2"/><InfoDematerialisee V="1">x</InfoDematerialisee>'),
    ],
    [
      'InfoDematerialisee twice',
      NU,
      NU.replace('<IdVer V="2"/>', '<IdVer V="2"/><InfoDematerialisee V="1"/><InfoDematerialisee V="1"/>'),
    ],
    ['a signature in a piece', NU, NU.replace('</Piece>', `${SIG}</Piece>`)],
    ['a signature under a domain', NU, NU.replace('</PES_DepenseAller>', `${SIG}</PES_DepenseAller>`)],
    [
      'a signature of another namespace',
      NU,
      NU.replace('</Bordereau>', `${SIG.replace('xmldsig#', 'xmldsig11#')}</Bordereau>`),
    ],
    ['another namespace', NU, NU.replace('Rev0/aller', 'Rev1/aller')],
    ['another prefix', NU, NU.replaceAll('n:PES_Aller', 'm:PES_Aller').replace('xmlns:n', 'xmlns:m')],
    [
      'a prefix bound to something else on the way',
      NU,
      NU.replace('<Enveloppe>', '<Enveloppe xmlns="urn:x">'),
    ],
    ['a comment', NU, NU.replace('<Enveloppe>', '<!-- --><Enveloppe>')],
    ['an instruction', NU, NU.replace('<Enveloppe>', '<?x y?><Enveloppe>')],
    ['an instruction after the root', NU, `${NU}<?x y?>`],
    ['text between two tags', NU, NU.replace('<Enveloppe>', 'x<Enveloppe>')],
    ['a byte of an attached piece', PJ, PJ.replace('REVG', 'REVH')],
    ['white space inside an attached piece', PJ, PJ.replace('QUJD\nREVG', 'QUJDREVG')],
    ['the end cut off, closed again', NU, NU.replace(/<PES_RecetteAller>.*<\/PES_RecetteAller>/s, '')],
    ['a domain more', NU, NU.replace('</PES_RecetteAller>', '</PES_RecetteAller><PES_RecetteAller/>')],
  ])('%s', async (_, avant, apres) => {
    expect(apres).not.toBe(avant);
    for (const pas of [1, 37, 65_536]) {
      expect(await comparer(avant, apres, pas)).toMatchObject({ type: 'different' });
    }
  });

  test('line and column of the element where the files part, in characters', async () => {
    const apres = NU.replace('Compta Essai 4.2', 'Compta Essai 4.3').replaceAll('\n', '\r\n');
    const ligne = apres.slice(0, apres.indexOf('<Adresse')).split('\n').length;
    const colonne = apres.indexOf('<Adresse') - apres.lastIndexOf('\n', apres.indexOf('<Adresse'));
    expect(await comparer(NU, apres)).toEqual({ type: 'different', ligne, colonne });
    const utf8 = (t: string): Buffer =>
      Buffer.from(t.replace('ISO-8859-1', 'UTF-8').replace('Commune', 'Évêché'));
    expect(await comparer(utf8(NU), utf8(NU.replace('<CodBud V="00"/>', '<CodBud V="01"/>')))).toEqual({
      type: 'different',
      ligne: NU.slice(0, NU.indexOf('<CodBud')).split('\n').length,
      colonne: NU.indexOf('<CodBud') - NU.lastIndexOf('\n', NU.indexOf('<CodBud')),
    });
  });

  test('another encoding; a file that cannot be read; one that is no PES at all', async () => {
    const utf8 = Buffer.from(NU.replace('ISO-8859-1', 'UTF-8'));
    expect(await comparer(NU, utf8)).toEqual({ type: 'encodage', avant: 'ISO-8859-1', apres: 'UTF-8' });
    expect(await comparer(NU, NU.slice(0, -20))).toMatchObject({
      type: 'illisible',
      refus: { code: 'XML-012' },
    });
    expect(await comparer(NU, '')).toMatchObject({ type: 'illisible', refus: { code: 'XML-001' } });
    const double = NU.replace('<Bordereau>', '<Bordereau Id="B1">');
    expect(await comparer(NU, double)).toMatchObject({ type: 'illisible', refus: { code: 'XML-018' } });
    expect(await comparer(NU, '<?xml version="1.0" encoding="ISO-8859-1"?><a/>')).toMatchObject({
      type: 'different',
    });
    expect(await comparer('<a', '<a/>')).toMatchObject({ type: 'different' });
  });

  test('a source that fails is not an answer', async () => {
    const panne = new RangeError('disk');
    const source = async function* lire() {
      yield latin1(NU.slice(0, 100));
      throw panne;
    };
    await expect(contenuSigneEgal(() => [latin1(NU)], source)).rejects.toBe(panne);
  });
});
