import type { ControleSignature, SignatureHelios } from '../../config/signature.ts';
import type { Dossier, VerdictConfiance } from '../../formats/certificats/confiance.ts';
import { type CodeDefaut, type Defaut, enDate } from '../../formats/certificats/defauts.ts';
import type { Constat } from '../../formats/xades/constats.ts';
import type { RapportSignature } from '../../formats/xades/rapport.ts';
import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import type { DomaineASigner, FaitsASigner } from '../../protocoles/helios/signature/preparation.ts';

/** What was found about the signatures of a PES or of an acte, each under the check that the settings may make refuse or only tell. */
export interface ConstatSignature {
  /** `reserve`: worth knowing, never refused. */
  readonly controle: ControleSignature | 'reserve';
  readonly avis: 'refuser' | 'avertir';
  /** `XDS-…` of the verification, or the name of what is wrong with the certificate. */
  readonly code: string;
  /** French, whole sentences, without personal data. */
  readonly message: string;
  readonly remede: string;
  /** Rank of the signature; null: about the file. */
  readonly rang: number | null;
}

type Trouve = Omit<ConstatSignature, 'avis'>;

/** What a verification said of one signature, whatever its form. */
export type SignatureConstatee = Pick<
  RapportSignature,
  'rang' | 'etat' | 'signataire' | 'instant' | 'constats'
>;

/** Signatures that were verified, and what their file says of itself. */
export interface Verifiees<S extends SignatureConstatee = SignatureConstatee> {
  readonly rapport: { readonly constats: readonly Constat[]; readonly signatures: readonly S[] };
  readonly faits: Pick<FaitsASigner, 'domaines' | 'globale'>;
}

/** What is known of the signer of one signature. */
export type ConfianceJugee =
  | {
      readonly type: 'jugee';
      readonly verdict: VerdictConfiance;
      /** SHA-256 of the piece that holds the evidence. */
      readonly preuve: Sha256;
      /** Servers did not answer, and the settings let the file leave all the same. */
      readonly indisponible: boolean;
    }
  /** Left aside: the file has more signers than are judged. */
  | { readonly type: 'trop'; readonly maximum: number };

/** What a verification says of the integrity of what was signed. */
const ALTERATIONS: ReadonlySet<string> = new Set([
  'XDS-053',
  'XDS-054',
  'XDS-060',
  'XDS-061',
  'XDS-062',
  'XDS-127',
  'XDS-141',
  'CMS-025',
  'CMS-026',
]);

const PAR_CODE: Readonly<Record<string, ControleSignature>> = {
  'XDS-097': 'date_future',
  'XDS-099': 'politique',
  'XDS-100': 'politique',
  'XDS-104': 'certificat_hors_date',
  'CMS-036': 'certificat_hors_date',
  'CMS-037': 'date_future',
};

function controleDe({ code, gravite }: Constat): Trouve['controle'] {
  if (gravite === 'obsolete') return 'algorithme_obsolete';
  if (gravite === 'reserve') return PAR_CODE[code] ?? 'reserve';
  return ALTERATIONS.has(code) ? 'alteration' : 'structure';
}

function duConstat(c: Constat, rang: number | null): Trouve {
  const { code, message, remede } = c;
  return { controle: controleDe(c), code, message, remede, rang };
}

const PAR_DEFAUT: Readonly<Partial<Record<CodeDefaut, ControleSignature>>> = {
  revoque: 'certificat_revoque',
  expire: 'certificat_hors_date',
  pas_encore: 'certificat_hors_date',
};

function duDefaut({ code, message, detail, remede }: Defaut, rang: number): Trouve {
  const complet = detail === '' ? message : `${message.replace(/\.$/, '')} (${detail}).`;
  return { controle: PAR_DEFAUT[code] ?? 'certificat_inconnu', code, message: complet, remede, rang };
}

const SANS_NIVEAU = {
  controle: 'certificat_sans_niveau',
  code: 'sans_niveau',
  message: 'Le certificat est sûr, mais d’une sorte que le magasin de confiance n’admet pas.',
  remede: 'Signer avec un certificat RGS, qualifié eIDAS ou de la DGFiP, selon ce que l’exploitant admet.',
} as const;

