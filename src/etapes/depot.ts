import { lireFaitsPdf } from '../formats/pdf/faits.ts';
import { typeParContenu } from '../formats/encodages/types.ts';
import { sonderXml } from '../formats/xml/lire.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import type { Jour } from '../metier/identifiants.ts';
import type { PieceEnAttente } from '../ports/coffre.ts';
import type { FaitsPiece, Protocole, ResultatControle } from '../protocoles/protocole.ts';

/** A file of a deposit, on disk and not yet kept. */
export interface FichierRecu {
  readonly role: 'document' | 'annexe';
  readonly nom: string;
  readonly taille: number;
  readonly attente: PieceEnAttente;
}

/** Below this size a file is read once, whole; above, only the ranges that the facts need. */
const LECTURE_ENTIERE = 256 * 1024;
const TETE = 1024;

type Lecteur = (debut: number, fin: number) => Promise<Uint8Array>;

async function lecteurDe(fichier: FichierRecu): Promise<Lecteur> {
  if (fichier.taille > LECTURE_ENTIERE) return (debut, fin) => fichier.attente.lire(debut, fin);
  const tout = await fichier.attente.lire(0, fichier.taille);
  return (debut, fin) => Promise.resolve(tout.subarray(debut, fin));
}

/** Takes the facts of one piece from its stored bytes: type by content, soundness of a PDF, root of an XML. */
async function faitsDe(fichier: FichierRecu): Promise<FaitsPiece> {
  const lire = await lecteurDe(fichier);
  const tete = await lire(0, Math.min(TETE, fichier.taille));
  const type = typeParContenu(tete);
  return {
    role: fichier.role,
    nom: fichier.nom,
    taille: fichier.taille,
    type,
    pdf: type === 'application/pdf' ? await lireFaitsPdf(lire, fichier.taille) : null,
    xml: type === 'application/xml' ? sonderXml(await lire(0, Math.min(64 * TETE, fichier.taille))) : null,
  };
}

export interface DemandeControle {
  readonly protocole: Protocole;
  readonly collectivite: Collectivite;
  readonly metadonnees: unknown;
  readonly fichiers: readonly FichierRecu[];
  readonly jour: Jour;
}

/** Facts → rules → verdict: every control that needs no service, answered before the depositor is. */
export async function controlerDepot(
  demande: DemandeControle,
): Promise<{ faits: readonly FaitsPiece[]; resultat: ResultatControle }> {
  const faits: FaitsPiece[] = [];
  for (const fichier of demande.fichiers) faits.push(await faitsDe(fichier));
  const { metadonnees, collectivite, jour } = demande;
  return {
    faits,
    resultat: demande.protocole.depot.controler({ metadonnees, pieces: faits, collectivite, jour }),
  };
}
