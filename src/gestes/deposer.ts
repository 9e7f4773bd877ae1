import { controlerDepot } from '../etapes/depot.ts';
import type { OutilsMoteur } from '../engine/outils.ts';
import { erreurDepot } from '../metier/catalogue/depot.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import { jourDe } from '../metier/echeances.ts';
import { LIBERE_IDENTITE } from '../metier/etats.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, Sha256 } from '../metier/identifiants.ts';
import type { Protocole } from '../protocoles/protocole.ts';
import {
  accepter,
  dejaFaite,
  doublon,
  type Identifie,
  type OutilsAccepter,
  tracerRefus,
} from './deposer-accepter.ts';
import { fluxCorrige } from './deposer-corrige.ts';
import type { Contexte, DemandeDepot, FichierDepose, ReponseDepot } from './gestes.ts';
import type { Tours } from './tours.ts';

export interface OutilsDepot extends OutilsAccepter {
  readonly protocoles: readonly Protocole[];
  readonly tours: Tours;
}

/**
 * Deposit: facts → rules → verdict → durable → answer. If we die before the commit nothing is kept (the waiting
 * bytes are swept); after it, the answer may be lost but the same Idempotency-Key gives it again.
 */
export async function deposer(
  outils: OutilsDepot,
  ctx: Contexte,
  demande: DemandeDepot,
): Promise<ReponseDepot> {
  try {
    return await juger(outils, ctx, demande);
  } finally {
    await oublierFichiers(demande.fichiers);
  }
}

/** Throws away what was not kept; harmless for what was. */
export async function oublierFichiers(fichiers: readonly FichierDepose[]): Promise<void> {
  await Promise.all(fichiers.map((f) => f.attente.jeter()));
}

async function juger(outils: OutilsDepot, ctx: Contexte, demande: DemandeDepot): Promise<ReponseDepot> {
  exigerPortee(ctx, demande);
  const rejouee = await dejaFaite(outils.moteur, demande);
  if (rejouee !== null) return rejouee;
  const collectivite = await collectiviteDe(outils, demande);
  const cite = await fluxCorrige(outils.moteur, demande);
  const protocole = outils.protocoles.find((p) => p.nom === demande.protocole);
  if (protocole === undefined)
    throw erreurDepot('VGM-DEP-004', {
      protocole: demande.protocole,
      servis: outils.protocoles.map((p) => p.nom).join(', '),
    });
  const jour = jourDe(outils.moteur.clock.now());
  const { metadonnees, fichiers } = demande;
  const { types, resultat, contenu } = await controlerDepot({
    protocole,
    collectivite,
    metadonnees,
    fichiers,
    jour,
    homonymes: async (identite) => enTete(await homonyme(outils.moteur, demande, identite)),
    jumeaux: async (octets) => enTete(await jumeau(outils.moteur, demande, octets)),
  });
  const { rapport, lu } = resultat;
  if (demande.aBlanc) {
    if (rapport.verdict === 'favorable' && lu !== null)
      await refuserDoublon(outils.moteur, demande, { identite: lu.identite, contenu });
    return { type: 'a_blanc', rapport };
  }
  if (rapport.verdict === 'defavorable' || lu === null) {
    await tracerRefus(outils.moteur, ctx, { demande, rapport });
    return { type: 'refuse', rapport };
  }
  const { collectivite: siren, cleIdempotence: cle } = demande;
  const noms = [
    `${protocole.nom} ${siren} ${lu.identite}`,
    ...(contenu === null ? [] : [`contenu ${siren} ${contenu}`]),
    ...(cle === null ? [] : [`clé ${siren} ${cle}`]),
  ];
  return outils.tours.passer(noms, async () => {
    const entretemps = await dejaFaite(outils.moteur, demande);
    if (entretemps !== null) return entretemps;
    await refuserDoublon(outils.moteur, demande, { identite: lu.identite, contenu });
    return accepter(outils, ctx, { demande, collectivite, types, rapport, lu, contenu, cite });
  });
}

/**
 * Asked before anything is kept: the bytes of a deposit that will be refused must not stay in the coffre, which never
 * forgets. The store still has the last word (another daemon may take the identity meanwhile).
 */
async function refuserDoublon(moteur: OutilsMoteur, demande: DemandeDepot, depot: Identifie): Promise<void> {
  const { identite, contenu } = depot;
  const tenant = await homonyme(moteur, demande, identite);
  if (tenant !== undefined) throw doublon(identite, { par: 'identite', flux: tenant });
  const double = contenu === null ? undefined : await jumeau(moteur, demande, contenu);
  if (double !== undefined) throw doublon(identite, { par: 'contenu', flux: double });
}

async function homonyme(
  moteur: OutilsMoteur,
  { collectivite, protocole }: DemandeDepot,
  identite: string,
): Promise<Flux | undefined> {
  const tenants = await moteur.store.flux.parIdentite({ collectivite }, identite);
  return tenants.find((f) => f.protocole === protocole && !LIBERE_IDENTITE.includes(f.etat));
}

function jumeau(
  moteur: OutilsMoteur,
  { collectivite, protocole }: DemandeDepot,
  contenu: Sha256,
): Promise<Flux | undefined> {
  return moteur.store.flux.parContenu(collectivite, protocole, contenu);
}

const enTete = (flux: Flux | undefined): readonly FluxId[] => (flux === undefined ? [] : [flux.id]);

/** Another's collectivité and none look the same. */
function exigerPortee(ctx: Contexte, { collectivite: siren }: DemandeDepot): void {
  if (!('operateur' in ctx.portee) && ctx.portee.collectivite !== siren)
    throw erreurDepot('VGM-DEP-001', { siren });
}

async function collectiviteDe(outils: OutilsDepot, demande: DemandeDepot): Promise<Collectivite> {
  const siren = demande.collectivite;
  const fiche = await outils.moteur.annuaire.trouver(siren);
  if (fiche === undefined || !fiche.actif) throw erreurDepot('VGM-DEP-001', { siren });
  return fiche;
}
