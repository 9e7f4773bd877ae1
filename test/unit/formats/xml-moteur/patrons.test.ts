import { describe, expect, test } from 'vitest';
import { AnalyseurXml } from '../../../../src/formats/xml/analyseur.ts';
import { Canonisation } from '../../../../src/formats/xml/c14n/canonisation.ts';
import { REFUS } from '../../../../src/formats/xml/refus.ts';
import { lire } from './lire.ts';

/**
 * A tag that looks like the last of its name is read by a shorter way. Here each tag is read after each other one, and
 * must be told and canonicalised as it is when nothing came before.
 */

const BALISES = [
  '<x V="1"/>',
  '<x V="23" />',
  '<x V="4"\n\t/>',
  '<x V=""/>',
  '<x V="5"></x>',
  '<x V="6"  >t</x>',
  "<x V='7'/>",
  "<x V='\"'/>",
  '<x  V="8"/>',
  '<x\tV="9"/>',
  '<x V = "10"/>',
  '<x V="a&amp;&#60;b"/>',
  '<x V="\u00e9"/>',
  '<x V="a\tb\r\nc"/>',
  '<x V="\'>"/>',
  '<x V="11" W="12"/>',
  '<x W="13" V="14"/>',
  '<x W="15"/>',
  '<x V2="16"/>',
  '<x/>',
  '<x />',
  '<x></x>',
  '<xy V="17"/>',
  '<xy/>',
  '<p:x V="18"/>',
  '<x p:V="19"/>',
  '<x Id="i"/>',
  '<x xml:lang="fr"/>',
  '<x xmlns="urn:d" V="20"/>',
  '<x xmlns:p="urn:q"><p:x V="21"/></x>',
  '<\u00e9 V="22"/>',
  '<x \u00e9="23"/>',
] as const;

const FAUTIVES = [
  '<x V="1"',
  '<x V="1"/',
  '<x V="1"/ >',
  '<x V="1"V="2"/>',
  '<x V="1" V="2"/>',
  '<x V="<"/>',
  '<x V="&inconnue;"/>',
  '<x V="&#1;"/>',
  '<x V="\u0001"/>',
  '<x V=1/>',
  '<x V/>',
  '<x',
  '<x V="1></x>',
] as const;

const TETE = '<r xmlns:p="urn:p"><m/>';
const PIED = '</r>';

const ENCODAGES = [
  ['UTF-8', (texte: string) => Buffer.from(texte, 'utf8')],
  [
    'ISO-8859-1',
    (texte: string) => Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${texte}`, 'latin1'),
  ],
] as const;

/** What is told from the second `<m/>` on. */
function fin(octets: Buffer, pas: number): readonly string[] {
  const { refus, lignes } = lire(octets, { pas });
  const debut = lignes.findLastIndex((l) => l.startsWith('ouvrir m '));
  return [...lignes.slice(debut), JSON.stringify(refus)];
}

function canonique(octets: Buffer, pas = octets.length): string {
  const blocs: Buffer[] = [];
  const canonisation = new Canonisation({
    choisir: ({ profondeur }) =>
      profondeur === 1
        ? { mode: 'exclusive', puits: [{ update: (bloc) => blocs.push(Buffer.from(bloc)) }] }
        : null,
    termine: () => undefined,
  });
  const analyseur = new AnalyseurXml(canonisation, { ids: 'libres' });
  for (let i = 0; i < octets.length; i += pas) analyseur.ecrire(octets.subarray(i, i + pas));
  expect(analyseur.finir()).toBeNull();
  return Buffer.concat(blocs).toString('utf8');
}

describe.each(ENCODAGES)('a tag after another that it resembles, in %s', (_, encoder) => {
  test.each([...BALISES, ...FAUTIVES])('%j is told as when it comes first', (balise) => {
    for (const avant of BALISES) {
      // as many bytes and lines, and no tag
      const neutre = avant.replace(/[\t\r\x20-\x7f]/g, '.');
      // the same Id twice would be refused, which is another matter
      if (avant === balise && avant.includes('Id=')) continue;
      for (const pas of [1000, 7]) {
        const apresUneAutre = fin(encoder(`${TETE}${avant}<m/>${balise}${PIED}`), pas);
        expect(apresUneAutre, avant).toEqual(fin(encoder(`${TETE}${neutre}<m/>${balise}${PIED}`), pas));
      }
    }
  });

  test.each(BALISES)('%j has the canonical form that it has when it comes first', (balise) => {
    const seule = (b: string): string => {
      const tout = canonique(encoder(`${TETE}${b}${PIED}`));
      return tout.slice('<r><m></m>'.length, -PIED.length);
    };
    for (const avant of BALISES) {
      const attendu = `<r><m></m>${seule(avant)}<m></m>${seule(balise)}</r>`;
      expect(canonique(encoder(`${TETE}${avant}<m/>${balise}${PIED}`)), avant).toBe(attendu);
    }
  });
});

test('an Id is looked into however often its tag comes back', () => {
  expect(lire('<r><x Id="a"/><x Id="b"/><x Id="c"/></r>').refus).toBeNull();
  expect(lire('<r><x Id="a"/><x Id="b"/><x Id="b"/></r>').refus?.code).toBe(REFUS.idDouble[0]);
});

test('canonical bytes do not depend on where the file is cut, over several windows of the reading', () => {
  const lignes = Array.from(
    { length: 9000 },
    (_, k) => `\n  <a V="${k * 7919}"/><b>t${k}</b><c Nom="&lt;${k}"/>`,
  );
  const octets = Buffer.from(`<r>${lignes.join('')}${'long'.repeat(50_000)}</r>`, 'utf8');
  expect(octets.length).toBeGreaterThan(3 * 131_072);
  const attendu = canonique(octets);
  expect(attendu).toContain('<a V="7919"></a><b>t1</b><c Nom="&lt;1"></c>');
  for (const pas of [4099, 131_071, 131_073]) expect(canonique(octets, pas) === attendu).toBe(true);
});
