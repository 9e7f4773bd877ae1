import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { creerFakeAntivirus } from '../../src/adapters/antivirus/fake.ts';
import { autosigne } from '../../src/formats/certificats/emettre.ts';
import { diagnostic } from '../../src/gestes/diagnostiquer.ts';
import type { OutilsGestes } from '../../src/gestes/outils.ts';
import type { Constat } from '../../src/ports/sonde.ts';
import { openssl } from '../unit/formats/certificats/pki.ts';
import { type Atelier, creerAtelier, CTX, SIREN } from './atelier.ts';
import { clock, ouvrirMonde } from './monde.ts';

/** What `diagnostiquer` sees: each line says what to do, and a silent peer holds nothing back. */

let a: Atelier | undefined;
afterEach(async () => {
  await a?.fermer();
  a = undefined;
});

const HEURE = 3_600_000;

async function constat(atelier: Atelier, sujet: string): Promise<Constat> {
  const vu = (await atelier.gestes.diagnostiquer(CTX)).find((c) => c.sujet === sujet);
  return vu ?? expect.fail(`nothing about ${sujet}`);
}

test('flux that stand before the line for more than an hour: how many, since when, why', async () => {
  const antivirus = creerFakeAntivirus();
  antivirus.couper(true);
  a = await creerAtelier({ antivirus });
  await a.depose('DELIB_1');
  await a.calme();
  expect(await constat(a, 'flux en attente')).toMatchObject({ etat: 'bon', remede: '' });
  await a.passer(3 * HEURE);
  await a.depose('DELIB_2');
  await a.calme();
  const vu = await constat(a, 'flux en attente');
  expect(vu.etat).toBe('attention');
  expect(vu.detail).toMatch(
    /^1 flux attend depuis plus d’une heure, le plus ancien depuis 3 h \(1 : VGM-CTL-001 /,
  );
  expect(vu.remede).toContain('vaguemestre lister --etat depose');
  antivirus.couper(false);
  await a.passer(HEURE / 2);
  await a.calme();
  expect((await constat(a, 'flux en attente')).etat).toBe('bon');
});

test('debts to the collectivités: points switched off, debts given up, debts that wait', async () => {
  a = await creerAtelier({ reglages: { notification: { webhook: { essais_s: [7200] } } } });
  expect(await constat(a, 'notifications')).toMatchObject({ etat: 'bon', detail: 'aucune en souffrance' });
  const cible = 'https://gf.example.fr/w';
  await a.gestes.collectivites.ajouterPoint(CTX, SIREN, { canal: 'webhook', cible, evenements: [] });
  a.webhook.regler({ statut: 500 });
  await a.depose('DELIB_1');
  await a.calme();
  await a.passer(1.5 * HEURE);
  expect((await constat(a, 'notifications')).detail).toMatch(/due.* depuis plus d’une heure/);
  for (let tour = 0; tour < 8; tour += 1) {
    await a.passer(2 * HEURE);
    await a.calme();
  }
  const vu = await constat(a, 'notifications');
  expect([vu.etat, vu.detail]).toEqual(['attention', expect.stringContaining('abandonnée')]);
  expect(vu.remede).toContain('vaguemestre webhook rejouer');
});

test('a peer that keeps silent is a finding after ten seconds, and so is a probe that breaks', async () => {
  a = await creerAtelier();
  const muette = { sujet: 'muet', sonder: () => new Promise<Constat>(() => undefined) };
  const cassee = { sujet: 'cassé', sonder: () => Promise.reject(new TypeError('x')) };
  const outils = {
    moteur: { store: a.store, clock: a.clock },
    sondes: [muette, cassee],
    noeud: { seul: true, typeRepartition: 'locale' },
  };
  const examen = diagnostic(outils as unknown as OutilsGestes).diagnostiquer(CTX);
  for (let tour = 0; tour < 20; tour += 1) await new Promise(setImmediate);
  await a.clock.avancer(10_000);
  expect((await examen).slice(-2)).toEqual([
    expect.objectContaining({ sujet: 'muet', etat: 'panne', detail: 'ne répond pas en 10 s' }),
    expect.objectContaining({ sujet: 'cassé', etat: 'panne' }),
  ]);
});

test('the real daemon looks at all its peers, and sees that a certificate was replaced under it', async () => {
  const m = await ouvrirMonde({ reglages: { antivirus: { type: 'clamd', adresse: '/nulle/part.sock' } } });
  try {
    const lire = async (): Promise<Map<string, Constat>> => {
      const { corps } = await m.labo.client.lire('/diagnostic');
      return new Map((corps['sujets'] as unknown as Constat[]).map((c) => [c.sujet, c]));
    };
    const avant = await lire();
    expect([...avant.keys()]).toEqual([
      'flux',
      'flux en attente',
      'alertes',
      'émission',
      'restauration',
      'retours à trancher',
      'notifications',
      'journal',
      'disque',
      'horloge',
      'guichet du ministère',
      'passerelles HELIOS',
      'paquets de schémas',
      'signature des PES',
      'cachet des actes',
      'antivirus',
      'récepteur SMTP',
      'certificat client du ministère',
    ]);
    expect(avant.get('antivirus')?.etat).toBe('panne');
    for (const sujet of ['journal', 'horloge', 'guichet du ministère', 'récepteur SMTP', 'flux en attente'])
      expect(avant.get(sujet)).toMatchObject({ etat: 'bon' });
    for (const c of avant.values()) expect(c.etat === 'bon' || c.remede !== '', c.sujet).toBe(true);
    const neuf = await autosigne({ nom: 'x', dns: ['x.test'], ip: [], jours: 400, quand: clock.now() });
    writeFileSync(m.labo.pki.paires.client.certificat, neuf.certificat);
    expect((await lire()).get('certificat client du ministère')).toMatchObject({
      etat: 'attention',
      remede: 'Redémarrer pour prendre le nouveau certificat.',
    });
  } finally {
    await m.fermer();
  }
});

describe('the keys that sign for the collectivités', () => {
  const SECRET = 'épée';
  let dossier: string;
  beforeAll(() => {
    dossier = mkdtempSync(join(tmpdir(), 'vgm-cles-'));
    writeFileSync(join(dossier, 'secret'), SECRET);
  });
  afterAll(() => rmSync(dossier, { recursive: true, force: true }));

  /** A PKCS#12 file whose certificate names an organisation, valid from now for so many days. */
  function cle(nom: string, siren: string, jours: number): string {
    const [privee, certificat, p12] = ['key', 'pem', 'p12'].map((suffixe) =>
      join(dossier, `${nom}.${suffixe}`),
    );
    const sujet = `/C=FR/O=Commune/OU=0002 ${siren}00012/CN=Cachet ${nom}`;
    // biome-ignore format: one option per pair reads better
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', String(jours),
      '-subj', sujet, '-keyout', privee ?? '', '-out', certificat ?? '');
    // biome-ignore format: one option per pair reads better
    openssl('pkcs12', '-export', '-inkey', privee ?? '', '-in', certificat ?? '', '-passout', `pass:${SECRET}`,
      '-out', p12 ?? '');
    return p12 ?? '';
  }

  test('each opens, is valid for so many days, and is that of the collectivité whose card names it', async () => {
    const reglage = (nom: string, p12: string) => ({ nom, p12, secret_fichier: join(dossier, 'secret') });
    const bonne = cle('mairie', '213400016', 400);
    const cles = [reglage('mairie', bonne), reglage('autre', cle('autre', '213400032', 20))];
    const m = await ouvrirMonde({ sirens: [], reglages: { helios: { cles } } });
    try {
      const inscrire = async (siren: string, nom: string, signature: string): Promise<void> => {
        const fiche = { sirets: [`${siren}00012`], destination: 'VHPCE11', passerelle: '', signature };
        const helios = { ...fiche, perimetre: 'bordereaux', cle: nom, qualite: 'Maire' };
        const r = await m.labo.client.envoyer('PUT', `/collectivites/${siren}`, {
          nom: siren,
          helios,
          ver: 0,
        });
        expect(r.statut, JSON.stringify(r.corps)).toBe(201);
      };
      const voir = async (sujet: string): Promise<Constat> => {
        const { corps } = await m.labo.client.lire('/diagnostic');
        const vu = (corps['sujets'] as unknown as Constat[]).find((c) => c.sujet === sujet);
        return vu ?? expect.fail(`nothing about ${sujet}`);
      };
      expect(await voir('signature des PES')).toMatchObject({
        etat: 'bon',
        detail: 'aucune fiche ne nous fait signer',
      });
      await inscrire('213400016', 'mairie', 'signer');
      await inscrire('213400024', 'autre', 'confirmer');
      expect(await voir('signature des PES')).toMatchObject({
        etat: 'bon',
        detail: '2 fiches, chacune avec sa clé et sa qualité',
      });
      expect(await voir('clé de signature mairie')).toEqual({
        sujet: 'clé de signature mairie',
        etat: 'bon',
        detail: expect.stringMatching(
          /^s’ouvre ; certificat « Cachet mairie » : expire dans (399|400) jours ; employée par 1 fiche$/,
        ) as unknown,
        remede: '',
      });
      expect(await voir('clé de signature autre')).toMatchObject({
        etat: 'attention',
        detail: expect.stringMatching(
          /expire dans (19|20) jours ; employée par 1 fiche ; son certificat est au nom de l’organisme 213400032, et non de 213400024$/,
        ) as unknown,
        remede: expect.stringMatching(/renouvellement.*vaguemestre collectivite modifier/) as unknown,
      });
      await inscrire('213400040', 'absente', 'signer');
      expect(await voir('signature des PES')).toMatchObject({
        etat: 'panne',
        detail: '213400040 : sa clé « absente » n’est pas dans les réglages',
        remede: expect.stringContaining('--cle-signature') as unknown,
      });
      rmSync(bonne);
      expect(await voir('clé de signature mairie')).toMatchObject({
        etat: 'panne',
        detail: expect.stringMatching(/^ne s’ouvre plus : .*« mairie ».*fichier absent/) as unknown,
        remede: expect.stringContaining('le démon ne redémarrera pas') as unknown,
      });
    } finally {
      await m.fermer();
    }
  });
});
