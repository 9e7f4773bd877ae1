/**
 * Header `Retry-After` (RFC 9110 § 10.2.3): a number of seconds or an HTTP date.
 * @param maintenant milliseconds since 1970.
 * @returns milliseconds to wait, never negative; undefined when absent or unreadable.
 */
export function lireRetryAfter(
  entete: string | readonly string[] | undefined,
  maintenant: number,
): number | undefined {
  const valeur = (typeof entete === 'string' ? entete : entete?.[0])?.trim();
  if (valeur === undefined) return undefined;
  if (/^[0-9]{1,10}$/.test(valeur)) return Number(valeur) * 1000;
  // The three date forms of the RFC all name the month; a bare number of another kind is not a date.
  const date = /[a-z]{3}/i.test(valeur) ? Date.parse(valeur) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - maintenant);
}
