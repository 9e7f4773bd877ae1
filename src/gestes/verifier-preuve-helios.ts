import { Readable } from 'node:stream';
import { comprendreFichier } from '../etapes/accuse-fichier.ts';
import type { FicheLue, PieceLue } from '../formats/asic/fiche.ts';
import type { EntreeLue, ZipLu } from '../formats/asic/lire-zip.ts';
import type { Constat } from '../formats/asic/releve.ts';
import type { Etat } from '../metier/etats.ts';
import type { FluxId, Sha256 } from '../metier/identifiants.ts';
import type { MessageAcquit, RetourHelios } from '../protocoles/helios/accuse.ts';
import type { IssueAck } from '../protocoles/helios/accuse/bilan.ts';
import { type FichierEnvoye, fichierEnvoye, rapprocher } from '../protocoles/helios/accuse/rapprochement.ts';
import { cleFichier, depotLu, identite } from '../protocoles/helios/depot.ts';
import { lireFichierPes } from '../protocoles/helios/lecture/lire.ts';
import { contenuSigneEgal } from '../protocoles/helios/signature/comparaison.ts';
import { aEteCompose } from './verifier-preuve-etats.ts';

/** What a proof of HELIOS must say beside what any proof says: the file that left, its signatures, its acquittement. */

type Sujet = (detail: string | null, bien: string) => Constat;

/** @returns how findings about one thing are told: `detail` says what is wrong, null when nothing is. */
function constater(sujet: string): Sujet {
  return (detail, bien) => ({ sujet, bon: detail === null, detail: detail ?? bien });
}

interface Dossier {
  readonly zip: ZipLu;
  readonly fiche: FicheLue;
  /** The deposited PES, and the one that leaves: the last signed version, the deposited one without any. */
  readonly depose: PieceLue | undefined;
  readonly courant: PieceLue | undefined;
}

function entreeDe({ zip }: Dossier, piece: PieceLue): EntreeLue | undefined {
  return zip.entrees.find((e) => e.nom === piece.fichier);
}

async function* octetsDe(dossier: Dossier, piece: PieceLue): AsyncGenerator<Uint8Array> {
  const entree = entreeDe(dossier, piece);
  if (entree !== undefined) yield* dossier.zip.ouvrir(entree);
}

/** As leniently as when it came. */
function comprendre(dossier: Dossier, piece: PieceLue): Promise<RetourHelios> {
  const ouvrir = async () => Readable.from(octetsDe(dossier, piece));
  return comprendreFichier({ ...piece, sha256: piece.sha256 as Sha256 }, { ouvrir });
}

/** What left is one file: the very bytes deposited, or those of the last signed version. */
function controlerEnvoi({ fiche, depose, courant }: Dossier): Constat {
  const dire = constater('Fichier transmis');
  const envois = fiche.pieces.filter((p) => p.role === 'archive');
  if (envois.length === 0) {
    const manque = aEteCompose(fiche.etat) ? 'il manque' : null;
    return dire(manque, 'aucun, ce que l’état du flux explique');
  }
  const renomme = envois.find((p) => fiche.nomEnvoi !== null && p.nom !== fiche.nomEnvoi);
  if (renomme !== undefined) {
    const noms = `${JSON.stringify(renomme.nom)} au lieu de ${JSON.stringify(fiche.nomEnvoi)}`;
    return dire(`il se nomme ${noms}`, '');
  }
  const autre = envois.some((p) => p.sha256 !== courant?.sha256);
  const quoi = courant === depose ? 'déposé' : 'signé';
  return dire(autre ? `il n’est pas le fichier ${quoi}` : null, `c’est le fichier ${quoi}, octet pour octet`);
}

/** The deposited file names the flux: (CodCol, NomFic). */
async function controlerDepot(dossier: Dossier): Promise<{ constat: Constat; envoye: FichierEnvoye | null }> {
  const { fiche, depose } = dossier;
  const dire = constater('PES déposé');
  if (depose === undefined) return { constat: dire('il manque', ''), envoye: null };
  const lecture = await lireFichierPes(octetsDe(dossier, depose));
  const cle = cleFichier(lecture.faits);
  const lu = depotLu(lecture);
  if (cle === null || lu === null) return { constat: dire('il ne se lit pas', ''), envoye: null };
  const vu = identite(cle);
  const autre = vu === fiche.identite ? null : `il se nomme ${vu}, non ${fiche.identite}`;
  const envoye = fichierEnvoye({ id: fiche.id as FluxId, resume: { ...lu.resume, misEnLigne: '' } });
  return { constat: dire(autre, `il se nomme ${vu}`), envoye };
}

