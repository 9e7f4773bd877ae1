import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import { type Etat, LIBERE_IDENTITE } from '../../../metier/etats.ts';
import type { Piece } from '../../../metier/flux.ts';
import type { FluxId, Instant } from '../../../metier/identifiants.ts';
import type { ChangementFlux, NouveauFlux, ResultatCreation } from '../../../ports/store.ts';
import { nomDefinitif, resumer } from '../changement.ts';
import { ecrireErreur } from '../lignes.ts';
import { Ajouts, Brouillon, type Partie } from './brouillon.ts';
import { ecrireChacun, ecrireTous, lireTous, ranger } from './ensembles.ts';
import {
  AJOUT_PIECES,
  bailApres,
  CHANGEMENT,
  cleContenu,
  cleIdempotence,
  cleIdentite,
  INSERTION,
  type LigneTenue,
  lireTenue,
  naissance,
  nomsDe,
  SEMBLABLES,
  VERROU,
} from './lignes-tenues.ts';
import type { Base } from './requetes.ts';

interface PieceAjoutee extends Piece {
  readonly flux: FluxId;
  readonly ajoutee: Instant;
}

/** Flux that a batch reads and changes. */
export class LotFlux implements Partie {
  readonly #ids = new Set<FluxId>();
  readonly #naissances: NouveauFlux[] = [];
  readonly #lignes = new Brouillon<LigneTenue>();
  readonly #pieces = new Ajouts<PieceAjoutee>();
  /** Version in the base of the rows that stand there. */
  readonly #avant = new Map<FluxId, number>();
  /** Candidates by identity, key or content; what they now are is asked of the row. */
  readonly #noms = new Map<string, Set<FluxId>>();

  besoin(id: FluxId): void {
    this.#ids.add(id);
  }

  besoinNaissance(n: NouveauFlux): void {
    this.#naissances.push(n);
    if (n.cite !== null) this.#ids.add(n.cite);
  }

  get ids(): readonly FluxId[] {
    return [...this.#ids];
  }

  /** Once the chains are held. */
  charger(base: Base): Promise<unknown>[] {
    const naissances = this.#naissances.map((n) => ({ ...n, cle: n.cleIdempotence }));
    return [...(this.#ids.size === 0 ? [] : [this.#verrouiller(base)]), this.#chercher(base, naissances)];
  }

  async #verrouiller(base: Base): Promise<void> {
    for (const ligne of await base.lignes<LigneTenue>(VERROU, { ids: this.ids })) this.#accueillir(ligne);
    const liberes = this.ids.flatMap((id) => this.#lignes.lire(id) ?? []);
    await this.#chercher(
      base,
      liberes.filter((l) => LIBERE_IDENTITE.includes(l.etat)),
    );
  }

  /** What stands under the names of deposits, or under those that a freed flux might take back. */
  async #chercher(
    base: Base,
    demandes: readonly (Pick<LigneTenue, 'protocole' | 'collectivite' | 'identite' | 'contenu'> & {
      readonly cle?: string | null;
    })[],
  ): Promise<void> {
    const naissances = demandes.map(({ protocole, collectivite, identite, contenu, cle }) => {
      return { protocole, collectivite, identite, contenu, cle };
    });
    const trouvees = await lireTous<LigneTenue>(base, SEMBLABLES, naissances);
    for (const ligne of trouvees) if (!this.#avant.has(ligne.id)) this.#accueillir(ligne);
  }

  #accueillir(ligne: LigneTenue): void {
    this.#avant.set(ligne.id, ligne.ver);
    this.#lignes.charger(ligne.id, ligne);
    this.#nommer(ligne);
  }

  #nommer(ligne: LigneTenue): void {
    for (const nom of nomsDe(ligne)) this.#noms.set(nom, (this.#noms.get(nom) ?? new Set()).add(ligne.id));
  }

  lire(id: FluxId): LigneTenue | undefined {
    return this.#lignes.lire(id);
  }

  #sous(nom: string, tenant: boolean): LigneTenue | undefined {
    const lignes = [...(this.#noms.get(nom) ?? [])].flatMap((id) => this.#lignes.lire(id) ?? []);
    return lignes.find((l) => nomsDe(l).includes(nom) && (!tenant || !LIBERE_IDENTITE.includes(l.etat)));
  }

  /** The flux that already answers this deposit, if any: same key first, then same identity, then same content. */
  #dejaLa(n: NouveauFlux): ResultatCreation | undefined {
    const { collectivite, cleIdempotence: cle } = n;
    const connu = cle === null ? undefined : this.#sous(cleIdempotence(collectivite, cle), false);
    if (connu !== undefined) {
      const meme = connu.empreinte_demande === n.empreinteDemande;
      return { type: meme ? 'rejeu' : 'cle_prise', flux: lireTenue(connu) };
    }
    const tenant = this.#sous(cleIdentite(n), true);
    if (tenant !== undefined) return { type: 'doublon', par: 'identite', flux: lireTenue(tenant) };
    const jumeau = n.contenu === null ? undefined : this.#sous(cleContenu(n), true);
    return jumeau === undefined ? undefined : { type: 'doublon', par: 'contenu', flux: lireTenue(jumeau) };
  }

