import type { Ancre, Famille, MagasinConfiance } from './magasin.ts';

/** Several files make one store: families are joined by their name, in the order of the files. */

export interface MagasinNomme {
  /** For people: path of the file. */
  readonly fichier: string;
  readonly magasin: MagasinConfiance;
}

export type Fusion =
  | { readonly type: 'faite'; readonly magasin: MagasinConfiance }
  /** One French line per problem, with its remedy. */
  | { readonly type: 'refuse'; readonly problemes: readonly string[] };

interface Part {
  readonly fichier: string;
  readonly famille: Famille;
}

/**
 * A family read by table may be spread over files: the first row that fits wins, the first file first. A trusted
 * list may not: an older copy of it would give back what the newer one withdrew.
 */
export function fusionner(magasins: readonly MagasinNomme[]): Fusion {
  const parNom = new Map<string, Part[]>();
  for (const { fichier, magasin } of magasins) {
    for (const famille of magasin.familles) {
      parNom.set(famille.nom, [...(parNom.get(famille.nom) ?? []), { fichier, famille }]);
    }
  }
  const listes = magasins.filter((m) => m.magasin.listeDesListes !== undefined);
  const problemes = [...parNom.values()].flatMap(opposer);
  if (listes.length > 1) {
    const noms = listes.map((l) => l.fichier).join(' et ');
    problemes.push(`La liste des listes est dans deux fichiers : ${noms}. N’en garder qu’un.`);
  }
  if (problemes.length > 0) return { type: 'refuse', problemes };
  const listeDesListes = listes[0]?.magasin.listeDesListes;
  const familles = [...parNom.values()].flatMap(joindre);
  return {
    type: 'faite',
    magasin: { version: 1, familles, ...(listeDesListes === undefined ? {} : { listeDesListes }) },
  };
}

function opposer([premiere, ...suivantes]: readonly Part[]): string[] {
  return suivantes.flatMap(({ fichier, famille }) => {
    const deux = `La famille « ${famille.nom} » est dans ${premiere?.fichier} et dans ${fichier}`;
    if (famille.lecture !== premiere?.famille.lecture) {
      return [`${deux}, lue de deux manières. Renommer l’une des deux.`];
    }
    return famille.lecture === 'eidas'
      ? [`${deux} : une liste de confiance n’a qu’un fichier. N’en garder qu’un.`]
      : [];
  });
}

function joindre([premiere, ...suivantes]: readonly Part[]): Famille[] {
  if (premiere === undefined) return [];
  const familles = [premiere, ...suivantes].map((p) => p.famille);
  const ancres = new Map<string, Ancre>();
  for (const ancre of familles.flatMap((f) => f.ancres)) ancres.set(JSON.stringify(ancre), ancre);
  return [
    {
      ...premiere.famille,
      ancres: [...ancres.values()],
      niveaux: familles.flatMap((f) => f.niveaux),
      origine: familles.map((f) => f.origine).join(' ; '),
    },
  ];
}
