import type { EtatFiles } from '../../src/gestes/etat-files.ts';
import type { Instant } from '../../src/metier/identifiants.ts';
import { T0 } from './faits-fictifs.ts';

const dans = (ms: number) => (T0 + ms) as Instant;

/** Two nodes, one of which works; a door that a person holds back; a Redis that answers. */
export const FILES: EtatFiles = {
  noeud: 'mairie-1',
  quand: T0,
  files: [
    { file: 'flux-ACTES', dues: 3, enMain: 2, plusTard: 1200, depuis: dans(-5_000), suspension: null },
    {
      file: 'dest-HELIOS:dgfip',
      dues: 1,
      enMain: 0,
      plusTard: 0,
      depuis: dans(-60_000),
      suspension: { destination: 'HELIOS', motif: 'travaux', acteur: 'agent:local', depuis: T0 },
    },
    { file: 'retours', dues: 0, enMain: 0, plusTard: 0, depuis: null, suspension: null },
  ],
  enMain: [{ file: 'flux-ACTES', proprietaire: 'mairie-2', nombre: 2, bail: dans(300_000) }],
  noeuds: [
    { nom: 'mairie-1', roles: ['portes'], version: '1.2.3', demarre: T0, vu: T0 },
    { nom: 'mairie-2', roles: ['travail', 'releve'], version: '1.2.3', demarre: T0, vu: T0 },
  ],
  tours: [{ nom: 'imap:retours', proprietaire: 'mairie-2', bail: dans(60_000), numero: 4 }],
  repartition: {
    type: 'bullmq',
    erreur: null,
    files: [{ file: 'flux-ACTES', enAttente: 3, enCours: 2, plusTard: 7 }],
  },
};
