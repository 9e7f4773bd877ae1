import type { Instant } from '../../metier/identifiants.ts';
import { estObsolete } from './algorithmes.ts';
import { type Certificat, estAutoEmis } from './certificat.ts';
import { type Defaut, defaut, enDate } from './defauts.ts';

/** The rules of a certification path (RFC 5280 § 6.1), asked of a path whose names and signatures already chain. */

/** What the first certificate of the path must be able to do. */
export type Emploi = 'signature' | 'ocsp' | 'horodatage' | 'indifferent';

/** Purposes that exclude the signing of documents when they stand alone: TLS server, code, time-stamp, OCSP. */
const EXCLUSIFS = new Set([
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.3',
  '1.3.6.1.5.5.7.3.8',
  '1.3.6.1.5.5.7.3.9',
]);
const OID_OCSP = '1.3.6.1.5.5.7.3.9';
const OID_HORODATAGE = '1.3.6.1.5.5.7.3.8';

export interface ExamenChemin {
  readonly instant: Instant;
  readonly emploi: Emploi;
}

/** @param chemin leaf first, anchor last. Every rule is asked: the answer lists all that is wrong. */
export function examinerChemin(chemin: readonly Certificat[], examen: ExamenChemin): Defaut[] {
  const dernier = chemin.length - 1;
  return chemin.flatMap((certificat, rang) => [
    ...examinerDates(certificat, examen.instant),
    ...examinerForce(certificat, { ancre: rang === dernier }),
    ...examinerExtensions(certificat),
    ...(rang === 0
      ? examinerEmploi(certificat, examen.emploi)
      : examinerAutorite(certificat, compterDessous(chemin, rang))),
  ]);
}

/** The same rules asked of one certificate whose issuer is already trusted: an OCSP responder, a time-stamp unit. */
export function examinerPorteur(certificat: Certificat, { instant, emploi }: ExamenChemin): Defaut[] {
  return [
    ...examinerDates(certificat, instant),
    ...examinerForce(certificat, { ancre: false }),
    ...examinerExtensions(certificat),
    ...examinerEmploi(certificat, emploi),
  ];
}

/** Authorities between this one and the leaf; self-issued ones do not count (RFC 5280 § 6.1.4 l). */
function compterDessous(chemin: readonly Certificat[], rang: number): number {
  return chemin.slice(1, rang).filter((c) => !estAutoEmis(c)).length;
}

function examinerDates(certificat: Certificat, instant: Instant): Defaut[] {
  if (instant < certificat.debut) {
    return [defaut('pas_encore', certificat, `valable à partir du ${enDate(certificat.debut)}`)];
  }
  // The last second is included: notAfter is a whole second.
  if (instant >= certificat.fin + 1000) {
    return [defaut('expire', certificat, `valable jusqu’au ${enDate(certificat.fin)}`)];
  }
  return [];
}

/** The signature of the anchor is not what makes it trusted: its algorithm is not looked at, its key is. */
function examinerForce(certificat: Certificat, { ancre }: { readonly ancre: boolean }): Defaut[] {
  const { cle, signature } = certificat;
  const defauts: Defaut[] = [];
  const rsa = cle.type === 'rsa' || cle.type === 'rsa-pss';
  if (cle.type === 'autre' || cle.bits < (rsa ? 2048 : 256)) {
    defauts.push(defaut('cle_faible', certificat, `${cle.type} ${cle.courbe ?? ''} ${cle.bits} bits`));
  }
  if (ancre) return defauts;
  const { algorithme } = signature;
  if (estObsolete(algorithme)) defauts.push(defaut('algorithme_obsolete', certificat, algorithme.nom));
  if (algorithme.famille === 'inconnue') {
    defauts.push(defaut('algorithme_inconnu', certificat, algorithme.nom));
  }
  return defauts;
}

function examinerExtensions(certificat: Certificat): Defaut[] {
  const { critiquesInconnues, nonHonorees } = certificat.extensions;
  return [
    ...critiquesInconnues.map((oid) => defaut('extension_critique', certificat, oid)),
    ...nonHonorees.map((oid) => defaut('extension_non_honoree', certificat, oid)),
  ];
}

/** RFC 5280 § 6.1.4 k to n. `dessous`: authorities below it in this path. */
function examinerAutorite(certificat: Certificat, dessous: number): Defaut[] {
  const { contraintes, usages } = certificat.extensions;
  const defauts: Defaut[] = [];
  if (certificat.version !== 3 || contraintes?.autorite !== true) {
    defauts.push(defaut('pas_autorite', certificat));
  }
  const longueur = contraintes?.longueur ?? null;
  if (longueur !== null && dessous > longueur) {
    defauts.push(defaut('longueur_depassee', certificat, `${dessous} au lieu de ${longueur} au plus`));
  }
  if (usages !== null && !usages.includes('keyCertSign')) defauts.push(defaut('usage_autorite', certificat));
  return defauts;
}

/**
 * Document signature: digitalSignature or nonRepudiation (crypto.md § 9.6), and no extended usage that excludes it.
 * OCSP (RFC 6960 § 4.2.2.2) and time-stamping (RFC 3161 § 2.3) must be named.
 */
function examinerEmploi(certificat: Certificat, emploi: Emploi): Defaut[] {
  if (emploi === 'indifferent') return [];
  const { usages, usagesEtendus } = certificat.extensions;
  const defauts: Defaut[] = [];
  if (usages !== null && !usages.includes('digitalSignature') && !usages.includes('nonRepudiation')) {
    defauts.push(defaut('usage_signature', certificat, usages.join(', ')));
  }
  const admis = {
    signature: usagesEtendus === null || usagesEtendus.some((oid) => !EXCLUSIFS.has(oid)),
    ocsp: usagesEtendus?.includes(OID_OCSP) ?? false,
    horodatage: usagesEtendus?.length === 1 && usagesEtendus[0] === OID_HORODATAGE,
  }[emploi];
  if (!admis) defauts.push(defaut('usage_etendu', certificat, usagesEtendus?.join(', ') ?? ''));
  return defauts;
}
