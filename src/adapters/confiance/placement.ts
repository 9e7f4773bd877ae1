import { basename } from 'node:path';
import type { Famille, MagasinConfiance } from '../../formats/certificats/magasin.ts';
import type { EtatDossier } from './dossier.ts';

/** In which file of the folder a family goes, or leaves: the operator may have put several in one, or one in several. */

type Fichiers = ReadonlyMap<string, MagasinConfiance | null>;

/** A file that holds nothing more goes. */
function garder(magasin: MagasinConfiance): MagasinConfiance | null {
  return magasin.familles.length === 0 && magasin.listeDesListes === undefined ? null : magasin;
}

/** Files without this family, of those that held it. */
export function retirerFamille({ fichiers }: EtatDossier, nom: string): Fichiers {
  const porteurs = fichiers.filter((f) => f.magasin.familles.some((x) => x.nom === nom));
  return new Map(
    porteurs.map(({ fichier, magasin }) => [
      basename(fichier),
      garder({ ...magasin, familles: magasin.familles.filter((x) => x.nom !== nom) }),
    ]),
  );
}

/** The family whole, in the first file that held part of it, else in one of its own name. */
export function placerFamille(etat: EtatDossier, famille: Famille): Fichiers {
  const sans = retirerFamille(etat, famille.nom);
  const cible = [...sans.keys()][0] ?? `${famille.nom}.json`;
  const present = etat.fichiers.find((f) => basename(f.fichier) === cible)?.magasin;
  const autres = (present?.familles ?? []).filter((f) => f.nom !== famille.nom);
  const magasin = { ...(present ?? { version: 1 as const }), familles: [...autres, famille] };
  return new Map([...sans, [cible, magasin]]);
}

/** @param liste undefined: none any more. */
export function placerListeDesListes(etat: EtatDossier, liste: MagasinConfiance['listeDesListes']): Fichiers {
  const porteur = etat.fichiers.find((f) => f.magasin.listeDesListes !== undefined);
  const cible = porteur === undefined ? 'liste-des-listes.json' : basename(porteur.fichier);
  const familles = porteur?.magasin.familles ?? [];
  const suite = liste === undefined ? {} : { listeDesListes: liste };
  return new Map([[cible, garder({ version: 1, familles, ...suite })]]);
}
