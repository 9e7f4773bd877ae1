import { type Etat, LIBERE_IDENTITE } from '../../metier/etats.ts';
import type { Flux } from '../../metier/flux.ts';
import type { FluxId, Sha256 } from '../../metier/identifiants.ts';
import { type BilanAck, type IssueAck, nommerUnite, type UniteJugee } from './accuse/bilan.ts';
import { refusEntier } from './accuse/confrontation.ts';
import { departsAvant } from './accuse/departs.ts';
import { type IssueTranchee, type JugementAck, jugerAck } from './accuse/jugement.ts';
import { consigneBordereau, consigneFichier, consignePiece } from './correction/consignes.ts';
import { type BordereauEnvoye, type Inventaire, inventaire } from './correction/inventaire.ts';
import {
  type ConduiteFichier,
  conduiteFichier,
  type Contexte,
  contexteDe,
  type Jugement,
  juger,
} from './correction/juger.ts';
import type { FaitsPes } from './lecture/faits.ts';

/** A part of the file, under the words people use: « bordereau de dépense n° 41 (2026) ». */
interface Nommee extends Jugement {
  readonly nom: string;
}

export interface BordereauJuge extends Nommee, BordereauEnvoye {
  /** What to do, in French. */
  readonly consigne: string;
}

export interface PieceJugee extends Nommee {
  readonly idUnique: string;
  /** Names of the bordereaux that cite it. */
  readonly bordereaux: readonly string[];
  readonly consigne: string;
}

export interface Correction {
  readonly flux: FluxId;
  readonly identite: string;
  readonly etat: Etat;
  readonly nomFic: string;
  readonly codCol: string;
  readonly codBud: string;
  /** Of the file as it was sent. */
  readonly sha256: Sha256;
  readonly issue: IssueAck;
  /** Sendings made before the acquittement, that may have left something at the State's. */
  readonly departs: number;
  readonly conduite: ConduiteFichier;
  readonly consigne: string;
  /** The first file keeps its NomFic: the next one needs another. */
  readonly autreNom: boolean;
  /** Every bordereau and every piece of the file is named below. */
  readonly complete: boolean;
  /** What the answer says of the file itself, and of marchés. */
  readonly generales: readonly Nommee[];
  readonly bordereaux: readonly BordereauJuge[];
  readonly pieces: readonly PieceJugee[];
}

export interface FaitsCorrection {
  readonly flux: Pick<Flux, 'id' | 'identite' | 'etat' | 'resume'>;
  /** Of the acquittement that settled the flux, and its name at the gateway. */
  readonly bilan: BilanAck;
  readonly acquittement: string;
  /** What a person said of it; null when it speaks for itself. */
  readonly tranche: IssueTranchee | null;
  /** The file as it was sent. */
  readonly envoye: FaitsPes;
  readonly sha256: Sha256;
}

interface Jugees {
  readonly bordereaux: readonly Omit<BordereauJuge, 'consigne'>[];
  readonly pieces: readonly Omit<PieceJugee, 'consigne'>[];
}

function nomBordereau({ domaine, exercice, numero }: BordereauEnvoye): string {
  const unite = { type: 'bordereau', numero, exercice: exercice === '' ? null : exercice } as const;
  return nommerUnite({ domaine, unite });
}

/** Which bordereaux cite each piece. */
function citants(bordereaux: Jugees['bordereaux']): ReadonlyMap<string, readonly string[]> {
  const par = new Map<string, string[]>();
  for (const { nom, pieces } of bordereaux) {
    for (const idUnique of pieces) {
      const deja = par.get(idUnique);
      if (deja === undefined) par.set(idUnique, [nom]);
      else deja.push(nom);
    }
  }
  return par;
}

