import { createHash, createPrivateKey } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { creerFakeClock, type FakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerFakeCoffre, type FakeCoffre } from '../../../src/adapters/coffre/fake.ts';
import { creerFakeRevocation, type FakeRevocation } from '../../../src/adapters/revocation/fake.ts';
import { signataireLocal } from '../../../src/adapters/signataire/local.ts';
import { manifest } from '../../../src/config/manifest.ts';
import type { SignatureHelios as Reglage } from '../../../src/config/signature.ts';
import type { Poste } from '../../../src/etapes/etape.ts';
import { creerEtapeSignature, type OutilsSignature } from '../../../src/etapes/signature.ts';
import type { MagasinOuvert } from '../../../src/formats/certificats/magasin.ts';
import { POLITIQUES_HELIOS } from '../../../src/formats/xades/politiques.ts';
import type { DemandeSignature } from '../../../src/formats/xades/signer-types.ts';
import type { Collectivite, FicheHelios } from '../../../src/metier/collectivite.ts';
import type { Flux, ObjetJson, PieceDuFlux, RolePiece } from '../../../src/metier/flux.ts';
import type { FluxId, Instant } from '../../../src/metier/identifiants.ts';
import type { Issue } from '../../../src/metier/issues.ts';
import type { PreuveBrute } from '../../../src/ports/revocation.ts';
import type { Signataire } from '../../../src/ports/signataire.ts';
import { EXTENSIONS, INSTANT, type Pki, pkiDeBase, POLITIQUE } from '../formats/certificats/pki.ts';
import { magasin, signer } from '../formats/xades/atelier.ts';
import { COLLECTIVITE } from '../helios/epreuve.ts';
import { pes, type PesEssai } from '../helios/generateur.ts';

/** The signature step on fakes and real signatures: its own authority, its lists of revocation, its signers. */

export { INSTANT } from '../formats/certificats/pki.ts';

const CRL_RACINE = 'crlDistributionPoints=URI:http://crl.essai.invalid/racine.crl';

export interface Autorites {
  readonly pki: Pki;
  /** What the servers publish, by name of the certificate asked about. */
  readonly listes: ReadonlyMap<string, PreuveBrute>;
  cle(nom: string): Signataire;
}

/**
 * `maire` (P-256), `rsa`: sound. `perdu`: revoked on 2026-06-01. `depuis`: revoked on 2026-06-16. `bref`: ends on
 * 2026-06-20. `autre`: sound, under a policy that nobody admits. `etranger`: of an unknown authority. `muet`: says nowhere
 * where its revocation is published.
 */
export function creerAutorites(): Autorites {
  const pki = pkiDeBase();
  const { signataire, ica, racine } = EXTENSIONS;
  pki.emettre('racine', {
    nom: 'ica',
    extensions: [...ica, CRL_RACINE],
    debut: '2022-01-01',
    fin: '2035-01-01',
  });
  for (const nom of ['maire', 'perdu', 'depuis']) pki.emettre('ica', { nom, extensions: signataire });
  pki.emettre('ica', { nom: 'rsa', cle: 'rsa2048', extensions: signataire });
  pki.emettre('ica', { nom: 'bref', cle: 'rsa2048', extensions: signataire, fin: '2026-06-20' });
  const autre = signataire.map((e) => e.replace(POLITIQUE.rgs2, POLITIQUE.autre));
  pki.emettre('ica', { nom: 'autre', extensions: autre });
  const muet = signataire.filter((e) => !/^(?:crl|authorityInfo)/.test(e));
  pki.emettre('ica', { nom: 'muet', extensions: muet });
  pki.emettre('inconnue', { nom: 'inconnue', extensions: racine });
  pki.emettre('inconnue', { nom: 'etranger', extensions: signataire });
  pki.revoquer('ica', 'perdu', { quand: '260601000000Z', motif: 'keyCompromise' });
  pki.revoquer('ica', 'depuis', { quand: '260616000000Z', motif: 'superseded' });
  const liste = (nom: string): PreuveBrute => ({
    type: 'crl',
    octets: pki.crl(nom, { nom }),
    nonce: null,
    adresse: `http://crl.essai.invalid/${nom}.crl`,
    obtenue: INSTANT,
  });
  const deIca = liste('ica');
  const porteurs = ['maire', 'rsa', 'perdu', 'depuis', 'bref', 'autre', 'muet'];
  return {
    pki,
    listes: new Map([['ica', liste('racine')], ...porteurs.map((nom) => [nom, deIca] as const)]),
    cle: (nom) =>
      signataireLocal({
        cle: createPrivateKey(pki.lire(`${nom}.key`)),
        certificat: pki.der(nom),
        chaine: nom === 'etranger' ? [] : [pki.der('ica')],
      }),
  };
}

