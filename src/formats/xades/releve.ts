import { createHash, type Hash } from 'node:crypto';
import { Canonisation } from '../xml/c14n/canonisation.ts';
import type { Cible, ElementCanonise } from '../xml/c14n/cible.ts';
import type { Balise, Fermante, Passage, Recepteur, SessionXml } from '../xml/evenements.ts';
import { valeurAttribut } from '../xml/valeurs.ts';
import { Arbre, LIMITES_SIGNATURE } from './arbre.ts';
import { NS_DS, versionXades } from './espaces.ts';
import { Lieux } from './lieux.ts';
import type { ProfilXades } from './profil.ts';
import type { ElementSuivi, Forme, Place, PlanReleve, SignatureRelevee } from './releve-types.ts';

const NS_XML = 'http://www.w3.org/XML/1998/namespace';
/** Identifiers in other attributes are remembered to be named in a refusal; beyond this many, nobody reads them. */
const AUTRES_MAX = 1000;
/** A PES has at most some thousands of bordereaux; a file with more signatures than this is an attack. */
export const SIGNATURES_MAX = 10_000;

/** What a canonical form is for. */
interface CibleXades extends Cible {
  readonly element: ElementSuivi | null;
  readonly hachages: ReadonlyMap<string, Hash>;
}

/** A signature being read. */
interface Capture {
  readonly arbre: Arbre;
  readonly profondeur: number;
  readonly relevee: { -readonly [K in keyof SignatureRelevee]: SignatureRelevee[K] };
  readonly formes: Forme[];
  taille: number;
}

/**
 * The pass of a verification: digests what the plan says as it goes by, keeps each signature whole, counts what could
 * have been signed. Judges nothing. Can listen beside other receivers (XSD) to the same reading.
 */
export class Releve implements Recepteur {
  readonly elements: ElementSuivi[] = [];
  readonly signatures: SignatureRelevee[] = [];
  readonly ids = new Set<string>();
  /** Values of `ID`, `id` and `xml:id`. */
  readonly autresIds = new Set<string>();
  tropDeSignatures = false;
  readonly #profil: ProfilXades;
  readonly #plan: PlanReleve;
  readonly #canonisation: Canonisation<CibleXades>;
  #session: SessionXml | null = null;
  #lieux: Lieux | null = null;
  #nomSignature = -1;
  #nomsId: readonly number[] = [];
  #capture: Capture | null = null;
  /** The signature that ended last: what opens before anything ends follows it in its element. */
  #derniere: { suivie: boolean } | null = null;
  #racine: ElementSuivi | null = null;
  #suivi: ElementSuivi | null = null;
  #profondeurSuivi = 0;
  /** The root has not ended. */
  #ouverte = true;

