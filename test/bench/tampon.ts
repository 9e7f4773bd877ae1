import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creerTamponneur } from '../../src/adapters/tamponneur/fil.ts';
import type { DemandeTampon } from '../../src/formats/pdf/tampon.ts';
import { RACINE } from '../unit/formats/chemins.ts';
import { fabriquer } from '../unit/formats/pdf-tampon/fabrique.ts';
import type { Dire } from './lancer.ts';
import { executer, figure, type Figures, mediane } from './mesures.ts';

/** The stamp of a copy: forty pages of text as the daemon asks for them, and a heavy file as people type it. */

const PAGES = 40;
const TOURS = 15;
const CHAUFFE = 3;
const IMAGES = 100;
const IMAGE_OCTETS = 1_000_000;

const DEMANDE: DemandeTampon = {
  lignes: [
    'Envoyé en préfecture le 02/03/2026',
    'Reçu en préfecture le 03/03/2026',
    'Publié le 04/03/2026',
    'ID : 021-210300017-20260302-DELIB_03-DE',
  ],
  pages: 'toutes',
  position: 'haut-gauche',
  echelle: 1,
  certifie: 'tamponner',
};

/** Some sixty kilobytes of operators a page, which are read to know what they leave open. */
function pages(): Buffer {
  const lignes = Array.from(
    { length: 900 },
    (_, i) => `q 1 0 0 1 40 ${i % 800} cm (ligne ${i} du texte) Tj Q`,
  );
  const contenus = [`BT /F1 9 Tf\n${lignes.join('\n')}\nET`];
  return fabriquer({ pages: Array.from({ length: PAGES }, () => ({ contenus })), references: 'flux' });
}

async function mesurerPages(): Promise<number> {
  const tamponneur = creerTamponneur();
  const octets = pages();
  const durees: number[] = [];
  for (let tour = 0; tour < CHAUFFE + TOURS; tour += 1) {
    const copie = new Uint8Array(octets);
    const debut = performance.now();
    await tamponneur.tamponner(copie, DEMANDE);
    if (tour >= CHAUFFE) durees.push(performance.now() - debut);
  }
  return mediane(durees);
}

/** One page an image, of bytes that no reader unfolds; the table is written as the bytes go. */
function ecrireLourd(fichier: string): void {
  const fd = openSync(fichier, 'w');
  const image = Buffer.alloc(IMAGE_OCTETS, 'image');
  const places: number[] = [];
  let place = 0;
  const ecrire = (morceau: string | Uint8Array): void => {
    place += writeSync(fd, typeof morceau === 'string' ? Buffer.from(morceau, 'latin1') : morceau);
  };
  const objet = (corps: string, flux?: Uint8Array): void => {
    places.push(place);
    ecrire(`${places.length} 0 obj\n${corps}\n`);
    if (flux !== undefined) {
      ecrire('stream\n');
      ecrire(flux);
      ecrire('\nendstream\n');
    }
    ecrire('endobj\n');
  };
  ecrire('%PDF-1.4\n');
  objet('<</Type /Catalog /Pages 2 0 R>>');
  const rangs = Array.from({ length: IMAGES }, (_, i) => 3 + 2 * i);
  objet(
    `<</Type /Pages /MediaBox [0 0 595 842] /Kids [${rangs.map((n) => `${n} 0 R`).join(' ')}] /Count ${IMAGES}>>`,
  );
  for (const rang of rangs) {
    objet(`<</Type /Page /Parent 2 0 R /Resources <</XObject <</I ${rang + 1} 0 R>>>>>>`);
    const entrees =
      '/Type /XObject /Subtype /Image /Width 1000 /Height 1000 /ColorSpace /DeviceGray /BitsPerComponent 8';
    objet(`<<${entrees} /Length ${IMAGE_OCTETS}>>`, image);
  }
  const depart = place;
  ecrire(`xref\n0 ${places.length + 1}\n0000000000 65535 f \n`);
  for (const p of places) ecrire(`${String(p).padStart(10, '0')} 00000 n \n`);
  ecrire(`trailer\n<</Size ${places.length + 1} /Root 1 0 R>>\nstartxref\n${depart}\n%%EOF\n`);
  closeSync(fd);
}

async function mesurerLourd(dire: Dire): Promise<number> {
  const dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-bench-tampon-'));
  try {
    const [fichier, sortie] = [join(dossier, 'lourd.pdf'), join(dossier, 'tamponne.pdf')];
    ecrireLourd(fichier);
    const memoires: number[] = [];
    for (let tour = 0; tour < 3; tour += 1) {
      rmSync(sortie, { force: true });
      // biome-ignore format: one option per pair reads better
      const { secondes, mib } = await executer([process.execPath, join(RACINE, 'bin', 'vaguemestre'), 'tamponner', fichier,
        '--sortie', sortie, '--recu', '2026-03-03', '--id', 'ESSAI']);
      dire(`Tamponner 100 Mo : ${secondes.toFixed(2)} s, ${Math.round(mib)} Mio, processus entier.`);
      memoires.push(mib);
    }
    return Math.max(...memoires);
  } finally {
    rmSync(dossier, { recursive: true, force: true });
  }
}

export async function mesurerTampon(dire: Dire): Promise<Figures> {
  const ms = await mesurerPages();
  dire(`Tamponner ${PAGES} pages, fil compris : ${ms.toFixed(1)} ms.`);
  return {
    tampon_40_pages_ms: figure(ms, 1),
    tampon_100mo_rss_mib: figure(await mesurerLourd(dire), 0),
  };
}
