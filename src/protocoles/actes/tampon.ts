import type { Jour } from '../../metier/identifiants.ts';

/** What is stamped on the copy of an acte that is handed out; each line is optional (actes.md § E.7). */
export interface FaitsTampon {
  /** Day of the deposit. */
  readonly envoye: Jour | null;
  /** `DateReception` of the accusé. */
  readonly recu: Jour | null;
  /** Told by the collectivité: it is no part of the protocol. */
  readonly publie: Jour | null;
  /** `IDActe`. */
  readonly id: string | null;
}

const enFrancais = (jour: Jour): string => jour.split('-').toReversed().join('/');

/** Lines of the stamp, in order; none when nothing is known. */
export function lignesTampon({ envoye, recu, publie, id }: FaitsTampon): readonly string[] {
  return [
    ...(envoye === null ? [] : [`Envoyé en préfecture le ${enFrancais(envoye)}`]),
    ...(recu === null ? [] : [`Reçu en préfecture le ${enFrancais(recu)}`]),
    ...(publie === null ? [] : [`Publié le ${enFrancais(publie)}`]),
    ...(id === null ? [] : [`ID : ${id}`]),
  ];
}
