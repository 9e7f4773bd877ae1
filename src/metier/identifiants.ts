/**
 * Identifiers of the domain, as branded strings: a value of one kind cannot be passed for another.
 * Each constructor checks the shape once, at the door; inside the program the type is the proof.
 */

declare const marque: unique symbol;
type Marque<T, N extends string> = T & { readonly [marque]: N };

/** UUIDv7 of a flux, lower case: sortable by time of deposit. */
export type FluxId = Marque<string, 'FluxId'>;
/** UUIDv7 of a message received from the State. */
export type RetourId = Marque<string, 'RetourId'>;
/** Identifier of a notification; also its `webhook-id`, the same on every attempt. */
export type LivraisonId = Marque<string, 'LivraisonId'>;
/** UUIDv7 of a batch of actes received whole. */
export type LotId = Marque<string, 'LotId'>;
/** SIREN of a collectivité: nine digits (norm ACTES, `insee:SIREN`). */
export type Siren = Marque<string, 'Siren'>;
/** SHA-256 in lower-case hexadecimal: the name of a piece in the coffre. */
export type Sha256 = Marque<string, 'Sha256'>;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = Marque<number, 'Instant'>;
/** Calendar day in Europe/Paris, `YYYY-MM-DD`. */
export type Jour = Marque<string, 'Jour'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns the value as a flux identifier, or undefined when it is not a UUID. */
export function lireFluxId(valeur: string): FluxId | undefined {
  return UUID.test(valeur) ? (valeur as FluxId) : undefined;
}

/** @returns the value as a return identifier, or undefined when it is not a UUID. */
export function lireRetourId(valeur: string): RetourId | undefined {
  return UUID.test(valeur) ? (valeur as RetourId) : undefined;
}

/** @returns the value as a notification identifier, or undefined when it is not a UUID. */
export function lireLivraisonId(valeur: string): LivraisonId | undefined {
  return UUID.test(valeur) ? (valeur as LivraisonId) : undefined;
}

/** @returns the value as the identifier of a batch, or undefined when it is not a UUID. */
export function lireLotId(valeur: string): LotId | undefined {
  return UUID.test(valeur) ? (valeur as LotId) : undefined;
}

/** @returns the value as a SIREN (nine digits), or undefined. The Luhn key is a separate question. */
export function lireSiren(valeur: string): Siren | undefined {
  return /^[0-9]{9}$/.test(valeur) ? (valeur as Siren) : undefined;
}

/** @returns the value as a calendar day, or undefined when no such day exists (2026-02-30). */
export function lireJour(valeur: string): Jour | undefined {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(valeur)) return undefined;
  try {
    return Temporal.PlainDate.from(valeur, { overflow: 'reject' }).toString() as Jour;
  } catch {
    return undefined;
  }
}

/** Luhn key of a SIREN or SIRET; true when the number is plausible (INSEE rule). */
export function cleLuhn(chiffres: string): boolean {
  let somme = 0;
  for (let i = 0; i < chiffres.length; i += 1) {
    const chiffre = Number(chiffres[chiffres.length - 1 - i]);
    const pondere = i % 2 === 1 ? chiffre * 2 : chiffre;
    somme += pondere > 9 ? pondere - 9 : pondere;
  }
  return somme % 10 === 0;
}
