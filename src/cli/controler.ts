import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { typeParContenu } from '../formats/encodages/types.ts';
import { type FaitsPdf, lireFaitsPdf } from '../formats/pdf/faits.ts';
import { type EntreeTar, lireTarGz } from '../formats/tar/lire.ts';
import { ouvrirSchemas } from '../formats/xsd/jeu.ts';
import type { Anomalie } from '../metier/anomalies.ts';
import { erreurCli } from '../metier/catalogue/cli.ts';
import { ErreurVgm } from '../metier/erreurs.ts';
import {
  analyserArchive,
  analyserMessage,
  type FichierArchive,
  type Valider,
} from '../protocoles/actes/archive.ts';
import { type ControlePes, controlerPes, estPes, type PaquetsDemandes } from './controler-pes.ts';
import { controlerRetour, estRetourHelios } from './controler-retour.ts';
import { dire, erreurUsage } from './erreurs.ts';
import { fichierVide } from './fichier-vide.ts';
import { illisible } from './fichiers.ts';
import type { Sorties } from './monde.ts';
import { json, sur } from './rendu.ts';

export interface OptionsControler {
  readonly json?: boolean;
  /** Folder of the ACTES schemas; the one delivered with the program by default. */
  readonly schemas?: string;
  /** Schema packs that a PES is held against; none by default. */
  readonly paquets?: PaquetsDemandes | null;
}

const SCHEMAS = join(import.meta.dirname, '..', '..', 'schemas', 'actes');
/** Unfolded size and number of files beyond which an archive is an attack, not an acte. */
const LIMITES = { octets: 2_000_000_000, entrees: 10_000 } as const;
/** A message weighs a few kilobytes; a budget a few megabytes. */
const XML_MAX = 20_000_000;
const TETE = 4096;
const NOMME = /\.(tar\.gz|xml)$/;

/** Facts of a file on disk: PDF soundness needs its end, so that entries are spilled rather than kept in memory. */
async function faitsDe(nom: string, chemin: string): Promise<FichierArchive> {
  const fichier = await open(chemin, 'r');
  try {
    const { size: taille } = await fichier.stat();
    const lire = async (debut: number, fin: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await fichier.read(
        Buffer.alloc(Math.max(0, fin - debut)),
        0,
        fin - debut,
        debut,
      );
      return buffer.subarray(0, bytesRead);
    };
    const type = typeParContenu(await lire(0, Math.min(TETE, taille)));
    const pdf: FaitsPdf | null = type === 'application/pdf' ? await lireFaitsPdf(lire, taille) : null;
    const octets = type === 'application/xml' && taille <= XML_MAX ? await lire(0, taille) : null;
    return { nom, taille, type, octets, pdf };
  } finally {
    await fichier.close();
  }
}

async function extraire(entree: EntreeTar, dossier: string): Promise<FichierArchive> {
  // The name on disk is ours: nothing of the archive reaches the file system.
  const chemin = join(dossier, 'entree');
  await pipeline(Readable.from(entree.contenu, { objectMode: false }), createWriteStream(chemin));
  return faitsDe(entree.nom, chemin);
}

interface Lecture {
  readonly fichiers: readonly FichierArchive[];
  readonly refus: readonly Anomalie[];
}

/** A defect of the tar itself is said like any other; but what is no gzip at all is unreadable. */
function refusDeLecture(faute: unknown): Anomalie {
  if (!(faute instanceof ErreurVgm) || faute.sortie !== 3 || faute.fiche.code === 'VGM-TAR-004') throw faute;
  const { code, message, remede } = faute.fiche;
  return { code, gravite: 'bloquante', message, remede };
}

async function lireArchive(chemin: string): Promise<Lecture> {
  const dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-controler-'));
  const fichiers: FichierArchive[] = [];
  try {
    for await (const entree of lireTarGz(createReadStream(chemin), LIMITES)) {
      fichiers.push(await extraire(entree, dossier));
    }
    return { fichiers, refus: [] };
  } catch (faute) {
    return { fichiers, refus: [refusDeLecture(faute)] };
  } finally {
    await rm(dossier, { recursive: true, force: true });
  }
}

async function analyser(chemin: string, taille: number, valider: Valider): Promise<readonly Anomalie[]> {
  const nom = basename(chemin);
  if (!nom.endsWith('.tar.gz')) return analyserMessage(nom, await readFile(chemin), valider);
  const { fichiers, refus } = await lireArchive(chemin);
  // What follows a broken entry was not read: saying that it is missing would mislead.
  return refus.length > 0 ? refus : analyserArchive({ nom, taille, fichiers }, valider);
}

