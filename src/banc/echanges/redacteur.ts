import { erreurBanc } from '../../metier/catalogue/banc.ts';
import { jourDe } from '../../metier/echeances.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EvenementMinistere, RegistreOuvert } from '../registre.ts';
import type { Repondeur, Sujet } from '../repondeur.ts';
import { type Choix, type NomScenario, SUITES } from '../scenarios.ts';
import { type CodeCourrier, COURRIERS } from './codes.ts';
import { type Dossier, numeroDe } from './dossiers.ts';
import { accuserReponse, ecrireCourrier, rappeler, remettreCourrier } from './messages.ts';
import type { OrdreLu } from './ordres.ts';

/** What the préfecture sends without being asked anything: letters, reminders, and the classification that it adopts. */

export interface OutilsPrefecture {
  readonly clock: Clock;
  readonly registre: RegistreOuvert;
  readonly repondeur: Repondeur;
  readonly choix: Choix;
  /** Date of the classification in force. */
  readonly classification: () => string;
}

type Note = Pick<EvenementMinistere, 'type' | 'nom' | 'scenario' | 'idActe' | 'message' | 'date'> &
  Partial<Pick<EvenementMinistere, 'detail'>>;

/** Writes in the register what no archive or mail brought. */
export function consigner({ clock, registre }: OutilsPrefecture, note: Note): void {
  registre.noter({ quand: clock.now(), sha256: '', statut: null, detail: '', ...note });
}

type DemandeCourrier = Partial<Extract<OrdreLu, { ordre: 'courrier' }>> & { readonly code: CodeCourrier };

export class Redacteur {
  readonly #outils: OutilsPrefecture;

  constructor(outils: OutilsPrefecture) {
    this.#outils = outils;
  }

  /** @returns what is done, in French. Throws VGM-BAN-002, -008. */
  ordonner(ordre: OrdreLu): string {
    switch (ordre.ordre) {
      case 'courrier': {
        const dossier = this.#dossierDe(ordre.acte);
        const date = this.ecrire(dossier, ordre);
        return `Message ${ordre.code} du ${date} écrit sur l’acte ${dossier.idActe}.`;
      }
      case 'rappel': {
        const dossier = this.#dossierDe(ordre.acte);
        if (!dossier.papier) throw erreurBanc('VGM-BAN-008', { detail: sansPapier(dossier.idActe) });
        this.#rappeler(dossier);
        return `Rappel du document papier de l’acte ${dossier.idActe} envoyé.`;
      }
      case 'classification':
        this.#adopter(ordre.date);
        return `La classification du ${ordre.date} est en vigueur.`;
      case 'scenario':
        this.#outils.choix.forcer(ordre.numero, ordre.scenario);
        return ordre.scenario === null
          ? `Le numéro ${ordre.numero} suit de nouveau sa fin.`
          : `Le numéro ${ordre.numero} suit le scénario ${ordre.scenario}.`;
      default:
        return ordre satisfies never;
    }
  }

  /** What comes after the receipt of an acte: the reminder of the other channel, the letters of the scenario. */
  suivre(idActe: string, accuse: Promise<void>, scenario: NomScenario): void {
    const dossier = this.#outils.registre.dossiers.trouver(idActe);
    if (dossier === undefined) return;
    if (dossier.papier) this.#rappeler(dossier, accuse);
    for (const suite of SUITES[scenario] ?? []) this.ecrire(dossier, suite, accuse);
  }

  /** @param apres what must be gone first. @returns the date of the letter. */
  ecrire(dossier: Dossier, demande: DemandeCourrier, apres?: Promise<void>): string {
    const { clock, registre, repondeur } = this.#outils;
    const { idActe, correspondant: destinataire } = dossier;
    const { code, copies = 1, devance = false, texte = COURRIERS[code].texte } = demande;
    const date = demande.date ?? jourDe(clock.now());
    const courrier = { code, idActe, date, texte, numero: registre.dossiers.courriers + 1 };
    const fichiers = ecrireCourrier(courrier);
    const sujet = this.#sujetDe(dossier, fichiers[0]?.nom ?? '');
    const { nom, scenario } = sujet;
    consigner(this.#outils, { type: 'courrier', nom, scenario, idActe, message: code, date });
    const accuse = { code: code === '4-1' ? '4-5' : '3-5', idActe, date } as const;
    const avant = devance
      ? repondeur.poster(sujet, { idActe, faire: (c) => accuserReponse(accuse, destinataire, c) }, apres)
      : apres;
    const envoi = {
      idActe,
      faire: (c: Parameters<typeof accuserReponse>[2]) =>
        remettreCourrier(courrier, fichiers, { destinataire, c }),
    };
    for (let copie = 0; copie < copies; copie += 1) void repondeur.poster(sujet, envoi, avant);
    return date;
  }

  /** The classification of today is in force, unless a later one is. */
  rajeunir(): void {
    const jour = jourDe(this.#outils.clock.now());
    if (jour > this.#outils.classification()) this.#adopter(jour);
  }

  #adopter(date: string): void {
    if (date === this.#outils.classification()) return;
    const note = { type: 'classification', nom: '', scenario: 'NORMAL', idActe: '', message: '' } as const;
    consigner(this.#outils, { ...note, date });
  }

  #rappeler(dossier: Dossier, apres?: Promise<void>): void {
    const { idActe } = dossier;
    const sujet = this.#sujetDe(dossier, `${idActe}-rappel`);
    void this.#outils.repondeur.poster(sujet, { idActe, faire: () => rappeler(idActe) }, apres);
  }

  /** Throws VGM-BAN-008. */
  #dossierDe(acte: string): Dossier {
    const dossier = this.#outils.registre.dossiers.trouver(acte);
    if (dossier === undefined || dossier.annule)
      throw erreurBanc('VGM-BAN-008', { detail: `la préfecture simulée ne détient pas l’acte « ${acte} »` });
    return dossier;
  }

  #sujetDe({ idActe, correspondant: destinataire }: Dossier, nom: string): Sujet {
    return { nom, scenario: this.#outils.choix.de(numeroDe(idActe)), destinataire };
  }
}

const sansPapier = (idActe: string): string =>
  `l’acte ${idActe} n’annonçait aucun document papier (DocumentPapier)`;
