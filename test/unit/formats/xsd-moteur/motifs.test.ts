import { describe, expect, test } from 'vitest';
import { compilerMotif } from '../../../../src/formats/xsd/motif.ts';

const essai = (motif: string): ((valeur: string) => boolean) => {
  const c = compilerMotif(motif);
  if (c.type === 'refus') throw new TypeError(c.motif);
  return c.essai;
};
const refuses = (motif: string, valeurs: readonly string[]): string[] => {
  const admet = essai(motif);
  return valeurs.filter((v) => !admet(v));
};

describe('XSD Datatypes, appendix F: what a pattern means', () => {
  const cas: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['', [''], ['a']],
    ['abc', ['abc'], ['ab', 'abcd', 'xabc', 'abcx', 'ABC']],
    ['a|bc|', ['a', 'bc', ''], ['ab', 'b', 'abc', '|']],
    ['(a|b)c', ['ac', 'bc'], ['a', 'c', 'abc']],
    ['()a', ['a'], ['']],
    ['a?', ['', 'a'], ['aa']],
    ['a*', ['', 'a', 'aaa'], ['b']],
    ['a+', ['a', 'aa'], ['']],
    ['a{2}', ['aa'], ['a', 'aaa', 'a{2}']],
    ['a{2,}', ['aa', 'aaaa'], ['', 'a']],
    ['a{2,3}', ['aa', 'aaa'], ['a', 'aaaa']],
    ['a{0,1}b', ['b', 'ab'], ['aab']],
    ['a{0}b', ['b'], ['ab']],
    ['(ab){2,3}', ['abab', 'ababab'], ['ab', 'abba', 'abababab']],
    ['(a|b){2}', ['aa', 'ab', 'ba'], ['a', 'abb']],
    ['a{10}', ['aaaaaaaaaa'], ['aaaaaaaaa', 'a{10}']],
    ['.', ['a', ' ', '\t', '𝄞', '.', '\u2028', '\u0085'], ['', '\n', '\r', 'ab']],
    ['^a$', ['^a$'], ['a']],
    ['/-,:;<>=!&"\'#@%~`_', ['/-,:;<>=!&"\'#@%~`_'], ['']],
    [
      '[/&,;~`!#%=@<>:]+',
      ['&&', '~~', '!!', '##', '%%', ',,', '::', ';;', '<<', '==', '>>', '@@', '``', '/'],
      ['a'],
    ],
    ['\\\\\\|\\.\\?\\*\\+\\(\\)\\{\\}\\-\\[\\]\\^', ['\\|.?*+(){}-[]^'], ['']],
    ['\\n\\r\\t', ['\n\r\t'], ['nrt']],
    ['\\s', [' ', '\t', '\n', '\r'], ['a', '\u00a0', '\f', '\u2003']],
    ['\\S', ['a', '\u00a0'], [' ', '\t', '\n', '\r']],
    ['\\d', ['0', '9', '٣'], ['a', '½', 'Ⅷ']],
    ['\\D', ['a', '½'], ['0', '٣']],
    ['\\w', ['a', 'é', '1', '+', '$', '½'], [' ', '-', '.', '_', '\u200b']],
    ['\\W', [' ', '-', '.', '_'], ['a', '+', '1']],
    ['\\i', ['a', 'Z', '_', ':', 'é', 'Ā', '一', '𐀀'], ['1', '-', '.', '×', '÷', ' ']],
    ['\\I', ['1', '-', '×'], ['a', ':', '_']],
    ['\\c', ['a', '1', '-', '.', ':', '_', '·', '\u0301', '𐀀'], [' ', '×', '/']],
    ['\\C', [' ', '/', '×'], ['a', '-', '1']],
    ['\\p{Lu}', ['A', 'É'], ['a', '1']],
    ['\\P{Lu}', ['a', '1'], ['A']],
    ['\\p{L}\\p{N}\\p{Sc}', ['é1€'], ['1é€', 'é1a']],
    ['\\p{IsBasicLatin}', ['a', '\u0000', '\u007f'], ['\u0080', 'é']],
    ['\\P{IsBasicLatin}', ['é', '\u0080'], ['a']],
    ['\\p{IsLatin-1Supplement}', ['é', '\u0080', 'ÿ'], ['a', 'Ā']],
    ['\\p{IsLatinExtended-A}', ['Ā', 'ſ', 'Œ'], ['ÿ', 'ƀ']],
    ['\\p{IsLatinExtended-B}', ['ƀ', 'ɏ'], ['ſ', 'ɐ']],
    ['[abc]', ['a', 'c'], ['d', 'ab', '']],
    ['[a-cx-z]', ['a', 'b', 'c', 'x', 'y'], ['d', '-', 'w']],
    ['[^a-c]', ['d', '-', '^', '\n', '𝄞'], ['a', 'b', 'c', '']],
    ['[a^]', ['a', '^'], ['b']],
    ['[-a]', ['-', 'a'], ['b']],
    ['[a-]', ['-', 'a'], ['b']],
    ['[^-a]', ['b'], ['-', 'a']],
    ['[a\\-c]', ['a', '-', 'c'], ['b']],
    ['[\\--/]', ['-', '.', '/'], [',', '0']],
    ['[+-\\-]', ['+', ',', '-'], ['*', '.']],
    ['[\\n-\\r]', ['\n', '\u000b', '\r'], ['\t', 'n', 'p']],
    ['[\\[\\]\\\\]', ['[', ']', '\\'], ['a']],
    ['[\\d\\sx]', ['1', ' ', 'x'], ['a']],
    ['[\\p{Lu}\\P{L}]', ['A', '1'], ['a']],
    ['[a-z-[aeiou]]', ['b', 'z'], ['a', 'e', '-', '[']],
    ['[^a-z-[0-9]]', ['-', 'A'], ['a', '5']],
    ['[\\w-[a-z-[m]]]', ['A', 'm', '1'], ['a', 'z', '-']],
    ['[𝄞-𝄢]', ['𝄞', '𝄠'], ['𝄣', '\ud834']],
    ['[a-a]', ['a'], ['b', '-']],
    ['[(a|b)?*+.{}]', ['(', '|', '?', '*', '+', '.', '{', '}', ')'], ['c']],
  ];
  test.each(cas)('%s', (motif, bons, mauvais) => {
    expect(refuses(motif, [...bons, ...mauvais])).toEqual(mauvais);
  });

  test('all categories of Unicode, and no other', () => {
    const categories =
      'L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po Z Zs Zl Zp S Sm Sc Sk So C Cc Cf Co Cn'.split(
        ' ',
      );
    const autres = [
      'l',
      'LU',
      'Lx',
      'X',
      'Nx',
      'Cs',
      '',
      'Lu ',
      'LuLu',
      'xLu',
      'Script=Greek',
      'ASCII',
      'IsGreek',
    ];
    const permises = [...categories, ...autres].filter((c) => compilerMotif(`\\p{${c}}`).type === 'compile');
    expect(permises).toEqual(categories);
  });
});

