import { designer } from '../../adapters/schemas/gerer.ts';
import { ouvrirPaquets } from '../../adapters/schemas/paquets.ts';
import { parcourir } from '../../formats/xades/flux.ts';
import { type FauteXml, fauteDeLecture } from '../../formats/xml/faute.ts';
import { fauteDeSchema } from '../../formats/xsd/constats-fautes.ts';
import type { RacineXml } from '../../formats/xsd/jury.ts';
import type { BilanPaquet, FichePaquet, Paquets } from '../../formats/xsd/paquets.ts';
import { erreurSchemas } from '../../metier/catalogue/schemas.ts';
import type { CodeSortie } from '../monde.ts';
import { ouvrirSource } from '../source.ts';
import type { VerdictXml } from '../validation.ts';

/** One file held against the packs, in one reading. */

export interface ReponsePaquet {
  readonly paquet: FichePaquet;
  /** In the exit code. */
  readonly compte: boolean;
  /** In French, why nothing is said of the file. */
  readonly inutilisable: string | null;
  readonly verdict: VerdictXml | null;
}

export type ValidationPaquets =
  | { readonly type: 'mal_forme'; readonly faute: FauteXml }
  | {
      readonly type: 'lu';
      readonly racine: RacineXml;
      readonly octets: number;
      readonly sha256: string;
      /** Of the packs that describe this root. */
      readonly reponses: readonly ReponsePaquet[];
    };

export interface DemandeValidation {
  readonly fichier: string;
  readonly dossier: string;
  /** Only this one. */
  readonly nom: string | undefined;
}

/** Found at most, by pack. */
const FAUTES_MAX = 1_000;

function installes(paquets: Paquets, { dossier, nom }: DemandeValidation): void {
  const { paquets: fiches, probleme } = paquets.lister();
  if (probleme !== null) throw erreurSchemas('VGM-SCH-008', { fichier: dossier, raison: probleme });
  if (nom !== undefined) designer(fiches, nom);
  else if (fiches.length === 0) throw erreurSchemas('VGM-SCH-009', { dossier });
}

type Lu = { readonly octets: number; readonly sha256: string };

function repondre(bilan: BilanPaquet, compte: boolean, { octets, sha256 }: Lu): ReponsePaquet {
  const { paquet } = bilan;
  if (bilan.type === 'inutilisable') return { paquet, compte, inutilisable: bilan.motif, verdict: null };
  const { valide, constats, tronque } = bilan;
  const fautes = constats.map(fauteDeSchema);
  const etat = valide ? 'valide' : 'invalide';
  const verdict = { etat, moteur: 'vaguemestre', fautes, tronque, octets, sha256 } as const;
  return { paquet, compte, inutilisable: null, verdict };
}

const enVigueur = ({ paquet }: BilanPaquet): boolean => paquet.politique !== 'ignorer';

/** Packs to be ignored count when nobody else answers: the question was asked. */
function reponsesDe(bilans: readonly BilanPaquet[], lu: Lu): readonly ReponsePaquet[] {
  const aucun = !bilans.some(enVigueur);
  return bilans.map((b) => repondre(b, aucun || enVigueur(b), lu));
}

/** Throws VGM-CLI-003 and VGM-HLG-002 (the file), VGM-SCH-007 to 009 (the packs). */
export async function validerSelonPaquets(demande: DemandeValidation): Promise<ValidationPaquets> {
  const { fichier, dossier, nom } = demande;
  const paquets = ouvrirPaquets(dossier);
  installes(paquets, demande);
  const source = ouvrirSource(fichier);
  try {
    const admis = (p: FichePaquet): boolean => nom === undefined || p.nom === nom;
    const jugement = paquets.juger({ admis, constats: FAUTES_MAX });
    const lu = await parcourir(source.lire, jugement.recepteur, { ids: 'libres' });
    source.exigerInchange();
    if (lu.refus !== null) return { type: 'mal_forme', faute: fauteDeLecture(lu.refus) };
    const bilan = jugement.bilan();
    const { octets, sha256 } = lu;
    const reponses = reponsesDe(bilan?.paquets ?? [], lu);
    return { type: 'lu', racine: bilan?.racine ?? { espace: '', nom: '' }, octets, sha256, reponses };
  } finally {
    source.fermer();
  }
}

export function codeDe(validation: ValidationPaquets): CodeSortie {
  if (validation.type === 'mal_forme' || validation.reponses.length === 0) return 3;
  const comptees = validation.reponses.filter((r) => r.compte);
  if (comptees.some((r) => r.verdict?.etat === 'invalide')) return 3;
  return comptees.some((r) => r.verdict === null) ? 1 : 0;
}
