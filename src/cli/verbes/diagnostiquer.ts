import { ErreurVgm } from '../../metier/erreurs.ts';
import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau } from '../monde.ts';
import { etat, json, sur } from '../rendu.ts';
import { tableau } from '../tableau.ts';

interface Sujet {
  readonly sujet: string;
  readonly etat: 'bon' | 'attention' | 'panne';
  readonly detail: string;
  readonly remede: string;
}

/** Wrong settings and an absent daemon are findings too: the first two an operator looks for. */
async function constater(appel: Appel): Promise<readonly Sujet[]> {
  try {
    const client = await clientDe(appel);
    const { version, sujets } = await client.json<{ version: string; sujets: readonly Sujet[] }>({
      methode: 'GET',
      chemin: '/diagnostic',
    });
    const detail = `version ${version}, répond sur ${client.socket}`;
    return [{ sujet: 'démon', etat: 'bon', detail, remede: '' }, ...sujets];
  } catch (e) {
    if (!(e instanceof ErreurVgm)) throw e;
    const sujet = e.fiche.code.startsWith('VGM-CFG-') ? 'réglages' : 'démon';
    return [{ sujet, etat: 'panne', detail: e.fiche.message, remede: e.fiche.remede }];
  }
}

/** `vaguemestre diagnostiquer`: exit 1 when something is down. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const sujets = await constater(appel);
  if (drapeau(appel.options, 'json')) json(sorties, sujets);
  else {
    tableau(
      sorties,
      ['Sujet', 'État', 'Détail'],
      sujets.map((s) => [s.sujet, etat(sorties, s.etat, s.etat), s.detail.replaceAll('\n', ' ')]),
    );
    for (const s of sujets.filter((x) => x.etat !== 'bon' && x.remede !== '')) {
      sorties.ecrire(`${sur(s.sujet)} : ${sur(s.remede)}`);
    }
  }
  return sujets.some((s) => s.etat === 'panne') ? 1 : 0;
}
