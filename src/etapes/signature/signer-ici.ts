import { politiquesA, oidNu, type LignePolitique } from '../../formats/xades/politiques.ts';
import type { SourceOctets } from '../../formats/xades/flux.ts';
import { signerXades } from '../../formats/xades/signer.ts';
import type { RefusSignature, ResultatSignature } from '../../formats/xades/signer-types.ts';
import { enIncise } from '../../formats/xml/faute.ts';
import { erreurSignature } from '../../metier/catalogue/signature.ts';
import type { Collectivite, FicheHelios } from '../../metier/collectivite.ts';
import { ErreurVgm, type FicheErreur } from '../../metier/erreurs.ts';
import type { Flux } from '../../metier/flux.ts';
import type { Instant, Siren } from '../../metier/identifiants.ts';
import type { Coffre, PieceEnAttente } from '../../ports/coffre.ts';
import type { Signataire } from '../../ports/signataire.ts';
import { contenuSigneEgal } from '../../protocoles/helios/signature/comparaison.ts';
import type { PreparationSignature } from '../../protocoles/helios/signature/preparation.ts';
import { retoucher } from '../../protocoles/helios/signature/retouches.ts';
import type { ConfianceSignatures } from './examen.ts';
import type { SignatureHelios } from '../../config/signature.ts';
import { creerTuyau } from './tuyau.ts';

/** Our own signature of a file that bears none: for the collectivités whose card asks for it. */

export interface OutilsSigner {
  readonly coffre: Pick<Coffre, 'recevoir'>;
  /** By the name that a card writes. */
  readonly cles: ReadonlyMap<string, Signataire>;
  readonly reglage: SignatureHelios;
  readonly confiance: Pick<ConfianceSignatures, 'politiques'>;
}

/** What signs for a collectivité, once all that its card and the settings say is found to stand. */
export interface Moyens {
  readonly signataire: Signataire;
  readonly politique: LignePolitique;
  readonly fiche: FicheHelios;
}

export type LectureMoyens =
  | { readonly type: 'prets'; readonly moyens: Moyens }
  /** VGM-SIG-040, VGM-SIG-041: for the operator, never against the document. */
  | { readonly type: 'manquants'; readonly erreur: FicheErreur };

function manquants(siren: Siren, detail: string): LectureMoyens {
  return { type: 'manquants', erreur: erreurSignature('VGM-SIG-040', { siren, detail }).fiche };
}

/** The first open policy of the table that is not obsolete, or the one that the settings name. */
function choisirPolitique(outils: OutilsSigner, instant: Instant): LignePolitique | undefined {
  const { politique: voulue } = outils.reglage;
  const ouvertes = politiquesA(outils.confiance.politiques, instant).filter((l) => l.hachage !== 'SHA-1');
  return voulue === '' ? ouvertes[0] : ouvertes.find((l) => oidNu(l.identifiant) === oidNu(voulue));
}

export function reunirMoyens(
  outils: OutilsSigner,
  { siren, helios: fiche }: Collectivite,
  instant: Instant,
): LectureMoyens {
  if (fiche === null || fiche.cle === '') return manquants(siren, 'sa fiche n’en nomme aucune');
  const signataire = outils.cles.get(fiche.cle);
  if (signataire === undefined) return manquants(siren, `« ${fiche.cle} » n’est pas dans les réglages`);
  if (fiche.qualite.trim() === '') return manquants(siren, 'sa fiche ne dit pas la qualité du signataire');
  const politique = choisirPolitique(outils, instant);
  if (politique === undefined) {
    const detail = 'aucune politique de signature n’est ouverte à cette date';
    return { type: 'manquants', erreur: erreurSignature('VGM-SIG-041', { siren, detail }).fiche };
  }
  return { type: 'prets', moyens: { signataire, politique, fiche } };
}

export interface Original {
  readonly flux: Pick<Flux, 'id' | 'collectivite'>;
  /** Without any signature. */
  readonly octets: SourceOctets;
  /** What the verification heard of these very bytes. */
  readonly preparation: PreparationSignature;
  readonly instant: Instant;
}

export type FichierSigne =
  /** Bytes on disk, to be kept or thrown away. `sha1` of the file that leaves. */
  | {
      readonly type: 'signe';
      readonly attente: PieceEnAttente;
      readonly sha1: string;
      readonly signatures: number;
    }
  /** The document cannot be signed. */
  | { readonly type: 'refuse'; readonly erreur: FicheErreur }
  /** The key, the settings or ourselves. */
  | { readonly type: 'empeche'; readonly erreur: FicheErreur };

/** Reasons that are in the file. Any other is in the key, the card or the settings. */
const DU_FICHIER: ReadonlySet<string> = new Set([
  'XDS-201',
  'XDS-202',
  'XDS-205',
  'XDS-206',
  'XDS-207',
  'XDS-208',
]);

function refus(motif: Pick<RefusSignature, 'message' | 'remede'>): FichierSigne {
  const details = { motif: enIncise(motif.message), remede: motif.remede };
  return { type: 'refuse', erreur: erreurSignature('VGM-SIG-031', details).fiche };
}

