import { analyserRetour } from '../etapes/accuse.ts';
import {
  type Annexion,
  type Attribution,
  type IssueRetour,
  issueVide,
  type Reception,
} from '../etapes/accuse-issue.ts';
import { RELU } from '../etapes/apres-restauration.ts';
import type { OutilsAccuse } from '../etapes/accuse-lot.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { EtatRetour, Retour } from '../metier/retours.ts';
import type { ChangementRetour, Ecriture } from '../ports/store.ts';
import { entree, livraisonsDe, type Prepare, preparer } from './avancer.ts';
import { estConflit, insister } from './insister.ts';
import { type Ne, preparerAccuse, preparerEnvoi, preparerReception } from './naissance.ts';
import type { OutilsMoteur } from './outils.ts';
import { reculer } from './retry.ts';

/** Analyses made again because a flux changed under the analysis. */
const CONFLITS_MAX = 10;
const ACTEUR_ETAT = 'etat';

/**
 * Analyses one claimed return and writes what it means in one transaction: flux, pieces, debts, and the return
 * itself. What cannot be attributed is parked with its reason; nothing is ever dropped.
 */
export async function executerRetour(
  outils: OutilsMoteur,
  accuse: OutilsAccuse,
  reclame: Retour,
): Promise<void> {
  for (let essai = 0; essai < CONFLITS_MAX; essai += 1) {
    try {
      const issue = await analyserRetour(reclame, accuse);
      await consignerIssue(outils, reclame, issue);
      return;
    } catch (cause) {
      if (estConflit(cause)) continue;
      if (cause instanceof ErreurVgm && cause.fiche.nature === 'definitive') {
        // Trying again would say the same: a person must see it.
        const restes = [`${cause.fiche.message} ${cause.fiche.remede}`];
        await insister(outils, () => consignerIssue(outils, reclame, issueVide(...restes)));
        return;
      }
      await reporter(outils, reclame, cause);
      return;
    }
  }
  await reporter(outils, reclame, undefined);
}

async function consignerIssue(outils: OutilsMoteur, retour: Retour, issue: IssueRetour): Promise<void> {
  const prepares: Prepare[] = [];
  for (const attribution of issue.attributions)
    prepares.push(await preparerAttribution(outils, retour, attribution));
  const quand = outils.clock.now();
  const faits = { retour, quand, acteur: ACTEUR_ETAT, corr: retour.id };
  const { receptions, restauration } = await apresRestauration(outils, retour, issue);
  const recus: Ne[] = [];
  for (const reception of receptions) recus.push(await preparerReception(outils, reception, faits));
  const accuses = receptions.flatMap((reception, rang) =>
    preparerAccuse(outils, reception, { courrier: recus[rang], faits }),
  );
  const envois = issue.envois.map((envoi) => preparerEnvoi(outils, { ...envoi, cite: null }, faits));
  const changement = changementDe(retour, issue, recus);
  const annexes: Prepare[] = [];
  for (const annexion of issue.annexions) annexes.push(await preparerAnnexion(outils, retour, annexion));
  const nes = [...recus, ...accuses, ...envois];
  const changes = [...prepares, ...annexes];
  const tous = [...changes, ...nes];
  const ecriture: Ecriture = {
    quand,
    flux: changes.map((p) => p.changement),
    nouveauxFlux: nes.map((n) => n.nouveau),
    retours: [changement],
    classifications: issue.classifications.map(({ collectivite: siren, classification }) => ({
      siren,
      classification,
    })),
    nouvellesLivraisons: tous.flatMap((f) => f.livraisons),
    ...restauration,
    journal: [...tous.map((f) => f.journal), ...lignesDuRetour(retour, issue, changement)],
  };
  await outils.store.ecriture.ecrire(ecriture);
  for (const c of issue.classifications) outils.annuaire.oublier(c.collectivite);
  for (const f of tous) outils.diffusion.publier({ quand, flux: f.apres, ev: f.journal.ev });
}

/**
 * In a base that was put back from a backup: what the State knows and that nobody has here is remembered, and the receipt of a
 * letter that may have been read in the other life does not leave by itself.
 */
