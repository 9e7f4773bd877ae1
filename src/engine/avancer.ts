import { expandre } from '../etapes/notification.ts';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import { type Etat, type EvenementEtat, estTerminal, LIBELLE_ETAT, transition } from '../metier/etats.ts';
import { libelleEvenement } from '../metier/evenements.ts';
import type { Flux, ObjetJson, Piece } from '../metier/flux.ts';
import type { FluxId, Instant } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { TypeEvenement } from '../metier/notifications.ts';
import { type ChangementFlux, type NouveauFlux, type NouvelleLivraison, OPERATEUR } from '../ports/store.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import { estConflit } from './insister.ts';
import type { OutilsMoteur } from './outils.ts';
import { fileDe } from './file.ts';
import { departsApres, passages } from './passages.ts';

/** A move asked for: by a step, a receipt or a person. */
export interface Mouvement {
  readonly evenement: EvenementEtat;
  readonly acteur: string;
  readonly corr: string;
  readonly motif?: string;
  readonly pieces?: readonly Piece[];
  readonly nomEnvoi?: string;
  readonly complement?: ObjetJson;
  readonly erreur?: FicheErreur | null;
  /** Next look; undefined = at once when a step follows; null = none, only a person or the State moves it. */
  readonly due?: Instant | null;
  /** Who alone may write it, and what becomes of its lease (ports/store.ts). */
  readonly tenu?: ChangementFlux['tenu'];
}

/** The lines of one transaction for one move. */
export interface Prepare {
  readonly changement: ChangementFlux;
  readonly journal: EntreeJournal;
  readonly livraisons: readonly NouvelleLivraison[];
  readonly apres: Flux;
}

const NOTIFIE: Readonly<Partial<Record<EvenementEtat, TypeEvenement>>> = {
  controle_defavorable: 'flux.refuse',
  signature_defavorable: 'flux.refuse',
  signature_attendue: 'flux.a_signer',
  remise_confirmee: 'flux.transmis',
  tranche_recu: 'flux.transmis',
  remise_constatee: 'flux.transmis',
  remise_incertaine: 'flux.incertain',
  sort_perdu: 'flux.incertain',
  remise_refusee: 'flux.echec',
  accuse_recu: 'flux.acquitte',
  accuse_partiel_recu: 'flux.acquitte_partiel',
  anomalie_recue: 'flux.anomalie',
  accuse_tranche: 'flux.acquitte',
  accuse_partiel_tranche: 'flux.acquitte_partiel',
  anomalie_tranchee: 'flux.anomalie',
  abandon_demande: 'flux.abandonne',
  annulation_recue: 'flux.annule',
};

/** States in which nothing is due: only a person or the State makes them move. */
const SANS_ECHEANCE: readonly Etat[] = ['echec'];

/** Failures of the present state: going on the line and back is one try more, any other move clears the count. */
function tentativesApres(flux: Flux, evenement: EvenementEtat): number {
  if (evenement === 'remise_non_faite') return flux.tentatives + 1;
  return evenement === 'mise_en_ligne' ? flux.tentatives : 0;
}

const INCERTAINS: readonly EvenementEtat[] = ['remise_incertaine', 'sort_perdu'];

const DEFAVORABLES: readonly EvenementEtat[] = [
  'controle_defavorable',
  'signature_defavorable',
  'remise_non_faite',
  'remise_refusee',
  'anomalie_recue',
  'anomalie_tranchee',
];

function faitDe(evenement: EvenementEtat): Pick<EntreeJournal, 'ev' | 'res'> {
  const ev = evenement.toUpperCase();
  if (INCERTAINS.includes(evenement)) return { ev, res: 'INCERTAIN' };
  return { ev, res: DEFAVORABLES.includes(evenement) ? 'KO' : 'OK' };
}

/** The journal line of a fact about a flux. */
export function entree(
  flux: Flux,
  m: Pick<Mouvement, 'acteur' | 'corr' | 'motif' | 'pieces'>,
  fait: Pick<EntreeJournal, 'ev' | 'res'>,
): EntreeJournal {
  return {
    org: flux.collectivite,
    ev: fait.ev,
    tx: flux.id,
    obj: (m.pieces ?? []).map((p) => `sha256:${p.sha256}`).join(' '),
    acteur: m.acteur,
    res: fait.res,
    motif: m.motif ?? '',
    corr: m.corr,
  };
}

