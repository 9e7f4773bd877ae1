import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Copie } from '../../src/gestes/gestes.ts';
import type { FluxId, Jour } from '../../src/metier/identifiants.ts';
import { type Atelier, accuseDe, creerAtelier, CTX, SIREN } from './atelier.ts';

/** What a collectivité hands out: the acte stamped, and its slip (actes.md E.7, E.8). */

let a: Atelier;
let dossier: string;
beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vaguemestre-copies-'));
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));
afterEach(() => a.fermer());

const FORME = { position: 'haut-gauche', pages: 'toutes', echelle: 1, certifie: 'tamponner' } as const;
const ID_ACTE = `034-${SIREN}-20260302-D1-DE`;

async function lire(copie: Copie): Promise<{ octets: Buffer; texte: string }> {
  const octets = await buffer(copie.contenu);
  expect(octets.length).toBe(copie.taille);
  const fichier = join(dossier, 'copie.pdf');
  writeFileSync(fichier, octets);
  execFileSync('qpdf', ['--check', fichier]);
  return { octets, texte: execFileSync('pdftotext', ['-layout', fichier, '-'], { encoding: 'utf8' }) };
}

async function document(id: FluxId): Promise<{ rang: number; octets: Buffer }> {
  const { pieces } = await a.gestes.montrer(CTX, id);
  const rang = pieces.find((p) => p.role === 'document')?.rang ?? -1;
  return { rang, octets: await buffer((await a.gestes.ouvrirPiece(CTX, id, rang)).contenu) };
}

describe('copies of an acte that the préfecture has received', () => {
  test('stamped: the deposited bytes first, then the dates and the identifier; what is kept is not touched', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('D1');
    const avant = await document(id);
    await a.jusqua(id, 'transmis');
    await a.recevoir(accuseDe('D1'));
    await a.jusqua(id, 'acquitte');
    await a.gestes.publier(CTX, { id, jour: '2026-03-09' as Jour });
    const copie = await a.gestes.tamponner(CTX, { id, rang: avant.rang, forme: FORME });
    const { octets, texte } = await lire(copie);
    expect(octets.subarray(0, avant.octets.length)).toEqual(avant.octets);
    for (const ligne of [
      'Envoyé en préfecture le 10/03/2026',
      'Reçu en préfecture le 10/03/2026',
      'Publié le 09/03/2026',
      `ID : ${ID_ACTE}`,
    ])
      expect(texte).toContain(ligne);
    expect((await document(id)).octets).toEqual(avant.octets);
    const [rapport] = (await a.gestes.montrer(CTX, id)).pieces.filter((p) => p.role === 'rapport');
    const autre = { id, rang: rapport?.rang ?? -1, forme: FORME };
    await expect(a.gestes.tamponner(CTX, autre)).rejects.toThrow(/VGM-GES-057/);
  });

  test('the slip says what left, under which names, and what happened', async () => {
    a = await creerAtelier();
    const { id } = await a.depose('D1');
    await expect(a.gestes.bordereau(CTX, id)).rejects.toThrow(/VGM-GES-058/);
    await a.jusqua(id, 'transmis');
    await a.recevoir(accuseDe('D1'));
    await a.jusqua(id, 'acquitte');
    const { texte } = await lire(await a.gestes.bordereau(CTX, id));
    const plat = texte.replaceAll(/\s+/g, ' ');
    for (const dit of [
      'Bordereau d’acquittement de transaction',
      `SIREN ${SIREN}`,
      ID_ACTE,
      '10/03/2026',
      'Complément papier NON',
      'accusé reçu',
      'Télétransmis par VGM',
    ])
      expect(plat).toContain(dit);
    const encore = await lire(await a.gestes.bordereau(CTX, id));
    expect(encore.texte).toBe(texte);
  });
});
