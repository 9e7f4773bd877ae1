import { createHash } from 'node:crypto';
import { type Etat, EVENEMENTS, transition } from '../../../src/metier/etats.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import type { FluxId } from '../../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../../src/ports/store.ts';
import type { Carnet } from './carnet.ts';
import type { Flotte } from './flotte.ts';

/** Ends that nothing moves, but what is said here: a refusal taken back by a person, what may follow an acte acknowledged. */
const FINS: Readonly<Partial<Record<Etat, readonly Etat[]>>> = {
  refuse: [],
  acquitte: ['valide', 'annule'],
  acquitte_partiel: [],
  anomalie: ['acquitte', 'acquitte_partiel'],
  abandonne: [],
  valide: ['annule'],
  annule: [],
  recu: [],
};

interface Ligne {
  readonly n: number;
  readonly org: string;
  readonly ev: string;
  readonly motif: string;
  readonly tx: string;
  readonly prev: string;
}

interface Vu {
  readonly etat: Etat;
  readonly ver: number;
  readonly lignes: number;
}

/** What must hold at every instant; each look starts from what the one before saw. */
export class Observateur {
  readonly #flotte: Flotte;
  readonly #carnet: Carnet;
  readonly #vus = new Map<FluxId, Vu>();
  readonly #tetes = new Map<string, { n: number; sha256: string }>();
  readonly #mises = new Map<FluxId, number>();

  constructor(flotte: Flotte, carnet: Carnet) {
    this.#flotte = flotte;
    this.#carnet = carnet;
  }

  /** Times that the State took a flux. */
  prises({ protocole, nomEnvoi }: Flux): number {
    const { registre } = protocole === 'ACTES' ? this.#flotte.etat : this.#flotte.dgfip;
    return registre.get(nomEnvoi ?? '') ?? 0;
  }

  async regarder(): Promise<string[]> {
    const flux = await this.#flotte.sol.store.flux.lister(OPERATEUR, { limite: 1000 });
    const vues: string[] = [...this.#flotte.accidents];
    for (const f of flux) vues.push(...(await this.#suivre(f)), ...this.#auDehors(f));
    vues.push(...this.#noms(flux), ...this.#depots(flux), ...(await this.#journal()));
    vues.push(...(await this.#retirees()));
    return vues;
  }

  /** The lines written since the last look lead from the state seen then to the present one. */
  async #suivre(flux: Flux): Promise<string[]> {
    const vu = this.#vus.get(flux.id);
    if (vu?.ver === flux.ver) return vu.etat === flux.etat ? [] : [`${nomDe(flux)}: moved without a version`];
    const toutes = await this.#flotte.sol.store.journal.lignesDuFlux(OPERATEUR, flux.id);
    const lignes = toutes.map((l) => JSON.parse(l.ligne) as Ligne);
    this.#vus.set(flux.id, { etat: flux.etat, ver: flux.ver, lignes: lignes.length });
    this.#mises.set(flux.id, lignes.filter((l) => l.ev === 'MISE_EN_LIGNE').length);
    let etat: Etat = vu?.etat ?? (lignes[0]?.ev === 'RECEPTION' ? 'recu' : 'depose');
    const fin = FINS[etat];
    if (fin !== undefined && vu !== undefined && flux.etat !== etat && !fin.includes(flux.etat))
      return [`${nomDe(flux)}: left its end « ${etat} » for « ${flux.etat} »`];
    for (const { ev, motif } of lignes.slice(vu?.lignes ?? 0)) {
      const evenement = EVENEMENTS.find((e) => e.toUpperCase() === ev);
      if (evenement === undefined || motif.includes('sans effet')) continue;
      const vers = transition(etat, evenement);
      if (vers === undefined) return [`${nomDe(flux)}: ${ev} from « ${etat} » is not in the table`];
      etat = vers;
    }
    if (etat === flux.etat) return [];
    return [`${nomDe(flux)}: the journal leads to « ${etat} », the row says « ${flux.etat} »`];
  }

  /** What the State has seen of a flux. */
  #auDehors(flux: Flux): string[] {
    const { etat, dgfip } = this.#flotte;
    const { presentees } = flux.protocole === 'ACTES' ? etat : dgfip;
    const vues: string[] = [];
    const prises = this.prises(flux);
    const permises = 1 + this.#carnet.renvois(flux.id);
    if (prises > permises)
      vues.push(`${nomDe(flux)}: taken ${prises} times by the State, ${permises} allowed`);
    const mises = this.#mises.get(flux.id) ?? 0;
    const parties = presentees.get(flux.nomEnvoi ?? '') ?? 0;
    if (parties > mises) vues.push(`${nomDe(flux)}: left ${parties} times, marked ${mises}`);
    return vues;
  }

  /** A name that left is borne by one flux, and by one only. */
  #noms(flux: readonly Flux[]): string[] {
    const { etat, dgfip } = this.#flotte;
    const portes = flux.flatMap((f) => f.nomEnvoi ?? []);
    const partis = [...etat.presentees.keys(), ...dgfip.presentees.keys()];
    const orphelins = partis.filter((nom) => !portes.includes(nom));
    const doubles = portes.filter((nom, n) => portes.indexOf(nom) !== n);
    return [
      ...orphelins.map((nom) => `${nom} left, and no flux bears it`),
      ...doubles.map((nom) => `${nom} is borne by two flux`),
    ];
  }

  /** An answer given is kept, and is the same under the same key. */
  #depots(flux: readonly Flux[]): string[] {
    const ids = new Set(flux.map((f) => f.id));
    const parCle = new Map<string, FluxId>();
    return this.#carnet.depots.flatMap(({ cle, reponse }) => {
      if (reponse === undefined || reponse === null) return [];
      if (!ids.has(reponse)) return [`the deposit ${cle} was acknowledged and is lost`];
      const autre = parCle.get(cle) ?? reponse;
      parCle.set(cle, reponse);
      return autre === reponse ? [] : [`the key ${cle} was answered with two flux`];
    });
  }

  /** The new lines of each chain hang on the last one seen. */
  async #journal(): Promise<string[]> {
    const { journal } = this.#flotte.sol.store;
    for (const org of await journal.chaines()) {
      const tete = this.#tetes.get(org) ?? { n: 0, sha256: '0'.repeat(64) };
      let { n, sha256 } = tete;
      for (const ligne of await journal.lignes(org, n + 1, 1000)) {
        const lue = JSON.parse(ligne) as Ligne;
        if (lue.n !== n + 1 || lue.prev !== sha256) return [`journal ${org}: broken at line ${n + 1}`];
        n = lue.n;
        sha256 = createHash('sha256').update(ligne).digest('hex');
      }
      this.#tetes.set(org, { n, sha256 });
    }
    return [];
  }

  /** What is no longer at the gateway is with us. */
  async #retirees(): Promise<string[]> {
    const { sortie } = this.#flotte.sol.passerelle;
    const vues: string[] = [];
    for (const { nom, sha256, acquitte } of this.#carnet.remis) {
      const parti = nom === null ? acquitte : !sortie.has(nom);
      if (!parti || (await this.#flotte.sol.store.retours.parEmpreinte(sha256, nom)) !== undefined) continue;
      vues.push(`${nom ?? 'a mail'} was taken from its source and is not kept`);
    }
    return vues;
  }
}

function nomDe({ identite, etat }: Flux): string {
  return `${identite} (${etat})`;
}
