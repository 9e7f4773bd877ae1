import { buffer } from 'node:stream/consumers';
import type { CourrielLu } from '../formats/courriel/lire.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId } from '../metier/identifiants.ts';
import type { Retour } from '../metier/retours.ts';
import type { MessageEtat, PartieRetour, RetourLu } from '../protocoles/protocole.ts';
import { attribuer } from './accuse-attribution.ts';
import { annexer, classer } from './accuse-courrier.ts';
import { type Attribution, type ClassificationRecue, type IssueRetour, issueVide } from './accuse-issue.ts';
import { analyserFichier } from './accuse-fichier.ts';
import { type Lot, type OutilsAccuse, piecesDe } from './accuse-lot.ts';
import { demandesNouvelles, entrainer } from './accuse-suites.ts';
import { expediteurAdmis } from './expediteurs.ts';

/** Analyses one return: raw bytes → files → business messages → flux. Reads only; throws only for a broken storage. */
export async function analyserRetour(retour: Retour, outils: OutilsAccuse): Promise<IssueRetour> {
  if (retour.nom !== null) return analyserFichier({ ...retour, nom: retour.nom }, outils);
  const brut = await buffer(await outils.coffre.ouvrir(retour.sha256));
  // weighs on the memory of a daemon that reads no mail
  const { lireCourriel } = await import('../formats/courriel/lire.ts');
  const courriel = await lireCourriel(brut);
  if (!expediteurAdmis(courriel.expediteur, outils.expediteurs)) {
    return issueVide(`expéditeur hors de la liste admise : ${courriel.expediteur || 'absent'}`);
  }
  const { parties, lu } = lireParties(courriel, outils);
  const { messages, courriers, rappels, restes } = lu;
  if (messages.length + courriers.length + rappels.length === 0)
    return issueVide(motifSansMessage(courriel, restes));
  const lot: Lot = { retour, outils, parties };
  const issue = await attribuerTous(messages, lot);
  const lettres = await classer(courriers, lot);
  const annexes = await annexer(rappels, lot);
  return {
    ...issue,
    receptions: lettres.receptions,
    annexions: annexes.annexions,
    envois: await demandesNouvelles(issue.attributions, outils, retour.recu),
    sansEffet: [...issue.sansEffet, ...lettres.sansEffet, ...annexes.sansEffet],
    restes: [
      ...issue.restes,
      ...lettres.restes,
      ...annexes.restes,
      ...restes.map((r) => `${r.nom} : ${r.motif}`),
    ],
  };
}

/** Its files; when they say nothing, its text may be a reminder, which has none (actes.md D.3). */
function lireParties(
  courriel: CourrielLu,
  { actes }: OutilsAccuse,
): { readonly parties: readonly PartieRetour[]; readonly lu: RetourLu } {
  const fichiers = courriel.parties.map((p) => ({ nom: p.nom, octets: p.octets }));
  const lu = actes.lire(fichiers);
  const { html, texte } = courriel;
  if (lu.messages.length + lu.courriers.length + lu.rappels.length > 0 || `${html}${texte}` === '')
    return { parties: fichiers, lu };
  const corps = { nom: html === '' ? 'corps.txt' : 'corps.html', octets: Buffer.from(html || texte) };
  const parties = [...fichiers, corps];
  const relu = actes.lire(parties);
  return relu.rappels.length > 0 ? { parties, lu: relu } : { parties: fichiers, lu };
}

function motifSansMessage(courriel: CourrielLu, restes: readonly { nom: string; motif: string }[]): string {
  if (restes.length > 0) return restes.map((r) => `${r.nom} : ${r.motif}`).join(' ; ');
  if (courriel.parties.length === 0) return 'message sans pièce jointe : à lire par une personne';
  return 'aucune pièce n’est un message connu de la norme';
}

async function attribuerTous(messages: readonly MessageEtat[], lot: Lot): Promise<IssueRetour> {
  const attributions: Attribution[] = [];
  const sansEffet: Flux[] = [];
  const restes: string[] = [];
  const contredits = new Set<FluxId>();
  const inconnus: NonNullable<IssueRetour['inconnus']>[number][] = [];
  for (const message of messages) {
    const sort = await attribuer(message, lot, attributions);
    if (typeof sort === 'string') restes.push(`${message.libelle} : ${sort}`);
    else if ('inconnue' in sort) {
      restes.push(`${message.libelle} : aucun flux de ce nom ici`);
      if (sort.inconnue !== null) inconnus.push({ protocole: 'ACTES', identite: sort.inconnue });
    } else if ('contredit' in sort) {
      contredits.add(sort.contredit);
      restes.push(`${message.libelle} : ${motifContredit(sort.contredit)}`);
    } else if (sort.effet) {
      const pieces = await piecesDe(lot, message);
      attributions.push({ flux: sort.flux, message, pieces }, ...(await entrainer(sort.flux, message, lot)));
    } else sansEffet.push(sort.flux);
  }
  const ecartees = attributions.filter((a) => contredits.has(a.flux.id));
  return {
    attributions: attributions.filter((a) => !contredits.has(a.flux.id)),
    receptions: [],
    annexions: [],
    envois: [],
    classifications: messages.flatMap((m) => classificationDe(m, attributions)),
    inconnus,
    sansEffet: sansEffet.filter((f) => !contredits.has(f.id)),
    restes: [...ecartees.map((a) => `${a.message.libelle} : ${motifContredit(a.flux.id)}`), ...restes],
  };
}

function classificationDe(
  { classification, cle }: MessageEtat,
  attributions: readonly Attribution[],
): readonly ClassificationRecue[] {
  const siren = cle.par === 'demande' ? cle.siren : null;
  if (classification === undefined || siren === null || attributions.length === 0) return [];
  return [{ collectivite: siren, classification }];
}

/** A mail that says yes and no of one acte: the order of its parts must not decide. */
function motifContredit(flux: FluxId): string {
  return `contredit un autre message du même courriel pour le flux ${flux}`;
}
