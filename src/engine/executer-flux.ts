import { CIRCUIT } from '../etapes/circuit.ts';
import type { Etapes, NomEtape, Poste } from '../etapes/etape.ts';
import { sortInconnu } from '../etapes/transmission.ts';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import { ErreurVgm, type FicheErreur } from '../metier/erreurs.ts';
import { transition } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import { entree, livraisonsDe, type Mouvement, mouvoir, mouvoirQuoiQuIlEnSoit, relire } from './avancer.ts';
import type { Prise } from './baux.ts';
import { fileDe } from './file.ts';
import { estConflit, insister } from './insister.ts';
import type { OutilsMoteur } from './outils.ts';
import { reculer } from './retry.ts';

const ACTEUR = 'systeme';
const REPRIS = 'VGM-NOY-008';

/** A flux in hand: under which lease, and in which queue it was taken. */
export interface FluxEnMain {
  readonly flux: Flux;
  readonly prise: Prise;
  readonly file: string;
}

/**
 * Makes one claimed flux advance as far as it can without waiting, nor leaving its queue. Steps decide, this writes. Whatever
 * is thrown becomes a fate: nothing here stops the daemon, and a flux is never left without a next look.
 */
export async function executerFlux(outils: OutilsMoteur, etapes: Etapes, pris: FluxEnMain): Promise<void> {
  try {
    await avancer(outils, etapes, pris);
  } catch (cause) {
    if (!estRepris(cause)) throw cause;
    outils.log.warn('travail repris par un autre nœud', { flux: pris.flux.id });
  }
}

/** Another node has the row: what was found here is found there again. */
function estRepris(cause: unknown): boolean {
  return cause instanceof ErreurVgm && cause.fiche.code === REPRIS;
}

async function avancer(outils: OutilsMoteur, etapes: Etapes, pris: FluxEnMain): Promise<void> {
  const { prise, file } = pris;
  let { flux } = pris;
  const corr = outils.random.uuid();
  for (;;) {
    const nom = CIRCUIT[flux.protocole]?.[flux.etat];
    const etape = nom === undefined ? undefined : etapes[flux.protocole]?.[nom];
    if (nom === undefined || etape === undefined) return;
    const tenu: { flux: Flux } = { flux };
    const poste = creerPoste(outils, tenu, { prise, corr });
    const issue = await jouer(outils, nom, () => etape(flux, poste));
    if (prise.perdue.aborted) throw erreurNoyau(REPRIS, { flux: flux.id });
    const suite = await appliquer(outils, tenu.flux, { issue, corr, prise, file });
    if (suite === null || outils.signaux.arret.aborted) return;
    flux = suite;
  }
}

function creerPoste(
  outils: OutilsMoteur,
  tenu: { flux: Flux },
  { prise, corr }: { readonly prise: Prise; readonly corr: string },
): Poste {
  return {
    signal: AbortSignal.any([outils.signaux.coupure, prise.perdue]),
    arret: outils.signaux.arret,
    mettreEnLigne: async (motif, complement = {}) => {
      const { id } = tenu.flux;
      if (prise.perdue.aborted) throw erreurNoyau(REPRIS, { flux: id });
      tenu.flux = await mouvoir(outils, tenu.flux, {
        evenement: 'mise_en_ligne',
        acteur: ACTEUR,
        corr,
        motif,
        complement,
        ...tenuPar(prise, true),
      });
      prise.partir();
      // Written, and then too long without a sign of life: another node may be judging it. Nothing has left yet.
      if (prise.echue()) throw erreurNoyau(REPRIS, { flux: id });
    },
  };
}

function tenuPar(prise: Prise, garder: boolean): { readonly tenu?: NonNullable<Mouvement['tenu']> } {
  const tenu = prise.tenu(garder);
  return tenu === undefined ? {} : { tenu };
}

