import type { OutilsMoteur } from '../../engine/outils.ts';
import type { Anomalie } from '../../metier/anomalies.ts';
import { erreurApi } from '../../metier/catalogue/api.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import { LIBERE_IDENTITE } from '../../metier/etats.ts';
import type { RoleDepot } from '../../metier/flux.ts';
import type { FluxId } from '../../metier/identifiants.ts';
import { cleDeLigne, type Lot } from '../../metier/lots.ts';
import type { FaitLigne } from '../../ports/lots.ts';
import { type ActeLot, memeDeclaration, metadonneesDe } from '../../protocoles/actes/lot/acte.ts';
import { trouverNature } from '../../protocoles/actes/natures.ts';
import { departementDe, idActe } from '../../protocoles/actes/noms.ts';
import type { Contexte, FichierDepose, Gestes } from '../gestes.ts';

/** The deposit of one line of a batch, by the same gesture as any other, under the key of the line. */

export interface OutilsLigne {
  readonly moteur: OutilsMoteur;
  readonly gestes: Pick<Gestes, 'recevoirFichier' | 'deposer' | 'oublierFichiers'>;
  /** Of one deposit, as at the door: bytes, all files together, and number of files. */
  readonly limites: { readonly taille: number; readonly pieces: number };
}

/** Not the fault of one acte: the next one would meet it too, and what is put right lets it pass. */
const DU_LOT: readonly string[] = [
  'VGM-DEP-001', // the collectivité is not there, or no longer active
  'VGM-DEP-004', // ACTES is not served
  'VGM-NOY-006', // the ZIP is no longer in the coffre
];

/** Somebody deposited this line before, perhaps with other rules: the flux says so by its key. */
const DEJA_FAITE = 'VGM-DEP-003';
const DOUBLON = 'VGM-DEP-002';

/**
 * @returns what is to be written of the line; null when a flux bears its key, which needs no word.
 * Throws what would meet the next line too: nothing is written then.
 */
export async function deposerLigne(outils: OutilsLigne, lot: Lot, acte: ActeLot): Promise<FaitLigne | null> {
  const fichiers: FichierDepose[] = [];
  const { collectivite, acteur, id } = lot;
  const ctx: Contexte = { portee: { collectivite }, acteur, corr: id };
  try {
    exigerTaille(outils, acte);
    await recevoir(outils, acte, fichiers);
    const reponse = await outils.gestes.deposer(ctx, {
      protocole: 'ACTES',
      collectivite,
      metadonnees: metadonneesDe(acte.ligne),
      fichiers,
      cleIdempotence: cleDeLigne(id, acte.ligne.ligne),
      aBlanc: false,
    });
    if (reponse.type === 'accepte') return null;
    return refuser(reponse.rapport.reponses.flatMap((r) => r.anomalies));
  } catch (e) {
    return await juger(outils.moteur, lot, { acte, fichiers, erreur: e });
  } finally {
    await outils.gestes.oublierFichiers(fichiers);
  }
}

/** Throws VGM-API-004, -009: what the door would not let in is not let in by a batch. */
function exigerTaille({ limites }: OutilsLigne, { document, annexes }: ActeLot): void {
  const pieces = [document, ...annexes];
  if (pieces.length > limites.pieces) throw erreurApi('VGM-API-009', { maximum: limites.pieces });
  if (pieces.reduce((somme, p) => somme + p.taille, 0) > limites.taille)
    throw erreurApi('VGM-API-004', { limite: limites.taille });
}

async function recevoir(
  { gestes }: OutilsLigne,
  { document, annexes }: ActeLot,
  fichiers: FichierDepose[],
): Promise<void> {
  const roles = [
    ['document', document] as const,
    ...annexes.map((annexe): [RoleDepot, ActeLot['document']] => ['annexe', annexe]),
  ];
  for (const [role, piece] of roles)
    fichiers.push(await gestes.recevoirFichier(piece.ouvrir(), role, piece.nom));
}

/** What is blocking first: it is the reason. */
function refuser(anomalies: readonly Anomalie[]): FaitLigne {
  const triees = anomalies.toSorted(
    (a, b) => Number(b.gravite === 'bloquante') - Number(a.gravite === 'bloquante'),
  );
  return { sort: 'refuse', anomalies: triees };
}

interface Echec {
  readonly acte: ActeLot;
  readonly fichiers: readonly FichierDepose[];
  readonly erreur: unknown;
}

async function juger(moteur: OutilsMoteur, lot: Lot, echec: Echec): Promise<FaitLigne | null> {
  const { erreur } = echec;
  if (!(erreur instanceof ErreurVgm)) throw erreur;
  const { code, nature, message, remede } = erreur.fiche;
  if (nature !== 'definitive' || DU_LOT.includes(code)) throw erreur;
  if (code === DEJA_FAITE) return null;
  const tenant = code === DOUBLON ? await jumeau(moteur, lot, echec) : null;
  if (tenant !== null) return { sort: 'deja', flux: tenant };
  return refuser([{ code, gravite: 'bloquante', message, remede }]);
}

/** The flux that stands already and says the same, byte for byte: a batch sent again, corrected elsewhere. */
async function jumeau(
  { store, annuaire }: OutilsMoteur,
  { collectivite }: Lot,
  { acte: { ligne: l }, fichiers }: Echec,
): Promise<FluxId | null> {
  const fiche = await annuaire.trouver(collectivite);
  const departement = fiche === undefined ? null : departementDe(fiche);
  const nature = trouverNature(l.nature, fiche?.actes?.classification ?? null);
  if (departement === null || nature === null) return null;
  const { numero, date } = l;
  const identite = idActe({ departement, siren: collectivite, date, numero, abrege: nature.abrege });
  const portee = { collectivite };
  const connus = await store.flux.parIdentite(portee, identite);
  const tenant = connus.find((f) => !LIBERE_IDENTITE.includes(f.etat));
  if (tenant === undefined || !memeDeclaration(tenant.resume, l)) return null;
  const pieces = await store.flux.pieces(portee, tenant.id);
  const gardees = ['document', 'annexe'].flatMap((role) => pieces.filter((p) => p.role === role));
  const memes =
    gardees.length === fichiers.length && gardees.every((p, i) => p.sha256 === fichiers[i]?.sha256);
  return memes ? tenant.id : null;
}
