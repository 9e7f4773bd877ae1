import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ouvrirSchemas } from '../formats/xsd/jeu.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { jourDe } from '../metier/echeances.ts';
import type { Clock } from '../ports/clock.ts';
import { lireOrdre, type Ordre } from './echanges/ordres.ts';
import { examiner, type Attentes, type ExamenLisible } from './examen.ts';
import type { PartieFichier } from './multipart.ts';
import { type Decision, type Guichet, type OptionsPorte, ouvrirPorte } from './porte.ts';
import { Prefecture } from './prefecture.ts';
import { type EvenementMinistere, type Registre, type RegistreOuvert, ouvrirRegistre } from './registre.ts';
import { creerRepondeur } from './repondeur.ts';
import { A_LA_PORTE, type Choix, creerChoix, type NomScenario } from './scenarios.ts';
import { creerPostier } from './smtp.ts';

/** The ministry of the Interior's ACTES platform, simulated over real protocols: HTTPS in, SMTP out. */

export interface OptionsMinistere {
  readonly https: OptionsPorte;
  /** Relay that takes every answer, whatever the address; `connexions` kept open, 4 by default. */
  readonly smtp: { readonly hote: string; readonly port: number; readonly connexions?: number };
  readonly clock: Clock;
  /** Same seed, same delays. */
  readonly graine: number;
  /** Between the taking and the answer. */
  readonly delaiReponseMs: number | readonly [number, number];
  /** Classification in force until another is adopted, `YYYY-MM-DD`. */
  readonly classificationDate: string;
  /** false: the ends of NumeroInterne mean nothing. Default true. */
  readonly scenarios?: boolean;
  /** Delay of `_TARD`. Default 5 000. */
  readonly tardMs?: number;
  /** 201 since 2025-07, 200 before. */
  readonly statutSucces?: 200 | 201;
  /** Empty or absent: all accepted. */
  readonly trigrammes?: readonly string[];
  readonly applications?: readonly string[];
  /** SIREN enrolled in ACTES. */
  readonly sirens?: readonly string[];
  /** Sender of the answers. */
  readonly expediteur?: string;
  readonly archiveMaxOctets?: number;
  /** File of the register, JSON lines; absent: in memory only. */
  readonly registre?: string;
  /** Folder that holds `actes.xsd`; absent: that of the program. */
  readonly schemas?: string;
}

export interface Ministere {
  /** Address for `actes.ministere.url`. */
  readonly url: string;
  readonly port: number;
  readonly registre: Registre;
  /** Plays this scenario for the acte of this number, whatever its end; null = back to the rule. Throws VGM-BAN-002. */
  forcer(numero: string, scenario: NomScenario | null): void;
  /** Letters, reminder, classification. @returns what is done, in French. Throws VGM-BAN-002, -007, -008. */
  ordonner(ordre: Ordre): string;
  /** Date of the classification in force. */
  classification(): string;
  /** Resolves when no answer is owed any more (mails taken or refused by the relay). */
  attendreVide(): Promise<void>;
  /** Takes nothing more; what was taken is still answered. */
  fermerPorte(): Promise<void>;
  /** Answers still owed are dropped; the register is closed. */
  arreter(): Promise<void>;
}

const DEFAUT = {
  tardMs: 5_000,
  connexions: 4,
  archiveMaxOctets: 150_000_000,
  expediteur: 'actes@interieur.invalid',
  schemas: fileURLToPath(new URL('../../schemas/actes', import.meta.url)),
};

/** The form around the archive: boundary, headers of the part. */
const MARGE_FORMULAIRE = 4_096;

/** Opens the door. Throws VGM-BAN-001 when it cannot. */
export async function demarrerMinistere(options: OptionsMinistere): Promise<Ministere> {
  const registre = ouvrirRegistre(options.registre);
  const relais = { ...options.smtp, connexions: options.smtp.connexions ?? DEFAUT.connexions };
  const postier = creerPostier(relais, options.clock);
  const choix = creerChoix(options.scenarios !== false);
  const classification = () => registre.dossiers.classification ?? options.classificationDate;
  const repondeur = creerRepondeur({
    clock: options.clock,
    postier,
    registre,
    graine: options.graine,
    delaiMs: options.delaiReponseMs,
    tardMs: options.tardMs ?? DEFAUT.tardMs,
    expediteur: options.expediteur ?? DEFAUT.expediteur,
    classification,
  });
  const { clock } = options;
  const prefecture = new Prefecture({ clock, registre, repondeur, choix, classification });
  const bureau = new Bureau(options, { registre, choix, prefecture });
  const porte = await ouvrirPorte(options.https, bureau);
  return {
    url: `https://localhost:${porte.port}/`,
    port: porte.port,
    registre,
    forcer: (numero, scenario) => choix.forcer(numero, scenario),
    ordonner: (ordre) => prefecture.ordonner(lireOrdre(ordre)),
    classification,
    attendreVide: () => repondeur.attendreVide(),
    fermerPorte: () => porte.fermer(),
    async arreter() {
      await porte.fermer();
      repondeur.arreter();
      await postier.fermer();
      await repondeur.attendreVide();
      await registre.fermer();
    },
  };
}

