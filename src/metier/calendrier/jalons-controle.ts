import type { Jour } from '../identifiants.ts';
import { type Affaire, plusTardif, pourquoiInconnu } from './affaire.ts';
import type { Cours } from './cours.ts';
import { jalonsCourriers } from './courriers.ts';
import { ajouter, delaiSuspension } from './delais.ts';
import { type Jalon, jusquAu, le, reportEnMots } from './jalon.ts';
import { jourEntierEnMots } from './jours.ts';
import { TEXTE_BUDGET, TEXTE_COMPTE, TEXTE_USAGE } from './textes.ts';

/** Milestones of what the préfet may do, and of the day on which he no longer may. */

/** Days an acte spends acknowledged before an archiving platform takes it: more than two months, whatever they are. */
const JOURS_AVANT_VERSEMENT = 62;

/** Acts whose execution the préfet may stop at once: urbanisme (2), marchés (1.1), délégations de service public (1.2). */
function suspensible(matiere: string | null): boolean {
  return matiere !== null && /^(?:1\.[12]|2)(?:\.|$)/.test(matiere);
}

function jalonSuspension({ faits, textes, complet }: Affaire): Jalon[] {
  if (complet === null || !suspensible(faits.matiere)) return [];
  const terme = delaiSuspension(complet, faits.territoire);
  const quoi = 'urbanisme, marché ou délégation de service public';
  const phrase = `Une demande de suspension formée par le préfet ${jusquAu(terme)} suspend l’acte d’elle-même (${quoi}).`;
  const titre = 'Fin du délai de la suspension d’office';
  const { controle: reference } = textes;
  return [{ code: 'suspension', titre, date: terme.fin, provisoire: false, reference, phrase }];
}

function finEnMots({ depart, terme, provisoire }: Cours, duree: string): string {
  const reserve = provisoire ? ', à supposer qu’aucune réponse ne lui parvienne' : '';
  return `${jusquAu(terme)} : ${duree} depuis ${le(depart)}${reportEnMots(terme)}${reserve}.`;
}

function jalonFinControle(affaire: Affaire): Jalon {
  const { legalite, textes } = affaire;
  const titre = 'Fin du délai du contrôle de légalité';
  const commun = { code: 'fin-controle', titre, reference: `${textes.controle} ; CJA, art. R. 421-1` };
  if (legalite === null) {
    const phrase = `Le délai du contrôle de légalité ne peut pas être compté ${pourquoiInconnu(affaire)}.`;
    return { ...commun, date: null, provisoire: false, phrase };
  }
  const phrase = `Le préfet peut déférer l’acte au tribunal administratif ${finEnMots(legalite, 'deux mois francs')}`;
  return { ...commun, date: legalite.terme.fin, provisoire: legalite.provisoire, phrase };
}

function jalonFinBudgetaire(affaire: Affaire): Jalon[] {
  const { faits, budget } = affaire;
  if (faits.budgetaire === null) return [];
  const titre = 'Fin du délai du contrôle budgétaire';
  const commun = { code: 'fin-controle-budgetaire', titre, date: null, provisoire: false };
  if (faits.budgetaire === 'compte') {
    const phrase =
      'Aucun texte n’enferme dans un délai la saisine de la chambre régionale des comptes sur un compte en déficit.';
    return [{ ...commun, reference: TEXTE_COMPTE, phrase }];
  }
  if (budget === null) {
    const phrase = `Le délai du contrôle budgétaire ne peut pas être compté ${pourquoiInconnu(affaire)}.`;
    return [{ ...commun, reference: TEXTE_BUDGET, phrase }];
  }
  const fin = finEnMots(budget, 'le plus long de trente jours francs et d’un mois franc');
  const phrase = `Le préfet peut saisir la chambre régionale des comptes d’un budget en déséquilibre ${fin}`;
  const { provisoire } = budget;
  return [{ ...commun, date: budget.terme.fin, provisoire, reference: TEXTE_BUDGET, phrase }];
}

function jalonDefere({ faits: { defere }, textes, legalite }: Affaire): Jalon[] {
  if (defere === null) return [];
  const tardif = legalite !== null && defere > legalite.terme.fin;
  const suite = tardif ? `, après la fin du délai, ${le(legalite.terme.fin)}` : '';
  const phrase = `Le préfet a déféré l’acte au tribunal administratif ${le(defere)}${suite}.`;
  const { controle: reference } = textes;
  return [{ code: 'defere', titre: 'Déféré (5-1)', date: defere, provisoire: false, reference, phrase }];
}

/** The day after the last on which the préfet may act, both controls together; null as long as it cannot be told. */
function jourValidable({ faits, legalite, budget }: Affaire): Jour | null {
  if (legalite === null || faits.defere !== null) return null;
  const fin = plusTardif(legalite.terme.fin, budget?.terme.fin ?? legalite.terme.fin);
  return ajouter(fin, { jours: 1 });
}

function pourquoiPasValidable(affaire: Affaire): string {
  return affaire.legalite === null
    ? pourquoiInconnu(affaire)
    : 'tant que le juge saisi du déféré n’a pas statué';
}

function jalonsFin(affaire: Affaire): Jalon[] {
  const date = jourValidable(affaire);
  const { reception } = affaire.faits;
  const provisoire = (affaire.legalite?.provisoire ?? false) && date !== null;
  const validable = {
    code: 'validable',
    titre: 'Validation possible',
    date,
    provisoire,
    reference: TEXTE_USAGE,
  };
  const versable = { ...validable, code: 'versable', titre: 'Versement aux archives possible' };
  if (date === null || reception === null) {
    const pourquoi = pourquoiPasValidable(affaire);
    return [
      { ...validable, phrase: `L’acte ne peut pas être validé ${pourquoi}.` },
      { ...versable, phrase: `L’acte ne peut pas être versé aux archives ${pourquoi}.` },
    ];
  }
  const versement = plusTardif(date, ajouter(reception, { jours: JOURS_AVANT_VERSEMENT + 1 }));
  const debut = provisoire ? 'Sauf réponse reçue d’ici là, à partir du' : 'À partir du';
  const phrase = `${debut} ${jourEntierEnMots(date)}, le délai du préfet est expiré et l’acte peut être validé.`;
  const quoi = `l’acte reçu depuis plus de ${JOURS_AVANT_VERSEMENT} jours et dont le délai est expiré`;
  const versee = `${debut} ${jourEntierEnMots(versement)}, ${quoi} peut être versé aux archives.`;
  return [
    { ...validable, phrase },
    { ...versable, date: versement, phrase: versee },
  ];
}

/** What the préfet wrote, until when he may act, and what may be done of the acte afterwards. */
export function jalonsControle(affaire: Affaire): readonly Jalon[] {
  return [
    ...jalonSuspension(affaire),
    ...jalonsCourriers(affaire),
    ...jalonFinBudgetaire(affaire),
    jalonFinControle(affaire),
    ...jalonDefere(affaire),
    ...jalonsFin(affaire),
  ];
}