/** Servers that publish what they know. */
export function serveurs({ pki, listes }: Autorites): FakeRevocation {
  const revocation = creerFakeRevocation();
  for (const [nom, preuve] of listes) revocation.donner(pki.certificat(nom).sha256, [preuve]);
  return revocation;
}

export const FICHE: FicheHelios = {
  sirets: ['00000001800010'],
  destination: 'VHPCE11',
  passerelle: '',
  signature: 'refuser',
  perimetre: 'bordereaux',
  cle: 'mairie',
  qualite: 'Maire de Valmoncel',
};

export interface Options {
  readonly fiche?: Partial<FicheHelios>;
  /** Under `[helios.signature]`. */
  readonly reglage?: Record<string, unknown>;
  readonly cles?: ReadonlyMap<string, Signataire>;
  /** null: no trust store. */
  readonly magasin?: MagasinOuvert | null;
  readonly revocation?: FakeRevocation | null;
  readonly tailleMax?: number;
  readonly quand?: number;
}

/** One flux at the signature step; what the step gives is written on it as the engine would. */
export interface Atelier {
  readonly clock: FakeClock;
  readonly coffre: FakeCoffre;
  readonly revocation: FakeRevocation | null;
  readonly outils: OutilsSignature;
  flux: Flux;
  pieces: PieceDuFlux[];
  readonly coupure: AbortController;
  fiche: FicheHelios;
  /** Hangs a file on the flux. */
  poser(octets: Uint8Array, role?: RolePiece): Promise<void>;
  jouer(): Promise<Issue>;
  /** Plays and writes the outcome: state aside, what the next step sees. */
  avancer(): Promise<Issue>;
  lire(role: RolePiece): Promise<Buffer>;
  rapport(): Promise<Rapport>;
}

export interface Rapport {
  readonly verdict: string;
  readonly resume: string;
  readonly origine: string;
  readonly constats: readonly {
    readonly controle: string;
    readonly avis: string;
    readonly code: string;
    readonly rang: number | null;
  }[];
  readonly couverture: { readonly bordereaux: object };
  readonly signatures: readonly {
    readonly etat: string;
    readonly couvre: { readonly etiquette: string } | null;
    readonly signataire: { readonly sujet: string } | null;
    readonly confiance: { readonly type: string; readonly preuve?: string; readonly niveau?: string };
    readonly instant: string;
    readonly roles: readonly string[];
  }[];
}

const FLUX = '01980000-0000-7000-8000-000000000001' as FluxId;

export function reglageDe(signature: Record<string, unknown> = {}): Reglage {
  return manifest.parse({ helios: { signature } }).helios.signature;
}

