import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { decouperPem } from '../../src/formats/certificats/certificat.ts';
import { compilerXsd } from '../../src/formats/xsd/compiler.ts';
import { ouvrirFichiers } from '../../src/formats/xsd/fichiers.ts';
import type { ArtefactXsd } from '../../src/formats/xsd/artefact.ts';
import { INSTANT } from '../unit/formats/certificats/pki.ts';
import type { AtelierXml } from './atelier-xml.ts';
import type { Comptes, DonneesOuvrier } from './flux-ouvrier.ts';
import { arrondi, type Figures, mediane } from './mesures.ts';
import { fabriquerPes } from './pes.ts';

/** Signing, then validating and verifying, PES of 100 kB one after the other: in one warm thread, then in two. */

const CHAUFFE_MS = 3000;
const TOUR_MS = 2000;
const TOURS = 7;

function compiler(fichier: string): ArtefactXsd {
  const ouverture = ouvrirFichiers(fichier);
  if (ouverture.type === 'refus') throw new TypeError(JSON.stringify(ouverture.refus));
  const compilation = compilerXsd(ouverture.fichiers.principal, ouverture.fichiers.lire);
  if (compilation.type === 'refus') throw new TypeError(JSON.stringify(compilation.refus));
  return compilation.artefact;
}

function embaucher(atelier: AtelierXml, artefact: ArtefactXsd): Worker {
  const lire = (nom: string): string => readFileSync(atelier.chemin(nom), 'latin1');
  const donnees: DonneesOuvrier = {
    artefact,
    pes: Buffer.concat([...fabriquerPes({ octets: 100_000 })]),
    cle: lire('cle.key'),
    certificat: decouperPem(lire('cle.pem'))[0] ?? new Uint8Array(),
    instant: INSTANT,
  };
  return new Worker(new URL('./flux-ouvrier.ts', import.meta.url), { workerData: donnees });
}

function travailler(ouvrier: Worker, pendant: number): Promise<Comptes> {
  return new Promise((tenir, rompre) => {
    ouvrier.once('error', rompre);
    ouvrier.once('message', (comptes: Comptes) => {
      ouvrier.off('error', rompre);
      tenir(comptes);
    });
    ouvrier.postMessage(pendant, []);
  });
}

/** Per second, all of them together. */
async function debit(ouvriers: readonly Worker[], pendant: number): Promise<number> {
  const comptes = await Promise.all(ouvriers.map((ouvrier) => travailler(ouvrier, pendant)));
  return comptes.reduce((somme, { faits, ms }) => somme + (faits / ms) * 1000, 0);
}

export async function mesurerFlux(atelier: AtelierXml): Promise<Figures> {
  const artefact = compiler(atelier.schema.fichier);
  const [un, deux] = [embaucher(atelier, artefact), embaucher(atelier, artefact)];
  try {
    await debit([un, deux], CHAUFFE_MS);
    const tours: { readonly seul: number; readonly ensemble: number }[] = [];
    for (let tour = 0; tour < TOURS; tour += 1) {
      tours.push({ seul: await debit([un], TOUR_MS), ensemble: await debit([un, deux], TOUR_MS) });
    }
    const seul = mediane(tours.map((t) => t.seul));
    const echelle = mediane(tours.map((t) => t.ensemble / t.seul));
    atelier.dire(
      `PES de 100 ko signés, puis validés et vérifiés : ${Math.round(seul)} par seconde dans un fil, ` +
        `${arrondi(echelle, 2)} fois autant dans deux.`,
    );
    return { flux_100ko_par_s_coeur: arrondi(seul, 1), echelle_2_fils: arrondi(echelle) };
  } finally {
    await Promise.all([un.terminate(), deux.terminate()]);
  }
}
