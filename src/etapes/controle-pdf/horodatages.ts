import { jugerCertificat } from '../../formats/certificats/confiance.ts';
import type { Horodatage, SignatureJugee } from '../../formats/certificats/cms-rapport.ts';
import type { MagasinOuvert } from '../../formats/certificats/magasin.ts';
import type { AgeMax } from '../../formats/certificats/revocation.ts';
import type { Instant } from '../../metier/identifiants.ts';
import type { DefautHorodatage } from './constats.ts';

/** Which date a signature is judged at: that of its token when the unit that stamped it is admitted, or else the one claimed. */

export interface ReglesHorodatage {
  /** Families admitted for time-stamps; null: none is set, nobody is judged. */
  readonly magasin: MagasinOuvert | null;
  readonly ageMax?: AgeMax;
  readonly maintenant: Instant;
}

/** By the path and the evidence that came with the token; no server is asked about a unit. */
function admis({ signataire, joints, preuves, instant }: Horodatage, regles: ReglesHorodatage): boolean {
  const { magasin, ageMax, maintenant } = regles;
  if (magasin === null) return false;
  const verdict = jugerCertificat({
    certificat: signataire.der,
    intermediaires: joints.map((c) => c.der),
    magasin,
    instant,
    controle: (instant < maintenant ? maintenant : instant) as Instant,
    ...(ageMax === undefined ? {} : { ageMax }),
    preuves,
    emploi: 'horodatage',
  });
  return verdict.type !== 'refuse';
}

export interface Datation {
  /** null: nobody says when. */
  readonly instant: Instant | null;
  readonly defaut: DefautHorodatage | null;
}

export function dater(
  { horodatage, instant }: Pick<SignatureJugee, 'horodatage' | 'instant'>,
  regles: ReglesHorodatage,
): Datation {
  if (horodatage === null) return { instant, defaut: null };
  if (admis(horodatage, regles)) return { instant: horodatage.instant, defaut: null };
  return { instant, defaut: regles.magasin === null ? 'non_juge' : 'non_admis' };
}
