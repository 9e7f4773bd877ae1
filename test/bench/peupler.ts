import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { creerFakeClock } from '../../src/adapters/clock/fake.ts';
import { creerRandomSysteme } from '../../src/adapters/random/system.ts';
import { Base } from '../../src/adapters/store/sqlite/pilote.ts';
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

const EVENEMENTS = [
  'DEPOT',
  'CONTROLE_FAVORABLE',
  'ENVELOPPE_FAITE',
  'MISE_EN_LIGNE',
  'REMISE_CONFIRMEE',
  'ACCUSE_RECU',
];
const ROLES = ['metadonnees', 'document', 'rapport', 'archive', 'retour', 'accuse'] as const;

function unVite(base: Base, rang: number): void {
  const org = String(213_400_000 + (rang % 10));
  const id = `019a0000-0000-7000-8000-${rang.toString(16).padStart(12, '0')}`;
  const quand = DEPART + rang * 100;
  const { sha256, sha512 } = piece('document', String(rang));
  base.ecrire(
    `INSERT INTO flux (id, protocole, collectivite, etat, identite, resume, nom_envoi, cite, depose, modifie, transmis, solde,
        alerte, erreur, cle_idempotence, empreinte_demande, due, bail, bail_par, tentatives, ver)
      VALUES (:id, 'ACTES', :org, 'acquitte', :identite, :resume, :envoi, NULL, :quand, :quand, :quand, :quand,
        NULL, NULL, :id, :sha256, NULL, NULL, NULL, 0, 6)`,
    {
      id,
      org,
      quand,
      sha256,
      identite: `034-${org}-20260105-A${rang}-DE`,
      resume: JSON.stringify({ numero: `A${rang}`, objet: 'Ancien' }),
      envoi: `VGM-TACT--${org}--20260105-${rang}.tar.gz`,
    },
  );
  for (const [n, role] of ROLES.entries()) {
    base.ecrire(
      `INSERT INTO pieces (flux, rang, role, nom, sha256, sha512, taille, type, ajoutee)
        VALUES (:id, :n, :role, :nom, :sha256, :sha512, 1000, 'application/pdf', :quand)`,
      { id, n, role, nom: `${role}.bin`, sha256, sha512, quand },
    );
  }
  for (const [n, ev] of EVENEMENTS.entries()) {
    base.ecrire('INSERT INTO journal (org, n, tx, ligne, sha256) VALUES (:org, :n, :id, :ligne, :sha256)', {
      org,
      n: Math.floor(rang / 10) * EVENEMENTS.length + n + 1,
      id,
      ligne: JSON.stringify({ org, ev, tx: id, t: new Date(quand).toISOString(), prev: sha256, sel: sha256 }),
      sha256,
    });
  }
}

/** As many rows as `nombre` finished flux leave, written without the engine: their journal is of the right weight, and no chain. */
export async function peuplerVite(fichier: string, nombre: number): Promise<void> {
  const clock = creerFakeClock(DEPART);
  const store = ouvrirStoreSqlite({ fichier, clock, random: creerRandomSysteme(clock), version: 'bench' });
  await store.fermer();
  const base = new Base(fichier, 0);
  try {
    base.executer('PRAGMA synchronous = OFF');
    base.executer('BEGIN');
    for (let rang = 0; rang < nombre; rang += 1) unVite(base, rang);
    base.executer('COMMIT');
  } finally {
    base.fermer();
  }
}
