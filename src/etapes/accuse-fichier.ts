import { estTerminal, type EvenementEtat, transition } from '../metier/etats.ts';
import { type Flux, misesEnLigne, type Piece } from '../metier/flux.ts';
import type { Retour } from '../metier/retours.ts';
import { type Collectivites, type LectureFlux, OPERATEUR } from '../ports/store.ts';
import { lire, type MessageAcquit, type MessageRetour } from '../protocoles/helios/accuse.ts';
import { destinataire } from '../protocoles/helios/accuse/destinataire.ts';
import { fichierEnvoye, rapprocher } from '../protocoles/helios/accuse/rapprochement.ts';
import { identite } from '../protocoles/helios/depot.ts';
import type { IssueRetour, Reception } from './accuse-issue.ts';

export interface OutilsFichier {
  readonly flux: LectureFlux;
  readonly collectivites: Pick<Collectivites, 'lister'>;
}

/** A return that is a file of the gateway. */
type RetourFichier = Retour & { readonly nom: string };

const RIEN: IssueRetour = { attributions: [], receptions: [], sansEffet: [], restes: [] };

function garer(motif: string): IssueRetour {
  return { ...RIEN, restes: [motif] };
}

/**
 * Analyses one file that the DGFiP left at the gateway: an acquittement goes to the file it answers, a PES Retour to the
 * collectivité whose SIRET it bears, anything else to a person. Reads only.
 */
export async function analyserFichier(
  retour: RetourFichier,
  octets: Uint8Array,
  outils: OutilsFichier,
): Promise<IssueRetour> {
  const { messages, restes } = lire([{ nom: retour.nom, octets }]);
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

async function attribuer(
  message: MessageAcquit,
  retour: RetourFichier,
  outils: OutilsFichier,
): Promise<IssueRetour> {
  const { entetes, repetitions } = message.lu;
  const cle = { nomFic: entetes.nomFic?.valeur.trim() ?? '', codCol: entetes.codCol?.valeur.trim() ?? '' };
  const candidats = (await outils.flux.parIdentite(OPERATEUR, identite(cle))).filter(
    (f) => f.protocole === 'HELIOS',
  );
  const envoyes = candidats.flatMap((f) => fichierEnvoye(f) ?? []);
  const trouve = rapprocher({ entetes, repetitions, bilan: message.bilan }, envoyes);
  if (trouve.type !== 'trouve') return garer(`${message.libelle} ${trouve.motif}`);
  const flux = candidats.find((f) => f.id === trouve.flux);
  const evenement = flux === undefined ? null : evenementDe(message, flux);
  if (flux === undefined || evenement === null)
    return garer(`${message.libelle} Une personne doit trancher.`);
  const vers = transition(flux.etat, evenement);
  if (vers === undefined) return apresCoup(message, retour, { flux, evenement, outils });
  const { libelle, erreur } = message;
  const champs = {
    acquittement: message.champs,
    confrontation: JSON.parse(JSON.stringify(trouve.confrontation)),
  };
  const attribution = {
    flux,
    message: { evenement, libelle, champs, erreur: evenement === 'accuse_recu' ? null : erreur },
    pieces: [pieceDe(retour, 'accuse')],
  };
  return { ...RIEN, attributions: [attribution] };
}

/** An answer to a flux that is already at its end: the same again is without effect, another is for a person. */
async function apresCoup(
  message: MessageAcquit,
  retour: RetourFichier,
  suite: { readonly flux: Flux; readonly evenement: EvenementEtat; readonly outils: OutilsFichier },
): Promise<IssueRetour> {
  const { flux, evenement, outils } = suite;
  const pieces = await outils.flux.pieces(OPERATEUR, flux.id);
  const deja = pieces.some((p) => p.role === 'accuse' && p.sha256 === retour.sha256);
  const dit = {
    accuse_recu: 'acquitte',
    accuse_partiel_recu: 'acquitte_partiel',
    anomalie_recue: 'anomalie',
  };
  const meme = Object.entries(dit).some(([e, etat]) => e === evenement && etat === flux.etat);
  if (deja || (meme && estTerminal(flux.etat) && evenement === 'accuse_recu')) {
    return { ...RIEN, sansEffet: [flux] };
  }
  return garer(`${message.libelle} Il contredit l’état « ${flux.etat} » du flux ${flux.id}.`);
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
