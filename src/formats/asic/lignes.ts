import { z } from 'zod';
import { ecrireLigne, empreinteLigne, type LigneJournal } from '../../metier/journal.ts';
import { citer, type Constat } from './releve.ts';

const hexa = (n: number) => z.string().regex(new RegExp(`^[0-9a-f]{${n}}$`));

const schemaLigne = z.strictObject({
  n: z.number().int().positive(),
  t: z.string().regex(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/),
  org: z.string(),
  ev: z.string().min(1),
  tx: z.string(),
  obj: z.string().regex(/^(sha256:[0-9a-f]{64}( sha256:[0-9a-f]{64})*)?$/),
  acteur: z.string(),
  res: z.enum(['OK', 'KO', 'INCERTAIN']),
  motif: z.string(),
  ver: z.string(),
  corr: z.string(),
  sel: hexa(32),
  prev: hexa(64),
});

export interface AttenteJournal {
  readonly flux: string;
  readonly siren: string;
  readonly nombre: number;
  /** SHA-256 of the pieces present. */
  readonly pieces: ReadonlySet<string>;
}

/** @returns the line, or why it is not one. The same bytes must come out of writing it again. */
function lireLigne(texte: string): LigneJournal | string {
  let brut: unknown;
  try {
    brut = JSON.parse(texte);
  } catch {
    return 'n’est pas du JSON';
  }
  const lue = schemaLigne.safeParse(brut);
  if (!lue.success) {
    const [champ] = lue.error.issues.flatMap((faute) => faute.path.map(String));
    return champ === undefined ? 'porte un champ inconnu' : `champ « ${champ} » manquant ou inattendu`;
  }
  return ecrireLigne(lue.data) === texte ? lue.data : 'n’est pas dans la forme du journal';
}

function defautDeContenu(l: LigneJournal, attente: AttenteJournal): string | undefined {
  if (l.org !== attente.siren && l.org !== 'operateur') return 'appartient à un autre organisme';
  if (l.tx !== attente.flux) return 'parle d’un autre flux';
  // A return received twice is told to the flux (`RETOUR_…`, no effect) without becoming one of its pieces.
  if (l.ev.startsWith('RETOUR_')) return undefined;
  const inconnue = l.obj.split(' ').find((o) => o !== '' && !attente.pieces.has(o.slice('sha256:'.length)));
  return inconnue === undefined ? undefined : `cite une pièce absente du dossier (${inconnue})`;
}

interface Derniere {
  readonly n: number;
  readonly empreinte: string;
}

function defautDeChaine(l: LigneJournal, avant: Derniere | undefined): string | undefined {
  if (avant === undefined) return undefined;
  if (l.n <= avant.n) return `porte le numéro ${l.n} après le numéro ${avant.n}`;
  if (l.n === avant.n + 1 && l.prev !== avant.empreinte) return `ne suit pas la ligne numéro ${avant.n}`;
  return undefined;
}

function suivre(lignes: readonly string[], attente: AttenteJournal): { faute: string | null; liens: number } {
  const dernieres = new Map<string, Derniere>();
  let liens = 0;
  for (const [i, texte] of lignes.entries()) {
    const lue = lireLigne(texte);
    if (typeof lue === 'string') return { faute: `ligne ${i + 1} : ${lue}`, liens };
    const avant = dernieres.get(lue.org);
    const defaut = defautDeContenu(lue, attente) ?? defautDeChaine(lue, avant);
    if (defaut !== undefined) return { faute: `ligne ${i + 1} : ${defaut}`, liens };
    if (avant !== undefined && lue.n === avant.n + 1) liens += 1;
    dernieres.set(lue.org, { n: lue.n, empreinte: empreinteLigne(texte) });
  }
  return { faute: null, liens };
}

const s = (n: number): string => (n > 1 ? 's' : '');

/** Splits a file whose every line ends with a line feed; undefined when the last one does not. */
function decouper(octets: Uint8Array | null | undefined): string[] | undefined {
  if (octets === null || octets === undefined) return undefined;
  const lignes = Buffer.from(octets).toString('utf8').split('\n');
  return lignes.pop() === '' ? lignes : undefined;
}

/**
 * Journal lines of one flux: form, digests, links where numbers follow one another, pieces they cite.
 * The lines of one flux are not contiguous in the chain of the tenant: a missing neighbour is no fault.
 */
export function controlerJournal(
  fichiers: {
    readonly lignes: Uint8Array | null | undefined;
    readonly empreintes: Uint8Array | null | undefined;
  },
  attente: AttenteJournal,
): Constat {
  const sujet = 'Journal';
  const faux = (detail: string): Constat => ({ sujet, bon: false, detail });
  const lignes = decouper(fichiers.lignes);
  const empreintes = decouper(fichiers.empreintes);
  if (lignes === undefined || empreintes === undefined)
    return faux('fichiers du journal absents ou tronqués');
  if (lignes.length === 0) return faux('aucune ligne de journal ne parle de ce flux');
  if (lignes.length !== attente.nombre) {
    return faux(`${lignes.length} ligne(s) au lieu des ${attente.nombre} annoncées par flux.json`);
  }
  const { faute, liens } = suivre(lignes, attente);
  if (faute !== null) return faux(faute);
  const calculees = lignes.map((l) => empreinteLigne(l));
  if (calculees.join() !== empreintes.join()) return faux('une ligne n’a pas l’empreinte écrite');
  const nombre = `${lignes.length} ligne${s(lignes.length)}`;
  return { sujet, bon: true, detail: `${nombre}, ${liens} lien${s(liens)} de chaîne vérifié${s(liens)}` };
}

/** Digests that the lines speak of, whatever the form of the rest; a line that is no JSON was told already. */
function citees(lignes: readonly string[]): ReadonlySet<string> {
  return new Set(
    lignes.flatMap((texte) => {
      const obj = /"obj":"([^"]*)"/.exec(texte)?.[1] ?? '';
      return obj.split(' ').map((o) => o.slice('sha256:'.length));
    }),
  );
}

/**
 * Each piece was seen by an event of the flux: what no line speaks of was added after it.
 * @param pieces SHA-256 by name of file.
 */
export function controlerCitations(
  octets: Uint8Array | null | undefined,
  pieces: ReadonlyMap<string, string>,
): Constat {
  const sujet = 'Pièces au journal';
  const vues = citees(decouper(octets) ?? []);
  const tues = [...pieces].filter(([, sha256]) => !vues.has(sha256)).map(([nom]) => nom);
  return tues.length === 0
    ? { sujet, bon: true, detail: 'chacune est citée par une ligne du journal' }
    : { sujet, bon: false, detail: `qu’aucune ligne ne cite : ${citer(tues)}` };
}
