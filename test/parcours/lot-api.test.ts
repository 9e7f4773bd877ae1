import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inscrire } from '../../src/banc/collectivite-essai.ts';
import { creerPdf } from '../../src/banc/pdf.ts';
import { type EntreeEssai, zipEssai } from '../unit/lot/zip-essai.ts';
import { clock, demander, type FluxVu, type Monde, ouvrirMonde, type Reponse } from './monde.ts';

/** A batch given whole to a real daemon over HTTP: it answers once it holds it, and works by itself, whatever happens to it. */

let monde: Monde;
/** One collectivité a test: nothing that a test deposits is seen by another. */
let siren = '213400200';

beforeAll(async () => {
  monde = await ouvrirMonde();
  // what becomes of the actes once they are deposited is told elsewhere
  const { statut } = await monde.labo.client.envoyer('POST', '/destinations/ACTES/suspendre', {
    motif: 'essai',
  });
  expect(statut).toBe(200);
});
afterAll(() => monde.fermer());
beforeEach(async () => {
  siren = String(Number(siren) + 1);
  await inscrire(monde.labo.client, siren, `Commune ${siren}`);
});

const TITRES = 'numero;date;objet;nature;matiere;document;typologie';
const ACTES = 200;

interface Ligne {
  readonly numero: string;
  readonly date: string;
  readonly nature: string;
  readonly document: string;
}

/** What is wrong in some of the lines, and the code that must tell it. */
const FAUX: Readonly<Record<number, readonly [Partial<Ligne>, string]>> = {
  20: [{ numero: 'N10' }, 'LOT-10'],
  50: [{ document: 'pieces/absente.pdf' }, 'LOT-11'],
  80: [{ date: '31/02/2026' }, 'LOT-06'],
  110: [{ document: '../../donnees/vaguemestre.toml' }, 'LOT-11'],
  140: [{ nature: '9' }, 'ACTES-NAT-01'],
};

function ligneDe(k: number, faux: Partial<Ligne> = {}): string {
  const juste = { numero: `N${k}`, date: '02/03/2026', nature: '1', document: `pieces/a${k}.pdf` };
  const { numero, date, nature, document } = { ...juste, ...faux };
  return `${numero};${date};Tarif n° ${k} de l’école;${nature};7.1;${document};99_DE`;
}

const rangs = (nombre: number): number[] => Array.from({ length: nombre }, (_, i) => i + 1);

function zipDe(csv: Uint8Array, nombre: number): Buffer {
  const pieces = rangs(nombre).map((k): EntreeEssai => {
    return { nom: `mars/pieces/a${k}.pdf`, octets: creerPdf([`Délibération ${k}`]), comprimer: true };
  });
  return zipEssai([{ nom: 'mars/lot.csv', octets: csv, comprimer: true }, ...pieces]);
}

function lot(nombre = ACTES, faux: typeof FAUX = FAUX): Buffer {
  const lignes = rangs(nombre).map((k) => ligneDe(k, faux[k]?.[0]));
  return zipDe(Buffer.from(`\uFEFF${[TITRES, ...lignes].join('\r\n')}\r\n`), nombre);
}

function envoyer(zip: Uint8Array, cle?: string): Promise<Reponse> {
  return demander(monde.socket, {
    methode: 'POST',
    chemin: `/collectivites/${siren}/lots`,
    corps: zip,
    entetes: { 'content-type': 'application/zip', ...(cle === undefined ? {} : { 'idempotency-key': cle }) },
  });
}

interface LotVu {
  readonly id: string;
  readonly etat: string;
  readonly erreur: { readonly code: string } | null;
  readonly lignes: number;
  readonly comptes: Readonly<Record<'deposes' | 'deja' | 'refuses' | 'restants', number>>;
}
interface LigneVue {
  readonly ligne: number;
  readonly numero: string;
  readonly sort: string;
  readonly flux: string | null;
  readonly anomalies: readonly { readonly code: string; readonly remede: string }[];
}

const lotDe = (r: Reponse): LotVu => r.json['lot'] as unknown as LotVu;

async function lire(chemin: string): Promise<{ lot: LotVu; lignes: LigneVue[]; suite: number | null }> {
  return (await monde.labo.client.lire(chemin)).corps as unknown as Awaited<ReturnType<typeof lire>>;
}

async function jusqua(id: string, atteint: (l: LotVu) => boolean, pas = 25): Promise<LotVu> {
  const limite = clock.now() + 30_000;
  for (;;) {
    const { lot: vu } = await lire(`/lots/${id}?limite=1`);
    if (atteint(vu)) return vu;
    if (clock.now() > limite) throw new TypeError(`not reached: ${JSON.stringify(vu)}`);
    await clock.sleep(pas);
  }
}
const fini = (id: string): Promise<LotVu> => jusqua(id, (l) => l.etat === 'termine');

async function deposes(): Promise<string[]> {
  const { corps } = await monde.labo.client.lire(`/flux?limite=1000&recherche=-${siren}-`);
  return (corps as unknown as { flux: FluxVu[] }).flux.map((f) => f.identite).toSorted();
}

