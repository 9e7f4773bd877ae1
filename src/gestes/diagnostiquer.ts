import { LIBELLE_ETAT } from '../metier/etats.ts';
import type { Constat } from '../ports/sonde.ts';
import type { Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

/** States that wait for a person. */
const A_VOIR = ['incertain', 'echec'] as const;

async function constatFlux(outils: OutilsGestes, ctx: Parameters<Gestes['compter']>[0]): Promise<Constat[]> {
  const comptes = await outils.moteur.store.flux.compter(ctx.portee);
  const alertes = await outils.moteur.store.flux.lister(ctx.portee, { alerte: true, limite: 1000 });
  const parked = await outils.moteur.store.retours.lister(ctx.portee, {
    etats: ['a_trancher'],
    limite: 1000,
  });
  const detail = Object.entries(comptes).map(
    ([etat, nombre]) => `${nombre} ${LIBELLE_ETAT[etat as keyof typeof LIBELLE_ETAT]}`,
  );
  const bloques = A_VOIR.reduce((somme, etat) => somme + (comptes[etat] ?? 0), 0);
  return [
    {
      sujet: 'flux',
      etat: bloques > 0 ? 'attention' : 'bon',
      detail: detail.join(', ') || 'aucun',
      remede: bloques > 0 ? 'Voir « vaguemestre lister --etat incertain » et « --etat echec ».' : '',
    },
    {
      sujet: 'alertes',
      etat: alertes.length > 0 ? 'attention' : 'bon',
      detail: alertes.length === 0 ? 'aucune' : `${alertes.length} flux en alerte`,
      remede: alertes.length > 0 ? 'Voir « vaguemestre lister --alerte ».' : '',
    },
    {
      sujet: 'retours à trancher',
      etat: parked.length > 0 ? 'attention' : 'bon',
      detail: parked.length === 0 ? 'aucun' : `${parked.length} en attente d’une personne`,
      remede: parked.length > 0 ? 'Voir « vaguemestre retours lister ».' : '',
    },
  ];
}

export function diagnostic(outils: OutilsGestes): Pick<Gestes, 'diagnostiquer'> {
  return {
    diagnostiquer: async (ctx) => {
      exigerOperateur(ctx);
      const constats = await constatFlux(outils, ctx);
      return [...constats, ...(await Promise.all(outils.sondes.map((s) => s.sonder())))];
    },
  };
}
