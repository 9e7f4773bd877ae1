import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { Deposant, EnvoiPes, IssueDepot, Presence } from '../../ports/passerelle.ts';
import { FautePair } from './fautes.ts';
import { nommer, type NomsEnvoi } from './noms.ts';
import { cheminDe, type ReglagesPasserelle, type Session, type TailleDistante } from './session.ts';
import type { Sessions } from './sessions.ts';
import { traduire } from './traduction.ts';

/** What was last asked of the peer: it decides what a failure means. */
type Phase = 'preparation' | 'metadonnees' | 'ecriture' | 'nommage';

type Nomme = Extract<NomsEnvoi, { type: 'nomme' }>;

const ARRET = 'arrêt demandé';

interface Depot {
  readonly envoi: EnvoiPes;
  readonly noms: Nomme;
  readonly final: string;
  readonly signal: AbortSignal;
  phase: Phase;
  /** Something of the file stands at the peer. */
  entame: boolean;
  /** The request that gives the final name may have been carried out. */
  engage: boolean;
}

export interface Atelier {
  readonly reglages: ReglagesPasserelle;
  readonly sessions: Sessions;
  /** Do the metadata travel in the name? */
  readonly dansLeNom: boolean;
}

/** Codes whose remedy lies with the file or its collectivité; the others lie with the gateway or its settings. */
const DE_L_ENVOI: ReadonlySet<string> = new Set(['VGM-PAS-011', 'VGM-PAS-013', 'VGM-PAS-014', 'VGM-PAS-016']);

export function creerDeposant(atelier: Atelier): Deposant {
  const { reglages, sessions, dansLeNom } = atelier;
  const nommage = { dansLeNom, provisoire: reglages.provisoire };
  return {
    async deposer(envoi, signal) {
      const noms = nommer(envoi, nommage);
      if (noms.type === 'refuse') {
        return echec(erreurPasserelle('VGM-PAS-014', { nom: envoi.nomDistant, detail: noms.detail }));
      }
      const final = cheminDe(reglages.dossierDepot, noms.final);
      const depot: Depot = { envoi, noms, final, signal, phase: 'preparation', entame: false, engage: false };
      try {
        const travail = sessions.avec(
          (session) => mener(session, depot, reglages),
          () => depot.phase === 'preparation' && !signal.aborted,
        );
        return await interrompre(travail, signal);
      } catch (erreur) {
        return classer(erreur, depot);
      }
    },
    async existe(identite) {
      const noms = nommer(identite, nommage);
      if (noms.type === 'refuse') {
        throw erreurPasserelle('VGM-PAS-014', { nom: identite.nomDistant, detail: noms.detail });
      }
      const chemin = cheminDe(reglages.dossierDepot, noms.final);
      return sessions
        .avec(
          (session) => chercher(session, chemin, identite.taille),
          () => true,
        )
        .catch((erreur: unknown) => {
          throw traduire(erreur, { passerelle: reglages.nom, nom: chemin });
        });
    },
  };
}

async function chercher(session: Session, chemin: string, attendue: number): Promise<Presence> {
  const taille = await session.tailleDe(chemin);
  if (taille === 'absent') return { type: 'absente' };
  if (taille === 'inconnue') return { type: 'inconnue' };
  return taille === attendue ? { type: 'presente' } : { type: 'differente', taille };
}

/** A stop cuts the line at once: whatever waits on it fails, and nothing more leaves. */
async function mener(session: Session, depot: Depot, reglages: ReglagesPasserelle): Promise<IssueDepot> {
  const couper = () => session.fermer(false);
  if (depot.signal.aborted) throw new FautePair('ligne', ARRET);
  depot.signal.addEventListener('abort', couper, { once: true });
  try {
    return await remettre(session, depot, reglages);
  } finally {
    depot.signal.removeEventListener('abort', couper);
  }
}

/** Look, announce, write aside, measure, name. */
async function remettre(session: Session, depot: Depot, reglages: ReglagesPasserelle): Promise<IssueDepot> {
  const { envoi, noms, final } = depot;
  const provisoire = noms.provisoire === null ? null : cheminDe(reglages.dossierDepot, noms.provisoire);
  const chemins = provisoire === null ? [final] : [final, provisoire];
  const [trouvee, reste] = await session.taillesDe(chemins);
  if (trouvee === envoi.taille) return { type: 'prise', nomFinal: noms.final, deja: true };
  if (typeof trouvee === 'number') throw autreTaille(depot, trouvee);
  depot.phase = 'metadonnees';
  await session.annoncer(envoi.metadonnees);
  if (provisoire === null) await ecrireDirect(session, depot);
  else {
    // What an earlier try left: many gateways let nobody write over a file, be it one's own.
    if (typeof reste === 'number') await tenterEffacer(session, provisoire);
    await ecrireAPart(session, depot, provisoire);
  }
  return { type: 'prise', nomFinal: noms.final, deja: false };
}

