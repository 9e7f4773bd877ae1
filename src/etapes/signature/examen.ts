import type { SignatureHelios } from '../../config/signature.ts';
import type { PreuvesFournies, VerdictConfiance } from '../../formats/certificats/confiance.ts';
import type { MagasinOuvert } from '../../formats/certificats/magasin.ts';
import type { AgeMax } from '../../formats/certificats/revocation.ts';
import type { SourceOctets } from '../../formats/xades/flux.ts';
import type { TablePolitiques } from '../../formats/xades/politiques.ts';
import type { RapportSignature, RapportXades } from '../../formats/xades/rapport.ts';
import { verifierXades } from '../../formats/xades/verifier.ts';
import type { RefusXml } from '../../formats/xml/evenements.ts';
import { REFUS } from '../../formats/xml/refus.ts';
import { erreurNoyau } from '../../metier/catalogue/noyau.ts';
import { erreurSignature } from '../../metier/catalogue/signature.ts';
import type { Piece } from '../../metier/flux.ts';
import type { Instant, Sha256 } from '../../metier/identifiants.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Coffre } from '../../ports/coffre.ts';
import type { Revocation } from '../../ports/revocation.ts';
import { type FaitsASigner, PreparationSignature } from '../../protocoles/helios/signature/preparation.ts';
import { type ConfianceEtablie, etablirConfiance } from '../confiance.ts';
import {
  type ConfianceJugee,
  type ConstatSignature,
  constater,
  type SignatureConstatee,
  type Verifiees,
} from './constats.ts';

/** Whom to believe, and how to know of revocation. */
export interface ConfianceSignatures {
  /** Families admitted for PES; null: the operator has no trust store at all, nobody is judged. */
  readonly magasin: MagasinOuvert | null;
  /** null: no server is asked. */
  readonly revocation: Revocation | null;
  readonly ageMax: AgeMax;
  readonly politiques: TablePolitiques;
}

/** What the settings say of a judgement. */
export interface ReglageExamen
  extends Pick<SignatureHelios, 'controles' | 'revocation_indisponible' | 'revocation_essais'> {}

export interface OutilsExamen {
  readonly coffre: Pick<Coffre, 'ajouter'>;
  readonly clock: Clock;
  readonly confiance: ConfianceSignatures;
  readonly reglage: ReglageExamen;
}

/** A file whose signatures are looked at. */
export interface FichierExamine {
  readonly octets: SourceOctets;
  readonly sha256: Sha256;
  /** Since when it is here. */
  readonly arrivee: Instant;
}

export type Verification =
  | {
      readonly type: 'lue';
      readonly rapport: RapportXades;
      readonly faits: FaitsASigner;
      /** Where « 1 » would be written, in these bytes. */
      readonly preparation: PreparationSignature;
    }
  | { readonly type: 'illisible'; readonly refus: RefusXml };

/**
 * The one verification: every signature at its SigningTime, and what the file says of itself, in the same pass.
 * Throws VGM-SIG-002 when it was cut short, VGM-NOY-006 when the bytes are not those of the piece.
 */
export async function verifierSignatures(
  fichier: Pick<FichierExamine, 'octets' | 'sha256'>,
  politiques: TablePolitiques,
  signal: AbortSignal,
): Promise<Verification> {
  const preparation = new PreparationSignature();
  const verdict = await verifierXades(fichier.octets, {
    politiques,
    aussi: preparation,
    lecture: { echu: () => signal.aborted },
  });
  if (verdict.type === 'illisible') {
    if (verdict.refus.code === REFUS.delai[0]) throw erreurSignature('VGM-SIG-002');
    return verdict;
  }
  if (verdict.type === 'source_changee' || verdict.sha256 !== fichier.sha256) {
    throw erreurNoyau('VGM-NOY-006', { empreinte: fichier.sha256 });
  }
  return { type: 'lue', rapport: verdict, faits: preparation.faits(), preparation };
}