describe('a pattern that is none is refused, and the reason told in French', () => {
  test.each([
    ['a**', '« * » doit y être précédé d’une barre oblique inverse'],
    ['+', '« + » doit y être précédé d’une barre oblique inverse'],
    ['?', '« ? » doit y être précédé d’une barre oblique inverse'],
    ['a|*', '« * » doit y être précédé d’une barre oblique inverse'],
    ['{2}', '« { » doit y être précédé d’une barre oblique inverse'],
    ['}', '« } » doit y être précédé d’une barre oblique inverse'],
    [']', '« ] » doit y être précédé d’une barre oblique inverse'],
    ['a)', '« ) » n’y a pas sa place'],
    ['(a', 'il s’arrête trop tôt'],
    ['(a|', 'il s’arrête trop tôt'],
    ['\\', 'il s’arrête trop tôt'],
    ['[a', 'il s’arrête trop tôt'],
    ['[a-[b', 'il s’arrête trop tôt'],
    ['a{', 'une répétition entre accolades est mal écrite'],
    ['a{}', 'une répétition entre accolades est mal écrite'],
    ['a{,2}', 'une répétition entre accolades est mal écrite'],
    ['a{2', 'une répétition entre accolades est mal écrite'],
    ['a{x}', 'une répétition entre accolades est mal écrite'],
    ['a{1,x}', 'une répétition entre accolades est mal écrite'],
    ['a{1,2,3}', 'une répétition entre accolades est mal écrite'],
    ['a{ 1}', 'une répétition entre accolades est mal écrite'],
    ['a{1234567890}', 'une répétition entre accolades est mal écrite'],
    ['a{2,1}', 'une répétition a ses bornes à l’envers'],
    ['\\q', 'l’échappement « \\q » n’existe pas'],
    ['\\$', 'l’échappement « \\$ » n’existe pas'],
    ['\\u0041', 'l’échappement « \\u » n’existe pas'],
    ['\\1', 'l’échappement « \\1 » n’existe pas'],
    ['\\pL', '« \\p » doit être suivi d’une catégorie'],
    ['\\P{L', '« \\P » doit être suivi d’une catégorie'],
    ['\\p{Xx}', 'la catégorie « Xx » n’est pas connue'],
    ['\\P{IsKlingon}', 'la catégorie « IsKlingon » n’est pas connue'],
    ['[]', 'une classe est vide'],
    ['[^]', 'une classe est vide'],
    ['[a[b]]', 'un crochet y est ambigu'],
    ['[a-[b]c]', 'une soustraction doit terminer sa classe'],
    ['[a-b-c]', 'un tiret y est ambigu'],
    ['[a--]', 'un tiret y est ambigu'],
    ['[z-a]', 'un intervalle y est mal écrit'],
    ['[a-\\d]', 'un intervalle y est mal écrit'],
  ])('%s', (motif, dit) => {
    expect(compilerMotif(motif)).toEqual({ type: 'refus', motif: dit });
  });
});

