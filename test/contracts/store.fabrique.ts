import type {
  ChangementFlux,
  Ecriture,
  NouveauFlux,
  NouveauRetour,
  NouvelleLivraison,
} from '../../src/ports/store.ts';
import type { Collectivite } from '../../src/metier/collectivite.ts';
import type { Flux, Piece } from '../../src/metier/flux.ts';
import type {
  FluxId,
  Instant,
  Jour,
  LivraisonId,
  RetourId,
  Sha256,
  Siren,
} from '../../src/metier/identifiants.ts';
import type { EntreeJournal } from '../../src/metier/journal.ts';

/** Values for the tests of the store: everything has a sound default, each test names what it is about. */

export const T0 = Date.UTC(2026, 10, 20, 9, 0, 0) as Instant;
export const A = '213400178' as Siren;
export const B = '213400186' as Siren;
export const JOUR = '2026-11-20' as Jour;

export function instant(ms: number): Instant {
  return (T0 + ms) as Instant;
}

/** Ordered identifiers: the larger the number, the newer. */
export function numeroId(n: number): string {
  return `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}
export const fluxId = (n: number) => numeroId(n) as FluxId;
export const retourId = (n: number) => numeroId(n) as RetourId;
export const livraisonId = (n: number) => numeroId(n) as LivraisonId;
export const empreinte = (n: number) => n.toString(16).padStart(64, '0') as Sha256;

export function piece(n: number, role: Piece['role'] = 'document'): Piece {
  return {
    role,
    nom: `piece-${n}.pdf`,
    sha256: empreinte(n),
    sha512: n.toString(16).padStart(128, '0'),
    taille: 100 + n,
    type: 'application/pdf',
  };
}

export function entree(partie: Partial<EntreeJournal> = {}): EntreeJournal {
  return {
    org: A,
    ev: 'ESSAI',
    tx: '',
    obj: '',
    acteur: 'systeme',
    res: 'OK',
    motif: '',
    corr: 'c1',
    ...partie,
  };
}

export function suite(partie: Partial<Ecriture> = {}): Ecriture {
  return { quand: T0, journal: [], ...partie };
}

export function nouveau(n: number, partie: Partial<NouveauFlux> = {}): NouveauFlux {
  return {
    id: fluxId(n),
    protocole: 'ACTES',
    etat: 'depose',
    contenu: null,
    collectivite: A,
    identite: `034-${A}-20261120-N${n}-DE`,
    resume: { objet: `Délibération n° ${n}` },
    cite: null,
    pieces: [piece(n)],
    cleIdempotence: null,
    empreinteDemande: empreinte(n),
    due: T0,
    ...partie,
  };
}

export function changement(flux: Flux, partie: Partial<ChangementFlux> = {}): ChangementFlux {
  return {
    id: flux.id,
    ver: flux.ver,
    etat: flux.etat,
    due: flux.due,
    tentatives: flux.tentatives,
    alerte: flux.alerte,
    erreur: flux.erreur,
    ...partie,
  };
}

export function nouveauRetour(n: number, partie: Partial<NouveauRetour> = {}): NouveauRetour {
  return {
    id: retourId(n),
    sha256: empreinte(n),
    sha512: '0'.repeat(128),
    taille: 12,
    source: 'maildir:essai',
    nom: null,
    due: T0,
    ...partie,
  };
}

export function nouvelleLivraison(n: number, partie: Partial<NouvelleLivraison> = {}): NouvelleLivraison {
  return {
    id: livraisonId(n),
    collectivite: A,
    flux: fluxId(1),
    point: 'p1',
    canal: 'webhook',
    type: 'flux.depose',
    charge: { type: 'flux.depose' },
    due: T0,
    ...partie,
  };
}

export function collectivite(partie: Partial<Collectivite> = {}): Collectivite {
  return {
    siren: A,
    nom: 'Béziers',
    actif: true,
    actes: null,
    helios: null,
    points: [],
    creee: T0,
    ver: 0,
    ...partie,
  };
}

export function demande(
  partie: Partial<{
    quand: number;
    nombre: number;
    proprietaire: string;
    bail: number;
    sauf: readonly string[];
    seuls: readonly string[];
    file: string;
  }> = {},
) {
  return {
    ...(partie.sauf === undefined ? {} : { sauf: partie.sauf }),
    ...(partie.seuls === undefined ? {} : { seuls: partie.seuls }),
    ...(partie.file === undefined ? {} : { file: partie.file }),
    quand: (partie.quand ?? T0) as Instant,
    nombre: partie.nombre ?? 10,
    proprietaire: partie.proprietaire ?? 'ouvrier-1',
    bail: (partie.bail ?? T0 + 60_000) as Instant,
  };
}
