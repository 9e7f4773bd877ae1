/**
 * A small, sound PDF of one page, for the bench: offsets right, cross-reference table right, readable by any viewer.
 * The text is written in Latin-1; this is a prop, not a document engine.
 * @param lest bytes carried as a stream that no page shows, for the weight.
 */
export function creerPdf(lignes: readonly string[], lest?: Uint8Array): Uint8Array {
  const texte = lignes.map((l, rang) => `1 0 0 1 60 ${780 - 18 * rang} Tm (${echapper(l)}) Tj`).join('\n');
  const contenu = `BT /F1 12 Tf\n${texte}\nET`;
  const objets = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    flux(contenu),
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    ...(lest === undefined ? [] : [flux(Buffer.from(lest).toString('latin1'))]),
  ];
  let corps = '%PDF-1.4\n';
  const positions = objets.map((objet, rang) => {
    const position = corps.length;
    corps += `${rang + 1} 0 obj\n${objet}\nendobj\n`;
    return position;
  });
  const table = positions.map((p) => `${String(p).padStart(10, '0')} 00000 n \n`).join('');
  const debut = corps.length;
  corps += `xref\n0 ${objets.length + 1}\n0000000000 65535 f \n${table}`;
  corps += `trailer\n<< /Size ${objets.length + 1} /Root 1 0 R >>\nstartxref\n${debut}\n%%EOF\n`;
  return Buffer.from(corps, 'latin1');
}

function flux(contenu: string): string {
  return `<< /Length ${contenu.length} >>\nstream\n${contenu}\nendstream`;
}

function echapper(texte: string): string {
  return texte.replace(/[\\()]/g, '\\$&');
}
