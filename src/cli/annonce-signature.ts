import { parcourir, type SourceOctets } from '../formats/xades/flux.ts';
import type { CiblesSignature } from '../formats/xades/signer-types.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import type { Sha256 } from '../metier/identifiants.ts';
import type { NomDomaine } from '../protocoles/helios/lecture/faits.ts';
import { LIBELLE_DOMAINE } from '../protocoles/helios/regles/contenu.ts';
import { PreparationSignature } from '../protocoles/helios/signature/preparation.ts';
import { retoucher } from '../protocoles/helios/signature/retouches.ts';
import { ErreurDocument } from './erreurs.ts';
import type { Source } from './source.ts';

/** InfoDematerialisee goes with the signatures, domain by domain: Hélios refuses the whole of a file where they disagree. */

export interface Annonce {
  /** What is to be signed: the file, where InfoDematerialisee was made « 1 ». */
  readonly source: SourceOctets;
  /** Of the file received; null: it is the one to sign. */
  readonly avant: { readonly sha256: Sha256; readonly octets: number } | null;
  /** Domains that were made to say it. */
  readonly annonces: readonly NomDomaine[];
}

function sansEntete(fichier: string): ErreurDocument {
  return new ErreurDocument(erreurHorsLigne('VGM-HLG-001', { fichier }), [
    {
      code: 'VGM-SIG-031',
      gravite: 'bloquante',
      message: 'Un domaine n’a pas d’en-tête où annoncer qu’il est dématérialisé (InfoDematerialisee).',
      remede: 'Écrire EnTeteDepense ou EnTeteRecette, avec IdVer, à la source du fichier.',
    },
  ]);
}

/** Domains to be signed that do not say so. Of elements given by their ids, none when they may be of several domains. */
function tus(preparation: PreparationSignature, cibles: CiblesSignature): readonly NomDomaine[] {
  return preparation
    .faits()
    .domaines.filter((d) => d.bordereaux > 0 || cibles.type === 'fichier')
    .filter((d, _, signes) => !d.dematerialise && (cibles.type !== 'ids' || signes.length === 1))
    .map((d) => d.nom);
}

/** What the signature of the file as it is leaves to be said: French, one sentence for each domain that Hélios would refuse. */
export function avisDe(entendu: PreparationSignature, cibles: CiblesSignature): readonly string[] {
  return tus(entendu, cibles).map(
    (nom) =>
      `La ${LIBELLE_DOMAINE[nom]} ne s’annonce pas dématérialisée (InfoDematerialisee) : signé ainsi, Hélios refuserait tout le fichier. Reprendre l’original avec --annoncer.`,
  );
}

/**
 * Makes the domains that are to be signed say « 1 ». What cannot be read is left for the signature to refuse.
 * Throws VGM-HLG-001 when one has no room for it.
 */
export async function annoncer(source: Source, cibles: CiblesSignature): Promise<Annonce> {
  const preparation = new PreparationSignature();
  const { refus, sha256, octets } = await parcourir(source.lire, preparation);
  const annonces = tus(preparation, cibles);
  if (refus !== null || annonces.length === 0) return { source: source.lire, avant: null, annonces: [] };
  const retouches = preparation.annoncer(cibles.type === 'fichier');
  if (retouches === null) throw sansEntete(source.fichier);
  return { source: () => retoucher(source.lire, retouches), avant: { sha256, octets }, annonces };
}
