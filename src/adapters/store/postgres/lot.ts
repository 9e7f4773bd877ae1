import { erreurNoyau } from '../../../metier/catalogue/noyau.ts';
import { estTerminal } from '../../../metier/etats.ts';
import { FILE_LIVRAISONS, FILE_RETOURS, fileDeProtocole } from '../../../metier/files.ts';
import type { FluxId, Instant, Jour } from '../../../metier/identifiants.ts';
import type {
  ChangementFlux,
  Ecriture,
  NouveauFlux,
  NouveauRetour,
  ResultatCreation,
} from '../../../ports/store.ts';
import { entreeIdentite } from '../compteurs.ts';
import { Ajouts, type Partie } from './brouillon.ts';
import { Chaines, type OutilsChaines } from './chaines.ts';
import { tenirTous } from './ensembles.ts';
import { type DemandeDebit, LotDebits } from './lot-debits.ts';
import { LotFlux } from './lot-flux.ts';
import { LotLivraisons } from './lot-livraisons.ts';
import { type DemandeNumero, LotNumeros } from './lot-numeros.ts';
import { LotRetours } from './lot-retours.ts';
import type { Base } from './requetes.ts';

/**
 * One transaction for many writes. Each says beforehand what it needs; all of it is read and held at once; then each decides
 * in turn, in memory, on rows that nobody else can move; what the accepted ones changed is written by sets.
 */
export class Lot {
  readonly #chaines: Chaines;
  readonly #flux = new LotFlux();
  readonly #numeros = new LotNumeros();
  readonly #debits = new LotDebits();
  readonly #retours = new LotRetours();
  readonly #livraisons = new LotLivraisons();
  /** Queues where something is due at once. */
  readonly #files = new Ajouts<string>();
  readonly #parties: readonly Partie[];

