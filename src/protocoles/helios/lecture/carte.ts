import type { Balise, Fermante, SessionXml } from '../../../formats/xml/evenements.ts';
import { valeurAttribut } from '../../../formats/xml/valeurs.ts';
import type { Champ } from './faits.ts';

/** What is looked for in a file, as a tree of names; all the rest is walked over. */
export interface Branche {
  readonly enfants?: Readonly<Record<string, Branche>>;
  ouvrir?(balise: Balise): void;
  /** The attribute `V`, before `ouvrir`. Not called when there is none. */
  champ?(champ: Champ): void;
  fermer?(): void;
}

/** Longest legal value: `LibelleAnoAck`. One more shows that it was longer. */
const VALEUR_MAX = 501;

interface Noeud {
  readonly branche: Branche;
  readonly enfants: ReadonlyMap<string, Noeud>;
}

function noeud(branche: Branche): Noeud {
  const enfants = Object.entries(branche.enfants ?? {}).map(([nom, b]) => [nom, noeud(b)] as const);
  return { branche, enfants: new Map(enfants) };
}

export interface OptionsMarche {
  /** Elements of any namespace are met: for what the State writes. Else those of none, as the norm wants. */
  readonly toutEspace: boolean;
}

/** Walks a file along a tree of names. Told of the tags by a receiver, which listens to the rest. */
export class Marche {
  readonly #session: SessionXml;
  readonly #toutEspace: boolean;
  readonly #nomV: number;
  readonly #pile: Noeud[] = [];
  readonly #racine: Noeud;
  /** Depth of the element that leads nowhere, 0 when none is open. */
  #perdu = 0;

  /** @param racine what the root element is for. */
  constructor(session: SessionXml, racine: Branche, options: OptionsMarche = { toutEspace: false }) {
    this.#session = session;
    this.#toutEspace = options.toutEspace;
    this.#nomV = session.noms.nom('', 'V');
    this.#racine = noeud(racine);
  }

  ouvrir(balise: Balise): void {
    if (this.#perdu > 0) return;
    const suivant = this.#suivant(balise);
    if (suivant === undefined) {
      this.#perdu = balise.profondeur;
      return;
    }
    this.#pile.push(suivant);
    const { branche } = suivant;
    if (branche.champ !== undefined) this.#champ(branche, balise);
    branche.ouvrir?.(balise);
  }

  #suivant(balise: Balise): Noeud | undefined {
    const parent = this.#pile.at(-1);
    if (parent === undefined) return balise.profondeur === 1 ? this.#racine : undefined;
    const { noms } = this.#session;
    if (!this.#toutEspace && noms.espaceDe(balise.nom) !== 0) return undefined;
    return parent.enfants.get(noms.localDe(balise.nom));
  }

  #champ(branche: Branche, balise: Balise): void {
    for (let k = 0; k < balise.nombre; k += 1) {
      if (balise.attNom[k] !== this.#nomV) continue;
      const valeur = valeurAttribut(balise, k, this.#session.unicode).slice(0, VALEUR_MAX);
      branche.champ?.({ valeur, position: this.#session.situer(balise.debut) });
    }
  }

  fermer(fermante: Fermante): void {
    if (this.#perdu > 0) {
      if (fermante.profondeur === this.#perdu) this.#perdu = 0;
      return;
    }
    this.#pile.pop()?.branche.fermer?.();
  }
}
