import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { LIMITES_SIGNATURE } from '../../../../src/formats/xades/arbre.ts';
import type { ProfilXades } from '../../../../src/formats/xades/profil.ts';
import { Releve, SIGNATURES_MAX } from '../../../../src/formats/xades/releve.ts';
import type { ElementSuivi, PlanReleve } from '../../../../src/formats/xades/releve-types.ts';
import { Reperage, type Vise } from '../../../../src/formats/xades/reperage.ts';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import type { Recepteur } from '../../../../src/formats/xml/evenements.ts';
import { DS } from './noeuds.ts';

/** What one pass brings back of a file, on a profile of our own: nothing is judged yet. */

const PROFIL: ProfilXades = {
  racine: { espace: 'urn:flux', local: 'Flux' },
  unites: [
    { chemin: ['Depense', 'Lot'], etiquette: { chemin: ['Bloc', 'Numero'], attribut: 'V' } },
    { chemin: ['Recette', 'Lot'], etiquette: { chemin: ['Bloc', 'Numero'], attribut: 'V' } },
  ],
  pieces: [{ chemin: ['Pieces', 'Piece'], etiquette: { chemin: ['Nom'], attribut: 'V' } }],
};

const flux = (corps: string, attributs = ''): string =>
  `<f:Flux xmlns:f="urn:flux"${attributs}>${corps}</f:Flux>`;
const lot = (id: string, corps = ''): string =>
  `<Lot Id="${id}"><Bloc><Numero V="n${id}"/></Bloc>${corps}</Lot>`;
const depense = (corps: string): string => `<Depense>${corps}</Depense>`;
const signature = (corps = '', id = 'S'): string =>
  `<ds:Signature xmlns:ds="${DS}" Id="${id}">${corps}</ds:Signature>`;

function lire<R extends Recepteur>(recepteur: R, texte: string, pas = 4096): R {
  const octets = Buffer.from(texte);
  const analyseur = new AnalyseurXml(recepteur, { ids: 'libres' });
  for (let i = 0; i < octets.length; i += pas) analyseur.ecrire(octets.subarray(i, i + pas));
  const refus = analyseur.finir();
  if (refus !== null) throw new TypeError(refus.message);
  return recepteur;
}
const relever = (texte: string, plan: PlanReleve = () => []): Releve => lire(new Releve(PROFIL, plan), texte);
const vu = ({ place, nom, id, etiquette }: ElementSuivi): unknown[] => [place, nom, id, etiquette];
const sha = (texte: string, nom = 'sha256'): string => createHash(nom).update(texte).digest('hex');
const empreintes = ({ empreintes: faites }: ElementSuivi): Record<string, string> =>
  Object.fromEntries([...faites].map(([nom, octets]) => [nom, Buffer.from(octets).toString('hex')]));

