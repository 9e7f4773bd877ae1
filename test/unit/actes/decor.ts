import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert } from 'vitest';
import type { Classification, Collectivite, FicheActes } from '../../../src/metier/collectivite.ts';
import type { Flux, Piece } from '../../../src/metier/flux.ts';
import type { FluxId, Instant, Jour, Sha256, Siren } from '../../../src/metier/identifiants.ts';
import { controler } from '../../../src/protocoles/actes/controle.ts';
import type {
  DepotLu,
  FaitsDepot,
  FaitsEnveloppe,
  FaitsPiece,
  PartieRetour,
} from '../../../src/protocoles/protocole.ts';

/** A sound deposit, of which each test spoils one thing. */

export const RACINE = fileURLToPath(new URL('../../../', import.meta.url));
export const RETOURS = `${RACINE}fixtures/actes/retours/`;
/** Reference data beside the repository; may be absent. */
export const EXEMPLES = `${RACINE}../shared/exemples/actes/`;

export const SIREN = '000000018' as Siren;
export const JOUR = '2026-03-02' as Jour;

export const CLASSIFICATION: Classification = {
  date: '2024-09-02' as Jour,
  matieres: {
    '1': 'Commande publique',
    '1.1': 'Marchés publics',
    '1.1.10': 'Procédure adaptée',
    '5': 'Institutions',
    '5.2': 'Fonctionnement des assemblées',
    '7': 'Finances locales',
    '7.1': 'Décisions budgétaires',
    '7.1.2': 'Budget supplémentaire',
    '7.10': 'Divers',
  },
  natures: {
    '1': {
      abrege: 'DE',
      libelle: 'Délibérations',
      types: { '99_DE': 'Délibération', '70_DE': 'Délibération budgétaire', '99_SE': 'Signature' },
    },
    '5': {
      abrege: 'BF',
      libelle: 'Documents budgétaires et financiers',
      types: { '99_BU': 'Document budgétaire', '70_DE': 'Délibération' },
    },
    '8': { abrege: 'XY', libelle: 'Nature à venir', types: {} },
  },
};

export const FICHE: FicheActes = {
  departement: '034',
  arrondissement: '1',
  nature: '31',
  referent: { nom: 'Service des assemblées', telephone: '', courriel: 'assemblees@mairie.example.fr' },
  adressesRetour: ['actes@mairie.example.fr'],
  classification: CLASSIFICATION,
};

export const COLLECTIVITE: Collectivite = {
  siren: SIREN,
  nom: 'Commune de démonstration',
  actif: true,
  actes: FICHE,
  helios: null,
  points: [],
  creee: 0 as Instant,
  ver: 1,
};

export const PDF: FaitsPiece = {
  role: 'document',
  nom: 'délibération.pdf',
  taille: 12_000,
  type: 'application/pdf',
  pdf: { entete: true, fin: true, chiffre: false, version: '1.7' },
  xml: null,
  budget: null,
};

export const ANNEXE: FaitsPiece = { ...PDF, role: 'annexe', nom: 'plan.pdf' };
export const IMAGE: FaitsPiece = { ...ANNEXE, nom: 'photo.png', type: 'image/png', pdf: null };
export const BUDGET: FaitsPiece = {
  ...PDF,
  nom: 'budget.xml',
  type: 'application/xml',
  pdf: null,
  xml: { racine: 'DocumentBudgetaire', faute: null },
  budget: {
    siret: `${SIREN}00011`,
    natDec: '01',
    exercice: '2026',
    sceaux: 1,
    sceau: { md5: 'a'.repeat(32), sha1: 'b'.repeat(40), date: null },
    calcule: { md5: 'a'.repeat(32), sha1: 'b'.repeat(40) },
  },
};

export const METADONNEES = {
  numero: '2026_014',
  date: '2026-03-01',
  objet: 'Tarifs du marché : année 2026',
  nature: 'DE',
  matiere: '7.10',
  document: { typologie: '99_DE' },
} as const;

export interface Retouche {
  readonly metadonnees?: Readonly<Record<string, unknown>>;
  readonly pieces?: readonly FaitsPiece[];
  readonly collectivite?: Partial<Collectivite>;
  readonly fiche?: Partial<FicheActes>;
}

