import type { DocumentPdf } from './document.ts';
import { type Dictionnaire, enEntier, enNom, type ObjetPdf } from './objets.ts';
import { catalogueDe } from './pages.ts';

/** What the signatures of a document allow (ISO 32000-1, 12.8), whatever they are worth. */

/** Access of a certified document: 1 nothing changes, 2 forms are filled in, 3 notes are added too (table 254). */
export type Acces = 1 | 2 | 3;

export interface SignaturesPdf {
  readonly nombre: number;
  /** The strictest that a signature sets; null when none restricts. */
  readonly acces: Acces | null;
}

/** Fields of a form: beyond that, the others are not looked at. */
const CHAMPS_MAX = 20_000;

const enAcces = (valeur: ObjetPdf): Acces | null => {
  const p = enEntier(valeur);
  return p === 1 || p === 2 || p === 3 ? p : null;
};

/** `DocMDP` among the references of a signature; without `P` it means 2. */
export function accesCertifie(document: DocumentPdf, signature: Dictionnaire): Acces | null {
  for (const element of document.elements(signature.entrees.get('Reference'))) {
    const reference = document.dictionnaire(element);
    if (enNom(document.resoudre(reference?.entrees.get('TransformMethod'))) !== 'DocMDP') continue;
    const parametres = document.dictionnaire(reference?.entrees.get('TransformParams'));
    return enAcces(document.resoudre(parametres?.entrees.get('P'))) ?? 2;
  }
  return null;
}

/** A field may also say what its signature locks (ISO 32000-2, table 236). */
function accesVerrouille(document: DocumentPdf, champ: Dictionnaire): Acces | null {
  const verrou = document.dictionnaire(champ.entrees.get('Lock'));
  return enAcces(document.resoudre(verrou?.entrees.get('P')));
}

function strict(acces: readonly (Acces | null)[]): Acces | null {
  return acces.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}

interface Champ {
  readonly objet: ObjetPdf;
  /** Type that the field above hands down. */
  readonly sorte: string | null;
}

export function* champs(document: DocumentPdf): Generator<{ champ: Dictionnaire; sorte: string | null }> {
  const formulaire = document.dictionnaire(catalogueDe(document).entrees.get('AcroForm'));
  const racines = document.elements(formulaire?.entrees.get('Fields'));
  const pile: Champ[] = racines.slice(0, CHAMPS_MAX).map((objet) => ({ objet, sorte: null }));
  for (let n = 0; n < CHAMPS_MAX; n += 1) {
    const suivant = pile.pop();
    if (suivant === undefined) return;
    const champ = document.dictionnaire(suivant.objet);
    if (champ === null) continue;
    const sorte = enNom(document.resoudre(champ.entrees.get('FT'))) ?? suivant.sorte;
    yield { champ, sorte };
    const suite = document.elements(champ.entrees.get('Kids')).slice(0, CHAMPS_MAX);
    if (pile.length < CHAMPS_MAX) for (const objet of suite) pile.push({ objet, sorte });
  }
}

/** Throws VGM-PDF-001 to -003, as any reading. */
export function lireSignatures(document: DocumentPdf): SignaturesPdf {
  const permissions = document.dictionnaire(catalogueDe(document).entrees.get('Perms'));
  const certifiante = document.dictionnaire(permissions?.entrees.get('DocMDP'));
  const acces: (Acces | null)[] = certifiante === null ? [] : [accesCertifie(document, certifiante) ?? 2];
  let nombre = 0;
  for (const { champ, sorte } of champs(document)) {
    const signature = sorte === 'Sig' ? document.dictionnaire(champ.entrees.get('V')) : null;
    if (signature === null) continue;
    nombre += 1;
    acces.push(accesCertifie(document, signature), accesVerrouille(document, champ));
  }
  return { nombre: Math.max(nombre, certifiante === null ? 0 : 1), acces: strict(acces) };
}
