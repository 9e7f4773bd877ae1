import { controlerConteneur } from '../formats/asic/conteneur.ts';
import { controlerPieces, type FicheLue, lireFiche } from '../formats/asic/fiche.ts';
import { controlerCitations, controlerJournal } from '../formats/asic/lignes.ts';
import { LIMITES_ZIP, lireZip, type ZipLu } from '../formats/asic/lire-zip.ts';
import { NOM_EMPREINTES_LIGNES, NOM_FLUX, NOM_LIGNES } from '../formats/asic/manifeste.ts';
import { receptionProuvee } from '../formats/asic/lisezmoi.ts';
import { type Constat, relever } from '../formats/asic/releve.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { type Etat, LIBELLE_ETAT } from '../metier/etats.ts';
import { controlerActes } from './verifier-preuve-actes.ts';
import { controlerHelios } from './verifier-preuve-helios.ts';

export interface VerdictPreuve {
  readonly bonne: boolean;
  readonly constats: readonly Constat[];
}

/** Everything small that is read, not only hashed. */
function aGarder(nom: string): boolean {
  return !nom.startsWith('pieces/') || /^pieces\/[0-9]+-(?:accuse|retour)-/.test(nom);
}

function porteeDe(etat: Etat): string {
  if (etat === 'recu') return 'adressé par l’État, de sa propre initiative';
  if (etat === 'acquitte_partiel') return 'réception par l’État prouvée, une partie refusée';
  return receptionProuvee(etat)
    ? 'réception par l’État prouvée'
    : 'la réception par l’État n’est PAS prouvée';
}

function controlerEtat(fiche: FicheLue): Constat {
  const bon = fiche.receptionProuvee === receptionProuvee(fiche.etat);
  const detail = bon
    ? `${fiche.identite}, ${LIBELLE_ETAT[fiche.etat]} : ${porteeDe(fiche.etat)}`
    : 'l’état du flux et la portée annoncée se contredisent';
  return { sujet: 'Flux', bon, detail };
}

async function examiner(zip: ZipLu): Promise<Constat[]> {
  const releves = await relever(zip, aGarder);
  const structure = { sujet: 'Conteneur ZIP', bon: true, detail: 'structure saine' };
  const constats = [structure, ...controlerConteneur(releves)];
  const fiche = lireFiche(releves.get(NOM_FLUX)?.octets);
  if ('motif' in fiche) return [...constats, { sujet: 'Flux', bon: false, detail: fiche.motif }];
  const noms = [...releves.keys()].filter((nom) => nom.startsWith('pieces/'));
  const pieces = new Map(noms.map((nom) => [nom, releves.get(nom)?.sha256 ?? '']));
  const lignes = releves.get(NOM_LIGNES)?.octets;
  const journal = controlerJournal(
    { lignes, empreintes: releves.get(NOM_EMPREINTES_LIGNES)?.octets },
    {
      flux: fiche.id,
      siren: fiche.collectivite.siren,
      nombre: fiche.journal.lignes,
      pieces: new Set(pieces.values()),
    },
  );
  constats.push(controlerEtat(fiche), controlerPieces(fiche, releves), journal);
  constats.push(controlerCitations(lignes, pieces));
  const dossier = { zip, fiche, releves };
  if (fiche.protocole === 'ACTES') constats.push(...(await controlerActes(dossier)));
  if (fiche.protocole === 'HELIOS') constats.push(...(await controlerHelios(dossier)));
  return constats;
}

/**
 * Verifies a proof file with nothing but its bytes: no store, no network, and nothing of the file is ever run.
 * Every question is answered, good or bad. What it cannot see: a file made whole anew by someone who holds
 * no key, as long as proofs bear no time-stamp token.
 * Throws VGM-PRV-003 when the file is absent, cut, or no ZIP at all.
 */
export async function verifierPreuve(fichier: string): Promise<VerdictPreuve> {
  let zip: ZipLu | undefined;
  try {
    zip = await lireZip(fichier, LIMITES_ZIP);
    const constats = await examiner(zip);
    return { bonne: constats.every((c) => c.bon), constats };
  } catch (faute) {
    if (!(faute instanceof ErreurVgm) || faute.fiche.code !== 'VGM-PRV-004') throw faute;
    return { bonne: false, constats: [{ sujet: 'Conteneur ZIP', bon: false, detail: faute.fiche.message }] };
  } finally {
    await zip?.fermer();
  }
}
