import { clientDe } from '../client.ts';
import { type Appel, type CodeSortie, drapeau } from '../monde.ts';
import { date, etat, json, peindre } from '../rendu.ts';
import { requete } from '../requete.ts';
import { tableau } from '../tableau.ts';
import { type FluxVu, objetDe } from '../vues.ts';

/** Code of what is exchanged about an acte; nothing for the acte itself, nor for a PES. */
function message({ message: porte }: FluxVu): string {
  return porte === null || porte.code === '1-1' ? '' : porte.code;
}

/** `vaguemestre lister` */
export async function executer(appel: Appel): Promise<CodeSortie> {
  const { options, monde } = appel;
  const { sorties } = monde;
  const client = await clientDe(appel);
  const noms = ['etat', 'protocole', 'recherche', 'alerte', 'avant', 'limite'];
  const { flux, suite } = await client.json<{ flux: readonly FluxVu[]; suite: string | null }>({
    methode: 'GET',
    chemin: `/flux${requete(options, noms)}`,
  });
  if (drapeau(options, 'json')) {
    json(sorties, flux);
    return 0;
  }
  if (flux.length === 0) {
    sorties.ecrire('Aucun flux.');
    return 0;
  }
  // a column for those that are not all actes and PES
  const echanges = flux.some((f) => message(f) !== '');
  tableau(
    sorties,
    ['Déposé le', 'État', ...(echanges ? ['Message'] : []), 'Identité', 'Objet', 'Flux'],
    flux.map((f) => [
      date(f.depose),
      etat(sorties, f.etat, f.alerte === null ? f.libelle : `${f.libelle} (!)`),
      ...(echanges ? [message(f)] : []),
      f.identite,
      objetDe(f).slice(0, 50),
      f.id,
    ]),
  );
  const alertes = flux.filter((f) => f.alerte !== null);
  for (const f of alertes)
    sorties.ecrire(`${peindre(sorties, 'yellow', '(!)')} ${f.identite} : ${f.alerte ?? ''}`);
  if (suite !== null) sorties.ecrire(`La suite : vaguemestre lister --avant ${suite}`);
  return 0;
}
