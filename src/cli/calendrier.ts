import { createHash } from 'node:crypto';
import { ecrireAgenda } from '../formats/encodages/icalendar.ts';
import { type Territoire, TERRITOIRE_EN_MOTS } from '../metier/calendrier/feries.ts';
import type { Jalon } from '../metier/calendrier/jalon.ts';
import { jourEntierEnMots } from '../metier/calendrier/jours.ts';
import { evenementsAgenda } from '../protocoles/actes/agenda.ts';
import type { Monde, Sorties } from './monde.ts';
import { json, peindre, sur } from './rendu.ts';

/** The calendar of an acte, as shown. */
export interface CalendrierMontre {
  /** What names the acte; null when nobody told it. */
  readonly acte: string | null;
  /** Whose public holidays are counted. */
  readonly territoire: Territoire;
  readonly jalons: readonly Jalon[];
}

export type FormeCalendrier = 'texte' | 'json' | 'ical';

const PRODUCTEUR = '-//vaguemestre//calendrier//FR';

function rendreTexte({ acte, territoire, jalons }: CalendrierMontre, sorties: Sorties): void {
  if (acte !== null) sorties.ecrire(`Acte ${sur(acte)}`);
  for (const { date, provisoire, titre, phrase, reference } of jalons) {
    const quand = date === null ? 'date inconnue' : jourEntierEnMots(date);
    const jour = peindre(sorties, 'bold', quand);
    sorties.ecrire(`${jour}${provisoire ? ' (provisoire)' : ''} : ${titre}`);
    sorties.ecrire(`  ${phrase}`);
    sorties.ecrire(`  ${reference}`);
  }
  sorties.ecrire(`Jours fériés comptés : ${TERRITOIRE_EN_MOTS[territoire]}.`);
}

/** An acte without a name is called by its dates: the same dates give the same events, and others do not replace them. */
function nommer(jalons: readonly Jalon[]): string {
  const dates = jalons.map(({ code, date }) => `${code}=${date ?? ''}`).join(' ');
  return `acte-${createHash('sha256').update(dates).digest('hex').slice(0, 16)}`;
}

async function rendreAgenda({ acte, jalons }: CalendrierMontre, monde: Monde): Promise<void> {
  const nom = acte ?? nommer(jalons);
  const agenda = ecrireAgenda({
    producteur: PRODUCTEUR,
    nom: `Calendrier de l’acte ${nom}`,
    instant: await monde.maintenant(),
    evenements: evenementsAgenda(jalons, nom),
  });
  // each line ends by CRLF, and `ecrire` adds the LF
  for (const ligne of agenda.trimEnd().split('\n')) monde.sorties.ecrire(ligne.replace(/\r?$/, '\r'));
}

/** One calendar on the standard output: for a person, as one JSON document, or as an iCalendar file. */
export async function rendreCalendrier(
  calendrier: CalendrierMontre,
  forme: FormeCalendrier,
  monde: Monde,
): Promise<void> {
  switch (forme) {
    case 'texte':
      return rendreTexte(calendrier, monde.sorties);
    case 'json':
      return json(monde.sorties, [calendrier]);
    case 'ical':
      return rendreAgenda(calendrier, monde);
    default:
      return forme satisfies never;
  }
}
