import type { Antivirus } from '../../src/ports/antivirus.ts';
import { erreurNoyau } from '../../src/metier/catalogue/noyau.ts';
import { type Etat, estTerminal, EVENEMENTS, transition } from '../../src/metier/etats.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import type { Appel } from '../parcours/appels.ts';
import { creerDgfipFictive, type DgfipFictive, type OptionsDgfip } from './dgfip-fictive.ts';
import { type Coup, creerEtatFictif, type EtatFictif } from './etat-fictif.ts';
import {
  type Atelier,
  creerAtelier,
  creerSol,
  CTX,
  type Sol,
  SIREN,
  suivrePorts,
} from '../parcours/atelier.ts';

/** What must be durable, or is seen by others: between two of them the process may die. */
const EFFETS: ReadonlySet<string> = new Set([
  'ecriture.ecrire',
  'ecriture.creerFlux',
  'ecriture.creerRetour',
  'numerotation.reserver',
  'debits.reserver',
  'coffre.ajouter',
  'attente.garder',
  'transport.remettre',
  'passerelle.deposer',
  'passerelle.retirer',
  'webhook.livrer',
]);

/** What a full disk refuses. The start of a process is left out: a supervisor would only try it again. */
const ECRITURES =
  /^(ecriture|numerotation|debits)\.|^file\.reclamer|^coffre\.(ajouter|recevoir)|^attente\.garder/;

export interface PointDeMort {
  /** From 1: the n-th effect of the world. */
  readonly rang: number;
  readonly cote: 'avant' | 'apres';
}

const MORT = Symbol('mort');

/** One process: it lives until its point of death; from then on nothing that it asked ever answers. */
class Vie {
  readonly mort = Promise.withResolvers<typeof MORT>();
  finie = false;
  readonly atelier: Promise<Atelier>;

  constructor(monde: Monde, sol: Sol, premiere: boolean) {
    const appel: Appel = async (nom, faire) => {
      if (this.finie) return jamais();
      if (monde.disquePlein && ECRITURES.test(nom))
        throw erreurNoyau('VGM-NOY-005', { detail: 'disque plein' });
      const ici = EFFETS.has(nom) ? monde.compter(nom) : null;
      if (ici === 'avant') return this.mourir();
      const resultat = await faire();
      if (ici === 'apres') return this.mourir();
      return this.finie ? jamais() : resultat;
    };
    this.atelier = creerAtelier({
      ...(premiere ? { inscrire: true } : {}),
      sol,
      ...(monde.antivirus === null ? {} : { antivirus: monde.antivirus }),
      reglages: { actes: { ministere: { octets_par_heure: 1_000_000 } }, ...monde.reglages },
      enrober: (ports) => suivrePorts({ ...ports, transport: monde.etat, passerelle: monde.dgfip }, appel),
    });
  }

  mourir(): Promise<never> {
    this.finie = true;
    this.mort.resolve(MORT);
    void this.atelier.then((a) => a.abandonner());
    return jamais();
  }
}

function jamais(): Promise<never> {
  return new Promise(() => undefined);
}

export interface OptionsMonde {
  readonly coups: readonly Coup[];
  readonly antivirus?: Antivirus;
  readonly reglages?: Record<string, unknown>;
  readonly dgfip?: OptionsDgfip;
}

/** The world around an engine that may die: depositor, State, mailbox, receiver, person. */
export class Monde {
  readonly etat: EtatFictif;
  readonly dgfip: DgfipFictive;
  readonly antivirus: Antivirus | null;
  readonly reglages: Record<string, unknown>;
  readonly sol: Sol;
  /** Flux acknowledged to their depositor, by number. */
  readonly accuses = new Map<string, FluxId>();
  /** Names of the effects seen. */
  readonly effets: string[] = [];
  morts = 0;
  disquePlein = false;
  #point: PointDeMort | null = null;
  #vie: Vie;

