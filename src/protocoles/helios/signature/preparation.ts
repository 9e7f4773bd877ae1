import type { Balise, Fermante, SessionXml } from '../../../formats/xml/evenements.ts';
import { Muet } from '../../../formats/xml/muet.ts';
import { valeurAttribut } from '../../../formats/xml/valeurs.ts';
import type { Modifiable, NomDomaine } from '../lecture/faits.ts';
import { LieuxSignature, lireBooleen } from './lieux.ts';
import type { Retouche } from './retouches.ts';

/** One PES_DepenseAller or PES_RecetteAller, as far as its signature is concerned. */
export interface DomaineASigner {
  readonly nom: NomDomaine;
  /** InfoDematerialisee; absent is false (PES v2). */
  readonly dematerialise: boolean;
  readonly bordereaux: number;
  /** Of which bear a signature. */
  readonly signes: number;
  /** Of which are orders for several debtors (TypBord 06). */
  readonly ormc: number;
}

export interface FaitsASigner {
  /** The root is PES_Aller: nothing else is ever signed. */
  readonly aller: boolean;
  readonly domaines: readonly DomaineASigner[];
  /** A signature stands under the root. */
  readonly globale: boolean;
}

type Suivi = Modifiable<DomaineASigner> & {
  /** Where InfoDematerialisee would be inserted: after IdVer, else first in the header; null when there is no room. */
  insertion: number | null;
  idVer: boolean;
  /** What makes each one say « 1 »; empty when it says so. */
  readonly annonces: Retouche[];
  presentes: number;
};

const ORMC = '06';

/**
 * Hears, beside a verification, what a PES announces of its signatures and where « 1 » would be written. Positions are
 * those of the file heard: worth something only for the same bytes.
 */
export class PreparationSignature extends Muet {
  readonly #domaines: Suivi[] = [];
  #session: SessionXml | null = null;
  #lieux: LieuxSignature | null = null;
  #nomV = -1;
  #nomTypBord = -1;
  #globale = false;
  /** The IdVer whose end is awaited, by its depth. */
  #attendu = 0;
  /** The signature of the bordereau that is open is already counted. */
  #signe = false;
  /** Depth of the bordereau that is open. */
  #bordereau = 0;

  override commencer(session: SessionXml): void {
    this.#session = session;
    this.#lieux = new LieuxSignature(session);
    this.#nomV = session.noms.nom('', 'V');
    this.#nomTypBord = session.noms.nom('', 'TypBord');
  }

  override ouvrir(balise: Balise): void {
    const lieu = this.#lieux?.entrer(balise) ?? 'ailleurs';
    if (balise.profondeur === 2) this.#ouvrirDomaine();
    const domaine = this.#domaines.at(-1);
    if (lieu === 'signature') this.#signer(balise);
    if (domaine === undefined) return;
    if (lieu === 'entete') domaine.insertion = balise.vide ? null : this.#octet(balise.fin);
    else if (lieu === 'idVer') this.#attendu = balise.profondeur;
    else if (lieu === 'infoDematerialisee') this.#annoncer(domaine, balise);
    else if (lieu === 'bordereau') {
      domaine.bordereaux += 1;
      this.#bordereau = balise.profondeur;
      this.#signe = false;
    } else if (balise.nom === this.#nomTypBord && balise.profondeur === this.#bordereau + 2) {
      if (this.#valeur(balise)?.texte === ORMC) domaine.ormc += 1;
    }
  }

  #ouvrirDomaine(): void {
    const nom = this.#lieux?.domaine ?? null;
    this.#bordereau = 0;
    if (nom === null) return;
    const vide = { dematerialise: false, bordereaux: 0, signes: 0, ormc: 0 };
    this.#domaines.push({ nom, ...vide, insertion: null, idVer: false, annonces: [], presentes: 0 });
  }

  #signer({ profondeur }: Balise): void {
    const domaine = this.#domaines.at(-1);
    if (profondeur === 2) this.#globale = true;
    else if (domaine !== undefined && !this.#signe) {
      domaine.signes += 1;
      this.#signe = true;
    }
  }

  #octet(indice: number): number {
    return (this.#session?.base ?? 0) + indice;
  }

  /** The attribute `V`: its text, and where its value stands. */
  #valeur(balise: Balise): { readonly texte: string; readonly debut: number; readonly fin: number } | null {
    for (let k = 0; k < balise.nombre; k += 1) {
      if (balise.attNom[k] !== this.#nomV) continue;
      const texte = valeurAttribut(balise, k, this.#session?.unicode ?? null);
      const [debut = 0, fin = 0] = [balise.attDebut[k], balise.attFin[k]];
      return { texte, debut: this.#octet(debut), fin: this.#octet(fin) };
    }
    return null;
  }

  /** The first one counts for who reads it; each is made to say the same. */
  #annoncer(domaine: Suivi, balise: Balise): void {
    const valeur = this.#valeur(balise);
    const vrai = valeur !== null && lireBooleen(valeur.texte) === true;
    if (domaine.presentes === 0) domaine.dematerialise = vrai;
    domaine.presentes += 1;
    if (vrai) return;
    const octet = this.#octet(balise.finNom);
    domaine.annonces.push(
      valeur === null
        ? { debut: octet, fin: octet, texte: ' V="1"' }
        : { debut: valeur.debut, fin: valeur.fin, texte: '1' },
    );
  }

  override fermer({ profondeur, fin }: Fermante): void {
    if (profondeur !== this.#attendu) return;
    this.#attendu = 0;
    const domaine = this.#domaines.at(-1);
    if (domaine === undefined || domaine.idVer) return;
    domaine.idVer = true;
    domaine.insertion = this.#octet(fin);
  }

  faits(): FaitsASigner {
    const domaines = this.#domaines.map(({ nom, dematerialise, bordereaux, signes, ormc }) => ({
      nom,
      dematerialise,
      bordereaux,
      signes,
      ormc,
    }));
    return { aller: this.#lieux?.aller ?? false, domaines, globale: this.#globale };
  }

  /**
   * What makes each domain that is to be signed say InfoDematerialisee = 1 (Hélios refuses the whole file otherwise).
   * @param tous the domains without bordereau too: a signature of the file covers them.
   * @returns null when a domain has no header to say it in.
   */
  annoncer(tous: boolean): readonly Retouche[] | null {
    const retouches: Retouche[] = [];
    for (const d of this.#domaines) {
      if (d.bordereaux === 0 && !tous) continue;
      if (d.presentes > 0) retouches.push(...d.annonces);
      else if (d.insertion === null) return null;
      else retouches.push({ debut: d.insertion, fin: d.insertion, texte: '<InfoDematerialisee V="1"/>' });
    }
    return retouches;
  }
}
