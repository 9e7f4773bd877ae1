import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { comprendreFichier } from '../etapes/accuse-fichier.ts';
import type { PieceLue } from '../formats/asic/fiche.ts';
import { NOM_LIGNES } from '../formats/asic/manifeste.ts';
import type { Constat } from '../formats/asic/releve.ts';
import { type Etat, transition } from '../metier/etats.ts';
import type { ObjetJson } from '../metier/flux.ts';
import type { Sha256 } from '../metier/identifiants.ts';
import type { MessageAcquit, RetourHelios } from '../protocoles/helios/accuse.ts';
import { departsAvant } from '../protocoles/helios/accuse/departs.ts';
import { type JugementAck, jugerAck, trancheDe } from '../protocoles/helios/accuse/jugement.ts';
import { champsConfrontation, presenterAck } from '../protocoles/helios/accuse/presentation.ts';
import { type FichierEnvoye, rapprocher } from '../protocoles/helios/accuse/rapprochement.ts';
import { identiteCitee } from '../protocoles/helios/depot.ts';
import { normaliserNom } from '../protocoles/helios/nommage.ts';
import { constater, type Dossier, octetsDe, tailleDe } from './verifier-preuve-dossier.ts';

/** The acquittement of a proof answers the file that the proof holds, and says of it what `flux.json` says. */

/** As leniently as when it came. */
export function comprendre(dossier: Dossier, piece: PieceLue): Promise<RetourHelios> {
  const ouvrir = async () => Readable.from(octetsDe(dossier, piece));
  const vrai = { ...piece, sha256: piece.sha256 as Sha256, taille: tailleDe(dossier, piece) };
  return comprendreFichier(vrai, { ouvrir });
}

async function lireAcquit(dossier: Dossier, piece: PieceLue): Promise<MessageAcquit | string> {
  const { messages, restes } = await comprendre(dossier, piece);
  const [message] = messages;
  if (message?.type === 'acquit') return message;
  return message === undefined ? (restes[0]?.motif ?? 'il ne se lit pas') : 'ce n’est pas un acquittement';
}

/** Identities are compared as names are: older proofs keep the blanks of theirs. */
export function memeIdentite(vue: string, ecrite: string): boolean {
  const [codCol = '', ...nom] = ecrite.split('/');
  return vue === `${normaliserNom(codCol)}/${normaliserNom(nom.join('/'))}`;
}

function defautDeFichier(
  { lu, bilan }: MessageAcquit,
  { fiche }: Dossier,
  envoye: FichierEnvoye,
): string | null {
  const { entetes, repetitions } = lu;
  const vu = identiteCitee(entetes);
  if (!memeIdentite(vu, fiche.identite)) return `il répond du fichier ${vu}, non de ${fiche.identite}`;
  const trouve = rapprocher({ entetes, repetitions, bilan }, [envoye]);
  return trouve.type === 'trouve' ? null : trouve.motif;
}

const partie = {
  sort: z.string(),
  erreurs: z.array(z.object({ code: z.string().nullable(), libelle: z.string().nullable() })),
};

/** Fate of each bordereau and each piece, as `flux.json` keeps it. */
const schemaConfrontation = z.object({
  comptes: z.unknown().optional(),
  bordereaux: z.array(z.object({ domaine: z.string(), exercice: z.string(), numero: z.string(), ...partie })),
  pieces: z.array(z.object({ idUnique: z.string(), ...partie })),
});

/** The order of the parts is not what is proved. */
function enOrdre(parties: readonly object[]): string[] {
  return parties.map((p) => JSON.stringify(p)).toSorted();
}

function memesSorts(ecrits: unknown, { confrontation }: JugementAck): boolean {
  const dits = schemaConfrontation.safeParse(ecrits);
  const vus = schemaConfrontation.parse(champsConfrontation(confrontation));
  if (!dits.success) return false;
  const { comptes = vus.comptes, bordereaux, pieces } = dits.data;
  return (
    isDeepStrictEqual(comptes, vus.comptes) &&
    isDeepStrictEqual(enOrdre(bordereaux), enOrdre(vus.bordereaux)) &&
    isDeepStrictEqual(enOrdre(pieces), enOrdre(vus.pieces))
  );
}

/** The word of a person stands in the journal, beside the bytes of what it settles. */
function estTranche({ releves }: Dossier, { sha256 }: PieceLue): boolean {
  const lignes = Buffer.from(releves.get(NOM_LIGNES)?.octets ?? [])
    .toString('utf8')
    .split('\n');
  return lignes.some((l) => /"ev":"[A-Z_]+_TRANCHEE?"/.test(l) && l.includes(`sha256:${sha256}`));
}

interface Reponse {
  readonly message: MessageAcquit;
  readonly piece: PieceLue;
  readonly envoye: FichierEnvoye;
}

/** The state and the fates are those that the last answer gives, or that a person gave it. */
function defautDeSens(dossier: Dossier, { message, piece, envoye }: Reponse): string | null {
  const resume = dossier.fiche.resume as ObjetJson;
  const tranche = trancheDe({ resume });
  const departs = departsAvant({ resume }, piece.nom);
  const jugement = jugerAck(message.bilan, envoye, { departs, tranche });
  const { evenement } = jugement;
  const { libelle } = presenterAck(jugement.bilan, jugement.confrontation);
  if (evenement === null || transition('transmis', evenement) !== dossier.fiche.etat)
    return `l’état du flux le contredit (${libelle})`;
  if (tranche !== null && !estTranche(dossier, piece))
    return 'flux.json dit qu’une personne l’a tranché, le journal n’en dit rien';
  return memesSorts(resume['confrontation'], jugement)
    ? null
    : `flux.json ne dit pas ce qu’il répond de chaque bordereau et de chaque PJ (${libelle})`;
}

/** What is wrong with one answer. A later one may have come, that a person put above it. */
function defautAcquit(dossier: Dossier, reponse: Reponse, derniere: boolean): string | null {
  const { message, envoye } = reponse;
  const tranche = trancheDe({ resume: dossier.fiche.resume as ObjetJson });
  const etranger = derniere && tranche !== null ? null : defautDeFichier(message, dossier, envoye);
  return etranger ?? (derniere ? defautDeSens(dossier, reponse) : null);
}

const REPONDUS: readonly Etat[] = ['acquitte', 'acquitte_partiel', 'anomalie'];

/** @param envoye all that the deposited file holds; null when it cannot be read. */
export async function controlerAcquit(dossier: Dossier, envoye: FichierEnvoye | null): Promise<Constat> {
  const { fiche } = dossier;
  const dire = constater('Acquittement d’Hélios');
  const accuses = fiche.pieces.filter((p) => p.role === 'accuse');
  if (accuses.length === 0)
    return dire(REPONDUS.includes(fiche.etat) ? 'flux acquitté sans acquittement' : null, 'aucun à ce jour');
  if (envoye === null) return dire('le fichier auquel il répond ne se lit pas', '');
  const libelles: string[] = [];
  for (const piece of accuses) {
    const message = await lireAcquit(dossier, piece);
    if (typeof message === 'string') return dire(`${piece.fichier} : ${message}`, '');
    const defaut = defautAcquit(dossier, { message, piece, envoye }, piece === accuses.at(-1));
    if (defaut !== null) return dire(`${piece.fichier} : ${defaut}`, '');
    libelles.push(message.libelle);
  }
  const tranche = trancheDe({ resume: fiche.resume as ObjetJson });
  return dire(null, `${libelles.join(' ')}${tranche === null ? '' : ' Tranché par une personne.'}`);
}
