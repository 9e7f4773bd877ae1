/** Tables for spreadsheets set in French: lines of RFC 4180 between `;`, in UTF-8 announced by its mark. */

/** Without it, spreadsheets read UTF-8 as Windows-1252. */
export const MARQUE_UTF8 = '\uFEFF';

/** First characters that make a spreadsheet compute the cell (also in their full-width forms). */
const FORMULE = /^[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/;
/** Line breaks too: one line of text is one line of the table. */
const INVISIBLES = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

function cellule(valeur: string | number): string {
  if (typeof valeur === 'number') return String(valeur);
  const visible = valeur.toWellFormed().replace(INVISIBLES, ' ');
  // the apostrophe says « text » to a spreadsheet, and shows what was neutralised to anybody else
  const inerte = FORMULE.test(visible.trimStart()) ? `'${visible}` : visible;
  return /[";]|^\s|\s$/.test(inerte) ? `"${inerte.replaceAll('"', '""')}"` : inerte;
}

/** One line, with its end. Foreign text cannot become a formula, nor break the line. */
export function ligneCsv(cellules: readonly (string | number)[]): string {
  return `${cellules.map(cellule).join(';')}\r\n`;
}
