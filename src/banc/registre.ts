import { createWriteStream, existsSync, readFileSync, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Correspondant } from './archive.ts';
import { Dossiers } from './echanges/dossiers.ts';
import type { NomScenario } from './scenarios.ts';

export type TypeEvenement =
  | 'accepte' // taken for processing: what the State holds
  | 'double' // a name already accepted came again
  | 'non_pris' // answered or cut by a scenario, nothing kept
  | 'refuse' // unreadable, nothing kept
  | 'verdict' // 1-2, 1-3, 3-5, 4-5, 6-2, 7-2, 7-3 or ANO decided
  | 'message' // an answer, a receipt, a cancellation or a request joined its dossier
  | 'courrier' // a letter was written: 2-1, 3-1, 4-1 or 5-1
  | 'classification' // another one is in force
  | 'courriel' // an answer was taken by the relay
  | 'courriel_perdu'; // the relay refused it for good

/** One thing that happened at the ministry's. */
export interface EvenementMinistere {
  readonly type: TypeEvenement;
  /** Epoch milliseconds. */
  readonly quand: number;
  /** Archive name; that of the message for what the préfecture sends by itself. */
  readonly nom: string;
  /** Of the archive received; empty for a verdict or a mail. */
  readonly sha256: string;
  readonly scenario: NomScenario;
  /** HTTP status answered; null when the line was cut, or when it is not about HTTP. */
  readonly statut: number | null;
  /** IDActe of what is about one acte; empty otherwise. */
  readonly idActe: string;
  /** Code of the norm, `ANO`, `rappel`; empty otherwise. */
  readonly message: string;
  /** Of the letter written, answered or received, or of a classification, `YYYY-MM-DD`; empty otherwise. */
  readonly date: string;
  readonly detail: string;
  /** Of a 1-2: to whom letters about this acte will be mailed. */
  readonly correspondant?: Correspondant & { readonly papier: boolean };
}

export interface Registre {
  evenements(): readonly EvenementMinistere[];
  /** Number of events of a type, of one archive or of all. */
  compter(type: TypeEvenement, nom?: string): number;
}

export interface RegistreOuvert extends Registre {
  noter(evenement: EvenementMinistere): void;
  /** Was this archive name taken, now or before a restart? */
  detient(nom: string): boolean;
  readonly dossiers: Dossiers;
  fermer(): Promise<void>;
}

/** @param fichier one JSON object a line; read again at start, so that a restarted ministry forgets nothing. */
export function ouvrirRegistre(fichier: string | undefined): RegistreOuvert {
  const evenements: EvenementMinistere[] = [];
  const noms = new Set<string>();
  const dossiers = new Dossiers();
  const retenir = (evenement: EvenementMinistere) => {
    evenements.push(evenement);
    if (evenement.type === 'accepte') noms.add(evenement.nom);
    dossiers.retenir(evenement);
  };
  let sortie: WriteStream | undefined;
  if (fichier !== undefined) {
    for (const evenement of relire(fichier)) retenir(evenement);
    sortie = createWriteStream(fichier, { flags: 'a' });
    // Whatever a brutal stop left unfinished must not swallow the next line.
    sortie.write('\n');
  }
  return {
    evenements: () => evenements,
    compter: (type, nom) => evenements.filter((e) => e.type === type && (nom ?? e.nom) === e.nom).length,
    noter(evenement) {
      retenir(evenement);
      sortie?.write(`${JSON.stringify(evenement)}\n`);
    },
    detient: (nom) => noms.has(nom),
    dossiers,
    async fermer() {
      if (sortie === undefined) return;
      sortie.end();
      await finished(sortie);
    },
  };
}

/** A line cut by a brutal stop is left aside. */
function relire(fichier: string): EvenementMinistere[] {
  if (!existsSync(fichier)) return [];
  return readFileSync(fichier, 'utf8').split('\n').flatMap(lireLigne);
}

function lireLigne(ligne: string): EvenementMinistere[] {
  try {
    return [JSON.parse(ligne) as EvenementMinistere];
  } catch {
    return [];
  }
}
