import { buffer } from 'node:stream/consumers';
import { estTerminal, type EvenementEtat, LIBELLE_ETAT, transition } from '../metier/etats.ts';
import { type Flux, misesEnLigne, type ObjetJson, type Piece } from '../metier/flux.ts';
import type { Retour } from '../metier/retours.ts';
import type { Coffre } from '../ports/coffre.ts';
import { type Collectivites, type LectureFlux, OPERATEUR } from '../ports/store.ts';
import {
  lire,
  lireAuFil,
  type MessageAcquit,
  type MessageRetour,
  type RetourHelios,
} from '../protocoles/helios/accuse.ts';
import { destinataire } from '../protocoles/helios/accuse/destinataire.ts';
import { type Confrontation, fichierEnvoye, rapprocher } from '../protocoles/helios/accuse/rapprochement.ts';
import { identite } from '../protocoles/helios/depot.ts';
import { instantDuNom } from '../protocoles/helios/nommage.ts';
import type { IssueRetour, Reception } from './accuse-issue.ts';

export interface OutilsFichier {
  readonly flux: LectureFlux;
  readonly coffre: Pick<Coffre, 'ouvrir'>;
  readonly collectivites: Pick<Collectivites, 'lister'>;
}

/** A return that is a file of the gateway. */
type RetourFichier = Retour & { readonly nom: string };

const RIEN: IssueRetour = { attributions: [], receptions: [], sansEffet: [], restes: [] };

/** Bytes up to which a file is held whole, and then read more leniently: acquittements weigh a few kilobytes. */
const ENTIER_MAX = 8_000_000;

function garer(motif: string): IssueRetour {
  return { ...RIEN, restes: [motif] };
}

/** What one file of the gateway says. */
export async function comprendreFichier(
  { nom, sha256, taille }: Pick<RetourFichier, 'nom' | 'sha256' | 'taille'>,
  coffre: Pick<Coffre, 'ouvrir'>,
): Promise<RetourHelios> {
  const source = await coffre.ouvrir(sha256);
  return taille > ENTIER_MAX ? lireAuFil(nom, source) : lire([{ nom, octets: await buffer(source) }]);
}

/**
 * Analyses one file that the DGFiP left at the gateway: an acquittement goes to the file it answers, a PES Retour to the
 * collectivité whose SIRET it bears, anything else to a person. Reads only.
 */
export async function analyserFichier(retour: RetourFichier, outils: OutilsFichier): Promise<IssueRetour> {
  const { messages, restes } = await comprendreFichier(retour, outils.coffre);
  const [message] = messages;
  if (message === undefined) return garer(restes[0]?.motif ?? 'Ce fichier ne contient aucun message connu.');
  return message.type === 'acquit' ? attribuer(message, retour, outils) : recevoir(message, retour, outils);
}

function pieceDe(retour: RetourFichier, role: 'accuse' | 'retour'): Piece {
  const { nom, sha256, sha512, taille } = retour;
  return { role, nom, sha256, sha512, taille, type: 'application/xml' };
}

/**
 * What the answer of Hélios does to its flux; null when only a person can say. « Doublon » is the answer to a second
 * sending of what it already holds: then it proves the first; otherwise the number was already taken by something else.
 */
function evenementDe({ bilan }: MessageAcquit, flux: Flux): EvenementEtat | null {
  switch (bilan.issue) {
    case 'accepte':
      return 'accuse_recu';
    case 'partiel':
      return 'accuse_partiel_recu';
    case 'refuse':
      return 'anomalie_recue';
    case 'doublon':
      return misesEnLigne(flux) > 1 ? 'accuse_recu' : 'anomalie_recue';
    case 'indecis':
    case 'sans_contenu':
      return null;
    default:
      return bilan.issue satisfies never;
  }
}

interface Candidats {
  readonly tous: readonly Flux[];
  /** Those whose end is not known. */
  readonly vifs: readonly Flux[];
  /** Finished ones that these very bytes already answered. */
  readonly repondus: readonly Flux[];
}

async function chercher(
  { lu: { entetes } }: MessageAcquit,
  { sha256 }: RetourFichier,
  { flux }: OutilsFichier,
): Promise<Candidats> {
  const cle = { nomFic: entetes.nomFic?.valeur.trim() ?? '', codCol: entetes.codCol?.valeur.trim() ?? '' };
  const tous = (await flux.parIdentite(OPERATEUR, identite(cle))).filter((f) => f.protocole === 'HELIOS');
  const finis = tous.filter((f) => estTerminal(f.etat));
  const pieces = await Promise.all(finis.map((f) => flux.pieces(OPERATEUR, f.id)));
  return {
    tous,
    vifs: tous.filter((f) => !estTerminal(f.etat)),
    repondus: finis.filter((_, i) => pieces[i]?.some((p) => p.role === 'accuse' && p.sha256 === sha256)),
  };
}

