import type { Jalon } from '../metier/calendrier/jalon.ts';
import { jourEntierEnMots } from '../metier/calendrier/jours.ts';
import type { Client } from './client.ts';
import type { Sorties } from './monde.ts';
import { tableau } from './tableau.ts';
import type { FluxVu } from './vues.ts';

/** The legal dates of an acte, in short; `vaguemestre calendrier` says each in full, with its article. */

const ACTE = '1-1';
/** An acte that the préfecture has received. */
const RECUS: readonly string[] = ['acquitte', 'valide', 'annule'];

export async function montrerCalendrier(
  sorties: Sorties,
  client: Client,
  { id, message, etat }: FluxVu,
): Promise<void> {
  if (message?.code !== ACTE || !RECUS.includes(etat)) return;
  const chemin = `/flux/${id}/calendrier`;
  const { calendrier } = await client.json<{ calendrier: readonly Jalon[] }>({ methode: 'GET', chemin });
  sorties.ecrire('');
  tableau(
    sorties,
    ['Échéance', 'Jour'],
    calendrier.map(({ titre, date, provisoire }) => [
      titre,
      date === null ? 'date inconnue' : `${jourEntierEnMots(date)}${provisoire ? ' (provisoire)' : ''}`,
    ]),
  );
}
