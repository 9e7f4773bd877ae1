import type { FileHandle } from 'node:fs/promises';
import type { Metadonnees } from '../../ports/passerelle.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Casier } from './casier.ts';
import { accordeAuMessage, type Annonce, lireAnnonce, TAILLE_MAX } from './norme.ts';
import { lirePes, type LecturePes, type PesLu } from './pes.ts';
import type { EvenementDgfip, RegistreOuvert } from './registre.ts';
import type { Repondeur } from './repondeur.ts';
import { type Accroc, ACCROCS, jugerDouble, jugerPes, type NomScenario, scenarioDe } from './scenarios.ts';

/** What the client gets for what it asked. `coupe`: nothing at all, the line is hung up. */
export type Suite =
  | { readonly type: 'fait' }
  | { readonly type: 'coupe' }
  | {
      readonly type: 'refus';
      readonly genre: 'absent' | 'interdit' | 'plein' | 'existe';
      readonly motif: string;
    };

export const FAIT: Suite = { type: 'fait' };

export function refuser(genre: Extract<Suite, { type: 'refus' }>['genre'], motif: string): Suite {
  return { type: 'refus', genre, motif };
}

export interface OptionsGuichet {
  readonly casier: Casier;
  readonly registre: RegistreOuvert;
  readonly repondeur: Repondeur;
  readonly clock: Clock;
  /** P_APPLI accepted. */
  readonly applis: readonly string[];
  readonly scenarios: boolean;
  /** Does the gateway take a deposit away at once? Else it stays to be seen. */
  readonly emporte: boolean;
}

/** Start of a file where the NomFic stands. */
const TETE = 8_192;

/** Decides what becomes of each deposit, whatever the protocol that brought it. */
export class Guichet {
  readonly #options: OptionsGuichet;
  readonly #forces = new Map<string, NomScenario>();
  /** NomFic whose first try was already spoiled. */
  readonly #gaches = new Set<string>();
  readonly #pris: PesLu[] = [];

  constructor(options: OptionsGuichet) {
    this.#options = options;
  }

  get casier(): Casier {
    return this.#options.casier;
  }

  /** PES taken since the start. */
  get pris(): readonly PesLu[] {
    return this.#pris;
  }

  forcer(nomFic: string, scenario: NomScenario | null): void {
    if (scenario === null) this.#forces.delete(nomFic);
    else this.#forces.set(nomFic, scenario);
  }

  /** What the name and the metadata say; a name that says nothing is a temporary one. */
  annonce(nom: string, site: Partial<Metadonnees> | null): ReturnType<typeof lireAnnonce> {
    return lireAnnonce(nom, site, this.#options.applis);
  }

  /** What befalls this try, from the first bytes of the file; spent once told. */
  gacher(tete: Buffer, accroc: Accroc): boolean {
    const nomFic = /<NomFic\s+V="([^"]*)"/.exec(tete.toString('latin1', 0, TETE))?.[1] ?? '';
    if (nomFic === '' || ACCROCS[this.#scenario(nomFic)] !== accroc || this.#gaches.has(nomFic)) return false;
    this.#gaches.add(nomFic);
    if (accroc !== 'coupe_apres') {
      this.#noter({ type: 'non_pris', nomFic, scenario: this.#scenario(nomFic), detail: accroc });
    }
    return true;
  }

  async tete(nom: string): Promise<Buffer> {
    const blocs: Uint8Array[] = [];
    let lus = 0;
    for await (const bloc of this.casier.relire(nom)) {
      blocs.push(bloc);
      lus += bloc.length;
      if (lus >= TETE) break;
    }
    return Buffer.concat(blocs);
  }

  /** The file has its final name. */
  async prendre(nom: string, annonce: Annonce): Promise<Suite> {
    const lecture = await lirePes(this.casier.relire(nom));
    const faute = fauteDe(lecture, annonce);
    if (faute !== null) {
      this.#noter({ type: 'refuse', nom, ...lecture, detail: faute });
      await this.casier.effacer('entree', nom);
      return refuser('interdit', faute);
    }
    this.#juger(nom, lecture, annonce);
    if (this.#options.emporte) await this.casier.effacer('entree', nom);
    const tete = Buffer.from(`<NomFic V="${lecture.pes?.nomFic ?? ''}"`, 'latin1');
    return this.gacher(tete, 'coupe_apres') ? { type: 'coupe' } : FAIT;
  }

  noterRefus(nom: string, motif: string): void {
    this.#noter({ type: 'refuse', nom, detail: motif });
  }

  noterLu(nom: string, taille: number): void {
    this.#noter({ type: 'lu', nom, taille });
  }

  #juger(nom: string, lecture: LecturePes, { metadonnees }: Annonce): void {
    const { registre, repondeur } = this.#options;
    const { pes, sha256, taille, motif } = lecture;
    const double = registre.detient(nom, sha256);
    const nomFic = pes?.nomFic ?? '';
    const scenario = this.#scenario(nomFic);
    this.#noter({ type: double ? 'double' : 'pris', nom, sha256, taille, nomFic, scenario, detail: motif });
    // Nothing is known of what Hélios says of a file that it cannot read (i.11): it says nothing.
    if (pes === null) return;
    const sujet = { nom, pes, scenario };
    if (double) repondeur.acquitter({ ...sujet, scenario: 'NORMAL' }, jugerDouble(pes));
    else if (!accordeAuMessage(metadonnees.msg, pes)) repondeur.acquitter(sujet, [PARAMETRE]);
    else {
      this.#pris.push(pes);
      repondeur.acquitter(sujet, jugerPes(pes, scenario));
    }
  }

  #scenario(nomFic: string): NomScenario {
    const force = this.#forces.get(nomFic);
    if (force !== undefined) return force;
    return this.#options.scenarios ? scenarioDe(nomFic) : 'NORMAL';
  }

  #noter(suite: Partial<EvenementDgfip> & Pick<EvenementDgfip, 'type'>): void {
    const { type, nom = '', sha256 = '', taille = 0, nomFic = '', scenario = 'NORMAL', detail = '' } = suite;
    const quand = this.#options.clock.now();
    this.#options.registre.noter({ type, quand, nom, sha256, taille, nomFic, scenario, detail });
  }
}

const PARAMETRE = {
  domaine: '99',
  accepte: false,
  fautes: [{ code: 'ERREUR_PES_PARAM', libelle: "P_MSG ne s'accorde pas à l'en-tête" }],
};

function fauteDe({ taille, sha1 }: LecturePes, annonce: Annonce): string | null {
  if (taille > TAILLE_MAX) return 'fichier de plus de 100 Mo';
  if (taille === 0) return 'fichier vide';
  if (annonce.sha1 !== null && annonce.sha1 !== sha1) return 'le nom n’annonce pas le SHA-1 du fichier';
  return null;
}

/** Closes without a word: what matters was said. */
export async function fermerSans(fichier: FileHandle): Promise<void> {
  await fichier.close().catch(() => undefined);
}