  private constructor(sol: Sol, options: OptionsMonde) {
    this.sol = sol;
    this.etat = creerEtatFictif(options.coups);
    this.dgfip = creerDgfipFictive(sol, options.dgfip);
    this.antivirus = options.antivirus ?? null;
    this.reglages = options.reglages ?? {};
    this.#vie = new Vie(this, sol, true);
  }

  static async ouvrir(options: OptionsMonde): Promise<Monde> {
    const monde = new Monde(await creerSol(), options);
    await monde.#vie.atelier;
    return monde;
  }

  /** Effects are counted, and the next death is set, from now on. */
  viser(point: PointDeMort | null): void {
    this.effets.length = 0;
    this.#point = point;
  }

  compter(nom: string): 'avant' | 'apres' | null {
    this.effets.push(nom);
    const { rang, cote } = this.#point ?? { rang: 0, cote: null };
    return this.effets.length === rang ? cote : null;
  }

  /** Somebody outside does something; if the process dies meanwhile it is started again and `null` comes back. */
  async essayer<T>(geste: (a: Atelier) => Promise<T>): Promise<T | null> {
    const vie = this.#vie;
    const issue = await Promise.race([vie.atelier.then(geste), vie.mort.promise]);
    if (issue !== MORT) return issue as T;
    await this.#renaitre(vie);
    return null;
  }

  /** Dies now, whatever is under way, and starts again. */
  async tuer(): Promise<void> {
    const vie = this.#vie;
    void vie.mourir();
    await this.#renaitre(vie);
  }

  /** Several may see the same death; it is followed by one start. */
  async #renaitre(morte: Vie): Promise<void> {
    if (this.#vie === morte) {
      this.morts += 1;
      this.#point = null;
      this.#vie = new Vie(this, this.sol, false);
    }
    // It may die in its turn before it has started.
    await Promise.race([this.#vie.atelier, this.#vie.mort.promise]);
  }

  async calme(): Promise<void> {
    while ((await this.essayer(async (a) => a.calme().then(() => true))) === null);
  }

  async passer(ms: number): Promise<void> {
    this.sol.clock.regler(this.sol.clock.now() + ms);
    while ((await this.essayer(async (a) => a.passer(0).then(() => true))) === null);
    await this.calme();
  }

  deposer(numero: string): Promise<FluxId> {
    return this.#insister(numero, (a) => a.depose(numero, { cle: numero }));
  }

  deposerPes(nomFic: string, cle = nomFic): Promise<FluxId> {
    return this.#insister(cle, (a) => a.deposePes(nomFic, { cle }));
  }

  /** As a depositing software must do: the same key until an answer comes. */
  async #insister(numero: string, depot: (a: Atelier) => Promise<Flux>): Promise<FluxId> {
    for (;;) {
      const flux = await this.essayer(depot);
      if (flux === null) continue;
      this.accuses.set(numero, flux.id);
      return flux.id;
    }
  }

  /** As a mail source does: the same mail until it is filed. */
  async recevoir(courriel: Buffer): Promise<void> {
    while ((await this.essayer(async (a) => a.recevoir(courriel).then(() => true))) === null);
  }

  /** What the DGFiP leaves at its gateway is fetched until nothing waits there. */
  async relever(): Promise<void> {
    while ((await this.essayer(async (a) => a.relever().then(() => true))) === null);
  }

  /** As a person does: looks at the flux first, and does not give twice an order that is already written. */
  async ordonner(id: FluxId, ev: string, ordre: (a: Atelier) => Promise<unknown>): Promise<void> {
    const deja = (await this.lignes(id)).filter((l) => l.includes(`"ev":"${ev}"`)).length;
    for (;;) {
      const fait = await this.essayer(async (a) => ordre(a).then(() => true));
      if (fait !== null) return;
      if ((await this.lignes(id)).filter((l) => l.includes(`"ev":"${ev}"`)).length > deja) return;
    }
  }

