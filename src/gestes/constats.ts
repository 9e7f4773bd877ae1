import { dureeEnMots } from '../metier/durees.ts';
import { compterEtat, type Etat } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, Instant } from '../metier/identifiants.ts';
import type { Livraison } from '../metier/notifications.ts';
import type { Constat } from '../ports/sonde.ts';
import { OPERATEUR } from '../ports/store.ts';
import type { OutilsGestes } from './outils.ts';

const HEURE = 3_600_000;
/** Debts given up are told for this long: a weekend, and the days to act; milliseconds. */
const RECENT = 7 * 24 * HEURE;
const PAGE = 1000;
/** Beyond, the count is told as a minimum: a diagnostic must not read a whole year. */
const PAGES_MAX = 10;

/** Before the engine may hand them over: nothing of these should wait for an hour. */
const AVANT_ENVOI: readonly Etat[] = ['depose', 'controle', 'signe', 'pret'];

/** `7`, or `10 000 ou plus` when the reading stopped before the end. */
function compte(nombre: number, complet = true): string {
  return `${nombre.toLocaleString('fr-FR')}${complet ? '' : ' ou plus'}`;
}

function s(nombre: number): string {
  return nombre > 1 ? 's' : '';
}

/** Lowest identifier (UUIDv7) of an instant: what was deposited before it is below. */
function premierId(quand: number): FluxId {
  const temps = Math.max(0, quand).toString(16).padStart(12, '0');
  return `${temps.slice(0, 8)}-${temps.slice(8)}-7000-8000-000000000000` as FluxId;
}

/** Since when a flux waits: its deposit, or the order to send it again that no try has followed yet. */
function depuis(flux: Flux): Instant {
  const renvoye = flux.resume['misEnLigne'] !== undefined && flux.tentatives === 0 && flux.erreur === null;
  return renvoye ? flux.modifie : flux.depose;
}

interface Cause {
  nombre: number;
  readonly motif: string;
  readonly remede: string;
}

interface Attente {
  nombre: number;
  plusAncien: number;
  complet: boolean;
  readonly causes: Map<string, Cause>;
}

function compterFlux(attente: Attente, flux: Flux): void {
  attente.nombre += 1;
  attente.plusAncien = Math.min(attente.plusAncien, depuis(flux));
  const { erreur } = flux;
  const cle = erreur?.code ?? flux.etat;
  const connue = attente.causes.get(cle);
  if (connue !== undefined) {
    connue.nombre += 1;
    return;
  }
  const motif = erreur === null ? 'sans erreur, en attente de leur tour' : `${erreur.code} ${erreur.message}`;
  attente.causes.set(cle, { nombre: 1, motif, remede: erreur?.remede ?? '' });
}

async function lireAttente(outils: OutilsGestes, seuil: number): Promise<Attente> {
  const attente: Attente = { nombre: 0, plusAncien: Infinity, complet: false, causes: new Map() };
  let avant = premierId(seuil);
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const lus = await outils.moteur.store.flux.lister(OPERATEUR, {
      etats: AVANT_ENVOI,
      avant,
      limite: PAGE,
    });
    for (const flux of lus) if (depuis(flux) <= seuil) compterFlux(attente, flux);
    const dernier = lus.at(-1);
    if (lus.length < PAGE || dernier === undefined) return { ...attente, complet: true };
    avant = dernier.id;
  }
  return attente;
}

/** Flux that stand before the line for more than an hour: how many, since when, and why. */
export async function constatAttente(outils: OutilsGestes): Promise<Constat> {
  const sujet = 'flux en attente';
  const maintenant = outils.moteur.clock.now();
  const attente = await lireAttente(outils, maintenant - HEURE);
  if (attente.nombre === 0) {
    return { sujet, etat: 'bon', detail: 'aucun depuis plus d’une heure', remede: '' };
  }
  const causes = [...attente.causes.values()].toSorted((a, b) => b.nombre - a.nombre);
  const motifs = causes.map((c) => `${compte(c.nombre)} : ${c.motif.replace(/\.$/, '')}`);
  const verbe = attente.nombre > 1 ? 'attendent' : 'attend';
  return {
    sujet,
    etat: 'attention',
    detail: `${compte(attente.nombre, attente.complet)} flux ${verbe} depuis plus d’une heure, le plus ancien depuis ${dureeEnMots(
      maintenant - attente.plusAncien,
    )} (${motifs.join(' ; ')})`,
    remede: [
      ...new Set(causes.map((c) => c.remede)),
      'Voir « vaguemestre lister --etat depose controle signe pret ».',
    ]
      .filter((r) => r !== '')
      .join(' '),
  };
}

interface Dettes {
  readonly abandonnees: readonly Livraison[];
  readonly enRetard: readonly Livraison[];
  /** Points switched off by the program (HTTP 410…), then by a person. */
  readonly eteints: number;
  readonly suspendus: number;
}

async function lireDettes(outils: OutilsGestes): Promise<Dettes> {
  const { livraisons, collectivites } = outils.moteur.store;
  const maintenant = outils.moteur.clock.now();
  const lire = (etat: 'abandonnee' | 'a_faire') =>
    livraisons.lister(OPERATEUR, { etats: [etat], limite: PAGE });
  const [abandonnees, dues, toutes] = await Promise.all([
    lire('abandonnee'),
    lire('a_faire'),
    collectivites.lister(),
  ]);
  const coupes = toutes.flatMap((c) => c.points).filter((p) => !p.actif);
  const eteints = coupes.filter((p) => p.motif !== null).length;
  return {
    abandonnees: abandonnees.filter((l) => l.creee > maintenant - RECENT),
    enRetard: dues.filter((l) => l.creee <= maintenant - HEURE),
    eteints,
    suspendus: coupes.length - eteints,
  };
}

