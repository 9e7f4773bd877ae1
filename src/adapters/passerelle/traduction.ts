import { erreurPasserelle } from '../../metier/catalogue/passerelle.ts';
import { FautePair } from './fautes.ts';

/** Fault of the peer met outside a deposit → catalogue row. What is not one passes unchanged. */
export function traduire(
  erreur: unknown,
  ou: { readonly passerelle: string; readonly nom: string },
): unknown {
  if (!(erreur instanceof FautePair)) return erreur;
  const { passerelle, nom } = ou;
  const detail = erreur.message;
  return erreur.genre === 'ligne' || erreur.genre === 'passager'
    ? erreurPasserelle('VGM-PAS-001', { passerelle, detail }, erreur)
    : erreurPasserelle('VGM-PAS-021', { passerelle, nom, detail }, erreur);
}