const SANS_ENTETE = {
  message: 'Un domaine n’a pas d’en-tête où annoncer qu’il est dématérialisé (InfoDematerialisee).',
  remede: 'Écrire EnTeteDepense ou EnTeteRecette, avec IdVer.',
};

/** What the key throws for good is for the operator; what may pass is thrown on. */
function empechement(cause: unknown, siren: Siren): FichierSigne {
  const definitive = cause instanceof ErreurVgm && cause.fiche.nature === 'definitive';
  if (!definitive || !cause.fiche.code.startsWith('VGM-SGT-')) throw cause;
  const detail = `${cause.fiche.code} ${enIncise(cause.fiche.message)}`;
  return { type: 'empeche', erreur: erreurSignature('VGM-SIG-041', { siren, detail }).fiche };
}

/** Signs into the coffre: what is written waits there, and is thrown away unless all went well. */
async function ecrireSigne(
  outils: OutilsSigner,
  { signataire, politique, fiche }: Moyens,
  { flux, instant, source }: Original & { readonly source: SourceOctets },
): Promise<{ readonly resultat: ResultatSignature; readonly attente: PieceEnAttente | null }> {
  const tuyau = creerTuyau();
  // Identifiers of XML, the same at each try: a file is never signed twice.
  const marque = flux.id.replaceAll('-', '');
  const signature = signerXades({
    source,
    ecrire: tuyau.ecrire,
    cibles: { type: fiche.perimetre },
    signataire,
    instant,
    politique,
    role: fiche.qualite,
    lieu: null,
    version: outils.reglage.xades,
    identifiants: (rang) => `SIG_${marque}_${rang}`,
    idManquant: (rang) => `ID_${marque}_${rang}`,
  }).then((resultat) => {
    if (resultat.type === 'signe') tuyau.finir();
    else tuyau.rompre(erreurSignature('VGM-SIG-002'));
    return resultat;
  });
  const reception = outils.coffre.recevoir(tuyau.lire());
  for (const cote of [signature, reception]) cote.catch((cause: unknown) => tuyau.rompre(cause));
  const [recue, faite] = await Promise.allSettled([reception, signature]);
  if (faite.status === 'fulfilled' && faite.value.type === 'refuse') {
    return { resultat: faite.value, attente: null };
  }
  // whoever failed first broke the pipe with its own cause
  if (recue.status === 'rejected') throw recue.reason;
  if (faite.status === 'fulfilled') return { resultat: faite.value, attente: recue.value };
  await recue.value.jeter();
  throw faite.reason;
}

/** Bytes of a file that waits, from its start, as many times as asked. */
export function octetsDe(attente: PieceEnAttente): SourceOctets {
  const bloc = 256 * 1024;
  return async function* lire() {
    for (let debut = 0; debut < attente.taille; debut += bloc) {
      yield await attente.lire(debut, Math.min(debut + bloc, attente.taille));
    }
  };
}

/**
 * Signs the file, InfoDematerialisee made « 1 » and missing `Id` added on the way, and proves that nothing else changed.
 * The signature itself is not yet believed: it is for the caller to verify it.
 * Throws what a key out of reach throws (VGM-SGT-005), and what the coffre does.
 */
export async function signerIci(
  outils: OutilsSigner,
  moyens: Moyens,
  original: Original,
): Promise<FichierSigne> {
  const { collectivite: siren } = original.flux;
  const retouches = original.preparation.annoncer(moyens.fiche.perimetre === 'fichier');
  if (retouches === null) return refus(SANS_ENTETE);
  const source: SourceOctets = () => retoucher(original.octets, retouches);
  let fait: Awaited<ReturnType<typeof ecrireSigne>>;
  try {
    fait = await ecrireSigne(outils, moyens, { ...original, source });
  } catch (cause) {
    return empechement(cause, siren);
  }
  const { resultat, attente } = fait;
  if (resultat.type === 'refuse' || attente === null) return lireRefus(resultat, siren);
  return prouver(original, attente, resultat.signatures.length).catch(async (cause: unknown) => {
    await attente.jeter();
    throw cause;
  });
}

/** The file signed is the one deposited, with as many signatures as were made. */
async function prouver(original: Original, attente: PieceEnAttente, faites: number): Promise<FichierSigne> {
  const comparaison = await contenuSigneEgal(original.octets, octetsDe(attente));
  if (comparaison.type === 'egal' && comparaison.signatures === faites) {
    return { type: 'signe', attente, sha1: comparaison.sha1, signatures: faites };
  }
  await attente.jeter();
  const detail = 'le fichier signé n’est plus le fichier déposé';
  return { type: 'empeche', erreur: erreurSignature('VGM-SIG-042', { detail }).fiche };
}

function lireRefus(resultat: ResultatSignature, siren: Siren): FichierSigne {
  const [motif] = resultat.type === 'refuse' ? resultat.motifs : [];
  if (motif === undefined) throw erreurSignature('VGM-SIG-002');
  if (DU_FICHIER.has(motif.code)) return refus(motif);
  const detail = `${motif.code} ${enIncise(motif.message)}`;
  return { type: 'empeche', erreur: erreurSignature('VGM-SIG-041', { siren, detail }).fiche };
}
