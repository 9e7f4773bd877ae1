import { describe, expect, test } from 'vitest';
import { ligneCsv, MARQUE_UTF8 } from '../../../src/formats/encodages/csv.ts';

const cellule = (valeur: string | number): string => ligneCsv([valeur]).slice(0, -2);

describe('a line of a table (RFC 4180, with « ; »)', () => {
  test('cells between semicolons, ended by CR LF; numbers as they are', () => {
    expect(ligneCsv(['a', 12, '', 'Hélios'])).toBe('a;12;;Hélios\r\n');
    expect(cellule(-3)).toBe('-3');
  });

  test.each([
    ['a;b', '"a;b"'],
    ['il dit "oui"', '"il dit ""oui"""'],
    ['a,b', 'a,b'],
    [' a ', '" a "'],
    ['0123', '0123'],
    ['99_DE-1=a+b@c', '99_DE-1=a+b@c'],
  ])('%j is written %j', (valeur, attendu) => {
    expect(cellule(valeur)).toBe(attendu);
  });

  test.each(['=1+1', '+33', '-2', '@SUM(A1)', '＝1+1', '＋1', '－1', '＠x'])(
    'a formula is neutralised: %s',
    (valeur) => expect(cellule(valeur)).toBe(`'${valeur}`),
  );

  test('behind blanks, controls or quotes too', () => {
    expect(cellule('  =1+1')).toBe("'  =1+1");
    expect(cellule('\t=1+1')).toBe("' =1+1");
    expect(cellule('\r\n=1+1')).toBe("'  =1+1");
    expect(cellule('\u200b=1+1')).toBe("' =1+1");
    expect(cellule('=HYPERLINK("http://x";"y")')).toBe('"\'=HYPERLINK(""http://x"";""y"")"');
  });

  test('nothing foreign breaks the line, nor turns it round', () => {
    expect(cellule('a\nb\r\nc\u2028d\u0000e\u202ef')).toBe('a b  c d e f');
    expect(cellule('a\uD800b')).toBe('a\uFFFDb');
  });

  test('the mark of UTF-8 is three bytes', () => {
    expect(Buffer.from(MARQUE_UTF8)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  });
});
