import type { FluxId, Instant } from '../../../metier/identifiants.ts';
import type { Debits } from '../../../ports/store.ts';
import { heureDe, heurePour, HEURES_GARDEES } from '../compteurs.ts';
import { Ajouts, Brouillon, type Partie } from './brouillon.ts';
import { ecrireTous, lireTous } from './ensembles.ts';
import type { Base } from './requetes.ts';

export type DemandeDebit = Parameters<Debits['reserver']>[0];

interface Debit {
  readonly destination: string;
  readonly heure: number;
  readonly flux: FluxId;
  /** null: given back. */
  readonly octets: number | null;
}

interface Heure {
  readonly destination: string;
  readonly heure: number;
  readonly total: number;
}

/** Creates the rows if need be, and holds them: one node at a time books on an hour, or gives back. */
const VERROU = `INSERT INTO debits_heures (destination, heure, total)
  SELECT destination, heure, 0 FROM (
    SELECT destination, heure FROM json_to_recordset(:heures) AS h (destination text, heure bigint)
    UNION SELECT destination, heure FROM debits WHERE flux = ANY(:rendus)) AS h
  ORDER BY destination COLLATE "C", heure
  ON CONFLICT (destination, heure) DO UPDATE SET total = debits_heures.total RETURNING destination, heure, total`;

const RESERVES = `SELECT d.destination, d.heure, d.flux, d.octets
  FROM json_to_recordset(:lignes) AS r (destination text, heure bigint, flux text)
  JOIN debits d ON d.destination = r.destination AND d.heure = r.heure AND d.flux = r.flux`;

const DU_FLUX = 'SELECT destination, heure, flux, octets FROM debits WHERE flux = ANY(:flux)';

const TOTAUX = `INSERT INTO debits_heures (destination, heure, total)
  SELECT destination, heure, ecart FROM json_to_recordset(:lignes) AS h (destination text, heure bigint, ecart bigint)
  ORDER BY destination COLLATE "C", heure
  ON CONFLICT (destination, heure) DO UPDATE SET total = debits_heures.total + excluded.total`;
const OTES = `DELETE FROM debits AS d USING json_to_recordset(:lignes) AS o (destination text, heure bigint, flux text)
  WHERE d.destination = o.destination AND d.heure = o.heure AND d.flux = o.flux`;
const INSCRITS = `INSERT INTO debits (destination, heure, flux, octets)
  SELECT destination, heure, flux, octets FROM json_to_recordset(:lignes)
    AS d (destination text, heure bigint, flux text, octets bigint)`;
const oublier = (table: 'debits' | 'debits_heures'): string =>
  `DELETE FROM ${table} AS t USING json_to_recordset(:lignes) AS v (destination text, avant bigint)
    WHERE t.destination = v.destination AND t.heure < v.avant`;

const cleHeure = ({ destination, heure }: Omit<Heure, 'total'>): string =>
  `${destination} ${String(heure).padStart(9, '0')}`;
const cleDebit = (d: Omit<Debit, 'octets'>): string => `${cleHeure(d)} ${d.flux}`;

/** Bytes that a batch books and gives back. */
export class LotDebits implements Partie {
  readonly #demandes: DemandeDebit[] = [];
  readonly #rendus = new Set<FluxId>();
  readonly #heures = new Brouillon<Heure>();
  readonly #debits = new Brouillon<Debit>();
  readonly #totauxAvant = new Map<string, number>();
  readonly #debitsAvant = new Map<string, Debit>();
  readonly #vieilles = new Ajouts<{ readonly destination: string; readonly avant: number }>();

  besoin(demande: DemandeDebit): void {
    this.#demandes.push(demande);
  }

  besoinRendre(flux: FluxId): void {
    this.#rendus.add(flux);
  }

