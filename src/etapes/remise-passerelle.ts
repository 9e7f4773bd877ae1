import type { Config } from '../config/manifest.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import type { Flux } from '../metier/flux.ts';
import type { Deposant, IdentitePes, IssueDepot } from '../ports/passerelle.ts';
import type { Envoi } from '../ports/transport.ts';
import { nommerEnvoi, type ReglagesNommage } from '../protocoles/helios/nommage.ts';
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

async function lire(
  guichet: GuichetPasserelle,
  issue: IssueDepot,
  suite: { readonly identite: IdentitePes; readonly signal: AbortSignal },
): Promise<IssueRemise> {
  if (issue.type === 'prise') {
    const { nomFinal, deja } = issue;
    return { type: 'prise', motif: deja ? `${nomFinal}, déjà là d’un envoi précédent` : nomFinal };
  }
  const { erreur, enCause } = issue;
  if (erreur.nature === 'incertaine') {
    return (await lever(guichet, suite.identite, suite.signal)) ?? { type: 'incertaine', erreur };
  }
  // A gateway that is wrongly set, or not itself any more, says nothing of the file: it waits.
  if (erreur.nature === 'passagere' || enCause === 'passerelle') return { type: 'non_prise', erreur };
  return { type: 'refusee', motif: erreur.code, erreur };
}

/**
 * Doors of HELIOS: each collectivité leaves by the gateway of its card, the first one otherwise; null when there is none.
 * The door throws VGM-HEL-001 or -002 before anything leaves, when the file cannot be named.
 */
export function creerPortesPasserelle(
  guichets: readonly GuichetPasserelle[],
  annuaire: Annuaire,
): (flux: Flux) => Promise<Remise | null> {
  return async (flux) => {
    const { helios } = await annuaire.exiger(flux.collectivite);
    const choisi = helios?.passerelle ?? '';
    const guichet = choisi === '' ? guichets[0] : guichets.find((g) => g.nom === choisi);
    if (guichet === undefined || helios === null) return null;
    const { destination } = helios;
    // Named once here, so that what cannot be named is found out before the mark.
    identiteA(guichet, flux, { destination, nom: flux.nomEnvoi ?? '', taille: 0 });
    const { fenetres, octetsParHeure, repos } = guichet;
    return {
      destination: guichet.destination,
      guichet: guichet.guichet,
      fenetres,
      octetsParHeure,
      repos: () => repos.etat(),
      constater: ({ nom, taille }, parti) =>
        montre(guichet, identiteA(guichet, parti, { destination, nom, taille })),
      remettre: async ({ nom, taille, ouvrir }, parti, signal) => {
        const identite = identiteA(guichet, parti, { destination, nom, taille });
        const issue = await guichet.passerelle.deposer({ ...identite, ouvrir }, signal);
        noter(repos, issue);
        return lire(guichet, issue, { identite, signal });
      },
    };
  };
}
