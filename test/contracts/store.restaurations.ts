import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/metier/identifiants.ts';
import { verifierChaine } from '../../src/metier/journal.ts';
import type { NouvelleRestauration, Orphelin } from '../../src/ports/restauration.ts';
import type { Contexte } from './store.contract.ts';
import {
  A,
  B,
  empreinte,
  entree,
  fluxId,
  instant,
  JOUR,
  nouveau,
  numeroId,
  piece,
  suite,
  T0,
} from './store.fabrique.ts';

const FIN = ':20261120';

function orphelin(n: number, partie: Partial<Orphelin> = {}): Orphelin {
  return {
    sha256: empreinte(n),
    sha512: '0'.repeat(128),
    taille: 1000 + n,
    ajoutee: T0,
    genre: 'autre',
    libelle: `pièce ${n}`,
    protocole: null,
    collectivite: null,
    identite: null,
    nom: null,
    ...partie,
  };
}

function nouvelle(n: number, partie: Partial<NouvelleRestauration> = {}): NouvelleRestauration {
  return {
    id: numeroId(n),
    sauvegarde: instant(-60_000),
    restauree: instant(n),
    orphelins: [],
    perdues: [],
    numeros: [],
    series: { fin: FIN, apres: 5000 },
    journal: (org, tete) => entree({ org, ev: 'RESTAURATION', motif: `${tete.n} ${tete.sha256}` }),
    ...partie,
  };
}

