import { ETATS } from '../../../src/metier/etats.ts';
import type { Sha256, Siren } from '../../../src/metier/identifiants.ts';
import { OPERATEUR, type Portee, type Store } from '../../../src/ports/store.ts';
import { A, B, empreinte, instant, T0 } from '../../contracts/store.fabrique.ts';
import { LOT } from './base-riche.ts';

/** Asks a store everything that its port lets be asked of the rows of `base-riche.ts`. */

const ENORME = 1000;

async function lireFlux({ flux, journal }: Store, portee: Portee) {
  const lus = await flux.lister(portee, { limite: ENORME });
  return {
    lus,
    compte: await flux.compter(portee),
    pages: await Promise.all(
      [
        { etats: [...ETATS] },
        { etats: ['transmis' as const] },
        { protocole: 'HELIOS' as const },
        { recherche: 'envoi' },
        { alerte: true },
      ].map((filtre) => flux.lister(portee, { ...filtre, limite: 3 })),
    ),
    un: await Promise.all(
      lus.map(async (f) => ({
        trouve: await flux.trouver(portee, f.id),
        pieces: await flux.pieces(portee, f.id),
        citants: await flux.citants(portee, f.id),
        identite: await flux.parIdentite(portee, f.identite),
        envoi: f.nomEnvoi === null ? null : await flux.parNomEnvoi(portee, f.nomEnvoi),
        journal: await journal.lignesDuFlux(portee, f.id),
      })),
    ),
  };
}

async function lireSuites({ retours, livraisons }: Store, portee: Portee) {
  const [lus, dettes] = [
    await retours.lister(portee, { limite: ENORME }),
    await livraisons.lister(portee, { limite: ENORME }),
  ];
  return {
    lus,
    dettes,
    retours: await Promise.all(lus.map((r) => retours.trouver(portee, r.id))),
    attribues: await retours.lister(portee, { etats: ['attribue'], limite: 5 }),
    livraisons: await Promise.all(
      dettes.map(async (d) => ({
        trouvee: await livraisons.trouver(portee, d.id),
        essais: await livraisons.essais(portee, d.id),
        duFlux: await livraisons.lister(portee, { flux: d.flux, etats: ['a_faire'], limite: 5 }),
      })),
    ),
  };
}

async function lireAnnuaire({ collectivites, jetons, suspensions, tours, noeuds }: Store) {
  return {
    collectivites: await collectivites.lister(),
    fiches: await Promise.all([A, B].map((siren) => collectivites.trouver(siren))),
    secrets: await Promise.all(['p1', 'p2', 'p3'].map((p) => collectivites.secrets(A, p))),
    jetons: await jetons.lister(),
    jeton: await Promise.all([1, 2, 3].map((n) => jetons.trouver(empreinte(n)))),
    suspensions: await suspensions.lister(),
    tours: await tours.lister(),
    noeuds: await noeuds.lister(T0),
  };
}

async function lireFiles({ file }: Store) {
  const dues = (table: 'flux' | 'retours' | 'livraisons') =>
    file.dues({ table, avant: instant(9000), limite: 50 });
  return {
    prochaine: await file.prochaineEcheance(),
    files: await file.files(),
    etat: await file.etat(instant(500)),
    dues: [await dues('retours'), await dues('livraisons')],
    duesFlux: await file.dues({ table: 'flux', file: 'dest-ACTES', avant: instant(9000), limite: 50 }),
  };
}

async function lireRestaurations({ restaurations }: Store) {
  const derniere = await restaurations.derniere();
  const id = derniere?.id ?? '';
  return {
    derniere,
    sources: await restaurations.sources(id),
    archives: await restaurations.archives('ACTES', 'i'),
    connus: await restaurations.orphelins(id, { limite: 50 }),
  };
}

async function lireLots({ lots }: Store) {
  return {
    lot: await lots.trouver(OPERATEUR, LOT),
    lignes: await lots.lignes(OPERATEUR, LOT, { limite: 9 }),
    cle: await lots.parCle(A, 'lot-1'),
    enCours: await lots.enCours(),
    aFaire: await lots.aFaire(LOT, { apres: 0, limite: 9 }),
    tous: await lots.lister(OPERATEUR, { limite: 9 }),
  };
}

export async function toutLire(store: Store) {
  const portees: readonly Portee[] = [OPERATEUR, { collectivite: A }, { collectivite: B }];
  const chaines = await store.journal.chaines();
  return {
    flux: await Promise.all(portees.map((p) => lireFlux(store, p))),
    suites: await Promise.all(portees.map((p) => lireSuites(store, p))),
    cles: await Promise.all(
      ([A, B] as Siren[]).flatMap((siren) => [1, 2, 3].map((n) => store.flux.parCle(siren, `cle-${n}`))),
    ),
    contenu: await store.flux.parContenu(B, 'HELIOS', empreinte(6)),
    octets: await Promise.all(
      [null, 'PES_ACK 1.xml', 'autre.xml'].flatMap((nom) =>
        [1, 2, 3].map((n) => store.retours.parEmpreinte(empreinte(n) as Sha256, nom)),
      ),
    ),
    chaines,
    journaux: await Promise.all(chaines.map((org) => store.journal.lignes(org, 1, ENORME))),
    annuaire: await lireAnnuaire(store),
    files: await lireFiles(store),
    restaurations: await lireRestaurations(store),
    lots: await lireLots(store),
  };
}