/** The sound deposit with some fields replaced; `undefined` removes one. */
export function faits(retouche: Retouche = {}): FaitsDepot {
  const tout = Object.entries({ ...METADONNEES, ...retouche.metadonnees });
  return {
    metadonnees: Object.fromEntries(tout.filter(([, v]) => v !== undefined)),
    pieces: retouche.pieces ?? [PDF],
    collectivite: { ...COLLECTIVITE, actes: { ...FICHE, ...retouche.fiche }, ...retouche.collectivite },
    jour: JOUR,
  };
}

export const BUDGETAIRE: Retouche = {
  metadonnees: { nature: '5', matiere: '7.1', document: { typologie: '99_BU' } },
  pieces: [BUDGET],
};

/** Answer of one rule to a deposit, with its anomalies as sentences. */
export function reponseDe(code: string, f: FaitsDepot, classificationRequise = true) {
  const { rapport, lu } = controler(f, { classificationRequise });
  const reponse = rapport.reponses.find((r) => r.code === code);
  assert(reponse !== undefined, `règle ${code} absente du rapport`);
  return {
    reponse: reponse.reponse,
    verdict: rapport.verdict,
    gravites: reponse.anomalies.map((a) => a.gravite),
    ou: reponse.anomalies.map((a) => a.ou),
    texte: reponse.anomalies.map((a) => `${a.message} ${a.remede}`).join('\n'),
    autres: rapport.reponses.filter((r) => r.reponse === 'non' && r.code !== code).map((r) => r.code),
    lu,
  };
}

/** A flux and its pieces as the deposit step would have stored them. */
export function faitsEnveloppe(depot: FaitsDepot, lu: DepotLu): FaitsEnveloppe {
  const pieces: Piece[] = depot.pieces.map((p, i) => ({
    role: p.role,
    nom: p.nom,
    type: p.type,
    taille: p.taille,
    sha256: String(i).padStart(64, '0') as Sha256,
    sha512: String(i).padStart(128, '0'),
  }));
  const metadonnees = { role: 'metadonnees', nom: 'metadonnees.json', type: 'application/json' } as const;
  const autre = { ...metadonnees, taille: 2, sha256: 'a'.repeat(64) as Sha256, sha512: 'a'.repeat(128) };
  return {
    flux: flux(lu),
    pieces: [autre, ...pieces],
    collectivite: depot.collectivite,
    jour: '2026-12-31' as Jour,
    numero: 7,
    emetteur: { trigramme: 'VGM', application: 'TACT', adresseRetour: 'tdt@operateur.example.fr' },
  };
}

export function flux(lu: DepotLu): Flux {
  return {
    id: '01890000-0000-7000-8000-000000000001' as FluxId,
    protocole: 'ACTES',
    collectivite: SIREN,
    etat: 'controle',
    ver: 1,
    due: null,
    tentatives: 0,
    identite: lu.identite,
    resume: lu.resume,
    nomEnvoi: null,
    cite: null,
    depose: 0 as Instant,
    modifie: 0 as Instant,
    transmis: null,
    solde: null,
    alerte: null,
    erreur: null,
  };
}

/** Parts of a mail kept as a folder, in the order given or in that of their names. */
export function courriel(dossier: string): PartieRetour[] {
  return readdirSync(dossier)
    .filter((nom) => statSync(`${dossier}/${nom}`).isFile())
    .toSorted()
    .map((nom) => ({ nom, octets: new Uint8Array(readFileSync(`${dossier}/${nom}`)) }));
}

/** Every XML of our own returns, then of the reference ones when they are there. */
export function tousLesRetours(): PartieRetour[] {
  const notres = readdirSync(RETOURS).flatMap((d) => courriel(`${RETOURS}${d}`));
  if (!existsSync(EXEMPLES)) return notres;
  const dossiers = readdirSync(EXEMPLES).filter((d) => statSync(`${EXEMPLES}${d}`).isDirectory());
  return [...notres, ...dossiers.flatMap((d) => courriel(`${EXEMPLES}${d}`))];
}