  async lignes(id: FluxId): Promise<string[]> {
    return (await this.sol.store.journal.lignesDuFlux(OPERATEUR, id)).map((l) => l.ligne);
  }

  flux(): Promise<readonly Flux[]> {
    return this.sol.store.flux.lister(OPERATEUR, { limite: 1000 });
  }

  async etatDe(id: FluxId): Promise<Etat | undefined> {
    return (await this.sol.store.flux.trouver(OPERATEUR, id))?.etat;
  }

  /** What the State counts of a flux: times taken, times presented. */
  compte({ protocole, nomEnvoi }: Flux): { readonly prises: number; readonly presentees: number } {
    const { registre, presentees } = protocole === 'ACTES' ? this.etat : this.dgfip;
    const nom = nomEnvoi ?? '';
    return { prises: registre.get(nom) ?? 0, presentees: presentees.get(nom) ?? 0 };
  }

  tient(flux: Flux): boolean {
    return this.compte(flux).prises > 0;
  }

  /** A person settles each uncertain fate that the State does not hold; the others wait for their receipt. */
  async trancher(): Promise<void> {
    for (const flux of await this.flux()) {
      if (flux.etat !== 'incertain' || this.tient(flux)) continue;
      await this.ordonner(flux.id, 'TRANCHE_NON_RECU', (a) =>
        a.gestes.trancher(CTX, flux.id, { decision: 'non_recu', motif: 'l’État n’a rien' }),
      );
    }
  }