/** Every sound acte once, nothing else. */
async function exigerEntier(): Promise<void> {
  const bons = rangs(ACTES).filter((k) => !(k in FAUX));
  expect(await deposes()).toEqual(bons.map((k) => `034-${siren}-20260302-N${k}-DE`).toSorted());
}

describe('a batch of 200 actes, five of them wrong', () => {
  test('answered once it is held; killed at once, then in the middle, each has its own fate; the same key is the same batch, and without a key nothing is deposited twice', async () => {
    const zip = lot();
    const pris = await envoyer(zip, 'mars-2026');
    const { id } = lotDe(pris);
    expect([pris.statut, pris.entetes.location, pris.json['rejeu']]).toEqual([
      202,
      `/api/v1/lots/${id}`,
      false,
    ]);
    // as soon as it has promised, then in the middle
    for (const seuil of [0, 60]) {
      const vu = seuil === 0 ? lotDe(pris) : await jusqua(id, (l) => l.comptes.deposes >= seuil, 5);
      expect(vu.comptes.restants).toBeGreaterThan(20);
      await monde.demon().tuer();
      await monde.redemarrer();
    }
    expect((await fini(id)).comptes).toEqual({ deposes: 195, deja: 0, refuses: 5, restants: 0 });
    await exigerEntier();
    const { lignes: refusees, suite } = await lire(`/lots/${id}?sort=refuse`);
    expect(suite).toBeNull();
    expect(refusees.map((l) => [l.ligne - 1, l.anomalies[0]?.code])).toEqual(
      Object.entries(FAUX).map(([k, [, code]]) => [Number(k), code]),
    );
    expect(refusees.every((l) => l.flux === null && l.anomalies.every((a) => a.remede !== ''))).toBe(true);
    // page by page, in the order of the manifest
    const vues: LigneVue[] = [];
    for (let apres: number | null = 0; apres !== null; ) {
      const page = await lire(`/lots/${id}?limite=70&apres=${apres}`);
      vues.push(...page.lignes);
      apres = page.suite;
    }
    expect(vues.map((l) => l.ligne)).toEqual(rangs(ACTES).map((k) => k + 1));
    const premier = (await lire(`/flux/${vues[0]?.flux ?? ''}`)) as unknown as { flux: FluxVu };
    expect(premier.flux.identite).toBe(`034-${siren}-20260302-N1-DE`);
    const rejoue = await envoyer(zip, 'mars-2026');
    expect([rejoue.statut, lotDe(rejoue).id, rejoue.json['rejeu']]).toEqual([200, id, true]);
    const autre = await envoyer(lot(1), 'mars-2026');
    expect([autre.statut, autre.json['code']]).toEqual([409, 'VGM-LOT-009']);
    const encore = lotDe(await envoyer(zip));
    expect((await fini(encore.id)).comptes).toEqual({ deposes: 0, deja: 195, refuses: 5, restants: 0 });
    const { lignes: deja } = await lire(`/lots/${encore.id}?sort=deja&limite=1`);
    expect(deja[0]?.flux).toBe(vues[0]?.flux);
    await exigerEntier();
    expect(await monde.intact()).toBe(true);
  });
});

test('given up: nothing more is deposited, what is deposited stays, and the rest says why', async () => {
  const { id } = lotDe(await envoyer(lot(120, {})));
  await jusqua(id, (l) => l.comptes.deposes >= 10, 5);
  const ordre = {
    methode: 'POST',
    chemin: `/lots/${id}/abandonner`,
    entetes: { 'content-type': 'application/json' },
  };
  const corps = Buffer.from(JSON.stringify({ motif: 'mauvais mois' }));
  expect((await demander(monde.socket, { ...ordre, corps })).statut).toBe(200);
  const vu = await jusqua(id, (l) => 'termine' in l && l['termine'] !== null);
  expect(vu.etat).toBe('abandonne');
  expect(vu.comptes.restants).toBeGreaterThan(0);
  expect((await deposes()).length).toBe(vu.comptes.deposes);
  const { lignes } = await lire(`/lots/${id}?sort=abandonne&limite=1000`);
  expect(lignes).toHaveLength(vu.comptes.restants);
  const encore = await demander(monde.socket, { ...ordre, corps });
  expect([encore.statut, encore.json['code']]).toEqual([409, 'VGM-LOT-010']);
});

test('a collectivité switched off holds its batch, which says so, and goes on once it is back', async () => {
  const bascule = async (actif: boolean): Promise<void> => {
    const chemin = `/collectivites/${siren}`;
    const { collectivite } = (await monde.labo.client.lire(chemin)).corps as unknown as {
      collectivite: { nom: string; ver: number; actes: Record<string, unknown> };
    };
    const { nom, ver, actes } = collectivite;
    const { classification: _, ...fiche } = actes;
    const r = await monde.labo.client.envoyer('PUT', chemin, { nom, ver, actif, actes: fiche as never });
    expect(r.statut).toBe(200);
  };
  const { id } = lotDe(await envoyer(lot(60, {})));
  await jusqua(id, (l) => l.comptes.deposes >= 5, 5);
  await bascule(false);
  const retenu = await jusqua(id, (l) => l.erreur !== null);
  expect([retenu.erreur?.code, retenu.comptes.refuses]).toEqual(['VGM-DEP-001', 0]);
  await bascule(true);
  expect((await fini(id)).comptes).toEqual({ deposes: 60, deja: 0, refuses: 0, restants: 0 });
});