async function apresRestauration(
  { store }: OutilsMoteur,
  { id }: Retour,
  { receptions, inconnus = [] }: IssueRetour,
): Promise<Pick<IssueRetour, 'receptions'> & { readonly restauration: Pick<Ecriture, 'restauration'> }> {
  const inchange = { receptions, restauration: {} };
  if (receptions.length + inconnus.length === 0) return inchange;
  const derniere = await store.restaurations.derniere();
  if (derniere === null) return inchange;
  const perdues = inconnus.map((inconnu) => ({ ...inconnu, preuve: `retour ${id}` }));
  return {
    receptions: derniere.close === null ? receptions.map(relire) : receptions,
    restauration: perdues.length === 0 ? {} : { restauration: { id: derniere.id, perdues } },
  };
}

function relire(reception: Reception): Reception {
  const { accuse } = reception;
  return accuse === null
    ? reception
    : { ...reception, accuse: { ...accuse, resume: { ...accuse.resume, ...RELU } } };
}

function preparerAttribution(outils: OutilsMoteur, retour: Retour, a: Attribution): Promise<Prepare> {
  return preparer(outils, a.flux, {
    evenement: a.message.evenement,
    acteur: ACTEUR_ETAT,
    corr: retour.id,
    motif: a.message.libelle,
    pieces: a.pieces,
    complement: a.message.champs,
    erreur: a.message.erreur,
  });
}

/** What a mail says of a flux without moving it: the alert is told as any other is. */
async function preparerAnnexion(outils: OutilsMoteur, retour: Retour, a: Annexion): Promise<Prepare> {
  const { id, ver, etat, due, tentatives, erreur } = a.flux;
  const { pieces, champs: complement, alerte } = a;
  const changement = { id, ver, etat, due, tentatives, erreur, alerte, pieces, complement, garderBail: true };
  const apres = { ...a.flux, ver: ver + 1, alerte, resume: { ...a.flux.resume, ...complement } };
  const m = { acteur: ACTEUR_ETAT, corr: retour.id, motif: a.libelle, pieces };
  const livraisons = a.flux.alerte === alerte ? [] : await livraisonsDe(outils, apres, 'flux.alerte');
  return { changement, journal: entree(a.flux, m, { ev: 'RAPPEL', res: 'OK' }), livraisons, apres };
}

function changementDe(retour: Retour, issue: IssueRetour, recus: readonly Ne[]): ChangementRetour {
  const flux = [
    ...new Set([
      ...issue.attributions.map((a) => a.flux.id),
      ...recus.map((r) => r.nouveau.id),
      ...issue.annexions.map((a) => a.flux.id),
      ...issue.sansEffet.map((f) => f.id),
    ]),
  ];
  const etat = etatApres(issue);
  const motif =
    issue.restes.length > 0
      ? issue.restes.join(' ; ')
      : issue.sansEffet.length > 0
        ? 'déjà reçu : sans effet'
        : null;
  return { id: retour.id, ver: retour.ver, etat, due: null, tentatives: 0, motif, flux };
}

function etatApres(issue: IssueRetour): EtatRetour {
  if (issue.restes.length > 0) return 'a_trancher';
  const dits = issue.attributions.length + issue.receptions.length + issue.annexions.length;
  return dits > 0 ? 'attribue' : 'classe';
}

function lignesDuRetour(retour: Retour, issue: IssueRetour, c: ChangementRetour): EntreeJournal[] {
  const ligne = (org: string, tx: string, motif: string): EntreeJournal => ({
    org,
    ev: `RETOUR_${c.etat.toUpperCase()}`,
    tx,
    obj: `sha256:${retour.sha256}`,
    acteur: ACTEUR_ETAT,
    res: c.etat === 'a_trancher' ? 'KO' : 'OK',
    motif,
    corr: retour.id,
  });
  const doubles = issue.sansEffet.map((f) => ligne(f.collectivite, f.id, 'déjà reçu : sans effet'));
  return [
    ...doubles,
    ligne('operateur', retour.id, issue.restes.length > 0 ? 'à trancher' : (c.motif ?? '')),
  ];
}

/** The storage or the program failed: a verdict on nothing. The return waits and is looked at again. */
async function reporter(outils: OutilsMoteur, retour: Retour, cause: unknown): Promise<void> {
  outils.log.error('analyse d’un retour interrompue', { retour: retour.id }, cause);
  const { id, ver, etat, motif, flux, tentatives } = retour;
  const due = reculer(outils, tentatives);
  await insister(outils, () =>
    outils.store.ecriture.ecrire({
      quand: outils.clock.now(),
      retours: [{ id, ver, etat, due, tentatives: tentatives + 1, motif, flux }],
      journal: [],
    }),
  );
}
