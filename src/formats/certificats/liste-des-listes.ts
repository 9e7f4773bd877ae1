import type { ElementXml } from '../xml/lire.ts';
import { lireCertificat } from './certificat.ts';
import { lireGenre } from './liste-entete.ts';
import { ATTRIBUT, enfant, enfants, texte } from './liste-xml.ts';
import type { ListeDesListes } from './magasin.ts';

/**
 * The list of lists of the Union (TS 119 612 § 5.3.13): for each territory, the certificates of those who may sign its
 * list. It points at itself too, which is how its own signers change.
 */

export type Pointeur = ListeDesListes['pointeurs'][number];

/** Territory under which the list of lists points at itself. */
export const TERRITOIRE_UNION = 'EU';

/** The machine-readable pointers, one per territory; a certificate that cannot be read signs nothing. */
export function lirePointeurs(racine: ElementXml): Pointeur[] {
  const suite = enfant(enfant(racine, 'SchemeInformation'), 'PointersToOtherTSL');
  const parTerritoire = new Map<string, Pointeur>();
  for (const lu of enfants(suite, 'OtherTSLPointer').flatMap(lirePointeur)) {
    const deja = parTerritoire.get(lu.territoire);
    const signataires = [...new Set([...(deja?.signataires ?? []), ...lu.signataires])];
    parTerritoire.set(lu.territoire, { ...lu, adresse: deja?.adresse ?? lu.adresse, signataires });
  }
  return [...parTerritoire.values()].toSorted((a, b) => (a.territoire < b.territoire ? -1 : 1));
}

function lirePointeur(pointeur: ElementXml): Pointeur[] {
  const autres = enfants(enfant(pointeur, 'AdditionalInformation'), 'OtherInformation').flatMap(
    (i) => i.enfants,
  );
  const dire = (nom: string): string => texte(autres.find((e) => e.nom === nom));
  const territoire = dire('SchemeTerritory');
  const genre = lireGenre(dire('TSLType'));
  const lisible = ['', 'application/vnd.etsi.tsl+xml'].includes(dire('MimeType'));
  const attendu = territoire === TERRITOIRE_UNION ? 'liste_des_listes' : 'liste';
  if (!lisible || genre !== attendu || !/^[A-Z]{2}$/.test(territoire)) return [];
  const signataires = enfants(enfant(pointeur, 'ServiceDigitalIdentities'), 'ServiceDigitalIdentity')
    .flatMap((identite) => enfants(identite, 'DigitalId'))
    .flatMap((id) => enfants(id, ATTRIBUT.certificat))
    .flatMap((c) => {
      const lu = lireCertificat(Uint8Array.from(Buffer.from(c.texte, 'base64')));
      return lu.type === 'lu' ? [lu.certificat.sha256] : [];
    });
  return [{ territoire, adresse: texte(enfant(pointeur, 'TSLLocation')), signataires }];
}
