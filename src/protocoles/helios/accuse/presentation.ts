import type { FicheErreur } from '../../../metier/erreurs.ts';
import type { ObjetJson } from '../../../metier/flux.ts';
import { refusDe, type SensRefus } from '../codes.ts';
import { accorder } from '../regles/regle.ts';
import { type BilanAck, type IssueAck, nommerUnite, sensDe, type UniteJugee } from './bilan.ts';
import type { ErreurAck } from './faits.ts';

/** An acquittement in words, for the time-line and for people. */

const PHRASES: Readonly<Record<IssueAck, string>> = {
  accepte: 'Fichier accepté par Hélios',
  partiel: 'Fichier accepté en partie par Hélios',
  refuse: 'Fichier refusé par Hélios',
  doublon: 'Hélios détient déjà ce contenu',
  indecis: 'Acquittement d’Hélios qui se contredit ou ne se lit pas entièrement',
  sans_contenu: 'Acquittement d’Hélios sans réponse sur le contenu',
};

/** What people look for, first. */
const RANGS = ['refuse', 'indecis', 'doublon', 'accepte'] as const;

function ranger({ unites }: BilanAck): readonly UniteJugee[] {
  return RANGS.flatMap((sort) => unites.filter((u) => u.sort === sort));
}

const MOTS = { accepte: 'accepté', refuse: 'refusé', doublon: 'déjà détenu', indecis: 'indécis' } as const;

/** « 2 bordereaux et 3 PJ acceptés », « 1 PJ refusée »; null when there is none. */
function compter(unites: readonly UniteJugee[], sort: UniteJugee['sort']): string | null {
  const siennes = unites.filter((u) => u.sort === sort);
  const bordereaux = siennes.filter((u) => u.unite.type === 'bordereau').length;
  const pieces = siennes.filter((u) => u.unite.type === 'pj').length;
  if (bordereaux + pieces === 0) return null;
  const noms = [
    ...(bordereaux === 0 ? [] : [accorder(bordereaux, 'bordereau', 'bordereaux')]),
    ...(pieces === 0 ? [] : [accorder(pieces, 'PJ', 'PJ')]),
  ];
  // « indécis » bears its mark of plural already
  const pluriel = bordereaux + pieces > 1 && sort !== 'indecis' ? 's' : '';
  return `${noms.join(' et ')} ${MOTS[sort]}${bordereaux === 0 ? 'e' : ''}${pluriel}`;
}

/** « Fichier accepté en partie par Hélios : 2 bordereaux et 3 PJ acceptés ; 1 bordereau refusé. » */
export function libelleAck({ issue, unites }: BilanAck): string {
  const parts = (['accepte', 'refuse', 'doublon', 'indecis'] as const)
    .map((sort) => compter(unites, sort))
    .filter((p) => p !== null);
  return `${PHRASES[issue]}${parts.length === 0 ? '' : ` : ${parts.join(' ; ')}`}.`;
}

/** The State's own words, else ours. */
function dire({ code, libelle, piece, ligne }: ErreurAck): string {
  const ou = [piece === null ? null : `pièce ${piece}`, ligne === null ? null : `ligne ${ligne}`].filter(
    (o) => o !== null,
  );
  return `${libelle ?? refusDe(code, libelle).libelle}${ou.length === 0 ? '' : ` (${ou.join(', ')})`}`;
}

const REMEDES: Readonly<Record<SensRefus, string>> = {
  doublon:
    'Si ce contenu avait déjà été envoyé, ne rien renvoyer : le premier envoi a réussi. Sinon ce numéro sert déjà à autre chose : en donner un autre et déposer un autre fichier.',
  passager: 'Hélios n’a pas pu traiter le fichier : le même contenu peut être envoyé de nouveau.',
  a_corriger:
    'Corriger ce qu’Hélios désigne et déposer un autre fichier, sans les bordereaux ni les PJ déjà acceptés : ils seraient refusés comme doublons.',
};

const majuscule = (phrase: string): string => phrase.charAt(0).toUpperCase() + phrase.slice(1);

const CAUSES = {
  refuse: 'Hélios a refusé ce contenu.',
  indecis: 'L’acquittement d’Hélios se contredit, ou ne se lit pas.',
  doublon: 'Hélios détient déjà un contenu de ce numéro.',
  accepte: '',
} as const;

/** A refusal of the State, as plain data; null when nothing is refused. */
export function ficheAck(bilan: BilanAck): FicheErreur | null {
  const refuses = ranger(bilan).filter((u) => u.sort !== 'accepte');
  const [premiere] = refuses;
  if (premiere === undefined) return null;
  const erreurs = refuses.flatMap((u) => u.erreurs);
  const [erreur] = premiere.erreurs;
  const sens = sensDe(erreurs);
  const autres = erreurs.length - 1;
  const suite = autres > 0 ? ` (et ${accorder(autres, 'autre motif', 'autres motifs')})` : '';
  return {
    code: erreur?.code ?? 'PES_ACQUIT',
    nature: sens === 'passager' ? 'passagere' : 'definitive',
    message: `${majuscule(nommerUnite(premiere))} : ${erreur === undefined ? 'refus sans explication' : dire(erreur)}${suite}.`,
    cause: CAUSES[premiere.sort],
    remede: REMEDES[sens],
  };
}

/** Units kept with the flux; the whole is in the acquittement, that is a piece of it. */
const CITEES_MAX = 500;

function uniteEnJson(u: UniteJugee): ObjetJson {
  const erreurs = u.erreurs
    .slice(0, 20)
    .map(({ code, libelle, piece, ligne }) => ({ code, libelle, piece, ligne }));
  return { unite: nommerUnite(u), sort: u.sort, erreurs };
}

/** Fields kept with the flux. */
export function champsAck(bilan: BilanAck): ObjetJson {
  return {
    issue: bilan.issue,
    nombreUnites: bilan.unites.length,
    unites: ranger(bilan).slice(0, CITEES_MAX).map(uniteEnJson),
  };
}
