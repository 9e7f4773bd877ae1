import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeClock } from '../../../src/adapters/clock/fake.ts';
import { creerVigie } from '../../../src/adapters/clock/vigie.ts';
import { creerFakeLog } from '../../../src/adapters/log/fake.ts';
import { creerFakeMailbox } from '../../../src/adapters/mailbox/fake.ts';
import { ouvrirPaquets } from '../../../src/adapters/schemas/paquets.ts';
import { sondeBoite } from '../../../src/adapters/sondes/boites.ts';
import { sondeCoffre } from '../../../src/adapters/sondes/coffre.ts';
import { sondeCertificat } from '../../../src/adapters/sondes/certificat.ts';
import { sondeAntivirus, sondeRecepteur, sondeRelais } from '../../../src/adapters/sondes/correspondants.ts';
import { type Sondes, sondesDe } from '../../../src/adapters/sondes/ensemble.ts';
import { sondeHorloge } from '../../../src/adapters/sondes/horloge.ts';
import { manifest } from '../../../src/config/manifest.ts';
import { autosigne } from '../../../src/formats/certificats/emettre.ts';
import { erreurReception } from '../../../src/metier/catalogue/reception.ts';
import { dureeEnMots } from '../../../src/metier/durees.ts';
import type { Instant } from '../../../src/metier/identifiants.ts';

const DEPART = Date.UTC(2026, 2, 10, 9) as Instant;
const JOUR = 86_400_000;
let dossier = '';
beforeAll(() => {
  dossier = mkdtempSync(join(tmpdir(), 'vgm-sondes-'));
});
afterAll(() => rmSync(dossier, { recursive: true, force: true }));

async function pem(nom: string, jours: number): Promise<{ fichier: string; texte: string }> {
  const { certificat } = await autosigne({ nom: 'x', dns: ['x.test'], ip: [], jours, quand: DEPART });
  const fichier = join(dossier, nom);
  writeFileSync(fichier, certificat);
  return { fichier, texte: certificat };
}

const voirCertificat = (fichier: string, enMemoire: string | null, jours: number) =>
  sondeCertificat({ nom: 'de l’API', fichier, enMemoire }, creerFakeClock(DEPART + jours * JOUR)).sonder();

describe('certificate', () => {
  test('good, near its end, expired, unreadable', async () => {
    const { fichier, texte } = await pem('a.pem', 100);
    expect(await voirCertificat(fichier, texte, 0)).toMatchObject({ etat: 'bon', remede: '' });
    expect(await voirCertificat(fichier, texte, 60)).toMatchObject({ etat: 'attention' });
    expect(await voirCertificat(fichier, texte, 101)).toMatchObject({ etat: 'panne', detail: 'expiré' });
    expect(await voirCertificat(fichier, texte, -3)).toMatchObject({
      etat: 'panne',
      detail: 'pas encore valable',
    });
    expect(await voirCertificat(join(dossier, 'absent'), texte, 0)).toMatchObject({ etat: 'panne' });
  });
  test('the one in memory is not the one of the file: restart, unless the new one is worse', async () => {
    const vieux = await pem('vieux.pem', 30);
    const neuf = await pem('neuf.pem', 800);
    expect(await voirCertificat(neuf.fichier, vieux.texte, 0)).toMatchObject({
      etat: 'attention',
      remede: 'Redémarrer pour prendre le nouveau certificat.',
    });
    expect((await voirCertificat(neuf.fichier, vieux.texte, 31)).etat).toBe('panne');
    expect((await voirCertificat(vieux.fichier, neuf.texte, 31)).remede).toMatch(/^Ne pas redémarrer/);
  });
});

describe('clock', () => {
  test('set back by more than 5 s: said while it lasts, logged once', async () => {
    const clock = creerFakeClock(DEPART);
    const log = creerFakeLog();
    const vigie = creerVigie(clock, log);
    const sonde = sondeHorloge(vigie);
    clock.regler(DEPART + 60_000);
    vigie.clock.now();
    clock.regler(DEPART + 57_000);
    expect((await sonde.sonder()).etat).toBe('bon');
    clock.regler(DEPART);
    expect(vigie.clock.now()).toBe(DEPART);
    vigie.clock.now();
    expect(log.lignes.filter((l) => l.niveau === 'warn')).toHaveLength(1);
    expect(await sonde.sonder()).toMatchObject({
      etat: 'attention',
      detail: expect.stringContaining('60 s') as unknown,
    });
    clock.regler(DEPART + 61_000);
    expect(await sonde.sonder()).toMatchObject({
      etat: 'bon',
      detail: 'a reculé de 60 s depuis le démarrage, rattrapés',
    });
  });
});

describe('mailbox', () => {
  const clock = creerFakeClock(DEPART);
  const bonne = creerFakeMailbox('imap:mairie');
  const voir = (vue: { nombre: number; erreur: string | null; quand: number } | undefined, boite = bonne) =>
    sondeBoite({ boite, periode: 30_000, derniere: () => vue }, clock).sonder();

  test('tells its last fetch and what a connection gives now', async () => {
    expect(await voir(undefined)).toMatchObject({ etat: 'bon', detail: 'répond ; pas encore relevée' });
    expect(await voir({ nombre: 2, erreur: null, quand: DEPART - 12_000 })).toMatchObject({
      sujet: 'boîte imap:mairie',
      etat: 'bon',
      detail: 'répond ; dernière relève il y a 12 s : 2 messages',
    });
    expect((await voir({ nombre: 0, erreur: 'Quota.', quand: DEPART })).etat).toBe('attention');
    expect((await voir({ nombre: 0, erreur: null, quand: DEPART - 3_600_000 })).remede).toContain('relève');
  });
  test('out of reach: the words of the error, and what to do', async () => {
    const coupee = {
      ...bonne,
      sonder: () => Promise.reject(erreurReception('VGM-ACC-010', { boite: 'x', detail: 'ECONNREFUSED' })),
    };
    const vue = await voir(undefined, coupee);
    expect(vue.etat).toBe('panne');
    expect(vue.detail).toContain('ne répond pas');
    expect(vue.remede).toContain('reception.imap');
  });
});

