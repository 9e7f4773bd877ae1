import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tirage } from '../../conformite/mutants-xml.ts';
import { type Appel, lireAppels } from './appels.ts';
import { Disque } from './disque.ts';
import { eprouver, type Fautes } from './epreuve.ts';
import { Faits } from './faits.ts';
import { type Defaut, poser } from './image.ts';

/** What a recording comes to: the folder at any instant, and what the world knew. */
export interface Film {
  readonly disque: Disque;
  readonly faits: Faits;
  /** Lines. */
  readonly longueur: number;
  /** Lines after which the folder, or what the world knew, is another. */
  readonly instants: readonly number[];
}

export async function lireFilm(journal: string, donnees: string): Promise<Film> {
  const disque = new Disque(donnees);
  const faits = new Faits();
  const longueur = await lireAppels(journal, (appel: Appel) => {
    disque.voir(appel);
    faits.voir(appel);
  });
  const fichiers = new Set(disque.entrees.flatMap((e) => e.fichier ?? []));
  const gestes = [...fichiers].flatMap((f) => [...f.ecrits, ...f.syncs]);
  const bornes = [...disque.entrees, ...disque.syncs, ...gestes].flatMap((f) => [f.debut, f.fin, f.fin - 1]);
  const instants = [...bornes, ...faits.tous.map((f) => f.rang)].filter((r) => Number.isFinite(r) && r > 0);
  return { disque, faits, longueur, instants: [...new Set(instants)].toSorted((a, b) => a - b) };
}

const MEMOIRE = '/dev/shm';
/** Bytes. */
const PLACE = 256 * 1024 * 1024;

export interface OptionsCoupures {
  readonly graine: number;
  readonly instants: number;
  /** Images drawn for each instant. */
  readonly images: number;
  readonly defaut?: Defaut;
  /** Stops as soon as that many images are at fault. */
  readonly assez?: number;
}

export interface BilanCoupures {
  instants: number;
  images: number;
  /** Things that the world knew at the cut, in all. */
  connus: number;
  readonly perdus: string[];
  readonly casses: string[];
  readonly doubles: string[];
}

/** Cuts the power again and again in one recording. */
export async function couper(film: Film, o: OptionsCoupures): Promise<BilanCoupures> {
  const bilan: BilanCoupures = { instants: 0, images: 0, connus: 0, perdus: [], casses: [], doubles: [] };
  const racine = await mkdtemp(join(await memoire(), 'vaguemestre-coupure-'));
  let fautives = 0;
  try {
    for (let n = 0; n < o.instants && fautives < (o.assez ?? Number.POSITIVE_INFINITY); n += 1) {
      const rang = instantDe(film, o.graine, n);
      bilan.instants += 1;
      for (let image = 0; image < o.images; image += 1) {
        const graine = (o.graine + Math.imul(n * o.images + image, 0x9e37_79b9)) | 0;
        const fautes = await uneImage(film, { rang, graine, racine, defaut: o.defaut });
        bilan.images += 1;
        bilan.connus += film.faits.avant(rang).length;
        fautives += noter(bilan, fautes, `cut at line ${rang}, image ${graine}`);
      }
    }
  } finally {
    await rm(racine, { recursive: true, force: true });
  }
  return bilan;
}

/** Folders made and removed by the hundred: in memory when there is room. */
async function memoire(): Promise<string> {
  const libre = await statfs(MEMOIRE).then(
    (s) => s.bavail * s.bsize,
    () => 0,
  );
  return libre > PLACE ? MEMOIRE : tmpdir();
}

/** Every other time just when the world has learnt something; otherwise any instant at which the folder changes. */
function instantDe({ instants, faits }: Film, graine: number, n: number): number {
  const de = tirage((graine ^ Math.imul(n + 1, 0x85eb_ca6b)) | 0);
  const liste = n % 2 === 0 ? instants : faits.tous.map((f) => f.rang);
  return liste[de(liste.length)] ?? 0;
}

interface UneImage {
  readonly rang: number;
  readonly graine: number;
  readonly racine: string;
  readonly defaut: Defaut | undefined;
}

async function uneImage(film: Film, { rang, graine, racine, defaut }: UneImage): Promise<Fautes> {
  const dossier = join(racine, 'image');
  await mkdir(racine, { recursive: true });
  poser(film.disque, { rang, de: tirage(graine), ...(defaut === undefined ? {} : { defaut }) }, dossier);
  try {
    return await eprouver({ dossier, faits: film.faits.avant(rang), quand: Date.now() });
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}

function noter(bilan: BilanCoupures, fautes: Fautes, ou: string): number {
  for (const sorte of ['perdus', 'casses', 'doubles'] as const)
    bilan[sorte].push(...fautes[sorte].map((f) => `${ou}: ${f}`));
  return fautes.perdus.length + fautes.casses.length + fautes.doubles.length > 0 ? 1 : 0;
}