function jugerUnites(envoye: Inventaire, { confrontation: sorts }: JugementAck, contexte: Contexte): Jugees {
  const bordereaux = sorts.bordereaux.map((reponse, k) => {
    const b = envoye.bordereaux[k] as BordereauEnvoye;
    return { nom: nomBordereau(b), ...b, ...juger(reponse, contexte) };
  });
  const cites = citants(bordereaux);
  const pieces = sorts.pieces.map(({ idUnique, ...reponse }) => ({
    nom: nommerUnite({ domaine: null, unite: { type: 'pj', idUnique } }),
    idUnique,
    bordereaux: cites.get(idUnique) ?? [],
    ...juger(reponse, contexte),
  }));
  return { bordereaux, pieces };
}

function avecConsignes({ bordereaux, pieces }: Jugees, departs: number): Pick<Correction, keyof Jugees> {
  const prises = new Set(pieces.filter((p) => p.conduite === 'retirer').map((p) => p.idUnique));
  const partants = new Set(bordereaux.filter((b) => b.conduite !== 'retirer').map((b) => b.nom));
  return {
    bordereaux: bordereaux.map((b) => {
      const siennes = b.pieces.filter((p) => prises.has(p));
      return { ...b, consigne: consigneBordereau(b, siennes, departs) };
    }),
    pieces: pieces.map((p) => {
      const seule = !p.bordereaux.some((b) => partants.has(b));
      return { ...p, consigne: consignePiece(p, seule, departs) };
    }),
  };
}

const estMarche = ({ unite }: UniteJugee): boolean => unite.type === 'marche';
const estGenerale = (u: UniteJugee): boolean => estMarche(u) || u.unite.type === 'fichier';

/**
 * A refusal of the whole file bears on its units already; it is counted for itself when it has none. Beside units that
 * are all accepted by name, it leaves a question.
 */
function conduites({ bordereaux, pieces }: Jugees, bilan: BilanAck, contexte: Contexte) {
  const siennes = [...bordereaux, ...pieces];
  const autres = bilan.unites.filter(siennes.length === 0 ? estGenerale : estMarche);
  const toutes = new Set([...siennes, ...autres.map((u) => juger(u, contexte))].map((u) => u.conduite));
  const refus = bilan.issue === 'accepte' ? undefined : refusEntier(bilan.unites);
  const vain = refus !== undefined && juger(refus, contexte).conduite !== 'retirer';
  return vain && toutes.size === 1 && toutes.has('retirer')
    ? new Set([...toutes, 'trancher' as const])
    : toutes;
}

/**
 * Says of each bordereau and of each piece of a file that was answered what the next file must do with it: accepted, it
 * may not come again; refused, it comes again for what the State says. Pure.
 */
export function correction(faits: FaitsCorrection): Correction {
  const { flux, envoye, sha256, tranche } = faits;
  const avant = departsAvant(flux, faits.acquittement);
  const departs = avant.surs;
  const contenu = inventaire(envoye);
  const jugement = jugerAck(faits.bilan, contenu, { departs: avant, tranche });
  const { bilan } = jugement;
  const contexte = contexteDe(bilan, departs);
  const jugees = jugerUnites(contenu, jugement, contexte);
  const conduite = conduiteFichier(conduites(jugees, bilan, contexte));
  const autreNom = !LIBERE_IDENTITE.includes(flux.etat);
  const { nomFic, codCol, codBud } = envoye.entetes;
  return {
    flux: flux.id,
    identite: flux.identite,
    etat: flux.etat,
    nomFic: nomFic?.valeur ?? '',
    codCol: codCol?.valeur ?? '',
    codBud: codBud?.valeur ?? '',
    sha256,
    issue: bilan.issue,
    departs,
    conduite,
    consigne: consigneFichier(conduite, { autreNom, signe: envoye.signatures.length > 0 }),
    autreNom,
    complete: contenu.complet,
    generales: bilan.unites.filter(estGenerale).map((u) => ({ nom: nommerUnite(u), ...juger(u, contexte) })),
    ...avecConsignes(jugees, departs),
  };
}