interface Recue {
  readonly nom: string;
  readonly sha256: string;
}

interface OutilsBureau {
  readonly registre: RegistreOuvert;
  readonly choix: Choix;
  readonly prefecture: Prefecture;
}

/** Decides what becomes of each archive. */
class Bureau implements Guichet {
  readonly tailleMax: number;
  readonly #options: OptionsMinistere;
  readonly #registre: RegistreOuvert;
  readonly #choix: Choix;
  readonly #prefecture: Prefecture;
  readonly #schemas;
  /** Tries of an archive name already spoiled by a scenario of the door. */
  readonly #essais = new Map<string, number>();

  constructor(options: OptionsMinistere, { registre, choix, prefecture }: OutilsBureau) {
    this.#options = options;
    this.#registre = registre;
    this.#choix = choix;
    this.#prefecture = prefecture;
    this.#schemas = ouvrirSchemas(options.schemas ?? DEFAUT.schemas);
    this.tailleMax = (options.archiveMaxOctets ?? DEFAUT.archiveMaxOctets) + MARGE_FORMULAIRE;
  }

  ordonner(corps: string): { readonly statut: number; readonly texte: string } {
    try {
      return { statut: 202, texte: this.#prefecture.ordonner(lireOrdre(enJson(corps))) };
    } catch (erreur) {
      if (!(erreur instanceof ErreurVgm)) throw erreur;
      const { code, message, remede } = erreur.fiche;
      return { statut: erreur.http, texte: `${code} : ${message} ${remede}` };
    }
  }

  couperEnChemin(nom: string, numero: string): boolean {
    if (this.#choix.de(numero) !== 'COUPE' || this.#registre.detient(nom)) return false;
    if (!this.#gacher(nom, 1)) return false;
    this.#noter({ nom, sha256: '' }, { type: 'non_pris', scenario: 'COUPE', detail: 'coupé en chemin' });
    return true;
  }

  async recevoir(partie: PartieFichier): Promise<Decision> {
    const recue = { nom: partie.nom, sha256: createHash('sha256').update(partie.octets).digest('hex') };
    if (this.#registre.detient(recue.nom)) return this.#double(recue);
    const examen = await examiner(partie.nom, partie.octets, this.#attentes());
    // Two tries of the same name may have been read side by side: the register decides, without waiting in between.
    if (this.#registre.detient(recue.nom)) return this.#double(recue);
    if (examen.type === 'illisible') {
      this.#noter(recue, { type: 'refuse', statut: 400, detail: examen.motif });
      return { statut: 400, texte: `Archive refusée : ${examen.motif}` };
    }
    return this.#prendre(recue, examen);
  }

  #prendre(recue: Recue, examen: ExamenLisible): Decision {
    const scenarios = [...examen.actes, ...examen.echanges].map((m) => this.#choix.de(m.numero));
    const scenario = scenarios.find((s) => s !== 'NORMAL') ?? 'NORMAL';
    const porte = A_LA_PORTE[scenario];
    const gache = porte !== undefined && this.#gacher(recue.nom, porte.fois);
    const statut = gache ? porte.statut : this.#succes;
    if (gache && !porte.enregistre) {
      this.#noter(recue, { type: 'non_pris', scenario, statut });
    } else {
      this.#noter(recue, { type: 'accepte', scenario, statut });
      this.#prefecture.juger(recue.nom, examen);
    }
    return statut === null ? null : { statut, texte: gache ? 'Erreur simulée.' : '' };
  }

  #double(recue: Recue): Decision {
    this.#noter(recue, { type: 'double', statut: this.#succes });
    return { statut: this.#succes, texte: '' };
  }

  get #succes(): number {
    return this.#options.statutSucces ?? 201;
  }

  /** Spends one of the tries that a scenario spoils; false when they are all spent. */
  #gacher(nom: string, fois: number): boolean {
    const essais = this.#essais.get(nom) ?? 0;
    if (essais >= fois) return false;
    this.#essais.set(nom, essais + 1);
    return true;
  }

  #attentes(): Attentes {
    const { trigrammes = [], applications = [], sirens = [], clock } = this.#options;
    return { schemas: this.#schemas, trigrammes, applications, sirens, jour: jourDe(clock.now()) };
  }

  #noter(recue: Recue, suite: Partial<EvenementMinistere> & Pick<EvenementMinistere, 'type'>): void {
    const quand = this.#options.clock.now();
    const vide = { scenario: 'NORMAL', statut: null, idActe: '', message: '', date: '', detail: '' } as const;
    this.#registre.noter({ ...vide, ...recue, quand, ...suite });
  }
}

/** What is no JSON is read as a text: the order then says what it expects. */
function enJson(corps: string): unknown {
  try {
    return JSON.parse(corps);
  } catch {
    return corps;
  }
}
