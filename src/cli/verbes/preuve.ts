import { clientDe } from '../client.ts';
import { fluxDesigne } from '../designer.ts';
import { ecrire } from '../fichiers.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { json } from '../rendu.ts';

/** `vaguemestre preuve ID --sortie F` */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const fichier = texte(appel.options, 'sortie') ?? '';
  const client = await clientDe(appel);
  const chemin = `/flux/${await fluxDesigne(client, appel.arguments[0])}/preuve`;
  await ecrire(fichier, await client.flux({ methode: 'GET', chemin }));
  if (drapeau(appel.options, 'json')) json(sorties, [{ fichier }]);
  else {
    sorties.ecrire(`Preuve écrite dans ${fichier}.`);
    sorties.ecrire(`La vérifier : vaguemestre verifier ${fichier}`);
  }
  return 0;
}
