import { erreurLot } from '../../metier/catalogue/lot.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { LotId } from '../../metier/identifiants.ts';
import type { LigneDeLot, Lot } from '../../metier/lots.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { FaitLigne } from '../../ports/lots.ts';
import { OPERATEUR } from '../../ports/store.ts';
import type { OctetsLot } from '../../formats/lot/octets.ts';
import { type LotOuvert, ouvrirLotZip } from '../../protocoles/actes/lot/archive.ts';
import { reunir } from '../../protocoles/actes/lot/acte.ts';
import { enAnomalie, type Faute } from '../../protocoles/actes/lot/fautes.ts';
import type { LigneLot } from '../../protocoles/actes/lot/manifeste.ts';
import { deposerLigne, type OutilsLigne } from './deposer-ligne.ts';

/**
 * Deposits what batches still owe. Whatever the instant at which we die:
 * - before the flux of a line is written, the line is to be done: it is done again, under the same key;
 * - after it, the flux bears the key: the line is deposited, though nothing was written of it;
 * - before a refusal is written, the line is judged again; after it, it is not;
 * - before the end is written, no line is left: the end is written.
 */

export interface OutilsTravail extends OutilsLigne {
  readonly coffre: Coffre;
}

/** Lines under way at once, of each batch. */
const DE_FRONT = 6;
/** Batches worked on at once, the oldest of each collectivité: one that has many delays nobody. */
const LOTS_DE_FRONT = 8;
/** Before a batch that was held up is tried again, each time twice as long. Milliseconds. */
const [ATTENTE_MIN, ATTENTE_MAX] = [2_000, 60_000];

/** What this node knows of a batch that it works on. */
interface EnMain {
  readonly lot: Lot;
  readonly ouvert: LotOuvert;
  /** Lines up to this one were tried. */
  apres: number;
}

/** Why it waits, and until when. */
interface Retenue {
  readonly essais: number;
  readonly jusqua: number;
  /** Lines up to this one were tried: one that fails does not hold up those after it. */
  readonly apres: number;
}

/** The ZIP where it is kept: nothing of it is held but what is being read. */
function octetsDe(coffre: Coffre, { sha256, taille }: Lot): OctetsLot {
  return {
    taille,
    lire: async (debut, fin) => {
      const plage = { debut, fin: Math.min(fin, taille) };
      const octets = new Uint8Array(Math.max(0, plage.fin - debut));
      if (octets.length === 0) return octets;
      let lus = 0;
      for await (const bloc of (await coffre.ouvrir(sha256, plage)) as AsyncIterable<Uint8Array>) {
        octets.set(bloc, lus);
        lus += bloc.length;
      }
      return octets.subarray(0, lus);
    },
  };
}

export class Travail {
  readonly #outils: OutilsTravail;
  readonly #enMain = new Map<LotId, EnMain>();
  readonly #retenues = new Map<LotId, Retenue>();

  constructor(outils: OutilsTravail) {
    this.#outils = outils;
  }

