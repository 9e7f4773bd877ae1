import { basename } from 'node:path';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { json, octetsExacts, peindre, sur } from '../rendu.ts';
import { ouvrirSource } from '../source.ts';
import {
  lireMontrees,
  lireSeulement,
  montrerFautes,
  resumer,
  validerSelon,
  verdictEnJson,
} from '../validation.ts';

/** `vaguemestre xml valider`: without schema, well-formedness alone. Exit 3 when the file is at fault. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const fichier = appel.arguments[0] ?? '';
  const montrees = lireMontrees(appel);
  const schema = texte(appel.options, 'schema');
  const source = ouvrirSource(fichier);
  try {
    const verdict = schema === undefined ? await lireSeulement(source) : await validerSelon(schema, source);
    source.exigerInchange();
    const bon = verdict.fautes.length === 0;
    if (drapeau(appel.options, 'json')) {
      json(sorties, [{ fichier, schema: schema ?? null, ...verdictEnJson(verdict, montrees) }]);
    } else {
      montrerFautes(sorties, verdict, montrees);
      const nom = peindre(sorties, bon ? 'green' : 'red', sur(basename(fichier)));
      const taille = verdict.octets === null ? '' : `, ${octetsExacts(verdict.octets)}`;
      sorties.ecrire(`${nom} : ${resumer(verdict, montrees)}${taille}.`);
    }
    return bon ? 0 : 3;
  } finally {
    source.fermer();
  }
}
