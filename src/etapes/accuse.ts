import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { type CourrielLu, lireCourriel } from '../formats/courriel/lire.ts';
import { estTerminal, transition } from '../metier/etats.ts';
import type { Flux, Piece } from '../metier/flux.ts';
import type { FluxId } from '../metier/identifiants.ts';
import type { Retour } from '../metier/retours.ts';
import type { Coffre } from '../ports/coffre.ts';
import { OPERATEUR } from '../ports/store.ts';
import type { AccuseCourriel, MessageEtat, PartieRetour } from '../protocoles/protocole.ts';
import type { Attribution, IssueRetour } from './accuse-issue.ts';
import { analyserFichier } from './accuse-fichier.ts';
import type { Annuaire } from './annuaire.ts';
import { expediteurAdmis } from './expediteurs.ts';
import type { OutilsFichier } from './retour-fichier.ts';

export interface OutilsAccuse extends OutilsFichier {
  readonly coffre: Coffre;
  readonly annuaire: Annuaire;
  readonly lire: AccuseCourriel['lire'];
  /** Senders trusted; empty = all. */
  readonly expediteurs: readonly string[];
  readonly trigramme: string;
}

/** Analyses one return: raw bytes → files → business messages → flux. Reads only; throws only for a broken storage. */
export async function analyserRetour(retour: Retour, outils: OutilsAccuse): Promise<IssueRetour> {
  if (retour.nom !== null) return analyserFichier({ ...retour, nom: retour.nom }, outils);
  const brut = await buffer(await outils.coffre.ouvrir(retour.sha256));
  const courriel = await lireCourriel(brut);
  if (!expediteurAdmis(courriel.expediteur, outils.expediteurs)) {
    return rien(`expéditeur hors de la liste admise : ${courriel.expediteur || 'absent'}`);
  }
  const parties = courriel.parties.map((p) => ({ nom: p.nom, octets: p.octets }));
  const { messages, restes } = outils.lire(parties);
  if (messages.length === 0) return rien(motifSansMessage(courriel, restes));
  const issue = await attribuerTous(messages, { retour, parties, outils });
  return {
    ...issue,
    restes: [...issue.restes, ...restes.map((r) => `${r.nom} : ${r.motif}`)],
  };
}

function rien(motif: string): IssueRetour {
  return { attributions: [], receptions: [], sansEffet: [], restes: [motif] };
}

function motifSansMessage(courriel: CourrielLu, restes: readonly { nom: string; motif: string }[]): string {
  if (restes.length > 0) return restes.map((r) => `${r.nom} : ${r.motif}`).join(' ; ');
  if (courriel.parties.length === 0) return 'message sans pièce jointe : à lire par une personne';
  return 'aucune pièce n’est un message connu de la norme';
}

interface Lot {
  readonly retour: Retour;
  readonly parties: readonly PartieRetour[];
  readonly outils: OutilsAccuse;
}

async function attribuerTous(messages: readonly MessageEtat[], lot: Lot): Promise<IssueRetour> {
  const attributions: Attribution[] = [];
  const sansEffet: Flux[] = [];
  const restes: string[] = [];
  const contredits = new Set<FluxId>();
  for (const message of messages) {
    const sort = await attribuer(message, lot, attributions);
    if (typeof sort === 'string') restes.push(`${message.libelle} : ${sort}`);
    else if ('contredit' in sort) {
      contredits.add(sort.contredit);
      restes.push(`${message.libelle} : ${motifContredit(sort.contredit)}`);
    } else if (sort.effet)
      attributions.push({ flux: sort.flux, message, pieces: await piecesDe(message, lot) });
    else sansEffet.push(sort.flux);
  }
  const ecartees = attributions.filter((a) => contredits.has(a.flux.id));
  return {
    attributions: attributions.filter((a) => !contredits.has(a.flux.id)),
    receptions: [],
    sansEffet: sansEffet.filter((f) => !contredits.has(f.id)),
    restes: [...ecartees.map((a) => `${a.message.libelle} : ${motifContredit(a.flux.id)}`), ...restes],
  };
}

/** A mail that says yes and no of one acte: the order of its parts must not decide. */
function motifContredit(flux: FluxId): string {
  return `contredit un autre message du même courriel pour le flux ${flux}`;
}

type Sort = string | { readonly flux: Flux; readonly effet: boolean } | { readonly contredit: FluxId };

