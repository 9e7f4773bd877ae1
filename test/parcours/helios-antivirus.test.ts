import { readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReponseControle } from '../../src/metier/anomalies.ts';
import type { Constat } from '../../src/ports/sonde.ts';
import { type Clamd, demarrerClamd, eicar } from '../serveurs/clamd.ts';
import { PDF, pes, type PieceEssai } from '../unit/helios/generateur.ts';
import { type FluxVu, type Monde, ouvrirMonde, SIREN } from './monde.ts';
import { importerEssai } from './paquets-essai.ts';

/** The real daemon and a real clamd: attached pieces are looked into as what they are, not as the base 64 that carries them. */

let clamd: Clamd;
let m: Monde;
/** Port behind the address of the settings; 0 = nobody there. */
let derriere = 0;
/** Bytes after which a conversation is cut. */
let coupure = Number.POSITIVE_INFINITY;
/** Asked of clamd, one a conversation. */
const commandes: string[] = [];
const prises = new Set<Socket>();
const relais = createServer((client) => {
  prises.add(client);
  client.on('error', () => undefined);
  if (derriere === 0) return void client.destroy();
  const serveur = connect(derriere, '127.0.0.1').on('error', () => client.destroy());
  let passes = 0;
  client.once('data', (octets) => commandes.push(/^z[A-Z]+/.exec(octets.toString('latin1'))?.[0] ?? ''));
  client.on('data', (octets) => {
    passes += octets.length;
    if (passes > coupure) client.resetAndDestroy();
  });
  client.pipe(serveur).pipe(client);
  client.on('close', () => serveur.destroy());
});

async function brancher(): Promise<void> {
  clamd = await demarrerClamd();
  derriere = Number(clamd.adresse.split(':')[1]);
}

async function ouvrir(antivirus: object): Promise<Monde> {
  const adresse = `127.0.0.1:${(relais.address() as AddressInfo).port}`;
  const monde = await ouvrirMonde({
    sirens: [],
    reglages: {
      antivirus: { type: 'clamd', adresse, delai_s: 5, ...antivirus },
      moteur: { reprise_min_s: 0.2, reprise_max_s: 0.5 },
    },
  });
  const helios = {
    sirets: [`${SIREN}00012`],
    destination: 'VHPCE11',
    passerelle: '',
    signature: 'transmettre',
  };
  const corps = { nom: 'Valmoncel', helios, ver: 0 };
  const r = await monde.labo.client.envoyer('PUT', `/collectivites/${SIREN}`, corps);
  expect(r.statut, JSON.stringify(r.corps)).toBe(201);
  return monde;
}

beforeAll(async () => {
  await brancher();
  await new Promise<void>((r) => void relais.listen(0, '127.0.0.1', r));
  m = await ouvrir({});
});
afterAll(async () => {
  await m.fermer();
  for (const p of prises) p.destroy();
  relais.close();
  await clamd.arreter();
});

const INFECTE = Buffer.concat([PDF, eicar(), PDF]);
const enPiece = (idUnique: string, octets: Buffer): PieceEssai => ({
  idUnique,
  nomPJ: `${idUnique.toLowerCase()}.pdf`,
  fichier: gzipSync(octets).toString('base64'),
  refCompta: ['01'],
});

async function envoyer(nomFic: string, pieces: readonly PieceEssai[] | null, monde = m) {
  const octets = pes({ entetes: { NomFic: nomFic, IdColl: `${SIREN}00012` }, pieces });
  return monde.labo.client.deposer({
    siren: SIREN,
    protocole: 'HELIOS',
    metadonnees: {},
    fichiers: [{ role: 'pes', nom: `${nomFic}.xml`, octets }],
  });
}

async function deposer(nomFic: string, pieces: readonly PieceEssai[], monde = m): Promise<string> {
  const r = await envoyer(nomFic, pieces, monde);
  expect(r.statut, JSON.stringify(r.corps).slice(0, 800)).toBe(201);
  return (r.corps['flux'] as unknown as FluxVu).id;
}

const lire = async (id: string) =>
  (await m.labo.client.lire(`/flux/${id}`)).corps['flux'] as unknown as FluxVu;

/** What the report of the antivirus answers about attached pieces. */
async function reponse(id: string, monde = m): Promise<ReponseControle | undefined> {
  const { corps } = await monde.labo.client.lire(`/flux/${id}`);
  const pieces = corps['pieces'] as unknown as { nom: string; rang: number }[];
  const { rang } = pieces.find((p) => p.nom === 'rapport-antivirus.json') ?? expect.fail('no report');
  const texte = Buffer.from(await monde.labo.client.telecharger(`/flux/${id}/pieces/${rang}`)).toString();
  const { reponses } = JSON.parse(texte) as { reponses: ReponseControle[] };
  return reponses.find((r) => r.code === 'CTL-VIR-02');
}

