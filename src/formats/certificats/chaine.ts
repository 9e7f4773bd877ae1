import type { Instant } from '../../metier/identifiants.ts';
import { type Certificat, estAutoEmis, estSignePar } from './certificat.ts';
import { type Defaut, defaut } from './defauts.ts';
import { politiquesDuChemin, type PolitiquesChemin, TOUTE_POLITIQUE } from './politiques.ts';
import { type Emploi, examinerChemin } from './regles-chemin.ts';

/**
 * Certification paths (RFC 5280 § 6) at a given instant: first every path that names and signatures allow, then the rules
 * on each; the answer is the first sound one, or all that is wrong with the least bad one. Revocation is asked elsewhere.
 */

export interface DemandeChaine {
  readonly certificat: Certificat;
  /** Found anywhere (KeyInfo, a PKCS#12, a disk): nothing here is trusted by being given. */
  readonly intermediaires: readonly Certificat[];
  /** Trusted by configuration; not only roots: an issuing authority, or the certificate itself. */
  readonly ancres: readonly Certificat[];
  readonly instant: Instant;
  /** `signature` unless said otherwise. */
  readonly emploi?: Emploi;
  /** At least one of these must be valid along the path; absent = none is asked. */
  readonly politiques?: readonly string[];
}

export type Chaine =
  /** `chemin`: leaf first, anchor last. */
  | { readonly type: 'valide'; readonly chemin: readonly Certificat[]; readonly politiques: PolitiquesChemin }
  /** `chemin`: as far as it could be followed. */
  | { readonly type: 'refusee'; readonly chemin: readonly Certificat[]; readonly defauts: readonly Defaut[] };

/** Longest path, anchor included. In France three is usual, four exists. */
const LONGUEUR_MAX = 8;
/** Signatures that one question may cost: intermediates come from whoever wrote the file. */
const VERIFICATIONS_MAX = 100;

interface Recherche {
  readonly demande: DemandeChaine;
  readonly ancres: ReadonlySet<string>;
  readonly candidats: readonly Certificat[];
  readonly complets: (readonly Certificat[])[];
  /** The longest dead end, and why it is one. */
  impasse: { readonly chemin: readonly Certificat[]; readonly defaut: Defaut };
  verifications: number;
}

export function batirChaine(demande: DemandeChaine): Chaine {
  const { certificat, intermediaires, ancres } = demande;
  const uniques = new Map([...ancres, ...intermediaires].map((c) => [c.sha256, c]));
  const recherche: Recherche = {
    demande,
    ancres: new Set(ancres.map((a) => a.sha256)),
    candidats: [...uniques.values()],
    complets: [],
    impasse: { chemin: [], defaut: defaut('emetteur_inconnu', certificat) },
    verifications: 0,
  };
  remonter(recherche, [certificat]);
  return choisir(recherche);
}

function choisir({ complets, demande, impasse }: Recherche): Chaine {
  let moindre: Chaine | undefined;
  for (const chemin of complets) {
    const examinee = examiner(chemin, demande);
    if (examinee.type === 'valide') return examinee;
    if (moindre?.type !== 'refusee' || examinee.defauts.length < moindre.defauts.length) moindre = examinee;
  }
  if (moindre !== undefined) return moindre;
  // No anchor was reached, yet what is wrong below is worth saying in the same answer.
  const emploi = demande.emploi ?? 'signature';
  const autres = examinerChemin(impasse.chemin, { instant: demande.instant, emploi });
  return { type: 'refusee', chemin: impasse.chemin, defauts: [impasse.defaut, ...autres] };
}

function examiner(chemin: readonly Certificat[], demande: DemandeChaine): Chaine {
  const { instant, emploi = 'signature' } = demande;
  const defauts = examinerChemin(chemin, { instant, emploi });
  const politiques = politiquesDuChemin(chemin);
  const attendues = demande.politiques;
  const convient =
    attendues === undefined
      ? !politiques.exigee || politiques.valides.size > 0
      : attendues.some((oid) => politiques.valides.has(oid) || politiques.valides.has(TOUTE_POLITIQUE));
  if (!convient) defauts.push(defaut('politique_absente', chemin[0] ?? null, attendues?.join(', ')));
  return defauts.length === 0 ? { type: 'valide', chemin, politiques } : { type: 'refusee', chemin, defauts };
}

/** Depth first; a certificate never stands twice in a path. */
function remonter(recherche: Recherche, chemin: readonly Certificat[]): void {
  const sommet = chemin.at(-1);
  if (sommet === undefined) return;
  if (recherche.ancres.has(sommet.sha256)) {
    recherche.complets.push(chemin);
    return;
  }
  const nommes = recherche.candidats.filter(
    (c) => peutEmettre(c, sommet) && !chemin.some((deja) => deja.sha256 === c.sha256),
  );
  const emetteurs = chemin.length < LONGUEUR_MAX ? nommes.filter((c) => verifier(recherche, sommet, c)) : [];
  if (emetteurs.length === 0) {
    noterImpasse(recherche, chemin, nommes.length > 0);
    return;
  }
  for (const emetteur of emetteurs) remonter(recherche, [...chemin, emetteur]);
}

function noterImpasse(recherche: Recherche, chemin: readonly Certificat[], nomTrouve: boolean): void {
  if (chemin.length <= recherche.impasse.chemin.length) return;
  const sommet = chemin.at(-1) ?? null;
  const racine = sommet !== null && estAutoEmis(sommet) && estSignePar(sommet, sommet);
  const sansNom = racine ? 'non_ancre' : 'emetteur_inconnu';
  const emetteur = racine ? '' : `émetteur : ${sommet?.emetteur.texte ?? ''}`;
  const epuise = recherche.verifications > VERIFICATIONS_MAX || chemin.length >= LONGUEUR_MAX;
  const cause = nomTrouve && !racine && !epuise ? 'signature_fausse' : sansNom;
  recherche.impasse = { chemin, defaut: defaut(cause, sommet, emetteur) };
}

/** Name chaining, and the key identifier when both sides give one (RFC 5280 § 4.2.1.1). */
function peutEmettre(emetteur: Certificat, certificat: Certificat): boolean {
  if (emetteur.sujet.cle !== certificat.emetteur.cle) return false;
  const attendu = certificat.extensions.identifiantCleEmetteur;
  const { identifiantCle } = emetteur.extensions;
  return attendu === null || identifiantCle === null || attendu === identifiantCle;
}

function verifier(recherche: Recherche, certificat: Certificat, emetteur: Certificat): boolean {
  recherche.verifications += 1;
  return recherche.verifications <= VERIFICATIONS_MAX && estSignePar(certificat, emetteur);
}
