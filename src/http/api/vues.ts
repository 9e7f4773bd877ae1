import { type Anomalie, type RapportControles } from '../../metier/anomalies.ts';
import type { Collectivite } from '../../metier/collectivite.ts';
import { LIBELLE_ETAT } from '../../metier/etats.ts';
import type { Flux, PieceDuFlux } from '../../metier/flux.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { LigneDeLot, Lot } from '../../metier/lots.ts';
import type { EssaiLivraison, Livraison } from '../../metier/notifications.ts';
import type { Retour } from '../../metier/retours.ts';
import type { Destination } from '../../gestes/gestes.ts';
import type { Jeton } from '../../ports/store.ts';
import { messageNomme } from '../../protocoles/actes/echanges/resume.ts';

/**
 * What the API shows of each thing: the public contract, apart from the inner types so that these may change.
 * Instants are ISO 8601 in UTC; absent values are null, never missing keys.
 */

export function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}

export function isoOuNull(instant: Instant | null): string | null {
  return instant === null ? null : iso(instant);
}

export function vueFlux(f: Flux) {
  return {
    id: f.id,
    protocole: f.protocole,
    collectivite: f.collectivite,
    etat: f.etat,
    libelle: LIBELLE_ETAT[f.etat],
    message: messageNomme(f),
    identite: f.identite,
    resume: f.resume,
    nomEnvoi: f.nomEnvoi,
    cite: f.cite,
    depose: iso(f.depose),
    modifie: iso(f.modifie),
    transmis: isoOuNull(f.transmis),
    solde: isoOuNull(f.solde),
    prochaine: isoOuNull(f.due),
    tentatives: f.tentatives,
    alerte: f.alerte,
    erreur: f.erreur,
    ver: f.ver,
  };
}

function texteOuNull(valeur: unknown): string | null {
  return typeof valeur === 'string' ? valeur : null;
}

/** A flux as the one that it cites shows it: enough to know whether to open it. */
export function vueCitant(f: Flux) {
  return {
    id: f.id,
    message: messageNomme(f),
    etat: f.etat,
    libelle: LIBELLE_ETAT[f.etat],
    depose: iso(f.depose),
    dateCourrier: texteOuNull(f.resume['dateCourrier']),
    expose: texteOuNull(f.resume['expose']),
  };
}

export function vuePiece(p: PieceDuFlux) {
  return {
    rang: p.rang,
    role: p.role,
    nom: p.nom,
    type: p.type,
    taille: p.taille,
    sha256: p.sha256,
    sha512: p.sha512,
    ajoutee: iso(p.ajoutee),
  };
}

export function vueLivraison(l: Livraison) {
  return {
    id: l.id,
    collectivite: l.collectivite,
    flux: l.flux,
    point: l.point,
    canal: l.canal,
    type: l.type,
    charge: l.charge,
    etat: l.etat,
    prochaine: isoOuNull(l.due),
    tentatives: l.tentatives,
    creee: iso(l.creee),
  };
}

export function vueEssai(e: EssaiLivraison) {
  return { ...e, quand: iso(e.quand) };
}

/** « abandonne » as soon as the order is given: what is under way then still ends. */
function etatLot({ termine, abandon }: Lot): 'en_cours' | 'termine' | 'abandonne' {
  if (abandon !== null) return 'abandonne';
  return termine === null ? 'en_cours' : 'termine';
}

export function vueLot(l: Lot) {
  return {
    id: l.id,
    collectivite: l.collectivite,
    etat: etatLot(l),
    manifeste: l.manifeste,
    taille: l.taille,
    sha256: l.sha256,
    sha512: l.sha512,
    acteur: l.acteur,
    recu: iso(l.recu),
    termine: isoOuNull(l.termine),
    abandon: l.abandon,
    erreur: l.erreur,
    lignes: l.lignes,
    comptes: l.comptes,
  };
}

export function vueLigneDeLot({ ligne, acte, sort, flux, anomalies }: LigneDeLot) {
  const lu = (champ: string): string => texteOuNull(acte[champ]) ?? '';
  return {
    ligne,
    numero: lu('numero'),
    date: lu('date'),
    nature: lu('nature'),
    objet: lu('objet'),
    sort,
    flux,
    anomalies,
  };
}

export function vueRetour(r: Retour) {
  return {
    id: r.id,
    etat: r.etat,
    source: r.source,
    nom: r.nom,
    recu: iso(r.recu),
    taille: r.taille,
    sha256: r.sha256,
    sha512: r.sha512,
    motif: r.motif,
    flux: r.flux,
    tentatives: r.tentatives,
    prochaine: isoOuNull(r.due),
  };
}

export function vueCollectivite(c: Collectivite) {
  return {
    siren: c.siren,
    nom: c.nom,
    actif: c.actif,
    actes: c.actes,
    helios: c.helios,
    points: c.points,
    creee: iso(c.creee),
    ver: c.ver,
  };
}

export function vueDestination({ nom, suspension: s }: Destination) {
  return {
    nom,
    suspension: s === null ? null : { motif: s.motif, acteur: s.acteur, depuis: iso(s.depuis) },
  };
}

/** Never the digest of the token: it is what the store compares. */
export function vueJeton(j: Jeton) {
  const collectivite = 'collectivite' in j.portee ? j.portee.collectivite : null;
  return { nom: j.nom, collectivite, cree: iso(j.cree) };
}

export function anomaliesDe(rapport: RapportControles): Anomalie[] {
  return rapport.reponses.flatMap((r) => r.anomalies);
}
