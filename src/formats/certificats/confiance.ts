import type { Instant } from '../../metier/identifiants.ts';
import { type Certificat, lireCertificat } from './certificat.ts';
import { batirChaine } from './chaine.ts';
import { interrogerCrl } from './crl.ts';
import { type Defaut, defaut, enDate } from './defauts.ts';
import { ancresA, type FamilleOuverte, type MagasinOuvert, periodeA } from './magasin.ts';
import { niveauDuTableau, niveauEidas } from './niveaux.ts';
import { interrogerOcsp } from './ocsp.ts';
import type { PolitiquesChemin } from './politiques.ts';
import type { Emploi } from './regles-chemin.ts';
import {
  type AgeMax,
  type EtatRevocation,
  inconnu,
  type Preuve,
  type QuestionRevocation,
} from './revocation.ts';

/** The judgement on a certificate at an instant: path, revocation of each of its certificates, family and level. */

export interface PreuvesFournies {
  /** Lists as fetched, DER or PEM, of any issuer. */
  readonly crl: readonly Uint8Array[];
  /** `nonce`: what the question carried, null when unknown. */
  readonly ocsp: readonly { readonly reponse: Uint8Array; readonly nonce: Uint8Array | null }[];
}

export interface DemandeConfiance {
  /** DER, or PEM of one certificate. */
  readonly certificat: Uint8Array | string;
  readonly intermediaires: readonly Uint8Array[];
  /** Opened once by `ouvrirMagasin`. */
  readonly magasin: MagasinOuvert;
  /** The certificate is judged as it was then. */
  readonly instant: Instant;
  /** When it is judged; `instant` unless said otherwise. */
  readonly controle?: Instant;
  readonly preuves: PreuvesFournies;
  /** `signature` unless said otherwise. */
  readonly emploi?: Emploi;
  /** None unless said: nextUpdate alone makes evidence stale. */
  readonly ageMax?: AgeMax;
}

const SANS_LIMITE: AgeMax = { crl: null, ocsp: null };

/** One certificate of the path, and what is known of its revocation. */
export interface EtatMaillon {
  /** RFC 2253. */
  readonly sujet: string;
  readonly sha256: string;
  readonly revocation: EtatRevocation;
}

export interface Dossier {
  /** Name of the family in the store. */
  readonly famille: string;
  /** Leaf first, anchor last. */
  readonly chemin: readonly Certificat[];
  /** Same order, without the anchor: nobody revokes it but the operator, by the store. */
  readonly maillons: readonly EtatMaillon[];
  /** What the verdict leans on, to be kept with it. */
  readonly preuves: readonly Preuve[];
  /** null: the path is sound, and no row of the table gives it a level. */
  readonly niveau: string | null;
  /** French. */
  readonly reserves: readonly string[];
}

export type VerdictConfiance =
  | ({ readonly type: 'confiance' } & Dossier & { readonly niveau: string })
  /** Sound and not revoked, yet of a kind that the table does not admit: not to be accepted. */
  | ({ readonly type: 'sans_niveau' } & Dossier)
  /** Sound, but revocation could not be settled: ask again with other evidence. Never to be shown as good. */
  | ({ readonly type: 'indetermine'; readonly motifs: readonly string[] } & Dossier)
  | { readonly type: 'refuse'; readonly defauts: readonly Defaut[]; readonly preuves: readonly Preuve[] };

/** Never throws: an unreadable certificate is refused, an unreadable piece of evidence proves nothing. */
export function jugerCertificat(demande: DemandeConfiance): VerdictConfiance {
  const lecture = lireCertificat(demande.certificat);
  if (lecture.type === 'illisible') {
    return { type: 'refuse', defauts: [defaut('illisible', null, lecture.motif)], preuves: [] };
  }
  const intermediaires = demande.intermediaires.flatMap((der) => {
    const lu = lireCertificat(der);
    return lu.type === 'lu' ? [lu.certificat] : [];
  });
  let meilleur: VerdictConfiance | undefined;
  for (const famille of demande.magasin) {
    const verdict = jugerDans(famille, { demande, certificat: lecture.certificat, intermediaires });
    if (meilleur === undefined || rang(verdict) < rang(meilleur)) meilleur = verdict;
  }
  const vide = [defaut('emetteur_inconnu', lecture.certificat, 'le magasin de confiance est vide')];
  return meilleur ?? { type: 'refuse', defauts: vide, preuves: [] };
}

/**
 * Best first, but a revocation seen in one family is never covered by another. Between two refusals, the one that
 * went furthest: « expired » says more than « unknown in the other family ».
 */
function rang(verdict: VerdictConfiance): number {
  if (verdict.type !== 'refuse') return ['confiance', 'indetermine', 'sans_niveau'].indexOf(verdict.type) + 1;
  if (verdict.defauts.some((d) => d.code === 'revoque')) return 0;
  return verdict.defauts.some((d) => d.code === 'emetteur_inconnu' || d.code === 'non_ancre') ? 5 : 4;
}