describe('elements at the places of the profile, named for people', () => {
  test('the root, the units, the pieces; nothing else', () => {
    const texte = flux(
      `${depense(lot('A') + lot('B'))}<Recette>${lot('C')}</Recette><Autre>${lot('D')}</Autre>` +
        '<Pieces><Piece><Nom V="p1"/></Piece><Autre><Nom V="x"/></Autre></Pieces>',
      ' Id="R"',
    );
    const { elements } = relever(texte);
    expect(elements.map(vu)).toEqual([
      ['racine', 'f:Flux', 'R', ''],
      ['unite', 'Lot', 'A', 'nA'],
      ['unite', 'Lot', 'B', 'nB'],
      ['unite', 'Lot', 'C', 'nC'],
      ['piece', 'Piece', null, 'p1'],
    ]);
    expect(elements[1]?.position).toEqual({
      octet: texte.indexOf('<Lot'),
      ligne: 1,
      colonne: texte.indexOf('<Lot') + 1,
    });
  });

  test.each([
    ['too deep', depense(`<Depense>${lot('A')}</Depense>`)],
    ['too high', lot('A')],
    ['under another parent', `<Autre>${lot('A')}</Autre>`],
    ['of another namespace', depense('<Lot xmlns="urn:x" Id="A"/>')],
    ['under a parent of another namespace', '<Depense xmlns="urn:x"><Lot xmlns="" Id="A"/></Depense>'],
    ['of another name', depense('<Lots Id="A"/>')],
    ['below another element', depense(`<x>${lot('A')}</x>`)],
  ])('%s: no unit', (_, corps) => {
    expect(relever(flux(corps)).elements.map(vu)).toEqual([['racine', 'f:Flux', null, '']]);
  });

  test('a unit inside a unit is none', () => {
    const { elements } = relever(flux(depense(lot('A', `<Lot Id="B"/><Depense>${lot('C')}</Depense>`))));
    expect(elements.map((e) => e.id)).toEqual([null, 'A']);
  });

  test('under another root nothing has a place', () => {
    const { elements } = relever(`<Flux>${depense(lot('A'))}</Flux>`);
    expect(elements).toEqual([]);
  });

  test.each([
    ['at its path', '<Bloc><Numero V="1"/></Bloc>', '1'],
    ['the first', '<Bloc><Numero V="1"/><Numero V="2"/></Bloc>', '1'],
    ['none', '<Bloc/>', ''],
    ['without the attribute', '<Bloc><Numero W="1"/></Bloc>', ''],
    ['among attributes', '<Bloc><Numero a="0" V="1" b="2"/></Bloc>', '1'],
    ['too high', '<Numero V="1"/>', ''],
    ['too deep', '<Bloc><x><Numero V="1"/></x></Bloc>', ''],
    ['elsewhere', '<x><Numero V="1"/></x>', ''],
    ['an empty one, then one', '<Bloc><Numero V=""/><Numero V="2"/></Bloc>', '2'],
    ['a long one', `<Bloc><Numero V="${'é'.repeat(90)}"/></Bloc>`, 'é'.repeat(80)],
    ['with a reference', '<Bloc><Numero V="a&amp;b"/></Bloc>', 'a&b'],
  ])('the label of a unit: %s', (_, corps, etiquette) => {
    expect(relever(flux(depense(`<Lot>${corps}</Lot>`))).elements[1]?.etiquette).toBe(etiquette);
  });

  test('a label is never taken from the next element', () => {
    const texte = flux(`${depense('<Lot Id="A"/>')}<Pieces><Piece/></Pieces><Recette>${lot('B')}</Recette>`);
    expect(relever(texte).elements.map((e) => e.etiquette)).toEqual(['', '', '', 'nB']);
  });
});

describe('identifiers: only Id designates; the others are remembered to be named', () => {
  test('Id of any element; ID, id and xml:id apart', () => {
    const { ids, autresIds } = relever(
      flux('<a Id="A"/><b ID="B"/><c id="C"/><d xml:id="D" e="E" x:id="F" xmlns:x="urn:x"/>'),
    );
    expect([[...ids], [...autresIds]]).toEqual([['A'], ['B', 'C', 'D']]);
  });

  test('a thousand of the others, and no more', () => {
    expect(relever(flux('<a id="x"/>'.repeat(5))).autresIds.size).toBe(1);
    const beaucoup = Array.from({ length: 1200 }, (_, n) => `<a id="${n}"/>`).join('');
    expect(relever(flux(beaucoup)).autresIds.size).toBe(1000);
  });
});

describe('digests that the plan asks, made as the file goes by', () => {
  const LOT = '<Lot Id="A"><Bloc><Numero V="nA"></Numero></Bloc></Lot>';

  test('exclusive form, the element’s own signatures left out, as many digests as asked', () => {
    const texte = flux(depense(lot('A', signature() + signature())));
    const { elements } = relever(texte, ({ place }) => (place === 'unite' ? ['sha256', 'sha512'] : []));
    expect(elements.map(empreintes)).toEqual([{}, { sha256: sha(LOT), sha512: sha(LOT, 'sha512') }]);
  });

  test('the root and the units at once; the signatures of the units are part of the root', () => {
    const texte = flux(depense(lot('A', signature())));
    const { elements } = relever(texte, () => ['sha256']);
    const dedans = LOT.replace('</Lot>', `<ds:Signature xmlns:ds="${DS}" Id="S"></ds:Signature></Lot>`);
    expect(elements.map(empreintes)).toEqual([
      { sha256: sha(`<f:Flux xmlns:f="urn:flux"><Depense>${dedans}</Depense></f:Flux>`) },
      { sha256: sha(LOT) },
    ]);
  });

  test('comments never count (XML-Signature § 4.4.3.3), instructions do', () => {
    const { elements } = relever(flux(depense('<Lot><!-- vu --><?x y?></Lot>')), () => ['sha256']);
    expect(empreintes(elements[1] as ElementSuivi)).toEqual({ sha256: sha('<Lot><?x y?></Lot>') });
  });

  test('the plan is asked of what may be signed alone: never of a piece', () => {
    const demandes: unknown[] = [];
    relever(flux(`${depense(lot('A'))}<Pieces><Piece Id="P"/></Pieces>`), (e) => {
      demandes.push([e.place, e.id]);
      return [];
    });
    expect(demandes).toEqual([
      ['racine', null],
      ['unite', 'A'],
    ]);
    relever('<autre Id="A"/>', () => expect.fail('a root that is not the one of the profile'));
  });

  test('the cut of the file changes nothing', () => {
    const texte = flux(depense(lot('A', signature()))).replaceAll('V="n', 'V="é');
    for (const pas of [1, 3, 50]) {
      const { elements } = lire(new Releve(PROFIL, () => ['sha256']), texte, pas);
      expect(elements.map(empreintes)).toEqual(relever(texte, () => ['sha256']).elements.map(empreintes));
    }
  });
});

