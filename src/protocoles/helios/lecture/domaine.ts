import type { Balise, SessionXml } from '../../../formats/xml/evenements.ts';
import type { Branche } from './carte.ts';
import type { Bordereau, Champ, Domaine, Modifiable, NomDomaine, ReferencePJ } from './faits.ts';
import { centimes } from './montant.ts';
import type { Listes } from './listes.ts';

/** The same things under other names, from one domain to the other. */
const NOMS = {
  depense: { entete: 'EnTeteDepense', montantHT: 'MtBordHT', ligne: 'InfoLignePce' },
  recette: { entete: 'EnTeteRecette', montantHT: 'MtBordHt', ligne: 'InfoLignePiece' },
} as const;

/** A field that takes the first value that comes. */
function premier<K extends string>(cible: () => Partial<Record<K, Champ | null>> | null, cle: K): Branche {
  return {
    champ: (champ: Champ) => {
      const objet = cible();
      if (objet !== null) objet[cle] ??= champ;
    },
  };
}

const plus = (somme: bigint | null, montant: bigint | null): bigint | null =>
  somme === null || montant === null ? null : somme + montant;

/** One `PES_DepenseAller` or `PES_RecetteAller`: its bordereaux, what they say and what they hold. */
export class LectureDomaine {
  readonly branche: Branche;
  readonly #nom: NomDomaine;
  readonly #session: SessionXml;
  readonly #listes: Listes;
  #domaine: (Modifiable<Domaine> & { readonly bordereaux: Bordereau[] }) | null = null;
  #bordereau: Modifiable<Bordereau> | null = null;
  #reference: Modifiable<ReferencePJ> | null = null;
  constructor(nom: NomDomaine, session: SessionXml, listes: Listes) {
    this.#nom = nom;
    this.#session = session;
    this.#listes = listes;
    this.branche = this.#racine();
  }

  /** The one that is open. */
  get bordereau(): Modifiable<Bordereau> | null {
    return this.#bordereau;
  }

  #racine(): Branche {
    const noms = NOMS[this.#nom];
    return {
      ouvrir: (balise) => {
        const position = this.#session.situer(balise.debut);
        this.#domaine = { nom: this.#nom, position, idVer: null, infoDematerialisee: null, bordereaux: [] };
        this.#listes.domaines.push(this.#domaine);
      },
      enfants: {
        [noms.entete]: {
          enfants: {
            IdVer: premier(() => this.#domaine, 'idVer'),
            InfoDematerialisee: premier(() => this.#domaine, 'infoDematerialisee'),
          },
        },
        Bordereau: this.#unBordereau(),
      },
    };
  }

  #unBordereau(): Branche {
    return {
      ouvrir: (balise) => this.#ouvrirBordereau(balise),
      fermer: () => {
        this.#bordereau = null;
      },
      enfants: { BlocBordereau: { enfants: this.#bloc() }, Piece: this.#piece() },
    };
  }

  #ouvrirBordereau(balise: Balise): void {
    const bordereaux = this.#domaine?.bordereaux ?? [];
    this.#bordereau = {
      rang: bordereaux.length + 1,
      position: this.#session.situer(balise.debut),
      id: balise.id,
      exer: null,
      idBord: null,
      typBord: null,
      dteBordEm: null,
      nbrPce: null,
      mtCumulAnnuel: null,
      mtBordHT: null,
      mtBordTVA: null,
      pieces: 0,
      lignes: 0,
      sommeHT: 0n,
      sommeTVA: 0n,
      signatures: 0,
    };
    if (this.#listes.place('bordereaux')) bordereaux.push(this.#bordereau);
  }

  #bloc(): Readonly<Record<string, Branche>> {
    const bordereau = (): Modifiable<Bordereau> | null => this.#bordereau;
    const montant = (cle: 'mtCumulAnnuel' | 'mtBordHT' | 'mtBordTVA'): Branche => ({
      champ: ({ valeur }) => {
        if (this.#bordereau !== null) this.#bordereau[cle] ??= centimes(valeur);
      },
    });
    return {
      Exer: premier(bordereau, 'exer'),
      IdBord: premier(bordereau, 'idBord'),
      DteBordEm: premier(bordereau, 'dteBordEm'),
      TypBord: premier(bordereau, 'typBord'),
      NbrPce: premier(bordereau, 'nbrPce'),
      MtCumulAnnuel: montant('mtCumulAnnuel'),
      [NOMS[this.#nom].montantHT]: montant('mtBordHT'),
      MtBordTVA: montant('mtBordTVA'),
    };
  }

  #piece(): Branche {
    const somme = (cle: 'sommeHT' | 'sommeTVA'): Branche => ({
      champ: ({ valeur }) => {
        const bordereau = this.#bordereau;
        if (bordereau !== null) bordereau[cle] = plus(bordereau[cle], centimes(valeur));
      },
    });
    const info = { enfants: { PJRef: this.#pjRef('piece') } };
    const ligne = {
      enfants: { MtHT: somme('sommeHT'), MtTVA: somme('sommeTVA'), PJRef: this.#pjRef('ligne') },
    };
    return {
      ouvrir: () => {
        if (this.#bordereau !== null) this.#bordereau.pieces += 1;
      },
      enfants: {
        // recette has no InfoPce: its BlocPiece holds the values itself
        BlocPiece: this.#nom === 'depense' ? { enfants: { InfoPce: info } } : info,
        LigneDePiece: {
          ouvrir: () => {
            if (this.#bordereau !== null) this.#bordereau.lignes += 1;
          },
          enfants: { BlocLignePiece: { enfants: { [NOMS[this.#nom].ligne]: ligne } } },
        },
      },
    };
  }

  #pjRef(niveau: ReferencePJ['niveau']): Branche {
    const prendre = (cle: 'support' | 'idUnique' | 'typePJ'): Branche => ({
      champ: ({ valeur }) => {
        if (this.#reference !== null) this.#reference[cle] ??= valeur;
      },
    });
    return {
      ouvrir: (balise) => {
        this.#reference = {
          domaine: this.#nom,
          bordereau: this.#bordereau?.rang ?? 0,
          niveau,
          position: this.#session.situer(balise.debut),
          support: null,
          idUnique: null,
          typePJ: null,
        };
        if (this.#listes.place('references')) this.#listes.references.push(this.#reference);
      },
      fermer: () => {
        this.#reference = null;
      },
      enfants: { Support: prendre('support'), IdUnique: prendre('idUnique'), TypePJ: prendre('typePJ') },
    };
  }
}