const INCONNUE = {
  controle: 'revocation_inconnue',
  code: 'revocation_inconnue',
  message: 'La révocation du certificat ne peut pas être connue.',
  remede: 'Rien à corriger dans le fichier ; la DGFiP juge à son tour le certificat.',
} as const;

const SANS_MAGASIN = {
  controle: 'confiance_absente',
  code: 'confiance_absente',
  message: 'Aucun magasin de confiance n’est réglé : rien ne dit de qui est la signature.',
  remede: 'L’exploitant importe les autorités admises avec « vaguemestre confiance importer ».',
} as const;

const REVOQUE_DEPUIS = {
  controle: 'certificat_revoque_depuis',
  code: 'revoque_depuis',
  remede: 'Signer de nouveau l’original, avec un certificat en cours de validité.',
} as const;

/** Nobody but the signer says that the signature is older than the revocation; a file that was here before proves it. */
function revoqueDepuis({ maillons }: Dossier, rang: number, arrivee: Instant): Trouve[] {
  const quand = maillons
    .flatMap(({ revocation }) => (revocation.etat === 'bon' ? (revocation.ensuite ?? []) : []))
    .map((r) => r.quand)
    .find((q) => q <= arrivee);
  if (quand === undefined) return [];
  const message = `Le certificat est révoqué depuis le ${enDate(quand)}, avant l’arrivée du fichier.`;
  return [{ ...REVOQUE_DEPUIS, message, rang }];
}

function trop(maximum: number, rang: number): Trouve {
  return {
    controle: 'structure',
    code: 'signataires',
    message: `Le fichier porte les signatures de plus de ${maximum} signataires différents.`,
    remede: 'Répartir les bordereaux en plusieurs fichiers.',
    rang,
  };
}

function duVerdict(confiance: VerdictConfiance, rang: number, arrivee: Instant): Trouve[] {
  switch (confiance.type) {
    case 'confiance':
      return revoqueDepuis(confiance, rang, arrivee);
    case 'sans_niveau':
      return [{ ...SANS_NIVEAU, rang }, ...revoqueDepuis(confiance, rang, arrivee)];
    case 'indetermine':
      return [{ ...INCONNUE, rang }, ...revoqueDepuis(confiance, rang, arrivee)];
    case 'refuse':
      return confiance.defauts.map((d) => duDefaut(d, rang));
    default:
      return confiance satisfies never;
  }
}

function deLaConfiance(jugee: ConfianceJugee | undefined, rang: number, arrivee: Instant): Trouve[] {
  if (jugee === undefined) return [];
  if (jugee.type === 'trop') return [trop(jugee.maximum, rang)];
  const trouves = duVerdict(jugee.verdict, rang, arrivee);
  // a server that is down is never a reason to refuse, whatever the settings say of what nobody publishes
  return jugee.indisponible
    ? trouves.map((t) => (t.controle === 'revocation_inconnue' ? { ...t, controle: 'reserve' as const } : t))
    : trouves;
}

/** Read beside the rest of a report: when it is judged, and whether anybody says who may be trusted. */
export interface ReglesConstats {
  readonly maintenant: Instant;
  /** Since when these bytes are here. */
  readonly arrivee: Instant;
  /** false: the operator has no trust store. */
  readonly magasin: boolean;
}

function desDates(s: SignatureConstatee, { maintenant }: ReglesConstats): Trouve[] {
  const { rang, signataire, instant } = s;
  if (signataire === null || instant === null) return [];
  const trouves: Trouve[] = [];
  if (instant <= signataire.fin && maintenant > signataire.fin) {
    trouves.push({
      controle: 'certificat_expire',
      code: 'expire_depuis',
      message: 'Le certificat, valable à la date de la signature, a expiré depuis.',
      remede: 'Rien à corriger dans ce fichier ; renouveler le certificat du signataire.',
      rang,
    });
  }
  if (instant > maintenant) {
    trouves.push({
      controle: 'date_future',
      code: 'XDS-097',
      message: 'La date de signature est postérieure à la vérification.',
      remede: 'Mettre à l’heure le poste qui signe.',
      rang,
    });
  }
  return trouves;
}

