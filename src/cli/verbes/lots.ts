import type { Anomalie } from '../../metier/anomalies.ts';
import { clientDe } from '../client.ts';
import { lignesAnomalie } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, type Sorties, texte } from '../monde.ts';
import { date, etat, json, nombre, peindre, pluriel, sur } from '../rendu.ts';
import { requete, segment } from '../requete.ts';
import { tableau } from '../tableau.ts';

/** What the API answers of the batches that it was given. */

interface LotVu {
  readonly id: string;
  readonly collectivite: string;
  readonly etat: 'en_cours' | 'termine' | 'abandonne';
  readonly manifeste: string;
  readonly recu: string;
  readonly termine: string | null;
  readonly abandon: string | null;
  readonly erreur: { readonly code: string; readonly message: string; readonly remede: string } | null;
  readonly lignes: number;
  readonly comptes: Readonly<Record<'deposes' | 'deja' | 'refuses' | 'restants', number>>;
}

interface LigneVue {
  readonly ligne: number;
  readonly numero: string;
  readonly sort: keyof typeof SORTS;
  readonly flux: string | null;
  readonly anomalies: readonly Anomalie[];
}

const ETATS = { en_cours: 'en cours', termine: 'terminé', abandonne: 'abandonné' } as const;
const SORTS = {
  a_faire: 'à faire',
  depose: 'déposé',
  deja: 'déjà déposé',
  refuse: 'refusé',
  abandonne: 'abandonné',
} as const;

async function listerLots(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const { sorties } = monde;
  const client = await clientDe(appel);
  const { lots, suite } = await client.json<{ lots: readonly LotVu[]; suite: string | null }>({
    methode: 'GET',
    chemin: `/lots${requete(options, ['etat', 'avant', 'limite'])}`,
  });
  if (drapeau(options, 'json')) {
    json(sorties, lots);
    return 0;
  }
  if (lots.length === 0) {
    sorties.ecrire('Aucun lot.');
    return 0;
  }
  tableau(
    sorties,
    ['Reçu le', 'Collectivité', 'État', 'Actes', 'Déposés', 'Déjà là', 'Refusés', 'Restants', 'Lot'],
    lots.map(({ recu, collectivite, etat: code, erreur, lignes, comptes, id }) => [
      date(recu),
      collectivite,
      `${ETATS[code]}${erreur === null ? '' : ' (!)'}`,
      ...[lignes, comptes.deposes, comptes.deja, comptes.refuses, comptes.restants].map(nombre),
      id,
    ]),
  );
  if (suite !== null) sorties.ecrire(`La suite : vaguemestre lots lister --avant ${suite}`);
  return 0;
}

function dire(sorties: Sorties, lot: LotVu): void {
  const { comptes: c } = lot;
  sorties.ecrire(`Lot ${lot.id}, collectivité ${lot.collectivite}, manifeste ${sur(lot.manifeste)}`);
  const fin = lot.termine === null ? '' : `, fini le ${date(lot.termine)}`;
  const motif = lot.abandon === null ? '' : ` (${sur(lot.abandon)})`;
  sorties.ecrire(`Reçu le ${date(lot.recu)}, ${ETATS[lot.etat]}${motif}${fin}`);
  const parties = [
    pluriel(c.deposes, 'déposé'),
    ...(c.deja === 0 ? [] : [`${nombre(c.deja)} déjà là`]),
    ...(c.refuses === 0 ? [] : [pluriel(c.refuses, 'refusé')]),
    ...(c.restants === 0 ? [] : [pluriel(c.restants, 'restant')]),
  ];
  sorties.ecrire(`${pluriel(lot.lignes, 'acte')} : ${parties.join(', ')}.`);
  if (lot.erreur === null) return;
  const { code, message, remede } = lot.erreur;
  sorties.ecrire(`${peindre(sorties, 'yellow', '(!)')} Retenu : ${sur(message)} (${code})`);
  sorties.ecrire(`  Remède : ${sur(remede)} Le lot est repris de lui-même.`);
}

async function montrerLot(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const { sorties } = monde;
  const client = await clientDe(appel);
  const id = appel.arguments[0];
  const { lot, lignes, suite } = await client.json<{
    lot: LotVu;
    lignes: readonly LigneVue[];
    suite: number | null;
  }>({
    methode: 'GET',
    chemin: `/lots/${segment(id)}${requete(options, ['sort', 'apres', 'limite'])}`,
  });
  if (drapeau(options, 'json')) {
    json(sorties, [lot, ...lignes]);
    return 0;
  }
  dire(sorties, lot);
  if (lignes.length === 0) return 0;
  sorties.ecrire('');
  tableau(
    sorties,
    ['Ligne', 'Numéro', 'Sort', 'Flux'],
    lignes.map((l) => [String(l.ligne), l.numero, etat(sorties, l.sort, SORTS[l.sort]), l.flux ?? '']),
  );
  for (const l of lignes.filter((vue) => vue.anomalies.length > 0)) {
    sorties.ecrire(`Ligne ${l.ligne}, acte ${sur(l.numero)} :`);
    for (const a of l.anomalies) for (const dite of lignesAnomalie(sorties, a)) sorties.ecrire(`  ${dite}`);
  }
  if (suite !== null) sorties.ecrire(`La suite : vaguemestre lots montrer ${lot.id} --apres ${suite}`);
  return 0;
}

async function abandonnerLot(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const { lot } = await client.json<{ lot: LotVu }>({
    methode: 'POST',
    chemin: `/lots/${segment(appel.arguments[0])}/abandonner`,
    json: { motif: texte(appel.options, 'motif') },
  });
  if (drapeau(appel.options, 'json')) json(sorties, [lot]);
  else dire(sorties, lot);
  return 0;
}

/** `vaguemestre lots lister` */
export const lister: ModuleVerbe = { executer: listerLots };
/** `vaguemestre lots montrer ID` */
export const montrer: ModuleVerbe = { executer: montrerLot };
/** `vaguemestre lots abandonner ID --motif …` */
export const abandonner: ModuleVerbe = { executer: abandonnerLot };
