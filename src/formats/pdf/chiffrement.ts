import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { erreurPdf } from '../../metier/catalogue/pdf.ts';
import { octetsDe } from './chaines.ts';
import { cleSansMotDePasse, type Serrure } from './cle-document.ts';
import { type Dictionnaire, enDictionnaire, enEntier, enNom, type ObjetPdf } from './objets.ts';
import { rc4 } from './rc4.ts';

/** Standard encryption (ISO 32000-1, 7.6; ISO 32000-2 for AES-256): what is read is deciphered, what is added is ciphered. */

type Methode = 'identite' | 'rc4' | 'aes128' | 'aes256';

const METHODES: Readonly<Record<string, Methode>> = {
  None: 'identite',
  V2: 'rc4',
  AESV2: 'aes128',
  AESV3: 'aes256',
};

const SEL_AES = Buffer.from('sAlT', 'latin1');
const IV = 16;

const aes = (cle: Uint8Array): string => (cle.length === 32 ? 'aes-256-cbc' : 'aes-128-cbc');

const refus = (detail: string): Error => erreurPdf('VGM-PDF-002', { detail });

/** An object, for which RC4 and AES-128 make a key of its own. */
export interface Place {
  readonly numero: number;
  readonly generation: number;
}

function methodeDe(filtres: Dictionnaire | null, nom: string | null): Methode {
  if (nom === null || nom === 'Identity') return 'identite';
  const filtre = enDictionnaire(filtres?.entrees.get(nom));
  const methode = METHODES[enNom(filtre?.entrees.get('CFM')) ?? 'None'];
  if (methode === undefined) throw refus('son chiffrement est d’une sorte inconnue');
  return methode;
}

function longueurCle(version: number, entrees: ReadonlyMap<string, ObjetPdf>): number {
  if (version === 1) return 5;
  if (version === 4) return 16;
  if (version === 5) return 32;
  const bits = enEntier(entrees.get('Length')) ?? 40;
  if (bits < 40 || bits > 128 || bits % 8 !== 0) throw refus('la longueur de sa clé est fausse');
  return bits / 8;
}

function lireSerrure({ entrees }: Dictionnaire, id: Buffer): Serrure {
  const octets = (cle: string): Buffer => {
    const objet = entrees.get(cle);
    return objet?.type === 'chaine' ? octetsDe(objet) : Buffer.alloc(0);
  };
  const metadonnees = entrees.get('EncryptMetadata');
  return {
    revision: enEntier(entrees.get('R')) ?? 0,
    longueur: longueurCle(enEntier(entrees.get('V')) ?? 0, entrees),
    o: octets('O'),
    u: octets('U'),
    ue: octets('UE'),
    permissions: enEntier(entrees.get('P')) ?? 0,
    metadonnees: !(metadonnees?.type === 'mot' && metadonnees.texte === 'false'),
    id,
  };
}

export class Chiffrement {
  readonly #cle: Buffer;
  readonly #filtres: Dictionnaire | null;
  readonly #version: number;
  readonly #metadonnees: boolean;
  readonly #flux: Methode;
  readonly #chaines: Methode;

  /**
   * @param dictionnaire of encryption, all its values direct.
   * @param id first identifier of the file, empty when it has none.
   * Throws VGM-PDF-002 when a password is asked for, or the encryption is not one of the norm.
   */
  constructor(dictionnaire: Dictionnaire, id: Buffer) {
    const { entrees } = dictionnaire;
    if (enNom(entrees.get('Filter')) !== 'Standard')
      throw refus('il n’est lisible que des porteurs de certains certificats');
    this.#version = enEntier(entrees.get('V')) ?? 0;
    const serrure = lireSerrure(dictionnaire, id);
    const { revision } = serrure;
    const connue = this.#version === 5 ? [5, 6].includes(revision) : [2, 3, 4].includes(revision);
    if (![1, 2, 4, 5].includes(this.#version) || !connue)
      throw refus('son chiffrement est d’une version inconnue');
    const cle = cleSansMotDePasse(serrure);
    if (cle === null) throw refus('il faut un mot de passe pour l’ouvrir');
    this.#cle = cle;
    this.#metadonnees = serrure.metadonnees;
    this.#filtres = this.#version >= 4 ? enDictionnaire(entrees.get('CF')) : null;
    const methode = (nom: string): Methode =>
      this.#version < 4 ? 'rc4' : methodeDe(this.#filtres, enNom(entrees.get(nom)));
    this.#flux = methode('StmF');
    this.#chaines = methode('StrF');
  }

  /** Algorithm 1. */
  #clePour(methode: Methode, { numero, generation }: Place): Uint8Array {
    if (methode === 'aes256') return this.#cle;
    const place = Buffer.alloc(5);
    place.writeUIntLE(numero, 0, 3);
    place.writeUIntLE(generation & 0xffff, 3, 2);
    const empreinte = createHash('md5').update(this.#cle).update(place);
    if (methode === 'aes128') empreinte.update(SEL_AES);
    return empreinte.digest().subarray(0, Math.min(16, this.#cle.length + 5));
  }

  /** A stream may name the filter it was ciphered with; its metadata may be clear. */
  #methodeDuFlux({ entrees }: Dictionnaire): Methode {
    if (!this.#metadonnees && enNom(entrees.get('Type')) === 'Metadata') return 'identite';
    const filtres = entrees.get('Filter');
    const premier = filtres?.type === 'tableau' ? filtres.elements[0] : filtres;
    if (enNom(premier) !== 'Crypt') return this.#flux;
    const p = entrees.get('DecodeParms');
    const parametres = enDictionnaire(p?.type === 'tableau' ? p.elements[0] : p);
    return methodeDe(this.#filtres, enNom(parametres?.entrees.get('Name')));
  }

  /** @returns null when the bytes are not a ciphered stream. */
  dechiffrerFlux(octets: Uint8Array, place: Place, dictionnaire: Dictionnaire): Uint8Array | null {
    const methode = this.#methodeDuFlux(dictionnaire);
    if (methode === 'identite') return octets;
    const cle = this.#clePour(methode, place);
    if (methode === 'rc4') return rc4(cle, octets);
    const blocs = octets.length - (octets.length % IV);
    if (blocs < 2 * IV) return octets.length === 0 || blocs === IV ? new Uint8Array() : null;
    const chiffre = createDecipheriv(aes(cle), cle, octets.subarray(0, IV)).setAutoPadding(false);
    const clair = chiffre.update(octets.subarray(IV, blocs));
    const bourrage = clair.at(-1) ?? 0;
    return bourrage >= 1 && bourrage <= IV ? clair.subarray(0, clair.length - bourrage) : clair;
  }

  chiffrerFlux(octets: Uint8Array, place: Place): Uint8Array {
    return this.#chiffrer(this.#flux, octets, place);
  }

  chiffrerChaine(octets: Uint8Array, place: Place): Uint8Array {
    return this.#chiffrer(this.#chaines, octets, place);
  }

  /** The start of AES is drawn from what it hides and from the key: the same stamp makes the same bytes, and no other. */
  #chiffrer(methode: Methode, octets: Uint8Array, place: Place): Uint8Array {
    if (methode === 'identite') return octets;
    const cle = this.#clePour(methode, place);
    if (methode === 'rc4') return rc4(cle, octets);
    const iv = createHmac('sha256', this.#cle)
      .update(`${place.numero} ${place.generation} `)
      .update(octets)
      .digest()
      .subarray(0, IV);
    const chiffre = createCipheriv(aes(cle), cle, iv);
    return Buffer.concat([iv, chiffre.update(octets), chiffre.final()]);
  }
}
