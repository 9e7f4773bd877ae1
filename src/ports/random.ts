/** The only source of identifiers and randomness. */
export interface Random {
  /** UUIDv7, lower case. */
  uuid(): string;
  /** `n` random bytes in lower-case hexadecimal. */
  hex(n: number): string;
  /** Uniform in [0, 1). */
  fraction(): number;
}
