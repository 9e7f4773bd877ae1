import type { Envoi, Reception } from '../etapes/accuse-issue.ts';
import type { Flux } from '../metier/flux.ts';
import type { FluxId, Instant, Sha256 } from '../metier/identifiants.ts';
import type { EntreeJournal } from '../metier/journal.ts';
import type { Retour } from '../metier/retours.ts';
import type { NouveauFlux, NouvelleLivraison } from '../ports/store.ts';
import { ebauche, entree, livraisonsDe } from './avancer.ts';
import type { OutilsMoteur } from './outils.ts';

/** Flux that nobody deposited: what the State sends on its own initiative, and what we answer by ourselves. */

/** The lines of one transaction for one new flux. */
export interface Ne {
  readonly nouveau: NouveauFlux;
  readonly journal: EntreeJournal;
  readonly livraisons: readonly NouvelleLivraison[];
  readonly apres: Flux;
}

export interface FaitsNaissance {
  readonly retour: Retour;
  readonly quand: Instant;
  readonly acteur: string;
  readonly corr: string;
}

/** A flux that the State starts, at the collectivité that the file names or that a person names. */
export async function preparerReception(
  outils: OutilsMoteur,
  { protocole, collectivite, identite, resume, pieces, cite }: Reception,
  { retour, quand, acteur, corr }: FaitsNaissance,
): Promise<Ne> {
  const nouveau: NouveauFlux = {
    protocole,
    collectivite,
    identite,
    resume,
    pieces,
    cite,
    id: outils.random.uuid() as FluxId,
    etat: 'recu',
    contenu: null,
    cleIdempotence: null,
    empreinteDemande: retour.sha256,
    due: quand,
  };
  const apres = ebauche(nouveau);
  const journal = entree(apres, { acteur, corr, motif: identite, pieces }, { ev: 'RECEPTION', res: 'OK' });
  return { nouveau, journal, livraisons: await livraisonsDe(outils, apres, 'flux.recu'), apres };
}

/** What leaves by itself: a receipt, a request. It goes through the same circuit as what is deposited. */
export function preparerEnvoi(
  outils: OutilsMoteur,
  envoi: Envoi & { readonly cite: FluxId | null },
  {
    retour,
    quand,
    corr,
  }: Pick<FaitsNaissance, 'quand' | 'corr'> & { readonly retour: { readonly sha256: Sha256 } },
): Ne {
  const nouveau: NouveauFlux = {
    ...envoi,
    id: outils.random.uuid() as FluxId,
    etat: 'depose',
    contenu: null,
    pieces: [],
    cleIdempotence: null,
    empreinteDemande: retour.sha256,
    due: quand,
  };
  const apres = ebauche(nouveau);
  const motif = nouveau.identite;
  const journal = entree(apres, { acteur: 'systeme', corr, motif }, { ev: 'DEPOT', res: 'OK' });
  return { nouveau, journal, livraisons: [], apres };
}

/** The receipt of a letter, that cites it. */
export function preparerAccuse(
  outils: OutilsMoteur,
  { accuse, protocole, collectivite }: Reception,
  { courrier, faits }: { readonly courrier: Ne | undefined; readonly faits: FaitsNaissance },
): readonly Ne[] {
  if (accuse === null || courrier === undefined) return [];
  const envoi = { ...accuse, protocole, collectivite, cite: courrier.nouveau.id };
  return [preparerEnvoi(outils, envoi, faits)];
}
