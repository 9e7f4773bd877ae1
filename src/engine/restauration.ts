import { perdre } from '../etapes/apres-restauration.ts';
import type { Etat } from '../metier/etats.ts';
import type { Flux, Piece } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { Restauration } from '../ports/restauration.ts';
import { OPERATEUR } from '../ports/store.ts';
import { mouvoir } from './avancer.ts';
import { marquerRestauree } from './marquer-restauree.ts';
import type { OutilsMoteur } from './outils.ts';

/** What the engine does of a base that was put back from a backup, before anything else (docs/decisions/0018-sauvegarde.md). */

/** States believed here not to have left, and that may have since. What is on the line is judged by its own step. */
const DOUTEUX: readonly Etat[] = ['depose', 'controle', 'a_signer', 'signe', 'pret', 'echec'];
const PAGE = 500;
const ACTEUR = 'systeme';

function ligne(restauration: Restauration, fait: Pick<EntreeJournal, 'ev' | 'motif'>): EntreeJournal {
  return {
    org: 'operateur',
    tx: '',
    obj: '',
    acteur: ACTEUR,
    res: 'OK',
    corr: restauration.id,
    ...fait,
  };
}

type Trouvee = { readonly pieces: readonly Piece[]; readonly nomEnvoi: string } | Record<string, never>;

/** The archive that this flux had since the backup, if it is the only one and its name is free. */
async function archiveRetrouvee({ store }: OutilsMoteur, flux: Flux): Promise<Trouvee> {
  if (flux.nomEnvoi !== null) return {};
  const [archive, autre] = await store.restaurations.archives(flux.protocole, flux.identite);
  if (archive?.nom == null || autre !== undefined) return {};
  if ((await store.flux.parNomEnvoi(OPERATEUR, archive.nom)) !== undefined) return {};
  const { nom, sha256, sha512, taille } = archive;
  return {
    nomEnvoi: nom,
    pieces: [{ role: 'archive', nom, sha256, sha512, taille, type: 'application/gzip' }],
  };
}

async function douter(outils: OutilsMoteur, restauration: Restauration): Promise<number> {
  let douteux = 0;
  for (;;) {
    const page = await outils.store.flux.lister(OPERATEUR, { etats: DOUTEUX, limite: PAGE });
    for (const flux of page) {
      const { type: _, ...perte } = perdre(flux, restauration, outils.clock.now());
      const trouvee = await archiveRetrouvee(outils, flux);
      await mouvoir(outils, flux, { ...perte, ...trouvee, acteur: ACTEUR, corr: restauration.id });
    }
    douteux += page.length;
    if (page.length < PAGE) return douteux;
  }
}

/**
 * Makes uncertain every flux that might have left since the backup; cut short, the next start goes on. To be called before any
 * work is taken and any door opened. Does nothing of a base that was not put back.
 * @param sauvegarde what a person says: other tools put this base back, from a backup begun then.
 */
export async function preparerRestauration(outils: OutilsMoteur, sauvegarde?: Instant): Promise<void> {
  const { store, clock, log } = outils;
  if (sauvegarde !== undefined) await marquerRestauree(outils, sauvegarde);
  const derniere = await store.restaurations.derniere();
  if (derniere === null) return;
  if (derniere.preparee === null) {
    const douteux = await douter(outils, derniere);
    await store.ecriture.ecrire({
      quand: clock.now(),
      restauration: { id: derniere.id, preparee: true },
      journal: [ligne(derniere, { ev: 'RESTAURATION_PREPAREE', motif: `flux au sort inconnu : ${douteux}` })],
    });
  }
  if (derniere.close === null)
    log.warn('base remise depuis une sauvegarde : rien ne part avant « vaguemestre reconcilier »', {
      sauvegarde: new Date(derniere.sauvegarde).toISOString(),
    });
}

/** Remembers that a source was read to its end; once for each restoration that is not settled. */
export async function noterSourceLue(outils: OutilsMoteur, source: string): Promise<void> {
  const { restaurations, ecriture } = outils.store;
  const derniere = await restaurations.derniere();
  if (derniere === null || derniere.close !== null) return;
  const lues = await restaurations.sources(derniere.id);
  if (lues.some((l) => l.source === source)) return;
  await ecriture.ecrire({
    quand: outils.clock.now(),
    restauration: { id: derniere.id, lue: source },
    journal: [ligne(derniere, { ev: 'SOURCE_LUE', motif: source })],
  });
}
