import { faitsPieces } from '../etapes/depot.ts';
import type { RapportControles } from '../metier/anomalies.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import { jourDe } from '../metier/echeances.ts';
import { LIBELLE_ETAT, LIBERE_IDENTITE } from '../metier/etats.ts';
import type { Flux, ObjetJson } from '../metier/flux.ts';
import type { FluxId, Siren } from '../metier/identifiants.ts';
import { COURRIERS, estCourrier } from '../protocoles/actes/echanges/codes.ts';
import { annulationDe, codeReponse, controlerReponse } from '../protocoles/actes/echanges/controle.ts';
import { amorcerClassification, messageDe } from '../protocoles/actes/echanges/resume.ts';
import type { DepotLu } from '../protocoles/protocole.ts';
import { fluxDe } from './consulter.ts';
import { accepter, dejaFaite, tracerRefus } from './deposer-accepter.ts';
import { oublierFichiers, type OutilsDepot } from './deposer.ts';
import type { Contexte, DemandeDepot, DemandeReponse, Gestes, ReponseDepot } from './gestes.ts';

/** What a collectivité sends about an acte that the State holds, and the request of its classification. */

const FAVORABLE: RapportControles = {
  format: 'vaguemestre-rapport-controles-v1',
  reponses: [],
  verdict: 'favorable',
};

/** A sending that waits for its place: what deposits ask of a demand, whoever asks. */
interface Envoi {
  readonly collectivite: Siren;
  readonly metadonnees: ObjetJson;
  readonly lu: DepotLu;
  readonly cite: FluxId | null;
  readonly cleIdempotence: string | null;
}

const demandeDe = (e: Omit<Envoi, 'lu' | 'cite'>, fichiers: DemandeDepot['fichiers']): DemandeDepot => ({
  protocole: 'ACTES',
  collectivite: e.collectivite,
  metadonnees: e.metadonnees,
  fichiers,
  cleIdempotence: e.cleIdempotence,
  aBlanc: false,
});

/** The flux that this one cites; itself when it cites none. */
async function acteDe(outils: OutilsDepot, ctx: Contexte, flux: Flux): Promise<Flux> {
  return flux.cite === null ? flux : fluxDe(outils, ctx, flux.cite);
}

/** Throws VGM-GES-050, naming the flux that stands already. */
async function refuserDouble(outils: OutilsDepot, { collectivite, lu }: Envoi): Promise<void> {
  const connus = await outils.moteur.store.flux.parIdentite({ collectivite }, lu.identite);
  const tenant = connus.find((f) => !LIBERE_IDENTITE.includes(f.etat));
  if (tenant !== undefined)
    throw erreurGestes('VGM-GES-050', { flux: tenant.id, etat: LIBELLE_ETAT[tenant.etat] });
}

/** Accepts what no document goes with. */
async function envoyer(outils: OutilsDepot, ctx: Contexte, envoi: Envoi): Promise<ReponseDepot> {
  const demande = demandeDe(envoi, []);
  const collectivite = await outils.moteur.annuaire.exiger(envoi.collectivite);
  const { lu, cite } = envoi;
  return outils.tours.passer([`ACTES ${envoi.collectivite} ${lu.identite}`], async () => {
    const faite = await dejaFaite(outils.moteur, demande);
    if (faite !== null) return faite;
    await refuserDouble(outils, envoi);
    const accepte = { demande, collectivite, types: [], rapport: FAVORABLE, lu, contenu: null, cite };
    return accepter(outils, ctx, accepte);
  });
}

