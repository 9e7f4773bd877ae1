import type { Balise, SessionXml } from '../../../formats/xml/evenements.ts';
import { ESPACES, ESPACE_SIGNATURE } from '../codes.ts';
import type { NomDomaine } from '../lecture/faits.ts';

/**
 * The places of PES_Aller that signing may change, and no other (PES v2, Class_Signature, EnTeteDepense and
 * EnTeteRecette): `Id` of the root and of the bordereaux, InfoDematerialisee, a signature as child of either.
 */
export type LieuSignature =
  /** What may be signed, and bear an `Id` for it. */
  | 'racine'
  | 'bordereau'
  | 'entete'
  | 'idVer'
  | 'infoDematerialisee'
  /** A `ds:Signature` child of what may be signed. */
  | 'signature'
  | 'ailleurs';

const DEPTHS = { racine: 1, domaine: 2, entete: 3 } as const;

interface NomsDomaine {
  readonly nom: NomDomaine;
  readonly bloc: number;
  readonly entete: number;
}

/** Follows one reading and tells the place of each element that opens. Elements are told in document order, all of them. */
export class LieuxSignature {
  readonly #racine: number;
  readonly #domaines: readonly NomsDomaine[];
  readonly #bordereau: number;
  readonly #idVer: number;
  readonly #info: number;
  readonly #signature: number;
  #aller = false;
  #domaine: NomsDomaine | null = null;
  #troisieme: 'entete' | 'bordereau' | null = null;

  constructor({ noms }: SessionXml) {
    const domaine = (nom: NomDomaine, suffixe: string): NomsDomaine => ({
      nom,
      bloc: noms.nom('', `PES_${suffixe}Aller`),
      entete: noms.nom('', `EnTete${suffixe}`),
    });
    this.#racine = noms.nom(ESPACES.aller, 'PES_Aller');
    this.#domaines = [domaine('depense', 'Depense'), domaine('recette', 'Recette')];
    this.#bordereau = noms.nom('', 'Bordereau');
    this.#idVer = noms.nom('', 'IdVer');
    this.#info = noms.nom('', 'InfoDematerialisee');
    this.#signature = noms.nom(ESPACE_SIGNATURE, 'Signature');
  }

  /** The domain that is open. */
  get domaine(): NomDomaine | null {
    return this.#domaine?.nom ?? null;
  }

  /** The root is PES_Aller. */
  get aller(): boolean {
    return this.#aller;
  }

  entrer({ profondeur, nom }: Balise): LieuSignature {
    if (profondeur === DEPTHS.racine) {
      this.#aller = nom === this.#racine;
      return this.#aller ? 'racine' : 'ailleurs';
    }
    if (!this.#aller || profondeur > DEPTHS.entete + 1) return 'ailleurs';
    if (profondeur === DEPTHS.domaine) return this.#deuxieme(nom);
    return profondeur === DEPTHS.entete ? this.#entrerTroisieme(nom) : this.#quatrieme(nom);
  }

  #deuxieme(nom: number): LieuSignature {
    this.#domaine = this.#domaines.find((d) => d.bloc === nom) ?? null;
    this.#troisieme = null;
    return nom === this.#signature ? 'signature' : 'ailleurs';
  }

  #entrerTroisieme(nom: number): LieuSignature {
    this.#troisieme = null;
    if (this.#domaine === null) return 'ailleurs';
    if (nom === this.#domaine.entete) this.#troisieme = 'entete';
    else if (nom === this.#bordereau) this.#troisieme = 'bordereau';
    return this.#troisieme ?? 'ailleurs';
  }

  #quatrieme(nom: number): LieuSignature {
    if (this.#troisieme === 'bordereau') return nom === this.#signature ? 'signature' : 'ailleurs';
    if (this.#troisieme !== 'entete') return 'ailleurs';
    if (nom === this.#idVer) return 'idVer';
    return nom === this.#info ? 'infoDematerialisee' : 'ailleurs';
  }
}

/** xs:boolean as InfoDematerialisee writes it; null when it is neither. */
export function lireBooleen(valeur: string): boolean | null {
  const nue = valeur.trim();
  if (nue === '1' || nue === 'true') return true;
  return nue === '0' || nue === 'false' ? false : null;
}
