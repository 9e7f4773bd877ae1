/**
 * Is the sender of a return trusted? No authentication of the State's mail is known (specs D.2), so this is an
 * allow-list by configuration: an address, or `@domain`. Others are parked and shown, never dropped.
 */
export function expediteurAdmis(expediteur: string, admis: readonly string[]): boolean {
  if (admis.length === 0) return true;
  const adresse = expediteur.trim().toLowerCase();
  return admis.some((regle) => {
    const attendu = regle.trim().toLowerCase();
    return attendu.startsWith('@') ? adresse.endsWith(attendu) : adresse === attendu;
  });
}
