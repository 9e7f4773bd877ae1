import { createHash } from 'node:crypto';
import { FUSEAU } from '../../metier/echeances.ts';
import type { Clock } from '../../ports/clock.ts';
import { tirage } from '../scenarios.ts';
import { type Acquit, ecrireAcquit, type Element } from './acquit.ts';
import type { Casier } from './casier.ts';
import type { PesLu } from './pes.ts';
import type { RegistreOuvert } from './registre.ts';
import { ecrireRetours, type NatureRetour } from './retours.ts';
import type { NomScenario } from './scenarios.ts';

/** Publishes the answers, later: the gateway never waits for them. */

export interface OptionsRepondeur {
  readonly casier: Casier;
  readonly registre: RegistreOuvert;
  readonly clock: Clock;
  readonly graine: number;
  readonly delaiMs: number | readonly [number, number];
  readonly tardMs: number;
}

export interface Sujet {
  /** Name at the gateway. */
  readonly nom: string;
  readonly pes: PesLu;
  readonly scenario: NomScenario;
}

export interface Repondeur {
  acquitter(sujet: Sujet, elements: readonly Element[]): void;
  /** PES Retour about these PES, at once. @returns the names published. */
  restituer(pes: readonly PesLu[], nature: NatureRetour): Promise<string[]>;
  publier(nom: string, octets: Uint8Array): Promise<void>;
  republier(nom: string): Promise<void>;
  attendreVide(): Promise<void>;
  /** Answers still owed are dropped. */
  arreter(): void;
}

export function creerRepondeur(options: OptionsRepondeur): Repondeur {
  return new Publication(options);
}

class Publication implements Repondeur {
  readonly #options: OptionsRepondeur;
  readonly #fin = new AbortController();
  readonly #dus = new Set<Promise<void>>();
  #rang = 0;

  constructor(options: OptionsRepondeur) {
    this.#options = options;
  }

  acquitter(sujet: Sujet, elements: readonly Element[]): void {
    if (sujet.scenario === 'MUET') return;
    const du: Promise<void> = this.#repondre(sujet, elements).finally(() => this.#dus.delete(du));
    this.#dus.add(du);
  }

  async restituer(pes: readonly PesLu[], nature: NatureRetour): Promise<string[]> {
    const noms: string[] = [];
    for (const lu of pes) {
      const quand = this.#options.clock.now();
      for (const { nom, octets } of ecrireRetours({ nature, pes: lu, bordereaux: lu.bordereaux, quand })) {
        const libre = this.#libre(nom);
        await this.#deposer(libre, octets, { nomFic: lu.nomFic, detail: 'PES Retour' });
        noms.push(libre);
      }
    }
    return noms;
  }

  publier(nom: string, octets: Uint8Array): Promise<void> {
    return this.#deposer(nom, octets, { nomFic: '', detail: 'publié à la main' });
  }

  async republier(nom: string): Promise<void> {
    const { casier, registre, clock } = this.#options;
    const premier = registre.evenements().find((e) => e.type === 'publie' && e.nom === nom);
    if (premier === undefined) return;
    registre.noter({ ...premier, quand: clock.now(), detail: `${premier.detail}, publié de nouveau` });
    await casier.republier(nom);
  }

  async attendreVide(): Promise<void> {
    while (this.#dus.size > 0) await Promise.all(this.#dus);
  }

  arreter(): void {
    this.#fin.abort();
  }

  async #repondre(sujet: Sujet, elements: readonly Element[]): Promise<void> {
    const { scenario, pes } = sujet;
    await this.#options.clock.sleep(this.#delai(sujet), this.#fin.signal);
    if (this.#fin.signal.aborted) return;
    const octets = deguiser(ecrireAcquit(cite(pes, scenario), enForme(scenario, elements)), scenario);
    const accepte = elements.every((e) => e.accepte);
    const copies = scenario === 'DOUBLE' ? 2 : 1;
    for (let copie = 0; copie < copies; copie += 1) {
      const nom = this.#nomAcquit(pes, accepte);
      const detail = accepte ? 'acquittement' : 'refus';
      await this.#deposer(nom, octets, { nomFic: pes.nomFic, scenario, detail });
    }
    if (scenario === 'RETOUR') await this.restituer([pes], 'R');
  }

  async #deposer(
    nom: string,
    octets: Uint8Array,
    suite: { readonly nomFic: string; readonly detail: string; readonly scenario?: NomScenario },
  ): Promise<void> {
    const { casier, registre, clock } = this.#options;
    const sha256 = createHash('sha256').update(octets).digest('hex');
    // Before it can be read: the register never tells of a reading first.
    registre.noter({
      type: 'publie',
      quand: clock.now(),
      nom,
      sha256,
      taille: octets.length,
      scenario: 'NORMAL',
      ...suite,
    });
    await casier.publier(nom, octets);
  }

  /** `<IdPost>_<yyMMddHHmmss>-ACK-<letter and 7 digits>_<A00 and 5 characters>_OK.xml`. */
  #nomAcquit({ idPost }: PesLu, accepte: boolean): string {
    this.#rang += 1;
    const { clock, registre } = this.#options;
    const instant = Temporal.Instant.fromEpochMilliseconds(clock.now()).toZonedDateTimeISO(FUSEAU);
    const date = instant.toPlainDate().toString().slice(2).replaceAll('-', '');
    const heure = instant.toPlainTime().toString({ smallestUnit: 'second' }).replaceAll(':', '');
    // A restart goes on where the register stopped.
    const numero = registre.compter('publie') + this.#rang;
    const flux = `A${String(numero).padStart(7, '0')}`;
    const piece = `A00${numero.toString(36).toUpperCase().padStart(5, '0')}`;
    return `${idPost}_${date}${heure}-ACK-${flux}_${piece}_${accepte ? 'OK' : 'KO'}.xml`;
  }

  /** Two restitutions of the same second for the same budget: the next second. */
  #libre(nom: string): string {
    const pris = new Set(this.#options.registre.evenements().map((e) => e.nom));
    let libre = nom;
    while (pris.has(libre)) {
      libre = libre.replace(/_([0-9]{14})\.xml$/, (_, heure: string) => `_${String(Number(heure) + 1)}.xml`);
    }
    return libre;
  }

  #delai({ nom, scenario }: Sujet): number {
    const { delaiMs, graine, tardMs } = this.#options;
    if (scenario === 'TARD') return tardMs;
    const [min, max] = typeof delaiMs === 'number' ? [delaiMs, delaiMs] : delaiMs;
    return min + tirage(graine, nom) * (max - min);
  }
}

function enForme(scenario: NomScenario, elements: readonly Element[]): Acquit {
  if (scenario === 'NACK') return { version: 0, elements };
  return { version: scenario === 'V1' ? 1 : 2, elements };
}

/** `ORPHELIN`: an answer about a file that nobody here has sent. */
function cite(pes: PesLu, scenario: NomScenario): Pick<PesLu, 'enveloppe' | 'entete'> {
  if (scenario !== 'ORPHELIN') return pes;
  const enveloppe = JSON.parse(
    JSON.stringify(pes.enveloppe).replaceAll(
      JSON.stringify(pes.nomFic),
      JSON.stringify('AUTRE_EDITEUR_0001'),
    ),
  ) as PesLu['enveloppe'];
  return { enveloppe, entete: pes.entete };
}

/** The same characters in UTF-8 bytes, the prologue still announcing ISO-8859-1. */
function deguiser(octets: Buffer, scenario: NomScenario): Buffer {
  return scenario === 'UTF8' ? Buffer.from(octets.toString('latin1'), 'utf8') : octets;
}
