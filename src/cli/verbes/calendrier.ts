import { calendrierActe } from '../../metier/calendrier/acte.ts';
import { incoherences } from '../../metier/calendrier/coherence.ts';
import type { Courrier, FaitsActe, Reponse } from '../../metier/calendrier/faits.ts';
import { type Territoire, territoireDe } from '../../metier/calendrier/feries.ts';
import { type Jour, lireJour } from '../../metier/identifiants.ts';
import { type FormeCalendrier, rendreCalendrier } from '../calendrier.ts';
import { erreurUsage } from '../erreurs.ts';
import { type Appel, type CodeSortie, drapeau, texte } from '../monde.ts';
import { calendrierDuFlux } from './acte.ts';

/** `--pieces-recues` as commander names it: `piecesRecues`. */
function cle(option: string): string {
  return option.replaceAll(/-(.)/g, (_, lettre: string) => lettre.toUpperCase());
}

/** The text of an option, or null. @param forme `lit`: what it must be; `exemple`: the same in words. */
function lire(
  appel: Appel,
  option: string,
  { lit, exemple }: { readonly lit: (brut: string) => boolean; readonly exemple: string },
): string | null {
  const brut = texte(appel.options, cle(option));
  if (brut === undefined || lit(brut)) return brut ?? null;
  throw erreurUsage(`L’option « --${option} » attend ${exemple}, et on lit « ${brut} ».`, appel.verbe);
}

const FORMES = {
  jour: { lit: (b: string) => lireJour(b) !== undefined, exemple: 'un jour (2026-06-15)' },
  departement: {
    lit: (b: string) => territoireDe(b) !== undefined,
    exemple: 'un département sur trois caractères (034, 02A, 974) dont les jours fériés sont connus',
  },
  collectivite: { lit: (b: string) => /^\d\d$/.test(b), exemple: 'deux chiffres (31 pour une commune)' },
  nature: { lit: (b: string) => /^\d$/.test(b), exemple: 'un chiffre (3 pour un acte individuel)' },
  matiere: { lit: (b: string) => /^\d+(?:\.\d+)*$/.test(b), exemple: 'un code de la classification (7.10)' },
  acte: { lit: (b: string) => /^[^\s\p{C}]+$/u.test(b), exemple: 'un identifiant sans espace' },
} as const;

function jour(appel: Appel, option: string): Jour | null {
  return lire(appel, option, FORMES.jour) as Jour | null;
}

function territoire(appel: Appel): Territoire {
  return territoireDe(lire(appel, 'departement', FORMES.departement) ?? '') ?? 'metropole';
}

/** At most one of the two: they say contrary things. */
function ensemble(appel: Appel, [une, autre]: readonly [string, string]): void {
  if (appel.options[cle(une)] === undefined || appel.options[cle(autre)] === undefined) return;
  throw erreurUsage(`Les options « --${une} » et « --${autre} » ne vont pas ensemble.`, appel.verbe);
}

interface Echange {
  readonly message: Courrier['message'];
  readonly option: string;
  readonly reponses: readonly (readonly [option: string, message: Reponse['message']])[];
}

const ECHANGES: readonly Echange[] = [
  {
    message: '3-1',
    option: 'demande-pieces',
    reponses: [
      ['pieces-recues', '3-4'],
      ['pieces-refusees', '3-3'],
    ],
  },
  {
    message: '4-1',
    option: 'observations',
    reponses: [
      ['observations-repondues', '4-4'],
      ['observations-rejetees', '4-3'],
    ],
  },
];

function courriers(appel: Appel): Courrier[] {
  return ECHANGES.flatMap(({ message, option, reponses }) => {
    const recu = jour(appel, option);
    const donnees = reponses.flatMap(([nom, reponse]) => {
      const recue = jour(appel, nom);
      if (recue !== null && recu === null) {
        throw erreurUsage(`L’option « --${nom} » ne va pas sans « --${option} ».`, appel.verbe);
      }
      return recue === null ? [] : [{ message: reponse, recue }];
    });
    return recu === null ? [] : [{ message, recu, reponse: donnees[0] ?? null }];
  });
}

function papier(appel: Appel): FaitsActe['papier'] {
  const recu = jour(appel, 'papier-recu');
  return recu === null && !drapeau(appel.options, 'papierAttendu') ? null : { recu };
}

function budgetaire({ options }: Appel): FaitsActe['budgetaire'] {
  if (drapeau(options, 'budgetaire')) return 'budget';
  return drapeau(options, 'compte') ? 'compte' : null;
}

function faitsDe(appel: Appel): FaitsActe {
  return {
    territoire: territoire(appel),
    natureCollectivite: lire(appel, 'nature-collectivite', FORMES.collectivite),
    decision: jour(appel, 'decision'),
    transmission: jour(appel, 'transmis'),
    reception: jour(appel, 'recu'),
    publication: jour(appel, 'publie'),
    nature: lire(appel, 'nature', FORMES.nature),
    matiere: lire(appel, 'matiere', FORMES.matiere),
    budgetaire: budgetaire(appel),
    papier: papier(appel),
    courriers: courriers(appel),
    defere: jour(appel, 'defere'),
    annulation: jour(appel, 'annule'),
  };
}

const CONTRAIRES = [
  ['json', 'ical'],
  ['budgetaire', 'compte'],
  ['pieces-recues', 'pieces-refusees'],
  ['observations-repondues', 'observations-rejetees'],
  ['papier-attendu', 'papier-recu'],
] as const;

function formeDe({ options }: Appel): FormeCalendrier {
  if (drapeau(options, 'ical')) return 'ical';
  return drapeau(options, 'json') ? 'json' : 'texte';
}

/** `vaguemestre calendrier FLUX`, or `--recu AAAA-MM-JJ …`: from what is typed, without daemon. */
export async function executer(appel: Appel): Promise<CodeSortie> {
  if (appel.arguments[0] !== undefined) {
    ensemble(appel, ['json', 'ical']);
    return calendrierDuFlux(appel, formeDe(appel));
  }
  if (texte(appel.options, 'recu') === undefined)
    throw erreurUsage('Il faut désigner un acte, ou donner « --recu AAAA-MM-JJ ».', appel.verbe);
  for (const paire of CONTRAIRES) ensemble(appel, paire);
  const faits = faitsDe(appel);
  const contraires = incoherences(faits);
  if (contraires.length > 0) throw erreurUsage(contraires.join(' '), appel.verbe);
  const calendrier = {
    acte: lire(appel, 'acte', FORMES.acte),
    territoire: faits.territoire,
    jalons: calendrierActe(faits),
  };
  await rendreCalendrier(calendrier, formeDe(appel), appel.monde);
  return 0;
}
