import type { AccuseCourriel, DepotPieces, EnveloppeArchive, Protocole, SensReponse } from '../protocole.ts';
import { echeance, lire } from './accuse.ts';
import { controler } from './controle.ts';
import { amorcerClassification, suivreCourrier } from './echanges/resume.ts';
import { composer, nommerSerie, perimer, preparer } from './enveloppe.ts';
import { lireReponse } from './transmission.ts';

export { lireClassification } from './classification.ts';

export interface ReglagesActes {
  /** Is an acte refused as long as its collectivité has no classification? Default true. */
  readonly classificationRequise?: boolean;
  /** Archives per collectivité and day. Default 9999. */
  readonly numeroQuotidienMax?: number;
}

export interface ProtocoleActes extends Protocole {
  readonly depot: DepotPieces;
  readonly enveloppe: EnveloppeArchive;
  readonly accuse: Protocole['accuse'] & AccuseCourriel;
  readonly transmission: {
    /** Reads a status of the State's door by the table the operator may edit. */
    lireReponse(statut: number, table: Readonly<Record<string, SensReponse>>): SensReponse;
  };
}

/** ACTES: transmission of the acts of the collectivités to the préfecture (CGCT, art. L. 2131-1). */
export function creerProtocoleActes(reglages: ReglagesActes = {}): ProtocoleActes {
  const classificationRequise = reglages.classificationRequise ?? true;
  const limite = reglages.numeroQuotidienMax ?? 9999;
  return {
    nom: 'ACTES',
    depot: { forme: 'pieces', controler: (faits) => controler(faits, { classificationRequise }) },
    enveloppe: {
      forme: 'archive',
      serie: (flux, jour) => ({ serie: nommerSerie(flux, jour), limite }),
      perimer,
      preparer,
      composer,
    },
    transmission: { lireReponse },
    accuse: {
      lire,
      echeance,
      suivre: suivreCourrier,
      demanderClassification: amorcerClassification,
    },
  };
}

/** With the settings of the norm. */
export const actes: ProtocoleActes = creerProtocoleActes();
