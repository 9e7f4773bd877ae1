import { createHash, type Hash } from 'node:crypto';
import { Canonisation } from '../xml/c14n/canonisation.ts';
import type { Cible } from '../xml/c14n/cible.ts';
import type { Balise, Fermante, Passage, Recepteur, SessionXml } from '../xml/evenements.ts';
import { NS_DS } from './espaces.ts';
import { Lieux } from './lieux.ts';
import type { ProfilXades } from './profil.ts';
import type { ElementSuivi } from './releve-types.ts';

/** What to digest, before anything is known of the file: the same question for the root and for each unit. */
export type Vise = (element: Pick<ElementSuivi, 'place' | 'id'>) => boolean;

/** An element to sign. */
export interface CibleReperee {
  readonly place: 'racine' | 'unite';
  readonly nom: string;
  readonly id: string | null;
  readonly suivi: ElementSuivi;
  readonly empreinte: Uint8Array;
  /** Offsets in the file: after the name of its start tag, `<` of its end tag. */
  readonly finNom: number;
  readonly fermante: number;
  readonly vide: boolean;
}

interface CibleReperage extends Cible {
  readonly suivi: ElementSuivi;
  readonly hash: Hash;
}

/** The pass before a signature: digests of the targets, and where their signatures will be put. */
export class Reperage implements Recepteur {
  readonly cibles: CibleReperee[] = [];
  readonly ids = new Set<string>();
  racine: { readonly nom: string; readonly attendue: boolean } = { nom: '', attendue: false };
  /** `ds:Signature` elements anywhere. */
  signatures = 0;
  racineSignee = false;
  readonly #reglage: { readonly profil: ProfilXades; readonly vise: Vise; readonly hachage: string };
  readonly #canonisation: Canonisation<CibleReperage>;
  #lieux: Lieux | null = null;
  #session: SessionXml | null = null;
  #nomSignature = -1;
  #suivi: ElementSuivi | null = null;
  #profondeurSuivi = 0;

  constructor(reglage: { readonly profil: ProfilXades; readonly vise: Vise; readonly hachage: string }) {
    this.#reglage = reglage;
    this.#canonisation = new Canonisation<CibleReperage>({
      choisir: (balise) => this.#choisir(balise),
      termine: ({ cible, id, finNom, fermante, fin }) => {
        const { suivi, hash } = cible;
        const place = suivi.place === 'racine' ? 'racine' : 'unite';
        const vide = fermante === fin;
        const { nom } = suivi;
        this.cibles.push({ place, nom, id, suivi, empreinte: hash.digest(), finNom, fermante, vide });
      },
    });
  }

  commencer(session: SessionXml): void {
    this.#session = session;
    this.#lieux = new Lieux(this.#reglage.profil, session);
    this.#nomSignature = session.noms.nom(NS_DS, 'Signature');
    this.#canonisation.commencer(session);
  }

  ouvrir(balise: Balise): void {
    if (balise.id !== null) this.ids.add(balise.id);
    if (balise.nom === this.#nomSignature) this.#compter(balise);
    this.#canonisation.ouvrir(balise);
  }

  #compter(balise: Balise): void {
    this.signatures += 1;
    if (balise.profondeur === 2) this.racineSignee = true;
    if (this.#suivi !== null) this.#suivi.signatures += 1;
  }

  #choisir(balise: Balise): CibleReperage | null {
    const session = this.#session;
    const place = this.#lieux?.entrer(balise) ?? 'ailleurs';
    if (session === null || (place === 'ailleurs' && balise.profondeur > 1)) return null;
    const nom = session.noms.qualifieDe(balise.qualifie);
    if (balise.profondeur === 1) this.racine = { nom, attendue: place === 'racine' };
    const suivi: ElementSuivi = {
      place,
      nom,
      id: balise.id,
      position: session.situer(balise.debut),
      etiquette: '',
      empreintes: new Map(),
      signatures: 0,
      instructions: 0,
      commentaires: 0,
    };
    if (balise.profondeur > 1) {
      this.#suivi = suivi;
      this.#profondeurSuivi = balise.profondeur;
      this.#lieux?.suivre(suivi);
    }
    if ((place !== 'racine' && place !== 'unite') || !this.#reglage.vise(suivi)) return null;
    const hash = createHash(this.#reglage.hachage);
    return { mode: 'exclusive', sansSignature: false, puits: [hash], suivi, hash };
  }

  fermer(fermante: Fermante): void {
    this.#canonisation.fermer(fermante);
    if (fermante.profondeur === this.#profondeurSuivi) this.#suivi = null;
  }

  texte(passage: Passage): void {
    this.#canonisation.texte(passage);
  }

  caractere(code: number): void {
    this.#canonisation.caractere(code);
  }

  commentaire(passage: Passage): void {
    this.#canonisation.commentaire(passage);
  }

  instruction(cible: string, passage: Passage): void {
    this.#canonisation.instruction(cible, passage);
  }

  finir(): void {
    this.#canonisation.finir();
  }
}
