import type { Sha256 } from '../../../metier/identifiants.ts';
import type { OptionsXml } from '../../xml/analyseur.ts';
import type { EncodageXml, RefusXml } from '../../xml/evenements.ts';
import { Cahier, constat } from '../constats.ts';
import { parcourir, type SourceOctets } from '../flux.ts';
import type { ReglesJugement } from '../juger.ts';
import { conclure, mesurerCouverture, resumer } from './couverture.ts';
import { type Affaire, type Contexte, instruire } from './designer.ts';
import { type DemandeEmpreinte, Empreintes } from './empreintes.ts';
import { type FichierLu, type FichiersFournis, lireFichier } from './fichiers.ts';
import { jugerSignature, type Mesures } from './juger.ts';
import type { RapportBase, VerdictBase } from './rapport.ts';
import { ReleveBase, SIGNATURES_MAX, type SignatureRelevee } from './releve.ts';

export interface OptionsVerificationBase extends Partial<Omit<ReglesJugement, 'jugerCertificat'>> {
  /** What detached signatures are about, by the name that they write. A file that is not given is told, never guessed. */
  readonly fichiers?: FichiersFournis;
  /** Identifiers are always to be unique. */
  readonly lecture?: Omit<OptionsXml, 'ids'>;
  /** Signatures of one file, beyond which it is refused; 100 unless said otherwise. */
  readonly signaturesMax?: number;
}

/** Ids of the signed and unsigned properties, each with its signature. */
function proprietaires(releve: ReleveBase): ReadonlyMap<string, SignatureRelevee> {
  const ids = new Map<string, SignatureRelevee>();
  for (const relevee of releve.signatures) {
    const objets = relevee.racine.enfants.filter((e) => e.nom === 'Object');
    for (const qp of objets.flatMap((o) => o.enfants)) {
      for (const { attributs } of qp.enfants) ids.set(attributs.get('Id') ?? '', relevee);
    }
  }
  return ids;
}

/** What to digest for a signature; nothing of what holds it when another one stands beside, for it is refused. */
function demandesDe({ relevee, designations, info }: Affaire): DemandeEmpreinte[] {
  const seule = (relevee.porteur?.signatures ?? 1) === 1;
  const siennes = designations.flatMap(({ demande, vise }) => {
    const dehors = vise.type === 'element' || vise.type === 'document';
    return demande === null || (dehors && !seule) ? [] : [demande];
  });
  return info === null ? siennes : [info, ...siennes];
}

/** Every file given that a signature names, read once. */
async function lireFichiers(
  affaires: readonly Affaire[],
  fournis: FichiersFournis,
): Promise<ReadonlyMap<string, FichierLu>> {
  const demandes = new Map<string, Set<string>>();
  for (const { vise, reference } of affaires.flatMap((a) => a.designations)) {
    if (vise.type !== 'fichier') continue;
    demandes.set(vise.nom, (demandes.get(vise.nom) ?? new Set()).add(reference.hachage.node));
  }
  const lus = new Map<string, FichierLu>();
  for (const [nom, hachages] of demandes) {
    const fourni = fournis.get(nom);
    if (fourni === undefined) continue;
    lus.set(nom, typeof fourni === 'function' ? await lireFichier(fourni, hachages) : fourni);
  }
  return lus;
}

interface Instruites {
  readonly releve: ReleveBase;
  readonly affaires: readonly Affaire[];
  readonly mesures: Mesures;
}

interface Faits {
  readonly sha256: Sha256;
  readonly octets: number;
  readonly encodage: EncodageXml;
}

async function rapporter(
  { releve, affaires, mesures }: Instruites,
  faits: Faits,
  options: OptionsVerificationBase,
): Promise<RapportBase> {
  const { fichiers = new Map(), lecture: _, signaturesMax = SIGNATURES_MAX, ...donnees } = options;
  let regles: ReglesJugement = { politiques: [], ...donnees };
  if (donnees.magasin !== undefined) {
    const { jugerCertificat } = await import('../../certificats/confiance.ts');
    regles = { ...regles, jugerCertificat };
  }
  const signatures = affaires.map((affaire) => jugerSignature(affaire, mesures, regles));
  const couverture = mesurerCouverture(releve, signatures, [...fichiers.keys()]);
  const constats = releve.tropDeSignatures ? [constat('tropDeSignatures', signaturesMax)] : [];
  const conclusion = releve.tropDeSignatures ? 'refusee' : conclure(signatures, couverture);
  const resume = resumer(conclusion, signatures, couverture);
  return { type: 'lu', conclusion, resume, ...faits, signatures, couverture, constats };
}

/** The second pass, when something of the file is to be digested. */
async function digerer(
  source: SourceOctets,
  demandes: readonly DemandeEmpreinte[],
  { sha256, reglage }: { readonly sha256: Sha256; readonly reglage: Omit<OptionsXml, 'ids'> },
): Promise<Empreintes | { readonly refus: RefusXml } | 'changee'> {
  const empreintes = new Empreintes(demandes);
  if (demandes.length === 0) return empreintes;
  const seconde = await parcourir(source, empreintes, reglage);
  if (seconde.sha256 !== sha256) return 'changee';
  return seconde.refus === null ? empreintes : { refus: seconde.refus };
}

/**
 * Verifies every XAdES baseline B signature of a file (EN 319 132-1): alone (detached, enveloping) or inside what it
 * signs. Two strict passes over the file, one over each file given; memory does not depend on their sizes. Nothing is
 * fetched. Throws what the sources throw.
 */
export async function verifierBase(
  source: SourceOctets,
  options: OptionsVerificationBase = {},
): Promise<VerdictBase> {
  const { fichiers = new Map<string, never>(), lecture: reglage = {} } = options;
  const releve = new ReleveBase(options.signaturesMax);
  const { refus, sha256, octets } = await parcourir(source, releve, reglage);
  if (refus !== null) return { type: 'illisible', refus };
  const contexte: Contexte = {
    releve,
    proprietaires: proprietaires(releve),
    fournis: new Set(fichiers.keys()),
  };
  const affaires = releve.signatures.map((relevee) => instruire(relevee, contexte, new Cahier()));
  const seconde = await digerer(source, affaires.flatMap(demandesDe), { sha256, reglage });
  if (seconde === 'changee') return { type: 'source_changee' };
  if ('refus' in seconde) return { type: 'illisible', refus: seconde.refus };
  const mesures: Mesures = {
    empreintes: seconde.faites,
    fichiers: await lireFichiers(affaires, fichiers),
    instructionsHors: releve.instructionsHors,
  };
  return rapporter({ releve, affaires, mesures }, { sha256, octets, encodage: releve.encodage }, options);
}
