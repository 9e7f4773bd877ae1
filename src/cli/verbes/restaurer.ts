import { join } from 'node:path';
import { restaurer, type RestaurationFaite } from '../../gestes/sauvegarde/restaurer.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { date, json, peindre, pluriel, sur } from '../rendu.ts';
import { outilsDe, suivreDe } from '../sauvegarde/contexte.ts';
import { fiche } from '../tableau.ts';

/** `vaguemestre restaurer <dossier> --vers <donnees>`: exit 1 when a cited piece is missing. */

function dire(appel: Appel, vers: string, faite: RestaurationFaite): void {
  const { sorties } = appel.monde;
  const { instantane, pieces, trouvailles, ecart } = faite;
  const { manifeste } = instantane;
  const manque = pieces.defauts.length;
  sorties.ecrire(peindre(sorties, 'green', `Instantané ${instantane.nom} restauré dans ${sur(vers)}.`));
  const reglages = manifeste.fichiers.find((f) => f.fichier.startsWith('reglages/'));
  fiche(sorties, [
    ['Sauvegarde du', date(new Date(manifeste.debut).toISOString())],
    [
      'Pièces',
      `${pluriel(pieces.nombre, 'citée')}, ${manque === 0 ? 'toutes là' : pluriel(manque, 'manquante')}`,
    ],
    ['Sans flux', `${pluriel(trouvailles.orphelins.length, 'pièce')} d’après la sauvegarde`],
    ['Mis de côté', ecart ?? 'rien'],
    ...(reglages === undefined
      ? []
      : ([['Réglages', `à remettre à la main : ${join(instantane.dossier, reglages.fichier)}`]] as const)),
  ]);
  for (const { sha256 } of pieces.defauts)
    sorties.erreur(`${peindre(sorties, 'red', 'Manque')} : pièce ${sha256}`);
  sorties.ecrire(
    'Démarrer le démon : il accepte les dépôts et relève les réponses, mais n’envoie rien. Puis « vaguemestre reconcilier ».',
  );
}

export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde, verbe } = appel;
  const [dossier = ''] = appel.arguments;
  const [vers = '', coffre, instantane] = ['vers', 'coffre', 'instantane'].map((nom) => texte(options, nom));
  if (dossier === '' || vers === '' || coffre === '') throw erreurUsage('Un nom de dossier est vide.', verbe);
  const faite = await restaurer(
    {
      dossier,
      vers,
      remplacer: drapeau(options, 'remplacer'),
      coffre: coffre ?? null,
      ...(instantane === undefined ? {} : { instantane }),
      signal: monde.interruption(),
      suivre: suivreDe(appel),
    },
    outilsDe(),
  );
  monde.sorties.avancer?.('');
  const { pieces, trouvailles, ecart, restauree } = faite;
  if (drapeau(options, 'json')) {
    const document = {
      instantane: faite.instantane.nom,
      vers,
      restauree: new Date(restauree).toISOString(),
      pieces,
      orphelins: trouvailles.orphelins.length,
      alterees: trouvailles.alterees,
      ecart,
    };
    json(monde.sorties, [document]);
  } else dire(appel, vers, faite);
  return pieces.defauts.length === 0 ? 0 : 1;
}
