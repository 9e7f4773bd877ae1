import { clientDe } from '../client.ts';
import { ecrire } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { json, sur } from '../rendu.ts';
import { requete } from '../requete.ts';

/** `vaguemestre exporter trace-helios --du JOUR --au JOUR --sortie F` */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const fichier = texte(options, 'sortie') ?? '';
  const client = await clientDe(appel);
  const chemin = `/exports/trace-helios${requete(options, ['du', 'au', 'siren'])}`;
  await ecrire(fichier, await client.flux({ methode: 'GET', chemin }));
  if (drapeau(options, 'json')) json(monde.sorties, [{ fichier }]);
  else monde.sorties.ecrire(`Trace écrite dans ${sur(fichier)}.`);
  return 0;
}
