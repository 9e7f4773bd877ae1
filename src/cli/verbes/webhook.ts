import { ErreurVgm } from '../../metier/erreurs.ts';
import { type Client, clientDe } from '../client.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { date, etat, json, nombre } from '../rendu.ts';
import { requete, segment } from '../requete.ts';
import { tableau } from '../tableau.ts';
import { type CollectiviteVue, LIBELLES, type LivraisonVue, type PointVu } from '../vues.ts';

interface Essai {
  readonly quand: string;
  readonly resultat: 'livree' | 'echec';
  readonly statut: number;
  readonly duree: number;
  readonly motif: string;
}

function libelle(appel: Appel, code: string): string {
  return etat(appel.monde.sorties, code, LIBELLES[code] ?? code);
}

async function pointsDe(client: Client, siren: string): Promise<readonly PointVu[]> {
  const chemin = `/collectivites/${siren}`;
  try {
    return (await client.json<{ collectivite: CollectiviteVue }>({ methode: 'GET', chemin })).collectivite
      .points;
  } catch (e) {
    if (e instanceof ErreurVgm && e.http === 404) return [];
    throw e;
  }
}

/** Where each point delivers: a notification names its point, the collectivité knows the address. */
async function ciblesDe(
  client: Client,
  livraisons: readonly LivraisonVue[],
): Promise<ReadonlyMap<string, string>> {
  const sirens = [...new Set(livraisons.map((l) => l.collectivite))];
  const points = await Promise.all(sirens.map((siren) => pointsDe(client, siren)));
  return new Map(points.flat().map((p) => [p.id, p.cible] as const));
}

async function listerLivraisons(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const filtre = requete(appel.options, ['flux', 'etat', 'limite']);
  const { livraisons } = await client.json<{ livraisons: readonly LivraisonVue[] }>({
    methode: 'GET',
    chemin: `/livraisons${filtre}`,
  });
  if (drapeau(appel.options, 'json')) json(sorties, livraisons);
  else if (livraisons.length === 0) sorties.ecrire('Aucune notification.');
  else {
    const cibles = await ciblesDe(client, livraisons);
    tableau(
      sorties,
      [
        'Créée le',
        'Événement',
        'État',
        'Essais',
        'Prochain essai',
        'Canal',
        'Cible',
        'Collectivité',
        'Notification',
      ],
      livraisons.map((l) => [
        date(l.creee),
        l.type,
        libelle(appel, l.etat),
        String(l.tentatives),
        date(l.prochaine),
        l.canal,
        cibles.get(l.point) ?? 'point retiré',
        l.collectivite,
        l.id,
      ]),
    );
  }
  return 0;
}

async function listerEssais(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const chemin = `/livraisons/${segment(appel.arguments[0])}/essais`;
  const { essais: faits } = await client.json<{ essais: readonly Essai[] }>({ methode: 'GET', chemin });
  if (drapeau(appel.options, 'json')) json(sorties, faits);
  else if (faits.length === 0) sorties.ecrire('Aucun essai pour l’instant.');
  else {
    tableau(
      sorties,
      ['Quand', 'Résultat', 'Statut', 'Durée', 'Motif'],
      faits.map((e) => [
        date(e.quand),
        e.resultat === 'livree' ? libelle(appel, 'livree') : etat(sorties, 'echec', 'échec'),
        e.statut === 0 ? '-' : String(e.statut),
        `${nombre(e.duree)} ms`,
        e.motif,
      ]),
    );
  }
  return 0;
}

function entier(appel: Appel, nom: string, defaut: number): number {
  const brut = texte(appel.options, nom);
  if (brut === undefined) return defaut;
  if (/^[0-9]{1,5}$/.test(brut)) return Number(brut);
  const detail = `L’option « --${nom} » attend un nombre, et on lit « ${brut} ».`;
  throw erreurUsage(detail, appel.verbe);
}

async function recevoirIci(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const secret = texte(appel.options, 'secret');
  const options = {
    port: entier(appel, 'port', 8787),
    statut: entier(appel, 'statut', 204),
    json: drapeau(appel.options, 'json'),
    ...(secret === undefined ? {} : { secret }),
  };
  const { recevoirWebhooks } = await import('../webhook-recevoir.ts');
  const { port, ferme } = await recevoirWebhooks(options, sorties, appel.monde.interruption());
  if (!options.json) sorties.ecrire(`Webhooks attendus sur http://127.0.0.1:${port}/ (Ctrl-C pour arrêter).`);
  await ferme;
  return 0;
}

export const recevoir: ModuleVerbe = { executer: recevoirIci };
export const lister: ModuleVerbe = { executer: listerLivraisons };
export const essais: ModuleVerbe = { executer: listerEssais };