describe('signatures: each kept whole, with where it stands', () => {
  test('rank, place, parent; how many the parent has', () => {
    const texte = flux(
      depense(lot('A', signature('', 'S1') + signature('', 'S2')) + lot('B', signature('', 'S3'))),
    );
    const { signatures, elements } = relever(texte);
    expect(signatures.map((s) => [s.rang, s.racine.attributs.get('Id'), s.parent?.id])).toEqual([
      [1, 'S1', 'A'],
      [2, 'S2', 'A'],
      [3, 'S3', 'B'],
    ]);
    expect(signatures[0]?.position.octet).toBe(texte.indexOf('<ds:Signature'));
    expect(elements.map((e) => e.signatures)).toEqual([0, 2, 1]);
  });

  test('under the root it is the root’s; elsewhere it is nobody’s', () => {
    const texte = flux(
      `${depense(`<Lot><x>${signature()}</x></Lot>`)}<Autre>${signature()}</Autre>${signature()}`,
    );
    expect(relever(texte).signatures.map((s) => s.parent?.place ?? null)).toEqual([null, null, 'racine']);
    const piece = flux(`<Pieces><Piece>${signature()}</Piece></Pieces>`);
    expect(relever(piece).signatures.map((s) => s.parent?.place)).toEqual(['piece']);
    const apres = flux(depense(`${lot('A')}${signature()}`));
    expect(relever(apres).signatures[0]?.parent).toBeNull();
    expect(relever(signature()).signatures[0]?.parent).toBeNull();
    expect(relever(`<autre>${signature()}</autre>`).signatures[0]?.parent).toMatchObject({
      place: 'ailleurs',
      nom: 'autre',
    });
  });

  test('a Signature of another namespace is none', () => {
    expect(relever(flux('<Signature/><x:Signature xmlns:x="urn:x"/>')).signatures).toEqual([]);
  });

  test('one that something follows in its element is told; what follows the element is not its matter', () => {
    const suivies = (corps: string): boolean[] =>
      relever(flux(depense(corps))).signatures.map((s) => s.suivie);
    expect(suivies(lot('A', signature()))).toEqual([false]);
    expect(suivies(lot('A', `${signature()}<x/>`))).toEqual([true]);
    expect(suivies(lot('A', `${signature()}texte`))).toEqual([false]);
    expect(suivies(lot('A', signature()) + lot('B', signature()))).toEqual([false, false]);
    expect(suivies(`<Lot>${signature()}</Lot><Lot><y/><x/></Lot>`)).toEqual([false]);
    expect(suivies(lot('A', signature() + signature()))).toEqual([true, false]);
    expect(suivies(lot('A', signature('<x/><y/>')))).toEqual([false]);
  });

  test('one inside another is part of it, and told', () => {
    const { signatures, elements } = relever(
      flux(depense(lot('A', signature(`<x>${signature('', 'T')}</x>`)))),
    );
    expect(signatures.map((s) => [s.racine.attributs.get('Id'), s.imbriquee])).toEqual([['S', true]]);
    expect(elements[1]?.signatures).toBe(1);
    expect(relever(flux(depense(lot('A', signature('<x/>'))))).signatures[0]?.imbriquee).toBe(false);
  });

  test('nothing inside a signature has a place in the profile', () => {
    const { elements } = relever(
      flux(depense(`<Lot Id="A">${signature('<Bloc><Numero V="9"/></Bloc>')}</Lot>`)),
    );
    expect(elements.map(vu)[1]).toEqual(['unite', 'Lot', 'A', '']);
    const enPlace = `<f:Flux xmlns:f="urn:flux"><Depense><ds:Signature xmlns:ds="${DS}"/>${lot('A')}</Depense></f:Flux>`;
    expect(relever(enPlace).elements.map(vu)).toHaveLength(2);
  });

  test('comments and instructions: those of the signature, those of the content, those of neither', () => {
    const texte = `<?a?><!-- b -->${flux(
      `<!-- c --><?d?>${depense(lot('A', `<!-- e --><!-- f --><?g?>${signature('<!-- h --><x><!-- i --></x><?j?>')}<?k?>`))}<!-- l -->`,
    )}<?m?><!-- n -->`;
    const { signatures, elements } = relever(texte);
    expect(signatures.map((s) => [s.commentaires, s.instructions])).toEqual([[2, 1]]);
    expect(elements.map((e) => [e.commentaires, e.instructions])).toEqual([
      [4, 3],
      [2, 2],
    ]);
  });

  test('beyond ten thousand the file is an attack: told, and no more is kept', () => {
    const pleine = relever(flux(signature().repeat(SIGNATURES_MAX)));
    expect([pleine.signatures.length, pleine.tropDeSignatures]).toEqual([SIGNATURES_MAX, false]);
    const trop = relever(flux(signature().repeat(SIGNATURES_MAX + 2)));
    expect([trop.signatures.length, trop.tropDeSignatures]).toEqual([SIGNATURES_MAX, true]);
  });
});

