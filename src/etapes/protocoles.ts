import type { Config } from '../config/manifest.ts';
import { ouvrirSchemas } from '../formats/xsd/jeu.ts';
import type { Paquets } from '../formats/xsd/paquets.ts';
import { creerProtocoleActes, type ProtocoleActes } from '../protocoles/actes/index.ts';
import { RACINES_DEPOSEES } from '../protocoles/helios/codes.ts';
import { creerProtocoleHelios, type ProtocoleHelios } from '../protocoles/helios/index.ts';

/** The protocols that the daemon serves. */
export interface Protocoles {
  readonly actes: ProtocoleActes;
  readonly helios: ProtocoleHelios;
}

export interface SchemasHelios {
  /** Folder of our own schemas of PES. */
  readonly schemas: string;
  /** Those of the DGFiP that the operator installed. */
  readonly paquets: Paquets;
}

/** Both are always served: a PES is taken in, and waits, even when no gateway is configured (CDC-H 1-3, 3.5). */
export function creerProtocoles({ actes, helios }: Config, { schemas, paquets }: SchemasHelios): Protocoles {
  // made ready now: the first deposit does not wait for it
  for (const racine of RACINES_DEPOSEES) paquets.pour(racine);
  return {
    actes: creerProtocoleActes({
      classificationRequise: actes.classification_requise,
      numeroQuotidienMax: actes.numero_quotidien_max,
    }),
    helios: creerProtocoleHelios({
      schema: ouvrirSchemas(schemas).schema('PES_Aller'),
      paquets,
      tailleMax: helios.taille_max_octets,
      numeroQuotidienMax: helios.numero_quotidien_max,
    }),
  };
}
