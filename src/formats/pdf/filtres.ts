import { constants, inflateSync } from 'node:zlib';
import { Croissant } from './croissant.ts';
import { lireLzw } from './lzw.ts';
import { enDictionnaire, enEntier, enNom, type Dictionnaire, type ObjetPdf } from './objets.ts';
import { deplier, type Prediction } from './prediction.ts';

/**
 * What streams are decoded from (ISO 32000-1, 7.4): the filters that texts and structures use. Those of images are not
 * asked for here.
 */

export type Decodage =
  | { readonly type: 'decode'; readonly octets: Uint8Array }
  /** More bytes than the limit: a bomb, or too large for us. */
  | { readonly type: 'demesure' }
  | { readonly type: 'illisible' };

type Filtre = (octets: Uint8Array, parametres: Dictionnaire | null, limite: number) => Uint8Array | null;

function gonfler(octets: Uint8Array, parametres: Dictionnaire | null, limite: number): Uint8Array | null {
  // a stream cut short gives what it has: many writers leave the check sum out
  const clair = inflateSync(octets, { maxOutputLength: limite + 1, finishFlush: constants.Z_SYNC_FLUSH });
  return deplier(clair, predictionDe(parametres));
}

function predictionDe(parametres: Dictionnaire | null): Prediction {
  const entier = (cle: string, defaut: number): number => enEntier(parametres?.entrees.get(cle)) ?? defaut;
  return {
    sorte: entier('Predictor', 1),
    couleurs: entier('Colors', 1),
    bits: entier('BitsPerComponent', 8),
    colonnes: entier('Columns', 1),
  };
}

function degonflerLzw(
  octets: Uint8Array,
  parametres: Dictionnaire | null,
  limite: number,
): Uint8Array | null {
  const tot = enEntier(parametres?.entrees.get('EarlyChange')) ?? 1;
  const clair = lireLzw(octets, { tot: tot === 0 ? 0 : 1, limite });
  return clair === null ? null : deplier(clair, predictionDe(parametres));
}

function depuisHexa(octets: Uint8Array): Uint8Array {
  const texte = Buffer.from(octets)
    .toString('latin1')
    .replace(/>[^]*$/, '')
    .replace(/[^0-9A-Fa-f]/g, '');
  return Buffer.from(texte.length % 2 === 0 ? texte : `${texte}0`, 'hex');
}

/** Five characters make four bytes, `z` four zeros; the last group may be short (7.4.3). */
function depuisBase85(octets: Uint8Array): Uint8Array | null {
  const texte = Buffer.from(octets)
    .toString('latin1')
    .replace(/~[^]*$/, '')
    .replace(/[\0\t\n\f\r ]/g, '');
  if (/[^!-uz]/.test(texte)) return null;
  let zeros = 0;
  for (let i = texte.indexOf('z'); i >= 0; i = texte.indexOf('z', i + 1)) zeros += 1;
  const clair = Buffer.alloc(4 * (zeros + Math.ceil((texte.length - zeros) / 5) + 1));
  let place = 0;
  for (let i = 0; i < texte.length; ) {
    if (texte.charAt(i) === 'z') {
      place += 4;
      i += 1;
      continue;
    }
    const groupe = texte.slice(i, i + 5);
    let valeur = 0;
    for (const c of groupe.padEnd(5, 'u')) valeur = valeur * 85 + c.charCodeAt(0) - 33;
    clair.writeUInt32BE(valeur % 2 ** 32, place);
    place += groupe.length - 1;
    i += 5;
  }
  return clair.subarray(0, place);
}

function depuisPlages(octets: Uint8Array, _: Dictionnaire | null, limite: number): Uint8Array {
  const sortie = new Croissant(limite);
  for (let i = 0; i < octets.length && !sortie.deborde; ) {
    const n = octets[i] ?? 128;
    if (n === 128) break;
    const copie = n < 128;
    const longueur = copie ? Math.min(n + 1, octets.length - i - 1) : 257 - n;
    const debut = sortie.reserver(longueur);
    for (let k = 0; k < longueur; k += 1) sortie.poser(debut + k, octets[i + 1 + (copie ? k : 0)] ?? 0);
    i += copie ? n + 2 : 2;
  }
  return sortie.octets();
}

const FILTRES: Readonly<Record<string, Filtre>> = {
  FlateDecode: gonfler,
  Fl: gonfler,
  LZWDecode: degonflerLzw,
  LZW: degonflerLzw,
  ASCIIHexDecode: depuisHexa,
  AHx: depuisHexa,
  ASCII85Decode: depuisBase85,
  A85: depuisBase85,
  RunLengthDecode: depuisPlages,
  RL: depuisPlages,
  // deciphered before
  Crypt: (octets) => octets,
};

/** Each filter of a chain multiplies what the one before gave. */
const FILTRES_MAX = 8;

function enListe(objet: ObjetPdf | undefined): readonly ObjetPdf[] {
  if (objet === undefined || (objet.type === 'mot' && objet.texte === 'null')) return [];
  return objet.type === 'tableau' ? objet.elements : [objet];
}

function appliquer(
  filtre: Filtre,
  octets: Uint8Array,
  reste: readonly [Dictionnaire | null, number],
): Decodage {
  const [parametres, limite] = reste;
  try {
    const clair = filtre(octets, parametres, limite);
    if (clair === null) return { type: 'illisible' };
    return clair.length > limite ? { type: 'demesure' } : { type: 'decode', octets: clair };
  } catch (e) {
    const code = String((Object(e) as { readonly code?: unknown }).code);
    if (code === 'ERR_BUFFER_TOO_LARGE') return { type: 'demesure' };
    if (code.startsWith('Z_')) return { type: 'illisible' };
    throw e;
  }
}

/**
 * @param dictionnaire of the stream, where `Filter` and `DecodeParms` are direct, or resolved beforehand.
 * @param limite bytes of each filter's output.
 */
export function decoder(octets: Uint8Array, { entrees }: Dictionnaire, limite: number): Decodage {
  const noms = enListe(entrees.get('Filter') ?? entrees.get('F'));
  const parametres = enListe(entrees.get('DecodeParms') ?? entrees.get('DP'));
  if (noms.length > FILTRES_MAX) return { type: 'demesure' };
  let clair = octets;
  for (const [rang, objet] of noms.entries()) {
    const filtre = FILTRES[enNom(objet) ?? ''];
    if (filtre === undefined) return { type: 'illisible' };
    const resultat = appliquer(filtre, clair, [enDictionnaire(parametres[rang]), limite]);
    if (resultat.type !== 'decode') return resultat;
    clair = resultat.octets;
  }
  return { type: 'decode', octets: clair };
}
