import { type Correspondant, type EchangeExamine, type Refus, refus } from '../archive.ts';
import { type CodeCourrier, COURRIERS, ENVOIS, estEnvoi } from './codes.ts';

/** What the préfecture holds, told again by its register: one dossier for each acte received. */

/** What a line of the register says that a dossier keeps. */
interface Fait {
  readonly type: string;
  readonly message: string;
  readonly idActe: string;
  readonly date: string;
  readonly correspondant?: Correspondant & { readonly papier: boolean };
}

interface Courrier {
  readonly code: CodeCourrier;
  /** Its own date, `DateCourrierPref`. */
  readonly date: string;
  /** Its receipt (3-2, 4-2), then its answer, came. */
  accuse: boolean;
  reponse: boolean;
}

export interface Dossier {
  readonly idActe: string;
  readonly correspondant: Correspondant;
  /** Its paper document follows by another channel (DocumentPapier). */
  readonly papier: boolean;
  readonly courriers: readonly Courrier[];
  readonly annule: boolean;
}

interface DossierTenu extends Dossier {
  readonly courriers: Courrier[];
  annule: boolean;
}

/** `034-123456789-20260302-2026_12-DE` → `2026_12`. */
export function numeroDe(idActe: string): string {
  return idActe.split('-')[3] ?? '';
}

export class Dossiers {
  readonly #parActe = new Map<string, DossierTenu>();
  readonly #recus = new Set<string>();
  #courriers = 0;
  #classification: string | null = null;

  /** Letters written in all: each has its number. */
  get courriers(): number {
    return this.#courriers;
  }

  /** Date of the last classification adopted; null: none since the beginning. */
  get classification(): string | null {
    return this.#classification;
  }

  /** Is this acte registered (1-2 decided)? */
  connait(idActe: string): boolean {
    return this.#recus.has(idActe);
  }

  /** By IDActe, or by NumeroInterne: then the last one received. */
  trouver(acte: string): Dossier | undefined {
    return (
      this.#parActe.get(acte) ?? [...this.#parActe.values()].findLast((d) => numeroDe(d.idActe) === acte)
    );
  }

  retenir({ type, message, idActe, date, correspondant }: Fait): void {
    if (type === 'classification') this.#classification = date;
    if (type === 'verdict' && message === '1-2') {
      this.#recus.add(idActe);
      if (correspondant === undefined) return;
      const { papier, ...qui } = correspondant;
      this.#parActe.set(idActe, { idActe, correspondant: qui, papier, courriers: [], annule: false });
    }
    if (type === 'courrier') {
      this.#courriers += 1;
      const dossier = this.#parActe.get(idActe);
      if (Object.hasOwn(COURRIERS, message))
        dossier?.courriers.push({ code: message as CodeCourrier, date, accuse: false, reponse: false });
    }
    if (type === 'message') this.#ranger(message, idActe, date);
  }

  #ranger(code: string, idActe: string, date: string): void {
    const dossier = this.#parActe.get(idActe);
    if (dossier === undefined || !estEnvoi(code)) return;
    if (code === '6-1') dossier.annule = true;
    const { suite } = ENVOIS[code];
    const courrier =
      suite === null
        ? undefined
        : dossier.courriers.find((c) => c.code === suite.de && c.date === date && !c[suite.comme]);
    if (suite !== null && courrier !== undefined) courrier[suite.comme] = true;
  }

  /** Why a message cannot join a dossier; null when it can. */
  refuser({ code, idActe, date, nom }: EchangeExamine): Refus | null {
    if (code === '7-1') return null;
    if (!this.#recus.has(idActe)) return refus('44', `l'acte ${idActe} de ${nom} n'a pas été reçu`);
    const dossier = this.#parActe.get(idActe);
    const { suite } = ENVOIS[code];
    if (suite === null) {
      return dossier?.annule === true ? refus('47', `l'annulation de ${idActe} est déjà enregistrée`) : null;
    }
    const courriers = (dossier?.courriers ?? []).filter((c) => c.code === suite.de && c.date === date);
    if (courriers.length === 0)
      return refus('45', `aucun message ${suite.de} du ${date} n'a été envoyé sur ${idActe}`);
    return courriers.every((c) => c[suite.comme])
      ? refus('46', `le message ${suite.de} du ${date} sur ${idActe} a déjà reçu le sien (${nom})`)
      : null;
  }
}
