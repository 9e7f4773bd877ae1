import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { choisirPolitique, retirerPaquet } from '../../src/adapters/schemas/gerer.ts';
import { ouvrirPaquets } from '../../src/adapters/schemas/paquets.ts';
import type { PolitiqueSchemas } from '../../src/formats/xsd/paquets.ts';
import type { RapportControles } from '../../src/metier/anomalies.ts';
import type { FluxId, Instant } from '../../src/metier/identifiants.ts';
import { type Atelier, creerAtelier, creerSol, CTX } from './atelier.ts';
import { importerEssai, schemaAller } from './paquets-essai.ts';

/** Schema packs in the circuit of a PES: what the door says, and what a pack that is damaged holds back. */

const COURT = 'COURT_1';
const LONG = 'UN_NOM_DE_FICHIER_TROP_LONG';
const AUTEUR = { qui: 'essai', quand: 0 as Instant };
const QUART = 900_000;

let a: Atelier;
/** A pack 5.17 that blocks, imported once. */
let modele: string;
let base: string;
let dossier: string;
beforeAll(async () => {
  modele = mkdtempSync(join(tmpdir(), 'vgm-modele-paquets-'));
  await importerEssai(modele, join(modele, 'paquets'), { nom: '5.17', politique: 'bloquer', longueur: 8 });
});
afterAll(() => rmSync(modele, { recursive: true, force: true }));
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'vgm-circuit-paquets-'));
  dossier = join(base, 'paquets');
  const sol = await creerSol();
  const paquets = ouvrirPaquets(dossier, { clock: sol.clock, log: sol.log });
  a = await creerAtelier({ sol, paquets, inscrire: true });
});
afterEach(async () => {
  await a.fermer();
  rmSync(base, { recursive: true, force: true });
});

const importer = (nom: string, politique: PolitiqueSchemas, longueur = 8) =>
  importerEssai(base, dossier, { nom, politique, longueur });
const choisir = (nom: string, politique: PolitiqueSchemas) =>
  choisirPolitique({ nom, politique }, dossier, AUTEUR);

async function refusDe(nomFic: string): Promise<string[]> {
  const r = await a.deposerPes(nomFic);
  if (r.type !== 'refuse') return [];
  return r.rapport.reponses
    .flatMap((q) => q.anomalies)
    .flatMap((x) => (x.gravite === 'bloquante' ? [x.code] : []));
}

async function rapport(id: FluxId, nom: string): Promise<RapportControles> {
  const { pieces } = await a.gestes.montrer(CTX, id);
  const piece = pieces.find((p) => p.nom === nom) ?? expect.fail(`no ${nom}`);
  return JSON.parse((await buffer(await a.coffre.ouvrir(piece.sha256))).toString()) as RapportControles;
}

async function poser(politique: PolitiqueSchemas): Promise<void> {
  cpSync(join(modele, 'paquets'), dossier, { recursive: true });
  await choisir('5.17', politique);
}

/** Path of the main schema of a pack. */
function fichier(nom: string): string {
  const [contenu = ''] = readdirSync(join(dossier, nom));
  return join(dossier, nom, contenu, 'fichiers', 'PES_Aller.xsd');
}

function abimer(nom: string): void {
  writeFileSync(fichier(nom), readFileSync(fichier(nom)).subarray(0, 200));
}

describe('at the door', () => {
  test('bloquer refuses, names the pack, and keeps nothing', async () => {
    await poser('bloquer');
    expect(await refusDe(LONG)).toEqual(['HELIOS-SCH-01']);
    expect(await refusDe(COURT)).toEqual([]);
    const essai = await a.deposerPes(LONG, { aBlanc: true });
    expect(essai.type === 'a_blanc' && essai.rapport.verdict).toBe('defavorable');
  });

  test('avertir lets it go, and the control report of the flux tells pack, version and place', async () => {
    await poser('avertir');
    const { id } = await a.deposePes(LONG);
    await a.jusqua(id, 'transmis');
    const { reponses } = await rapport(id, 'rapport-controles.json');
    const reponse = reponses.find((r) => r.code === 'HELIOS-SCH-01');
    expect(reponse).toMatchObject({ reponse: 'non', anomalies: [{ gravite: 'avertissement' }] });
    expect(reponse?.anomalies[0]?.message).toContain('« 5.17 » (version 5.17)');
    expect(reponse?.anomalies[0]?.ou).toContain('NomFic/@V, ligne ');
  });

  test('import, policy, removal: followed from the next deposit on, nothing is restarted', async () => {
    expect(await refusDe(`${LONG}_1`)).toEqual([]);
    await importer('5.17', 'bloquer');
    expect(await refusDe(`${LONG}_2`)).toEqual(['HELIOS-SCH-01']);
    await choisir('5.17', 'avertir');
    expect(await refusDe(`${LONG}_2`)).toEqual([]);
    await choisir('5.17', 'bloquer');
    await importer('5.17', 'bloquer', 40);
    expect(await refusDe(`${LONG}_3`)).toEqual([]);
    await importer('5.18', 'bloquer');
    expect(await refusDe(`${LONG}_4`)).toEqual(['HELIOS-SCH-01']);
    await retirerPaquet('5.18', dossier, AUTEUR);
    expect(await refusDe(`${LONG}_4`)).toEqual([]);
    await importer('5.19', 'ignorer');
    expect(await refusDe(`${LONG}_5`)).toEqual([]);
  });
});

