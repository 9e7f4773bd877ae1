import { creerFakeClock, type FakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerRandomSysteme } from '../../../src/adapters/random/system.ts';
import { ouvrirStoreSqlite } from '../../../src/adapters/store/sqlite/store.ts';
import type { Instant, LotId } from '../../../src/metier/identifiants.ts';
import type { Flux } from '../../../src/metier/flux.ts';
import type { Store } from '../../../src/ports/store.ts';
import {
  A,
  B,
  changement,
  collectivite,
  empreinte,
  entree,
  fluxId,
  instant,
  JOUR,
  livraisonId,
  nouveau,
  nouveauRetour,
  nouvelleLivraison,
  numeroId,
  piece,
  retourId,
  suite,
  T0,
} from '../../contracts/store.fabrique.ts';

/** A store where every table holds something, with all that a text or a number may be. */

/** What is hard to carry: quotes, escapes of JSON, line ends, a tabulation, planes beyond the first, an order of letters. */
const TEXTE = 'Éléonore « l’été » \\n \\u0000 "q" \t\n\r \u{1F4E8} éÉzZ ﷺ \\';

export function ouvrirRiche(fichier: string): { store: Store; clock: FakeClock } {
  const clock = creerFakeClock(T0);
  return {
    clock,
    store: ouvrirStoreSqlite({ fichier, clock, random: creerRandomSysteme(clock), version: '1.2.3' }),
  };
}

/** Flux in every state on their way, by the number of their identifier. */
export const EN_ROUTE = { depose: 1, controle: 2, pret: 3, en_ligne: 4, transmis: 5, incertain: 6 } as const;

async function semerFlux(store: Store): Promise<void> {
  const { ecriture } = store;
  const ligne = (id: string, ev: string) => entree({ tx: id, ev, motif: TEXTE });
  for (const [etat, n] of Object.entries(EN_ROUTE) as [Flux['etat'], number][]) {
    const collectiviteDuFlux = n % 2 === 0 ? B : A;
    const { flux } = await ecriture.creerFlux(
      nouveau(n, {
        collectivite: collectiviteDuFlux,
        protocole: n === 6 ? 'HELIOS' : 'ACTES',
        contenu: n === 6 ? empreinte(6) : null,
        resume: { objet: TEXTE, nul: '\0', n },
        pieces: [piece(n), piece(n + 100, 'annexe')],
        cleIdempotence: `cle-${n}`,
        cite: n === 3 ? fluxId(1) : null,
      }),
      suite({ journal: [ligne(fluxId(n), 'DEPOT')] }),
    );
    if (etat === 'depose') continue;
    await store.numerotation.reserver({
      flux: flux.id,
      serie: `${flux.collectivite}:20261120`,
      jour: JOUR,
      limite: 99,
    });
    await store.debits.reserver({
      destination: 'ACTES',
      flux: flux.id,
      octets: 10 * n,
      plafond: 999,
      quand: T0,
    });
    await ecriture.ecrire(
      suite({
        quand: instant(n),
        flux: [
          changement(flux, {
            etat,
            due: n === 5 ? null : instant(1000 * n),
            tentatives: n,
            alerte: n === 5 ? TEXTE : null,
            nomEnvoi: `envoi-${n}.tar.gz`,
            file: n === 2 ? 'flux-ACTES' : 'dest-ACTES',
            ...(n === 5 ? { transmis: instant(5) } : {}),
            pieces: [piece(n + 200, 'archive')],
          }),
        ],
        journal: [ligne(flux.id, 'MISE_EN_LIGNE'), entree({ org: 'operateur', tx: flux.id, ev: 'ORDRE' })],
      }),
    );
  }
}

async function semerFin(store: Store): Promise<void> {
  const { ecriture } = store;
  const { flux } = await ecriture.creerFlux(nouveau(7, { cite: fluxId(3) }), suite());
  await store.numerotation.reserver({ flux: flux.id, serie: 'rendue', jour: JOUR, limite: 9 });
  const lu = (await store.flux.trouver({ operateur: true }, flux.id)) ?? flux;
  await ecriture.ecrire(
    suite({
      flux: [
        changement(lu, {
          etat: 'abandonne',
          due: null,
          solde: T0,
          rendre: true,
          erreur: {
            code: 'VGM-NOY-003',
            nature: 'definitive',
            message: TEXTE,
            cause: 'x',
            remede: 'y',
          },
        }),
      ],
    }),
  );
}

