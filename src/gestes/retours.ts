import { buffer } from 'node:stream/consumers';
import type { CourrielLu } from '../formats/courriel/lire.ts';
import { comprendreFichier } from '../etapes/accuse-fichier.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Retour } from '../metier/retours.ts';
import { consignerRetour } from './consigner-retour.ts';
import type { Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';
import { rattacher } from './rattacher.ts';
import { aTrancher, regler, retourDe } from './regler-retour.ts';
import { remettre } from './remettre.ts';
import { trancherRetour } from './trancher-retour.ts';

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
  const { lireCourriel } = await import('../formats/courriel/lire.ts');
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
    trancher: (ctx, id, ordre) => trancherRetour(outils, ctx, { id, ...ordre }),
    remettre: (ctx, id, siren) => remettre(outils, ctx, { id, siren }),
    classer: async (ctx, id, motif) => {
      const retour = await aTrancher(outils, ctx, id);
      return regler(outils, ctx, { retour, reglement: { etat: 'classe', motif, ev: 'RETOUR_CLASSE' } });
    },
  };
}