/** Ways of reading these grow with the value, so that they are walked all at once. */
describe('a pattern that could be read in many ways says the same, however long the value', () => {
  const longs = (debut: string, milieu: string, fin: string): string[] =>
    [0, 1, 20, 90].map((n) => debut + milieu.repeat(n) + fin);
  test.each([
    [
      '([ab]*c)*d',
      longs('', 'abc', 'd'),
      [...longs('', 'abc', ''), ...longs('', 'abc', 'a'), ...longs('d', 'abc', 'd')],
    ],
    [
      '(a|ab)*(c|bc)?',
      [...longs('', 'aab', ''), ...longs('', 'aab', 'c'), ...longs('', 'ab', 'abc')],
      [...longs('', 'aab', 'cc'), ...longs('b', 'ab', ''), ...longs('', 'ab', 'bb')],
    ],
    ['(a*)*', longs('', 'a', ''), [...longs('b', 'a', ''), ...longs('', 'a', 'b')]],
    ['(a?){3}(b+)+', longs('aaa', 'b', 'b'), [...longs('aaaa', 'b', 'b'), ...longs('', 'b', 'bc'), 'aaa']],
    [
      '((a|b)*c|d)+e{2,3}',
      [...longs('c', 'abc', 'ee'), ...longs('', 'd', 'dceee')],
      [...longs('', 'd', 'ae'), ...longs('c', 'abc', 'eeee'), 'ee', 'cabee'],
    ],
    ['(\\p{L}+ ?)+', longs('é', ' bé', ''), [...longs(' ', 'a', ''), ...longs('a', 'b', '  c'), '']],
    ['(x{2,}y?)+', longs('xx', 'xxxy', ''), ['x', 'xy', ...longs('y', 'xx', ''), ...longs('xx', 'xx', 'yx')]],
  ])('%s', (motif, bons, mauvais) => {
    expect(refuses(motif, [...bons, ...mauvais])).toEqual(mauvais);
  });
});

describe('how much a pattern may repeat', () => {
  test.each([
    ['a{99999}', 'a', 99_999],
    ['[a-z]{1,99999}', 'q', 500],
    ['\\d{5000}', '7', 5000],
    ['(ab){2000}', 'ab', 2000],
    ['(a|b){1000}', 'b', 1000],
    ['((a|b)c){500}', 'bc', 500],
    ['(a?b){500}', 'ab', 500],
    ['(a{2,3}){300}', 'aa', 300],
    ['a*', 'a', 50_000],
    ['(ab|cd)*', 'cd', 9000],
  ])('%s: as much as it says, where a value is read in one way or nearly', (motif, unite, n) => {
    expect(refuses(motif, [unite.repeat(n), `${unite.repeat(n)}-`])).toEqual([`${unite.repeat(n)}-`]);
  });

  test.each([
    '(a|b){4001}',
    '(ab){9000}',
    '(a?){3000}',
    'a{0,5000}b{0,5000}',
    '((a|b){50}){50}',
    '(a{1,90}){1,90}',
  ])('%s: refused, where the ways are too many to be tried or walked', (motif) => {
    expect(compilerMotif(motif)).toEqual({ type: 'refus', motif: 'ses répétitions sont trop nombreuses' });
  });
});
