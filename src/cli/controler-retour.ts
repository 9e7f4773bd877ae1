import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { lire, lireAuFil, type MessageAcquit, type MessageRetour } from '../protocoles/helios/accuse.ts';
import type { Sorties } from './monde.ts';
import { json, sur } from './rendu.ts';

/** What a file of the DGFiP says, read without the daemon: an acquittement, or a PES Retour. */

const TETE = 65_536;
/** Bytes up to which a file is read whole, and then more leniently, as the daemon does. */
const ENTIER_MAX = 8_000_000;

/** Its root tells it; names say nothing sure. */
export async function estRetourHelios(chemin: string): Promise<boolean> {
  const fichier = await open(chemin, 'r');
  try {
    const { buffer, bytesRead } = await fichier.read(Buffer.alloc(TETE), 0, TETE, 0);
    const debut = buffer.toString('latin1', 0, bytesRead);
    return /<(?:[\w.-]+:)?(?:PES_ACQUIT|PES_NonAcquit|PES_Retour)[\s/>]/.test(debut);
  } finally {
    await fichier.close();
  }
}

function enJson(fichier: string, message: MessageAcquit | MessageRetour): object {
  const { type, libelle } = message;
  const { entetes } = message.lu;
  const commun = { fichier, type, libelle, codCol: entetes.codCol?.valeur ?? null };
  if (message.type === 'retour') return { ...commun, domaines: message.lu.domaines };
  const nomFic = 'nomFic' in entetes ? (entetes.nomFic?.valeur ?? null) : null;
  const { issue } = message.bilan;
  return { ...commun, nomFic, issue, champs: message.champs, erreur: message.erreur };
}

function entete(nom: string, valeur: string | undefined): string {
  return valeur === undefined || valeur.trim() === '' ? `sans ${nom}` : `${nom} « ${sur(valeur)} »`;
}

function afficher(message: MessageAcquit | MessageRetour, sorties: Sorties): void {
  sorties.ecrire(sur(message.libelle));
  if (message.type === 'retour') return;
  const { nomFic, codCol } = message.lu.entetes;
  sorties.ecrire(
    `Fichier répondu : ${entete('NomFic', nomFic?.valeur)}, ${entete('CodCol', codCol?.valeur)}.`,
  );
  if (message.erreur === null) return;
  sorties.ecrire(sur(message.erreur.message));
  sorties.ecrire(`       ${sur(message.erreur.remede)}`);
}

/** @returns exit code: 0 understood, whatever it answers; 3 a file that nothing explains. */
export async function controlerRetour(
  chemin: string,
  taille: number,
  { sorties, enJson: voulu }: { readonly sorties: Sorties; readonly enJson: boolean },
): Promise<number> {
  const nom = basename(chemin);
  const { messages, restes } =
    taille > ENTIER_MAX
      ? await lireAuFil(nom, createReadStream(chemin))
      : lire([{ nom, octets: await readFile(chemin) }]);
  for (const message of messages) {
    if (voulu) json(sorties, [enJson(chemin, message)]);
    else afficher(message, sorties);
  }
  for (const { motif } of restes) {
    if (voulu) json(sorties, [{ fichier: chemin, type: 'autre', motif }]);
    else sorties.ecrire(sur(motif));
  }
  return restes.length > 0 ? 3 : 0;
}