/** Signers told apart in one file; each costs a path and questions to servers. */
const SIGNATAIRES_MAX = 100;

type SignatureJugee = SignatureConstatee &
  Pick<RapportSignature, 'joints'> & {
    /** Evidence that came with it. */ readonly preuves?: PreuvesFournies;
  };

/** Signatures made with one certificate, joined by the same others. */
interface Groupe {
  readonly certificats: readonly Uint8Array[];
  readonly signatures: readonly (SignatureJugee & { readonly instant: Instant })[];
}

/** Whom to judge, and what came with the document. */
interface Sujet {
  readonly certificats: readonly Uint8Array[];
  readonly preuves: PreuvesFournies;
}

function sujetDe({ certificats, signatures }: Groupe): Sujet {
  const crl = signatures.flatMap((s) => s.preuves?.crl ?? []);
  const ocsp = signatures.flatMap((s) => s.preuves?.ocsp ?? []);
  return { certificats, preuves: { crl, ocsp } };
}

function grouper(signatures: readonly SignatureJugee[]): Groupe[] {
  const groupes = new Map<string, { certificats: readonly Uint8Array[]; signatures: SignatureJugee[] }>();
  for (const s of signatures) {
    if (s.signataire === null || s.instant === null) continue;
    const joints = s.joints.map((der) => Buffer.from(der).toString('latin1'));
    const cle = [s.signataire.sha256, ...joints.toSorted()].join('\0');
    const groupe = groupes.get(cle) ?? { certificats: [s.signataire.der, ...s.joints], signatures: [] };
    groupe.signatures.push(s);
    groupes.set(cle, groupe);
  }
  return [...groupes.values()] as Groupe[];
}

type Jugee = Extract<ConfianceJugee, { type: 'jugee' }>;

const SEVERITE: readonly VerdictConfiance['type'][] = ['confiance', 'indetermine', 'sans_niveau', 'refuse'];

function severite({ verdict }: Jugee): number {
  return SEVERITE.indexOf(verdict.type);
}

export interface Attente {
  /** Failed looks so far. */
  readonly essais: number;
  readonly signal: AbortSignal;
}

export type Examen =
  | {
      readonly type: 'juge';
      /** First what refuses, then what is told. */
      readonly constats: readonly ConstatSignature[];
      readonly confiances: ReadonlyMap<number, ConfianceJugee>;
      /** `preuves_confiance`. */
      readonly pieces: readonly Piece[];
    }
  /** Servers have not answered for so long that a person must know. French. */
  | { readonly type: 'alerte'; readonly detail: string };

/** Judges the signatures of one file. Evidence goes to the coffre as it is found; it is a piece once the outcome says so. */
export class Juge {
  readonly #outils: OutilsExamen;
  readonly #attente: Attente;
  readonly #pieces: Piece[] = [];
  /** Servers that do not answer, told once. */
  #panne: string | null = null;

  constructor(outils: OutilsExamen, attente: Attente) {
    this.#outils = outils;
    this.#attente = attente;
  }

  /**
   * Nobody is asked anything about a signature that is refused without it.
   * Throws VGM-SIG-001 while a server that is down may still answer.
   */
  async juger(verification: Verifiees<SignatureJugee>, arrivee: Instant): Promise<Examen> {
    const { clock, confiance, reglage } = this.#outils;
    const regles = {
      maintenant: clock.now(),
      arrivee,
      magasin: confiance.magasin !== null,
      controles: reglage.controles,
    };
    const rien: ReadonlyMap<number, ConfianceJugee> = new Map();
    const avant = constater(verification, rien, regles);
    if (confiance.magasin === null || avant.some((c) => c.avis === 'refuser')) {
      return { type: 'juge', constats: avant, confiances: rien, pieces: [] };
    }
    const confiances = await this.#toutes(verification.rapport.signatures, confiance.magasin);
    if (this.#bloquante !== null) return { type: 'alerte', detail: this.#bloquante };
    return {
      type: 'juge',
      constats: constater(verification, confiances, regles),
      confiances,
      pieces: this.#pieces,
    };
  }

  /**
   * The certificate of a key of ours, before it signs: asked first, so that a server that is down does not make us sign
   * for nothing. Throws VGM-SIG-001.
   * @returns which servers have not answered for too long, null when we may go on.
   */
  async sonder(certificats: readonly Uint8Array[], instant: Instant): Promise<string | null> {
    const { magasin } = this.#outils.confiance;
    const sujet = { certificats, preuves: { crl: [], ocsp: [] } };
    if (magasin !== null) await this.#etablir(sujet, instant, magasin);
    return this.#bloquante;
  }

  get #bloquante(): string | null {
    return this.#outils.reglage.revocation_indisponible === 'attendre' ? this.#panne : null;
  }

