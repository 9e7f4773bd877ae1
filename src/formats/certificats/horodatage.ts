import { createHash } from 'node:crypto';
import type { Instant } from '../../metier/identifiants.ts';
import { type Hachage, nomNode, OID_HACHAGE } from './algorithmes.ts';
import { Cahier, type Constat } from './cahier.ts';
import { type Cms, lireCms, OID_CMS, type SignataireCms } from './cms.ts';
import { CMS } from './cms-constats.ts';
import { jugerCms, type SignatureCms } from './cms-signature.ts';
import { contexte, contexteConstruit, Curseur, type Der, ErreurDer, lireDer, TAG } from './der.ts';
import { egaux, lireOid } from './der-valeurs.ts';
import { examinerPorteur } from './regles-chemin.ts';

/** Time-stamp tokens (RFC 3161): a digest and an hour, signed by an authority that says nothing else. */

interface TstInfo {
  /** null: a digest that is not known. */
  readonly hachage: Hachage | null;
  readonly empreinte: Uint8Array;
  readonly instant: Instant;
}

export interface JetonLu {
  /** The signature of the authority, and what it names. */
  readonly signature: SignatureCms | null;
  /** null: the token cannot be read. */
  readonly instant: Instant | null;
  readonly hachage: Hachage | null;
  /** `refus` among them: the token is worth nothing. */
  readonly constats: readonly Constat[];
}

/** GeneralizedTime of RFC 3161 § 2.4.2: seconds may have a fraction, without trailing zero. */
const DATE = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/;

function lireHeure({ contenu }: Der): Instant {
  const texte = Buffer.from(contenu).toString('latin1');
  const [, an, mois, jour, heure, minute, seconde, fraction = ''] = DATE.exec(texte) ?? [];
  const iso = `${an}-${mois}-${jour}T${heure}:${minute}:${seconde}Z`;
  const lu = Date.parse(iso);
  if (Number.isNaN(lu) || `${new Date(lu).toISOString().slice(0, 19)}Z` !== iso)
    throw new ErreurDer('date impossible');
  return (lu + Math.floor(Number(`0.${fraction || 0}`) * 1000)) as Instant;
}

function lireTstInfo(octets: Uint8Array): TstInfo {
  const c = new Curseur(lireDer(octets));
  c.prendre(TAG.entier);
  c.prendre(TAG.oid);
  const marque = new Curseur(c.prendre(TAG.sequence));
  const hachage = OID_HACHAGE.get(lireOid(new Curseur(marque.prendre(TAG.sequence)).prendre())) ?? null;
  const empreinte = marque.prendre(TAG.octets).contenu;
  marque.finir();
  c.prendre(TAG.entier);
  const instant = lireHeure(c.prendre(TAG.generalizedTime));
  c.siPresent(TAG.sequence);
  c.siPresent(TAG.booleen);
  c.siPresent(TAG.entier);
  c.siPresent(contexteConstruit(0), contexte(0));
  c.siPresent(contexteConstruit(1));
  c.finir();
  return { hachage, empreinte, instant };
}

interface Ouvert {
  readonly cms: Cms;
  readonly signataire: SignataireCms;
  readonly contenu: Uint8Array;
  readonly info: TstInfo;
}

function ouvrir(octets: Uint8Array): Ouvert {
  const lu = lireCms(octets);
  if (lu.type === 'illisible') throw new ErreurDer(lu.motif);
  const { contenu, signataires, suite } = lu.cms;
  const [signataire, autre] = signataires;
  if (contenu === null) throw new ErreurDer('il ne porte pas de contenu');
  if (signataire === undefined || autre !== undefined) throw new ErreurDer('il n’a pas un signataire');
  if (suite.some((o) => o !== 0)) throw new ErreurDer('octets en trop après la structure');
  return { cms: lu.cms, signataire, contenu, info: lireTstInfo(contenu) };
}

/** Which digest a token is of, to compute it; null when it cannot be read. */
export function hachageDuJeton(octets: Uint8Array): Hachage | null {
  try {
    return ouvrir(octets).info.hachage;
  } catch {
    return null;
  }
}

/**
 * @param empreinte digest of what is to be stamped, by the function that the token names; null: not computed.
 * Never throws: what is wrong is noted.
 */
export function jugerJeton(octets: Uint8Array, empreinte: (hachage: Hachage) => Uint8Array | null): JetonLu {
  const cahier = new Cahier();
  try {
    const { cms, signataire, contenu, info } = ouvrir(octets);
    const deContenu = (hachage: Hachage): Uint8Array => createHash(nomNode(hachage)).update(contenu).digest();
    const contenuSigne = { type: OID_CMS.tstInfo, empreinte: deContenu };
    const signature = jugerCms(cms, signataire, { contenu: contenuSigne, cahier });
    if (info.hachage === null) cahier.noter(CMS.empreinteMethode, 'du jeton');
    else if (['SHA-1', 'SHA-224'].includes(info.hachage)) cahier.noter(CMS.empreinteObsolete, info.hachage);
    const attendue = info.hachage === null ? null : empreinte(info.hachage);
    if (attendue !== null && !egaux(attendue, info.empreinte)) cahier.noter(CMS.jetonAutre);
    examiner(signature, info, cahier);
    return { signature, instant: info.instant, hachage: info.hachage, constats: cahier.constats };
  } catch (e) {
    if (!(e instanceof ErreurDer)) throw e;
    cahier.noter(CMS.jetonIllisible, e.message);
    return { signature: null, instant: null, hachage: null, constats: cahier.constats };
  }
}

/** RFC 3161 § 2.3 and 2.4.2: the key stamps and does nothing else, and the token names its certificate. */
function examiner({ signataire, certificat }: SignatureCms, { instant }: TstInfo, cahier: Cahier): void {
  if (certificat === 'indetermine') cahier.noter(CMS.attributAbsent, 'signing-certificate');
  if (signataire === null) return;
  for (const { message } of examinerPorteur(signataire, { instant, emploi: 'horodatage' })) {
    cahier.noter(CMS.jetonPorteur, message.replace(/\.$/, ''));
  }
}
