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
  /** What is to be signed: the file, where InfoDematerialisee was made « 1 » if that was asked. */
  readonly source: SourceOctets;
  /** Of the file received. */
  readonly avant: { readonly sha256: Sha256; readonly octets: number };
  /** Domains that were made to say it. */
  readonly annonces: readonly NomDomaine[];
  /** French, one sentence for each domain that Hélios would refuse as it is. */
  readonly avis: readonly string[];
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

/**
 * Hears the file once. Of elements given by their ids, nothing is said when they may be of several domains. What cannot be read is left for the signature to refuse.
 * @param annoncer make the domains that are to be signed say « 1 ». Throws VGM-HLG-001 when one has no room for it.
 */
export async function preparerAnnonce(
  source: Source,
  cibles: CiblesSignature,
  annoncer: boolean,
): Promise<Annonce> {
  const preparation = new PreparationSignature();
  const { refus, sha256, octets } = await parcourir(source.lire, preparation);
  const avant = { sha256, octets };
  const vises = preparation
    .faits()
    .domaines.filter((d) => d.bordereaux > 0 || cibles.type === 'fichier')
    .filter((d, _, signes) => !d.dematerialise && (cibles.type !== 'ids' || signes.length === 1))
    .map((d) => d.nom);
  if (refus !== null || vises.length === 0) return { source: source.lire, avant, annonces: [], avis: [] };
  if (!annoncer) {
    const avis = vises.map(
      (nom) =>
        `La ${LIBELLE_DOMAINE[nom]} ne s’annonce pas dématérialisée (InfoDematerialisee) : signé ainsi, Hélios refuserait tout le fichier. Reprendre l’original avec --annoncer.`,
    );
    return { source: source.lire, avant, annonces: [], avis };
  }
  const retouches = preparation.annoncer(cibles.type === 'fichier');
  if (retouches === null) throw sansEntete(source.fichier);
  return { source: () => retoucher(source.lire, retouches), avant, annonces: vises, avis: [] };
}
