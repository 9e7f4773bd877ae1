import { erreurHelios } from '../../../metier/catalogue/helios.ts';
import type { FicheErreur } from '../../../metier/erreurs.ts';
import type { ObjetJson } from '../../../metier/flux.ts';
import { refusDe, type SensRefus } from '../codes.ts';
import { accorder } from '../regles/regle.ts';
import {
  type BilanAck,
  type IssueAck,
  nommerUnite,
  sensDe,
  type SortEnvoye,
  type UniteJugee,
} from './bilan.ts';
import type { BordereauConfronte, Confrontation } from './confrontation.ts';
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

const MOTS = {
  accepte: 'accepté',
  refuse: 'refusé',
  doublon: 'déjà détenu',
  indecis: 'indécis',
  sans_reponse: 'sans réponse',
} as const;

/** Those that agree with what they qualify; « indécis » bears its mark of plural already. */
const ACCORDES: readonly SortEnvoye[] = ['accepte', 'refuse', 'doublon'];

interface Nombre {
  readonly bordereaux: number;
  readonly pieces: number;
}

/** « 2 bordereaux et 3 PJ acceptés », « 1 PJ refusée »; null when there is none. */
function compter({ bordereaux, pieces }: Nombre, sort: SortEnvoye): string | null {
  if (bordereaux + pieces === 0) return null;
  const noms = [
    ...(bordereaux === 0 ? [] : [accorder(bordereaux, 'bordereau', 'bordereaux')]),
    ...(pieces === 0 ? [] : [accorder(pieces, 'PJ', 'PJ')]),
  ].join(' et ');
  const feminin = bordereaux === 0 && sort !== 'sans_reponse' ? 'e' : '';
  const pluriel = bordereaux + pieces > 1 && ACCORDES.includes(sort) ? 's' : '';
  return `${noms} ${MOTS[sort]}${feminin}${pluriel}`;
}

function nombreDeUnites({ unites }: BilanAck, sort: SortEnvoye): Nombre {
  const siennes = unites.filter((u) => u.sort === sort);
  return {
    bordereaux: siennes.filter((u) => u.unite.type === 'bordereau').length,
    pieces: siennes.filter((u) => u.unite.type === 'pj').length,
  };
}

/** What the answer leaves out of a file that it does not accept as a whole. */
function muettes({ issue }: BilanAck, confrontation: Confrontation | null): Confrontation {
  if (confrontation === null || issue === 'accepte') return { bordereaux: [], pieces: [] };
  return {
    bordereaux: confrontation.bordereaux.filter((b) => b.sort === 'sans_reponse'),
    pieces: confrontation.pieces.filter((p) => p.sort === 'sans_reponse'),
  };
}

/** « Fichier accepté en partie par Hélios : 2 bordereaux et 3 PJ acceptés ; 1 bordereau refusé. » */
function libelleAck(bilan: BilanAck, confrontation: Confrontation | null): string {
  const { bordereaux, pieces } = muettes(bilan, confrontation);
  const parts = [
    ...(['accepte', 'refuse', 'doublon', 'indecis'] as const).map((sort) =>
      compter(nombreDeUnites(bilan, sort), sort),
    ),
    compter({ bordereaux: bordereaux.length, pieces: pieces.length }, 'sans_reponse'),
  ].filter((p) => p !== null);
  return `${PHRASES[bilan.issue]}${parts.length === 0 ? '' : ` : ${parts.join(' ; ')}`}.`;
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

/** Of a file taken in part, the same content may not go again. */
const RENVOYER_LE_RESTE =
  'Hélios n’a pas pu traiter ceci : le renvoyer sans changement, dans un autre fichier, sans ce qui est déjà accepté.';

const majuscule = (phrase: string): string => phrase.charAt(0).toUpperCase() + phrase.slice(1);

const CAUSES = {
  refuse: 'Hélios a refusé ce contenu.',
  indecis: 'L’acquittement d’Hélios se contredit, ou ne se lit pas.',
  doublon: 'Hélios détient déjà un contenu de ce numéro.',
  accepte: '',
} as const;

/** Parts named in one sentence. */
const NOMMEES_MAX = 5;

/** What the answer leaves out, as plain data: nobody knows whether Hélios holds it. */
function ficheMuettes({ bordereaux, pieces }: Confrontation): FicheErreur | null {
  const noms = [...bordereaux.map(nommerBordereau), ...pieces.map((p) => `PJ ${p.idUnique}`)];
  if (noms.length === 0) return null;
  const autres = noms.length - NOMMEES_MAX;
  const suite = autres > 0 ? `, et ${accorder(autres, 'autre', 'autres')}` : '';
  const unites = `${noms.slice(0, NOMMEES_MAX).join(', ')}${suite}`;
  return erreurHelios('VGM-HEL-003', { unites }).fiche;
}

/** A refusal of the State, as plain data; null when nothing is refused. */
function ficheRefus(bilan: BilanAck): FicheErreur | null {
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
    remede: sens === 'passager' && bilan.issue === 'partiel' ? RENVOYER_LE_RESTE : REMEDES[sens],
  };
}

