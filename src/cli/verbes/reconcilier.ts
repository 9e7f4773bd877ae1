import { type Client, clientDe } from '../client.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, liste, texte } from '../monde.ts';
import { date, json, jour, nombre, peindre, pluriel, sur } from '../rendu.ts';
import { fiche, tableau } from '../tableau.ts';
import type { FluxVu } from '../vues.ts';

/** `vaguemestre reconcilier`: exit 1 as long as it is not closed. */

interface OrphelinVu {
  readonly sha256: string;
  readonly libelle: string;
  readonly identite: string | null;
  readonly collectivite: string | null;
  readonly fluxConnu: boolean | null;
}

interface ReconciliationVue {
  readonly sauvegarde: string;
  readonly restauree: string;
  readonly close: string | null;
  readonly sources: readonly { readonly nom: string; readonly lue: string | null }[];
  readonly aAnalyser: number;
  readonly incertains: readonly FluxVu[];
  readonly genres: Readonly<Record<string, number>>;
  readonly orphelins: readonly OrphelinVu[];
  readonly series: { readonly jour: string; readonly apres: number };
  readonly empechements: readonly string[];
}

/** Flux and pieces written; the rest is counted. */
const MONTRES = 50;

const REPONSES = ['courriel', 'acquittement', 'pes_retour'];

function montrerIncertains({ monde: { sorties } }: Appel, { incertains }: ReconciliationVue): void {
  if (incertains.length === 0) {
    sorties.ecrire('Aucun flux dont le sort reste à établir.');
    return;
  }
  const { length: n } = incertains;
  sorties.ecrire(`${pluriel(n, 'flux', 'flux')} dont le sort est à établir (« vaguemestre trancher ») :`);
  tableau(
    sorties,
    ['Identité', 'Collectivité', 'Nom à la remise', 'Flux'],
    incertains.slice(0, MONTRES).map((f) => [f.identite, f.collectivite, f.nomEnvoi ?? 'inconnu ici', f.id]),
  );
  if (n > MONTRES)
    sorties.ecrire(`et ${nombre(n - MONTRES)} autres (« vaguemestre lister --etat incertain »)`);
}

function sortDe({ fluxConnu }: OrphelinVu): string {
  if (fluxConnu === null) return '';
  return fluxConnu ? 'flux connu' : 'dépôt perdu';
}

function montrerOrphelins({ monde: { sorties } }: Appel, { orphelins, genres }: ReconciliationVue): void {
  const total = Object.values(genres).reduce((somme, n) => somme + n, 0);
  if (total === 0) {
    sorties.ecrire('Aucune pièce sans flux dans le coffre.');
    return;
  }
  sorties.ecrire(`${pluriel(total, 'pièce')} d’après la sauvegarde, sans flux :`);
  const parlants = orphelins.filter((o) => o.identite !== null);
  tableau(
    sorties,
    ['Contenu', 'Collectivité', 'Identité', 'Ici'],
    parlants.slice(0, MONTRES).map((o) => [o.libelle, o.collectivite ?? '-', o.identite ?? '', sortDe(o)]),
  );
  const reponses = REPONSES.reduce((somme, genre) => somme + (genres[genre] ?? 0), 0);
  if (reponses > 0)
    sorties.ecrire(
      `${pluriel(reponses, 'réponse')} de l’État parmi elles : « vaguemestre reconcilier --ranger-retours » les analyse de nouveau.`,
    );
  const muettes = total - parlants.length - reponses;
  if (muettes > 0)
    sorties.ecrire(`${pluriel(muettes, 'autre pièce', 'autres pièces')} (documents, rapports).`);
}

function montrer(appel: Appel, r: ReconciliationVue): void {
  const { sorties } = appel.monde;
  const close = r.close === null ? peindre(sorties, 'red', 'non : rien ne part') : date(r.close);
  fiche(sorties, [
    ['Sauvegarde du', date(r.sauvegarde)],
    ['Restaurée le', date(r.restauree)],
    ['Close', close],
    ['Numéros d’ordre', `du ${jour(r.series.jour)} : repris après ${nombre(r.series.apres)}`],
  ]);
  for (const { nom, lue } of r.sources) {
    const dit = lue === null ? peindre(sorties, 'yellow', 'pas encore relue') : `relue le ${date(lue)}`;
    sorties.ecrire(`Source ${sur(nom)} : ${dit}`);
  }
  if (r.sources.length === 0)
    sorties.ecrire('Aucune source à relire : les réponses arrivent par le récepteur SMTP.');
  montrerIncertains(appel, r);
  montrerOrphelins(appel, r);
  if (r.close !== null) return;
  if (r.empechements.length === 0) sorties.ecrire('Tout est relu : « vaguemestre reconcilier --clore ».');
  for (const raison of r.empechements) sorties.ecrire(`À attendre : ${sur(raison)}.`);
}

async function ranger(appel: Appel, client: Client): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const { nombre: rangees } = await client.json<{ nombre: number }>({
    methode: 'POST',
    chemin: '/reconciliation/retours',
  });
  if (drapeau(appel.options, 'json')) json(sorties, [{ nombre: rangees }]);
  else sorties.ecrire(`${pluriel(rangees, 'réponse rangée', 'réponses rangées')}.`);
  return 0;
}

async function clore(appel: Appel, client: Client): Promise<CodeSortie> {
  const { options, monde } = appel;
  const { reconciliation } = await client.json<{ reconciliation: ReconciliationVue }>({
    methode: 'POST',
    chemin: '/reconciliation/clore',
    json: { sansAttendre: liste(options, 'sansAttendre'), motif: texte(options, 'motif') ?? null },
  });
  if (drapeau(options, 'json')) json(monde.sorties, [reconciliation]);
  else {
    const { length: n } = reconciliation.incertains;
    const reste = n === 0 ? '' : ` ${pluriel(n, 'flux reste', 'flux restent')} à trancher.`;
    monde.sorties.ecrire(`Réconciliation close : les envois reprennent dans la minute.${reste}`);
  }
  return 0;
}

export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde, verbe } = appel;
  const client = await clientDe(appel);
  if (drapeau(options, 'rangerRetours')) return ranger(appel, client);
  if (drapeau(options, 'clore')) return clore(appel, client);
  if (liste(options, 'sansAttendre').length > 0 || texte(options, 'motif') !== undefined)
    throw erreurUsage('Les options « --sans-attendre » et « --motif » vont avec « --clore ».', verbe);
  const { reconciliation: r } = await client.json<{ reconciliation: ReconciliationVue | null }>({
    methode: 'GET',
    chemin: '/reconciliation',
  });
  if (drapeau(options, 'json')) json(monde.sorties, [r]);
  else if (r === null) monde.sorties.ecrire('Cette base n’a jamais été restaurée : rien à réconcilier.');
  else montrer(appel, r);
  return r === null || r.close !== null ? 0 : 1;
}