function deLaSignature(
  s: SignatureConstatee,
  jugee: ConfianceJugee | undefined,
  regles: ReglesConstats,
): Trouve[] {
  const trouves = s.constats.map((c) => duConstat(c, s.rang));
  // what the path says of dates is more precise, and comes later
  const propres = regles.magasin ? trouves.filter((t) => t.controle !== 'certificat_hors_date') : trouves;
  if (
    s.etat === 'refusee' &&
    !propres.some((t) => t.controle === 'structure' || t.controle === 'alteration')
  ) {
    propres.push({
      controle: 'structure',
      code: 'indeterminee',
      message: 'L’intégrité de la signature n’a pas pu être établie.',
      remede: 'Demander au signataire de signer de nouveau l’original.',
      rang: s.rang,
    });
  }
  const sans = regles.magasin ? [] : [{ ...SANS_MAGASIN, rang: s.rang }];
  return [...propres, ...deLaConfiance(jugee, s.rang, regles.arrivee), ...desDates(s, regles), ...sans];
}

const LIBELLE = { depense: 'dépense', recette: 'recette' } as const;

function duDomaine(d: DomaineASigner, globale: boolean): Trouve[] {
  const signe = globale || d.signes > 0;
  const domaine = `La ${LIBELLE[d.nom]}`;
  const rang = null;
  if (signe && !d.dematerialise) {
    const message = `${domaine} est signée et n’est pas annoncée dématérialisée (InfoDematerialisee absent ou 0).`;
    const remede = 'Écrire 1 dans l’original, puis le signer de nouveau.';
    return [{ controle: 'dematerialisation', code: 'HELIOS-DEM-03', message, remede, rang }];
  }
  if (!signe && d.dematerialise) {
    const message = `${domaine} est annoncée dématérialisée (InfoDematerialisee = 1) et n’est pas signée.`;
    const remede = 'Faire signer les bordereaux, ou le fichier entier ; à défaut, écrire 0.';
    return [{ controle: 'dematerialisation', code: 'HELIOS-DEM-02', message, remede, rang }];
  }
  if (globale || d.signes === 0 || d.signes === d.bordereaux) return [];
  const message = `${domaine} n’est signée qu’en partie (bordereaux signés : ${d.signes} sur ${d.bordereaux}).`;
  const remede = 'Faire signer les autres, ou vérifier qu’ils n’avaient pas à l’être.';
  return [{ controle: 'couverture_partielle', code: 'HELIOS-DEM-04', message, remede, rang }];
}

/** Most severe first; the order in which reasons are told. */
const ORDRE: readonly Trouve['controle'][] = [
  'structure',
  'alteration',
  'certificat_revoque',
  'certificat_revoque_depuis',
  'certificat_inconnu',
  'certificat_hors_date',
  'certificat_sans_niveau',
  'dematerialisation',
  'certificat_expire',
  'algorithme_obsolete',
  'politique',
  'couverture_partielle',
  'date_future',
  'revocation_inconnue',
  'confiance_absente',
  'reserve',
];

/**
 * Everything found, under the policy of the settings: first what refuses, then what is told.
 * @param confiances by rank of the signature; absent: not judged.
 */
export function constater(
  { rapport, faits }: Verifiees,
  confiances: ReadonlyMap<number, ConfianceJugee>,
  regles: ReglesConstats & { readonly controles: SignatureHelios['controles'] },
): readonly ConstatSignature[] {
  const trouves = [
    ...rapport.constats.map((c) => duConstat(c, null)),
    ...rapport.signatures.flatMap((s) => deLaSignature(s, confiances.get(s.rang), regles)),
    ...faits.domaines.flatMap((d) => duDomaine(d, faits.globale)),
  ];
  const avisDe = ({ controle }: Trouve): ConstatSignature['avis'] =>
    controle === 'reserve' ? 'avertir' : regles.controles[controle];
  const poids = (c: ConstatSignature): number =>
    ORDRE.indexOf(c.controle) + (c.avis === 'refuser' ? 0 : ORDRE.length);
  return trouves
    .map((t) => ({ ...t, avis: avisDe(t) }))
    .toSorted((a, b) => poids(a) - poids(b) || (a.rang ?? 0) - (b.rang ?? 0));
}