async function ecrireAPart(session: Session, depot: Depot, provisoire: string): Promise<void> {
  const { envoi, final } = depot;
  try {
    const recue = await ecrire(session, depot, provisoire);
    if (typeof recue === 'number' && recue !== envoi.taille) throw tronque(depot, recue);
    if (recue === 'absent') {
      // Somebody takes files away under any name: they may have been taken.
      depot.engage = true;
      throw new FautePair('ligne', 'le fichier a disparu sous son nom provisoire');
    }
  } catch (erreur) {
    await tenterEffacer(session, provisoire);
    throw erreur;
  }
  depot.phase = 'nommage';
  try {
    await session.renommer(provisoire, final, () => {
      depot.engage = true;
    });
  } catch (erreur) {
    if (!(erreur instanceof FautePair) || erreur.genre === 'ligne') throw erreur;
    // A plain no: nothing was renamed, and what stands under the final name is the evidence.
    depot.engage = false;
    const trouvee = await session.tailleDe(final);
    if (trouvee === envoi.taille) return;
    if (typeof trouvee === 'number') throw autreTaille(depot, trouvee);
    await tenterEffacer(session, provisoire);
    throw erreur;
  }
}

/** A courtesy to the peer: what cannot be removed changes nothing to the outcome. */
async function tenterEffacer(session: Session, chemin: string): Promise<void> {
  if (session.vive) await session.effacer(chemin).catch(() => undefined);
}

/** Gateways that cannot rename: from the first byte, what they hold under the final name is theirs to judge. */
async function ecrireDirect(session: Session, depot: Depot): Promise<void> {
  const { envoi, final } = depot;
  const recue = await ecrire(session, depot, final);
  // Gone already: taken by the gateway.
  if (typeof recue === 'number' && recue !== envoi.taille) throw tronque(depot, recue);
}

async function ecrire(session: Session, depot: Depot, chemin: string): Promise<TailleDistante> {
  const { envoi } = depot;
  const source = await envoi.ouvrir();
  try {
    depot.phase = 'ecriture';
    const entamer = () => {
      depot.entame = true;
    };
    const contenu = exactement(source, envoi);
    return await session.ecrire({ chemin, contenu, taille: envoi.taille, entamer });
  } finally {
    source.destroy();
  }
}

/** The bytes of the source, provided that there are as many as announced. */
async function* exactement(
  source: AsyncIterable<Uint8Array>,
  { nomDistant: nom, taille }: EnvoiPes,
): AsyncGenerator<Uint8Array> {
  let passes = 0;
  try {
    for await (const bloc of source) {
      passes += bloc.length;
      if (passes > taille) break;
      yield bloc;
    }
  } catch (origine) {
    const detail = origine instanceof ErreurVgm ? origine.fiche.message : 'lecture impossible';
    throw erreurPasserelle('VGM-PAS-016', { nom, detail }, origine);
  }
  if (passes !== taille) {
    const detail = `${passes > taille ? 'plus de' : `${passes} octets lus sur`} ${taille} octets`;
    throw erreurPasserelle('VGM-PAS-016', { nom, detail });
  }
}

/** Rejects at once when asked to stop, even before there is a connection to cut. */
async function interrompre<T>(travail: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: arret, reject } = Promise.withResolvers<never>();
  const surArret = () => reject(new FautePair('ligne', ARRET));
  travail.catch(() => undefined);
  if (signal.aborted) surArret();
  else signal.addEventListener('abort', surArret, { once: true });
  try {
    return await Promise.race([arret, travail]);
  } finally {
    signal.removeEventListener('abort', surArret);
  }
}

/** Written directly, it may be the half that an interrupted try left; written aside, it is never ours. */
function autreTaille({ envoi, noms }: Depot, trouvee: number): ErreurVgm {
  const nom = noms.final;
  if (noms.provisoire !== null) {
    return erreurPasserelle('VGM-PAS-011', { nom, trouvee, attendue: envoi.taille });
  }
  const detail = `${trouvee} octets y portent déjà ce nom, au lieu de ${envoi.taille}`;
  return erreurPasserelle('VGM-PAS-008', { nom, detail });
}

function tronque({ envoi, noms }: Depot, trouvee: number): ErreurVgm {
  return erreurPasserelle('VGM-PAS-015', { nom: noms.final, trouvee, attendue: envoi.taille });
}

function echec({ fiche }: ErreurVgm): IssueDepot {
  return { type: 'echec', erreur: fiche, enCause: DE_L_ENVOI.has(fiche.code) ? 'envoi' : 'passerelle' };
}

/** The one place where a failure of the deposit gets its nature. */
function classer(erreur: unknown, depot: Depot): IssueDepot {
  const { phase, noms } = depot;
  const nom = noms.final;
  // Written directly, even a half of the file may be taken for it: whatever failed, the peer is the one to tell.
  const incertain = noms.provisoire === null && depot.entame;
  if (erreur instanceof ErreurVgm) {
    const { code, message } = erreur.fiche;
    if (!code.startsWith('VGM-PAS-')) throw erreur;
    return echec(incertain ? erreurPasserelle('VGM-PAS-008', { nom, detail: message }, erreur) : erreur);
  }
  if (!(erreur instanceof FautePair)) throw erreur;
  const details = { nom, detail: erreur.message };
  const perdu = erreur.genre === 'ligne';
  if (incertain || (perdu && depot.engage)) {
    return echec(erreurPasserelle('VGM-PAS-008', details, erreur));
  }
  if (perdu) return echec(erreurPasserelle('VGM-PAS-007', details, erreur));
  if (erreur.genre === 'passager') return echec(erreurPasserelle('VGM-PAS-010', details, erreur));
  return echec(erreurPasserelle(REFUS[phase], details, erreur));
}

const REFUS = {
  preparation: 'VGM-PAS-009',
  metadonnees: 'VGM-PAS-013',
  ecriture: 'VGM-PAS-009',
  nommage: 'VGM-PAS-012',
} as const satisfies Record<Phase, string>;
