import { mouvoir } from '../engine/avancer.ts';
import type { EvenementEtat } from '../metier/etats.ts';
import { erreurGestes } from '../metier/catalogue/gestes.ts';
import type { Flux, ObjetJson } from '../metier/flux.ts';
import type { FluxId, Instant } from '../metier/identifiants.ts';
import { fluxDe } from './consulter.ts';
import type { Contexte, Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

interface Ordre {
  readonly evenement: EvenementEtat;
  readonly motif: string;
  readonly due?: Instant | null;
  readonly complement?: ObjetJson;
}

/** Orders of a person. The table of transitions allows them or not; the journal keeps who and why. */
export function ordres(outils: OutilsGestes): Pick<Gestes, 'renvoyer' | 'abandonner' | 'trancher'> {
  const donner = async (ctx: Contexte, id: FluxId, ordre: Ordre): Promise<Flux> => {
    const flux = await fluxDe(outils, ctx, id);
    return mouvoir(outils.moteur, flux, { ...ordre, acteur: ctx.acteur, corr: ctx.corr });
  };
  const attenteAccuse = (flux: Flux): { due: Instant | null } => {
    const protocole = outils.protocoles.find((p) => p.nom === flux.protocole);
    const jours = outils.alerteJoursOuvres[flux.protocole];
    return { due: protocole?.accuse.echeance(flux, outils.moteur.clock.now(), jours) ?? null };
  };
  return {
    renvoyer: async (ctx, id) => {
      const { etat } = await fluxDe(outils, ctx, id);
      const ordre = { evenement: 'renvoi_demande', motif: 'renvoi sous le même nom' } as const;
      // The State has answered that it took it: whatever becomes of this new try, the acte is no more ours to drop.
      return donner(ctx, id, etat === 'transmis' ? { ...ordre, complement: { detenu: true } } : ordre);
    },
    abandonner: async (ctx, id, motif) => {
      const { resume } = await fluxDe(outils, ctx, id);
      if (resume['detenu'] === true) throw erreurGestes('VGM-GES-011', { flux: id });
      return donner(ctx, id, { evenement: 'abandon_demande', motif });
    },
    trancher: async (ctx, id, { decision, motif }) => {
      const flux = await fluxDe(outils, ctx, id);
      if (decision === 'recu')
        return donner(ctx, id, { evenement: 'tranche_recu', motif, ...attenteAccuse(flux) });
      // Nothing of it is composed here: a base put back from a backup knew it before it was.
      const evenement = flux.nomEnvoi === null ? 'tranche_a_refaire' : 'tranche_non_recu';
      return donner(ctx, id, { evenement, motif });
    },
  };
}
