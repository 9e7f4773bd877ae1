import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Consigner, Mailbox } from '../../ports/mailbox.ts';
import type { FichierEnAttente, Releveur } from '../../ports/passerelle.ts';
import { natureDuNom } from '../../protocoles/helios/nommage.ts';

export interface OptionsBoitePasserelle {
  readonly nom: string;
  /** Pause before files written within the minute are read; 0 = none. Milliseconds. */
  readonly stabiliteMs: number;
  /** Files fetched at once, each over a connection of its own. Default 1. */
  readonly concurrence?: number;
}

export interface OutilsBoitePasserelle {
  readonly releveur: Releveur;
  readonly clock: Clock;
  readonly log: Log;
}

/** Bytes; the DGFiP may send more than it takes (100 MB). Beyond, a file is left there and told. */
const FICHIER_MAX = 200_000_000;
/** Whoever writes a file does not stop for so long. Milliseconds. */
const RECENT = 60_000;
/** What is no file yet for this long is told: the DGFiP has to look. Milliseconds. */
const DURABLE = 3_600_000;

/** Failures of one file; any other is of the gateway or of our storage, and ends the round. */
const DU_FICHIER: readonly string[] = [
  'VGM-PAS-017',
  'VGM-PAS-018',
  'VGM-PAS-019',
  'VGM-PAS-020',
  'VGM-PAS-021',
  'VGM-PAS-023',
];
/** Empty, or still growing: no file yet. */
const PAS_ENCORE: readonly string[] = ['VGM-PAS-018', 'VGM-PAS-019'];

/**
 * The files that the DGFiP leaves at its gateway, which forgets what is read: each is durable before anything is made of
 * it, and one that cannot be taken holds back none of the others.
 */
export function ouvrirBoitePasserelle(
  { nom: passerelle, stabiliteMs, concurrence = 1 }: OptionsBoitePasserelle,
  { releveur, clock, log }: OutilsBoitePasserelle,
): Mailbox {
  const nom = `dgfip:${passerelle}`;
  const laisses = new Laisses(nom, clock, log);
  return {
    nom,
    async relever(consigner) {
      const vus = (await releveur.lister()).filter((f) => natureDuNom(f.nom) !== 'aller');
      // A download refuses a file that changed since it was listed: the pause is what makes a change be seen.
      const neuf = vus.some(({ quand }) => quand === null || clock.now() - quand < RECENT);
      if (neuf && stabiliteMs > 0) await clock.sleep(stabiliteMs);
      laisses.revoir(vus);
      let total = 0;
      await deFront(vus, concurrence, async (fichier) => {
        try {
          if (await prendre(releveur, fichier, { consigner, nom })) total += 1;
          laisses.oublier(fichier);
        } catch (erreur) {
          if (!(erreur instanceof ErreurVgm) || !DU_FICHIER.includes(erreur.fiche.code)) throw erreur;
          laisses.noter(fichier, erreur);
        }
      });
      const plainte = laisses.plainte();
      if (plainte !== null) throw plainte;
      return total;
    },
    async sonder() {
      await releveur.lister();
    },
  };
}

/** In order, at most `places` at once. After a failure nothing more is begun; it is thrown once what runs has ended. */
async function deFront<T>(
  choses: readonly T[],
  places: number,
  faire: (chose: T) => Promise<void>,
): Promise<void> {
  const restantes = choses.values();
  const pannes: unknown[] = [];
  const tenir = async (): Promise<void> => {
    for (const chose of restantes) {
      await faire(chose).catch((erreur: unknown) => pannes.push(erreur));
      if (pannes.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(places, choses.length) }, tenir));
  if (pannes.length > 0) throw pannes[0];
}

/** Durable first, then taken away. @returns false when somebody else took it meanwhile. */
async function prendre(
  releveur: Releveur,
  fichier: FichierEnAttente,
  ou: { readonly consigner: Consigner; readonly nom: string },
): Promise<boolean> {
  const { nom, taille } = fichier;
  if (taille > FICHIER_MAX) throw erreurPasserelle('VGM-PAS-023', { nom, taille, limite: FICHIER_MAX });
  const issue = await releveur.telecharger(fichier, (contenu) => ou.consigner(contenu, ou.nom, nom));
  if (issue === 'disparu') return false;
  await releveur.retirer(fichier);
  return true;
}

/** What was left at the gateway in this round, and since when it is no file yet. */
class Laisses {
  readonly #boite: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #depuis = new Map<string, number>();
  #echecs: ErreurVgm[] = [];

  constructor(boite: string, clock: Clock, log: Log) {
    this.#boite = boite;
    this.#clock = clock;
    this.#log = log;
  }

  /** A new round: what is no longer there is forgotten. */
  revoir(vus: readonly FichierEnAttente[]): void {
    const cles = new Set(vus.map((f) => f.cle));
    for (const cle of this.#depuis.keys()) if (!cles.has(cle)) this.#depuis.delete(cle);
    this.#echecs = [];
  }

  oublier({ cle }: FichierEnAttente): void {
    this.#depuis.delete(cle);
  }

  noter({ cle, nom }: FichierEnAttente, erreur: ErreurVgm): void {
    const { code, message, remede } = erreur.fiche;
    const depuis = this.#depuis.get(cle) ?? this.#clock.now();
    this.#depuis.set(cle, depuis);
    if (PAS_ENCORE.includes(code) && this.#clock.now() - depuis < DURABLE) return;
    this.#echecs.push(erreur);
    this.#log.warn(message, { boite: this.#boite, fichier: nom, code, remede });
  }

  /** What the round has to say, once the others are filed; null when nothing. */
  plainte(): ErreurVgm | null {
    return this.#echecs[0] ?? null;
  }
}
