import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { creerFakeClock, type FakeClock } from '../../../src/adapters/clock/fake.ts';
import { ouvrirCoffreDossier } from '../../../src/adapters/coffre/dossier.ts';
import { creerFakeRandom } from '../../../src/adapters/random/fake.ts';
import { copierBase } from '../../../src/adapters/store/sqlite/instantane.ts';
import { ouvrirStoreSqlite } from '../../../src/adapters/store/sqlite/store.ts';
import { restaurer } from '../../../src/gestes/sauvegarde/restaurer.ts';
import { sauvegarder, type SauvegardeFaite } from '../../../src/gestes/sauvegarde/sauvegarder.ts';
import { type Verdict, verifierSauvegarde } from '../../../src/gestes/sauvegarde/verifier.ts';
import type { Store } from '../../../src/ports/store.ts';
import { dossierEssai } from '../../contracts/montage.ts';
import { nouveau, suite, T0, entree } from '../../contracts/store.fabrique.ts';

/** A data folder of its own, with a coffre and a base that cites it, and what is done of it. */

export interface Lieux extends Disposable {
  readonly clock: FakeClock;
  readonly donnees: string;
  readonly sauves: string;
  /** Deposits flux, each with a piece of this many bytes. */
  remplir(rangs: readonly number[], taille?: number): Promise<void>;
  store<T>(faire: (store: Store) => Promise<T>): Promise<T>;
  /** Path of the piece of this rank. */
  piece(rang: number): string;
  sauvegarder(options?: {
    garder?: number;
    dossier?: string;
    fichiers?: Fichiers;
    lier?: boolean;
  }): Promise<SauvegardeFaite>;
  verifier(dossier?: string): Promise<readonly Verdict[]>;
  restaurer(options?: Partial<Parameters<typeof restaurer>[0]>): ReturnType<typeof restaurer>;
  chemin(...noms: readonly string[]): string;
}

type Fichiers = Parameters<typeof sauvegarder>[0]['fichiers'];

export const jamais = new AbortController().signal;
/** Deposits made at once. */
const DE_FRONT = 8;

function octetsDe(rang: number, taille: number): Buffer {
  return Buffer.alloc(taille, createHash('sha512').update(`piece ${rang}`).digest());
}

export function creerLieux(sauves?: string): Lieux {
  const dossier = dossierEssai();
  const chemin = (...noms: readonly string[]) => join(dossier.chemin, ...noms);
  const [donnees, ou] = [chemin('donnees'), sauves ?? chemin('sauvegardes')];
  const clock = creerFakeClock(T0);
  const random = creerFakeRandom(clock, 3);
  const tailles = new Map<number, number>();
  const outils = { clock, random, version: '1.2.3' };
  const base = join(donnees, 'vaguemestre.sqlite');
  const suivre = () => undefined;
  const store: Lieux['store'] = async (faire) => {
    const ouvert = ouvrirStoreSqlite({ fichier: base, ...outils });
    try {
      return await faire(ouvert);
    } finally {
      await ouvert.fermer();
    }
  };
  return {
    clock,
    donnees,
    sauves: ou,
    chemin,
    store,
    [Symbol.dispose]: () => dossier[Symbol.dispose](),
    remplir: (rangs, taille = 40) =>
      store(async ({ ecriture }) => {
        const coffre = ouvrirCoffreDossier({ dossier: join(donnees, 'coffre'), random });
        const deposer = async (rang: number): Promise<void> => {
          tailles.set(rang, taille);
          const depot = await coffre.ajouter(octetsDe(rang, taille));
          const piece = { role: 'document', nom: `${rang}.pdf`, type: 'application/pdf', ...depot } as const;
          const flux = nouveau(rang + 1, { pieces: [piece] });
          await ecriture.creerFlux(flux, suite({ journal: [entree({ tx: flux.id })] }));
        };
        for (let k = 0; k < rangs.length; k += DE_FRONT)
          await Promise.all(rangs.slice(k, k + DE_FRONT).map(deposer));
        await coffre.fermer();
      }),
    piece: (rang) => {
      const sha256 = createHash('sha256')
        .update(octetsDe(rang, tailles.get(rang) ?? 40))
        .digest('hex');
      return join('coffre', sha256.slice(0, 2), sha256);
    },
    sauvegarder: ({ garder, dossier: vers = ou, fichiers = [], lier = false } = {}) =>
      sauvegarder(
        {
          dossier: vers,
          coffre: join(donnees, 'coffre'),
          copierBase: async (la) => {
            const copie = join(la, 'copie');
            await copierBase(base, copie);
            return copie;
          },
          fichiers,
          trigramme: 'VGM',
          programme: 'essai',
          garder: garder ?? null,
          lier,
          signal: jamais,
          suivre,
        },
        outils,
      ),
    verifier: (d = ou) => verifierSauvegarde({ dossier: d, signal: jamais, suivre }),
    restaurer: (options = {}) =>
      restaurer(
        {
          dossier: ou,
          vers: chemin('remis'),
          remplacer: false,
          coffre: null,
          signal: jamais,
          suivre,
          ...options,
        },
        outils,
      ),
  };
}

/** Changes one byte of a piece, which nobody may write. */
export function abimer(fichier: string): void {
  chmodSync(fichier, 0o600);
  writeFileSync(fichier, 'x', { flag: 'r+' });
}

/** Relative names of every file of a folder. */
export function fichiersDe(dossier: string): string[] {
  if (!existsSync(dossier)) return [];
  const entrees = readdirSync(dossier, { recursive: true, withFileTypes: true });
  return entrees
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name).slice(dossier.length + 1))
    .toSorted();
}

export function ecrire(fichier: string, texte: string): void {
  mkdirSync(join(fichier, '..'), { recursive: true });
  writeFileSync(fichier, texte);
}