  constructor(outils: OutilsChaines) {
    this.#chaines = new Chaines(outils);
    this.#parties = [
      this.#chaines,
      this.#flux,
      this.#numeros,
      this.#debits,
      this.#retours,
      this.#livraisons,
      this.#files,
    ];
  }

  besoins(e: Ecriture): void {
    for (const c of e.flux ?? []) {
      this.#flux.besoin(c.id);
      if (c.rendre !== true) continue;
      this.#numeros.besoin(c.id);
      this.#debits.besoinRendre(c.id);
    }
    for (const n of e.nouveauxFlux ?? []) this.besoinsNaissance(n);
    for (const c of e.retours ?? []) {
      this.#retours.besoin(c.id);
      for (const flux of c.flux) this.#flux.besoin(flux);
    }
    for (const c of e.livraisons ?? []) this.#livraisons.besoin(c.id);
    this.besoinsChaines(e.journal.map(({ org }) => org));
  }

  /** Will write in these chains. */
  besoinsChaines(orgs: readonly string[]): void {
    for (const org of orgs) this.#chaines.besoin(org);
  }

  besoinsNaissance(n: NouveauFlux): void {
    this.#flux.besoinNaissance(n);
    this.#chaines.besoin(n.collectivite);
  }

  besoinsRetour(n: NouveauRetour): void {
    this.#retours.besoinNaissance(n);
  }

  besoinsNumero({ flux, serie }: DemandeNumero): void {
    this.#flux.besoin(flux);
    this.#numeros.besoin(flux, serie);
  }

  besoinsDebit(demande: DemandeDebit): void {
    this.#debits.besoin(demande);
  }

  /** Everything that one event changes. Throws what refuses it. */
  appliquer(e: Ecriture): void {
    const { quand } = e;
    for (const c of e.flux ?? []) {
      const { file } = this.#flux.changer(c, quand);
      if (!enMain(c)) this.#signaler(file, c.due, quand);
      if (c.rendre === true) this.#rendre(c.id, quand);
    }
    for (const n of e.nouveauxFlux ?? []) this.#exigerNouveau(n, quand);
    for (const c of e.retours ?? []) {
      this.#retours.changer(c, (id) => this.#flux.lire(id)?.collectivite);
      this.#signaler(FILE_RETOURS, c.due, quand);
    }
    for (const n of e.nouvellesLivraisons ?? []) {
      this.#livraisons.creer(n, quand);
      this.#signaler(FILE_LIVRAISONS, n.due, quand);
    }
    for (const c of e.livraisons ?? []) {
      this.#livraisons.changer(c);
      this.#signaler(FILE_LIVRAISONS, c.due, quand);
    }
    this.#chaines.ajouter(e.journal, quand);
  }

  #signaler(file: string, due: Instant | null, quand: Instant): void {
    if (due !== null && due <= quand) this.#files.ajouter(file);
  }

  creerFlux(n: NouveauFlux, suite: Ecriture): ResultatCreation {
    const resultat = this.#creer(n, suite.quand);
    if (resultat.type === 'cree') this.appliquer(suite);
    return resultat;
  }

  creerRetour(n: NouveauRetour, suite: Ecriture): 'cree' | 'deja_vu' {
    if (!this.#retours.creer(n, suite.quand)) return 'deja_vu';
    this.#signaler(FILE_RETOURS, n.due, suite.quand);
    this.appliquer(suite);
    return 'cree';
  }

  #creer(n: NouveauFlux, quand: Instant): ResultatCreation {
    const resultat = this.#flux.creer(n, quand);
    if (resultat.type === 'cree') this.#signaler(fileDeProtocole(n.protocole), resultat.flux.due, quand);
    return resultat;
  }

  /** Within another event there is no first answer to give again: the whole event must be thought anew. */
  #exigerNouveau(n: NouveauFlux, quand: Instant): void {
    if (this.#creer(n, quand).type !== 'cree') throw erreurNoyau('VGM-NOY-001', { flux: n.id });
  }

  #rendre(id: FluxId, quand: Instant): void {
    this.#flux.oublierNom(id);
    this.#numeros.rendre(id);
    this.#debits.rendre(id, quand);
  }

  /** A flux given up meanwhile draws nothing: nobody would give its number back. */
  numero(demande: DemandeNumero, quand: Instant): { readonly jour: Jour; readonly numero: number } {
    const { flux, serie } = demande;
    const ligne = this.#flux.lire(flux);
    if (ligne === undefined) throw erreurNoyau('VGM-NOY-003', { flux });
    if (estTerminal(ligne.etat)) throw erreurNoyau('VGM-NOY-001', { flux });
    const tire = this.#numeros.de(flux);
    if (tire !== null) return { jour: tire.jour, numero: tire.numero };
    const numero = this.#numeros.tirer(demande);
    this.#chaines.ajouter([entreeIdentite(flux, ligne.collectivite, { serie, numero })], quand);
    return { jour: demande.jour, numero };
  }

  /** The last line of a chain before this batch; none: it is empty. */
  tete(org: string): { readonly n: number; readonly sha256: string } {
    const tete = this.#chaines.tete(org);
    return tete === undefined || tete.n === 0 ? { n: 0, sha256: '' } : { n: tete.n, sha256: tete.sha256 };
  }

  debit(demande: DemandeDebit): boolean {
    return this.#debits.reserver(demande);
  }

  /** Before the transaction. */
  ouvrir(base: Base): Promise<void> {
    return this.#chaines.ouvrir(base);
  }

  /** First in the transaction: chains, then rows, always in the same order. */
  async charger(base: Base): Promise<void> {
    const { ids } = this.#flux;
    await tenirTous([
      this.#chaines.verrouiller(base, ids),
      ...this.#flux.charger(base),
      ...this.#retours.charger(base),
      ...this.#livraisons.charger(base),
      ...this.#numeros.charger(base),
      ...this.#debits.charger(base),
    ]);
  }

  garder(): void {
    for (const partie of this.#parties) partie.garder();
  }

  oublier(): void {
    for (const partie of this.#parties) partie.oublier();
  }

  /** Last in the transaction. */
  async ecrire(base: Base): Promise<void> {
    await tenirTous([
      ...this.#chaines.ecrire(base),
      ...this.#flux.ecrire(base),
      ...this.#retours.ecrire(base),
      ...this.#livraisons.ecrire(base),
      ...this.#numeros.ecrire(base),
      ...this.#debits.ecrire(base),
    ]);
  }

  /** Queues to wake in the other nodes. */
  get files(): readonly string[] {
    return [...new Set(this.#files.faits)];
  }
}

/** Its lease is kept: it is nobody else's business. */
function enMain({ garderBail, tenu }: ChangementFlux): boolean {
  return tenu === undefined ? garderBail === true : tenu.jusqua !== null;
}
