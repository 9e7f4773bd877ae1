import { AsyncLocalStorage } from 'node:async_hooks';
import { join } from 'node:path';
import { ouvrirSchemas } from '../../../src/formats/xsd/jeu.ts';
import { ErreurVgm } from '../../../src/metier/erreurs.ts';
import type { EnvoiWebhook } from '../../../src/ports/notification.ts';
import type { Signataire } from '../../../src/ports/signataire.ts';
import { type Atelier, AUTRE_SIREN, creerAtelier, CTX, SIREN } from '../../parcours/atelier.ts';
import { creerSol, type Ports, RACINE, type Sol, suivrePorts } from '../../parcours/sol.ts';
import { creerDgfipFictive, type DgfipFictive } from '../dgfip-fictive.ts';
import { creerEtatFictif, type EtatFictif } from '../etat-fictif.ts';
import { type Passant, type Retenu, SansRepos, Tourniquet } from './tourniquet.ts';

/** Compiled once: worlds are made by the hundred. */
const SCHEMAS_ACTES = ouvrirSchemas(join(RACINE, 'schemas', 'actes'));

/** Waves of effects after which the engines are said to run in circles. */
const VAGUES_MAX = 150;

/** Two engines may work on the store; the second one is started by the story. */
export type NomNoeud = 0 | 1;

/** Puts something faulty between an engine and its world. @param sol what outlives the engine. */
export type Plant = (ports: Ports, sol: Sol) => Ports;

/** What became of a request. */
export type Issue<T> =
  | { readonly type: 'fait'; readonly valeur: T }
  | { readonly type: 'refus'; readonly code: string }
  /** The process died first. */
  | { readonly type: 'sans_reponse' };

/** One answer of the receiver of notifications. */
export interface Reception {
  readonly id: string;
  readonly corps: string;
  readonly prise: boolean;
}

/** One life of one engine. */
class Vie implements Passant {
  readonly nom: string;
  readonly fin = Promise.withResolvers<{ readonly type: 'sans_reponse' }>();
  readonly atelier: Promise<Atelier>;
  arrete = false;
  mort = false;
  readonly #tourniquet: Tourniquet;

  constructor(flotte: Flotte, noeud: NomNoeud, premiere: boolean) {
    this.nom = `engine ${noeud}`;
    this.#tourniquet = flotte.tourniquet;
    const { sol, plant } = flotte;
    this.atelier = creerAtelier({
      sol,
      inscrire: premiere,
      proprietaire: `essai-${noeud}`,
      reglages: { actes: { ministere: { octets_par_heure: 1_000_000 } } },
      enrober: () => plant(flotte.portesDe(this), sol),
    });
  }

  mourir(): void {
    if (this.mort) return;
    this.mort = true;
    this.#tourniquet.oublier(this);
    this.fin.resolve({ type: 'sans_reponse' });
    void this.atelier.then((a) => a.abandonner());
  }
}

async function ouvrirSol(tourniquet: Tourniquet): Promise<Sol> {
  const sol = await creerSol();
  // A key signs outside of the loop: an engine that waits for it is not at rest.
  const compter = (cle: Signataire): Signataire => ({
    ...cle,
    signer: (octets: Uint8Array) => tourniquet.compter('signer', () => cle.signer(octets)),
  });
  const cles = new Map([...sol.autorite.cles].map(([nom, cle]) => [nom, compter(cle)]));
  return { ...sol, schemas: SCHEMAS_ACTES, autorite: { ...sol.autorite, cles } };
}

/**
 * One store, one State, one clock, and two engines at most, each of whose effects waits at a turnstile. Nothing moves but by
 * the hand of whoever plays.
 */
export class Flotte {
  readonly tourniquet: Tourniquet;
  readonly sol: Sol;
  readonly plant: Plant;
  readonly etat: EtatFictif;
  readonly dgfip: DgfipFictive;
  readonly receptions: Reception[] = [];
  /** What was thrown that is no refusal. */
  readonly accidents: string[] = [];
  morts = 0;
  readonly #courante = new AsyncLocalStorage<Vie>();
  readonly #vies: (Vie | null)[] = [null, null];

  private constructor(tourniquet: Tourniquet, sol: Sol, plant: Plant) {
    this.tourniquet = tourniquet;
    this.sol = sol;
    this.plant = plant;
    this.etat = creerEtatFictif([]);
    this.dgfip = creerDgfipFictive(sol);
    this.dgfip.servir((nom, faire) => {
      const vie = this.#courante.getStore();
      return vie === undefined ? faire() : tourniquet.appelDe(vie)(nom, faire);
    });
  }

  static async ouvrir(plant: Plant = (ports) => ports): Promise<Flotte> {
    const tourniquet = new Tourniquet();
    const flotte = new Flotte(tourniquet, await ouvrirSol(tourniquet), plant);
    const premiere = new Vie(flotte, 0, true);
    flotte.#vies[0] = premiere;
    const atelier = await premiere.atelier;
    await flotte.#inscrire(atelier);
    await tourniquet.repos();
    return flotte;
  }

