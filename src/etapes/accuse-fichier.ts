import { buffer } from 'node:stream/consumers';
import type { Siren } from '../metier/identifiants.ts';
import type { Coffre } from '../ports/coffre.ts';
import { lire, lireAuFil, type MessageRetour, type RetourHelios } from '../protocoles/helios/accuse.ts';
import { destinataire } from '../protocoles/helios/accuse/destinataire.ts';
import type { IssueRetour, Reception } from './accuse-issue.ts';
import { attribuer } from './acquittement.ts';
import { garer, type OutilsFichier, pieceDe, RIEN, type RetourFichier } from './retour-fichier.ts';

/** Bytes up to which a file is held whole, and then read more leniently: acquittements weigh a few kilobytes. */
const ENTIER_MAX = 8_000_000;

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
  const reception = receptionDe(message, retour, destination);
  const { collectivite, identite } = reception;
  const [deja] = await outils.flux.parIdentite({ collectivite }, identite);
  return deja === undefined ? { ...RIEN, receptions: [reception] } : { ...RIEN, sansEffet: [deja] };
}

/** The flux that a PES Retour starts at its collectivité. */
export function receptionDe(
  { libelle, lu: { entetes, domaines } }: MessageRetour,
  retour: RetourFichier,
  { siren, siret }: { readonly siren: Siren; readonly siret: string },
): Reception {
  return {
    protocole: 'HELIOS',
    collectivite: siren,
    // The gateway's names bear the instant of their making; one that comes back with other bytes is another file.
    identite: `${retour.nom} ${retour.sha256.slice(0, 12)}`,
    resume: {
      genre: 'PES_Retour',
      libelle,
      nom: retour.nom,
      siret,
      codCol: entetes.codCol?.valeur ?? null,
      domaines: domaines.map(({ nom: domaine, bordereaux, pieces }) => ({ domaine, bordereaux, pieces })),
    },
    pieces: [pieceDe(retour, 'retour')],
    cite: null,
    accuse: null,
  };
}
