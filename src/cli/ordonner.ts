import { clientDe, type Requete } from './client.ts';
import { fluxDesigne } from './designer.ts';
import { type Appel, type CodeSortie, drapeau } from './monde.ts';
import { etat, json, sur } from './rendu.ts';
import type { FluxVu } from './vues.ts';

/** What the order carries: JSON, or a form. */
type Corps = Pick<Requete, 'json' | 'corps'>;

/** Gives an order about one flux, and tells what it has become. */
export async function ordonner(
  appel: Appel,
  ordre: string,
  preparer: () => Corps | Promise<Corps>,
): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const id = await fluxDesigne(client, appel.arguments[0]);
  const chemin = `/flux/${id}/${ordre}`;
  const { flux } = await client.json<{ flux: FluxVu }>({ methode: 'POST', chemin, ...(await preparer()) });
  if (drapeau(appel.options, 'json')) json(sorties, [flux]);
  else sorties.ecrire(`${sur(flux.identite)} : ${etat(sorties, flux.etat, flux.libelle)}.`);
  return 0;
}
