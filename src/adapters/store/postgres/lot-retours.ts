import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import type { FluxId, Instant, RetourId, Siren } from '../../../metier/identifiants.ts';
import type { ChangementRetour, NouveauRetour } from '../../../ports/store.ts';
import type { LigneRetour } from '../lignes.ts';
import { Brouillon, type Partie } from './brouillon.ts';
import { ecrireChacun, ecrireTous, lireTous } from './ensembles.ts';
import type { Base } from './requetes.ts';

interface Rattachement {
  readonly retour: RetourId;
  readonly rang: number;
  readonly flux: FluxId;
  readonly collectivite: Siren;
}

interface RetourTenu {
  readonly id: RetourId;
  readonly octets: string;
  /** As it now is; of a row of the base, what may change. */
  readonly ligne: Pick<LigneRetour, 'etat' | 'due' | 'tentatives' | 'motif' | 'ver'>;
  readonly neuf: NouveauRetour | null;
  readonly recu: Instant | null;
  /** null: as the base has them. */
  readonly flux: readonly Rattachement[] | null;
}

const CHAMPS = 'id, sha256, nom, etat, due, tentatives, motif, ver';
const VERROU = `SELECT ${CHAMPS} FROM retours WHERE id = ANY(:ids) ORDER BY id FOR NO KEY UPDATE`;
const MEMES_OCTETS = `SELECT r.id, r.sha256, r.nom, r.etat, r.due, r.tentatives, r.motif, r.ver
  FROM json_to_recordset(:lignes) AS n (sha256 text, nom text)
  JOIN retours r ON r.sha256 = n.sha256 AND coalesce(r.nom, '') = n.nom`;

const CHANGEMENT = `UPDATE retours AS r SET etat = c.etat, ver = c.ver, due = c.due, tentatives = c.tentatives,
  motif = c.motif, bail = NULL, bail_par = NULL
  FROM json_to_recordset(:lignes) AS c
    (id text, avant integer, etat text, ver integer, due bigint, tentatives integer, motif text)
  WHERE r.id = c.id AND r.ver = c.avant`;
/** Another node may be filing the same bytes: its row is waited for, and ours is then one too many. */
const INSERTION = `INSERT INTO retours (id, sha256, sha512, taille, source, nom, recu, etat, due, tentatives, motif, ver)
  SELECT id, sha256, sha512, taille, source, nom, recu, etat, due, tentatives, motif, ver
  FROM json_to_recordset(:lignes) AS n (id text, sha256 text, sha512 text, taille bigint, source text, nom text,
    recu bigint, etat text, due bigint, tentatives integer, motif text, ver integer)
  ORDER BY sha256 COLLATE "C", nom COLLATE "C" ON CONFLICT (sha256, coalesce(nom, '')) DO NOTHING`;
const DETACHEMENT = 'DELETE FROM retours_flux WHERE retour = ANY(:ids)';
const RATTACHEMENT = `INSERT INTO retours_flux (retour, rang, flux, collectivite)
  SELECT retour, rang, flux, collectivite FROM json_to_recordset(:lignes)
    AS l (retour text, rang integer, flux text, collectivite text)`;

const octetsDe = (sha256: string, nom: string | null): string => `${sha256} ${nom ?? ''}`;

interface LigneLue extends Pick<LigneRetour, 'id' | 'sha256' | 'nom'> {
  readonly etat: LigneRetour['etat'];
  readonly due: Instant | null;
  readonly tentatives: number;
  readonly motif: string | null;
  readonly ver: number;
}

/** Returns that a batch files and changes. */
export class LotRetours implements Partie {
  readonly #ids = new Set<RetourId>();
  readonly #naissances: NouveauRetour[] = [];
  readonly #retours = new Brouillon<RetourTenu>();
  readonly #avant = new Map<RetourId, number>();
  readonly #parOctets = new Map<string, RetourId>();

  besoin(id: RetourId): void {
    this.#ids.add(id);
  }

  besoinNaissance(n: NouveauRetour): void {
    this.#naissances.push(n);
  }

  charger(base: Base): Promise<unknown>[] {
    const naissances = this.#naissances.map(({ sha256, nom }) => ({ sha256, nom: nom ?? '' }));
    return [
      ...(this.#ids.size === 0 ? [] : [this.#lire(base.lignes(VERROU, { ids: [...this.#ids] }))]),
      this.#lire(lireTous(base, MEMES_OCTETS, naissances)),
    ];
  }

  async #lire(lues: Promise<LigneLue[]>): Promise<void> {
    for (const { id, sha256, nom, ...ligne } of await lues) {
      if (this.#avant.has(id)) continue;
      const octets = octetsDe(sha256, nom);
      this.#avant.set(id, ligne.ver);
      this.#retours.charger(id, { id, octets, ligne, neuf: null, recu: null, flux: null });
      this.#parOctets.set(octets, id);
    }
  }

  /** @returns false when the same bytes were already filed, under the same name: what is read twice at its source is kept once. */
  creer(n: NouveauRetour, recu: Instant): boolean {
    const octets = octetsDe(n.sha256, n.nom);
    const connu = this.#retours.lire(this.#parOctets.get(octets) ?? '');
    if (connu !== undefined && connu.octets === octets) return false;
    const ligne = { etat: 'recu', due: n.due, tentatives: 0, motif: null, ver: 1 } as const;
    this.#retours.poser(n.id, { id: n.id, octets, ligne, neuf: n, recu, flux: [] });
    this.#parOctets.set(octets, n.id);
    return true;
  }

  /**
   * Throws VGM-NOY-001 (version), VGM-NOY-003 (a flux that does not exist).
   * @param collectiviteDe whose flux it is; undefined when there is none.
   */
  changer(c: ChangementRetour, collectiviteDe: (flux: FluxId) => Siren | undefined): void {
    const { id, etat, due, tentatives, motif } = c;
    const avant = this.#retours.lire(id);
    if (avant === undefined || avant.ligne.ver !== c.ver) throw erreurNoyau('VGM-NOY-001', { flux: id });
    const flux = [...new Set(c.flux)].map((f, rang): Rattachement => {
      const collectivite = collectiviteDe(f);
      if (collectivite === undefined) throw erreurNoyau('VGM-NOY-003', { flux: f });
      return { retour: id, rang, flux: f, collectivite };
    });
    this.#retours.poser(id, { ...avant, flux, ligne: { etat, due, tentatives, motif, ver: c.ver + 1 } });
  }

  garder(): void {
    this.#retours.garder();
  }

  oublier(): void {
    this.#retours.oublier();
  }

  ecrire(base: Base): Promise<unknown>[] {
    const changes = this.#retours.changees();
    const neufs = changes.flatMap(({ neuf, recu, ligne }) =>
      neuf === null ? [] : [{ ...neuf, ...ligne, recu }],
    );
    const anciens = changes.flatMap(({ id, ligne }) => {
      const avant = this.#avant.get(id);
      return avant === undefined ? [] : [{ id, avant, ...ligne }];
    });
    const ids = anciens.map(({ id }) => id);
    return [
      ...ecrireChacun(base, INSERTION, neufs),
      ...ecrireChacun(base, CHANGEMENT, anciens),
      ...(ids.length === 0 ? [] : [base.ecrire(DETACHEMENT, { ids })]),
      ...ecrireTous(
        base,
        RATTACHEMENT,
        changes.flatMap(({ flux }) => flux ?? []),
      ),
    ];
  }
}
