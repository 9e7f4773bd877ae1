import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau } from '../monde.ts';
import { json, peindre, pluriel } from '../rendu.ts';

interface Chaine {
  readonly org: string;
  readonly lignes: number;
  readonly ruptures: readonly { readonly n: number; readonly motif: string }[];
}

/** `vaguemestre journal verifier`: exit 1 when a chain is broken. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const { intact, chaines } = await client.json<{ intact: boolean; chaines: readonly Chaine[] }>({
    methode: 'GET',
    chemin: '/journal/verification',
  });
  if (drapeau(appel.options, 'json')) {
    json(sorties, chaines);
    return intact ? 0 : 1;
  }
  for (const c of chaines) {
    const bilan =
      c.ruptures.length === 0
        ? peindre(sorties, 'green', 'chaîne intacte')
        : peindre(sorties, 'red', pluriel(c.ruptures.length, 'rupture'));
    sorties.ecrire(`${c.org} : ${pluriel(c.lignes, 'ligne')}, ${bilan}`);
    for (const r of c.ruptures) sorties.ecrire(`  ligne ${r.n} : ${r.motif}`);
  }
  if (chaines.length === 0) sorties.ecrire('Le journal est vide.');
  if (!intact) {
    sorties.erreur(
      'Le journal a été altéré ou abîmé : ne rien effacer, conserver les données et les sauvegardes.',
    );
  }
  return intact ? 0 : 1;
}