  async #toutes(
    signatures: readonly SignatureJugee[],
    magasin: MagasinOuvert,
  ): Promise<ReadonlyMap<number, ConfianceJugee>> {
    const groupes = grouper(signatures);
    const jugees = new Map<number, ConfianceJugee>();
    for (const groupe of groupes.slice(0, SIGNATAIRES_MAX)) {
      for (const [rang, jugee] of await this.#groupe(groupe, magasin)) jugees.set(rang, jugee);
    }
    for (const { signatures: tues } of groupes.slice(SIGNATAIRES_MAX)) {
      for (const { rang } of tues) jugees.set(rang, { type: 'trop', maximum: SIGNATAIRES_MAX });
    }
    return jugees;
  }

  /**
   * One certificate is judged at its first and at its last signature: dates and revocation have a before and an after, so
   * what holds at both ends holds between; when they differ, those between take the worse.
   */
  async #groupe(groupe: Groupe, magasin: MagasinOuvert) {
    const { signatures } = groupe;
    const sujet = sujetDe(groupe);
    const instants = signatures.map((s) => s.instant).toSorted((a, b) => a - b);
    const [debut, fin] = [instants[0] as Instant, instants.at(-1) as Instant];
    const premiere = await this.#conclure(sujet, debut, magasin);
    const derniere = fin === debut ? premiere : await this.#conclure(sujet, fin, magasin);
    const pire = severite(premiere) > severite(derniere) ? premiere : derniere;
    return signatures.map(({ rang, instant }) => {
      const jugee = instant === debut ? premiere : instant === fin ? derniere : pire;
      return [rang, jugee] as const;
    });
  }

  async #conclure(sujet: Sujet, instant: Instant, magasin: MagasinOuvert): Promise<Jugee> {
    const { verdict, piece, aReessayer } = await this.#etablir(sujet, instant, magasin);
    const depot = await this.#outils.coffre.ajouter(piece);
    const nom = `preuves-confiance-${this.#pieces.length + 1}.json`;
    this.#pieces.push({ role: 'preuves_confiance', nom, type: 'application/json', ...depot });
    return { type: 'jugee', verdict, preuve: depot.sha256, indisponible: aReessayer };
  }

  async #etablir(sujet: Sujet, instant: Instant, magasin: MagasinOuvert): Promise<ConfianceEtablie> {
    const { clock, confiance, reglage } = this.#outils;
    const { signal, essais } = this.#attente;
    const maintenant = clock.now();
    // nothing can be known of a certificate in the future: a date to come is told apart
    const examine = instant < maintenant ? instant : maintenant;
    const etablie = await etablirConfiance(
      { ...sujet, instant: examine, magasin, signal },
      { clock, ...confiance },
    );
    if (signal.aborted) throw erreurSignature('VGM-SIG-002');
    if (!etablie.aReessayer) return etablie;
    const muets = etablie.essais.filter((e) => e.passager).map((e) => `${e.adresse} (${e.motif})`);
    const detail = [...new Set(muets)].join(', ');
    if (essais < reglage.revocation_essais) throw erreurSignature('VGM-SIG-001', { detail });
    this.#panne = detail;
    return etablie;
  }
}
