import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau, liste, type ModuleVerbe } from '../monde.ts';
import { json, sur } from '../rendu.ts';
import { segment } from '../requete.ts';

function racine(appel: Appel): string {
  return `/collectivites/${segment(appel.arguments[0])}/points`;
}

function direSecret(appel: Appel, secret: string): void {
  const { sorties } = appel.monde;
  sorties.ecrire(`Secret de signature : ${secret}`);
  sorties.ecrire('Il n’est montré que cette fois : le noter dans le récepteur maintenant.');
}

async function ajouterPoint(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const cible = appel.arguments[1] ?? '';
  const canal = cible.includes('://') ? 'webhook' : 'courriel';
  const client = await clientDe(appel);
  const fait = await client.json<{ id: string; secret: string | null }>({
    methode: 'POST',
    chemin: racine(appel),
    json: { canal, cible, evenements: liste(appel.options, 'evenement') },
  });
  if (drapeau(appel.options, 'json')) json(sorties, [fait]);
  else {
    sorties.ecrire(`Point ${fait.id} ajouté : ${canal} vers ${sur(cible)}.`);
    if (fait.secret !== null) direSecret(appel, fait.secret);
  }
  return 0;
}

async function basculer(appel: Appel, actif: boolean): Promise<CodeSortie> {
  const client = await clientDe(appel);
  const chemin = `${racine(appel)}/${segment(appel.arguments[1])}`;
  await client.json({ methode: 'PATCH', chemin, json: { actif } });
  appel.monde.sorties.ecrire(`Point ${sur(appel.arguments[1] ?? '')} : ${actif ? 'actif' : 'suspendu'}.`);
  return 0;
}

async function retirerPoint(appel: Appel): Promise<CodeSortie> {
  const client = await clientDe(appel);
  await client.json({ methode: 'DELETE', chemin: `${racine(appel)}/${segment(appel.arguments[1])}` });
  appel.monde.sorties.ecrire(`Point ${sur(appel.arguments[1] ?? '')} retiré.`);
  return 0;
}

async function renouveler(appel: Appel): Promise<CodeSortie> {
  const client = await clientDe(appel);
  const chemin = `${racine(appel)}/${segment(appel.arguments[1])}/secret`;
  const fait = await client.json<{ secret: string }>({ methode: 'POST', chemin });
  if (drapeau(appel.options, 'json')) json(appel.monde.sorties, [fait]);
  else direSecret(appel, fait.secret);
  return 0;
}

export const ajouter: ModuleVerbe = { executer: ajouterPoint };
export const retirer: ModuleVerbe = { executer: retirerPoint };
export const activer: ModuleVerbe = { executer: (appel) => basculer(appel, true) };
export const suspendre: ModuleVerbe = { executer: (appel) => basculer(appel, false) };
export const secret: ModuleVerbe = { executer: renouveler };
