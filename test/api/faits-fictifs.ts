import type { RapportControles } from '../../src/metier/anomalies.ts';
import type { Flux } from '../../src/metier/flux.ts';
import type { FluxId, Instant, LivraisonId, RetourId, Sha256, Siren } from '../../src/metier/identifiants.ts';
import type { LigneJournal } from '../../src/metier/journal.ts';
import type { Livraison } from '../../src/metier/notifications.ts';
import type { Retour } from '../../src/metier/retours.ts';

/** What the fake gestures show. */

export const SIREN = '213400001' as Siren;
export const AUTRE = '213400019' as Siren;
export const T0 = Date.parse('2026-03-02T09:00:00Z') as Instant;

export function uuid(n: number): string {
  return `01950000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
}

export function fluxFictif(n: number, plus: Partial<Flux> = {}): Flux {
  return {
    id: uuid(n) as FluxId,
    protocole: 'ACTES',
    collectivite: SIREN,
    etat: 'depose',
    ver: 0,
    due: null,
    tentatives: 0,
    identite: `034-${SIREN}-20260302-DEL${n}-DE`,
    resume: { numero: `DEL${n}`, objet: 'Budget de l’école', nature: '1' },
    nomEnvoi: null,
    cite: null,
    depose: T0,
    modifie: T0,
    transmis: null,
    solde: null,
    alerte: null,
    erreur: null,
    ...plus,
  };
}

export const RETOUR: Retour = {
  id: uuid(500) as RetourId,
  sha256: 'a'.repeat(64) as Sha256,
  sha512: 'b'.repeat(128),
  taille: 12,
  source: 'smtp',
  nom: null,
  recu: T0,
  etat: 'a_trancher',
  due: null,
  tentatives: 1,
  motif: 'aucun flux ne porte cet identifiant',
  flux: [],
  ver: 1,
};

export const LIVRAISON: Livraison = {
  id: uuid(700) as LivraisonId,
  collectivite: SIREN,
  flux: uuid(1) as FluxId,
  point: 'p1',
  canal: 'webhook',
  type: 'flux.acquitte',
  charge: {},
  etat: 'abandonnee',
  due: null,
  tentatives: 3,
  creee: T0,
  ver: 1,
};

export const LIGNE: LigneJournal = {
  n: 1,
  t: '2026-03-02T09:00:00.000Z',
  org: SIREN,
  ev: 'DEPOT',
  tx: uuid(1),
  obj: '',
  acteur: 'agent:local',
  res: 'OK',
  motif: '',
  ver: '0.1.0',
  corr: 'c',
  sel: '0',
  prev: '0'.repeat(64),
};

export function rapport(refuse: boolean): RapportControles {
  const anomalies = refuse
    ? [
        {
          code: 'ACTES-NUM-01',
          gravite: 'bloquante' as const,
          message: 'Le numéro « 1-2 » contient un tiret.',
          remede: 'Retirer le tiret.',
          ou: 'numero',
        },
      ]
    : [];
  return {
    format: 'vaguemestre-rapport-controles-v1',
    verdict: refuse ? 'defavorable' : 'favorable',
    reponses: [
      {
        code: 'ACTES-NUM',
        question: 'Le numéro est-il formé selon la norme ?',
        source: 'cahier des charges',
        reponse: refuse ? 'non' : 'oui',
        anomalies,
      },
    ],
  };
}
