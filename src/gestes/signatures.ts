import { mouvoir } from '../engine/avancer.ts';
import { relire } from '../etapes/relire.ts';
import type { SourceOctets } from '../formats/xades/flux.ts';
import { octetsDe } from '../etapes/signature/signer-ici.ts';
import { enIncise } from '../formats/xml/faute.ts';
import { erreurNoyau } from '../metier/catalogue/noyau.ts';
import { erreurSignature } from '../metier/catalogue/signature.ts';
import type { ErreurVgm } from '../metier/erreurs.ts';
import { LIBELLE_ETAT, transition } from '../metier/etats.ts';
import { libelleEvenement } from '../metier/evenements.ts';
import type { Flux, PieceDuFlux } from '../metier/flux.ts';
import type { FluxId } from '../metier/identifiants.ts';
import { type Comparaison, contenuSigneEgal } from '../protocoles/helios/signature/comparaison.ts';
import { fluxDe } from './consulter.ts';
import type { Contexte, FichierDepose, Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

const EVENEMENT = 'signature_apportee';

/** Throws VGM-NOY-002 unless a signature is awaited. */
function exigerAttente({ id, etat }: Flux): void {
  if (transition(etat, EVENEMENT) !== undefined) return;
  const vers = libelleEvenement(EVENEMENT.toUpperCase());
  throw erreurNoyau('VGM-NOY-002', { flux: id, de: LIBELLE_ETAT[etat], vers });
}

function refus(flux: FluxId, c: Exclude<Comparaison, { type: 'egal' }>): ErreurVgm {
  switch (c.type) {
    case 'different':
      return erreurSignature('VGM-SIG-050', { flux, ligne: c.ligne, colonne: c.colonne });
    case 'encodage':
      return erreurSignature('VGM-SIG-051', { avant: c.avant, apres: c.apres });
    case 'illisible': {
      const { ligne, colonne } = c.refus.position;
      return erreurSignature('VGM-SIG-052', { ligne, colonne, motif: enIncise(c.refus.message) });
    }
    default:
      return c satisfies never;
  }
}

/** What the collectivité answers to « this file is to be signed »: its agreement, or the file signed elsewhere. */
export function signatures(outils: OutilsGestes): Pick<Gestes, 'confirmer' | 'apporterSignature'> {
  const { moteur, coffre } = outils;
  const quand = (): string => new Date(moteur.clock.now()).toISOString();

  const original = async ({ portee }: Contexte, { id }: Flux): Promise<PieceDuFlux> => {
    const piece = (await moteur.store.flux.pieces(portee, id)).find((p) => p.role === 'pes');
    if (piece === undefined) throw erreurNoyau('VGM-NOY-006', { empreinte: 'pes' });
    return piece;
  };

  const apporter = async (ctx: Contexte, flux: Flux, fichier: FichierDepose): Promise<Flux> => {
    exigerAttente(flux);
    const depose = await original(ctx, flux);
    const octets: SourceOctets = () => relire(coffre, depose);
    const comparaison = await contenuSigneEgal(octets, octetsDe(fichier.attente));
    if (comparaison.type !== 'egal') throw refus(flux.id, comparaison);
    if (comparaison.signatures === 0) throw erreurSignature('VGM-SIG-053', { flux: flux.id });
    await fichier.attente.garder();
    const { nom, sha256, sha512, taille } = fichier;
    return mouvoir(moteur, flux, {
      evenement: EVENEMENT,
      acteur: ctx.acteur,
      corr: ctx.corr,
      motif: 'fichier signé apporté',
      pieces: [{ role: 'pes_signe', nom, type: depose.type, sha256, sha512, taille }],
      complement: { sha1: comparaison.sha1, apport: { par: ctx.acteur, quand: quand() } },
    });
  };

  return {
    confirmer: async (ctx, id) => {
      const flux = await fluxDe(outils, ctx, id);
      exigerAttente(flux);
      const { helios } = await moteur.annuaire.exiger(flux.collectivite);
      if (helios?.signature === 'parapheur') throw erreurSignature('VGM-SIG-054', { flux: id });
      const nous = helios?.signature === 'confirmer' || helios?.signature === 'signer';
      return mouvoir(moteur, flux, {
        evenement: EVENEMENT,
        acteur: ctx.acteur,
        corr: ctx.corr,
        // The card no longer asks for a signature: the step judges the file by what it says now.
        motif: nous ? 'accord pour signer' : 'repris selon la fiche',
        complement: { accord: { par: ctx.acteur, quand: quand() } },
      });
    },
    apporterSignature: async (ctx, id, fichier) => {
      try {
        return await apporter(ctx, await fluxDe(outils, ctx, id), fichier);
      } finally {
        await fichier.attente.jeter();
      }
    },
  };
}