/** Finds the flux of one message. A string says why none can be chosen. */
async function attribuer(message: MessageEtat, lot: Lot, deja: readonly Attribution[]): Promise<Sort> {
  const candidats = await chercher(message, lot.outils);
  if (candidats.length === 0) return 'aucun flux de ce nom ici';
  const siens = candidats.filter((f) => message.siren === null || f.collectivite === message.siren);
  if (siens.length === 0) return `le SIREN ${message.siren ?? ''} du message n’est pas celui du flux`;
  const connu = await dejaClasse(siens, message, lot);
  if (connu !== undefined) return { flux: connu, effet: false };
  const vifs = siens.filter(
    (f) => f.resume['misEnLigne'] !== undefined && transition(f.etat, message.evenement) !== undefined,
  );
  const vif = vifs.find((f) => !deja.some((a) => a.flux.id === f.id));
  if (vif !== undefined) return { flux: vif, effet: true };
  const double = siens.find(
    (f) =>
      estDouble(f, message) ||
      deja.some((a) => a.flux.id === f.id && a.message.evenement === message.evenement),
  );
  if (double !== undefined) return { flux: double, effet: false };
  if (vifs[0] !== undefined) return { contredit: vifs[0].id };
  return `contredit l’état « ${siens[0]?.etat ?? ''} » du flux ${siens[0]?.id ?? ''}`;
}

/**
 * The same message in the same envelope already answered an earlier sending of the same acte: a doubled refusal must
 * not fall on the corrected acte that was deposited after it. An envelope bears a date and a serial in its name: under
 * another name it is another refusal, that may say the very same words.
 */
async function dejaClasse(siens: readonly Flux[], message: MessageEtat, lot: Lot): Promise<Flux | undefined> {
  const [nomMessage, nomEnveloppe] = message.parties;
  const octets = lot.parties.find((p) => p.nom === nomMessage)?.octets;
  if (octets === undefined) return undefined;
  const sha256 = createHash('sha256').update(octets).digest('hex');
  for (const flux of siens.filter((f) => estTerminal(f.etat))) {
    const pieces = await lot.outils.flux.pieces(OPERATEUR, flux.id);
    const dit = pieces.some((p) => p.role === 'accuse' && p.sha256 === sha256);
    const enveloppe = pieces.find((p) => p.role === 'enveloppe_retour')?.nom;
    if (dit && enveloppe === nomEnveloppe) return flux;
  }
  return undefined;
}

function estDouble(flux: Flux, message: MessageEtat): boolean {
  return (
    (flux.etat === 'acquitte' && message.evenement === 'accuse_recu') ||
    (flux.etat === 'anomalie' && message.evenement === 'anomalie_recue')
  );
}

async function chercher(message: MessageEtat, outils: OutilsAccuse): Promise<readonly Flux[]> {
  const { cle } = message;
  switch (cle.par) {
    case 'identite':
      return outils.flux.parIdentite(OPERATEUR, cle.identite);
    case 'nomEnvoi': {
      const complet = cle.nom.endsWith('.tar.gz') ? cle.nom : `${outils.trigramme}-${cle.nom}.tar.gz`;
      const flux = await outils.flux.parNomEnvoi(OPERATEUR, complet);
      return flux === undefined ? [] : [flux];
    }
    case 'acte': {
      const departement = cle.departement ?? (await departementDe(cle.siren, outils));
      if (cle.siren === null || departement === null) return [];
      const identite = [departement, cle.siren, cle.date.replaceAll('-', ''), cle.numero, cle.abrege].join(
        '-',
      );
      return outils.flux.parIdentite(OPERATEUR, identite);
    }
    default:
      return cle satisfies never;
  }
}

async function departementDe(
  siren: Flux['collectivite'] | null,
  outils: OutilsAccuse,
): Promise<string | null> {
  if (siren === null) return null;
  return (await outils.annuaire.trouver(siren))?.actes?.departement ?? null;
}

/** The raw mail first (it is the original), then the files that the message names. */
async function piecesDe(message: MessageEtat, lot: Lot): Promise<readonly Piece[]> {
  const { retour, parties, outils } = lot;
  const pieces: Piece[] = [
    {
      role: 'retour',
      nom: `retour-${message.code}.eml`,
      type: 'message/rfc822',
      sha256: retour.sha256,
      sha512: retour.sha512,
      taille: retour.taille,
    },
  ];
  for (const [rang, nom] of message.parties.entries()) {
    const partie = parties.find((p) => p.nom === nom);
    if (partie === undefined) continue;
    const depot = await outils.coffre.ajouter(partie.octets);
    pieces.push({ role: rang === 0 ? 'accuse' : 'enveloppe_retour', nom, type: 'application/xml', ...depot });
  }
  return pieces;
}