describe('canonical forms of what the signature signs of itself', () => {
  const XAD = 'xmlns:xad="http://uri.etsi.org/01903/v1.3.2#"';
  const formes = (corps: string): [string, string][] => {
    const texte = flux(depense(lot('A', signature(corps))));
    const [relevee] = relever(texte).signatures;
    return (relevee?.formes ?? []).map((f) => [
      texte.slice(f.debut, f.debut + 8),
      Buffer.concat(f.blocs).toString(),
    ]);
  };

  test('SignedInfo, and SignedProperties of a known age, where they belong', () => {
    const corps = `<ds:SignedInfo><ds:a/>&#233;&lt;</ds:SignedInfo><ds:Object><xad:QualifyingProperties ${XAD}><xad:SignedProperties b="2" a="1"/></xad:QualifyingProperties></ds:Object>`;
    expect(formes(corps)).toEqual([
      ['<ds:Sign', `<ds:SignedInfo xmlns:ds="${DS}"><ds:a></ds:a>é&lt;</ds:SignedInfo>`],
      ['<xad:Sig', `<xad:SignedProperties ${XAD} a="1" b="2"></xad:SignedProperties>`],
    ]);
  });

  test.each([
    ['a SignedInfo that is not a child', '<ds:x><ds:SignedInfo/></ds:x>'],
    ['a SignedInfo of another namespace', '<SignedInfo/>'],
    ['SignedProperties of an unknown age', '<x:SignedProperties xmlns:x="urn:x"/>'],
    ['SignedProperties too deep', `<a><b><c><xad:SignedProperties ${XAD}/></c></b></a>`],
    ['another element', `<ds:Object/><xad:QualifyingProperties ${XAD}/>`],
  ])('%s: no form', (_, corps) => {
    expect(formes(corps)).toEqual([]);
  });

  test('two SignedInfo have two forms: which one counts is judged later', () => {
    expect(
      formes('<ds:SignedInfo>1</ds:SignedInfo><ds:SignedInfo>2</ds:SignedInfo>').map(([, f]) => f.at(-17)),
    ).toEqual(['1', '2']);
  });

  test('no more is kept than the limit, and it is told', () => {
    const grosse = (n: number): unknown => {
      const info = `<ds:SignedInfo>${'&#13;'.repeat(n)}</ds:SignedInfo>`;
      const [relevee] = relever(flux(depense(lot('A', signature(info))))).signatures;
      const taille = relevee?.formes[0]?.blocs.reduce((somme, b) => somme + b.length, 0) ?? 0;
      return [relevee?.tropGrosse, taille <= LIMITES_SIGNATURE.caracteres];
    };
    // each becomes « &#xD; », five bytes: the form is bigger than the tree
    const enveloppe = Buffer.byteLength(`<ds:SignedInfo xmlns:ds="${DS}"></ds:SignedInfo>`);
    const n = Math.floor((LIMITES_SIGNATURE.caracteres - enveloppe) / 5);
    expect(grosse(n)).toEqual([false, true]);
    expect(grosse(n + 1)).toEqual([true, true]);
  });

  test('a signature of too many elements is told', () => {
    const [relevee] = relever(flux(signature('<x/>'.repeat(LIMITES_SIGNATURE.elements)))).signatures;
    expect(relevee?.tropGrosse).toBe(true);
  });
});

