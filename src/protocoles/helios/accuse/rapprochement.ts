import type { Flux } from '../../../metier/flux.ts';
import type { FluxId } from '../../../metier/identifiants.ts';
import type { Entetes, Repetition } from '../lecture/faits.ts';
import { type BilanAck, nombre, nommerUnite, type SortUnite, type UniteJugee } from './bilan.ts';
import type { ErreurAck } from './faits.ts';

/** How an acquittement finds the file it answers: by (NomFic, CodCol), and by nothing that contradicts it. */

/** What was sent, as its flux remembers it (`depot.ts`, summary). */
export interface FichierEnvoye {
  readonly flux: FluxId;
  /** It may stand at the State's. */
  readonly parti: boolean;
  readonly entetes: Readonly<Record<CleEcho, string | null>>;
  readonly bordereaux: readonly {
    readonly domaine: string;
    readonly exercice: string;
    readonly numero: string;
  }[];
  readonly pieces: readonly string[];
  /** Every bordereau and every piece is named above. */
  readonly complet: boolean;
}

/** Headers that an acquittement repeats from the file. */
type CleEcho = 'nomFic' | 'codCol' | 'codBud' | 'idPost' | 'idColl' | 'dteStr';

export type SortEnvoye = SortUnite | 'sans_reponse';

/** What became of each bordereau and piece of the file that was sent. */
export interface Confrontation {
  readonly bordereaux: readonly {
    readonly domaine: string;
    readonly exercice: string;
    readonly numero: string;
    readonly sort: SortEnvoye;
    readonly erreurs: readonly ErreurAck[];
  }[];
  readonly pieces: readonly {
    readonly idUnique: string;
    readonly sort: SortEnvoye;
    readonly erreurs: readonly ErreurAck[];
  }[];
}

export type Rapprochement =
  | { readonly type: 'trouve'; readonly flux: FluxId; readonly confrontation: Confrontation }
  | { readonly type: 'aucun'; readonly motif: string }
  /** Only a person may settle it. */
  | { readonly type: 'ambigu'; readonly flux: readonly FluxId[]; readonly motif: string };

const texte = (v: unknown): string | null => (typeof v === 'string' ? v : null);

/** Reads back what `depotLu` wrote; null when the flux is none of a PES Aller. */
export function fichierEnvoye(flux: Pick<Flux, 'id' | 'resume'>): FichierEnvoye | null {
  const { resume } = flux;
  const { bordereaux, pieces } = resume;
  if (resume['genre'] !== 'PES_Aller' || !Array.isArray(bordereaux) || !Array.isArray(pieces)) return null;
  const noms = pieces.flatMap((p) => texte(p) ?? []);
  const lus = bordereaux.flatMap((b: unknown) => {
    const { domaine, exercice, numero } = (b ?? {}) as Readonly<Record<string, unknown>>;
    const [d, e, n] = [texte(domaine), texte(exercice), texte(numero)];
    return d === null || e === null || n === null ? [] : [{ domaine: d, exercice: e, numero: n }];
  });
  const cles = ['nomFic', 'codCol', 'codBud', 'idPost', 'idColl', 'dteStr'] as const;
  return {
    flux: flux.id,
    parti: resume['misEnLigne'] !== undefined,
    entetes: Object.fromEntries(cles.map((c) => [c, texte(resume[c])])) as FichierEnvoye['entetes'],
    bordereaux: lus,
    pieces: noms,
    complet: lus.length === resume['nombreBordereaux'] && noms.length === resume['nombrePieces'],
  };
}

type Bordereau = FichierEnvoye['bordereaux'][number];

function repondDe(unite: UniteJugee, b: Bordereau): boolean {
  if (unite.unite.type !== 'bordereau' || nombre(unite.unite.numero) !== nombre(b.numero)) return false;
  const exercice = nombre(unite.unite.exercice);
  if (exercice !== null && exercice !== nombre(b.exercice)) return false;
  // a signature (domain 3) or a rôle (7) is told by its number alone
  return unite.domaine !== 'depense' && unite.domaine !== 'recette' ? true : unite.domaine === b.domaine;
}

function estDuFichier(unite: UniteJugee, fichier: FichierEnvoye): boolean {
  const { unite: u } = unite;
  if (u.type === 'pj') return fichier.pieces.includes(u.idUnique);
  return u.type !== 'bordereau' || fichier.bordereaux.some((b) => repondDe(unite, b));
}

/** Several answers about one bordereau: the worst is its fate, and all their errors are its own. */
const GRAVITE: readonly SortUnite[] = ['indecis', 'refuse', 'doublon', 'accepte'];

function sortDe(reponses: readonly UniteJugee[], entier: UniteJugee | undefined) {
  const vus = reponses.map((r) => r.sort);
  const sort: SortEnvoye = GRAVITE.find((g) => vus.includes(g)) ?? entier?.sort ?? 'sans_reponse';
  return { sort, erreurs: reponses.flatMap((r) => r.erreurs) };
}

/** Answers by the number they name: thousands of bordereaux are held against thousands of answers. */
function parNumero(unites: readonly UniteJugee[]) {
  return Map.groupBy(unites, ({ unite }) => {
    if (unite.type === 'bordereau') return `bordereau ${nombre(unite.numero)}`;
    return unite.type === 'pj' ? `pj ${unite.idUnique}` : unite.type;
  });
}

