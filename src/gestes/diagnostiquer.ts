import type { Clock } from '../ports/clock.ts';
import type { Constat, Sonde } from '../ports/sonde.ts';
import {
  constatAlertes,
  constatAttente,
  constatFlux,
  constatJournal,
  constatNotifications,
  constatRetours,
  constatSuspensions,
} from './constats.ts';
import { constatRestauration } from './constat-restauration.ts';
import { constatNoeuds, constatRepartition } from './constats-noeuds.ts';
import type { Gestes } from './gestes.ts';
import { exigerOperateur, type OutilsGestes } from './outils.ts';

/** Time left to one sonde: a peer that keeps silent must not hold back what the others say. Milliseconds. */
const DELAI = 10_000;

/** @returns the finding, or the silence as a finding. Never rejects. */
async function borner({ sujet, sonder }: Sonde, clock: Clock): Promise<Constat> {
  const fin = new AbortController();
  const muet: Constat = {
    sujet,
    etat: 'panne',
    detail: `ne répond pas en ${DELAI / 1000} s`,
    remede: 'Vérifier que ce correspondant est en marche et que le réseau y mène, puis recommencer.',
  };
  const interne: Constat = {
    sujet,
    etat: 'panne',
    detail: 'l’examen lui-même a échoué',
    remede: 'Lire le journal technique du démon.',
  };
  const silence = clock.sleep(DELAI, fin.signal).then(() => muet);
  try {
    return await Promise.race([sonder().catch(() => interne), silence]);
  } finally {
    fin.abort();
  }
}

/** What several daemons ask for; one that is alone has nothing to say of it. */
function sondesDuPartage(outils: OutilsGestes): Sonde[] {
  const { seul, typeRepartition } = outils.noeud;
  return [
    ...(seul ? [] : [{ sujet: 'nœuds', sonder: () => constatNoeuds(outils) }]),
    ...(typeRepartition === 'locale'
      ? []
      : [{ sujet: 'répartition', sonder: () => constatRepartition(outils) }]),
  ];
}

/** What the store itself tells. */
function sondesInternes(outils: OutilsGestes): Sonde[] {
  return [
    { sujet: 'flux', sonder: () => constatFlux(outils) },
    { sujet: 'flux en attente', sonder: () => constatAttente(outils) },
    { sujet: 'alertes', sonder: () => constatAlertes(outils) },
    { sujet: 'émission', sonder: () => constatSuspensions(outils) },
    { sujet: 'restauration', sonder: () => constatRestauration(outils) },
    { sujet: 'retours à trancher', sonder: () => constatRetours(outils) },
    { sujet: 'notifications', sonder: () => constatNotifications(outils) },
    { sujet: 'journal', sonder: () => constatJournal(outils) },
    ...sondesDuPartage(outils),
  ];
}

export function diagnostic(outils: OutilsGestes): Pick<Gestes, 'diagnostiquer'> {
  const sondes = [...sondesInternes(outils), ...outils.sondes];
  return {
    diagnostiquer: async (ctx) => {
      exigerOperateur(ctx);
      return Promise.all(sondes.map((sonde) => borner(sonde, outils.moteur.clock)));
    },
  };
}
