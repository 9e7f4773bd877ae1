import { lireRetourId, type RetourId, type Sha256 } from '../metier/identifiants.ts';
import type { Clock } from '../ports/clock.ts';
import type { Coffre, Source } from '../ports/coffre.ts';
import type { Random } from '../ports/random.ts';
import type { EcritureStore } from '../ports/store.ts';

export interface OutilsConsigne {
  readonly coffre: Coffre;
  readonly ecriture: EcritureStore;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Files a raw message of the State: bytes first, then its row, both durable before the source may forget it.
 * Read twice (crash between filing and removal), it is kept once.
 */
export async function consignerRetour(
  outils: OutilsConsigne,
  brut: Source,
  origine: { readonly source: string; readonly nom: string | null },
): Promise<{ id: RetourId; sha256: Sha256; nouveau: boolean }> {
  const { source, nom } = origine;
  const depot = await outils.coffre.ajouter(brut);
  const id = lireRetourId(outils.random.uuid()) as RetourId;
  const quand = outils.clock.now();
  const ligne = {
    org: 'operateur',
    ev: 'RETOUR_RECU',
    tx: id,
    obj: `sha256:${depot.sha256}`,
    acteur: 'etat',
    res: 'OK',
    motif: nom === null ? source : `${source} : ${nom}`,
    corr: id,
  } as const;
  const resultat = await outils.ecriture.creerRetour(
    { id, source, nom, due: quand, ...depot },
    { quand, journal: [ligne] },
  );
  return { id, sha256: depot.sha256, nouveau: resultat === 'cree' };
}
