import { createHash } from 'node:crypto';
import { AnalyseurXml } from '../../../formats/xml/analyseur.ts';
import type { EncodageXml, RefusXml, SessionXml } from '../../../formats/xml/evenements.ts';
import type { SourceOctets } from '../../../formats/xades/flux.ts';
import type { Sha256 } from '../../../metier/identifiants.ts';
import { ContenuCanonique, type Jalon, type Portion } from './contenu.ts';
import { lireBooleen } from './lieux.ts';

export type Comparaison =
  | {
      readonly type: 'egal';
      /** Of the signed file. */
      readonly sha256: Sha256;
      readonly sha1: string;
      readonly octets: number;
      /** At the places of the norm; it may be none. */
      readonly signatures: number;
    }
  /** Where the signed file stops being the one deposited: at this place, or in what follows it. */
  | { readonly type: 'different'; readonly ligne: number; readonly colonne: number }
  | { readonly type: 'encodage'; readonly avant: EncodageXml; readonly apres: EncodageXml }
  /** The signed file. */
  | { readonly type: 'illisible'; readonly refus: RefusXml };

/** Fed at a time: what one side tells and the other has not reached is bounded by what this can say. */
const PORTION = 1 << 16;

class Ecoute extends ContenuCanonique {
  encodage: EncodageXml = 'UTF-8';

  override commencer(session: SessionXml): void {
    this.encodage = session.encodage;
    super.commencer(session);
  }
}

async function* portions(source: SourceOctets): AsyncGenerator<Uint8Array> {
  for await (const bloc of source()) {
    for (let i = 0; i < bloc.length; i += PORTION) yield bloc.subarray(i, i + PORTION);
  }
}

/** One of the two files, read as far as the comparison needs. */
class Cote {
  readonly contenu = new Ecoute();
  readonly sha256 = createHash('sha256');
  readonly sha1 = createHash('sha1');
  octets = 0;
  refus: RefusXml | null = null;
  fini = false;
  portion: Portion = { octets: Buffer.alloc(0), jalons: [], reperes: [] };
  /** How much of the portion is compared: bytes, then marks. */
  place = 0;
  jalon = 0;
  /** In the file: the last place known to stand before what comes next. */
  repere = 0;
  readonly #blocs: AsyncGenerator<Uint8Array>;
  readonly #analyseur: AnalyseurXml;

  constructor(source: SourceOctets) {
    this.#blocs = portions(source);
    this.#analyseur = new AnalyseurXml(this.contenu);
  }

  get vide(): boolean {
    return this.place === this.portion.octets.length && this.jalon === this.portion.jalons.length;
  }

  /** Reads on until there is something to compare, or nothing more. */
  async avancer(): Promise<void> {
    while (this.vide && !this.fini) {
      const suite = await this.#blocs.next();
      if (suite.done === true) this.#conclure(this.#analyseur.finir());
      else {
        this.sha256.update(suite.value);
        this.sha1.update(suite.value);
        this.octets += suite.value.length;
        const refus = this.#analyseur.ecrire(suite.value);
        if (refus !== null) this.#conclure(refus);
      }
      this.#retenir();
      this.portion = this.contenu.prendre();
      this.place = 0;
      this.jalon = 0;
    }
  }

  #conclure(refus: RefusXml | null): void {
    this.refus = refus;
    this.fini = true;
  }

  #retenir(): void {
    this.repere = this.portion.reperes.at(-1)?.octet ?? this.repere;
  }

  /** Bytes that precede the next mark. */
  get longueur(): number {
    return (this.portion.jalons[this.jalon]?.place ?? this.portion.octets.length) - this.place;
  }

  get attendu(): Jalon | null {
    return this.longueur === 0 ? (this.portion.jalons[this.jalon]?.jalon ?? null) : null;
  }

  /** Offset in the file of the last place known at or before this byte of the portion. */
  octetDe(place: number): number {
    return this.portion.reperes.findLast((r) => r.place <= place)?.octet ?? this.repere;
  }

  async fermer(): Promise<void> {
    await this.#blocs.return(undefined);
  }
}

/** Rank of the first byte that differs, or `longueur`. */
function commun(a: Cote, b: Cote, longueur: number): number {
  const [x, y] = [a.portion.octets, b.portion.octets];
  if (x.compare(y, b.place, b.place + longueur, a.place, a.place + longueur) === 0) return longueur;
  let i = 0;
  while (x[a.place + i] === y[b.place + i]) i += 1;
  return i;
}

