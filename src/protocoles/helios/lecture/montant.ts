/** An amount of PES: xs:decimal, two decimals at most once trailing zeros are dropped. */
const DECIMAL = /^[ \t\r\n]*([+-]?)([0-9]*)(?:\.([0-9]*))?[ \t\r\n]*$/;

/** @returns centimes, or null when the text is no such amount. */
export function centimes(texte: string): bigint | null {
  const [tout, signe = '', entier = '', decimales = ''] = DECIMAL.exec(texte) ?? [];
  if (tout === undefined || entier.length + decimales.length === 0) return null;
  const utiles = decimales.replace(/0+$/, '');
  if (utiles.length > 2) return null;
  const valeur = BigInt(entier + utiles.padEnd(2, '0'));
  return signe === '-' ? -valeur : valeur;
}

/** `125030n` → `1250.30`, as the norm writes it. */
export function ecrireCentimes(montant: bigint): string {
  const chiffres = (montant < 0n ? -montant : montant).toString().padStart(3, '0');
  return `${montant < 0n ? '-' : ''}${chiffres.slice(0, -2)}.${chiffres.slice(-2)}`;
}
