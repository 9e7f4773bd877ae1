import type { PieceLue } from '../formats/asic/fiche.ts';
import type { Constat } from '../formats/asic/releve.ts';
import type { FluxId } from '../metier/identifiants.ts';
import { type FichierEnvoye, fichierEnvoye, fichierLu } from '../protocoles/helios/accuse/rapprochement.ts';
import { cleFichier, depotLu, identite } from '../protocoles/helios/depot.ts';
import { lireFichierPes } from '../protocoles/helios/lecture/lire.ts';
import { contenuSigneEgal } from '../protocoles/helios/signature/comparaison.ts';
import { comprendre, controlerAcquit, memeIdentite } from './verifier-preuve-acquittement.ts';
import { constater, type Dossier, octetsDe } from './verifier-preuve-dossier.ts';
import { aEteCompose } from './verifier-preuve-etats.ts';
import { controlerSignatures } from './verifier-preuve-signatures.ts';

/** What a proof of HELIOS must say beside what any proof says: the file that left, its signatures, its acquittement. */

interface DossierHelios extends Dossier {
  /** The deposited PES, and the one that leaves: the last signed version, the deposited one without any. */
  readonly depose: PieceLue | undefined;
  readonly courant: PieceLue | undefined;
}

/** What left is one file: the very bytes deposited, or those of the last signed version. */
function controlerEnvoi({ fiche, depose, courant }: DossierHelios): Constat {
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
async function controlerDepot(
  dossier: DossierHelios,
): Promise<{ constat: Constat; envoye: FichierEnvoye | null }> {
  const { fiche, depose } = dossier;
  const dire = constater('PES déposé');
  if (depose === undefined) return { constat: dire('il manque', ''), envoye: null };
  const lecture = await lireFichierPes(octetsDe(dossier, depose));
  const cle = cleFichier(lecture.faits);
  const lu = depotLu(lecture);
  if (cle === null || lu === null) return { constat: dire('il ne se lit pas', ''), envoye: null };
  const vu = identite(cle);
  const autre = memeIdentite(vu, fiche.identite) ? null : `il se nomme ${vu}, non ${fiche.identite}`;
  const memoire = fichierEnvoye({ id: fiche.id as FluxId, resume: { ...lu.resume, misEnLigne: '' } });
  const { faits } = lecture;
  const envoye = memoire !== null && faits?.genre === 'PES_Aller' ? fichierLu(memoire, faits) : null;
  return { constat: dire(autre, `il se nomme ${vu}`), envoye };
}

/** Signing changes nothing of what the ordonnateur wrote. */
async function controlerContenu(dossier: DossierHelios): Promise<Constat[]> {
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

/** A PES Retour came by itself: its flux is named after the file and its bytes. */
async function controlerRetour(dossier: DossierHelios): Promise<Constat> {
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
export async function controlerHelios(lu: Dossier): Promise<Constat[]> {
  const { fiche } = lu;
  const depose = fiche.pieces.find((p) => p.role === 'pes');
  const courant = fiche.pieces.findLast((p) => p.role === 'pes_signe') ?? depose;
  const dossier = { ...lu, depose, courant };
  if (fiche.etat === 'recu') return [await controlerRetour(dossier)];
  const { constat, envoye } = await controlerDepot(dossier);
  return [
    constat,
    ...(await controlerContenu(dossier)),
    ...(await controlerSignatures(dossier, courant)),
    controlerEnvoi(dossier),
    await controlerAcquit(dossier, envoye),
  ];
}
