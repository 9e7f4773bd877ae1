import { ROLES } from '../metier/roles.ts';
import { SILENCE } from '../engine/presence.ts';
import { dureeEnMots } from '../metier/durees.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Constat } from '../ports/sonde.ts';
import type { Noeud } from '../ports/store.ts';
import type { OutilsGestes } from './outils.ts';

/** How far ahead of ours the clock of another node may be; milliseconds. */
const ECART = 5_000;

interface Defaut {
  readonly etat: 'attention' | 'panne';
  readonly detail: string;
  readonly remede: string;
}

function jumeaux({ moteur, noeud }: OutilsGestes): Defaut[] {
  const vu = noeud.jumeau();
  if (vu === null || moteur.clock.now() - vu > SILENCE) return [];
  return [
    {
      etat: 'panne',
      detail: `un autre démon porte le nom ${noeud.nom}`,
      remede: 'Donner à chaque démon un nom qui lui soit propre (« noeud.nom ») et redémarrer celui-ci.',
    },
  ];
}

function rolesVacants(noeuds: readonly Noeud[]): Defaut[] {
  const vacants = ROLES.filter((role) => !noeuds.some((n) => n.roles.includes(role)));
  return vacants.map((role) => ({
    etat: 'panne',
    detail: `aucun nœud en service n’a le rôle ${role}`,
    remede: 'Démarrer un nœud qui a ce rôle (« noeud.roles », ou « vaguemestre demarrer --role »).',
  }));
}

function versions(noeuds: readonly Noeud[]): Defaut[] {
  const connues = [...new Set(noeuds.map((n) => n.version))];
  if (connues.length < 2) return [];
  return [
    {
      etat: 'attention',
      detail: `versions mêlées : ${connues.toSorted().join(', ')}`,
      remede: 'Terminer la mise à jour : un nœud après l’autre, jusqu’au dernier.',
    },
  ];
}

/** A sign of life that bears an hour to come. */
function horloges(noeuds: readonly Noeud[], maintenant: Instant): Defaut[] {
  return noeuds
    .filter((n) => n.vu - maintenant > ECART)
    .map((n) => ({
      etat: 'attention',
      detail: `l’horloge de ${n.nom} avance sur la nôtre d’au moins ${dureeEnMots(n.vu - maintenant)}`,
      remede: 'Vérifier NTP (« timedatectl ») sur les deux machines : baux et échéances en dépendent.',
    }));
}

/** Daemons that share the store: none bears our name, every role is held, one version, one hour. */
export async function constatNoeuds(outils: OutilsGestes): Promise<Constat> {
  const { store, clock } = outils.moteur;
  const maintenant = clock.now();
  const noeuds = await store.noeuds.lister((maintenant - SILENCE) as Instant);
  const defauts = [
    ...jumeaux(outils),
    ...rolesVacants(noeuds),
    ...versions(noeuds),
    ...horloges(noeuds, maintenant),
  ];
  const dits = noeuds.map((n) => `${n.nom} (${n.roles.join(', ')})`).join(', ');
  return {
    sujet: 'nœuds',
    etat: defauts.some((d) => d.etat === 'panne') ? 'panne' : defauts.length > 0 ? 'attention' : 'bon',
    detail: [dits, ...defauts.map((d) => d.detail)].join(' ; '),
    remede: [...new Set(defauts.map((d) => d.remede))].join(' '),
  };
}

/** Redis that does not answer stops nothing: it is told, and is no failure of ours. */
export async function constatRepartition({ noeud }: OutilsGestes): Promise<Constat> {
  const sujet = 'répartition';
  const { erreur, files } = await noeud.repartition.constater();
  if (erreur !== null) {
    const detail = erreur.message.replaceAll('\n', ' ').replace(/\.$/, '');
    return { sujet, etat: 'attention', detail, remede: erreur.remede };
  }
  const attente = files.reduce((somme, f) => somme + f.enAttente, 0);
  const detail = `Redis répond ; ${attente.toLocaleString('fr-FR')} annonce${attente > 1 ? 's' : ''} en attente`;
  return { sujet, etat: 'bon', detail, remede: '' };
}
