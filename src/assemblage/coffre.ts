import { ouvrirCoffreDossier } from '../adapters/coffre/dossier.ts';
import type { DependancesS3 } from '../adapters/coffre/s3-client.ts';
import { dossierCoffre } from '../config/chemins.ts';
import type { Config } from '../config/manifest.ts';
import type { CoffreOuvert } from '../ports/coffre.ts';
import type { Sondable } from '../ports/sonde.ts';

export interface CoffreAssemble {
  readonly coffre: CoffreOuvert;
  /** The object store; null when the pieces are in a folder, which the sonde of the disk watches. */
  readonly sondeCoffre: Sondable | null;
}

/** Where the pieces are, by the settings. A daemon on its folder does not load the object store. */
export async function ouvrirCoffre(config: Config, deps: DependancesS3): Promise<CoffreAssemble> {
  const { type, secours } = config.coffre;
  if (type === 'dossier') {
    const { random } = deps;
    return { coffre: ouvrirCoffreDossier({ dossier: dossierCoffre(config), random }), sondeCoffre: null };
  }
  const [{ ouvrirCoffreS3 }, { lireReglageS3 }, { ouvrirPieces }] = await Promise.all([
    import('../adapters/coffre/s3.ts'),
    import('../adapters/coffre/s3-reglage.ts'),
    import('../adapters/coffre/pieces.ts'),
  ]);
  const reglage = await lireReglageS3(config);
  const dossier = secours === '' ? null : await ouvrirPieces(secours);
  const { coffre, sonde } = await ouvrirCoffreS3(reglage, deps, dossier);
  return { coffre, sondeCoffre: sonde };
}
