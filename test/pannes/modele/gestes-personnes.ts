import { OPERATEUR } from '../../../src/ports/store.ts';
import { CTX } from '../../parcours/atelier.ts';
import { SUJETS } from './carnet.ts';
import type { Scene } from './scene.ts';
import { type Args, choisi, depose, nomDe, servi, type Sorte } from './sorte.ts';

/** What a person orders. */

const PORTES = ['ACTES', 'HELIOS'];
const estActe = (n: number): boolean => SUJETS[n]?.protocole === 'ACTES';

const tenir =
  (genre: string, decision: 'recu' | 'non_recu') =>
  (s: Scene, [n = 0]: Args): Promise<void> =>
    s.ordonner(n, genre, (a, id) => a.gestes.trancher(CTX, id, { decision, motif: 'l’État l’a dit' }));

export const ORDRES = {
  renvoyer: {
    bornes: [4],
    poids: 3,
    dire: ([n = 0]) => `a person has ${nomDe(n)} sent again`,
    possible: depose,
    faire: (s, [n = 0]) => s.ordonner(n, 'renvoyer', (a, id) => a.gestes.renvoyer(CTX, id)),
  },
  abandonner: {
    bornes: [4],
    poids: 2,
    dire: ([n = 0]) => `a person gives ${nomDe(n)} up`,
    possible: depose,
    faire: (s, [n = 0]) => s.ordonner(n, 'abandonner', (a, id) => a.gestes.abandonner(CTX, id, 'retiré')),
  },
  trancherRecu: {
    bornes: [4],
    poids: 1,
    dire: ([n = 0]) => `a person says that the State has ${nomDe(n)}`,
    possible: depose,
    faire: tenir('recu', 'recu'),
  },
  trancherNonRecu: {
    bornes: [4],
    poids: 3,
    dire: ([n = 0]) => `a person says that the State does not have ${nomDe(n)}`,
    possible: depose,
    faire: tenir('non_recu', 'non_recu'),
  },
  confirmer: {
    bornes: [1],
    poids: 3,
    dire: () => `an agent agrees to the signature of ${nomDe(3)}`,
    possible: (c) => depose(c, [3]),
    faire: (s) => s.ordonner(3, 'confirmer', (a, id) => a.gestes.confirmer(CTX, id)),
  },
  annuler: {
    bornes: [2],
    poids: 1,
    dire: ([n = 0]) => `a person cancels ${nomDe(n)}`,
    possible: (c, [n = 0]) => depose(c, [n]) && estActe(n),
    faire: (s, [n = 0]) => s.ordonner(n, 'annuler', (a, id) => a.gestes.annuler(CTX, id)),
  },
  suspendre: {
    bornes: [2],
    poids: 1,
    dire: ([n = 0]) => `a person holds ${choisi(PORTES, n)} back`,
    possible: (c, [n = 0]) => c.servi && !c.suspendues.has(choisi(PORTES, n)),
    faire: (s, [n = 0]) => {
      const porte = choisi(PORTES, n);
      s.carnet.suspendues.add(porte);
      return s.demander(
        0,
        (a) => a.gestes.destinations.suspendre(CTX, porte, 'essai'),
        () => undefined,
      );
    },
  },
  reprendre: {
    bornes: [2],
    poids: 1,
    dire: ([n = 0]) => `a person lets ${choisi(PORTES, n)} go again`,
    possible: (c, [n = 0]) => c.servi && c.suspendues.has(choisi(PORTES, n)),
    faire: (s, [n = 0]) => {
      const porte = choisi(PORTES, n);
      s.carnet.suspendues.delete(porte);
      return s.demander(
        0,
        (a) => a.gestes.destinations.reprendre(CTX, porte),
        () => undefined,
      );
    },
  },
  rejouer: {
    bornes: [4],
    poids: 1,
    dire: ([n = 0]) => `a person has a notification about ${nomDe(n)} delivered again`,
    possible: depose,
    faire: async (s, [n = 0]) => {
      const [flux] = await s.fluxDe(n);
      if (flux === undefined) return;
      const dettes = { flux: flux.id, limite: 1 };
      const [dette] = await s.flotte.sol.store.livraisons.lister(OPERATEUR, dettes);
      if (dette === undefined) return;
      s.carnet.causes.add('ordre');
      await s.demander(
        0,
        (a) => a.gestes.livraisons.rejouer(CTX, dette.id),
        () => undefined,
      );
    },
  },
  retraiter: {
    bornes: [1],
    poids: 1,
    dire: () => 'a person has a parked message read again',
    possible: servi,
    faire: async (s) => {
      const filtre = { etats: ['a_trancher'], limite: 1 } as const;
      const [retour] = await s.flotte.sol.store.retours.lister(OPERATEUR, filtre);
      if (retour === undefined) return;
      await s.demander(
        0,
        (a) => a.gestes.retours.retraiter(CTX, retour.id),
        () => undefined,
      );
    },
  },
} satisfies Readonly<Record<string, Sorte>>;
