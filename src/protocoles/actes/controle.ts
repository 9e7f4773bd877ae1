import { bloquantes, type RapportControles } from '../../metier/anomalies.ts';
import type { DepotLu, FaitsDepot, ResultatControle } from '../protocole.ts';
import { ecrireResume, lireMetadonnees, type ResumeActe } from './depot.ts';
import { trouverNature } from './natures.ts';
import { departementDe, idActe } from './noms.ts';
import { jourReel } from './regles/date.ts';
import { REGLES } from './regles/index.ts';
import { repondre, type Sujet } from './regles/regle.ts';
import { signatureDeclaree } from './regles/signatures.ts';

export interface ReglesControle {
  /** Is an acte refused as long as no classification was imported for its collectivité? */
  readonly classificationRequise: boolean;
}

/** Beyond these a refused deposit keeps no identity: it would be no use to the person who searches for it. */
const NUMERO_AFFICHABLE = /^[^\p{C}]{1,64}$/u;
const OBJET_GARDE = 500;

function sujetDe(faits: FaitsDepot, regles: ReglesControle): Sujet {
  const lues = lireMetadonnees(faits.metadonnees);
  const classification = faits.collectivite.actes?.classification ?? null;
  const { nature } = lues.champs;
  return {
    faits,
    lues,
    champs: lues.champs,
    nature: nature === undefined ? null : trouverNature(nature, classification),
    classification,
    document: faits.pieces.find((p) => p.role === 'document') ?? null,
    annexes: faits.pieces.filter((p) => p.role === 'annexe'),
    classificationRequise: regles.classificationRequise,
  };
}

/** What the deposit says, when enough of it could be read to name the acte; the verdict is another matter. */
function depotLu({ champs, nature, classification, faits }: Sujet): DepotLu | null {
  const { numero, date, objet, matiere, document } = champs;
  const departement = departementDe(faits.collectivite);
  const jour = jourReel(date);
  if (nature === null || departement === null || jour === undefined) return null;
  if (numero === undefined || objet === undefined || matiere === undefined || document === undefined)
    return null;
  if (!NUMERO_AFFICHABLE.test(numero)) return null;
  const { siren } = faits.collectivite;
  const identite = idActe({ departement, siren, date: jour, numero, abrege: nature.abrege });
  const jointes = [document, ...(champs.annexes ?? [])].map(signatureDeclaree);
  const resume: ResumeActe = {
    numero,
    date: jour,
    // An accepted objet is never cut: ACTES-OBJ-02 refuses from 500 characters.
    objet: objet.slice(0, OBJET_GARDE * 2),
    nature: nature.code,
    abrege: nature.abrege,
    matiere: matiere.slice(0, OBJET_GARDE),
    classification: champs.classification ?? classification?.date ?? null,
    documentPapier: champs.documentPapier ?? false,
    precedent: champs.precedent ?? null,
    typologies: [document, ...(champs.annexes ?? [])].map((p) => p.typologie ?? ''),
    idActe: identite,
    ...(jointes.some((nom) => nom !== null) ? { signaturesJointes: jointes } : {}),
  };
  const budget = faits.pieces.find((p) => p.role === 'document')?.budget ?? null;
  const dits = budget === null ? {} : { natDec: budget.natDec, exercice: budget.exercice };
  return { identite, resume: { ...ecrireResume(resume), ...dits } };
}

/** Answers every control of a deposited acte; all answers are kept, good or bad. */
export function controler(faits: FaitsDepot, regles: ReglesControle): ResultatControle {
  const sujet = sujetDe(faits, regles);
  const reponses = REGLES.map((regle) => repondre(regle, sujet));
  const base = { format: 'vaguemestre-rapport-controles-v1', reponses } as const;
  const refuse = bloquantes({ ...base, verdict: 'favorable' }).length > 0;
  const rapport: RapportControles = { ...base, verdict: refuse ? 'defavorable' : 'favorable' };
  return { rapport, lu: depotLu(sujet) };
}
