import { chargerDossier, chargerMagasin } from '../../adapters/confiance/charger.ts';
import { decouperCertificats } from '../../formats/certificats/blocs.ts';
import {
  type EtatMaillon,
  jugerCertificat,
  type PreuvesFournies,
  type VerdictConfiance,
} from '../../formats/certificats/confiance.ts';
import type { MagasinOuvert } from '../../formats/certificats/magasin.ts';
import { erreurConfiance } from '../../metier/catalogue/confiance.ts';
import type { Instant } from '../../metier/identifiants.ts';
import { enIso, lireInstant } from '../instants.ts';
import { type Appel, liste, texte } from '../monde.ts';
import { lirePetit } from '../source.ts';
import { lieuDe } from './contexte.ts';
import { FICHIER_MAX } from './signataires.ts';

/** The judgement of one certificate, offline, with the evidence that is handed over. */

export interface Jugement {
  readonly instant: Instant;
  readonly verdict: VerdictConfiance;
}

const CRL_MAX = 64_000_000;
const OCSP_MAX = 1_000_000;

/** Leaf first; what follows it in the file, and the other files, only help to find the path. Throws VGM-CNF-004. */
function lireCertificats(fichiers: readonly string[]): readonly Uint8Array[] {
  return fichiers.flatMap((fichier) => {
    const decoupe = decouperCertificats(lirePetit(fichier, FICHIER_MAX));
    if (decoupe.type === 'decoupe') return decoupe.certificats;
    throw erreurConfiance('VGM-CNF-008', { fichier, motif: decoupe.motif });
  });
}

async function magasinDe(appel: Appel): Promise<MagasinOuvert> {
  const nomme = texte(appel.options, 'magasin');
  const { dossier, autres } = lieuDe(appel);
  const charge = nomme === undefined ? await chargerDossier(dossier, autres) : await chargerMagasin(nomme);
  if (charge.type === 'charge') return charge.magasin;
  throw erreurConfiance('VGM-CNF-001', { problemes: charge.problemes.map((p) => `- ${p}`).join('\n') });
}

function preuvesDe({ options }: Appel): PreuvesFournies {
  return {
    crl: liste(options, 'crl').map((f) => lirePetit(f, CRL_MAX)),
    ocsp: liste(options, 'ocsp').map((f) => ({ reponse: lirePetit(f, OCSP_MAX), nonce: null })),
  };
}

/** Throws VGM-CLI-003 (file), VGM-CNF-001 (store), VGM-CNF-008 (not a certificate). */
export async function jugerAppel(appel: Appel): Promise<Jugement> {
  const maintenant = await appel.monde.maintenant();
  const instant = lireInstant(appel, 'instant') ?? maintenant;
  const fichiers = [appel.arguments[0] ?? '', ...liste(appel.options, 'intermediaire')];
  const [certificat = new Uint8Array(), ...intermediaires] = lireCertificats(fichiers);
  const verdict = jugerCertificat({
    certificat,
    intermediaires,
    magasin: await magasinDe(appel),
    instant,
    // Evidence made since an instant of the past speaks of it; an instant to come is judged with what is known now.
    controle: (instant < maintenant ? maintenant : instant) as Instant,
    preuves: preuvesDe(appel),
  });
  return { instant, verdict };
}

function maillonJson({ sujet, sha256, revocation }: EtatMaillon): object {
  const { etat, preuve } = revocation;
  const base = { sujet, sha256, revocation: etat, preuve: preuve?.sha256 ?? null };
  if (revocation.etat === 'bon') return { ...base, reserves: revocation.reserves };
  if (revocation.etat === 'inconnu') return { ...base, code: revocation.code, motif: revocation.message };
  return { ...base, depuis: enIso(revocation.quand), motif: revocation.motif };
}

/** For scripts: certificates by their digest, no DER. */
export function enJson({ instant, verdict }: Jugement): object {
  const preuves = verdict.preuves.map((p) => ({
    type: p.type,
    sha256: p.sha256,
    emise: enIso(p.emise),
    jusqua: p.jusqua === null ? null : enIso(p.jusqua),
  }));
  const base = { verdict: verdict.type, instant: enIso(instant) };
  if (verdict.type === 'refuse') return { ...base, defauts: verdict.defauts, preuves };
  const { famille, niveau, chemin, maillons, reserves } = verdict;
  return {
    ...base,
    famille,
    niveau,
    chemin: chemin.map((c) => ({
      sujet: c.sujet.texte,
      sha256: c.sha256,
      debut: enIso(c.debut),
      fin: enIso(c.fin),
    })),
    maillons: maillons.map(maillonJson),
    ...(verdict.type === 'indetermine' ? { motifs: verdict.motifs } : {}),
    reserves,
    preuves,
  };
}

function revocationEnClair(maillon: EtatMaillon | undefined): string {
  if (maillon === undefined) return 'autorité du magasin de confiance';
  const { revocation } = maillon;
  if (revocation.etat === 'bon') return 'non révoqué';
  return revocation.etat === 'inconnu' ? `révocation inconnue : ${revocation.message}` : 'révoqué';
}

const CONCLUSIONS = {
  confiance: 'DIGNE DE CONFIANCE',
  sans_niveau:
    'SANS NIVEAU : le chemin est bon, mais aucune ligne du magasin ne lui donne de niveau. À ne pas accepter.',
  indetermine: 'INDÉTERMINÉ : la révocation n’est pas connue. À ne pas accepter en l’état.',
  refuse: 'REFUSÉ',
} as const;

/** French lines: conclusion first, then the path, then what to know or to do. */
export function enClair({ instant, verdict }: Jugement): string[] {
  const tete = `${CONCLUSIONS[verdict.type]}${verdict.type === 'confiance' ? ` : ${verdict.niveau} (famille ${verdict.famille})` : ''}`;
  const quand = `Jugé à la date du ${enIso(instant)}.`;
  if (verdict.type === 'refuse') {
    const lignes = verdict.defauts.flatMap((d) => [
      `- ${d.sujet === '' ? '' : `${d.sujet} : `}${d.message}${d.detail === '' ? '' : ` (${d.detail})`}`,
      `  Remède : ${d.remede}`,
    ]);
    return [tete, quand, ...lignes];
  }
  const chemin = verdict.chemin.map(
    (c, i) => `  ${i + 1}. ${c.sujet.texte} – ${revocationEnClair(verdict.maillons[i])}`,
  );
  const sans =
    verdict.type === 'indetermine'
      ? [
          'Remède : fournir une liste de révocation (--crl) ou une réponse OCSP (--ocsp) de l’autorité, en cours de validité.',
        ]
      : [];
  return [tete, quand, 'Chemin :', ...chemin, ...verdict.reserves.map((r) => `Réserve : ${r}.`), ...sans];
}
