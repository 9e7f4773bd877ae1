import { preparer } from '../engine/avancer.ts';
import { comprendreFichier } from '../etapes/accuse-fichier.ts';
import { fichierDuFlux, jugerPour } from '../etapes/acquittement.ts';
import { pieceDe, type RetourFichier } from '../etapes/retour-fichier.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import { erreurHelios } from '../metier/catalogue/helios.ts';
import type { FicheErreur } from '../metier/erreurs.ts';
import { type EvenementEtat, LIBERE_IDENTITE } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import type { Retour } from '../metier/retours.ts';
import type { MessageAcquit } from '../protocoles/helios/accuse.ts';
import type { IssueTranchee } from '../protocoles/helios/accuse/jugement.ts';
import { type FichierEnvoye, nommePartieDe } from '../protocoles/helios/accuse/rapprochement.ts';
import { fluxDe } from './consulter.ts';
import type { Contexte, OrdreTrancher } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';
import { aTrancher, avec, type Rattachement, regler } from './regler-retour.ts';

const EVENEMENTS = {
  accepte: 'accuse_tranche',
  partiel: 'accuse_partiel_tranche',
  refuse: 'anomalie_tranchee',
} as const satisfies Record<IssueTranchee, EvenementEtat>;

const DITS = { partiel: 'accepté en partie', refuse: 'refusé' } as const;

/** What is wrong with the file; nothing when it is said to be accepted, whatever the answer says. */
function erreurTranchee(issue: IssueTranchee, lue: FicheErreur | null): FicheErreur | null {
  if (issue === 'accepte') return null;
  return lue ?? erreurHelios('VGM-HEL-004', { issue: DITS[issue] }).fiche;
}

/** The only acquittement that a message is. Throws VGM-GES-043. */
async function acquittementDe(
  { coffre }: OutilsGestes,
  retour: Retour,
): Promise<{ fichier: RetourFichier; message: MessageAcquit }> {
  const { id, nom } = retour;
  const fichier = { ...retour, nom: nom ?? '' };
  const [message] = nom === null ? [] : (await comprendreFichier(fichier, coffre)).messages;
  if (message?.type !== 'acquit') throw erreurGestes('VGM-GES-043', { retour: id });
  return { fichier, message };
}

/** The PES that left under this flux. Throws VGM-GES-044, and -045 when the answer names nothing of it. */
async function envoiDe(
  { moteur, coffre }: OutilsGestes,
  flux: Flux,
  { bilan }: MessageAcquit,
): Promise<FichierEnvoye> {
  const envoye = await fichierDuFlux(flux, { flux: moteur.store.flux, coffre });
  if (envoye === null || !envoye.parti) throw erreurGestes('VGM-GES-044', { flux: flux.id });
  if (!nommePartieDe(bilan, envoye)) throw erreurGestes('VGM-GES-045', { flux: flux.id });
  return envoye;
}

/** A refusal is taken back only as long as no other flux stands under its name. Throws VGM-GES-046. */
async function exigerIdentiteLibre({ moteur }: OutilsGestes, flux: Flux): Promise<void> {
  if (!LIBERE_IDENTITE.includes(flux.etat)) return;
  const { collectivite, identite, protocole } = flux;
  const homonymes = await moteur.store.flux.parIdentite({ collectivite }, identite);
  const autre = homonymes.find((f) => f.protocole === protocole && !LIBERE_IDENTITE.includes(f.etat));
  if (autre !== undefined) throw erreurGestes('VGM-GES-046', { flux: flux.id, identite, autre: autre.id });
}

/**
 * Hangs an acquittement on a flux and says what it means: the word of a person does what an answer that tells would have
 * done, and is journalled with its reason.
 */
export async function trancherRetour(
  outils: OutilsGestes,
  ctx: Contexte,
  { id, flux, issue, motif }: Rattachement & OrdreTrancher,
): Promise<Retour> {
  const retour = await aTrancher(outils, ctx, id);
  const cible = await fluxDe(outils, ctx, flux);
  const { fichier, message } = await acquittementDe(outils, retour);
  const envoye = await envoiDe(outils, cible, message);
  const evenement = EVENEMENTS[issue];
  if (evenement !== 'anomalie_tranchee') await exigerIdentiteLibre(outils, cible);
  const { champs, erreur } = jugerPour(message, { flux: cible, fichier: envoye, nom: fichier.nom }, issue);
  const mouvement = {
    evenement,
    acteur: ctx.acteur,
    corr: ctx.corr,
    motif: `${motif} (${message.libelle})`,
    pieces: [pieceDe(fichier, 'accuse')],
    complement: champs,
    erreur: erreurTranchee(issue, erreur),
  };
  const { changement, journal, livraisons, apres } = await preparer(outils.moteur, cible, mouvement);
  return regler(outils, ctx, {
    retour,
    reglement: {
      etat: 'attribue',
      motif,
      ev: 'RETOUR_TRANCHE',
      flux: avec(retour, cible.id),
      suite: {
        flux: [changement],
        nouvellesLivraisons: livraisons,
        journal: [journal],
        publie: { flux: apres, ev: journal.ev },
      },
    },
  });
}
