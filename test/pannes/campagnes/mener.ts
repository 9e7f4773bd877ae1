import { type Conditions, encore } from './campagne.ts';
import { Charge, type OptionsCharge } from './charge.ts';
import { compterFinis, type Denouement, denouer, FINIS } from './denouement.ts';
import { type Portee, recueillir } from './temoins.ts';
import { type OptionsTerrain, ouvrirTerrain, type Terrain } from './terrain.ts';
import { type Bilan, juger, type Temoins } from './verdict.ts';

/** A campaign under way: the world, the depositors, and what is found wrong as it goes. */
export interface Chantier {
  readonly terrain: Terrain;
  readonly charge: Charge;
  /** A state that is not the one expected. */
  fauter(faute: string): void;
  /** Adds to what the campaign counts. */
  readonly compter: (quoi: string, nombre?: number) => void;
  /** Aborted once the faults are over, or the campaign is given up. */
  readonly fin: AbortSignal;
}

/** What one kind of fault adds to the common course. */
export interface Panne {
  readonly nom: string;
  readonly terrain?: OptionsTerrain;
  readonly charge: OptionsCharge;
  /** Before the depositors begin. */
  preparer?(c: Chantier): Promise<void>;
  /** Goes on beside the faults until `fin`. */
  accompagner?(c: Chantier): Promise<void>;
  /** Inflicts the fault of this rank, from 0, waits until it is over, and looks at the state that it leaves. */
  frapper(c: Chantier, rang: number): Promise<void>;
  /** Once the depositors are done: all is put in order again, the ends are awaited after it. */
  reparer?(c: Chantier): Promise<void>;
  /** While the ends are awaited, again and again. */
  repasser?(c: Chantier): Promise<void>;
  /** Besides the verdict. @returns what is wrong. */
  examiner?(c: Chantier, temoins: Temoins): Promise<readonly string[]> | readonly string[];
  /** What is heard of the store; all of it when absent. */
  readonly portee?: Portee;
  /** Messages of the State that must wait for a person. Default none. */
  parques?(): number;
}

/** Deposits and faults together, then the ends, then the four witnesses. */
export async function mener(panne: Panne, conditions: Conditions): Promise<Bilan> {
  const terrain = await ouvrirTerrain(conditions, panne.terrain);
  const cours = new Cours(terrain, new Charge(terrain, panne.charge));
  try {
    const avant = await compterFinis(terrain.premier.client);
    await panne.preparer?.(cours);
    const coups = await cours.frapper(panne, conditions);
    await panne.reparer?.(cours);
    const { accuses } = cours.charge;
    const finis = avant + accuses.filter((a) => FINIS.includes(a.fin)).length;
    const denouement = await denouer(terrain, { finis, ...panne.portee }, async () =>
      panne.repasser?.(cours),
    );
    const temoins = await recueillir(terrain, cours.charge, panne.portee);
    const propres = (await panne.examiner?.(cours, temoins)) ?? [];
    return cours.dresser({
      nom: panne.nom,
      coups,
      denouement,
      temoins,
      propres,
      parques: panne.parques?.() ?? 0,
    });
  } finally {
    cours.finir();
    cours.charge.abandonner();
    await terrain.fermer();
  }
}

interface Recolte extends Pick<Bilan, 'nom' | 'coups'> {
  readonly denouement: Denouement;
  readonly temoins: Temoins;
  readonly propres: readonly string[];
  readonly parques: number;
}

class Cours implements Chantier {
  readonly terrain: Terrain;
  readonly charge: Charge;
  readonly #fautes: string[] = [];
  readonly #comptes: Record<string, number> = {};
  readonly #fin = new AbortController();

  constructor(terrain: Terrain, charge: Charge) {
    this.terrain = terrain;
    this.charge = charge;
  }

  fauter(faute: string): void {
    this.#fautes.push(faute);
  }

  readonly compter = (quoi: string, nombre = 1): void => {
    this.#comptes[quoi] = (this.#comptes[quoi] ?? 0) + nombre;
  };

  get fin(): AbortSignal {
    return this.#fin.signal;
  }

  finir(): void {
    this.#fin.abort();
  }

  /** @returns the number of faults inflicted. */
  async frapper(panne: Panne, { mesure }: Conditions): Promise<number> {
    this.charge.demarrer();
    const accompagnement = panne.accompagner?.(this);
    let coups = 0;
    for (; encore(mesure, coups); coups += 1) await panne.frapper(this, coups);
    await this.charge.finir();
    this.finir();
    await accompagnement;
    return coups;
  }

  dresser({ nom, coups, denouement, temoins, propres, parques }: Recolte): Bilan {
    const verdict = juger(temoins);
    const { accuses, repetitions, redepots, fautes } = this.charge;
    const { courriers, accuses: courriers_accuses } = temoins.echanges.comptes;
    const incertains = [...temoins.journal.histoires.values()]
      .flat()
      .filter((f) => f.ev === 'REMISE_INCERTAINE');
    return {
      ...verdict,
      fautes: [
        ...verdict.fautes,
        ...fautes,
        ...this.#fautes,
        ...propres,
        ...this.terrain.noeuds.flatMap((n) =>
          n.mortsSubites.map((mort) => `le démon est mort de lui-même : ${mort}`),
        ),
        ...fautesDesParques(temoins, parques),
      ],
      nom,
      coups,
      flux: accuses.length,
      repetitions,
      comptes: {
        courriers,
        courriers_accuses,
        redepots,
        incertains: incertains.length,
        ...denouement,
        ...this.#comptes,
      },
    };
  }
}

/** What the State says is understood, but for what it says wrongly. */
function fautesDesParques({ retours }: Temoins, attendus: number): string[] {
  const parques = retours.filter((r) => r.etat === 'a_trancher');
  if (parques.length === attendus) return [];
  const motifs = parques.map((r) => r.motif ?? r.id).join(' | ');
  return [`${parques.length} messages de l’État attendent une personne, et non ${attendus} : ${motifs}`];
}
