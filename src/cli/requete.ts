import { liste, type Options, texte } from './monde.ts';

/** Query of a list, from the options typed: `?etat=pret,transmis&limite=10`; empty when none is given. */
export function requete(options: Options, noms: readonly string[]): string {
  const q = new URLSearchParams();
  for (const nom of noms) {
    const plusieurs = liste(options, nom);
    const valeur = plusieurs.length > 0 ? plusieurs.join(',') : texte(options, nom);
    if (valeur !== undefined) q.set(nom, valeur);
    else if (options[nom] === true) q.set(nom, '1');
  }
  const texteRequete = q.toString();
  return texteRequete === '' ? '' : `?${texteRequete}`;
}

/** An identifier typed by a person, inside a path. */
export function segment(argument: string | undefined): string {
  return encodeURIComponent(argument ?? '');
}
