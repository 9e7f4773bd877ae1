import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { ReglageS3 } from './s3-reglage.ts';

/** A request to an object store, and its signature (AWS Signature Version 4). */

/** Bytes to send, which can be read again for another try. */
export interface Corps {
  readonly taille: number;
  /** Hexadecimal: signed, so that no other bytes are accepted in their place. */
  readonly sha256: string;
  ouvrir(): AsyncIterable<Uint8Array>;
}

export function corpsEnMemoire(octets: Uint8Array): Corps {
  return {
    taille: octets.length,
    sha256: createHash('sha256').update(octets).digest('hex'),
    async *ouvrir() {
      yield octets;
    },
  };
}

export interface Demande {
  readonly methode: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Key of an object; empty: the compartiment itself. */
  readonly cle: string;
  readonly question?: Readonly<Record<string, string>>;
  readonly entetes?: Readonly<Record<string, string>>;
  readonly corps?: Corps;
  /** Tries, when they are not those of the settings. */
  readonly essais?: number;
}

/** SHA-256 of nothing. */
const VIDE = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

export interface DemandeSignee {
  readonly url: URL;
  readonly entetes: Readonly<Record<string, string>>;
}

function urlDe({ adresse, style, compartiment }: ReglageS3, { cle, question = {} }: Demande): URL {
  const url = new URL(adresse);
  if (style === 'hote') {
    url.hostname = `${compartiment}.${url.hostname}`;
    url.pathname = `/${cle}`;
  } else url.pathname = cle === '' ? `/${compartiment}` : `/${compartiment}/${cle}`;
  for (const [nom, valeur] of Object.entries(question)) url.searchParams.set(nom, valeur);
  return url;
}

/** @param contexte the hour, and the signing keys of the day, kept from one call to the next. */
export async function signer(
  reglage: ReglageS3,
  demande: Demande,
  contexte: { readonly maintenant: number; readonly cles: Map<string, ArrayBuffer> },
): Promise<DemandeSignee> {
  const { methode, entetes = {}, corps } = demande;
  const url = urlDe(reglage, demande);
  const { headers } = await new AwsV4Signer({
    method: methode,
    url: url.href,
    headers: { ...entetes, 'x-amz-content-sha256': corps?.sha256 ?? VIDE },
    accessKeyId: reglage.cleAcces,
    secretAccessKey: reglage.secret,
    service: 's3',
    region: reglage.region,
    cache: contexte.cles,
    datetime: new Date(contexte.maintenant).toISOString().replace(/[:-]|\.\d{3}/g, ''),
  }).sign();
  // A POST or PUT without body must say so.
  const taille = corps?.taille ?? (['PUT', 'POST'].includes(methode) ? 0 : undefined);
  const longueur = taille === undefined ? {} : { 'content-length': String(taille) };
  return { url, entetes: { ...Object.fromEntries(headers), ...longueur } };
}
