import { buffer } from 'node:stream/consumers';
import { type CourrielLu, lireCourriel } from '../formats/courriel/lire.ts';
import { comprendreFichier } from '../etapes/accuse-fichier.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { FluxId, RetourId } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import { type EtatRetour, LIBELLE_RETOUR, type Retour } from '../metier/retours.ts';
import type { Ecriture } from '../ports/store.ts';
import { consignerRetour } from './consigner-retour.ts';
import { fluxDe } from './consulter.ts';
import type { Contexte, Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

const A_TRANCHER: readonly EtatRetour[] = ['a_trancher', 'classe'];

async function retourDe(outils: OutilsGestes, ctx: Contexte, id: RetourId): Promise<Retour> {
  const retour = await outils.moteur.store.retours.trouver(ctx.portee, id);
  if (retour === undefined) throw erreurGestes('VGM-GES-002', { retour: id });
  return retour;
}

async function aTrancher(outils: OutilsGestes, ctx: Contexte, id: RetourId): Promise<Retour> {
  exigerOperateur(ctx);
  const retour = await retourDe(outils, ctx, id);
  if (!A_TRANCHER.includes(retour.etat))
    throw erreurGestes('VGM-GES-003', { retour: id, etat: LIBELLE_RETOUR[retour.etat] });
  return retour;
}

interface Reglement {
  readonly etat: EtatRetour;
  readonly motif: string | null;
  readonly ev: string;
  readonly reprendre?: boolean;
  readonly flux?: readonly FluxId[];
  readonly suite?: Pick<Ecriture, 'flux'> & { readonly journal: readonly EntreeJournal[] };
}

async function regler(
  outils: OutilsGestes,
  ctx: Contexte,
  fait: { retour: Retour; reglement: Reglement },
): Promise<Retour> {
  const { retour, reglement } = fait;
  const quand = outils.moteur.clock.now();
  const due = reglement.reprendre === true ? quand : null;
  const { etat, motif } = reglement;
  const flux = reglement.flux ?? retour.flux;
  const ligne: EntreeJournal = {
    org: 'operateur',
    ev: reglement.ev,
    tx: retour.id,
    obj: `sha256:${retour.sha256}`,
    acteur: ctx.acteur,
    res: 'OK',
    motif: motif ?? '',
    corr: ctx.corr,
  };
  await outils.moteur.store.ecriture.ecrire({
    quand,
    ...(reglement.suite?.flux === undefined ? {} : { flux: reglement.suite.flux }),
    retours: [{ id: retour.id, ver: retour.ver, etat, due, tentatives: 0, motif, flux }],
    journal: [...(reglement.suite?.journal ?? []), ligne],
  });
  return { ...retour, etat, due, motif, flux, ver: retour.ver + 1 };
}

/** Hangs a parked message on a flux: a piece more, the same state. */
async function rattacher(
  outils: OutilsGestes,
  ctx: Contexte,
  demande: { id: RetourId; flux: FluxId },
): Promise<Retour> {
  const retour = await aTrancher(outils, ctx, demande.id);
  const cible = await fluxDe(outils, ctx, demande.flux);
  const { sha256, sha512, taille } = retour;
  const vu =
    retour.nom === null
      ? { nom: 'retour-rattache.eml', type: 'message/rfc822' }
      : { nom: retour.nom, type: 'application/xml' };
  const piece = { role: 'retour', ...vu, sha256, sha512, taille } as const;
  const { id, ver, etat, due, tentatives, alerte, erreur, collectivite } = cible;
  const ligne: EntreeJournal = {
    org: collectivite,
    ev: 'RETOUR_RATTACHE',
    tx: id,
    obj: `sha256:${sha256}`,
    acteur: ctx.acteur,
    res: 'OK',
    motif: 'rattaché par une personne',
    corr: ctx.corr,
  };
  return regler(outils, ctx, {
    retour,
    reglement: {
      etat: 'attribue',
      motif: 'rattaché par une personne',
      ev: 'RETOUR_RATTACHE',
      flux: [...new Set([...retour.flux, id])],
      suite: {
        flux: [{ id, ver, etat, due, tentatives, alerte, erreur, pieces: [piece], garderBail: true }],
        journal: [ligne],
      },
    },
  });
}

/** Characters of the body shown to people, and of an HTML body read to find them. */
const TEXTE_MAX = 2000;
const HTML_MAX = 50_000;

/** Beginning of the body, for people: an agent must know what the message is without opening the file. */
function debutDuTexte({ texte, html }: CourrielLu): string {
  const sansBalises = html
    .slice(0, HTML_MAX)
    .replace(/<(style|script)\b[^]*?<\/\1>/gi, '')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/[ \t]+/g, ' ');
  return (texte.trim() === '' ? sansBalises : texte).trim().slice(0, TEXTE_MAX);
}

type Vu = Pick<
  Awaited<ReturnType<Gestes['retours']['montrer']>>,
  'parties' | 'expediteur' | 'objet' | 'texte'
>;

async function lireMessage({ coffre }: OutilsGestes, { sha256 }: Retour): Promise<Vu> {
  const courriel = await lireCourriel(await buffer(await coffre.ouvrir(sha256)));
  const parties = courriel.parties.map((p) => ({ nom: p.nom, taille: p.octets.length }));
  const { expediteur, objet } = courriel;
  return { parties, expediteur, objet, texte: debutDuTexte(courriel) };
}

async function lireFichier({ coffre }: OutilsGestes, retour: Retour, nom: string): Promise<Vu> {
  const { messages, restes } = await comprendreFichier({ ...retour, nom }, coffre);
  const texte = messages[0]?.libelle ?? restes[0]?.motif ?? '';
  return { parties: [{ nom, taille: retour.taille }], expediteur: '', objet: '', texte };
}

/** The queue of what the State sent and that a person must see. */
export function retours(outils: OutilsGestes): Gestes['retours'] {
  const { store, clock, random } = outils.moteur;
  return {
    lister: (ctx, filtre) => store.retours.lister(ctx.portee, filtre),
    montrer: async (ctx, id) => {
      const retour = await retourDe(outils, ctx, id);
      const vu = await (retour.nom === null
        ? lireMessage(outils, retour)
        : lireFichier(outils, retour, retour.nom));
      return { retour, ...vu, brut: await outils.coffre.ouvrir(retour.sha256) };
    },
    deposer: async (ctx, brut, nom) => {
      exigerOperateur(ctx);
      const { id, sha256 } = await consignerRetour(
        { coffre: outils.coffre, ecriture: store.ecriture, clock, random },
        brut,
        { source: `depot ${ctx.acteur}`, nom },
      );
      const trouve = await store.retours.trouver(ctx.portee, id);
      if (trouve !== undefined) return trouve;
      const connu = await store.retours.parEmpreinte(sha256, nom);
      if (connu === undefined) throw erreurGestes('VGM-GES-002', { retour: id });
      return connu;
    },
    retraiter: async (ctx, id) => {
      const retour = await aTrancher(outils, ctx, id);
      return regler(outils, ctx, {
        retour,
        reglement: { etat: 'recu', motif: null, ev: 'RETOUR_RETRAITE', reprendre: true },
      });
    },
    rattacher: (ctx, id, flux) => rattacher(outils, ctx, { id, flux }),
    classer: async (ctx, id, motif) => {
      const retour = await aTrancher(outils, ctx, id);
      return regler(outils, ctx, { retour, reglement: { etat: 'classe', motif, ev: 'RETOUR_CLASSE' } });
    },
  };
}
