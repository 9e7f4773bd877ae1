import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau } from '../monde.ts';
import { json, peindre, pluriel, sur } from '../rendu.ts';

interface Source {
  readonly source: string;
  readonly nombre: number;
  readonly erreur: string | null;
}

/** `vaguemestre relever`: exit 1 when a box could not be read. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { sorties } = appel.monde;
  const client = await clientDe(appel);
  const { sources } = await client.json<{ sources: readonly Source[] }>({
    methode: 'POST',
    chemin: '/releve',
  });
  if (drapeau(appel.options, 'json')) json(sorties, sources);
  else if (sources.length === 0) sorties.ecrire('Aucune boîte à relever n’est réglée.');
  else {
    for (const { source, nombre, erreur } of sources) {
      const dit =
        erreur === null
          ? `${pluriel(nombre, 'message rangé', 'messages rangés')}.`
          : `${peindre(sorties, 'red', 'échec')}, ${sur(erreur)}`;
      sorties.ecrire(`${sur(source)} : ${dit}`);
    }
  }
  return sources.some((s) => s.erreur !== null) ? 1 : 0;
}
