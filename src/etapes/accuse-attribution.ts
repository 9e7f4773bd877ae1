import { jourDe } from '../metier/echeances.ts';
import { estTerminal, transition } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, Instant } from '../metier/identifiants.ts';
import { OPERATEUR } from '../ports/store.ts';
import type { CleRetour, MessageEtat } from '../protocoles/protocole.ts';
import type { Attribution } from './accuse-issue.ts';
import { empreinteDe, type Lot, type OutilsAccuse } from './accuse-lot.ts';

/** Which flux a message of the State is about. */

export type Sort =
  | string
  | { readonly flux: Flux; readonly effet: boolean }
  | { readonly contredit: FluxId }
  /** No flux is of this identity here; null = the message does not tell it. */
  | { readonly inconnue: string | null };

/** Finds the flux of one message. A string says why none can be chosen. */
export async function attribuer(message: MessageEtat, lot: Lot, deja: readonly Attribution[]): Promise<Sort> {
  const candidats = await chercher(message, lot);
  if (candidats.length === 0) return { inconnue: await identiteDite(message.cle, lot.outils) };
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
  const sha256 = empreinteDe(lot, nomMessage);
  if (sha256 === undefined) return undefined;
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

async function chercher({ cle }: MessageEtat, lot: Lot): Promise<readonly Flux[]> {
  const { outils } = lot;
  switch (cle.par) {
    case 'identite':
      return outils.flux.parIdentite(OPERATEUR, cle.identite);
    case 'nomEnvoi': {
      const complet = cle.nom.endsWith('.tar.gz') ? cle.nom : `${outils.trigramme}-${cle.nom}.tar.gz`;
      const flux = await outils.flux.parNomEnvoi(OPERATEUR, complet);
      return flux === undefined ? [] : [flux];
    }
    case 'acte': {
      const identite = await identiteDite(cle, outils);
      return identite === null ? [] : outils.flux.parIdentite(OPERATEUR, identite);
    }
    case 'reponse':
      return reponsesA(cle, outils);
    case 'demande':
      return demandesDe(cle, lot);
    default:
      return cle satisfies never;
  }
}

/** Identity in law of the acte that a message is about; null when it does not tell. */
async function identiteDite(cle: CleRetour, outils: OutilsAccuse): Promise<string | null> {
  if (cle.par === 'identite') return cle.identite;
  if (cle.par !== 'acte') return null;
  const departement = cle.departement ?? (await departementDe(cle.siren, outils));
  if (cle.siren === null || departement === null) return null;
  return [departement, cle.siren, cle.date.replaceAll('-', ''), cle.numero, cle.abrege].join('-');
}

/** Answers to the letters of this date about this acte, whatever the order in which all of them came. */
async function reponsesA(
  cle: Extract<CleRetour, { par: 'reponse' }>,
  { flux }: OutilsAccuse,
): Promise<readonly Flux[]> {
  const trouvees: Flux[] = [];
  for (const acte of await flux.parIdentite(OPERATEUR, cle.identite)) {
    for (const courrier of await flux.citants(OPERATEUR, acte.id)) {
      const datee = cle.dateCourrier === null || courrier.resume['dateCourrier'] === cle.dateCourrier;
      if (!datee) continue;
      const reponses = await flux.citants(OPERATEUR, courrier.id);
      trouvees.push(...reponses.filter((r) => cle.messages.includes(String(r.resume['message']))));
    }
  }
  // several letters of one day: only a person knows which answer this one receives
  const attendues = trouvees.filter((r) => transition(r.etat, 'accuse_recu') !== undefined);
  return attendues.length > 1 ? [] : [...attendues, ...trouvees.filter((r) => !attendues.includes(r))];
}

/** What the collectivité asked in the last days, the oldest first: a day has one request at most, under its own identity. */
async function demandesDe(
  { siren }: Extract<CleRetour, { par: 'demande' }>,
  { retour, outils }: Lot,
): Promise<readonly Flux[]> {
  if (siren === null) return [];
  const trouvees: Flux[] = [];
  for (let k = DEMANDES_JOURS; k >= 0; k -= 1) {
    const jour = jourDe((retour.recu - k * JOUR) as Instant);
    const { identite } = outils.actes.demanderClassification({ siren, jour, detenue: null });
    trouvees.push(...(await outils.flux.parIdentite({ collectivite: siren }, identite)));
  }
  return trouvees;
}

const JOUR = 86_400_000;
/** An answer comes within days; beyond, a person settles it. */
const DEMANDES_JOURS = 60;

async function departementDe(
  siren: Flux['collectivite'] | null,
  outils: OutilsAccuse,
): Promise<string | null> {
  if (siren === null) return null;
  return (await outils.annuaire.trouver(siren))?.actes?.departement ?? null;
}
