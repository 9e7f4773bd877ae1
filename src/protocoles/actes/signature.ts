import type { CachetActes, FicheActes } from '../../metier/collectivite.ts';
import type { Flux } from '../../metier/flux.ts';
import type { MessagePrepare } from '../protocole.ts';

/** What we are asked to sign of a message: its files, itself, both or nothing. */

/** What the operator decides for the collectivités whose card does not say. */
export interface CachetParDefaut {
  readonly cachet: CachetActes;
  /** Signing key of the settings; empty: none. */
  readonly nom_cle: string;
}

export interface CachetDemande {
  /** Names, as sent, of the files to sign. */
  readonly fichiers: readonly string[];
  /** The message itself. */
  readonly formulaire: boolean;
  /** Signing key of the settings; empty: nobody named one. */
  readonly cle: string;
}

type Fiche = Pick<FicheActes, 'cachet' | 'cle'> | null;

/** Known from the flux and the card alone: nobody signs anything of it. */
export function sansSignature(
  { resume }: Pick<Flux, 'resume'>,
  fiche: Fiche,
  defaut: CachetParDefaut,
): boolean {
  return (fiche?.cachet ?? defaut.cachet) === 'aucun' && !Array.isArray(resume['signaturesJointes']);
}

/** The norm has one place for each file: what the depositor signed is never signed over. */
export function demanderCachet(
  { fichiers }: MessagePrepare,
  fiche: Fiche,
  parDefaut: CachetParDefaut,
): CachetDemande {
  const cachet = fiche?.cachet ?? parDefaut.cachet;
  const tous = cachet === 'documents' || cachet === 'tout';
  return {
    fichiers: tous ? fichiers.filter((f) => f.apportee === null).map((f) => f.nom) : [],
    formulaire: cachet === 'formulaire' || cachet === 'tout',
    cle: fiche?.cle || parDefaut.nom_cle,
  };
}
