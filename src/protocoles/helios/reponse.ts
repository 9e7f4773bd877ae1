import type { Flux, Json, ObjetJson } from '../../metier/flux.ts';
import { MOTIFS_MAX } from './accuse/presentation.ts';
import { accorder } from './regles/regle.ts';

/** What Hélios answered to a flux, told again in French from the summary that was kept of it (`champsAck`). */

const SORTS: Readonly<Record<string, string>> = {
  accepte: 'Acceptation',
  refuse: 'Refus',
  doublon: 'Doublon',
  indecis: 'Réponse peu claire',
  sans_reponse: 'Sans réponse',
};

const objet = (v: Json | undefined): ObjetJson =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as ObjetJson) : {};
const liste = (v: Json | undefined): readonly Json[] => (Array.isArray(v) ? v : []);
const texte = (v: Json | undefined): string => (typeof v === 'string' ? v : '');

/** `ERREUR_AUTRE, 1971 - Compte fonction… (pièce 7, ligne 3)`. */
function motif(erreur: Json): string {
  const { piece, ligne, code, libelle } = objet(erreur);
  const ou = [
    ...(texte(piece) === '' ? [] : [`pièce ${texte(piece)}`]),
    ...(texte(ligne) === '' ? [] : [`ligne ${texte(ligne)}`]),
  ];
  const dit = [texte(code), texte(libelle)].filter((t) => t !== '').join(', ') || 'sans motif';
  return `${dit}${ou.length === 0 ? '' : ` (${ou.join(', ')})`}`;
}

/** Every reason that was kept: the reader may never open the acquittement itself. */
function direUnite(unite: Json): string {
  const { unite: nom, sort, erreurs } = objet(unite);
  const motifs = liste(erreurs).map(motif);
  if (motifs.length >= MOTIFS_MAX) motifs.push('… (voir l’acquittement)');
  return `${SORTS[texte(sort)] ?? texte(sort)}, ${texte(nom)}${motifs.length === 0 ? '' : ` : ${motifs.join(' ; ')}`}`;
}

const DOMAINES: Readonly<Record<string, string>> = { depense: ' de dépense', recette: ' de recette' };

const sansReponse = (parties: Json | undefined): readonly ObjetJson[] =>
  liste(parties)
    .map(objet)
    .filter(({ sort }) => sort === 'sans_reponse');

/** Names of what the file holds and the acquittement does not name: neither taken nor refused. */
function muettes(confrontation: ObjetJson): string[] {
  return [
    ...sansReponse(confrontation['bordereaux']).map(({ domaine, numero, exercice }) => {
      const de = DOMAINES[texte(domaine)] ?? '';
      return `bordereau${de} n° ${texte(numero)} (${texte(exercice)})`;
    }),
    ...sansReponse(confrontation['pieces']).map(({ idUnique }) => `pièce justificative ${texte(idUnique)}`),
  ];
}

interface Nombre {
  readonly bordereaux: number;
  readonly pieces: number;
}

const entier = (v: Json | undefined): number => (typeof v === 'number' ? v : 0);

/** How many of each part have this fate, whatever the length of the lists that are kept. */
function nombreDe(confrontation: ObjetJson, sort: string): Nombre {
  const comptes = objet(confrontation['comptes']);
  const lire = (parties: string) => entier(objet(comptes[parties])[sort]);
  return { bordereaux: lire('bordereaux'), pieces: lire('pieces') };
}

/** The file is accepted as a whole, by an answer that names nothing of it. */
function accepteEnBloc(issue: Json | undefined, unites: readonly Json[]): boolean {
  return issue === 'accepte' && unites.every((u) => texte(objet(u)['unite']).startsWith('fichier'));
}

/** Lines told; everything is in the acquittement. */
const DITES_MAX = 500;

function direMuettes(confrontation: ObjetJson): string[] {
  const noms = muettes(confrontation);
  const { bordereaux, pieces } = nombreDe(confrontation, 'sans_reponse');
  const dites = noms.slice(0, DITES_MAX);
  const reste = Math.max(noms.length, bordereaux + pieces) - dites.length;
  const tues = reste > 0 ? [`… et ${accorder(reste, 'autre', 'autres')} sans réponse.`] : [];
  return [...dites.map((nom) => `${SORTS['sans_reponse']}, ${nom}`), ...tues];
}

/** Of each bordereau and each piece, taken, refused or not answered; one sentence for a PES Retour; nothing before any answer. */
export function reponseEnMots({ etat, resume }: Pick<Flux, 'etat' | 'resume'>): readonly string[] {
  if (etat === 'recu') return [texte(resume['libelle'])].filter((t) => t !== '');
  const { nombreUnites, unites, issue } = objet(resume['acquittement']);
  const dites = liste(unites);
  if (dites.length === 0) return [];
  const reste = (typeof nombreUnites === 'number' ? nombreUnites : dites.length) - dites.length;
  const tues =
    reste > 0
      ? [`… et ${accorder(reste, 'autre réponse', 'autres réponses')}, dans l’acquittement lui-même.`]
      : [];
  const sans = accepteEnBloc(issue, dites) ? [] : direMuettes(objet(resume['confrontation']));
  return [
    'Hélios a répondu par un acquittement, qui figure parmi les pièces :',
    ...dites.map(direUnite),
    ...tues,
    ...sans,
  ];
}

/** « 2 bordereaux, 1 PJ » */
function enNombre({ bordereaux, pieces }: Nombre): string {
  return [
    ...(bordereaux === 0 ? [] : [accorder(bordereaux, 'bordereau', 'bordereaux')]),
    ...(pieces === 0 ? [] : [accorder(pieces, 'PJ', 'PJ')]),
  ].join(', ');
}

const COMPTES = [
  ['accepte', 'Accepté'],
  ['refuse', 'Refusé'],
  ['doublon', 'Déjà détenu par Hélios'],
  ['indecis', 'Réponse peu claire'],
] as const;

/** Parts named in a message that goes by mail. */
const NOMMEES_MAX = 20;

/** What has no answer, by name: somebody must ask about it. Null when all is answered. */
export function sansReponseEnMots({ resume }: Pick<Flux, 'resume'>): string | null {
  const confrontation = objet(resume['confrontation']);
  const noms = muettes(confrontation).slice(0, NOMMEES_MAX);
  if (noms.length === 0) return null;
  const { bordereaux, pieces } = nombreDe(confrontation, 'sans_reponse');
  const reste = bordereaux + pieces - noms.length;
  const suite = reste > 0 ? `, et ${accorder(reste, 'autre', 'autres')}` : '';
  return `Sans réponse : ${noms.join(', ')}${suite}.`;
}

/** What became of each part, in numbers: neither the words of the State nor anything of a person, for mail. */
export function comptesEnMots({ resume }: Pick<Flux, 'resume'>): readonly string[] {
  const confrontation = objet(resume['confrontation']);
  return COMPTES.flatMap(([sort, titre]) => {
    const nombre = enNombre(nombreDe(confrontation, sort));
    return nombre === '' ? [] : [`${titre} : ${nombre}.`];
  });
}
