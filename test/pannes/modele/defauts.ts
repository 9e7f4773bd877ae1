import type { Sol } from '../../parcours/atelier.ts';
import type { Ports } from '../../parcours/sol.ts';
import type { Ecriture } from '../../../src/ports/store.ts';
import type { Plant } from './flotte.ts';

/** Defects that a hurried hand might write, planted between an engine and its world: what the check must see. */

type Geste = () => Promise<unknown>;

const dit = (e: Ecriture, ev: string): boolean => e.journal.some((l) => l.ev === ev);

/** The same port, some of its methods replaced. */
function detourner<T extends object>(port: T, autres: Partial<T>): T {
  return new Proxy(port, { get: (cible, cle): unknown => Reflect.get(cle in autres ? autres : cible, cle) });
}

function avecEcriture(ports: Ports, autre: Partial<Ports['store']['ecriture']>): Ports {
  return { ...ports, store: { ...ports.store, ecriture: detourner(ports.store.ecriture, autre) } };
}

/** Both doors, each followed by `apres` once the State has answered. */
function apresEnvoi(ports: Ports, apres: Geste): Ports {
  const { transport, passerelle } = ports;
  const suivi = detourner(passerelle, {
    deposer: async (envoi, signal) => {
      const reponse = await passerelle.deposer(envoi, signal);
      await apres();
      return reponse;
    },
  });
  return {
    ...ports,
    passerelle: suivi,
    transport: {
      remettre: async (envoi, signal) => {
        const reponse = await transport.remettre(envoi, signal);
        await apres();
        return reponse;
      },
    },
  };
}

/** « en ligne » is written once the State has answered. */
const marqueApresEnvoi: Plant = (ports) => {
  const { ecriture } = ports.store;
  const dues: Geste[] = [];
  const vider = async () => {
    for (const due of dues.splice(0)) await due();
  };
  const ecrire = async (e: Ecriture) => {
    if (!dit(e, 'MISE_EN_LIGNE')) return ecriture.ecrire(e);
    dues.push(() => ecriture.ecrire(e));
  };
  return apresEnvoi(avecEcriture(ports, { ecrire }), vider);
};

/** The number of the day is drawn from memory, and written once the State has answered. */
const numeroApresEnvoi: Plant = (ports) => {
  const { numerotation } = ports.store;
  const derniers = new Map<string, number>();
  const tires = new Map<string, number>();
  const dues: Geste[] = [];
  const reserver: typeof numerotation.reserver = async (demande) => {
    const numero = tires.get(demande.flux) ?? (derniers.get(demande.serie) ?? 0) + 1;
    tires.set(demande.flux, numero);
    derniers.set(demande.serie, Math.max(numero, derniers.get(demande.serie) ?? 0));
    dues.push(() => numerotation.reserver(demande));
    return { jour: demande.jour, numero };
  };
  const avec = { ...ports, store: { ...ports.store, numerotation: { reserver } } };
  return apresEnvoi(avec, async () => {
    for (const due of dues.splice(0)) await due();
  });
};

/** Whoever looks for work takes what another one holds. */
const bailIgnore: Plant = (ports) => {
  const { file } = ports.store;
  const reclamerFlux: typeof file.reclamerFlux = async (demande) => {
    for (const noeud of ['essai-0', 'essai-1'])
      if (noeud !== demande.proprietaire) await file.libererBaux(noeud);
    return file.reclamerFlux(demande);
  };
  return { ...ports, store: { ...ports.store, file: detourner(file, { reclamerFlux }) } };
};

/** What a message of the State means is written once more. */
const recuDeuxFois: Plant = (ports, { random }: Sol) => {
  const { ecriture } = ports.store;
  const ecrire = async (e: Ecriture) => {
    await ecriture.ecrire(e);
    if (e.retours === undefined || e.flux === undefined || e.flux.length === 0) return;
    const livraisons = (e.nouvellesLivraisons ?? []).map((l) => ({ ...l, id: random.uuid() as typeof l.id }));
    await ecriture.ecrire({ quand: e.quand, journal: e.journal, nouvellesLivraisons: livraisons });
  };
  return avecEcriture(ports, { ecrire });
};

/** The news of a receipt is owed to nobody. */
const detteOubliee: Plant = (ports) => {
  const { ecriture } = ports.store;
  const ecrire = (e: Ecriture) =>
    ecriture.ecrire(dit(e, 'ACCUSE_RECU') ? { ...e, nouvellesLivraisons: [] } : e);
  return avecEcriture(ports, { ecrire });
};

/** The source is told that it may forget a message before the message is written. */
const accuseAvantEcriture: Plant = (ports) => {
  const { ecriture } = ports.store;
  return avecEcriture(ports, {
    creerRetour: async (nouveau, suite) => {
      void ecriture.creerRetour(nouveau, suite);
      return 'cree';
    },
  });
};

/** A fate that nobody knows is taken for a failure: it goes again by itself. */
const incertainRejoue: Plant = (ports) => {
  const { transport } = ports;
  return {
    ...ports,
    transport: {
      remettre: async (envoi, signal) => {
        const reponse = await transport.remettre(envoi, signal);
        if (reponse.type !== 'sort_inconnu') return reponse;
        return { type: 'non_parti', cause: reponse.cause, url: reponse.url };
      },
    },
  };
};

export interface Defaut {
  readonly nom: string;
  readonly plant: Plant;
  /** What the check says of it. */
  readonly attendu: RegExp;
  /** One that meets it soon. */
  readonly graine: number;
}

export const DEFAUTS: readonly Defaut[] = [
  {
    nom: 'the mark is written after the sending',
    plant: marqueApresEnvoi,
    attendu: /left|taken|nothing went wrong|not in the table/,
    graine: 5,
  },
  {
    nom: 'the number is drawn after the sending',
    plant: numeroApresEnvoi,
    attendu: /numbers|stuck|bears|borne|told/,
    graine: 20,
  },
  {
    nom: 'leases are ignored',
    plant: bailIgnore,
    attendu: /never at rest|nothing went wrong|taken|marked/,
    graine: 10,
  },
  { nom: 'a receipt is applied twice', plant: recuDeuxFois, attendu: /not in the table/, graine: 20261122 },
  { nom: 'a debt is forgotten', plant: detteOubliee, attendu: /owed/, graine: 12 },
  {
    nom: 'a message is acknowledged before it is written',
    plant: accuseAvantEcriture,
    attendu: /is not kept/,
    graine: 13,
  },
  {
    nom: 'an unknown fate is tried again',
    plant: incertainRejoue,
    attendu: /taken 2 times/,
    graine: 20261122,
  },
];
