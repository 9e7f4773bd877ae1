import { jourDe } from '../metier/echeances.ts';
import type { Clock } from '../ports/clock.ts';
import type { Correspondant } from './archive.ts';
import { composer, dessinerLogo } from './courrier.ts';
import { type Circonstances, enDesordre, enUtf8, type Retour } from './messages.ts';
import type { EvenementMinistere, RegistreOuvert } from './registre.ts';
import { type NomScenario, tirage } from './scenarios.ts';
import type { Postier } from './smtp.ts';

/** Answers by mail, later: the door never waits for them. */

export interface OptionsRepondeur {
  readonly clock: Clock;
  readonly postier: Postier;
  readonly registre: RegistreOuvert;
  readonly graine: number;
  readonly delaiMs: number | readonly [number, number];
  readonly tardMs: number;
  readonly expediteur: string;
  /** Date of the classification in force. */
  readonly classification: () => string;
}

/** What is answered to, and whom. */
export interface Sujet {
  /** Name of the archive; of the message for what the préfecture sends by itself. */
  readonly nom: string;
  readonly scenario: NomScenario;
  readonly destinataire: Correspondant;
}

export interface Envoi {
  readonly idActe: string;
  readonly faire: (c: Circonstances) => Retour;
}

/** A decision, then the mail that says it. */
export interface Reponse extends Envoi, Pick<EvenementMinistere, 'message' | 'date' | 'detail'> {
  readonly correspondant?: EvenementMinistere['correspondant'];
}

export interface Repondeur {
  /** Decided at once, mailed later. Resolves when its mails are gone. */
  repondre(sujet: Sujet, reponse: Reponse): Promise<void>;
  /** A mail that is no decision. @param apres what must be gone first. */
  poster(sujet: Sujet, envoi: Envoi, apres?: Promise<void>): Promise<void>;
  attendreVide(): Promise<void>;
  arreter(): void;
}

/** `_DESORDRE` comes after the answers of the archives that follow it closely. */
const RECUL = 3;

export function creerRepondeur(options: OptionsRepondeur): Repondeur {
  const facteur = new Facteur(options);
  return {
    async repondre(sujet, { message, date, detail, correspondant, ...envoi }) {
      const { nom, scenario } = sujet;
      const { idActe } = envoi;
      options.registre.noter({
        type: 'verdict',
        quand: options.clock.now(),
        nom,
        sha256: '',
        scenario,
        statut: null,
        idActe,
        message,
        date,
        detail,
        ...(correspondant === undefined ? {} : { correspondant }),
      });
      const envois = Array.from({ length: scenario === 'DOUBLE' ? 2 : 1 }, () =>
        facteur.poster(sujet, envoi),
      );
      await Promise.all(envois);
    },
    poster: (sujet, envoi, apres) => facteur.poster(sujet, envoi, apres),
    attendreVide: () => facteur.attendreVide(),
    arreter: () => facteur.arreter(),
  };
}

class Facteur {
  readonly #options: OptionsRepondeur;
  readonly #logo = dessinerLogo();
  readonly #fin = new AbortController();
  readonly #dus = new Set<Promise<void>>();
  #rang = 0;

  constructor(options: OptionsRepondeur) {
    this.#options = options;
  }

  poster(sujet: Sujet, envoi: Envoi, apres?: Promise<void>): Promise<void> {
    this.#rang += 1;
    const du: Promise<void> = this.#repondre(sujet, { ...envoi, rang: this.#rang, apres }).finally(() =>
      this.#dus.delete(du),
    );
    this.#dus.add(du);
    return du;
  }

  async attendreVide(): Promise<void> {
    while (this.#dus.size > 0) await Promise.all(this.#dus);
  }

  arreter(): void {
    this.#fin.abort();
  }

  async #repondre(
    sujet: Sujet,
    suite: Envoi & { readonly rang: number; readonly apres: Promise<void> | undefined },
  ): Promise<void> {
    const { clock, classification } = this.#options;
    await suite.apres;
    await clock.sleep(this.#delai(sujet), this.#fin.signal);
    if (this.#fin.signal.aborted) return;
    const jour = jourDe(clock.now());
    const retour = deguiser(
      suite.faire({ jour, classification: classification(), rang: suite.rang }),
      sujet.scenario,
    );
    // One mail per return address (§ D.2).
    await Promise.all(
      sujet.destinataire.adresses.map((a, copie) =>
        this.#remettre(sujet, retour, { a, idActe: suite.idActe, cle: `${suite.rang}-${copie}` }),
      ),
    );
  }

  async #remettre(
    sujet: Sujet,
    retour: Retour,
    suite: { a: string; idActe: string; cle: string },
  ): Promise<void> {
    const { clock, postier, registre, expediteur, graine } = this.#options;
    const messageId = `${suite.cle}.${graine}.${clock.now()}@interieur.invalid`;
    const octets = composer(retour, {
      de: expediteur,
      a: suite.a,
      messageId,
      quand: clock.now(),
      logo: this.#logo,
    });
    const issue = await postier.envoyer({ de: expediteur, a: suite.a, octets });
    if (issue.type === 'abandonne') return;
    registre.noter({
      type: issue.type === 'remis' ? 'courriel' : 'courriel_perdu',
      quand: clock.now(),
      nom: sujet.nom,
      sha256: '',
      scenario: sujet.scenario,
      statut: null,
      idActe: suite.idActe,
      message: retour.code,
      date: '',
      detail: issue.type === 'refuse' ? `${suite.a} : ${issue.motif}` : suite.a,
    });
  }

  #delai(sujet: Sujet): number {
    const { delaiMs, graine, tardMs } = this.#options;
    if (sujet.scenario === 'TARD') return tardMs;
    const [min, max] = typeof delaiMs === 'number' ? [delaiMs, delaiMs] : delaiMs;
    const delai = min + tirage(graine, sujet.nom) * (max - min);
    return sujet.scenario === 'DESORDRE' ? max * RECUL + delai : delai;
  }
}

function deguiser(retour: Retour, scenario: NomScenario): Retour {
  if (scenario === 'UTF8') return enUtf8(retour);
  return scenario === 'DESORDRE' ? enDesordre(retour) : retour;
}
