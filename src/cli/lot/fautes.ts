import { erreurLot } from '../../metier/catalogue/lot.ts';
import { enAnomalie, type Faute } from '../../protocoles/actes/lot/fautes.ts';
import { ErreurDocument } from '../erreurs.ts';
import { pluriel } from '../rendu.ts';

/** Told one by one; the remainder is counted. All of it is told before anything is deposited. */
const DITES_MAX = 100;

/** @param manifeste its name, for people. */
export function refuserManifeste(manifeste: string, fautes: readonly Faute[]): ErreurDocument {
  const parLigne = fautes.toSorted((a, b) => a.ligne - b.ligne);
  const tues = parLigne.length - DITES_MAX;
  const compte =
    pluriel(fautes.length, 'faute') + (tues > 0 ? `, dont les ${DITES_MAX} premières sont dites ici` : '');
  const erreur = erreurLot('VGM-LOT-001', { manifeste, compte });
  return new ErreurDocument(erreur, parLigne.slice(0, DITES_MAX).map(enAnomalie));
}
