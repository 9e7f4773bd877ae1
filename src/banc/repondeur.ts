import { jourDe } from '../metier/echeances.ts';
import type { Clock } from '../ports/clock.ts';
import type { ActeExamine, EnveloppeLue, Refus } from './archive.ts';
import { composer, dessinerLogo } from './courrier.ts';
import {
  accuser,
  type Circonstances,
  enDesordre,
  enUtf8,
  refuser,
  refuserEnveloppe,
  type Retour,
} from './messages.ts';
import { NOM_ARCHIVE } from './norme.ts';
import type { RegistreOuvert } from './registre.ts';
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
  readonly classification: string;
}

/** What is answered to. */
export interface Sujet {
  /** Archive name. */
  readonly nom: string;
  readonly scenario: NomScenario;
  readonly enveloppe: EnveloppeLue;
}

export interface Repondeur {
  accuse(sujet: Sujet & { acte: ActeExamine }): void;
  anomalieActe(sujet: Sujet & { acte: ActeExamine; refus: Refus }): void;
  anomalieEnveloppe(sujet: Sujet & { refus: Refus }): void;
  attendreVide(): Promise<void>;
  arreter(): void;
}

/** `_DESORDRE` comes after the answers of the archives that follow it closely. */
const RECUL = 3;

export function creerRepondeur(options: OptionsRepondeur): Repondeur {
  const facteur = new Facteur(options);
  return {
    accuse: (sujet) => {
      facteur.noter(sujet, { message: '1-2', idActe: sujet.acte.idActe, detail: '' });
      const envois = sujet.scenario === 'DOUBLE' ? 2 : 1;
      for (let tour = 0; tour < envois; tour += 1) {
        facteur.poster(sujet, (c) => accuser(sujet.acte, sujet.enveloppe, c), sujet.acte.idActe);
      }
    },
    anomalieActe: (sujet) => {
      const { acte, refus, enveloppe } = sujet;
      facteur.noter(sujet, { message: '1-3', idActe: acte.idActe, detail: refus.detail });
      const nomVide = sujet.scenario === 'NOMVIDE';
      facteur.poster(sujet, (c) => refuser({ acte, refus, nomVide }, enveloppe, c), acte.idActe);
    },
    anomalieEnveloppe: (sujet) => {
      facteur.noter(sujet, { message: 'ANO', idActe: '', detail: sujet.refus.detail });
      facteur.poster(sujet, (c) => refuserEnveloppe(sujet.refus, sujet.enveloppe, c), '');
    },
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

  noter(sujet: Sujet, verdict: { message: string; idActe: string; detail: string }): void {
    const { registre, clock } = this.#options;
    const { nom, scenario } = sujet;
    registre.noter({
      type: 'verdict',
      quand: clock.now(),
      nom,
      sha256: '',
      scenario,
      statut: null,
      ...verdict,
    });
  }

  poster(sujet: Sujet, faire: (c: Circonstances) => Retour, idActe: string): void {
    this.#rang += 1;
    const du: Promise<void> = this.#repondre(sujet, { faire, idActe, rang: this.#rang }).finally(() =>
      this.#dus.delete(du),
    );
    this.#dus.add(du);
  }

  async attendreVide(): Promise<void> {
    while (this.#dus.size > 0) await Promise.all(this.#dus);
  }

  arreter(): void {
    this.#fin.abort();
  }

  async #repondre(
    sujet: Sujet,
    suite: { faire: (c: Circonstances) => Retour; idActe: string; rang: number },
  ): Promise<void> {
    const { clock, classification } = this.#options;
    await clock.sleep(this.#delai(sujet), this.#fin.signal);
    if (this.#fin.signal.aborted) return;
    const application = NOM_ARCHIVE.exec(sujet.nom)?.groups?.['appli'] ?? 'TACT';
    const jour = jourDe(clock.now());
    const retour = deguiser(
      suite.faire({ application, jour, classification, rang: suite.rang }),
      sujet.scenario,
    );
    // One mail per return address (§ D.2).
    await Promise.all(
      sujet.enveloppe.adresses.map((a, copie) =>
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