  charger(base: Base): Promise<unknown>[] {
    if (this.#demandes.length + this.#rendus.size === 0) return [];
    return [this.#chargerHeures(base), this.#chargerReserves(base), this.#chargerDuFlux(base)];
  }

  async #chargerHeures(base: Base): Promise<void> {
    const voulues = this.#demandes.flatMap(({ destination, quand }) => {
      const heure = heureDe(quand);
      return [
        { destination, heure },
        { destination, heure: heure + 1 },
      ];
    });
    const valeurs = { heures: JSON.stringify(voulues), rendus: [...this.#rendus] };
    for (const heure of await base.lignes<Heure>(VERROU, valeurs)) {
      this.#totauxAvant.set(cleHeure(heure), heure.total);
      this.#heures.charger(cleHeure(heure), heure);
    }
  }

  async #chargerReserves(base: Base): Promise<void> {
    const demandes = this.#demandes.map(({ destination, quand, flux }) => {
      return { destination, heure: heureDe(quand), flux };
    });
    this.#accueillir(await lireTous<Debit>(base, RESERVES, demandes));
  }

  async #chargerDuFlux(base: Base): Promise<void> {
    if (this.#rendus.size > 0)
      this.#accueillir(await base.lignes<Debit>(DU_FLUX, { flux: [...this.#rendus] }));
  }

  #accueillir(debits: readonly Debit[]): void {
    for (const debit of debits) {
      this.#debitsAvant.set(cleDebit(debit), debit);
      this.#debits.charger(cleDebit(debit), debit);
    }
  }

  #total(destination: string, heure: number): number {
    return this.#heures.lire(cleHeure({ destination, heure }))?.total ?? 0;
  }

  #inscrire({ destination, flux, octets }: DemandeDebit, heure: number): void {
    const total = this.#total(destination, heure) + octets;
    this.#heures.poser(cleHeure({ destination, heure }), { destination, heure, total });
    this.#debits.poser(cleDebit({ destination, heure, flux }), { destination, heure, flux, octets });
  }

  reserver(demande: DemandeDebit): boolean {
    const { destination, flux, octets, plafond } = demande;
    const heure = heureDe(demande.quand);
    const sien = this.#debits.lire(cleDebit({ destination, heure, flux }));
    if (sien !== undefined && sien.octets !== null) return true;
    const total = this.#total(destination, heure);
    const suivante = () => this.#total(destination, heure + 1);
    const attente = heurePour({ octets, plafond, total, suivante });
    if (attente === null) return false;
    if (total === 0) this.#vieilles.ajouter({ destination, avant: heure - HEURES_GARDEES });
    this.#inscrire(demande, heure + attente);
    return attente === 0;
  }

  /** What it had booked of the hour of `quand` and of the next ones goes to the others. */
  rendre(flux: FluxId, quand: Instant): void {
    for (const debit of this.#debits.toutes()) {
      const { destination, heure, octets } = debit;
      if (debit.flux !== flux || octets === null || heure < heureDe(quand)) continue;
      const total = this.#total(destination, heure) - octets;
      this.#heures.poser(cleHeure(debit), { destination, heure, total });
      this.#debits.poser(cleDebit(debit), { ...debit, octets: null });
    }
  }

  garder(): void {
    for (const partie of [this.#heures, this.#debits, this.#vieilles]) partie.garder();
  }

  oublier(): void {
    for (const partie of [this.#heures, this.#debits, this.#vieilles]) partie.oublier();
  }

  ecrire(base: Base): Promise<unknown>[] {
    const heures = this.#heures.changees().flatMap((h) => {
      const ecart = h.total - (this.#totauxAvant.get(cleHeure(h)) ?? 0);
      return ecart === 0 ? [] : [{ ...h, ecart }];
    });
    const changes = this.#debits.changees().filter((d) => this.#debitsAvant.get(cleDebit(d)) !== d);
    const otes = changes.filter((d) => this.#debitsAvant.has(cleDebit(d)));
    const inscrits = changes.filter((d) => d.octets !== null);
    const vieilles = this.#vieilles.faits;
    return [
      ...ecrireTous(base, oublier('debits_heures'), vieilles),
      ...ecrireTous(base, oublier('debits'), vieilles),
      ...ecrireTous(base, TOTAUX, heures),
      ...ecrireTous(base, OTES, otes),
      ...ecrireTous(base, INSCRITS, inscrits),
    ];
  }
}
