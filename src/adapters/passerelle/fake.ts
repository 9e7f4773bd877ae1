import type { Instant } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FichierEnAttente, Passerelle } from '../../ports/passerelle.ts';
import { assembler } from './assemblage.ts';
import { FautePair } from './fautes.ts';
import { encoreEcrit, relayer } from './relais.ts';
import type { Ecriture, Lecture, ReglagesPasserelle, Session, TailleDistante } from './session.ts';

/** What the fake gateway may do to the next deposit. */
export type Accident =
  /** Nobody answers. */
  | 'injoignable'
  /** The line is cut in the middle of the bytes. */
  | 'coupe'
  /** The file gets its name, and the line is cut before the answer. */
  | 'sans_reponse'
  /** Its disk is full. */
  | 'plein'
  /** It lets nobody write. */
  | 'ferme'
  /** It lets nobody rename. */
  | 'sans_nom'
  /** It takes a file away whatever its name. */
  | 'avide';

export interface FakePasserelle extends Passerelle {
  /** What it holds: final names, and temporary ones left by accidents. */
  readonly entree: Map<string, Uint8Array>;
  /** What waits for us. */
  readonly sortie: Map<string, Uint8Array>;
  /** One accident per deposit to come, in this order. */
  programmer(...accidents: readonly Accident[]): void;
  /** Puts something between the connections to come and the gateway. */
  enrober(autour: (session: Session) => Session): void;
}

export interface OptionsFake extends Partial<Pick<ReglagesPasserelle, 'provisoire' | 'retrait'>> {
  readonly metadonnees?: 'nom' | 'aucune';
}

const ENTREE = 'entree';
const SORTIE = 'sortie';

const intacte = (session: Session): Session => session;

/** A gateway in memory: same deposit and fetch as the real ones, over a session that never leaves the process. */
export function creerFakePasserelle(clock: Clock, options: OptionsFake = {}): FakePasserelle {
  const entree = new Map<string, Uint8Array>();
  const sortie = new Map<string, Uint8Array>();
  const accidents: Accident[] = [];
  const delais = { connexionMs: 1_000, reponseMs: 1_000, silenceMs: 1_000, debitMin: 1_000, reposMs: 0 };
  const reglages: ReglagesPasserelle = {
    nom: 'fake',
    hote: 'fake.invalid',
    port: 22,
    utilisateur: 'essai',
    dossierDepot: ENTREE,
    dossierRetrait: SORTIE,
    provisoire: options.provisoire ?? '{nom}.part',
    retrait: options.retrait ?? 'client',
    delais,
  };
  let prevu: Accident | undefined;
  let enrobage = intacte;
  const passerelle = assembler({
    reglages,
    dansLeNom: options.metadonnees === 'nom',
    clock,
    ouvrir: () => Promise.resolve(enrobage(new SessionFake({ entree, sortie }, prevu, clock))),
  });
  return {
    ...passerelle,
    entree,
    sortie,
    programmer: (...suite) => void accidents.push(...suite),
    enrober: (autour) => {
      enrobage = autour;
    },
    async deposer(envoi, signal) {
      prevu = accidents.shift();
      // The connection is opened before the first wait: the accident is for this deposit alone.
      const depot = passerelle.deposer(envoi, signal);
      prevu = undefined;
      return depot;
    },
  };
}

interface Dossiers {
  readonly entree: Map<string, Uint8Array>;
  readonly sortie: Map<string, Uint8Array>;
}

class SessionFake implements Session {
  readonly accueil = 'passerelle factice';
  readonly #dossiers: Dossiers;
  readonly #accident: Accident | undefined;
  readonly #clock: Clock;
  #fermee = false;

  constructor(dossiers: Dossiers, accident: Accident | undefined, clock: Clock) {
    this.#dossiers = dossiers;
    this.#accident = accident;
    this.#clock = clock;
  }

  get vive(): boolean {
    return !this.#fermee;
  }

  async tailleDe(chemin: string): Promise<TailleDistante> {
    this.#demander();
    if (this.#accident === 'injoignable') throw new FautePair('ligne', 'connexion refusée');
    return this.#lieu(chemin).dossier.get(this.#lieu(chemin).nom)?.length ?? 'absent';
  }

  taillesDe(chemins: readonly string[]): Promise<readonly TailleDistante[]> {
    return Promise.all(chemins.map((chemin) => this.tailleDe(chemin)));
  }

  async annoncer(): Promise<void> {}

  async ecrire({ chemin, contenu, entamer }: Ecriture): Promise<TailleDistante> {
    this.#demander();
    const { dossier, nom } = this.#lieu(chemin);
    if (this.#accident === 'ferme') throw new FautePair('refus', 'droits refusés');
    entamer();
    const blocs: Uint8Array[] = [];
    for await (const bloc of contenu) {
      this.#demander();
      blocs.push(bloc);
      dossier.set(nom, Buffer.concat(blocs));
      if (this.#accident === 'coupe') throw new FautePair('ligne', 'connexion coupée');
      if (this.#accident === 'plein') throw new FautePair('passager', 'disque plein');
    }
    if (this.#accident === 'avide') dossier.delete(nom);
    return this.tailleDe(chemin);
  }

  async renommer(de: string, vers: string, engager: () => void): Promise<void> {
    this.#demander();
    const [ancien, nouveau] = [this.#lieu(de), this.#lieu(vers)];
    const octets = ancien.dossier.get(ancien.nom);
    if (octets === undefined) throw new FautePair('absent', 'fichier absent');
    if (this.#accident === 'sans_nom') throw new FautePair('refus', 'droits refusés');
    engager();
    if (nouveau.dossier.has(nouveau.nom)) throw new FautePair('refus', 'nom déjà pris');
    ancien.dossier.delete(ancien.nom);
    nouveau.dossier.set(nouveau.nom, octets);
    if (this.#accident === 'sans_reponse') throw new FautePair('ligne', 'connexion coupée');
  }

  async effacer(chemin: string): Promise<void> {
    const { dossier, nom } = this.#lieu(chemin);
    if (!dossier.delete(nom)) throw new FautePair('absent', 'fichier absent');
  }

  async lister(): Promise<FichierEnAttente[]> {
    const quand: Instant = this.#clock.now();
    return [...this.#dossiers.sortie].map(([nom, { length }]) => ({ cle: nom, nom, taille: length, quand }));
  }

  async lire(lecture: Lecture): Promise<boolean> {
    const octets = this.#dossiers.sortie.get(lecture.fichier.cle);
    if (octets === undefined) return false;
    if (octets.length !== lecture.fichier.taille) throw encoreEcrit(lecture, octets.length);
    await relayer(enBlocs(octets), lecture);
    return true;
  }

  fermer(): void {
    this.#fermee = true;
  }

  #demander(): void {
    if (this.#fermee) throw new FautePair('ligne', 'connexion fermée par nous');
  }

  #lieu(chemin: string): { readonly dossier: Map<string, Uint8Array>; readonly nom: string } {
    const [dossier, nom = ''] = chemin.split('/');
    return { dossier: dossier === ENTREE ? this.#dossiers.entree : this.#dossiers.sortie, nom };
  }
}

async function* enBlocs(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < octets.length; i += 65_536) yield octets.subarray(i, i + 65_536);
}