async function repondre(outils: OutilsDepot, ctx: Contexte, d: DemandeReponse): Promise<ReponseDepot> {
  const courrier = await fluxDe(outils, ctx, d.courrier);
  const acte = await acteDe(outils, ctx, courrier);
  const code = codeReponse(courrier, d.refus);
  if (code === null) throw erreurGestes('VGM-GES-051', { flux: d.courrier, attendu: attenduDe(courrier) });
  const { fichiers, refus, typologies, cleIdempotence } = d;
  const metadonnees = { courrier: d.courrier, refus, typologies: [...typologies] };
  const demande = demandeDe({ collectivite: courrier.collectivite, metadonnees, cleIdempotence }, fichiers);
  const rejouee = await dejaFaite(outils.moteur, demande);
  if (rejouee !== null) return rejouee;
  const collectivite = await outils.moteur.annuaire.exiger(courrier.collectivite);
  const pieces = await faitsPieces(fichiers);
  const jour = jourDe(outils.moteur.clock.now());
  const faits = { courrier, acte, refus, typologies, pieces, collectivite, jour };
  const { rapport, lu } = controlerReponse(faits, code);
  if (rapport.verdict === 'defavorable' || lu === null) {
    await tracerRefus(outils.moteur, ctx, { demande, rapport });
    return { type: 'refuse', rapport };
  }
  const envoi = { ...demande, metadonnees, lu, cite: courrier.id };
  return outils.tours.passer([`ACTES ${courrier.collectivite} ${lu.identite}`], async () => {
    const faite = await dejaFaite(outils.moteur, demande);
    if (faite !== null) return faite;
    await refuserDouble(outils, envoi);
    const types = pieces.map((p) => p.type);
    return accepter(outils, ctx, {
      demande,
      collectivite,
      types,
      rapport,
      lu,
      contenu: null,
      cite: courrier.id,
    });
  });
}

/** What may be answered, in French. */
function attenduDe(courrier: Flux): string {
  const code = messageDe(courrier);
  if (!estCourrier(code)) return 'ce n’est pas un courrier de la préfecture';
  const { libelle, reponses } = COURRIERS[code];
  return reponses.length === 0
    ? `la norme n’a pas de réponse à un ${libelle}`
    : `un ${libelle} ne se refuse pas, il se laisse sans réponse`;
}

/** One cancellation stands at a time; only an acte acknowledged, and not yet final, may be cancelled (actes.md A.3). */
async function annuler(outils: OutilsDepot, ctx: Contexte, id: FluxId): Promise<ReponseDepot> {
  const acte = await fluxDe(outils, ctx, id);
  if (acte.protocole !== 'ACTES' || messageDe(acte) !== '1-1' || acte.etat !== 'acquitte')
    throw erreurGestes('VGM-GES-052', { flux: id, etat: LIBELLE_ETAT[acte.etat] });
  const metadonnees = { acte: id };
  const { collectivite } = acte;
  const lu = annulationDe(acte);
  return envoyer(outils, ctx, { collectivite, metadonnees, lu, cite: id, cleIdempotence: null });
}

async function demanderClassification(
  outils: OutilsDepot,
  ctx: Contexte,
  { siren, complete }: { readonly siren: Siren; readonly complete: boolean },
): Promise<ReponseDepot> {
  const permise = 'operateur' in ctx.portee || ctx.portee.collectivite === siren;
  const fiche = permise ? await outils.moteur.store.collectivites.trouver(siren) : undefined;
  if (fiche === undefined) throw erreurGestes('VGM-GES-004', { siren });
  if (fiche.actes === null) throw erreurGestes('VGM-GES-013', { siren });
  const jour = jourDe(outils.moteur.clock.now());
  const detenue = complete ? null : (fiche.actes.classification?.date ?? null);
  const lu = amorcerClassification({ siren, jour, detenue });
  const metadonnees = { classification: detenue };
  return envoyer(outils, ctx, { collectivite: siren, metadonnees, lu, cite: null, cleIdempotence: null });
}

/** Exchanges of an acte. */
export function echanges(
  outils: OutilsDepot,
): Pick<Gestes, 'repondre' | 'annuler' | 'demanderClassification'> {
  return {
    repondre: async (ctx, demande) => {
      try {
        return await repondre(outils, ctx, demande);
      } finally {
        await oublierFichiers(demande.fichiers);
      }
    },
    annuler: (ctx, id) => annuler(outils, ctx, id),
    demanderClassification: (ctx, demande) => demanderClassification(outils, ctx, demande),
  };
}