/** « bordereau de dépense n° 41 (2026) » */
function nommerBordereau({ domaine, numero, exercice }: BordereauConfronte): string {
  const unite = { type: 'bordereau', numero, exercice: exercice === '' ? null : exercice } as const;
  return nommerUnite({ domaine, unite });
}

/** Units kept with the flux; the whole is in the acquittement, that is a piece of it. */
const CITEES_MAX = 500;
/** Reasons kept of each unit. */
export const MOTIFS_MAX = 20;

function uniteEnJson(u: UniteJugee): ObjetJson {
  const erreurs = u.erreurs
    .slice(0, MOTIFS_MAX)
    .map(({ code, libelle, piece, ligne }) => ({ code, libelle, piece, ligne }));
  return { unite: nommerUnite(u), sort: u.sort, erreurs };
}

function champsAck(bilan: BilanAck): ObjetJson {
  return {
    issue: bilan.issue,
    nombreUnites: bilan.unites.length,
    unites: ranger(bilan).slice(0, CITEES_MAX).map(uniteEnJson),
  };
}

const RANGS_CONFRONTES = ['refuse', 'indecis', 'doublon', 'sans_reponse', 'accepte'] as const;

type Confronte = Confrontation['bordereaux'][number] | Confrontation['pieces'][number];

function comptes(parties: readonly Confronte[]): ObjetJson {
  return Object.fromEntries(
    RANGS_CONFRONTES.map((sort) => [sort, parties.filter((p) => p.sort === sort).length]),
  );
}

function partiesEnJson(parties: readonly Confronte[]): readonly ObjetJson[] {
  const rangees = RANGS_CONFRONTES.flatMap((sort) => parties.filter((p) => p.sort === sort));
  return rangees
    .slice(0, CITEES_MAX)
    .map((p) => ({ ...p, erreurs: p.erreurs.slice(0, MOTIFS_MAX).map((e) => ({ ...e })) }));
}

/** Fates kept with the flux, counted; what people look for comes first, for the list is cut. */
export function champsConfrontation({ bordereaux, pieces }: Confrontation): ObjetJson {
  return {
    comptes: { bordereaux: comptes(bordereaux), pieces: comptes(pieces) },
    bordereaux: partiesEnJson(bordereaux),
    pieces: partiesEnJson(pieces),
  };
}

export interface PresentationAck {
  /** One French sentence. */
  readonly libelle: string;
  /** What is refused or left out, and what to do; null when all is in. */
  readonly erreur: FicheErreur | null;
  /** Fields kept with the flux. */
  readonly champs: ObjetJson;
}

/** @param confrontation with the file it answers; null as long as that is not known. */
export function presenterAck(bilan: BilanAck, confrontation: Confrontation | null): PresentationAck {
  return {
    libelle: libelleAck(bilan, confrontation),
    erreur: ficheRefus(bilan) ?? ficheMuettes(muettes(bilan, confrontation)),
    champs: champsAck(bilan),
  };
}
