import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { Contexte, Destination, Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

async function etats(outils: OutilsGestes): Promise<Destination[]> {
  const ordres = await outils.moteur.store.suspensions.lister();
  // An order outlives the setting that it was given about: it must still be seen, and lifted.
  const noms = [...new Set([...outils.destinations, ...ordres.map((s) => s.destination)])];
  return noms.map((nom) => ({ nom, suspension: ordres.find((s) => s.destination === nom) ?? null }));
}

async function trouver(outils: OutilsGestes, nom: string): Promise<Destination> {
  const connues = await etats(outils);
  const trouvee = connues.find((d) => d.nom === nom);
  if (trouvee !== undefined) return trouvee;
  const noms = connues.map((d) => `« ${d.nom} »`).join(', ');
  throw erreurGestes('VGM-GES-020', { destination: nom, connues: noms });
}

/** Sending held back on order (DSP-03, HOM-05): at once, journalled, deposits going on, undone by one word. */
export function destinations(outils: OutilsGestes): Gestes['destinations'] {
  const { store, clock } = outils.moteur;
  const ordonner = async (
    ctx: Contexte,
    { destination, motif }: { readonly destination: string; readonly motif: string | null },
  ): Promise<void> => {
    const { acteur, corr } = ctx;
    const ligne: EntreeJournal = {
      org: 'operateur',
      ev: motif === null ? 'DESTINATION_REPRISE' : 'DESTINATION_SUSPENDUE',
      tx: '',
      obj: '',
      acteur,
      res: 'OK',
      motif: motif === null ? destination : `${destination} : ${motif}`,
      corr,
    };
    const ordre = { destination, motif, acteur };
    await store.ecriture.ecrire({ quand: clock.now(), suspensions: [ordre], journal: [ligne] });
  };
  return {
    lister: async (ctx) => {
      exigerOperateur(ctx);
      return etats(outils);
    },
    suspendre: async (ctx, nom, motif) => {
      exigerOperateur(ctx);
      await trouver(outils, nom);
      await ordonner(ctx, { destination: nom, motif: motif.replace(/\s*\.\s*$/, '') });
      return trouver(outils, nom);
    },
    reprendre: async (ctx, nom) => {
      exigerOperateur(ctx);
      const { suspension } = await trouver(outils, nom);
      if (suspension === null) throw erreurGestes('VGM-GES-021', { destination: nom });
      await ordonner(ctx, { destination: nom, motif: null });
      return { nom, suspension: null };
    },
  };
}
