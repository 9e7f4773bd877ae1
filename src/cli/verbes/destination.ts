import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { date, json, peindre, sur } from '../rendu.ts';
import { segment } from '../requete.ts';
import { tableau } from '../tableau.ts';
import type { DestinationVue } from '../vues.ts';

async function listerDestinations(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const { destinations } = await client.json<{ destinations: readonly DestinationVue[] }>({
    methode: 'GET',
    chemin: '/destinations',
  });
  if (drapeau(appel.options, 'json')) {
    json(sorties, destinations);
    return 0;
  }
  tableau(
    sorties,
    ['Destination', 'Émission', 'Depuis', 'Par', 'Motif'],
    destinations.map(({ nom, suspension: s }) => [
      nom,
      s === null ? peindre(sorties, 'green', 'ouverte') : peindre(sorties, 'yellow', 'suspendue'),
      date(s?.depuis),
      s?.acteur ?? '-',
      s?.motif ?? '',
    ]),
  );
  return 0;
}

async function ordonner(appel: Appel, ordre: string, corps: object): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const { destination } = await client.json<{ destination: DestinationVue }>({
    methode: 'POST',
    chemin: `/destinations/${segment(appel.arguments[0])}/${ordre}`,
    json: corps,
  });
  if (drapeau(appel.options, 'json')) json(sorties, [destination]);
  else {
    const suite = destination.suspension === null ? 'reprise' : 'suspendue ; les flux attendent';
    sorties.ecrire(`Émission vers ${sur(destination.nom)} ${suite}.`);
  }
  return 0;
}

export const lister: ModuleVerbe = { executer: listerDestinations };
export const suspendre: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'suspendre', { motif: texte(appel.options, 'motif') }),
};
export const reprendre: ModuleVerbe = { executer: (appel) => ordonner(appel, 'reprendre', {}) };
