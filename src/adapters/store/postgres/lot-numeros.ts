import { erreurEnveloppe } from '../../../metier/catalogue/enveloppe.ts';
import type { FluxId, Jour } from '../../../metier/identifiants.ts';
import type { Numerotation } from '../../../ports/store.ts';
import { Brouillon, type Partie } from './brouillon.ts';
import { ecrireTous, tenirTous } from './ensembles.ts';
import type { Base } from './requetes.ts';

export type DemandeNumero = Parameters<Numerotation['reserver']>[0];

interface Numero {
  readonly flux: FluxId;
  readonly serie: string;
  readonly jour: Jour;
  readonly numero: number;
}

interface Serie {
  readonly serie: string;
  readonly dernier: number;
  /** Numbers given back, lowest first. */
  readonly rendus: readonly number[];
}

const NUMEROS = 'SELECT flux, serie, jour, numero FROM numeros WHERE flux = ANY(:flux)';

/** Creates the row if need be, and holds it: one node at a time draws from a series. */
const VERROU = `INSERT INTO series (serie, dernier)
  SELECT serie, 0 FROM unnest(:series::text[]) AS s (serie) ORDER BY serie COLLATE "C"
  ON CONFLICT (serie) DO UPDATE SET dernier = series.dernier RETURNING serie, dernier`;

const RENDUS = 'SELECT serie, numero FROM numeros_rendus WHERE serie = ANY(:series) ORDER BY serie, numero';

const NUMEROS_OTES = 'DELETE FROM numeros WHERE flux = ANY(:flux)';
const NUMEROS_TIRES = `INSERT INTO numeros (flux, serie, jour, numero)
  SELECT flux, serie, jour, numero FROM json_to_recordset(:lignes)
    AS n (flux text, serie text, jour text, numero integer)`;
const DERNIERS = `UPDATE series AS s SET dernier = d.dernier
  FROM json_to_recordset(:lignes) AS d (serie text, dernier integer) WHERE s.serie = d.serie`;
const RENDUS_TIRES = `DELETE FROM numeros_rendus AS r
  USING json_to_recordset(:lignes) AS n (serie text, numero integer) WHERE r.serie = n.serie AND r.numero = n.numero`;
const RENDUS_AJOUTES = `INSERT INTO numeros_rendus (serie, numero)
  SELECT serie, numero FROM json_to_recordset(:lignes) AS n (serie text, numero integer)`;

/** Outgoing numbers that a batch draws and gives back. */
export class LotNumeros implements Partie {
  readonly #flux = new Set<FluxId>();
  readonly #noms = new Set<string>();
  /** By flux; null: given back. */
  readonly #numeros = new Brouillon<{ readonly flux: FluxId; readonly numero: Numero | null }>();
  readonly #series = new Brouillon<Serie>();
  readonly #avant = new Map<FluxId, Numero>();
  readonly #rendusAvant = new Map<string, readonly number[]>();

  besoin(flux: FluxId, serie?: string): void {
    this.#flux.add(flux);
    if (serie !== undefined) this.#noms.add(serie);
  }

  charger(base: Base): Promise<unknown>[] {
    const numeros = this.#flux.size === 0 ? [] : [this.#chargerNumeros(base)];
    return this.#noms.size === 0 ? numeros : [...numeros, this.#chargerSeries(base)];
  }

  async #chargerNumeros(base: Base): Promise<void> {
    for (const numero of await base.lignes<Numero>(NUMEROS, { flux: [...this.#flux] })) {
      this.#avant.set(numero.flux, numero);
      this.#numeros.charger(numero.flux, { flux: numero.flux, numero });
    }
  }

  async #chargerSeries(base: Base): Promise<void> {
    const series = [...this.#noms];
    const [tenues, rendus] = await tenirTous([
      base.lignes<{ serie: string; dernier: number }>(VERROU, { series }),
      base.lignes<{ serie: string; numero: number }>(RENDUS, { series }),
    ]);
    const parSerie = Map.groupBy(rendus, (r) => r.serie);
    for (const { serie, dernier } of tenues) {
      const siens = (parSerie.get(serie) ?? []).map((r) => r.numero);
      this.#rendusAvant.set(serie, siens);
      this.#series.charger(serie, { serie, dernier, rendus: siens });
    }
  }

  /** The number of a flux, when it has one. */
  de(flux: FluxId): Numero | null {
    return this.#numeros.lire(flux)?.numero ?? null;
  }

  /** Throws VGM-ENV-001 when the series is at its end. */
  tirer({ flux, serie, jour, limite, apres = 0 }: DemandeNumero): number {
    const { dernier, rendus } = this.#series.lire(serie) ?? { dernier: 0, rendus: [] };
    const rendu = rendus.find((n) => n > apres);
    const reste = rendus.filter((n) => n !== rendu);
    const numero = rendu ?? Math.max(dernier, apres) + 1;
    if (rendu === undefined && numero > limite) throw erreurEnveloppe('VGM-ENV-001', { serie, limite });
    this.#series.poser(serie, { serie, dernier: Math.max(dernier, numero), rendus: reste });
    this.#numeros.poser(flux, { flux, numero: { flux, serie, jour, numero } });
    return numero;
  }

  /** Its number goes to the next flux of the same series. */
  rendre(flux: FluxId): void {
    const sien = this.de(flux);
    if (sien === null) return;
    this.#numeros.poser(flux, { flux, numero: null });
    const { serie, numero } = sien;
    const tenue = this.#series.lire(serie) ?? { serie, dernier: 0, rendus: [] };
    const rendus = [...tenue.rendus, numero].toSorted((a, b) => a - b);
    this.#series.poser(serie, { ...tenue, rendus });
  }

  garder(): void {
    this.#numeros.garder();
    this.#series.garder();
  }

  oublier(): void {
    this.#numeros.oublier();
    this.#series.oublier();
  }

  /** What goes is taken away before what comes: a number may change hands within the batch. */
  ecrire(base: Base): Promise<unknown>[] {
    const changes = this.#numeros.changees().filter(({ flux, numero }) => this.#avant.get(flux) !== numero);
    const otes = changes.flatMap(({ flux }) => (this.#avant.has(flux) ? [flux] : []));
    const tires = changes.flatMap(({ numero }) => numero ?? []);
    const series = this.#series.changees();
    const tenues = series.filter((s) => this.#noms.has(s.serie));
    const ecarts = series.map((s) => ecart(s, this.#rendusAvant.get(s.serie) ?? []));
    const [pris, rendus] = [ecarts.flatMap((e) => e.pris), ecarts.flatMap((e) => e.rendus)];
    return [
      ...(otes.length === 0 ? [] : [base.ecrire(NUMEROS_OTES, { flux: otes })]),
      ...ecrireTous(base, NUMEROS_TIRES, tires),
      ...ecrireTous(base, DERNIERS, tenues),
      ...ecrireTous(base, RENDUS_TIRES, pris),
      ...ecrireTous(base, RENDUS_AJOUTES, rendus),
    ];
  }
}

interface NumeroRendu {
  readonly serie: string;
  readonly numero: number;
}

/** Of the numbers given back: those that the batch drew, and those that it adds. */
function ecart({ serie, rendus }: Serie, avant: readonly number[]): Record<'pris' | 'rendus', NumeroRendu[]> {
  const nommer = (numero: number) => ({ serie, numero });
  return {
    pris: avant.filter((n) => !rendus.includes(n)).map(nommer),
    rendus: rendus.filter((n) => !avant.includes(n)).map(nommer),
  };
}
