import { type Client, clientDe } from '../client.ts';
import { annoncer } from '../depose.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, type Sorties } from '../monde.ts';
import { json, jour } from '../rendu.ts';
import { segment } from '../requete.ts';
import { tableau } from '../tableau.ts';
import type { ClassificationVue, FluxVu } from '../vues.ts';

/** `7.10` after `7.9`. */
function parCode([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a.localeCompare(b, 'fr', { numeric: true });
}

function montrer(sorties: Sorties, c: ClassificationVue): void {
  sorties.ecrire(`Classification du ${jour(c.date)}`);
  sorties.ecrire('');
  tableau(
    sorties,
    ['Nature', 'Abrégé', 'Libellé', 'Types de pièces'],
    Object.entries(c.natures)
      .toSorted(parCode)
      .map(([code, n]) => [code, n.abrege, n.libelle, Object.keys(n.types).toSorted().join(', ') || '-']),
  );
  sorties.ecrire('');
  tableau(sorties, ['Matière', 'Libellé'], Object.entries(c.matieres).toSorted(parCode));
}

async function demander(appel: Appel, client: Client, chemin: string): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const { flux } = await client.json<{ flux: FluxVu }>({
    methode: 'POST',
    chemin: `${chemin}/demande`,
    json: { complete: drapeau(appel.options, 'complete') },
  });
  if (drapeau(appel.options, 'json')) json(sorties, [flux]);
  else annoncer(sorties, flux, false);
  return 0;
}

/** `vaguemestre classification SIREN [--demander [--complete]]` */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const { sorties } = monde;
  if (drapeau(options, 'complete') && !drapeau(options, 'demander'))
    throw erreurUsage('« --complete » va avec « --demander ».', appel.verbe);
  const [siren = ''] = appel.arguments;
  const client = await clientDe(appel);
  const chemin = `/collectivites/${segment(siren)}/classification`;
  if (drapeau(options, 'demander')) return demander(appel, client, chemin);
  const { classification } = await client.json<{ classification: ClassificationVue | null }>({
    methode: 'GET',
    chemin,
  });
  if (drapeau(options, 'json')) json(sorties, [classification]);
  else if (classification === null) {
    sorties.ecrire('Aucune classification n’est détenue.');
    sorties.ecrire(`La demander à la préfecture : vaguemestre classification ${siren} --demander`);
  } else montrer(sorties, classification);
  return 0;
}
