import type { Config } from '../config/manifest.ts';
import { erreurPasserelle } from '../metier/catalogue/passerelle.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Etat } from '../metier/etats.ts';
import { departs, type Flux, voieDe } from '../metier/flux.ts';
import type { Deposant, IdentitePes, IssueDepot } from '../ports/passerelle.ts';
import type { LectureFlux } from '../ports/store.ts';
import type { Envoi } from '../ports/transport.ts';
import { nommerEnvoi, nomPasstransSftp, type ReglagesNommage } from '../protocoles/helios/nommage.ts';
import type { Annuaire } from './annuaire.ts';
import { creerGuichet } from './guichet.ts';
import type { IssueRemise, Remise } from './remise.ts';
import { creerRepos, type ReglagesRepos, type ReposDeGuichet } from './repos.ts';

/** One gateway of the DGFiP, as the settings describe it. */
export interface GuichetPasserelle
  extends Pick<Remise, 'destination' | 'guichet' | 'fenetres' | 'octetsParHeure'> {
  readonly nom: string;
  readonly passerelle: Deposant;
  readonly nommage: ReglagesNommage;
  readonly repos: ReposDeGuichet;
}

export function creerGuichetPasserelle(
  {
    config: p,
    passerelle,
  }: { readonly config: Config['helios']['passerelles'][number]; readonly passerelle: Deposant },
  { plateforme, debut_message: debutMessage }: Pick<Config['helios'], 'plateforme' | 'debut_message'>,
  repos: ReglagesRepos,
): GuichetPasserelle {
  return {
    nom: p.nom,
    passerelle,
    nommage: { mode: p.mode, plateforme, debutMessage },
    destination: destinationDe(p.nom),
    guichet: creerGuichet(p.concurrence),
    fenetres: p.fenetres.map((f) => ({ debut: f.debut, fin: f.fin, octetsParHeure: f.octets_par_heure })),
    octetsParHeure: p.octets_par_heure,
    repos: creerRepos(repos),
  };
}

/** Key of a gateway where destinations are named. */
export function destinationDe(passerelle: string): string {
  return `HELIOS:${passerelle}`;
}

interface FaitsEnvoi extends Pick<Envoi, 'nom' | 'taille'> {
  /** P_DEST. */
  readonly destination: string;
}

/** Identity of a flux at its gateway: fixed by its outgoing name, its content and its collectivité. */
function identiteA(guichet: GuichetPasserelle, flux: Flux, fait: FaitsEnvoi): IdentitePes {
  const { destination, nom, taille } = fait;
  return { ...nommerEnvoi({ flux, destination, nom }, guichet.nommage), taille };
}

async function montre({ passerelle }: GuichetPasserelle, identite: IdentitePes): Promise<boolean> {
  return (await passerelle.existe(identite)).type === 'presente';
}

/** The line was lost at the last moment: a new one often shows at once that the file is there. */
async function lever(
  guichet: GuichetPasserelle,
  identite: IdentitePes,
  signal: AbortSignal,
): Promise<IssueRemise | null> {
  if (signal.aborted) return null;
  try {
    if (!(await montre(guichet, identite))) return null;
  } catch (cause) {
    if (cause instanceof ErreurVgm) return null;
    throw cause;
  }
  return { type: 'prise', motif: `${identite.nomDistant}, vu à la passerelle après une coupure` };
}

function noter(repos: ReposDeGuichet, issue: IssueDepot): void {
  if (issue.type === 'echec' && issue.enCause === 'passerelle') repos.noterPanne(issue.erreur);
  else repos.noterReponse();
}

interface Suite {
  readonly identite: IdentitePes;
  readonly signal: AbortSignal;
  readonly jumeau: Flux | undefined;
}

function dejaLa(nom: string, jumeau: Flux | undefined): IssueRemise {
  if (jumeau === undefined) return { type: 'deja_la', motif: `${nom}, déjà là d’un envoi précédent` };
  return { type: 'non_prise', erreur: erreurPasserelle('VGM-PAS-024', { nom, flux: jumeau.id }).fiche };
}