  async fermer(): Promise<void> {
    await (await this.#vie.atelier).fermer();
  }
}

/** Rows that are due while the engine is at rest: their lease is held by nobody. */
export async function enRetard({ sol }: Monde): Promise<string[]> {
  const { flux, livraisons, retours } = sol.store;
  const lignes = [
    ...(await flux.lister(OPERATEUR, { limite: 1000 })),
    ...(await livraisons.lister(OPERATEUR, { limite: 1000 })),
    ...(await retours.lister(OPERATEUR, { limite: 1000 })),
  ];
  const quand = sol.clock.now();
  return lignes.filter((l) => l.due !== null && l.due <= quand).map((l) => `${l.id} (${l.etat}) is due`);
}

/** Events of the journal that owe a notification. */
const DUS: Readonly<Record<string, string>> = {
  DEPOT: 'flux.depose',
  CONTROLE_DEFAVORABLE: 'flux.refuse',
  RECEPTION: 'flux.recu',
  REMISE_CONSTATEE: 'flux.transmis',
  ACCUSE_PARTIEL_RECU: 'flux.acquitte_partiel',
  REMISE_CONFIRMEE: 'flux.transmis',
  TRANCHE_RECU: 'flux.transmis',
  REMISE_INCERTAINE: 'flux.incertain',
  REMISE_REFUSEE: 'flux.echec',
  ACCUSE_RECU: 'flux.acquitte',
  ANOMALIE_RECUE: 'flux.anomalie',
  ABANDON_DEMANDE: 'flux.abandonne',
  ALERTE: 'flux.alerte',
};

/** Orders of a person after which the same archive may leave once more. */
const ORDRES_DE_RENVOI = ['TRANCHE_NON_RECU', 'RENVOI_DEMANDE'];

/** Follows the time-line of a flux through the table of transitions: the journal and the row must tell the same. */
function suivre(flux: Flux, lignes: readonly LigneLue[]): string[] {
  let etat: Etat = 'depose';
  for (const { ev, motif } of lignes) {
    const evenement = EVENEMENTS.find((e) => e.toUpperCase() === ev);
    if (evenement === undefined || motif.includes('sans effet')) continue;
    const vers = transition(etat, evenement);
    if (vers === undefined) return [`${flux.identite}: ${ev} from ${etat}`];
    etat = vers;
  }
  return etat === flux.etat ? [] : [`${flux.identite}: the journal says ${etat}, the row ${flux.etat}`];
}

interface LigneLue {
  readonly ev: string;
  readonly motif: string;
}

/** Faults that no death, order or delay excuses. To be called when the engine is at rest. */
export async function fautes(monde: Monde, options: { readonly livrees: boolean }): Promise<string[]> {
  const { sol } = monde;
  const vues: string[] = [];
  const noms = new Map<string, string>();
  const vivants = new Map<string, string>();
  const quand = sol.clock.now();
  for (const flux of await monde.flux()) {
    const moi = `${flux.identite} (${flux.etat})`;
    const lignes = (await monde.lignes(flux.id)).map((l) => JSON.parse(l) as LigneLue);
    vues.push(...suivre(flux, lignes));
    if (flux.nomEnvoi !== null) {
      if (noms.has(flux.nomEnvoi)) vues.push(`${flux.nomEnvoi}: two flux`);
      noms.set(flux.nomEnvoi, flux.id);
      const { prises: fois, presentees } = monde.compte(flux);
      const ordres = lignes.filter((l) => ORDRES_DE_RENVOI.includes(l.ev)).length;
      if (fois > 1 + ordres) vues.push(`${moi}: taken ${fois} times, ${ordres} orders`);
      const lignesDeMise = lignes.filter((l) => l.ev === 'MISE_EN_LIGNE').length;
      if (presentees > lignesDeMise) vues.push(`${moi}: left without its mark`);
    }
    if (!['refuse', 'anomalie', 'abandonne'].includes(flux.etat)) {
      if (vivants.has(flux.identite)) vues.push(`${moi}: two flux alive`);
      vivants.set(flux.identite, flux.id);
    }
    const fini = estTerminal(flux.etat) || flux.etat === 'echec';
    if (!fini && flux.due === null) vues.push(`${moi}: no next look`);
    if (flux.due !== null && flux.due <= quand) vues.push(`${moi}: due and not taken: its lease is stuck`);
    if (flux.etat === 'en_ligne') vues.push(`${moi}: on the line while nobody sends`);
    vues.push(...(await dettes(monde, { flux, livrees: options.livrees })));
  }
  for (const retour of await sol.store.retours.lister(OPERATEUR, { limite: 1000 }))
    if (retour.etat === 'recu' || retour.due !== null) vues.push(`return ${retour.id}: left ${retour.etat}`);
  const a = await monde.essayer((atelier) => atelier.gestes.verifierJournal(CTX));
  for (const chaine of a ?? [])
    for (const r of chaine.ruptures) vues.push(`journal ${chaine.org} line ${r.n}: ${r.motif}`);
  return vues;
}

/** One debt per event and per point, under an identity of its own, delivered at least once. */
async function dettes(monde: Monde, { flux, livrees }: { flux: Flux; livrees: boolean }): Promise<string[]> {
  const vues: string[] = [];
  const livraisons = await monde.sol.store.livraisons.lister(OPERATEUR, { flux: flux.id, limite: 200 });
  const lignes = (await monde.lignes(flux.id)).map((l) => JSON.parse(l) as LigneLue);
  const points = (await monde.sol.store.collectivites.trouver(SIREN))?.points.length ?? 0;
  for (const type of new Set(Object.values(DUS))) {
    const dues = lignes.filter((l) => DUS[l.ev] === type && !l.motif.includes('sans effet')).length * points;
    const faites = livraisons.filter((l) => l.type === type).length;
    if (dues !== faites) vues.push(`${flux.identite}: ${dues} ${type} owed, ${faites} written`);
  }
  for (const l of livraisons) {
    const remises = monde.sol.webhook.envois.filter((e) => e.id === l.id);
    if (livrees && (l.etat !== 'livree' || remises.length === 0)) vues.push(`${l.type}: ${l.etat}`);
    if (l.due !== null && l.due <= monde.sol.clock.now()) vues.push(`${l.type}: due and not taken`);
    if (new Set(remises.map((e) => e.corps)).size > 1)
      vues.push(`${l.type}: two bodies under one webhook-id`);
  }
  return vues;
}
