import type { PositionXml, RefusXml } from '../formats/xml/evenements.ts';
import type { Anomalie } from '../metier/anomalies.ts';
import { erreurHorsLigne } from '../metier/catalogue/hors-ligne.ts';
import type { ErreurVgm } from '../metier/erreurs.ts';
import { ErreurDocument } from './erreurs.ts';

/** `ligne 3, colonne 12, octet 45`: as far as each is known, empty when nothing is. */
export function enLieu({ ligne, colonne, octet }: PositionXml): string {
  return [
    ...(ligne > 0 ? [`ligne ${ligne}`] : []),
    ...(colonne > 0 ? [`colonne ${colonne}`] : []),
    ...(octet >= 0 ? [`octet ${octet}`] : []),
  ].join(', ');
}

/** The error of a file that is no sound XML, with its place: VGM-HLG-006, exit code 3. */
export function xmlRefuse(fichier: string, { code, message, position }: RefusXml): ErreurVgm {
  const anomalie: Anomalie & { readonly position: PositionXml } = {
    code,
    gravite: 'bloquante',
    message,
    remede: 'Corriger le fichier à cet endroit, à sa source.',
    ou: enLieu(position),
    position,
  };
  return new ErreurDocument(erreurHorsLigne('VGM-HLG-006', { fichier }), [anomalie]);
}