/** The debts to the collectivités: points switched off, debts given up, debts that wait. */
export async function constatNotifications(outils: OutilsGestes): Promise<Constat> {
  const { abandonnees, enRetard, eteints, suspendus } = await lireDettes(outils);
  const [a, r] = [abandonnees.length, enRetard.length];
  const faits = [
    [eteints, `point${s(eteints)} désactivé${s(eteints)} d’office`],
    [suspendus, `point${s(suspendus)} suspendu${s(suspendus)} à la main`],
    [a, `notification${s(a)} abandonnée${s(a)} parmi celles des 7 derniers jours`],
    [r, `notification${s(r)} due${s(r)} depuis plus d’une heure`],
  ] as const;
  const dits = faits.filter(([nombre]) => nombre > 0);
  const remedes = [
    eteints > 0 ? 'Points : voir « vaguemestre collectivite lister », puis prévenir la collectivité.' : '',
    a > 0
      ? 'Abandonnées : voir « vaguemestre webhook lister --etat abandonnee », réparer le récepteur, puis « vaguemestre webhook rejouer ».'
      : '',
    r > 0
      ? 'Dues : voir « vaguemestre webhook lister --etat a_faire » et « vaguemestre webhook essais ».'
      : '',
  ].filter((remede) => remede !== '');
  return {
    sujet: 'notifications',
    etat: remedes.length > 0 ? 'attention' : 'bon',
    detail: dits.map(([n, mots]) => `${compte(n, n < PAGE)} ${mots}`).join(', ') || 'aucune en souffrance',
    remede: remedes.join(' '),
  };
}

function numeroDe(ligne: string | undefined): unknown {
  try {
    const lue: unknown = JSON.parse(ligne ?? '');
    return typeof lue === 'object' && lue !== null && 'n' in lue ? lue.n : undefined;
  } catch {
    return undefined;
  }
}

/** Is every chain of the journal kept from its first line? The chain itself is followed by `journal verifier`. */
export async function constatJournal(outils: OutilsGestes): Promise<Constat> {
  const { journal } = outils.moteur.store;
  const sujet = 'journal';
  const chaines = await journal.chaines();
  const amputees: string[] = [];
  for (const org of chaines) {
    const [premiere] = await journal.lignes(org, 1, 1);
    if (numeroDe(premiere) !== 1) amputees.push(org);
  }
  if (amputees.length > 0) {
    const remede =
      'Ne rien effacer ; mettre de côté données et sauvegardes, puis « vaguemestre journal verifier ».';
    return { sujet, etat: 'panne', detail: `début manquant : ${amputees.join(', ')}`, remede };
  }
  const n = chaines.length;
  return {
    sujet,
    etat: 'bon',
    detail: `${compte(n)} chaîne${s(n)}, gardée${s(n)} depuis la première ligne`,
    remede: '',
  };
}

/** States that wait for a person. */
const A_VOIR = ['incertain', 'echec'] as const;

export async function constatFlux(outils: OutilsGestes): Promise<Constat> {
  const comptes = await outils.moteur.store.flux.compter(OPERATEUR);
  const detail = Object.entries(comptes).map(([etat, nombre]) => compterEtat(nombre, etat as Etat));
  const bloques = A_VOIR.reduce((somme, etat) => somme + (comptes[etat] ?? 0), 0);
  return {
    sujet: 'flux',
    etat: bloques > 0 ? 'attention' : 'bon',
    detail: detail.join(', ') || 'aucun',
    remede: bloques > 0 ? 'Voir « vaguemestre lister --etat incertain » et « --etat echec ».' : '',
  };
}

export async function constatAlertes(outils: OutilsGestes): Promise<Constat> {
  const { length } = await outils.moteur.store.flux.lister(OPERATEUR, { alerte: true, limite: PAGE });
  return {
    sujet: 'alertes',
    etat: length > 0 ? 'attention' : 'bon',
    detail: length === 0 ? 'aucune' : `${compte(length, length < PAGE)} flux en alerte`,
    remede: length > 0 ? 'Voir « vaguemestre lister --alerte ».' : '',
  };
}

export async function constatRetours(outils: OutilsGestes): Promise<Constat> {
  const filtre = { etats: ['a_trancher'], limite: PAGE } as const;
  const { length } = await outils.moteur.store.retours.lister(OPERATEUR, filtre);
  return {
    sujet: 'retours à trancher',
    etat: length > 0 ? 'attention' : 'bon',
    detail: length === 0 ? 'aucun' : `${compte(length, length < PAGE)} en attente d’une personne`,
    remede: length > 0 ? 'Voir « vaguemestre retours lister ».' : '',
  };
}

/** Destinations to which a person holds sendings back. */
export async function constatSuspensions(outils: OutilsGestes): Promise<Constat> {
  const sujet = 'émission';
  const ordres = await outils.moteur.store.suspensions.lister();
  if (ordres.length === 0) return { sujet, etat: 'bon', detail: 'aucune suspension', remede: '' };
  const maintenant = outils.moteur.clock.now();
  const dits = ordres.map(
    ({ destination, motif, depuis: quand }) =>
      `${destination} suspendue depuis ${dureeEnMots(maintenant - quand)} (${motif})`,
  );
  const remede = 'Quand la cause a cessé : « vaguemestre destination reprendre ».';
  return { sujet, etat: 'attention', detail: dits.join(' ; '), remede };
}