describe('what is no batch, or means harm, is refused at once and leaves nothing', () => {
  const pdf = creerPdf(['Acte']);
  const csv = Buffer.from([TITRES, ligneDe(1), ''].join('\n'));
  const bon = { nom: 'pieces/a1.pdf', octets: pdf };
  const cas: readonly (readonly [string, () => Uint8Array, string, number])[] = [
    ['nothing', () => Buffer.alloc(0), 'VGM-LOT-002', 422],
    ['bytes that are no ZIP', () => Buffer.from('PK et puis rien'), 'VGM-LOT-002', 422],
    [
      'a ZIP cut short',
      () => zipEssai([{ nom: 'lot.csv', octets: csv }, bon]).subarray(0, -40),
      'VGM-LOT-002',
      422,
    ],
    ['no manifest', () => zipEssai([bon]), 'VGM-LOT-002', 422],
    [
      'a name that leads out',
      () =>
        zipEssai([
          { nom: 'lot.csv', octets: csv },
          { ...bon, nom: '../a1.pdf' },
        ]),
      'VGM-LOT-002',
      422,
    ],
    [
      'an absolute name',
      () =>
        zipEssai([
          { nom: 'lot.csv', octets: csv },
          { ...bon, nom: '/etc/a1.pdf' },
        ]),
      'VGM-LOT-002',
      422,
    ],
    ['the same name twice', () => zipEssai([{ nom: 'lot.csv', octets: csv }, bon, bon]), 'VGM-LOT-002', 422],
    [
      'an entry behind a password',
      () =>
        zipEssai([
          { nom: 'lot.csv', octets: csv },
          { ...bon, bits: 0x801 },
        ]),
      'VGM-LOT-002',
      422,
    ],
    [
      'entries that share their bytes',
      () =>
        zipEssai([
          { nom: 'lot.csv', octets: csv },
          { ...bon, debut: 0 },
        ]),
      'VGM-LOT-002',
      422,
    ],
    [
      'a file that inflates without end',
      () =>
        zipEssai([
          { nom: 'lot.csv', octets: csv },
          { nom: 'pieces/a1.pdf', octets: new Uint8Array(12_000_000), comprimer: true },
        ]),
      'VGM-LOT-002',
      422,
    ],
    [
      'a manifest without its columns',
      () => zipEssai([{ nom: 'lot.csv', octets: Buffer.from('a;b\n1;2\n') }, bon]),
      'VGM-LOT-007',
      422,
    ],
    [
      'a manifest without acte',
      () => zipEssai([{ nom: 'lot.csv', octets: Buffer.from(`${TITRES}\n`) }, bon]),
      'VGM-LOT-007',
      422,
    ],
  ];
  test.each(cas)('%s', async (...[, zip, code, statut]) => {
    const octets = zip();
    const r = await envoyer(octets);
    expect([r.statut, r.json['code']]).toEqual([statut, code]);
    const empreinte = createHash('sha256').update(octets).digest('hex');
    expect((await monde.coffre()).filter((f) => f.endsWith(empreinte))).toEqual([]);
    const { corps } = await monde.labo.client.lire('/lots?limite=1000');
    const tous = (corps as unknown as { lots: { collectivite: string }[] }).lots;
    expect(tous.filter((l) => l.collectivite === siren)).toEqual([]);
  });

  test('a manifest is read as its spreadsheet wrote it: ISO-8859-1, commas', async () => {
    const texte = [
      'Numéro,Date,Objet,Nature,Matière,Document,Typologie',
      ligneDe(1).replaceAll(';', ',').replace('’', "'"),
      '',
    ].join('\r\n');
    const { id } = lotDe(await envoyer(zipDe(Buffer.from(texte, 'latin1'), 1)));
    expect((await fini(id)).comptes.deposes).toBe(1);
    const { lignes } = await lire(`/lots/${id}`);
    expect(lignes[0]).toMatchObject({ ligne: 2, numero: 'N1', objet: "Tarif n° 1 de l'école" });
  });

  test('a piece whose bytes are damaged refuses its own acte, and no other', async () => {
    const deux = Buffer.from([TITRES, ligneDe(1), ligneDe(2), ''].join('\n'));
    const zip = zipEssai([
      { nom: 'lot.csv', octets: deux },
      { ...bon, crc: 1 },
      { ...bon, nom: 'pieces/a2.pdf' },
    ]);
    const { id } = lotDe(await envoyer(zip));
    expect((await fini(id)).comptes).toEqual({ deposes: 1, deja: 0, refuses: 1, restants: 0 });
    const { lignes } = await lire(`/lots/${id}?sort=refuse`);
    expect(lignes.map((l) => [l.ligne, l.anomalies[0]?.code])).toEqual([[2, 'VGM-LOT-005']]);
  });
});
