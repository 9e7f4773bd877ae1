import { erreurXml } from '../../metier/catalogue/xml.ts';

/** An element to write. Names are qualified as they must appear (`actes:Acte`, `xmlns:actes`). */
export type Noeud = {
  nom: string;
  /** Written in the order given. */
  attributs?: Readonly<Record<string, string>>;
  enfants?: readonly Noeud[];
  /** Written before the children. */
  texte?: string;
  /** Markup written as it stands in place of the children, ASCII: what is signed elsewhere takes no indentation. */
  brut?: string;
};

const PROLOGUE = '<?xml version="1.0" encoding="ISO-8859-1"?>\n';
const NOM = /^[A-Za-z_][A-Za-z0-9_.-]*(:[A-Za-z_][A-Za-z0-9_.-]*)?$/;

/**
 * What cannot be written as it is. C1 controls are legal and exist in ISO-8859-1, yet go out as references:
 * too many readers take those bytes for Windows-1252.
 */
const A_TRANSCRIRE = /(?![\t\n])[&<>"\p{Cc}\u{100}-\u{10ffff}]/gu;
/** A parser turns raw white space of an attribute into spaces (XML 1.0, 3.3.3): it goes out as references too. */
const A_TRANSCRIRE_ATTRIBUT = /[&<>"\p{Cc}\u{100}-\u{10ffff}]/gu;

const ENTITES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Production [2] Char of XML 1.0. */
function permis(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || code > 0xffff;
}

function transcrire(caractere: string, ou: string): string {
  const entite = ENTITES[caractere];
  if (entite !== undefined) return entite;
  const code = caractere.codePointAt(0) ?? 0;
  if (!permis(code)) {
    const hexa = code.toString(16).toUpperCase().padStart(4, '0');
    throw erreurXml('VGM-XML-001', { caractere: `U+${hexa}`, ou });
  }
  return `&#${code};`;
}

function nomVerifie(nom: string): string {
  if (!NOM.test(nom)) throw erreurXml('VGM-XML-002', { nom });
  return nom;
}

function ouvrante(noeud: Noeud): string {
  let texte = `<${nomVerifie(noeud.nom)}`;
  for (const [cle, valeur] of Object.entries(noeud.attributs ?? {})) {
    const ecrit = valeur.replace(A_TRANSCRIRE_ATTRIBUT, (c) => transcrire(c, `attribut ${cle}`));
    texte += ` ${nomVerifie(cle)}="${ecrit}"`;
  }
  return texte;
}

/** Indentation is white space added between elements: never where the element has text of its own. */
function ecrireNoeud(noeud: Noeud, profondeur: number, sortie: string[]): void {
  const enfants = noeud.enfants ?? [];
  const texte = (noeud.texte ?? '').replace(A_TRANSCRIRE, (c) => transcrire(c, `élément ${noeud.nom}`));
  if (noeud.brut !== undefined) {
    sortie.push(ouvrante(noeud), '>', texte, noeud.brut, `</${noeud.nom}>`);
    return;
  }
  if (enfants.length === 0 && texte === '') {
    sortie.push(ouvrante(noeud), '/>');
    return;
  }
  sortie.push(ouvrante(noeud), '>', texte);
  const retrait = texte === '' ? '\n' : null;
  for (const enfant of enfants) {
    if (retrait !== null) sortie.push(retrait, ' '.repeat(profondeur + 1));
    ecrireNoeud(enfant, profondeur + 1, sortie);
  }
  if (retrait !== null) sortie.push(retrait, ' '.repeat(profondeur));
  sortie.push(`</${noeud.nom}>`);
}

/**
 * Writes a document as the ACTES norm wants it: XML 1.0 in ISO-8859-1 (cahier des charges, jeu de caractères).
 * The same tree always gives the same bytes.
 * @throws VGM-XML-001 for a character forbidden by XML 1.0, VGM-XML-002 for a name that is not one.
 */
export function ecrireXml(racine: Noeud): Uint8Array {
  const sortie: string[] = [PROLOGUE];
  ecrireNoeud(racine, 0, sortie);
  sortie.push('\n');
  return Buffer.from(sortie.join(''), 'latin1');
}
