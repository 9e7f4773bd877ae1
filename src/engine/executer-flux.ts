import { CIRCUIT } from '../etapes/circuit.ts';
import type { Etapes, NomEtape, Poste } from '../etapes/etape.ts';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import { ErreurVgm, type FicheErreur } from '../metier/erreurs.ts';
import { transition } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import { entree, livraisonsDe, mouvoir, mouvoirQuoiQuIlEnSoit } from './avancer.ts';
import type { OutilsMoteur } from './outils.ts';
import { reculer } from './retry.ts';

const ACTEUR = 'systeme';

/**
 * Makes one claimed flux advance as far as it can without waiting. Steps decide, this writes. Whatever is thrown
 * becomes a fate: nothing here stops the daemon, and a flux is never left without a next look.
 */
export async function executerFlux(outils: OutilsMoteur, etapes: Etapes, reclame: Flux): Promise<void> {
  let flux = reclame;
  const corr = outils.random.uuid();
  for (;;) {
    const nom = CIRCUIT[flux.protocole]?.[flux.etat];
    const etape = nom === undefined ? undefined : etapes[flux.protocole]?.[nom];
    if (nom === undefined || etape === undefined) return;
    const tenu: { flux: Flux } = { flux };
    const poste = creerPoste(outils, tenu, corr);
    const issue = await jouer(outils, nom, () => etape(flux, poste));
    const suite = await appliquer(outils, tenu.flux, { issue, corr });
    if (suite === null || outils.signaux.arret.aborted) return;
    flux = suite;
  }
}

function creerPoste(outils: OutilsMoteur, tenu: { flux: Flux }, corr: string): Poste {
  return {
    signal: outils.signaux.coupure,
    mettreEnLigne: async (motif) => {
      tenu.flux = await mouvoir(outils, tenu.flux, {
        evenement: 'mise_en_ligne',
        acteur: ACTEUR,
        corr,
        motif,
        complement: { misEnLigne: new Date(outils.clock.now()).toISOString() },
        garderBail: true,
      });
    },
  };
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

interface Fait {
  readonly issue: Issue;
  readonly corr: string;
}

/** @returns the flux when another step can follow at once, null when its turn is over. */
async function appliquer(outils: OutilsMoteur, flux: Flux, fait: Fait): Promise<Flux | null> {
  const { issue } = fait;
  switch (issue.type) {
    case 'avance':
      return suivre(outils, flux, { issue, corr: fait.corr });
    case 'patiente':
      await attendre(outils, flux, {
        due: issue.jusqua,
        alerte: flux.alerte,
        erreur: flux.erreur,
        tentatives: flux.tentatives,
      });
      return null;
    case 'alerte':
      await alerter(outils, flux, { alerte: issue.alerte, prochaine: issue.prochaine, corr: fait.corr });
      return null;
    case 'echoue':
      await echouer(outils, flux, { erreur: issue.erreur, corr: fait.corr });
      return null;
    default:
      return issue satisfies never;
  }
}

interface Avancee {
  readonly issue: Extract<Issue, { type: 'avance' }>;
  readonly corr: string;
}

async function suivre(outils: OutilsMoteur, flux: Flux, { issue, corr }: Avancee): Promise<Flux | null> {
  const nonFaite = issue.evenement === 'remise_non_faite';
  const due = nonFaite ? reculer(outils, flux.tentatives) : issue.due;
  const vers = transition(flux.etat, issue.evenement);
  const suite =
    !nonFaite &&
    issue.due === undefined &&
    vers !== undefined &&
    CIRCUIT[flux.protocole]?.[vers] !== undefined;
  const { type: _, ...mouvement } = issue;
  const apres = await mouvoirQuoiQuIlEnSoit(outils, flux, {
    ...mouvement,
    acteur: ACTEUR,
    corr,
    ...(due === undefined ? {} : { due }),
    ...(suite ? { garderBail: true } : {}),
  });
  return suite && apres.etat === vers ? apres : null;
}

interface Attente {
  readonly due: Instant;
  readonly alerte: string | null;
  readonly erreur: FicheErreur | null;
  readonly tentatives: number;
}

/** Puts the flux back in line without a journal line: nothing happened that must be proved. */
async function attendre(outils: OutilsMoteur, flux: Flux, attente: Attente): Promise<void> {
  const { id, ver, etat } = flux;
  try {
    await outils.store.ecriture.ecrire({
      quand: outils.clock.now(),
      flux: [{ id, ver, etat, ...attente }],
      journal: [],
    });
  } catch (cause) {
    // Somebody else changed it meanwhile: its new due is theirs.
    if (!(cause instanceof ErreurVgm) || cause.fiche.code !== 'VGM-NOY-001') throw cause;
  }
}

async function alerter(
  outils: OutilsMoteur,
  flux: Flux,
  fait: { alerte: string; prochaine: Instant; corr: string },
): Promise<void> {
  const premiere = flux.alerte === null;
  const { id, ver, etat, tentatives, erreur } = flux;
  const apres: Flux = { ...flux, alerte: fait.alerte };
  const livraisons = premiere ? await livraisonsDe(outils, apres, 'flux.alerte') : [];
  const ligne = entree(
    flux,
    { acteur: ACTEUR, corr: fait.corr, motif: fait.alerte },
    { ev: 'ALERTE', res: 'KO' },
  );
  try {
    await outils.store.ecriture.ecrire({
      quand: outils.clock.now(),
      flux: [{ id, ver, etat, tentatives, erreur, alerte: fait.alerte, due: fait.prochaine }],
      nouvellesLivraisons: livraisons,
      journal: premiere ? [ligne] : [],
    });
    if (premiere) outils.diffusion.publier({ quand: outils.clock.now(), flux: apres, ev: 'ALERTE' });
  } catch (cause) {
    if (!(cause instanceof ErreurVgm) || cause.fiche.code !== 'VGM-NOY-001') throw cause;
  }
}

/** A failure thrown by a step: its nature says whether to try again, to ask a person, or to refuse. */
async function echouer(
  outils: OutilsMoteur,
  flux: Flux,
  fait: { erreur: FicheErreur; corr: string },
): Promise<void> {
  // Somebody else changed it before anything left: the row and its next look are theirs now.
  if (fait.erreur.code === 'VGM-NOY-001') return;
  const evenement = flux.etat === 'en_ligne' ? 'remise_incertaine' : 'controle_defavorable';
  const sort = flux.etat === 'en_ligne' || fait.erreur.nature === 'definitive';
  if (sort && transition(flux.etat, evenement) !== undefined) {
    const { erreur, corr } = fait;
    await mouvoirQuoiQuIlEnSoit(outils, flux, {
      evenement,
      acteur: ACTEUR,
      corr,
      erreur,
      motif: erreur.code,
    });
    return;
  }
  outils.log.warn('étape à reprendre', { flux: flux.id, code: fait.erreur.code, etat: flux.etat });
  const { alerte, tentatives } = flux;
  await attendre(outils, flux, {
    due: reculer(outils, tentatives),
    alerte,
    erreur: fait.erreur,
    tentatives: tentatives + 1,
  });
}