  /** Creates a flux unless one stands already. Throws VGM-NOY-003 when it cites a flux that is not its collectivité's. */
  creer(n: NouveauFlux, quand: Instant): ResultatCreation {
    const connu = this.#dejaLa(n);
    if (connu !== undefined) return connu;
    if (n.cite !== null && this.lire(n.cite)?.collectivite !== n.collectivite) {
      throw erreurNoyau('VGM-NOY-003', { flux: n.cite });
    }
    if (this.lire(n.id) !== undefined) throw erreurNoyau('VGM-NOY-004', { etape: 'identifiant déjà pris' });
    const ligne = naissance(n, quand);
    this.#lignes.poser(n.id, ligne);
    this.#nommer(ligne);
    this.#joindre(n.id, n.pieces, quand);
    return { type: 'cree', flux: lireTenue(ligne) };
  }

  /**
   * Throws VGM-NOY-001 (version, or identity that another flux has taken meanwhile), VGM-NOY-003 (unknown), VGM-NOY-008
   * (asked of the holder of the lease alone, and the row is no longer its own).
   * @returns the row as it now is.
   */
  changer(c: ChangementFlux, quand: Instant): LigneTenue {
    const avant = this.lire(c.id);
    if (avant === undefined) throw erreurNoyau('VGM-NOY-003', { flux: c.id });
    if (avant.ver !== c.ver || this.#reprendIdentitePrise(avant, c.etat))
      throw erreurNoyau('VGM-NOY-001', { flux: c.id });
    if (c.tenu !== undefined && avant.bail_par !== c.tenu.par)
      throw erreurNoyau('VGM-NOY-008', { flux: c.id });
    const apres: LigneTenue = {
      ...avant,
      ...bailApres(avant, c),
      etat: c.etat,
      file: c.file ?? avant.file,
      ver: avant.ver + 1,
      due: c.due,
      tentatives: c.tentatives,
      alerte: c.alerte,
      erreur: ecrireErreur(c.erreur),
      nom_envoi: nomDefinitif(avant, c),
      resume: resumer(avant, c.complement),
      modifie: quand,
      transmis: c.transmis ?? avant.transmis,
      solde: c.solde ?? avant.solde,
    };
    this.#lignes.poser(c.id, apres);
    if (c.pieces !== undefined) this.#joindre(c.id, c.pieces, quand);
    return apres;
  }

  /** Takes its outgoing name back: it never went on the line. */
  oublierNom(id: FluxId): void {
    const ligne = this.lire(id);
    if (ligne !== undefined) this.#lignes.poser(id, { ...ligne, nom_envoi: null });
  }

  /** A freed identity cannot be taken back once another flux stands under it. */
  #reprendIdentitePrise(avant: LigneTenue, vers: Etat): boolean {
    if (!LIBERE_IDENTITE.includes(avant.etat) || LIBERE_IDENTITE.includes(vers)) return false;
    return this.#sous(cleIdentite(avant), true) !== undefined;
  }

  #joindre(flux: FluxId, pieces: readonly Piece[], quand: Instant): void {
    this.#pieces.ajouter(...pieces.map((p) => ({ ...p, flux, ajoutee: quand })));
  }

  garder(): void {
    this.#lignes.garder();
    this.#pieces.garder();
  }

  oublier(): void {
    this.#lignes.oublier();
    this.#pieces.oublier();
  }

  /** Changes first: an identity that one of them frees may be taken by a new one. */
  ecrire(base: Base): Promise<unknown>[] {
    const changees = this.#lignes.changees();
    const anciennes = changees.flatMap((l) => {
      const avant = this.#avant.get(l.id);
      return avant === undefined ? [] : [{ ...l, avant }];
    });
    const neuves = changees.filter((l) => !this.#avant.has(l.id));
    return [
      ...ecrireChacun(base, CHANGEMENT, anciennes),
      ...ecrireTous(base, INSERTION, neuves),
      ...ecrireTous(
        base,
        AJOUT_PIECES,
        ranger(this.#pieces.faits, (p) => p.flux),
      ),
    ];
  }
}
