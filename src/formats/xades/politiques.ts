import type { Instant } from '../../metier/identifiants.ts';
import type { NomHachage } from './algorithmes.ts';

/** A signature policy as it was seen or published: a row is a fact with its date, not a rule. */
export interface LignePolitique {
  /** As SigPolicyId writes it, `urn:oid:` included. */
  readonly identifiant: string;
  readonly hachage: NomHachage;
  /** Base64. */
  readonly empreinte: string;
  readonly libelle: string;
  readonly adresse: string;
  /** Day from which the row is known, `YYYY-MM-DD`, and where from. */
  readonly depuis: string;
  /** Last day on which it may be signed under, `YYYY-MM-DD`; absent: the row is open. */
  readonly jusqua?: string;
  readonly origine: string;
}

export type TablePolitiques = readonly LignePolitique[];

const HELIOS = 'urn:oid:1.2.250.1.131.1.5.18.21.1';
const LIBELLE = 'Politique de signature Helios de la DGFiP';
const PORTAIL = 'https://portail.dgfip.finances.gouv.fr/documents/PS_Helios_DGFiP.pdf';
const COLLECTIVITES =
  'https://www.collectivites-locales.gouv.fr/files/files/finances_locales/dematerialisation/ps_helios_dgfip.pdf';

/** The pairs known on 2026-01-01; a site adds and closes rows by a file of its own. The first that is not obsolete signs. */
export const POLITIQUES_HELIOS: TablePolitiques = [
  {
    identifiant: `${HELIOS}.7`,
    hachage: 'SHA-256',
    empreinte: 'roF9+cfRHNPtVJolhdqfIqGMVuUXX8aR4rpiquf0u5E=',
    libelle: LIBELLE,
    adresse: COLLECTIVITES,
    depuis: '2018-03-01',
    origine: 'signatures de 2018 et 2019',
  },
  {
    identifiant: `${HELIOS}.4`,
    hachage: 'SHA-256',
    empreinte: 'pYtFgzn09kQWZywqdIGVd1fFI07tjKmEAyQHr0l/YAk=',
    libelle: LIBELLE,
    adresse: PORTAIL,
    depuis: '2011-02-09',
    origine: 'politique du 9 février 2011',
  },
  {
    identifiant: `${HELIOS}.4`,
    hachage: 'SHA-1',
    empreinte: 'Jkdb+aba0Hz6+ZPKmKNhPByzQ+Q=',
    libelle: LIBELLE,
    adresse: PORTAIL,
    depuis: '2011-02-09',
    origine: 'politique du 9 février 2011',
  },
];

export type AvisPolitique = 'connue' | 'paire_inattendue' | 'inconnue';

/** `urn:oid:1.2` and `1.2` name the same object (RFC 3061). */
export function oidNu(identifiant: string): string {
  return identifiant.trim().replace(/^urn:oid:/i, '');
}

/** The days of the table are those of France. */
const FUSEAU = 'Europe/Paris';

/** Rows under which one may sign at an instant. */
export function politiquesA(table: TablePolitiques, instant: Instant): TablePolitiques {
  const jour = Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(FUSEAU)
    .toPlainDate()
    .toString();
  return table.filter(({ jusqua }) => jusqua === undefined || jour <= jusqua);
}

/** What was seen in a signature. `instant`: when it was made, null when it does not say. */
export interface PolitiqueVue {
  readonly identifiant: string;
  readonly hachage: string;
  readonly empreinte: string;
  readonly instant?: Instant | null;
}

/** Whether the table knows this identifier with this digest, at that instant: a row that was closed before is no row. */
export function avisPolitique(table: TablePolitiques, vue: PolitiqueVue): AvisPolitique {
  const ouvertes = vue.instant == null ? table : politiquesA(table, vue.instant);
  const lignes = ouvertes.filter((l) => oidNu(l.identifiant) === oidNu(vue.identifiant));
  if (lignes.length === 0) return 'inconnue';
  const exacte = lignes.some((l) => l.hachage === vue.hachage && l.empreinte === vue.empreinte.trim());
  return exacte ? 'connue' : 'paire_inattendue';
}
