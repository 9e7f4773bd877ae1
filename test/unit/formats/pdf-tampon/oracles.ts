import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type DemandeTampon, tamponnerPdf, type TamponPose } from '../../../../src/formats/pdf/tampon.ts';

/** What other programs see of a PDF: qpdf and poppler. */

export const LIGNES = [
  'Envoyé en préfecture le 02/03/2026',
  'Reçu en préfecture le 03/03/2026',
  'Publié le 04/03/2026',
  'ID : 021-210300017-20260302-DELIB_03-DE',
] as const;

export const DEMANDE: DemandeTampon = {
  lignes: LIGNES,
  pages: 'toutes',
  position: 'haut-gauche',
  echelle: 1,
  certifie: 'tamponner',
};

/** Points; as `tampon-dessin.ts` makes it of four lines. */
export const CADRE = { largeur: 190, hauteur: 55, marge: 10 } as const;

export class Dossier {
  readonly #chemin = mkdtempSync(join(tmpdir(), 'vaguemestre-pdf-'));
  #rang = 0;

  chemin(nom: string): string {
    return join(this.#chemin, nom);
  }

  poser(octets: Uint8Array): string {
    this.#rang += 1;
    const chemin = this.chemin(`${this.#rang}.pdf`);
    writeFileSync(chemin, octets);
    return chemin;
  }

  /** Another program makes a file of this one: what it is given comes between both names. */
  qpdf(octets: Uint8Array, ...options: readonly string[]): Buffer {
    const [de, vers] = [this.poser(octets), this.chemin('sortie.pdf')];
    execFileSync('qpdf', ['--allow-weak-crypto', ...options, de, vers], { stdio: 'pipe' });
    return readFileSync(vers);
  }

  fermer(): void {
    rmSync(this.#chemin, { recursive: true, force: true });
  }
}

export function texteDe(chemin: string, ...options: readonly string[]): string {
  return execFileSync('pdftotext', [...options, chemin, '-'], { encoding: 'utf8', stdio: 'pipe' });
}

/** What qpdf finds to say: `0 ` when nothing. */
export function plaintes(chemin: string): string {
  const { status, stderr } = spawnSync('qpdf', ['--check', chemin], { encoding: 'utf8' });
  return `${status} ${stderr.replaceAll(chemin, '')}`;
}

export interface Image {
  readonly largeur: number;
  readonly hauteur: number;
  /** Red, green, blue. */
  readonly points: Buffer;
}

/** The pages as poppler shows them, their crop boxes only, at two pixels a point. */
export function rendre(chemin: string): readonly Image[] {
  const ppm = execFileSync('pdftoppm', ['-cropbox', '-r', '144', chemin], {
    stdio: 'pipe',
    maxBuffer: 1 << 29,
  });
  const images: Image[] = [];
  for (let place = 0; place < ppm.length; ) {
    const [tete = '', l = '0', h = '0'] =
      /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(ppm.toString('latin1', place, place + 40)) ?? [];
    const [largeur, hauteur] = [Number(l), Number(h)];
    const debut = place + tete.length;
    place = debut + 3 * largeur * hauteur;
    images.push({ largeur, hauteur, points: ppm.subarray(debut, place) });
  }
  return images;
}

export interface Boite {
  readonly x: number;
  readonly y: number;
  readonly l: number;
  readonly h: number;
}

/** The smallest box of what differs, from the upper left; null when nothing does. */
export function difference(a: Image, b: Image): Boite | null {
  expect([b.largeur, b.hauteur]).toEqual([a.largeur, a.hauteur]);
  const pas = 3 * a.largeur;
  let [x0, y0, x1, y1] = [a.largeur, a.hauteur, -1, -1];
  for (let y = 0; y < a.hauteur; y += 1) {
    const [de, vers] = [y * pas, (y + 1) * pas];
    if (a.points.compare(b.points, de, vers, de, vers) === 0) continue;
    [y0, y1] = [Math.min(y0, y), y];
    for (let i = de; i < vers; i += 1) {
      if (a.points[i] === b.points[i]) continue;
      const x = Math.floor((i - de) / 3);
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x)];
    }
  }
  return x1 < 0 ? null : { x: x0, y: y0, l: x1 - x0 + 1, h: y1 - y0 + 1 };
}

export function decouper({ largeur, points }: Image, { x, y, l, h }: Boite): Image {
  const lignes = Array.from({ length: h }, (_, rang) => {
    const debut = 3 * ((y + rang) * largeur + x);
    return points.subarray(debut, debut + 3 * l);
  });
  return { largeur: l, hauteur: h, points: Buffer.concat(lignes) };
}

/** Share of the values that differ by more than an eye would let pass. */
export function ecart(a: Image, b: Image): number {
  expect([b.largeur, b.hauteur]).toEqual([a.largeur, a.hauteur]);
  let n = 0;
  for (let i = 0; i < a.points.length; i += 1) {
    if (Math.abs((a.points[i] ?? 0) - (b.points[i] ?? 0)) > 60) n += 1;
  }
  return n / a.points.length;
}

export interface Essai {
  readonly pose: TamponPose;
  /** Paths. */
  readonly avant: string;
  readonly apres: string;
}

/** Stamps, and holds what is always true: qpdf finds nothing to say that it did not say before, the lines are there. */
export function tamponner(dossier: Dossier, octets: Buffer, demande: Partial<DemandeTampon> = {}): Essai {
  const entiere = { ...DEMANDE, ...demande };
  const pose = tamponnerPdf(octets, entiere);
  const [avant, apres] = [dossier.poser(octets), dossier.poser(Buffer.concat([octets, pose.ajout]))];
  const dit = plaintes(apres);
  // of a document that was not sound, what was said before
  if (dit !== '0 ') expect(dit).toBe(plaintes(avant));
  const texte = texteDe(apres);
  for (const ligne of entiere.lignes) expect(texte.split(ligne).length - 1).toBe(pose.pages.length);
  return { pose, avant, apres };
}

/** At two pixels a point, what changed is this box of the page as it is seen, in points: nothing else, nothing less. */
export function exigerSeulChangement(avant: Image, apres: Image, { x, y, l, h }: Boite): void {
  const change = difference(avant, apres) ?? { x: -1, y: -1, l: 0, h: 0 };
  // half a point around for the softness of edges
  expect(change.x).toBeGreaterThanOrEqual(2 * x - 1);
  expect(change.y).toBeGreaterThanOrEqual(2 * y - 1);
  expect(change.x + change.l).toBeLessThanOrEqual(2 * (x + l) + 1);
  expect(change.y + change.h).toBeLessThanOrEqual(2 * (y + h) + 1);
  expect(change.l).toBeGreaterThanOrEqual(2 * l - 4);
  expect(change.h).toBeGreaterThanOrEqual(2 * h - 4);
}
