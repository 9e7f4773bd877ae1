import type { PieceLue } from '../formats/asic/fiche.ts';
import type { Constat } from '../formats/asic/releve.ts';
import type { Etat } from '../metier/etats.ts';
import { lire } from '../protocoles/actes/accuse.ts';
import { ENVOIS } from '../protocoles/actes/echanges/codes.ts';
import { IDENTITES, type ResumeEnvoi } from '../protocoles/actes/echanges/resume.ts';
import { jourCompact } from '../protocoles/actes/noms.ts';
import { dateFrancaise } from '../protocoles/actes/regles/regle.ts';
import type { CleRetour, MessageEtat, RetourLu } from '../protocoles/protocole.ts';
import { constater, type Dossier, lireOctets } from './verifier-preuve-dossier.ts';

/** What the préfecture answered is about the acte of the proof, or about what was sent after it. */

/** Bytes of a message of the State, far above any real one. */
const MESSAGE_MAX = 8_000_000;

/** As leniently as when it came: the message, and the envelope that came with it. */
export async function relireMessage(dossier: Dossier, piece: PieceLue): Promise<RetourLu> {
  const { pieces } = dossier.fiche;
  const suivante = pieces[pieces.indexOf(piece) + 1];
  const enveloppe = suivante?.role === 'enveloppe_retour' ? [suivante] : [];
  const parties = [];
  for (const p of [piece, ...enveloppe])
    parties.push({ nom: p.nom, octets: (await lireOctets(dossier, p, MESSAGE_MAX)) ?? Buffer.alloc(0) });
  return lire(parties);
}

/** Which acte a receipt names, when it is not the one of the proof; null when it is. */
function autreActe(cle: CleRetour, idActe: string): string | null {
  if (cle.par === 'identite') return cle.identite === idActe ? null : cle.identite;
  if (cle.par !== 'acte') return '(absent)';
  const [, siren, date, numero, abrege] = idActe.split('-');
  const meme =
    (cle.siren === null || cle.siren === siren) &&
    jourCompact(cle.date) === date &&
    cle.numero === numero &&
    cle.abrege === abrege;
  return meme ? null : `numéro ${cle.numero}`;
}

/** What one message is to its flux; a string: what contradicts it. */
type Sens = { readonly type: 'recu' | 'annulation' | 'autre' } | string;

/** 1-2, and 6-2 once the acte is cancelled. */
function sensActe({ code, cle }: MessageEtat, idActe: string): Sens {
  if (code === '6-2') {
    const attendue = IDENTITES.annulation(idActe);
    if (cle.par === 'identite' && cle.identite === attendue) return { type: 'annulation' };
    return `il accuse réception de l’annulation d’un autre acte que ${idActe}`;
  }
  const autre = autreActe(cle, idActe);
  return autre === null ? { type: 'recu' } : `il accuse réception de l’acte ${autre}, non de ${idActe}`;
}

function sensReponse(cle: Extract<CleRetour, { par: 'reponse' }>, echange: ResumeEnvoi): Sens {
  const { idActe, message, dateCourrier } = echange;
  if (!cle.messages.includes(message)) return `il n’accuse pas réception d’un message ${message}`;
  if (cle.identite !== idActe) return `il parle de l’acte ${cle.identite}, non de ${idActe}`;
  // its date is not always given: it was then the only answer awaited
  if (cle.dateCourrier === null || cle.dateCourrier === dateCourrier) return { type: 'recu' };
  const attendue =
    dateCourrier === null ? 'un courrier sans date' : `celui du ${dateFrancaise(dateCourrier)}`;
  return `il parle du courrier du ${dateFrancaise(cle.dateCourrier)}, non de ${attendue}`;
}

/** 3-5 and 4-5, 6-2, 7-2 and 7-3. */
function sensEchange({ code, cle }: MessageEtat, { fiche }: Dossier, echange: ResumeEnvoi): Sens {
  const { message, idActe } = echange;
  if (cle.par === 'reponse') return sensReponse(cle, echange);
  if (message === '6-1' && code === '6-2' && cle.par === 'identite')
    return cle.identite === IDENTITES.annulation(idActe)
      ? { type: 'recu' }
      : `il accuse réception de l’annulation d’un autre acte que ${idActe}`;
  if (message === '7-1' && cle.par === 'demande')
    return cle.siren === fiche.collectivite.siren
      ? { type: 'recu' }
      : `il répond à la collectivité ${cle.siren ?? '(absent)'}`;
  return `un message ${code} ne répond pas à un message ${message}`;
}

/** A refusal repeats the number of the acte, or names the archive. */
function sensRefus({ cle }: MessageEtat, { fiche }: Dossier, idActe: string): Sens {
  const { nomEnvoi, identite } = fiche;
  if (cle.par === 'acte' && idActe !== '' && cle.numero !== idActe.split('-')[3])
    return `il parle de l’acte numéro ${cle.numero}, non de ${identite}`;
  if (cle.par === 'nomEnvoi' && nomEnvoi !== null && !nomEnvoi.includes(cle.nom))
    return `il refuse l’archive ${cle.nom}, non ${nomEnvoi}`;
  return { type: 'autre' };
}

function sensDe(message: MessageEtat, dossier: Dossier, echange: ResumeEnvoi | null): Sens {
  const idActe = echange?.idActe ?? dossier.fiche.identite;
  if (message.evenement === 'anomalie_recue') return sensRefus(message, dossier, idActe);
  return echange === null ? sensActe(message, idActe) : sensEchange(message, dossier, echange);
}

const ACCUSES: readonly Etat[] = ['acquitte', 'valide', 'annule'];

/** What the state says that the State has said, and that no message says. */
function defautEtat(etat: Etat, types: ReadonlySet<string>): string | null {
  if (ACCUSES.includes(etat) && !types.has('recu')) return 'flux acquitté sans accusé de réception';
  return etat === 'annule' && !types.has('annulation') ? 'acte annulé sans accusé de l’annulation' : null;
}

interface Lu {
  readonly type: string;
  readonly libelle: string;
}

function direBien({ fiche }: Dossier, echange: ResumeEnvoi | null, lus: readonly Lu[]): string {
  if (lus.length === 0) {
    const attendu = echange === null || ENVOIS[echange.message].accuse !== null;
    return attendu ? 'aucun à ce jour' : 'aucun, la norme n’en prévoit pas';
  }
  const recus = lus.filter((l) => l.type !== 'autre');
  if (recus.length === 0) return 'message de l’État présent, sans accusé de réception';
  return echange === null && recus.every((l) => l.type === 'recu')
    ? `il porte l’identifiant ${fiche.identite}`
    : recus.map((l) => l.libelle).join(' ');
}

export async function controlerAccuse(dossier: Dossier, echange: ResumeEnvoi | null): Promise<Constat> {
  const dire = constater('Accusé de l’État');
  const lus: Lu[] = [];
  for (const piece of dossier.fiche.pieces.filter((p) => p.role === 'accuse')) {
    const { messages } = await relireMessage(dossier, piece);
    const [message] = messages;
    const sens = message === undefined ? { type: 'autre' as const } : sensDe(message, dossier, echange);
    if (typeof sens === 'string') return dire(`${piece.fichier} : ${sens}`, '');
    lus.push({ type: sens.type, libelle: message?.libelle ?? '' });
  }
  const defaut = defautEtat(dossier.fiche.etat, new Set(lus.map((l) => l.type)));
  return dire(defaut, direBien(dossier, echange, lus));
}