const reperer = (texte: string, vise: Vise = ({ place }) => place === 'unite'): Reperage =>
  lire(new Reperage({ profil: PROFIL, vise, hachage: 'sha256' }), texte);

describe('the pass before a signature: what is to be signed, and where the signature will stand', () => {
  test('digest of the whole element, place after its name, place of its end tag', () => {
    const texte = flux(depense(lot('A') + lot('B')));
    const { cibles } = reperer(texte, ({ id }) => id === 'B');
    const debut = texte.indexOf('<Lot Id="B"');
    expect(cibles).toMatchObject([
      {
        place: 'unite',
        nom: 'Lot',
        id: 'B',
        vide: false,
        finNom: debut + 4,
        fermante: texte.indexOf('</Lot>', debut),
        suivi: { etiquette: 'nB', signatures: 0, position: { octet: debut } },
      },
    ]);
    expect(Buffer.from(cibles[0]?.empreinte ?? []).toString('hex')).toBe(
      sha('<Lot Id="B"><Bloc><Numero V="nB"></Numero></Bloc></Lot>'),
    );
  });

  test('the root is told; whether it is the one of the profile too', () => {
    expect(reperer(flux('')).racine).toEqual({ nom: 'f:Flux', attendue: true });
    expect(reperer('<x:Flux xmlns:x="urn:x"/>').racine).toEqual({ nom: 'x:Flux', attendue: false });
    expect(reperer(`<Flux>${depense(lot('A'))}</Flux>`, () => true).cibles).toEqual([]);
    expect(reperer(flux(''), ({ place }) => place === 'racine').cibles).toMatchObject([
      { place: 'racine', id: null },
    ]);
  });

  test('pieces are never signed one by one, nor what is outside of the profile', () => {
    const texte = flux(`<Pieces><Piece Id="P"/></Pieces><x Id="X"/>`);
    expect(reperer(texte, ({ id }) => id !== null).cibles).toEqual([]);
  });

  test('signatures that are there already: of the root, of each target, anywhere', () => {
    const texte = flux(
      `${depense(lot('A', `${signature()}<x>${signature()}</x>`) + lot('B'))}<Autre>${signature()}</Autre>`,
    );
    const { cibles, signatures, racineSignee } = reperer(texte);
    expect([signatures, racineSignee, cibles.map((c) => c.suivi.signatures)]).toEqual([3, false, [2, 0]]);
    expect(reperer(flux(signature())).racineSignee).toBe(true);
    const fausse = flux(depense(lot('A', '<Signature/>')));
    expect(reperer(fausse)).toMatchObject({ signatures: 0, racineSignee: false });
  });

  test('a signature beside an element is not in it, however deep', () => {
    const { cibles } = reperer(
      flux(`${depense(`${lot('A')}${signature()}<x>${signature()}</x>`)}<y><z><t>${signature()}</t></z></y>`),
    );
    expect(cibles.map((c) => c.suivi.signatures)).toEqual([0]);
  });

  test('an empty element is told, and so are the identifiers of the file', () => {
    const { cibles, ids } = reperer(flux(depense('<Lot Id="A"/><Lot></Lot>'), ' Id="R"'));
    expect(cibles.map((c) => [c.id, c.vide])).toEqual([
      ['A', true],
      [null, false],
    ]);
    expect([...ids]).toEqual(['R', 'A']);
  });

  test('what canonicalisation touches is digested as it is signed', () => {
    const texte = flux(depense(`<Lot b="2" a='1'><!-- x --><?y z?>&#233;<![CDATA[<]]>\r\n</Lot>`));
    expect(Buffer.from(reperer(texte).cibles[0]?.empreinte ?? []).toString('hex')).toBe(
      sha('<Lot a="1" b="2"><?y z?>é&lt;\n</Lot>'),
    );
  });
});
