import { ErreurDer } from './der.ts';

/**
 * BER (X.690 § 8) written again as DER, for structures that old software makes with indefinite lengths, long forms and
 * strings in pieces: one strict reader then serves them all. What is DER already comes back as the same octets.
 */

export interface ValeurDer {
  readonly der: Uint8Array;
  /** Offset of what follows the value. */
  readonly fin: number;
}

const PROFONDEUR_MAX = 64;
const VALEURS_MAX = 200_000;
const OCTETS = 0x04;
const CONSTRUIT = 0x20;

interface Entete {
  readonly tag: number;
  readonly debut: number;
  /** null: indefinite. */
  readonly taille: number | null;
  /** Written as DER would. */
  readonly minimale: boolean;
}

function lireEntete(octets: Uint8Array, place: number): Entete {
  const tag = octets[place];
  const court = octets[place + 1];
  if (tag === undefined || court === undefined) throw new ErreurDer('valeur ASN.1 tronquée');
  if ((tag & 0x1f) === 0x1f) throw new ErreurDer('étiquette ASN.1 longue');
  if (court === 0x80) {
    if ((tag & CONSTRUIT) === 0) throw new ErreurDer('longueur ASN.1 indéfinie mal placée');
    return { tag, debut: place + 2, taille: null, minimale: false };
  }
  if (court < 0x80) return { tag, debut: place + 2, taille: court, minimale: true };
  const n = court & 0x7f;
  if (n > 8) throw new ErreurDer('longueur ASN.1 démesurée');
  let taille = 0;
  for (let i = 0; i < n; i += 1) taille = taille * 256 + (octets[place + 2 + i] ?? 0);
  return { tag, debut: place + 2 + n, taille, minimale: taille >= 0x80 && taille >= 256 ** (n - 1) };
}

function ecrireEntete(tag: number, taille: number): Buffer {
  if (taille < 0x80) return Buffer.from([tag, taille]);
  const longueur: number[] = [];
  for (let reste = taille; reste > 0; reste = Math.floor(reste / 256)) longueur.unshift(reste % 256);
  return Buffer.from([tag, 0x80 | longueur.length, ...longueur]);
}

/** One reading: its number of values is bounded, whoever wrote them. */
class Normalisation {
  readonly #octets: Uint8Array;
  #restantes = VALEURS_MAX;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  valeur(place: number, niveau: number): ValeurDer {
    this.#restantes -= 1;
    if (niveau > PROFONDEUR_MAX || this.#restantes < 0) throw new ErreurDer('structure ASN.1 démesurée');
    const entete = lireEntete(this.#octets, place);
    const limite = entete.taille === null ? this.#octets.length : entete.debut + entete.taille;
    if (limite > this.#octets.length) throw new ErreurDer('valeur ASN.1 tronquée');
    if ((entete.tag & CONSTRUIT) !== 0) return this.#construite(place, entete, { limite, niveau });
    const contenu = this.#octets.subarray(entete.debut, limite);
    return { der: this.#rendre(place, entete, [contenu]), fin: limite };
  }

  /** As it was when nothing in it had to change. */
  #rendre(place: number, { tag, debut, minimale }: Entete, membres: readonly Uint8Array[]): Uint8Array {
    const taille = membres.reduce((somme, m) => somme + m.length, 0);
    const telle = this.#octets.subarray(place, debut + taille);
    const intacte = minimale && suivent(this.#octets, debut, membres);
    return intacte ? telle : Buffer.concat([ecrireEntete(tag, taille), ...membres]);
  }

  #construite(
    place: number,
    entete: Entete,
    { limite, niveau }: { readonly limite: number; readonly niveau: number },
  ): ValeurDer {
    const membres: Uint8Array[] = [];
    let ici = entete.debut;
    while (entete.taille === null ? !this.#finContenu(ici) : ici < limite) {
      const membre = this.valeur(ici, niveau + 1);
      if (membre.fin > limite) throw new ErreurDer('valeur ASN.1 tronquée');
      membres.push(membre.der);
      ici = membre.fin;
    }
    const fin = entete.taille === null ? ici + 2 : limite;
    if (entete.tag === (OCTETS | CONSTRUIT)) return { der: reunir(membres), fin };
    return { der: this.#rendre(place, entete, membres), fin };
  }

  #finContenu(place: number): boolean {
    if (place + 1 >= this.#octets.length) throw new ErreurDer('valeur ASN.1 tronquée');
    return this.#octets[place] === 0 && this.#octets[place + 1] === 0;
  }
}

/** Views of these very bytes, one after the other. */
function suivent(octets: Uint8Array, debut: number, membres: readonly Uint8Array[]): boolean {
  let place = octets.byteOffset + debut;
  for (const membre of membres) {
    if (membre.buffer !== octets.buffer || membre.byteOffset !== place) return false;
    place += membre.length;
  }
  return true;
}

/** A string in pieces (8.7.3): each piece was made DER already. */
function reunir(morceaux: readonly Uint8Array[]): Uint8Array {
  const contenus = morceaux.map((m) => {
    const { tag, debut } = lireEntete(m, 0);
    if (tag !== OCTETS) throw new ErreurDer('chaîne d’octets mal découpée');
    return m.subarray(debut);
  });
  const taille = contenus.reduce((somme, c) => somme + c.length, 0);
  return Buffer.concat([ecrireEntete(OCTETS, taille), ...contenus]);
}

/** The value that begins `octets`, as DER. Throws ErreurDer. */
export function enDer(octets: Uint8Array): ValeurDer {
  return new Normalisation(octets).valeur(0, 0);
}
