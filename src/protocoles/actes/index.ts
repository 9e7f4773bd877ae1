import type { Protocole } from '../protocole.ts';
import { echeance, lire } from './accuse.ts';
import { controler } from './controle.ts';
import { composer, nommerSerie } from './enveloppe.ts';
import { lireReponse } from './transmission.ts';

export { lireClassification } from './classification.ts';

export interface ReglagesActes {
  /** Is an acte refused as long as its collectivité has no classification? Default true. */
  readonly classificationRequise?: boolean;
  /** Archives per collectivité and day. Default 9999. */
  readonly numeroQuotidienMax?: number;
}

/** ACTES: transmission of the acts of the collectivités to the préfecture (CGCT, art. L. 2131-1). */
export function creerProtocoleActes(reglages: ReglagesActes = {}): Protocole {
  const classificationRequise = reglages.classificationRequise ?? true;
  const limite = reglages.numeroQuotidienMax ?? 9999;
  return {
    nom: 'ACTES',
    depot: { controler: (faits) => controler(faits, { classificationRequise }) },
    enveloppe: { serie: (flux, jour) => ({ serie: nommerSerie(flux, jour), limite }), composer },
    transmission: { lireReponse },
    accuse: { lire, echeance },
  };
}

/** With the settings of the norm. */
export const actes: Protocole = creerProtocoleActes();