function echeanceApres(m: Mouvement, vers: Etat, quand: Instant): Instant | null {
  if (estTerminal(vers) || SANS_ECHEANCE.includes(vers)) return null;
  return m.due === undefined ? quand : m.due;
}

/** What tells that the State took it, when its door did not. */
const CONSTATS_DE_PRISE: readonly EvenementEtat[] = ['tranche_recu', 'remise_constatee'];

/** Answers: the door that took the file may not have said so yet. */
const REPONSES: readonly EvenementEtat[] = [
  'accuse_recu',
  'accuse_partiel_recu',
  'anomalie_recue',
  'accuse_tranche',
  'accuse_partiel_tranche',
  'anomalie_tranchee',
];

/** When the State took it: now for an answer of its door; when it left if that is learnt afterwards. */
function transmisPar(flux: Flux, evenement: EvenementEtat, quand: Instant): { transmis?: Instant } {
  if (evenement === 'remise_confirmee') return { transmis: quand };
  const apprise = REPONSES.includes(evenement) && flux.transmis === null;
  if (!apprise && !CONSTATS_DE_PRISE.includes(evenement)) return {};
  return { transmis: departsApres(flux, evenement, quand).at(-1) ?? dernierPassage(flux) ?? quand };
}

/** Of a sending said to have left nothing, and that the State answers. */
function dernierPassage({ resume: { misEnLigne } }: Flux): Instant | undefined {
  return typeof misEnLigne === 'string' ? (Date.parse(misEnLigne) as Instant) : undefined;
}

function complementDe(flux: Flux, m: Mouvement, quand: Instant): Pick<ChangementFlux, 'complement'> {
  const complement = { ...m.complement, ...passages(flux, m.evenement, quand) };
  return Object.keys(complement).length === 0 ? {} : { complement };
}

/** Turns a move into what the store writes. Throws VGM-NOY-002 when the table of transitions forbids it. */
export async function preparer(outils: OutilsMoteur, flux: Flux, m: Mouvement): Promise<Prepare> {
  const vers = transition(flux.etat, m.evenement);
  if (vers === undefined)
    throw erreurNoyau('VGM-NOY-002', {
      flux: flux.id,
      de: LIBELLE_ETAT[flux.etat],
      vers: libelleEvenement(m.evenement.toUpperCase()),
    });
  const quand = outils.clock.now();
  const changement: ChangementFlux = {
    id: flux.id,
    ver: flux.ver,
    etat: vers,
    due: echeanceApres(m, vers, quand),
    tentatives: tentativesApres(flux, m.evenement),
    alerte: alerteApres(flux, vers),
    erreur: m.erreur ?? null,
    ...(m.nomEnvoi === undefined ? {} : { nomEnvoi: m.nomEnvoi }),
    ...transmisPar(flux, m.evenement, quand),
    ...(estTerminal(vers) ? { solde: quand } : {}),
    ...(m.pieces === undefined ? {} : { pieces: m.pieces }),
    ...complementDe(flux, m, quand),
    ...(m.tenu === undefined ? {} : { tenu: m.tenu }),
    file: await fileDe(outils, { ...flux, etat: vers }),
    ...(jamaisParti(flux, vers) ? { rendre: true } : {}),
  };
  const apres = appliquerEnMemoire(flux, changement, quand);
  const type = NOTIFIE[m.evenement];
  const livraisons = type === undefined ? [] : await livraisonsDe(outils, apres, type);
  return { changement, journal: entree(flux, m, faitDe(m.evenement)), livraisons, apres };
}

/** A move ends the alert, but not that of a complement, which may be asked for before the receipt is read. */
function alerteApres({ resume, alerte }: Flux, vers: Etat): string | null {
  return resume['complementAttendu'] === true && vers !== 'annule' ? alerte : null;
}

/** It ends here, and was never on the line: the State cannot know its name. */
function jamaisParti(flux: Flux, vers: Etat): boolean {
  return (vers === 'refuse' || vers === 'abandonne') && flux.resume['misEnLigne'] === undefined;
}