  /** Both towns are told by webhook; the second one agrees to each signature of ours. */
  async #inscrire({ gestes: { collectivites } }: Atelier): Promise<void> {
    for (const siren of [SIREN, AUTRE_SIREN]) {
      const point = { canal: 'webhook', cible: `https://${siren}.example/`, evenements: [] } as const;
      await collectivites.ajouterPoint(CTX, siren, point);
    }
    const { points: _, creee: __, ...carte } = await collectivites.trouver(CTX, AUTRE_SIREN);
    if (carte.helios === null) throw new TypeError('no card');
    await collectivites.enregistrer(CTX, { ...carte, helios: { ...carte.helios, signature: 'confirmer' } });
  }

  /** The ports of one engine: what it asks waits at the turnstile. */
  portesDe(vie: Vie): Ports {
    const { sol, etat, dgfip } = this;
    const passerelle = new Proxy(dgfip, {
      get: (cible, cle) => {
        const valeur: unknown = Reflect.get(cible, cle);
        if (typeof valeur !== 'function') return valeur;
        return (...args: unknown[]): unknown =>
          this.#courante.run(vie, () => Reflect.apply(valeur, cible, args) as unknown);
      },
    });
    const webhook = { livrer: (envoi: EnvoiWebhook) => this.#livrer(envoi) };
    const ports = { store: sol.store, coffre: sol.coffre, transport: etat, webhook, passerelle };
    return suivrePorts(ports, this.tourniquet.appelDe(vie));
  }

  async #livrer(envoi: EnvoiWebhook) {
    const reponse = await this.sol.webhook.livrer(envoi);
    this.receptions.push({ id: envoi.id, corps: envoi.corps, prise: reponse.livree });
    return reponse;
  }

  vivant(noeud: NomNoeud): boolean {
    return this.#vies[noeud] !== null;
  }

  async naitre(noeud: NomNoeud): Promise<void> {
    if (this.#vies[noeud] !== null) return;
    this.#vies[noeud] = new Vie(this, noeud, false);
    await this.#vies[noeud].atelier;
    await this.tourniquet.repos();
  }

  /** @param retenu let through, and never heard of; without it nothing more is done. */
  async tuer(noeud: NomNoeud, retenu?: Retenu): Promise<void> {
    const vie = this.#vies[noeud];
    if (vie === null || vie === undefined) return;
    this.#vies[noeud] = null;
    this.morts += 1;
    if (retenu === undefined) vie.mourir();
    else retenu.passer('mourir');
    await this.tourniquet.repos();
    vie.mourir();
  }

  async arreter(noeud: NomNoeud, arrete: boolean): Promise<void> {
    const vie = this.#vies[noeud];
    if (vie === null || vie === undefined || vie.arrete === arrete) return;
    vie.arrete = arrete;
    if (!arrete) this.tourniquet.reprendre(vie);
    await this.tourniquet.repos();
  }

  arrete(noeud: NomNoeud): boolean {
    return this.#vies[noeud]?.arrete ?? false;
  }

  /** What waits of one engine, or of all. */
  retenus(noeud?: NomNoeud): readonly Retenu[] {
    const { retenus } = this.tourniquet;
    return noeud === undefined ? retenus : retenus.filter((r) => r.passant === this.#vies[noeud]);
  }

  /** Lets one held effect through, and what it leads to until the next ones. */
  async passer(retenu: Retenu): Promise<void> {
    retenu.passer();
    await this.tourniquet.repos();
  }

  /** Lets everything through, until the engines have nothing more to do now. */
  async calme(): Promise<void> {
    await this.tourniquet.repos();
    for (let tour = 0; this.tourniquet.retenus.length > 0; tour += 1) {
      if (tour > VAGUES_MAX) throw new SansRepos(this.tourniquet.retenus.map((r) => r.nom));
      for (const retenu of this.tourniquet.retenus) retenu.passer();
      await this.tourniquet.repos();
    }
  }

  /** The clock jumps, then the engines look around once. */
  async tourner(ms: number): Promise<void> {
    this.sol.clock.regler(this.sol.clock.now() + ms - 1);
    await this.sol.clock.avancer(1);
    await this.tourniquet.repos();
  }

  /** Asks an engine for something; it answers when it can, or never. */
  async demander<T>(noeud: NomNoeud, quoi: (a: Atelier) => Promise<T>): Promise<Issue<T>> {
    const vie = this.#vies[noeud];
    if (vie === null || vie === undefined) return { type: 'sans_reponse' };
    const faite = vie.atelier.then(quoi).then(
      (valeur): Issue<T> => ({ type: 'fait', valeur }),
      (cause: unknown): Issue<T> => {
        if (cause instanceof ErreurVgm) return { type: 'refus', code: cause.fiche.code };
        this.accidents.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
        return { type: 'refus', code: 'none' };
      },
    );
    return Promise.race([faite, vie.fin.promise]);
  }

  /** One of the engines that live, this one if it may. */
  unVivant(voulu: NomNoeud): NomNoeud | undefined {
    const autre: NomNoeud = voulu === 0 ? 1 : 0;
    return [voulu, autre].find((n): n is NomNoeud => this.vivant(n as NomNoeud));
  }

  async fermer(): Promise<void> {
    for (const vie of this.#vies) vie?.mourir();
    await this.tourniquet.repos();
    await this.sol.store.fermer();
  }
}
