import { type EspacesArtefact, type JokerArtefact } from './artefact.ts';

/** Namespace constraints of wildcards (XSD Structures, 3.10.6). */

const TOUS: EspacesArtefact = { genre: 'tous' };

export function admet(espaces: EspacesArtefact, uri: string): boolean {
  if (espaces.genre === 'parmi') return espaces.uris.includes(uri);
  return espaces.genre === 'tous' || (uri !== '' && uri !== espaces.uri);
}

/** @param texte the attribute `namespace` of a wildcard; `cible` the target namespace of its schema. */
export function lireEspaces(texte: string, cible: string): EspacesArtefact {
  if (texte === '##any') return TOUS;
  if (texte === '##other') return { genre: 'sauf', uri: cible };
  const uris = texte.split(/[ \t\n\r]/).filter((mot) => mot !== '');
  return {
    genre: 'parmi',
    uris: uris.map((mot) => (mot === '##targetNamespace' ? cible : mot === '##local' ? '' : mot)),
  };
}

/** @returns null when the result cannot be written as a constraint, which XSD 1.0 forbids. */
function unir(a: EspacesArtefact, b: EspacesArtefact): EspacesArtefact | null {
  if (a.genre === 'tous' || b.genre === 'tous') return TOUS;
  if (a.genre === 'parmi') {
    if (b.genre === 'parmi') return { genre: 'parmi', uris: [...new Set([...a.uris, ...b.uris])] };
    const [nie, rien] = [a.uris.includes(b.uri), a.uris.includes('')];
    if (nie) return rien ? TOUS : { genre: 'sauf', uri: '' };
    return rien ? null : b;
  }
  if (b.genre === 'parmi') return unir(b, a);
  return a.uri === b.uri ? a : { genre: 'sauf', uri: '' };
}

function croiser(a: EspacesArtefact, b: EspacesArtefact): EspacesArtefact | null {
  if (a.genre === 'tous') return b;
  if (b.genre === 'tous') return a;
  if (a.genre === 'parmi') return { genre: 'parmi', uris: a.uris.filter((uri) => admet(b, uri)) };
  if (b.genre === 'parmi') return croiser(b, a);
  if (a.uri === b.uri || b.uri === '') return a;
  return a.uri === '' ? b : null;
}

function combiner(
  a: JokerArtefact | null,
  b: JokerArtefact | null,
  faire: (a: EspacesArtefact, b: EspacesArtefact) => EspacesArtefact | null,
): JokerArtefact | 'inexprimable' | null {
  if (a === null || b === null) return a ?? b;
  const espaces = faire(a.espaces, b.espaces);
  return espaces === null ? 'inexprimable' : { processus: a.processus, espaces };
}

/** For a type and the attribute groups it uses: the process of the first is kept. */
export const intersection = (
  a: JokerArtefact | null,
  b: JokerArtefact | null,
): JokerArtefact | 'inexprimable' | null => combiner(a, b, croiser);

/** For an extension and its base. */
export const reunion = (
  a: JokerArtefact | null,
  b: JokerArtefact | null,
): JokerArtefact | 'inexprimable' | null => combiner(a, b, unir);

/** Whether some namespace is admitted by both. */
export function seCroisent(a: EspacesArtefact, b: EspacesArtefact): boolean {
  if (a.genre === 'parmi') return a.uris.some((uri) => admet(b, uri));
  return b.genre === 'parmi' ? seCroisent(b, a) : true;
}
