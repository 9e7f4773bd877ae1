import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { creerPdf } from '../../src/banc/pdf.ts';
import type { Flux, ObjetJson } from '../../src/metier/flux.ts';
import type { FluxId, Jour } from '../../src/metier/identifiants.ts';
import { OPERATEUR } from '../../src/ports/store.ts';
import { type Atelier, accuseDe, anomalieDe, AUTRE_SIREN, creerAtelier, CTX, SIREN } from './atelier.ts';
import { accuseAnnulationDe, accuseReponseDe, courrierDe } from './messages-echanges.ts';

/** FONCT-05: what was transmitted to the préfecture, told afterwards (cahier des charges ACTES; JRN-04). */

let a: Atelier;
afterEach(() => a.fermer());

const JOUR = '2026-03-10' as Jour;
const PDF = creerPdf(['Réponse']);

async function lireTable(
  demande: { du?: string; au?: string; siren?: string } = {},
  ctx = CTX,
): Promise<string> {
  const { du = JOUR, au = JOUR, siren } = demande;
  const lignes = await a.gestes.exporterFonct05(ctx, {
    du: du as Jour,
    au: au as Jour,
    ...(siren === undefined ? {} : { collectivite: siren as typeof SIREN }),
  });
  return (await Array.fromAsync(lignes)).join('');
}

/** Lines as objects, by the titles of the first. None of these tests writes a `;` inside a cell. */
function enLignes(csv: string): Record<string, string>[] {
  const [titres = '', ...lignes] = csv.replace('\uFEFF', '').split('\r\n').slice(0, -1);
  const noms = titres.split(';');
  return lignes.map((l) => Object.fromEntries(l.split(';').map((v, k) => [noms[k] ?? '', v])));
}

const table = async (...args: Parameters<typeof lireTable>) => enLignes(await lireTable(...args));

async function transmis(numero: string, metadonnees: ObjetJson = {}): Promise<Flux> {
  const { id } = await a.depose(numero, { metadonnees });
  return a.jusqua(id, 'transmis');
}

async function recevoir(courriel: Buffer): Promise<void> {
  await a.recevoir(courriel);
  await a.calme();
}

/** Names in the archive that left, read from its bytes. */
async function nomsDansLArchive(id: FluxId): Promise<string[]> {
  const { pieces } = await a.gestes.montrer(CTX, id);
  const rang = pieces.find((p) => p.role === 'archive')?.rang ?? -1;
  const tar = gunzipSync(await buffer((await a.gestes.ouvrirPiece(CTX, id, rang)).contenu));
  const noms: string[] = [];
  for (let o = 0; o + 512 <= tar.length && tar[o] !== 0; ) {
    noms.push(tar.toString('latin1', o, o + 100).replace(/\0.*$/s, ''));
    o += 512 + Math.ceil(Number.parseInt(tar.toString('latin1', o + 124, o + 136), 8) / 512) * 512;
  }
  return noms;
}

async function repondre(courrier: FluxId): Promise<Flux> {
  const fichiers = [
    await a.gestes.recevoirFichier(PDF, 'document', 'p1.pdf'),
    await a.gestes.recevoirFichier(PDF, 'annexe', 'p2.pdf'),
  ];
  const typologies = ['99_DE', '99_DE'];
  const r = await a.gestes.repondre(CTX, {
    courrier,
    refus: false,
    typologies,
    fichiers,
    cleIdempotence: null,
  });
  if (r.type !== 'accepte') throw new TypeError(JSON.stringify(r));
  return a.jusqua(r.flux.id, 'transmis');
}

test('one line for an acte: who, what, when, the archive and its files, the agent, its receipt', async () => {
  a = await creerAtelier();
  const { id, nomEnvoi } = await transmis('DELIB_1', { objet: '=1+2 pour l’école' });
  await recevoir(accuseDe('DELIB_1'));
  const csv = await lireTable();
  expect(csv.startsWith('\uFEFFSIREN;Collectivité;Département;Arrondissement;Message;')).toBe(true);
  const { pieces, flux } = await a.gestes.montrer(CTX, id);
  const archive = pieces.find((p) => p.role === 'archive');
  const idActe = `034-${SIREN}-20260302-DELIB_1-DE`;
  expect(enLignes(csv)).toEqual([
    {
      SIREN,
      Collectivité: `Commune ${SIREN}`,
      Département: '034',
      Arrondissement: '1',
      Message: '1-1',
      Libellé: 'transmission d’un acte',
      'Identifiant de l’acte': idActe,
      Numéro: 'DELIB_1',
      'Date de décision': '2026-03-02',
      Nature: 'DE',
      Matière: '7.1',
      // foreign text never becomes a formula
      Objet: `'${String(flux.resume['objet'])}`,
      'Transmis le (Paris)': expect.stringMatching(/^2026-03-10 10:/),
      'Transmis le (UTC)': expect.stringMatching(/^2026-03-10T09:.*Z$/),
      Archive: nomEnvoi,
      'Taille (octets)': String(archive?.taille),
      'SHA-256': archive?.sha256,
      'Fichiers transmis': (await nomsDansLArchive(id)).join(' | '),
      Agent: 'agent:essai',
      'État à l’export': 'acquitté',
      'Date de l’accusé': String(flux.resume['dateReception']),
      'Accusé rangé le (Paris)': expect.stringMatching(/^2026-03-10 10:/),
      'Messages reçus': expect.stringMatching(new RegExp(`^${idActe}-1-2_\\d\\.xml$`)),
      Flux: id,
    },
  ]);
  expect(flux.resume['objet']).toMatch(/^=1\+2/);
});

