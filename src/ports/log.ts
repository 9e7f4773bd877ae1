/** Technical log: for operators, months only. No file content, no secret, no personal data. */
export type Champs = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  info(message: string, champs?: Champs): void;
  warn(message: string, champs?: Champs): void;
  /** `origine` is the native error; its stack goes to the technical log and nowhere else. */
  error(message: string, champs?: Champs, origine?: unknown): void;
}
