import { analyserRetour, type OutilsAccuse } from '../etapes/accuse.ts';
import type { Attribution, IssueRetour, Reception } from '../etapes/accuse-issue.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, Instant } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { EtatRetour, Retour } from '../metier/retours.ts';
import type { ChangementRetour, Ecriture, NouveauFlux, NouvelleLivraison } from '../ports/store.ts';
import { ebauche, entree, livraisonsDe, type Prepare, preparer } from './avancer.ts';
import { estConflit, insister } from './insister.ts';
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
        const issue = { attributions: [], receptions: [], sansEffet: [], restes };
        await insister(outils, () => consignerIssue(outils, reclame, issue));
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
  const recus: Recu[] = [];
  for (const reception of issue.receptions)
    recus.push(
      await preparerReception(outils, reception, { retour, quand, acteur: ACTEUR_ETAT, corr: retour.id }),
    );
  const changement = changementDe(retour, issue, recus);
  const faits = [...prepares, ...recus];
  const ecriture: Ecriture = {
    quand,
    flux: prepares.map((p) => p.changement),
    nouveauxFlux: recus.map((r) => r.nouveau),
    retours: [changement],
    nouvellesLivraisons: faits.flatMap((f) => f.livraisons),
    journal: [...faits.map((f) => f.journal), ...lignesDuRetour(retour, issue, changement)],
  };
  await outils.store.ecriture.ecrire(ecriture);
  for (const f of faits) outils.diffusion.publier({ quand, flux: f.apres, ev: f.journal.ev });
}

/** The lines of one transaction for one flux that the State starts. */
interface Recu {
  readonly nouveau: NouveauFlux;
  readonly journal: EntreeJournal;
  readonly livraisons: readonly NouvelleLivraison[];
  readonly apres: Flux;
}

interface FaitsReception {
  readonly retour: Retour;
  readonly quand: Instant;
  readonly acteur: string;
  readonly corr: string;
}

/** A flux that the State starts, at the collectivité that the file names or that a person names. */
export async function preparerReception(
  outils: OutilsMoteur,
  reception: Reception,
  { retour, quand, acteur, corr }: FaitsReception,
): Promise<Recu> {
  const nouveau: NouveauFlux = {
    ...reception,
    id: outils.random.uuid() as FluxId,
    etat: 'recu',
    contenu: null,
    cite: null,
    cleIdempotence: null,
    empreinteDemande: retour.sha256,
    due: quand,
  };
  const apres = ebauche(nouveau);
  const motif = nouveau.identite;
  const journal = entree(
    apres,
    { acteur, corr, motif, pieces: nouveau.pieces },
    { ev: 'RECEPTION', res: 'OK' },
  );
  return { nouveau, journal, livraisons: await livraisonsDe(outils, apres, 'flux.recu'), apres };
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

function changementDe(retour: Retour, issue: IssueRetour, recus: readonly Recu[]): ChangementRetour {
  const flux = [
    ...new Set([
      ...issue.attributions.map((a) => a.flux.id),
      ...recus.map((r) => r.nouveau.id),
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
  return issue.attributions.length + issue.receptions.length > 0 ? 'attribue' : 'classe';
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