interface Affaire {
  readonly demande: DemandeConfiance;
  readonly certificat: Certificat;
  readonly intermediaires: readonly Certificat[];
}

function jugerDans(famille: FamilleOuverte, affaire: Affaire): VerdictConfiance {
  const { demande, certificat, intermediaires } = affaire;
  const ancres = ancresA(famille, demande.instant).map((a) => a.certificat);
  const emploi = demande.emploi ?? 'signature';
  const chaine = batirChaine({ certificat, intermediaires, ancres, instant: demande.instant, emploi });
  if (chaine.type === 'refusee') return { type: 'refuse', defauts: chaine.defauts, preuves: [] };
  const maillons = interrogerChemin(chaine.chemin, demande);
  const preuves = maillons.flatMap(({ revocation }) => [
    ...(revocation.preuve === null ? [] : [revocation.preuve]),
    ...(revocation.etat === 'bon' ? (revocation.appuis ?? []) : []),
  ]);
  const revoques = maillons.flatMap(({ revocation }, i) => refuserRevoque(revocation, chaine.chemin[i]));
  if (revoques.length > 0) return { type: 'refuse', defauts: revoques, preuves };
  const dossier: Dossier = {
    famille: famille.famille.nom,
    chemin: chaine.chemin,
    maillons,
    preuves,
    niveau: niveauDe(famille, { ...affaire, chemin: chaine.chemin, politiques: chaine.politiques }),
    reserves: maillons.flatMap(({ revocation, sujet }) =>
      revocation.etat === 'bon' ? revocation.reserves.map((r) => `${sujet} : ${r}`) : [],
    ),
  };
  return conclure(dossier);
}

function conclure(dossier: Dossier): VerdictConfiance {
  const motifs = dossier.maillons.flatMap(({ sujet, revocation }) =>
    revocation.etat === 'inconnu' ? [`${sujet} : ${revocation.message}`] : [],
  );
  if (motifs.length > 0) return { type: 'indetermine', motifs, ...dossier };
  const { niveau } = dossier;
  return niveau === null ? { type: 'sans_niveau', ...dossier } : { type: 'confiance', ...dossier, niveau };
}

function refuserRevoque(revocation: EtatRevocation, certificat: Certificat | undefined): Defaut[] {
  if (revocation.etat !== 'revoque' || certificat === undefined) return [];
  return [defaut('revoque', certificat, `depuis le ${enDate(revocation.quand)} (${revocation.motif})`)];
}

function niveauDe(
  famille: FamilleOuverte,
  suite: Affaire & { readonly chemin: readonly Certificat[]; readonly politiques: PolitiquesChemin },
): string | null {
  const { certificat, chemin, politiques, demande } = suite;
  const sujet = { certificat, chemin, politiques };
  if (famille.famille.lecture === 'tableau') {
    return niveauDuTableau(sujet, famille.famille.niveaux);
  }
  // One authority may stand in the list under several services, each qualified for its own kind.
  const services = ancresA(famille, demande.instant).filter(
    (a) => a.certificat.sha256 === chemin.at(-1)?.sha256,
  );
  const niveaux = services.map((s) => niveauEidas(sujet, periodeA(s.ancre, demande.instant)));
  return niveaux.find((n) => n !== null) ?? null;
}

function interrogerChemin(chemin: readonly Certificat[], demande: DemandeConfiance): EtatMaillon[] {
  return chemin.slice(0, -1).map((certificat, i) => {
    const emetteur = chemin[i + 1] ?? certificat;
    const { instant, controle = instant, ageMax = SANS_LIMITE } = demande;
    const question = { certificat, emetteur, instant, controle, ageMax };
    return {
      sujet: certificat.sujet.texte,
      sha256: certificat.sha256,
      revocation: interrogerPreuves(demande.preuves, question),
    };
  });
}

/** « revoque » by any sound evidence wins, then « bon »; otherwise the most telling « inconnu ». */
export function interrogerPreuves(preuves: PreuvesFournies, question: QuestionRevocation): EtatRevocation {
  const reponses = [
    ...preuves.ocsp.map(({ reponse, nonce }) =>
      interrogerOcsp(reponse, { ...question, nonce, crl: preuves.crl }),
    ),
    ...preuves.crl.map((crl) => interrogerCrl(crl, question)),
  ];
  const revoque = reponses.find((r) => r.etat === 'revoque');
  const bon = reponses.find((r) => r.etat === 'bon');
  // Evidence about other certificates of the path says nothing here.
  const parlante = reponses.find(
    (r) => r.etat === 'inconnu' && r.code !== 'autre_emetteur' && r.code !== 'autre_certificat',
  );
  return revoque ?? bon ?? parlante ?? inconnu('absente');
}