/** What a store that was put back from a backup remembers of it. */
export function reglesRestaurations(ici: () => Contexte): void {
  const creer = (n: number, partie: Parameters<typeof nouveau>[1] = {}) =>
    ici().store.ecriture.creerFlux(nouveau(n, partie), suite());

  describe('restorations', () => {
    test('none; then the last one, until it is closed; what was told first stays', async () => {
      const { store } = ici();
      expect(await store.restaurations.derniere()).toBeNull();
      await store.restaurations.inscrire(nouvelle(1));
      await store.restaurations.inscrire(nouvelle(2));
      const id = numeroId(2);
      const attendue = {
        id,
        sauvegarde: instant(-60_000),
        restauree: instant(2),
        preparee: null,
        close: null,
      };
      expect(await store.restaurations.derniere()).toEqual(attendue);
      await store.ecriture.ecrire(suite({ restauration: { id, preparee: true } }));
      const plusTard = { quand: instant(9) };
      await store.ecriture.ecrire(suite({ ...plusTard, restauration: { id, preparee: true, close: true } }));
      await store.ecriture.ecrire(suite({ quand: instant(99), restauration: { id, close: true } }));
      expect(await store.restaurations.derniere()).toEqual({ ...attendue, preparee: T0, close: instant(9) });
    });

    test('each chain says where it came back, and holds; the operator’s is begun if need be', async () => {
      const { store } = ici();
      await store.ecriture.ecrire(suite({ journal: [entree({ org: A }), entree({ org: A })] }));
      await store.restaurations.inscrire(nouvelle(1));
      const lignes = await store.journal.lignes(A, 1, 10);
      expect(verifierChaine(lignes)).toEqual([]);
      expect(JSON.parse(lignes[2] ?? '{}')).toMatchObject({
        n: 3,
        ev: 'RESTAURATION',
        t: new Date(instant(1)).toISOString(),
        motif: expect.stringMatching(/^2 [0-9a-f]{64}$/),
      });
      expect(await store.journal.lignes('operateur', 1, 10)).toHaveLength(1);
    });

    test('leases of the other life are dropped, its nodes and turns forgotten', async () => {
      const { store } = ici();
      await creer(1);
      await store.file.reclamerFlux({
        quand: T0,
        nombre: 1,
        proprietaire: 'morte',
        bail: instant(900_000),
        file: 'flux-ACTES',
      });
      await store.noeuds.annoncer({ nom: 'morte', roles: [], version: '1', demarre: T0, vu: T0 });
      await store.tours.prendre({
        nom: 'boite',
        proprietaire: 'morte',
        quand: T0,
        bail: instant(900_000),
      });
      await store.restaurations.inscrire(nouvelle(1));
      const pris = await store.file.reclamerFlux({
        quand: instant(1),
        nombre: 1,
        proprietaire: 'neuve',
        bail: instant(1000),
        file: 'flux-ACTES',
      });
      expect(pris.map((f) => f.id)).toEqual([fluxId(1)]);
      expect(await store.noeuds.lister(T0)).toEqual([]);
      expect(await store.tours.lister()).toEqual([]);
    });

    test('sources read are told once each, by restoration', async () => {
      const { store } = ici();
      await store.restaurations.inscrire(nouvelle(1));
      const lire = (lue: string, quand: Instant) =>
        store.ecriture.ecrire(suite({ quand, restauration: { id: numeroId(1), lue } }));
      await lire('imap:b', instant(5));
      await lire('imap:a', instant(6));
      await lire('imap:b', instant(7));
      expect(await store.restaurations.sources(numeroId(1))).toEqual([
        { source: 'imap:a', lue: instant(6) },
        { source: 'imap:b', lue: instant(5) },
      ]);
      expect(await store.restaurations.sources(numeroId(2))).toEqual([]);
    });

    test('orphans, page by page; archives by the identity that they carry; a name given to other bytes', async () => {
      const { restaurations } = ici().store;
      const nom = 'VGM-EACT--213400178--20261120-7.tar.gz';
      const archive = orphelin(3, { genre: 'archive', protocole: 'ACTES', identite: 'x', nom });
      await restaurations.inscrire(nouvelle(1, { orphelins: [orphelin(1), orphelin(2), archive] }));
      const id = numeroId(1);
      expect(await restaurations.orphelins(id, { limite: 2 })).toEqual([orphelin(1), orphelin(2)]);
      expect(await restaurations.orphelins(id, { apres: empreinte(2), limite: 2 })).toEqual([archive]);
      expect(await restaurations.archives('ACTES', 'x')).toEqual([archive]);
      expect(await restaurations.archives('HELIOS', 'x')).toEqual([]);
      expect(await restaurations.nomDonne(nom, empreinte(9))).toBe(true);
      expect(await restaurations.nomDonne(nom, empreinte(3))).toBe(false);
      expect(await restaurations.nomDonne('autre', empreinte(9))).toBe(false);
      // seen again by a second restoration
      await restaurations.inscrire(nouvelle(2, { orphelins: [orphelin(1)] }));
      expect(await restaurations.orphelins(numeroId(2), { limite: 9 })).toEqual([orphelin(1)]);
    });

    test('known: by its identity, told by a piece or by an answer, or by its own document', async () => {
      const { store } = ici();
      const dite = { protocole: 'ACTES', identite: 'dite', preuve: 'piece 1' } as const;
      await store.restaurations.inscrire(nouvelle(1, { perdues: [dite, dite], orphelins: [orphelin(40)] }));
      const perdues = [{ ...dite, identite: 'repondue', preuve: 'retour 1' }];
      await store.ecriture.ecrire(suite({ restauration: { id: numeroId(1), perdues } }));
      const connue = (id: number, identite: string, protocole: 'ACTES' | 'HELIOS' = 'ACTES') =>
        store.restaurations.connue({ id: fluxId(id), protocole, identite });
      expect(await connue(1, 'dite')).toBe(true);
      expect(await connue(1, 'repondue')).toBe(true);
      expect(await connue(1, 'dite', 'HELIOS')).toBe(false);
      await creer(2, { pieces: [piece(41), piece(40)] });
      await creer(3, { pieces: [piece(41), piece(40, 'annexe')] });
      expect(await connue(2, 'neuve')).toBe(true);
      // an annexe is often the same as another's
      expect(await connue(3, 'neuve')).toBe(false);
    });

    test('numbers: those seen are drawn, those given back forgotten, a series far in its day jumps', async () => {
      const { store } = ici();
      const serie = (siren: string, fin = FIN) => `ACTES:${siren}${fin}`;
      const tirer = async (n: number, demande: { serie: string; apres?: number }) =>
        (
          await store.numerotation.reserver({
            flux: fluxId(n),
            jour: JOUR,
            limite: 9999,
            ...demande,
          })
        ).numero;
      for (const n of [1, 2, 3, 4, 5, 6]) await creer(n);
      const { flux } = (await store.ecriture.creerFlux(nouveau(7), suite())) as {
        flux: Parameters<typeof rendre>[0];
      };
      const rendre = (f: { id: ReturnType<typeof fluxId>; ver: number }) =>
        store.ecriture.ecrire(
          suite({
            flux: [
              {
                id: f.id,
                ver: f.ver,
                etat: 'abandonne',
                due: null,
                tentatives: 0,
                alerte: null,
                erreur: null,
                rendre: true,
              },
            ],
          }),
        );
      expect(await tirer(7, { serie: serie(A) })).toBe(1);
      await rendre(flux);
      const numeros = [
        { serie: serie(B), numero: 12 },
        { serie: serie('loin'), numero: 6000 },
        { serie: serie('hier', ':20261119'), numero: 6000 },
      ];
      await store.restaurations.inscrire(nouvelle(1, { numeros }));
      expect(await tirer(1, { serie: serie(A) })).toBe(2);
      expect(await tirer(2, { serie: serie(B) })).toBe(13);
      expect(await tirer(3, { serie: serie(B), apres: 5000 })).toBe(5001);
      expect(await tirer(4, { serie: serie('loin'), apres: 5000 })).toBeGreaterThan(7000);
      expect(await tirer(5, { serie: serie('hier', ':20261119') })).toBe(6001);
      expect(await tirer(6, { serie: serie('neuve'), apres: 5000 })).toBe(5001);
    });
  });
}
