import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { Instant, LivraisonId } from '../../../metier/identifiants.ts';
import type { EssaiLivraison, EtatLivraison } from '../../../metier/notifications.ts';
import type { ChangementLivraison, NouvelleLivraison } from '../../../ports/store.ts';
import { Ajouts, Brouillon, type Partie } from './brouillon.ts';
import { ecrireChacun, ecrireTous, ranger } from './ensembles.ts';
import type { Base } from './requetes.ts';

interface LivraisonTenue {
  readonly id: LivraisonId;
  readonly etat: EtatLivraison;
  readonly ver: number;
  readonly due: Instant | null;
  readonly tentatives: number;
  /** Set for one that the batch creates. */
  readonly neuve: { readonly livraison: NouvelleLivraison; readonly creee: Instant } | null;
}

const VERROU = `SELECT id, etat, ver, due, tentatives FROM livraisons WHERE id = ANY(:ids)
  ORDER BY id FOR NO KEY UPDATE`;

const CHANGEMENT = `UPDATE livraisons AS l SET etat = c.etat, ver = c.ver, due = c.due, tentatives = c.tentatives,
  bail = NULL, bail_par = NULL
  FROM json_to_recordset(:lignes) AS c
    (id text, avant integer, etat text, ver integer, due bigint, tentatives integer)
  WHERE l.id = c.id AND l.ver = c.avant`;

const INSERTION = `INSERT INTO livraisons
  (id, collectivite, flux, point, canal, type, charge, etat, due, tentatives, creee, ver)
  SELECT id, collectivite, flux, point, canal, type, charge, etat, due, tentatives, creee, ver
  FROM json_to_recordset(:lignes) AS n (id text, collectivite text, flux text, point text, canal text, type text,
    charge text, etat text, due bigint, tentatives integer, creee bigint, ver integer)`;

/** `rang` counts from 1 among those that this batch adds to a debt. */
const ESSAIS = `INSERT INTO essais (livraison, rang, quand, resultat, statut, duree, motif)
  SELECT livraison, coalesce((SELECT max(e.rang) FROM essais e WHERE e.livraison = a.livraison), -1) + a.rang,
    quand, resultat, statut, duree, motif
  FROM json_to_recordset(:lignes) AS a (livraison text, rang integer, quand bigint, resultat text, statut integer,
    duree double precision, motif text)`;

/** Debts that a batch contracts and settles. */
export class LotLivraisons implements Partie {
  readonly #ids = new Set<LivraisonId>();
  readonly #lignes = new Brouillon<LivraisonTenue>();
  readonly #avant = new Map<LivraisonId, number>();
  readonly #essais = new Ajouts<EssaiLivraison & { readonly livraison: LivraisonId }>();

  besoin(id: LivraisonId): void {
    this.#ids.add(id);
  }

  charger(base: Base): Promise<unknown>[] {
    return this.#ids.size === 0 ? [] : [this.#verrouiller(base)];
  }

  async #verrouiller(base: Base): Promise<void> {
    for (const ligne of await base.lignes<Omit<LivraisonTenue, 'neuve'>>(VERROU, { ids: [...this.#ids] })) {
      this.#avant.set(ligne.id, ligne.ver);
      this.#lignes.charger(ligne.id, { ...ligne, neuve: null });
    }
  }

  creer(livraison: NouvelleLivraison, creee: Instant): void {
    const { id, due } = livraison;
    if (this.#lignes.lire(id) !== undefined)
      throw erreurNoyau('VGM-NOY-004', { etape: 'notification déjà due' });
    this.#lignes.poser(id, { id, etat: 'a_faire', ver: 1, due, tentatives: 0, neuve: { livraison, creee } });
  }

  /** Throws VGM-NOY-001 when the version is not the one named. */
  changer({ id, ver, etat, due, tentatives, essai }: ChangementLivraison): void {
    const avant = this.#lignes.lire(id);
    if (avant === undefined || avant.ver !== ver) throw erreurNoyau('VGM-NOY-001', { flux: id });
    this.#lignes.poser(id, { ...avant, etat, due, tentatives, ver: ver + 1 });
    if (essai !== undefined) this.#essais.ajouter({ ...essai, livraison: id });
  }

  garder(): void {
    this.#lignes.garder();
    this.#essais.garder();
  }

  oublier(): void {
    this.#lignes.oublier();
    this.#essais.oublier();
  }

  ecrire(base: Base): Promise<unknown>[] {
    const changees = this.#lignes.changees();
    const neuves = changees.flatMap(({ neuve, ...ligne }) => {
      if (neuve === null) return [];
      return [
        { ...neuve.livraison, ...ligne, charge: JSON.stringify(neuve.livraison.charge), creee: neuve.creee },
      ];
    });
    const anciennes = changees.flatMap((ligne) => {
      const avant = this.#avant.get(ligne.id);
      return avant === undefined ? [] : [{ ...ligne, avant }];
    });
    return [
      ...ecrireTous(base, INSERTION, neuves),
      ...ecrireChacun(base, CHANGEMENT, anciennes),
      ...ecrireTous(
        base,
        ESSAIS,
        ranger(this.#essais.faits, (e) => e.livraison),
      ),
    ];
  }
}