async function semerAnnuaire(store: Store): Promise<void> {
  const point = (id: string) =>
    ({
      id,
      canal: 'webhook',
      cible: `https://${id}.fr`,
      evenements: ['flux.depose'],
      actif: true,
      motif: null,
    }) as const;
  await store.collectivites.enregistrer(collectivite({ nom: TEXTE, points: [point('p2'), point('p1')] }), {
    secrets: [{ id: 'p1', secrets: ['un', 'deux'] }],
    journal: [entree({ ev: 'COLLECTIVITE' })],
    quand: T0,
  });
  await store.collectivites.enregistrer(collectivite({ siren: B, actif: false }), { journal: [], quand: T0 });
  await store.jetons.enregistrer({
    nom: 'logiciel',
    sha256: empreinte(1),
    portee: { collectivite: A },
    cree: T0,
  });
  await store.jetons.enregistrer({
    nom: 'exploitant',
    sha256: empreinte(2),
    portee: { operateur: true },
    cree: T0,
  });
  await store.ecriture.ecrire(
    suite({ suspensions: [{ destination: 'HELIOS:x', motif: TEXTE, acteur: 'agent:a' }] }),
  );
  await store.noeuds.annoncer({ nom: 'n1', roles: ['portes'], version: '1', demarre: T0, vu: T0 });
  await store.tours.prendre({ nom: 'imap', proprietaire: 'n1', quand: T0, bail: instant(5000) });
}

async function semerSuites(store: Store): Promise<void> {
  const { ecriture } = store;
  await ecriture.creerRetour(
    nouveauRetour(1),
    suite({ journal: [entree({ org: 'operateur', tx: retourId(1) })] }),
  );
  await ecriture.creerRetour(nouveauRetour(2, { nom: 'PES_ACK 1.xml', source: 'passerelle:x' }), suite());
  await ecriture.creerRetour(nouveauRetour(3, { sha256: empreinte(2), nom: 'autre.xml' }), suite());
  await ecriture.ecrire(
    suite({
      retours: [
        {
          id: retourId(1),
          ver: 1,
          etat: 'attribue',
          due: null,
          tentatives: 1,
          motif: TEXTE,
          flux: [fluxId(5), fluxId(4)],
        },
      ],
      nouvellesLivraisons: [1, 2].map((n) =>
        nouvelleLivraison(n, { flux: fluxId(n), charge: { texte: TEXTE } }),
      ),
    }),
  );
  const essai = { quand: T0, resultat: 'echec', statut: 503, duree: 0.1 + 0.2, motif: TEXTE } as const;
  await ecriture.ecrire(
    suite({
      livraisons: [{ id: livraisonId(1), ver: 1, etat: 'a_faire', due: instant(9), tentatives: 1, essai }],
    }),
  );
}

export const LOT = numeroId(60) as LotId;

async function semerLot({ lots }: Store): Promise<void> {
  const refus = [{ code: 'ACTES-NUM-01', gravite: 'bloquante', message: TEXTE, remede: 'x' }] as const;
  await lots.creer(
    {
      id: LOT,
      collectivite: A,
      sha256: empreinte(60),
      sha512: '0'.repeat(128),
      taille: 60,
      manifeste: 'manifeste.csv',
      acteur: 'agent:a',
      cle: 'lot-1',
      lignes: [2, 3, 4].map((ligne) => ({
        ligne,
        acte: { objet: TEXTE, ligne },
        refus: ligne === 3 ? refus : [],
      })),
    },
    suite({ journal: [entree({ ev: 'LOT' })] }),
  );
  await lots.noter(LOT, 4, { sort: 'deja', flux: fluxId(5) });
}

async function semerRestauration(store: Store): Promise<void> {
  const orphelin = {
    sha512: '0'.repeat(128),
    taille: 9,
    ajoutee: T0,
    genre: 'autre',
    protocole: null,
    collectivite: null,
  } as const;
  await store.restaurations.inscrire({
    id: numeroId(50),
    sauvegarde: instant(-60_000),
    restauree: T0,
    orphelins: [{ ...orphelin, sha256: empreinte(77), libelle: TEXTE, identite: 'i', nom: null }],
    perdues: [{ protocole: 'ACTES', identite: 'perdue', preuve: TEXTE }],
    numeros: [],
    series: { fin: ':20261120', apres: 5000 },
    journal: (org, tete) => entree({ org, ev: 'RESTAURATION', motif: `${tete.n}` }),
  });
  await store.ecriture.ecrire(
    suite({ restauration: { id: numeroId(50), preparee: true, close: true, lue: 'imap' } }),
  );
}

export async function remplir(fichier: string): Promise<void> {
  const { store, clock } = ouvrirRiche(fichier);
  await semerFlux(store);
  await semerSuites(store);
  // Drops what another life of the base held: before what is to stay.
  await semerRestauration(store);
  await semerAnnuaire(store);
  await semerLot(store);
  await semerFin(store);
  const quand = (clock.now() + 1) as Instant;
  await store.file.reclamerFlux({ quand, nombre: 1, proprietaire: 'n1', bail: instant(60_000) });
  await store.fermer();
}
