import type { Flux } from '../../../metier/flux.ts';
import { dateFrancaise } from '../regles/regle.ts';
import { ENVOIS, estCourrier, estEnvoye, libelleMessage } from './codes.ts';
import { dateCourrierDe, messageDe, sujetDe } from './resume.ts';

/** In French, what a flux about an acte is, for the reader of its proof; nothing for the acte itself. */
export function precisions(flux: Pick<Flux, 'resume' | 'identite'>): readonly string[] {
  const code = messageDe(flux);
  const { idActe } = sujetDe(flux);
  const date = dateCourrierDe(flux);
  const quand = date === null ? '' : dateFrancaise(date);
  const quoi = `Message ${code}, ${libelleMessage(code)}`;
  if (estCourrier(code))
    return [`${quoi}${quand === '' ? '' : `, du ${quand}`}, au sujet de l’acte ${idActe}.`];
  if (!estEnvoye(code)) return [];
  if (code === '7-1') return [`${quoi}.`];
  const reponse = quand === '' ? '' : `, en réponse au courrier du ${quand}`;
  return [
    `${quoi}, au sujet de l’acte ${idActe}${reponse}.`,
    ...(ENVOIS[code].accuse === null
      ? ['La norme d’échange ne prévoit pas que l’État accuse réception de ce message.']
      : []),
  ];
}
