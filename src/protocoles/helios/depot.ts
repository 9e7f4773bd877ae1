import type { BilanXsd } from '../../formats/xsd/constats.ts';
import type { BilanPaquets } from '../../formats/xsd/paquets.ts';
import type { Collectivite, FicheHelios } from '../../metier/collectivite.ts';
import type { FluxId } from '../../metier/identifiants.ts';
import type { ObjetJson } from '../../metier/flux.ts';
import type { DepotLu } from '../protocole.ts';
import type { Bordereau, Domaine, Entetes, FaitsFichier, FaitsPes } from './lecture/faits.ts';
import type { LectureFichier } from './lecture/lire.ts';
import { ecrireCentimes } from './lecture/montant.ts';
import { normaliserNom } from './nommage.ts';

/** What the rules look at. */
export interface FaitsDepotPes {
  readonly lecture: LectureFichier;
  /** Findings of `schemas/helios` on the same pass; null when it did not listen. */
  readonly schema: BilanXsd | null;
  /** Findings of the schema packs on the same pass; null when none was asked. */
  readonly paquets: BilanPaquets | null;
  readonly collectivite: Collectivite;
  readonly fiche: Pick<FicheHelios, 'sirets' | 'destination'> | null;
  /** A signature is to be added by us before the sending: its absence proves nothing yet. */
  readonly aSigner: boolean;
  /** Flux of this collectivité that bear the same (NomFic, CodCol) and may stand at the State's. */
  readonly homonymes: readonly FluxId[];
  /** Flux of this collectivité with the same bytes (SHA-256) that may stand at the State's. */
  readonly jumeaux: readonly FluxId[];
}

/** Under which an acquittement will name the file; null when the file does not say. */
export interface CleFichier {
  readonly nomFic: string;
  readonly codCol: string;
}

export function cleFichier(faits: FaitsFichier | null): CleFichier | null {
  if (faits === null || faits.genre === 'inconnu') return null;
  const { nomFic, codCol } = faits.entetes;
  return nomFic === null || codCol === null ? null : { nomFic: nomFic.valeur, codCol: codCol.valeur };
}

/** Identity of a PES: `123/VALMONCEL_2026_41`. The blanks of its name that an acquittement may lose are not part of it. */
export function identite({ codCol, nomFic }: CleFichier): string {
  return `${normaliserNom(codCol)}/${normaliserNom(nomFic)}`;
}

/** The identity under which a file that the State answers is looked for; missing headers are empty. */
export function identiteCitee({ nomFic, codCol }: Pick<Entetes, 'nomFic' | 'codCol'>): string {
  return identite({ nomFic: nomFic?.valeur ?? '', codCol: codCol?.valeur ?? '' });
}

/** Bordereaux and pieces kept by name in the summary of a flux; the rest is counted. */
const CITES_MAX = 500;

function resumeBordereau(domaine: Domaine, b: Bordereau): ObjetJson {
  return {
    domaine: domaine.nom,
    exercice: b.exer?.valeur ?? null,
    numero: b.idBord?.valeur ?? null,
    type: b.typBord?.valeur ?? null,
    montantHT: b.mtBordHT === null ? null : ecrireCentimes(b.mtBordHT),
  };
}

function resumeEntetes(entetes: Entetes): ObjetJson {
  const { typFic, nomFic, dteStr, idPost, idColl, codCol, codBud } = entetes;
  return {
    typFic: typFic?.valeur ?? null,
    nomFic: nomFic?.valeur ?? null,
    dteStr: dteStr?.valeur ?? null,
    idPost: idPost?.valeur ?? null,
    idColl: idColl?.valeur ?? null,
    codCol: codCol?.valeur ?? null,
    codBud: codBud?.valeur ?? null,
  };
}

function resumePes(faits: FaitsPes): ObjetJson {
  const bordereaux = faits.domaines.flatMap((d) => d.bordereaux.map((b) => ({ d, b })));
  return {
    nombreBordereaux: bordereaux.length,
    bordereaux: bordereaux.slice(0, CITES_MAX).map(({ d, b }) => resumeBordereau(d, b)),
    nombrePieces: faits.pieces.length,
    pieces: faits.pieces.slice(0, CITES_MAX).map((p) => p.idUnique?.valeur ?? null),
    signatures: faits.signatures.length,
  };
}

/** What people call the file, and what its acquittement will be held against; null when it cannot be named. */
export function depotLu(lecture: LectureFichier): DepotLu | null {
  const { faits } = lecture;
  const cle = cleFichier(faits);
  if (faits === null || faits.genre === 'inconnu' || cle === null) return null;
  const propre =
    faits.genre === 'PES_Aller'
      ? resumePes(faits)
      : { retours: faits.elements.slice(0, CITES_MAX).map((e) => e.nomFichierRetour) };
  return {
    identite: identite(cle),
    resume: { genre: faits.genre, ...resumeEntetes(faits.entetes), sha1: lecture.sha1, ...propre },
  };
}
