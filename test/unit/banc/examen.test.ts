import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ecrireTarGz } from '../../../src/formats/tar/ecrire.ts';
import { archive, type Banc, type Description, lire, nomArchive, ouvrirBanc, SIREN } from './decor.ts';

let banc: Banc;
beforeAll(async () => {
  banc = await ouvrirBanc({
    trigrammes: ['VGM'],
    applications: ['TACT'],
    sirens: [SIREN],
    delaiReponseMs: 0,
  });
});
afterAll(() => banc.fermer());

let rang = 0;
async function verdict(partiel: Partial<Description>): Promise<{ message: string; detail: string }> {
  rang += 1;
  const a = await archive({ nomArchive: nomArchive(rang), numero: `E${rang}`, ...partiel });
  expect(await banc.remettre(a)).toMatchObject({ type: 'reponse', statut: 201 });
  await banc.ministere.attendreVide();
  const trouve = banc.ministere.registre.evenements().findLast((e) => e.type === 'verdict');
  return { message: trouve?.message ?? '', detail: trouve?.detail ?? '' };
}

const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');
/** Rewrites one file of the archive, by rank. */
function reecrire(rangFichier: number, faire: (texte: string) => string): Pick<Description, 'changer'> {
  return {
    changer: (fichiers) =>
      fichiers.map((f, i) =>
        i === rangFichier ? { ...f, octets: Buffer.from(faire(latin1(f.octets)), 'latin1') } : f,
      ),
  };
}

const nomDe = (tri: string, appli: string, date = '20260302') =>
  `${tri}-${appli}--${SIREN}--${date}-77.tar.gz`;

describe('what refuses a whole envelope (AnomalieEnveloppe)', () => {
  it.each<[string, Partial<Description>, string]>([
    ['serial padded with zeros', { nomArchive: `VGM-TACT--${SIREN}--20260302-007.tar.gz` }, 'BANC-VERIF-01'],
    ['unknown trigramme', { nomArchive: nomDe('XYZ', 'TACT') }, 'BANC-VERIF-02'],
    ['other application', { nomArchive: nomDe('VGM', 'EACT') }, 'BANC-VERIF-03'],
    ['no such day', { nomArchive: nomDe('VGM', 'TACT', '20260230') }, 'BANC-VERIF-04'],
    ['day to come', { nomArchive: nomDe('VGM', 'TACT', '20990101') }, 'BANC-VERIF-04'],
    ['envelope named otherwise', { nomEnveloppe: `TACT--${SIREN}--20260302-9999.xml` }, 'BANC-VERIF-05'],
    ['SIREN of another', { sirenIdcl: '210340020' }, 'BANC-VERIF-06'],
    ['UTF-8 prologue', reecrire(0, (t) => t.replace('ISO-8859-1', 'UTF-8')), 'BANC-VERIF-07'],
    ['UTF-8 prologue of the message', reecrire(1, (t) => t.replace('ISO-8859-1', 'UTF-8')), 'BANC-VERIF-07'],
    ['envelope against the schema', { adresses: ['pas une adresse'] }, 'BANC-VERIF-08'],
    ['message against the schema', { classification: '29/08/2019' }, 'BANC-VERIF-08'],
    ['message absent', { changer: (f) => f.filter((_, i) => i !== 1) }, 'BANC-VERIF-09'],
    ['another département', { nomMessage: `035-${SIREN}-20260227-X-DE-1-1_0.xml` }, 'BANC-VERIF-10'],
    ['document absent', { changer: (f) => f.slice(0, 2) }, 'BANC-VERIF-12'],
    [
      'file that nothing announces',
      { changer: (f) => [...f, { nom: 'notes.txt', octets: Buffer.from('a') }] },
      'BANC-VERIF-13',
    ],
    [
      'files in another order',
      { changer: ([e, m, d]) => [e, d, m].filter((f) => f !== undefined) },
      'BANC-VERIF-14',
    ],
    ['malformed message name (real code)', { nomMessage: 'acte.xml' }, 'ODT-VERIF-17'],
  ])('%s', async (_titre, partiel, code) => {
    expect(await verdict(partiel)).toEqual({ message: 'ANO', detail: expect.stringContaining(code) });
  });

  it('SIREN not enrolled (real code PREF-VERIF-02)', async () => {
    const autre = '210340020';
    const nom = `VGM-TACT--${autre}--20260302-1.tar.gz`;
    expect(await verdict({ nomArchive: nom, sirenIdcl: autre })).toMatchObject({
      message: 'ANO',
      detail: expect.stringContaining('PREF-VERIF-02'),
    });
  });
});

