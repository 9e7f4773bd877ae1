/** Where a kind of file takes its signatures. This folder knows no business: the names come from here. */
export interface ProfilXades {
  readonly racine: { readonly espace: string; readonly local: string };
  /** Elements that may be signed one by one. */
  readonly unites: readonly LieuProfil[];
  /** Elements that only a signature of the whole file covers. */
  readonly pieces: readonly LieuProfil[];
}

/** An element by its path under the root, all names without namespace. */
export interface LieuProfil {
  readonly chemin: readonly string[];
  /** For people: path under the element, and the attribute that names it. */
  readonly etiquette: { readonly chemin: readonly string[]; readonly attribut: string };
}

const bordereau = (bloc: string): LieuProfil => ({
  chemin: [bloc, 'Bordereau'],
  etiquette: { chemin: ['BlocBordereau', 'IdBord'], attribut: 'V' },
});

/** PES v2 Aller (schemas 5.11 to 5.17): the whole flux, or each bordereau of dépense and recette. */
export const PROFIL_PES: ProfilXades = {
  racine: { espace: 'http://www.minefi.gouv.fr/cp/helios/pes_v2/Rev0/aller', local: 'PES_Aller' },
  unites: [bordereau('PES_DepenseAller'), bordereau('PES_RecetteAller')],
  pieces: [{ chemin: ['PES_PJ', 'PJ'], etiquette: { chemin: ['IdUnique'], attribut: 'V' } }],
};
