import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Autorite,
  type DemandeCertificat,
  type Paire,
  creerAutorite,
  emettre,
} from '../formats/certificats/emettre.ts';
import type { Clock } from '../ports/clock.ts';

/** A test PKI on disk. Each file but the good ones has exactly one defect, said by its name. */
export interface PkiEssai {
  readonly dossier: string;
  /** Authority that the simulated State and its clients share. */
  readonly ca: string;
  /** Another authority, unknown to the ministry. */
  readonly autreCa: string;
  readonly paires: Readonly<Record<NomPaire, { readonly certificat: string; readonly cle: string }>>;
}

interface Modele extends Omit<DemandeCertificat, 'jours' | 'quand'> {
  readonly autorite: 'ca' | 'autre-ca';
}

const BOUCLE = { dns: ['localhost'], ip: ['127.0.0.1', '::1'] };

const MODELES = {
  ministere: { nom: 'Ministère simulé', usage: 'serveur', autorite: 'ca', ...BOUCLE },
  'ministere-expire': {
    nom: 'Ministère simulé',
    usage: 'serveur',
    autorite: 'ca',
    ...BOUCLE,
    defaut: 'expire',
  },
  'ministere-autre-nom': {
    nom: 'Ministère simulé',
    usage: 'serveur',
    autorite: 'ca',
    dns: ['ailleurs.invalid'],
  },
  'ministere-autre-ca': { nom: 'Ministère simulé', usage: 'serveur', autorite: 'autre-ca', ...BOUCLE },
  dgfip: { nom: 'DGFiP simulée', usage: 'serveur', autorite: 'ca', ...BOUCLE },
  client: { nom: 'Tiers de télétransmission', usage: 'client', autorite: 'ca' },
  'client-autre-ca': { nom: 'Tiers de télétransmission', usage: 'client', autorite: 'autre-ca' },
  'client-expire': { nom: 'Tiers de télétransmission', usage: 'client', autorite: 'ca', defaut: 'expire' },
  'client-pas-encore': {
    nom: 'Tiers de télétransmission',
    usage: 'client',
    autorite: 'ca',
    defaut: 'pas_encore',
  },
  'client-mauvais-usage': { nom: 'Tiers de télétransmission', usage: 'serveur', autorite: 'ca' },
} as const satisfies Readonly<Record<string, Modele>>;

export type NomPaire = keyof typeof MODELES;

/** Ten years for authorities, one for the rest; a day of margin against clocks that disagree. */
const JOURS = { autorite: 3653, feuille: 366 };
const MARGE_MS = 86_400_000;

/** Writes `ca.pem`, `autre-ca.pem` and, for each pair, `<nom>.pem` and `<nom>.key` (mode 0600). */
export async function creerPkiEssai(dossier: string, deps: { readonly clock: Clock }): Promise<PkiEssai> {
  const quand = deps.clock.now() - MARGE_MS;
  await mkdir(dossier, { recursive: true });
  const autorites = {
    ca: await creerAutorite({ nom: 'Autorité d’essai', jours: JOURS.autorite, quand }),
    'autre-ca': await creerAutorite({ nom: 'Autre autorité d’essai', jours: JOURS.autorite, quand }),
  };
  await Promise.all([
    ecrirePaire(join(dossier, 'ca'), autorites.ca),
    ecrirePaire(join(dossier, 'autre-ca'), autorites['autre-ca']),
  ]);
  const entrees = await Promise.all(
    (Object.keys(MODELES) as NomPaire[]).map(async (nom) => {
      const base = join(dossier, nom);
      await ecrirePaire(base, await faire(MODELES[nom], autorites, quand));
      return [nom, { certificat: `${base}.pem`, cle: `${base}.key` }] as const;
    }),
  );
  const paires = Object.fromEntries(entrees) as PkiEssai['paires'];
  return { dossier, ca: join(dossier, 'ca.pem'), autreCa: join(dossier, 'autre-ca.pem'), paires };
}

function faire(
  modele: Modele,
  autorites: Readonly<Record<Modele['autorite'], Autorite>>,
  quand: number,
): Promise<Paire> {
  const { autorite, ...demande } = modele;
  return emettre(autorites[autorite], { ...demande, jours: JOURS.feuille, quand });
}

async function ecrirePaire(base: string, paire: Paire): Promise<void> {
  await writeFile(`${base}.pem`, paire.certificat);
  await writeFile(`${base}.key`, paire.cle, { mode: 0o600 });
}