  /** One turn of each batch. @returns whether something was done. */
  async passer(): Promise<boolean> {
    const choisis = await this.#choisir();
    for (const id of this.#enMain.keys()) if (!choisis.includes(id)) await this.#lacher(id);
    const faits = await Promise.all(choisis.map((id) => this.#avancer(id)));
    return faits.includes(true);
  }

  async fermer(): Promise<void> {
    for (const id of this.#enMain.keys()) await this.#lacher(id);
  }

  async #choisir(): Promise<readonly LotId[]> {
    const { store, clock } = this.#outils.moteur;
    const maintenant = clock.now();
    const ouverts = await store.lots.enCours();
    for (const id of this.#retenues.keys()) if (!ouverts.some((l) => l.id === id)) this.#retenues.delete(id);
    const prets = ouverts.filter(({ id }) => (this.#retenues.get(id)?.jusqua ?? 0) <= maintenant);
    const premiers = new Map(prets.toReversed().map((l) => [l.collectivite, l.id]));
    return [...premiers.values()].toSorted().slice(0, LOTS_DE_FRONT);
  }

  async #avancer(id: LotId): Promise<boolean> {
    try {
      const enMain = this.#enMain.get(id) ?? (await this.#prendre(id));
      if (enMain === null) return false;
      await this.#tour(enMain);
      if (this.#retenues.delete(id)) await this.#outils.moteur.store.lots.noterErreur(id, null);
      return true;
    } catch (cause) {
      await this.#retenir(id, cause);
      return false;
    }
  }

  async #prendre(id: LotId): Promise<EnMain | null> {
    const { moteur } = this.#outils;
    const lot = await moteur.store.lots.trouver(OPERATEUR, id);
    if (lot === undefined) return null;
    const octets = octetsDe(this.#outils.coffre, lot);
    const ouvert = await ouvrirLotZip('reçu', octets);
    const enMain: EnMain = { lot, ouvert, apres: this.#retenues.get(id)?.apres ?? 0 };
    this.#enMain.set(id, enMain);
    return enMain;
  }

  /** The next lines of the batch; when there are none, all of them from the first, then the end. */
  async #tour(enMain: EnMain): Promise<void> {
    const { store } = this.#outils.moteur;
    const { lot, apres } = enMain;
    const page = (depuis: number) => store.lots.aFaire(lot.id, { apres: depuis, limite: DE_FRONT });
    const suivantes = await page(apres);
    const lignes = suivantes.length > 0 || apres === 0 ? suivantes : await page(0);
    if (lignes.length === 0) return this.#terminer(lot);
    enMain.apres = lignes.at(-1)?.ligne ?? 0;
    const faites = await Promise.allSettled(lignes.map((ligne) => this.#deposer(enMain, ligne)));
    const echec = faites.find((f) => f.status === 'rejected');
    if (echec !== undefined) throw echec.reason;
  }

  async #deposer(
    { lot, ouvert }: EnMain,
    { ligne, acte }: Pick<LigneDeLot, 'ligne' | 'acte'>,
  ): Promise<void> {
    // written by this program, when it received the batch
    const lue = acte as unknown as LigneLot;
    const fautes: Faute[] = [];
    const reuni = await reunir(ouvert.pieces, lue, fautes);
    const fait: FaitLigne | null =
      reuni === null
        ? { sort: 'refuse', anomalies: fautes.map(enAnomalie) }
        : await deposerLigne(this.#outils, lot, reuni);
    if (fait !== null) await this.#outils.moteur.store.lots.noter(lot.id, ligne, fait);
  }

  async #terminer({ id, collectivite }: Lot): Promise<void> {
    const { store, clock } = this.#outils.moteur;
    const lot = await store.lots.trouver(OPERATEUR, id);
    await this.#lacher(id);
    if (lot === undefined || lot.termine !== null) return;
    const { deposes, deja, refuses, restants } = lot.comptes;
    const ligne = {
      org: collectivite,
      ev: 'LOT_TERMINE',
      tx: '',
      obj: `sha256:${lot.sha256}`,
      acteur: 'systeme',
      res: 'OK',
      motif: `${id}, déposés : ${deposes}, déjà là : ${deja}, refusés : ${refuses}, abandonnés : ${restants}`,
      corr: id,
    } as const;
    await store.lots
      .terminer(id, lot.comptes, { quand: clock.now(), journal: [ligne] })
      .catch((e: unknown) => {
        // another node wrote the same end
        if (!(e instanceof ErreurVgm) || e.fiche.code !== 'VGM-NOY-001') throw e;
      });
  }

  async #lacher(id: LotId): Promise<void> {
    const tenu = this.#enMain.get(id);
    this.#enMain.delete(id);
    await tenu?.ouvert.pieces.fermer();
  }

  async #retenir(id: LotId, cause: unknown): Promise<void> {
    const { moteur } = this.#outils;
    const apres = this.#enMain.get(id)?.apres ?? 0;
    await this.#lacher(id);
    const essais = (this.#retenues.get(id)?.essais ?? 0) + 1;
    const attente = Math.min(ATTENTE_MAX, ATTENTE_MIN * 2 ** Math.min(essais - 1, 10));
    this.#retenues.set(id, { essais, jusqua: moteur.clock.now() + attente, apres });
    const { fiche } = cause instanceof ErreurVgm ? cause : erreurLot('VGM-LOT-011', { lot: id });
    moteur.log.error('lot retenu', { lot: id, code: fiche.code }, cause);
    // the storage may be what holds it up
    await moteur.store.lots.noterErreur(id, fiche).catch(() => undefined);
  }
}
