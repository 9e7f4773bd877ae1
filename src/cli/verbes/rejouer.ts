import { type Client, clientDe } from '../client.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { etat, json, pluriel } from '../rendu.ts';
import { segment } from '../requete.ts';
import { LIBELLES, type LivraisonVue } from '../vues.ts';

const PAGE = 1000;

async function rejouer(client: Client, id: string | undefined): Promise<LivraisonVue> {
  const chemin = `/livraisons/${segment(id)}/rejouer`;
  return (await client.json<{ livraison: LivraisonVue }>({ methode: 'POST', chemin })).livraison;
}

async function uneSeule(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const l = await rejouer(await clientDe(appel), appel.arguments[0]);
  if (drapeau(appel.options, 'json')) json(sorties, [l]);
  else sorties.ecrire(`Notification ${l.id} : ${etat(sorties, l.etat, LIBELLES[l.etat] ?? l.etat)}.`);
  return 0;
}

/** Each once: what is abandoned again while we replay (410) is not replayed for ever. */
async function toutes(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const siren = texte(appel.options, 'siren');
  const client = await clientDe(appel);
  const vues = new Set<string>();
  for (let suite = true; suite; ) {
    const { livraisons } = await client.json<{ livraisons: readonly LivraisonVue[] }>({
      methode: 'GET',
      chemin: `/livraisons?etat=abandonnee&limite=${PAGE}`,
    });
    const choisies = livraisons.filter(
      (l) => !vues.has(l.id) && (siren === undefined || l.collectivite === siren),
    );
    for (const { id } of choisies) {
      vues.add(id);
      const l = await rejouer(client, id);
      if (drapeau(appel.options, 'json')) json(sorties, [l]);
    }
    suite = choisies.length > 0 && livraisons.length === PAGE;
  }
  if (!drapeau(appel.options, 'json')) {
    const dit = pluriel(vues.size, 'notification abandonnée à livrer', 'notifications abandonnées à livrer');
    sorties.ecrire(vues.size === 0 ? 'Aucune notification abandonnée.' : `${dit} de nouveau.`);
  }
  return 0;
}

/** `vaguemestre webhook rejouer ID`, or `--tous [--siren S]`. */
export function executer(appel: Appel): Promise<CodeSortie> {
  const tous = drapeau(appel.options, 'tous');
  if (tous === (appel.arguments[0] !== undefined)) {
    const detail = 'Il faut l’identifiant d’une notification ou « --tous », l’un des deux.';
    throw erreurUsage(detail, appel.verbe);
  }
  if (!tous && texte(appel.options, 'siren') !== undefined) {
    throw erreurUsage('L’option « --siren » ne va qu’avec « --tous ».', appel.verbe);
  }
  return tous ? toutes(appel) : uneSeule(appel);
}