function appliquerEnMemoire(flux: Flux, c: ChangementFlux, quand: Instant): Flux {
  return {
    ...flux,
    etat: c.etat,
    ver: flux.ver + 1,
    due: c.due,
    tentatives: c.tentatives,
    alerte: c.alerte,
    erreur: c.erreur,
    nomEnvoi: c.rendre === true ? null : (flux.nomEnvoi ?? c.nomEnvoi ?? null),
    transmis: c.transmis ?? flux.transmis,
    solde: c.solde ?? flux.solde,
    resume: c.complement === undefined ? flux.resume : { ...flux.resume, ...c.complement },
    modifie: quand,
  };
}

/** The flux as its first notification sees it, before the store has given it its row. */
export function ebauche(n: NouveauFlux): Flux {
  const { id, protocole, collectivite, etat, identite, resume, cite } = n;
  const fini = estTerminal(etat);
  const vide = { tentatives: 0, nomEnvoi: null, transmis: null, alerte: null, erreur: null };
  return {
    id,
    protocole,
    collectivite,
    identite,
    resume,
    cite,
    etat,
    ver: 0,
    due: fini ? null : n.due,
    solde: fini ? n.due : null,
    depose: n.due,
    modifie: n.due,
    ...vide,
  };
}

/** What is owed for this event. A collectivité that is no more is owed nothing, and holds no flux back. */
export async function livraisonsDe(
  outils: OutilsMoteur,
  flux: Flux,
  type: TypeEvenement,
): Promise<readonly NouvelleLivraison[]> {
  const collectivite = await outils.annuaire.trouver(flux.collectivite);
  if (collectivite === undefined) return [];
  return expandre(type, flux, { collectivite, random: outils.random, quand: outils.clock.now() });
}

/** Writes one move, in one transaction. @returns the flux as it now stands. */
export async function mouvoir(outils: OutilsMoteur, flux: Flux, m: Mouvement): Promise<Flux> {
  const prepare = await preparer(outils, flux, m);
  await outils.store.ecriture.ecrire({
    quand: prepare.apres.modifie,
    flux: [prepare.changement],
    nouvellesLivraisons: prepare.livraisons,
    journal: [prepare.journal],
  });
  outils.diffusion.publier({ quand: prepare.apres.modifie, flux: prepare.apres, ev: prepare.journal.ev });
  return prepare.apres;
}

/** Tries before giving up a move against a flux that keeps changing. */
const CONFLITS_MAX = 10;

/** The door says that it took the file, when another node has judged meanwhile that nobody would know: that is evidence. */
function selonLEtat(etat: Etat, m: Mouvement): Mouvement {
  return etat === 'incertain' && m.evenement === 'remise_confirmee'
    ? { ...m, evenement: 'remise_constatee' }
    : m;
}

/**
 * Writes a move whatever happened meanwhile: on a version conflict the flux is read again. If the present state
 * no longer takes the move (the receipt came before the answer of the line), the fact is journalled all the same.
 */
export async function mouvoirQuoiQuIlEnSoit(outils: OutilsMoteur, flux: Flux, m: Mouvement): Promise<Flux> {
  let courant = flux;
  for (let essai = 0; essai < CONFLITS_MAX; essai += 1) {
    const voulu = selonLEtat(courant.etat, m);
    try {
      if (transition(courant.etat, voulu.evenement) === undefined)
        return await constater(outils, courant, voulu);
      return await mouvoir(outils, courant, voulu);
    } catch (cause) {
      if (!estConflit(cause)) throw cause;
      courant = await relire(outils, flux.id);
    }
  }
  throw erreurNoyau('VGM-NOY-001', { flux: flux.id });
}

async function constater(outils: OutilsMoteur, flux: Flux, m: Mouvement): Promise<Flux> {
  const motif = `${m.motif ?? ''} (sans effet : le flux est « ${flux.etat} »)`.trim();
  const ligne = entree(flux, { ...m, motif }, faitDe(m.evenement));
  await outils.store.ecriture.ecrire({ quand: outils.clock.now(), journal: [ligne] });
  return flux;
}

/** @returns the flux as the store has it. Throws VGM-NOY-003 when it does not exist. */
export async function relire(outils: OutilsMoteur, id: FluxId): Promise<Flux> {
  const flux = await outils.store.flux.trouver(OPERATEUR, id);
  if (flux === undefined) throw erreurNoyau('VGM-NOY-003', { flux: id });
  return flux;
}