describe('what refuses one acte (1-3)', () => {
  it.each<[string, Partial<Description>, string]>([
    ['nature of the name and of the message differ', { nature: '2' }, 'BANC-VERIF-20'],
    ['decision in the future', { date: '2099-01-01' }, 'BANC-VERIF-21'],
    ['wrong number of annexes', { nombreAnnexes: '3' }, 'BANC-VERIF-22'],
    ['typologie of four characters', { annexes: ['9_DE'] }, 'BANC-VERIF-23'],
    ['empty objet', { objet: '' }, 'BANC-VERIF-25'],
    ['a document that is not what its extension says', { document: Buffer.from('bonjour') }, 'BANC-VERIF-26'],
  ])('%s', async (_titre, partiel, code) => {
    expect(await verdict(partiel)).toEqual({ message: '1-3', detail: expect.stringContaining(code) });
  });
});

describe('what the door itself refuses', () => {
  it('what is not a gzip: 400, and the name stays free', async () => {
    const nom = nomArchive(9001);
    const faux = { nom, octets: Buffer.from('pas une archive'), idActe: '' };
    expect(await banc.remettre(faux)).toMatchObject({
      statut: 400,
      extrait: expect.stringContaining('gzip'),
    });
    expect(await banc.insister(await archive({ nomArchive: nom, numero: 'LIBRE' }))).toEqual([201]);
    await banc.ministere.attendreVide();
  });

  it.each([
    ['no envelope first', [{ nom: 'a.xml', contenu: Buffer.from('<a/>') }]],
    ['an empty archive', []],
  ])('%s: 400', async (_titre, fichiers) => {
    const blocs: Uint8Array[] = [];
    const entrees = fichiers.map((f) => ({ ...f, taille: f.contenu.length }));
    for await (const bloc of ecrireTarGz(entrees, 0)) blocs.push(bloc);
    const faux = { nom: nomArchive(9002), octets: Buffer.concat(blocs), idActe: '' };
    expect(await banc.remettre(faux)).toMatchObject({ statut: 400 });
  });

  it('a truncated tar: 400', async () => {
    const entier = await archive({ nomArchive: nomArchive(9003), numero: 'TRONQUE' });
    expect(await banc.remettre({ ...entier, octets: gzipSync(Buffer.alloc(700)) })).toMatchObject({
      statut: 400,
    });
  });

  it('an archive over the limit: 413 before its body is read', async () => {
    const petit = await ouvrirBanc({ archiveMaxOctets: 10_000 });
    const gros = { nom: nomArchive(9004), octets: Buffer.alloc(20_000_000), idActe: '' };
    expect(await petit.remettre(gros)).toMatchObject({ statut: 413 });
    await petit.fermer();
  });

  it('anything but POST, and a POST that is not a form', async () => {
    const { request } = await import('node:https');
    const { client } = banc.pki.paires;
    const appeler = (method: string, headers: Record<string, string>) =>
      new Promise<number | undefined>((resoudre, rejeter) => {
        const tls = { ca: lire(banc.pki.ca), cert: lire(client.certificat), key: lire(client.cle) };
        request(banc.ministere.url, { method, headers, ...tls, agent: false }, (r) => {
          r.resume();
          resoudre(r.statusCode);
        })
          .once('error', rejeter)
          .end();
      });
    expect(await appeler('GET', {})).toBe(405);
    expect(await appeler('POST', { 'content-length': '0' })).toBe(415);
  });
});
