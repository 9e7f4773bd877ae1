import { erreurEnveloppe } from '../metier/catalogue/enveloppe.ts';
import { jourDe } from '../metier/echeances.ts';
import type { Flux, PieceDuFlux } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { Issue } from '../metier/issues.ts';
import type { Restaurations } from '../ports/restauration.ts';
import { OPERATEUR, type LectureFlux, type Numerotation } from '../ports/store.ts';
import type { EnveloppeFichier } from '../protocoles/protocole.ts';
import type { Annuaire } from './annuaire.ts';
import { departDeSerie } from './apres-restauration.ts';
import type { Etape } from './etape.ts';

export interface OutilsEnveloppeFichier {
  readonly flux: LectureFlux;
  readonly annuaire: Annuaire;
  readonly numerotation: Numerotation;
  readonly restaurations: Restaurations;
  readonly maintenant: () => Instant;
}

/** The file as it now stands: the last signed version, the deposited one when nobody signed it since. */
export function fichierCourant(pieces: readonly PieceDuFlux[]): PieceDuFlux | undefined {
  return pieces.findLast((p) => p.role === 'pes_signe') ?? pieces.find((p) => p.role === 'pes');
}

/**
 * Envelope step of a protocol whose message is the file itself: reserves the outgoing identity, durable before the first
 * try, and names the bytes that will leave. Nothing is made: a crash here costs nothing, and finds the same number again.
 */
export function creerEtapeEnveloppeFichier(
  enveloppe: EnveloppeFichier,
  outils: OutilsEnveloppeFichier,
): Etape {
  return async (flux: Flux): Promise<Issue> => {
    const collectivite = await outils.annuaire.exiger(flux.collectivite);
    const fichier = fichierCourant(await outils.flux.pieces(OPERATEUR, flux.id));
    if (fichier === undefined) throw erreurEnveloppe('VGM-ENV-004', { flux: flux.id });
    const aujourdhui = jourDe(outils.maintenant());
    const { serie, limite } = enveloppe.serie(flux, aujourdhui);
    const apres = await departDeSerie(outils.restaurations, { jour: aujourdhui, limite });
    const { jour, numero } = await outils.numerotation.reserver({
      flux: flux.id,
      serie,
      jour: aujourdhui,
      limite,
      apres,
    });
    const nom = enveloppe.nommer({ flux, collectivite, jour, numero });
    const { sha256, sha512, taille, type } = fichier;
    return {
      type: 'avance',
      evenement: 'enveloppe_faite',
      pieces: [{ role: 'archive', nom, sha256, sha512, taille, type }],
      nomEnvoi: nom,
      motif: nom,
    };
  };
}
