import { parentPort, workerData } from 'node:worker_threads';
import { ContenuPaquet } from './contenu.ts';

/** The thread that compiles the schemas of a set before it is installed. No function is exported; `compilation.ts` starts it. */

/** What the thread is given. */
export interface TravailCompilation {
  /** Content of the pack, as `contenu.ts` has it. */
  readonly dossier: string;
  readonly empreinte: string;
  /** Main schemas. */
  readonly principaux: readonly string[];
}

/** One line per problem, in French: file, line, construct, remedy. None: all are compiled, and in the cache of the pack. */
export type BilanCompilation = readonly string[];

const REMEDES = {
  absent: 'Compléter le jeu',
  nonHonore:
    'Ce jeu ne peut pas servir ici : le signaler à l’éditeur du programme ; « vaguemestre xml valider » sait l’employer',
  invalide: 'Demander un nouvel exemplaire du jeu, ou le signaler à qui l’a livré',
} as const;

function compiler({ dossier, empreinte, principaux }: TravailCompilation): BilanCompilation {
  const lignes = principaux.flatMap((principal) => {
    const contenu = ContenuPaquet.ouvrir(dossier, empreinte);
    if (typeof contenu === 'string') return [`${contenu}.`];
    const compilation = contenu.compiler(principal);
    if (compilation.type === 'compile') return [];
    if (compilation.type === 'inutilisable') return [`${compilation.motif}.`];
    return compilation.refus.map(({ fichier, ligne, message, genre }) => {
      const ou = ligne > 0 ? `${fichier}, ligne ${ligne}` : fichier;
      return `${ou} : ${message}. ${REMEDES[genre]}.`;
    });
  });
  return [...new Set(lignes)];
}

parentPort?.postMessage(compiler(workerData as TravailCompilation), []);
