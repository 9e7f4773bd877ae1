import type { Affaire } from './affaire.ts';
import type { Effet, Reprise } from './cours.ts';
import type { Courrier } from './faits.ts';
import { type Jalon, le } from './jalon.ts';
import { jourEnMots } from './jours.ts';
import { TEXTE_OBSERVATIONS, TEXTE_PIECES, TEXTE_SILENCE } from './textes.ts';

/** Milestones of the letters of the préfecture and of what was answered. */

interface Mots {
  readonly code: string;
  readonly titre: string;
  readonly reference: string;
  /** Begins the sentence; feminine in all cases. */
  readonly sujet: string;
  readonly refus: string;
  readonly titreRefus: string;
  readonly codeRefus: string;
}

const MOTS: Readonly<Record<Courrier['message'], Mots>> = {
  '3-1': {
    code: 'demande-pieces',
    titre: 'Demande de pièces complémentaires (3-1)',
    reference: TEXTE_PIECES,
    sujet: 'La demande de pièces',
    refus: 'refus des pièces',
    titreRefus: 'Refus implicite des pièces',
    codeRefus: 'refus-implicite',
  },
  '4-1': {
    code: 'lettre-observations',
    titre: 'Lettre d’observations (4-1)',
    reference: TEXTE_OBSERVATIONS,
    sujet: 'La lettre d’observations',
    refus: 'rejet des observations',
    titreRefus: 'Rejet implicite des observations',
    codeRefus: 'rejet-implicite',
  },
};

const REPONSES = {
  '3-3': { titre: 'Refus des pièces reçu (3-3)', quoi: 'le refus des pièces' },
  '3-4': { titre: 'Pièces complémentaires reçues (3-4)', quoi: 'les pièces demandées' },
  '4-3': { titre: 'Rejet des observations reçu (4-3)', quoi: 'le rejet de ses observations' },
  '4-4': { titre: 'Réponse aux observations reçue (4-4)', quoi: 'la réponse à ses observations' },
} as const;

function suite({ attendue, origine, depart }: Reprise): string {
  if (attendue) return 'le délai du contrôle repartira de la réponse, ou de deux mois de silence';
  const quoi = {
    reponse: 'de la réponse reçue',
    silence: 'de deux mois de silence, échus',
    doute: 'au plus tard des deux mois échus',
  };
  return `le délai du contrôle repart ${quoi[origine]} ${le(depart)}`;
}

function arrivee(effet: Effet): string {
  const { courrier } = effet;
  const debut = `${MOTS[courrier.message].sujet} reçue ${le(courrier.recu)}`;
  switch (effet.effet) {
    case 'proroge':
      return `${debut} vient à temps : ${suite(effet.reprise)}.`;
    case 'tardif':
      return `${debut} vient après la fin du délai du contrôle, ${le(effet.fin)} : elle ne le proroge pas.`;
    case 'deja_proroge':
      return `${debut} suit une première, qui a déjà prorogé le délai du contrôle : elle ne le proroge pas.`;
    case 'sans_delai':
      return `${debut} ne proroge rien encore : le délai du contrôle ne court pas.`;
    default:
      return effet satisfies never;
  }
}

/** What the answer received changes, after « La préfecture a reçu … le 3 mars 2026 ». */
function portee(effet: Effet): string {
  if (effet.effet !== 'proroge') return ', sans effet sur le délai du contrôle.';
  const { depart, origine } = effet.reprise;
  switch (origine) {
    case 'reponse':
      return ', d’où repart le délai du contrôle.';
    case 'doute':
      return ` : faute de savoir si elle est un rejet, le délai du contrôle est compté au plus tard, du ${jourEnMots(depart)}.`;
    case 'silence':
      return `, trop tard : deux mois de silence avaient fait repartir le délai ${le(depart)}.`;
    default:
      return origine satisfies never;
  }
}

function reponseRecue(effet: Effet, rang: number): Jalon[] {
  const { message, reponse } = effet.courrier;
  if (reponse === null || reponse.recue === null) return [];
  const { titre, quoi } = REPONSES[reponse.message];
  const { code, reference } = MOTS[message];
  return [
    {
      code: `reponse-${code}-${rang}`,
      titre,
      date: reponse.recue,
      provisoire: false,
      reference,
      phrase: `La préfecture a reçu ${quoi} ${le(reponse.recue)}${portee(effet)}`,
    },
  ];
}

function silence(effet: Effet, rang: number): Jalon[] {
  if (effet.effet !== 'proroge' || effet.reprise.origine !== 'silence') return [];
  const { depart, attendue } = effet.reprise;
  const { refus, titreRefus, codeRefus } = MOTS[effet.courrier.message];
  const phrase = attendue
    ? `Sans réponse reçue par la préfecture, le silence vaudra ${refus} ${le(depart)}, d’où repartira le délai.`
    : `Le silence gardé deux mois vaut ${refus} ${le(depart)}, d’où repart le délai du contrôle.`;
  const code = `${codeRefus}-${rang}`;
  return [{ code, titre: titreRefus, date: depart, provisoire: attendue, reference: TEXTE_SILENCE, phrase }];
}

function sansDelai(courrier: Courrier): Effet {
  return { courrier, effet: 'sans_delai' };
}

/** One milestone per letter, one per answer received, one per silence that counts as an answer. */
export function jalonsCourriers({ faits, legalite }: Affaire): readonly Jalon[] {
  const effets = legalite?.effets ?? faits.courriers.map(sansDelai);
  const vus = { '3-1': 0, '4-1': 0 };
  return effets.flatMap((effet) => {
    const { courrier } = effet;
    const { code, titre, reference } = MOTS[courrier.message];
    vus[courrier.message] += 1;
    const rang = vus[courrier.message];
    const phrase = arrivee(effet);
    return [
      { code: `${code}-${rang}`, titre, date: courrier.recu, provisoire: false, reference, phrase },
      ...reponseRecue(effet, rang),
      ...silence(effet, rang),
    ];
  });
}
