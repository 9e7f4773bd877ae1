import { dater } from '../etapes/controle-pdf/horodatages.ts';
import type { Certificat } from '../formats/certificats/certificat.ts';
import type { SignatureJugee } from '../formats/certificats/cms-rapport.ts';
import { jugerCertificat } from '../formats/certificats/confiance.ts';
import { signataireRapport } from '../formats/xades/juger.ts';
import type { ConfianceRapport } from '../formats/xades/rapport.ts';
import type { Instant } from '../metier/identifiants.ts';
import { enIso } from './instants.ts';
import type { Sorties } from './monde.ts';
import { peindre, pluriel } from './rendu.ts';
import { confiance as lignesConfiance, ETATS, INTEGRITES, montrerConstat } from './rendu-signatures.ts';
import { fiche } from './tableau.ts';
import type { Regles } from './verifier-xml.ts';

/** Signatures of a PDF or of a .p7s file: trust, and how they are told. */

export interface SignatureCli extends SignatureJugee {
  readonly rang: number;
  readonly confiance: ConfianceRapport;
  /** The hour at which it was judged; null: nobody says when. */
  readonly jugeeAu: Instant | null;
}

type Ligne = readonly [string, string];

const SANS_PREUVE = { crl: [], ocsp: [] } as const;

function jugerConfiance(s: SignatureJugee, instant: Instant | null, regles: Regles): ConfianceRapport {
  const { magasin, controle, ageMax, preuves = SANS_PREUVE } = regles;
  if (s.signataire === null || instant === null) {
    return { type: 'non_jugee', motif: 'le certificat ou la date de la signature manque' };
  }
  if (magasin === undefined) return { type: 'non_jugee', motif: 'aucun magasin de confiance n’a été fourni' };
  return jugerCertificat({
    certificat: s.signataire.der,
    intermediaires: s.joints.map((c) => c.der),
    magasin,
    instant,
    ...(controle === undefined ? {} : { controle }),
    ...(ageMax === undefined ? {} : { ageMax }),
    preuves: { crl: [...preuves.crl, ...s.preuves.crl], ocsp: [...preuves.ocsp, ...s.preuves.ocsp] },
    emploi: 'signature',
  });
}

/** The same with what is known of its signer. @param signe false: a time-stamp, which is of nobody. */
export function croire<S extends SignatureJugee>(s: S, signe: boolean, regles: Regles) {
  const { instant: voulu, controle, magasin = null, ageMax } = regles;
  const maintenant = controle ?? s.horodatage?.instant ?? (0 as Instant);
  const datation = dater(s, { magasin, maintenant, ...(ageMax === undefined ? {} : { ageMax }) });
  const jugeeAu = voulu ?? datation.instant;
  const confiance: ConfianceRapport = signe
    ? jugerConfiance(s, jugeeAu, regles)
    : { type: 'non_jugee', motif: 'un horodatage ne dit pas qui signe' };
  return { ...s, jugeeAu, confiance };
}

/** No trust store is needed to see it. */
function estHorsDate({ signataire, jugeeAu }: SignatureCli): boolean {
  if (signataire === null || jugeeAu === null) return false;
  return jugeeAu < signataire.debut || jugeeAu > signataire.fin;
}

/** Why signatures are not good, one French sentence each. @param signees those of somebody. */
export function reproches(
  toutes: readonly SignatureCli[],
  signees: readonly SignatureCli[],
  { magasin }: Regles,
): string[] {
  const refusees = toutes.filter((s) => s.etat === 'refusee').length;
  const nonFiables = magasin !== undefined && signees.some((s) => s.confiance.type !== 'confiance');
  return [
    ...(refusees > 0 ? [`${pluriel(refusees, 'signature')} sur ${toutes.length} à refuser.`] : []),
    ...(toutes.some((s) => s.etat === 'obsolete')
      ? ['Une signature est faite avec des moyens obsolètes.']
      : []),
    ...(signees.some(estHorsDate)
      ? ['Un certificat n’était pas en cours de validité à la date examinée.']
      : []),
    ...(nonFiables ? ['La confiance n’est pas établie pour chaque signature.'] : []),
  ];
}

function porteur(c: Certificat | null): Ligne[] {
  if (c === null) return [];
  return [
    ['Signataire', c.sujet.texte],
    ['Émetteur', `${c.emetteur.texte}, série ${c.serie.decimal}`],
    ['Certificat', `du ${enIso(c.debut)} au ${enIso(c.fin)}`],
  ];
}

function dates({ instant, horodatage, jugeeAu }: SignatureCli): Ligne[] {
  const jeton: Ligne[] =
    horodatage === null
      ? []
      : [['Horodatage', `${enIso(horodatage.instant)}, par ${horodatage.signataire.sujet.texte}`]];
  const jugee: Ligne[] = jugeeAu === null || jugeeAu === instant ? [] : [['Jugée au', enIso(jugeeAu)]];
  return [...(instant === null ? [] : [['Date', enIso(instant)] as const]), ...jeton, ...jugee];
}

/** @param couvre what it covers, and where its date comes from: lines of the caller. */
export function montrerSignature(sorties: Sorties, s: SignatureCli, couvre: readonly Ligne[]): void {
  const [couleur, mot] = ETATS[s.etat];
  sorties.ecrire(`${peindre(sorties, 'bold', `Signature ${s.rang}`)} : ${peindre(sorties, couleur, mot)}`);
  const lignes: Ligne[] = [
    ...couvre,
    ['Intégrité', INTEGRITES[s.integrite]],
    ...porteur(s.signataire),
    ...dates(s),
    ...(s.algorithme === null ? [] : [['Algorithme', s.algorithme] as const]),
    ...lignesConfiance(s.confiance),
  ];
  fiche(
    sorties,
    lignes.map(([nom, valeur]) => [nom === '' ? '' : `  ${nom}`, valeur] as const),
  );
  for (const c of s.constats) montrerConstat(sorties, c);
  sorties.ecrire('');
}

const NON_JUGEE =
  'La chaîne des certificats n’est pas jugée, faute de magasin de confiance : rien ne prouve ici l’identité des ' +
  'signataires. Donner --magasin pour qu’elle le soit.';

/** What follows the signatures. */
export function conclure(
  sorties: Sorties,
  {
    torts,
    bien,
    magasin,
  }: { readonly torts: readonly string[]; readonly bien: string; readonly magasin: boolean },
): void {
  if (torts.length === 0) sorties.ecrire(peindre(sorties, 'green', bien));
  for (const tort of torts) sorties.ecrire(`${peindre(sorties, 'red', 'À REFUSER')} : ${tort}`);
  if (!magasin) sorties.ecrire(`${peindre(sorties, 'yellow', 'Attention')} : ${NON_JUGEE}`);
}

const date = (instant: Instant | null): string | null => (instant === null ? null : enIso(instant));

/** As programs read it: dates in ISO 8601, bytes in base64. */
export async function signatureEnJson<S extends SignatureCli>(s: S): Promise<object> {
  const { confianceEnJson, signataireEnJson } = await import('./json-signatures.ts');
  const { joints: _joints, preuves: _preuves, signataire, horodatage, ...reste } = s;
  const qui = (c: Certificat | null): object | null =>
    c === null ? null : signataireEnJson(signataireRapport(c));
  return {
    ...reste,
    instant: date(s.instant),
    jugeeAu: date(s.jugeeAu),
    signataire: qui(signataire),
    horodatage:
      horodatage === null ? null : { instant: date(horodatage.instant), unite: qui(horodatage.signataire) },
    confiance: confianceEnJson(s.confiance),
  };
}
