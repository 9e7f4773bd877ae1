import type { Config } from '../config/manifest.ts';
import { ouvrirSchemas } from '../formats/xsd/jeu.ts';
import { creerProtocoleActes, type ProtocoleActes } from '../protocoles/actes/index.ts';
import { creerProtocoleHelios, type ProtocoleHelios } from '../protocoles/helios/index.ts';

/** The protocols that the daemon serves. */
export interface Protocoles {
  readonly actes: ProtocoleActes;
  readonly helios: ProtocoleHelios;
}

/**
 * Both are always served: a PES is taken in, and waits, even when no gateway is configured (CDC-H 1-3, 3.5).
 * @param schemasHelios folder of our own schemas of PES.
 */
export function creerProtocoles({ actes, helios }: Config, schemasHelios: string): Protocoles {
  return {
    actes: creerProtocoleActes({
      classificationRequise: actes.classification_requise,
      numeroQuotidienMax: actes.numero_quotidien_max,
    }),
    helios: creerProtocoleHelios({
      schema: ouvrirSchemas(schemasHelios).schema('PES_Aller'),
      tailleMax: helios.taille_max_octets,
      numeroQuotidienMax: helios.numero_quotidien_max,
    }),
  };
}
