import type { Flux } from '../../../metier/flux.ts';
import type { FluxId } from '../../../metier/identifiants.ts';
import { inventaire } from '../correction/inventaire.ts';
import type { Entetes, FaitsPes, Repetition } from '../lecture/faits.ts';
import { normaliserNom } from '../nommage.ts';
import { type BilanAck, nombre, nommerUnite, type UniteJugee } from './bilan.ts';
import { type ContenuEnvoye, repondDe } from './confrontation.ts';

/** How an acquittement finds the file it answers: by (NomFic, CodCol), and by nothing that contradicts it. */

/** What was sent, as its flux remembers it (`depot.ts`, summary). */
export interface FichierEnvoye extends ContenuEnvoye {
  readonly flux: FluxId;
  /** It may stand at the State's. */
  readonly parti: boolean;
  readonly entetes: Readonly<Record<CleEcho, string | null>>;
}

/** Headers that an acquittement repeats from the file. */
type CleEcho = 'nomFic' | 'codCol' | 'codBud' | 'idPost' | 'idColl' | 'dteStr';

export type Rapprochement =
  | { readonly type: 'trouve'; readonly fichier: FichierEnvoye }
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

/** The same with all that the file holds, read from its bytes: a summary names five hundred bordereaux. */
export function fichierLu(memoire: FichierEnvoye, faits: FaitsPes): FichierEnvoye {
  return { ...memoire, ...inventaire(faits) };
}

/** @returns whether a unit that an answer names is a part of the file; null when it names none. */
function appartenance({ bordereaux, pieces }: FichierEnvoye): (u: UniteJugee) => boolean | null {
  const parNumero = Map.groupBy(bordereaux, (b) => nombre(b.numero));
  const siennes = new Set(pieces);
  return (u) => {
    if (u.unite.type === 'pj') return siennes.has(u.unite.idUnique);
    if (u.unite.type !== 'bordereau') return null;
    return (parNumero.get(nombre(u.unite.numero)) ?? []).some((b) => repondDe(u, b));
  };
}

/** Does an answer name something of a file, or nothing at all? Only then may a person say that it is its own. */
export function nommePartieDe({ unites }: BilanAck, fichier: FichierEnvoye): boolean {
  const nommees = unites.map(appartenance(fichier)).filter((sien) => sien !== null);
  return nommees.length === 0 || nommees.includes(true) || !fichier.complet;
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
  const estSienne = appartenance(fichier);
  const intruse = fichier.complet ? bilan.unites.find((u) => estSienne(u) === false) : undefined;
  if (intruse !== undefined)
    return `il répond de « ${nommerUnite(intruse)} », que le fichier envoyé ne contient pas`;
  const nommees = bilan.unites.some((u) => u.unite.type === 'pj' || u.unite.type === 'bordereau');
  return nommees ? null : autreDate(entetes, fichier);
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
  const nom = normaliserNom(reponse.entetes.nomFic?.valeur ?? '');
  const homonymes = envoyes.filter((f) => f.parti && normaliserNom(f.entetes.nomFic ?? '') === nom);
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
  return { type: 'trouve', fichier: retenu };
}

/** Among several that nothing contradicts, the only one of the day the message repeats. */
function parDate(entetes: Entetes, possibles: readonly FichierEnvoye[]): FichierEnvoye | null {
  const date = entetes.dteStr?.valeur.trim() ?? '';
  const dumeme = possibles.filter((f) => f.entetes.dteStr?.trim() === date);
  return date !== '' && dumeme.length === 1 ? (dumeme[0] ?? null) : null;
}
