import type { Jalon } from '../../metier/calendrier/jalon.ts';
import { territoireDe } from '../../metier/calendrier/feries.ts';
import { lireJour } from '../../metier/identifiants.ts';
import type { FormeCalendrier } from '../calendrier.ts';
import { rendreCalendrier } from '../calendrier.ts';
import { clientDe } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { erreurUsage } from '../erreurs.ts';
import { ecrire, formulaire } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, type ModuleVerbe, texte } from '../monde.ts';
import { ordonner } from '../ordonner.ts';
import { json } from '../rendu.ts';
import type { FluxVu } from '../vues.ts';

/** Orders about an acte that has left. */

function jour(appel: Appel, option: string): string {
  const lu = texte(appel.options, option) ?? '';
  if (lireJour(lu) !== undefined) return lu;
  throw erreurUsage(`« ${lu} » n’est pas un jour : l’écrire AAAA-MM-JJ.`, appel.verbe);
}

/** `vaguemestre publier ID --le JOUR` */
export const publier: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'publication', () => ({ json: { jour: jour(appel, 'le') } })),
};

/** `vaguemestre valider ID` */
export const valider: ModuleVerbe = {
  executer: (appel) => ordonner(appel, 'valider', () => ({ json: {} })),
};

/** `vaguemestre complement ID --recu JOUR [--piece FICHIER]` */
export const complement: ModuleVerbe = {
  executer: (appel) =>
    ordonner(appel, 'complement', async () => {
      const piece = texte(appel.options, 'piece');
      const demande = { nom: 'demande', texte: JSON.stringify({ recu: jour(appel, 'recu') }) };
      const fichiers = piece === undefined ? [] : [{ nom: 'document', fichier: piece }];
      return { corps: await formulaire([demande, ...fichiers], await appel.monde.hasard()) };
    }),
};

/** `vaguemestre calendrier FLUX`: the calendar that the daemon makes of what it knows. */
export async function calendrierDuFlux(appel: Appel, forme: FormeCalendrier): Promise<CodeSortie> {
  const client = await clientDe(appel);
  const id = await fluxDesigne(client, appel.arguments[0]);
  const { flux } = await client.json<{ flux: FluxVu }>({ methode: 'GET', chemin: `/flux/${id}` });
  const { calendrier: jalons } = await client.json<{ calendrier: readonly Jalon[] }>({
    methode: 'GET',
    chemin: `/flux/${id}/calendrier`,
  });
  const territoire = territoireDe(flux.identite.slice(0, 3)) ?? 'metropole';
  await rendreCalendrier({ acte: flux.identite, territoire, jalons }, forme, appel.monde);
  return 0;
}

/** `vaguemestre bordereau ID --sortie F` */
export const bordereau: ModuleVerbe = {
  executer: async (appel) => {
    const { sorties } = appel.monde;
    const fichier = texte(appel.options, 'sortie') ?? '';
    const client = await clientDe(appel);
    const chemin = `/flux/${await fluxDesigne(client, appel.arguments[0])}/bordereau`;
    await ecrire(fichier, await client.flux({ methode: 'GET', chemin }));
    if (drapeau(appel.options, 'json')) json(sorties, [{ fichier }]);
    else sorties.ecrire(`Bordereau écrit dans ${fichier}.`);
    return 0;
  },
};