test('one line for each message about it, with the files that really left; the letters of the préfecture are not of it', async () => {
  a = await creerAtelier();
  const acte = await transmis('D1');
  await recevoir(accuseDe('D1'));
  await recevoir(courrierDe('3-1', 'D1', { date: '2026-03-11' }));
  const [lettre] = await a.store.flux.citants(OPERATEUR, acte.id);
  await repondre(lettre?.id as FluxId);
  await recevoir(accuseReponseDe('3-5', 'D1', { date: '2026-03-11' }));
  await a.gestes.demanderClassification(CTX, { siren: SIREN, complete: false });
  await a.gestes.annuler(CTX, acte.id);
  await a.calme();
  await recevoir(accuseAnnulationDe('D1'));
  const lignes = await table();
  const vues = (colonne: string) => lignes.map((l) => [l['Message'], l[colonne]]);
  expect(vues('État à l’export')).toEqual([
    ['1-1', 'annulé'],
    ['3-2', 'transmis'],
    ['3-4', 'acquitté'],
    ['7-1', 'transmis'],
    ['6-1', 'acquitté'],
  ]);
  expect(lignes.map((l) => l['Agent'])).toEqual([
    'agent:essai',
    'systeme',
    'agent:essai',
    'agent:essai',
    'agent:essai',
  ]);
  expect(lignes.map((l) => [l['Matière'], l['Date de décision'], l['Nature'], l['Numéro']])).toEqual([
    ['7.1', '2026-03-02', 'DE', 'D1'],
    ['7.1', '2026-03-02', 'DE', 'D1'],
    ['7.1', '2026-03-02', 'DE', 'D1'],
    ['', '', '', ''],
    ['7.1', '2026-03-02', 'DE', 'D1'],
  ]);
  expect(vues('Date de l’accusé').slice(1)).toEqual([
    ['3-2', ''],
    ['3-4', '2026-03-20'],
    ['7-1', ''],
    ['6-1', '2026-03-21'],
  ]);
  expect(new Set(lignes.map((l) => l['Libellé'])).size).toBe(5);
  for (const { Flux: id = '', 'Fichiers transmis': noms } of lignes)
    expect(noms).toBe((await nomsDansLArchive(id as FluxId)).join(' | '));
});

test('a refusal of the State has its date; what never reached it has no line, unless its answer proves that it did', async () => {
  a = await creerAtelier();
  await transmis('REFUSE');
  await recevoir(anomalieDe('REFUSE'));
  a.transport.programmer({ type: 'reponse', statut: 413, extrait: '', url: '' });
  const { id } = await a.depose('GROS');
  await a.jusqua(id, 'echec');
  // a refusal may ask for the classification in force by itself
  const actes = async () => (await table()).filter((l) => l['Message'] === '1-1');
  expect(
    (await actes()).map((l) => [l['Numéro'], l['État à l’export'], l['Date de l’accusé'] !== '']),
  ).toEqual([['REFUSE', 'en anomalie', true]]);
  await recevoir(accuseDe('GROS'));
  expect((await actes()).map((l) => l['Numéro'])).toEqual(['REFUSE', 'GROS']);
});

test('a message sent again keeps one line, at the first hour that may have left something', async () => {
  a = await creerAtelier();
  a.transport.programmer({ type: 'non_parti', cause: 'guichet fermé', url: '' });
  const { id } = await a.depose('D1');
  await a.calme();
  expect(await table()).toEqual([]);
  a.clock.regler(Date.parse('2026-03-11T09:00:00Z'));
  await a.passer(3_600_000);
  await a.jusqua(id, 'transmis');
  a.clock.regler(Date.parse('2026-03-12T09:00:00Z'));
  await a.gestes.renvoyer(CTX, id);
  await a.calme();
  const lignes = await table({ au: '2026-12-31' });
  expect(lignes.map((l) => l['Transmis le (Paris)']?.slice(0, 10))).toEqual(['2026-03-11']);
  expect(await table({ du: '2026-03-12', au: '2026-03-12' })).toEqual([]);
});

test('by days of Paris, both included, within what the caller may see; PES are not of it', async () => {
  a = await creerAtelier();
  a.clock.regler(Date.parse('2026-03-10T22:59:00Z'));
  await transmis('D1');
  await a.jusqua((await a.deposePes('F1')).id, 'transmis');
  a.clock.regler(Date.parse('2026-03-10T23:01:00Z'));
  await transmis('D2');
  const { id } = await a.depose('D3', { siren: AUTRE_SIREN });
  await a.jusqua(id, 'transmis');
  const numeros = async (...args: Parameters<typeof lireTable>) =>
    (await table(...args)).map((l) => l['Numéro']);
  expect(await numeros()).toEqual(['D1']);
  expect(await numeros({ au: '2026-03-11' })).toEqual(['D1', 'D2', 'D3']);
  expect(await numeros({ au: '2026-03-11', siren: AUTRE_SIREN })).toEqual(['D3']);
  const sien = { ...CTX, portee: { collectivite: SIREN } };
  expect(await numeros({ au: '2026-03-11' }, sien)).toEqual(['D1', 'D2']);
  await expect(lireTable({ siren: AUTRE_SIREN }, sien)).rejects.toThrow('VGM-GES-004');
});