/** An `Id` added where there was none, « 1 » where there was 0 or nothing; what is already there stays. */
function admis(avant: Jalon, apres: Jalon): boolean {
  if (avant.type !== apres.type) return false;
  if (avant.valeur === apres.valeur) return true;
  if (avant.type === 'id') return avant.valeur === null;
  const faux = avant.valeur === null || lireBooleen(avant.valeur) === false;
  return faux && lireBooleen(apres.valeur ?? '') === true;
}

/** Compares what both sides have told. @returns the place in the portion of `b` where they part, null as long as they agree. */
function confronter(a: Cote, b: Cote): number | null {
  while (!a.vide && !b.vide) {
    const longueur = Math.min(a.longueur, b.longueur);
    const egaux = commun(a, b, longueur);
    if (egaux < longueur) return b.place + egaux;
    a.place += longueur;
    b.place += longueur;
    const [avant, apres] = [a.attendu, b.attendu];
    if (avant === null && apres === null) continue;
    if (avant === null || apres === null) {
      // the other may be at the end of what it has told: its mark, or its next byte, is still to come
      if (avant === null ? a.vide : b.vide) return null;
      return b.place;
    }
    if (!admis(avant, apres)) return b.place;
    a.jalon += 1;
    b.jalon += 1;
  }
  return null;
}

interface Lieu {
  readonly ligne: number;
  readonly colonne: number;
}

/** Line and column (in characters) of a byte, both from 1. */
async function situer(source: SourceOctets, octet: number, encodage: EncodageXml): Promise<Lieu> {
  let [reste, ligne, colonne] = [octet, 1, 1];
  for await (const bloc of source()) {
    for (const o of bloc.subarray(0, reste)) {
      if (o === 0x0a) [ligne, colonne] = [ligne + 1, 1];
      // every byte but those that continue a character
      else if (encodage !== 'UTF-8' || (o & 0xc0) !== 0x80) colonne += 1;
    }
    reste -= bloc.length;
    if (reste <= 0) break;
  }
  return { ligne, colonne };
}

type Divergence = Exclude<Comparaison, { type: 'egal' }> | { readonly type: 'place'; readonly octet: number };

/** One step: both read on, then compared. @returns why they part, null as long as they do not. */
async function pas(a: Cote, b: Cote): Promise<Divergence | null> {
  await a.avancer();
  await b.avancer();
  if (b.refus !== null) return { type: 'illisible', refus: b.refus };
  const [avant, apres] = [a.contenu.encodage, b.contenu.encodage];
  if (avant !== apres) return { type: 'encodage', avant, apres };
  const place = confronter(a, b);
  if (place !== null) return { type: 'place', octet: b.octetDe(place) };
  const muets = [a, b].filter((c) => c.vide && c.fini).length;
  const parlants = [a, b].filter((c) => !c.vide).length;
  // one has said all, and the other has not; or the first could not be read to its end
  const ecart = (muets > 0 && parlants > 0) || (muets === 2 && a.refus !== null);
  return ecart ? { type: 'place', octet: b.octetDe(b.place) } : null;
}

/**
 * Is the signed file the one deposited, but for its signatures, the `Id` they point at and InfoDematerialisee = 1? Both
 * are read once, side by side, in bounded memory. Throws what the sources throw.
 * @param depose a file that was read before: one that cannot be is told as different.
 */
export async function contenuSigneEgal(depose: SourceOctets, signe: SourceOctets): Promise<Comparaison> {
  const [a, b] = [new Cote(depose), new Cote(signe)];
  try {
    while (!a.fini || !b.fini || !a.vide || !b.vide) {
      const divergence = await pas(a, b);
      if (divergence === null) continue;
      if (divergence.type !== 'place') return divergence;
      return { type: 'different', ...(await situer(signe, divergence.octet, b.contenu.encodage)) };
    }
    return {
      type: 'egal',
      sha256: b.sha256.digest('hex') as Sha256,
      sha1: b.sha1.digest('hex'),
      octets: b.octets,
      signatures: b.contenu.signatures,
    };
  } finally {
    await Promise.all([a.fermer(), b.fermer()]);
  }
}