/** Runs a step; what it throws is turned into an outcome by the nature of the error. */
async function jouer(outils: OutilsMoteur, nom: NomEtape, etape: () => Promise<Issue>): Promise<Issue> {
  try {
    return await etape();
  } catch (cause) {
    if (cause instanceof ErreurVgm) return { type: 'echoue', erreur: cause.fiche };
    outils.log.error('étape interrompue', { etape: nom }, cause);
    return { type: 'echoue', erreur: erreurNoyau('VGM-NOY-004', { etape: nom }).fiche };
  }
}

interface Fait<I extends Issue = Issue> {
  readonly issue: I;
  readonly corr: string;
  readonly prise: Prise;
  readonly file: string;
}

/** @returns the flux when another step can follow at once, null when its turn is over. */
async function appliquer(outils: OutilsMoteur, flux: Flux, fait: Fait): Promise<Flux | null> {
  const { issue, corr, prise } = fait;
  switch (issue.type) {
    case 'avance':
      return suivre(outils, flux, { ...fait, issue });
    case 'patiente':
      await attendre(outils, flux, {
        due: issue.jusqua,
        alerte: flux.alerte,
        erreur: issue.erreur ?? flux.erreur,
        tentatives: flux.tentatives,
        prise,
      });
      return null;
    case 'alerte':
      await alerter(outils, flux, { alerte: issue.alerte, prochaine: issue.prochaine, corr, prise });
      return null;
    case 'echoue':
      await echouer(outils, flux, { erreur: issue.erreur, corr, prise });
      return null;
    default:
      return issue satisfies never;
  }
}

async function suivre(
  outils: OutilsMoteur,
  flux: Flux,
  { issue, corr, prise, file }: Fait<Extract<Issue, { type: 'avance' }>>,
): Promise<Flux | null> {
  const nonFaite = issue.evenement === 'remise_non_faite';
  const due = nonFaite ? reculer(outils, flux.tentatives) : issue.due;
  const vers = transition(flux.etat, issue.evenement);
  const suite =
    due === undefined &&
    vers !== undefined &&
    !prise.partie() &&
    CIRCUIT[flux.protocole]?.[vers] !== undefined &&
    (await insister(outils, () => fileDe(outils, { ...flux, etat: vers }))) === file;
  const { type: _, ...mouvement } = issue;
  const apres = await conclure(outils, flux, {
    ...mouvement,
    acteur: ACTEUR,
    corr,
    ...(due === undefined ? {} : { due }),
    ...tenuPar(prise, suite),
  });
  return suite && apres.etat === vers ? apres : null;
}

interface Attente {
  readonly due: Instant;
  readonly alerte: string | null;
  readonly erreur: FicheErreur | null;
  readonly tentatives: number;
  readonly prise: Prise;
}

/** Puts the flux back in line without a journal line: nothing happened that must be proved. */
async function attendre(outils: OutilsMoteur, flux: Flux, attente: Attente): Promise<void> {
  const { id, ver, etat } = flux;
  const { prise, ...suite } = attente;
  try {
    await insister(outils, async () =>
      outils.store.ecriture.ecrire({
        quand: outils.clock.now(),
        flux: [{ id, ver, etat, ...suite, ...tenuPar(prise, false), file: await fileDe(outils, flux) }],
        journal: [],
      }),
    );
  } catch (cause) {
    if (!estConflit(cause)) throw cause;
    const courant = await insister(outils, () => relire(outils, id));
    // Somebody else moved it: its next look is theirs. A mere addition (a return hung on it) leaves the wait ours.
    if (courant.etat === etat) await attendre(outils, courant, attente);
  }
}

/** Somebody else changed it under our hand: gives the lease back and leaves the rest as it now is. */
async function rendre(outils: OutilsMoteur, flux: Flux, prise: Prise): Promise<void> {
  const courant = await insister(outils, () => relire(outils, flux.id));
  const { due, alerte, erreur, tentatives } = courant;
  if (courant.etat === flux.etat && due !== null)
    await attendre(outils, courant, { due, alerte, erreur, tentatives, prise });
}