describe('attached pieces', () => {
  test('sound: the PES goes on, and the report names the engine', async () => {
    const id = await deposer('SAIN', [enPiece('P1', PDF), enPiece('P2', Buffer.alloc(0))]);
    await m.jusqua(id, 'pret');
    const vue = await reponse(id);
    expect([vue?.reponse, vue?.question]).toEqual(['oui', expect.stringMatching(/selon ClamAV \d/)]);
  });

  test('many: the version of the engine is asked once for all that was deposited', async () => {
    commandes.length = 0;
    await m.jusqua(
      await deposer(
        'NOMBREUSES',
        Array.from({ length: 25 }, (_, k) => enPiece(`P${k}`, PDF)),
      ),
      'pret',
    );
    const nombre = (commande: string): number => commandes.filter((c) => c === commande).length;
    expect([nombre('zVERSION'), nombre('zINSTREAM')]).toEqual([1, 26]);
  });

  test('infected: refused, each named by IdUnique, NomPJ and signature; the name is free again', async () => {
    const pieces = [enPiece('P1', PDF), enPiece('P2', INFECTE), enPiece('P3', PDF), enPiece('P4', INFECTE)];
    const id = await deposer('INFECTE', pieces);
    const flux = await m.jusqua(id, 'refuse');
    expect(flux.erreur).toMatchObject({ code: 'CTL-VIR-02', nature: 'definitive' });
    expect(flux.erreur?.message).toBe(
      'La pièce jointe « p2.pdf » (IdUnique « P2 ») contient, une fois décompressée, un programme malveillant (Essai.Eicar.UNOFFICIAL).',
    );
    expect(flux.nomEnvoi).toBeNull();
    const { anomalies = [] } = (await reponse(id)) ?? {};
    expect(anomalies.map((a) => /IdUnique « (\w+) »/.exec(a.message)?.[1])).toEqual(['P2', 'P4']);
    expect(anomalies[0]?.ou).toMatch(/^PES_PJ\/PJ\[2\] P2, ligne \d+, colonne \d+$/);
    await m.jusqua(await deposer('INFECTE', [enPiece('P2', PDF)]), 'pret');
  });

  test('not compressed: seen all the same', async () => {
    const nue = { ...enPiece('P1', PDF), fichier: INFECTE.toString('base64') };
    expect((await m.jusqua(await deposer('NUE', [nue]), 'refuse')).erreur).toMatchObject({
      code: 'CTL-VIR-02',
    });
  });

  test('large, found at its very end', async () => {
    const long = Buffer.concat([Buffer.alloc(30_000_000), eicar()]);
    expect((await m.jusqua(await deposer('LONGUE', [enPiece('P1', long)]), 'refuse')).erreur).toMatchObject({
      code: 'CTL-VIR-02',
    });
  });

  test('clamd stopped, or cut within a piece: the flux waits without a verdict, then has the true one', async () => {
    derriere = 0;
    await clamd.arreter();
    const ids = [
      await deposer('ATTEND1', [enPiece('P1', PDF)]),
      await deposer('ATTEND2', [enPiece('P1', INFECTE)]),
    ];
    for (const id of ids) await expect.poll(async () => (await lire(id)).erreur?.code).toBe('VGM-CTL-001');
    const gros = enPiece('P1', Buffer.alloc(8_000_000, 'a'));
    coupure = 1_000_000;
    await brancher();
    const coupe = await deposer('COUPE', [gros]);
    await expect
      .poll(async () => (await lire(coupe)).erreur?.code, { timeout: 8_000 })
      .toMatch(/^VGM-CTL-00[12]$/);
    expect((await lire(coupe)).etat).toBe('depose');
    coupure = Number.POSITIVE_INFINITY;
    await m.jusqua(coupe, 'pret');
    await m.jusqua(ids[0] ?? '', 'pret');
    await m.jusqua(ids[1] ?? '', 'refuse');
    expect(await m.intact()).toBe(true);
  });

  test('antivirus.pieces_jointes = false: the file alone is analysed, and the report says so', async () => {
    const sans = await ouvrir({ pieces_jointes: false });
    try {
      const id = await deposer('SANS', [enPiece('P1', INFECTE)], sans);
      await sans.jusqua(id, 'pret');
      expect(await reponse(id, sans)).toMatchObject({ reponse: 'sans objet', anomalies: [] });
    } finally {
      await sans.fermer();
    }
  });
});

describe('schema packs under the daemon', () => {
  const LONG = 'UN_NOM_TROP_LONG_POUR_LE_PAQUET';
  const dossier = () => join(m.labo.dossier, 'donnees', 'schemas', 'helios');
  const constat = async (): Promise<Constat | undefined> => {
    const { corps } = await m.labo.client.lire('/diagnostic');
    return (corps['sujets'] as unknown as Constat[]).find((c) => c.sujet === 'paquets de schémas');
  };

  test('installed while it runs: asked about the next deposit; damaged at its start: it starts, and diagnostiquer says it', async () => {
    expect(await constat()).toMatchObject({ etat: 'bon', detail: 'aucun en vigueur' });
    await importerEssai(m.labo.dossier, dossier(), { nom: '5.17', longueur: 12, politique: 'bloquer' });
    const r = await envoyer(LONG, null);
    expect([r.statut, JSON.stringify(r.corps)]).toEqual([
      422,
      expect.stringMatching(/HELIOS-SCH-01.*« 5\.17 » \(version 5\.17\)/),
    ]);
    expect(await constat()).toMatchObject({ etat: 'bon', detail: 'en vigueur : 5.17 (bloquer)' });
    const [contenu = ''] = readdirSync(join(dossier(), '5.17'));
    writeFileSync(join(dossier(), '5.17', contenu, 'fichiers', 'PES_Aller.xsd'), ' ', { flag: 'a' });
    expect(await constat()).toMatchObject({ etat: 'panne' });
    expect((await envoyer(LONG, null)).statut).toBe(422);
    await m.demon().arreter();
    await m.redemarrer();
    expect(await constat()).toMatchObject({
      etat: 'panne',
      detail: '5.17 (bloquer) : PES_Aller.xsd a été modifié depuis l’import',
      remede: expect.stringContaining('vaguemestre schemas importer') as unknown,
    });
    expect((await envoyer('ATTEND_LE_PAQUET', null)).statut).toBe(201);
  });
});
