import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { ligneCsv, MARQUE_UTF8 } from '../../formats/encodages/csv.ts';
import type { Anomalie } from '../../metier/anomalies.ts';
import { erreurCli } from '../../metier/catalogue/cli.ts';
import { ErreurVgm } from '../../metier/erreurs.ts';
import type { LigneLot } from '../../protocoles/actes/lot/manifeste.ts';
import { raison } from '../fichiers.ts';
import { ecrireSortie } from '../sortie.ts';

/** The fate of each line, written beside the batch as it is known: what a person opens, and what a resumption reads. */

export type Verdict = 'déposé' | 'refusé' | 'doublon';

export interface Resultat {
  readonly ligne: Pick<LigneLot, 'ligne' | 'numero' | 'date' | 'nature' | 'objet'>;
  readonly verdict: Verdict;
  /** The daemon held it already, by an earlier run. */
  readonly rejeu: boolean;
  /** Identifier of the flux; empty when nothing was deposited. */
  readonly flux: string;
  /** IDActe; empty when nothing was deposited. */
  readonly identite: string;
  readonly anomalies: readonly Anomalie[];
}

/** First column: which batch the line belongs to. */
const TITRES = [
  'Lot',
  'Ligne',
  'Numéro',
  'Date',
  'Nature',
  'Objet',
  'Verdict',
  'Flux',
  'Identifiant de l’acte',
  'Anomalies',
  'Code',
  'Message',
  'Remède',
] as const;
const ENTETE = MARQUE_UTF8 + ligneCsv(TITRES);
const [LOT, LIGNE, VERDICT, FLUX] = [0, 1, 6, 7] as const;

function enCsv(lot: string, { ligne: l, verdict, flux, identite, anomalies }: Resultat): string {
  const [premiere] = anomalies;
  return ligneCsv([
    lot,
    l.ligne,
    l.numero,
    l.date,
    l.nature,
    l.objet,
    verdict,
    flux,
    identite,
    anomalies.length,
    premiere?.code ?? '',
    premiere === undefined
      ? ''
      : `${premiere.ou === undefined ? '' : `${premiere.ou} : `}${premiere.message}`,
    premiere?.remede ?? '',
  ]);
}

/** What an earlier run wrote of a line. */
export interface Ancien {
  readonly flux: string;
  readonly texte: string;
}

interface Contenu {
  /** Batch of its lines; null when it has none. */
  readonly lot: string | null;
  readonly lignes: ReadonlyMap<number, Ancien & { readonly verdict: string }>;
  /** Bytes up to the end of its last whole line. */
  readonly entier: number;
}

const VIDE: Contenu = { lot: null, lignes: new Map(), entier: 0 };

function refuser(fichier: string, motif: string, origine?: unknown): ErreurVgm {
  return erreurCli('VGM-CLI-005', { fichier, raison: motif }, origine);
}

async function lireTexte(fichier: string): Promise<string> {
  try {
    return await readFile(fichier, 'utf8');
  } catch (e) {
    if (e instanceof Error && 'code' in e && e.code === 'ENOENT') return '';
    throw refuser(fichier, raison(e), e);
  }
}

/** The last line may have been cut by a machine that stopped: it does not count. */
async function relire(fichier: string): Promise<Contenu> {
  const texte = await lireTexte(fichier);
  if (texte === '' || (texte.length < ENTETE.length && ENTETE.startsWith(texte))) return VIDE;
  if (!texte.startsWith(ENTETE))
    throw refuser(fichier, 'il existe déjà, et ce n’est pas un fichier de résultats');
  const entier = texte.slice(0, texte.lastIndexOf('\r\n') + 2);
  const brutes = entier.slice(ENTETE.length).split('\r\n').slice(0, -1);
  const lignes = new Map<number, Ancien & { readonly verdict: string }>();
  let lot: string | null = null;
  for (const brute of brutes) {
    const [cellules = []] = parse(brute, { delimiter: ';', relax_quotes: true, relax_column_count: true });
    const [nom = '', ligne, verdict = '', flux = ''] = [LOT, LIGNE, VERDICT, FLUX].map((c) => cellules[c]);
    lot = nom;
    lignes.set(Number(ligne), { verdict, flux, texte: `${brute}\r\n` });
  }
  return { lot, lignes, entier: Buffer.byteLength(entier) };
}

