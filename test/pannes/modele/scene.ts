import type { Flux } from '../../../src/metier/flux.ts';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import { bloquantes } from '../../../src/metier/anomalies.ts';
import type { ReponseDepot } from '../../../src/gestes/gestes.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import { type Atelier, siretDe } from '../../parcours/atelier.ts';
import { pes } from '../../unit/helios/generateur.ts';
import { Carnet, type Depot, empreinte, type Remis, type Sens, type Sujet, SUJETS } from './carnet.ts';
import { Flotte, type Issue, type NomNoeud, type Plant } from './flotte.ts';
import { Observateur } from './observateur.ts';

/** Controls that find the same file, or its name, in another flux. */
const DOUBLES = /^HELIOS-DBL-/;
/** Longer than what a lease leaves. Milliseconds. */
const BAIL_COURT = 290_000;

/** A world, what it knows, and who watches it. */
export class Scene {
  readonly flotte: Flotte;
  readonly carnet: Carnet;
  readonly observateur: Observateur;
  /** Time that passed while something was held back. */
  #retard = 0;

  private constructor(flotte: Flotte) {
    this.flotte = flotte;
    this.carnet = new Carnet();
    this.observateur = new Observateur(flotte, this.carnet);
  }

  static async ouvrir(plant?: Plant): Promise<Scene> {
    return new Scene(await Flotte.ouvrir(plant));
  }

  sujet(n: number): Sujet {
    const sujet = SUJETS[n];
    if (sujet === undefined) throw new TypeError(`no subject ${n}`);
    return sujet;
  }

  /** The flux of a subject, newest first: letters and answers about it are others. */
  async fluxDe(n: number): Promise<readonly Flux[]> {
    const { nom, protocole, siren } = this.sujet(n);
    const tous = await this.flotte.sol.store.flux.lister(OPERATEUR, { limite: 1000 });
    return tous.filter(
      (f) =>
        f.protocole === protocole &&
        f.collectivite === siren &&
        f.identite.includes(nom) &&
        f.etat !== 'recu' &&
        (protocole === 'HELIOS' || f.resume['message'] === '1-1'),
    );
  }

  /** To the engine asked for, or to the one that lives. The answer is noted when it comes. */
  async demander<T>(
    noeud: NomNoeud,
    quoi: (a: Atelier) => Promise<T>,
    noter: (issue: Issue<T>) => void,
  ): Promise<void> {
    const vivant = this.flotte.unVivant(noeud);
    if (vivant === undefined) return;
    void this.flotte.demander(vivant, quoi).then(noter);
    await this.flotte.tourniquet.repos();
  }

  deposer(depot: Depot, noeud: NomNoeud): Promise<void> {
    const { nom, protocole, siren } = this.sujet(depot.sujet);
    const { cle, autre } = depot;
    const quoi = (a: Atelier): Promise<ReponseDepot> =>
      protocole === 'ACTES'
        ? a.deposer(nom, { siren, cle, ...(autre ? { metadonnees: { objet: 'Autre objet' } } : {}) })
        : a.deposerPes(nom, { siren, cle, octets: pesAutre(nom, siretDe(siren), autre) });
    return this.demander(noeud, quoi, (issue) => this.#noterDepot(depot, issue));
  }

  #noterDepot(depot: Depot, issue: Issue<ReponseDepot>): void {
    if (issue.type === 'sans_reponse') return;
    if (issue.type === 'refus') {
      depot.reponse = null;
      if (!issue.code.startsWith('VGM-DEP-')) this.flotte.accidents.push(`deposit refused: ${issue.code}`);
      return;
    }
    if (issue.valeur.type === 'accepte') {
      depot.reponse = issue.valeur.flux.id;
      return;
    }
    depot.reponse = null;
    const codes = bloquantes(issue.valeur.rapport).map((a) => a.code);
    if (!codes.every((code) => DOUBLES.test(code)))
      this.flotte.accidents.push(`a sound deposit is refused: ${codes.join()}`);
  }

  /** A mail is given to us by its source; a file of the gateway is left there, and fetched. */
  async remettre(
    message: { sujet: number; sens: Sens; octets: Buffer; nom: string | null },
    noeud: NomNoeud,
  ) {
    const { sujet, octets, nom } = message;
    const tenants = sujet < 0 ? [] : await this.fluxDe(sujet);
    const [flux] = tenants;
    const pris = flux !== undefined && tenants.length === 1 && this.observateur.prises(flux) > 0;
    const temoin = flux === undefined ? null : { flux: flux.id, pris };
    const remis: Remis = { ...message, temoin, sha256: empreinte(octets), acquitte: false };
    this.carnet.remis.push(remis);
    if (nom !== null) this.flotte.dgfip.publier(nom, octets);
    await this.donner(remis, noeud);
  }

  donner(remis: Remis, noeud: NomNoeud): Promise<void> {
    const quoi = (a: Atelier) => (remis.nom === null ? a.recevoir(remis.octets) : a.relever());
    return this.demander(noeud, quoi, (issue) => {
      if (issue.type !== 'fait' || remis.nom !== null) return;
      remis.acquitte = true;
    });
  }

  /** An order of a person about the newest flux of a subject. */
  async ordonner(
    n: number,
    genre: string,
    quoi: (a: Atelier, id: FluxId) => Promise<unknown>,
  ): Promise<void> {
    const [flux] = await this.fluxDe(n);
    if (flux === undefined) return;
    const ordre = { flux: flux.id, genre, fait: undefined as boolean | undefined };
    this.carnet.ordres.push(ordre);
    await this.demander(
      0,
      (a) => quoi(a, flux.id),
      (issue) => {
        if (issue.type !== 'sans_reponse') ordre.fait = issue.type === 'fait';
      },
    );
  }

  /** The clock jumps; whoever is held back meanwhile is late. */
  async passer(ms: number): Promise<void> {
    const { tourniquet, sol } = this.flotte;
    if (!tourniquet.vide) this.#retard += ms;
    if (this.#retard > BAIL_COURT) this.carnet.causes.add('retard');
    // A gateway that keeps silent for seconds is left.
    if (this.flotte.retenus().some((r) => /^(?:session|passerelle)\./.test(r.nom)))
      this.carnet.causes.add('passerelle');
    if (ms < 0 || sol.clock.now() + ms <= sol.clock.now()) return;
    await this.flotte.tourner(ms);
  }
}

function pesAutre(nomFic: string, idColl: string, autre: boolean): Buffer {
  return pes({
    entetes: { NomFic: nomFic, IdColl: idColl },
    ...(autre ? { depense: [{ id: 'B9', idBord: '9' }] } : {}),
  });
}
