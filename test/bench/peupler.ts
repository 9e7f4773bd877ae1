import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { ouvrirStoreSqlite } from '../../src/adapters/store/sqlite/store.ts';
import type { Piece } from '../../src/metier/flux.ts';
import type { FluxId, Instant, Sha256, Siren } from '../../src/metier/identifiants.ts';
import type { Store } from '../../src/ports/store.ts';

const DEPART = Date.UTC(2026, 0, 5, 9);
const LOT = 500;

function piece(role: Piece['role'], sel: string): Piece {
  const sha256 = createHash('sha256').update(sel).digest('hex') as Sha256;
  return { role, nom: `${role}.bin`, sha256, sha512: sha256 + sha256, taille: 1000, type: 'application/pdf' };
}

async function un(store: Store, rang: number, id: FluxId): Promise<void> {
  const org = String(213_400_000 + (rang % 10)) as Siren;
  const quand = (DEPART + rang * 100) as Instant;
  const ligne = (ev: string) =>
    ({ org, ev, tx: id, obj: '', acteur: 'systeme', res: 'OK', motif: '', corr: id }) as const;
  const roles = ['metadonnees', 'document', 'rapport'] as const;
  const resultat = await store.ecriture.creerFlux(
    {
      id,
      protocole: 'ACTES',
      etat: 'depose',
      contenu: null,
      collectivite: org,
      identite: `034-${org}-20260105-A${rang}-DE`,
      resume: { numero: `A${rang}`, objet: 'Ancien' },
      cite: null,
      pieces: roles.map((role) => piece(role, `${rang}${role}`)),
      cleIdempotence: `a${rang}`,
      empreinteDemande: piece('document', `${rang}`).sha256,
      due: quand,
    },
    { quand, journal: [ligne('DEPOT')] },
  );
  const { flux } = resultat;
  await store.ecriture.ecrire({
    quand,
    flux: [
      {
        id,
        ver: flux.ver,
        etat: 'acquitte',
        due: null,
        tentatives: 0,
        alerte: null,
        erreur: null,
        nomEnvoi: `VGM-TACT--${org}--20260105-${rang}.tar.gz`,
        transmis: quand,
        solde: quand,
        pieces: (['archive', 'retour', 'accuse'] as const).map((role) => piece(role, `${rang}${role}`)),
      },
    ],
    journal: [
      'CONTROLE_FAVORABLE',
      'ENVELOPPE_FAITE',
      'MISE_EN_LIGNE',
      'REMISE_CONFIRMEE',
      'ACCUSE_RECU',
    ].map(ligne),
  });
}

/** Puts `nombre` finished flux in the store of a data folder, with their pieces and journal lines. */
export async function peupler(donnees: string, nombre: number): Promise<void> {
  mkdirSync(donnees, { recursive: true });
  const clock = creerFakeClock(DEPART);
  const random = creerRandomSysteme(clock);
  const store = ouvrirStoreSqlite({
    fichier: join(donnees, 'vaguemestre.sqlite'),
    clock,
    random,
    version: 'bench',
  });
  for (let rang = 0; rang < nombre; rang += LOT) {
    const lot = Array.from({ length: Math.min(LOT, nombre - rang) }, (_, n) =>
      un(store, rang + n, random.uuid() as FluxId),
    );
    await Promise.all(lot);
  }
  await store.fermer();
}
