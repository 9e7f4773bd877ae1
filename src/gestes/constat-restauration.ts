import { dureeEnMots } from '../metier/durees.ts';
import type { Constat } from '../ports/sonde.ts';
import type { OutilsGestes } from './outils.ts';

/** A base that was put back from a backup sends nothing before a person says so: it must be seen at once. */
export async function constatRestauration({ moteur }: OutilsGestes): Promise<Constat> {
  const sujet = 'restauration';
  const derniere = await moteur.store.restaurations.derniere();
  if (derniere === null) return { sujet, etat: 'bon', detail: 'jamais', remede: '' };
  const depuis = dureeEnMots(moteur.clock.now() - derniere.restauree);
  if (derniere.close !== null) {
    return { sujet, etat: 'bon', detail: `il y a ${depuis}, réconciliation close`, remede: '' };
  }
  return {
    sujet,
    etat: 'panne',
    detail: `base remise depuis une sauvegarde il y a ${depuis} : rien ne part`,
    remede: 'Lire « vaguemestre reconcilier », régler ce qui y est dit, puis clore la réconciliation.',
  };
}
