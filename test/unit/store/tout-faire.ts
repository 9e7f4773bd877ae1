import { OPERATEUR, type Store } from '../../../src/ports/store.ts';
import { nouveauLot } from '../../contracts/store.lots.ts';
import {
  A,
  changement,
  collectivite,
  demande,
  entree,
  JOUR,
  livraisonId,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  retourId,
  suite,
  T0,
} from '../../contracts/store.fabrique.ts';

async function lotsEntiers({ lots }: Store): Promise<void> {
  const lot = nouveauLot(950, { cle: 'lot' });
  await lots.creer(lot, suite());
  await lots.parCle(A, 'lot');
  await lots.enCours();
  await lots.aFaire(lot.id, { apres: 0, limite: 6 });
  await lots.noter(lot.id, 2, { sort: 'refuse', anomalies: [] });
  await lots.noterErreur(lot.id, null);
  for (const portee of [OPERATEUR, { collectivite: A }]) {
    await lots.trouver(portee, lot.id);
    await lots.lignes(portee, lot.id, { limite: 5 });
    await lots.lignes(portee, lot.id, { limite: 5, sorts: ['refuse'], apres: 2 });
    await lots.lister(portee, { limite: 5 });
    await lots.lister(portee, { limite: 5, enCours: true });
  }
  await lots.abandonner(lot.id, 'motif', suite());
  await lots.terminer(lot.id, { deposes: 0, deja: 0, refuses: 1, restants: 2 }, suite());
}

/** Does everything the store can do once, so that every statement it has is prepared. */
export async function toutFaire(store: Store): Promise<void> {
  const { ecriture, flux, file, journal, retours, livraisons, collectivites, jetons, suspensions } = store;
  const { flux: un } = await ecriture.creerFlux(nouveau(900, { cleIdempotence: 'k' }), suite());
  await ecriture.creerFlux(nouveau(901, { cite: un.id }), suite());
  await ecriture.creerRetour(nouveauRetour(1), suite());
  const point = {
    id: 'p1',
    canal: 'webhook',
    cible: 'https://x.fr',
    evenements: [],
    actif: true,
    motif: null,
  } as const;
  await collectivites.enregistrer(collectivite({ points: [point] }), {
    secrets: [{ id: 'p1', secrets: ['s'] }],
    journal: [],
    quand: T0,
  });
  await collectivites.enregistrer(collectivite({ ver: 1, points: [point] }), { journal: [], quand: T0 });
  const essai = { quand: T0, resultat: 'echec', statut: 0, duree: 1, motif: '' } as const;
  await ecriture.ecrire({
    quand: T0,
    flux: [changement(un, { nomEnvoi: 'n', alerte: 'a' })],
    retours: [
      { id: retourId(1), ver: 1, etat: 'attribue', due: T0, tentatives: 0, motif: null, flux: [un.id] },
    ],
    nouvellesLivraisons: [nouvelleLivraison(1, { flux: un.id })],
    livraisons: [{ id: livraisonId(1), ver: 1, etat: 'a_faire', due: T0, tentatives: 1, essai }],
    points: [{ siren: A, id: 'p1', actif: false, motif: 'x' }],
    journal: [entree({ tx: un.id })],
  });
  await store.numerotation.reserver({ flux: un.id, serie: 's', jour: JOUR, limite: 9 });
  await store.debits.reserver({ destination: 'd', flux: un.id, octets: 1, plafond: 9, quand: T0 });
  for (const portee of [OPERATEUR, { collectivite: A }]) {
    await flux.trouver(portee, un.id);
    await flux.pieces(portee, un.id);
    await flux.parIdentite(portee, un.identite);
    await flux.parNomEnvoi(portee, 'n');
    await flux.compter(portee);
    await flux.lister(portee, { limite: 5 });
    await flux.lister(portee, { limite: 5, etats: ['pret', 'incertain'] });
    await flux.lister(portee, { limite: 5, alerte: true });
    await flux.lister(portee, { limite: 5, recherche: 'x', protocole: 'ACTES' });
    await journal.lignesDuFlux(portee, un.id);
    await retours.trouver(portee, retourId(1));
    await retours.lister(portee, { limite: 5, etats: ['recu'] });
    await retours.lister(portee, { limite: 5 });
    await livraisons.trouver(portee, livraisonId(1));
    await livraisons.essais(portee, livraisonId(1));
    await livraisons.lister(portee, { limite: 5 });
    await livraisons.lister(portee, { limite: 5, flux: un.id, etats: ['a_faire'] });
  }
  await flux.parCle(A, 'k');
  await lotsEntiers(store);
  await journal.lignes(A, 1, 5);
  await journal.chaines();
  await retours.parEmpreinte(nouveauRetour(1).sha256, null);
  await ecriture.ecrire(suite({ suspensions: [{ destination: 'ACTES', motif: 'essai', acteur: 'a' }] }));
  await suspensions.lister();
  await ecriture.ecrire(suite({ suspensions: [{ destination: 'ACTES', motif: null, acteur: 'a' }] }));
  await file.reclamerFlux(demande());
  await file.reclamerRetours(demande());
  await file.reclamerLivraisons(demande());
  await file.reclamerFlux(demande({ file: 'flux-ACTES' }));
  await file.libererBaux('ouvrier-1');
  await file.prochaineEcheance();
  await file.files();
  await file.etat(T0);
  await file.dues({ table: 'flux', file: 'flux-ACTES', avant: T0, limite: 5 });
  await file.dues({ table: 'retours', avant: T0, limite: 5 });
  await file.dues({ table: 'livraisons', avant: T0, limite: 5 });
  await collectivites.lister();
  await collectivites.secrets(A, 'p1');
  await jetons.trouver(nouveauRetour(1).sha256);
  await jetons.lister();
  await jetons.enregistrer({ nom: 'j', sha256: nouveauRetour(1).sha256, portee: OPERATEUR, cree: T0 });
  await jetons.revoquer('j');
}
