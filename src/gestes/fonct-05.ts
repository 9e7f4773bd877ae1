import { ligneCsv, MARQUE_UTF8 } from '../formats/encodages/csv.ts';
import type { Collectivite } from '../metier/collectivite.ts';
import { LIBELLE_ETAT } from '../metier/etats.ts';
import type { Flux, Piece } from '../metier/flux.ts';
import type { Instant } from '../metier/identifiants.ts';
import type { LigneJournal } from '../metier/journal.ts';
import { messageDe } from '../protocoles/actes/echanges/resume.ts';
import { libelleMessage, nomsPartis } from '../protocoles/actes/partis.ts';
import { aParis, estAccuse, estPassage } from './exports.ts';

/** FONCT-05 as text: one line for a message transmitted to the préfecture (cahier des charges ACTES; JRN-04). */

export interface MessageTransmis {
  readonly flux: Flux;
  /** The acte that it is about, or itself; null when nobody has it here. */
  readonly acte: Flux | null;
  readonly collectivite: Collectivite | undefined;
  readonly pieces: readonly Piece[];
  /** Its lines of the journal, in order. */
  readonly histoire: readonly LigneJournal[];
  /** When it went on the line. */
  readonly quand: Instant;
}

/** Several names in one cell. */
const JOINT = ' | ';

const texte = (valeur: unknown): string => (typeof valeur === 'string' ? valeur : '');

const duResume = (nom: string) => (m: MessageTransmis) => texte(m.flux.resume[nom]);

/** Third and last fields of an IDActe. */
function champsIdActe({ flux }: MessageTransmis): { readonly date: string; readonly nature: string } {
  const champs = texte(flux.resume['idActe']).split('-');
  const date = (champs[2] ?? '').replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  return { date, nature: champs.at(-1) ?? '' };
}

const archiveDe = ({ pieces }: MessageTransmis): Piece | undefined =>
  pieces.findLast((p) => p.role === 'archive');

const fichiers = ({ flux, pieces, collectivite }: MessageTransmis): string =>
  nomsPartis(flux, { pieces, departement: collectivite?.actes?.departement ?? '' }).join(JOINT);

const recus = ({ pieces }: MessageTransmis): string =>
  pieces
    .filter((p) => p.role === 'accuse')
    .map((p) => p.nom)
    .join(JOINT);

/** Date that the receipt or the refusal bears: the one that counts in law. */
const dateAccuse = ({ flux: { resume } }: MessageTransmis): string =>
  texte(resume['dateReception']) || texte(resume['dateAnomalie']);

function recuLe({ histoire }: MessageTransmis): string {
  const accuse = histoire.findLast(estAccuse);
  return accuse === undefined ? '' : aParis(Date.parse(accuse.t) as Instant);
}

const COLONNES: readonly (readonly [string, (m: MessageTransmis) => string | number])[] = [
  ['SIREN', (m) => m.flux.collectivite],
  ['Collectivité', (m) => m.collectivite?.nom ?? ''],
  ['Département', (m) => m.collectivite?.actes?.departement ?? ''],
  ['Arrondissement', (m) => m.collectivite?.actes?.arrondissement ?? ''],
  ['Message', (m) => messageDe(m.flux)],
  ['Libellé', (m) => libelleMessage(messageDe(m.flux))],
  ['Identifiant de l’acte', duResume('idActe')],
  ['Numéro', duResume('numero')],
  ['Date de décision', (m) => champsIdActe(m).date],
  ['Nature', (m) => champsIdActe(m).nature],
  ['Matière', (m) => texte(m.acte?.resume['matiere'])],
  ['Objet', duResume('objet')],
  ['Transmis le (Paris)', (m) => aParis(m.quand)],
  ['Transmis le (UTC)', (m) => new Date(m.quand).toISOString()],
  ['Archive', (m) => m.flux.nomEnvoi ?? ''],
  ['Taille (octets)', (m) => archiveDe(m)?.taille ?? ''],
  ['SHA-256', (m) => archiveDe(m)?.sha256 ?? ''],
  ['Fichiers transmis', fichiers],
  ['Agent', (m) => m.histoire.find(({ ev }) => ev === 'DEPOT')?.acteur ?? ''],
  ['État à l’export', (m) => LIBELLE_ETAT[m.flux.etat]],
  ['Date de l’accusé', dateAccuse],
  ['Accusé rangé le (Paris)', recuLe],
  ['Messages reçus', recus],
  ['Flux', (m) => m.flux.id],
];

/** First line of the table, after the mark of its encoding. */
export const ENTETE_FONCT_05 = MARQUE_UTF8 + ligneCsv(COLONNES.map(([titre]) => titre));

export function ligneMessage(message: MessageTransmis): string {
  return ligneCsv(COLONNES.map(([, valeur]) => valeur(message)));
}

/** What the State certainly did not take. */
const SANS_REMISE: readonly string[] = ['REMISE_NON_FAITE', 'REMISE_REFUSEE'];

/**
 * The passage on the line by which a message was transmitted: the first one that may have left something at the State's. A
 * message sent again stays transmitted at its first hour; one that never arrived has none.
 */
export function passageRetenu(histoire: readonly LigneJournal[]): LigneJournal | undefined {
  const passages = histoire.filter((ligne) => estPassage(ligne, histoire));
  const retenu = passages.find(({ n }, rang) => {
    const fin = passages[rang + 1]?.n ?? Number.POSITIVE_INFINITY;
    return !histoire.some((l) => l.n > n && l.n < fin && SANS_REMISE.includes(l.ev));
  });
  // its answer proves that it had arrived, whatever was believed at the door
  return retenu ?? (histoire.some(estAccuse) ? passages.at(-1) : undefined);
}
