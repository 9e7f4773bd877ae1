import { nomDeFichier } from '../formats/encodages/noms.ts';
import { actes } from './actes.ts';
import { collectivites } from './collectivites.ts';
import { consultations } from './consulter.ts';
import { copies } from './copies.ts';
import { corrections } from './corriger.ts';
import { deposer, oublierFichiers } from './deposer.ts';
import { destinations } from './destinations.ts';
import { diagnostic } from './diagnostiquer.ts';
import { echanges } from './echanges.ts';
import { vueDesFiles } from './files.ts';
import { exportsActes } from './exporter-fonct-05.ts';
import { exporterPreuve } from './exporter-preuve.ts';
import type { Gestes } from './gestes.ts';
import { jetons } from './jetons.ts';
import { livraisons } from './livraisons.ts';
import { lots } from './lots/lots.ts';
import { ordres } from './ordonner.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';
import { reconciliations } from './reconcilier.ts';
import { retours } from './retours.ts';
import { signatures } from './signatures.ts';
import { creerTours } from './tours.ts';
import { traces } from './tracer-helios.ts';
import { verificationJournal } from './verifier-journal.ts';

/** All that a door may ask, on one set of tools. */
export function assemblerGestes(outils: OutilsGestes): Gestes {
  const { coffre, protocoles, moteur } = outils;
  const { store } = moteur;
  const depots = { moteur, coffre, protocoles, tours: creerTours() };
  const lecture = { flux: store.flux, journal: store.journal, coffre, collectivites: store.collectivites };
  return {
    recevoirFichier: async (source, role, nom) => {
      const attente = await coffre.recevoir(source, outils.tailleMax);
      const { sha256, sha512, taille } = attente;
      return { role, nom: nomDeFichier(nom) || role, sha256, sha512, taille, attente };
    },
    deposer: (ctx, demande) => deposer(depots, ctx, demande),
    ...echanges(depots),
    oublierFichiers,
    ...actes(outils),
    ...copies(outils),
    ...consultations(outils),
    ...ordres(outils),
    ...signatures(outils),
    ...diagnostic(outils),
    ...vueDesFiles(outils),
    ...verificationJournal(outils),
    exporterPreuve: (ctx, id) => exporterPreuve(lecture, ctx.portee, id),
    ...corrections(outils),
    ...traces(outils),
    ...exportsActes(outils),
    relever: (ctx) => {
      exigerOperateur(ctx);
      return outils.releve.relever();
    },
    retours: retours(outils),
    collectivites: collectivites(outils),
    lots: lots({ moteur, coffre, tours: depots.tours, tailleMax: outils.lotMax }),
    destinations: destinations(outils),
    ...reconciliations(outils),
    livraisons: livraisons(outils),
    jetons: jetons(outils),
  };
}