describe('a damaged pack', () => {
  test('avertir: PES go on without its opinion', async () => {
    await poser('avertir');
    abimer('5.17');
    const { id } = await a.deposePes(LONG);
    await a.jusqua(id, 'transmis');
    const { reponses } = await rapport(id, 'rapport-controles.json');
    expect(reponses.find((r) => r.code === 'HELIOS-SCH-02')).toMatchObject({
      reponse: 'non',
      anomalies: [{ gravite: 'avertissement' }],
    });
    expect(a.log.lignes.some((l) => l.niveau === 'warn' && l.champs['paquet'] === '5.17')).toBe(true);
  });

  test('bloquer: taken in, never refused for that, it waits under an alert; ACTES go on', async () => {
    await poser('bloquer');
    abimer('5.17');
    const { id } = await a.deposePes(COURT);
    await a.jusqua((await a.depose('DELIB_1')).id, 'transmis');
    await a.calme();
    const flux = await a.flux(id);
    expect(flux).toMatchObject({ etat: 'depose', erreur: null, resume: { schemasAttendus: ['5.17'] } });
    expect(flux.alerte).toMatch(/« 5\.17 », PES_Aller\.xsd a été modifié depuis l’import.*quart d’heure\.$/);
    await a.passer(2 * QUART);
    await a.calme();
    expect((await a.flux(id)).etat).toBe('depose');
  });

  test.each([
    ['goes on', COURT, 'transmis'],
    ['is refused', LONG, 'refuse'],
  ] as const)('repaired, it judges those that waited: one %s', async (_, nom, etat) => {
    await poser('bloquer');
    abimer('5.17');
    const { id } = await a.deposePes(nom);
    await a.calme();
    writeFileSync(fichier('5.17'), schemaAller(8));
    await a.passer(QUART);
    const flux = await a.jusqua(id, etat);
    const { verdict, reponses } = await rapport(id, 'rapport-schemas.json');
    const dit = etat === 'refuse' ? ['defavorable', 'non'] : ['favorable', 'oui'];
    expect([verdict, reponses[0]?.reponse, flux.resume['schemasAttendus']]).toEqual([...dit, null]);
    expect(flux.erreur?.code).toBe(etat === 'refuse' ? 'HELIOS-SCH-01' : undefined);
    expect(flux.alerte).toBeNull();
  });

  test.each([
    ['its policy becomes avertir', () => choisir('5.17', 'avertir')],
    ['it is removed', () => retirerPaquet('5.17', dossier, AUTEUR)],
  ])('or let go when %s', async (_, agir) => {
    await poser('bloquer');
    abimer('5.17');
    const { id } = await a.deposePes(LONG);
    await a.calme();
    await agir();
    await a.passer(QUART);
    expect((await a.jusqua(id, 'transmis')).alerte).toBeNull();
  });

  test('what is already open still judges: nobody waits', async () => {
    await poser('bloquer');
    expect(await refusDe(`${LONG}_1`)).toEqual(['HELIOS-SCH-01']);
    abimer('5.17');
    expect(await refusDe(`${LONG}_1`)).toEqual(['HELIOS-SCH-01']);
    await a.jusqua((await a.deposePes(COURT)).id, 'transmis');
  });

  test('an inventory that cannot be read holds back what waits for a pack, and nothing else', async () => {
    await poser('bloquer');
    abimer('5.17');
    const { id } = await a.deposePes(COURT);
    await a.calme();
    const inventaire = join(dossier, 'paquets.json');
    const bon = readFileSync(inventaire);
    writeFileSync(fichier('5.17'), schemaAller(8));
    writeFileSync(inventaire, '{');
    await a.passer(QUART);
    await a.calme();
    expect(await a.flux(id)).toMatchObject({ etat: 'depose' });
    writeFileSync(inventaire, bon);
    await a.passer(QUART);
    await a.jusqua(id, 'transmis');
  });
});
