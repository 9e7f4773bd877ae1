import { FILE_LIVRAISONS, FILE_RETOURS, fileDeProtocole } from '../metier/files.ts';
import type { Instant } from '../metier/identifiants.ts';
import { estTerminal } from '../metier/etats.ts';
import type { Annonce } from '../ports/repartition.ts';
import type { ChangementFlux, Ecriture, EcritureStore, NouveauFlux } from '../ports/store.ts';

interface Ligne {
  readonly id: string;
  /** Version that the write leaves. */
  readonly ver: number;
  readonly due: Instant | null;
}

function annonce(file: string, { id, ver, due }: Ligne): Annonce[] {
  return due === null ? [] : [{ file, id, ver, due }];
}

function naissance({ id, protocole, etat, due }: NouveauFlux): Annonce[] {
  return estTerminal(etat) ? [] : annonce(fileDeProtocole(protocole), { id, ver: 1, due });
}

/** In hand, it is nobody else's business; without its queue, its due date did not move. */
function changement({ id, ver, due, file, garderBail, tenu }: ChangementFlux): Annonce[] {
  const enMain = tenu === undefined ? garderBail === true : tenu.jusqua !== null;
  return enMain || file === undefined ? [] : annonce(file, { id, ver: ver + 1, due });
}

/** The row of a change, which names the version it found. */
function apres({ id, ver, due }: Ligne): Ligne {
  return { id, ver: ver + 1, due };
}

function annoncesDe(e: Ecriture): Annonce[] {
  return [
    ...(e.nouveauxFlux ?? []).flatMap(naissance),
    ...(e.flux ?? []).flatMap(changement),
    ...(e.retours ?? []).flatMap((r) => annonce(FILE_RETOURS, apres(r))),
    ...(e.nouvellesLivraisons ?? []).flatMap(({ id, due }) => annonce(FILE_LIVRAISONS, { id, ver: 1, due })),
    ...(e.livraisons ?? []).flatMap((l) => annonce(FILE_LIVRAISONS, apres(l))),
  ];
}

/** The same writes, that tell what is due once they are durable. An announcement that is lost costs one sweep. */
export function ecritureQuiAnnonce(
  ecriture: EcritureStore,
  annoncer: (annonces: readonly Annonce[]) => void,
): EcritureStore {
  const dire = (annonces: readonly Annonce[]): void => {
    if (annonces.length > 0) annoncer(annonces);
  };
  return {
    ecrire: async (e) => {
      await ecriture.ecrire(e);
      dire(annoncesDe(e));
    },
    creerFlux: async (nouveau, suite) => {
      const resultat = await ecriture.creerFlux(nouveau, suite);
      if (resultat.type === 'cree') dire([...naissance(nouveau), ...annoncesDe(suite)]);
      return resultat;
    },
    creerRetour: async (nouveau, suite) => {
      const resultat = await ecriture.creerRetour(nouveau, suite);
      if (resultat === 'cree') {
        const { id, due } = nouveau;
        dire([...annonce(FILE_RETOURS, { id, ver: 1, due }), ...annoncesDe(suite)]);
      }
      return resultat;
    },
  };
}