  constructor(profil: ProfilXades, plan: PlanReleve) {
    this.#profil = profil;
    this.#plan = plan;
    this.#canonisation = new Canonisation<CibleXades>({
      choisir: (balise) => this.#choisir(balise),
      termine: (element) => this.#termine(element),
    });
  }

  commencer(session: SessionXml): void {
    this.#session = session;
    this.#lieux = new Lieux(this.#profil, session);
    this.#nomSignature = session.noms.nom(NS_DS, 'Signature');
    this.#nomsId = [session.noms.nom('', 'ID'), session.noms.nom('', 'id'), session.noms.nom(NS_XML, 'id')];
    this.#canonisation.commencer(session);
  }

  ouvrir(balise: Balise): void {
    if (balise.id !== null) this.ids.add(balise.id);
    if (balise.nombre > 0) this.#autres(balise);
    if (this.#derniere !== null) this.#derniere.suivie = true;
    if (this.#capture !== null) this.#dansSignature(this.#capture, balise);
    else if (balise.nom === this.#nomSignature) this.#capturer(balise);
    else this.#situer(balise);
    this.#canonisation.ouvrir(balise);
  }

  #autres(balise: Balise): void {
    const [a, b, c] = this.#nomsId;
    for (let k = 0; k < balise.nombre; k += 1) {
      const nom = balise.attNom[k];
      if (nom !== a && nom !== b && nom !== c) continue;
      if (this.autresIds.size < AUTRES_MAX) {
        this.autresIds.add(valeurAttribut(balise, k, this.#session?.unicode ?? null));
      }
    }
  }

  #situer(balise: Balise): void {
    const place = this.#lieux?.entrer(balise) ?? 'ailleurs';
    if (place === 'ailleurs' && balise.profondeur > 1) return;
    const element = this.#element(balise, place);
    if (place !== 'ailleurs') this.elements.push(element);
    if (balise.profondeur === 1) this.#racine = element;
    else {
      this.#suivi = element;
      this.#profondeurSuivi = balise.profondeur;
      this.#lieux?.suivre(element);
    }
  }

  #element(balise: Balise, place: Place): ElementSuivi {
    const session = this.#session;
    const nom = session?.noms.qualifieDe(balise.qualifie) ?? '';
    const position = session?.situer(balise.debut) ?? { octet: 0, ligne: 0, colonne: 0 };
    return {
      place,
      nom,
      id: balise.id,
      position,
      etiquette: '',
      empreintes: new Map(),
      signatures: 0,
      instructions: 0,
      commentaires: 0,
    };
  }

  /** The element that holds what opens now, when it is one that we follow. */
  #parent(profondeur: number): ElementSuivi | null {
    if (profondeur === 2) return this.#racine;
    return profondeur === this.#profondeurSuivi + 1 ? this.#suivi : null;
  }

  #capturer(balise: Balise): void {
    const session = this.#session;
    if (session === null) return;
    if (this.signatures.length >= SIGNATURES_MAX) {
      this.tropDeSignatures = true;
      return;
    }
    const parent = this.#parent(balise.profondeur);
    if (parent !== null) parent.signatures += 1;
    const arbre = new Arbre(balise, session);
    const formes: Forme[] = [];
    const relevee = {
      rang: this.signatures.length + 1,
      position: session.situer(balise.debut),
      parent,
      racine: arbre.racine,
      formes,
      commentaires: 0,
      instructions: 0,
      suivie: false,
      imbriquee: false,
      tropGrosse: false,
    };
    this.#capture = { arbre, profondeur: balise.profondeur, relevee, formes, taille: 0 };
    this.signatures.push(relevee);
  }

  #dansSignature(capture: Capture, balise: Balise): void {
    if (balise.nom === this.#nomSignature) capture.relevee.imbriquee = true;
    capture.arbre.ouvrir(balise);
  }

  #choisir(balise: Balise): CibleXades | null {
    const capture = this.#capture;
    if (capture !== null) return this.#choisirDansSignature(capture, balise);
    const element = balise.profondeur === 1 ? this.#racine : this.#suivi;
    // the element that opens now, not the one around it
    if (element?.position.octet !== (this.#session?.base ?? 0) + balise.debut) return null;
    const signable = element.place === 'racine' || element.place === 'unite';
    return signable ? this.#contenu(element, this.#plan(element)) : null;
  }

  /** One form, as many hashes as asked. */
  #contenu(element: ElementSuivi, demandes: readonly string[]): CibleXades | null {
    if (demandes.length === 0) return null;
    const hachages = new Map(demandes.map((nom) => [nom, createHash(nom)]));
    const puits = [...hachages.values()];
    return { mode: 'exclusive', sansSignature: true, puits, element, hachages };
  }

  #choisirDansSignature(capture: Capture, balise: Balise): CibleXades | null {
    const noms = this.#session?.noms;
    if (noms === undefined || balise.profondeur > capture.profondeur + 3) return null;
    const local = noms.localDe(balise.nom);
    const espace = noms.uri(noms.espaceDe(balise.nom));
    const signedInfo =
      local === 'SignedInfo' && espace === NS_DS && balise.profondeur === capture.profondeur + 1;
    const proprietes = local === 'SignedProperties' && versionXades(espace) !== null;
    if (!signedInfo && !proprietes) return null;
    const forme: Forme = { debut: (this.#session?.base ?? 0) + balise.debut, blocs: [] };
    capture.formes.push(forme);
    const garder = (octets: Uint8Array): void => {
      capture.taille += octets.length;
      if (capture.taille <= LIMITES_SIGNATURE.caracteres) forme.blocs.push(Uint8Array.from(octets));
      else capture.relevee.tropGrosse = true;
    };
    return { mode: 'exclusive', puits: [{ update: garder }], element: null, hachages: new Map() };
  }

  #termine({ cible }: ElementCanonise<CibleXades>): void {
    for (const [nom, hash] of cible.hachages) cible.element?.empreintes.set(nom, hash.digest());
  }

  fermer(fermante: Fermante): void {
    this.#canonisation.fermer(fermante);
    const capture = this.#capture;
    if (capture !== null) {
      if (fermante.profondeur === capture.profondeur) this.#relacher(capture);
      else capture.arbre.fermer();
      return;
    }
    this.#derniere = null;
    if (fermante.profondeur === this.#profondeurSuivi) this.#suivi = null;
    if (fermante.profondeur === 1) this.#ouverte = false;
  }

  #relacher(capture: Capture): void {
    if (capture.arbre.tropGros) capture.relevee.tropGrosse = true;
    this.#derniere = capture.relevee;
    this.#capture = null;
  }

  texte(passage: Passage): void {
    this.#capture?.arbre.texte(passage);
    this.#canonisation.texte(passage);
  }

  caractere(code: number): void {
    this.#capture?.arbre.caractere(code);
    this.#canonisation.caractere(code);
  }

  commentaire(passage: Passage): void {
    if (this.#capture !== null) this.#capture.relevee.commentaires += 1;
    else this.#compter('commentaires');
    this.#canonisation.commentaire(passage);
  }

  instruction(cible: string, passage: Passage): void {
    if (this.#capture !== null) this.#capture.relevee.instructions += 1;
    else this.#compter('instructions');
    this.#canonisation.instruction(cible, passage);
  }

  #compter(quoi: 'commentaires' | 'instructions'): void {
    if (this.#racine !== null && this.#ouverte) this.#racine[quoi] += 1;
    if (this.#suivi !== null) this.#suivi[quoi] += 1;
  }

  finir(): void {
    this.#canonisation.finir();
  }
}