async function lire(guichet: GuichetPasserelle, issue: IssueDepot, suite: Suite): Promise<IssueRemise> {
  if (issue.type === 'prise') {
    const { nomFinal, deja } = issue;
    return deja ? dejaLa(nomFinal, suite.jumeau) : { type: 'prise', motif: nomFinal };
  }
  const { erreur, enCause } = issue;
  if (erreur.nature === 'incertaine') {
    return (await lever(guichet, suite.identite, suite.signal)) ?? { type: 'incertaine', erreur };
  }
  // A gateway that is wrongly set, or not itself any more, says nothing of the file: it waits.
  if (erreur.nature === 'passagere' || enCause === 'passerelle') return { type: 'non_prise', erreur };
  return { type: 'refusee', motif: erreur.code, erreur };
}

export interface OutilsPortes {
  readonly annuaire: Annuaire;
  readonly flux: Pick<LectureFlux, 'parIdentite'>;
}

/**
 * The flux whose file bears the same remote name, and left before: over Passtrans SFTP the same bytes bear the same name.
 * As long as the gateway shows that name, it proves nothing of this flux, and leaves it no place.
 */
async function jumeauDe(
  guichet: GuichetPasserelle,
  flux: Flux,
  outils: OutilsPortes,
): Promise<Flux | undefined> {
  if (guichet.nommage.mode !== 'passtrans_sftp') return undefined;
  const { id, collectivite, identite, resume } = flux;
  const homonymes = await outils.flux.parIdentite({ collectivite }, identite);
  return homonymes.find((f) => f.id !== id && f.resume['sha1'] === resume['sha1'] && departs(f).length > 0);
}

/** The last try may have left something at its gateway. */
const PARTIS: readonly Etat[] = ['en_ligne', 'incertain'];

/**
 * Doors of HELIOS: each collectivité leaves by the gateway of its card, the first one otherwise; null when there is none.
 * The door throws VGM-HEL-001 or -002 before anything leaves, when the file cannot be named.
 */
export function creerPortesPasserelle(
  guichets: readonly GuichetPasserelle[],
  outils: OutilsPortes,
): (flux: Flux) => Promise<Remise | null> {
  return async (flux) => {
    const { helios } = await outils.annuaire.exiger(flux.collectivite);
    if (helios === null) return null;
    // Whatever the card says since, a file is looked for where it left.
    const partie = PARTIS.includes(flux.etat) ? voieDe(flux) : null;
    const { passerelle: choisi, destination } = partie ?? helios;
    const guichet = choisi === '' ? guichets[0] : guichets.find((g) => g.nom === choisi);
    if (guichet === undefined) return null;
    // Named once here, so that what cannot be named is found out before the mark.
    const noms = identiteA(guichet, flux, { destination, nom: flux.nomEnvoi ?? '', taille: 0 });
    const nomLa = guichet.nommage.mode === 'passtrans_sftp' ? nomPasstransSftp(noms) : noms.nomDistant;
    const { fenetres, octetsParHeure, repos } = guichet;
    return {
      destination: guichet.destination,
      voie: { passerelle: guichet.nom, destination, nom: nomLa },
      guichet: guichet.guichet,
      fenetres,
      octetsParHeure,
      repos: () => repos.etat(),
      constater: async ({ nom, taille }, parti) =>
        (await jumeauDe(guichet, parti, outils)) === undefined &&
        montre(guichet, identiteA(guichet, parti, { destination, nom, taille })),
      remettre: async ({ nom, taille, ouvrir }, parti, signal) => {
        const identite = identiteA(guichet, parti, { destination, nom, taille });
        const jumeau = await jumeauDe(guichet, parti, outils);
        const issue = await guichet.passerelle.deposer({ ...identite, ouvrir }, signal);
        noter(repos, issue);
        return lire(guichet, issue, { identite, signal, jumeau });
      },
    };
  };
}