/** Signing changes nothing of what the ordonnateur wrote. */
async function controlerSignature(dossier: Dossier): Promise<Constat[]> {
  const { fiche, depose } = dossier;
  const constats: Constat[] = [];
  for (const piece of fiche.pieces.filter((p) => p.role === 'pes_signe')) {
    if (depose === undefined) break;
    const vu = await contenuSigneEgal(
      () => octetsDe(dossier, depose),
      () => octetsDe(dossier, piece),
    );
    const bien =
      vu.type === 'egal'
        ? `même contenu que le fichier déposé, ${vu.signatures} signature${vu.signatures > 1 ? 's' : ''}`
        : '';
    const faute =
      vu.type === 'egal' ? null : `${piece.fichier} : son contenu n’est pas celui du fichier déposé`;
    constats.push(constater('PES signé')(faute, bien));
  }
  return constats;
}

/** What an answer makes of its flux. « Doublon » proves a first sending, or refuses a number already taken. */
const ISSUES: Readonly<Partial<Record<Etat, readonly IssueAck[]>>> = {
  acquitte: ['accepte', 'doublon'],
  acquitte_partiel: ['partiel'],
  anomalie: ['refuse', 'doublon'],
};

async function lireAcquit(dossier: Dossier, piece: PieceLue): Promise<MessageAcquit | string> {
  const { messages, restes } = await comprendre(dossier, piece);
  const [message] = messages;
  if (message?.type === 'acquit') return message;
  return message === undefined ? (restes[0]?.motif ?? 'il ne se lit pas') : 'ce n’est pas un acquittement';
}

function defautAcquit(
  { lu, bilan, libelle }: MessageAcquit,
  fiche: FicheLue,
  envoye: FichierEnvoye | null,
): string | null {
  const { entetes, repetitions } = lu;
  const { nomFic, codCol } = entetes;
  const vu = identite({ nomFic: nomFic?.valeur.trim() ?? '', codCol: codCol?.valeur.trim() ?? '' });
  if (vu !== fiche.identite) return `il répond du fichier ${vu}, non de ${fiche.identite}`;
  const trouve = rapprocher({ entetes, repetitions, bilan }, envoye === null ? [] : [envoye]);
  if (trouve.type !== 'trouve') return trouve.motif;
  const dit = ISSUES[fiche.etat]?.includes(bilan.issue) ?? false;
  return dit ? null : `l’état du flux le contredit (${libelle})`;
}

async function controlerAcquit(dossier: Dossier, envoye: FichierEnvoye | null): Promise<Constat> {
  const { fiche } = dossier;
  const dire = constater('Acquittement d’Hélios');
  const accuses = fiche.pieces.filter((p) => p.role === 'accuse');
  if (accuses.length === 0) {
    return dire(
      ISSUES[fiche.etat] === undefined ? null : 'flux acquitté sans acquittement',
      'aucun à ce jour',
    );
  }
  const libelles: string[] = [];
  for (const piece of accuses) {
    const lu = await lireAcquit(dossier, piece);
    const defaut = typeof lu === 'string' ? lu : defautAcquit(lu, fiche, envoye);
    if (defaut !== null) return dire(`${piece.fichier} : ${defaut}`, '');
    if (typeof lu !== 'string') libelles.push(lu.libelle);
  }
  return dire(null, libelles.join(' '));
}

/** A PES Retour came by itself: its flux is named after the file and its bytes. */
async function controlerRetour(dossier: Dossier): Promise<Constat> {
  const { fiche } = dossier;
  const dire = constater('Fichier reçu');
  const piece = fiche.pieces.find((p) => p.role === 'retour');
  if (piece === undefined) return dire('il manque', '');
  const nom = `${piece.nom} ${piece.sha256.slice(0, 12)}`;
  if (nom !== fiche.identite) return dire(`il se nomme ${nom}, non ${fiche.identite}`, '');
  const { messages, restes } = await comprendre(dossier, piece);
  const [message] = messages;
  if (message?.type !== 'retour') return dire(restes[0]?.motif ?? 'ce n’est pas un PES Retour', '');
  return dire(null, message.libelle);
}

/** Whole files are read as streams: a PES may weigh a hundred megabytes. */
export async function controlerHelios(zip: ZipLu, fiche: FicheLue): Promise<Constat[]> {
  const depose = fiche.pieces.find((p) => p.role === 'pes');
  const courant = fiche.pieces.findLast((p) => p.role === 'pes_signe') ?? depose;
  const dossier = { zip, fiche, depose, courant };
  if (fiche.etat === 'recu') return [await controlerRetour(dossier)];
  const { constat, envoye } = await controlerDepot(dossier);
  return [
    constat,
    ...(await controlerSignature(dossier)),
    controlerEnvoi(dossier),
    await controlerAcquit(dossier, envoye),
  ];
}