export function confronter(
  { unites }: BilanAck,
  fichier: Pick<FichierEnvoye, 'bordereaux' | 'pieces'>,
): Confrontation {
  // refused as a whole: so is what the answer does not name
  const entier = unites.find((u) => u.unite.type === 'fichier' && u.sort !== 'accepte');
  const reponses = parNumero(unites);
  return {
    bordereaux: fichier.bordereaux.map(({ domaine, exercice, numero }) => {
      const b = { domaine, exercice, numero };
      const siennes = reponses.get(`bordereau ${nombre(numero)}`) ?? [];
      return {
        ...b,
        ...sortDe(
          siennes.filter((u) => repondDe(u, b)),
          entier,
        ),
      };
    }),
    pieces: fichier.pieces.map((idUnique) => ({
      idUnique,
      ...sortDe(reponses.get(`pj ${idUnique}`) ?? [], entier),
    })),
  };
}

interface Reponse {
  readonly entetes: Entetes;
  readonly repetitions: readonly Repetition[];
  readonly bilan: BilanAck;
}

const NOMS_ECHO = { codCol: 'CodCol', codBud: 'CodBud', idPost: 'IdPost', idColl: 'IdColl' } as const;

/** Why this file is not the one answered, or null. */
function contredit({ entetes, bilan }: Reponse, fichier: FichierEnvoye): string | null {
  for (const [cle, nom] of Object.entries(NOMS_ECHO) as [keyof typeof NOMS_ECHO, string][]) {
    const dit = entetes[cle]?.valeur.trim() ?? '';
    const envoye = fichier.entetes[cle]?.trim() ?? '';
    if (dit !== '' && dit !== envoye)
      return `il porte ${nom} ${dit.slice(0, 20)}, le fichier envoyé ${envoye || 'aucun'}`;
  }
  const nommees = bilan.unites.filter((u) => u.unite.type === 'pj' || u.unite.type === 'bordereau');
  const etrangere = fichier.complet ? nommees.find((u) => !estDuFichier(u, fichier)) : undefined;
  if (etrangere !== undefined)
    return `il répond de « ${nommerUnite(etrangere)} », que le fichier envoyé ne contient pas`;
  return nommees.length === 0 ? autreDate(entetes, fichier) : null;
}

/** An answer that names nothing of the file must at least be of the same day. */
function autreDate(entetes: Entetes, fichier: FichierEnvoye): string | null {
  const dite = entetes.dteStr?.valeur.trim() ?? '';
  const envoyee = fichier.entetes.dteStr?.trim() ?? '';
  return dite === '' || dite === envoyee
    ? null
    : `il est d’un fichier du ${dite.slice(0, 10)}, celui-ci est du ${envoyee}`;
}

const CLES_EXIGEES = ['nomFic', 'codCol'] as const;

function defautDeCle({ entetes, repetitions }: Reponse): string | null {
  if (repetitions.length > 0) return 'Le message se contredit : un même en-tête y figure plusieurs fois.';
  const manque = CLES_EXIGEES.find((cle) => (entetes[cle]?.valeur.trim() ?? '') === '');
  if (manque === undefined) return null;
  return `Le message ne dit pas quel fichier il acquitte (${manque === 'nomFic' ? 'NomFic' : 'CodCol'} absent).`;
}

/**
 * Finds the file that a PES_ACQUIT or PES_NonAcquit answers.
 * @param envoyes files of any collectivité; those of another name are left aside.
 */
export function rapprocher(reponse: Reponse, envoyes: readonly FichierEnvoye[]): Rapprochement {
  const defaut = defautDeCle(reponse);
  if (defaut !== null) return { type: 'aucun', motif: defaut };
  const nom = reponse.entetes.nomFic?.valeur.trim() ?? '';
  const homonymes = envoyes.filter((f) => f.parti && f.entetes.nomFic?.trim() === nom);
  if (homonymes.length === 0)
    return { type: 'aucun', motif: `Aucun fichier envoyé d’ici ne s’appelle « ${nom.slice(0, 100)} ».` };
  const examens = homonymes.map((f) => ({ f, motif: contredit(reponse, f) }));
  const possibles = examens.filter((e) => e.motif === null).map((e) => e.f);
  const [seul, ...autres] = possibles;
  if (seul === undefined) {
    const motifs = [...new Set(examens.map((e) => e.motif))].slice(0, 3).join(' ; ');
    return { type: 'aucun', motif: `Le message n’est d’aucun fichier envoyé de ce nom : ${motifs}.` };
  }
  const retenu = autres.length === 0 ? seul : parDate(reponse.entetes, possibles);
  if (retenu === null) {
    const motif = `${possibles.length.toLocaleString('fr-FR')} fichiers envoyés répondent à ce message : une personne doit choisir.`;
    return { type: 'ambigu', flux: possibles.map((f) => f.flux), motif };
  }
  return { type: 'trouve', flux: retenu.flux, confrontation: confronter(reponse.bilan, retenu) };
}

/** Among several that nothing contradicts, the only one of the day the message repeats. */
function parDate(entetes: Entetes, possibles: readonly FichierEnvoye[]): FichierEnvoye | null {
  const date = entetes.dteStr?.valeur.trim() ?? '';
  const dumeme = possibles.filter((f) => f.entetes.dteStr?.trim() === date);
  return date !== '' && dumeme.length === 1 ? (dumeme[0] ?? null) : null;
}