export async function monter(autorites: Autorites, options: Options = {}): Promise<Atelier> {
  const clock = creerFakeClock(options.quand ?? INSTANT + 60_000);
  const coffre = creerFakeCoffre();
  const revocation = options.revocation === undefined ? serveurs(autorites) : options.revocation;
  const coupure = new AbortController();
  const poste = { signal: coupure.signal, arret: coupure.signal } as Poste;
  const atelier: Atelier = {
    clock,
    coffre,
    revocation,
    coupure,
    fiche: { ...FICHE, ...options.fiche },
    flux: {
      id: FLUX,
      protocole: 'HELIOS',
      collectivite: COLLECTIVITE.siren,
      etat: 'controle',
      ver: 1,
      due: null,
      tentatives: 0,
      identite: '123/VALMONCEL_1',
      resume: {},
      nomEnvoi: null,
      cite: null,
      depose: clock.now(),
      modifie: clock.now(),
      transmis: null,
      solde: null,
      alerte: null,
      erreur: null,
    },
    pieces: [],
    outils: {
      flux: { pieces: async () => atelier.pieces } as unknown as OutilsSignature['flux'],
      coffre,
      annuaire: {
        exiger: async (): Promise<Collectivite> => ({ ...COLLECTIVITE, helios: atelier.fiche }),
        trouver: async () => undefined,
        oublier: () => undefined,
      },
      clock,
      cles: options.cles ?? new Map([['mairie', autorites.cle('maire')]]),
      confiance: {
        magasin: options.magasin === undefined ? magasin(autorites.pki) : options.magasin,
        revocation,
        ageMax: { crl: null, ocsp: null },
        politiques: POLITIQUES_HELIOS,
      },
      reglage: reglageDe(options.reglage),
      tailleMax: options.tailleMax ?? 100_000_000,
    },
    poser: async (octets, role = 'pes') => {
      const depot = await coffre.ajouter(octets);
      const rang = atelier.pieces.length;
      atelier.pieces.push({
        role,
        nom: 'PES.xml',
        type: 'application/xml',
        ...depot,
        rang,
        ajoutee: clock.now(),
      });
    },
    jouer: () => creerEtapeSignature(atelier.outils)(atelier.flux, poste),
    avancer: async () => {
      const issue = await atelier.jouer();
      if (issue.type === 'avance') appliquer(atelier, issue);
      return issue;
    },
    lire: async (role) => {
      const piece = atelier.pieces.findLast((p) => p.role === role);
      if (piece === undefined) throw new TypeError(`no ${role}`);
      return buffer(await coffre.ouvrir(piece.sha256));
    },
    rapport: async () => JSON.parse((await atelier.lire('rapport_signatures')).toString('utf8')) as Rapport,
  };
  return atelier;
}

function appliquer(atelier: Atelier, issue: Extract<Issue, { type: 'avance' }>): void {
  const ajoutee = atelier.clock.now();
  for (const piece of issue.pieces ?? []) {
    atelier.pieces.push({ ...piece, rang: atelier.pieces.length, ajoutee });
  }
  const resume: ObjetJson = { ...atelier.flux.resume, ...issue.complement };
  atelier.flux = { ...atelier.flux, ver: atelier.flux.ver + 1, resume, erreur: issue.erreur ?? null };
}

export const sha1 = (octets: Uint8Array): string => createHash('sha1').update(octets).digest('hex');

/** A PES whose bordereaux say that they are signed, and are. */
export async function pesSigne(
  cle: Signataire,
  demande: PesEssai = {},
  suite: Partial<DemandeSignature> = {},
): Promise<Buffer> {
  const source = pes({ depense: [{ id: 'B1', idBord: '41' }], infoDematerialisee: '1', ...demande });
  const { resultat, octets } = await signer(source, cle, suite);
  if (resultat.type === 'refuse') throw new TypeError(JSON.stringify(resultat.motifs));
  return octets;
}

export type Avance = Extract<Issue, { type: 'avance' }>;

export function avance(issue: Issue): Avance {
  if (issue.type !== 'avance') throw new TypeError(JSON.stringify(issue));
  return issue;
}

/** `le('2026-06-17')`: noon. */
export const midi = (jour: string): Instant => Date.parse(`${jour}T12:00:00Z`) as Instant;