/** Hélios says the same words of two sendings of one file: only the hour of their making tells the answers apart. */
function sansDoute(retour: RetourFichier, vif: Flux, repondus: readonly Flux[]): boolean | null {
  if (repondus.length === 0) return true;
  const [fait, parti] = [instantDuNom(retour.nom), vif.resume['misEnLigne']];
  return fait === null || typeof parti !== 'string' ? null : fait >= Date.parse(parti);
}

async function attribuer(
  message: MessageAcquit,
  retour: RetourFichier,
  outils: OutilsFichier,
): Promise<IssueRetour> {
  const { entetes, repetitions } = message.lu;
  const { tous, vifs, repondus } = await chercher(message, retour, outils);
  const parmi = (flux: readonly Flux[]) =>
    rapprocher(
      { entetes, repetitions, bilan: message.bilan },
      flux.flatMap((f) => fichierEnvoye(f) ?? []),
    );
  const vif = parmi(vifs);
  const trouve = vif.type === 'aucun' ? parmi(tous) : vif;
  const flux = trouve.type === 'trouve' ? tous.find((f) => f.id === trouve.flux) : undefined;
  const sien = vif.type === 'trouve' && flux !== undefined ? sansDoute(retour, flux, repondus) : false;
  if (sien === null && flux !== undefined) {
    const [premier] = repondus;
    return garer(
      `${message.libelle} Les mêmes octets ont déjà répondu au flux ${premier?.id ?? ''} : une personne doit dire s’ils répondent aussi au flux ${flux.id}.`,
    );
  }
  if (sien === false && repondus.length > 0) return { ...RIEN, sansEffet: repondus.slice(0, 1) };
  if (trouve.type !== 'trouve' || flux === undefined) {
    return garer(`${message.libelle} ${trouve.type === 'trouve' ? '' : trouve.motif}`.trim());
  }
  return repondre(message, retour, { flux, confrontation: trouve.confrontation });
}

function repondre(
  message: MessageAcquit,
  retour: RetourFichier,
  { flux, confrontation }: { readonly flux: Flux; readonly confrontation: Confrontation },
): IssueRetour {
  const { libelle, erreur } = message;
  const evenement = evenementDe(message, flux);
  if (evenement === null) return garer(`${libelle} Une personne doit trancher.`);
  if (transition(flux.etat, evenement) === undefined) return apresCoup(libelle, flux, evenement);
  const champs = {
    acquittement: message.champs,
    confrontation: JSON.parse(JSON.stringify(confrontation)) as ObjetJson,
  };
  const attribution = {
    flux,
    message: { evenement, libelle, champs, erreur: evenement === 'accuse_recu' ? null : erreur },
    pieces: [pieceDe(retour, 'accuse')],
  };
  return { ...RIEN, attributions: [attribution] };
}

/** An answer to a flux that is already at its end: a second receipt is without effect, anything else is for a person. */
function apresCoup(libelle: string, flux: Flux, evenement: EvenementEtat): IssueRetour {
  if (evenement === 'accuse_recu' && flux.etat === 'acquitte') return { ...RIEN, sansEffet: [flux] };
  return garer(`${libelle} Il contredit l’état « ${LIBELLE_ETAT[flux.etat]} » du flux ${flux.id}.`);
}

async function recevoir(
  message: MessageRetour,
  retour: RetourFichier,
  outils: OutilsFichier,
): Promise<IssueRetour> {
  const titulaires = (await outils.collectivites.lister()).flatMap(({ siren, helios }) =>
    helios === null ? [] : [{ siren, sirets: helios.sirets }],
  );
  const destination = destinataire(message.lu, titulaires);
  if (destination.type !== 'trouve') return garer(`${message.libelle} ${destination.motif}`);
  const { siren, siret } = destination;
  // The gateway's names bear the instant of their making; one that comes back with other bytes is another file.
  const nom = `${retour.nom} ${retour.sha256.slice(0, 12)}`;
  const [deja] = await outils.flux.parIdentite({ collectivite: siren }, nom);
  if (deja !== undefined) return { ...RIEN, sansEffet: [deja] };
  const { entetes, domaines } = message.lu;
  const reception: Reception = {
    protocole: 'HELIOS',
    collectivite: siren,
    identite: nom,
    resume: {
      genre: 'PES_Retour',
      libelle: message.libelle,
      nom: retour.nom,
      siret,
      codCol: entetes.codCol?.valeur ?? null,
      domaines: domaines.map(({ nom: domaine, bordereaux, pieces }) => ({ domaine, bordereaux, pieces })),
    },
    pieces: [pieceDe(retour, 'retour')],
  };
  return { ...RIEN, receptions: [reception] };
}
