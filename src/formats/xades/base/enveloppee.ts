import { createHash, type Hash } from 'node:crypto';
import type { Sha256 } from '../../../metier/identifiants.ts';
import { Canonisation } from '../../xml/c14n/canonisation.ts';
import type { Cible, ElementCanonise } from '../../xml/c14n/cible.ts';
import type { Balise, Fermante, Passage, Recepteur, SessionXml } from '../../xml/evenements.ts';
import { NS_DS } from '../espaces.ts';
import { greffer, parcourir, type SourceOctets } from '../flux.ts';
import { refusLecture, refusSignature } from '../refus-signature.ts';
import { identifiantsBase } from './modele.ts';
import { commun, type Etape, type Preparation, preparer, refuser, signer } from './preparer.ts';
import type { DemandeEnveloppee, ResultatEnveloppe } from './signer-types.ts';

/** A signature put into the document that it signs, or into one element of it: its last child. */

interface CibleHachee extends Cible {
  readonly hash: Hash;
}

/** Digest of what is to be signed, and where the signature will stand. */
class Reperage implements Recepteur {
  readonly ids = new Set<string>();
  signatures = 0;
  empreinte: Uint8Array | null = null;
  /** Offset of the `<` of the end tag that the signature will precede; null when the element was not met. */
  fermante: number | null = null;
  /** Written `<a/>`. */
  vide = false;
  nom = '';
  readonly #cible: DemandeEnveloppee['cible'];
  readonly #canonisation: Canonisation<CibleHachee>;
  #session: SessionXml | null = null;
  #signature = -1;
  /** Depth of the element to sign while it is open, 0 otherwise. */
  #profondeur = 0;

  constructor(cible: DemandeEnveloppee['cible'], hachage: string) {
    this.#cible = cible;
    const hash = createHash(hachage);
    const hachee: CibleHachee = { mode: 'exclusive', puits: [hash], hash };
    this.#canonisation = new Canonisation<CibleHachee>({
      choisir: (balise) => (this.#vise(balise) && cible.type === 'element' ? hachee : null),
      ...(cible.type === 'document' ? { document: hachee } : {}),
      termine: ({ cible: faite }: ElementCanonise<CibleHachee>) => {
        this.empreinte = faite.hash.digest();
      },
    });
  }

  #vise({ profondeur, id }: Balise): boolean {
    return this.#cible.type === 'document' ? profondeur === 1 : id === this.#cible.id;
  }

  commencer(session: SessionXml): void {
    this.#session = session;
    this.#signature = session.noms.nom(NS_DS, 'Signature');
    this.#canonisation.commencer(session);
  }

  ouvrir(balise: Balise): void {
    if (balise.id !== null) this.ids.add(balise.id);
    if (balise.nom === this.#signature) this.signatures += 1;
    if (this.#vise(balise)) {
      this.#profondeur = balise.profondeur;
      this.nom = this.#session?.noms.qualifieDe(balise.qualifie) ?? '';
    }
    this.#canonisation.ouvrir(balise);
  }

  fermer(fermante: Fermante): void {
    if (fermante.profondeur === this.#profondeur) {
      this.#profondeur = 0;
      this.fermante = (this.#session?.base ?? 0) + fermante.debut;
      this.vide = fermante.vide;
    }
    this.#canonisation.fermer(fermante);
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

interface Reperee {
  readonly empreinte: Uint8Array;
  readonly fermante: number;
  readonly sha256: Sha256;
  readonly octets: number;
}

async function reperer(demande: DemandeEnveloppee, { algorithme }: Preparation): Promise<Etape<Reperee>> {
  const { source, cible, id, lecture = {} } = demande;
  const reperage = new Reperage(cible, algorithme.hachage.node);
  const { refus, sha256, octets } = await parcourir(source, reperage, lecture);
  if (refus !== null) return refuser(refusLecture(refus));
  const { empreinte, fermante, signatures, ids, vide, nom } = reperage;
  if (signatures > 0) return refuser(refusSignature('documentSigne', signatures));
  if (empreinte === null || fermante === null) {
    return refuser(refusSignature('introuvable', cible.type === 'element' ? cible.id : ''));
  }
  if (vide) return refuser(refusSignature('vide', nom));
  if (identifiantsBase(id, 1).some((i) => ids.has(i))) return refuser(refusSignature('identifiant', id));
  return { type: 'fait', valeur: { empreinte, fermante, sha256, octets } };
}

/** The second pass: copies, puts the signature in, and sees that the document is still the one that was digested. */
async function copier(
  { source, ecrire }: DemandeEnveloppee,
  { fermante, sha256 }: Reperee,
  signature: string,
): Promise<{ readonly sha256: Sha256; readonly octets: number } | null> {
  const relu = createHash('sha256');
  const relire: SourceOctets = async function* () {
    for await (const bloc of source()) {
      relu.update(bloc);
      yield bloc;
    }
  };
  const ecrit = createHash('sha256');
  let octets = 0;
  const greffe = { octet: fermante, contenu: Buffer.from(signature, 'latin1') };
  for await (const bloc of greffer(relire, [greffe])) {
    ecrit.update(bloc);
    octets += bloc.length;
    await ecrire(bloc);
  }
  return relu.digest('hex') === sha256 ? { sha256: ecrit.digest('hex') as Sha256, octets } : null;
}

/**
 * Signs a document, or one of its elements, from the inside (XAdES baseline B): two passes over the source. Every byte
 * but those of the signature is the one received.
 * Throws what the key throws (VGM-SGT-…) and what `source` and `ecrire` throw.
 */
export async function signerEnveloppe(demande: DemandeEnveloppee): Promise<ResultatEnveloppe> {
  const { cible, mime, signataire } = demande;
  const prete = preparer(demande, [mime]);
  if (prete.type === 'refuse') return prete;
  const reperee = await reperer(demande, prete.valeur);
  if (reperee.type === 'refuse') return reperee;
  const uri = cible.type === 'document' ? '' : `#${cible.id}`;
  const modele = {
    ...commun(demande, prete.valeur),
    objets: [{ uri, forme: 'enveloppe', mime }] as const,
    contenus: [],
  };
  const { empreinte, sha256, octets } = reperee.valeur;
  const signee = await signer({ modele, tete: '', empreintes: [empreinte], signataire });
  if (signee.type === 'refuse') return signee;
  const apres = await copier(demande, reperee.valeur, signee.valeur);
  if (apres === null) return refuser(refusSignature('sourceChangee'));
  return { type: 'signe', avant: { sha256, octets }, apres };
}
