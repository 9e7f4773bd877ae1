import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creerPdf } from '../../src/banc/pdf.ts';
import { demande, demander, document, estProbleme, type Monde, ouvrirMonde, type Reponse } from './monde.ts';

/** The disk of the data folder fills up under deposits: a small file system of its own, which only root may mount. */

const racine = process.getuid?.() === 0;
const TAILLE = 12;
let m: Monde;
let donnees: string;
let dossier: string;

beforeAll(async () => {
  if (!racine) return;
  dossier = await mkdtemp(join(tmpdir(), 'vaguemestre-plein-'));
  donnees = join(dossier, 'donnees');
  await mkdir(donnees);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${TAILLE}m,mode=700`, 'vaguemestre-essai', donnees]);
  m = await ouvrirMonde({ dossier, reglages: { moteur: { reprise_min_s: 0.2, reprise_max_s: 0.5 } } });
});
afterAll(async () => {
  if (!racine) return;
  await m.demon().arreter();
  await m.labo.fermer();
  execFileSync('umount', [donnees]);
  await rm(dossier, { recursive: true, force: true });
});

const libre = async (): Promise<number> => {
  const s = await statfs(donnees);
  return s.bavail * s.bsize;
};

/** Fills the file system up to `reste` bytes. */
async function remplir(reste: number): Promise<void> {
  await writeFile(join(donnees, 'lest'), Buffer.alloc(Math.max(0, (await libre()) - reste), 1));
}
const vider = (): Promise<void> => rm(join(donnees, 'lest'), { force: true });

const gros = (texte: string): Uint8Array =>
  creerPdf(Array.from({ length: 8_000 }, (_, i) => `${texte} ligne ${i}`));

function deposer(numero: string, corps: Uint8Array): Promise<Reponse> {
  return m.deposer([demande({ numero }), document(corps)], { 'idempotency-key': numero });
}

test.skipIf(!racine)(
  '503 in French, nothing half done, and it works again once space is freed',
  async () => {
    await m.jusqua(
      ((await deposer('AVANT', creerPdf(['avant']))).json['flux'] as { id: string }).id,
      'acquitte',
    );
    const acceptes = new Map<string, Uint8Array>();
    const refuses: string[] = [];
    // From « not even a small row » to « the document does not fit »: the disk fails at each kind of write.
    for (const [tour, reste] of [0, 4_096, 40_000, 120_000, 300_000, 700_000].entries()) {
      await vider();
      await remplir(reste);
      for (let i = 0; i < 6; i += 1) {
        const numero = `P${tour}_${i}`;
        const corps = i % 2 === 0 ? gros(numero) : creerPdf([numero]);
        const r = await deposer(numero, corps);
        if (r.statut === 201) acceptes.set(numero, corps);
        else {
          estProbleme(r, 503, 'VGM-NOY-005');
          expect(r.json['nature']).toBe('passagere');
          refuses.push(numero);
        }
      }
      expect((await m.labo.client.lire('/sante')).statut).toBeLessThan(600);
      expect((await demander(m.socket, { methode: 'GET', chemin: '/flux' })).statut).toBe(200);
    }
    console.log(`full disk: ${acceptes.size} deposits accepted, ${refuses.length} refused with 503`);
    expect(refuses.length).toBeGreaterThan(10);
    await vider();

    // What was accepted goes to its end; what was refused left no flux, and the same demand passes now.
    const flux = await m.flux();
    for (const numero of acceptes.keys()) {
      const un = flux.find((f) => f.identite.includes(`-${numero}-`));
      expect(un, numero).toBeDefined();
      await m.jusqua(un?.id ?? '', 'acquitte');
    }
    for (const numero of refuses)
      expect(
        flux.some((f) => f.identite.includes(`-${numero}-`)),
        numero,
      ).toBe(false);
    for (const numero of refuses.slice(0, 4)) {
      const r = await deposer(numero, creerPdf([numero]));
      expect(r.statut, r.texte).toBe(201);
      await m.jusqua((r.json['flux'] as { id: string }).id, 'acquitte');
    }
    await expect.poll(() => readdir(join(donnees, 'coffre', 'tmp'))).toEqual([]);
    expect(await m.intact()).toBe(true);

    // A restart on the same disk finds everything whole.
    await m.demon().arreter();
    await m.redemarrer();
    expect(await m.intact()).toBe(true);
    for (const f of await m.flux()) {
      const { corps } = await m.labo.client.lire(`/flux/${f.id}`);
      for (const p of corps['pieces'] as unknown as { rang: number; sha256: string; taille: number }[]) {
        expect((await m.labo.client.telecharger(`/flux/${f.id}/pieces/${p.rang}`)).length).toBe(p.taille);
      }
    }
    const connues = new Set<string>();
    for (const f of await m.flux()) {
      const { corps } = await m.labo.client.lire(`/flux/${f.id}`);
      for (const p of corps['pieces'] as unknown as { sha256: string }[]) connues.add(p.sha256);
    }
    for (const r of await m.retours()) connues.add(r.sha256);
    const orphelines = (await m.coffre()).map((f) => basename(f)).filter((f) => !connues.has(f));
    console.log(`full disk: ${orphelines.length} pieces kept without a flux`);
  },
  90_000,
);
