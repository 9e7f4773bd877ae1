import { LIBERE_IDENTITE } from '../metier/etats.ts';
import { COURRIERS, estCourrier } from '../protocoles/actes/echanges/codes.ts';
import type { Client } from './client.ts';
import type { Sorties } from './monde.ts';
import { date, etat, jour } from './rendu.ts';
import { tableau } from './tableau.ts';
import type { CitantVu, FluxVu, MontreVu } from './vues.ts';

/** What an acte has been followed by: letters of the préfecture, and what was sent about it. */

const ACTE = '1-1';

/** Whose date the message bears: its own, of the letter answered, of the classification held. */
function titreDate(code: string): string {
  if (code === '5-1') return 'Recours déposé le';
  return code === '7-1' ? 'Classification du' : 'Courrier du';
}

function dit(valeur: unknown): string | null {
  return typeof valeur === 'string' && valeur !== '' ? valeur : null;
}

/** Lines of the card; none for an acte, nor for a PES. */
export function ficheEchange({ message, resume }: FluxVu): readonly (readonly [string, string | null])[] {
  if (message === null || message.code === ACTE) return [];
  const { code, libelle } = message;
  const quand = dit(resume['dateCourrier']);
  const manquent = resume['documentsManquants'];
  return [
    ['Message', `${code}, ${libelle}`],
    ['Acte', dit(resume['idActe'])],
    [titreDate(code), quand === null ? null : jour(quand)],
    ['Exposé', dit(resume['expose'])],
    ['Documents absents', typeof manquent === 'number' ? String(manquent) : null],
  ];
}

/** Those of an acte, and what was sent about each of its letters; those of anything else. */
async function echangesDe(client: Client, { flux, citants }: MontreVu): Promise<readonly CitantVu[]> {
  if (flux.message?.code !== ACTE) return citants;
  const tous: CitantVu[] = [...citants];
  for (const { id, message } of citants) {
    if (message === null || !estCourrier(message.code)) continue;
    const vu = await client.json<MontreVu>({ methode: 'GET', chemin: `/flux/${id}` });
    tous.push(...vu.citants);
  }
  return tous.toSorted((a, b) => a.depose.localeCompare(b.depose));
}

function commande(id: string, refus: boolean): string {
  return `vaguemestre repondre ${id}${refus ? ' --refus' : ''} --document <fichier:typologie>`;
}

/** What may be answered to a letter, as long as nothing is. */
function reponsesPossibles(sorties: Sorties, { flux, citants }: MontreVu): void {
  const code = flux.message?.code ?? '';
  if (!estCourrier(code)) return;
  const { libelle, reponses } = COURRIERS[code];
  const admises: readonly string[] = reponses;
  const faite = citants.find(
    (c) => admises.includes(c.message?.code ?? '') && !LIBERE_IDENTITE.some((e) => e === c.etat),
  );
  sorties.ecrire('');
  if (faite !== undefined) {
    sorties.ecrire(`Réponse : flux ${faite.id}, ${faite.libelle}.`);
  } else if (admises.length === 0) {
    sorties.ecrire(`La norme ne prévoit pas de réponse à un ${libelle}.`);
  } else {
    sorties.ecrire(`Répondre : ${commande(flux.id, false)}`);
    if (admises.length > 1)
      sorties.ecrire(`${code === '3-1' ? 'Refuser' : 'Rejeter'} : ${commande(flux.id, true)}`);
  }
}

/** Nothing for a PES. */
export async function montrerEchanges(sorties: Sorties, client: Client, vu: MontreVu): Promise<void> {
  if (vu.flux.message === null) return;
  const echanges = await echangesDe(client, vu);
  if (echanges.length > 0) {
    sorties.ecrire('');
    tableau(
      sorties,
      ['Date', 'Message', 'Sens', 'État', 'Flux'],
      echanges.map((c) => [
        date(c.depose),
        c.message === null ? '-' : `${c.message.code} ${c.message.libelle}`,
        estCourrier(c.message?.code ?? '') ? 'reçu' : 'envoyé',
        etat(sorties, c.etat, c.libelle),
        c.id,
      ]),
    );
  }
  reponsesPossibles(sorties, vu);
}