async function alerter(
  outils: OutilsMoteur,
  flux: Flux,
  fait: { alerte: string; prochaine: Instant; corr: string; prise: Prise },
): Promise<void> {
  const premiere = flux.alerte === null;
  const { id, ver, etat, tentatives, erreur } = flux;
  const changement = { id, ver, etat, tentatives, erreur, alerte: fait.alerte, due: fait.prochaine };
  const apres: Flux = { ...flux, alerte: fait.alerte };
  const ligne = entree(
    flux,
    { acteur: ACTEUR, corr: fait.corr, motif: fait.alerte },
    { ev: 'ALERTE', res: 'KO' },
  );
  try {
    await insister(outils, async () =>
      outils.store.ecriture.ecrire({
        quand: outils.clock.now(),
        flux: [{ ...changement, ...tenuPar(fait.prise, false), file: await fileDe(outils, flux) }],
        nouvellesLivraisons: premiere ? await livraisonsDe(outils, apres, 'flux.alerte') : [],
        journal: premiere ? [ligne] : [],
      }),
    );
    if (premiere) outils.diffusion.publier({ quand: outils.clock.now(), flux: apres, ev: 'ALERTE' });
  } catch (cause) {
    if (!estConflit(cause)) throw cause;
    await rendre(outils, flux, fait.prise);
  }
}

/** An error of the document, which asks for a verdict; a fault of the program or of its storage (NOY) never does. */
function condamne(erreur: FicheErreur): boolean {
  return erreur.nature === 'definitive' && !erreur.code.startsWith('VGM-NOY-');
}

/** A failure thrown by a step: its nature says whether to try again, to ask a person, or to refuse. */
async function echouer(
  outils: OutilsMoteur,
  flux: Flux,
  fait: { erreur: FicheErreur; corr: string; prise: Prise },
): Promise<void> {
  const { erreur, corr, prise } = fait;
  if (flux.etat === 'en_ligne') {
    const mouvement =
      erreur.code === REPRIS
        ? rienParti(erreur, reculer(outils, flux.tentatives))
        : sortInconnu(flux, { detail: erreur.message, quand: outils.clock.now() });
    await conclure(outils, flux, { ...mouvement, acteur: ACTEUR, corr, ...tenuPar(prise, false) });
    return;
  }
  if (erreur.code === REPRIS) throw erreurNoyau(REPRIS, { flux: flux.id });
  // Somebody else changed it before anything left.
  if (erreur.code === 'VGM-NOY-001') return rendre(outils, flux, prise);
  const evenement = 'controle_defavorable';
  if (condamne(erreur) && transition(flux.etat, evenement) !== undefined) {
    const motif = erreur.code;
    await conclure(outils, flux, {
      evenement,
      acteur: ACTEUR,
      corr,
      erreur,
      motif,
      ...tenuPar(prise, false),
    });
    return;
  }
  outils.log.warn('étape à reprendre', { flux: flux.id, code: erreur.code, etat: flux.etat });
  const { alerte, tentatives } = flux;
  await attendre(outils, flux, {
    due: reculer(outils, tentatives),
    alerte,
    erreur,
    tentatives: tentatives + 1,
    prise,
  });
}

/** Marked, and found out before the first byte that the lease was over. */
function rienParti(
  erreur: FicheErreur,
  due: Instant,
): Pick<Mouvement, 'evenement' | 'erreur' | 'motif' | 'due'> {
  return { evenement: 'remise_non_faite', erreur, motif: erreur.code, due };
}

/** Writes the end of a step, whatever happened meanwhile to the flux or to the storage. */
function conclure(outils: OutilsMoteur, flux: Flux, m: Mouvement): Promise<Flux> {
  return insister(outils, () => mouvoirQuoiQuIlEnSoit(outils, flux, m));
}
