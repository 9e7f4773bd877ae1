import { jugerDeclaration } from './espaces.ts';
import { type Flot, REFUSE } from './flot.ts';
import { estNcnom, GENRE, NOM_ID, NOM_XML_ID } from './noms.ts';
import type { Ouvrante } from './ouvrante.ts';
import { valeurAttribut, valeurDe } from './valeurs.ts';

/** Whether two elements may bear the same `Id`. */
export type RegleIds = 'uniques' | 'libres';

/** Bytes of `xmlns:`. */
const XMLNS = 6;
/** Expanded names grow with redeclarations: this many times the names as written, and the file is playing. */
const NOMS_PAR_NOM = 4;

/** Everything that needs the whole tag: bindings, expanded names, attributes that come twice, `Id`. */
export class Nommage {
  readonly #flot: Flot;
  readonly #balise: Ouvrante;
  readonly #ids = new Set<string>();
  readonly #regle: RegleIds;
  /** Serial of the tag that last bore each attribute, or declared each prefix, to see one come twice. */
  #attributs: Int32Array = new Int32Array(256);
  #prefixes: Int32Array = new Int32Array(16);
  #serie = 0;

  constructor(flot: Flot, balise: Ouvrante, regle: RegleIds) {
    this.#flot = flot;
    this.#balise = balise;
    this.#regle = regle;
  }

  /** @returns 0, or REFUSE. */
  nommer(): number {
    const flot = this.#flot;
    const balise = this.#balise;
    if (flot.profondeur >= flot.limites.profondeur) {
      return flot.refuser('limiteProfondeur', balise.debut, { valeur: flot.limites.profondeur });
    }
    balise.profondeur = flot.profondeur + 1;
    this.#serie += 1;
    if (balise.declarations > 0 && this.#declarer() < 0) return REFUSE;
    balise.nom = flot.noms.resoudre(balise.qualifie);
    if (balise.nom < 0) return this.#nonLie(balise.qualifie, balise.debut + 1);
    // one attribute at most, already named, and none that must be looked into
    if (balise.soignee) return 0;
    for (let k = 0; k < balise.nombre; k += 1) if (this.#attribut(k) < 0) return REFUSE;
    return 0;
  }

  #nonLie(qualifie: number, indice: number): number {
    const valeur = this.#flot.noms.nomPrefixe(this.#flot.noms.prefixes[qualifie] as number);
    return this.#flot.refuser('prefixe', indice, { valeur });
  }

  #attribut(k: number): number {
    const flot = this.#flot;
    const balise = this.#balise;
    const q = balise.attQualifie[k] as number;
    const nom = flot.noms.genre[q] === GENRE.simple ? flot.noms.nu(q) : flot.noms.resoudre(q);
    const indice = balise.attDebutNom[k] as number;
    if (nom < 0) return this.#nonLie(q, indice);
    balise.attNom[k] = nom;
    if (nom >= this.#attributs.length) this.#attributs = elargir(this.#attributs, nom);
    if (this.#attributs[nom] === this.#serie) {
      return flot.refuser('attributDouble', indice, { valeur: flot.noms.qualifieDe(q) });
    }
    this.#attributs[nom] = this.#serie;
    if (nom > NOM_XML_ID) return 0;
    return nom === NOM_ID ? this.#identifiant(k) : this.#xmlId(k);
  }

  /** xml:id 1.0, §4: an error that some parsers refuse and others let through; a name, exactly, suits them all. */
  #xmlId(k: number): number {
    const valeur = valeurAttribut(this.#balise, k, this.#flot.tables.unicode);
    if (estNcnom(valeur)) return 0;
    return this.#flot.refuser('xmlId', this.#balise.attDebutNom[k] as number, { valeur });
  }

  #identifiant(k: number): number {
    const flot = this.#flot;
    const balise = this.#balise;
    const id = valeurAttribut(balise, k, flot.tables.unicode);
    balise.id = id;
    if (this.#regle === 'libres') return 0;
    const indice = balise.attDebutNom[k] as number;
    if (this.#ids.has(id)) return flot.refuser('idDouble', indice, { valeur: id });
    if (this.#ids.size >= flot.limites.ids) {
      return flot.refuser('limiteIds', indice, { valeur: flot.limites.ids });
    }
    this.#ids.add(id);
    return 0;
  }

  #declarer(): number {
    const { noms, limites } = this.#flot;
    for (let d = 0; d < this.#balise.declarations; d += 1) if (this.#lier(d) < 0) return REFUSE;
    if (noms.espaces.uris.length > limites.noms || noms.nombreNoms() > NOMS_PAR_NOM * limites.noms) {
      return this.#flot.refuser('limiteNoms', this.#balise.debut, { valeur: limites.noms });
    }
    return 0;
  }

  #lier(d: number): number {
    const flot = this.#flot;
    const balise = this.#balise;
    const { espaces, genre } = flot.noms;
    const q = balise.declQualifie[d] as number;
    const indice = balise.declDebutNom[d] as number;
    const nom = flot.noms.qualifieDe(q);
    const declare = genre[q] === GENRE.declaration ? nom.slice(XMLNS) : '';
    const brut = balise.octets.subarray(balise.declDebut[d], balise.declFin[d]);
    const uri = valeurDe(brut, flot.tables.unicode);
    const verdict = jugerDeclaration(declare, uri);
    if (verdict === 'relatif') return flot.refuser('espaceRelatif', indice, { valeur: uri });
    if (verdict === 'reserve') return flot.refuser('espaceReserve', indice, { valeur: `${nom}="${uri}"` });
    const prefixe = espaces.prefixe(declare);
    if (prefixe >= this.#prefixes.length) this.#prefixes = elargir(this.#prefixes, prefixe);
    if (this.#prefixes[prefixe] === this.#serie)
      return flot.refuser('attributDouble', indice, { valeur: nom });
    this.#prefixes[prefixe] = this.#serie;
    const espace = espaces.uri(uri);
    espaces.lier(prefixe, espace, balise.profondeur);
    balise.declPrefixe[d] = prefixe;
    balise.declEspace[d] = espace;
    return 0;
  }
}

function elargir(tableau: Int32Array, rang: number): Int32Array {
  const grand = new Int32Array(Math.max(tableau.length * 2, rang + 1));
  grand.set(tableau);
  return grand;
}
