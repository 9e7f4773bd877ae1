import type { Flux, Json, ObjetJson } from '../../metier/flux.ts';
import { accorder } from './regles/regle.ts';

/** What Hélios answered to a flux, told again in French from the summary that was kept of it (`champsAck`). */

const SORTS: Readonly<Record<string, string>> = {
  accepte: 'Acceptation',
  refuse: 'Refus',
  doublon: 'Doublon',
  indecis: 'Réponse peu claire',
};

const objet = (v: Json | undefined): ObjetJson =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as ObjetJson) : {};
const liste = (v: Json | undefined): readonly Json[] => (Array.isArray(v) ? v : []);
const texte = (v: Json | undefined): string => (typeof v === 'string' ? v : '');

/** ` : 1971 - Compte fonction… (pièce 7, ligne 3)`, the first reason and how many others. */
function motifs(erreurs: readonly Json[]): string {
  const [premiere, ...autres] = erreurs.map(objet);
  if (premiere === undefined) return '';
  const { piece, ligne, code, libelle } = premiere;
  const ou = [
    ...(texte(piece) === '' ? [] : [`pièce ${texte(piece)}`]),
    ...(texte(ligne) === '' ? [] : [`ligne ${texte(ligne)}`]),
  ];
  const dit = [texte(code), texte(libelle)].filter((t) => t !== '').join(', ') || 'sans motif';
  const suite = autres.length === 0 ? '' : ` et ${accorder(autres.length, 'autre motif', 'autres motifs')}`;
  return ` : ${dit}${ou.length === 0 ? '' : ` (${ou.join(', ')})`}${suite}`;
}

function direUnite(unite: Json): string {
  const { unite: nom, sort, erreurs } = objet(unite);
  return `${SORTS[texte(sort)] ?? texte(sort)}, ${texte(nom)}${motifs(liste(erreurs))}`;
}

/** Of each bordereau and each piece, taken or refused; one sentence for a PES Retour; nothing before any answer. */
export function reponseEnMots({ etat, resume }: Pick<Flux, 'etat' | 'resume'>): readonly string[] {
  if (etat === 'recu') return [texte(resume['libelle'])].filter((t) => t !== '');
  const { nombreUnites, unites } = objet(resume['acquittement']);
  const dites = liste(unites);
  if (dites.length === 0) return [];
  const reste = (typeof nombreUnites === 'number' ? nombreUnites : dites.length) - dites.length;
  const tues =
    reste > 0
      ? [`… et ${accorder(reste, 'autre réponse', 'autres réponses')}, dans l’acquittement lui-même.`]
      : [];
  return [
    'Hélios a répondu par un acquittement, qui figure parmi les pièces :',
    ...dites.map(direUnite),
    ...tues,
  ];
}
