import { creerRonde } from '../engine/ronde.ts';
import { creerTour } from '../engine/tour.ts';
import { jourDe } from '../metier/echeances.ts';
import { LIBERE_IDENTITE } from '../metier/etats.ts';
import type { Instant, Jour, Siren } from '../metier/identifiants.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import { OPERATEUR } from '../ports/store.ts';
import { IDENTITES } from '../protocoles/actes/echanges/resume.ts';
import type { Contexte, Gestes } from './gestes.ts';
import type { OutilsGestes } from './outils.ts';

/** Requests made at one round: the ministry is not asked for the whole country at once. */
const PAR_RONDE = 200;
const JOUR = 86_400_000;
/** Somebody asked meanwhile: of this node, then of another. */
const DEMANDEE_ENTRETEMPS: readonly string[] = ['VGM-GES-050', 'VGM-DEP-002'];
const SYSTEME: Contexte = { portee: OPERATEUR, acteur: 'systeme', corr: 'classification' };

/**
 * Asks the classification in force for each collectivité that has not asked since so many days (actes.md B.8): one that
 * is stale has its next acte refused. @param jours 0: never.
 */
export async function entretenirClassifications(
  { moteur }: Pick<OutilsGestes, 'moteur'>,
  gestes: Pick<Gestes, 'demanderClassification'>,
  jours: number,
): Promise<void> {
  if (jours <= 0) return;
  const maintenant = moteur.clock.now();
  const derniers = Array.from({ length: jours }, (_, k) => jourDe((maintenant - k * JOUR) as Instant));
  let faites = 0;
  for (const { siren, actif, actes } of await moteur.store.collectivites.lister()) {
    if (!actif || actes === null || faites >= PAR_RONDE) continue;
    if (await demandee(moteur, siren, derniers)) continue;
    faites += 1;
    try {
      await gestes.demanderClassification(SYSTEME, { siren, complete: false });
    } catch (cause) {
      if (!(cause instanceof ErreurVgm) || !DEMANDEE_ENTRETEMPS.includes(cause.fiche.code)) throw cause;
    }
  }
}

/** Between two looks. Milliseconds. */
const RONDE = 3_600_000;

/** How much longer than its round the others wait for a node that died. Milliseconds. */
const MARGE = 60_000;

/**
 * Looks after all of them as long as the daemon runs, one node at a time; two that believe it is their turn ask the same, and
 * the identity of the request, of the collectivité and of the day, admits one. @returns what waits for its end, once a stop is
 * asked.
 */
export function demarrerClassifications(
  moteur: OutilsGestes['moteur'],
  gestes: Pick<Gestes, 'demanderClassification'>,
  { jours, proprietaire }: { readonly jours: number; readonly proprietaire: string },
): () => Promise<void> {
  const nom = 'classifications';
  const tour = creerTour(moteur, { nom, proprietaire, duree: RONDE + MARGE });
  const faire = async (): Promise<void> => {
    if (await tour.tenir()) await entretenirClassifications({ moteur }, gestes, jours);
  };
  const ronde = creerRonde(moteur, { nom, periode: RONDE, faire });
  ronde.demarrer();
  return async () => {
    await ronde.arreter();
    await tour.rendre();
  };
}

/** One request a day at most: each day has its own identity. */
async function demandee(
  { store }: OutilsGestes['moteur'],
  siren: Siren,
  jours: readonly Jour[],
): Promise<boolean> {
  for (const jour of jours) {
    const identite = IDENTITES.classification(siren, jour);
    const connues = await store.flux.parIdentite({ collectivite: siren }, identite);
    if (connues.some((f) => !LIBERE_IDENTITE.includes(f.etat))) return true;
  }
  return false;
}