function afficher({ anomalies, nonJuges }: ControlePes, fichier: string, sorties: Sorties): void {
  for (const a of anomalies) {
    // a message of ACTES names its file by itself
    const ou = a.ou === undefined || a.message.includes(a.ou) ? '' : ` (${sur(a.ou)})`;
    sorties.ecrire(`${a.gravite === 'bloquante' ? 'REFUS' : 'avis '}  ${a.code}${ou}  ${sur(a.message)}`);
    sorties.ecrire(`       ${sur(a.remede)}`);
  }
  const refus = anomalies.filter((a) => a.gravite === 'bloquante').length;
  if (anomalies.length > 0) sorties.ecrire('');
  const verdict = refus === 0 ? 'rien à refuser' : `${refus} motif${refus > 1 ? 's' : ''} de refus`;
  sorties.ecrire(`${sur(basename(fichier))} : ${verdict}.`);
  if (nonJuges.length === 0) return;
  sorties.ecrire('Non jugé hors ligne, et comme si personne ne signait après le dépôt :');
  for (const { code, question } of nonJuges) sorties.ecrire(`       ${code}  ${question}`);
  sorties.ecrire('       ainsi que les signatures (« vaguemestre verifier ») et l’antivirus.');
}

interface Rendu {
  readonly sorties: Sorties;
  readonly enJson: boolean;
}

/** @returns exit code. */
function rendre(jugement: ControlePes, fichier: string, { sorties, enJson }: Rendu): number {
  const { anomalies, nonJuges } = jugement;
  if (enJson) json(sorties, [{ fichier, anomalies, ...(nonJuges.length > 0 ? { nonJuges } : {}) }]);
  else afficher(jugement, fichier, sorties);
  return anomalies.some((a) => a.gravite === 'bloquante') ? 3 : 0;
}

function pasUnMessage(fichier: string, raison: string): ErreurVgm {
  return erreurCli('VGM-CLI-003', { fichier, raison });
}

/** What stopped the reading, as any other verb would say it. */
function lecturePerdue(fichier: string, faute: unknown): ErreurVgm {
  if (faute instanceof ErreurVgm) return faute;
  if (!(faute instanceof Error) || !('syscall' in faute)) throw faute;
  return illisible(fichier, faute);
}

async function controlerActes(fichier: string, { size }: Stats, schemas: string): Promise<ControlePes> {
  if (fichier.endsWith('.xml') && size > XML_MAX) {
    const limite = XML_MAX.toLocaleString('fr-FR');
    throw pasUnMessage(fichier, `plus de ${limite} octets, ce n’est ni un message ACTES ni un PES`);
  }
  const jeu = ouvrirSchemas(schemas);
  const anomalies = await analyser(fichier, size, (octets) => jeu.valider('actes', octets));
  return { anomalies, nonJuges: [] };
}

/**
 * `vaguemestre controler <fichier>`: offline; a PES, what the DGFiP answers to one, or for ACTES an outgoing archive (`.tar.gz`) or one message or
 * envelope (`.xml`).
 * @returns exit code: 0 nothing to refuse, 3 refused, 1 unreadable, 2 usage.
 */
export async function controler(
  fichier: string,
  options: OptionsControler,
  sorties: Sorties,
): Promise<number> {
  const rendu: Rendu = { sorties, enJson: options.json === true };
  try {
    const faits = await stat(fichier);
    if (!faits.isFile()) throw pasUnMessage(fichier, 'ce n’est pas un fichier');
    const vide = await fichierVide(fichier);
    if (vide !== null) return rendre({ anomalies: [refusDeLecture(vide)], nonJuges: [] }, fichier, rendu);
    const pes = await estPes(fichier);
    if (!pes && (await estRetourHelios(fichier))) {
      return await controlerRetour(fichier, faits.size, rendu);
    }
    if (!pes && !NOMME.test(fichier)) {
      const detail = 'Le fichier attendu est une archive « .tar.gz », un message « .xml » ou un PES.';
      return dire(erreurUsage(detail, 'controler'), sorties, rendu.enJson);
    }
    const jugement = pes
      ? await controlerPes(fichier, options.paquets ?? null)
      : await controlerActes(fichier, faits, options.schemas ?? SCHEMAS);
    return rendre(jugement, fichier, rendu);
  } catch (faute) {
    dire(lecturePerdue(fichier, faute), sorties, rendu.enJson);
    return 1;
  }
}