const dit = (joignable: boolean, detail: string) => ({ sonder: async () => ({ joignable, detail }) });
const voirRecepteur = (adresse: string | null) => sondeRecepteur(() => adresse).sonder();

describe('peers', () => {
  const clock = creerFakeClock(DEPART);

  test('antivirus: none, down, old signatures, good', async () => {
    expect((await sondeAntivirus(null, clock).sonder()).etat).toBe('attention');
    expect((await sondeAntivirus(dit(false, 'muet'), clock).sonder()).etat).toBe('panne');
    const date = (texte: string) => sondeAntivirus(dit(true, `ClamAV 1.4.3/27800/${texte}`), clock).sonder();
    expect((await date('Mon Mar  9 09:24:33 2026')).etat).toBe('bon');
    expect(await date('Sun Feb  1 09:24:33 2026')).toMatchObject({
      etat: 'attention',
      detail: expect.stringContaining('vieilles de 36 jours') as unknown,
    });
    expect((await sondeAntivirus(dit(true, 'ClamAV'), clock).sonder()).etat).toBe('bon');
  });
  test('mail relay', async () => {
    expect((await sondeRelais(dit(true, 'ok')).sonder()).etat).toBe('bon');
    expect(await sondeRelais(dit(false, 'refus')).sonder()).toMatchObject({ etat: 'panne', detail: 'refus' });
  });
  test('SMTP receiver: its address, or why it takes nothing', async () => {
    let salut = '220 vaguemestre ESMTP\r\n';
    const porte = createServer((prise) => prise.resume().end(salut)).listen(0, '127.0.0.1');
    await once(porte, 'listening');
    const { port } = porte.address() as AddressInfo;
    expect(await voirRecepteur(`0.0.0.0:${port}`)).toMatchObject({
      etat: 'bon',
      detail: `écoute sur 0.0.0.0:${port}`,
    });
    salut = '421 ferme\r\n';
    expect((await voirRecepteur(`127.0.0.1:${port}`)).etat).toBe('panne');
    porte.close();
    await once(porte, 'close');
    expect((await voirRecepteur(`127.0.0.1:${port}`)).detail).toContain('ne répond pas');
    expect((await voirRecepteur(null)).etat).toBe('panne');
  });
});

test('only what is configured is looked at; nothing configured is a finding too', () => {
  const muet = { sonder: async () => ({ joignable: true, detail: '' }) };
  const sondes: Sondes = {
    clock: creerFakeClock(DEPART),
    horloge: { retard: () => 0, reculMax: () => 0 },
    coffre: null,
    guichet: null,
    passerelles: [],
    fiches: async () => [],
    cles: [],
    schemas: { paquets: ouvrirPaquets(join(dossier, 'sans-paquet')), defaut: () => null },
    antivirus: null,
    relais: muet,
    boites: [],
    recepteur: () => null,
    certificats: { ministere: null, porte: null },
  };
  const sujets = (reglages: object, change: Partial<Sondes> = {}) =>
    sondesDe(manifest.parse(reglages), { ...sondes, ...change }).map((s) => s.sujet);
  const helios = ['passerelles HELIOS', 'paquets de schémas', 'signature des PES', 'cachet des actes'];
  const communs = ['disque', 'horloge', 'guichet du ministère', ...helios, 'antivirus'];
  expect(sujets({})).toEqual([...communs, 'réception']);
  expect(sujets({}, { coffre: muet })).toContain('coffre');
  const boite = { boite: creerFakeMailbox('maildir:x'), periode: 1, derniere: () => undefined };
  expect(
    sujets(
      { reception: { smtp: { actif: true } }, notification: { courriel: { hote: 'h' } } },
      {
        boites: [boite],
        certificats: { ministere: null, porte: { cert: '', fichier: 'api.pem', autosigne: true } },
      },
    ),
  ).toEqual([
    ...communs,
    'boîte maildir:x',
    'récepteur SMTP',
    'relais de courriel',
    'certificat de l’API (autosigné)',
  ]);
});

test('the object store of the pieces: reached, or down with what to do', async () => {
  const voir = (joignable: boolean) =>
    sondeCoffre({ sonder: async () => ({ joignable, detail: 'd' }) }).sonder();
  expect(await voir(true)).toEqual({ sujet: 'coffre', etat: 'bon', detail: 'd', remede: '' });
  expect(await voir(false)).toMatchObject({ etat: 'panne', remede: expect.stringContaining('coffre.s3') });
});

test('durations, in words', () => {
  expect([40_000, 720_000, 3 * 3_600_000, 5 * JOUR].map(dureeEnMots)).toEqual([
    '40 s',
    '12 min',
    '3 h',
    '5 jours',
  ]);
});
