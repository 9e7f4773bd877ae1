import { chargerConfig, feuilles } from '../../config/charger.ts';
import { masquer } from '../../config/masquer.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { json } from '../rendu.ts';
import { tableau } from '../tableau.ts';

function valeur(racine: object, cle: string): unknown {
  return cle
    .split('.')
    .reduce<unknown>(
      (v, nom) => (typeof v === 'object' && v !== null ? (v as Record<string, unknown>)[nom] : undefined),
      racine,
    );
}

/** `vaguemestre config`: the settings in force and where each comes from. Needs no daemon. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties, env } = appel.monde;
  const fichier = texte(appel.options, 'config');
  const { config, origines } = chargerConfig({ env, ...(fichier === undefined ? {} : { fichier }) });
  const montrable = masquer(config);
  const reglages = feuilles(montrable).map((cle) => ({
    cle,
    valeur: valeur(montrable, cle),
    origine: origines.get(cle) ?? 'défaut',
  }));
  if (drapeau(appel.options, 'json')) json(sorties, reglages);
  else {
    tableau(
      sorties,
      ['Réglage', 'Valeur', 'Origine'],
      reglages.map((r) => [r.cle, JSON.stringify(r.valeur), r.origine]),
    );
  }
  return 0;
}