/** `lot.resultats.csv` → `lot.resultats.1a2b3c4d.csv`. */
function nomAncien(fichier: string, lot: string): string {
  return `${fichier.replace(/\.csv$/i, '')}.${lot.replace(/^lot-/, '').slice(0, 8)}.csv`;
}

export interface OptionsResultats {
  readonly fichier: string;
  /** Names the batch: collectivité and manifest. */
  readonly lot: string;
  /** Part of the name of a draft. */
  readonly marque: string;
}

/** Lines are appended and put on the disk by small groups; the last word is the same table, in the order of the manifest. */
export class Resultats {
  readonly #options: OptionsResultats;
  readonly #poignee: FileHandle;
  readonly #textes: Map<number, string>;
  readonly #deposes: ReadonlyMap<number, Ancien>;
  #attente: string[] = [];
  #ecriture: Promise<void> = Promise.resolve();
  /** Where the results of another manifest went; null when there were none. */
  readonly ecartes: string | null;

  private constructor(
    options: OptionsResultats,
    ouvert: { readonly poignee: FileHandle; readonly contenu: Contenu; readonly ecartes: string | null },
  ) {
    const { lignes } = ouvert.contenu;
    this.#options = options;
    this.#poignee = ouvert.poignee;
    this.ecartes = ouvert.ecartes;
    this.#textes = new Map([...lignes].map(([ligne, { texte }]) => [ligne, texte]));
    this.#deposes = new Map(
      [...lignes].filter(([, { verdict }]) => verdict === ('déposé' satisfies Verdict)),
    );
  }

  /**
   * Opens before the first deposit, so that a place where nothing can be written is told in time. Results of another
   * manifest are put aside, never overwritten. Throws VGM-CLI-005.
   */
  static async ouvrir(options: OptionsResultats): Promise<Resultats> {
    const { fichier, lot } = options;
    let contenu = await relire(fichier);
    let ecartes: string | null = null;
    try {
      if (contenu.lot !== null && contenu.lot !== lot) {
        ecartes = nomAncien(fichier, contenu.lot);
        await rename(fichier, ecartes);
        contenu = VIDE;
      }
      const poignee = await open(fichier, 'a');
      await poignee.truncate(contenu.entier);
      if (contenu.entier === 0) await poignee.appendFile(ENTETE);
      await poignee.datasync();
      return new Resultats(options, { poignee, contenu, ecartes });
    } catch (e) {
      const absent = e instanceof Error && 'code' in e && e.code === 'ENOENT';
      throw refuser(fichier, absent ? 'le dossier n’existe pas' : raison(e), e);
    }
  }

  /** What an earlier run said deposited; undefined for all others. */
  depose(ligne: number): Ancien | undefined {
    return this.#deposes.get(ligne);
  }

  /** Keeps the fate of a line. Resolves once it is on the disk. Throws VGM-CLI-005. */
  noter(resultat: Resultat): Promise<void> {
    const { ligne } = resultat.ligne;
    // a repeated deposit does not answer its warnings again: what was written with them is better
    if (resultat.rejeu && this.#deposes.get(ligne)?.flux === resultat.flux) return Promise.resolve();
    const texte = enCsv(this.#options.lot, resultat);
    this.#textes.set(ligne, texte);
    this.#attente.push(texte);
    this.#ecriture = this.#ecriture.then(() => this.#vider());
    return this.#ecriture;
  }

  /** All that came while the disk was busy goes at once. */
  async #vider(): Promise<void> {
    const textes = this.#attente;
    if (textes.length === 0) return;
    this.#attente = [];
    try {
      await this.#poignee.appendFile(textes.join(''));
      await this.#poignee.datasync();
    } catch (e) {
      throw refuser(this.#options.fichier, raison(e), e);
    }
  }

  /** Whole and in the order of the manifest under its name, or as it was. Throws VGM-CLI-005. */
  async ranger(): Promise<void> {
    const { fichier, marque } = this.#options;
    const demande = { fichier, remplacer: true, marque, interruption: () => new AbortController().signal };
    const lignes = [...this.#textes].toSorted(([a], [b]) => a - b).map(([, texte]) => texte);
    await ecrireSortie(demande, async ({ ecrire }) => ecrire(Buffer.from(ENTETE + lignes.join(''))));
  }

  async fermer(): Promise<void> {
    await this.#poignee.close();
  }
}
