/**
 * RC4, which the encryption of PDF files used until 2008 and which OpenSSL no longer gives. It protects nothing here: it
 * is what readers of such files expect.
 */
export function rc4(cle: Uint8Array, octets: Uint8Array): Uint8Array {
  const s = Uint8Array.from({ length: 256 }, (_, i) => i);
  const echanger = (i: number, j: number): void => {
    const garde = s[i] ?? 0;
    s[i] = s[j] ?? 0;
    s[j] = garde;
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + (s[i] ?? 0) + (cle[i % cle.length] ?? 0)) & 0xff;
    echanger(i, j);
  }
  const sortie = new Uint8Array(octets.length);
  for (let rang = 0, i = 0, j = 0; rang < octets.length; rang += 1) {
    i = (i + 1) & 0xff;
    j = (j + (s[i] ?? 0)) & 0xff;
    echanger(i, j);
    sortie[rang] = (octets[rang] ?? 0) ^ (s[((s[i] ?? 0) + (s[j] ?? 0)) & 0xff] ?? 0);
  }
  return sortie;
}
