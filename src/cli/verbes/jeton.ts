import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { date, json, sur } from '../rendu.ts';
import { segment } from '../requete.ts';
import { tableau } from '../tableau.ts';

interface JetonVu {
  readonly nom: string;
  readonly collectivite: string | null;
  readonly cree: string;
}

async function creerJeton(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const collectivite = texte(appel.options, 'siren');
  const client = await clientDe(appel);
  const fait = await client.json<{ jeton: string }>({
    methode: 'POST',
    chemin: '/jetons',
    json: { nom: appel.arguments[0], ...(collectivite === undefined ? {} : { collectivite }) },
  });
  if (drapeau(appel.options, 'json')) json(sorties, [fait]);
  else {
    sorties.ecrire(`Jeton : ${fait.jeton}`);
    sorties.ecrire('Il n’est montré que cette fois : le remettre maintenant au logiciel qui s’en servira.');
  }
  return 0;
}

async function listerJetons(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const { jetons } = await client.json<{ jetons: readonly JetonVu[] }>({ methode: 'GET', chemin: '/jetons' });
  if (drapeau(appel.options, 'json')) json(sorties, jetons);
  else if (jetons.length === 0) sorties.ecrire('Aucun jeton.');
  else {
    tableau(
      sorties,
      ['Nom', 'Portée', 'Créé le'],
      jetons.map((j) => [j.nom, j.collectivite ?? 'exploitant', date(j.cree)]),
    );
  }
  return 0;
}

async function revoquerJeton(appel: Appel): Promise<CodeSortie> {
  const client = await clientDe(appel);
  await client.json({ methode: 'DELETE', chemin: `/jetons/${segment(appel.arguments[0])}` });
  appel.monde.sorties.ecrire(`Jeton « ${sur(appel.arguments[0] ?? '')} » révoqué.`);
  return 0;
}

export const creer: ModuleVerbe = { executer: creerJeton };
export const lister: ModuleVerbe = { executer: listerJetons };
export const revoquer: ModuleVerbe = { executer: revoquerJeton };
